"""The database, the cache and what keeps copies of them."""

from __future__ import annotations

from decimal import Decimal

from showcore_cfn.cost.line import Gap, Item
from showcore_cfn.cost.services.registry import Found, Month, Properties, fixed, prices, used

_GP3_IOPS = 3000  # included below 400 GiB: AmazonRDS/latest/UserGuide/CHAP_Storage.html
_GP3_STRIPED_GIB, _GP3_STRIPED_IOPS = 400, 12000
_RETENTION_DAYS = 30  # of the log group RDSOSMetrics, which RDS makes


@prices("AWS::RDS::DBInstance")
def database(p: Properties, month: Month) -> Found:
    """Instance hours, storage, the secret that RDS keeps, and backups beyond the size of the storage.

    https://aws.amazon.com/rds/postgresql/pricing/; a Multi-AZ instance is two, and so is its storage.
    """
    if p.has("DBClusterIdentifier"):
        yield Gap("instances of a cluster are not in the price list")
        return
    zones = "multi_az" if p.flag("MultiAZ") else "single_az"
    kind, engine = p.text("DBInstanceClass", "?"), p.text("Engine", "?")
    yield fixed(f"{kind} {engine} instance", month.hours, f"rds.{kind}.{engine}.{zones}.hour")
    size, form = p.number("AllocatedStorage", 0), p.text("StorageType", "gp2")
    tail = ".multi_az" if zones == "multi_az" else ""
    yield fixed(f"{form} storage", size, f"rds.storage.{form}{tail}.gb_month")
    yield from _iops(p, form, size, tail)
    if p.flag("ManageMasterUserPassword"):
        yield fixed("secret with the password", 1, "secretsmanager.secret.month")
        calls = month.usage["secret_calls_thousands"] / 10
        yield used("readings of the secret", calls, "secretsmanager.requests.10k")
    if p.number("BackupRetentionPeriod", 1) > 0:
        beyond = max(month.usage["database_backup_gb"] - size, Decimal(0))
        yield used("backups beyond the storage's size", beyond, "rds.backup.additional.gb_month")
    if p.number("MonitoringInterval", 0) > 0:
        yield from _enhanced_monitoring(month)


def _iops(p: Properties, form: str, size: Decimal, tail: str) -> Found:
    """Provisioned IOPS: every one of io1 and io2, for gp3 those above what it includes.

    From 400 GiB on, gp3 of PostgreSQL and MySQL includes 12,000 (CHAP_Storage.html).
    """
    if form in ("io1", "io2"):
        yield fixed("provisioned IOPS", p.number("Iops", 0), f"rds.iops.{form}{tail}.month")
    elif form == "gp3":
        included = _GP3_IOPS if size < _GP3_STRIPED_GIB else _GP3_STRIPED_IOPS
        above = p.number("Iops", included) - included
        if above > 0:
            yield fixed("IOPS above the included ones", above, f"rds.iops.gp3{tail}.month")


def _enhanced_monitoring(month: Month) -> Found:
    """USER_Monitoring.OS.html: the figures go to the log group RDSOSMetrics and are billed as logs."""
    gigabytes = month.usage["enhanced_monitoring_gb"]
    yield used("Enhanced Monitoring logs", gigabytes, "cloudwatch.logs.ingest.gb")
    kept = gigabytes * _RETENTION_DAYS / 30
    yield used("Enhanced Monitoring logs kept", kept, "cloudwatch.logs.storage.gb_month")


@prices("AWS::ElastiCache::ReplicationGroup")
def replication_group(p: Properties, month: Month) -> Found:
    """Hours of every node, and snapshots beyond the first (https://aws.amazon.com/elasticache/pricing/)."""
    shards = p.number("NumNodeGroups", 1)
    nodes = p.number("NumCacheClusters", 1) if p.has("NumCacheClusters") else _in_shards(p, shards)
    yield _nodes(p, nodes, month)
    yield from _snapshots(p, shards, month)


def _in_shards(p: Properties, shards: Decimal) -> Decimal:
    return shards * (1 + p.number("ReplicasPerNodeGroup", 0))


@prices("AWS::ElastiCache::CacheCluster")
def cache_cluster(p: Properties, month: Month) -> Found:
    """Hours of every node, and snapshots beyond the first."""
    yield _nodes(p, p.number("NumCacheNodes", 1), month)
    yield from _snapshots(p, Decimal(1), month)


def _nodes(p: Properties, nodes: Decimal, month: Month) -> Item:
    kind, engine = p.text("CacheNodeType", "?"), p.text("Engine", "redis")
    return fixed(f"{kind} {engine} node", nodes * month.hours, f"elasticache.{kind}.{engine}.hour")


def _snapshots(p: Properties, shards: Decimal, month: Month) -> Found:
    kept = p.number("SnapshotRetentionLimit", 0)
    if kept > 0:
        gigabytes = max(kept - 1, Decimal(0)) * shards * month.usage["cache_snapshot_gb"]
        yield used("snapshots beyond the first", gigabytes, "elasticache.backup.gb_month")


@prices("AWS::Backup::BackupVault")
def vault(_: Properties, month: Month) -> Found:
    """Recovery points, priced as snapshots of RDS (https://aws.amazon.com/backup/pricing/)."""
    kept = month.usage["recovery_points_gb"]
    yield used("recovery points", kept, "backup.rds_snapshot.gb_month")


@prices("AWS::SecretsManager::Secret")
def secret(_: Properties, month: Month) -> Found:
    """A secret and its readings (https://aws.amazon.com/secrets-manager/pricing/)."""
    yield fixed("secret", 1, "secretsmanager.secret.month")
    calls = month.usage["secret_calls_thousands"] / 10
    yield used("readings of the secret", calls, "secretsmanager.requests.10k")


@prices("AWS::KMS::Key")
def key(_: Properties, __: Month) -> Found:
    """A customer managed key (https://aws.amazon.com/kms/pricing/)."""
    yield fixed("customer managed key", 1, "kms.customer_key.month")
