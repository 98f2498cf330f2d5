"""Settings as the text of `showcore.toml`: each value below a comment with what it means and costs."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterator

from showcore_cfn.settings import Settings
from showcore_cfn.settings_fields import FIELDS, TOPICS, default_stack_name
from showcore_cfn.template.parameters import ADDRESSES, FLAG, ROOT_PARAMETERS, RootParameter

HEADER = """\
# Settings of ShowCore, one table for each environment; `showcore init --env NAME` adds another one.
# All but the account and the addresses may be left out: the defaults are the plan's.
"""
_WIDTH = 100
_ACCOUNT = "The AWS account, 12 digits. Commands that reach AWS refuse to work in any other one."
_REGION = "All of Phase 1 stands in us-east-1."
_STACK_NAME = "Name of the root stack. Left out: {name}."
_ADDRESSES = "One to three addresses for each topic. Each gets a mail from AWS and must confirm it."
_USAGE = (
    "Monthly amounts that `showcore cost` counts with, such as gigabytes stored; it lists their names and "
    "what it assumes for those that are left out."
)
_FREE_TIER = (
    "What the account does not pay for: legacy (opened before 2025-07-15: 12 months of offers), credits "
    "(opened since then) or none."
)
_MAX_MONTHLY = "Estimate in USD above which `showcore cost` and a deployment stop. Left out: no limit."


def to_toml(settings: Settings) -> str:
    """The tables of one environment; `load` of the text gives equal settings."""
    return "\n".join(_lines(settings)) + "\n"


def _lines(settings: Settings) -> Iterator[str]:
    table = f"[{settings.environment}"
    yield f"{table}]"
    yield from _own(settings)
    yield from _parameters(settings, ())
    yield from ("", *_comment(_ADDRESSES), f"{table}.alert_addresses]")
    yield from _addresses(settings)
    for name in _parameter_tables():
        yield from ("", f"{table}.{name}]")
        yield from _parameters(settings, (name,))
    yield from ("", f"{table}.cost]")
    yield from (*_comment(_FREE_TIER), f'free_tier = "{settings.free_tier}"')
    yield from _comment(_MAX_MONTHLY)
    limit = settings.max_monthly_usd
    yield "# max_monthly_usd = 60" if limit is None else f"max_monthly_usd = {_number(limit)}"
    yield from ("", *_comment(_USAGE), f"{table}.usage]")
    if not settings.usage:
        yield "# cdn_out_gb = 50"
    yield from (f"{_key(name)} = {_number(amount)}" for name, amount in settings.usage.items())


def _own(settings: Settings) -> Iterator[str]:
    yield from (*_comment(_ACCOUNT), f'account_id = "{settings.account_id}"')
    yield from (*_comment(_REGION), f'region = "{settings.region}"')
    usual = default_stack_name(settings.values)
    yield from _comment(_STACK_NAME.format(name=usual))
    silent = "# " if settings.stack_name == usual else ""
    yield f'{silent}stack_name = "{settings.stack_name}"'


def _addresses(settings: Settings) -> Iterator[str]:
    for key, topic in TOPICS.items():
        given = [settings.values[address.name] for address in topic]
        yield f"{key[-1]} = [{', '.join(_quoted(address) for address in given if address)}]"


def _parameters(settings: Settings, table: tuple[str, ...]) -> Iterator[str]:
    for parameter in _in_file():
        field = FIELDS[parameter.name]
        if field.key[:-1] == table:
            yield from _comment(_meaning(parameter))
            value = settings.values[parameter.name]
            yield f"{field.key[-1]} = {_quoted(value) if field.type is str else value}"


def _in_file() -> Iterator[RootParameter]:
    """The parameters that are a key with one value: all but the environment's name and the addresses."""
    addresses = [address for topic in ADDRESSES.values() for address in topic]
    return (p for p in ROOT_PARAMETERS if FIELDS[p.name].key and p not in addresses)


def _parameter_tables() -> list[str]:
    tables = (FIELDS[parameter.name].key for parameter in _in_file())
    return list(dict.fromkeys(str(key[0]) for key in tables if len(key) > 1))


def _meaning(parameter: RootParameter) -> str:
    if parameter.allowed and parameter.allowed != FLAG:
        return f"{parameter.description} {' or '.join(parameter.allowed)}."
    longest = f" At most {parameter.max_length} characters." if parameter.max_length else ""
    return _spelled_here(f"{parameter.description} {parameter.constraint or ''}{longest}".strip())


def _spelled_here(text: str) -> str:
    """Other parameters that a description names, by their keys; a tag keeps its name."""
    names = "|".join(parameter.name for parameter in _in_file())
    return re.sub(rf"(?<!tag )\b({names})\b(?=[,. ])", lambda m: str(FIELDS[m[1]].key[-1]), text)


def _comment(text: str) -> list[str]:
    return [f"# {line}" for line in textwrap.wrap(text, _WIDTH - 2, break_on_hyphens=False)]


def _quoted(text: str) -> str:
    """A TOML basic string: JSON's escapes are a part of TOML's, and printable text needs no others."""
    return json.dumps(text, ensure_ascii=False)


def _key(name: str) -> str:
    return name if re.fullmatch("[A-Za-z0-9_-]+", name) else _quoted(name)


def _number(amount: float) -> str:
    return str(int(amount)) if amount == int(amount) and abs(amount) < 1e15 else repr(float(amount))
