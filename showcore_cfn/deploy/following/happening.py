"""One event of an operation, with the place in the nest that it speaks of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from showcore_cfn.aws.values import StackEvent
from showcore_cfn.deploy.change_set import ROOT, below

_DEEPEST = 1_000


@dataclass(frozen=True, slots=True)
class Happening:
    """One event with the place in the nest that it speaks of."""

    path: str  # "database/Database"; "database" for that nested stack itself; "root" for the whole
    stack: str  # the stack whose history it stands in
    event: StackEvent


def located(stack: str, event: StackEvent) -> Happening:
    """An event in the history of a stack, which is named by its place in the nest."""
    return Happening(_path(stack, event), stack, event)


def in_time(happenings: Iterable[Happening]) -> tuple[Happening, ...]:
    """By time; at the same moment what holds others begins before them and ends after them."""
    return tuple(sorted(happenings, key=lambda each: (each.event.time, _rank(each))))


def _rank(one: Happening) -> int:
    depth = 0 if one.path == ROOT else 1 + one.path.count("/")
    return depth if one.event.status.endswith("_IN_PROGRESS") else _DEEPEST - depth


def _path(stack: str, event: StackEvent) -> str:
    if event.of_stack_itself:
        return stack
    if event.of_nested_stack:
        return below(stack, event.logical_id)
    return f"{stack}/{event.logical_id}"
