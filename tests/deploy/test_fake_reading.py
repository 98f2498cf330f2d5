"""What the fake tells of stacks: descriptions, pages, templates, policies, drift."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.fakes.cloudformation.small import NEST, SAME, Api, edited

pytest_plugins = ("tests.fakes.cloudformation.fixtures",)
TOPIC = "Resources: {Topic: {Type: AWS::SNS::Topic, Properties: {DisplayName: one}}}"


@pytest.fixture
def nest(api: Api) -> Api:
    api.aws.put_stack("show", NEST, parameters={"Prefix": "show"}, tags={"Owner": "me"})
    return api


def refused(call: Any, **request: Any) -> str:
    """The message of a refusal."""
    with pytest.raises(ClientError) as caught:
        call(**request)
    return str(caught.value.response["Error"]["Message"])


# Stacks and resources --------------------------------------------------------------------------------------


def test_a_stack_is_described_as_aws_describes_it(nest: Api) -> None:
    (stack,) = nest.client.describe_stacks(StackName="show")["Stacks"]
    assert {key: stack[key] for key in ("StackName", "StackStatus", "DisableRollback", "Tags")} == {
        "StackName": "show",
        "StackStatus": "CREATE_COMPLETE",
        "DisableRollback": False,
        "Tags": [{"Key": "Owner", "Value": "me"}],
    }
    assert stack["Parameters"] == [
        {"ParameterKey": "Prefix", "ParameterValue": "show"},
        {"ParameterKey": "Secret", "ParameterValue": "****"},
    ]
    assert stack["DriftInformation"] == {"StackDriftStatus": "NOT_CHECKED"}
    assert (stack["RollbackConfiguration"], stack["NotificationARNs"]) == ({}, [])


def test_all_stacks_are_described_in_pages(nest: Api) -> None:
    nest.aws.account.page_size = 3
    first = nest.client.describe_stacks()
    second = nest.client.describe_stacks(NextToken=first["NextToken"])
    assert (len(first["Stacks"]), len(second["Stacks"])) == (3, 1)


def test_stacks_are_listed_with_the_deleted_ones_and_by_status(nest: Api) -> None:
    nest.aws.put_stack("gone", TOPIC)
    nest.client.delete_stack(StackName="gone")
    nest.aws.clock.settle()
    listed = nest.client.list_stacks()["StackSummaries"]
    assert listed[0]["StackName"] == "gone"
    alive = nest.client.list_stacks(StackStatusFilter=["CREATE_COMPLETE"])["StackSummaries"]
    assert len(alive) == len(listed) - 1 == 4


def test_what_is_not_there_is_told_in_the_words_of_each_operation(api: Api) -> None:
    client = api.client
    assert refused(client.describe_stacks, StackName="none") == "Stack with id none does not exist"
    assert refused(client.describe_stack_resources, StackName="none") == "Stack with id none does not exist"
    assert refused(client.list_stack_resources, StackName="none") == "Stack with id none does not exist"
    assert refused(client.describe_stack_events, StackName="none") == "Stack [none] does not exist"
    assert refused(client.list_change_sets, StackName="none") == "Stack [none] does not exist"


def test_resources_are_listed_in_pages(nest: Api) -> None:
    nest.aws.account.page_size = 2
    pages = nest.client.get_paginator("list_stack_resources").paginate(StackName="show")
    found = [r["LogicalResourceId"] for page in pages for r in page["StackResourceSummaries"]]
    assert sorted(found) == ["Database", "Network", "Storage"]


def test_resources_are_described_one_by_one_too(nest: Api) -> None:
    storage = nest.aws.stack("show", "storage")
    (bucket,) = nest.client.describe_stack_resources(
        PhysicalResourceId="show-bucket", LogicalResourceId="Bucket"
    )["StackResources"]
    assert (bucket["StackId"], bucket["ResourceStatus"]) == (storage.id, "CREATE_COMPLETE")
    detail = nest.client.describe_stack_resource(StackName=storage.id, LogicalResourceId="Topic")
    assert detail["StackResourceDetail"]["PhysicalResourceId"].endswith(":show-topic")
    assert (
        refused(nest.client.describe_stack_resource, StackName=storage.id, LogicalResourceId="None")
        == f"Resource None does not exist for stack {storage.name}"
    )


# Events ----------------------------------------------------------------------------------------------------


@pytest.mark.trap("30")
def test_events_come_the_newest_first_in_pages(nest: Api) -> None:
    nest.aws.account.page_size = 4
    first = nest.client.describe_stack_events(StackName="show")
    assert (first["StackEvents"][0]["ResourceStatus"], len(first["StackEvents"])) == ("CREATE_COMPLETE", 4)
    assert len(nest.history()) == len(nest.aws.stack("show").events) > 8


def test_events_of_an_operation_can_be_asked_for_across_stacks(api: Api) -> None:
    api.create()
    api.aws.fail("database/Database", "No.", on="update")
    api.update(edited("database.yaml", "db.t3.micro", "db.t3.small"))
    database = api.aws.stack("show", "database")
    kind, operation = database.operations[1]
    events = api.client.describe_events(OperationId=operation, Filters={"FailedEvents": True})[
        "OperationEvents"
    ]
    assert kind == "UPDATE_STACK"
    assert [(e["LogicalResourceId"], e["EventType"], e["ResourceStatusReason"]) for e in events] == [
        ("Database", "PROVISIONING_ERROR", "No.")
    ]
    assert {e["OperationType"] for e in events} == {"UPDATE_STACK"}


# Templates -------------------------------------------------------------------------------------------------


@pytest.mark.trap("23")
def test_a_template_comes_back_as_it_was_sent_but_for_what_is_not_ascii(api: Api) -> None:
    api.aws.put_stack("show", TOPIC.replace("one", "größer"))
    answer = api.client.get_template(StackName="show", TemplateStage="Original")
    assert answer["TemplateBody"] == TOPIC.replace("one", "gr??er")
    assert answer["StagesAvailable"] == ["Original", "Processed"]


def test_a_json_template_is_parsed_by_botocore(nest: Api) -> None:
    body = nest.client.get_template(StackName="show")["TemplateBody"]
    assert list(body["Resources"]) == ["Network", "Database", "Storage"]


def test_the_template_of_a_change_set_can_be_read(nest: Api) -> None:
    change_set = nest.plan(TOPIC, Parameters=[])
    assert nest.client.get_template(ChangeSetName=change_set)["TemplateBody"] == TOPIC


def test_a_template_is_summed_up(api: Api) -> None:
    text = (
        "Description: two\nParameters: {Size: {Type: Number, Default: 3}, Key: {Type: String, NoEcho: true}}\n"
        "Resources: {Role: {Type: AWS::IAM::Role, Properties: {RoleName: r, AssumeRolePolicyDocument: {}}}}"
    )
    found = api.client.get_template_summary(TemplateBody=text)
    assert found["Parameters"] == [
        {"ParameterKey": "Size", "DefaultValue": "3", "ParameterType": "Number", "NoEcho": False},
        {"ParameterKey": "Key", "ParameterType": "String", "NoEcho": True},
    ]
    assert (found["Capabilities"], found["ResourceTypes"]) == (["CAPABILITY_NAMED_IAM"], ["AWS::IAM::Role"])
    assert api.client.validate_template(TemplateBody=text)["Description"] == "two"


def test_a_shell_has_no_summary(api: Api) -> None:
    api.plan(TOPIC, ChangeSetType="CREATE", Parameters=[])
    assert refused(api.client.get_template_summary, StackName="show") == (
        "GetTemplateSummary cannot be called on REVIEW_IN_PROGRESS stacks."
    )


def test_a_wrong_template_does_not_validate(api: Api) -> None:
    assert "Circular dependency between resources: [A, B]" in refused(
        api.client.validate_template,
        TemplateBody="Resources: {A: {Type: AWS::SNS::Topic, DependsOn: B}, B: {Type: AWS::SNS::Topic, DependsOn: A}}",
    )


# Stack policies --------------------------------------------------------------------------------------------

ALLOW = {"Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*"}


def deny(action: Any, **rest: Any) -> str:
    """A policy that allows all but one thing."""
    statement = {"Effect": "Deny", "Action": action, "Principal": "*", **rest}
    return json.dumps({"Statement": [ALLOW, statement]})


def test_a_policy_is_kept_and_told(nest: Api) -> None:
    assert "StackPolicyBody" not in nest.client.get_stack_policy(StackName="show")
    policy = deny("Update:Delete", Resource="*")
    nest.client.set_stack_policy(StackName="show", StackPolicyBody=policy)
    assert nest.client.get_stack_policy(StackName="show")["StackPolicyBody"] == policy


@pytest.mark.parametrize(
    "policy",
    [
        "not JSON",
        '{"Statement": [{"Effect": "Allow", "Action": "Delete:*", "Principal": "*", "Resource": "*"}]}',
        '{"Statement": [{"Effect": "Allow", "Action": "Update:*", "Principal": "me", "Resource": "*"}]}',
        '{"Statement": [{"Effect": "Allow", "Action": "Update:*", "Principal": "*"}]}',
    ],
)
def test_a_wrong_policy_is_refused(nest: Api, policy: str) -> None:
    assert refused(nest.client.set_stack_policy, StackName="show", StackPolicyBody=policy) == (
        "Error validating stack policy: Invalid stack policy"
    )


@pytest.mark.parametrize(
    ("policy", "after", "told"),
    [
        (
            deny("Update:Modify", Resource="LogicalResourceId/Topic"),
            TOPIC.replace("one", "two"),
            "Statement [#2] does not allow [Update:Modify] for resource [LogicalResourceId/Topic];",
        ),
        (
            deny(["Update:Replace", "Update:Delete"], Resource="*"),
            TOPIC.replace("DisplayName: one", "TopicName: n"),
            "Statement [#2] does not allow [Update:Replace] for resource [LogicalResourceId/Topic];",
        ),
        (
            deny("Update:*", Resource="*", Condition={"StringEquals": {"ResourceType": ["AWS::SNS::*"]}}),
            "Resources: {Other: {Type: AWS::SQS::Queue}}",
            "Statement [#2] does not allow [Update:Delete] for resource [LogicalResourceId/Topic];",
        ),
    ],
    ids=["modify", "replace", "delete"],
)
def test_a_policy_denies_what_it_names_during_the_update(
    api: Api, policy: str, after: str, told: str
) -> None:
    api.aws.put_stack("show", TOPIC)
    api.client.set_stack_policy(StackName="show", StackPolicyBody=policy)
    assert api.execute(api.plan(after, Parameters=[])) == "UPDATE_ROLLBACK_COMPLETE"
    (failed,) = [e for e in api.history() if e["ResourceStatus"] == "UPDATE_FAILED"]
    assert failed["ResourceStatusReason"] == f"Action denied by stack policy: {told}"


def test_a_policy_that_allows_it_lets_it_through(api: Api) -> None:
    api.aws.put_stack("show", TOPIC)
    policy = deny("Update:Replace", Resource="*")
    api.client.set_stack_policy(StackName="show", StackPolicyBody=policy)
    assert api.execute(api.plan(TOPIC.replace("one", "two"), Parameters=[])) == "UPDATE_COMPLETE"


def test_a_policy_of_a_nested_stack_protects_what_is_in_it_and_the_root_s_does_not(nest: Api) -> None:
    nest.client.set_stack_policy(
        StackName="show", StackPolicyBody=deny("Update:*", Resource="LogicalResourceId/Topic")
    )
    changed = edited("storage.yaml", "alarms", "alerts")
    assert nest.execute(nest.plan(changed, "a", Parameters=SAME)) == "UPDATE_COMPLETE"
    below = nest.aws.stack("show", "storage").id
    nest.client.set_stack_policy(StackName=below, StackPolicyBody=deny("Update:*", Resource="*"))
    assert nest.execute(nest.plan(NEST, "b", Parameters=SAME)) == "UPDATE_ROLLBACK_COMPLETE"


# Drift -----------------------------------------------------------------------------------------------------


def detected(api: Api, stack: str) -> dict[str, Any]:
    """Detect drift of one stack; the detection when it is done."""
    detection = api.client.detect_stack_drift(StackName=stack)["StackDriftDetectionId"]
    ask = api.client.describe_stack_drift_detection_status
    assert ask(StackDriftDetectionId=detection)["DetectionStatus"] == "DETECTION_IN_PROGRESS"
    api.aws.clock.settle()
    answer: dict[str, Any] = ask(StackDriftDetectionId=detection)
    return answer


@pytest.mark.trap("45")
def test_drift_is_found_in_the_stack_that_has_it_and_not_from_its_parent(nest: Api) -> None:
    nest.aws.drift("show", "storage/Topic", {"/DisplayName": ("alarms", "changed")})
    assert detected(nest, "show")["StackDriftStatus"] == "IN_SYNC"
    below = nest.aws.stack("show", "storage").id
    found = detected(nest, below)
    assert (found["DetectionStatus"], found["StackDriftStatus"], found["DriftedStackResourceCount"]) == (
        "DETECTION_COMPLETE",
        "DRIFTED",
        1,
    )
    (drift,) = nest.client.describe_stack_resource_drifts(
        StackName=below, StackResourceDriftStatusFilters=["MODIFIED", "DELETED"]
    )["StackResourceDrifts"]
    assert drift["PropertyDifferences"] == [
        {
            "PropertyPath": "/DisplayName",
            "ExpectedValue": "alarms",
            "ActualValue": "changed",
            "DifferenceType": "NOT_EQUAL",
        }
    ]
    assert json.loads(drift["ExpectedProperties"])["DisplayName"] == "alarms"
    assert json.loads(drift["ActualProperties"])["DisplayName"] == "changed"
    (seen,) = nest.client.describe_stacks(StackName=below)["Stacks"]
    assert seen["DriftInformation"]["StackDriftStatus"] == "DRIFTED"


def test_a_resource_deleted_by_hand_is_found(nest: Api) -> None:
    nest.aws.drift("show", "storage/Bucket", {}, deleted=True)
    below = nest.aws.stack("show", "storage").id
    detected(nest, below)
    drifts = nest.client.describe_stack_resource_drifts(StackName=below)["StackResourceDrifts"]
    assert {d["LogicalResourceId"]: d["StackResourceDriftStatus"] for d in drifts} == {
        "Bucket": "DELETED",
        "Topic": "IN_SYNC",
    }


def test_drift_is_not_detected_while_something_is_under_way(api: Api) -> None:
    api.aws.put_stack("show", TOPIC, "UPDATE_IN_PROGRESS")
    assert "Drift detection is not possible" in refused(api.client.detect_stack_drift, StackName="show")
