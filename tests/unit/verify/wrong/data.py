"""Wrong states of the database and the cache: check, what is wrong, facts, a word of the claim."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from showcore_cfn.verify.facts import data, storage
from tests.unit.verify.world import NOW, Case, Facts, changed, with_fields, with_item

DAYS_AGO = NOW - timedelta(days=2)


def _bucket(index: int, **fields: Any) -> Facts:
    return with_item(storage.BUCKETS, index, **fields)


CASES: tuple[Case, ...] = (
    ("7.1-database", "5.2-another-engine-version", with_fields(data.DATABASE, version="15.9"), "version"),
    ("7.1-database", "5.2-another-storage", with_fields(data.DATABASE, storage_type="gp2"), "storage type"),
    ("7.1-database", "5.2-more-storage", with_fields(data.DATABASE, storage_gib=100), "storage in GiB"),
    ("7.1-database", "5.2-public", with_fields(data.DATABASE, public=True), "publicly accessible"),
    ("7.1-database", "5.2-another-name", with_fields(data.DATABASE, db_name="postgres"), "database"),
    (
        "7.1-database",
        "5.2-another-group",
        with_fields(data.DATABASE, group_ids=("sg-rds", "sg-x")),
        "security groups",
    ),
    (
        "7.1-database",
        "5.1-a-public-subnet",
        with_fields(data.DATABASE, subnet_ids=("subnet-pub-a",)),
        "subnets",
    ),
    ("7.1-database", "not-available", with_fields(data.DATABASE, status="storage-full"), "status"),
    ("7.1-database", "gone", changed(data.DATABASE, None), "showcore-db"),
    ("7.1-database-secret", "no-secret", with_fields(data.DATABASE, secret_arn=""), "master password"),
    (
        "7.1-database-tls",
        "5.1-not-forced",
        changed(data.DATABASE_PARAMETERS, {"rds.force_ssl": "0"}),
        "rds.force_ssl",
    ),
    ("7.1-database-tls", "5.1-not-set", changed(data.DATABASE_PARAMETERS, {}), "rds.force_ssl"),
    (
        "7.1-database-tls",
        "5.1-waits-for-a-reboot",
        with_fields(data.DATABASE, parameter_status="pending-reboot"),
        "pending-reboot",
    ),
    ("7.1-database-backups", "5.3-one-day", with_fields(data.DATABASE, retention_days=1), "retention"),
    (
        "7.1-database-backups",
        "5.3-another-window",
        with_fields(data.DATABASE, backup_window="09:00-10:00"),
        "backup window",
    ),
    (
        "7.1-database-backups",
        "5.3-another-maintenance",
        with_fields(data.DATABASE, maintenance_window="mon:04:00-mon:05:00"),
        "maintenance",
    ),
    (
        "7.1-database-backups",
        "5.3-falls-behind",
        with_fields(data.DATABASE, latest_restorable=DAYS_AGO),
        "latest restorable",
    ),
    ("7.1-database-backups", "5.3-never", with_fields(data.DATABASE, latest_restorable=None), "never"),
    ("7.1-cache", "6.2-another-engine", with_fields(data.CACHE, engine="valkey"), "engine"),
    ("7.1-cache", "6.1-redis-6", with_fields(data.CACHE, version="6.2.6"), "version"),
    ("7.1-cache", "6.2-another-zone", with_fields(data.CACHE, zones=("us-east-1b",)), "zones"),
    ("7.1-cache", "6.2-another-group", with_fields(data.CACHE, group_ids=("sg-default",)), "security groups"),
    ("7.1-cache", "6.1-a-public-subnet", with_fields(data.CACHE, subnet_ids=("subnet-pub-a",)), "subnets"),
    ("7.1-cache", "gone", changed(data.CACHE, None), "showcore-redis"),
    (
        "7.1-cache-node",
        "another-node",
        with_fields(data.CACHE, node_ids=("showcore-redis-0001-001",)),
        "nodes",
    ),
    ("7.1-cache-backups", "6.3-none", with_fields(data.CACHE, retention_days=0), "retention"),
    (
        "7.1-cache-backups",
        "6.3-another-window",
        with_fields(data.CACHE, snapshot_window="04:30-05:30"),
        "snapshot window",
    ),
    (
        "7.1-cache-backups",
        "maintenance-in-the-backup-window",
        with_fields(data.CACHE, maintenance_window="sun:03:00-sun:04:00"),
        "maintenance",
    ),
    (
        "12.1-instance-types",
        "12.1-a-larger-database",
        with_fields(data.DATABASE, instance_class="db.t3.small"),
        "database",
    ),
    (
        "12.1-instance-types",
        "12.1-a-larger-cache",
        with_fields(data.CACHE, node_type="cache.t3.small"),
        "cache",
    ),
    ("12.1-single-zone", "12.1-multi-az", with_fields(data.DATABASE, multi_az=True), "several zones"),
    ("12.1-single-zone", "12.1-a-replica", with_fields(data.CACHE, node_ids=("a", "b")), "cache nodes"),
    ("15.2-encrypted-at-rest", "15.2-database", with_fields(data.DATABASE, encrypted=False), "database"),
    ("15.2-encrypted-at-rest", "15.2-cache", with_fields(data.CACHE, at_rest=False), "cache"),
    ("15.2-encrypted-at-rest", "15.2-bucket", _bucket(3, encryption=""), "showcore-config"),
    (
        "15.2-encrypted-in-transit",
        "15.2-database",
        changed(data.DATABASE_PARAMETERS, {"rds.force_ssl": "0"}),
        "force_ssl",
    ),
    ("15.2-encrypted-in-transit", "15.2-cache", with_fields(data.CACHE, in_transit=False), "TLS"),
    (
        "15.2-encrypted-in-transit",
        "15.2-cache-preferred-only",
        with_fields(data.CACHE, transit_mode="preferred"),
        "mode",
    ),
    (
        "15.2-encrypted-in-transit",
        "15.2-distribution",
        with_fields(storage.DISTRIBUTION, viewer_policy="allow-all"),
        "distribution",
    ),
    ("15.2-encrypted-in-transit", "15.2-bucket", _bucket(0, statements=()), "plain HTTP"),
)
