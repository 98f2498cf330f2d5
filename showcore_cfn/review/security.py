"""Who and what gains access, and which guard is lowered: widening and narrowing told apart.

Permissions and network rules are compared as what they let happen, holder by holder over both whole sets, so
that a statement which is split, moved to another policy or renamed with its role is no change, and one that is
widened on the way is. What CloudFormation only knows at deployment is compared by the text that will make it.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from enum import StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias, TypeVar

from showcore_cfn.review.compare import Steps
from showcore_cfn.review.diff import Action, Difference
from showcore_cfn.review.resolve import Resource

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


Fact = TypeVar("Fact")
Key: TypeAlias = Callable[[Fact], Hashable]
Covers: TypeAlias = Callable[[Fact, Fact], bool]
_MOST_COMPARISONS: Final = 200_000


class Direction(StrEnum):
    """Which way a change goes."""

    WIDENS = "widens"  # somebody gains access, or a guard is lowered
    NARROWS = "narrows"


class Area(StrEnum):
    """What kind of guard it is."""

    ACCESS = "access"
    NETWORK = "network"
    PUBLIC = "public"
    ENCRYPTION = "encryption"
    LOGGING = "logging"
    PROTECTION = "protection"


class SecurityChange(NamedTuple):
    """One widening or narrowing, in a sentence."""

    direction: Direction
    area: Area
    path: str  # of the resource that says so: "security/SessionRole"
    sentence: str
    grave: bool = False  # everybody, everything, or the whole internet
    place: Steps = ()  # in that resource's properties


def security_changes(difference: Difference) -> tuple[SecurityChange, ...]:
    """Every widening and narrowing, the grave ones first, then widenings, in the order of the templates."""
    order = {
        path: index for index, path in enumerate((*difference.head.resources, *difference.base.resources))
    }
    found = dict.fromkeys(_all(difference))
    return tuple(
        sorted(found, key=lambda c: (not c.grave, c.direction is not Direction.WIDENS, order.get(c.path, 0)))
    )


def _all(difference: Difference) -> Iterator[SecurityChange]:
    touched = [change for change in difference.changes if change.action is not Action.REACHED]
    if not touched:
        return
    from showcore_cfn.review import security_network, security_policy, security_settings

    yield from security_policy.changes(difference, touched)
    yield from security_network.changes(difference, touched)
    for change in touched:
        yield from security_settings.changes(change)


def follow_moves(difference: Difference) -> list[Resource]:
    """The base's resources, those that moved called as they are now."""
    now = {
        change.before.path: change.path
        for change in difference.changes
        if change.action is Action.MOVE and change.before is not None
    }
    resources = difference.base.resources.values()
    return [item._replace(path=now[item.path]) if item.path in now else item for item in resources]


def uncovered(found: list[Fact], others: list[Fact], key: Key[Fact], covers: Covers[Fact]) -> list[Fact]:
    """Those that none of the others covers. Beyond a size, only equal ones count as covered."""
    there = {key(other) for other in others}
    left = [item for item in found if key(item) not in there]
    if len(left) * len(others) > _MOST_COMPARISONS:
        return left
    return [item for item in left if not any(covers(other, item) for other in others)]


def listed(items: Iterable[str], most: int = 6) -> str:
    """`a, b and 3 more`."""
    all_items = list(dict.fromkeys(items))
    if len(all_items) > most:
        return f"{', '.join(all_items[: most - 1])} and {len(all_items) - most + 1} more"
    return " and ".join(filter(None, (", ".join(all_items[:-1]), all_items[-1]))) if all_items else ""
