"""What depends on the database engine: parameter families, log exports, features of classes, log groups."""

from __future__ import annotations

import re

from showcore_cfn.check.rules.numbers import whole
from showcore_cfn.check.rules.rds import CLUSTER, DB, engine, family
from showcore_cfn.check.rules.rule import Hits, Item, Rulebook, Severity, View, words
from showcore_cfn.check.rules.tables import db_parameters
from showcore_cfn.check.rules.view import grouped

BOOK = Rulebook("rds_engines")
GROUP = "AWS::RDS::DBParameterGroup"
_GUIDE = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide"
_API = "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html"


def _major(version: str, kind: str) -> str | None:
    """The part of an engine version that a parameter family is named by."""
    parts = version.split(".")
    number = whole(parts[0])
    if number is None:
        return None
    if kind == "postgres":
        return parts[0] if number >= 10 else ".".join(parts[:2])
    return ".".join(parts[:2]) if len(parts) >= 2 else None


@BOOK.rule(
    "SC-RDS-021",
    Severity.REFUSED,
    "The parameter group is of the family of the instance's engine and version",
    DB,
    why="A parameter group of another engine or major version cannot be attached.",
    remedy="Give the parameter group the family of the engine version, such as postgres16.",
    source=f"{_GUIDE}/USER_WorkingWithParamGroups.html",
)
def parameter_family(db: Item) -> Hits:
    node = db["DBParameterGroupName"]
    group = node.target(GROUP)
    have = (group["Family"].text or "").lower() or None if group else None
    if have is None and (node.text or "").startswith("default."):
        have = (node.text or "").removeprefix("default.")
    kind, version = family(db), db["EngineVersion"].text
    if have is None or kind not in ("postgres", "mysql", "mariadb"):
        return
    major = _major(version, kind) if version else None
    if not re.match(rf"{kind}\d", have) or (major is not None and have != f"{kind}{major}"):
        yield node.hit(
            f"The parameter group is of the family {have}; the engine is {engine(db)} {version or ''}."
        )


@BOOK.rule(
    "SC-RDS-022",
    Severity.REFUSED,
    "A PostgreSQL parameter group holds only parameters that PostgreSQL has",
    GROUP,
    why="RDS refuses a parameter that the family does not know.",
    remedy="Take it away, or spell it as the family does. RDS's own start with `rds.`.",
    source=f"{_GUIDE}/Appendix.PostgreSQL.CommonDBATasks.Parameters.html",
)
def unknown_postgres_parameter(group: Item) -> Hits:
    if not re.match(r"(aurora-)?postgres(ql)?\d", group["Family"].text or ""):
        return
    known = db_parameters("postgres")
    for name, node in group["Parameters"].entries():
        if "." not in name and not name.startswith("apg_") and name.lower() not in known:
            yield node.hit(f"PostgreSQL has no parameter {name}.")


_SHARED_WITH_MYSQL = words(
    "max_connections port lc_messages log_error_verbosity transaction_isolation transaction_read_only "
    "default_storage_engine event_scheduler ssl_ca ssl_cert ssl_key ssl_cipher"
)


@BOOK.rule(
    "SC-RDS-023",
    Severity.REFUSED,
    "A MySQL or MariaDB parameter group holds no PostgreSQL parameter",
    GROUP,
    why="RDS refuses a parameter that the family does not know; encryption is require_secure_transport there.",
    remedy="Use the engine's own parameter, such as require_secure_transport instead of rds.force_ssl.",
    source=f"{_GUIDE}/Appendix.MySQL.Parameters.html",
)
def postgres_parameter_in_mysql(group: Item) -> Hits:
    if not re.match(r"(mysql|mariadb)\d", group["Family"].text or ""):
        return
    foreign = db_parameters("postgres") - _SHARED_WITH_MYSQL
    for name, node in group["Parameters"].entries():
        if name in foreign or name in ("rds.force_ssl", "rds.logical_replication"):
            yield node.hit(f"{name} is a parameter of PostgreSQL.")


@BOOK.rule(
    "SC-RDS-024",
    Severity.REFUSED,
    "A PostgreSQL parameter that counts has a plain number",
    GROUP,
    why="RDS takes such values without a unit, in the parameter's own (work_mem in kB), or as a formula in braces.",
    remedy="Write the number in the parameter's unit: work_mem 65536 instead of 64MB.",
    source=f"{_GUIDE}/USER_ParamValuesRef.html",
)
def number_with_unit(group: Item) -> Hits:
    if not re.match(r"(aurora-)?postgres(ql)?\d", group["Family"].text or ""):
        return
    whole = db_parameters("postgres_integers")
    for name, node in group["Parameters"].entries():
        text = node.text
        if text is not None and name.lower() in whole and re.fullmatch(r"\d+(\.\d+)?\s*[A-Za-z%]+", text):
            yield node.hit(f"{name} takes a plain number, not {text}.")


@BOOK.rule(
    "SC-RDS-025",
    Severity.REFUSED,
    "rds.force_ssl is 0 or 1",
    GROUP,
    why="RDS's own switches take 0 and 1 and nothing else.",
    remedy='Write "1".',
    source=f"{_GUIDE}/PostgreSQL.Concepts.General.SSL.html",
)
def switch_value(group: Item) -> Hits:
    for name in ("rds.force_ssl", "rds.logical_replication"):
        node = group.at("Parameters", name)
        if node.text is not None and node.text not in ("0", "1"):
            yield node.hit(f"{name} takes 0 or 1, not {node.text}.")


_NOT_MODIFIABLE = words(
    "listen_addresses data_directory hba_file ident_file config_file ssl ssl_cert_file ssl_key_file ssl_ca_file "
    "wal_level fsync full_page_writes archive_command archive_mode unix_socket_directories"
)


@BOOK.rule(
    "SC-RDS-026",
    Severity.REFUSED,
    "A parameter group sets only parameters that can be modified",
    GROUP,
    why="RDS keeps files, addresses, certificates and the write-ahead log of PostgreSQL to itself.",
    remedy="Take the parameter away. For logical replication set rds.logical_replication instead of wal_level.",
    source=f"{_GUIDE}/Appendix.PostgreSQL.CommonDBATasks.Parameters.html",
)
def not_modifiable(group: Item) -> Hits:
    if not re.match(r"postgres\d", group["Family"].text or ""):
        return
    for name, node in group["Parameters"].entries():
        if name in _NOT_MODIFIABLE:
            yield node.hit(f"{name} cannot be modified on RDS.")


_LOGS = {
    "postgres": {"postgresql", "upgrade", "iam-db-auth-error"},
    "aurora-postgresql": {"postgresql", "instance", "iam-db-auth-error"},
    "mysql": {"audit", "error", "general", "slowquery", "iam-db-auth-error"},
    "aurora-mysql": {"audit", "error", "general", "slowquery", "instance", "iam-db-auth-error"},
    "mariadb": {"audit", "error", "general", "slowquery", "iam-db-auth-error"},
    "oracle": {"alert", "audit", "listener", "trace", "oemagent"},
    "sqlserver": {"agent", "error"},
    "db2": {"diag.log", "notify.log", "iam-db-auth-error"},
}


@BOOK.rule(
    "SC-RDS-027",
    Severity.REFUSED,
    "The engine writes the logs that are exported",
    DB,
    CLUSTER,
    why="Each engine has its own log types; RDS refuses others.",
    remedy="For PostgreSQL export postgresql and upgrade; for MySQL error, general, slowquery, audit.",
    source=f"{_GUIDE}/USER_LogAccess.Procedural.UploadtoCloudWatch.html",
)
def log_exports(db: Item) -> Hits:
    logs = _LOGS.get(family(db))
    for node in db["EnableCloudwatchLogsExports"].each() if logs else ():
        if node.text is not None and logs is not None and node.text not in logs:
            yield node.hit(f"{engine(db)} has no log {node.text}; it has {', '.join(sorted(logs))}.")


@BOOK.rule(
    "SC-RDS-028",
    Severity.REFUSED,
    "An encrypted instance is of a class that supports encryption",
    DB,
    why="db.m1, db.m2, db.t2.micro and older classes have no encryption at rest.",
    remedy="Use a current class, such as db.t4g.micro.",
    source=f"{_GUIDE}/Overview.Encryption.html#Overview.Encryption.Availability",
)
def encryption_class(db: Item) -> Hits:
    kind = db["DBInstanceClass"].text or ""
    if db["StorageEncrypted"].flag and re.match(r"db\.(t2\.micro|t1\.|m1\.|m2\.|cr1\.)", kind):
        yield db["StorageEncrypted"].hit(f"{kind} does not support encryption at rest.")


@BOOK.rule(
    "SC-RDS-029",
    Severity.REFUSED,
    "Performance Insights is on only for classes that support it",
    DB,
    why="MySQL and MariaDB on the smallest burstable classes have no Performance Insights.",
    remedy="Turn it off, or use db.t4g.medium or larger.",
    source=f"{_GUIDE}/USER_PerfInsights.Overview.Engines.html",
)
def performance_insights_class(db: Item) -> Hits:
    kind = db["DBInstanceClass"].text or ""
    small = re.fullmatch(r"db\.(t2|t3|t4g)\.(micro|small)", kind)
    if db["EnablePerformanceInsights"].flag and family(db) in ("mysql", "mariadb") and small:
        yield db["EnablePerformanceInsights"].hit(f"{engine(db)} on {kind} has no Performance Insights.")


@BOOK.rule(
    "SC-RDS-030",
    Severity.REFUSED,
    "IAM authentication is on only for engines that have it",
    DB,
    why="IAM database authentication exists for MariaDB, MySQL and PostgreSQL.",
    remedy="Take EnableIAMDatabaseAuthentication away.",
    source=f"{_GUIDE}/UsingWithRDS.IAMDBAuth.html",
)
def iam_authentication(db: Item) -> Hits:
    if db["EnableIAMDatabaseAuthentication"].flag and family(db) in ("oracle", "sqlserver"):
        yield db["EnableIAMDatabaseAuthentication"].hit(f"{engine(db)} has no IAM authentication.")


_AUTHORITIES = frozenset({"rds-ca-rsa2048-g1", "rds-ca-rsa4096-g1", "rds-ca-ecc384-g1"})


@BOOK.rule(
    "SC-RDS-031",
    Severity.REFUSED,
    "The certificate authority is one that RDS still offers",
    DB,
    why="rds-ca-2015 and rds-ca-2019 have expired.",
    remedy="Use rds-ca-rsa2048-g1, or leave CACertificateIdentifier out.",
    source=f"{_GUIDE}/UsingWithRDS.SSL.html",
)
def certificate_authority(db: Item) -> Hits:
    text = db["CACertificateIdentifier"].text
    if text is not None and re.fullmatch(r"rds-ca-20\d\d", text):
        yield db["CACertificateIdentifier"].hit(
            f"{text} has expired; RDS offers {', '.join(sorted(_AUTHORITIES))}."
        )


@BOOK.rule(
    "SC-RDS-032",
    Severity.DEAD,
    "A log group for RDS has the name that RDS writes to",
    "AWS::Logs::LogGroup",
    why="RDS writes to /aws/rds/instance/<instance>/<log> and /aws/rds/cluster/<cluster>/<log> and nowhere else.",
    remedy="Name the group /aws/rds/instance/<instance>/postgresql, and export that log from the instance.",
    source=f"{_GUIDE}/USER_LogAccess.Concepts.PostgreSQL.html",
)
def log_group_name(group: Item) -> Hits:
    node = group["LogGroupName"]
    first = node.pieces[0] if node.pieces else None
    if first is None or not first.startswith("/aws/rds/"):
        return
    rest = first.removeprefix("/aws/rds/")
    starts = ("instance/", "cluster/", "proxy/", "custom/")
    if not rest.startswith(starts) and (len(node.pieces) == 1 or not any(s.startswith(rest) for s in starts)):
        yield node.hit(f"RDS never writes to {node.shown}.")


@BOOK.nest_rule(
    "SC-RDS-033",
    Severity.REFUSED,
    "The log group of an instance is made before the instance",
    why="The instance makes its log groups itself when they are missing; the template's group then already exists.",
    remedy="Let the instance DependsOn the log group.",
    source=f"{_GUIDE}/USER_LogAccess.Procedural.UploadtoCloudWatch.html",
)
def log_group_order(view: View) -> Hits:
    ids = (
        (db["DBInstanceIdentifier" if db.type == DB else "DBClusterIdentifier"], db)
        for db in view.of(DB, CLUSTER)
    )
    named = grouped((id_.shown, db) for id_, db in ids if id_.given)
    for group in view.of("AWS::Logs::LogGroup"):
        match = re.match(r"/aws/rds/(?:instance|cluster)/(.+)/([a-z.-]+)$", group["LogGroupName"].shown)
        for db in named.get(match[1], []) if match else ():
            exports = match is not None and match[2] in db["EnableCloudwatchLogsExports"].texts()
            if exports and db.tree == group.tree and not view.before(group, db):
                yield db.hit(
                    f"{db.id} exports to {group['LogGroupName'].shown} and does not wait for {group.id}."
                )


@BOOK.rule(
    "SC-RDS-034",
    Severity.REFUSED,
    "A parameter group belongs to a family that RDS has",
    GROUP,
    why="Families are engine and major version without a hyphen or `.x`: postgres16, mysql8.0, mariadb10.11.",
    remedy="Write the family so.",
    source=f"{_GUIDE}/USER_WorkingWithParamGroups.html",
)
def family_form(group: Item) -> Hits:
    text = group["Family"].text
    if text is None or not re.match(r"postgres|mysql|mariadb", text):
        return
    if not re.fullmatch(
        r"postgres(9\.\d|1\d)|mysql(5\.\d|8\.\d|9\.\d)|mariadb(10\.\d{1,2}|11\.\d{1,2})", text
    ):
        yield group["Family"].hit(f"There is no family {text}.")


@BOOK.rule(
    "SC-RDS-035",
    Severity.REFUSED,
    "StorageThroughput is set only for gp3 storage",
    DB,
    why="Only gp3 volumes take a throughput.",
    remedy="Take StorageThroughput away, or use gp3.",
    source=_API,
)
def throughput_without_gp3(db: Item) -> Hits:
    kind = db["StorageType"].text
    if db["StorageThroughput"].number is not None and kind is not None and kind != "gp3":
        yield db["StorageThroughput"].hit(f"{kind} storage takes no StorageThroughput.")
