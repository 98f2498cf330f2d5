"""The estimate against what the plan expects, the billing alarms and a limit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from enum import StrEnum

from showcore_cfn.cost.line import Estimate, at_least, cents, money, named
from showcore_cfn.errors import Stopped, UsageError
from showcore_cfn.review.resolve import Nest
from showcore_cfn.review.values import text_of

PLAN_USD = (Decimal(49), Decimal(60))  # the plan, overview and 12.4: after the free tier
PLAN_FREE_TIER_USD = (Decimal(3), Decimal(10))  # the plan, overview and 12.4: in the first 12 months
_MONTH_DAYS = Decimal("30.4")


class Standing(StrEnum):
    """Where an amount stands to a range."""

    BELOW = "below"
    WITHIN = "within"
    ABOVE = "above"
    UNKNOWN = "unknown"  # not above by what has a price, and something has none


@dataclass(frozen=True, slots=True)
class Verdict:
    """An amount beside the plan's range."""

    total: Decimal
    low: Decimal
    high: Decimal
    complete: bool = True  # whether everything in the total has a price

    @property
    def standing(self) -> Standing:
        """Judged by cents, as a bill is."""
        total = cents(self.total)
        if total > self.high:
            return Standing.ABOVE
        if not self.complete:
            return Standing.UNKNOWN
        return Standing.BELOW if total < self.low else Standing.WITHIN

    @property
    def beyond(self) -> Decimal:
        """USD outside the range; 0 within it."""
        if self.standing is Standing.ABOVE:
            return cents(self.total) - self.high
        return self.low - cents(self.total) if self.standing is Standing.BELOW else Decimal(0)

    def __str__(self) -> str:
        plan = f"the plan's {self.low}-{self.high} USD a month"
        if self.standing is Standing.WITHIN:
            return f"within {plan}"
        if self.standing is Standing.UNKNOWN:
            return f"not to be set beside {plan}, since not everything is priced"
        return f"{at_least(self.beyond, complete=self.complete)} USD {self.standing} {plan}"


def verdict(
    total: Decimal, expected: tuple[Decimal, Decimal] = PLAN_USD, *, complete: bool = True
) -> Verdict:
    """The total beside the plan's range. One that is not complete is never within it, nor below."""
    return Verdict(total, *expected, complete)


@dataclass(frozen=True, slots=True)
class BillingAlarm:
    """An alarm on the account's estimated charges, and when the estimate passes it."""

    name: str
    path: str
    threshold: Decimal
    day: int | None  # of the month, counted from 1; None: the estimate stays below

    def __str__(self) -> str:
        if self.day is None:
            return f"{self.name} stays quiet: the estimate is not above {self.threshold:g} USD."
        return (
            f"{self.name} will be in alarm every month from about day {self.day} on: the estimate is above its "
            f"{self.threshold:g} USD. Lower the cost, or raise the threshold."
        )


def billing_alarms(nest: Nest, total: Decimal) -> tuple[BillingAlarm, ...]:
    """The nest's alarms on EstimatedCharges, lowest threshold first, held against a month's total.

    They watch the whole account, so that what else stands in it comes on top.
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/monitor_estimated_charges_with_cloudwatch.html
    """
    return tuple(sorted(_alarms(nest, total), key=lambda alarm: alarm.threshold))


def _alarms(nest: Nest, total: Decimal) -> Iterator[BillingAlarm]:
    for resource in nest.resources.values():
        found = resource.properties
        if resource.type != "AWS::CloudWatch::Alarm" or not isinstance(found, dict):
            continue
        threshold = found.get("Threshold")
        if found.get("MetricName") == "EstimatedCharges" and isinstance(threshold, (int, float, str)):
            usd = Decimal(str(threshold))
            name = text_of(found.get("AlarmName") or resource.logical_id)
            yield BillingAlarm(name, resource.path, usd, _day(usd, total))


def _day(threshold: Decimal, total: Decimal) -> int | None:
    if cents(total) <= threshold:
        return None
    return int((threshold / total * _MONTH_DAYS).to_integral_value(rounding=ROUND_CEILING))


def parse_limit(value: float) -> Decimal:
    """A `--max-monthly`. Raises UsageError where it is no amount."""
    limit = Decimal(str(value))
    if not limit.is_finite() or limit <= 0:
        raise UsageError(f"--max-monthly is {value}; a limit is a number of USD above 0.")
    return limit


def beyond(month: Estimate, limit: Decimal) -> str:
    """Why a month is not known to stay within a limit, as a clause without a full stop; empty where it does.

    What has no price may cost anything, so that a month with such a thing is never within.
    """
    said = at_least(month.total, complete=month.complete)
    if cents(month.total) > limit:
        return f"the estimate is {said} USD a month, {money(month.total - limit)} above the limit of {money(limit)}"
    if not month.complete:
        return (
            f"the estimate is {said} USD a month, and whether that stays within the limit of {money(limit)} is not "
            f"known, since there is no price for {named(month.unpriced)}"
        )
    return ""


def hold(month: Estimate, limit: Decimal | None) -> None:
    """Raise Stopped (exit code 4) where the month costs more than the limit, or may."""
    why = beyond(month, limit) if limit is not None else ""
    if not why:
        return
    if month.complete:
        remedy = "change what `showcore cost` proposes, or raise --max-monthly"
    else:
        remedy = "give the missing prices with --price KEY=VALUE or --prices FILE"
    raise Stopped(f"{why[0].upper()}{why[1:]}: {remedy}.")
