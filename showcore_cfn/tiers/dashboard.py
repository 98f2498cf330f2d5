"""The dashboard of 10.2: a row of alarm states, then one titled row a service, thresholds drawn as lines.

Body structure: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html.
The plan's names for VPC endpoint metrics do not exist; AWS/PrivateLinkEndpoints has these instead
(https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-cloudwatch-metrics.html). A search finds the endpoints
that stand, so that the dashboard need not know which are switched on.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from troposphere import If
from troposphere.cloudwatch import Dashboard

from showcore_cfn.template.json_types import Json
from showcore_cfn.template.parameters import ACCOUNT_TIER, DASHBOARD_NAME, REQUEST_METRICS
from showcore_cfn.template.stack import Stack
from showcore_cfn.tiers import cdn, database, network, storage

COLUMNS = 24  # CloudWatch's grid
CHART_HEIGHT = 6
TITLE_HEIGHT = 1
STATUS_HEIGHT = 3
FIVE_MINUTES = 300  # seconds
DAY = 86_400

_ALARMS = (
    "rds-cpu-high",
    "rds-storage-high",
    "rds-connections-high",
    "rds-latency-high",
    "rds-backup-failure",
    "elasticache-cpu-high",
    "elasticache-memory-high",
    "elasticache-evictions",
    "elasticache-cache-hit-low",
    "elasticache-backup-failure",
    "s3-size-high",
)
_SWITCHED = {  # a mark in the text -> alarms that stand there only while a switch is on
    "S3ErrorAlarms": (REQUEST_METRICS, ("s3-4xx-errors", "s3-5xx-errors")),
    "BillingAlarms": (ACCOUNT_TIER, ("billing-50", "billing-100")),
}
_ALARM_ARN = "arn:${AWS::Partition}:cloudwatch:us-east-1:${AWS::AccountId}:alarm:${Prefix}-"

Chart = dict[str, Json]


def add_dashboard(stack: Stack) -> None:
    """The dashboard, and a link to it."""
    name = stack.setting(DASHBOARD_NAME)
    stack.use(cdn.DISTRIBUTION_ID)
    stack.use(network.VPC_ID)
    body = stack.sub(_text(_body()), **{mark: _switched(stack, mark) for mark in _SWITCHED})
    stack.add(Dashboard("Dashboard", DashboardName=name, DashboardBody=body))
    link = "https://console.aws.amazon.com/cloudwatch/home?region=us-east-1#dashboards/dashboard/${DashboardName}"
    stack.show("DashboardUrl", "The dashboard in the CloudWatch console.", stack.sub(link))


def _switched(stack: Stack, mark: str) -> If:
    """The alarms behind a mark, each after a comma, or nothing while their switch is off."""
    switch, alarms = _SWITCHED[mark]
    return If(stack.on(switch), stack.sub("".join(f',\n  "{_ALARM_ARN}{alarm}"' for alarm in alarms)), "")


def _text(body: dict[str, Json]) -> str:
    """Readable JSON: a metric or an alarm a line, so that a changed one is a changed line."""
    lines = json.dumps(body, indent=2).split("\n")
    text = "\n".join(_folded(lines)) + "\n"
    for mark in _SWITCHED:
        text = re.sub(rf',\n\s*"{mark}"', f"${{{mark}}}", text)
    return text


def _folded(lines: Sequence[str]) -> list[str]:
    """Innermost lists and mappings on one line each, where they fit."""
    found: list[str] = []
    index = 0
    while index < len(lines):
        line = lines[index]
        if line.endswith(("[", "{")):
            closing = next(
                (
                    i
                    for i in range(index + 1, len(lines))
                    if lines[i].endswith(("[", "{", "]", "}", "],", "},"))
                ),
                index,
            )
            inner = "".join(part.strip() + " " for part in lines[index + 1 : closing]).strip()
            whole = f"{line}{inner}{lines[closing].strip()}"
            if lines[closing].strip()[0] in "]}" and len(whole) <= 160 and ":alarm:" not in inner:
                found.append(whole)
                index = closing + 1
                continue
        found.append(line)
        index += 1
    return found


def _body() -> dict[str, Json]:
    rows: list[list[Chart]] = [
        [_title("Alarms")],
        [_status()],
        [_title("Database: RDS for PostgreSQL")],
        _rds(),
        [_title("Cache: ElastiCache for Redis")],
        _redis(),
        [_title("Storage: S3")],
        _s3(),
        [_title("Content delivery: CloudFront")],
        _cloudfront(),
        [_title("Network: interface endpoints")],
        _endpoints(),
    ]
    widgets: list[Json] = []
    top = 0
    for row in rows:
        width = COLUMNS // len(row)
        height = max(int(str(chart["height"])) for chart in row)
        for column, chart in enumerate(row):
            place: Chart = {"x": column * width, "y": top, "width": width, "height": height}
            widgets.append({"type": chart["type"], **place, "properties": chart["properties"]})
        top += height
    return {"start": "-P1D", "widgets": widgets}


def _title(text: str) -> Chart:
    return {"type": "text", "height": TITLE_HEIGHT, "properties": {"markdown": f"## {text}"}}


def _status() -> Chart:
    arns: list[Json] = [*(f"{_ALARM_ARN}{name}" for name in _ALARMS), *_SWITCHED]
    return {"type": "alarm", "height": STATUS_HEIGHT, "properties": {"title": "State", "alarms": arns}}


def _chart(
    title: str,
    metrics: Sequence[Json],
    *,
    statistic: str = "Average",
    period: int = FIVE_MINUTES,
    unit: str = "",
    line: tuple[str, float] | None = None,
) -> Chart:
    """A graph; `line` draws the threshold of an alarm."""
    properties: dict[str, Json] = {
        "title": title,
        "region": "us-east-1",
        "view": "timeSeries",
        "stat": statistic,
        "period": period,
        "metrics": list(metrics),
        "yAxis": {"left": {"min": 0, "label": unit, "showUnits": False}},
    }
    if line:
        properties["annotations"] = {"horizontal": [{"label": line[0], "value": line[1]}]}
    return {"type": "metric", "height": CHART_HEIGHT, "properties": properties}


def _rds() -> list[Chart]:
    def metric(name: str, **options: Json) -> Json:
        return _metric("AWS/RDS", name, ("DBInstanceIdentifier", database.DATABASE_ID), **options)

    return [
        _chart("CPU", [metric("CPUUtilization")], unit="%", line=("Alarm above 80 %", 80)),
        _chart(
            "Connections",
            [metric("DatabaseConnections")],
            statistic="Maximum",
            unit="connections",
            line=("Alarm above 80", 80),
        ),
        _chart(
            "Latency",
            [metric("ReadLatency", label="Read"), metric("WriteLatency", label="Write")],
            unit="seconds",
            line=("Alarm above 100 ms", 0.1),
        ),
        _chart(
            "Free storage",
            [metric("FreeStorageSpace")],
            unit="bytes",
            line=("Alarm below 3 GiB", 3 * 2**30),
        ),
    ]


def _redis() -> list[Chart]:
    def metric(name: str, **options: Json) -> Json:
        return _metric("AWS/ElastiCache", name, ("CacheClusterId", "${Prefix}-redis-001"), **options)

    return [
        _chart("CPU", [metric("CPUUtilization")], unit="%", line=("Alarm above 75 %", 75)),
        _chart(
            "Memory used", [metric("DatabaseMemoryUsagePercentage")], unit="%", line=("Alarm above 80 %", 80)
        ),
        _chart("Evictions", [metric("Evictions")], statistic="Sum", unit="keys", line=("Alarm above 0", 0)),
        _chart(
            "Hits and misses",
            [metric("CacheHits", label="Hits"), metric("CacheMisses", label="Misses")],
            statistic="Sum",
            unit="reads",
        ),
    ]


def _s3() -> list[Chart]:
    assets, backups = storage.STATIC_ASSETS_BUCKET, storage.BACKUPS_BUCKET

    def size(bucket: str, kind: str, label: str) -> Json:
        return _metric(
            "AWS/S3", "BucketSizeBytes", ("BucketName", bucket), ("StorageType", kind), label=label
        )

    def count(bucket: str, label: str) -> Json:
        return _metric(
            "AWS/S3",
            "NumberOfObjects",
            ("BucketName", bucket),
            ("StorageType", "AllStorageTypes"),
            label=label,
        )

    def errors(name: str, label: str) -> Json:
        return _metric(
            "AWS/S3", name, ("BucketName", assets), ("FilterId", storage.REQUEST_METRICS_ID), label=label
        )

    sizes = [
        size(assets, "StandardStorage", "Static assets"),
        size(backups, "StandardStorage", "Backups, Standard"),
        size(backups, "GlacierStorage", "Backups, Glacier"),
    ]
    return [
        _chart("Bucket size", sizes, period=DAY, unit="bytes", line=("Alarm above 10 GiB", 10 * 2**30)),
        _chart(
            "Objects", [count(assets, "Static assets"), count(backups, "Backups")], period=DAY, unit="objects"
        ),
        _chart(
            "Client errors of static assets",
            [errors("4xxErrors", "4xx")],
            unit="rate",
            line=("Alarm above 5 %", 0.05),
        ),
        _chart(
            "Server errors of static assets",
            [errors("5xxErrors", "5xx")],
            unit="rate",
            line=("Alarm above 1 %", 0.01),
        ),
    ]


def _cloudfront() -> list[Chart]:
    def metric(name: str, **options: Json) -> Json:
        return _metric(
            "AWS/CloudFront", name, ("DistributionId", "${DistributionId}"), ("Region", "Global"), **options
        )

    return [
        _chart("Requests", [metric("Requests")], statistic="Sum", unit="requests"),
        _chart("Bytes downloaded", [metric("BytesDownloaded")], statistic="Sum", unit="bytes"),
        _chart(
            "Error rate",
            [metric("4xxErrorRate", label="4xx"), metric("5xxErrorRate", label="5xx")],
            unit="%",
        ),
        _chart("Cache hit rate", [metric("CacheHitRate")], unit="%"),
    ]


def _endpoints() -> list[Chart]:
    def found(name: str, statistic: str = "Sum") -> list[Json]:
        schema = 'AWS/PrivateLinkEndpoints,"Endpoint Type","Service Name","VPC Endpoint Id","VPC Id"'
        search = f'SEARCH(\'{{{schema}}} MetricName="{name}" "VPC Id"="${{VpcId}}"\', \'{statistic}\', 300)'
        return [[{"expression": search, "label": "${!PROP('Dim.Service Name')}", "id": "e1"}]]

    return [
        _chart("Bytes processed", found("BytesProcessed"), statistic="Sum", unit="bytes"),
        _chart("New connections", found("NewConnections"), statistic="Sum", unit="connections"),
        _chart("Active connections", found("ActiveConnections", "Average"), unit="connections"),
        _chart("Packets dropped", found("PacketsDropped"), statistic="Sum", unit="packets"),
    ]


def _metric(namespace: str, name: str, *dimensions: tuple[str, str], **options: Json) -> Json:
    """A metric as a dashboard writes it: namespace, name, dimension names and values, drawing options."""
    flat: list[Json] = [part for dimension in dimensions for part in dimension]
    return [namespace, name, *flat, *([dict(options)] if options else [])]
