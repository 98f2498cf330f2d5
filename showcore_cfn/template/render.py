"""Template to text: stable byte for byte, ASCII, in the order it was written, without anchors.

troposphere's own YAML goes through cfn_flip and takes thirty-five times as long as building the objects. This
emitter writes what templates hold, mappings, lists and scalars, and is tested by reading its text back.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from enum import StrEnum

from showcore_cfn.errors import TemplateError
from showcore_cfn.template.json_types import Json


class Format(StrEnum):
    """The two forms a template can be written in; both hold the same."""

    YAML = "yaml"
    JSON = "json"


_SHORT = frozenset(
    f"Fn::{name}"
    for name in ("And", "Equals", "FindInMap", "GetAtt", "If", "Join", "Not", "Or", "Select", "Split", "Sub")
) | {"Ref"}
_FLOW = frozenset({"Fn::Equals", "Fn::Not", "Fn::And", "Fn::Or", "Fn::FindInMap"})
_PLAIN = re.compile(r"(?:[A-Za-z/$_]|\./)[A-Za-z0-9 /$._:()+=,;%<>@{}*-]*\Z|(?:\d+\.){3}\d+/\d+\Z")
_WORDS = frozenset(
    ["y", "n", "yes", "no", "true", "false", "on", "off", "null", "none", "~", ".", "=", "<<"]
)  # YAML 1.1 reads these as something else than text


def render(body: dict[str, Json], form: Format = Format.YAML) -> str:
    """The template's text, ending with a newline. Raises TemplateError for text that is not ASCII.

    CloudFormation gives other characters back as question marks
    (https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/814).
    """
    text = json.dumps(body, indent=2) + "\n" if form is Format.JSON else "\n".join(_sections(body)) + "\n"
    if not text.isascii():
        strange = next(character for character in text if not character.isascii())
        raise TemplateError(f"a template holds {strange!r}, and CloudFormation keeps ASCII characters only.")
    return text


def _sections(body: dict[str, Json]) -> Iterator[str]:
    """The sections with an empty line before each, and one before each resource but the first."""
    for index, (key, value) in enumerate(body.items()):
        if index and isinstance(value, dict):
            yield ""
        if key == "Resources" and isinstance(value, dict) and value:
            yield f"{key}:"
            for number, (logical_id, resource) in enumerate(value.items()):
                if number:
                    yield ""
                yield from _entry(logical_id, resource, 1)
        else:
            yield from _entry(key, value, 0)


def _entry(key: str, value: Json, depth: int) -> Iterator[str]:
    """`key: value`, the value on the same line where it fits there."""
    yield from _after(f"{'  ' * depth}{_scalar(key)}:", value, depth)


def _after(head: str, value: Json, depth: int) -> Iterator[str]:
    short = _intrinsic(value)
    if short:
        name, argument = short
        tag = f"!{name.removeprefix('Fn::')}"
        one_line = _one_line(name, argument)
        if one_line is not None:
            yield f"{head} {tag} {one_line}"
        else:
            yield from _after(f"{head} {tag}", argument, depth)
    elif isinstance(value, dict) and value:
        yield head
        for key, item in value.items():
            yield from _entry(key, item, depth + 1)
    elif isinstance(value, list) and value:
        yield head
        for item in value:
            yield from _item(item, depth + 1)
    elif isinstance(value, str) and _is_block(value):
        yield f"{head} |{'' if value.endswith(chr(10)) else '-'}"
        indent = "  " * (depth + 1)
        yield from (f"{indent}{line}".rstrip() for line in value.removesuffix("\n").split("\n"))
    else:
        yield f"{head} {_scalar(value)}"


def _item(value: Json, depth: int) -> Iterator[str]:
    """`- value`; a mapping starts on the line of its dash."""
    dash = f"{'  ' * depth}-"
    if isinstance(value, dict) and value and not _intrinsic(value):
        lines = [line for key, item in value.items() for line in _entry(key, item, depth + 1)]
        yield f"{dash} {lines[0].lstrip()}"
        yield from lines[1:]
    else:
        yield from _after(dash, value, depth)


def _intrinsic(value: Json) -> tuple[str, Json] | None:
    if isinstance(value, dict) and len(value) == 1:
        ((key, argument),) = value.items()
        if key in _SHORT:
            return key, argument
    return None


def _one_line(name: str, argument: Json) -> str | None:
    """What follows the tag on its line: a name, a text, `A.B`, or a short logical expression."""
    if name == "Fn::GetAtt" and isinstance(argument, list):
        return ".".join(str(part) for part in argument)
    if isinstance(argument, str):
        return None if "\n" in argument else _scalar(argument)
    if name in _FLOW or (name == "Fn::If" and _is_short(argument)):
        return _flow(argument)
    return None


def _is_short(argument: Json) -> bool:
    return isinstance(argument, list) and all(
        not isinstance(part, (dict, list)) or _intrinsic(part) in (("Ref", "AWS::NoValue"),)
        for part in argument
    )


def _flow(value: Json) -> str:
    short = _intrinsic(value)
    if short:
        inside = _one_line(*short)
        return f"!{short[0].removeprefix('Fn::')} {_flow(short[1]) if inside is None else inside}"
    if isinstance(value, list):
        return f"[{', '.join(_flow(item) for item in value)}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{_scalar(key)}: {_flow(item)}' for key, item in value.items())}}}"
    text = _scalar(value)
    return f"'{value}'" if isinstance(value, str) and text == value and set(value) & set(",{}[]") else text


def _scalar(value: Json) -> str:
    if isinstance(value, str):
        if "\n" in value or not value.isprintable():
            return json.dumps(value)
        return value if _is_plain(value) else "'" + value.replace("'", "''") + "'"
    if value is None:
        return "null"
    if isinstance(value, (list, dict)):
        return "[]" if isinstance(value, list) else "{}"
    return json.dumps(value)


def _is_block(value: str) -> bool:
    """Whether a text of several lines can be written as a block: no line end or indentation would be lost."""
    lines = value.removesuffix("\n").split("\n")
    return (
        "\n" in value
        and all(line == line.rstrip() and line.isprintable() for line in lines)
        and bool(lines[0].strip() and lines[-1])
        and not lines[0].startswith(" ")
    )


def _is_plain(value: str) -> bool:
    """Whether a text can stand without quotes and still be read as that text."""
    return (
        bool(_PLAIN.match(value))
        and value.lower() not in _WORDS
        and ": " not in value
        and not value.endswith((":", " "))
    )
