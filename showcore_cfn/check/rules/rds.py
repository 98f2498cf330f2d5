"""What Amazon RDS refuses of a DB instance: windows, names, passwords, ports, replicas."""

from __future__ import annotations

import re

from showcore_cfn.check.rules.rule import Hits, Item, Rulebook, Severity
from showcore_cfn.check.rules.windows import DAY_MINUTES, daily, overlap, weekly

BOOK = Rulebook("rds")
DB = "AWS::RDS::DBInstance"
CLUSTER = "AWS::RDS::DBCluster"
_API = "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html"
_GUIDE = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide"
_SHORTEST_WINDOW_MINUTES = 30


def engine(item: Item) -> str:
    """The engine in lower case; empty where it is not known."""
    return (item["Engine"].text or "").lower()


def family(item: Item) -> str:
    """postgres, mysql, mariadb, oracle, sqlserver, db2 or an aurora engine."""
    return engine(item).split("-")[0] if not engine(item).startswith("aurora") else engine(item)


@BOOK.rule(
    "SC-RDS-001",
    Severity.REFUSED,
    "The backup window reads hh24:mi-hh24:mi and lasts 30 minutes at least",
    DB,
    CLUSTER,
    why="RDS takes the daily backup window in UTC, in this form only, and no shorter than 30 minutes.",
    remedy='Write a window such as "03:00-04:00".',
    source=_API,
)
def backup_window(db: Item) -> Hits:
    node = db["PreferredBackupWindow"]
    if node.text is None:
        return
    window = daily(node.text)
    if window is None:
        yield node.hit(f"{node.text} is no daily window in the form hh24:mi-hh24:mi.")
    elif window.length < _SHORTEST_WINDOW_MINUTES:
        yield node.hit(f"The backup window lasts {window.length} minutes; RDS wants 30 at least.")


@BOOK.rule(
    "SC-RDS-002",
    Severity.REFUSED,
    "The maintenance window reads ddd:hh24:mi-ddd:hh24:mi and lasts 30 minutes to 24 hours",
    DB,
    CLUSTER,
    why="RDS takes the weekly maintenance window in UTC, in this form only, and no shorter than 30 minutes.",
    remedy='Write a window such as "sun:04:00-sun:05:00".',
    source=_API,
)
def maintenance_window(db: Item) -> Hits:
    node = db["PreferredMaintenanceWindow"]
    if node.text is None:
        return
    window = weekly(node.text)
    if window is None:
        yield node.hit(f"{node.text} is no weekly window in the form ddd:hh24:mi-ddd:hh24:mi.")
    elif not _SHORTEST_WINDOW_MINUTES <= window.length < DAY_MINUTES:
        yield node.hit(
            f"The maintenance window lasts {window.length} minutes; RDS takes 30 minutes to 24 hours."
        )


@BOOK.rule(
    "SC-RDS-003",
    Severity.REFUSED,
    "The backup window does not overlap the maintenance window",
    DB,
    CLUSTER,
    why="The daily backup window must not conflict with the weekly maintenance window; they may touch.",
    remedy="Move one of the two windows.",
    source=_API,
)
def windows_overlap(db: Item) -> Hits:
    backup, maintenance = (
        daily(db["PreferredBackupWindow"].text),
        weekly(db["PreferredMaintenanceWindow"].text),
    )
    if backup and maintenance and overlap(backup, maintenance):
        yield db["PreferredBackupWindow"].hit(
            f"The backup window {db['PreferredBackupWindow'].text} overlaps the maintenance window "
            f"{db['PreferredMaintenanceWindow'].text}."
        )


_RESERVED_USERS = {
    "postgres": {"rdsadmin", "admin", "rdsrepladmin", "rds_superuser", "rds_replication", "rds_password"},
    "mysql": {"rdsadmin", "rdsrepladmin", "root", "mysql.sys", "mysql.session"},
    "mariadb": {"rdsadmin", "rdsrepladmin", "root"},
    "sqlserver": {"rdsadmin", "sa", "public", "sysadmin", "guest", "rdsa"},
    "aurora-postgresql": {"rdsadmin", "admin", "rdsrepladmin"},
    "aurora-mysql": {"rdsadmin", "rdsrepladmin", "root"},
}
_LONGEST_USER = {"postgres": 63, "mysql": 16, "mariadb": 16, "oracle": 30}


@BOOK.rule(
    "SC-RDS-004",
    Severity.REFUSED,
    "The master user name is not reserved and not too long for its engine",
    DB,
    CLUSTER,
    why="Each engine keeps some names for itself (for PostgreSQL `admin` and `rdsadmin`) and limits the length.",
    remedy="Choose another master user name; `postgres` for PostgreSQL, `admin` for MySQL are common.",
    source=_API,
)
def master_user(db: Item) -> Hits:
    node = db["MasterUsername"]
    name = node.text
    if name is None:
        return
    if name.lower() in _RESERVED_USERS.get(family(db), ()):
        yield node.hit(f"{name} is reserved by {engine(db)}.")
    longest = _LONGEST_USER.get(family(db))
    if longest is not None and len(name) > longest:
        yield node.hit(f"The master user name has {len(name)} characters; {engine(db)} takes {longest}.")


_LONGEST_PASSWORD = {"mysql": 41, "mariadb": 41, "aurora-mysql": 41, "oracle": 30}


@BOOK.rule(
    "SC-RDS-005",
    Severity.REFUSED,
    'The master password has 8 characters at least and no "/", "@", double quote or space',
    DB,
    CLUSTER,
    why="RDS refuses these characters in a master password, and passwords that are too short or too long.",
    remedy="Leave the password to RDS with ManageMasterUserPassword, or exclude these characters.",
    source=_API,
)
def master_password(db: Item) -> Hits:
    node = db["MasterUserPassword"]
    text = node.text
    if text is None or text.startswith("{{resolve:"):
        return
    longest = _LONGEST_PASSWORD.get(family(db), 128)
    if re.search(r'[/@" ]', text) or not 8 <= len(text) <= longest:
        yield node.hit("The password is too short, too long, or holds one of the characters RDS refuses.")


_DB_NAME = {
    "postgres": (
        re.compile(r"[A-Za-z][A-Za-z0-9_]{0,62}"),
        "a letter, then letters, digits or underscores, 63 at most",
    ),
    "mysql": (
        re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}"),
        "a letter, then letters, digits or underscores, 64 at most",
    ),
    "mariadb": (
        re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}"),
        "a letter, then letters, digits or underscores, 64 at most",
    ),
    "oracle": (re.compile(r"[A-Za-z][A-Za-z0-9]{0,7}"), "a letter, then letters or digits, 8 at most"),
    "aurora-postgresql": (
        re.compile(r"[A-Za-z][A-Za-z0-9_]{0,62}"),
        "a letter, then letters, digits or underscores",
    ),
    "aurora-mysql": (re.compile(r"[A-Za-z0-9_]{1,64}"), "letters, digits or underscores, 64 at most"),
}
_RESERVED_DB_NAMES = {
    "postgres": {"db", "template0", "template1", "rdsadmin", "user", "table", "select", "default"}
}


@BOOK.rule(
    "SC-RDS-006",
    Severity.REFUSED,
    "The database name fits its engine",
    DB,
    CLUSTER,
    why="The database is made by the engine, which takes no hyphens, no leading digit and none of its own words.",
    remedy="Use letters, digits and underscores, a letter first.",
    source=_API,
)
def database_name(db: Item) -> Hits:
    node = db["DBName" if db.type == DB else "DatabaseName"]
    rule = _DB_NAME.get(family(db))
    if not node.text:
        return
    if family(db) == "sqlserver":
        yield node.hit("SQL Server takes no database name; create the database after the instance.")
    elif rule is not None and not rule[0].fullmatch(node.text):
        yield node.hit(f"{node.text} is no database name for {engine(db)}: {rule[1]}.")
    elif node.text.lower() in _RESERVED_DB_NAMES.get(family(db), ()):
        yield node.hit(f"{node.text} is a word that {engine(db)} keeps for itself.")


@BOOK.rule(
    "SC-RDS-013",
    Severity.REFUSED,
    "Either RDS manages the master password, or the template gives one",
    DB,
    CLUSTER,
    why="RDS refuses MasterUserPassword beside ManageMasterUserPassword.",
    remedy="Keep ManageMasterUserPassword and take MasterUserPassword away.",
    source=_API,
)
def two_passwords(db: Item) -> Hits:
    if db["ManageMasterUserPassword"].flag and db["MasterUserPassword"].given:
        yield db["MasterUserPassword"].hit("MasterUserPassword stands beside ManageMasterUserPassword.")


@BOOK.rule(
    "SC-RDS-014",
    Severity.REFUSED,
    "A new instance has a master user and a password",
    DB,
    why="Only a restored snapshot, a replica or a member of a cluster brings its own users.",
    remedy="Give MasterUsername and ManageMasterUserPassword: true.",
    source=_API,
)
def no_password(db: Item) -> Hits:
    inherits = (
        "DBSnapshotIdentifier", "SourceDBInstanceIdentifier", "DBClusterIdentifier", "DBClusterSnapshotIdentifier",
        "SourceDbiResourceId", "SourceDBClusterIdentifier", "RestoreTime", "UseLatestRestorableTime",
        "SourceDBInstanceAutomatedBackupsArn", "MasterUserAuthenticationType",
    )  # fmt: skip
    if not engine(db) or any(db[name].given for name in inherits):
        return
    if db["MasterUsername"].absent:
        yield db.hit("A new instance needs MasterUsername.", "Properties")
    elif db["MasterUserPassword"].absent and db["ManageMasterUserPassword"].absent:
        yield db.hit("Neither MasterUserPassword nor ManageMasterUserPassword is given.", "Properties")


@BOOK.rule(
    "SC-RDS-015",
    Severity.REFUSED,
    "The port of an instance lies between 1150 and 65535",
    DB,
    CLUSTER,
    why="RDS takes no port below 1150.",
    remedy="Leave Port out for the engine's own port.",
    source=_API,
)
def port(db: Item) -> Hits:
    number = db["Port"].number
    if number is not None and not 1_150 <= number <= 65_535:
        yield db["Port"].hit(f"RDS takes no port {number:g}.")


@BOOK.rule(
    "SC-RDS-016",
    Severity.RISK,
    "Automated backups are on",
    DB,
    why="BackupRetentionPeriod 0 turns automated backups and point-in-time recovery off, and deletes those that exist.",
    remedy="Set BackupRetentionPeriod to 1 or more; 7 is common.",
    source=f"{_GUIDE}/USER_WorkingWithAutomatedBackups.html",
)
def backups_off(db: Item) -> Hits:
    if db["BackupRetentionPeriod"].number == 0 and db["SourceDBInstanceIdentifier"].absent:
        yield db["BackupRetentionPeriod"].hit("BackupRetentionPeriod 0 turns automated backups off.")


@BOOK.rule(
    "SC-RDS-018",
    Severity.REFUSED,
    "A read replica repeats nothing that it takes from its source",
    DB,
    why="Engine user, password and database name of a replica are those of the source; RDS refuses new ones.",
    remedy="Take MasterUsername, MasterUserPassword and DBName away from the replica.",
    source="https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstanceReadReplica.html",
)
def replica_repeats(db: Item) -> Hits:
    if db["SourceDBInstanceIdentifier"].absent:
        return
    for name in ("MasterUsername", "MasterUserPassword", "ManageMasterUserPassword", "DBName"):
        if db[name].given:
            yield db[name].hit(f"A read replica takes {name} from its source.")
