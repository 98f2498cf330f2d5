"""The ways a call to AWS can fail that a user, or the deployment itself, can do something about."""

from __future__ import annotations

from showcore_cfn.errors import ShowcoreError


class AwsError(ShowcoreError):
    """AWS says no. `code` is AWS's own word for it, `operation` the action that was asked for."""

    def __init__(self, message: str, *, code: str = "", operation: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.operation = operation


class NoCredentials(AwsError):
    """There are no credentials, or the profile does not exist."""


class CredentialsExpired(AwsError):
    """The session has ended; what runs in AWS goes on without it."""


class ClockSkewed(AwsError):
    """This machine's clock is too far from AWS's for its signatures to be taken."""


class AccessDenied(AwsError):
    """The identity may not do this."""


class Throttled(AwsError):
    """AWS answers that it is asked too often, even after the retries of botocore."""


class Unreachable(AwsError):
    """No answer: no network, a wrong endpoint, or AWS in trouble, even after retries."""


class Missing(AwsError):
    """The stack, change set or bucket does not exist."""


class AlreadyExists(AwsError):
    """Something of that name is there already."""


class WrongStatus(AwsError):
    """The stack or change set is not in a status that allows this."""


class Refused(AwsError):
    """AWS refuses the request as it is: its own words follow."""


SIGNED_OUT = (CredentialsExpired, NoCredentials, ClockSkewed)  # no call will be heard until that is mended
NO_ANSWER = (Throttled, Unreachable)  # says nothing about the thing that was asked for
