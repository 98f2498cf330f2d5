"""Two resolved values compared: what differs, and where, with like items matched by what names them.

Text and number are the same where they read the same, as CloudFormation takes them. JSON inside a string is
compared inside. A list's order counts only where the schema says so.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import Final, NamedTuple, TypeAlias

from showcore_cfn.review.matching import name_of, pairs
from showcore_cfn.review.values import Reference, Unknown, Value, text_of

SchemaPath: TypeAlias = tuple[str, ...]


class Item(NamedTuple):
    """One step of a place: an item of a list, by position and by the name that a reader knows it by."""

    at: int
    name: str

    def __str__(self) -> str:
        return f"[{self.name}]"


Step: TypeAlias = "str | Item"
Steps: TypeAlias = tuple[Step, ...]


class Kind(StrEnum):
    """What happened to a value."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    REORDERED = "reordered"


class Edit(NamedTuple):
    """One difference between two values. `before` of an added value and `after` of a removed one are None."""

    place: Steps
    kind: Kind
    before: Value
    after: Value
    certain: bool = True  # False where it depends on what only the deployment will know

    @property
    def where(self) -> str:
        """The place as a reader writes it: `Policies[Read].PolicyDocument`."""
        return place_text(self.place)

    @property
    def schema_path(self) -> SchemaPath:
        """The place as a schema writes it: ("Policies", "*", "PolicyDocument")."""
        return schema_path(self.place)


Ordered: TypeAlias = Callable[[SchemaPath], bool]

_SETS: Final = frozenset(
    {
        *("Statement", "Action", "NotAction", "Resource", "NotResource", "AWS", "Service", "Federated"),
        *("CanonicalUser", "Tags", "DependsOn", "ManagedPolicyArns", "Dimensions", "AlarmActions"),
        *("OKActions", "InsufficientDataActions", "Subscribers"),
    }
)
_INSIDE_SETS: Final = frozenset({"Condition", "Principal", "NotPrincipal"})
_MOST_INSIDE: Final = 1_000_000


def place_text(place: Steps) -> str:
    """A place as a reader writes it."""
    text = ""
    for step in place:
        text += f".{step}" if isinstance(step, str) and text else str(step)
    return text


def schema_path(place: Steps) -> SchemaPath:
    """A place as a schema writes it, list items as `*`."""
    return tuple(step if isinstance(step, str) else "*" for step in place)


def never_ordered(path: SchemaPath) -> bool:
    """Whether a list is a set by what it is called: statements, actions, tags."""
    return bool(path) and (path[-1] in _SETS or any(step in _INSIDE_SETS for step in path))


def always(_path: SchemaPath) -> bool:
    """The order of every list counts."""
    return True


def edits(before: Value, after: Value, place: Steps = (), ordered: Ordered = always) -> Iterator[Edit]:
    """Every difference between two values, in the order of `after`; none where they mean the same."""
    left, right = decoded(before), decoded(after)
    if isinstance(left, list) != isinstance(right, list) and never_ordered(schema_path(place)):
        left = left if isinstance(left, list) else [left]
        right = right if isinstance(right, list) else [right]  # one action is a list of one
    if isinstance(left, dict) and isinstance(right, dict):
        yield from _mapping(left, right, place, ordered)
    elif isinstance(left, list) and isinstance(right, list):
        yield from _list(left, right, place, ordered)
    elif not _same_scalar(left, right):
        inner = _same_function(left, right)
        if inner is not None:
            yield from edits(inner[1], inner[2], (*place, inner[0]), ordered)
        else:
            yield Edit(place, Kind.CHANGED, before, after, _certain(before, after))


def same(before: Value, after: Value) -> bool:
    """Whether two values are equal to the letter, but for the spelling of numbers and truth values."""
    if isinstance(before, dict) and isinstance(after, dict):
        return before.keys() == after.keys() and all(same(value, after[key]) for key, value in before.items())
    if isinstance(before, list) and isinstance(after, list):
        return len(before) == len(after) and all(map(same, before, after))
    return _same_scalar(before, after)


def decoded(value: Value) -> Value:
    """What a string of JSON holds; any other value as it is."""
    text = value.text if isinstance(value, Unknown) and value.parts else value
    if not isinstance(text, str) or text[:1] not in ("{", "[") or len(text) > _MOST_INSIDE:
        return _from_base64(text) if isinstance(text, str) and text[:8] in _SHEBANGS else value
    try:
        found: Value = json.loads(text)
    except (ValueError, RecursionError):
        return value
    return found if isinstance(found, (dict, list)) else value


_SHEBANGS: Final = frozenset({"IyEvYmlu", "I2Nsb3Vk", "PHBvd2Vy"})  # "#!/bin", "#cloud", "<power": user data


def _from_base64(text: str) -> str:
    import base64

    try:
        return base64.b64decode(text, validate=True).decode()
    except ValueError:
        return text


def _mapping(
    before: dict[str, Value], after: dict[str, Value], place: Steps, ordered: Ordered
) -> Iterator[Edit]:
    for key, value in after.items():
        if key in before:
            yield from edits(before[key], value, (*place, key), ordered)
        else:
            yield Edit((*place, key), Kind.ADDED, None, value, _certain(None, value))
    for key, value in before.items():
        if key not in after:
            yield Edit((*place, key), Kind.REMOVED, value, None, _certain(value, None))


def _list(before: list[Value], after: list[Value], place: Steps, ordered: Ordered) -> Iterator[Edit]:
    path = schema_path(place)
    counts = not never_ordered(path) and ordered(path)
    matched = pairs(before, after, same, keep_places=counts)
    last, moved = -1, False
    for left, right in matched:
        if left is not None and right is not None:
            moved, last = moved or left < last, left
            yield from edits(
                before[left], after[right], (*place, Item(right, name_of(after[right], right))), ordered
            )
        elif right is not None:
            value = after[right]
            yield Edit(
                (*place, Item(right, name_of(value, right))), Kind.ADDED, None, value, _certain(None, value)
            )
        elif left is not None:
            value = before[left]
            yield Edit(
                (*place, Item(left, name_of(value, left))), Kind.REMOVED, value, None, _certain(value, None)
            )
    if moved and counts:
        yield Edit(place, Kind.REORDERED, before, after)


def _same_scalar(before: Value, after: Value) -> bool:
    if isinstance(before, str) and isinstance(after, str):  # nearly always
        return before == after
    if isinstance(before, (dict, list)) or isinstance(after, (dict, list)):
        return False
    if isinstance(before, Unknown) and isinstance(after, Unknown):
        return _same_unknown(before, after)
    if isinstance(before, (Reference, Unknown)) or isinstance(after, (Reference, Unknown)):
        return before == after
    if before is None or after is None:
        return before is after
    if (
        isinstance(before, bool)
        or isinstance(after, bool)
        or isinstance(before, str)
        or isinstance(after, str)
    ):
        return text_of(before) == text_of(after)
    return before == after


def _same_unknown(before: Unknown, after: Unknown) -> bool:
    """Whether two values that are not known yet will be made of the same."""
    if before.form is not None and after.form is not None:
        return same(before.form, after.form)
    if before.parts and after.parts:
        return same(list(before.parts), list(after.parts))
    return before == after


def _same_function(before: Value, after: Value) -> tuple[str, Value, Value] | None:
    """(name, arguments, arguments) where both are the same function of as many arguments."""
    if not (isinstance(before, Unknown) and isinstance(after, Unknown) and before.form and after.form):
        return None
    left, right = before.form.get("Fn::If"), after.form.get("Fn::If")
    if isinstance(left, list) and isinstance(right, list) and left[:1] == right[:1]:
        return "Fn::If", left, right
    return None


def _certain(before: Value, after: Value) -> bool:
    """Whether the two differ whatever the deployment will fill in."""
    if after is None or before is None:
        return True
    return _unknowns(before) == _unknowns(after)


def _unknowns(value: Value) -> set[str]:
    found: set[str] = set()
    waiting: list[Value] = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, Unknown):
            if item.parts:
                waiting.extend(item.parts)
            else:
                found.add(item.text)
        elif isinstance(item, dict):
            waiting.extend(item.values())
        elif isinstance(item, list):
            waiting.extend(item)
    return found
