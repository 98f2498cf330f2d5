"""Sections 5.4, 6.4, 10.2-10.5 and 11.4 of the plan."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from showcore_cfn.review.values import text_of

Find = Callable[..., dict[str, Any]]
TOPIC = "arn:aws:sns:us-east-1:111122223333:showcore-{}-alerts"
DATABASE = {"DBInstanceIdentifier": "showcore-db"}
NODE = {"CacheClusterId": "showcore-redis-001"}
ASSETS = {"BucketName": "showcore-static-assets-111122223333", "FilterId": "EntireBucket"}


def dimensions(holder: dict[str, Any]) -> dict[str, str]:
    return {d["Name"]: d["Value"] for d in holder["Dimensions"]}


@pytest.mark.task("10.3")
@pytest.mark.task("10.4")
@pytest.mark.task("10.5")
@pytest.mark.parametrize(
    ("title", "name", "metric", "where", "statistic", "operator", "threshold", "topic"),
    [
        pytest.param(
            *("RdsCpuAlarm", "showcore-rds-cpu-high", "AWS/RDS CPUUtilization", DATABASE),
            *("Average", "GreaterThanThreshold", 80, "critical"),
            id="10.3-cpu-80",
        ),
        pytest.param(
            *("RdsStorageAlarm", "showcore-rds-storage-high", "AWS/RDS FreeStorageSpace", DATABASE),
            *("Average", "LessThanThreshold", 3_221_225_472, "warning"),
            id="10.3-storage-85",
        ),
        pytest.param(
            *(
                "RdsConnectionsAlarm",
                "showcore-rds-connections-high",
                "AWS/RDS DatabaseConnections",
                DATABASE,
            ),
            *("Maximum", "GreaterThanThreshold", 80, "warning"),
            id="10.3-connections-80",
        ),
        pytest.param(
            *("ElastiCacheCpuAlarm", "showcore-elasticache-cpu-high", "AWS/ElastiCache CPUUtilization", NODE),
            *("Average", "GreaterThanThreshold", 75, "critical"),
            id="10.4-cpu-75",
        ),
        pytest.param(
            "ElastiCacheMemoryAlarm",
            "showcore-elasticache-memory-high",
            "AWS/ElastiCache DatabaseMemoryUsagePercentage",
            NODE,
            *("Average", "GreaterThanThreshold", 80, "critical"),
            id="10.4-memory-80",
        ),
        pytest.param(
            *(
                "ElastiCacheEvictionsAlarm",
                "showcore-elasticache-evictions",
                "AWS/ElastiCache Evictions",
                NODE,
            ),
            *("Sum", "GreaterThanThreshold", 0, "warning"),
            id="10.4-evictions",
        ),
        pytest.param(
            *("S3ClientErrorsAlarm", "showcore-s3-4xx-errors", "AWS/S3 4xxErrors", ASSETS),
            *("Average", "GreaterThanThreshold", 0.05, "warning"),
            id="10.5-4xx-5-percent",
        ),
        pytest.param(
            *("S3ServerErrorsAlarm", "showcore-s3-5xx-errors", "AWS/S3 5xxErrors", ASSETS),
            *("Average", "GreaterThanThreshold", 0.01, "critical"),
            id="10.5-5xx-1-percent",
        ),
        pytest.param(
            "ElastiCacheBackupFailureAlarm",
            "showcore-elasticache-backup-failure",
            "AWS/SQS ApproximateNumberOfMessagesVisible",
            {"QueueName": "showcore-elasticache-snapshot-failures"},
            *("Maximum", "GreaterThanThreshold", 0, "critical"),
            id="11.4-elasticache",
        ),
    ],
)
def test_an_alarm_over_one_metric(
    properties: Find,
    title: str,
    name: str,
    metric: str,
    where: dict[str, str],
    statistic: str,
    operator: str,
    threshold: float,
    topic: str,
) -> None:
    alarm = properties(f"monitoring/{title}")
    assert alarm["AlarmName"] == name
    assert f"{alarm['Namespace']} {alarm['MetricName']}" == metric
    assert dimensions(alarm) == where
    assert (alarm["Statistic"], alarm["Period"], alarm["EvaluationPeriods"]) == (statistic, 300, 1)
    assert (alarm["ComparisonOperator"], alarm["Threshold"]) == (operator, threshold)
    assert alarm["AlarmActions"] == [TOPIC.format(topic)]


@pytest.mark.task("10.3")
@pytest.mark.task("10.4")
@pytest.mark.task("10.5")
@pytest.mark.task("11.4")
@pytest.mark.parametrize(
    ("title", "name", "expression", "metrics", "operator", "threshold", "topic"),
    [
        pytest.param(
            *("RdsLatencyAlarm", "showcore-rds-latency-high", "MAX([r, w])"),
            ["ReadLatency", "WriteLatency"],
            *("GreaterThanThreshold", 0.1, "warning"),
            id="10.3-latency-100-ms",
        ),
        pytest.param(
            "ElastiCacheHitRateAlarm",
            "showcore-elasticache-cache-hit-low",
            "IF((h + s) > 0, 100 * h / (h + s), 100)",
            ["CacheHits", "CacheMisses"],
            *("LessThanThreshold", 80, "warning"),
            id="10.4-hits-80",
        ),
        pytest.param(
            *("S3SizeAlarm", "showcore-s3-size-high", "MAX([FILL(a, 0), FILL(b, 0) + FILL(g, 0)])"),
            ["BucketSizeBytes", "BucketSizeBytes", "BucketSizeBytes"],
            *("GreaterThanThreshold", 10_737_418_240, "warning"),
            id="10.5-size-10-gib",
        ),
        pytest.param(
            *("RdsBackupFailureAlarm", "showcore-rds-backup-failure"),
            "FILL(f, 0) + FILL(a, 0) + FILL(e, 0)",
            ["NumberOfBackupJobsFailed", "NumberOfBackupJobsAborted", "NumberOfBackupJobsExpired"],
            *("GreaterThanThreshold", 0, "critical"),
            id="11.4-rds",
        ),
    ],
)
def test_an_alarm_over_an_expression(
    properties: Find,
    title: str,
    name: str,
    expression: str,
    metrics: list[str],
    operator: str,
    threshold: float,
    topic: str,
) -> None:
    alarm = properties(f"monitoring/{title}")
    value, *series = alarm["Metrics"]
    assert alarm["AlarmName"] == name
    assert (value["Expression"], value["ReturnData"]) == (expression, True)
    assert [one["MetricStat"]["Metric"]["MetricName"] for one in series] == metrics
    assert not any(one["ReturnData"] for one in series)
    assert (alarm["ComparisonOperator"], alarm["Threshold"]) == (operator, threshold)
    assert alarm["AlarmActions"] == [TOPIC.format(topic)]


@pytest.mark.task("10.5")
def test_bucket_sizes_are_read_once_a_day_by_storage_class(properties: Find) -> None:
    _, *series = properties("monitoring/S3SizeAlarm")["Metrics"]
    assert {one["MetricStat"]["Period"] for one in series} == {86400}
    assert [dimensions(one["MetricStat"]["Metric"])["StorageType"] for one in series] == [
        "StandardStorage",
        "StandardStorage",
        "GlacierStorage",
    ]


@pytest.mark.parametrize("title", ["S3SizeAlarm", "RdsBackupFailureAlarm"])
def test_metrics_that_arrive_late_are_looked_at_for_three_periods(properties: Find, title: str) -> None:
    alarm = properties(f"monitoring/{title}")
    assert (alarm["EvaluationPeriods"], alarm["DatapointsToAlarm"]) == (3, 1)


@pytest.mark.task("10.8")
def test_the_plan_has_fifteen_alarms_over_21_metrics(of_type: Find) -> None:
    alarms = of_type("AWS::CloudWatch::Alarm").values()
    assert len(alarms) == 15
    assert sum(len(alarm.get("Metrics", [None, None])) - 1 for alarm in alarms) == 21
    assert all(alarm["AlarmName"].startswith("showcore-") for alarm in alarms)


def widgets(properties: Find, **parameters: str) -> list[dict[str, Any]]:
    body = json.loads(text_of(properties("monitoring/Dashboard", **parameters)["DashboardBody"]))
    found: list[dict[str, Any]] = body["widgets"]
    return found


@pytest.mark.task("10.2")
@pytest.mark.parametrize(
    ("namespace", "wanted"),
    [
        pytest.param(
            "AWS/RDS",
            {"CPUUtilization", "DatabaseConnections", "ReadLatency", "WriteLatency", "FreeStorageSpace"},
            id="10.2-rds",
        ),
        pytest.param(
            "AWS/ElastiCache",
            {"CPUUtilization", "DatabaseMemoryUsagePercentage", "Evictions", "CacheHits", "CacheMisses"},
            id="10.2-elasticache",
        ),
        pytest.param(
            "AWS/S3", {"BucketSizeBytes", "NumberOfObjects", "4xxErrors", "5xxErrors"}, id="10.2-s3"
        ),
        pytest.param(
            "AWS/CloudFront",
            {"Requests", "BytesDownloaded", "4xxErrorRate", "5xxErrorRate", "CacheHitRate"},
            id="10.2-cloudfront",
        ),
    ],
)
def test_the_dashboard_draws_every_metric_that_the_plan_names(
    properties: Find, namespace: str, wanted: set[str]
) -> None:
    metrics = [m for w in widgets(properties) for m in w["properties"].get("metrics", [])]
    assert {m[1] for m in metrics if m[0] == namespace} == wanted


@pytest.mark.task("10.2")
def test_endpoint_metrics_are_found_by_search_since_the_names_of_the_plan_do_not_exist(
    properties: Find,
) -> None:
    searches = [
        m[0]["expression"]
        for w in widgets(properties)
        for m in w["properties"].get("metrics", [])
        if isinstance(m[0], dict)
    ]
    assert len(searches) == 4
    for search, metric in zip(
        searches, ["BytesProcessed", "NewConnections", "ActiveConnections", "PacketsDropped"], strict=True
    ):
        assert search.startswith('SEARCH(\'{AWS/PrivateLinkEndpoints,"Endpoint Type",')
        assert f'MetricName="{metric}" "VPC Id"="${{network/VPC}}"' in search


@pytest.mark.task("10.2")
def test_thresholds_of_alarms_are_lines_on_the_dashboard(properties: Find) -> None:
    lines = {
        w["properties"]["title"]: w["properties"]["annotations"]["horizontal"][0]["value"]
        for w in widgets(properties)
        if "annotations" in w["properties"]
    }
    assert lines == {
        "CPU": 75,  # the cache's, drawn after the database's
        "Connections": 80,
        "Latency": 0.1,
        "Free storage": 3_221_225_472,
        "Memory used": 80,
        "Evictions": 0,
        "Bucket size": 10_737_418_240,
        "Client errors of static assets": 0.05,
        "Server errors of static assets": 0.01,
    }


@pytest.mark.task("10.2")
def test_the_status_row_names_every_alarm_that_stands(properties: Find) -> None:
    def alarms(**parameters: str) -> list[str]:
        (status,) = [w for w in widgets(properties, **parameters) if w["type"] == "alarm"]
        return [arn.rpartition(":")[2] for arn in status["properties"]["alarms"]]

    assert len(alarms()) == 15
    assert {"showcore-billing-50", "showcore-billing-100"} < set(alarms())
    assert len(alarms(AccountTier="false")) == 13
    assert not {"showcore-s3-4xx-errors", "showcore-s3-5xx-errors"} & set(alarms(RequestMetrics="false"))
    assert len(alarms(RequestMetrics="false")) == 13
    assert len(alarms(AccountTier="false", RequestMetrics="false")) == 11


def test_alarms_on_request_metrics_stand_only_while_these_are_measured(of_type: Find) -> None:
    names = {
        alarm["AlarmName"] for alarm in of_type("AWS::CloudWatch::Alarm", RequestMetrics="false").values()
    }
    assert not names & {"showcore-s3-4xx-errors", "showcore-s3-5xx-errors"}
    assert len(names) == 13


@pytest.mark.task("10.2")
def test_no_widget_covers_another_and_all_fit_the_grid(properties: Find) -> None:
    cells: set[tuple[int, int]] = set()
    for w in widgets(properties):
        own = {
            (x, y) for x in range(w["x"], w["x"] + w["width"]) for y in range(w["y"], w["y"] + w["height"])
        }
        assert not own & cells
        assert w["x"] + w["width"] <= 24
        cells |= own


@pytest.mark.task("10.2")
def test_the_dashboard_has_the_name_of_the_plan(properties: Find) -> None:
    assert properties("monitoring/Dashboard")["DashboardName"] == "ShowCore-Phase1-Dashboard"
