"""Who is calling, and until when: STS, and the life of credentials."""

from __future__ import annotations

from datetime import datetime, timedelta

from tests.fakes.cloudformation.clock import Clock
from tests.fakes.cloudformation.errors import ServiceError
from tests.fakes.cloudformation.physical import suffix
from tests.fakes.cloudformation.protocol import Record


class Sts:
    """The callers of an account by their access keys; a key nobody knows is the account's user."""

    def __init__(self, account_id: str, clock: Clock) -> None:
        self.account_id, self.clock = account_id, clock
        self.arns: dict[str, str] = {}
        self.ends: dict[str, datetime] = {}

    def expired(self, access_key: str) -> bool:
        """Whether the credentials are no longer good."""
        return access_key in self.ends and self.clock.now() >= self.ends[access_key]

    def expire(self, access_key: str, in_seconds: float) -> None:
        """Have credentials end after a while."""
        self.ends[access_key] = self.clock.now() + timedelta(seconds=in_seconds)

    def handle(self, operation: str, request: Record, access_key: str) -> Record:
        """GetCallerIdentity and AssumeRole."""
        if operation == "GetCallerIdentity":
            arn = self.arns.get(access_key, f"arn:aws:iam::{self.account_id}:user/deployer")
            return {"UserId": access_key, "Account": self.account_id, "Arn": arn}
        if operation == "AssumeRole":
            return self._assume(request)
        raise ServiceError("InvalidAction", f"Could not find operation {operation}")

    def _assume(self, request: Record) -> Record:
        role, session = request["RoleArn"], request["RoleSessionName"]
        key = "ASIA" + suffix(role, session, str(len(self.arns)))
        name = role.rpartition("/")[2]
        self.arns[key] = f"arn:aws:sts::{self.account_id}:assumed-role/{name}/{session}"
        self.expire(key, request.get("DurationSeconds", 3_600))
        return {
            "Credentials": {
                "AccessKeyId": key,
                "SecretAccessKey": suffix(key, "secret"),
                "SessionToken": suffix(key, "token"),
                "Expiration": self.ends[key],
            },
            "AssumedRoleUser": {"AssumedRoleId": f"{key}:{session}", "Arn": self.arns[key]},
        }
