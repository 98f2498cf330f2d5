"""Tags and what they are for: cost allocation, costs, anomaly detection, the free plan, tag policies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from showcore_cfn.verify.facts.stack import STACK
from showcore_cfn.verify.look import Fact


@dataclass(frozen=True, slots=True)
class Costs:
    """What Cost Explorer says of the days from `first` up to, not including, `end`, in USD."""

    first: date
    end: date
    by_service: Mapping[str, float]
    by_tag: bool  # whether only what carries Project=ShowCore is counted

    @property
    def total_usd(self) -> float:
        """All services together."""
        return sum(self.by_service.values())


@dataclass(frozen=True, slots=True)
class Monitor:
    """A cost anomaly monitor and how many subscriptions listen to it."""

    name: str
    kind: str
    specification: str
    subscriptions: int


@dataclass(frozen=True, slots=True)
class AccountPlan:
    """The free tier state of the account (`freetier:GetAccountPlanState`)."""

    kind: str  # FREE or PAID
    status: str
    credits_left_usd: float | None
    expires: str


@dataclass(frozen=True, slots=True)
class Tagged:
    """The tags of one stack resource; None where nothing could tell them."""

    path: str
    type: str
    physical_id: str
    tags: Mapping[str, str] | None
    said_by: str  # which API, or why none


RESOURCE_TAGS: Fact[tuple[Tagged, ...]] = Fact(  # of every stack resource whose type takes tags
    "the tags of every stack resource", ("tag:GetResources", "cloudformation:GetResource"), (STACK,)
)
COST_TAGS: Fact[Mapping[str, str]] = Fact("cost allocation tags", ("ce:ListCostAllocationTags",))
COSTS: Fact[Costs] = Fact("costs by service", ("ce:GetCostAndUsage",), (STACK, COST_TAGS))
MONITORS: Fact[tuple[Monitor, ...]] = Fact(
    "cost anomaly monitors", ("ce:GetAnomalyMonitors", "ce:GetAnomalySubscriptions")
)
ACCOUNT_PLAN: Fact[AccountPlan] = Fact("the account's plan", ("freetier:GetAccountPlanState",))
TAG_POLICY: Fact[str | None] = Fact(  # None: the account is in no organization; "": there is no policy
    "the effective tag policy", ("organizations:DescribeEffectivePolicy",)
)
