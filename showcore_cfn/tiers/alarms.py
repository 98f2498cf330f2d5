"""CloudWatch alarms as the plan has them: name, threshold, how long, and where the mail goes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from troposphere.cloudwatch import Alarm, Metric, MetricDataQuery, MetricDimension, MetricStat

from showcore_cfn.template.stack import Stack, Text

Topic = Literal["critical", "warning", "billing"]
Comparison = Literal["above", "below"]
_OPERATORS = {"above": "GreaterThanThreshold", "below": "LessThanThreshold"}


@dataclass(frozen=True, slots=True)
class Series:
    """One metric as an alarm reads it."""

    namespace: str
    metric: str
    dimensions: Mapping[str, Text]
    statistic: str
    period_seconds: int
    id: str = "m"  # its name in an expression


def add_alarm(
    stack: Stack,
    title: str,
    name: str,
    description: str,
    topic: Topic,
    series: Sequence[Series],
    threshold: float,
    *,
    comparison: Comparison = "above",
    missing: str = "missing",
    expression: str | None = None,
    condition: str | None = None,
    periods: int = 1,
    why: str = "",
) -> None:
    """An alarm over one metric, or over an expression of several; one period above or below decides.

    `periods` is how many are looked back: more than one for metrics that arrive late.

    `missing` is how periods without data count: missing, notBreaching, breaching or ignore
    (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html#alarms-and-missing-data).
    """
    action = [stack.topic(topic)]
    stack.add(
        Alarm(
            title,
            **({"Condition": condition} if condition else {}),
            AlarmName=stack.sub(f"${{Prefix}}-{name}"),
            AlarmDescription=description,
            **(_metric(series[0]) if expression is None else {"Metrics": _metrics(series, expression)}),
            EvaluationPeriods=periods,
            **({"DatapointsToAlarm": 1} if periods > 1 else {}),
            Threshold=threshold,
            ComparisonOperator=_OPERATORS[comparison],
            TreatMissingData=missing,
            AlarmActions=action,
            OKActions=action,
        ),
        why=why,
    )


def _metric(series: Series) -> dict[str, object]:
    return {
        "Namespace": series.namespace,
        "MetricName": series.metric,
        "Dimensions": _dimensions(series),
        "Statistic": series.statistic,
        "Period": series.period_seconds,
    }


def _metrics(series: Sequence[Series], expression: str) -> list[MetricDataQuery]:
    return [
        MetricDataQuery(Id="value", Expression=expression, Label="Value", ReturnData=True),
        *(
            MetricDataQuery(
                Id=one.id,
                MetricStat=MetricStat(
                    Metric=Metric(
                        Namespace=one.namespace, MetricName=one.metric, Dimensions=_dimensions(one)
                    ),
                    Period=one.period_seconds,
                    Stat=one.statistic,
                ),
                ReturnData=False,
            )
            for one in series
        ),
    ]


def _dimensions(series: Series) -> list[MetricDimension]:
    return [MetricDimension(Name=name, Value=value) for name, value in series.dimensions.items()]
