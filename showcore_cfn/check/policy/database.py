"""The database: tasks 5.1 to 5.3."""

from __future__ import annotations

from showcore_cfn.check.policy.ask import REFERENCE, differs, lacks, lacks_number, said
from showcore_cfn.check.rules.rule import Hits, Item, Rulebook, Severity

BOOK = Rulebook("database")
_INSTANCE = "AWS::RDS::DBInstance"
_CLUSTER = "AWS::RDS::DBCluster"
_INSTANCE_PAGE = f"{REFERENCE}/aws-resource-rds-dbinstance.html"
_CLASS = "db.t3.micro"
_STORAGE_GIB = 20
_BACKUP_DAYS = 7
_BACKUP_WINDOW = "03:00-04:00"
_MAINTENANCE_WINDOW = "sun:04:00-sun:05:00"


@BOOK.rule(
    "PLAN-5.1-FORCE-SSL",
    Severity.RISK,
    "PostgreSQL refuses connections without TLS",
    *("AWS::RDS::DBParameterGroup", "AWS::RDS::DBClusterParameterGroup"),
    why="The plan, 5.1: set rds.force_ssl to 1 in the parameter group.",
    remedy='Set the parameter rds.force_ssl to "1".',
    source="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/PostgreSQL.Concepts.General.SSL.html",
)
def tls_is_forced(item: Item) -> Hits:
    setting = item.at("Parameters", "rds.force_ssl")
    if "postgres" in (item["Family"].text or "") and lacks(setting, "1"):
        yield setting.hit(f"rds.force_ssl {said(setting)}")


@BOOK.rule(
    "PLAN-5.1-NOT-PUBLIC",
    Severity.RISK,
    "The database has no public address",
    _INSTANCE,
    _CLUSTER,
    why="The plan, 5.1: the database stands in private subnets.",
    remedy="Set PubliclyAccessible to false.",
    source=_INSTANCE_PAGE,
)
def database_is_private(item: Item) -> Hits:
    if item["PubliclyAccessible"].flag:
        yield item["PubliclyAccessible"].hit("the database has a public address")


@BOOK.rule(
    "PLAN-5.2-FREE-TIER-CLASS",
    Severity.COST,
    f"The database is a {_CLASS}",
    _INSTANCE,
    _CLUSTER,
    why=f"The plan, 5.2 and 12.1: {_CLASS}, which the free tier covers.",
    remedy=f"Set the class to {_CLASS}.",
    source="https://aws.amazon.com/rds/free/",
)
def database_class(item: Item) -> Hits:
    for node in (item["DBInstanceClass"], item["DBClusterInstanceClass"]):
        if differs(node, _CLASS):
            yield node.hit(f"{node.shown} instead of {_CLASS}")


@BOOK.rule(
    "PLAN-5.2-SINGLE-ZONE",
    Severity.COST,
    "The database stands in a single zone",
    _INSTANCE,
    why="The plan, 5.2 and 12.1: a single Availability Zone. A standby in a second one doubles the price.",
    remedy="Set MultiAZ to false.",
    source=_INSTANCE_PAGE,
)
def database_in_one_zone(item: Item) -> Hits:
    if item["MultiAZ"].flag:
        yield item["MultiAZ"].hit("a standby in a second zone doubles the price")


@BOOK.rule(
    "PLAN-5.2-STORAGE",
    Severity.COST,
    "The database has 20 GB of gp3 storage",
    _INSTANCE,
    why="The plan, 5.2: 20 GB gp3, the free tier's limit.",
    remedy='Set AllocatedStorage to "20" and StorageType to gp3.',
    source=_INSTANCE_PAGE,
)
def database_storage(item: Item) -> Hits:
    size = item["AllocatedStorage"]
    if size.number is not None and size.number > _STORAGE_GIB:
        yield size.hit(f"{size.shown} GiB instead of {_STORAGE_GIB}")
    if size.given and lacks(item["StorageType"], "gp3"):
        yield item["StorageType"].hit(f"StorageType {said(item['StorageType'])}")


@BOOK.rule(
    "PLAN-5.2-ENCRYPTED",
    Severity.RISK,
    "The database is encrypted at rest",
    _INSTANCE,
    _CLUSTER,
    why="The plan, 5.2 and 15.2: encryption at rest. It can be chosen only when the database is made.",
    remedy="Set StorageEncrypted to true, without a KmsKeyId.",
    source="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.Encryption.html",
)
def database_is_encrypted(item: Item) -> Hits:
    inherits = (
        "DBClusterIdentifier",
        "SourceDBInstanceIdentifier",
        "DBSnapshotIdentifier",
        "SnapshotIdentifier",
    )
    setting = item["StorageEncrypted"]
    if differs(setting, "true") or (setting.absent and all(item[name].absent for name in inherits)):
        yield setting.hit("the database is not encrypted at rest")


@BOOK.rule(
    "PLAN-5.3-BACKUPS",
    Severity.RISK,
    "Automated backups are kept for 7 days",
    _INSTANCE,
    _CLUSTER,
    why="The plan, 5.3: daily backups, kept for 7 days. Less cannot be restored, more costs.",
    remedy=f"Set BackupRetentionPeriod to {_BACKUP_DAYS}.",
    source="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_WorkingWithAutomatedBackups.html",
)
def database_backups(item: Item) -> Hits:
    setting = item["BackupRetentionPeriod"]
    inherits = item["DBClusterIdentifier"].given or item["SourceDBInstanceIdentifier"].given
    if lacks_number(setting, _BACKUP_DAYS) and not (setting.absent and inherits):
        yield setting.hit(f"BackupRetentionPeriod {said(setting)}")


@BOOK.rule(
    "PLAN-5.3-WINDOWS",
    Severity.STYLE,
    "Backup and maintenance have the plan's windows",
    _INSTANCE,
    _CLUSTER,
    why=f"The plan, 5.3: backups at {_BACKUP_WINDOW} UTC, maintenance on Sunday from 04:00 to 05:00 UTC.",
    remedy=f"Set the windows to {_BACKUP_WINDOW} and {_MAINTENANCE_WINDOW}.",
    source=_INSTANCE_PAGE,
)
def database_windows(item: Item) -> Hits:
    for name, window in (
        ("PreferredBackupWindow", _BACKUP_WINDOW),
        ("PreferredMaintenanceWindow", _MAINTENANCE_WINDOW),
    ):
        if differs(item[name], window):
            yield item[name].hit(f"{name} is {item[name].shown} instead of {window}")
