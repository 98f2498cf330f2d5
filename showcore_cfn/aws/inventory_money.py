"""Costs, cost allocation tags, anomaly monitors, the account's plan and its tag policy."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from showcore_cfn.aws.failures import AwsError
from showcore_cfn.aws.inventory import Answer, Source, reading, text
from showcore_cfn.verify.facts.money import (
    ACCOUNT_PLAN,
    COST_TAGS,
    COSTS,
    MONITORS,
    TAG_POLICY,
    AccountPlan,
    Costs,
    Monitor,
)
from showcore_cfn.verify.facts.stack import STACK
from showcore_cfn.verify.look import CouldNotLook, Look

_PROJECT = "ShowCore"
_WINDOW = timedelta(days=14)  # Cost Explorer keeps days; two weeks smooth out a single odd one


def _cost_tags(source: Source, _look: Look) -> Mapping[str, str]:
    found = source.pages(*("ce", "list_cost_allocation_tags", "CostAllocationTags"), Type="UserDefined")
    return {text(each, "TagKey"): text(each, "Status") for each in found}


def _costs(source: Source, look: Look) -> Costs:
    """From the deployment or two weeks ago up to yesterday, unblended; by tag where that can tell.

    https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_GetCostAndUsage.html
    """
    by_tag = look(COST_TAGS).get("Project") == "Active"
    end = source.want.now.date()
    first = max(end - _WINDOW, look(STACK).root.created.date())
    if first >= end:
        raise CouldNotLook("the stack stands since today, and Cost Explorer knows whole days")
    mine = {"Tags": {"Key": "Project", "Values": [_PROJECT]}}
    services: dict[str, float] = {}
    token: str | None = ""
    while token is not None:
        page = source.ask(
            *("ce", "get_cost_and_usage"),
            TimePeriod={"Start": first.isoformat(), "End": end.isoformat()},
            Granularity="DAILY",
            Metrics=["UnblendedCost"],
            GroupBy=[{"Type": "DIMENSION", "Key": "SERVICE"}],
            NextPageToken=token or None,
            Filter=mine if by_tag else None,
        )
        for day in page["ResultsByTime"]:
            for group in day.get("Groups") or ():
                amount = float(group["Metrics"]["UnblendedCost"]["Amount"])
                services[group["Keys"][0]] = services.get(group["Keys"][0], 0.0) + amount
        token = page.get("NextPageToken")
    return Costs(first, end, services, by_tag)


def _monitors(source: Source, _look: Look) -> tuple[Monitor, ...]:
    monitors = source.pages("ce", "get_anomaly_monitors", "AnomalyMonitors")
    heard = source.pages("ce", "get_anomaly_subscriptions", "AnomalySubscriptions")
    return tuple(
        Monitor(
            name=text(each, "MonitorName"),
            kind=text(each, "MonitorType"),
            specification=text(each, "MonitorSpecification"),
            subscriptions=sum(each["MonitorArn"] in one.get("MonitorArnList", ()) for one in heard),
        )
        for each in monitors
    )


def _account_plan(source: Source, _look: Look) -> AccountPlan:
    return account_plan(source.ask("freetier", "get_account_plan_state"))


def account_plan(found: Answer) -> AccountPlan:
    """An answer of GetAccountPlanState."""
    credits_left = (found.get("accountPlanRemainingCredits") or {}).get("amount")
    expires = found.get("accountPlanExpirationDate")
    return AccountPlan(
        kind=text(found, "accountPlanType"),
        status=text(found, "accountPlanStatus"),
        credits_left_usd=None if credits_left is None else float(credits_left),
        expires=expires.date().isoformat() if expires is not None else "",
    )


def _tag_policy(source: Source, _look: Look) -> str | None:
    try:
        found = source.ask("organizations", "describe_effective_policy", PolicyType="TAG_POLICY")
    except AwsError as error:
        if error.code == "EffectivePolicyNotFoundException":
            return ""
        if error.code == "AWSOrganizationsNotInUseException":
            return None
        raise
    return text(found["EffectivePolicy"], "PolicyContent")


READINGS = (
    reading(COST_TAGS, _cost_tags),
    reading(COSTS, _costs),
    reading(MONITORS, _monitors),
    reading(ACCOUNT_PLAN, _account_plan),
    reading(TAG_POLICY, _tag_policy),
)
