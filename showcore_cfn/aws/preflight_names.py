"""Which names are in use, type by type: one call for a name, or one list for all names of a type."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from showcore_cfn.aws.failures import AccessDenied, AwsError
from showcore_cfn.deploy.preflight.account import ANOTHER_ACCOUNT, THIS_ACCOUNT


class Ask(Protocol):
    """One call to AWS."""

    def __call__(self, service: str, method: str, **given: Any) -> dict[str, Any]:
        """The answer, or AwsError."""
        ...


@dataclass(frozen=True, slots=True)
class ByName:
    """A call that asks for one name, and the codes that say it does not exist."""

    service: str
    method: str
    parameter: str
    missing: tuple[str, ...]
    arn: str = ""  # the form of the ARN, where the call wants that


@dataclass(frozen=True, slots=True)
class ByList:
    """A call that lists everything; `path` leads to the names."""

    service: str
    method: str
    path: tuple[str, ...]
    given: tuple[tuple[str, Any], ...] = ()
    next: tuple[str, str] = ("NextToken", "NextToken")  # in the answer, in the next question


_LOOKUPS: dict[str, ByName | ByList] = {
    "AWS::Backup::BackupVault": ByList(
        "backup", "list_backup_vaults", ("BackupVaultList", "BackupVaultName")
    ),
    "AWS::CloudFront::CachePolicy": ByList(
        "cloudfront",
        "list_cache_policies",
        ("CachePolicyList", "Items", "CachePolicy", "CachePolicyConfig", "Name"),
        (("Type", "custom"),),
        ("CachePolicyList/NextMarker", "Marker"),
    ),
    "AWS::CloudFront::OriginAccessControl": ByList(
        "cloudfront",
        "list_origin_access_controls",
        ("OriginAccessControlList", "Items", "Name"),
        next=("OriginAccessControlList/NextMarker", "Marker"),
    ),
    "AWS::CloudTrail::Trail": ByList(
        "cloudtrail", "describe_trails", ("trailList", "Name"), (("includeShadowTrails", False),)
    ),
    "AWS::CloudWatch::Dashboard": ByName(
        "cloudwatch", "get_dashboard", "DashboardName", ("ResourceNotFound", "DashboardNotFoundError")
    ),
    "AWS::Config::ConfigRule": ByList("config", "describe_config_rules", ("ConfigRules", "ConfigRuleName")),
    "AWS::ElastiCache::ReplicationGroup": ByName(
        *("elasticache", "describe_replication_groups", "ReplicationGroupId"),
        ("ReplicationGroupNotFoundFault",),
    ),
    "AWS::ElastiCache::SubnetGroup": ByName(
        "elasticache",
        "describe_cache_subnet_groups",
        "CacheSubnetGroupName",
        ("CacheSubnetGroupNotFoundFault",),
    ),
    "AWS::Events::Rule": ByName("events", "describe_rule", "Name", ("ResourceNotFoundException",)),
    "AWS::IAM::InstanceProfile": ByName(
        "iam", "get_instance_profile", "InstanceProfileName", ("NoSuchEntity",)
    ),
    "AWS::IAM::Role": ByName("iam", "get_role", "RoleName", ("NoSuchEntity",)),
    "AWS::RDS::DBInstance": ByName(
        "rds",
        "describe_db_instances",
        "DBInstanceIdentifier",
        ("DBInstanceNotFound", "DBInstanceNotFoundFault"),
    ),
    "AWS::RDS::DBParameterGroup": ByName(
        *("rds", "describe_db_parameter_groups", "DBParameterGroupName"),
        ("DBParameterGroupNotFound", "DBParameterGroupNotFoundFault"),
    ),
    "AWS::RDS::DBSubnetGroup": ByName(
        *("rds", "describe_db_subnet_groups", "DBSubnetGroupName"),
        ("DBSubnetGroupNotFoundFault", "DBSubnetGroupNotFound"),
    ),
    "AWS::SNS::Topic": ByName(
        *("sns", "get_topic_attributes", "TopicArn"),
        ("NotFound", "NotFoundException"),
        "arn:aws:sns:{region}:{account}:{name}",
    ),
    "AWS::SQS::Queue": ByName(
        *("sqs", "get_queue_url", "QueueName"),
        ("AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist"),
    ),
    "AWS::SSM::Document": ByName("ssm", "describe_document", "Name", ("InvalidDocument",)),
}
_BUCKET, _ALARM, _LOG_GROUP = "AWS::S3::Bucket", "AWS::CloudWatch::Alarm", "AWS::Logs::LogGroup"


def taken(
    ask: Ask, resource_type: str, names: Iterable[str], account_id: str, region: str
) -> Mapping[str, str]:
    """Those of the names that are in use, and whose they are. LookupError for a type that is not known here."""
    wanted = list(names)
    if resource_type == _BUCKET:
        return _buckets(ask, wanted, account_id)
    if resource_type == _ALARM:
        found = ask("cloudwatch", "describe_alarms", AlarmNames=wanted)
        return dict.fromkeys((alarm["AlarmName"] for alarm in found["MetricAlarms"]), THIS_ACCOUNT)
    if resource_type == _LOG_GROUP:
        return dict.fromkeys((name for name in wanted if _is_log_group(ask, name)), THIS_ACCOUNT)
    lookup = _LOOKUPS[resource_type]
    if isinstance(lookup, ByList):
        there = _listed(ask, lookup)
        return dict.fromkeys((name for name in wanted if name in there), THIS_ACCOUNT)
    return dict.fromkeys(
        (name for name in wanted if _exists(ask, lookup, name, account_id, region)), THIS_ACCOUNT
    )


def _exists(ask: Ask, lookup: ByName, name: str, account_id: str, region: str) -> bool:
    value = lookup.arn.format(region=region, account=account_id, name=name) if lookup.arn else name
    try:
        ask(lookup.service, lookup.method, **{lookup.parameter: value})
    except AwsError as error:
        if error.code in lookup.missing:
            return False
        raise
    return True


def _listed(ask: Ask, lookup: ByList) -> frozenset[str]:
    found: set[str] = set()
    token: object = None
    while True:
        more = {lookup.next[1]: token} if token else {}
        page = ask(lookup.service, lookup.method, **dict(lookup.given), **more)
        found.update(_at(page, lookup.path))
        token = next(iter(_at(page, tuple(lookup.next[0].split("/")))), None)
        if not token:
            return frozenset(found)


def _at(value: object, path: tuple[str, ...]) -> list[str]:
    """The texts at the end of a path, through lists."""
    if isinstance(value, list):
        return [text for item in value for text in _at(item, path)]
    if not path:
        return [value] if isinstance(value, str) else []
    return _at(value.get(path[0]), path[1:]) if isinstance(value, dict) else []


def _is_log_group(ask: Ask, name: str) -> bool:
    found = ask("logs", "describe_log_groups", logGroupNamePrefix=name, limit=50)
    return any(group["logGroupName"] == name for group in found["logGroups"])


def _buckets(ask: Ask, names: list[str], account_id: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for name in names:
        try:
            ask("s3", "head_bucket", Bucket=name, ExpectedBucketOwner=account_id)
            found[name] = THIS_ACCOUNT
        except AccessDenied:  # a stranger's, or ours and closed to these credentials: S3 tells no more
            found[name] = ANOTHER_ACCOUNT
        except AwsError as error:
            if error.code not in ("404", "NoSuchBucket"):
                raise
    return found
