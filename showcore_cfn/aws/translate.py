"""From what botocore raises to the errors of `failures`: each says what to do next."""

from __future__ import annotations

from typing import Any

from botocore import exceptions as sdk

from showcore_cfn.aws import failures
from showcore_cfn.aws.elsewhere import NotOffered
from showcore_cfn.errors import ShowcoreError

_EXPIRED = frozenset(
    {
        "ExpiredToken",
        "ExpiredTokenException",
        "RequestExpired",
        "UnauthorizedSSOTokenError",
        "TokenRefreshRequired",
    }
)
_SKEWED = frozenset({"RequestTimeTooSkewed", "RequestInTheFuture", "InvalidSignatureException"})
_DENIED = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AllAccessDisabled"})
_UNKNOWN_KEY = frozenset({"InvalidClientTokenId", "UnrecognizedClientException", "InvalidAccessKeyId"})
_THROTTLED = frozenset(
    {
        "Throttling",
        "ThrottlingException",
        "ThrottledException",
        "RequestLimitExceeded",
        "TooManyRequestsException",
    }
    | {"SlowDown", "RequestThrottled", "RequestThrottledException"}
)
_MISSING = frozenset({"ChangeSetNotFound", "ChangeSetNotFoundException", "NoSuchBucket", "NoSuchKey", "404"})
_EXISTS = frozenset({"AlreadyExistsException", "BucketAlreadyExists", "TokenAlreadyExistsException"})
_STATUS = frozenset({"InvalidChangeSetStatus", "InvalidChangeSetStatusException"})
_FORBIDDEN = 403
_TROUBLE = 500  # and above: AWS's own trouble


def explain(error: Exception, operation: str, profile: str | None) -> ShowcoreError | None:
    """The error a user can act on, or None where `error` is none of AWS's."""
    if isinstance(error, sdk.ClientError):
        return _answered(error.response, operation, profile)
    if isinstance(error, NotOffered):
        return failures.Refused(_not_offered(error, operation), operation=operation)
    if isinstance(error, sdk.ProfileNotFound):
        return failures.NoCredentials(
            f"there is no AWS profile {error.kwargs['profile']!r}: `aws configure list-profiles` shows all.",
            operation=operation,
        )
    if isinstance(error, (sdk.NoCredentialsError, sdk.PartialCredentialsError)):
        return failures.NoCredentials(_no_credentials(str(error), profile), operation=operation)
    if isinstance(error, (sdk.SSOError, sdk.TokenRetrievalError, sdk.CredentialRetrievalError)):
        return failures.CredentialsExpired(_expired(profile), operation=operation)
    if isinstance(error, (sdk.NoRegionError, sdk.InvalidRegionError)):
        return failures.Refused(f"{_sentence(str(error))} Give --region.", operation=operation)
    if isinstance(error, (sdk.ConnectionError, sdk.HTTPClientError)):
        return failures.Unreachable(_unreachable(str(error), operation), operation=operation)
    if isinstance(error, sdk.BotoCoreError):
        return failures.Refused(
            f"{operation} could not be asked for: {_sentence(str(error))}", operation=operation
        )
    return None


def _answered(response: Any, operation: str, profile: str | None) -> failures.AwsError:
    code = str(response.get("Error", {}).get("Code", ""))
    status = int(response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0) or 0)
    words = _words(code, _sentence(str(response.get("Error", {}).get("Message", ""))), status)
    kind, text = _reading(code, words, status, operation, profile)
    return kind(text, code=code, operation=operation)


def _words(code: str, message: str, status: int) -> str:
    """What AWS said: its message, and its code where that says more; a status alone is told as one."""
    # Of an answer without a body, such as to HEAD, botocore takes the status for a code.
    if not code or code.isdigit():
        return message or f"HTTP status {code or status}, without a reason."
    return message or f"{code}, without a message."


def _reading(
    code: str, words: str, status: int, operation: str, profile: str | None
) -> tuple[type[failures.AwsError], str]:
    """The kind of an answer, and the sentence for it."""
    lower = words.lower()
    if code in _SKEWED or "signature expired" in lower or "signature not yet current" in lower:
        return failures.ClockSkewed, f"this machine's clock is wrong: {words} Set the clock and try again."
    if code in _EXPIRED or "security token included in the request is expired" in lower:
        return failures.CredentialsExpired, _expired(profile)
    if code in _UNKNOWN_KEY:
        return failures.NoCredentials, _no_credentials(words, profile)
    if code in _THROTTLED or "rate exceeded" in lower:
        return failures.Throttled, f"AWS asks to slow down at {operation}. Try again in a minute."
    if code in _DENIED or (status == _FORBIDDEN and code in ("403", "")):
        return failures.AccessDenied, _denied(words, operation)
    if code in _MISSING or (code == "ValidationError" and "does not exist" in lower):
        return failures.Missing, words
    if code in _EXISTS:
        return failures.AlreadyExists, words
    if code in _STATUS or _speaks_of_status(code, lower):
        return failures.WrongStatus, words
    if status >= _TROUBLE:
        return failures.Unreachable, f"AWS is in trouble at {operation}: {words} Try again in a minute."
    named = f" ({code})" if code and not code.isdigit() and code not in words else ""
    return failures.Refused, f"AWS refuses {operation}{named}: {words}"


def _denied(words: str, operation: str) -> str:
    return f"these credentials may not do {operation}: {words} `showcore policy` prints what is needed."


def _speaks_of_status(code: str, words: str) -> bool:
    return code == "ValidationError" and ("_in_progress state" in words or "can not be " in words)


def _unreachable(words: str, operation: str) -> str:
    return f"no answer from AWS to {operation}: {_sentence(words)} Check the network and --endpoint-url."


def _not_offered(error: NotOffered, operation: str) -> str:
    url = error.kwargs["endpoint_url"]
    return (
        f"the endpoint {url} is not AWS's own and does not have {operation}: to ask AWS itself, leave --endpoint-url "
        "and AWS_ENDPOINT_URL out."
    )


def _expired(profile: str | None) -> str:
    login = (
        f"`aws sso login --profile {profile}`"
        if profile
        else "`aws sso login`, or renew them where you got them"
    )
    return f"the AWS credentials have expired: {login}, then run the same command again."


def _no_credentials(words: str, profile: str | None) -> str:
    where = (
        f"the profile {profile!r}"
        if profile
        else "the environment, the default profile or this machine's role"
    )
    return f"no usable AWS credentials from {where}: {_sentence(words)} `aws configure list` shows more."


def _sentence(text: str) -> str:
    stripped = " ".join(text.split())
    return stripped if not stripped or stripped.endswith((".", "!", "?")) else f"{stripped}."
