"""An account to look at, made of values, and the nest that would be deployed into it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from showcore_cfn.aws.failures import AccessDenied
from showcore_cfn.aws.values import Identity, Stack, StackResource
from showcore_cfn.deploy.desired import nest
from showcore_cfn.deploy.preflight.account import Monitor, Trail, Zone
from showcore_cfn.deploy.preflight.answer import Answer
from showcore_cfn.deploy.preflight.run import look
from showcore_cfn.deploy.preflight.wanted import Wanted
from showcore_cfn.settings import plan_defaults

T = TypeVar("T")
NOW = datetime(2026, 1, 31, 2, 0, tzinfo=UTC)
TEMPLATES = Path(__file__).parents[3] / "templates"
ARTIFACTS = "showcore-artifacts-111122223333"
BOOTSTRAP = "arn:aws:cloudformation:us-east-1:111122223333:stack/showcore-bootstrap/1"


@cache
def templates() -> Mapping[str, str]:
    """The templates of the repository."""
    return {path.name: path.read_text(encoding="utf-8") for path in TEMPLATES.glob("*.yaml")}


@cache
def wanted(**changed: str) -> Wanted:
    """The nest of the plan, or with other settings."""
    plan = nest(plan_defaults(), templates())
    return Wanted(replace(plan, parameters={**plan.parameters, **changed}))


@dataclass
class Account:
    """Everything is there and nothing is in the way, but for what a test says."""

    found_zones: tuple[Zone, ...] = (
        Zone("us-east-1a", "use1-az1", "available"),
        Zone("us-east-1b", "use1-az2", "available"),
        Zone("us-east-1c", "use1-az3", "available"),
    )
    found_recorders: tuple[str, ...] = ()
    found_channels: tuple[str, ...] = ()
    found_trails: tuple[Trail, ...] = ()
    found_monitors: tuple[Monitor, ...] = ()
    found_plan: tuple[str, str] | None = ("PAID", "ACTIVE")
    versions: tuple[str, ...] = ("16.8", "16.10")
    places: frozenset[str] = frozenset({"us-east-1a", "us-east-1b"})
    caches: tuple[str, ...] = ("7.1",)
    pending: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    vpcs: int = 1
    roles: frozenset[str] = frozenset()
    names: dict[str, str] = field(default_factory=lambda: {ARTIFACTS: "this account"})
    owners: Mapping[str, str] = field(default_factory=dict)
    denied: frozenset[str] = frozenset()

    def zones(self) -> tuple[Zone, ...]:
        return self._allowed("zones", self.found_zones)

    def recorders(self) -> tuple[str, ...]:
        return self._allowed("recorders", self.found_recorders)

    def channels(self) -> tuple[str, ...]:
        return self.found_channels

    def trails(self) -> tuple[Trail, ...]:
        return self.found_trails

    def monitors(self) -> tuple[Monitor, ...]:
        return self.found_monitors

    def plan(self) -> tuple[str, str] | None:
        return self._allowed("plan", self.found_plan)

    def engine_versions(self, engine: str, version: str) -> tuple[str, ...]:
        return self.versions if (engine, version) == ("postgres", "16") else ()

    def zones_of_class(self, engine: str, version: str, instance_class: str) -> frozenset[str]:
        return self.places if (version, instance_class) == ("16.10", "db.t3.micro") else frozenset()

    def cache_versions(self, engine: str, version: str) -> tuple[str, ...]:
        return self.caches

    def unconfirmed(self, topic_arn: str) -> tuple[str, ...] | None:
        return self.pending.get(topic_arn)

    def networks(self) -> int:
        return self.vpcs

    def most_networks(self) -> int:
        return 5

    def has_role(self, name: str) -> bool:
        return name in self.roles

    def taken(self, resource_type: str, names: Iterable[str]) -> Mapping[str, str]:
        return {name: self.names[name] for name in names if name in self.names}

    def owner(self, resource_type: str, name: str) -> str | None:
        return self.owners.get(name)

    def _allowed(self, what: str, value: T) -> T:
        if what in self.denied:
            raise AccessDenied(f"these credentials may not do {what}.")
        return value


@dataclass
class Gateways:
    """CloudFormation and the credentials, as far as a preflight asks them."""

    account_id: str = "111122223333"
    ends: datetime | None = None
    stack_status: str | None = None
    bootstrap_status: str | None = "CREATE_COMPLETE"
    bootstrap_template: str | None = None
    standing: Mapping[str, tuple[StackResource, ...]] = field(default_factory=dict)

    @property
    def cloudformation(self) -> Any:
        return self

    @property
    def identities(self) -> Any:
        return self

    @property
    def store(self) -> Any:
        raise AssertionError("a preflight reads no object")

    @property
    def drift(self) -> Any:
        raise AssertionError("a preflight detects no drift")

    def identity(self) -> Identity:
        return Identity(self.account_id, f"arn:aws:iam::{self.account_id}:user/deployer")

    def expires(self) -> datetime | None:
        return self.ends

    def stack(self, name: str) -> Stack | None:
        status = self.bootstrap_status if name == "showcore-bootstrap" else self.stack_status
        identifier = BOOTSTRAP if name == "showcore-bootstrap" else "root"
        return Stack(identifier, name, status) if status else None

    def template(self, name: str) -> str:
        assert name == BOOTSTRAP
        return self.bootstrap_template or templates()["bootstrap.yaml"]

    def resources(self, name: str) -> tuple[StackResource, ...]:
        return self.standing[name]


def answers(
    account: Account | None = None, gateways: Gateways | None = None, nest_wanted: Wanted | None = None
) -> tuple[Answer, ...]:
    """A preflight of the account."""
    return look(gateways or Gateways(), account or Account(), nest_wanted or wanted(), NOW, "showcore")


def of(check: str, *given: Any, **more: Any) -> Iterator[tuple[str, str, str]]:
    """The answers of one check: verdict, words, remedy."""
    for answer in answers(*given, **more):
        if answer.check == check:
            yield answer.verdict.value, answer.says, answer.remedy
