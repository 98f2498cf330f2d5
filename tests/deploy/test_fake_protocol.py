"""The protocol of the fake: botocore's own models decide how everything is spelled."""

from __future__ import annotations

import re

import pytest
from botocore.exceptions import ClientError

from tests.fakes.cloudformation import protocol
from tests.fakes.cloudformation.errors import ServiceError
from tests.fakes.cloudformation.server import OPERATIONS
from tests.fakes.cloudformation.small import Api

pytest_plugins = ("tests.fakes.cloudformation.fixtures",)


def test_lists_structures_booleans_and_numbers_are_read_by_their_shapes() -> None:
    name, parameters = protocol.parse(
        "cloudformation",
        {
            "Action": "CreateChangeSet",
            "Version": "2010-05-15",
            "StackName": "show",
            "ChangeSetName": "one",
            "Parameters.member.2.ParameterKey": "B",
            "Parameters.member.2.UsePreviousValue": "true",
            "Parameters.member.1.ParameterKey": "A",
            "Parameters.member.1.ParameterValue": "",
            "RollbackConfiguration.MonitoringTimeInMinutes": "5",
            "IncludeNestedStacks": "false",
        },
    )
    assert name == "CreateChangeSet"
    assert parameters == {
        "StackName": "show",
        "ChangeSetName": "one",
        "Parameters": [
            {"ParameterKey": "A", "ParameterValue": ""},
            {"ParameterKey": "B", "UsePreviousValue": True},
        ],
        "RollbackConfiguration": {"MonitoringTimeInMinutes": 5},
        "IncludeNestedStacks": False,
    }


def test_a_field_the_service_does_not_have_cannot_be_answered() -> None:
    with pytest.raises(KeyError, match="has no StackIdentifier"):
        protocol.answer("cloudformation", "CreateChangeSet", {"StackIdentifier": "x"}, "1")


def test_a_value_the_service_does_not_have_cannot_be_answered() -> None:
    with pytest.raises(KeyError, match="has no value READY"):
        protocol.answer("cloudformation", "DescribeChangeSet", {"ExecutionStatus": "READY"}, "1")


def test_an_event_may_carry_a_status_that_only_stacks_have() -> None:
    event = {"ResourceStatus": "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"}
    xml = protocol.answer("cloudformation", "DescribeStackEvents", {"StackEvents": [event]}, "1")
    assert "<ResourceStatus>UPDATE_COMPLETE_CLEANUP_IN_PROGRESS</ResourceStatus>" in xml


def test_text_is_escaped() -> None:
    xml = protocol.answer("cloudformation", "GetTemplate", {"TemplateBody": "a: <b> & \x01c"}, "1")
    assert "<TemplateBody>a: &lt;b&gt; &amp; ?c</TemplateBody>" in xml


def test_an_operation_nobody_knows_is_refused() -> None:
    with pytest.raises(ServiceError, match="InvalidAction"):
        protocol.parse("cloudformation", {"Action": "MakeChangeSet", "Version": "2010-05-15"})


def test_every_operation_of_the_fake_is_one_of_the_service() -> None:
    assert set(OPERATIONS) <= set(protocol.service_model("cloudformation").operation_names)


@pytest.mark.parametrize(
    ("shape", "code", "status"),
    [
        ("ChangeSetNotFoundException", "ChangeSetNotFound", 404),
        ("InvalidChangeSetStatusException", "InvalidChangeSetStatus", 400),
        ("InsufficientCapabilitiesException", "InsufficientCapabilitiesException", 400),
    ],
)
def test_errors_are_spelled_on_the_wire_as_the_model_says(shape: str, code: str, status: int) -> None:
    assert protocol.error_code("cloudformation", shape) == (code, status)


def test_a_stack_name_that_breaks_the_pattern_is_refused_by_the_server(api: Api) -> None:
    with pytest.raises(
        ClientError, match="Value 'no_such' at 'stackName' failed to satisfy constraint"
    ) as caught:
        api.client.create_change_set(StackName="no_such", ChangeSetName="one", TemplateBody="{}")
    assert caught.value.response["Error"]["Code"] == "ValidationError"
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400


def test_a_change_set_name_longer_than_128_is_refused(api: Api) -> None:
    with pytest.raises(ClientError, match="less than or equal to 128"):
        api.client.create_change_set(StackName="show", ChangeSetName="a" * 129, TemplateBody="{}")


def test_every_answer_has_a_request_id_and_the_time_of_the_fake(api: Api) -> None:
    api.aws.clock.advance(3_600)
    answer = api.client.list_stacks()
    assert re.fullmatch(r"[0-9a-f-]{36}", answer["ResponseMetadata"]["RequestId"])
    assert answer["ResponseMetadata"]["HTTPHeaders"]["date"] == "Mon, 02 Mar 2026 10:00:00 GMT"


def test_an_operation_of_the_service_that_is_not_imitated_says_so(api: Api) -> None:
    with pytest.raises(ClientError, match="does not know ListStackSets"):
        api.client.list_stack_sets()
