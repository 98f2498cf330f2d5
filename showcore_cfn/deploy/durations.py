"""How long an operation usually takes: of a resource, and of a whole plan along its longest chain."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from showcore_cfn.deploy.judge import Do, Planned
from showcore_cfn.review.resolve import Nest
from showcore_cfn.review.values import references

_OTHER_SECONDS = 5.0  # what is made at once still takes CloudFormation some seconds
_STACK_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Usual:
    """What public logs say of a resource type."""

    median_seconds: float
    longest_seconds: float


@cache
def table() -> Mapping[tuple[str, str], Usual]:
    """By resource type and `create` or `delete`; the source stands in `usual_durations.toml`."""
    text = Path(__file__).with_name("usual_durations.toml").read_text(encoding="utf-8")
    return {
        (kind, handler): Usual(float(entry["median"]), float(entry["longest"]))
        for kind, handlers in tomllib.loads(text).items()
        for handler, entry in handlers.items()
    }


def usual(resource_type: str, status: str) -> Usual | None:
    """What is usual for a resource in this status; None where no sample is known."""
    return table().get((resource_type, "delete" if status.startswith("DELETE") else "create"))


def estimate_seconds(planned: Iterable[Planned], nest: Nest) -> float:
    """The longest chain of resources that wait for one another, through nested stacks; 0 for nothing."""
    own = {resource.path: _own_seconds(resource) for resource in planned}
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


def _own_seconds(planned: Planned) -> float:
    made = planned.do in (Do.ADD, Do.REPLACE)
    found = table().get(
        (planned.type, "create" if made else "delete" if planned.do is Do.DELETE else "update")
    )
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
