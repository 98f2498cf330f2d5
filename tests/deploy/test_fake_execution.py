"""How the fake makes, changes and rolls back stacks: order, events, failures."""

from __future__ import annotations

import pytest

from tests.fakes.cloudformation.small import NEST, SAME, Api, edited

pytest_plugins = ("tests.fakes.cloudformation.fixtures",)
TOPICS = """\
Resources:
  Last: {Type: AWS::SNS::Topic, DependsOn: Middle}
  Middle: {Type: AWS::SNS::Topic, Properties: {DisplayName: !Ref First}}
  First: {Type: AWS::SNS::Topic}
  Aside: {Type: AWS::SNS::Topic, Properties: {DisplayName: aside}}
"""
CHANGED = edited("database.yaml", "db.t3.micro", "db.t3.small")
NO = 'Resource handler returned message: "No." (HandlerErrorCode: InvalidRequest)'


# Creating --------------------------------------------------------------------------------------------------


def test_each_resource_comes_after_what_it_needs_and_the_others_beside_it(api: Api) -> None:
    api.execute(api.plan(TOPICS, ChangeSetType="CREATE", Parameters=[]))
    done = [name for name, status in api.events() if status == "CREATE_COMPLETE"]
    assert done == ["First", "Aside", "Middle", "Last", "show"]
    starts = {
        e["LogicalResourceId"]: e["Timestamp"]
        for e in api.history()[::-1]
        if "IN_PROG" in e["ResourceStatus"]
    }
    assert starts["First"] == starts["Aside"]


@pytest.mark.trap("29")
def test_a_resource_starts_without_a_physical_id_and_then_has_one(api: Api) -> None:
    api.create()
    told = [event for event in api.history() if event["LogicalResourceId"] == "Network"]
    network = api.aws.stack("show", "network")
    assert [(e["ResourceStatus"], e["PhysicalResourceId"], e.get("ResourceStatusReason")) for e in told] == [
        ("CREATE_IN_PROGRESS", "", None),
        ("CREATE_IN_PROGRESS", network.id, "Resource creation Initiated"),
        ("CREATE_COMPLETE", network.id, None),
    ]


def test_the_event_ids_of_resources_name_them_and_those_of_stacks_do_not(api: Api) -> None:
    api.create()
    ids = {event["LogicalResourceId"]: event["EventId"] for event in api.history()}
    assert ids["Network"] == "Network-CREATE_COMPLETE-2026-03-02T09:00:29.000Z"
    assert len(ids["show"]) == 36
    every = [event["EventId"] for event in api.history()]
    assert len(every) == len(set(every))


def test_a_nested_stack_takes_over_the_shell_that_its_change_set_made(api: Api) -> None:
    change_set = api.plan(NEST, ChangeSetType="CREATE")
    shell = api.aws.stack("show", "network").id
    assert api.execute(change_set) == "CREATE_COMPLETE"
    (network,) = api.client.describe_stacks(StackName=shell)["Stacks"]
    root = api.aws.stack("show").id
    assert (network["StackStatus"], network["ParentId"], network["RootId"]) == ("CREATE_COMPLETE", root, root)
    assert api.events(shell)[:2] == [
        (network["StackName"], "REVIEW_IN_PROGRESS"),
        (network["StackName"], "CREATE_IN_PROGRESS"),
    ]


def test_outputs_travel_from_stack_to_stack(api: Api) -> None:
    api.create()
    vpc = api.aws.resource("show", "network/VPC").physical_id
    assert api.aws.resource("show", "database/Group").properties["VpcId"] == vpc
    (root,) = api.client.describe_stacks(StackName="show")["Stacks"]
    assert root["Outputs"] == [
        {"OutputKey": "Endpoint", "OutputValue": api.aws.stack("show", "database").outputs["Endpoint"]}
    ]
    assert root["Outputs"][0]["OutputValue"].startswith("show-db.")


def test_tags_and_the_token_go_down_to_every_stack_and_resource(api: Api) -> None:
    change_set = api.plan(NEST, ChangeSetType="CREATE", Tags=[{"Key": "Owner", "Value": "me"}])
    api.execute(change_set, ClientRequestToken="token-1")
    database = api.aws.stack("show", "database")
    assert api.aws.resource("show", "database/Database").tags == {"Owner": "me"}
    assert database.version.tags == {"Owner": "me"}
    tokens = {event.get("ClientRequestToken") for event in api.history(database.id)[1:]}
    assert tokens == {"token-1"}


def test_a_database_takes_its_minutes_while_the_rest_waits_for_nothing(api: Api) -> None:
    change_set = api.plan(NEST, ChangeSetType="CREATE")
    api.client.execute_change_set(ChangeSetName=change_set)
    api.aws.clock.advance(120)
    assert api.aws.stack("show", "storage").status == "CREATE_COMPLETE"
    assert api.aws.resource("show", "database/Database").status == "CREATE_IN_PROGRESS"
    api.aws.clock.settle()
    assert 540 < api.aws.clock.monotonic() < 620


def test_a_condition_decides_what_is_made(api: Api) -> None:
    template = (
        "Parameters: {Big: {Type: String}}\nConditions: {IsBig: !Equals [!Ref Big, 'yes']}\n"
        "Resources: {Always: {Type: AWS::SNS::Topic}, Sometimes: {Type: AWS::SNS::Topic, Condition: IsBig}}"
    )
    api.aws.put_stack("small", template, parameters={"Big": "no"})
    api.aws.put_stack("big", template, parameters={"Big": "yes"})
    assert list(api.aws.stack("small").resources) == ["Always"]
    assert list(api.aws.stack("big").resources) == ["Always", "Sometimes"]


def test_a_failed_creation_cancels_what_is_under_way_and_rolls_back(api: Api) -> None:
    api.aws.fail("First", NO)
    change_set = api.plan(TOPICS, ChangeSetType="CREATE", Parameters=[])
    assert api.execute(change_set) == "ROLLBACK_COMPLETE"
    told = {
        (e["LogicalResourceId"], e["ResourceStatus"]): e.get("ResourceStatusReason") for e in api.history()
    }
    assert told["First", "CREATE_FAILED"] == NO
    assert told["Aside", "CREATE_FAILED"] == "Resource creation cancelled"
    assert told["show", "ROLLBACK_IN_PROGRESS"] == (
        "The following resource(s) failed to create: [First, Aside]. Rollback requested by user."
    )
    assert ("Middle", "CREATE_IN_PROGRESS") not in told
    assert ("First", "DELETE_COMPLETE") in told


@pytest.mark.trap("35")
def test_a_nested_failure_is_told_by_the_parent_in_a_sentence_without_the_cause(api: Api) -> None:
    api.aws.fail("database/Group", NO)
    assert api.create() == "ROLLBACK_COMPLETE"
    failed = {
        e["LogicalResourceId"]: e["ResourceStatusReason"]
        for e in api.history()
        if "FAILED" in e["ResourceStatus"]
    }
    database = next(s for s in api.aws.account.stacks.values() if s.logical_id == "Database")
    assert failed["Database"] == (
        f"Embedded stack {database.id} was not successfully created: The following resource(s) failed to create: "
        "[Group]. "
    )
    below = [e for e in api.history(database.id) if e["ResourceStatus"] == "CREATE_FAILED"]
    assert [(e["LogicalResourceId"], e.get("ResourceStatusReason")) for e in below] == [
        ("Group", NO),
        (database.name, "The following resource(s) failed to create: [Group]. "),
    ]
    assert database.status == "DELETE_COMPLETE"


def test_a_sibling_that_is_under_way_is_cancelled_with_all_inside(api: Api) -> None:
    api.aws.fail("storage/Bucket", NO)
    api.aws.durations["AWS::EC2::VPC"] = 300
    assert api.create() == "ROLLBACK_COMPLETE"
    network = next(s for s in api.aws.account.stacks.values() if s.logical_id == "Network")
    below = {e["LogicalResourceId"]: e.get("ResourceStatusReason") for e in api.history(network.id)
             if e["ResourceStatus"] == "CREATE_FAILED"}  # fmt: skip
    assert below["VPC"] == "Resource creation cancelled"
    above = {e["LogicalResourceId"]: e.get("ResourceStatusReason") for e in api.history()
             if e["ResourceStatus"] == "CREATE_FAILED"}  # fmt: skip
    assert above["Network"] == "Resource creation cancelled"
    assert {s.status for s in api.aws.account.stacks.values()} == {"ROLLBACK_COMPLETE", "DELETE_COMPLETE",
                                                                   "REVIEW_IN_PROGRESS"}  # fmt: skip


@pytest.mark.trap("32")
def test_the_rollback_is_an_operation_of_its_own(api: Api) -> None:
    api.aws.fail("database/Group", NO)
    api.create()
    operations: list[str] = []
    for event in api.history():
        if event.get("OperationId") not in (None, *operations[-1:]):
            operations.append(event["OperationId"])
    (stack,) = api.client.describe_stacks(StackName="show")["Stacks"]
    assert len(operations) == 2
    assert stack["LastOperations"] == [
        {"OperationType": "ROLLBACK", "OperationId": operations[1]},
        {"OperationType": "CREATE_STACK", "OperationId": operations[0]},
    ]


@pytest.mark.parametrize(
    ("on_failure", "status"),
    [("ROLLBACK", "ROLLBACK_COMPLETE"), ("DELETE", "DELETE_COMPLETE"), ("DO_NOTHING", "CREATE_FAILED")],
)
def test_what_follows_a_failed_creation_can_be_chosen(api: Api, on_failure: str, status: str) -> None:
    api.aws.fail("database/Group", NO)
    root = api.plan(NEST, ChangeSetType="CREATE", OnStackFailure=on_failure)
    assert api.execute(root) == status


def test_rollback_can_be_disabled_at_execution(api: Api) -> None:
    api.aws.fail("database/Group", NO)
    assert api.create(DisableRollback=True) == "CREATE_FAILED"
    assert api.aws.stack("show", "database").status == "CREATE_FAILED"
    assert api.aws.stack("show", "network").status == "CREATE_COMPLETE"


@pytest.mark.parametrize(
    ("policy", "request_", "kept"),
    [
        ("Retain", {}, True),
        ("RetainExceptOnCreate", {}, False),
        ("Retain", {"RetainExceptOnCreate": True}, False),
    ],
)
@pytest.mark.trap("43")
def test_what_a_failed_creation_keeps_depends_on_its_policy(
    api: Api, policy: str, request_: dict[str, bool], kept: bool
) -> None:
    nest = edited(
        "storage.yaml", "Type: AWS::S3::Bucket", f"Type: AWS::S3::Bucket\n    DeletionPolicy: {policy}"
    )
    api.aws.fail("database/Database", NO)
    assert api.create(nest, "show", **request_) == "ROLLBACK_COMPLETE"
    assert ("show-bucket" in api.aws.s3.buckets) is kept


def test_a_name_in_use_fails_the_resource_when_it_was_not_found_before(api: Api) -> None:
    api.aws.take_name("AWS::S3::Bucket", "show-bucket")
    root = api.plan(NEST, ChangeSetType="CREATE", DisableValidation=True)
    assert api.execute(root) == "ROLLBACK_COMPLETE"
    storage = next(s for s in api.aws.account.stacks.values() if s.logical_id == "Storage")
    failed = next(e for e in api.history(storage.id) if e["ResourceStatus"] == "CREATE_FAILED")
    assert (failed["PhysicalResourceId"], failed["ResourceStatusReason"]) == (
        "",
        "show-bucket already exists",
    )


# Updating --------------------------------------------------------------------------------------------------


@pytest.mark.trap("28")
def test_an_update_goes_through_a_clean_up_in_which_nested_stacks_complete_again(api: Api) -> None:
    api.create()
    count = len(api.events())
    assert api.update(CHANGED) == "UPDATE_COMPLETE"
    assert api.events()[count:] == [
        ("show", "UPDATE_IN_PROGRESS"),
        ("Network", "UPDATE_IN_PROGRESS"),
        ("Storage", "UPDATE_IN_PROGRESS"),
        ("Network", "UPDATE_COMPLETE"),
        ("Storage", "UPDATE_COMPLETE"),
        ("Database", "UPDATE_IN_PROGRESS"),
        ("Database", "UPDATE_COMPLETE"),
        ("show", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"),
        ("Database", "UPDATE_COMPLETE"),
        ("Storage", "UPDATE_COMPLETE"),
        ("Network", "UPDATE_COMPLETE"),
        ("show", "UPDATE_COMPLETE"),
    ]


@pytest.mark.trap("34")
def test_a_nested_stack_is_in_clean_up_until_its_parent_is(api: Api) -> None:
    api.create()
    change_set = api.plan(edited("storage.yaml", "alarms", "alerts", CHANGED), Parameters=SAME)
    api.client.execute_change_set(ChangeSetName=change_set)
    api.aws.clock.advance(60)
    assert api.aws.stack("show", "storage").status == "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"
    api.aws.clock.settle()
    assert api.aws.stack("show", "storage").status == "UPDATE_COMPLETE"


def test_an_unchanged_nested_stack_has_no_events_of_its_own(api: Api) -> None:
    api.create()
    network = api.aws.stack("show", "network").id
    count = len(api.events(network))
    api.update(CHANGED)
    assert len(api.events(network)) == count
    assert api.status(network) == "CREATE_COMPLETE"


def test_a_replacement_makes_the_new_one_first_and_deletes_the_old_one_in_the_clean_up(api: Api) -> None:
    api.create()
    old = api.aws.resource("show", "storage/Topic").physical_id
    storage = api.aws.stack("show", "storage").id
    count = len(api.events(storage))
    api.update(edited("storage.yaml", '"${Prefix}-topic"', '"${Prefix}-other"'))
    new = api.aws.resource("show", "storage/Topic").physical_id
    told = [e for e in api.history(storage)[count:] if e["LogicalResourceId"] == "Topic"]
    assert [(e["ResourceStatus"], e["PhysicalResourceId"], e.get("ResourceStatusReason")) for e in told] == [
        (
            "UPDATE_IN_PROGRESS",
            old,
            "Requested update requires the creation of a new physical resource; hence creating one.",
        ),
        ("UPDATE_IN_PROGRESS", new, "Resource creation Initiated"),
        ("UPDATE_COMPLETE", new, None),
        ("DELETE_IN_PROGRESS", old, None),
        ("DELETE_COMPLETE", old, None),
    ]


@pytest.mark.trap("42")
def test_a_resource_with_a_name_of_its_own_cannot_be_replaced_under_that_name(api: Api) -> None:
    before = "Resources: {Queue: {Type: AWS::SQS::Queue, Properties: {QueueName: q.fifo, FifoQueue: true}}}"
    api.aws.put_stack("show", before)
    change_set = api.plan(before.replace("true", "false"), Parameters=[])
    assert api.execute(change_set) == "UPDATE_ROLLBACK_COMPLETE"
    (failed,) = [e for e in api.history() if e["ResourceStatus"] == "UPDATE_FAILED"]
    assert failed["ResourceStatusReason"] == (
        "CloudFormation cannot update a stack when a custom-named resource requires replacing. Rename q.fifo and "
        "update the stack again."
    )


def test_what_the_template_no_longer_has_goes_in_the_clean_up(api: Api) -> None:
    api.aws.put_stack("show", TOPICS)
    change_set = api.plan(
        TOPICS.replace("  Last: {Type: AWS::SNS::Topic, DependsOn: Middle}\n", ""), Parameters=[]
    )
    assert api.execute(change_set) == "UPDATE_COMPLETE"
    assert api.events()[-4:] == [
        ("show", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"),
        ("Last", "DELETE_IN_PROGRESS"),
        ("Last", "DELETE_COMPLETE"),
        ("show", "UPDATE_COMPLETE"),
    ]
    assert "Last" not in api.aws.stack("show").resources


@pytest.mark.trap("34")
def test_what_cannot_be_deleted_in_the_clean_up_stays_behind_and_the_update_is_complete(api: Api) -> None:
    api.aws.put_stack("show", TOPICS)
    api.aws.fail("Last", NO, on="delete")
    change_set = api.plan(
        TOPICS.replace("  Last: {Type: AWS::SNS::Topic, DependsOn: Middle}\n", ""), Parameters=[]
    )
    assert api.execute(change_set) == "UPDATE_COMPLETE"
    assert api.reason() == "One or more resources could not be deleted."
    assert ("Last", "DELETE_FAILED") in api.events()


def test_a_failed_update_rolls_back_through_all_nested_stacks(api: Api) -> None:
    api.create()
    api.aws.fail("database/Database", NO, on="update")
    database = api.aws.stack("show", "database")
    above, below = len(api.events()), len(api.events(database.id))
    nest = edited("network.yaml", "EnableDnsSupport: true", "EnableDnsSupport: false", CHANGED)
    assert api.update(nest) == "UPDATE_ROLLBACK_COMPLETE"
    assert [e for e in api.events()[above:] if e[0] in ("show", "Database")] == [
        ("show", "UPDATE_IN_PROGRESS"),
        ("Database", "UPDATE_IN_PROGRESS"),
        ("Database", "UPDATE_FAILED"),
        ("show", "UPDATE_ROLLBACK_IN_PROGRESS"),
        ("Database", "UPDATE_IN_PROGRESS"),
        ("Database", "UPDATE_COMPLETE"),
        ("show", "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS"),
        ("Database", "UPDATE_COMPLETE"),
        ("show", "UPDATE_ROLLBACK_COMPLETE"),
    ]
    assert api.events(database.id)[below:] == [
        (database.name, "UPDATE_IN_PROGRESS"),
        ("Database", "UPDATE_IN_PROGRESS"),
        ("Database", "UPDATE_FAILED"),
        (database.name, "UPDATE_ROLLBACK_IN_PROGRESS"),
        ("Database", "UPDATE_IN_PROGRESS"),
        ("Database", "UPDATE_COMPLETE"),
        (database.name, "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS"),
        (database.name, "UPDATE_ROLLBACK_COMPLETE"),
    ]
    assert api.aws.resource("show", "database/Database").properties["DBInstanceClass"] == "db.t3.micro"
    assert api.aws.resource("show", "network/VPC").properties["EnableDnsSupport"] is True
    failed = next(e for e in api.history() if e["ResourceStatus"] == "UPDATE_FAILED")
    assert failed["ResourceStatusReason"] == (
        f"Embedded stack {database.id} was not successfully updated. Currently in UPDATE_ROLLBACK_IN_PROGRESS with "
        "reason: The following resource(s) failed to update: [Database]. "
    )


def test_what_a_failed_update_had_made_is_deleted_again(api: Api) -> None:
    api.create()
    nest = edited("storage.yaml", "  Topic:", "  New: {Type: AWS::SNS::Topic}\n  Topic:", CHANGED)
    api.aws.fail("database/Database", NO, on="update")
    assert api.update(nest) == "UPDATE_ROLLBACK_COMPLETE"
    storage = api.aws.stack("show", "storage")
    assert "New" not in storage.resources
    assert ("New", "DELETE_COMPLETE") in api.events(storage.id)
    assert storage.status == "UPDATE_ROLLBACK_COMPLETE"


def test_a_stack_that_is_new_in_a_failed_update_is_deleted_again(api: Api) -> None:
    api.create()
    nest = edited(
        "root.yaml",
        "  Storage:\n",
        "  Extra: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: ./extra.yaml}}\n  Storage:\n",
        {**CHANGED, "extra.yaml": "Resources: {Topic: {Type: AWS::SNS::Topic}}"},
    )
    api.aws.fail("database/Database", NO, on="update")
    assert api.update(nest) == "UPDATE_ROLLBACK_COMPLETE"
    extra = next(s for s in api.aws.account.stacks.values() if s.logical_id == "Extra")
    assert extra.status == "DELETE_COMPLETE"
    assert "Extra" not in api.aws.stack("show").resources


def test_with_rollback_disabled_a_failed_update_stays_where_it_is(api: Api) -> None:
    api.create()
    api.aws.fail("database/Database", NO, on="update")
    assert api.update(CHANGED, DisableRollback=True) == "UPDATE_FAILED"
    assert api.aws.stack("show", "database").status == "UPDATE_FAILED"


def test_a_rollback_that_fails_says_so_from_the_bottom_up(api: Api) -> None:
    api.create()
    api.aws.fail("database/Database", NO, on="update")
    api.aws.fail("database/Database", "Still no.", on="rollback")
    assert api.update(CHANGED) == "UPDATE_ROLLBACK_FAILED"
    database = api.aws.stack("show", "database")
    assert (database.status, api.aws.resource("show", "database/Database").reason) == (
        "UPDATE_ROLLBACK_FAILED",
        "Still no.",
    )
    assert api.aws.resource("show", "Database").reason == (
        f"Embedded stack {database.id} was not successfully updated. Currently in UPDATE_ROLLBACK_FAILED with reason: "
        "The following resource(s) failed to update: [Database]."
    )


def test_a_nested_template_that_asks_for_more_fails_the_nested_stack(api: Api) -> None:
    api.create()
    change_set = api.plan(
        edited(
            "storage.yaml", "  Prefix: {Type: String}", "  Prefix: {Type: String}\n  More: {Type: String}"
        ),
        Parameters=SAME,
        IncludeNestedStacks=False,
    )
    assert api.execute(change_set) == "UPDATE_ROLLBACK_COMPLETE"
    (failed,) = [
        e
        for e in api.history()
        if e["ResourceStatus"] == "UPDATE_FAILED" and e["LogicalResourceId"] == "Storage"
    ]
    assert failed["ResourceStatusReason"] == "Parameters: [More] must have values"


# What is found only while it runs --------------------------------------------------------------------------


def failures(api: Api, stack: str = "show") -> dict[str, str]:
    """Logical id to reason of all that failed in a stack."""
    failed = [event for event in api.history(stack) if event["ResourceStatus"].endswith("_FAILED")]
    return {event["LogicalResourceId"]: event.get("ResourceStatusReason", "") for event in failed}


def test_an_output_that_a_nested_stack_does_not_have_fails_who_reads_it(api: Api) -> None:
    nest = edited("root.yaml", "Network.Outputs.VpcId", "Network.Outputs.Missing")
    assert api.create(nest) == "ROLLBACK_COMPLETE"
    network = next(s for s in api.aws.account.stacks.values() if s.logical_id == "Network")
    assert failures(api)["Database"] == f"Output 'Missing' not found in stack '{network.id}'"


def test_an_output_that_cannot_be_computed_fails_the_stack(api: Api) -> None:
    nest = edited("root.yaml", "Database.Outputs.Endpoint", "Database.Outputs.Missing")
    assert api.create(nest) == "ROLLBACK_COMPLETE"
    told = next(e for e in api.history() if e["ResourceStatus"] == "ROLLBACK_IN_PROGRESS")
    assert told["ResourceStatusReason"].startswith("Output 'Missing' not found in stack")


def test_a_nested_stack_fails_for_want_of_a_capability_where_no_change_set_looked(api: Api) -> None:
    role = (
        "Resources: {Role: {Type: AWS::IAM::Role, Properties: {RoleName: r, AssumeRolePolicyDocument: {}}}}"
    )
    root = "Resources: {Child: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: ./child.yaml}}}"
    body = api.aws.put_nest({"root.yaml": root, "child.yaml": role})
    api.client.create_stack(StackName="show", TemplateBody=body)
    api.aws.clock.settle()
    assert api.status() == "ROLLBACK_COMPLETE"
    assert failures(api)["Child"] == "Requires capabilities : [CAPABILITY_NAMED_IAM]"


def test_what_needs_a_resource_whose_rollback_failed_is_not_rolled_back_either(api: Api) -> None:
    before = (
        "Resources:\n"
        "  First: {Type: AWS::SNS::Topic, Properties: {DisplayName: one}}\n"
        "  Second: {Type: AWS::SNS::Topic, DependsOn: First, Properties: {DisplayName: one}}\n"
        "  Third: {Type: AWS::SNS::Topic, DependsOn: Second, Properties: {DisplayName: one}}\n"
    )
    api.aws.put_stack("show", before)
    api.aws.fail("Third", NO, on="update")
    api.aws.fail("First", "Still no.", on="rollback")
    change_set = api.plan(before.replace("one", "two"), Parameters=[])
    assert api.execute(change_set) == "UPDATE_ROLLBACK_FAILED"
    assert api.reason() == "The following resource(s) failed to update: [First, Second, Third]. "
    api.client.continue_update_rollback(StackName="show")
    api.aws.clock.settle()
    assert api.status() == "UPDATE_ROLLBACK_COMPLETE"
    shown = [r.properties["DisplayName"] for r in api.aws.stack("show").resources.values()]
    assert shown == ["one", "one", "one"]


def test_what_a_failed_creation_cannot_delete_is_a_failed_rollback(api: Api) -> None:
    api.aws.fail("database/Database", NO)
    api.aws.fail("storage/Topic", NO, on="delete", times=None)
    assert api.create() == "ROLLBACK_FAILED"
    assert api.reason() == "The following resource(s) failed to delete: [Storage]. "


def test_a_tag_of_the_stack_reaches_the_resources_in_an_update(api: Api) -> None:
    api.create()
    change_set = api.plan(NEST, "tags", Parameters=SAME, Tags=[{"Key": "Owner", "Value": "you"}])
    assert api.execute(change_set) == "UPDATE_COMPLETE"
    assert api.aws.resource("show", "storage/Bucket").tags == {"Owner": "you"}


def test_an_exported_value_can_be_imported_by_another_stack(api: Api) -> None:
    exporting = (
        "Resources: {T: {Type: AWS::SNS::Topic}}\nOutputs: {Name: {Value: 42, Export: {Name: shared}}}"
    )
    api.aws.put_stack("one", exporting)
    api.aws.put_stack(
        "two", "Resources: {T: {Type: AWS::SNS::Topic, Properties: {DisplayName: !ImportValue shared}}}"
    )
    assert api.aws.resource("two", "T").properties["DisplayName"] == "42"
    (stack,) = api.client.describe_stacks(StackName="one")["Stacks"]
    assert stack["Outputs"][0]["ExportName"] == "shared"


# The shape of the machine ----------------------------------------------------------------------------------


def test_the_same_steps_always_give_the_same_history() -> None:
    from tests.fakes.cloudformation import FakeAws

    histories = []
    for _ in range(2):
        with FakeAws() as aws:
            api = Api(aws)
            aws.fail("database/Group", NO, times=1)
            api.create()
            histories.append([(e["EventId"], e["Timestamp"], e["PhysicalResourceId"]) for e in api.history()])
    assert histories[0] == histories[1]


def test_stacks_can_be_made_and_changed_without_change_sets_too(api: Api) -> None:
    topic = "Resources: {Topic: {Type: AWS::SNS::Topic, Properties: {DisplayName: one}}}"
    api.client.create_stack(StackName="plain", TemplateBody=topic)
    api.aws.clock.settle()
    api.client.update_stack(StackName="plain", TemplateBody=topic.replace("one", "two"))
    api.aws.clock.settle()
    assert api.status("plain") == "UPDATE_COMPLETE"
    assert api.aws.resource("plain", "Topic").properties["DisplayName"] == "two"
