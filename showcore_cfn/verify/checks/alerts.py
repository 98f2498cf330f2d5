"""What tells people: topics with confirmed subscriptions, alarms that reach them, the dashboard, log groups."""

from __future__ import annotations

from collections.abc import Iterator

from showcore_cfn.verify.alarm_plan import ALARM_PLAN, PlannedAlarm
from showcore_cfn.verify.check import check
from showcore_cfn.verify.checks.remedies import MEND
from showcore_cfn.verify.claim import Claim, equal, none_of, that
from showcore_cfn.verify.expected import LOG_RETENTION_DAYS, Expected
from showcore_cfn.verify.facts.alerts import ALARMS, DASHBOARD, LOG_GROUPS, TOPICS, Alarm, Topic
from showcore_cfn.verify.facts.stack import STACK
from showcore_cfn.verify.look import Look, Missing

TOPIC_NAMES = ("critical", "warning", "billing")  # 10.1
DRAWN_METRICS = {  # 10.2
    "AWS/RDS": ("CPUUtilization", "DatabaseConnections", "ReadLatency", "WriteLatency", "FreeStorageSpace"),
    "AWS/ElastiCache": (
        "CPUUtilization",
        "DatabaseMemoryUsagePercentage",
        "Evictions",
        "CacheHits",
        "CacheMisses",
    ),
    "AWS/S3": ("BucketSizeBytes", "NumberOfObjects", "4xxErrors", "5xxErrors"),
    "AWS/CloudFront": ("Requests", "BytesDownloaded", "4xxErrorRate", "5xxErrorRate", "CacheHitRate"),
    "AWS/PrivateLinkEndpoints": ("BytesProcessed", "ActiveConnections", "NewConnections", "PacketsDropped"),
}
_ENDPOINT_METRICS = (
    "Endpoints publish BytesProcessed, ActiveConnections, NewConnections and PacketsDropped only."
)
_RDS_LOG = "RDS writes to /aws/rds/instance/showcore-db/postgresql, never to /aws/rds/showcore-db."


@check(
    "13.1-topics",
    "Each alert topic has a confirmed subscription, and none that waits",
    sees=(STACK, TOPICS),
    remedy="Click the link in the mail, within two days; else `showcore runbook subscribing-and-confirming-alerts`.",
)
def topics(look: Look, want: Expected) -> Iterator[Claim]:
    """10.1. A pending address gets nothing: not one alarm reaches it."""
    found = {topic.name: topic for topic in look(TOPICS)}
    for name in (want.named(f"{each}-alerts") for each in TOPIC_NAMES):
        topic = found.get(name)
        if topic is None:
            yield equal(name, "no such topic", "a confirmed subscription")
            continue
        confirmed = [each.endpoint for each in topic.subscriptions if each.confirmed]
        yield that(f"{name}: confirmed", bool(confirmed), confirmed, "at least one")
        yield none_of(f"{name}: pending", [s.endpoint for s in topic.subscriptions if not s.confirmed])


@check(
    "13.1-alarms",
    "All alarms of the plan exist, with its thresholds",
    sees=(STACK, ALARMS),
    remedy=MEND,
)
def alarms(look: Look, want: Expected) -> Iterator[Claim]:
    """10.3-10.6, 11.4."""
    found = {alarm.name: alarm for alarm in look(ALARMS)}
    for planned in wanted_alarms(want):
        name = want.named(planned.name)
        if name not in found:
            yield equal(name, "no such alarm", f"{planned.comparison} {planned.threshold}")
            continue
        yield equal(f"{name} compares", found[name].comparison, planned.comparison)
        yield equal(f"{name} threshold", found[name].threshold, planned.threshold)


@check(
    "13.1-alarm-metrics",
    "Every alarm reads the metrics of the plan, of this environment's resources",
    sees=(STACK, ALARMS),
    remedy=MEND,
)
def alarm_metrics(look: Look, want: Expected) -> Iterator[Claim]:
    """10.3-10.6, 11.4: an alarm over a metric that nobody publishes is silent for ever."""
    found = {alarm.name: alarm for alarm in look(ALARMS)}
    for planned in wanted_alarms(want):
        alarm = found.get(want.named(planned.name))
        if alarm is not None:
            yield equal(f"{alarm.name} metrics", {m.name for m in alarm.metrics}, set(planned.metrics))
            yield from _as_planned(alarm, planned, want)


@check(
    "13.1-alarm-actions",
    "Every alarm is armed and tells a topic that somebody hears",
    sees=(STACK, ALARMS, TOPICS),
    remedy="Confirm the subscription, or `aws cloudwatch enable-alarm-actions`.",
)
def alarm_actions(look: Look, want: Expected) -> Iterator[Claim]:
    """10.3-10.6, 11.4."""
    heard = {topic.arn: topic for topic in look(TOPICS)}
    found = {alarm.name: alarm for alarm in look(ALARMS)}
    for planned in wanted_alarms(want):
        alarm = found.get(want.named(planned.name))
        if alarm is None:
            yield equal(want.named(planned.name), "no such alarm", "armed")
            continue
        arn = want.topic_arn(f"{planned.topic}-alerts")
        yield equal(f"{alarm.name} armed", alarm.enabled, True)
        yield that(f"{alarm.name} tells", arn in alarm.actions, _short(alarm.actions), arn.rsplit(":", 1)[-1])
        yield that(
            f"{alarm.name} is heard", _is_heard(heard.get(arn)), _listeners(heard.get(arn)), "confirmed"
        )


@check(
    "13.1-alarm-states",
    "No alarm is in ALARM",
    sees=(STACK, ALARMS),
    remedy="Look at what the alarm says; `showcore runbook` may have the steps.",
)
def alarm_states(look: Look, want: Expected) -> Iterator[Claim]:
    """13.1. billing-50 stands in ALARM for good where the fixed costs alone are above 50 USD: said, not failed."""
    for alarm in look(ALARMS):
        dear = alarm.name == want.named("billing-50") and (want.monthly_usd or 0) > 50
        holds = alarm.state != "ALARM" or dear
        yield that(
            alarm.name, holds, f"{alarm.state}, as the estimate expects" if dear else alarm.state, "not ALARM"
        )


@check(
    "7.1-dashboard",
    "The dashboard draws every metric of the plan",
    sees=(STACK, DASHBOARD),
    remedy=f"{MEND} Its source in the console takes the template's text.",
    deviation=_ENDPOINT_METRICS,
)
def dashboard(look: Look, want: Expected) -> Iterator[Claim]:
    """10.2, 7.1, 13.1."""
    found = look(DASHBOARD)
    if found is None:
        raise Missing(f"the dashboard {want.parameters['DashboardName']}")
    for namespace, names in DRAWN_METRICS.items():
        drawn = found.metrics.get(namespace, frozenset())
        yield none_of(f"{namespace}: not drawn", [name for name in names if name not in drawn])


@check(
    "13.1-log-retention",
    "Every log group keeps seven days",
    sees=(STACK, LOG_GROUPS),
    remedy="`aws logs put-retention-policy --retention-in-days 7`; find out who made the group.",
    deviation=_RDS_LOG,
)
def log_retention(look: Look, want: Expected) -> Iterator[Claim]:
    """10.7: of the plan's groups, and of all others of this environment."""
    found = {group.name: group.retention_days for group in look(LOG_GROUPS)}
    for name in planned_log_groups(want):
        if name not in found:
            yield equal(name, "no such log group", f"{LOG_RETENTION_DAYS} days")
    for name, days in found.items():
        yield equal(name, days or "for ever", LOG_RETENTION_DAYS)


def wanted_alarms(want: Expected) -> list[PlannedAlarm]:
    """The alarms of this environment: billing alarms stand once in an account."""
    return [each for each in ALARM_PLAN if want.on("AccountTier") or not each.account_tier]


def planned_log_groups(want: Expected) -> list[str]:
    """The log groups of the plan, under the names that the services write to."""
    groups = [
        f"/aws/rds/instance/{want.named('db')}/postgresql",
        f"/aws/rds/instance/{want.named('db')}/upgrade",
        f"/aws/elasticache/{want.named('redis')}",
    ]
    return [*groups, f"/aws/cloudtrail/{want.parameters['Prefix']}"] if want.on("AccountTier") else groups


def _as_planned(alarm: Alarm, planned: PlannedAlarm, want: Expected) -> Iterator[Claim]:
    names = {
        "db": want.named("db"),
        "redis": want.named("redis"),
        "assets": want.bucket("static-assets"),
        "vault": want.named("backup-vault"),
        "queue": want.named("elasticache-snapshot-failures"),
    }
    dimensions = {key: value.format(**names) for key, value in planned.watched.dimensions.items()}
    for metric in alarm.metrics:
        said = f"{alarm.name} {metric.name}"
        yield equal(f"{said} namespace", metric.namespace, planned.watched.namespace)
        yield equal(f"{said} statistic", metric.statistic, planned.statistic)
        yield equal(f"{said} period in seconds", metric.period_seconds, planned.period_seconds)
        missing = [f"{k}={v}" for k, v in dimensions.items() if dict(metric.dimensions).get(k) != v]
        yield none_of(f"{said} dimensions that differ", missing)


def _is_heard(topic: Topic | None) -> bool:
    return topic is not None and any(each.confirmed for each in topic.subscriptions)


def _listeners(topic: Topic | None) -> list[str]:
    return (
        [f"{s.endpoint}{'' if s.confirmed else ' (pending)'}" for s in topic.subscriptions] if topic else []
    )


def _short(arns: tuple[str, ...]) -> list[str]:
    return [arn.rsplit(":", 1)[-1] for arn in arns]
