"""A fake AWS with an artifact bucket, and the engine pointed at it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import boto3
import pytest

from showcore_cfn.aws.session import Connection, Session
from showcore_cfn.deploy.desired import Desired
from showcore_cfn.deploy.following.follow import Choice
from showcore_cfn.deploy.following.happening import Happening
from showcore_cfn.deploy.guard import Lifted
from showcore_cfn.deploy.operation import Operator
from showcore_cfn.deploy.session import Deployment
from tests.deploy.nests import NEST
from tests.fakes.cloudformation import FakeAws

ACCOUNT = "111122223333"
BUCKET = f"showcore-artifacts-{ACCOUNT}"
STACK = "showcore"
_BOTO3 = boto3.session.Session  # its loader reads the service models once for all tests
_SHARED: list[Any] = []


@dataclass
class Watching:
    """A watcher that remembers."""

    happenings: list[Happening] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)
    ticks: list[datetime] = field(default_factory=list)
    choices: list[Choice] = field(default_factory=list)

    def step(self, text: str) -> None:
        self.steps.append(text)

    def happened(self, happenings: tuple[Happening, ...]) -> None:
        self.happenings.extend(happenings)

    def waiting(self, now: datetime) -> None:
        self.ticks.append(now)

    def trouble(self, text: str) -> None:
        self.troubles.append(text)

    def interrupted(self, can_cancel: bool) -> Choice:
        return self.choices.pop(0)


@dataclass
class Bench:
    """A fake AWS and an engine for it."""

    aws: FakeAws
    watching: Watching = field(default_factory=Watching)

    def session(self) -> Session:
        """New clients, as a new process has them."""
        return Session(Connection("us-east-1", retry_mode="standard"))

    def operator(self, **given: Any) -> Operator:
        """An operator on the fake's clock."""
        return Operator(self.session(), self.watching, self.aws.clock, **given)

    def interrupted(self, at_sleep: int, **given: Any) -> Operator:
        """An operator whose clock is interrupted once, as by Ctrl-C."""
        own = self.aws.clock

        class Clock:
            sleeps = 0
            now = staticmethod(own.now)

            def sleep(self, seconds: float) -> None:
                self.sleeps += 1
                own.sleep(seconds)
                if self.sleeps == at_sleep:
                    raise KeyboardInterrupt

        return replace(self.operator(**given), clock=Clock())

    def deployment(
        self,
        templates: Mapping[str, str] = NEST,
        lifted: Lifted | None = None,
        operator: Operator | None = None,
        **given: Any,
    ) -> Deployment:
        """A deployment of the small nest, or of other templates."""
        return Deployment(desired(templates, **given), operator or self.operator(), lifted)

    def calls_since(self, start: int) -> dict[str, int]:
        """How often each operation was called since a position."""
        counts: dict[str, int] = {}
        for call in self.aws.calls[start:]:
            counts[call.operation] = counts.get(call.operation, 0) + 1
        return counts

    def status(self, *path: str) -> str:
        """The status of the stack, or of one nested in it."""
        return self.aws.stack(STACK, *path).status


def desired(templates: Mapping[str, str] = NEST, **given: Any) -> Desired:
    """The small nest as what is desired."""
    usual = {"Prefix": "showcore", "Retention": "7", "DatabaseDeletionProtection": "false"}
    wanted = usual | given.pop("parameters", {})
    parameters = {name: value for name, value in wanted.items() if f"\n  {name}:" in templates["root.yaml"]}
    return Desired(
        account_id=ACCOUNT,
        region="us-east-1",
        stack_name=STACK,
        templates=templates,
        root=given.pop("root", "root.yaml"),
        parameters=parameters,
        tags=given.pop("tags", {"Project": "ShowCore"}),
        bucket=BUCKET,
        **given,
    )


def yes(_: object) -> bool:
    """Agree to any plan."""
    return True


def point_at(aws: FakeAws, monkeypatch: pytest.MonkeyPatch) -> None:
    """Send every boto3 client of this process to the fake, with its retries on the fake's clock."""
    for name, value in aws.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("SHOWCORE_PREFLIGHT", "false")  # what is only looked at has tests of its own
    aws.retries_sleep_here(monkeypatch)
    monkeypatch.setattr(boto3.session, "Session", _shared_session)


def _shared_session(**given: Any) -> Any:
    if any(given.values()):
        return _BOTO3(**given)
    if not _SHARED:
        _SHARED.append(_BOTO3())
    return _SHARED[0]


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    """A fake AWS that is bootstrapped, and the engine."""
    with FakeAws() as aws:
        point_at(aws, monkeypatch)
        aws.s3.create(BUCKET)
        aws.durations.scale = 0.02  # the database takes ten seconds
        yield Bench(aws)
