"""Names that are taken, and by whom: a stack of ours, another stack, nobody's stack, another account."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from showcore_cfn.deploy.preflight.account import ANOTHER_ACCOUNT, Account
from showcore_cfn.deploy.preflight.answer import Answer, blocks, fine
from showcore_cfn.deploy.preflight.wanted import Named, Standing
from showcore_cfn.settings import setting_of

REMOVE = {  # type -> the command that removes what nobody's stack holds
    "AWS::Backup::BackupVault": "aws backup delete-backup-vault --backup-vault-name {name}",
    "AWS::CloudTrail::Trail": "aws cloudtrail delete-trail --name {name}",
    "AWS::CloudWatch::Alarm": "aws cloudwatch delete-alarms --alarm-names {name}",
    "AWS::CloudWatch::Dashboard": "aws cloudwatch delete-dashboards --dashboard-names {name}",
    "AWS::Config::ConfigRule": "aws configservice delete-config-rule --config-rule-name {name}",
    "AWS::ElastiCache::SubnetGroup": "aws elasticache delete-cache-subnet-group --cache-subnet-group-name {name}",
    "AWS::Logs::LogGroup": "aws logs delete-log-group --log-group-name {name}",
    "AWS::RDS::DBParameterGroup": "aws rds delete-db-parameter-group --db-parameter-group-name {name}",
    "AWS::RDS::DBSubnetGroup": "aws rds delete-db-subnet-group --db-subnet-group-name {name}",
    "AWS::S3::Bucket": "aws s3 rb s3://{name} --force",
    "AWS::SQS::Queue": "aws sqs delete-queue --queue-url {name}",
    "AWS::SSM::Document": "aws ssm delete-document --name {name}",
}
_DATA = {  # type -> what would go with it
    "AWS::ElastiCache::ReplicationGroup": "take a snapshot of it first: it holds data",
    "AWS::RDS::DBInstance": "take a snapshot of it first: it holds data",
}
_WITH_IDS = ("AWS::CloudFront::CachePolicy", "AWS::CloudFront::OriginAccessControl")
_PREFERENCES = "AWS::SSM::Document"


def check(
    account: Account, resource_type: str, wanted: tuple[Named, ...], ours: Standing, stack: str
) -> Iterator[Answer]:
    """The names of one type. `ours` stands already."""
    asked = [each for each in wanted if not _is_ours(each, ours)]
    subject = _subject(resource_type)
    taken = account.taken(resource_type, [each.name for each in asked]) if asked else {}
    for each in asked:
        if each.name in taken:
            yield _refused(account, each, taken[each.name], subject, stack)
    if not taken:
        held = f", {len(wanted) - len(asked)} already ours" if len(asked) < len(wanted) else ""
        yield fine(subject, f"{len(asked)} free{held}")


def checks(
    account: Account, by_type: Iterable[tuple[str, tuple[Named, ...]]], ours: Standing, stack: str
) -> Iterator[tuple[str, Callable[[], Iterator[Answer]]]]:
    """A check for each type, by its subject."""
    for kind, wanted in by_type:
        yield (
            _subject(kind),
            lambda kind=kind, wanted=wanted: check(account, kind, wanted, ours, stack),  # type: ignore[misc]
        )


def _refused(account: Account, each: Named, whose: str, subject: str, stack: str) -> Answer:
    if whose == ANOTHER_ACCOUNT:
        return blocks(
            subject,
            f"{each.name} belongs to another account, or these credentials may not see it; bucket names are shared"
            " by all accounts",
            f"take another {setting_of('Prefix')}",
        )
    if each.type in _WITH_IDS:
        return blocks(
            subject,
            f"{each.name} exists; CloudFront knows it by an id, so its name does not tell whose it is",
            f"delete it in CloudFront if it is left of an earlier try, or take another {setting_of('Prefix')}",
        )
    owner = account.owner(each.type, each.name)
    if owner is not None:
        return blocks(
            subject,
            f"{each.name} belongs to the stack {owner}",
            f"delete that stack if it is an earlier try, or take another {setting_of('Prefix')}",
        )
    return blocks(
        subject, f"{each.name} ({each.path}) exists and is in no stack{_why(each)}", _remedy(each, stack)
    )


def _why(each: Named) -> str:
    return "; it outlives its stack, so it may be left of an earlier try" if each.retained else ""


def _remedy(each: Named, stack: str) -> str:
    if each.type == _PREFERENCES:
        return f"set {setting_of('SessionPreferences')} = false to leave it as it is, or {_removal(each)}"
    if each.type in _DATA:
        return f"{_DATA[each.type]}. Then delete it, or take another {setting_of('Prefix')}"
    adopt = (
        f"keep it with `showcore deploy --import-existing-resources` (of a stack nested in {stack} that is"
        " not proven: look at the plan), or "
        if each.retained
        else ""
    )
    return f"{adopt}{_removal(each)}, or take another {setting_of('Prefix')}"


def _removal(each: Named) -> str:
    command = REMOVE.get(each.type)
    return f"remove it: `{command.format(name=each.name)}`" if command else "delete it"


def _is_ours(each: Named, ours: Standing) -> bool:
    return each.path in ours.paths if each.type in _WITH_IDS else ours.has(each.name)


def _subject(resource_type: str) -> str:
    return f"names of {resource_type.removeprefix('AWS::').replace('::', ' ')}"
