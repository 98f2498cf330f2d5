"""Intrinsic functions, computed as far as their arguments are known.

Each function takes arguments that are already resolved and returns a value; what it cannot compute it returns
as an Unknown that keeps the arguments. Semantics: AWS CloudFormation User Guide, "Intrinsic functions".
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable

from showcore_cfn.review.values import Unknown, Value, form, joined, known, text_of


def join(arguments: Value) -> Value:
    """`Fn::Join`: [delimiter, list]."""
    if not (isinstance(arguments, list) and len(arguments) == 2 and isinstance(arguments[1], list)):
        return form("Fn::Join", arguments)
    delimiter, items = arguments[0], arguments[1]
    if not isinstance(delimiter, str) or not all(_is_scalar(item) for item in items):
        return form("Fn::Join", arguments)
    parts: list[Value] = []
    for index, item in enumerate(items):
        parts.extend([delimiter, item] if index else [item])
    return joined(parts)


def select(arguments: Value) -> Value:
    """`Fn::Select`: [index, list]."""
    if isinstance(arguments, list) and len(arguments) == 2 and isinstance(arguments[1], list):
        index = whole(arguments[0])
        if index is not None and 0 <= index < len(arguments[1]):
            return arguments[1][index]
    return form("Fn::Select", arguments)


def split(arguments: Value) -> Value:
    """`Fn::Split`: [delimiter, text]; a delimiter inside a not yet known part cannot be seen."""
    if isinstance(arguments, list) and len(arguments) == 2 and isinstance(arguments[0], str) and arguments[0]:
        delimiter, text = arguments[0], arguments[1]
        if _is_scalar(text) and known(text):
            return list(text_of(text).split(delimiter))
        if isinstance(text, Unknown) and any(delimiter in p for p in text.parts if isinstance(p, str)):
            return _split_parts(delimiter, text)
    return form("Fn::Split", arguments)


def _split_parts(delimiter: str, text: Unknown) -> list[Value]:
    groups: list[list[Value]] = [[]]
    for part in text.parts:
        if isinstance(part, str):
            first, *others = part.split(delimiter)
            groups[-1].append(first)
            groups.extend([other] for other in others)
        else:
            groups[-1].append(part)
    return [joined(group) for group in groups]


def encode(arguments: Value) -> Value:
    """`Fn::Base64`."""
    if isinstance(arguments, str):
        return base64.b64encode(arguments.encode()).decode()
    return form("Fn::Base64", arguments)


def cidr(arguments: Value) -> Value:
    """`Fn::Cidr`: [block, count, bits of each]."""
    import ipaddress

    if not (isinstance(arguments, list) and 2 <= len(arguments) <= 3 and isinstance(arguments[0], str)):
        return form("Fn::Cidr", arguments)
    count, bits = whole(arguments[1]), whole(arguments[2]) if len(arguments) == 3 else None
    try:
        network = ipaddress.ip_network(arguments[0])
        prefix = network.max_prefixlen - (8 if bits is None else bits)
        if count is None or not 1 <= count <= 256 or not network.prefixlen <= prefix:
            return form("Fn::Cidr", arguments)
        subnets = network.subnets(new_prefix=prefix)
        return [str(subnet) for _, subnet in zip(range(count), subnets, strict=False)]
    except ValueError:
        return form("Fn::Cidr", arguments)


def length(arguments: Value) -> Value:
    """`Fn::Length` of a list."""
    return len(arguments) if isinstance(arguments, list) else form("Fn::Length", arguments)


def to_json_string(arguments: Value) -> Value:
    """`Fn::ToJsonString`."""
    if known(arguments):
        return json.dumps(arguments, separators=(",", ":"))
    return form("Fn::ToJsonString", arguments)


def equals(arguments: Value) -> Value:
    """`Fn::Equals`, compared as CloudFormation compares: as text."""
    if isinstance(arguments, list) and len(arguments) == 2:
        left, right = arguments
        if known(left) and known(right):
            return text_of(left) == text_of(right)
        if left == right:
            return True
    return form("Fn::Equals", arguments)


def conjunction(arguments: Value) -> Value:
    """`Fn::And`; one false operand decides."""
    return _logic("Fn::And", arguments, decisive=False)


def disjunction(arguments: Value) -> Value:
    """`Fn::Or`; one true operand decides."""
    return _logic("Fn::Or", arguments, decisive=True)


def negation(arguments: Value) -> Value:
    """`Fn::Not`: [condition]."""
    if isinstance(arguments, list) and len(arguments) == 1 and isinstance(arguments[0], bool):
        return not arguments[0]
    return form("Fn::Not", arguments)


def _logic(name: str, arguments: Value, *, decisive: bool) -> Value:
    if not isinstance(arguments, list):
        return form(name, arguments)
    if any(item is decisive for item in arguments):
        return decisive
    return not decisive if all(isinstance(item, bool) for item in arguments) else form(name, arguments)


def whole(value: Value) -> int | None:
    """A value as a whole number, or None."""
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        return None
    try:
        return int(value)
    except ValueError:
        return None


def _is_scalar(value: Value) -> bool:
    return value is not None and not isinstance(value, (dict, list)) and not _is_list_form(value)


def _is_list_form(value: Value) -> bool:
    return isinstance(value, Unknown) and value.form is not None and next(iter(value.form)) in _LISTS


_LISTS = frozenset({"Fn::GetAZs", "Fn::Split", "Fn::Cidr", "Fn::If", "Fn::Transform"})

FUNCTIONS: dict[str, Callable[[Value], Value]] = {
    "Fn::Join": join,
    "Fn::Select": select,
    "Fn::Split": split,
    "Fn::Base64": encode,
    "Fn::Cidr": cidr,
    "Fn::Length": length,
    "Fn::ToJsonString": to_json_string,
    "Fn::Equals": equals,
    "Fn::And": conjunction,
    "Fn::Or": disjunction,
    "Fn::Not": negation,
}
