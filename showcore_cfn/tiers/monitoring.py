"""Alarms and the dashboard, 5.4, 6.4, 8-11: thirteen alarms here, the two of billing in `account`.

Units are CloudWatch's: FreeStorageSpace in bytes, latency in seconds, S3 error metrics as a rate from 0 to 1
(https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-metrics.html,
https://docs.aws.amazon.com/AmazonS3/latest/userguide/metrics-dimensions.html).
"""

from __future__ import annotations

from showcore_cfn.template.parameters import REQUEST_METRICS
from showcore_cfn.template.stack import Stack, Text, Tier
from showcore_cfn.tiers import database, storage
from showcore_cfn.tiers.alarms import Series, add_alarm
from showcore_cfn.tiers.dashboard import add_dashboard

GIB = 2**30
FIVE_MINUTES = 300  # seconds
HOUR = 3_600
DAY = 86_400

RDS_CPU_PERCENT = 80  # 10.3
RDS_STORAGE_USED_PERCENT = 85  # 10.3
RDS_CONNECTIONS = 80  # 10.3
RDS_LATENCY_SECONDS = 0.1  # 10.3
REDIS_CPU_PERCENT = 75  # 10.4
REDIS_MEMORY_PERCENT = 80  # 10.4
REDIS_EVICTIONS = 0  # 10.4
REDIS_HIT_PERCENT = 80  # 10.4
BUCKET_SIZE_BYTES = 10 * GIB  # 10.5
S3_4XX_RATE = 0.05  # 10.5
S3_5XX_RATE = 0.01  # 10.5
FREE_STORAGE_BYTES = database.STORAGE_GIB * GIB * (100 - RDS_STORAGE_USED_PERCENT) // 100


def build(stack: Stack) -> None:
    """All alarms, then the dashboard that draws them."""
    _rds(stack)
    _redis(stack)
    _s3(stack)
    _backups(stack)
    add_dashboard(stack)


def _rds(stack: Stack) -> None:
    def series(metric: str, statistic: str = "Average", id: str = "m") -> Series:
        dimensions: dict[str, Text] = {"DBInstanceIdentifier": stack.sub(database.DATABASE_ID)}
        return Series("AWS/RDS", metric, dimensions, statistic, FIVE_MINUTES, id)

    add_alarm(
        stack,
        "RdsCpuAlarm",
        "rds-cpu-high",
        "Database CPU above 80 % for 5 minutes (5.4, 10.3)",
        "critical",
        [series("CPUUtilization")],
        RDS_CPU_PERCENT,
    )
    add_alarm(
        stack,
        "RdsStorageAlarm",
        "rds-storage-high",
        "Database storage more than 85 % used: under 3 of 20 GiB free (5.4, 10.3)",
        "warning",
        [series("FreeStorageSpace")],
        FREE_STORAGE_BYTES,
        comparison="below",
        why="RDS has no metric of used storage; free storage is in bytes.",
    )
    add_alarm(
        stack,
        "RdsConnectionsAlarm",
        "rds-connections-high",
        "More than 80 of 100 database connections (10.3)",
        "warning",
        [series("DatabaseConnections", "Maximum")],
        RDS_CONNECTIONS,
    )
    add_alarm(
        stack,
        "RdsLatencyAlarm",
        "rds-latency-high",
        "Database read or write latency above 100 ms (10.3)",
        "warning",
        [series("ReadLatency", id="r"), series("WriteLatency", id="w")],
        RDS_LATENCY_SECONDS,
        expression="MAX([r, w])",
        why="Latency is measured in seconds.",
    )


def _redis(stack: Stack) -> None:
    def series(metric: str, statistic: str = "Average", id: str = "m") -> Series:
        dimensions: dict[str, Text] = {"CacheClusterId": stack.sub("${Prefix}-redis-001")}
        return Series("AWS/ElastiCache", metric, dimensions, statistic, FIVE_MINUTES, id)

    add_alarm(
        stack,
        "ElastiCacheCpuAlarm",
        "elasticache-cpu-high",
        "Cache CPU above 75 % for 5 minutes (6.4, 10.4)",
        "critical",
        [series("CPUUtilization")],
        REDIS_CPU_PERCENT,
        why="The plan's 75 %. Redis works mostly on one of two cores, so its limit is nearer to 50 %.",
    )
    add_alarm(
        stack,
        "ElastiCacheMemoryAlarm",
        "elasticache-memory-high",
        "Cache memory more than 80 % used (6.4, 10.4)",
        "critical",
        [series("DatabaseMemoryUsagePercentage")],
        REDIS_MEMORY_PERCENT,
    )
    add_alarm(
        stack,
        "ElastiCacheEvictionsAlarm",
        "elasticache-evictions",
        "The cache evicts keys (10.4)",
        "warning",
        [series("Evictions", "Sum")],
        REDIS_EVICTIONS,
        missing="notBreaching",
    )
    add_alarm(
        stack,
        "ElastiCacheHitRateAlarm",
        "elasticache-cache-hit-low",
        "Less than 80 % of cache reads are hits (10.4)",
        "warning",
        [series("CacheHits", "Sum", "h"), series("CacheMisses", "Sum", "s")],
        REDIS_HIT_PERCENT,
        comparison="below",
        missing="notBreaching",
        expression="IF((h + s) > 0, 100 * h / (h + s), 100)",
        why="An idle cache counts as 100 percent, so that a quiet night raises no alarm.",
    )


def _s3(stack: Stack) -> None:
    def size(bucket: str, storage_type: str, id: str) -> Series:
        dimensions: dict[str, Text] = {"BucketName": stack.sub(bucket), "StorageType": storage_type}
        return Series("AWS/S3", "BucketSizeBytes", dimensions, "Average", DAY, id)

    def errors(metric: str) -> Series:
        dimensions: dict[str, Text] = {
            "BucketName": stack.sub(storage.STATIC_ASSETS_BUCKET),
            "FilterId": storage.REQUEST_METRICS_ID,
        }
        return Series("AWS/S3", metric, dimensions, "Average", FIVE_MINUTES)

    measured = stack.on(REQUEST_METRICS)
    add_alarm(
        stack,
        "S3SizeAlarm",
        "s3-size-high",
        "A bucket holds more than 10 GiB (10.5)",
        "warning",
        [
            size(storage.STATIC_ASSETS_BUCKET, "StandardStorage", "a"),
            size(storage.BACKUPS_BUCKET, "StandardStorage", "b"),
            size(storage.BACKUPS_BUCKET, "GlacierStorage", "g"),
        ],
        BUCKET_SIZE_BYTES,
        missing="ignore",
        expression="MAX([FILL(a, 0), FILL(b, 0) + FILL(g, 0)])",
        periods=3,
        why="S3 measures size once a day, by storage class, and tells it late: one of three days decides.",
    )
    add_alarm(
        stack,
        "S3ClientErrorsAlarm",
        "s3-4xx-errors",
        "More than 5 % of requests for static assets end with a 4xx error (10.5)",
        "warning",
        [errors("4xxErrors")],
        S3_4XX_RATE,
        missing="notBreaching",
        condition=measured,
        why="The average of this metric is the rate of errors. Without request metrics there is none.",
    )
    add_alarm(
        stack,
        "S3ServerErrorsAlarm",
        "s3-5xx-errors",
        "More than 1 % of requests for static assets end with a 5xx error (10.5)",
        "critical",
        [errors("5xxErrors")],
        S3_5XX_RATE,
        missing="notBreaching",
        condition=measured,
    )


def _backups(stack: Stack) -> None:
    def jobs(state: str, id: str) -> Series:
        dimensions: dict[str, Text] = {"BackupVaultName": stack.sub("${Prefix}-backup-vault")}
        return Series("AWS/Backup", f"NumberOfBackupJobs{state}", dimensions, "Sum", HOUR, id)

    add_alarm(
        stack,
        "RdsBackupFailureAlarm",
        "rds-backup-failure",
        "A backup job of the database failed, was aborted or expired (11.4)",
        "critical",
        [jobs("Failed", "f"), jobs("Aborted", "a"), jobs("Expired", "e")],
        0,
        missing="notBreaching",
        expression="FILL(f, 0) + FILL(a, 0) + FILL(e, 0)",
        periods=3,
        why="The rule BackupJobFailureRule of the backup tier tells of the same by a second way.",
    )
    queue: dict[str, Text] = {"QueueName": stack.sub("${Prefix}-elasticache-snapshot-failures")}
    add_alarm(
        stack,
        "ElastiCacheBackupFailureAlarm",
        "elasticache-backup-failure",
        "ElastiCache reported a failed snapshot (11.4)",
        "critical",
        [Series("AWS/SQS", "ApproximateNumberOfMessagesVisible", queue, "Maximum", FIVE_MINUTES)],
        0,
        missing="notBreaching",
        why="AWS Backup does not cover ElastiCache; its own events reach a queue, and this counts them.",
    )


TIER = Tier(
    name="monitoring",
    title="alarms and dashboard",
    tasks="5.4, 6.4, 10.2-10.5, 11.4",
    shape="Alarms over fixed names publish to the topics of alerts; one dashboard draws their metrics and thresholds.",
    build=build,
    after=("alerts",),
)
