"""Guards that are a single setting: encryption, logging, public access, protection against loss."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from showcore_cfn.review import known
from showcore_cfn.review.compare import Item, Steps, place_text
from showcore_cfn.review.diff import Action, Change
from showcore_cfn.review.guards import GUARDS, WATCHERS, Guard, is_false, is_set, is_true
from showcore_cfn.review.matching import name_of
from showcore_cfn.review.security import Area, Direction, SecurityChange
from showcore_cfn.review.values import Reference, Unknown, Value, text_of

_MOST_STEPS: Final = 2
_PUBLIC_GRAVE: Final = frozenset({Area.PUBLIC, Area.ENCRYPTION})

_POLICIES: Final = ("DeletionPolicy", "UpdateReplacePolicy")
_KEEPING: Final = {"Delete": 0, "Snapshot": 1, "Retain": 2, "RetainExceptOnCreate": 2}


def changes(change: Change) -> Iterator[SecurityChange]:
    """Guards that a change to one resource lowers or raises."""
    if change.action is Action.REMOVE:
        area, lost = WATCHERS.get(change.resource.type, (None, ""))
        if area is not None:
            yield SecurityChange(Direction.WIDENS, area, change.path, f"{change.path} goes: {lost}.")
        return
    before = dict(_guarded(change.before.properties)) if change.before else {}
    after = dict(_guarded(change.after.properties)) if change.after else {}
    for place in dict.fromkeys((*after, *before)):
        found = _setting(change, place, before.get(place), after.get(place))
        if found is not None:
            yield found
    yield from _policies(change)


def _setting(
    change: Change,
    place: tuple[str, ...],
    before: tuple[Steps, Value] | None,
    after: tuple[Steps, Value] | None,
) -> SecurityChange | None:
    guard = _guard(place)
    steps = (after or before or ((), None))[0]
    if guard is None or (before is None and after is None):
        return None
    if change.before is None:
        explicit = guard.rank(after[1]) if after is not None else None
        safest = 1.0 if guard.rank in (is_true, is_false) else None
        if explicit is None or safest is None or explicit >= safest:
            return None
        sentence = f"{change.path} is new with {place_text(steps)} {text_of(after[1] if after else None)}."
        return SecurityChange(
            Direction.WIDENS, guard.area, change.path, sentence, guard.area is Area.PUBLIC, steps
        )
    old = guard.rank(before[1]) if before is not None else _absent(guard, steps, change.before.properties)
    new = guard.rank(after[1]) if after is not None else _absent(guard, steps, change.resource.properties)
    if old is None or new is None or old == new:
        return None
    direction = Direction.WIDENS if new < old else Direction.NARROWS
    was, now = _shown(before), _shown(after)
    sentence = f"{change.path}: {place_text(steps)} goes from {was} to {now}."
    grave = direction is Direction.WIDENS and guard.area in _PUBLIC_GRAVE and new == 0.0
    return SecurityChange(direction, guard.area, change.path, sentence, grave, steps)


def _absent(guard: Guard, steps: Steps, properties: Value) -> float | None:
    """How safe it is without the setting: nothing to say where the list item around it is not there either."""
    value = properties
    for step in steps[:-1]:
        if isinstance(step, Item):
            items = value if isinstance(value, list) else []
            named = [item for index, item in enumerate(items) if name_of(item, index) == step.name]
            if not named:
                return None
            value = named[0]
        else:
            value = value.get(step) if isinstance(value, dict) else None
    return guard.absent


def _shown(found: tuple[Steps, Value] | None) -> str:
    if found is None:
        return "not set"
    return text_of(found[1]) if not isinstance(found[1], (dict, list)) else "set"


def _guard(place: tuple[str, ...]) -> Guard | None:
    """The guard of a place, by its last two steps or its last."""
    if place and place[-1].startswith("["):
        return GUARDS.get(f"{place[-2]}.*") if len(place) >= _MOST_STEPS else None
    return GUARDS.get(".".join(place[-_MOST_STEPS:])) or (GUARDS.get(place[-1]) if place else None)


def _guarded(value: Value) -> Iterator[tuple[tuple[str, ...], tuple[Steps, Value]]]:
    """Every setting that a guard may know, by its place with list items as they are called."""
    waiting: list[tuple[Steps, Value]] = [((), value)]
    while waiting:
        steps, item = waiting.pop()
        place = tuple(map(str, steps))
        guard = _guard(place)
        if guard is not None and (guard.rank is is_set or not isinstance(item, (Unknown, Reference))):
            yield place, (steps, item)
        if isinstance(item, dict):
            waiting.extend(((*steps, name), inner) for name, inner in item.items())
        elif isinstance(item, list):
            waiting.extend(((*steps, Item(i, name_of(inner, i))), inner) for i, inner in enumerate(item))


def _policies(change: Change) -> Iterator[SecurityChange]:
    """A deletion or replacement policy that keeps less, or more, of what holds data."""
    if change.before is None or change.after is None or not known.holds(change.after.type):
        return
    for name in _POLICIES:
        default = "Delete"
        if name == "DeletionPolicy" and known.snapshot_by_default(change.after.type, change.after.properties):
            default = "Snapshot"
        was, now = (str(r.raw.get(name, default)) for r in (change.before, change.after))
        old, new = _KEEPING.get(was), _KEEPING.get(now)
        if old is not None and new is not None and old != new:
            direction = Direction.WIDENS if new < old else Direction.NARROWS
            sentence = f"{change.path}: {name} goes from {was} to {now}."
            yield SecurityChange(direction, Area.PROTECTION, change.path, sentence)
