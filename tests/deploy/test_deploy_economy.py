"""How many calls a deployment of the real nest makes: the limits of the API are low, and rounds are waiting."""

from __future__ import annotations

from dataclasses import replace

import pytest

from showcore_cfn.deploy.desired import Desired, nest
from showcore_cfn.deploy.operation import Result
from showcore_cfn.deploy.session import Deployment
from showcore_cfn.generate import generate
from showcore_cfn.settings import plan_defaults
from tests.deploy.conftest import Bench, yes
from tests.fakes.cloudformation import Call

TIERS = 10
FOLLOWING = ("DescribeStackEvents", "DescribeChangeSet")
PROTECTING = ("SetStackPolicy", "UpdateTerminationProtection", "ListStackResources")


@pytest.fixture(scope="module")
def whole() -> Desired:
    return nest(plan_defaults(), generate())


def run(bench: Bench, wanted: Desired) -> tuple[Result, list[Call]]:
    start = len(bench.aws.calls)
    result = Deployment(wanted, bench.operator()).run(yes)
    return result, bench.aws.calls[start:]


def apart_from_polls(calls: list[Call]) -> list[str]:
    return [call.operation for call in calls if call.operation not in (*FOLLOWING, *PROTECTING)]


def test_calls_of_a_first_deployment_a_change_of_one_tier_and_nothing_to_do(
    bench: Bench, whole: Desired
) -> None:
    bench.aws.durations.scale = 0.02

    _, first = run(bench, whole)
    counted = apart_from_polls(first)
    assert len(counted) <= 8 + TIERS + 6, "six for the second change set, which protects the database"
    assert counted.count("PutObject") == TIERS

    templates = dict(whole.templates)
    templates["database.yaml"] = templates["database.yaml"].replace(
        "BackupRetentionPeriod: 7", "BackupRetentionPeriod: 8"
    )
    _, change = run(bench, replace(whole, templates=templates))
    assert sorted(apart_from_polls(change)) == [
        *("CreateChangeSet", "DescribeStacks", "DescribeStacks", "ExecuteChangeSet", "GetCallerIdentity"),
        *("GetTemplate", "GetTemplate", "ListObjectsV2", "PutObject"),
    ], "eight, and the deployed template of the changed tier"

    _, again = run(bench, replace(whole, templates=templates))
    assert [call.operation for call in again] == ["GetCallerIdentity", "DescribeStacks", "GetTemplate"]


@pytest.mark.trap("33")
def test_following_asks_a_seventh_of_what_asking_every_stack_each_five_seconds_would(
    bench: Bench, whole: Desired
) -> None:
    bench.aws.durations.scale = 1
    began = bench.aws.clock.now()

    _, calls = run(bench, whole)

    seconds = (bench.aws.clock.now() - began).total_seconds()
    ended = bench.watching.happenings[-1].event.time
    following = [call for call in calls if call.operation in ("DescribeStackEvents", "DescribeStacks")]
    assert len(following) <= 0.15 * (TIERS + 1) * seconds / 5
    assert (bench.aws.clock.now() - ended).total_seconds() <= 3, (
        "the ticks are short once all nested stacks rest"
    )


def test_the_end_is_seen_within_two_seconds_once_there_is_news_before_it(bench: Bench) -> None:
    """As on AWS, where the root ends some seconds after the last nested stack: news make the ticks short."""
    bench.aws.durations.scale = 0.5
    bench.aws.durations["AWS::S3::Bucket"] = 547  # ends the storage stack 3 s after the database's

    bench.deployment().run(yes)

    ended = bench.watching.happenings[-1].event.time
    assert (bench.watching.ticks[-1] - ended).total_seconds() <= 3
