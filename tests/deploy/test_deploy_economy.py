"""How many calls a deployment of the real nest makes: the limits of the API are low, and rounds are waiting."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from threading import Event

import pytest

from showcore_cfn.aws.cloudformation import CloudFormationGateway
from showcore_cfn.aws.values import Stack, StackEvent
from showcore_cfn.deploy.desired import Desired, nest
from showcore_cfn.deploy.operation import Result
from showcore_cfn.deploy.planning.plan import Plan
from showcore_cfn.deploy.session import Deployment
from showcore_cfn.generate import generate
from showcore_cfn.settings import plan_defaults
from tests.deploy.conftest import Bench, yes
from tests.fakes.cloudformation import Call

TIERS = 10
FOLLOWING = ("DescribeStackEvents", "DescribeChangeSet")
PROTECTING = ("SetStackPolicy", "UpdateTerminationProtection")


@pytest.fixture(scope="module")
def whole() -> Desired:
    return nest(plan_defaults(), generate())


def run(bench: Bench, wanted: Desired) -> tuple[Result, list[Call]]:
    start = len(bench.aws.calls)
    result = Deployment(wanted, bench.operator()).run(yes)
    return result, bench.aws.calls[start:]


def apart_from_polls(calls: list[Call]) -> dict[str, int]:
    return Counter(call.operation for call in calls if call.operation not in (*FOLLOWING, *PROTECTING))


def change_sets_read(calls: list[Call]) -> Counter[str]:
    return Counter(str(call.parameters["ChangeSetName"]) for call in calls if call.operation == FOLLOWING[1])


def longer(wanted: Desired, *tiers: str) -> Desired:
    """The nest with something changed in place in these tiers."""
    places = {"database": ("BackupRetentionPeriod: 7", "BackupRetentionPeriod: 8")}
    places["cache"] = ("SnapshotRetentionLimit: 7", "SnapshotRetentionLimit: 8")
    templates = dict(wanted.templates)
    for tier in tiers:
        assert templates[f"{tier}.yaml"].count(places[tier][0]) == 1
        templates[f"{tier}.yaml"] = templates[f"{tier}.yaml"].replace(*places[tier])
    return replace(wanted, templates=templates)


def test_calls_of_a_first_deployment_a_change_of_one_tier_and_nothing_to_do(
    bench: Bench, whole: Desired
) -> None:
    bench.aws.durations.scale = 0.02

    unprotected = {**whole.parameters, "DatabaseDeletionProtection": "false"}
    whole = replace(whole, parameters=unprotected)
    _, first = run(bench, whole)
    assert apart_from_polls(first) == {
        "DescribeStacks": 2,
        "GetTemplate": 1,
        "GetCallerIdentity": 1,
        "ListObjectsV2": 1,
        "PutObject": TIERS,
        "CreateChangeSet": 1,
        "ExecuteChangeSet": 1,
        "ListStackResources": 1,
    }, "eight, and one for each tier; ListStackResources is for the stack policies"

    _, change = run(bench, longer(whole, "database"))
    assert apart_from_polls(change) == {
        "DescribeStacks": 2,
        "GetTemplate": 2,
        "ListObjectsV2": 1,
        "PutObject": 1,
        "CreateChangeSet": 1,
        "ExecuteChangeSet": 1,
    }, "eight, the deployed template of the changed tier among them"
    read = change_sets_read(change)
    assert len(read) == 1 + TIERS
    assert sorted(read.values())[:TIERS] == [1] * TIERS, "what is nested is made by then: nobody polls it"

    _, again = run(bench, longer(whole, "database"))
    assert sorted(call.operation for call in again) == ["DescribeStacks", "GetTemplate"]


def test_a_further_changed_tier_is_one_upload_and_one_template(bench: Bench, whole: Desired) -> None:
    run(bench, whole)

    _, change = run(bench, longer(whole, "database", "cache"))

    assert sum(apart_from_polls(change).values()) == 10
    assert apart_from_polls(change)["GetTemplate"] == 3


def test_the_protection_of_the_database_is_six_more_calls(bench: Bench, whole: Desired) -> None:
    _, calls = run(bench, whole)

    assert apart_from_polls(calls) == {
        "DescribeStacks": 4,
        "GetTemplate": 2,
        "GetCallerIdentity": 1,
        "ListObjectsV2": 2,
        "PutObject": TIERS,
        "CreateChangeSet": 2,
        "ExecuteChangeSet": 2,
        "ListStackResources": 1,
    }


def test_what_stands_at_the_end_is_asked_for_beside_the_last_nested_events(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The nested events of the end are held back until that question was heard: one round for both."""
    deployment = bench.deployment()
    plan = deployment.plan()
    assert isinstance(plan, Plan)
    deployment.start(plan)
    heard, ended = Event(), Event()
    beside: list[bool] = []
    stack, events = CloudFormationGateway.stack, CloudFormationGateway.events

    def noted_stack(self: CloudFormationGateway, name: str) -> Stack | None:
        heard.set()
        return stack(self, name)

    def held_events(self: CloudFormationGateway, name: str) -> Iterator[StackEvent]:
        if name != plan.stack_id and ended.is_set():
            beside.append(heard.wait(10))
        for event in events(self, name):
            if event.of_stack_itself and name == plan.stack_id and event.status == "CREATE_COMPLETE":
                ended.set()
            yield event

    monkeypatch.setattr(CloudFormationGateway, "stack", noted_stack)
    monkeypatch.setattr(CloudFormationGateway, "events", held_events)

    result = deployment.follow(plan)

    assert result.status == "CREATE_COMPLETE"
    assert beside
    assert all(beside)


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
