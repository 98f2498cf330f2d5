"""The plan's range, the billing alarms and the limit."""

from __future__ import annotations

from decimal import Decimal

import pytest

from showcore_cfn.cost.budget import Standing, billing_alarms, hold, parse_limit, verdict
from showcore_cfn.cost.line import Estimate, Kind, Line, Unpriced
from showcore_cfn.errors import Exit, Stopped, UsageError
from tests.unit.cost.support import nest_of, ours

FUNCTION = Unpriced("app/F", "AWS::Lambda::Function", "no price")


def costing(total: str, *unpriced: Unpriced) -> Estimate:
    usd = Decimal(total)
    line = Line("app/It", "app", "T", "S", "what", Decimal(1), "hour", "vpc.x", usd, usd, Kind.FIXED)
    return Estimate((line,), (), unpriced, ())


@pytest.mark.parametrize(
    ("total", "standing", "said"),
    [
        ("48.99", Standing.BELOW, "0.01 USD below the plan's 49-60 USD a month"),
        ("49", Standing.WITHIN, "within the plan's 49-60 USD a month"),
        ("60.004", Standing.WITHIN, "within the plan's 49-60 USD a month"),
        ("60.005", Standing.ABOVE, "0.01 USD above the plan's 49-60 USD a month"),
        ("87.75", Standing.ABOVE, "27.75 USD above the plan's 49-60 USD a month"),
    ],
)
def test_a_total_is_held_against_the_plan_by_cents(total: str, standing: Standing, said: str) -> None:
    found = verdict(Decimal(total))
    assert found.standing is standing
    assert str(found) == said


@pytest.mark.task("10.6")
def test_the_alarms_of_the_plan_are_compared_with_the_estimate() -> None:
    low, high = billing_alarms(ours().nest(), Decimal("87.75"))
    assert (low.name, low.path) == ("showcore-billing-50", "account/Billing50Alarm")
    assert low.threshold == 50
    assert low.day == 18  # 50 / 87.75 x 30.4 days = 17.3
    assert str(low).startswith("showcore-billing-50 will be in alarm every month from about day 18 on: ")
    assert high.day is None
    assert str(high) == "showcore-billing-100 stays quiet: the estimate is not above 100 USD."


def test_an_alarm_that_the_estimate_only_reaches_stays_quiet() -> None:
    assert [alarm.day for alarm in billing_alarms(ours().nest(), Decimal("50.00"))] == [None, None]


def test_other_alarms_are_no_billing_alarms() -> None:
    alarm = "It: {Type: 'AWS::CloudWatch::Alarm', Properties: {MetricName: CPUUtilization, Threshold: 80}}"
    assert billing_alarms(nest_of(alarm), Decimal(90)) == ()


def test_without_the_account_tier_there_are_no_billing_alarms() -> None:
    assert billing_alarms(ours(AccountTier="false").nest(), Decimal(90)) == ()


def test_a_month_above_the_limit_is_stopped_with_exit_code_4() -> None:
    with pytest.raises(
        Stopped, match=r"^The estimate is 87\.75 USD a month, 27\.75 above the limit of 60\.00: change what "
    ) as raised:
        hold(costing("87.75"), Decimal(60))
    assert raised.value.exit_code is Exit.STOPPED


@pytest.mark.parametrize(("total", "limit"), [("60", "60"), ("60.004", "60"), ("87.75", None)])
def test_a_month_within_the_limit_goes_on(total: str, limit: str | None) -> None:
    hold(costing(total), None if limit is None else Decimal(limit))


def test_a_month_with_something_that_has_no_price_is_within_no_limit() -> None:
    with pytest.raises(
        Stopped,
        match=r"^The estimate is at least 10\.00 USD a month, and whether that stays within the limit of 60\.00 is",
    ) as raised:
        hold(costing("10", FUNCTION), Decimal(60))
    assert "app/F (AWS::Lambda::Function: no price)" in str(raised.value)
    assert str(raised.value).endswith("give the missing prices with --price KEY=VALUE or --prices FILE.")
    with pytest.raises(Stopped, match=r"^The estimate is at least 61\.00 USD a month, 1\.00 above the limit"):
        hold(costing("61", FUNCTION), Decimal(60))
    hold(costing("10", FUNCTION), None)


@pytest.mark.parametrize(
    ("total", "said"),
    [
        ("48", "not to be set beside the plan's 49-60 USD a month, since not everything is priced"),
        ("50", "not to be set beside the plan's 49-60 USD a month, since not everything is priced"),
        ("61", "at least 1.00 USD above the plan's 49-60 USD a month"),
    ],
)
def test_a_total_that_is_not_whole_is_never_within_the_plan(total: str, said: str) -> None:
    assert str(verdict(Decimal(total), complete=False)) == said


@pytest.mark.parametrize("value", [0.0, -5.0, float("nan"), float("inf")])
def test_a_limit_that_is_no_amount_gets_one_sentence(value: float) -> None:
    with pytest.raises(UsageError, match=r"--max-monthly is .*; a limit is a number of USD above 0\."):
        parse_limit(value)
