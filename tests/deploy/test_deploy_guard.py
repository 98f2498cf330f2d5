"""Each guard stops what it guards, and is lifted by its own name only."""

from __future__ import annotations

from decimal import Decimal

import pytest

from showcore_cfn.aws.values import ChangeSet
from showcore_cfn.deploy.change_set import Node
from showcore_cfn.deploy.guard import Lifted, refusals
from showcore_cfn.deploy.planning.comparison import Comparison, Templates
from showcore_cfn.deploy.planning.plan import Plan
from showcore_cfn.errors import Exit, Stopped, UsageError
from tests.deploy.conftest import STACK, Bench, desired, yes
from tests.deploy.nests import NEST, RENAMED, ROOT, WIDER, WITHOUT_BUCKET, with_edit
from tests.fakes.cloudformation import Call

STORAGE = """  Storage:
    Type: AWS::CloudFormation::Stack
    Properties:
      TemplateURL: ./storage.yaml
      Parameters: {Prefix: !Ref Prefix}
"""
SMALLER = {name: text for name, text in NEST.items() if name != "storage.yaml"}
SMALLER["root.yaml"] = ROOT.replace(STORAGE, "")


@pytest.fixture
def standing(bench: Bench) -> Bench:
    bench.deployment().run(yes)
    return bench


@pytest.mark.parametrize(
    ("templates", "says", "lifted"),
    [
        (RENAMED, "--allow-replace database/Database", Lifted(replace=("database/Database",))),
        (WITHOUT_BUCKET, "--allow-delete storage/Bucket", Lifted(delete=("storage/Bucket",))),
        (WIDER, "--allow-broadening", Lifted(broadening=True)),
    ],
    ids=["replace", "delete", "broadening"],
)
def test_a_guard_stops_and_is_lifted_by_its_own_name(
    standing: Bench, templates: dict[str, str], says: str, lifted: Lifted
) -> None:
    with pytest.raises(Stopped, match=says) as stopped:
        standing.deployment(templates).run(yes)
    assert stopped.value.exit_code == Exit.STOPPED
    assert standing.aws.litter() == [], "the plan that was stopped is discarded"

    assert standing.deployment(templates, lifted).run(yes).status == "UPDATE_COMPLETE"


@pytest.mark.parametrize(
    "lifted", [Lifted(delete=("storage/Bucket",)), Lifted(broadening=True)], ids=["another", "another kind"]
)
def test_another_name_does_not_lift_it(standing: Bench, lifted: Lifted) -> None:
    with pytest.raises((Stopped, UsageError)):
        standing.deployment(RENAMED, lifted).run(yes)

    assert standing.aws.litter() == []


def test_a_name_that_the_plan_does_not_touch_is_a_usage_error(standing: Bench) -> None:
    with pytest.raises(
        UsageError, match=r"the plan does not replace it\. It does replace database/Database\."
    ):
        standing.deployment(RENAMED, Lifted(replace=("database/Databse",))).run(yes)


def test_a_loss_that_the_plan_does_not_bring_is_a_usage_error(standing: Bench) -> None:
    with pytest.raises(
        UsageError, match=r"does not make it keep less\. It does make database/Database keep less"
    ):
        standing.deployment(parameters={"Retention": "3"}, lifted=Lifted(loss=("database/Databse",))).run(yes)

    assert standing.aws.litter() == []


def test_what_is_kept_for_a_shorter_time_is_stopped_and_lifted_by_its_own_name(standing: Bench) -> None:
    shorter = {"Retention": "3"}
    says = (
        "database/Database: automated backups are kept 3 days instead of 7 days: the older ones are deleted. "
        "--allow-loss database/Database lets it happen."
    )

    for lifted in (Lifted(), Lifted(broadening=True)):
        with pytest.raises(Stopped) as stopped:
            standing.deployment(parameters=shorter, lifted=lifted).run(yes)
        assert says in str(stopped.value)
        assert standing.aws.litter() == []

    result = standing.deployment(parameters=shorter, lifted=Lifted(loss=("database/Database",))).run(yes)
    assert result.status == "UPDATE_COMPLETE"


def test_to_keep_it_longer_needs_no_lifting(standing: Bench) -> None:
    assert standing.deployment(parameters={"Retention": "8"}).run(yes).status == "UPDATE_COMPLETE"


def test_to_allow_a_loss_does_not_allow_a_replacement(standing: Bench) -> None:
    both = {**RENAMED, "root.yaml": RENAMED["root.yaml"].replace("Default: '7'", "Default: '3'")}
    lifted = Lifted(loss=("database/Database",))

    with pytest.raises(Stopped, match="--allow-replace database/Database") as stopped:
        standing.deployment(both, parameters={"Retention": "3"}, lifted=lifted).run(yes)
    assert "--allow-loss" not in str(stopped.value)


@pytest.mark.trap("42")
def test_a_replacement_under_a_fixed_name_is_stopped_whatever_is_lifted(standing: Bench) -> None:
    encrypted = with_edit(
        "database.yaml", "Engine: postgres\n", "Engine: postgres\n      StorageEncrypted: true\n"
    )

    with pytest.raises(Stopped, match="keeps its fixed DBInstanceIdentifier"):
        standing.deployment(encrypted, Lifted(replace=("database/Database",), broadening=True)).run(yes)


@pytest.mark.parametrize(("limit", "stops"), [("5", True), ("50", False)])
def test_a_cost_above_the_limit_is_stopped(bench: Bench, limit: str, stops: bool) -> None:
    deployment = bench.deployment(lifted=Lifted(max_monthly_usd=Decimal(limit)))

    if stops:
        with pytest.raises(Stopped, match=r"above the limit of 5\.00 USD"):
            deployment.run(yes)
    else:
        assert deployment.run(yes).exit_code == Exit.DONE


def test_what_has_no_price_cannot_be_held_against_a_limit(standing: Bench) -> None:
    extra = "  Stream:\n    Type: AWS::Foo::Bar\n    Properties: {Size: 3}\n"
    templates = {**NEST, "storage.yaml": NEST["storage.yaml"] + extra}
    comparison = Comparison(Templates(templates, desired().parameters), Templates(NEST, desired().parameters))
    found = refusals_of(comparison, Lifted(max_monthly_usd=Decimal(50)))
    assert [each for each in found if "storage/Stream has no price" in each]
    assert refusals_of(comparison, Lifted()) == ()
    before = Templates(templates, desired().parameters)
    assert refusals_of(Comparison(before, before), Lifted(max_monthly_usd=Decimal(50))) == ()


def refusals_of(comparison: Comparison, lifted: Lifted) -> tuple[str, ...]:
    """What the guard of the costs says of a comparison alone."""
    root = ChangeSet("cs", "cs", "stack", STACK, "CREATE_COMPLETE", "AVAILABLE")
    plan = Plan(desired(), None, Node("root", root), {}, comparison.desired.parameters, comparison)
    return refusals(plan, lifted)


@pytest.mark.trap("40")
def test_a_nested_stack_that_is_new_gets_its_policy_from_the_deployment_that_makes_it(bench: Bench) -> None:
    bench.deployment(SMALLER, protected=True).run(yes)

    bench.deployment(protected=True).run(yes)

    assert "LogicalResourceId/Bucket" in bench.aws.stack(STACK, "Storage").policy


def test_what_cannot_be_known_is_stopped(standing: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """No detail of the nested stacks, and the deployed templates cannot be read either."""
    from dataclasses import replace

    from showcore_cfn.aws.cloudformation import CloudFormationGateway
    from showcore_cfn.deploy.planning import planner

    original = CloudFormationGateway.create_change_set
    monkeypatch.setattr(
        CloudFormationGateway,
        "create_change_set",
        lambda self, order: original(self, replace(order, nested=False)),
    )
    monkeypatch.setattr(planner, "deployed_templates", lambda *_: None)

    with pytest.raises(Stopped, match="storage: what changes in it is not known here"):
        standing.deployment(with_edit("storage.yaml", "DisplayName: storage", "DisplayName: x")).run(yes)


def test_deployed_templates_that_cannot_be_read_are_no_reason_to_see_no_danger(
    standing: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    from showcore_cfn.deploy.planning import planner

    monkeypatch.setattr(planner, "deployed_templates", lambda *_: None)

    with pytest.raises(Stopped, match=r"cannot be read, so who gains access.*--allow-broadening"):
        standing.deployment(WIDER).run(yes)
    assert standing.aws.litter() == []
    assert standing.deployment(WIDER, Lifted(broadening=True)).run(yes).status == "UPDATE_COMPLETE"


# Protection ----------------------------------------------------------------------------------------------


@pytest.mark.trap("40")
def test_what_stands_is_protected_termination_protection_last(bench: Bench) -> None:
    bench.deployment(protected=True).run(yes)

    assert bench.aws.stack(STACK).termination_protection
    assert "LogicalResourceId/Database" in bench.aws.stack(STACK, "Database").policy
    assert "LogicalResourceId/Bucket" in bench.aws.stack(STACK, "Storage").policy
    assert not bench.aws.stack(STACK, "Network").policy, "nothing in it holds data"
    assert bench.aws.calls.names()[-1] == "UpdateTerminationProtection"


def test_the_database_is_protected_by_a_second_change_set_of_one_resource(bench: Bench) -> None:
    wanted = {"DatabaseDeletionProtection": "true"}

    result = bench.deployment(protected=True, parameters=wanted).run(yes)

    first, second = bench.aws.calls.of("CreateChangeSet")
    assert protection_in(first) == "false"
    assert protection_in(second) == "true"
    assert (result.status, result.exit_code) == ("UPDATE_COMPLETE", Exit.DONE)
    assert bench.aws.resource(STACK, "database/Database").properties["DeletionProtection"] == "true"


def protection_in(call: Call) -> object:
    sent = call.parameters["Parameters"]
    assert isinstance(sent, list)
    values = {p["ParameterKey"]: p["ParameterValue"] for p in sent if isinstance(p, dict)}
    return values["DatabaseDeletionProtection"]


def test_a_failed_creation_can_roll_back_although_protection_is_wanted(bench: Bench) -> None:
    bench.aws.fail("storage/Bucket", reason="no", on="create")

    result = bench.deployment(protected=True, parameters={"DatabaseDeletionProtection": "true"}).run(yes)

    assert (result.status, result.exit_code) == ("ROLLBACK_COMPLETE", Exit.ROLLED_BACK)


def test_a_lifted_guard_lifts_the_stack_policy_for_that_resource_and_restores_it(bench: Bench) -> None:
    bench.deployment(protected=True).run(yes)
    before = bench.aws.stack(STACK, "Database").policy

    result = bench.deployment(RENAMED, Lifted(replace=("database/Database",)), protected=True).run(yes)

    assert result.status == "UPDATE_COMPLETE"
    assert bench.aws.stack(STACK, "Database").policy == before
    assert bench.aws.stack(STACK).termination_protection


def test_the_stack_policy_is_restored_after_a_failure_too(bench: Bench) -> None:
    bench.deployment(protected=True).run(yes)
    before = bench.aws.stack(STACK, "Database").policy
    bench.aws.fail("database/Database", reason="no room", on="update")
    bench.aws.fail("database/Database", reason="no room", on="create")

    result = bench.deployment(RENAMED, Lifted(replace=("database/Database",)), protected=True).run(yes)

    assert result.exit_code == Exit.ROLLED_BACK
    assert bench.aws.stack(STACK, "Database").policy == before
    assert bench.aws.stack(STACK).termination_protection


def test_protection_that_an_earlier_run_did_not_come_to_is_put_back_by_the_next(bench: Bench) -> None:
    bench.deployment().run(yes)

    result = bench.deployment(protected=True).run(yes)

    assert not result.changed
    assert bench.aws.stack(STACK).termination_protection
    assert bench.aws.stack(STACK, "Database").policy
