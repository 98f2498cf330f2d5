"""What is kept for a shorter time than before: the resource stays, its backups, versions or events do not.

Sources, all below https://docs.aws.amazon.com/:
AmazonRDS/latest/UserGuide/USER_WorkingWithAutomatedBackups.BackupRetention.html,
AmazonElastiCache/latest/dg/backups-automatic.html, aws-backup/latest/devguide/API_Lifecycle.html,
AmazonCloudWatch/latest/logs/Working-with-log-groups-and-streams.html#SettingLogRetention,
AmazonS3/latest/userguide/{lifecycle-expire-general-considerations,Versioning}.html.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Final, NamedTuple, TypeAlias

from showcore_cfn.review.values import Reference, Unknown, Value, text_of

Properties: TypeAlias = Mapping[str, Value]
_FOREVER: Final = Decimal("Infinity")


class _Kept(NamedTuple):
    """A property that says how long something is kept."""

    absent: Decimal  # what it means not to say it
    unit: str
    shorter: str  # what is lost; {before} and {after} are durations
    none: str = ""  # what is lost where nothing is kept any more


_DATABASE = _Kept(
    Decimal(1),
    "days",
    "automated backups are kept {after} instead of {before}: the older ones are deleted",
    "automated backups are switched off: all of them are deleted, and no point in time can be restored",
)
_SNAPSHOTS = _Kept(
    Decimal(0),
    "days",
    "automatic snapshots are kept {after} instead of {before}: the older ones are deleted",
    "automatic snapshots are switched off: none is taken any more",
)
_KEPT: Final[Mapping[tuple[str, str], _Kept]] = {
    ("AWS::RDS::DBInstance", "BackupRetentionPeriod"): _DATABASE,
    ("AWS::RDS::DBCluster", "BackupRetentionPeriod"): _DATABASE,
    ("AWS::DocDB::DBCluster", "BackupRetentionPeriod"): _DATABASE,
    ("AWS::Neptune::DBCluster", "BackupRetentionPeriod"): _DATABASE,
    ("AWS::ElastiCache::ReplicationGroup", "SnapshotRetentionLimit"): _SNAPSHOTS,
    ("AWS::ElastiCache::CacheCluster", "SnapshotRetentionLimit"): _SNAPSHOTS,
    ("AWS::ElastiCache::ServerlessCache", "SnapshotRetentionLimit"): _SNAPSHOTS,
    ("AWS::Logs::LogGroup", "RetentionInDays"): _Kept(
        _FOREVER, "days", "log events are kept {after} instead of {before}: the older ones are deleted"
    ),
    ("AWS::Kinesis::Stream", "RetentionPeriodHours"): _Kept(
        Decimal(24), "hours", "records are kept {after} instead of {before}: the older ones are deleted"
    ),
    ("AWS::SQS::Queue", "MessageRetentionPeriod"): _Kept(
        Decimal(345_600),
        "seconds",
        "messages are kept {after} instead of {before}: the older ones are deleted",
    ),
}


class _Switch(NamedTuple):
    """A property that keeps something while it has one value."""

    keeps: str
    absent: str
    lost: str


_TAGLESS = _Switch(
    "true",
    "false",
    "snapshots no longer carry the tags of what they are taken from: whoever finds, restores or pays for them by "
    "tag misses them",
)
_SWITCHES: Final[Mapping[tuple[str, str], _Switch]] = {
    ("AWS::RDS::DBInstance", "CopyTagsToSnapshot"): _TAGLESS,
    ("AWS::RDS::DBCluster", "CopyTagsToSnapshot"): _TAGLESS,
    ("AWS::RDS::DBInstance", "DeleteAutomatedBackups"): _Switch(
        "false", "true", "automated backups are deleted together with the database"
    ),
    ("AWS::S3::Bucket", "VersioningConfiguration.Status"): _Switch(
        "enabled", "suspended", "what is overwritten or deleted is no longer kept as an earlier version"
    ),
    ("AWS::DynamoDB::Table", "PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled"): _Switch(
        "true", "false", "continuous backups are deleted, and no point in time can be restored"
    ),
}


def losses(kind: str, before: Value, after: Value) -> tuple[str, ...]:
    """What an update in place loses of what a resource of a type keeps, a clause each; most often nothing."""
    if not isinstance(before, dict) or not isinstance(after, dict):
        return ()
    return tuple(_losses(kind, before, after))


def tells_of(kind: str, place: Iterable[object]) -> bool:
    """Whether `losses` speaks of a property of a type, by the steps to it."""
    said = ".".join(map(str, place))
    of_a_rule = kind == "AWS::Backup::BackupPlan" and said.endswith("Lifecycle.DeleteAfterDays")
    return of_a_rule or (kind, said) in _KEPT or (kind, said) in _SWITCHES


def sentence(path: str, lost: Iterable[str]) -> str:
    """What a resource loses, as review and plan say it: "database/Database: automated backups are ...".

    Empty where it loses nothing.
    """
    clauses = "; ".join(lost)
    return f"{path}: {clauses}." if clauses else ""


def _losses(kind: str, before: Properties, after: Properties) -> Iterator[str]:
    for (owner, name), kept in _KEPT.items():
        if owner == kind:
            yield from _shorter(name, kept, before.get(name), after.get(name))
    for (owner, place), switch in _SWITCHES.items():
        if owner == kind:
            yield from _switched(place, switch, _at(before, place), _at(after, place))
    if kind == "AWS::S3::Bucket":
        was, now = _bucket_rules(before), _bucket_rules(after)
        same = {name: rule for name, rule in was.items() if name in now and _reaches(rule, now[name])}
        yield from _compared(_expirations(same), _expirations(now), _EXPIRES)
    if kind == "AWS::Backup::BackupPlan":
        yield from _compared(_plan_rules(before), _plan_rules(after), _RECOVERY)


def _shorter(name: str, kept: _Kept, before: Value, after: Value) -> Iterator[str]:
    old, new = _number(before, kept.absent), _number(after, kept.absent)
    if (old is None or new is None) and before != after:
        yield f"{name} changes to what is not known before deployment: it may be shorter"
    elif old is not None and new is not None and new < old:
        none = kept.none if new == 0 else ""
        yield none or kept.shorter.format(before=_duration(old, kept.unit), after=_duration(new, kept.unit))


def _switched(place: str, switch: _Switch, before: Value, after: Value) -> Iterator[str]:
    old = switch.absent if before is None else text_of(before).lower()
    new = switch.absent if after is None else text_of(after).lower()
    unknown = isinstance(before, (Unknown, Reference)) or isinstance(after, (Unknown, Reference))
    if unknown and before != after and new != switch.keeps:
        yield f"{place} changes, and not all of it is known before deployment: {switch.lost}, perhaps"
    elif old == switch.keeps and new != switch.keeps:
        yield switch.lost


_EXPIRES: Final = "{what} of the rule {rule} are deleted after {after} instead of {before}"
_RECOVERY: Final = f"{_EXPIRES}: those that exist keep their date"
_SIZES: Final = ("ObjectSizeGreaterThan", "ObjectSizeLessThan")
Rules: TypeAlias = "dict[tuple[str, str], Value]"  # (rule, what expires) -> days


def _compared(before: Rules, after: Rules, sentence: str) -> Iterator[str]:
    """Expirations that come sooner. A rule that was not there kept for ever; one that goes keeps for ever.

    One that reaches more than before was not there for the rest.
    """
    for (rule, what), days in after.items():
        old, new = _number(before.get((rule, what)), _FOREVER), _number(days, _FOREVER)
        said = {"rule": rule, "what": what}
        if (old is None or new is None) and before.get((rule, what)) != days:
            is_open = isinstance(days, (Unknown, Reference))
            when = (
                "after what is not known before deployment"
                if is_open
                else f"at another time: {text_of(days)}"
            )
            yield f"{what} of the rule {rule} are deleted {when}; it may be sooner"
        elif old is not None and new is not None and new < old:
            yield sentence.format(before=_duration(old, "days"), after=_duration(new, "days"), **said)


def _bucket_rules(properties: Properties) -> dict[str, Properties]:
    """The rules at work, by name; one without a name goes by what it reaches."""
    found: dict[str, Properties] = {}
    for rule in _list(_at(properties, "LifecycleConfiguration.Rules")):
        if text_of(rule.get("Status")).lower() == "enabled":
            reach = " ".join(
                text_of(rule[name]) for name in ("Prefix", "TagFilters", *_SIZES) if name in rule
            )
            name = text_of(rule.get("Id") or reach or "without a name")
            found[name if name not in found else f"{name} ({len(found) + 1})"] = rule
    return found


def _reaches(rule: Properties, other: Properties) -> bool:
    """Whether a rule reaches every object that the other does."""
    own, others = (text_of(each.get("Prefix") or "") for each in (rule, other))
    tags = _list(other.get("TagFilters"))
    return (
        others.startswith(own)
        and all(tag in tags for tag in _list(rule.get("TagFilters")))
        and all(name not in rule or text_of(rule[name]) == text_of(other.get(name)) for name in _SIZES)
    )


def _expirations(rules: Mapping[str, Properties]) -> Rules:
    found: Rules = {}
    for name, rule in rules.items():
        old = _at(rule, "NoncurrentVersionExpiration.NoncurrentDays")
        for what, days in (
            ("objects", rule.get("ExpirationInDays", rule.get("ExpirationDate"))),
            ("earlier versions", old if old is not None else rule.get("NoncurrentVersionExpirationInDays")),
        ):
            if days is not None:
                found[name, what] = days
    return found


def _plan_rules(properties: Properties) -> Rules:
    found: Rules = {}
    for rule in _list(_at(properties, "BackupPlan.BackupPlanRule")):
        name = text_of(rule.get("RuleName"))
        whose: list[tuple[str, Properties]] = [("recovery points", rule)]
        for number, copy in enumerate(_list(rule.get("CopyActions")), start=1):
            whose.append(("copies" if number == 1 else f"copies ({number})", copy))
        for what, owner in whose:
            days = _at(owner, "Lifecycle.DeleteAfterDays")
            if days is not None:
                found[name, what] = days
    return found


def _list(value: Value) -> list[dict[str, Value]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _at(value: Value | Properties, place: str) -> Value:
    """What stands at a dotted place; None where it is not said, and the unknown itself where that begins above it."""
    found: Value | Properties = value
    for step in place.split("."):
        if isinstance(found, (Unknown, Reference)):
            return found
        found = found.get(step) if isinstance(found, Mapping) else None
    return found if not isinstance(found, Mapping) else dict(found)


def _number(value: Value, absent: Decimal) -> Decimal | None:
    """A number, or what it means not to say it; None where it is not known."""
    if value is None:
        return absent
    if isinstance(value, (Unknown, Reference)):
        return None
    try:
        return Decimal(text_of(value))
    except InvalidOperation:
        return None


def _duration(amount: Decimal, unit: str) -> str:
    if amount == _FOREVER:
        return "for ever"
    return f"{amount} {unit.removesuffix('s') if amount == 1 else unit}"
