"""Alarms, dashboards, logs and messages."""

from __future__ import annotations

from decimal import Decimal

from showcore_cfn.cost.line import Gap, NoCharge
from showcore_cfn.cost.services.registry import Found, Month, Properties, fixed, prices, used
from showcore_cfn.cost.usage import SESSION_LOG_GB, Usage
from showcore_cfn.review.values import text_of

_HIGH_RESOLUTION_SECONDS = 60  # a period below a minute is billed as high resolution
_BAND_METRICS = 3  # anomaly detection watches the metric and both edges of the band
_KEPT_WITHOUT_RETENTION_DAYS = 365
_MAILS_OF_A_PRICE = 100_000


@prices("AWS::CloudWatch::Alarm")
def alarm(p: Properties, _: Month) -> Found:
    """Each metric of an alarm is billed; expressions are not (https://aws.amazon.com/cloudwatch/pricing/)."""
    queries = p.each("Metrics")
    stats = [query.inner("MetricStat") for query in queries if query.has("MetricStat")]
    metrics = len(stats) if queries else 1
    periods = [stat.number("Period", 300) for stat in stats] or [p.number("Period", 300)]
    if any("ANOMALY_DETECTION_BAND" in text_of(query.values.get("Expression")) for query in queries):
        metrics *= _BAND_METRICS
    form = "high_res" if min(periods) < _HIGH_RESOLUTION_SECONDS else "standard"
    yield fixed("alarm metric", metrics, f"cloudwatch.alarm.{form}.metric_month")


@prices("AWS::CloudWatch::CompositeAlarm")
def composite_alarm(_: Properties, __: Month) -> Found:
    """An alarm over alarms."""
    yield fixed("composite alarm", 1, "cloudwatch.alarm.composite.month")


@prices("AWS::CloudWatch::Dashboard")
def dashboard(_: Properties, __: Month) -> Found:
    """A dashboard; the allowance for three of them holds up to 50 metrics each."""
    yield fixed("dashboard", 1, "cloudwatch.dashboard.month")


@prices("AWS::Logs::MetricFilter")
def metric_filter(p: Properties, _: Month) -> Found:
    """Each metric that a filter writes is a custom metric."""
    yield fixed("custom metric", len(p.many("MetricTransformations")), "cloudwatch.custom_metric.month")


@prices("AWS::Logs::LogGroup")
def log_group(p: Properties, month: Month) -> Found:
    """What is written to a group and what it keeps; who writes is told from the group's name.

    Flow logs and Enhanced Monitoring are paid for where they are switched on, so that here they only stay.
    """
    gigabytes, paid_here = _written(text_of(p.values.get("LogGroupName")), month.usage)
    kept = gigabytes * p.number("RetentionInDays", _KEPT_WITHOUT_RETENTION_DAYS) / 30
    if paid_here:
        yield used("log data", gigabytes, "cloudwatch.logs.ingest.gb")
    yield used("log data kept", kept, "cloudwatch.logs.storage.gb_month")


def _written(name: str, usage: Usage) -> tuple[Decimal, bool]:
    """Gigabytes a month, and whether the group's own line pays for their arrival."""
    low = name.lower()
    if "rdsosmetrics" in low:
        return Decimal(0), False  # arrival and storage are the database's lines
    if "flow" in low:
        return usage["flow_log_gb"], False
    if low.endswith("/upgrade"):
        return Decimal(0), True  # written while PostgreSQL is upgraded, and never else
    for word, key in (
        ("/rds/", "database_log_gb"),
        ("elasticache", "cache_log_gb"),
        ("cloudtrail", "trail_log_gb"),
    ):
        if word in low:
            return usage[key], True
    if "session" in low or "ssm" in low:
        return usage["sessions"] * SESSION_LOG_GB, True
    return usage["other_log_gb"], True


@prices("AWS::SNS::Subscription")
def subscription(p: Properties, month: Month) -> Found:
    """Mails are billed; messages to a queue or function are not (https://aws.amazon.com/sns/pricing/)."""
    if p.text("Protocol", "").startswith("email"):
        yield used("alarm mails", month.usage["alarm_mails"] / _MAILS_OF_A_PRICE, "sns.email.100k")
    elif p.text("Protocol", "") in ("sqs", "lambda"):
        yield NoCharge("messages to queues and functions are free", "https://aws.amazon.com/sns/pricing/")
    else:
        yield Gap(f"messages by {p.text('Protocol', '?')} are not in the price list")


@prices("AWS::SQS::Queue")
def queue(p: Properties, month: Month) -> Found:
    """Requests (https://aws.amazon.com/sqs/pricing/)."""
    form = "fifo" if p.flag("FifoQueue") else "standard"
    yield used("requests", month.usage["queue_requests_millions"], f"sqs.{form}.1m")
