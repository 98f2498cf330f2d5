"""aws/elsewhere.py: an endpoint that is not AWS's own is not asked again where that mends nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import botocore
import botocore.endpoint
import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import EndpointConnectionError

from showcore_cfn.aws.call import asked
from showcore_cfn.aws.elsewhere import is_aws
from showcore_cfn.aws.failures import AwsError, Refused, Unreachable
from showcore_cfn.aws.session import connect

ELSEWHERE = "http://127.0.0.1:4566"
NO_MODULE = b'{"__type": "InternalError", "message": "No module named \'ministack.services.organizations\'"}'
TROUBLE = b'{"__type": "InternalFailure", "message": "We are having trouble."}'


class _Raw(BytesIO):
    def stream(self, **_: object) -> Any:
        yield self.read()


Answer = tuple[int, bytes] | Exception


@pytest.fixture
def ask(monkeypatch: pytest.MonkeyPatch) -> Callable[[str | None, Answer], tuple[AwsError, int]]:
    """Asks an endpoint that answers the same every time: the error, and how often it was asked."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setattr(botocore.endpoint.time, "sleep", lambda _seconds: None)

    def asking(endpoint_url: str | None, answer: Answer) -> tuple[AwsError, int]:
        client = connect("us-east-1", endpoint_url=endpoint_url, tries=4).client("organizations")
        times: list[str] = []

        def send(request: Any, **_: object) -> AWSResponse:
            times.append(request.url)
            if isinstance(answer, Exception):
                raise answer
            return AWSResponse(request.url, answer[0], {}, _Raw(answer[1]))

        client.meta.events.register("before-send", send)
        with pytest.raises(AwsError) as error:
            asked(client, "describe_organization", None)
        return error.value, len(times)

    return asking


Ask = Callable[[str | None, Answer], tuple[AwsError, int]]


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param((500, NO_MODULE), id="no-module"),
        pytest.param((501, b""), id="not-implemented"),
        pytest.param((400, b'{"error": "Unsupported service: organizations"}'), id="unsupported"),
        pytest.param(
            (500, b'{"__type": "InternalFailure", "message": "API for service x not yet implemented"}'),
            id="yet",
        ),
    ],
)
def test_what_another_endpoint_does_not_have_is_one_sentence_after_one_call(ask: Ask, answer: Answer) -> None:
    error, times = ask(ELSEWHERE, answer)
    assert (type(error), times) == (Refused, 1)
    assert str(error) == (
        "the endpoint http://127.0.0.1:4566 is not AWS's own and does not have organizations:DescribeOrganization: "
        "to ask AWS itself, leave --endpoint-url and AWS_ENDPOINT_URL out."
    )


def test_a_port_that_nobody_listens_at_is_asked_twice(ask: Ask) -> None:
    error, times = ask(ELSEWHERE, EndpointConnectionError(endpoint_url=ELSEWHERE))
    assert (type(error), times) == (Unreachable, 2)
    assert "Check the network and --endpoint-url." in str(error)


@pytest.mark.parametrize(
    ("endpoint_url", "answer"),
    [
        pytest.param(None, (500, NO_MODULE), id="aws-whatever-it-says"),
        pytest.param(
            None, EndpointConnectionError(endpoint_url="https://organizations"), id="aws-unreachable"
        ),
        pytest.param(ELSEWHERE, (500, TROUBLE), id="elsewhere-in-trouble"),
    ],
)
def test_what_may_pass_is_tried_as_often_as_ever(ask: Ask, endpoint_url: str | None, answer: Answer) -> None:
    error, times = ask(endpoint_url, answer)
    assert (type(error), times) == (Unreachable, 4)


def test_an_error_of_a_service_that_is_there_is_its_own(ask: Ask) -> None:
    error, times = ask(
        ELSEWHERE, (400, b'{"__type": "InvalidInputException", "message": "Unknown action x"}')
    )
    assert (error.code, times) == ("InvalidInputException", 1)
    assert "Unknown action x" in str(error)


@pytest.mark.parametrize(
    ("url", "aws"),
    [
        ("https://cloudformation.us-east-1.amazonaws.com", True),
        ("https://vpce-1.cloudformation.us-east-1.vpce.amazonaws.com", True),
        ("https://s3.dualstack.us-east-1.api.aws", True),
        ("https://amazonaws.com.example.org", False),
        ("http://localhost:4566", False),
    ],
)
def test_aws_is_known_by_its_host_names(url: str, aws: bool) -> None:
    assert is_aws(url) is aws


def test_the_endpoints_of_every_partition_are_aws_own() -> None:
    known = json.loads(Path(botocore.__file__).with_name("data").joinpath("partitions.json").read_text())
    for partition in known["partitions"]:
        for suffix in (partition["outputs"]["dnsSuffix"], partition["outputs"]["dualStackDnsSuffix"]):
            assert is_aws(f"https://cloudformation.some-region-1.{suffix}"), partition["id"]
