"""Which items of two lists are the same thing: by the field that names them, else by how much they share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias

from showcore_cfn.review.values import Value, text_of

Pair: TypeAlias = tuple[int | None, int | None]
Same: TypeAlias = Callable[[Value, Value], bool]

# Fields that name an item, the more telling first. A dotted one stands inside.
_NAMES: Final = (
    *("Sid", "Id", "Key", "Name", "RuleName", "PolicyName", "ParameterKey", "ConditionKey", "AttributeName"),
    *("IndexName", "LogType", "PathPattern", "SelectionName", "DeviceName", "ContainerName", "Label"),
    *("properties.title", "Description", "Endpoint", "Address", "ErrorCode", "id", "name"),
)
_ALIKE_ENOUGH: Final = 0.5
_MOST_COMPARISONS: Final = 20_000


def name_of(item: Value, index: int) -> str:
    """How to call an item of a list: by the field that names it, else by its own text or its number."""
    for field in _NAMES:
        found = _field(item, field)
        if found:
            return found
    return text_of(item) if not isinstance(item, (dict, list)) else str(index)


def pairs(before: list[Value], after: list[Value], same: Same, *, keep_places: bool) -> list[Pair]:
    """(position before, position after) of each item, in the order of `after`, what is gone last.

    `keep_places` says that an item which nothing names is the one that stood at its place.
    """
    found: dict[int, int] = {}
    _by_name(before, after, found)
    _by_equality(before, after, found, same)
    if keep_places and len(before) == len(after):
        _by_place(before, after, found)
    _by_likeness(before, after, found, same)
    gone = [index for index in range(len(before)) if index not in found.values()]
    return [*((found.get(index), index) for index in range(len(after))), *((index, None) for index in gone)]


def _field(item: Value, field: str) -> str | None:
    for step in field.split("."):
        item = item.get(step) if isinstance(item, dict) else None
    return None if item is None or isinstance(item, (dict, list)) else text_of(item)


def _by_name(before: list[Value], after: list[Value], found: dict[int, int]) -> None:
    if not (before and after and all(isinstance(item, dict) for item in (*before, *after))):
        return
    for field in _NAMES:
        left = [_field(item, field) for item in before]
        right = [_field(item, field) for item in after]
        if all(left) and all(right) and len(set(left)) == len(left) and len(set(right)) == len(right):
            places = {name: index for index, name in enumerate(left)}
            if places.keys() & set(right):
                found.update((i, places[name]) for i, name in enumerate(right) if name in places)
                return


def _by_equality(before: list[Value], after: list[Value], found: dict[int, int], same: Same) -> None:
    free: dict[str, list[int]] = {}
    taken = set(found.values())
    for index, item in enumerate(before):
        if index not in taken:
            free.setdefault(text_of(item), []).append(index)
    for index, item in enumerate(after):
        places = free.get(text_of(item), []) if index not in found else []
        match = next((place for place in places if same(before[place], item)), None)
        if match is not None:
            places.remove(match)
            found[index] = match


def _by_place(before: list[Value], after: list[Value], found: dict[int, int]) -> None:
    taken = set(found.values())
    for index in range(len(after)):
        both_named = any(_field(before[index], f) and _field(after[index], f) for f in _NAMES)
        if index not in found and index not in taken and not both_named:
            found[index] = index


def _by_likeness(before: list[Value], after: list[Value], found: dict[int, int], same: Same) -> None:
    taken = set(found.values())
    left = [index for index in range(len(before)) if index not in taken and isinstance(before[index], dict)]
    right = [index for index in range(len(after)) if index not in found and isinstance(after[index], dict)]
    if not left or not right or len(left) * len(right) > _MOST_COMPARISONS:
        return
    scores = [
        (likeness(before[i], after[j], same), -abs(i - j), max(i, j), min(i, j), i, j)
        for i in left
        for j in right
    ]
    for score, _, _, _, i, j in sorted(scores, reverse=True):
        if score >= _ALIKE_ENOUGH and i not in taken and j not in found:
            found[j] = i
            taken.add(i)


def likeness(before: Value, after: Value, same: Same) -> float:
    """How much two values share: 1 for equal ones, 0 for nothing in common."""
    if isinstance(before, dict) and isinstance(after, dict):
        keys = before.keys() | after.keys()
        shared = sum(likeness(before[key], after[key], same) for key in before.keys() & after.keys())
        return shared / len(keys) if keys else 1.0
    if isinstance(before, list) and isinstance(after, list):
        longest = max(len(before), len(after))
        texts = [text_of(item) for item in before]
        return sum(text_of(item) in texts for item in after) / longest if longest else 1.0
    return float(same(before, after))
