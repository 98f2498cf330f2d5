"""P9: following a first deployment: calls against asking every stack each five seconds, and the time lost at its end.

On the fake's clock, with the times that AWS takes, for databases that take between nine and ten minutes. The time lost
is between the root's last event and our seeing it: the mean for an end at any moment of the last half minute, since a
single end meets the rhythm of the questions by chance. Measured twice: where nothing was learned, and where one
earlier deployment has taught what its database took, which is not what the next one takes.
"""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

from benchmarks.aws import engine
from benchmarks.bench import Bench
from benchmarks.table import Row
from showcore_cfn.deploy.desired import Desired, nest
from showcore_cfn.deploy.following.memory import Memory, MemoryFile, NothingKept
from showcore_cfn.deploy.session import Deployment
from showcore_cfn.generate import generate
from showcore_cfn.settings import plan_defaults
from tests.deploy.conftest import yes

CALLS_AT_MOST, LOST_SECONDS_AT_MOST, CALLS_A_SECOND_AT_MOST = 0.15, 1.2, 1.0
NAIVE_TICK_SECONDS = 5
DATABASE_SECONDS = (540, 555, 570, 585, 600)
TAUGHT_STEP = 2  # the deployment before took what the one so many places further on takes
LAST = timedelta(seconds=30)
_FOLLOWING = ("DescribeStackEvents", "DescribeStacks")
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class _Followed:
    """One deployment, from the root's first event of it to our seeing its last."""

    calls: Sequence[datetime]
    stacks: int
    seconds: float
    lost: float

    @property
    def naive(self) -> float:
        return self.stacks * self.seconds / NAIVE_TICK_SECONDS

    @property
    def rate(self) -> float:
        """Calls a second in the busiest minute."""
        most = max(sum(first <= call < first + _MINUTE for call in self.calls) for first in self.calls)
        return most / _MINUTE.total_seconds()


def rows(_: Bench) -> Iterator[Row]:
    """Calls, time lost, and the rate of calls; with nothing learned, and with what one deployment taught."""
    wanted = nest(plan_defaults(), generate())
    yield from _told("nothing learned", [_follow(wanted, each, NothingKept()) for each in DATABASE_SECONDS])
    yield from _told(
        "one deployment seen", [_follow_taught(wanted, place) for place in range(len(DATABASE_SECONDS))]
    )


def _told(what: str, found: Sequence[_Followed]) -> Iterator[Row]:
    calls = statistics.mean(len(one.calls) for one in found)
    naive = statistics.mean(one.naive for one in found)
    lost = statistics.mean(one.lost for one in found)
    rate = max(one.rate for one in found)
    every = f"each stack, 5 s {naive:.0f}"
    yield Row("P9", f"{what}: calls", f"{calls:.0f}", every, calls / naive, CALLS_AT_MOST)
    yield Row("P9", f"{what}: mean seconds lost", f"{lost:.1f} s", "1 s", lost, LOST_SECONDS_AT_MOST)
    yield Row(
        "P9",
        f"{what}: calls a second, busiest minute",
        f"{rate:.2f}",
        "1 a second",
        rate,
        CALLS_A_SECOND_AT_MOST,
    )


def _follow_taught(wanted: Desired, place: int) -> _Followed:
    """A deployment by somebody whose deployment before this one took another time."""
    before = DATABASE_SECONDS[(place + TAUGHT_STEP) % len(DATABASE_SECONDS)]
    with tempfile.TemporaryDirectory() as folder:
        memory = MemoryFile(Path(folder) / "durations.json")
        _follow(wanted, before, memory)
        return _follow(wanted, DATABASE_SECONDS[place], memory)


def _follow(wanted: Desired, database_seconds: float, memory: Memory) -> _Followed:
    with engine() as at_work:
        aws, watching = at_work.aws, at_work.watching
        aws.durations.scale = 1
        aws.durations["AWS::RDS::DBInstance"] = database_seconds
        Deployment(wanted, at_work.operator(memory=memory)).run(yes)
        root = [happening.event for happening in watching.happenings if happening.path == "root"]
        stack_id = root[0].stack_id
        began = next(event.time for event in root if event.status == "CREATE_IN_PROGRESS")
        ended = next(event.time for event in root if event.status == "CREATE_COMPLETE")
        seen = next(tick for tick in watching.ticks if tick >= ended)
        calls = [call.at for call in aws.calls if call.operation in _FOLLOWING and began <= call.at <= seen]
        stacks = 1 + wanted.templates["root.yaml"].count("Type: AWS::CloudFormation::Stack")
        asked = [call.at for call in aws.calls if call.parameters.get("StackName") == stack_id]
        lost = _mean_lost([at for at in asked if ended - LAST <= at <= seen])
        return _Followed(calls, stacks, (ended - began).total_seconds(), lost)


def _mean_lost(asked: Sequence[datetime]) -> float:
    """Mean seconds from any moment between the first and the last of these questions to the next one."""
    waits = [(later - earlier).total_seconds() for earlier, later in pairwise(asked)]
    return sum(wait**2 / 2 for wait in waits) / sum(waits)
