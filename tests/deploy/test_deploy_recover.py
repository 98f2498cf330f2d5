"""The way out of every status: the one next step, and that it leads somewhere."""

from __future__ import annotations

import pytest

from showcore_cfn.deploy.cause import root_causes
from showcore_cfn.deploy.diagnose import known, of_operation
from showcore_cfn.deploy.following.follower import Follower
from showcore_cfn.deploy.operation import Operator, began
from showcore_cfn.deploy.recover import Advice, advise, take
from showcore_cfn.deploy.removal.destroy import destroy
from showcore_cfn.errors import Exit, NeedsRecovery, StillRunning, Stopped
from tests.deploy.conftest import STACK, Bench, yes
from tests.deploy.nests import NEST, WITHOUT_BUCKET, with_edit

TOPIC = with_edit("storage.yaml", "DisplayName: storage", "DisplayName: other")


def advice(operator: Operator) -> Advice | None:
    return advise(operator.cloudformation, operator.cloudformation.stack(STACK))


def recover(bench: Bench) -> list[str]:
    """Take every step that is advised, as `recover --yes` does; the steps that were taken."""
    operator, steps = bench.operator(), []
    while (found := advice(operator)) is not None:
        steps.append(found.step.value)
        take(operator, found)
        assert len(steps) < 8, steps
    return steps


@pytest.mark.trap("38")
@pytest.mark.parametrize(
    ("status", "steps"),
    [
        ("CREATE_COMPLETE", []),
        ("UPDATE_ROLLBACK_COMPLETE", []),
        ("REVIEW_IN_PROGRESS", ["discard"]),
        ("ROLLBACK_COMPLETE", ["delete"]),
        ("ROLLBACK_FAILED", ["delete"]),
        ("CREATE_FAILED", ["roll back", "delete"]),
        ("UPDATE_FAILED", ["roll back"]),
        ("UPDATE_ROLLBACK_FAILED", ["continue the rollback"]),
        ("DELETE_FAILED", ["delete"]),
    ],
)
def test_from_each_status_a_few_steps_lead_to_a_stack_that_can_be_deployed(
    bench: Bench, status: str, steps: list[str]
) -> None:
    bench.aws.put_stack(STACK, WITHOUT_BUCKET, status=status)

    assert recover(bench) == steps

    bench.aws.clock.advance(5)
    assert bench.deployment(WITHOUT_BUCKET).run(yes).exit_code == Exit.DONE


def test_an_operation_under_way_is_watched_first(bench: Bench) -> None:
    bench.aws.put_stack(STACK, NEST, status="UPDATE_IN_PROGRESS", then=("UPDATE_COMPLETE", 60))

    assert recover(bench) == ["watch"]


@pytest.mark.trap("39")
def test_a_second_try_at_a_rollback_leaves_out_what_it_failed_at_by_its_physical_name(bench: Bench) -> None:
    bench.deployment().run(yes)
    bench.aws.fail("storage/Bucket", reason="it fails", on="update", times=None)
    bench.aws.fail("storage/Topic", reason="it does not go back", on="rollback", times=2)
    bench.aws.durations["AWS::S3::Bucket"] = 60
    edits = with_edit("storage.yaml", "DisplayName: storage", "DisplayName: other")
    edits["storage.yaml"] = edits["storage.yaml"].replace(
        "Properties: {BucketName: !Sub '${Prefix}-data-${AWS::AccountId}'}",
        "Properties: {BucketName: !Sub '${Prefix}-data-${AWS::AccountId}', ObjectLockEnabled: false,"
        " VersioningConfiguration: {Status: Enabled}}",
    )
    assert bench.deployment(edits).run(yes).status == "UPDATE_ROLLBACK_FAILED"
    operator = bench.operator()

    first = advice(operator)
    assert first is not None
    assert first.without == ()
    assert take(operator, first).status == "UPDATE_ROLLBACK_FAILED"

    second = advice(operator)
    assert second is not None
    assert second.without == (f"{bench.aws.stack(STACK, 'Storage').name}.Topic",)
    assert "leaving out" in second.question
    assert take(operator, second).status == "UPDATE_ROLLBACK_COMPLETE"


@pytest.mark.trap("44")
def test_a_second_try_at_a_deletion_leaves_behind_what_it_failed_at(bench: Bench) -> None:
    bench.deployment().run(yes)
    bench.aws.s3.put(bench.aws.s3.buckets["showcore-data-111122223333"], "key", b"data")
    operator = bench.operator()
    stack = operator.cloudformation.stack(STACK)
    assert stack is not None

    result = destroy(operator, stack)

    assert (result.status, result.exit_code) == ("DELETE_FAILED", Exit.NEEDS_RECOVERY)
    (cause,) = root_causes(result.failures)
    assert known(cause.event.reason) is not None
    first = advice(operator)
    assert first is not None
    assert take(operator, first).status == "DELETE_FAILED"
    second = advice(operator)
    assert second is not None
    assert take(operator, second).status == "DELETE_COMPLETE"
    assert "showcore-data-111122223333" in bench.aws.s3.buckets, "what could not be deleted is left behind"


def test_a_plan_that_waits_for_a_new_stack_is_discarded_whole(bench: Bench) -> None:
    bench.deployment().plan()

    assert recover(bench) == ["discard"]
    assert bench.aws.litter() == []


# Destroying ----------------------------------------------------------------------------------------------


def test_a_protected_stack_is_not_deleted_by_accident(bench: Bench) -> None:
    bench.deployment(protected=True).run(yes)
    operator = bench.operator()
    stack = operator.cloudformation.stack(STACK)
    assert stack is not None

    with pytest.raises(Stopped, match="--no-termination-protection"):
        destroy(operator, stack)

    assert destroy(operator, stack, lift_protection=True).status == "DELETE_COMPLETE"


def test_the_protection_of_the_database_is_lifted_by_a_change_set_first(bench: Bench) -> None:
    bench.deployment(protected=True, parameters={"DatabaseDeletionProtection": "true"}).run(yes)
    operator = bench.operator()
    stack = operator.cloudformation.stack(STACK)
    assert stack is not None

    with pytest.raises(Stopped, match="protection"):
        destroy(operator, stack)
    result = destroy(operator, stack, lift_protection=True)

    assert result.status == "DELETE_COMPLETE"
    assert bench.aws.calls.of("CreateChangeSet")[-1].parameters["UsePreviousTemplate"]


@pytest.mark.parametrize(
    ("status", "error"), [("UPDATE_IN_PROGRESS", StillRunning), ("SOMETHING_NEW", NeedsRecovery)]
)
def test_a_stack_is_not_deleted_from_a_status_that_does_not_allow_it(
    bench: Bench, status: str, error: type[Exception]
) -> None:
    from dataclasses import replace

    bench.aws.put_stack(STACK, NEST)
    operator = bench.operator()
    stack = operator.cloudformation.stack(STACK)
    assert stack is not None

    with pytest.raises(error):
        destroy(operator, replace(stack, status=status))


def test_what_a_deletion_keeps_is_named(bench: Bench) -> None:
    kept = with_edit(
        "storage.yaml", "Type: AWS::S3::Bucket\n", "Type: AWS::S3::Bucket\n    DeletionPolicy: Retain\n"
    )
    bench.deployment(kept).run(yes)
    operator = bench.operator()
    stack = operator.cloudformation.stack(STACK)
    assert stack is not None

    assert destroy(operator, stack).kept == ("storage/Bucket (showcore-data-111122223333)",)


# Diagnosing ----------------------------------------------------------------------------------------------


@pytest.mark.trap("35")
def test_a_diagnosis_names_the_cause_and_its_fix(bench: Bench) -> None:
    bench.deployment().run(yes)
    bench.aws.fail(
        "storage/Topic",
        reason="User: arn:aws:iam::111122223333:user/x is not authorized to perform: sns:Set",
        on="update",
    )
    bench.deployment(TOPIC).run(yes)
    operator = bench.operator()
    stack = operator.cloudformation.stack(STACK)
    assert stack is not None
    since = began(operator.cloudformation.events(stack.id))
    assert since is not None

    (cause,) = of_operation(Follower(operator.cloudformation, stack.id, since).everything())

    assert (cause.path, cause.status) == ("storage/Topic", "UPDATE_FAILED")
    assert cause.known is not None
    assert "showcore policy" in cause.known.fix


@pytest.mark.parametrize(
    ("reason", "fix"),
    [
        (
            "Resource of type 'AWS::S3::Bucket' with identifier 'x' already exists.",
            "--import-existing-resources",
        ),
        ("The bucket you tried to delete is not empty", "Empty the bucket"),
        (
            "Cannot delete protected DB Instance, please disable deletion protection",
            "--no-termination-protection",
        ),
        (
            "CloudFormation cannot update a stack when a custom-named resource requires replacing.",
            "another name",
        ),
        (
            "Failed to put configuration recorder: MaxNumberOfConfigurationRecordersExceededException",
            "config_recorder",
        ),
        ("Rate exceeded (Service: Rds, Status Code: 400)", "Deploy again"),
        ("resource vpc-1 has a dependent object", "still uses it"),
        ("Action denied by stack policy: Statement [#1] does not allow [Update:Replace]", "--allow-replace"),
        ("The security token included in the request is expired", "bootstrap"),
        ("You have exceeded the maximum number of addresses", "quota"),
    ],
)
def test_known_causes_have_their_fix_and_a_source(reason: str, fix: str) -> None:
    found = known(reason)

    assert found is not None
    assert fix in found.fix
    assert found.source.startswith("https://docs.aws.amazon.com/")


def test_an_unknown_cause_is_told_without_a_fix() -> None:
    assert known("the moon is in the wrong phase") is None


# Change sets that fail -----------------------------------------------------------------------------------


@pytest.mark.trap("15")
@pytest.mark.trap("24")
def test_a_refused_change_set_names_the_nested_cause_from_early_validation(bench: Bench) -> None:
    bench.aws.find_invalid("storage/Bucket", "the name is taken", name="NAME_CONFLICT_VALIDATION")
    bench.aws.find_invalid("storage/Topic", "no such property", name="PROPERTY_VALIDATION")

    with pytest.raises(Stopped) as stopped:
        bench.deployment().run(yes)

    assert "storage/Bucket: the name is taken" in str(stopped.value)
    assert "NAME_CONFLICT_VALIDATION" in str(stopped.value)
    assert "storage/Topic: no such property" in str(stopped.value)
    assert bench.aws.litter() == []


def test_a_warning_of_early_validation_refuses_nothing(bench: Bench) -> None:
    bench.aws.find_invalid("storage/Bucket", "it is not empty", mode="WARN")

    assert bench.deployment().run(yes).exit_code == Exit.DONE


@pytest.mark.trap("17")
def test_where_a_nested_change_set_cannot_be_made_one_without_nesting_is_said_aloud(bench: Bench) -> None:
    select = with_edit(
        "database.yaml", "SubnetIds: [!Ref SubnetId]", "SubnetIds: [!Select [1, !Split [',', !Ref SubnetId]]]"
    )
    select["network.yaml"] = NEST["network.yaml"].replace(
        "SubnetId: {Value: !Ref Subnet}", "SubnetId: {Value: !Sub '${VPC},${Subnet}'}"
    )

    result = bench.deployment(select).run(yes)

    assert result.status == "CREATE_COMPLETE"
    assert "without a look into the nested stacks" in " ".join(bench.watching.troubles)
    assert bench.aws.litter() == []


@pytest.mark.trap("12")
def test_named_roles_and_macros_are_acknowledged_on_the_root(bench: Bench) -> None:
    bench.deployment().run(yes)

    (call,) = bench.aws.calls.of("CreateChangeSet")
    assert call.parameters["Capabilities"] == ["CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"]


@pytest.mark.trap("3")
def test_every_parameter_is_said_anew_and_none_is_left_to_a_previous_value(bench: Bench) -> None:
    bench.deployment().run(yes)
    bench.deployment(parameters={"Retention": "8"}).run(yes)

    for call in bench.aws.calls.of("CreateChangeSet"):
        sent = call.parameters["Parameters"]
        assert isinstance(sent, list)
        assert [sorted(item) for item in sent if isinstance(item, dict)] == [
            ["ParameterKey", "ParameterValue"]
        ] * 3


@pytest.mark.trap("10")
@pytest.mark.trap("8")
@pytest.mark.trap("9")
def test_a_change_set_looks_into_nested_stacks_and_neither_imports_nor_reverts_drift(bench: Bench) -> None:
    bench.deployment().run(yes)
    bench.deployment(parameters={"Retention": "8"}).run(yes)

    for call in bench.aws.calls.of("CreateChangeSet"):
        assert str(call.parameters["IncludeNestedStacks"]).lower() == "true"
        assert call.parameters["ChangeSetType"] in ("CREATE", "UPDATE")
        assert "DeploymentMode" not in call.parameters


@pytest.mark.trap("41")
def test_a_stack_that_has_to_go_first_is_only_deleted_by_recover_after_a_question(bench: Bench) -> None:
    bench.aws.put_stack(STACK, NEST, status="ROLLBACK_COMPLETE")

    with pytest.raises(NeedsRecovery, match="showcore recover"):
        bench.deployment().run(yes)

    assert "DeleteStack" not in bench.aws.calls.names()


@pytest.mark.trap("43")
def test_a_name_that_an_earlier_stack_kept_is_found_before_anything_is_made(bench: Bench) -> None:
    bench.aws.take_name("AWS::S3::Bucket", "showcore-data-111122223333")

    with pytest.raises(Stopped, match="already exists"):
        bench.deployment().run(yes)

    found = known("Resource of type 'AWS::S3::Bucket' with identifier 'x' already exists.")
    assert found is not None
    assert "--import-existing-resources" in found.fix


@pytest.mark.trap("1")
def test_the_change_set_has_a_short_name_of_its_own(bench: Bench) -> None:
    bench.deployment().plan()
    bench.deployment().plan()

    names = [str(call.parameters["ChangeSetName"]) for call in bench.aws.calls.of("CreateChangeSet")]
    assert len(set(names)) == 2
    assert all(name.startswith("showcore-20260302T0900Z-") and len(name) <= 40 for name in names)


@pytest.mark.trap("7")
@pytest.mark.parametrize(
    ("given", "creation", "execution"),
    [
        ({}, None, "false"),
        ({"disable_rollback": True}, None, "true"),
        ({"on_failure": "DELETE"}, "DELETE", None),
    ],
)
def test_what_happens_on_failure_is_always_said_and_in_one_place(
    bench: Bench, given: dict[str, object], creation: str | None, execution: str | None
) -> None:
    bench.deployment(**given).run(yes)  # type: ignore[arg-type]

    assert bench.aws.calls.of("CreateChangeSet")[0].parameters.get("OnStackFailure") == creation
    said = bench.aws.calls.of("ExecuteChangeSet")[0].parameters.get("DisableRollback")
    assert (None if said is None else str(said).lower()) == execution


@pytest.mark.trap("48")
def test_every_call_to_s3_says_whose_the_bucket_must_be(bench: Bench) -> None:
    bench.deployment().run(yes)

    calls = [call for call in bench.aws.calls if call.service == "s3"]
    assert {str(call.parameters.get("x-amz-expected-bucket-owner")) for call in calls} == {"111122223333"}


@pytest.mark.trap("5")
@pytest.mark.trap("4")
def test_a_discarded_plan_of_a_new_stack_is_deleted_from_the_root_and_only_once_it_is_made(
    bench: Bench,
) -> None:
    plan = bench.deployment().plan()
    bench.deployment().discard(plan)  # type: ignore[arg-type]

    (call,) = bench.aws.calls.of("DeleteChangeSet")
    assert ":changeSet/showcore-" in str(call.parameters["ChangeSetName"])
    assert bench.aws.account.stacks == {} or all(s.gone for s in bench.aws.account.stacks.values())
