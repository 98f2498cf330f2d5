"""Every metric that an alarm watches or a dashboard draws, in one form."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from showcore_cfn.check.rules.numbers import finite
from showcore_cfn.check.rules.rule import Item, View
from showcore_cfn.check.rules.view import Node, grouped
from showcore_cfn.review.values import Reference, Unknown, Value

ALARM = "AWS::CloudWatch::Alarm"
DASHBOARD = "AWS::CloudWatch::Dashboard"
_PLACE = re.compile(r"\$\{([^}]+/[A-Za-z0-9]+)(?:\.([^}]+))?\}")


@dataclass(frozen=True, slots=True)
class MetricUse:
    """One metric in use. What is not known is None; `dimensions` is None where their names are not known."""

    node: Node  # where it is written
    namespace: str | None
    metric: str | None
    dimensions: dict[str, Value] | None
    period: float | None
    statistic: str | None
    unit: str | None
    alarm: Item | None  # the alarm, where the use is one

    def is_(self, namespace: str, *metrics: str) -> bool:
        """Whether it is one of these metrics of a namespace."""
        return self.namespace == namespace and (not metrics or self.metric in metrics)

    def hit_message(self, sentence: str) -> str:
        """A sentence with the metric's name before it."""
        return f"{self.namespace} {self.metric}: {sentence}"


def metric_uses(view: View) -> tuple[MetricUse, ...]:
    """All uses in a nest, alarms before dashboards."""
    return view.once("metric uses", lambda v: (*alarm_uses(v), *_of_dashboards(v)))


def alarm_uses(view: View) -> tuple[MetricUse, ...]:
    """The uses in alarms."""
    return view.once("metric uses of alarms", lambda v: tuple(_of_alarms(v)))


def uses_of(alarm: Item) -> list[MetricUse]:
    """The uses in one alarm."""
    return alarm.view.once("metric uses by alarm", _by_alarm).get(alarm.path, [])


def _by_alarm(view: View) -> dict[str, list[MetricUse]]:
    return grouped((use.alarm.path, use) for use in alarm_uses(view) if use.alarm is not None)


def _of_alarms(view: View) -> Iterator[MetricUse]:
    for alarm in view.of(ALARM):
        if alarm["MetricName"].given:
            yield MetricUse(
                alarm["MetricName"],
                alarm["Namespace"].text,
                alarm["MetricName"].text,
                _dimensions(alarm["Dimensions"]),
                alarm["Period"].number,
                alarm["Statistic"].text or alarm["ExtendedStatistic"].text,
                alarm["Unit"].text,
                alarm,
            )
        for query in alarm["Metrics"].each():
            stat = query["MetricStat"]
            if stat.given:
                yield MetricUse(
                    stat["Metric"]["MetricName"],
                    stat["Metric"]["Namespace"].text,
                    stat["Metric"]["MetricName"].text,
                    _dimensions(stat["Metric"]["Dimensions"]),
                    stat["Period"].number,
                    stat["Stat"].text,
                    stat["Unit"].text,
                    alarm,
                )


def _dimensions(node: Node) -> dict[str, Value] | None:
    if node.absent:
        return {}
    names = [entry["Name"].text for entry in node.each()]
    if not node.closed or None in names:
        return None
    return {str(entry["Name"].text): entry["Value"].value for entry in node.each()}


def body(dashboard: Item) -> Any:
    """A dashboard's body as data; None where it cannot be read."""
    node = dashboard["DashboardBody"]
    if isinstance(node.value, dict):
        return node.value
    try:
        return json.loads(node.shown)
    except (ValueError, RecursionError):
        return None


def widgets(dashboard: Item) -> list[dict[str, Any]]:
    """The widgets of a dashboard."""
    found = body(dashboard)
    listed = found.get("widgets") if isinstance(found, dict) else None
    return [w for w in listed if isinstance(w, dict)] if isinstance(listed, list) else []


def _of_dashboards(view: View) -> Iterator[MetricUse]:
    for dashboard in view.of(DASHBOARD):
        for widget in widgets(dashboard):
            properties = widget.get("properties")
            if isinstance(properties, dict) and isinstance(properties.get("metrics"), list):
                yield from _of_widget(dashboard["DashboardBody"], properties)


def _of_widget(node: Node, properties: dict[str, Any]) -> Iterator[MetricUse]:
    before: list[Any] = []
    for row in properties["metrics"]:
        if not isinstance(row, list):
            continue
        names = [cell for cell in row if not isinstance(cell, dict)]
        options: dict[str, Any] = next((cell for cell in row if isinstance(cell, dict)), {})
        names = _spelled(names, before)
        if len(names) < 2 or "expression" in options or "." in names:
            continue
        before = names
        pairs = names[2:]
        known = len(pairs) % 2 == 0 and all(isinstance(name, str) and "${" not in name for name in pairs[::2])
        yield MetricUse(
            node,
            _text(names[0]),
            _text(names[1]),
            {n: _value(v) for n, v in zip(pairs[::2], pairs[1::2], strict=True)} if known else None,
            _number(options.get("period", properties.get("period"))),
            _text(options.get("stat", properties.get("stat"))),
            None,
            None,
        )


def _spelled(names: list[Any], before: list[Any]) -> list[Any]:
    """A row with `.` and `...` written out from the row before."""
    if names and names[0] == "...":
        kept = len(before) - (len(names) - 1)
        return [*before[: max(kept, 0)], *names[1:]]
    return [
        before[index] if name == "." and index < len(before) else name for index, name in enumerate(names)
    ]


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and "${" not in value else None


def _number(value: Any) -> float | None:
    return None if isinstance(value, str) else finite(value)


def _value(cell: Any) -> Value:
    if not isinstance(cell, str):
        return str(cell)
    match = _PLACE.fullmatch(cell)
    if match is not None:
        return Reference(match[1], match[2])
    return Unknown(cell) if "${" in cell else cell
