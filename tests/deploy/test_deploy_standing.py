"""The first questions of a deployment: asked together, with the account and the credentials said first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest

from showcore_cfn.aws.cloudformation import CloudFormationGateway
from showcore_cfn.aws.failures import AccessDenied, AwsError, CredentialsExpired, Unreachable
from showcore_cfn.aws.session import Session
from showcore_cfn.aws.store import StoreGateway
from showcore_cfn.deploy.planning import plan_file
from showcore_cfn.deploy.planning.plan import Plan
from showcore_cfn.deploy.planning.standing import guarded_stack, standing
from showcore_cfn.deploy.session import Deployment
from showcore_cfn.errors import Stopped
from tests.deploy.conftest import ACCOUNT, STACK, Bench, desired, yes
from tests.deploy.nests import NEST, with_edit
from tests.fakes.cloudformation import Fault

OTHER = "123456789012"
LONGEST_SECONDS = 20  # until a question that should be asked beside another is given up
CHANGED = with_edit("storage.yaml", "DisplayName: storage", "DisplayName: store")


def meet(monkeypatch: pytest.MonkeyPatch, *methods: tuple[object, str]) -> None:
    """From now on the first call of each of these waits until all of them are under way."""
    barrier = Barrier(len(methods), timeout=LONGEST_SECONDS)

    def waiting(original: Callable[..., Any]) -> Callable[..., Any]:
        met: list[bool] = []

        def asked(*arguments: Any, **named: Any) -> Any:
            if not met:
                met.append(True)
                barrier.wait()
            return original(*arguments, **named)

        return asked

    for owner, name in methods:
        monkeypatch.setattr(owner, name, waiting(getattr(owner, name)))


def fail(monkeypatch: pytest.MonkeyPatch, owner: type, name: str, error: AwsError) -> None:
    def failing(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(owner, name, failing)


# Rounds --------------------------------------------------------------------------------------------------


def test_the_stack_and_its_template_are_asked_for_at_once(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.deployment().run(yes)
    meet(monkeypatch, (CloudFormationGateway, "stack"), (CloudFormationGateway, "template"))

    assert not bench.deployment().run(yes).changed


def test_who_is_asking_and_what_was_uploaded_are_asked_at_once_where_nothing_stands(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    meet(monkeypatch, (Session, "identity"), (StoreGateway, "keys"))

    assert bench.deployment().run(yes).status == "CREATE_COMPLETE"


def test_the_deployed_templates_are_fetched_beside_the_nested_change_sets(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.deployment().run(yes)
    from showcore_cfn.deploy import change_set
    from showcore_cfn.deploy.planning import planner

    meet(monkeypatch, (planner, "deployed_templates"), (change_set, "with_nested"))

    assert bench.deployment(CHANGED).run(yes).status == "UPDATE_COMPLETE"


def test_the_comparison_is_worked_out_meanwhile(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.deployment().run(yes)
    from showcore_cfn.deploy import change_set
    from showcore_cfn.deploy.planning.comparison import Comparison

    meet(monkeypatch, (Comparison, "worked_out"), (change_set, "with_nested"))

    plan = bench.deployment(CHANGED).plan()

    assert isinstance(plan, Plan)
    assert vars(plan.comparison).keys() >= {"head", "difference", "affected", "security", "month", "cost"}


def test_what_a_saved_plan_needs_is_asked_for_at_once(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    bench.deployment().run(yes)
    plan = bench.deployment(CHANGED).plan()
    assert isinstance(plan, Plan)
    plan_file.save(plan, tmp_path / "plan.json")
    asked = ("stack", "template", "change_set")
    meet(monkeypatch, *((CloudFormationGateway, name) for name in asked))

    found = bench.deployment(CHANGED).saved(plan_file.read(tmp_path / "plan.json"))

    assert [planned.path for planned in found.felt] == ["storage/Topic"]


def test_who_is_asking_is_asked_once(bench: Bench) -> None:
    session = bench.session()

    assert session.identity() == session.identity()
    assert bench.aws.calls.counts() == {"GetCallerIdentity": 1}


# What is said first --------------------------------------------------------------------------------------


@pytest.mark.parametrize("stands", [True, False])
@pytest.mark.parametrize("denied", ["DescribeStacks", "GetTemplate", "ListObjectsV2"])
def test_another_account_is_said_whatever_else_is_denied_there(
    bench: Bench, denied: str, stands: bool
) -> None:
    if stands:
        bench.deployment().run(yes)
    bench.aws.faults.add(Fault.ACCESS_DENIED, denied, times=None)

    with pytest.raises(Stopped, match=f"belong to the account {ACCOUNT}, and the settings name {OTHER}"):
        Deployment(replace(desired(), account_id=OTHER), bench.operator()).plan()


def test_a_denial_in_the_right_account_is_said_itself(bench: Bench) -> None:
    bench.aws.faults.add(Fault.ACCESS_DENIED, "DescribeStacks", times=None)

    with pytest.raises(AccessDenied, match="cloudformation:DescribeStacks"):
        bench.deployment().plan()


def test_that_the_session_has_ended_is_said_whichever_answer_says_it(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail(monkeypatch, CloudFormationGateway, "template", CredentialsExpired("your credentials have expired"))

    with pytest.raises(CredentialsExpired, match="have expired"):
        bench.deployment().plan()


def test_an_answer_that_is_not_needed_may_fail(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.deployment().run(yes)
    fail(monkeypatch, StoreGateway, "keys", Unreachable("S3 does not answer"))

    assert not bench.deployment().run(yes).changed
    with pytest.raises(Unreachable, match="S3 does not answer"):
        bench.deployment(CHANGED).run(yes)
    assert bench.aws.litter() == []


def test_the_account_is_taken_from_the_stack_and_asked_for_where_there_is_none(bench: Bench) -> None:
    session = bench.session()
    assert guarded_stack(session, ACCOUNT, STACK) is None
    bench.deployment().run(yes)
    start = len(bench.aws.calls)

    found = guarded_stack(session, ACCOUNT, STACK)

    assert found is not None
    assert found.account_id == ACCOUNT
    assert standing(session, desired()).stack is not None
    assert "GetCallerIdentity" not in bench.calls_since(start)


# What the comparison needs -------------------------------------------------------------------------------


def test_the_change_set_says_where_the_changed_stacks_stand(bench: Bench) -> None:
    bench.deployment().run(yes)
    start = len(bench.aws.calls)

    plan = bench.deployment(CHANGED).plan(drift=True)

    assert isinstance(plan, Plan)
    assert plan.comparison.deployed is not None
    assert plan.comparison.deployed.texts["storage.yaml"] == NEST["storage.yaml"]
    assert plan.tree.ids["storage"] == bench.aws.stack(STACK, "Storage").id
    assert plan.tree.ids["root"] == bench.aws.stack(STACK).id
    assert "ListStackResources" not in bench.calls_since(start)


def test_where_it_does_not_say_so_the_stack_is_asked(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    from showcore_cfn.aws.values import ChangeSet

    bench.deployment().run(yes)
    monkeypatch.setattr(ChangeSet, "nested", property(lambda _: ()))

    plan = bench.deployment(CHANGED).plan()

    assert isinstance(plan, Plan)
    assert plan.comparison.deployed is not None
    assert plan.comparison.deployed.texts["storage.yaml"] == NEST["storage.yaml"]


@pytest.mark.parametrize(
    "error", [CredentialsExpired("your credentials have expired"), Unreachable("CloudFormation is silent")]
)
def test_a_deployed_template_that_nobody_answers_for_ends_the_plan_and_leaves_nothing(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, error: AwsError
) -> None:
    """Without it nothing could be said of security and cost: that must not pass for "nothing changes"."""
    bench.deployment().run(yes)
    original = CloudFormationGateway.template

    def template(self: CloudFormationGateway, name: str) -> str:
        if "-Storage-" in name:
            raise error
        return original(self, name)

    monkeypatch.setattr(CloudFormationGateway, "template", template)

    with pytest.raises(type(error), match=str(error)):
        bench.deployment(CHANGED).run(yes)
    assert bench.aws.litter() == []
