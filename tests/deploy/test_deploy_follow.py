"""Following an operation: whose word ends it, what is read, how it is left and taken up again."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from showcore_cfn.deploy.cause import root_causes
from showcore_cfn.deploy.following.follow import Choice
from showcore_cfn.deploy.operation import began
from showcore_cfn.deploy.planning import plan_file
from showcore_cfn.deploy.planning.plan import Plan
from showcore_cfn.errors import Exit, StillRunning, Stopped
from tests.deploy.conftest import STACK, Bench, yes
from tests.deploy.faults import watch
from tests.deploy.nests import NEST, with_edit
from tests.fakes.cloudformation import FakeAws, Fault


@pytest.fixture
def standing(bench: Bench) -> Bench:
    bench.deployment().run(yes)
    return bench


@pytest.mark.trap("28")
def test_the_first_nested_stack_that_is_complete_ends_nothing(bench: Bench) -> None:
    bench.deployment().run(yes)

    paths = [happening.path for happening in bench.watching.happenings]
    assert paths.index("network") < paths.index("database")
    assert bench.watching.happenings[-1].path == "root"
    assert bench.watching.happenings[-1].event.status == "CREATE_COMPLETE"


@pytest.mark.trap("26")
def test_the_status_of_the_operation_before_is_not_believed(standing: Bench) -> None:
    """For a while after the execution DescribeStacks still tells UPDATE_COMPLETE."""
    standing.deployment(parameters={"Retention": "8"}).run(yes)
    standing.aws.beliefs.stale_seconds = 5

    result = standing.deployment(parameters={"Retention": "9"}).run(yes)

    assert result.stack is not None
    assert (result.status, result.stack.parameters["Retention"]) == ("UPDATE_COMPLETE", "9")


@pytest.mark.trap("30")
@pytest.mark.trap("31")
def test_each_event_is_told_once_and_none_of_an_earlier_operation(standing: Bench) -> None:
    earlier = {(h.event.stack_id, h.event.id) for h in standing.watching.happenings}
    standing.watching.happenings.clear()

    standing.deployment(parameters={"Retention": "8"}).run(yes)

    told = [(h.event.stack_id, h.event.id) for h in standing.watching.happenings]
    assert len(told) == len(set(told))
    assert not earlier & set(told)
    times = [happening.event.time for happening in standing.watching.happenings]
    assert sorted(times[-5:]) == times[-5:]


@pytest.mark.trap("20")
@pytest.mark.trap("29")
def test_events_of_small_pages_and_of_stacks_without_a_physical_id_yet_are_all_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from tests.deploy.conftest import BUCKET, point_at

    with FakeAws(page_size=2) as aws:
        point_at(aws, monkeypatch)
        aws.s3.create(BUCKET)
        aws.durations.scale = 0.02
        bench = Bench(aws)
        bench.deployment().run(yes)

        complete = {h.path for h in bench.watching.happenings if h.event.status == "CREATE_COMPLETE"}

    assert complete == {
        *("root", "network", "database", "storage", "network/VPC", "network/Subnet", "storage/Topic"),
        *("storage/Bucket", "database/Database", "database/DatabaseGroup", "database/SubnetGroup"),
    }


@pytest.mark.trap("27")
def test_the_stack_is_followed_by_its_arn_beyond_its_deletion(standing: Bench) -> None:
    from showcore_cfn.deploy.removal.destroy import destroy

    operator = standing.operator()
    stack = operator.cloudformation.stack(STACK)
    assert stack is not None
    start = len(standing.aws.calls)

    assert destroy(operator, stack).status == "DELETE_COMPLETE"

    asked = {str(call.parameters["StackName"]) for call in standing.aws.calls[start:]}
    assert all(name.startswith("arn:") for name in asked)


@pytest.mark.trap("32")
@pytest.mark.trap("35")
def test_the_cause_is_found_before_the_rollback_and_without_its_echoes(standing: Bench) -> None:
    standing.aws.fail("storage/Topic", reason="the topic may not be called so", on="update")

    result = standing.deployment(
        with_edit("storage.yaml", "DisplayName: storage", "DisplayName: x"), parameters={"Retention": "8"}
    ).run(yes)

    assert [(c.path, c.event.reason) for c in root_causes(result.failures)] == [
        ("storage/Topic", "the topic may not be called so")
    ]


@pytest.mark.trap("34")
def test_a_cleanup_is_waited_for_and_what_it_cannot_delete_is_an_orphan(standing: Bench) -> None:
    standing.aws.fail("network/Subnet", reason="something still uses it", on="delete", times=None)

    result = standing.deployment(
        with_edit("network.yaml", "CidrBlock: 10.0.2.0/24", "CidrBlock: 10.0.7.0/24")
    ).run(yes)

    assert (result.status, result.exit_code) == ("UPDATE_COMPLETE", Exit.DONE)
    assert {(orphan.path, orphan.event.reason) for orphan in result.orphans} == {
        ("network/Subnet", "something still uses it")
    }
    assert standing.status() == "UPDATE_COMPLETE"


# Trouble on the way --------------------------------------------------------------------------------------


@pytest.mark.trap("33")
def test_throttling_beyond_all_retries_does_not_end_the_watching(bench: Bench) -> None:
    plan = bench.deployment().plan()
    assert isinstance(plan, Plan)
    bench.aws.faults.add(Fault.THROTTLING, "DescribeStackEvents", times=25)

    assert bench.deployment().execute(plan).status == "CREATE_COMPLETE"
    assert "slow down" in bench.watching.troubles[0]


@pytest.mark.trap("36")
def test_credentials_that_expire_midway_do_not_fail_a_deployment_of_three_hours(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    for bounds in ("NEWS_SECONDS", "FAR_SECONDS", "DUE_SECONDS"):  # fewer calls to wait for
        monkeypatch.setattr(f"showcore_cfn.deploy.following.rhythm.{bounds}", (120.0, 120.0))
    monkeypatch.setattr("showcore_cfn.deploy.following.rhythm.LATE_SECONDS", 120.0)
    bench.aws.durations.scale = 20  # the database takes three hours
    bench.aws.expire(in_seconds=3_600)
    start = bench.aws.clock.now()

    with pytest.raises(StillRunning, match="showcore watch") as left:
        bench.deployment().run(yes)
    assert left.value.exit_code == Exit.STILL_RUNNING
    assert bench.aws.clock.now() - start >= timedelta(hours=1)

    bench.aws.expire(in_seconds=10 * 3_600)  # the person logs in again
    watch(bench)

    assert bench.status() == "CREATE_COMPLETE"
    assert bench.aws.clock.now() - start >= timedelta(hours=3)


@pytest.mark.trap("36")
@pytest.mark.parametrize(("minutes", "said"), [(1, True), (120, False)])
def test_credentials_that_will_end_too_early_are_said_beforehand(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, minutes: int, said: bool
) -> None:
    from showcore_cfn.aws.session import Session

    ends = bench.aws.clock.now() + timedelta(minutes=minutes)
    monkeypatch.setattr(Session, "expires", lambda _: ends)

    bench.deployment().run(yes)

    assert any("The credentials end at" in text for text in bench.watching.troubles) is said


def test_waiting_no_longer_than_was_asked_leaves_the_operation_running(bench: Bench) -> None:
    bench.aws.durations.scale = 1

    with pytest.raises(StillRunning, match="the time to wait is up"):
        bench.deployment(operator=bench.operator(at_most_seconds=60)).run(yes)

    assert bench.status() == "CREATE_IN_PROGRESS"


# Ctrl-C --------------------------------------------------------------------------------------------------


def executed(bench: Bench, choice: Choice) -> object:
    bench.aws.durations.scale = 0.2
    bench.watching.choices.append(choice)
    plan = bench.deployment(parameters={"Retention": "8"}).plan()
    assert isinstance(plan, Plan)
    deployment = bench.deployment(parameters={"Retention": "8"}, operator=bench.interrupted(6))
    return deployment.execute(plan).status


@pytest.mark.trap("37")
def test_ctrl_c_may_keep_watching(standing: Bench) -> None:
    assert executed(standing, Choice.WATCH) == "UPDATE_COMPLETE"


@pytest.mark.trap("37")
def test_ctrl_c_may_leave_the_operation_running(standing: Bench) -> None:
    with pytest.raises(StillRunning, match="showcore watch"):
        executed(standing, Choice.LEAVE)

    assert standing.status() == "UPDATE_IN_PROGRESS"


@pytest.mark.trap("37")
def test_ctrl_c_may_cancel_an_update(standing: Bench) -> None:
    assert executed(standing, Choice.CANCEL) == "UPDATE_ROLLBACK_COMPLETE"


@pytest.mark.trap("37")
def test_a_creation_cannot_be_cancelled_and_is_watched_on(bench: Bench) -> None:
    bench.watching.choices.append(Choice.CANCEL)
    plan = bench.deployment().plan()
    assert isinstance(plan, Plan)

    result = bench.deployment(operator=bench.interrupted(2)).execute(plan)

    assert result.status == "CREATE_COMPLETE"
    assert "CancelUpdateStack" not in bench.aws.calls.names()


# Two at once ---------------------------------------------------------------------------------------------


def test_of_two_plans_executed_at_once_one_wins_and_the_other_says_what_happened(standing: Bench) -> None:
    mine = standing.deployment(parameters={"Retention": "8"})
    theirs = standing.deployment(parameters={"Retention": "9"})
    plan, other = mine.plan(), theirs.plan()
    assert isinstance(plan, Plan)
    assert isinstance(other, Plan)

    assert mine.execute(plan).status == "UPDATE_COMPLETE"
    with pytest.raises(Stopped, match="can no longer be executed"):
        theirs.execute(other)

    assert standing.aws.resource(STACK, "database/Database").properties["BackupRetentionPeriod"] == "8"


def test_whoever_comes_while_another_deploys_is_told_who_and_to_watch(standing: Bench) -> None:
    standing.aws.durations.scale = 1
    theirs = standing.deployment(parameters={"Retention": "8"}, description="commit 1a2b3c4 by ada@laptop")
    plan = theirs.plan()
    assert isinstance(plan, Plan)
    theirs.start(plan)
    standing.aws.clock.advance(2)

    with pytest.raises(StillRunning, match=r"by ada@laptop.*showcore watch"):
        standing.deployment(parameters={"Retention": "9"}).plan()


def test_a_deletion_is_not_said_to_be_of_whoever_deployed_last(standing: Bench) -> None:
    standing.deployment(parameters={"Retention": "8"}, description="commit 1a2b3c4 by ada@laptop").run(yes)
    standing.aws.durations.scale = 1
    cloudformation = standing.session().cloudformation
    stack = cloudformation.stack(STACK)
    assert stack is not None
    cloudformation.delete_stack(stack.id, "deleted", role_arn=None)

    with pytest.raises(StillRunning, match=r"DELETE_IN_PROGRESS: .*`showcore watch` follows it") as told:
        standing.deployment(parameters={"Retention": "9"}).plan()

    assert "ada" not in str(told.value)


@pytest.mark.parametrize("created", [False, True], ids=["an update", "a creation"])
def test_whoever_loses_at_the_execution_is_told_who_and_to_watch(bench: Bench, created: bool) -> None:
    if not created:
        bench.deployment().run(yes)
    bench.aws.durations.scale = 1
    theirs = bench.deployment(parameters={"Retention": "8"}, description="commit 1a2b3c4 by ada@laptop")
    mine = bench.deployment(parameters={"Retention": "9"})
    plan, other = mine.plan(), theirs.plan()
    assert isinstance(plan, Plan)
    assert isinstance(other, Plan)
    theirs.start(other)

    with pytest.raises(StillRunning, match=r"_IN_PROGRESS: .*by ada@laptop.*`showcore watch` follows it"):
        mine.execute(plan)

    theirs.follow(other)
    assert bench.aws.resource(STACK, "database/Database").properties["BackupRetentionPeriod"] == "8"


def test_a_saved_plan_says_who_is_at_work_before_that_it_is_void(standing: Bench, tmp_path: Path) -> None:
    standing.aws.durations.scale = 1
    mine = standing.deployment(parameters={"Retention": "9"})
    plan = mine.plan()
    assert isinstance(plan, Plan)
    plan_file.save(plan, tmp_path / "plan.json")
    theirs = standing.deployment(parameters={"Retention": "8"}, description="commit 1a2b3c4 by ada@laptop")
    other = theirs.plan()
    assert isinstance(other, Plan)
    theirs.start(other)
    standing.session().cloudformation.delete_change_set(plan.arn)
    standing.aws.clock.advance(2)

    with pytest.raises(StillRunning, match=r"by ada@laptop.*`showcore watch` follows it"):
        mine.saved(plan_file.read(tmp_path / "plan.json"))


def test_the_begin_of_an_operation_is_read_from_the_history(standing: Bench) -> None:
    operator = standing.operator()
    before = standing.aws.clock.now()
    standing.aws.clock.advance(100)
    standing.deployment(parameters={"Retention": "8"}).run(yes)

    found = began(operator.cloudformation.events(STACK))

    assert found is not None
    assert found > before
    assert began(iter(())) is None


def test_nothing_under_way_needs_no_watching(bench: Bench) -> None:
    bench.aws.put_stack(STACK, NEST)

    watch(bench)

    assert bench.status() == "CREATE_COMPLETE"


def test_the_end_is_seen_within_two_seconds_although_nothing_was_new_before_it(bench: Bench) -> None:
    """The root ends half a minute after its last nested stack, when the ticks would long be wide apart."""
    bench.aws.durations["AWS::SNS::Topic"] = 1_500  # in the root itself, scaled to 30 seconds
    alone = "  Topic:\n    Type: AWS::SNS::Topic\n    DependsOn: [Database, Storage]\nOutputs:"
    root = NEST["root.yaml"].replace("Outputs:", alone, 1)

    bench.deployment({**NEST, "root.yaml": root}).run(yes)

    ended = bench.watching.happenings[-1].event.time
    assert bench.watching.happenings[-1].path == "root"
    assert (bench.watching.ticks[-1] - ended).total_seconds() <= 2.5
