"""What a resolved property can hold: literals, references, and values not known before deployment."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from showcore_cfn.template.json_types import Json


@dataclass(frozen=True, slots=True)
class Reference:
    """The physical id (attribute None) or an attribute of a resource that CloudFormation will create."""

    path: str  # "network/VPC"
    attribute: str | None = None

    def __str__(self) -> str:
        return f"{self.path}.{self.attribute}" if self.attribute else self.path


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value that cannot be known before deployment.

    `parts` holds what a joined text is made of; `form` holds an intrinsic function with its arguments
    resolved as far as they can be, so that a change inside it is still seen.
    """

    text: str
    parts: tuple[str | Reference | Unknown, ...] = ()
    form: dict[str, Value] | None = field(default=None, hash=False)

    def __str__(self) -> str:
        return self.text


Value: TypeAlias = "bool | int | float | str | Reference | Unknown | list[Value] | dict[str, Value] | None"


def literal(value: Json) -> Value:
    """What a template holds, taken as it is written."""
    if isinstance(value, list):
        return [literal(item) for item in value]
    return {key: literal(item) for key, item in value.items()} if isinstance(value, dict) else value


def references(value: Value) -> list[Reference]:
    """Every reference inside a value, in the order of its appearance, each once."""
    found: dict[Reference, None] = {}
    waiting: list[Value] = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, Reference):
            found[item] = None
        elif isinstance(item, Unknown):
            waiting.extend(reversed(item.parts))
            if item.form is not None:
                waiting.append(item.form)
        elif isinstance(item, dict):
            waiting.extend(reversed(item.values()))
        elif isinstance(item, list):
            waiting.extend(reversed(item))
    return list(found)


def text_of(value: Value) -> str:
    """A value as one readable piece of text: `${network/VPC}` for what will be known at deployment."""
    if isinstance(value, str):
        return value
    if isinstance(value, Reference):
        return f"${{{value}}}"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        inner = ", ".join(f"{key}: {text_of(item)}" for key, item in value.items())
        return f"{{{inner}}}"
    if isinstance(value, list):
        return f"[{', '.join(text_of(item) for item in value)}]"
    return "null" if value is None else str(value)


def known(value: Value) -> bool:
    """Whether nothing inside the value has to wait for the deployment."""
    if isinstance(value, dict):
        return all(known(item) for item in value.values())
    if isinstance(value, list):
        return all(known(item) for item in value)
    return not isinstance(value, (Reference, Unknown))


def joined(parts: list[Value]) -> Value:
    """The parts as one text: plain where all are known, else an Unknown that remembers its parts."""
    flat: list[str | Reference | Unknown] = []
    for part in parts:
        pieces = part.parts if isinstance(part, Unknown) and part.parts else (part,)
        for piece in pieces:
            item = piece if isinstance(piece, (str, Reference, Unknown)) else text_of(in_order(piece))
            if isinstance(item, str) and flat and isinstance(flat[-1], str):
                flat[-1] += item
            elif item != "":
                flat.append(item)
    if not flat:
        return ""
    if len(flat) == 1:
        return flat[0]
    return Unknown("".join(item if isinstance(item, str) else text_of(item) for item in flat), tuple(flat))


def in_order(value: Value) -> Value:
    """A value with its mappings in the order of their keys, so that how it was written leaves no trace."""
    if isinstance(value, dict):
        return {key: in_order(value[key]) for key in sorted(value)}
    return [in_order(item) for item in value] if isinstance(value, list) else value


def form(name: str, arguments: Value) -> Unknown:
    """An intrinsic function that cannot be computed before deployment."""
    short = name.removeprefix("Fn::")
    return Unknown(f"{short}({_brief(arguments)})", form={name: arguments})


def _brief(value: Value) -> str:
    if isinstance(value, list):
        return ", ".join(text_of(item) for item in value)
    return text_of(value)


def typed(value: Value, kind: str) -> Value:
    """A parameter's value in the parameter's type."""
    if kind == "CommaDelimitedList" or kind.startswith("List<"):
        if isinstance(value, (Unknown, Reference, list)):
            return value
        return [item.strip() for item in text_of(value).split(",")]
    if kind == "Number" and isinstance(value, str):
        for read in (int, float):
            try:
                return read(value)
            except ValueError:
                continue
    return value


def with_commas(value: Value) -> list[Value]:
    """The items of a list with a comma between each two, as `Fn::Sub` and nested stacks write them."""
    items = value if isinstance(value, list) else [value]
    return [part for index, item in enumerate(items) for part in ([",", item] if index else [item])]
