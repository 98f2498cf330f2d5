"""The one door to AWS: credentials, region, endpoint, retries; and the gateways behind it.

Nothing is asked of AWS until a gateway is used. Where no endpoint is given, botocore itself reads
`AWS_ENDPOINT_URL` and its forms for one service.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError

from showcore_cfn import __version__
from showcore_cfn.aws.cloudformation import CloudFormationGateway
from showcore_cfn.aws.elsewhere import is_aws, tell_at_once
from showcore_cfn.aws.failures import Refused
from showcore_cfn.aws.store import StoreGateway
from showcore_cfn.aws.translate import explain
from showcore_cfn.aws.values import Identity

if TYPE_CHECKING:
    from showcore_cfn.aws.drift import DriftGateway

TRIES = 10  # of each call; adaptive retries slow down together when AWS asks for it
_CONNECT_SECONDS = 10
_READ_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Connection:
    """How AWS is reached, as the command line says it. None leaves it to the AWS configuration."""

    region: str
    profile: str | None = None
    endpoint_url: str | None = None
    tries: int = TRIES
    retry_mode: str = "adaptive"


class Session:
    """The gateways of one account and region. Raises NoCredentials where the profile does not exist."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._lock = Lock()
        self._clients: dict[str, Any] = {}
        self._identity: Identity | None = None

    @cached_property
    def cloudformation(self) -> CloudFormationGateway:
        """CloudFormation."""
        return CloudFormationGateway(self.client("cloudformation"), self._connection.profile)

    @cached_property
    def store(self) -> StoreGateway:
        """S3."""
        return StoreGateway(self.client("s3"), self._connection.profile)

    @cached_property
    def drift(self) -> DriftGateway:
        """Drift detection."""
        from showcore_cfn.aws.drift import DriftGateway

        return DriftGateway(self.client("cloudformation"), self._connection.profile)

    @property
    def identities(self) -> Session:
        """Who is asking: the session itself knows."""
        return self

    def identity(self) -> Identity:
        """The account and ARN behind the credentials, asked once (STS GetCallerIdentity needs no permission)."""
        from showcore_cfn.aws.call import asked

        if self._identity is None:
            answer = asked(self.client("sts"), "get_caller_identity", self._connection.profile)
            self._identity = Identity(str(answer["Account"]), str(answer["Arn"]))
        return self._identity

    def expires(self) -> datetime | None:
        """When the credentials end, where botocore knows it; credentials that renew themselves do not end."""
        credentials = self._session.get_credentials()
        if credentials is None or hasattr(credentials, "_refresh_using"):
            return None
        found = getattr(credentials, "_expiry_time", None)
        return found if isinstance(found, datetime) else None

    @property
    def is_aws(self) -> bool:
        """Whether CloudFormation is AWS's own, by its host name, and not an endpoint that plays it."""
        return is_aws(self.client("cloudformation").meta.endpoint_url)

    def client(self, service: str) -> Any:
        """A boto3 client of this connection, made once."""
        with self._lock:
            if service not in self._clients:
                self._clients[service] = self._made(service)
            return self._clients[service]

    def _made(self, service: str) -> Any:
        try:
            made = self._session.client(
                service,
                region_name=self._connection.region,
                endpoint_url=self._connection.endpoint_url or None,
                config=_config(self._connection),
            )
        except BotoCoreError as error:
            said = explain(error, service, self._connection.profile)
            raise (said or error) from error
        except ValueError as error:  # an endpoint that is no URL
            raise Refused(f"{error}. Check --endpoint-url.") from error
        tell_at_once(made)
        return made

    @cached_property
    def _session(self) -> Any:
        try:
            return boto3.session.Session(profile_name=self._connection.profile)
        except BotoCoreError as error:
            said = explain(error, "sign in", self._connection.profile)
            raise (said or error) from error


def connect(
    region: str, *, profile: str | None = None, endpoint_url: str | None = None, tries: int = TRIES
) -> Session:
    """The gateways of an account, as the usual AWS configuration and these options say."""
    return Session(Connection(region, profile, endpoint_url, tries))


def _config(connection: Connection) -> Config:
    return Config(
        retries={"mode": connection.retry_mode, "total_max_attempts": connection.tries},
        connect_timeout=_CONNECT_SECONDS,
        read_timeout=_READ_SECONDS,
        s3={"addressing_style": "path" if _elsewhere(connection) else "auto"},
        user_agent_appid=f"showcore-{__version__}",
    )


def _elsewhere(connection: Connection) -> bool:
    """Whether S3 is not AWS's own: then buckets have no host names of their own."""
    return bool(
        connection.endpoint_url or os.environ.get("AWS_ENDPOINT_URL") or os.environ.get("AWS_ENDPOINT_URL_S3")
    )
