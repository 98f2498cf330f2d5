"""One contract, two implementations: the fake that the deployment is tested against, and the embedded AWS.

Both claim to be CloudFormation, and neither was made from the other. Where both implement a thing they must
give the same answer; what only one of them does is not here.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import ClientError

from showcore_cfn.aws.cloudformation import CloudFormationGateway
from tests.fakes.cloudformation import FakeAws
from tests.rehearsal.conftest import Account

TOPIC = "Resources: {Topic: {Type: AWS::SNS::Topic, Properties: {TopicName: contract, DisplayName: one}}}"
WITH_PARAMETERS = """\
Description: a queue
Parameters:
  Delay: {Type: Number, Default: 5}
  Secret: {Type: String, NoEcho: true, Default: hunter2}
Resources:
  Queue: {Type: AWS::SQS::Queue, Properties: {QueueName: contract, DelaySeconds: !Ref Delay}}
Outputs:
  Name: {Value: !GetAtt Queue.QueueName, Description: the name}
"""
NO_CHANGES = (
    "The submitted information didn't contain changes. Submit different information to create a change set."
)


@dataclass
class Side:
    """One of the two, and how to wait for it."""

    cloudformation: Any
    s3: Any
    sts: Any
    account_id: str
    fake: FakeAws | None

    def until(self, settled: Any) -> Any:
        """The first answer that is not in progress any more."""
        for _ in range(600):
            answer = settled()
            if not str(answer).endswith("_IN_PROGRESS") and answer not in ("CREATE_PENDING", None):
                return answer
            if self.fake is not None:
                self.fake.clock.advance(5)
            else:
                time.sleep(0.02)
        raise AssertionError("it does not settle")

    def plan(self, body: str, name: str, kind: str = "UPDATE", **request: Any) -> dict[str, Any]:
        """A change set, described when it is made."""
        made = self.cloudformation.create_change_set(
            StackName="contract", ChangeSetName=name, ChangeSetType=kind, TemplateBody=body, **request
        )
        self.until(lambda: self.cloudformation.describe_change_set(ChangeSetName=made["Id"])["Status"])
        answer: dict[str, Any] = self.cloudformation.describe_change_set(ChangeSetName=made["Id"])
        return answer

    def status(self, stack: str = "contract") -> str:
        """A stack's status once it settles."""

        def ask() -> str:
            return str(self.cloudformation.describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"])

        if self.fake is not None:
            self.fake.clock.advance(5)
        return str(self.until(ask))

    def execute(self, change_set: dict[str, Any]) -> str:
        """Execute a change set to its end."""
        self.cloudformation.execute_change_set(ChangeSetName=change_set["ChangeSetId"])
        return self.status(change_set["StackId"])

    def create(self, body: str = TOPIC, **request: Any) -> dict[str, Any]:
        """A stack made through a change set; its description."""
        assert self.execute(self.plan(body, "first", "CREATE", **request)) == "CREATE_COMPLETE"
        stack: dict[str, Any] = self.cloudformation.describe_stacks(StackName="contract")["Stacks"][0]
        return stack

    def changes(self, change_set: dict[str, Any]) -> list[tuple[str, str, str | None]]:
        """(action, logical id, replacement) of each change."""
        found = [entry["ResourceChange"] for entry in change_set["Changes"]]
        return [(each["Action"], each["LogicalResourceId"], each.get("Replacement")) for each in found]


@pytest.fixture(params=["fake", "embedded"])
def side(request: pytest.FixtureRequest) -> Iterator[Side]:
    if request.param == "fake":
        with FakeAws() as fake:
            yield _side(fake.client, fake.account.account_id, fake)
    else:
        account: Account = request.getfixturevalue("account")
        yield _side(account.client, account.id, None)


def _side(client: Callable[[str], Any], account_id: str, fake: FakeAws | None) -> Side:
    return Side(client("cloudformation"), client("s3"), client("sts"), account_id, fake)


def refused(call: Any, **request: Any) -> tuple[str, str]:
    """Code and message of a refusal."""
    with pytest.raises(ClientError) as caught:
        call(**request)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


# Change sets -----------------------------------------------------------------------------------------------


def test_a_first_change_set_adds_and_leaves_a_shell_in_review(side: Side) -> None:
    change_set = side.plan(TOPIC, "first", "CREATE")
    assert (change_set["Status"], change_set["ExecutionStatus"]) == ("CREATE_COMPLETE", "AVAILABLE")
    assert [(action, name) for action, name, _ in side.changes(change_set)] == [("Add", "Topic")]
    (stack,) = side.cloudformation.describe_stacks(StackName="contract")["Stacks"]
    assert stack["StackStatus"] == "REVIEW_IN_PROGRESS"


def test_change_sets_that_wait_are_listed_by_the_name_and_by_the_arn_of_their_stack(side: Side) -> None:
    stack = side.create()
    waiting = side.plan(TOPIC.replace("one", "two"), "second", "UPDATE")
    for name in ("contract", stack["StackId"]):
        listed = CloudFormationGateway(side.cloudformation, None).change_sets(name)
        assert [each.id for each in listed] == [waiting["ChangeSetId"]]


def test_executing_it_makes_the_stack(side: Side) -> None:
    stack = side.create()
    (resource,) = side.cloudformation.describe_stack_resources(StackName="contract")["StackResources"]
    assert resource["PhysicalResourceId"] == f"arn:aws:sns:us-east-1:{side.account_id}:contract"
    assert (resource["ResourceStatus"], stack["EnableTerminationProtection"]) == ("CREATE_COMPLETE", False)


def test_a_changed_property_is_modified_in_place_and_says_why(side: Side) -> None:
    side.create()
    change_set = side.plan(TOPIC.replace("one", "two"), "second")
    assert side.changes(change_set) == [("Modify", "Topic", "False")]
    (detail,) = change_set["Changes"][0]["ResourceChange"]["Details"]
    assert (detail["ChangeSource"], detail["Evaluation"]) == ("DirectModification", "Static")
    target = {key: detail["Target"][key] for key in ("Attribute", "Name", "RequiresRecreation")}
    assert target == {"Attribute": "Properties", "Name": "DisplayName", "RequiresRecreation": "Never"}
    assert side.execute(change_set) == "UPDATE_COMPLETE"


def test_a_changed_name_is_a_replacement(side: Side) -> None:
    side.create()
    change_set = side.plan(TOPIC.replace("contract", "other"), "second")
    assert side.changes(change_set) == [("Modify", "Topic", "True")]


def test_what_the_template_no_longer_has_is_removed(side: Side) -> None:
    side.create()
    change_set = side.plan("Resources: {Other: {Type: AWS::SNS::Topic}}", "second")
    assert sorted(change[:2] for change in side.changes(change_set)) == [
        ("Add", "Other"),
        ("Remove", "Topic"),
    ]
    assert side.execute(change_set) == "UPDATE_COMPLETE"
    listed = side.cloudformation.list_stack_resources(StackName="contract")["StackResourceSummaries"]
    assert [resource["LogicalResourceId"] for resource in listed] == ["Other"]


@pytest.mark.trap("13")
def test_nothing_changed_fails_with_the_same_words(side: Side) -> None:
    side.create()
    change_set = side.plan(TOPIC, "second")
    assert (change_set["Status"], change_set["StatusReason"]) == ("FAILED", NO_CHANGES)
    assert (change_set["ExecutionStatus"], change_set["Changes"]) == ("UNAVAILABLE", [])
    assert refused(side.cloudformation.execute_change_set, ChangeSetName=change_set["ChangeSetId"])[0] == (
        "InvalidChangeSetStatus"
    )


def test_a_tag_of_the_stack_is_a_change_of_what_takes_tags(side: Side) -> None:
    side.create()
    change_set = side.plan(TOPIC, "second", Tags=[{"Key": "Owner", "Value": "me"}])
    assert side.changes(change_set) == [("Modify", "Topic", "False")]


def test_parameters_come_from_the_request_the_stack_before_and_the_defaults(side: Side) -> None:
    side.create(WITH_PARAMETERS, Parameters=[{"ParameterKey": "Delay", "ParameterValue": "9"}])
    change_set = side.plan(
        WITH_PARAMETERS.replace("!Ref Delay", "!Ref Delay, MaximumMessageSize: 2048"),
        "second",
        Parameters=[{"ParameterKey": "Delay", "UsePreviousValue": True}],
    )
    assert side.execute(change_set) == "UPDATE_COMPLETE"
    (stack,) = side.cloudformation.describe_stacks(StackName="contract")["Stacks"]
    values = {each["ParameterKey"]: each["ParameterValue"] for each in stack["Parameters"]}
    assert values == {"Delay": "9", "Secret": "****"}
    assert stack["Outputs"] == [
        {"OutputKey": "Name", "OutputValue": "contract", "Description": "the name"},
    ]


def test_a_change_set_that_is_gone_cannot_be_described(side: Side) -> None:
    change_set = side.plan(TOPIC, "first", "CREATE")
    side.cloudformation.delete_change_set(ChangeSetName=change_set["ChangeSetId"])
    with pytest.raises(ClientError) as caught:
        side.cloudformation.describe_change_set(StackName="contract", ChangeSetName="first")
    assert caught.value.response["Error"]["Code"] == "ChangeSetNotFound"
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 404
    side.cloudformation.delete_change_set(StackName="contract", ChangeSetName="first")


def test_a_name_is_used_once_for_each_stack(side: Side) -> None:
    side.plan(TOPIC, "first", "CREATE")
    again = {"StackName": "contract", "ChangeSetName": "first", "ChangeSetType": "CREATE"}
    code, _ = refused(
        side.cloudformation.create_change_set, TemplateBody=TOPIC.replace("one", "two"), **again
    )
    assert code == "AlreadyExistsException"


# Refusals --------------------------------------------------------------------------------------------------


def test_what_is_not_there_is_told_in_the_same_words(side: Side) -> None:
    client = side.cloudformation
    assert refused(client.describe_stacks, StackName="none") == (
        "ValidationError",
        "Stack with id none does not exist",
    )
    missing = ("ValidationError", "Stack [none] does not exist")
    assert refused(client.describe_stack_events, StackName="none") == missing
    assert refused(client.delete_change_set, StackName="none", ChangeSetName="one") == missing
    assert refused(client.cancel_update_stack, StackName="none") == missing
    client.delete_stack(StackName="none")


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        ({"TemplateBody": TOPIC + "\n#" + "x" * 51_200}, "less than or equal to 51200"),
        ({"TemplateBody": TOPIC, "StackName": "not_so"}, "'stackName' failed to satisfy constraint"),
        ({"TemplateBody": "Parameters: {Wanted: {Type: String}}\n" + TOPIC}, "Wanted"),
    ],
    ids=["body", "name", "parameter"],
)
def test_a_wrong_request_is_refused(side: Side, request_: dict[str, str], message: str) -> None:
    request = {"StackName": "contract", "ChangeSetName": "one", "ChangeSetType": "CREATE", **request_}
    code, told = refused(side.cloudformation.create_change_set, **request)
    assert (code, message in told) == ("ValidationError", True)


def test_an_update_of_what_does_not_exist_is_refused(side: Side) -> None:
    request = {"StackName": "contract", "ChangeSetName": "one", "TemplateBody": TOPIC}
    assert refused(side.cloudformation.create_change_set, **request) == (
        "ValidationError",
        "Stack [contract] does not exist",
    )


def test_a_plain_update_without_a_change_is_refused(side: Side) -> None:
    side.create()
    assert refused(side.cloudformation.update_stack, StackName="contract", TemplateBody=TOPIC) == (
        "ValidationError",
        "No updates are to be performed.",
    )


@pytest.mark.parametrize("call", ["cancel_update_stack", "continue_update_rollback", "rollback_stack"])
def test_a_healthy_stack_has_nothing_to_recover_from(side: Side, call: str) -> None:
    side.create()
    code, _ = refused(getattr(side.cloudformation, call), StackName="contract")
    assert code == "ValidationError"


# Life ------------------------------------------------------------------------------------------------------


def test_events_tell_the_same_story(side: Side) -> None:
    side.create()
    events = side.cloudformation.describe_stack_events(StackName="contract")["StackEvents"][::-1]
    story = [(event["LogicalResourceId"], event["ResourceStatus"]) for event in events]
    told = [each for each in story if each[1] != "REVIEW_IN_PROGRESS"]
    assert list(dict.fromkeys(told)) == [
        ("contract", "CREATE_IN_PROGRESS"),
        ("Topic", "CREATE_IN_PROGRESS"),
        ("Topic", "CREATE_COMPLETE"),
        ("contract", "CREATE_COMPLETE"),
    ]


def test_a_deleted_stack_is_seen_by_its_id_only(side: Side) -> None:
    stack = side.create()["StackId"]
    side.cloudformation.delete_stack(StackName="contract")
    assert side.status(stack) == "DELETE_COMPLETE"
    assert refused(side.cloudformation.describe_stacks, StackName="contract")[0] == "ValidationError"


@pytest.mark.trap("40")
def test_termination_protection_is_kept(side: Side) -> None:
    side.create()
    protect = side.cloudformation.update_termination_protection
    protect(StackName="contract", EnableTerminationProtection=True)
    code, told = refused(side.cloudformation.delete_stack, StackName="contract")
    assert (code, "cannot be deleted while TerminationProtection is enabled" in told) == (
        "ValidationError",
        True,
    )
    protect(StackName="contract", EnableTerminationProtection=False)
    side.cloudformation.delete_stack(StackName="contract")


def test_templates_are_kept_and_summed_up(side: Side) -> None:
    side.create(WITH_PARAMETERS)
    assert side.cloudformation.get_template(StackName="contract")["TemplateBody"] == WITH_PARAMETERS
    summary = side.cloudformation.get_template_summary(StackName="contract")
    assert [each["ParameterKey"] for each in summary["Parameters"]] == ["Delay", "Secret"]
    assert (summary["Description"], summary["ResourceTypes"]) == ("a queue", ["AWS::SQS::Queue"])


def test_a_stack_policy_is_kept(side: Side) -> None:
    side.create()
    statement = {"Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*"}
    policy = json.dumps({"Statement": [statement]})
    side.cloudformation.set_stack_policy(StackName="contract", StackPolicyBody=policy)
    kept = side.cloudformation.get_stack_policy(StackName="contract")["StackPolicyBody"]
    assert json.loads(kept) == {"Statement": [statement]}


def test_a_stack_as_it_was_made_has_not_drifted(side: Side) -> None:
    side.create(WITH_PARAMETERS)
    detection = side.cloudformation.detect_stack_drift(StackName="contract")["StackDriftDetectionId"]
    ask = side.cloudformation.describe_stack_drift_detection_status
    side.until(lambda: ask(StackDriftDetectionId=detection)["DetectionStatus"])
    found = ask(StackDriftDetectionId=detection)
    assert (found["DetectionStatus"], found["StackDriftStatus"], found["DriftedStackResourceCount"]) == (
        "DETECTION_COMPLETE",
        "IN_SYNC",
        0,
    )


# S3 and STS ------------------------------------------------------------------------------------------------


def test_an_object_is_put_once_where_that_is_asked_for(side: Side) -> None:
    bucket = f"once-{side.account_id}"
    side.s3.create_bucket(Bucket=bucket)
    side.s3.put_object(Bucket=bucket, Key="a/1", Body=b"1", IfNoneMatch="*")
    code, _ = refused(side.s3.put_object, Bucket=bucket, Key="a/1", Body=b"2", IfNoneMatch="*")
    assert code == "PreconditionFailed"
    assert side.s3.get_object(Bucket=bucket, Key="a/1")["Body"].read() == b"1"
    assert refused(side.s3.head_object, Bucket=bucket, Key="none")[0] == "404"
    assert refused(side.s3.head_bucket, Bucket="nobody-has-this")[0] == "404"


@pytest.mark.trap("44")
def test_a_versioned_bucket_is_emptied_version_by_version(side: Side) -> None:
    bucket = f"versions-{side.account_id}"
    side.s3.create_bucket(Bucket=bucket)
    side.s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    side.s3.put_object(Bucket=bucket, Key="k", Body=b"1")
    side.s3.delete_object(Bucket=bucket, Key="k")
    assert side.s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0
    assert refused(side.s3.delete_bucket, Bucket=bucket)[0] == "BucketNotEmpty"
    versions = side.s3.list_object_versions(Bucket=bucket)
    found = [*versions["Versions"], *versions["DeleteMarkers"]]
    doomed = [{"Key": each["Key"], "VersionId": each["VersionId"]} for each in found]
    side.s3.delete_objects(Bucket=bucket, Delete={"Objects": doomed})
    side.s3.delete_bucket(Bucket=bucket)


def test_the_caller_belongs_to_the_account(side: Side) -> None:
    assert side.sts.get_caller_identity()["Account"] == side.account_id
