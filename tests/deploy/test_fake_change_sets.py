"""Change sets of the fake: refused, made, paged, executed and deleted as CloudFormation does it."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.fakes.cloudformation import FakeAws
from tests.fakes.cloudformation.small import NEST, PREFIX, SAME, Api, edited

pytest_plugins = ("tests.fakes.cloudformation.fixtures",)
TOPIC = "Resources: {Topic: {Type: AWS::SNS::Topic, Properties: {DisplayName: one}}}"
ROLE = "Resources: {Role: {Type: AWS::IAM::Role, Properties: {RoleName: r, AssumeRolePolicyDocument: {}}}}"
NO_CHANGES = (
    "The submitted information didn't contain changes. Submit different information to create a change set."
)
ONLY_ROOT = "Only executable from the root change set."


def refused(api: Api, **request: Any) -> str:
    """Code and message of a refused CreateChangeSet."""
    given = {"StackName": "show", "ChangeSetName": "one", "ChangeSetType": "CREATE", "TemplateBody": TOPIC}
    with pytest.raises(ClientError) as caught:
        api.client.create_change_set(**{k: v for k, v in {**given, **request}.items() if v is not None})
    error = caught.value.response["Error"]
    return f"{error['Code']}: {error['Message']}"


# Refusals --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        ({"TemplateBody": None}, "Either Template URL or Template Body must be specified."),
        (
            {"TemplateBody": "Resources: {}"},
            "Template format error: At least one Resources member must be defined.",
        ),
        ({"TemplateBody": "- a"}, "Template format error: unsupported structure."),
        ({"TemplateBody": '{"Resources": '}, "Template format error: JSON not well-formed."),
        (
            {"TemplateBody": "Resources: {A: {Properties: {}}}"},
            "Template format error: [/Resources/A] Every Resources object must contain a Type member.",
        ),
        (
            {"TemplateBody": "Resources: {A: {Type: AWS::Foo::Bar}}"},
            "Template format error: Unrecognized resource types: [AWS::Foo::Bar]",
        ),
        (
            {"TemplateBody": "Resources: {A: {Type: AWS::SNS::Topic, Properties: {DisplayName: !Ref B}}}"},
            "Template format error: Unresolved resource dependencies [B] in the Resources block of the template",
        ),
        (
            {"TemplateBody": "Resources: {A: {Type: AWS::SNS::Topic, Invalid: 1}}"},
            "Invalid template resource property 'Invalid'",
        ),
        (
            {"TemplateBody": "Parameters: {Input: {Type: String}}\n" + TOPIC},
            "Parameters: [Input] must have values",
        ),
        (
            {"Parameters": [{"ParameterKey": "X", "ParameterValue": "1"}]},
            "Parameters: [X] do not exist in the template",
        ),
        (
            {"Parameters": [{"ParameterKey": "X", "UsePreviousValue": True}]},
            "Invalid input for parameter key X. Cannot specify usePreviousValue as true for a parameter key not",
        ),
        ({"TemplateURL": "s3://bucket/key", "TemplateBody": None}, "TemplateURL must be a supported URL."),
        (
            {"TemplateURL": "https://example.com/root.yaml", "TemplateBody": None},
            "S3 error: Domain name specified in example.com is not a valid S3 domain",
        ),
        (
            {"TemplateURL": "https://s3.us-east-1.amazonaws.com/nobody/root.yaml", "TemplateBody": None},
            "S3 error: The specified bucket does not exist",
        ),
        (
            {"ChangeSetType": "UPDATE"},
            "Stack [show] does not exist",
        ),
        (
            {"OnStackFailure": "DELETE", "ChangeSetType": "UPDATE"},
            "OnStackFailure DELETE can only be specified for a change set of type CREATE.",
        ),
        (
            {"ChangeSetType": "IMPORT", "IncludeNestedStacks": True},
            "IncludeNestedStacks is not supported for import operations.",
        ),
        (
            {"Tags": [{"Key": str(n), "Value": "x"} for n in range(51)]},
            "Number of tags exceeds the limit of 50.",
        ),
    ],
)
def test_a_wrong_request_is_refused_at_once(api: Api, request_: dict[str, Any], message: str) -> None:
    assert refused(api, **request_).startswith(f"ValidationError: {message}")
    assert api.aws.account.stacks == {}


def test_a_body_over_51200_bytes_is_refused(api: Api) -> None:
    body = TOPIC + "\n#" + "x" * 51_200
    assert "Member must have length less than or equal to 51200" in refused(api, TemplateBody=body)


def test_a_larger_template_can_be_read_from_s3(api: Api) -> None:
    url = api.aws.put_template(TOPIC + "\n#" + "x" * 51_200)
    api.client.create_change_set(
        StackName="show", ChangeSetName="one", ChangeSetType="CREATE", TemplateURL=url
    )


def test_a_template_over_a_megabyte_is_refused(api: Api) -> None:
    url = api.aws.put_template(TOPIC + "\n#" + "x" * 1_000_000)
    assert "Template may not exceed 1000000 bytes" in refused(api, TemplateURL=url, TemplateBody=None)


@pytest.mark.parametrize("host", ["s3.us-east-1.amazonaws.com/{b}", "{b}.s3.us-east-1.amazonaws.com"])
def test_both_forms_of_a_regional_address_are_read(api: Api, host: str) -> None:
    api.aws.put_template(TOPIC, "a/root.yaml")
    url = f"https://{host.format(b='templates-of-the-test')}/a/root.yaml"
    api.client.create_change_set(
        StackName="show", ChangeSetName="one", ChangeSetType="CREATE", TemplateURL=url
    )


def test_a_bucket_of_another_region_is_refused(api: Api) -> None:
    url = api.aws.put_template(TOPIC).replace("us-east-1", "eu-west-1")
    assert "must be addressed using the specified endpoint" in refused(
        api, TemplateURL=url, TemplateBody=None
    )


def test_a_named_role_needs_the_named_capability(api: Api) -> None:
    assert refused(api, TemplateBody=ROLE, Capabilities=["CAPABILITY_IAM"]) == (
        "InsufficientCapabilitiesException: Requires capabilities : [CAPABILITY_NAMED_IAM]"
    )


def test_a_role_without_a_name_needs_the_plain_one(api: Api) -> None:
    assert "[CAPABILITY_IAM]" in refused(api, TemplateBody=ROLE.replace("RoleName: r, ", ""))


def test_a_stack_that_stands_is_not_created_again(api: Api) -> None:
    api.aws.put_stack("show", TOPIC)
    assert refused(api) == (
        "ValidationError: Stack [show] already exists and cannot be created again with the changeSet [one]."
    )


@pytest.mark.parametrize(
    "status",
    ["ROLLBACK_COMPLETE", "UPDATE_IN_PROGRESS", "UPDATE_ROLLBACK_FAILED", "DELETE_FAILED"],
)
def test_a_stack_in_such_a_state_takes_no_update(api: Api, status: str) -> None:
    stack = api.aws.put_stack("show", TOPIC, status)
    assert refused(api, ChangeSetType="UPDATE") == (
        f"ValidationError: Stack:{stack.id} is in {status} state and can not be updated."
    )


def test_a_name_is_taken_until_its_change_set_is_gone(api: Api) -> None:
    api.plan(TOPIC, ChangeSetType="CREATE", Parameters=[])
    other = TOPIC.replace("one", "two")
    assert refused(api, TemplateBody=other, Capabilities=["CAPABILITY_NAMED_IAM"]) == (
        "AlreadyExistsException: ChangeSet one cannot be created due to a mismatch with existing attribute Template"
    )
    api.client.delete_change_set(StackName="show", ChangeSetName="one")
    api.plan(other, ChangeSetType="CREATE", Parameters=[])


# Making ----------------------------------------------------------------------------------------------------


def test_it_is_pending_then_in_progress_then_complete(api: Api) -> None:
    answer = api.client.create_change_set(
        StackName="show", ChangeSetName="one", ChangeSetType="CREATE", TemplateBody=TOPIC
    )
    seen: list[tuple[str, str]] = []
    for _ in range(3):
        found = api.described(answer["Id"])
        seen.append((found["Status"], found["ExecutionStatus"]))
        api.aws.clock.advance(2.5)
    assert seen == [
        ("CREATE_PENDING", "UNAVAILABLE"),
        ("CREATE_IN_PROGRESS", "UNAVAILABLE"),
        ("CREATE_COMPLETE", "AVAILABLE"),
    ]


def test_a_new_stack_is_a_shell_in_review(api: Api) -> None:
    api.plan(TOPIC, ChangeSetType="CREATE", Parameters=[])
    (stack,) = api.client.describe_stacks(StackName="show")["Stacks"]
    assert (stack["StackStatus"], stack["StackStatusReason"]) == ("REVIEW_IN_PROGRESS", "User Initiated")
    assert api.events() == [("show", "REVIEW_IN_PROGRESS")]


def test_a_nest_gets_a_tree_of_change_sets_and_a_shell_for_each_new_stack(api: Api) -> None:
    root = api.plan(NEST, "showcore-1", ChangeSetType="CREATE")
    network = api.changes(root)["Network"]
    below = api.described(network["ChangeSetId"])
    assert network["ResourceType"] == "AWS::CloudFormation::Stack"
    assert below["ChangeSetName"].startswith("showcore-1-Network-")
    assert below["StackName"].startswith("show-Network-")
    assert (below["Status"], below["StatusReason"]) == ("CREATE_COMPLETE", ONLY_ROOT)
    assert below["ExecutionStatus"] == "UNAVAILABLE"
    assert below["ParentChangeSetId"] == below["RootChangeSetId"] == root
    assert sorted(api.aws.litter()[:4]) == sorted(
        ["show", *(api.aws.stack("show", name).name for name in ("network", "database", "storage"))]
    )


def test_what_a_sibling_will_put_out_is_a_placeholder(api: Api) -> None:
    root = api.plan(NEST, ChangeSetType="CREATE")
    database = api.described(api.changes(root)["Database"]["ChangeSetId"])
    values = {p["ParameterKey"]: p["ParameterValue"] for p in database["Parameters"]}
    assert values == {
        "Prefix": "show",
        "VpcId": "{{IntrinsicFunction:show/Network.Outputs.VpcId/Fn::GetAtt}}",
    }


def test_a_secret_parameter_is_masked(api: Api) -> None:
    found = api.described(api.plan(NEST, ChangeSetType="CREATE"))
    assert {"ParameterKey": "Secret", "ParameterValue": "****"} in found["Parameters"]


@pytest.mark.trap("15")
def test_the_root_fails_while_siblings_are_still_in_progress(api: Api) -> None:
    nest = edited("storage.yaml", "DisplayName: alarms", "DisplayName: !Select [1, [alarms]]")
    answer = api.client.create_change_set(
        StackName="show",
        ChangeSetName="one",
        ChangeSetType="CREATE",
        TemplateBody=api.aws.put_nest(nest),
        IncludeNestedStacks=True,
        Parameters=PREFIX,
    )
    while (root := api.described(answer["Id"]))["Status"] != "FAILED":
        api.aws.clock.advance(1)
    entries = [entry["ResourceChange"] for entry in root["Changes"]]
    below = {entry["LogicalResourceId"]: api.described(entry["ChangeSetId"]) for entry in entries}
    assert root["StatusReason"] == (
        f"Nested change set {below['Storage']['ChangeSetId']} was not successfully created: Currently in FAILED."
    )
    assert {name: each["Status"] for name, each in below.items()} == {
        "Network": "CREATE_COMPLETE",
        "Storage": "FAILED",
        "Database": "CREATE_IN_PROGRESS",
    }
    assert below["Storage"]["StatusReason"] == (
        "Template error: Fn::Select cannot select nonexistent value at index 1"
    )


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("VpcId: {Type: String}", "VpcId: {Type: 'AWS::EC2::VPC::Id'}", "Usage of {{IntrinsicFunction:"),
        (
            "VpcId: {Type: String}",
            "VpcId: {Type: String, AllowedPattern: 'vpc-.*'}",
            "must match pattern vpc-.*",
        ),
        (
            "VpcId: {Type: String}",
            "VpcId: {Type: String, AllowedValues: [vpc-1]}",
            "must be one of AllowedValues",
        ),
        ("VpcId: {Type: String}", "VpcId: {Type: Number}", "Parameter 'VpcId' must be a number."),
        (
            "VpcId: {Type: String}",
            "VpcId: {Type: 'AWS::SSM::Parameter::Value<String>'}",
            "Unable to fetch parameters [{{IntrinsicFunction:show/Network.Outputs.VpcId/Fn::GetAtt}}] from parameter",
        ),
        (
            "Resources:\n  Group:",
            "Conditions: {C: !Equals [!Ref VpcId, x]}\nResources:\n  Group:\n    Condition: C",
            "Usage of {{IntrinsicFunction:",
        ),
        (
            "!Ref VpcId}",
            "!FindInMap [M, !Ref VpcId, x]}",
            "Unable to get mapping for M::{{IntrinsicFunction:",
        ),
    ],
    ids=["typed", "pattern", "values", "number", "ssm", "condition", "mapping"],
)
@pytest.mark.trap("17")
def test_what_may_not_be_fed_by_a_sibling_fails_the_change_set(
    api: Api, old: str, new: str, reason: str
) -> None:
    nest = edited("database.yaml", old, new)
    if "FindInMap" in new:
        nest = edited("database.yaml", "Resources:", "Mappings: {M: {a: {x: y}}}\nResources:", nest)
    root = api.plan(nest, ChangeSetType="CREATE")
    assert api.described(root)["Status"] == "FAILED"
    below = api.described(api.changes(root)["Database"]["ChangeSetId"])
    assert reason in below["StatusReason"]


def test_a_list_of_one_unknown_can_be_read_at_its_first_place(api: Api) -> None:
    nest = edited("database.yaml", "!Ref VpcId}", "!Select [0, !Split [x, !Ref VpcId]]}")
    assert api.described(api.plan(nest, ChangeSetType="CREATE"))["Status"] == "CREATE_COMPLETE"


def test_capabilities_of_the_root_must_cover_what_is_inside(api: Api) -> None:
    nest = edited(
        "storage.yaml", "  Bucket:", "  Role: {Type: AWS::IAM::Role, Properties: {RoleName: r}}\n  Bucket:"
    )
    answer = api.client.create_change_set(
        StackName="show",
        ChangeSetName="one",
        ChangeSetType="CREATE",
        TemplateBody=api.aws.put_nest(nest),
        IncludeNestedStacks=True,
        Parameters=PREFIX,
    )
    api.aws.clock.settle()
    below = api.described(api.changes(answer["Id"])["Storage"]["ChangeSetId"])
    assert (below["Status"], below["StatusReason"]) == (
        "FAILED",
        "Requires capabilities : [CAPABILITY_NAMED_IAM]",
    )


def test_a_nested_template_that_is_not_there_fails_its_change_set(api: Api) -> None:
    body = api.aws.put_nest(NEST)
    del api.aws.s3.buckets["templates-of-the-test"]
    root = api.plan(body, ChangeSetType="CREATE")
    below = api.described(api.changes(root)["Network"]["ChangeSetId"])
    assert below["StatusReason"].startswith("S3 error: The specified bucket does not exist")


@pytest.mark.trap("13")
def test_nothing_changed_is_a_failure_with_its_own_text(api: Api) -> None:
    api.create()
    found = api.described(api.plan(NEST, Parameters=SAME))
    assert (found["Status"], found["StatusReason"], found["Changes"]) == ("FAILED", NO_CHANGES, [])
    assert found["ExecutionStatus"] == "UNAVAILABLE"


@pytest.mark.trap("13")
def test_the_other_text_for_nothing_changed_can_be_chosen(api: Api) -> None:
    api.create()
    api.aws.beliefs.no_change_reason = "No updates are to be performed."
    assert api.described(api.plan(NEST, Parameters=SAME))["StatusReason"] == "No updates are to be performed."


@pytest.mark.trap("14")
def test_a_change_of_outputs_alone_is_complete_without_any_change(api: Api) -> None:
    api.aws.put_stack("show", TOPIC)
    found = api.described(api.plan(f"{TOPIC}\nOutputs: {{Name: {{Value: !Ref Topic}}}}", Parameters=[]))
    assert (found["Status"], found["ExecutionStatus"], found["Changes"]) == (
        "CREATE_COMPLETE",
        "AVAILABLE",
        [],
    )


@pytest.mark.parametrize("believed", ["FAILED", "CREATE_COMPLETE"])
def test_an_unchanged_child_of_a_changed_root_does_not_fail_the_root(api: Api, believed: str) -> None:
    api.create()
    api.aws.beliefs.unchanged_child = believed
    root = api.plan(edited("storage.yaml", "alarms", "alerts"), Parameters=SAME)
    network = api.described(api.changes(root)["Network"]["ChangeSetId"])
    assert api.described(root)["Status"] == "CREATE_COMPLETE"
    assert (network["Status"], network["Changes"]) == (believed, [])


def test_a_nested_stack_is_listed_as_changed_automatically(api: Api) -> None:
    api.create()
    network = api.changes(api.plan(edited("storage.yaml", "alarms", "alerts"), Parameters=SAME))["Network"]
    assert (network["Action"], network["Replacement"]) == ("Modify", "False")
    assert network["Details"] == [
        {
            "Target": {"Attribute": "Properties", "RequiresRecreation": "Never"},
            "Evaluation": "Dynamic",
            "ChangeSource": "Automatic",
        }
    ]


@pytest.mark.trap("10")
def test_without_nesting_the_children_have_no_change_set_and_are_always_listed(api: Api) -> None:
    api.create()
    found = api.described(api.plan(NEST, Parameters=SAME, IncludeNestedStacks=False))
    listed = {c["ResourceChange"]["LogicalResourceId"]: c["ResourceChange"] for c in found["Changes"]}
    assert found["Status"] == "CREATE_COMPLETE"
    assert sorted(listed) == ["Database", "Network", "Storage"]
    assert all("ChangeSetId" not in change for change in listed.values())


def test_early_validation_fails_a_child_and_says_more_in_describe_events(api: Api) -> None:
    api.aws.find_invalid("database/Database", "Value is not an instance class.", place="/Resources/Database")
    root = api.plan(NEST, ChangeSetType="CREATE")
    below = api.described(api.changes(root)["Database"]["ChangeSetId"])
    assert below["StatusReason"] == (
        "The following hook(s)/validation failed: [AWS::EarlyValidation::PropertyValidation]. To troubleshoot Early "
        "Validation errors, use the DescribeEvents API for detailed failure information."
    )
    assert [c["ResourceChange"]["LogicalResourceId"] for c in below["Changes"]] == ["Database", "Group"]
    (event,) = api.client.describe_events(ChangeSetName=below["ChangeSetId"], Filters={"FailedEvents": True})[
        "OperationEvents"
    ]
    assert event["EventType"] == "VALIDATION_ERROR"
    assert event["OperationType"] == "CREATE_CHANGESET"
    assert event["ValidationStatusReason"] == "Value is not an instance class."
    assert (event["ValidationFailureMode"], event["ValidationPath"]) == ("FAIL", "/Resources/Database")


def test_a_mere_warning_of_early_validation_fails_nothing(api: Api) -> None:
    api.aws.find_invalid("storage/Bucket", "The bucket is not empty.", mode="WARN")
    assert api.described(api.plan(NEST, ChangeSetType="CREATE"))["Status"] == "CREATE_COMPLETE"


@pytest.mark.trap("43")
def test_a_name_that_is_in_use_is_found_before_anything_is_made(api: Api) -> None:
    api.aws.take_name("AWS::S3::Bucket", "show-bucket")
    root = api.plan(NEST, ChangeSetType="CREATE")
    below = api.described(api.changes(root)["Storage"]["ChangeSetId"])
    assert "AWS::EarlyValidation::ResourceExistenceCheck" in below["StatusReason"]
    (event,) = api.client.describe_events(ChangeSetName=below["ChangeSetId"])["OperationEvents"]
    assert (event["ValidationName"], event["LogicalResourceId"]) == ("NAME_CONFLICT_VALIDATION", "Bucket")


@pytest.mark.trap("48")
def test_a_bucket_of_somebody_else_is_a_name_in_use(api: Api) -> None:
    api.aws.s3.create("show-bucket", owner="444455556666")
    root = api.plan(NEST, ChangeSetType="CREATE")
    below = api.described(api.changes(root)["Storage"]["ChangeSetId"])
    assert "AWS::EarlyValidation::ResourceExistenceCheck" in below["StatusReason"]


def test_what_exists_can_be_imported_where_it_is_to_be_retained(api: Api) -> None:
    api.aws.take_name("AWS::S3::Bucket", "show-bucket")
    kept = edited(
        "storage.yaml", "    Type: AWS::S3::Bucket", "    Type: AWS::S3::Bucket\n    DeletionPolicy: Retain"
    )
    root = api.plan(kept, ChangeSetType="CREATE", ImportExistingResources=True)
    assert api.changes(root)["storage/Bucket"]["Action"] == "Import"
    assert api.execute(root) == "CREATE_COMPLETE"
    assert ("Bucket", "IMPORT_COMPLETE") in api.events(api.aws.stack("show", "storage").id)


def test_what_exists_and_is_not_to_be_retained_cannot_be_imported(api: Api) -> None:
    api.aws.take_name("AWS::S3::Bucket", "show-bucket")
    root = api.plan(NEST, ChangeSetType="CREATE", ImportExistingResources=True)
    below = api.described(api.changes(root)["Storage"]["ChangeSetId"])
    assert "must have the DeletionPolicy attribute set to 'Retain'" in below["StatusReason"]
    assert below["StatusReason"].endswith("The affected resources are Bucket (show-bucket)")


# Pages -----------------------------------------------------------------------------------------------------


@pytest.mark.trap("20")
def test_changes_come_in_pages(api: Api) -> None:
    api.aws.account.change_page_size = 2
    root = api.plan(NEST, ChangeSetType="CREATE")
    first = api.described(root)
    second = api.described(root, NextToken=first["NextToken"])
    names = [c["ResourceChange"]["LogicalResourceId"] for c in (*first["Changes"], *second["Changes"])]
    assert (len(first["Changes"]), names) == (2, ["Database", "Network", "Storage"])
    assert "NextToken" not in second


def test_a_page_may_be_promised_while_the_change_set_is_in_progress(api: Api) -> None:
    answer = api.client.create_change_set(
        StackName="show", ChangeSetName="one", ChangeSetType="CREATE", TemplateBody=TOPIC
    )
    api.aws.clock.advance(2)
    first = api.described(answer["Id"])
    assert (first["Status"], "NextToken" in first) == ("CREATE_IN_PROGRESS", True)
    assert api.described(answer["Id"], NextToken=first["NextToken"])["Changes"] == []


def test_a_token_that_is_none_is_refused(api: Api) -> None:
    with pytest.raises(ClientError, match="NextToken is invalid"):
        api.client.describe_stacks(NextToken="!")


@pytest.mark.trap("21")
def test_property_values_can_leave_a_resource_out_and_say_so(api: Api) -> None:
    api.aws.hide_property_values("storage/Topic")
    root = api.plan(NEST, ChangeSetType="CREATE")
    below = api.changes(root)["Storage"]["ChangeSetId"]
    with_values, without = api.described(below, IncludePropertyValues=True), api.described(below)
    assert with_values["StatusReason"].startswith(
        "[WARN] --include-property-values option can return incomplete ChangeSet data because: ChangeSet creation "
        "failed for resource [Topic] because: "
    )
    assert [len(found["Changes"]) for found in (with_values, without)] == [1, 2]
    assert without["StatusReason"] == ONLY_ROOT


# Executing -------------------------------------------------------------------------------------------------


def test_only_the_root_can_be_executed_or_deleted(api: Api) -> None:
    root = api.plan(NEST, ChangeSetType="CREATE")
    below = api.changes(root)["Network"]["ChangeSetId"]
    for call in (api.client.execute_change_set, api.client.delete_change_set):
        with pytest.raises(ClientError, match="from the root change set"):
            call(ChangeSetName=below)


def test_one_that_failed_cannot_be_executed(api: Api) -> None:
    api.aws.put_stack("show", TOPIC)
    change_set = api.plan(TOPIC, Parameters=[])
    with pytest.raises(
        ClientError, match=r"cannot be executed in its current status of \[FAILED\]"
    ) as caught:
        api.client.execute_change_set(ChangeSetName=change_set)
    assert caught.value.response["Error"]["Code"] == "InvalidChangeSetStatus"


@pytest.mark.trap("11")
def test_executing_one_makes_the_others_obsolete(api: Api) -> None:
    api.create()
    one = api.plan(edited("storage.yaml", "alarms", "one"), "one", Parameters=SAME)
    two = api.plan(edited("storage.yaml", "alarms", "two"), "two", Parameters=SAME)
    assert api.execute(two) == "UPDATE_COMPLETE"
    assert api.described(one)["ExecutionStatus"] == "OBSOLETE"
    assert api.described(two)["ExecutionStatus"] == "EXECUTE_COMPLETE"
    assert api.client.list_change_sets(StackName="show")["Summaries"] == []
    with pytest.raises(ClientError, match=r"cannot be executed in its current status of \[OBSOLETE\]"):
        api.client.execute_change_set(ChangeSetName=one)


def test_the_same_token_executes_once(api: Api) -> None:
    change_set = api.plan(NEST, ChangeSetType="CREATE")
    for _ in range(2):
        api.client.execute_change_set(ChangeSetName=change_set, ClientRequestToken="once")
    api.aws.clock.settle()
    assert api.events().count(("show", "CREATE_IN_PROGRESS")) == 1


def test_without_a_token_a_second_execution_is_refused(api: Api) -> None:
    change_set = api.plan(NEST, ChangeSetType="CREATE")
    api.client.execute_change_set(ChangeSetName=change_set)
    with pytest.raises(ClientError, match=r"current status of \[EXECUTE_IN_PROGRESS\]"):
        api.client.execute_change_set(ChangeSetName=change_set)


def test_a_token_of_another_request_is_refused(api: Api) -> None:
    api.aws.put_stack("show", TOPIC)
    api.client.delete_stack(StackName="show", ClientRequestToken="t")
    change_set = api.plan(TOPIC, stack="other", ChangeSetType="CREATE", Parameters=[])
    with pytest.raises(ClientError, match="TokenAlreadyExists"):
        api.client.execute_change_set(ChangeSetName=change_set, ClientRequestToken="t")


@pytest.mark.trap("7")
def test_disabling_rollback_excludes_a_choice_on_failure(api: Api) -> None:
    change_set = api.plan(TOPIC, ChangeSetType="CREATE", Parameters=[], OnStackFailure="ROLLBACK")
    with pytest.raises(ClientError, match="DisableRollback cannot be specified"):
        api.client.execute_change_set(ChangeSetName=change_set, DisableRollback=True)


@pytest.mark.trap("26")
def test_the_old_status_may_be_read_for_a_moment_after_executing(api: Api) -> None:
    change_set = api.plan(TOPIC, ChangeSetType="CREATE", Parameters=[])
    api.client.execute_change_set(ChangeSetName=change_set)
    assert api.status() == "REVIEW_IN_PROGRESS"
    api.aws.clock.advance(1)
    assert api.status() == "CREATE_IN_PROGRESS"


def test_one_made_before_the_stack_changed_otherwise_is_obsolete(api: Api) -> None:
    api.aws.put_stack("show", TOPIC)
    change_set = api.plan(TOPIC.replace("one", "two"), Parameters=[])
    api.client.update_stack(StackName="show", TemplateBody=TOPIC.replace("one", "three"))
    api.aws.clock.settle()
    assert api.described(change_set)["ExecutionStatus"] == "OBSOLETE"


def test_one_that_is_still_being_made_stays_obsolete(api: Api) -> None:
    api.aws.put_stack("show", TOPIC)
    ready = api.plan(TOPIC.replace("one", "two"), "ready", Parameters=[])
    late = api.client.create_change_set(
        StackName="show", ChangeSetName="late", TemplateBody=TOPIC.replace("one", "three")
    )["Id"]
    assert api.execute(ready) == "UPDATE_COMPLETE"
    assert api.described(late)["ExecutionStatus"] == "OBSOLETE"


def test_a_stack_deleted_under_a_change_set_in_the_making_stays_deleted(api: Api) -> None:
    body = api.aws.put_nest(NEST)
    api.client.create_change_set(
        StackName="show",
        ChangeSetName="one",
        ChangeSetType="CREATE",
        TemplateBody=body,
        IncludeNestedStacks=True,
        Parameters=PREFIX,
    )
    api.client.delete_stack(StackName="show")
    api.aws.clock.settle()
    assert api.aws.litter() == []


@pytest.mark.parametrize(
    "request_",
    [
        {"ChangeSetType": "IMPORT"},
        {"DeploymentConfig": {"Mode": "EXPRESS"}},
        {"DeploymentMode": "REVERT_DRIFT"},
    ],
)
def test_what_is_not_imitated_is_not_pretended(api: Api, request_: dict[str, Any]) -> None:
    assert refused(api, **request_).startswith("NotImplemented")


def test_rollback_can_be_disabled_when_the_change_set_is_made(api: Api) -> None:
    change_set = api.plan(
        TOPIC, ChangeSetType="CREATE", Parameters=[], DeploymentConfig={"DisableRollback": True}
    )
    assert api.described(change_set)["DeploymentConfig"] == {"DisableRollback": True}
    api.aws.fail("Topic", "No.")
    assert api.execute(change_set) == "CREATE_FAILED"


# Deleting --------------------------------------------------------------------------------------------------


@pytest.mark.trap("4")
def test_deleting_the_root_takes_the_tree_and_the_shells_with_it_in_time(api: Api) -> None:
    root = api.plan(NEST, ChangeSetType="CREATE")
    below = api.changes(root)["Network"]["ChangeSetId"]
    api.client.delete_change_set(ChangeSetName=root)
    assert api.described(root)["Status"] == "DELETE_PENDING"
    api.aws.clock.advance(1)
    assert api.described(below)["Status"] == "DELETE_IN_PROGRESS"
    api.aws.clock.settle()
    assert api.aws.litter() == ["show"]
    with pytest.raises(ClientError, match="does not exist") as caught:
        api.described(root)
    assert caught.value.response["Error"]["Code"] == "ChangeSetNotFound"
    api.client.delete_stack(StackName="show")
    assert api.aws.litter() == []


def test_deleting_a_stack_in_review_leaves_the_shells_of_its_nested_stacks(api: Api) -> None:
    api.plan(NEST, ChangeSetType="CREATE")
    api.client.delete_stack(StackName="show")
    api.aws.clock.settle()
    assert len([name for name in api.aws.litter() if name.startswith("show-")]) >= 3


@pytest.mark.trap("5")
def test_deleting_one_that_is_pending_leaves_a_stack_that_cannot_be_deleted(api: Api) -> None:
    answer = api.client.create_change_set(
        StackName="show", ChangeSetName="one", ChangeSetType="CREATE", TemplateBody=TOPIC
    )
    api.client.delete_change_set(ChangeSetName=answer["Id"])
    with pytest.raises(ClientError, match="InternalFailure"):
        api.client.delete_stack(StackName="show")


@pytest.mark.trap("5")
def test_one_in_progress_cannot_be_deleted(api: Api) -> None:
    answer = api.client.create_change_set(
        StackName="show", ChangeSetName="one", ChangeSetType="CREATE", TemplateBody=TOPIC
    )
    api.aws.clock.advance(2)
    with pytest.raises(
        ClientError, match=r"cannot be deleted in its current status of \[CREATE_IN_PROGRESS\]"
    ):
        api.client.delete_change_set(ChangeSetName=answer["Id"])


def test_deleting_what_is_not_there_succeeds_where_the_stack_is_there(api: Api) -> None:
    api.aws.put_stack("show", TOPIC)
    api.client.delete_change_set(StackName="show", ChangeSetName="none")
    with pytest.raises(ClientError, match=r"Stack \[other\] does not exist"):
        api.client.delete_change_set(StackName="other", ChangeSetName="none")
    with pytest.raises(
        ClientError, match="StackName must be specified if ChangeSetName is not specified as an ARN"
    ):
        api.client.delete_change_set(ChangeSetName="none")


@pytest.mark.trap("6")
def test_failed_ones_pile_up_until_the_limit(api: Api, aws: FakeAws) -> None:
    aws.put_stack("show", TOPIC)
    for number in range(1_000):
        aws.account.change_sets[str(number)] = _a_copy(api, number)
    with pytest.raises(ClientError, match="ChangeSet limit exceeded for stack"):
        api.plan(TOPIC, "last", Parameters=[])


def _a_copy(api: Api, number: int) -> Any:
    if not api.aws.account.change_sets:
        api.plan(TOPIC, "one", Parameters=[])
    return next(iter(api.aws.account.change_sets.values()))
