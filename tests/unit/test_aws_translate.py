"""Every way that a call fails becomes one sentence that says what to do next."""

from __future__ import annotations

import pytest
from botocore import exceptions as sdk

from showcore_cfn.aws import failures
from showcore_cfn.aws.translate import explain

_HELP = "`showcore policy` prints what is needed."


def refused(code: str, message: str, status: int = 400) -> sdk.ClientError:
    answer = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return sdk.ClientError(answer, "DescribeStacks")


@pytest.mark.parametrize(
    ("error", "kind", "says"),
    [
        (refused("ExpiredToken", "gone", 403), failures.CredentialsExpired, "aws sso login --profile work"),
        (refused("RequestExpired", "gone"), failures.CredentialsExpired, "aws sso login"),
        (refused("UnauthorizedSSOTokenError", "gone"), failures.CredentialsExpired, "aws sso login"),
        (refused("InvalidClientTokenId", "no such key", 403), failures.NoCredentials, "the profile 'work'"),
        (
            refused("SignatureDoesNotMatch", "Signature expired: 1 is now earlier than 2", 403),
            failures.ClockSkewed,
            "Set the clock",
        ),
        (refused("RequestTimeTooSkewed", "too skewed", 403), failures.ClockSkewed, "Set the clock"),
        (
            refused("AccessDenied", "User x is not authorized", 403),
            failures.AccessDenied,
            "cloudformation:DescribeStacks",
        ),
        (refused("Throttling", "Rate exceeded"), failures.Throttled, "Try again in a minute"),
        (refused("ValidationError", "Stack with id x does not exist"), failures.Missing, "does not exist"),
        (refused("ChangeSetNotFound", "ChangeSet [x] not found", 404), failures.Missing, "not found"),
        (refused("AlreadyExistsException", "it is there"), failures.AlreadyExists, "it is there"),
        (refused("InvalidChangeSetStatus", "cannot be executed"), failures.WrongStatus, "cannot be executed"),
        (
            refused("ValidationError", "Stack:x is in UPDATE_IN_PROGRESS state and can not be updated."),
            failures.WrongStatus,
            "UPDATE_IN_PROGRESS",
        ),
        (refused("InternalFailure", "", 500), failures.Unreachable, "in trouble"),
        (refused("ValidationError", "Template format error"), failures.Refused, "Template format error"),
        (sdk.NoCredentialsError(), failures.NoCredentials, "aws configure list"),
        (
            sdk.ProfileNotFound(profile="wrok"),
            failures.NoCredentials,
            "no AWS profile 'wrok': `aws configure list-profiles`",
        ),
        (
            sdk.TokenRetrievalError(provider="sso", error_msg="x"),
            failures.CredentialsExpired,
            "aws sso login",
        ),
        (sdk.EndpointConnectionError(endpoint_url="http://x"), failures.Unreachable, "--endpoint-url"),
        (sdk.ReadTimeoutError(endpoint_url="http://x"), failures.Unreachable, "Check the network"),
        (sdk.NoRegionError(), failures.Refused, "Give --region"),
    ],
)
def test_an_error_becomes_a_sentence_with_the_next_step(
    error: Exception, kind: type[failures.AwsError], says: str
) -> None:
    explained = explain(error, "cloudformation:DescribeStacks", "work")

    assert type(explained) is kind
    assert says in str(explained)


@pytest.mark.parametrize(
    ("code", "message", "status", "says"),
    [
        ("400", "", 400, "AWS refuses s3:ListBucket: HTTP status 400, without a reason."),
        ("", "", 400, "AWS refuses s3:ListBucket: HTTP status 400, without a reason."),
        ("400", "Bad Request", 400, "AWS refuses s3:ListBucket: Bad Request."),
        (
            "InvalidRequest",
            "",
            400,
            "AWS refuses s3:ListBucket: InvalidRequest, without a message.",
        ),
        (
            "ValidationError",
            "Template format error",
            400,
            "AWS refuses s3:ListBucket (ValidationError): Template format error.",
        ),
        (
            "403",
            "",
            403,
            f"these credentials may not do s3:ListBucket: HTTP status 403, without a reason. {_HELP}",
        ),
    ],
)
def test_a_refusal_says_the_code_and_the_words_that_aws_gave(
    code: str, message: str, status: int, says: str
) -> None:
    assert str(explain(refused(code, message, status), "s3:ListBucket", None)) == says


def test_an_error_that_is_not_of_aws_stays_what_it_is() -> None:
    assert explain(KeyError("a bug"), "cloudformation:DescribeStacks", None) is None


def test_without_a_profile_the_sentence_names_none() -> None:
    explained = explain(refused("ExpiredToken", "gone"), "sts:GetCallerIdentity", None)

    assert "--profile" not in str(explained)
