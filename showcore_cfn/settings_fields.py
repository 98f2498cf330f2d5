"""What may stand in `showcore.toml`: which key in which table, and what is allowed there.

What is said of a root parameter is read from `template/parameters.py`, and its key is its name in snake case;
here stand only the tables and the few settings that are no root parameters.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from showcore_cfn.template.parameters import ADDRESSES, ENVIRONMENT, FLAG, ROOT_PARAMETERS, RootParameter

Key = tuple[str | int, ...]  # ("production", "alert_addresses", "critical", 1)
REGION = "us-east-1"  # the plan: all of Phase 1 stands here
SHOWN_CHARACTERS = 70
_TABLES = {
    "Names and tags": "",
    "Content delivery": "cdn",
}  # others: the group of the parameter in snake case


class FreeTier(StrEnum):
    """What an account does not pay for: https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/free-tier.html"""

    LEGACY = "legacy"  # opened before 2025-07-15: offers of 12 months
    CREDITS = "credits"  # opened since then: credits, no offers of 12 months
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake: the key below its environment, and what is wrong with it as the end of a sentence."""

    key: Key
    says: str


@dataclass(frozen=True, slots=True)
class Field:
    """One setting. `name` is the root parameter's name, or the key itself where it is no root parameter."""

    name: str
    key: Key
    allowed: str
    default: str | None = None  # None: the file must say it
    choices: tuple[str, ...] = ()
    pattern: str = ""
    max_length: int | None = None

    @property
    def type(self) -> type[str] | type[int] | type[bool]:
        """The type that TOML has for the value; as a parameter it is text all the same."""
        if self.choices == FLAG:
            return bool
        return int if self.choices and all(map(str.isdigit, self.choices)) else str

    def refusal(self, value: object) -> Problem | None:
        """What is wrong with a value of the file, or None."""
        if type(value) is self.type:
            return self.refusal_of_text(text_of(value))
        quotes = "in quotes" if self.type is str else "without quotes"
        return Problem(self.key, f"is {shown(value)}; allowed is {self.allowed}, {quotes}")

    def refusal_of_text(self, text: str) -> Problem | None:
        """What is wrong with a value once it is a parameter's text, or None."""
        if self.max_length is not None and len(text) > self.max_length:
            found = f"{shown(text)}, {len(text)} characters"
            return Problem(self.key, f"is {found}; allowed is {self.allowed}, at most {self.max_length}")
        if text.isprintable() and self._fits(text):
            return None
        return Problem(self.key, f"is {self._found(text)}; allowed is {self.allowed}")

    def _found(self, text: str) -> str:
        if self.type is not str:
            return _short(text)
        return shown(text) + (f", {len(text)} digits" if re.fullmatch("[0-9]{2,}", text) else "")

    def _fits(self, text: str) -> bool:
        if self.choices:
            return text in self.choices
        return re.fullmatch(self.pattern, text) is not None


def default_stack_name(values: Mapping[str, str]) -> str:
    """The root stack's name where the settings say none."""
    return f"{values['Prefix']}-phase1-{values['Environment']}"


def text_of(value: object) -> str:
    """A value of the file as CloudFormation takes it: `true`, `2`, `showcore`."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def shown(value: object) -> str:
    """A value as a message shows it: short, on one line, and told apart by its type."""
    if isinstance(value, str):
        return '"' + "".join(c if c.isprintable() else repr(c)[1:-1] for c in _short(value)) + '"'
    if isinstance(value, dict):
        return "a table"
    return "a list" if isinstance(value, list) else _short(text_of(value))


def _short(text: str) -> str:
    return text if len(text) <= SHOWN_CHARACTERS else text[: SHOWN_CHARACTERS - 1] + "…"


def dotted(key: Key) -> str:
    """A key as the file spells it; the number of a list's element is left to the line."""
    return ".".join(part for part in key if isinstance(part, str))


def refusal_of_number(key: Key, value: object, *, above_zero: bool = False) -> Problem | None:
    """What is wrong with an amount: it is no number, not finite, or below what is allowed."""
    allowed = "a number above 0" if above_zero else "a number, 0 or more"
    if isinstance(value, int | float) and not isinstance(value, bool):
        finite = abs(value) <= sys.float_info.max  # false for NaN, and for an integer that no float can hold
        if finite and (value > 0 if above_zero else value >= 0):
            return None
    return Problem(key, f"is {shown(value)}; allowed is {allowed}")


def refusal_of_usage(name: str, amount: object) -> Problem | None:
    """What is wrong with a usage amount or its name; which names there are, the cost estimate knows."""
    if name and name.isprintable():
        return refusal_of_number(("usage", name), amount)
    return Problem(("usage",), f"has the name {shown(name)}; allowed is a name in printable letters")


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).replace(" ", "_").lower()


def _sentence_end(parameter: RootParameter) -> str:
    if parameter.allowed:
        return " or ".join(parameter.allowed)
    constraint = (parameter.constraint or "any text").rstrip(".")
    return constraint[0].lower() + constraint[1:]


# What an environment wants from its first creation on; the template's own default is what a creation takes.
_WANTED = {"DatabaseDeletionProtection": "true"}


def _field(parameter: RootParameter, key: Key) -> Field:
    return Field(
        parameter.name,
        key,
        _sentence_end(parameter),
        _WANTED.get(parameter.name, parameter.default),
        parameter.allowed,
        parameter.pattern or ".*",
        parameter.max_length,
    )


def _place(parameter: RootParameter) -> Key:
    table = _TABLES.get(parameter.group, _snake(parameter.group))
    return (table, _snake(parameter.name)) if table else (_snake(parameter.name),)


def _addresses() -> Iterator[Field]:
    for topic, parameters in ADDRESSES.items():
        for number, parameter in enumerate(parameters):
            yield _field(parameter, ("alert_addresses", topic.lower(), number))


def _fields() -> Iterator[Field]:
    yield Field("account_id", ("account_id",), "the 12 digits of an AWS account", pattern="[0-9]{12}")
    yield Field("region", ("region",), f"{REGION}, where all of Phase 1 stands", REGION, (REGION,))
    yield Field(
        "stack_name",
        ("stack_name",),
        "letters, digits and hyphens, a letter first",
        default="",  # default_stack_name
        pattern="|[A-Za-z][A-Za-z0-9-]*",
        max_length=128,  # AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
    )
    yield from _addresses()
    for parameter in ROOT_PARAMETERS:
        if parameter is ENVIRONMENT:
            yield _field(parameter, ())  # its value is the name of the table
        elif not any(parameter in addresses for addresses in ADDRESSES.values()):
            yield _field(parameter, _place(parameter))
    choices = tuple(FreeTier)
    yield Field("free_tier", ("cost", "free_tier"), "legacy, credits or none", FreeTier.NONE, choices)


FIELDS: dict[str, Field] = {field.name: field for field in _fields()}
BY_KEY: dict[Key, Field] = {field.key: field for field in FIELDS.values()}
MAX_MONTHLY_USD: Key = ("cost", "max_monthly_usd")
PARAMETER_NAMES: tuple[str, ...] = tuple(parameter.name for parameter in ROOT_PARAMETERS)
TABLES: frozenset[Key] = frozenset(key[:1] for key in BY_KEY if len(key) > 1) | {("usage",)}
TOPICS: dict[Key, tuple[Field, ...]] = {
    ("alert_addresses", topic.lower()): tuple(FIELDS[parameter.name] for parameter in parameters)
    for topic, parameters in ADDRESSES.items()
}


def setting_of(parameter: str) -> str:
    """A root parameter as the file spells it below its environment: `network.endpoint_zones`."""
    return dotted(FIELDS[parameter].key)


def refusals(values: Mapping[str, str]) -> Iterator[Problem]:
    """What is wrong with each value by itself; names that no field has are not looked at."""
    for name, field in FIELDS.items():
        if name in values and (problem := field.refusal_of_text(values[name])):
            yield problem
