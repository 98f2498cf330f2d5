"""Faults of the service and the network, as unmodified boto3 meets them."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError, HTTPClientError, ReadTimeoutError

from tests.fakes.cloudformation import ACCESS_KEY, Call, FakeAws, Fault
from tests.fakes.cloudformation.small import Api

pytest_plugins = ("tests.fakes.cloudformation.fixtures",)
TOPIC = "Resources: {Topic: {Type: AWS::SNS::Topic}}"


@pytest.fixture
def patient(aws: FakeAws, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A client with botocore's own retries, which pause on the fake's clock."""
    aws.retries_sleep_here(monkeypatch)
    return aws.client("cloudformation", retries={"mode": "standard", "max_attempts": 4})


@pytest.mark.parametrize("fault", [Fault.THROTTLING, Fault.INTERNAL_ERROR, Fault.UNAVAILABLE, Fault.RESET])
def test_botocore_retries_what_passes(aws: FakeAws, patient: Any, fault: Fault) -> None:
    aws.faults.add(fault, "ListStacks", times=2)
    assert patient.list_stacks()["StackSummaries"] == []
    assert aws.calls.names() == ["ListStacks"] * 3
    assert [call.fault for call in aws.calls] == [str(fault), str(fault), ""]
    assert aws.clock.monotonic() > 0


def test_throttling_that_lasts_reaches_the_caller(aws: FakeAws, patient: Any) -> None:
    aws.faults.add(Fault.THROTTLING, times=None)
    with pytest.raises(ClientError, match=r"\(Throttling\).*Rate exceeded"):
        patient.list_stacks()


def test_an_answer_that_is_lost_leaves_what_was_done(aws: FakeAws, api: Api) -> None:
    aws.faults.add(Fault.LOST_ANSWER, "CreateChangeSet")
    with pytest.raises(ConnectionClosedError):
        api.plan(TOPIC, ChangeSetType="CREATE", Parameters=[])
    assert [call.answer for call in aws.calls.of("CreateChangeSet")] == ["no answer"]
    assert aws.litter() == ["show", "show/one"]


def test_a_retry_after_a_lost_answer_finds_the_change_set_by_its_token(aws: FakeAws, patient: Any) -> None:
    aws.faults.add(Fault.LOST_ANSWER, "CreateChangeSet")
    patient.create_change_set(
        StackName="show", ChangeSetName="one", ChangeSetType="CREATE", TemplateBody=TOPIC, ClientToken="t"
    )
    assert [call.answer for call in aws.calls.of("CreateChangeSet")] == ["no answer", "ok"]
    assert len(aws.account.change_sets) == 1


def test_without_a_token_the_retry_is_told_that_the_name_is_taken(aws: FakeAws, patient: Any) -> None:
    aws.faults.add(Fault.LOST_ANSWER, "CreateChangeSet")
    with pytest.raises(ClientError, match="AlreadyExistsException"):
        patient.create_change_set(
            StackName="show", ChangeSetName="one", ChangeSetType="CREATE", TemplateBody=TOPIC
        )


def test_a_reset_before_the_server_acted_leaves_nothing(aws: FakeAws, api: Api) -> None:
    aws.faults.add(Fault.RESET, "CreateChangeSet")
    with pytest.raises((ConnectionClosedError, HTTPClientError)):
        api.plan(TOPIC, ChangeSetType="CREATE", Parameters=[])
    assert aws.account.stacks == {}


def test_a_slow_answer_takes_simulated_time_after_the_server_acted(aws: FakeAws, api: Api) -> None:
    aws.faults.add(Fault.SLOW, "ListStacks", seconds=45)
    api.client.list_stacks()
    assert aws.clock.monotonic() == 45


def test_an_answer_slower_than_the_client_waits_is_a_timeout(aws: FakeAws) -> None:
    client = aws.client("cloudformation", read_timeout=0.05, retries={"total_max_attempts": 1})
    aws.faults.add(Fault.SLOW, "ListStacks", wall_seconds=0.3)
    with pytest.raises(ReadTimeoutError):
        client.list_stacks()


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (Fault.EXPIRED_TOKEN, "ExpiredToken"),
        (Fault.TIME_SKEWED, "SignatureDoesNotMatch"),
        (Fault.SIGNATURE_MISMATCH, "SignatureDoesNotMatch"),
        (Fault.ACCESS_DENIED, "AccessDenied"),
    ],
)
def test_what_does_not_pass_is_not_retried(aws: FakeAws, patient: Any, fault: Fault, code: str) -> None:
    aws.faults.add(fault, "ListStacks")
    with pytest.raises(ClientError) as caught:
        patient.list_stacks()
    assert caught.value.response["Error"]["Code"] == code
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403
    assert len(aws.calls) == 1


def test_s3_spells_the_same_faults_in_its_own_way(aws: FakeAws) -> None:
    client = aws.client("s3", retries={"total_max_attempts": 1})
    for fault, code in ((Fault.THROTTLING, "SlowDown"), (Fault.TIME_SKEWED, "RequestTimeTooSkewed")):
        aws.faults.add(fault, service="s3")
        with pytest.raises(ClientError) as caught:
            client.list_buckets()
        assert caught.value.response["Error"]["Code"] == code


def test_who_is_refused_is_named(aws: FakeAws, api: Api) -> None:
    aws.faults.add(Fault.ACCESS_DENIED, "DeleteStack")
    with pytest.raises(ClientError, match="not authorized to perform: cloudformation:DeleteStack"):
        api.client.delete_stack(StackName="show")


def test_a_fault_strikes_the_call_with_its_index_and_no_earlier_one(aws: FakeAws, api: Api) -> None:
    aws.faults.add(Fault.THROTTLING, at=2)
    api.client.list_stacks()
    api.client.describe_stacks()
    with pytest.raises(ClientError, match="Throttling"):
        api.client.list_stacks()
    api.client.list_stacks()


def test_matching_calls_can_be_let_through_first(aws: FakeAws, api: Api) -> None:
    aws.faults.add(Fault.THROTTLING, "ListStacks", skip=1)
    api.client.list_stacks()
    api.client.describe_stacks()
    with pytest.raises(ClientError, match="Throttling"):
        api.client.list_stacks()


def test_credentials_run_out_at_their_time(aws: FakeAws, api: Api) -> None:
    aws.expire(ACCESS_KEY, in_seconds=3_600)
    aws.clock.advance(3_599)
    api.client.list_stacks()
    aws.clock.advance(1)
    with pytest.raises(
        ClientError, match=r"\(ExpiredToken\).*security token included in the request is expired"
    ):
        api.client.list_stacks()


def test_a_stack_goes_on_when_the_credentials_run_out(aws: FakeAws, api: Api) -> None:
    change_set = api.plan(TOPIC, ChangeSetType="CREATE", Parameters=[])
    api.client.execute_change_set(ChangeSetName=change_set)
    aws.expire()
    aws.clock.settle()
    assert aws.stack("show").status == "CREATE_COMPLETE"


def test_hooks_see_each_call_before_and_after_it_was_carried_out(aws: FakeAws, api: Api) -> None:
    seen: list[str] = []

    def before(call: Call) -> None:
        seen.append(f"before {call.operation}: {call.answer}")

    aws.before_call(before)
    aws.after_call(lambda call: seen.append(f"after {call.operation}: {call.answer}"))
    api.client.list_stacks()
    assert seen == ["before ListStacks: ", "after ListStacks: ok"]


def test_calls_are_counted_with_what_they_asked_for(aws: FakeAws, api: Api) -> None:
    api.client.list_stacks(StackStatusFilter=["CREATE_COMPLETE"])
    api.client.describe_stacks()
    aws.client("sts").get_caller_identity()
    assert aws.calls.counts() == {"ListStacks": 1, "DescribeStacks": 1, "GetCallerIdentity": 1}
    first = aws.calls[0]
    assert (first.service, first.parameters) == ("cloudformation", {"StackStatusFilter": ["CREATE_COMPLETE"]})
    assert first.access_key == ACCESS_KEY


def test_a_mistake_in_the_fake_itself_fails_the_test() -> None:
    with pytest.raises(TypeError, match="NoneType"), FakeAws() as aws:
        aws.before_call(lambda _: setattr(aws.account, "stacks", None))
        with pytest.raises(ClientError, match="BugInTheFake"):
            aws.client("cloudformation").describe_stacks(StackName="show")
