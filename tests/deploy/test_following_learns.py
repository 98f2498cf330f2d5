"""What one deployment sees the next one knows: it asks less, sees the end sooner and estimates better."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from showcore_cfn.commands._operating import memory_of
from showcore_cfn.deploy.following.at_work import Handler
from showcore_cfn.deploy.following.follow import Choice
from showcore_cfn.deploy.following.happening import Happening
from showcore_cfn.deploy.following.memory import Memory, MemoryFile, NothingKept
from showcore_cfn.deploy.planning.plan import Plan
from showcore_cfn.deploy.planning.plan_text import verdict
from showcore_cfn.errors import StillRunning
from tests.deploy.conftest import BUCKET, Bench, point_at, yes
from tests.deploy.nests import NEST
from tests.fakes.cloudformation import FakeAws, Fault

DATABASE = "AWS::RDS::DBInstance"


@pytest.fixture
def memory(tmp_path: Path) -> MemoryFile:
    return MemoryFile(tmp_path / "durations.json")


def followed(
    monkeypatch: pytest.MonkeyPatch, database_seconds: float, memory: Memory
) -> tuple[int, float, float]:
    """Calls, seconds lost at the end, and calls in the busiest minute of a first deployment."""
    with FakeAws() as aws:
        point_at(aws, monkeypatch)
        aws.s3.create(BUCKET)
        aws.durations.scale = 1
        aws.durations[DATABASE] = database_seconds
        bench = Bench(aws)
        bench.deployment(operator=bench.operator(memory=memory)).run(yes)
        ended = bench.watching.happenings[-1].event.time
        asked = [call.at for call in aws.calls if call.operation == "DescribeStackEvents"]
        busiest = max(sum(0 <= (at - first).total_seconds() < 60 for at in asked) for first in asked)
        return len(asked), (bench.watching.ticks[-1] - ended).total_seconds(), busiest


def test_a_database_that_was_seen_before_costs_fewer_calls_and_its_end_is_seen_at_once(
    monkeypatch: pytest.MonkeyPatch, memory: MemoryFile
) -> None:
    first, lost_first, busiest_first = followed(monkeypatch, 600, memory)
    second, lost_second, busiest_second = followed(monkeypatch, 570, memory)

    assert second < first * 0.7
    assert lost_first <= 2.2
    assert lost_second <= 2.0
    assert max(busiest_first, busiest_second) <= 60


def test_a_database_much_slower_than_ever_seen_is_still_followed_closely(
    monkeypatch: pytest.MonkeyPatch, memory: MemoryFile
) -> None:
    followed(monkeypatch, 300, memory)

    assert followed(monkeypatch, 1_500, memory)[1] <= 5


def test_a_database_much_faster_than_ever_seen_is_seen_within_the_longest_wait(
    monkeypatch: pytest.MonkeyPatch, memory: MemoryFile
) -> None:
    followed(monkeypatch, 1_500, memory)

    assert followed(monkeypatch, 300, memory)[1] <= 15


def test_a_deployment_keeps_what_its_resources_took(bench: Bench, memory: MemoryFile) -> None:
    bench.aws.durations.scale = 1

    bench.deployment(operator=bench.operator(memory=memory)).run(yes)

    seen = memory.durations().seen
    assert seen[DATABASE, Handler.CREATE] == (540.0,)
    assert seen["AWS::EC2::VPC", Handler.CREATE] == (12.0,)
    assert not any(kind == "AWS::CloudFormation::Stack" for kind, _ in seen)


def test_an_update_and_a_failure_teach_what_they_saw_done(bench: Bench, memory: MemoryFile) -> None:
    bench.deployment().run(yes)
    bench.aws.durations.scale = 1
    bench.aws.fail("database/Database", reason="no room", on="update")

    bench.deployment(parameters={"Retention": "8"}, operator=bench.operator(memory=memory)).run(yes)

    assert (DATABASE, Handler.CREATE) not in memory.durations().seen
    assert memory.durations().seen[DATABASE, Handler.UPDATE] == (135.0,)  # the way back, which succeeded


def test_who_leaves_midway_keeps_what_was_seen_till_then(bench: Bench, memory: MemoryFile) -> None:
    bench.aws.durations.scale = 1

    with pytest.raises(StillRunning):
        bench.deployment(operator=bench.operator(memory=memory, at_most_seconds=200)).run(yes)

    seen = memory.durations().seen
    assert ("AWS::EC2::VPC", Handler.CREATE) in seen
    assert (DATABASE, Handler.CREATE) not in seen


def test_ctrl_c_keeps_what_was_seen_till_then(bench: Bench, memory: MemoryFile) -> None:
    bench.aws.durations.scale = 1
    bench.watching.choices.append(Choice.LEAVE)

    with pytest.raises(StillRunning, match="showcore watch"):
        bench.deployment(operator=bench.interrupted(40, memory=memory)).run(yes)

    seen = memory.durations().seen
    assert ("AWS::EC2::VPC", Handler.CREATE) in seen
    assert (DATABASE, Handler.CREATE) not in seen


def test_the_plan_estimates_by_what_was_seen_here(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, memory: MemoryFile
) -> None:
    followed(monkeypatch, 1_500, memory)
    point_at(bench.aws, monkeypatch)

    by_public, by_seen = (
        bench.deployment(operator=bench.operator(memory=each)).plan() for each in (NothingKept(), memory)
    )

    assert isinstance(by_public, Plan)
    assert isinstance(by_seen, Plan)
    assert "about 8 min" in verdict(by_public)
    assert "about 26 min" in verdict(by_seen)


def test_while_the_planned_database_has_not_begun_no_end_is_near(bench: Bench) -> None:
    """Of the network nothing is known; it alone would be asked for every ten seconds at least."""
    bench.aws.durations.scale = 1
    bench.aws.durations["AWS::EC2::VPC"] = 300
    plan = bench.deployment().plan()
    assert isinstance(plan, Plan)
    assert plan.coming["database/Database"] == (DATABASE, Handler.CREATE)

    bench.deployment().execute(plan)

    begun = next(h.event.time for h in bench.watching.happenings if h.path == "database")
    asked = [
        call.at
        for call in bench.aws.calls
        if call.operation == "DescribeStackEvents" and call.parameters["StackName"] == plan.stack_id
    ]
    waits = [(later - at).total_seconds() for at, later in pairwise(asked) if later < begun]
    assert max(waits) == 15


def test_the_nested_stacks_progress_is_told_while_a_database_is_made(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.aws.durations.scale = 1
    late: dict[str, float] = {}

    def happened(happenings: tuple[Happening, ...]) -> None:
        for each in happenings:
            late[each.path] = (bench.aws.clock.now() - each.event.time).total_seconds()

    monkeypatch.setattr(bench.watching, "happened", happened)
    bench.deployment().run(yes)

    assert {"network/VPC", "network/Subnet", "storage/Bucket", "database/SubnetGroup"} <= set(late)
    assert max(late.values()) <= 20


@pytest.mark.trap("31")
@pytest.mark.parametrize("hours", [-1, 1], ids=["back", "forward"])
def test_a_clock_that_is_set_while_a_database_is_made_delays_nothing_for_long(
    bench: Bench, hours: int
) -> None:
    bench.aws.durations.scale = 1
    own = bench.aws.clock

    class Set:
        by = timedelta()

        def now(self) -> datetime:
            return own.now() + self.by

        def sleep(self, seconds: float) -> None:
            own.sleep(seconds)
            if any(happening.path == "database/Database" for happening in bench.watching.happenings):
                self.by = timedelta(hours=hours)

    clock = Set()
    bench.deployment(operator=replace(bench.operator(), clock=clock)).run(yes)

    seen = bench.watching.ticks[-1] - clock.by
    asked = [call for call in bench.aws.calls if call.operation == "DescribeStackEvents"]
    assert (seen - bench.watching.happenings[-1].event.time).total_seconds() <= 5
    assert len(asked) <= 400


def test_what_was_read_before_a_call_that_failed_is_told_with_the_next_tick(bench: Bench) -> None:
    plan = bench.deployment().plan()
    assert isinstance(plan, Plan)
    deployment = bench.deployment()
    deployment.start(plan)
    bench.aws.clock.advance(6)  # the root has named its nested stacks
    for position in range(1, 12, 2):
        bench.aws.faults.add(Fault.RESET, "DescribeStackEvents", at=len(bench.aws.calls) + position, times=10)

    bench.operator().attach(plan.stack_id, plan.created)

    complete = {h.path for h in bench.watching.happenings if h.event.status == "CREATE_COMPLETE"}
    assert {"root", "network", "network/VPC", "storage/Topic", "database/Database"} <= complete


def test_only_aws_itself_teaches(bench: Bench, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A rehearsal, where a database takes seconds, must not make the next deployment ask at the wrong time."""
    assert isinstance(memory_of(bench.session()), NothingKept)
    monkeypatch.delenv("AWS_ENDPOINT_URL")
    monkeypatch.setattr("showcore_cfn.commands._operating.cache_folder", lambda _: tmp_path)

    assert memory_of(bench.session()) == MemoryFile(tmp_path / "durations.json")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "https://cloudformation.us-east-1.amazonaws.com.example.com")
    assert isinstance(memory_of(bench.session()), NothingKept)


def test_the_small_nest_has_a_database() -> None:
    """Without it the times above would be those of nothing."""
    assert DATABASE in NEST["database.yaml"]
