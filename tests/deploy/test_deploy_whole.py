"""The whole way: what a first deployment, a change, nothing to do and a refusal do to an account."""

from __future__ import annotations

from dataclasses import replace

import pytest

from showcore_cfn.aws.cloudformation import CloudFormationGateway
from showcore_cfn.aws.values import ChangeSetOrder
from showcore_cfn.deploy import change_set
from showcore_cfn.deploy.operation import Result
from showcore_cfn.deploy.planning import planner
from showcore_cfn.deploy.planning.plan import Plan
from showcore_cfn.deploy.removal.destroy import destroy
from showcore_cfn.deploy.session import Deployment
from showcore_cfn.errors import Exit, NeedsRecovery, StillRunning, Stopped
from tests.deploy.conftest import BUCKET, STACK, Bench, desired, yes
from tests.deploy.nests import NEST, SINGLE, with_edit


def test_a_first_deployment_creates_the_nest_and_leaves_nothing_else(bench: Bench) -> None:
    result = bench.deployment().run(yes)

    assert (result.status, result.exit_code) == ("CREATE_COMPLETE", Exit.DONE)
    assert bench.status("Network") == bench.status("Database") == "CREATE_COMPLETE"
    assert result.stack is not None
    assert {output.key for output in result.stack.outputs} == {"VpcId", "Endpoint"}
    assert bench.aws.litter() == []
    assert len(bench.aws.s3.buckets[BUCKET].objects) == 3


def test_nothing_to_do_is_done_in_two_calls_and_is_no_failure(bench: Bench) -> None:
    bench.deployment().run(yes)
    start = len(bench.aws.calls)

    result = bench.deployment().run(yes)

    assert (result.changed, result.exit_code) == (False, Exit.DONE)
    assert bench.calls_since(start) == {"DescribeStacks": 1, "GetTemplate": 1}


def test_a_change_reaches_the_one_resource_that_it_names(bench: Bench) -> None:
    bench.deployment().run(yes)

    result = bench.deployment(parameters={"Retention": "8"}).run(yes)

    assert result.status == "UPDATE_COMPLETE"
    assert bench.aws.resource(STACK, "database/Database").properties["BackupRetentionPeriod"] == "8"


def test_a_plan_that_is_turned_down_leaves_neither_change_set_nor_empty_stack(bench: Bench) -> None:
    with pytest.raises(Stopped, match="discarded"):
        bench.deployment().run(lambda _: False)

    assert bench.aws.litter() == []
    assert bench.operator().cloudformation.stack(STACK) is None


def test_ctrl_c_at_the_question_leaves_nothing(bench: Bench) -> None:
    def interrupt(_: Plan) -> bool:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        bench.deployment().run(interrupt)

    assert bench.aws.litter() == []


def test_ctrl_c_while_the_change_set_is_asked_for_leaves_nothing(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """AWS may have heard of it: then the answer is what nobody waited for."""
    original = CloudFormationGateway.create_change_set

    def interrupted(self: CloudFormationGateway, order: ChangeSetOrder) -> None:
        original(self, order)
        raise KeyboardInterrupt

    monkeypatch.setattr(CloudFormationGateway, "create_change_set", interrupted)

    with pytest.raises(KeyboardInterrupt):
        bench.deployment().run(yes)

    assert bench.aws.calls.of("CreateChangeSet")
    assert bench.aws.litter() == []


@pytest.mark.parametrize(
    "asked", [(planner, "deployed_templates"), (change_set, "with_nested"), (change_set, "wait")]
)
def test_ctrl_c_while_the_plan_is_read_leaves_nothing(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, asked: tuple[object, str]
) -> None:
    bench.deployment().run(yes)

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):

        def interrupted(*_: object) -> None:
            patch.undo()  # Ctrl-C is pressed once
            raise KeyboardInterrupt

        patch.setattr(*asked, interrupted)
        bench.deployment(with_edit("storage.yaml", "DisplayName: storage", "DisplayName: x")).run(yes)

    assert len(bench.aws.calls.of("CreateChangeSet")) == 2
    assert bench.aws.litter() == []


@pytest.mark.trap("13")
@pytest.mark.trap("6")
def test_a_change_set_without_changes_is_nothing_to_do_and_is_deleted(bench: Bench) -> None:
    bench.deployment().run(yes)

    result = bench.deployment().run(yes, full=True)

    assert not result.changed
    assert bench.aws.calls.of("CreateChangeSet")[1:], "full makes the change set all the same"
    assert bench.aws.litter() == []


@pytest.mark.trap("14")
def test_a_change_of_outputs_alone_is_executed_although_no_resource_changes(bench: Bench) -> None:
    bench.deployment({"root.yaml": SINGLE}).run(yes)
    more = SINGLE + "  Again: {Value: !Ref Topic}\n"

    plan = bench.deployment({"root.yaml": more}).plan()
    assert isinstance(plan, Plan)
    assert plan.planned == ()
    bench.deployment({"root.yaml": more}).execute(plan)

    assert set(bench.aws.stack(STACK).outputs) == {"Topic", "Again"}


def test_another_account_stops_before_anything_is_done(bench: Bench) -> None:
    other = replace(desired(), account_id="123456789012")

    with pytest.raises(Stopped, match="belong to the account 111122223333"):
        Deployment(other, bench.operator()).plan()

    assert set(bench.aws.calls.names()) == {
        *("DescribeStacks", "GetTemplate", "GetCallerIdentity", "ListObjectsV2"),
    }, "all of them only read"


def test_a_missing_bucket_says_bootstrap(bench: Bench) -> None:
    del bench.aws.s3.buckets[BUCKET]

    with pytest.raises(Exception, match="run `showcore bootstrap`"):
        bench.deployment().plan()


@pytest.mark.parametrize(
    ("status", "error"),
    [
        ("UPDATE_IN_PROGRESS", StillRunning),
        ("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", StillRunning),
        ("ROLLBACK_COMPLETE", NeedsRecovery),
        ("UPDATE_ROLLBACK_FAILED", NeedsRecovery),
        ("DELETE_FAILED", NeedsRecovery),
        ("CREATE_FAILED", NeedsRecovery),
    ],
)
def test_no_deployment_starts_from_a_status_that_does_not_allow_it(
    bench: Bench, status: str, error: type[Exception]
) -> None:
    bench.aws.put_stack(STACK, NEST, status=status)

    with pytest.raises(error, match=r"showcore (watch|recover)"):
        bench.deployment().plan()

    assert "CreateChangeSet" not in bench.aws.calls.names()


@pytest.mark.trap("2")
def test_a_stack_in_review_counts_as_not_existing(bench: Bench) -> None:
    bench.deployment().plan()  # left waiting: the stack is in REVIEW_IN_PROGRESS

    result = bench.deployment().run(yes)

    assert result.status == "CREATE_COMPLETE"
    assert bench.aws.calls.of("CreateChangeSet")[1].parameters["ChangeSetType"] == "CREATE"


def test_a_failed_update_is_rolled_back_and_its_cause_is_named(bench: Bench) -> None:
    bench.deployment().run(yes)
    bench.aws.fail("database/Database", reason="the zone has no room", on="update")

    result = bench.deployment(parameters={"Retention": "8"}).run(yes)

    assert (result.status, result.exit_code) == ("UPDATE_ROLLBACK_COMPLETE", Exit.ROLLED_BACK)
    assert "the zone has no room" in {failure.event.reason for failure in result.failures}


def test_destroying_takes_everything_with_it(bench: Bench) -> None:
    bench.deployment().run(yes)
    operator = bench.operator()
    stack = operator.cloudformation.stack(STACK)
    assert stack is not None

    result: Result = destroy(operator, stack)

    assert (result.status, result.exit_code) == ("DELETE_COMPLETE", Exit.DONE)
    assert operator.cloudformation.stack(STACK) is None


def test_an_edit_of_one_template_uploads_that_one(bench: Bench) -> None:
    bench.deployment().run(yes)
    start = len(bench.aws.calls)

    bench.deployment(with_edit("storage.yaml", "DisplayName: storage", "DisplayName: store")).run(yes)

    assert bench.calls_since(start)["PutObject"] == 1
