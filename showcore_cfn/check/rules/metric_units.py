"""Thresholds, statistics and units that a metric never has."""

from __future__ import annotations

from showcore_cfn.check.rules.metric_uses import MetricUse, alarm_uses
from showcore_cfn.check.rules.rule import Hits, Rulebook, Severity, View, words

BOOK = Rulebook("metric_units")
_CW = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring"
_SERVICES = f"{_CW}/aws-services-cloudwatch-metrics.html"
_S3 = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/metrics-dimensions.html"
_MIB = 1_048_576
_BYTES = {
    "AWS/RDS": ("FreeStorageSpace", "FreeableMemory", "FreeLocalStorage"),
    "AWS/S3": ("BucketSizeBytes",),
    "AWS/ElastiCache": ("FreeableMemory", "BytesUsedForCache"),
    "AWS/EFS": ("StorageBytes",),
}


@BOOK.nest_rule(
    "SC-CW-008",
    Severity.DEAD,
    "A threshold in bytes is a number of bytes",
    why="FreeStorageSpace, FreeableMemory and BucketSizeBytes are in bytes. A threshold of 20 or 2000 means that "
    "many bytes, so the alarm never fires, or always does.",
    remedy="Write the bytes: 3 GiB are 3221225472.",
    source="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-metrics.html",
)
def bytes_threshold(view: View) -> Hits:
    for use in alarm_uses(view):
        limit = _limit(use)
        if use.metric in _BYTES.get(use.namespace or "", ()) and limit is not None and 0 < limit < _MIB:
            yield use.node.hit(use.hit_message(f"it is in bytes; the threshold is {limit:g} bytes."))


_SECONDS = {
    "AWS/RDS": (("ReadLatency", "WriteLatency"), 10),
    "AWS/ApplicationELB": (("TargetResponseTime",), 100),
}


@BOOK.nest_rule(
    "SC-CW-009",
    Severity.DEAD,
    "A threshold in seconds is a number of seconds",
    why="ReadLatency, WriteLatency and TargetResponseTime are in seconds; 100 would be more than a minute and a half.",
    remedy="100 milliseconds are 0.1.",
    source="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-metrics.html",
)
def seconds_threshold(view: View) -> Hits:
    for use in alarm_uses(view):
        names, most = _SECONDS.get(use.namespace or "", ((), 0))
        limit = _limit(use)
        if use.metric in names and limit is not None and limit >= most:
            yield use.node.hit(use.hit_message(f"it is in seconds; the threshold is {limit:g} seconds."))


_PERCENT = {
    "AWS/RDS": words("CPUUtilization BurstBalance EBSIOBalance% EBSByteBalance%"),
    "AWS/EC2": words("CPUUtilization"),
    "AWS/ECS": words("CPUUtilization MemoryUtilization"),
    "AWS/ElastiCache": words(
        "CPUUtilization EngineCPUUtilization DatabaseMemoryUsagePercentage CacheHitRate "
        "DatabaseCapacityUsagePercentage"
    ),
    "AWS/CloudFront": words("CacheHitRate 4xxErrorRate 5xxErrorRate TotalErrorRate"),
    "AWS/EBS": words("BurstBalance"),
    "AWS/EFS": words("PercentIOLimit"),
}


@BOOK.nest_rule(
    "SC-CW-010",
    Severity.DEAD,
    "A threshold in percent lies between 0 and 100",
    why="These metrics go from 0 to 100. More is never reached; a fraction such as 0.8 means less than one percent.",
    remedy="Write 80 for 80 percent.",
    source=_SERVICES,
)
def percent_threshold(view: View) -> Hits:
    for use in alarm_uses(view):
        limit = _limit(use)
        if limit is None or use.metric not in _PERCENT.get(use.namespace or "", ()):
            continue
        if limit > 100 or limit < 0:
            yield use.node.hit(use.hit_message(f"it is in percent; {limit:g} is out of reach."))
        elif 0 < limit < 1 and "ErrorRate" not in (use.metric or ""):
            yield use.node.hit(use.hit_message(f"it is in percent; {limit:g} is less than one percent."))


@BOOK.nest_rule(
    "SC-CW-011",
    Severity.DEAD,
    "The average of S3's error metrics is a rate from 0 to 1",
    why="4xxErrors and 5xxErrors are 0 or 1 for each request, so their average is the error rate: 5 % is 0.05.",
    remedy="Divide the percentage by 100, or use the sum for a count.",
    source=_S3,
)
def error_rate_threshold(view: View) -> Hits:
    for use in alarm_uses(view):
        limit = _limit(use)
        averaged = use.is_("AWS/S3", "4xxErrors", "5xxErrors") and use.statistic == "Average"
        if averaged and limit is not None and limit >= 1:
            yield use.node.hit(use.hit_message(f"its average never exceeds 1; the threshold is {limit:g}."))


_COUNTED = words(
    "RequestCount HTTPCode_ELB_3XX_Count HTTPCode_ELB_4XX_Count HTTPCode_ELB_5XX_Count HTTPCode_ELB_502_Count "
    "HTTPCode_ELB_503_Count HTTPCode_ELB_504_Count HTTPCode_Target_2XX_Count HTTPCode_Target_3XX_Count "
    "HTTPCode_Target_4XX_Count HTTPCode_Target_5XX_Count"
)


@BOOK.nest_rule(
    "SC-CW-012",
    Severity.DEAD,
    "A load balancer's responses are counted by their sum",
    why="Each response counts 1, so minimum, maximum and average of these metrics are always 1.",
    remedy="Set Statistic to Sum.",
    source="https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html",
)
def counted_by_average(view: View) -> Hits:
    for use in alarm_uses(view):
        limit = _limit(use)
        wrong = use.statistic in ("Average", "Maximum", "Minimum") and limit is not None and limit >= 1
        if use.namespace == "AWS/ApplicationELB" and use.metric in _COUNTED and wrong:
            yield use.node.hit(use.hit_message(f"its {use.statistic} is always 1."))


_UNITS = {
    "Bytes": {
        "AWS/RDS": words("FreeStorageSpace FreeableMemory SwapUsage"),
        "AWS/S3": words("BucketSizeBytes"),
        "AWS/ElastiCache": words("FreeableMemory BytesUsedForCache SwapUsage"),
    },
    "Percent": dict.fromkeys(("AWS/RDS", "AWS/EC2", "AWS/ECS"), words("CPUUtilization")),
    "Seconds": {"AWS/RDS": words("ReadLatency WriteLatency"), "AWS/ApplicationELB": words("TargetResponseTime")},
    "Count": {
        "AWS/RDS": words("DatabaseConnections"),
        "AWS/SQS": words("ApproximateNumberOfMessagesVisible NumberOfMessagesSent"),
        "AWS/Lambda": words("Errors Invocations Throttles"),
    },
    "Milliseconds": {"AWS/Lambda": words("Duration"), "AWS/ApiGateway": words("Latency IntegrationLatency")},
}  # fmt: skip


@BOOK.nest_rule(
    "SC-CW-013",
    Severity.DEAD,
    "An alarm's unit is the one that the metric is published in",
    why="CloudWatch does not convert: an alarm with another unit finds no data points at all.",
    remedy="Take Unit away, or name the metric's own.",
    source="https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html",
)
def unit(view: View) -> Hits:
    for use in alarm_uses(view):
        for own, spaces in _UNITS.items():
            if use.unit is not None and use.metric in spaces.get(use.namespace or "", ()) and use.unit != own:
                yield use.node.hit(use.hit_message(f"it is published in {own}, not in {use.unit}."))


def _limit(use: MetricUse) -> float | None:
    """The threshold that the metric itself is compared with."""
    alarm = use.alarm
    if alarm is None or (
        use.node.path and use.node.path[0] == "Metrics" and len(alarm["Metrics"].each()) > 1
    ):
        return None
    return alarm["Threshold"].number
