"""Stacks that are stuck, and the ways out of it, in the fake."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.fakes.cloudformation.small import NEST, PREFIX, SAME, Api, edited

pytest_plugins = ("tests.fakes.cloudformation.fixtures",)
TOPIC = "Resources: {Topic: {Type: AWS::SNS::Topic}}"
CHANGED = edited("database.yaml", "db.t3.micro", "db.t3.small")
NO = "No."


@pytest.fixture
def stuck(api: Api) -> Api:
    """A nest whose rollback has failed in the database's stack."""
    api.create()
    api.aws.fail("database/Database", NO, on="update")
    api.aws.fail("database/Database", "Still no.", on="rollback")
    assert api.update(CHANGED) == "UPDATE_ROLLBACK_FAILED"
    return api


def put(api: Api, status: str, **rest: Any) -> None:
    """A nest in some state."""
    api.aws.put_stack("show", NEST, status, {"Prefix": "show"}, **rest)


def refused(call: Any, **request: Any) -> str:
    """The message of a refusal."""
    with pytest.raises(ClientError) as caught:
        call(**request)
    return str(caught.value.response["Error"]["Message"])


# Continuing a rollback -------------------------------------------------------------------------------------


def test_a_rollback_that_failed_can_be_continued_once_the_cause_is_gone(stuck: Api) -> None:
    stuck.client.continue_update_rollback(StackName="show")
    stuck.aws.clock.settle()
    assert stuck.status() == "UPDATE_ROLLBACK_COMPLETE"
    assert stuck.aws.stack("show", "database").status == "UPDATE_ROLLBACK_COMPLETE"
    assert stuck.aws.resource("show", "database/Database").properties["DBInstanceClass"] == "db.t3.micro"
    (stack,) = stuck.client.describe_stacks(StackName="show")["Stacks"]
    assert stack["LastOperations"][0]["OperationType"] == "CONTINUE_ROLLBACK"


def test_it_fails_again_while_the_cause_is_there(stuck: Api) -> None:
    stuck.aws.fail("database/Database", "Still no.", on="rollback")
    stuck.client.continue_update_rollback(StackName="show")
    stuck.aws.clock.settle()
    assert stuck.status() == "UPDATE_ROLLBACK_FAILED"


@pytest.mark.trap("39")
def test_a_resource_is_skipped_by_the_physical_name_of_its_stack(stuck: Api) -> None:
    stuck.aws.fail("database/Database", "Still no.", on="rollback", times=None)
    name = stuck.aws.stack("show", "database").name
    stuck.client.continue_update_rollback(StackName="show", ResourcesToSkip=[f"{name}.Database"])
    stuck.aws.clock.settle()
    assert stuck.status() == "UPDATE_ROLLBACK_COMPLETE"
    assert stuck.aws.resource("show", "database/Database").status == "UPDATE_COMPLETE"


@pytest.mark.trap("39")
@pytest.mark.parametrize(
    ("skip", "message"),
    [
        (
            "Database.Database",
            "The stack Database of the resource to skip [Database.Database] does not belong to",
        ),
        ("Nowhere", "Resource [Nowhere] does not exist in stack show"),
        ("Network", "Resource [Network] is not in UPDATE_FAILED state because of a rollback"),
        ("Database", "Nested stack [Database] can not be skipped; skip the resources inside it"),
    ],
)
def test_what_cannot_be_skipped_is_refused(stuck: Api, skip: str, message: str) -> None:
    told = refused(stuck.client.continue_update_rollback, StackName="show", ResourcesToSkip=[skip])
    assert told.startswith(message)


def test_forcing_the_rollback_skips_all_that_fails_and_excludes_a_list(stuck: Api) -> None:
    call = stuck.client.continue_update_rollback
    told = refused(call, StackName="show", ForceRollback=True, ResourcesToSkip=["Database"])
    assert told == "ResourcesToSkip and ForceRollback cannot be specified together."
    stuck.aws.fail("database/Database", "Still no.", on="rollback", times=None)
    call(StackName="show", ForceRollback=True)
    stuck.aws.clock.settle()
    assert stuck.status() == "UPDATE_ROLLBACK_COMPLETE"


def test_it_is_continued_from_the_root_only(stuck: Api) -> None:
    below = stuck.aws.stack("show", "database").id
    assert refused(stuck.client.continue_update_rollback, StackName=below) == (
        "RollbackUpdatedStack cannot be invoked on child stacks"
    )


@pytest.mark.trap("38")
def test_only_a_failed_rollback_can_be_continued(api: Api) -> None:
    put(api, "UPDATE_FAILED", failed=("database/Database",))
    assert "is in UPDATE_FAILED state" in refused(api.client.continue_update_rollback, StackName="show")


# Rolling back by hand --------------------------------------------------------------------------------------


@pytest.mark.trap("38")
def test_a_creation_without_rollback_can_be_rolled_back(api: Api) -> None:
    api.aws.fail("database/Group", NO)
    assert api.create(DisableRollback=True) == "CREATE_FAILED"
    answer = api.client.rollback_stack(StackName="show", ClientRequestToken="t")
    api.aws.clock.settle()
    assert api.status() == "ROLLBACK_COMPLETE"
    assert api.history()[-1]["OperationId"] == answer["OperationId"]
    assert api.client.rollback_stack(StackName="show", ClientRequestToken="t") | {"ResponseMetadata": 0} == {
        "StackId": answer["StackId"],
        "OperationId": answer["OperationId"],
        "ResponseMetadata": 0,
    }


@pytest.mark.trap("38")
def test_an_update_without_rollback_can_be_rolled_back(api: Api) -> None:
    api.create()
    api.aws.fail("database/Database", NO, on="update")
    assert api.update(CHANGED, DisableRollback=True) == "UPDATE_FAILED"
    api.client.rollback_stack(StackName="show")
    api.aws.clock.settle()
    assert api.status() == "UPDATE_ROLLBACK_COMPLETE"
    assert api.aws.resource("show", "database/Database").properties["DBInstanceClass"] == "db.t3.micro"


def test_or_updated_again(api: Api) -> None:
    api.create()
    api.aws.fail("database/Database", NO, on="update")
    api.update(CHANGED, DisableRollback=True)
    assert api.update(edited("storage.yaml", "alarms", "alerts", CHANGED), "third") == "UPDATE_COMPLETE"


@pytest.mark.parametrize("status", ["CREATE_COMPLETE", "UPDATE_ROLLBACK_FAILED", "ROLLBACK_COMPLETE"])
def test_other_states_cannot_be_rolled_back(api: Api, status: str) -> None:
    put(api, status)
    assert f"is in {status} state and can not be rolled back" in refused(
        api.client.rollback_stack, StackName="show"
    )


# Cancelling ------------------------------------------------------------------------------------------------


@pytest.mark.trap("37")
def test_an_update_under_way_can_be_cancelled(api: Api) -> None:
    api.create()
    change_set = api.plan(CHANGED, Parameters=SAME)
    api.client.execute_change_set(ChangeSetName=change_set)
    api.aws.clock.advance(30)
    api.client.cancel_update_stack(StackName="show", ClientRequestToken="stop")
    api.aws.clock.settle()
    assert api.status() == "UPDATE_ROLLBACK_COMPLETE"
    told = {(e["LogicalResourceId"], e["ResourceStatus"]): e for e in api.history()}
    assert told["Database", "UPDATE_FAILED"]["ResourceStatusReason"] == "Resource update cancelled"
    assert told["show", "UPDATE_ROLLBACK_IN_PROGRESS"]["ClientRequestToken"] == "stop"
    assert api.aws.resource("show", "database/Database").properties["DBInstanceClass"] == "db.t3.micro"


@pytest.mark.trap("37")
@pytest.mark.parametrize("status", ["CREATE_IN_PROGRESS", "UPDATE_ROLLBACK_IN_PROGRESS", "UPDATE_COMPLETE"])
def test_nothing_else_can_be_cancelled(api: Api, status: str) -> None:
    put(api, status)
    assert refused(api.client.cancel_update_stack, StackName="show") == (
        "CancelUpdateStack cannot be called from current stack status"
    )


# Deleting --------------------------------------------------------------------------------------------------


def test_a_nest_is_deleted_from_the_last_to_the_first(api: Api) -> None:
    api.create()
    stack = api.aws.stack("show")
    api.client.delete_stack(StackName="show", ClientRequestToken="t")
    api.client.delete_stack(StackName="show", ClientRequestToken="t")
    api.aws.clock.settle()
    gone = [name for name, status in api.events(stack.id) if status == "DELETE_COMPLETE"]
    assert gone.index("Database") < gone.index("Network")
    assert gone[-1] == "show"
    assert {s.status for s in api.aws.account.stacks.values()} == {"DELETE_COMPLETE"}
    assert api.aws.account.snapshots == ["show-db"]


@pytest.mark.trap("27")
def test_a_deleted_stack_is_seen_by_its_id_only_and_its_name_is_free(api: Api) -> None:
    stack = api.aws.put_stack("show", TOPIC)
    api.client.delete_stack(StackName="show")
    api.aws.clock.settle()
    assert refused(api.client.describe_stacks, StackName="show") == "Stack with id show does not exist"
    (found,) = api.client.describe_stacks(StackName=stack.id)["Stacks"]
    assert (found["StackStatus"], "EnableTerminationProtection" in found) == ("DELETE_COMPLETE", False)
    api.plan(TOPIC, ChangeSetType="CREATE", Parameters=[])
    assert api.aws.stack("show").id != stack.id


@pytest.mark.trap("40")
def test_termination_protection_of_the_root_holds_for_all(api: Api) -> None:
    put(api, "CREATE_COMPLETE")
    api.client.update_termination_protection(StackName="show", EnableTerminationProtection=True)
    below = api.aws.stack("show", "database")
    for name in ("show", below.id):
        assert "cannot be deleted while TerminationProtection is enabled" in refused(
            api.client.delete_stack, StackName=name
        )
    assert "termination protection can only be changed on its root" in refused(
        api.client.update_termination_protection, StackName=below.id, EnableTerminationProtection=False
    )
    (seen,) = api.client.describe_stacks(StackName=below.id)["Stacks"]
    assert seen["EnableTerminationProtection"] is True
    api.client.update_termination_protection(StackName="show", EnableTerminationProtection=False)
    api.client.delete_stack(StackName="show")
    api.aws.clock.settle()
    assert api.aws.litter() == []


@pytest.mark.trap("44")
def test_a_bucket_with_an_old_version_in_it_refuses_and_the_nest_stays(api: Api) -> None:
    api.create()
    bucket = api.aws.s3.buckets["show-bucket"]
    bucket.versioning = "Enabled"
    api.aws.s3.put(bucket, "old", b"x")
    api.aws.s3.delete(bucket, "old")
    api.client.delete_stack(StackName="show")
    api.aws.clock.settle()
    storage = api.aws.stack("show", "storage")
    assert (api.status(), storage.status) == ("DELETE_FAILED", "DELETE_FAILED")
    assert api.reason() == "The following resource(s) failed to delete: [Storage]. "
    assert "bucket you tried to delete is not empty" in api.aws.resource("show", "storage/Bucket").reason
    assert api.aws.resource("show", "Storage").reason == (
        f"Embedded stack {storage.id} was not successfully deleted: The following resource(s) failed to delete: "
        "[Bucket]."
    )
    bucket.objects.clear()
    api.client.delete_stack(StackName="show")
    api.aws.clock.settle()
    assert api.aws.litter() == []


def test_a_protected_database_refuses(api: Api) -> None:
    api.create(
        edited("database.yaml", "AllocatedStorage", "DeletionProtection: true\n      AllocatedStorage")
    )
    api.client.delete_stack(StackName="show")
    api.aws.clock.settle()
    assert "Cannot delete protected DB Instance" in api.aws.resource("show", "database/Database").reason


def test_what_failed_to_be_deleted_can_be_left_behind(api: Api) -> None:
    api.aws.put_stack("show", TOPIC)
    told = refused(api.client.delete_stack, StackName="show", RetainResources=["Topic"])
    assert "only when the stack is in the DELETE_FAILED state" in told
    api.aws.fail("Topic", NO, on="delete", times=None)
    stack = api.aws.stack("show")
    for request in ({}, {"RetainResources": ["Topic"]}):
        api.client.delete_stack(StackName="show", **request)
        api.aws.clock.settle()
    assert stack.status == "DELETE_COMPLETE"
    assert ("Topic", "DELETE_SKIPPED") in api.events(stack.id)


@pytest.mark.trap("44")
def test_force_deletion_works_from_delete_failed_and_leaves_things_behind(api: Api) -> None:
    api.create()
    api.aws.fail("database/Database", NO, on="delete", times=None)
    call = api.client.delete_stack
    assert "You can activate DeletionMode FORCE_DELETE_STACK" in refused(
        call, StackName="show", DeletionMode="FORCE_DELETE_STACK"
    )
    database = api.aws.stack("show", "database")
    call(StackName="show")
    api.aws.clock.settle()
    call(StackName="show", DeletionMode="FORCE_DELETE_STACK")
    api.aws.clock.settle()
    assert api.aws.litter() == []
    assert ("Database", "DELETE_SKIPPED") in api.events(database.id)


@pytest.mark.parametrize("status", ["UPDATE_IN_PROGRESS", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"])
def test_a_stack_that_is_being_updated_is_not_deleted(api: Api, status: str) -> None:
    put(api, status)
    assert refused(api.client.delete_stack, StackName="show") == (
        f"Stack [show] cannot be deleted while in status {status}"
    )


def test_a_stack_that_is_being_created_can_be_deleted(api: Api) -> None:
    change_set = api.plan(NEST, ChangeSetType="CREATE")
    api.client.execute_change_set(ChangeSetName=change_set)
    api.aws.clock.advance(60)
    api.client.delete_stack(StackName="show")
    api.aws.clock.settle()
    assert {s.status for s in api.aws.account.stacks.values()} <= {"DELETE_COMPLETE"}


@pytest.mark.trap("43")
def test_what_a_deleted_stack_retains_blocks_the_next_one(api: Api) -> None:
    nest = edited(
        "storage.yaml", "Type: AWS::S3::Bucket", "Type: AWS::S3::Bucket\n    DeletionPolicy: Retain"
    )
    api.create(nest)
    api.client.delete_stack(StackName="show")
    api.aws.clock.settle()
    assert "show-bucket" in api.aws.s3.buckets
    again = api.plan(nest, ChangeSetType="CREATE", Parameters=PREFIX)
    assert api.described(again)["Status"] == "FAILED"


def test_deleting_what_is_not_there_is_no_error(api: Api) -> None:
    api.client.delete_stack(StackName="none")


# Any state -------------------------------------------------------------------------------------------------

STATES = [
    "CREATE_IN_PROGRESS",
    "CREATE_FAILED",
    "CREATE_COMPLETE",
    "ROLLBACK_IN_PROGRESS",
    "ROLLBACK_FAILED",
    "ROLLBACK_COMPLETE",
    "DELETE_IN_PROGRESS",
    "DELETE_FAILED",
    "UPDATE_IN_PROGRESS",
    "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
    "UPDATE_COMPLETE",
    "UPDATE_FAILED",
    "UPDATE_ROLLBACK_IN_PROGRESS",
    "UPDATE_ROLLBACK_FAILED",
    "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
    "UPDATE_ROLLBACK_COMPLETE",
    "REVIEW_IN_PROGRESS",
    "IMPORT_ROLLBACK_FAILED",
]


@pytest.mark.parametrize("status", STATES)
def test_a_stack_can_be_put_into_any_state(api: Api, status: str) -> None:
    put(api, status)
    assert api.status() == status


def test_a_state_under_way_can_end_in_time(api: Api) -> None:
    put(api, "UPDATE_IN_PROGRESS", then=("UPDATE_COMPLETE", 600))
    api.aws.clock.advance(599)
    assert api.status() == "UPDATE_IN_PROGRESS"
    api.aws.clock.advance(1)
    assert api.status() == "UPDATE_COMPLETE"


def test_a_failed_state_that_was_put_can_be_recovered_from(api: Api) -> None:
    put(api, "UPDATE_ROLLBACK_FAILED", failed=("database/Database",), reason="Was deleted by hand.")
    below = api.aws.stack("show", "database")
    assert (below.status, api.aws.stack("show", "network").status) == (
        "UPDATE_ROLLBACK_FAILED",
        "UPDATE_ROLLBACK_COMPLETE",
    )
    assert api.aws.resource("show", "database/Database").reason == "Was deleted by hand."
    api.client.continue_update_rollback(StackName="show", ResourcesToSkip=[f"{below.name}.Database"])
    api.aws.clock.settle()
    assert api.status() == "UPDATE_ROLLBACK_COMPLETE"


def test_a_failed_creation_that_was_put_can_be_rolled_back(api: Api) -> None:
    put(api, "CREATE_FAILED", failed=("database/Database",))
    api.client.rollback_stack(StackName="show")
    api.aws.clock.settle()
    assert api.status() == "ROLLBACK_COMPLETE"
    api.client.delete_stack(StackName="show")
    api.aws.clock.settle()
    assert api.aws.litter() == []


def test_a_template_that_cannot_be_made_is_no_start(api: Api) -> None:
    api.aws.fail("database/Database", NO)
    with pytest.raises(AssertionError, match="show could not be made"):
        put(api, "CREATE_COMPLETE")
