"""The fifteen alarms of the plan's 10.3-10.6 and 11.4, written out: what each reads and whom it tells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

GREATER, LESS = "GreaterThanThreshold", "LessThanThreshold"


@dataclass(frozen=True, slots=True)
class Watched:
    """What publishes the metrics. `{db}` and the like stand for this environment's names."""

    namespace: str
    dimensions: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class PlannedAlarm:
    """One alarm. Its name is without the prefix; the topic is the first word of the topic's name."""

    name: str
    watched: Watched
    metrics: tuple[str, ...]
    threshold: float
    topic: str
    comparison: str = GREATER
    statistic: str = "Average"
    period_seconds: int = 300
    account_tier: bool = False


_DATABASE = Watched("AWS/RDS", {"DBInstanceIdentifier": "{db}"})
_CACHE = Watched("AWS/ElastiCache", {"CacheClusterId": "{redis}-001"})  # the node, not the group
_BUCKETS = Watched("AWS/S3", {})  # more than one in one alarm
_REQUESTS = Watched("AWS/S3", {"BucketName": "{assets}", "FilterId": "EntireBucket"})
_CHARGES = Watched("AWS/Billing", {"Currency": "USD"})
_JOBS = Watched("AWS/Backup", {"BackupVaultName": "{vault}"})
_FAILED_SNAPSHOTS = Watched("AWS/SQS", {"QueueName": "{queue}"})
_FAILED_JOBS = ("NumberOfBackupJobsFailed", "NumberOfBackupJobsAborted", "NumberOfBackupJobsExpired")
_GIB = 1024**3
_FREE_BYTES = 3 * _GIB  # 85 % of 20 GiB used
_LATENCY_SECONDS = 0.1
_HOUR, _SIX_HOURS, _DAY = 3_600, 21_600, 86_400  # in seconds

ALARM_PLAN: tuple[PlannedAlarm, ...] = (
    PlannedAlarm("rds-cpu-high", _DATABASE, ("CPUUtilization",), 80, "critical"),
    PlannedAlarm("rds-storage-high", _DATABASE, ("FreeStorageSpace",), _FREE_BYTES, "warning", LESS),
    PlannedAlarm(
        "rds-connections-high", _DATABASE, ("DatabaseConnections",), 80, "warning", statistic="Maximum"
    ),
    PlannedAlarm("rds-latency-high", _DATABASE, ("ReadLatency", "WriteLatency"), _LATENCY_SECONDS, "warning"),
    PlannedAlarm("elasticache-cpu-high", _CACHE, ("CPUUtilization",), 75, "critical"),
    PlannedAlarm("elasticache-memory-high", _CACHE, ("DatabaseMemoryUsagePercentage",), 80, "critical"),
    PlannedAlarm("elasticache-evictions", _CACHE, ("Evictions",), 0, "warning", statistic="Sum"),
    PlannedAlarm(
        "elasticache-cache-hit-low", _CACHE, ("CacheHits", "CacheMisses"), 80, "warning", LESS, "Sum"
    ),
    PlannedAlarm("s3-size-high", _BUCKETS, ("BucketSizeBytes",), 10 * _GIB, "warning", period_seconds=_DAY),
    PlannedAlarm("s3-4xx-errors", _REQUESTS, ("4xxErrors",), 0.05, "warning"),
    PlannedAlarm("s3-5xx-errors", _REQUESTS, ("5xxErrors",), 0.01, "critical"),
    PlannedAlarm(
        "billing-50", _CHARGES, ("EstimatedCharges",), 50, "billing", GREATER, "Maximum", _SIX_HOURS, True
    ),
    PlannedAlarm(
        "billing-100", _CHARGES, ("EstimatedCharges",), 100, "billing", GREATER, "Maximum", _SIX_HOURS, True
    ),
    PlannedAlarm("rds-backup-failure", _JOBS, _FAILED_JOBS, 0, "critical", GREATER, "Sum", _HOUR),
    PlannedAlarm(
        "elasticache-backup-failure",
        _FAILED_SNAPSHOTS,
        ("ApproximateNumberOfMessagesVisible",),
        0,
        "critical",
        statistic="Maximum",
    ),
)
