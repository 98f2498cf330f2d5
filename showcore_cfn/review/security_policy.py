"""Policies: who can now do what, and who no longer can."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from typing import Final

from showcore_cfn.review.diff import Change, Difference
from showcore_cfn.review.grants import EVERYTHING, Conditions, Grant, Side, covers, grants, holders, in_groups
from showcore_cfn.review.resolve import Resource
from showcore_cfn.review.security import Area, Direction, SecurityChange, follow_moves, listed, uncovered

_ALMIGHTY: Final = ("AdministratorAccess", "PowerUserAccess", "IAMFullAccess")
_MOST_RESOURCES: Final = 12  # in one sentence
_LONG: Final = 20  # characters that are not written twice
_BOUNDARY: Final = "PermissionsBoundary"


def changes(difference: Difference, touched: list[Change]) -> Iterator[SecurityChange]:
    """Widenings and narrowings of every policy document, managed policy and boundary."""
    yield from _boundaries(touched)
    base, head = follow_moves(difference), list(difference.head.resources.values())
    concerned = _concerned(touched, base)
    if not concerned:
        return
    before = in_groups(grant for grant in _of(base) if grant.holder in concerned)
    after = in_groups(grant for grant in _of(head) if grant.holder in concerned)
    there, stays = _holders(base), _holders(head)
    for group in dict.fromkeys((*after, *before)):
        holder, _, allow = group
        old, new = before.get(group, []), after.get(group, [])
        gained, lost = uncovered(new, old, _key, covers), uncovered(old, new, _key, covers)
        more = _folded(gained if allow or holder in there else [], old)
        less = _folded(lost if holder in stays else [], [])
        for key, same in more.items():
            instead = less.pop(key, []) if allow else []
            yield _said(same, Direction.WIDENS if allow else Direction.NARROWS, old, instead)
        for same in less.values():
            yield _said(same, Direction.NARROWS if allow else Direction.WIDENS, new)


def _key(grant: Grant) -> tuple[str, str, str, Conditions]:
    return grant.principal, grant.action.lower(), grant.resource, grant.conditions


def _concerned(touched: list[Change], base: list[Resource]) -> set[str]:
    """The holders whose grants may differ."""
    paths = {change.path for change in touched}
    now = [change.after for change in touched if change.after is not None]
    found: set[str] = set()
    for resource in (*now, *(resource for resource in base if resource.path in paths)):
        found.update(grant.holder for grant in grants(resource))
        found.update(holders(resource) if "Policy" in resource.type else ())
    return found


def _of(resources: Iterable[Resource]) -> Iterator[Grant]:
    for resource in resources:
        yield from grants(resource)


def _holders(resources: Iterable[Resource]) -> set[str]:
    """Holders that exist in a set: its resources, and whatever only a name is known of."""
    return {name for resource in resources for name in (resource.path, *holders(resource))}


def _folded(found: Iterable[Grant], others: list[Grant]) -> dict[Hashable, list[Grant]]:
    """Grants that one sentence can tell: those that differ in their action only, and of these in the resource.

    What reaches everything or the holder itself, or is told with what it was limited to before, has a sentence of
    its own; one sentence names at most so many resources, and all of them.
    """
    by_resource: dict[Hashable, list[Grant]] = {}
    for grant in found:
        by_resource.setdefault((grant.principal, grant.resource, grant.conditions), []).append(grant)
    folded: dict[Hashable, list[Grant]] = {}
    for same in by_resource.values():
        first = same[0]
        whole = first.resource in (EVERYTHING, first.holder) or first.resource[:1] == "!"
        alone = whole or _under_before(first, others)
        what = (first.path, first.principal, first.conditions, tuple(item.action for item in same))
        number = 0
        key: Hashable = (*what, first.resource if alone else "", number)
        while len(folded.get(key, ())) >= _MOST_RESOURCES * len(same):
            number += 1
            key = (*what, "", number)
        folded.setdefault(key, []).extend(same)
    return folded


def _said(
    same: list[Grant], direction: Direction, others: list[Grant], instead: Iterable[Grant] = ()
) -> SecurityChange:
    grave = direction is Direction.WIDENS and any(map(_grave, same))
    sentence = _sentence(same, others, gained=(direction is Direction.WIDENS) is same[0].allow)
    no_more = _resources(instead)
    if no_more:
        sentence = f"{sentence.removesuffix('.')}; no longer on {no_more}."
    return SecurityChange(direction, Area.ACCESS, same[0].path, sentence, grave, same[0].place)


def _resources(grants: Iterable[Grant]) -> str:
    """All their resources, what they begin with written once."""
    names = [_but(name) for name in dict.fromkeys(grant.resource for grant in grants)]
    start = _beginning(min(names), max(names)) if len(names) > 1 else ""
    if start.rfind("${") > start.rfind("}"):
        start = start[: start.rfind("${")]
    start = start[: max(start.rfind("/"), start.rfind(":")) + 1]
    rest = [name[len(start) :] for name in names]
    if len(start) < _LONG or not all(rest):
        return listed(names, len(names))
    return f"{start}{{{', '.join(rest)}}}"


def _beginning(one: str, other: str) -> str:
    """What two texts begin with."""
    length = next(
        (i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )
    return one[:length]


def _grave(grant: Grant) -> bool:
    if not grant.allow:
        return False
    if any(name in grant.action for name in _ALMIGHTY):
        return True
    if grant.side is Side.IDENTITY:
        return grant.resource == EVERYTHING and grant.action.lower() in (EVERYTHING, "iam:*", "sts:*")
    return grant.principal == EVERYTHING and not grant.conditions


def _sentence(same: list[Grant], others: list[Grant], *, gained: bool) -> str:
    grant = same[0]
    actions = listed(_action(item.action) for item in same)
    who = "everybody" if grant.principal == EVERYTHING else _but(grant.principal)
    on = "" if grant.resource in (grant.holder, EVERYTHING) else f" on {_resources(same)}"
    under = _under(grant.conditions)
    if not grant.allow:
        if gained:
            return f"{grant.holder}: {who} is now denied {actions}{on}{under}."
        return f"{grant.holder}: the denial of {actions}{on} to {who}{under} is gone."
    now = "may now" if gained else "may no longer"
    if gained:
        under = _under_before(grant, others) or under
    if grant.side is Side.TRUST:
        return f"{who} {now} assume {grant.holder}{under}."
    if grant.action.startswith("managed policy "):
        verb = "gets" if gained else "loses"
        return f"{grant.holder} {verb} the {listed(item.action for item in same)}."
    if grant.side is Side.IDENTITY:
        everywhere = " on everything" if grant.resource == EVERYTHING else on
        return f"{grant.holder} {now} do {actions}{everywhere}{under}."
    return f"{who} {now} do {actions} on {grant.holder}{_part(same)}{under}."


def _part(same: list[Grant]) -> str:
    holder = same[0].holder
    plain = all(
        item.resource in (holder, EVERYTHING) or item.resource.startswith(f"${{{holder}") for item in same
    )
    return "" if plain else f" ({_resources(same)})"


def _action(action: str) -> str:
    return "anything" if action == EVERYTHING else _but(action)


def _but(pattern: str) -> str:
    return f"all but {listed(pattern[1:].split(' '))}" if pattern.startswith("!") else pattern


def _under(conditions: Conditions) -> str:
    if not conditions:
        return ""
    said = (
        f"{key} {operator} {listed(sorted(values), 3)}"
        for operator, key, values in sorted(_plain(conditions))
    )
    return f", where {listed(said, 3)}"


def _plain(conditions: Conditions) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(operator, key, tuple(sorted(values))) for operator, key, values in conditions]


def _under_before(grant: Grant, others: list[Grant]) -> str:
    """What the grant was limited to before, where only its conditions are wider now."""
    for other in others:
        same = (other.principal, other.action, other.resource) == (
            grant.principal,
            grant.action,
            grant.resource,
        )
        if same and other.conditions != grant.conditions:
            now = _under(grant.conditions).removeprefix(", ") or "without a condition"
            return f", {now}; before only{_under(other.conditions).removeprefix(',')}"
    return ""


def _boundaries(touched: list[Change]) -> Iterator[SecurityChange]:
    for change in touched:
        for edit in change.properties:
            if edit.place == (_BOUNDARY,):
                gone = edit.after is None
                what = "loses its permissions boundary" if gone else "gets another permissions boundary"
                direction = Direction.NARROWS if edit.before is None else Direction.WIDENS
                if edit.before is None:
                    what = "gets a permissions boundary"
                yield SecurityChange(
                    direction, Area.ACCESS, change.path, f"{change.path} {what}.", gone, edit.place
                )
