"""The database and the cache as the plan's 5 and 6 want them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from showcore_cfn.verify.check import check
from showcore_cfn.verify.checks.network import private_subnet_ids
from showcore_cfn.verify.checks.remedies import MEND
from showcore_cfn.verify.claim import Claim, equal, newer_than, that, unseen
from showcore_cfn.verify.expected import BACKUP_RETENTION_DAYS, Expected
from showcore_cfn.verify.facts.data import (
    CACHE,
    DATABASE,
    DATABASE_PARAMETERS,
    Cache,
    Database,
)
from showcore_cfn.verify.facts.stack import STACK
from showcore_cfn.verify.look import Look, Missing

DATABASE_CLASS = "db.t3.micro"  # 5.2
DATABASE_STORAGE_GIB = 20  # 5.2
CACHE_NODE_TYPE = "cache.t3.micro"  # 6.2
BACKUP_WINDOW = "03:00-04:00"  # 5.3, 6.3, UTC
DATABASE_MAINTENANCE_WINDOW = "sun:04:00-sun:05:00"  # 5.3, UTC
CACHE_MAINTENANCE_WINDOW = "sun:05:00-sun:06:00"  # set, so that it cannot fall into the backup window
FIRST_BACKUP = timedelta(hours=1)  # RDS makes it when the instance is created
RESTORABLE_WITHIN = timedelta(minutes=30)  # RDS ships its log every five minutes
_GROUP = (
    "ElastiCache encrypts at rest and in transit only as a replication group; its node is showcore-redis-001."
)
_NATIVE = "AWS Backup does not cover ElastiCache: its own daily snapshots stand in."


def the_database(look: Look) -> Database:
    """The database. Raises Missing where RDS does not know it."""
    found = look(DATABASE)
    if found is None:
        raise Missing(f"the database {look(STACK).id_of('Database')} in RDS")
    return found


def the_cache(look: Look) -> Cache:
    """The cache. Raises Missing where ElastiCache does not know it."""
    found = look(CACHE)
    if found is None:
        raise Missing(f"the cache {look(STACK).id_of('RedisCluster')} in ElastiCache")
    return found


@check(
    "7.1-database",
    "PostgreSQL 16 on 20 GB of gp3, private, reached by the application tier only",
    sees=(STACK, DATABASE),
    remedy=MEND,
)
def database(look: Look, want: Expected) -> Iterator[Claim]:
    """5.2."""
    found, stack = the_database(look), look(STACK)
    yield equal("name", found.id, want.named("db"))
    yield equal("status", found.status, "available")
    yield equal("engine", found.engine, "postgres")
    yield that("version", found.version.split(".")[0] == "16", found.version, "16")
    yield equal("database", found.db_name, "showcore")
    yield equal("storage in GiB", found.storage_gib, DATABASE_STORAGE_GIB)
    yield equal("storage type", found.storage_type, "gp3")
    yield equal("zone", found.zone, want.parameters["AvailabilityZoneA"])
    yield equal("publicly accessible", found.public, False)
    yield equal("subnets", found.subnet_ids, private_subnet_ids(stack))
    yield equal("security groups", found.group_ids, [stack.id_of("RdsSecurityGroup")])
    if want.parameters["DatabaseDeletionProtection"] == "true":
        yield equal("deletion protection", found.deletion_protection, True)


@check(
    "7.1-database-secret",
    "RDS keeps the master password in Secrets Manager",
    sees=(STACK, DATABASE),
    remedy=f"{MEND} By hand: `aws rds modify-db-instance --manage-master-user-password`.",
)
def database_secret(look: Look, _want: Expected) -> Iterator[Claim]:
    """5.2."""
    found = the_database(look)
    yield that("master password", bool(found.secret_arn), found.secret_arn, "a secret that RDS manages")


@check(
    "7.1-database-tls",
    "The database refuses connections without TLS",
    sees=(STACK, DATABASE, DATABASE_PARAMETERS),
    remedy="Set rds.force_ssl to 1 in the parameter group, and reboot where it is pending.",
)
def database_tls(look: Look, _want: Expected) -> Iterator[Claim]:
    """5.1."""
    found = the_database(look)
    yield equal(
        f"rds.force_ssl in {found.parameter_group}", look(DATABASE_PARAMETERS).get("rds.force_ssl"), "1"
    )
    yield equal(f"{found.parameter_group} is", found.parameter_status, "in-sync")


@check(
    "7.1-database-backups",
    "The database is backed up daily, and can be restored to any minute",
    sees=(STACK, DATABASE),
    remedy=f"{MEND} Look at the instance's events in RDS when it falls behind.",
)
def database_backups(look: Look, want: Expected) -> Iterator[Claim]:
    """5.3."""
    found = the_database(look)
    yield equal("retention in days", found.retention_days, BACKUP_RETENTION_DAYS)
    yield equal("backup window", found.backup_window, BACKUP_WINDOW)
    yield equal("maintenance window", found.maintenance_window, DATABASE_MAINTENANCE_WINDOW)
    if found.latest_restorable is None and want.now - look(STACK).root.created < FIRST_BACKUP:
        yield unseen("latest restorable time", "the first backup is being made", "half an hour ago at most")
    else:
        yield newer_than("latest restorable time", found.latest_restorable, RESTORABLE_WITHIN, want.now)


@check(
    "7.1-cache",
    "Redis 7 on one private node, reached by the application tier only",
    sees=(STACK, CACHE),
    remedy=MEND,
    deviation=_GROUP,
)
def cache(look: Look, want: Expected) -> Iterator[Claim]:
    """6.1, 6.2."""
    found, stack = the_cache(look), look(STACK)
    yield equal("name", found.id, want.named("redis"))
    yield equal("status", found.status, "available")
    yield equal("engine", found.engine, "redis")
    yield that("version", found.version.split(".")[0] == "7", found.version, "7")
    yield equal("zones", found.zones, [want.parameters["AvailabilityZoneA"]])
    yield equal("subnets", found.subnet_ids, private_subnet_ids(stack))
    yield equal("security groups", found.group_ids, [stack.id_of("ElastiCacheSecurityGroup")])


@check(
    "7.1-cache-node",
    "The cache's one node has the name that the alarms watch",
    sees=(STACK, CACHE),
    remedy="A node is named by its replication group, and that by the prefix: `prefix` in showcore.toml.",
    deviation=_GROUP,
)
def cache_node(look: Look, want: Expected) -> Iterator[Claim]:
    """6.2, 10.4."""
    yield equal("nodes", the_cache(look).node_ids, [f"{want.named('redis')}-001"])


@check(
    "7.1-cache-backups",
    "The cache is set to make a snapshot each night",
    sees=(STACK, CACHE),
    remedy=MEND,
    deviation=_NATIVE,
)
def cache_backups(look: Look, _want: Expected) -> Iterator[Claim]:
    """6.3, and 11.3 as far as AWS has it."""
    found = the_cache(look)
    yield equal("retention in days", found.retention_days, BACKUP_RETENTION_DAYS)
    yield equal("snapshot window", found.snapshot_window, BACKUP_WINDOW)
    yield equal("maintenance window", found.maintenance_window, CACHE_MAINTENANCE_WINDOW)


@check(
    "13.1-cache-events",
    "ElastiCache tells of failed snapshots",
    sees=(STACK, CACHE),
    remedy=f"{MEND} A topic that is encrypted makes ElastiCache stop publishing.",
    deviation=_NATIVE,
)
def cache_events(look: Look, want: Expected) -> Iterator[Claim]:
    """11.4."""
    yield equal("events go to", the_cache(look).topic_arn, want.topic_arn("elasticache-events"))


@check(
    "12.1-instance-types",
    "The smallest instance classes",
    sees=(STACK, DATABASE, CACHE),
    remedy=f"{MEND} Another class interrupts the service.",
)
def instance_types(look: Look, _want: Expected) -> Iterator[Claim]:
    """5.2, 6.2, 12.1."""
    yield equal("database", the_database(look).instance_class, DATABASE_CLASS)
    yield equal("cache", the_cache(look).node_type, CACHE_NODE_TYPE)


@check(
    "12.1-single-zone",
    "Database and cache stand in one zone",
    sees=(STACK, DATABASE, CACHE),
    remedy="Switch Multi-AZ off and remove replicas: each doubles the cost.",
    deviation=_GROUP,
)
def single_zone(look: Look, _want: Expected) -> Iterator[Claim]:
    """12.1."""
    yield equal("database in several zones", the_database(look).multi_az, False)
    yield equal("cache nodes", len(the_cache(look).node_ids), 1)
