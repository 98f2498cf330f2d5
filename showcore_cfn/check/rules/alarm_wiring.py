"""Alarms that watch what nobody publishes, or that can never tell anybody anything."""

from __future__ import annotations

import re

from showcore_cfn.check.rules.metric_uses import ALARM, alarm_uses
from showcore_cfn.check.rules.rule import Hits, Rulebook, Severity, View
from showcore_cfn.check.rules.tables import nearest
from showcore_cfn.check.rules.view import Node

BOOK = Rulebook("alarm_wiring")
COMPOSITE = "AWS::CloudWatch::CompositeAlarm"
_API = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html"
_KEYS = ("AlarmActions", "OKActions", "InsufficientDataActions")


@BOOK.nest_rule(
    "SC-CW-034",
    Severity.RISK,
    "An alarm has an action",
    why="An alarm without one changes colour in the console and tells nobody.",
    remedy="Name an SNS topic in AlarmActions.",
    source=_API,
)
def no_action(view: View) -> Hits:
    used = {reference.path for item in view.items.values() for reference in item.references}
    rules = " ".join(item["AlarmRule"].shown for item in view.of(COMPOSITE))
    for alarm in view.of(ALARM, COMPOSITE):
        name = alarm["AlarmName"].shown
        silent = all(alarm[key].absent or alarm[key].value == [] for key in _KEYS)
        if silent and alarm.path not in used and (not name or name not in rules):
            yield alarm.hit(f"Nobody hears of {alarm.id}: it has no action.", "Properties")


@BOOK.nest_rule(
    "SC-CW-035",
    Severity.DEAD,
    "An alarm on a metric filter names the filter's metric",
    why="The filter publishes under its own name and namespace, and both are case-sensitive.",
    remedy="Write MetricName and Namespace as the filter's MetricTransformations do.",
    source="https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/MonitoringLogData.html",
)
def filtered_metric(view: View) -> Hits:
    emitted = {
        (t["MetricNamespace"].text, t["MetricName"].text)
        for item in view.of("AWS::Logs::MetricFilter")
        for t in item["MetricTransformations"].each()
    }
    for use in alarm_uses(view):
        if use.metric is None or use.namespace is None or (use.namespace, use.metric) in emitted:
            continue
        for space, name in sorted((s, n) for s, n in emitted if s and n):
            same = space == use.namespace and nearest(use.metric, [name], 1) is not None
            if same or (name == use.metric and nearest(use.namespace, [space], 1) is not None):
                yield use.node.hit(
                    f"The metric filter publishes {space} {name}, not {use.namespace} {use.metric}."
                )


def _alarm_names(rule: Node) -> list[str]:
    return re.findall(r"(?:ALARM|OK|INSUFFICIENT_DATA)\s*\(\s*[\"']?([^\"')]+?)[\"']?\s*\)", rule.text or "")


@BOOK.nest_rule(
    "SC-CW-036",
    Severity.REFUSED,
    "A composite alarm waits for the alarms that it names",
    why="CloudWatch checks that the alarms of an AlarmRule exist. A name in plain text makes CloudFormation wait "
    "for nothing.",
    remedy='Refer to the alarm, `ALARM("${CpuHigh}")` in a Sub, or add DependsOn.',
    source="https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html",
)
def composite_order(view: View) -> Hits:
    for composite in view.of(COMPOSITE):
        for name in _alarm_names(composite["AlarmRule"]):
            for alarm in view.of(ALARM, COMPOSITE):
                if (
                    alarm["AlarmName"].text == name
                    and not view.before(alarm, composite)
                    and alarm is not composite
                ):
                    yield composite["AlarmRule"].hit(
                        f"It does not wait for {alarm.id}, which it names {name}."
                    )


@BOOK.nest_rule(
    "SC-CW-037",
    Severity.DEAD,
    "A metric that has to be switched on is switched on",
    why="CacheHitRate and its like of CloudFront need a monitoring subscription, request metrics of S3 a metrics "
    "configuration with the same id, group metrics of Auto Scaling a metrics collection.",
    remedy="Switch the metrics on, or watch another one.",
    source="https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/viewing-cloudfront-metrics.html",
)
def opt_in_metric(view: View) -> Hits:
    for use in alarm_uses(view):
        dimensions = use.dimensions or {}
        if use.is_("AWS/CloudFront", *_EXTRA_CLOUDFRONT):
            item = view.find(dimensions.get("DistributionId"), "AWS::CloudFront::Distribution")
            subscribed = (
                s["DistributionId"].target("AWS::CloudFront::Distribution")
                for s in view.of("AWS::CloudFront::MonitoringSubscription")
            )
            if item is not None and view.complete and item not in list(subscribed):
                yield use.node.hit(use.hit_message(f"{item.id} has no MonitoringSubscription."))
        if use.namespace == "AWS/S3" and isinstance(dimensions.get("FilterId"), str):
            bucket = view.find(dimensions.get("BucketName"), "AWS::S3::Bucket")
            configured = [c["Id"].text for c in bucket["MetricsConfigurations"].each()] if bucket else [None]
            if None not in configured and dimensions["FilterId"] not in configured:
                yield use.node.hit(
                    use.hit_message(f"the bucket has no metrics configuration {dimensions['FilterId']}.")
                )
        if use.namespace == "AWS/AutoScaling" and (use.metric or "").startswith("Group"):
            group = view.find(dimensions.get("AutoScalingGroupName"), "AWS::AutoScaling::AutoScalingGroup")
            if group is not None and group["MetricsCollection"].absent:
                yield use.node.hit(use.hit_message(f"{group.id} has no MetricsCollection."))


_EXTRA_CLOUDFRONT = (
    "CacheHitRate", "OriginLatency", "401ErrorRate", "403ErrorRate", "404ErrorRate", "502ErrorRate", "503ErrorRate",
    "504ErrorRate",
)  # fmt: skip


@BOOK.nest_rule(
    "SC-CW-038",
    Severity.DEAD,
    "An instance publishes the metric",
    why="BurstBalance exists for gp2 storage, CPU credits for burstable classes, ReplicaLag for replicas alone.",
    remedy="Watch another metric.",
    source="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-metrics.html",
)
def metric_of_instance(view: View) -> Hits:
    for use in alarm_uses(view):
        db = view.find((use.dimensions or {}).get("DBInstanceIdentifier"), "AWS::RDS::DBInstance")
        if db is None or use.namespace != "AWS/RDS":
            continue
        storage, kind = db["StorageType"].text, db["DBInstanceClass"].text or "db.t"
        if use.metric == "BurstBalance" and storage in ("gp3", "io1", "io2"):
            yield use.node.hit(use.hit_message(f"{db.id} has {storage} storage, which has no burst balance."))
        if (use.metric or "").startswith("CPUCredit") and not kind.startswith("db.t"):
            yield use.node.hit(use.hit_message(f"{kind} is no burstable class."))
        if use.metric == "ReplicaLag" and db["SourceDBInstanceIdentifier"].absent and db["Engine"].given:
            yield use.node.hit(use.hit_message(f"{db.id} is no replica."))


@BOOK.nest_rule(
    "SC-CW-039",
    Severity.DEAD,
    "An alarm that calls a function is allowed to",
    why="The function's policy must let lambda.alarms.cloudwatch.amazonaws.com invoke it.",
    remedy="Add an AWS::Lambda::Permission for lambda.alarms.cloudwatch.amazonaws.com.",
    source="https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-actions-Lambda.html",
)
def lambda_action(view: View) -> Hits:
    allowed = [
        permission["FunctionName"].target("AWS::Lambda::Function")
        for permission in view.of("AWS::Lambda::Permission")
        if permission["Principal"].text in ("lambda.alarms.cloudwatch.amazonaws.com", "*")
    ]
    for alarm in view.of(ALARM, COMPOSITE):
        for node in (action for key in _KEYS for action in alarm[key].each()):
            function = node.target("AWS::Lambda::Function")
            if function is not None and function not in allowed and view.complete:
                yield node.hit(f"{function.id} does not let CloudWatch alarms invoke it.")


@BOOK.nest_rule(
    "SC-CW-040",
    Severity.DEAD,
    "The duration that an alarm waits for can be reached",
    why="Lambda ends a function at its timeout, so Duration never exceeds it. Duration is in milliseconds.",
    remedy="Set the threshold below the timeout, in milliseconds.",
    source="https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html",
)
def duration_beyond_timeout(view: View) -> Hits:
    for use in alarm_uses(view):
        function = view.find((use.dimensions or {}).get("FunctionName"), "AWS::Lambda::Function")
        limit = use.alarm["Threshold"].number if use.alarm else None
        if (
            function is None
            or not use.is_("AWS/Lambda", "Duration")
            or limit is None
            or use.statistic == "Sum"
        ):
            continue
        seconds = 3.0 if function["Timeout"].absent else function["Timeout"].number
        if seconds is not None and limit > seconds * 1000:
            yield use.node.hit(
                use.hit_message(f"{function.id} ends after {seconds:g} seconds, before {limit:g} ms.")
            )
