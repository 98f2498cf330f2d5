"""What tells people: topics, alarms, the dashboard, log groups."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from showcore_cfn.verify.facts.stack import STACK
from showcore_cfn.verify.look import Fact


@dataclass(frozen=True, slots=True)
class Subscription:
    """Somebody who should hear of a topic's messages."""

    protocol: str
    endpoint: str
    confirmed: bool


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic and who listens."""

    arn: str
    subscriptions: tuple[Subscription, ...]

    @property
    def name(self) -> str:
        """The last part of its ARN."""
        return self.arn.rsplit(":", 1)[-1]


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric that an alarm reads."""

    namespace: str
    name: str
    dimensions: tuple[tuple[str, str], ...]
    statistic: str
    period_seconds: int


@dataclass(frozen=True, slots=True)
class Alarm:
    """An alarm with the metrics it reads; an expression where it computes with them."""

    name: str
    arn: str
    state: str
    enabled: bool
    actions: tuple[str, ...]
    metrics: tuple[Metric, ...]
    expression: str
    comparison: str
    threshold: float
    evaluation_periods: int
    missing_data: str


@dataclass(frozen=True, slots=True)
class Dashboard:
    """A dashboard: which metrics of which namespace it draws."""

    name: str
    metrics: Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class LogGroup:
    """A log group; retention in days, None for ever."""

    name: str
    retention_days: int | None


TOPICS: Fact[tuple[Topic, ...]] = Fact("the topics", ("sns:ListSubscriptionsByTopic",), (STACK,))
ALARMS: Fact[tuple[Alarm, ...]] = Fact("the alarms", ("cloudwatch:DescribeAlarms",), (STACK,))
DASHBOARD: Fact[Dashboard | None] = Fact("the dashboard", ("cloudwatch:GetDashboard",), (STACK,))
LOG_GROUPS: Fact[tuple[LogGroup, ...]] = Fact("the log groups", ("logs:DescribeLogGroups",), (STACK,))
