"""The questions that a preflight asks of an account. boto3 stands behind them, or a test's own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

THIS_ACCOUNT = "this account"
ANOTHER_ACCOUNT = "another account"


@dataclass(frozen=True, slots=True)
class Zone:
    """An Availability Zone; its name means another place in each account, its id does not."""

    name: str
    id: str
    state: str


@dataclass(frozen=True, slots=True)
class Trail:
    """A CloudTrail trail that records this region."""

    name: str
    home_region: str


@dataclass(frozen=True, slots=True)
class Monitor:
    """A cost anomaly monitor."""

    name: str
    type: str  # DIMENSIONAL: one an account; CUSTOM


class Account(Protocol):
    """One account and region, only looked at. Every question raises AwsError where it is not answered."""

    def zones(self) -> tuple[Zone, ...]:
        """The zones of the region."""
        ...

    def recorders(self) -> tuple[str, ...]:
        """AWS Config's recorders: one a region at most."""
        ...

    def channels(self) -> tuple[str, ...]:
        """AWS Config's delivery channels: one a region at most."""
        ...

    def trails(self) -> tuple[Trail, ...]:
        """The trails that record this region, those of the organization and other regions among them."""
        ...

    def monitors(self) -> tuple[Monitor, ...]:
        """The cost anomaly monitors."""
        ...

    def plan(self) -> tuple[str, str] | None:
        """The account's plan and its status, such as FREE and ACTIVE; None for an account from before plans."""
        ...

    def engine_versions(self, engine: str, version: str) -> tuple[str, ...]:
        """The versions of a database engine that begin so."""
        ...

    def zones_of_class(self, engine: str, version: str, instance_class: str) -> frozenset[str]:
        """The zones in which RDS offers an instance class for an engine version."""
        ...

    def cache_versions(self, engine: str, version: str) -> tuple[str, ...]:
        """The versions of a cache engine that begin so."""
        ...

    def unconfirmed(self, topic_arn: str) -> tuple[str, ...] | None:
        """The addresses that have not confirmed yet; None where there is no such topic."""
        ...

    def networks(self) -> int:
        """How many VPCs the region has."""
        ...

    def most_networks(self) -> int:
        """How many it may have."""
        ...

    def has_role(self, name: str) -> bool:
        """Whether there is a role of this name."""
        ...

    def taken(self, resource_type: str, names: Iterable[str]) -> Mapping[str, str]:
        """Those of the names that are in use, and whose they are: THIS_ACCOUNT or ANOTHER_ACCOUNT."""
        ...

    def owner(self, resource_type: str, name: str) -> str | None:
        """The stack that a resource belongs to; None where it is in none."""
        ...
