"""Drift: what somebody changed behind CloudFormation's back, over the root and every stack nested in it.

Detection of a stack does not descend into those nested in it, so each is asked for by itself, side by side:
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-drift.html
Only properties that stand in the template are compared.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from showcore_cfn.aws.gateways import CloudFormation
from showcore_cfn.deploy.clock import Clock
from showcore_cfn.deploy.parallel import together
from showcore_cfn.deploy.protection import nested_ids
from showcore_cfn.errors import StillRunning
from showcore_cfn.template.json_types import Json

_FIRST_SECONDS, _MOST_SECONDS = 2.0, 10.0  # between two looks; AWS takes seconds to minutes a stack
AT_MOST_SECONDS = 15 * 60
_DRIFTED = ("MODIFIED", "DELETED")


@dataclass(frozen=True, slots=True)
class Detection:
    """How the detection of one stack ended."""

    status: str  # DRIFTED, IN_SYNC, UNKNOWN
    failed: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """One property that is not what the template says. Values are texts; those of objects are JSON."""

    path: tuple[str, ...]  # ("Tags", "0", "Value")
    kind: str  # NOT_EQUAL, ADD, REMOVE
    expected: str
    actual: str


@dataclass(frozen=True, slots=True)
class ResourceDrift:
    """What was found of one resource of a stack."""

    logical_id: str
    physical_id: str
    type: str
    status: str  # IN_SYNC, MODIFIED, DELETED, NOT_CHECKED
    differences: tuple[Difference, ...] = ()
    expected: Json = None  # the properties that CloudFormation expects


class Detector(Protocol):
    """The three calls of drift detection."""

    def begin(self, stack: str) -> str:
        """Begin to look at the resources of one stack; the id of the detection."""
        ...

    def detection(self, detection: str) -> Detection | None:
        """How it ended; None while it is under way."""
        ...

    def resources(self, stack: str) -> tuple[ResourceDrift, ...]:
        """What was found of each resource."""
        ...


@dataclass(frozen=True, slots=True)
class Drifted:
    """A resource that is not as its template says."""

    path: str  # "database/Database"
    found: ResourceDrift


@dataclass(frozen=True, slots=True)
class Drift:
    """The whole nest: how each stack's detection ended, and what drifted."""

    stacks: Mapping[str, Detection]  # by the stack's name; "root" first
    drifted: tuple[Drifted, ...]
    in_sync: int
    unchecked: tuple[str, ...]  # paths of resources whose type CloudFormation cannot compare

    @property
    def looked_at(self) -> int:
        """How many resources were compared."""
        return self.in_sync + len(self.drifted)

    @property
    def failed(self) -> Mapping[str, str]:
        """The stacks that could not be looked at completely, and why."""
        return {name: found.reason for name, found in self.stacks.items() if found.failed}


def detect(
    cloudformation: CloudFormation,
    detector: Detector,
    clock: Clock,
    root_id: str,
    progress: Callable[[int, int], None],
) -> Drift:
    """Look at the root and every nested stack. `progress` is told how many of how many have ended.

    StillRunning after a quarter of an hour: the detections go on, and a later run asks anew.
    """
    ids = nested_ids(cloudformation, root_id)
    begun = dict(zip(ids, together(partial(detector.begin, each) for each in ids.values()), strict=True))
    ended = _awaited(detector, clock, begun, progress)
    found = dict(zip(ids, together(partial(detector.resources, each) for each in ids.values()), strict=True))
    pairs = [(f"{name}/{each.logical_id}", each) for name, own in found.items() for each in own]
    all_ = together(partial(cloudformation.resources, each) for each in ids.values())
    paths = [f"{n}/{r.logical_id}" for n, own in zip(ids, all_, strict=True) for r in own if not r.is_stack]
    looked_at = {path for path, each in pairs if each.status in ("IN_SYNC", *_DRIFTED)}
    return Drift(
        stacks={name: ended[name] for name in ids},
        drifted=tuple(Drifted(path, each) for path, each in pairs if each.status in _DRIFTED),
        in_sync=sum(each.status == "IN_SYNC" for _, each in pairs),
        unchecked=tuple(path for path in paths if path not in looked_at),
    )


def _awaited(
    detector: Detector, clock: Clock, begun: Mapping[str, str], progress: Callable[[int, int], None]
) -> dict[str, Detection]:
    """Every detection once it has ended; asked less and less often."""
    ended: dict[str, Detection] = {}
    pause, waited = _FIRST_SECONDS, 0.0
    while True:
        open_ = [name for name in begun if name not in ended]
        answers = together(partial(detector.detection, begun[name]) for name in open_)
        ended |= {name: found for name, found in zip(open_, answers, strict=True) if found}
        progress(len(ended), len(begun))
        if len(ended) == len(begun):
            return ended
        if waited >= AT_MOST_SECONDS:
            raise StillRunning(
                f"drift detection of {', '.join(n for n in begun if n not in ended)} takes longer than a quarter"
                " of an hour; `showcore drift` looks again."
            )
        clock.sleep(pause)
        waited += pause
        pause = min(pause * 1.5, _MOST_SECONDS)
