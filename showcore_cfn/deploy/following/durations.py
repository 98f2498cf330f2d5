"""How long an operation usually takes: of a resource, and of a whole plan along its longest chain.

What earlier operations took here is believed before what public logs say.
"""

from __future__ import annotations

import statistics
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from showcore_cfn.deploy.following.at_work import Handler
from showcore_cfn.deploy.planning.judge import Do, Planned
from showcore_cfn.review.resolve import Nest
from showcore_cfn.review.values import references

Key = tuple[str, Handler]  # the resource type, and what is done to it
SPREAD = 0.15  # the next time may be quicker or slower than any before by this share
_OTHER_SECONDS = 5.0  # what is made at once still takes CloudFormation some seconds
_STACK_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Usual:
    """What is usual for a resource type and what is done to it."""

    shortest_seconds: float
    median_seconds: float
    longest_seconds: float
    seen_here: bool = False  # by this tool; otherwise public logs say so


@cache
def table() -> Mapping[Key, Usual]:
    """What public logs say; the source stands in `usual_durations.toml`."""
    text = Path(__file__).with_name("usual_durations.toml").read_text(encoding="utf-8")
    return {
        (kind, Handler(handler)): Usual(
            float(entry["shortest"]), float(entry["median"]), float(entry["longest"])
        )
        for kind, handlers in tomllib.loads(text).items()
        for handler, entry in handlers.items()
    }


@dataclass(frozen=True, slots=True)
class Durations:
    """What is known: the seconds that the last operations took here, and the public table for the rest."""

    seen: Mapping[Key, tuple[float, ...]] = field(default_factory=dict)

    def usual(self, resource_type: str, handler: Handler) -> Usual | None:
        """What is usual; None where nothing is known."""
        seen = self.seen.get((resource_type, handler))
        if not seen:
            return table().get((resource_type, handler))
        return Usual(
            min(seen) * (1 - SPREAD), statistics.median(seen), max(seen) * (1 + SPREAD), seen_here=True
        )


PUBLIC = Durations()


def estimate_seconds(planned: Iterable[Planned], nest: Nest, durations: Durations = PUBLIC) -> float:
    """The longest chain of resources that wait for one another, through nested stacks; 0 for nothing."""
    own = {resource.path: _own_seconds(resource, durations) for resource in planned}
    if not own:
        return 0.0
    waits = _waits(nest)
    known: dict[str, float] = {}

    def until_done(path: str) -> float:
        if path not in known:
            known[path] = 0.0  # a cycle cannot be: CloudFormation refuses it
            before = max((until_done(other) for other in waits.get(path, ())), default=0.0)
            known[path] = before + own.get(path, 0.0)
        return known[path]

    return _STACK_SECONDS + max(until_done(path) for path in own)


def handler_of(do: Do) -> Handler:
    """By which handler a planned change takes its time: what is replaced is created anew."""
    if do in (Do.ADD, Do.REPLACE):
        return Handler.CREATE
    return Handler.DELETE if do is Do.DELETE else Handler.UPDATE


def _own_seconds(planned: Planned, durations: Durations) -> float:
    found = durations.usual(planned.type, handler_of(planned.do))
    return found.median_seconds if found else _OTHER_SECONDS


def _waits(nest: Nest) -> dict[str, set[str]]:
    """What each resource waits for: what it refers to, what it depends on, and what its stack waits for."""
    waits: dict[str, set[str]] = {}
    members: dict[str, list[str]] = {}
    for path, resource in nest.resources.items():
        members.setdefault(resource.stack, []).append(path)
        waits[path] = {reference.path for reference in references(resource.properties)}
        waits[path] |= {f"{resource.stack}/{name}" for name in _depends(resource.raw.get("DependsOn"))}
    for path, resource in nest.resources.items():
        if resource.type == "AWS::CloudFormation::Stack":
            nested = resource.logical_id.lower()
            for member in members.get(nested, ()):
                waits[member] |= _done_stacks(waits[path], members, nest)
    return waits


def _done_stacks(paths: Iterable[str], members: Mapping[str, list[str]], nest: Nest) -> set[str]:
    """All resources of the nested stacks among these paths: a stack is done when all that is in it is."""
    found: set[str] = set()
    for path in paths:
        resource = nest.resources.get(path)
        stack = resource.logical_id.lower() if resource and "::Stack" in resource.type else path.split("/")[0]
        found.update(members.get(stack, ()))
    return found


def _depends(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    return [str(name) for name in value] if isinstance(value, list) else []
