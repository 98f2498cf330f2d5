"""Topics, alarms, the dashboard and log groups, from SNS and CloudWatch."""

from __future__ import annotations

import json
import re
from typing import Any

from showcore_cfn.aws.inventory import Answer, Source, reading, text
from showcore_cfn.verify.facts.alerts import (
    ALARMS,
    DASHBOARD,
    LOG_GROUPS,
    TOPICS,
    Alarm,
    Dashboard,
    LogGroup,
    Metric,
    Subscription,
    Topic,
)
from showcore_cfn.verify.facts.stack import STACK
from showcore_cfn.verify.look import Look

_PENDING = "PendingConfirmation"
_SEARCHED = re.compile(r'SEARCH\(.\{([^,}]+).*?MetricName="([^"]+)"')


def _topics(source: Source, look: Look) -> tuple[Topic, ...]:
    found = [each.physical_id for each in look(STACK).of_type("AWS::SNS::Topic")]
    return tuple(Topic(arn, _subscriptions(source, arn)) for arn in found)


def _subscriptions(source: Source, arn: str) -> tuple[Subscription, ...]:
    found = source.pages("sns", "list_subscriptions_by_topic", "Subscriptions", TopicArn=arn)
    return tuple(
        Subscription(
            text(each, "Protocol"),
            text(each, "Endpoint"),
            text(each, "SubscriptionArn") not in ("", _PENDING),
        )
        for each in found
    )


def _alarms(source: Source, _look: Look) -> tuple[Alarm, ...]:
    found = source.pages(
        *("cloudwatch", "describe_alarms", "MetricAlarms"), AlarmNamePrefix=source.want.named("")
    )
    return tuple(_alarm(each) for each in found)


def _alarm(answer: Answer) -> Alarm:
    return Alarm(
        name=text(answer, "AlarmName"),
        arn=text(answer, "AlarmArn"),
        state=text(answer, "StateValue"),
        enabled=bool(answer.get("ActionsEnabled")),
        actions=tuple(answer.get("AlarmActions") or ()),
        metrics=_metrics(answer),
        expression=next(
            (text(each, "Expression") for each in answer.get("Metrics") or () if _returned(each)), ""
        ),
        comparison=text(answer, "ComparisonOperator"),
        threshold=float(answer.get("Threshold") or 0),
        evaluation_periods=int(answer.get("EvaluationPeriods") or 0),
        missing_data=text(answer, "TreatMissingData") or "missing",
    )


def _returned(answer: Answer) -> bool:
    return bool(answer.get("Expression")) and answer.get("ReturnData", True) is not False


def _metrics(answer: Answer) -> tuple[Metric, ...]:
    if answer.get("MetricName"):
        return (_metric(answer, text(answer, "Statistic"), int(answer.get("Period") or 0)),)
    stats = [each["MetricStat"] for each in answer.get("Metrics") or () if each.get("MetricStat")]
    return tuple(_metric(each["Metric"], text(each, "Stat"), int(each.get("Period") or 0)) for each in stats)


def _metric(answer: Answer, statistic: str, period: int) -> Metric:
    dimensions = [(text(each, "Name"), text(each, "Value")) for each in answer.get("Dimensions") or ()]
    return Metric(
        text(answer, "Namespace"), text(answer, "MetricName"), tuple(sorted(dimensions)), statistic, period
    )


def _dashboard(source: Source, _look: Look) -> Dashboard | None:
    name = source.want.parameters["DashboardName"]
    found = source.ask_or(
        ("ResourceNotFound", "DashboardNotFoundError"), "cloudwatch", "get_dashboard", DashboardName=name
    )
    return None if found is None else Dashboard(name, drawn_metrics(text(found, "DashboardBody")))


def drawn_metrics(body: str) -> dict[str, frozenset[str]]:
    """Namespace -> metric names that a dashboard draws or searches for; "." and "..." stand for the row above.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
    """
    found: dict[str, set[str]] = {}
    for widget in json.loads(body or "{}").get("widgets", ()):
        above: list[Any] = []
        for row in widget.get("properties", {}).get("metrics") or ():
            named = [each for each in row if isinstance(each, str)]
            if not named:
                for namespace, metric in _SEARCHED.findall(text(row[0], "expression")):
                    found.setdefault(namespace, set()).add(metric)
                continue
            above = _written_out(named, above)
            if len(above) >= 2:
                found.setdefault(above[0], set()).add(above[1])
    return {namespace: frozenset(names) for namespace, names in found.items()}


def _written_out(row: list[str], above: list[str]) -> list[str]:
    if "..." in row:
        end = len(row) - row.index("...") - 1
        row = above[: len(above) - end] + row[len(row) - end :]
    return [above[i] if part == "." and i < len(above) else part for i, part in enumerate(row)]


def _log_groups(source: Source, look: Look) -> tuple[LogGroup, ...]:
    wanted = {each.physical_id for each in look(STACK).of_type("AWS::Logs::LogGroup")}
    found = source.pages("logs", "describe_log_groups", "logGroups")
    return tuple(
        LogGroup(text(each, "logGroupName"), each.get("retentionInDays"))
        for each in found
        if text(each, "logGroupName") in wanted or f"/{source.want.named('')}" in text(each, "logGroupName")
    )


READINGS = (
    reading(TOPICS, _topics),
    reading(ALARMS, _alarms),
    reading(DASHBOARD, _dashboard),
    reading(LOG_GROUPS, _log_groups),
)
