"""A quick look for what was changed by hand, of the nested stacks that a plan touches and only those.

`showcore drift` looks at the whole nest and takes its time; a plan waits half a minute at most.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

from showcore_cfn.aws.failures import AwsError
from showcore_cfn.deploy.clock import Clock
from showcore_cfn.deploy.drift.detection import Detector, Drifted
from showcore_cfn.deploy.parallel import together

LONGEST_LOOK_SECONDS = 30.0
_WAIT_SECONDS = 2.0
_DRIFTED = ("MODIFIED", "DELETED")


@dataclass(frozen=True, slots=True)
class Look:
    """What was found, and of which stacks nothing can be said."""

    drifted: tuple[Drifted, ...] = ()
    unknown: Mapping[str, str] = field(default_factory=dict)  # stack -> why


def look(detector: Detector, clock: Clock, stacks: Mapping[str, str]) -> Look:
    """Look at these stacks (name -> ARN) side by side."""
    answers = together(partial(_one, detector, clock, name, stack) for name, stack in stacks.items())
    by_name = dict(zip(stacks, answers, strict=True))
    return Look(
        tuple(drifted for answer in answers if not isinstance(answer, str) for drifted in answer),
        {name: answer for name, answer in by_name.items() if isinstance(answer, str)},
    )


def _one(detector: Detector, clock: Clock, name: str, stack: str) -> tuple[Drifted, ...] | str:
    """The drifted resources of one stack, or why nothing is known."""
    try:
        detection = detector.begin(stack)
        end = clock.now() + timedelta(seconds=LONGEST_LOOK_SECONDS)
        while (ended := detector.detection(detection)) is None:
            if clock.now() >= end:
                return "CloudFormation is still looking"
            clock.sleep(_WAIT_SECONDS)
        if ended.failed:
            return ended.reason or "CloudFormation could not look at all of it"
        found = (each for each in detector.resources(stack) if each.status in _DRIFTED)
        return tuple(Drifted(f"{name}/{each.logical_id}", each) for each in found)
    except AwsError as error:
        return str(error)
