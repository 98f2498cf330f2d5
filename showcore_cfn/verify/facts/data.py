"""The database, the cache, and the keys they are encrypted with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from showcore_cfn.verify.facts.stack import STACK
from showcore_cfn.verify.look import Fact


@dataclass(frozen=True, slots=True)
class Database:
    """The DB instance as RDS describes it."""

    id: str
    status: str
    instance_class: str
    engine: str
    version: str
    db_name: str
    storage_gib: int
    storage_type: str
    encrypted: bool
    key: str
    multi_az: bool
    zone: str
    public: bool
    address: str
    port: int
    group_ids: tuple[str, ...]
    subnet_ids: tuple[str, ...]
    parameter_group: str
    parameter_status: str
    retention_days: int
    backup_window: str
    maintenance_window: str
    latest_restorable: datetime | None
    log_exports: tuple[str, ...]
    secret_arn: str
    deletion_protection: bool


@dataclass(frozen=True, slots=True)
class Cache:
    """The replication group and its one node, as ElastiCache describes them."""

    id: str
    status: str
    node_ids: tuple[str, ...]
    node_type: str
    engine: str
    version: str
    zones: tuple[str, ...]
    at_rest: bool
    in_transit: bool
    transit_mode: str
    retention_days: int
    snapshot_window: str
    maintenance_window: str
    subnet_ids: tuple[str, ...]
    group_ids: tuple[str, ...]
    parameter_group: str
    address: str
    port: int
    topic_arn: str
    log_groups: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CacheSnapshot:
    """A snapshot of the cache."""

    name: str
    source: str  # automated or manual
    status: str
    created: datetime | None


DATABASE: Fact[Database | None] = Fact("the database", ("rds:DescribeDBInstances",), (STACK,))
DATABASE_PARAMETERS: Fact[Mapping[str, str]] = Fact(
    "the database's parameters", ("rds:DescribeDBParameters",), (DATABASE,)
)
CACHE: Fact[Cache | None] = Fact(
    "the cache",
    (
        "elasticache:DescribeReplicationGroups",
        "elasticache:DescribeCacheClusters",
        "elasticache:DescribeCacheSubnetGroups",
    ),
    (STACK,),
)
CACHE_SNAPSHOTS: Fact[tuple[CacheSnapshot, ...]] = Fact(
    "snapshots of the cache", ("elasticache:DescribeSnapshots",), (STACK,)
)
DATABASE_KEY: Fact[str] = Fact("who manages the database's key", ("kms:DescribeKey",), (DATABASE,))
