"""What this machine has of AWS before anything is asked for: credentials, profiles, endpoints that answer."""

from __future__ import annotations

from contextlib import suppress

import boto3
import botocore.session
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from showcore_cfn.aws.failures import Refused
from showcore_cfn.aws.translate import explain

_SECONDS = 5
_PROBES = {"sts": "get_caller_identity", "cloudformation": "describe_stacks"}
SERVICES = tuple(_PROBES)


def profiles() -> tuple[str, ...]:
    """The profiles of the AWS configuration; none where it cannot be read."""
    try:
        return tuple(botocore.session.Session().available_profiles)
    except BotoCoreError:
        return ()


def credentials(profile: str | None) -> str | None:
    """Where the credentials of a command come from, in botocore's word (`env`, `sso`), or None for nowhere.

    Raises NoCredentials for a profile that does not exist and for half of a key.

    Nothing is asked of AWS; where nothing else is found, botocore asks this machine's own metadata service.
    """
    try:
        found = boto3.session.Session(profile_name=profile).get_credentials()
    except BotoCoreError as error:
        said = explain(error, "sign in", profile)
        raise (said or error) from error
    return str(found.method) if found else None


def answers(service: str, region: str, endpoint_url: str | None) -> str:
    """The address of a service that answers, if only with a refusal: nothing is signed. Raises AwsError."""
    config = Config(
        signature_version=UNSIGNED,
        connect_timeout=_SECONDS,
        read_timeout=_SECONDS,
        retries={"total_max_attempts": 1},
    )
    try:
        client = boto3.session.Session().client(
            service, region_name=region, endpoint_url=endpoint_url, config=config
        )
        with suppress(ClientError):  # which is an answer
            getattr(client, _PROBES[service])()
    except BotoCoreError as error:
        said = explain(error, service, None)
        raise (said or error) from error
    except ValueError as error:
        raise Refused(f"{error}. Check --endpoint-url.") from error
    return str(client.meta.endpoint_url)
