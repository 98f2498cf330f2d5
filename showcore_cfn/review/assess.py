"""What a whole difference does to the account: each resource's own impact, and what that reaches.

A resource that is replaced gets a new physical id, so whatever refers to it changes too, and where that lands
on a create-only property the next one is replaced, through nested stacks and on.
"""

from __future__ import annotations

from collections.abc import Iterator

from showcore_cfn.review import fate
from showcore_cfn.review.compare import Edit, Item, Kind, Steps, place_text
from showcore_cfn.review.diff import STACK, Action, Change, Difference
from showcore_cfn.review.impact import Affected, Cause, Impact, of_change, property_impact
from showcore_cfn.review.moves import key
from showcore_cfn.review.resolve import Nest, Resource
from showcore_cfn.review.values import Reference, Unknown, Value, references


def assess(difference: Difference) -> tuple[Affected, ...]:
    """Every resource that is touched or reached, in the order of the head's templates, what goes last."""
    found = {change.path: of_change(change) for change in difference.changes}
    if any(_is_replaced(affected) for affected in found.values()):
        _reach(found, difference)
    ordered = [found[path] for path in difference.head.resources if path in found]
    ordered.extend(affected for affected in found.values() if affected.change.action is Action.REMOVE)
    return fate.decided(ordered, difference)


def _is_replaced(affected: Affected) -> bool:
    return affected.impact >= Impact.POSSIBLE and affected.change.action not in (Action.ADD, Action.REMOVE)


def _reach(found: dict[str, Affected], difference: Difference) -> None:
    """Follow replacements along references until nothing changes any more; levels only rise, so it ends."""
    referrers = _referrers(difference.head)
    before = {key(resource): resource for resource in difference.base.resources.values()}
    waiting = [path for path, affected in found.items() if _is_replaced(affected)]
    while waiting:
        target = waiting.pop(0)
        level = found[target].impact
        for path in referrers.get(target, ()):
            affected = found.get(path) or _reached(difference.head.resources[path], before)
            if affected is None or affected.change.action is Action.ADD or path == target:
                continue
            causes = tuple(_causes(difference.head.resources[path], target, level))
            if not causes:
                continue
            others = tuple(cause for cause in affected.causes if cause.target != target)
            worst = max([affected.impact, *(cause.impact for cause in causes)])
            if worst > affected.impact and worst >= Impact.POSSIBLE:
                waiting.append(path)
            found[path] = affected._replace(causes=(*others, *causes), impact=worst)


def _referrers(nest: Nest) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for path, resource in nest.resources.items():
        for target in dict.fromkeys(reference.path for reference in references(resource.properties)):
            found.setdefault(target, []).append(path)
    return found


def _reached(resource: Resource, before: dict[tuple[str, ...], Resource]) -> Affected | None:
    old = before.get(key(resource))
    return Affected(Change(Action.REACHED, old, resource), Impact.NONE) if old is not None else None


def _causes(resource: Resource, target: str, level: Impact) -> Iterator[Cause]:
    """One cause for each property that refers to the target."""
    certain = level is Impact.REPLACEMENT
    seen: set[str] = set()
    for place in _places(resource.properties, target, ()):
        if place[:1] == ("Parameters",) and resource.type == STACK:
            continue
        where = place_text(place)
        if where not in seen:
            seen.add(where)
            edit = Edit(place, Kind.CHANGED, None, None)
            impact = min(property_impact(resource.type, edit)[0], level)
            yield Cause(where, target, impact, certain)


def _places(value: Value, target: str, place: Steps) -> Iterator[Steps]:
    if isinstance(value, Reference):
        if value.path == target:
            yield place
    elif isinstance(value, Unknown):
        if any(reference.path == target for reference in references(value)):
            yield place
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from _places(inner, target, (*place, name))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _places(inner, target, (*place, Item(index, str(index))))
