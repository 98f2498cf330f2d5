"""P9: following a first deployment: calls against asking every stack each five seconds, and the time lost at its end.

On the fake's clock, with the times that AWS takes. The time lost is between the root's last event and our seeing it,
as a mean over databases that take between nine and ten minutes.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks.aws import engine
from benchmarks.bench import Bench
from benchmarks.table import Row
from showcore_cfn.deploy.desired import nest
from showcore_cfn.deploy.session import Deployment
from showcore_cfn.generate import generate
from showcore_cfn.settings import plan_defaults
from tests.deploy.conftest import yes

CALLS_AT_MOST, LOST_SECONDS_AT_MOST, CALLS_A_SECOND_AT_MOST = 0.15, 1.2, 1.0
NAIVE_TICK_SECONDS = 5
DATABASE_SECONDS = range(540, 601, 7)
_FOLLOWING = ("DescribeStackEvents", "DescribeStacks")


@dataclass(frozen=True, slots=True)
class _Followed:
    calls: int
    stacks: int
    seconds: float
    lost: float


def rows(_: Bench) -> Iterator[Row]:
    """Calls, time lost, and the rate of calls."""
    found = [_follow(seconds) for seconds in DATABASE_SECONDS]
    naive = statistics.mean(one.stacks * one.seconds / NAIVE_TICK_SECONDS for one in found)
    calls = statistics.mean(one.calls for one in found)
    lost = statistics.mean(one.lost for one in found)
    rate = max(one.calls / one.seconds for one in found)
    yield Row(
        "P9",
        "calls while following",
        f"{calls:.0f}",
        f"each stack, 5 s {naive:.0f}",
        calls / naive,
        CALLS_AT_MOST,
    )
    yield Row("P9", "mean seconds lost at the end", f"{lost:.1f} s", "1 s", lost, LOST_SECONDS_AT_MOST)
    yield Row("P9", "calls a second", f"{rate:.2f}", "1 a second", rate, CALLS_A_SECOND_AT_MOST)


def _follow(database_seconds: float) -> _Followed:
    wanted = nest(plan_defaults(), generate())
    with engine() as at_work:
        aws, watching = at_work.aws, at_work.watching
        aws.durations.scale = 1
        aws.durations["AWS::RDS::DBInstance"] = database_seconds
        Deployment(wanted, at_work.operator()).run(yes)
        creation = [
            h for h in watching.happenings if h.path == "root" and h.event.status == "CREATE_COMPLETE"
        ]
        began = next(h.event.time for h in watching.happenings)
        ended = creation[0].event.time
        seen = next(tick for tick in watching.ticks if tick >= ended)
        calls = [c for c in aws.calls if c.operation in _FOLLOWING and began <= c.at <= seen]
        seconds = (ended - began).total_seconds()
        stacks = 1 + wanted.templates["root.yaml"].count("Type: AWS::CloudFormation::Stack")
        return _Followed(len(calls), stacks, seconds, (seen - ended).total_seconds())
