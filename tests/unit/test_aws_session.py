"""The door to AWS: which configuration holds, and what is said when it does not."""

from __future__ import annotations

import pytest

from showcore_cfn.aws.failures import NoCredentials
from showcore_cfn.aws.session import Connection, Session, connect
from showcore_cfn.deploy.parallel import together


def endpoint(session: Session, service: str) -> str:
    return str(session.client(service).meta.endpoint_url)


def test_without_anything_said_the_endpoint_is_that_of_aws() -> None:
    assert (
        endpoint(connect("us-east-1"), "cloudformation") == "https://cloudformation.us-east-1.amazonaws.com"
    )


def test_the_variable_for_the_endpoint_holds_everywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:4566")

    assert {endpoint(connect("us-east-1"), name) for name in ("cloudformation", "s3", "sts")} == {
        "http://127.0.0.1:4566"
    }


def test_the_variable_of_one_service_goes_before_the_general_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:4566")
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:9000")

    assert endpoint(connect("us-east-1"), "s3") == "http://127.0.0.1:9000"


def test_the_option_goes_before_every_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:4566")

    assert endpoint(connect("us-east-1", endpoint_url="http://127.0.0.1:1"), "sts") == "http://127.0.0.1:1"


def test_a_profile_that_does_not_exist_is_named() -> None:
    with pytest.raises(NoCredentials, match="there is no AWS profile 'nobody'"):
        connect("us-east-1", profile="nobody").client("sts")


def test_no_credentials_at_all_say_where_they_were_looked_for() -> None:
    with pytest.raises(NoCredentials, match="aws configure list"):
        connect("us-east-1").identities.identity()


@pytest.mark.trap("33")
def test_retries_are_adaptive_and_ten() -> None:
    config = connect("us-east-1").client("cloudformation").meta.config

    assert (config.retries["mode"], config.retries["total_max_attempts"]) == ("adaptive", 10)


def test_plain_keys_have_no_known_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")

    assert Session(Connection("us-east-1")).identities.expires() is None


def test_calls_made_together_answer_in_order_and_raise_the_first_error() -> None:
    assert together([lambda: 1, lambda: 2, lambda: 3]) == [1, 2, 3]
    assert together([]) == []

    def fail() -> int:
        raise ValueError("second")

    with pytest.raises(ValueError, match="second"):
        together([lambda: 1, fail])
