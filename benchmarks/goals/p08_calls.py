"""P8: how many calls a deployment makes: counts, which do not depend on the machine.

Polls stand apart, as do the checks beforehand and what sets the protection afterwards, which is a change set of its
own where the database's deletion protection is on; N is the number of tiers. A plan also reads the change set of
every nested stack that CloudFormation lists, once each. That is no poll: it stands in a row of its own, without a
goal, since a tool that does not look into nested stacks does not ask.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from benchmarks.aws import engine
from benchmarks.bench import Bench
from benchmarks.table import Row
from showcore_cfn.deploy.desired import Desired, nest
from showcore_cfn.deploy.session import Deployment
from showcore_cfn.generate import generate
from showcore_cfn.settings import plan_defaults
from tests.deploy.conftest import Bench as Engine
from tests.deploy.conftest import yes
from tests.fakes.cloudformation import Call

NOTHING_AT_MOST, ONE_TIER_AT_MOST, FIRST_AT_MOST = 3, 8, 8  # the last one and N more
POLLS = ("DescribeStackEvents", "DescribeChangeSet")
AFTERWARDS = ("SetStackPolicy", "UpdateTerminationProtection")


def rows(_: Bench) -> Iterator[Row]:
    """A first deployment, one of a changed tier, and one of nothing."""
    wanted = nest(plan_defaults(), generate())
    first = replace(wanted, parameters={**wanted.parameters, "DatabaseDeletionProtection": "false"})
    tiers = first.templates["root.yaml"].count("Type: AWS::CloudFormation::Stack")
    retention = first.templates["database.yaml"].replace(
        "BackupRetentionPeriod: 7", "BackupRetentionPeriod: 8"
    )
    changed = replace(first, templates={**first.templates, "database.yaml": retention})
    with engine() as at_work:
        yield _row("first deployment", _calls(at_work, first), FIRST_AT_MOST + tiers, f"8 + {tiers} tiers")
        start = len(at_work.aws.calls)
        yield _row("one tier changed", _calls(at_work, changed), ONE_TIER_AT_MOST, "8")
        nested = _nested(at_work.aws.calls[start:])
        yield Row("P8", "the same: nested change sets read", str(nested), f"{tiers} tiers", nested / tiers)
        yield _row("nothing changed", _calls(at_work, changed), NOTHING_AT_MOST, "3")


def _calls(at_work: Engine, wanted: Desired) -> int:
    start = len(at_work.aws.calls)
    Deployment(wanted, at_work.operator()).run(yes)
    made = Counter(call.operation for call in at_work.aws.calls[start:])
    return sum(number for name, number in made.items() if name not in (*POLLS, *AFTERWARDS))


def _nested(calls: list[Call]) -> int:
    """How many change sets were read beside those that were asked for; to ask one again is to poll."""
    read = {str(call.parameters["ChangeSetName"]) for call in calls if call.operation == "DescribeChangeSet"}
    return len(read) - sum(call.operation == "CreateChangeSet" for call in calls)


def _row(what: str, calls: int, floor: int, told: str) -> Row:
    return Row("P8", f"{what}: calls", str(calls), told, calls / floor, 1.0)
