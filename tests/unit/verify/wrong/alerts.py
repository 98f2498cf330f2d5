"""Wrong states of topics, alarms, dashboard and log groups: check, what is wrong, facts, a word of the claim."""

from __future__ import annotations

from showcore_cfn.verify.facts import alerts
from tests.unit.verify.world import Case, changed, with_fields, with_item, without

CASES: tuple[Case, ...] = (
    (
        "7.1-dashboard",
        "10.2-a-metric-that-is-missing",
        with_fields(alerts.DASHBOARD, metrics={"AWS/RDS": frozenset({"CPUUtilization"})}),
        "ReadLatency",
    ),
    ("7.1-dashboard", "10.2-none", changed(alerts.DASHBOARD, None), "ShowCore-Phase1-Dashboard"),
    (
        "13.1-topics",
        "10.1-pending",
        with_item(alerts.TOPICS, 0, subscriptions=(alerts.Subscription("email", "ada@example.com", False),)),
        "ada@example.com",
    ),
    (
        "13.1-topics",
        "10.1-one-of-two-pending",
        with_item(
            alerts.TOPICS,
            1,
            subscriptions=(
                alerts.Subscription("email", "a@example.com", True),
                alerts.Subscription("email", "b@example.com", False),
            ),
        ),
        "b@example.com",
    ),
    ("13.1-topics", "10.1-nobody", with_item(alerts.TOPICS, 2, subscriptions=()), "showcore-billing-alerts"),
    ("13.1-topics", "10.1-no-topic", without(alerts.TOPICS, 2), "showcore-billing-alerts"),
    (
        "13.1-alarms",
        "10.3-another-threshold",
        with_item(alerts.ALARMS, 0, threshold=95.0),
        "showcore-rds-cpu-high threshold",
    ),
    (
        "13.1-alarms",
        "10.3-the-wrong-way-round",
        with_item(alerts.ALARMS, 1, comparison="GreaterThanThreshold"),
        "showcore-rds-storage-high compares",
    ),
    ("13.1-alarms", "10.6-gone", without(alerts.ALARMS, 12), "showcore-billing-100"),
    (
        "13.1-alarm-metrics",
        "10.4-the-group-instead-of-the-node",
        with_item(
            alerts.ALARMS,
            4,
            metrics=(
                alerts.Metric(
                    "AWS/ElastiCache",
                    "CPUUtilization",
                    (("CacheClusterId", "showcore-redis"),),
                    "Average",
                    300,
                ),
            ),
        ),
        "CacheClusterId=showcore-redis-001",
    ),
    (
        "13.1-alarm-metrics",
        "10.6-five-minutes",
        with_item(
            alerts.ALARMS,
            11,
            metrics=(
                alerts.Metric("AWS/Billing", "EstimatedCharges", (("Currency", "USD"),), "Maximum", 300),
            ),
        ),
        "period",
    ),
    (
        "13.1-alarm-metrics",
        "10.3-one-of-two",
        with_item(
            alerts.ALARMS,
            3,
            metrics=(
                alerts.Metric(
                    "AWS/RDS", "ReadLatency", (("DBInstanceIdentifier", "showcore-db"),), "Average", 300
                ),
            ),
        ),
        "showcore-rds-latency-high metrics",
    ),
    (
        "13.1-alarm-metrics",
        "10.5-another-statistic",
        with_item(
            alerts.ALARMS,
            9,
            metrics=(
                alerts.Metric(
                    "AWS/S3",
                    "4xxErrors",
                    (("BucketName", "showcore-static-assets-111122223333"), ("FilterId", "EntireBucket")),
                    "Sum",
                    300,
                ),
            ),
        ),
        "statistic",
    ),
    ("13.1-alarm-actions", "switched-off", with_item(alerts.ALARMS, 2, enabled=False), "armed"),
    (
        "13.1-alarm-actions",
        "another-topic",
        with_item(alerts.ALARMS, 0, actions=("arn:aws:sns:us-east-1:111122223333:showcore-warning-alerts",)),
        "showcore-rds-cpu-high tells",
    ),
    (
        "13.1-alarm-actions",
        "nobody-hears",
        with_item(alerts.TOPICS, 0, subscriptions=(alerts.Subscription("email", "ada@example.com", False),)),
        "ada@example.com (pending)",
    ),
    ("13.1-alarm-actions", "gone", without(alerts.ALARMS, 14), "showcore-elasticache-backup-failure"),
    ("13.1-alarm-states", "in-alarm", with_item(alerts.ALARMS, 0, state="ALARM"), "showcore-rds-cpu-high"),
    ("13.1-log-retention", "10.7-for-ever", with_item(alerts.LOG_GROUPS, 0, retention_days=None), "for ever"),
    ("13.1-log-retention", "10.7-none", without(alerts.LOG_GROUPS, 2), "/aws/elasticache/showcore-redis"),
)
