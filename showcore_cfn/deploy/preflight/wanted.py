"""What a deployment needs of an account, read out of the templates as they would be deployed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from showcore_cfn.deploy.desired import Desired
from showcore_cfn.deploy.planning.comparison import Comparison, Templates
from showcore_cfn.review.resolve import Nest, Resource

NAMED_BY = {  # type -> the property that fixes the name; names of these must be free
    "AWS::Backup::BackupVault": "BackupVaultName",
    "AWS::CloudFront::CachePolicy": "CachePolicyConfig/Name",
    "AWS::CloudFront::OriginAccessControl": "OriginAccessControlConfig/Name",
    "AWS::CloudTrail::Trail": "TrailName",
    "AWS::CloudWatch::Alarm": "AlarmName",
    "AWS::CloudWatch::Dashboard": "DashboardName",
    "AWS::Config::ConfigRule": "ConfigRuleName",
    "AWS::ElastiCache::ReplicationGroup": "ReplicationGroupId",
    "AWS::ElastiCache::SubnetGroup": "CacheSubnetGroupName",
    "AWS::Events::Rule": "Name",
    "AWS::IAM::InstanceProfile": "InstanceProfileName",
    "AWS::IAM::Role": "RoleName",
    "AWS::Logs::LogGroup": "LogGroupName",
    "AWS::RDS::DBInstance": "DBInstanceIdentifier",
    "AWS::RDS::DBParameterGroup": "DBParameterGroupName",
    "AWS::RDS::DBSubnetGroup": "DBSubnetGroupName",
    "AWS::S3::Bucket": "BucketName",
    "AWS::SNS::Topic": "TopicName",
    "AWS::SQS::Queue": "QueueName",
    "AWS::SSM::Document": "Name",
}


@dataclass(frozen=True, slots=True)
class Named:
    """A resource whose name is fixed."""

    path: str
    type: str
    name: str
    retained: bool  # outlives its stack


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands already, of an earlier deployment of the same stack."""

    ids: frozenset[str] = frozenset()  # physical ids
    paths: frozenset[str] = frozenset()  # "cdn/CachePolicy"

    def has(self, name: str) -> bool:
        """Whether a physical id is this name, or ends in it: an ARN, a URL."""
        return any(found == name or found.endswith((f":{name}", f"/{name}")) for found in self.ids)


@dataclass(frozen=True)
class Wanted:
    """The nest of an environment, resolved."""

    desired: Desired

    @cached_property
    def nest(self) -> Nest:
        """Every resource that would be made."""
        account = {"AWS::AccountId": self.desired.account_id, "AWS::Region": self.desired.region}
        templates = Templates(self.desired.templates, {**self.desired.parameters, **account})
        return Comparison(templates, None).head

    @cached_property
    def names(self) -> tuple[Named, ...]:
        """The fixed names, in the order of the templates."""
        found = ((resource, self._name(resource)) for resource in self.nest.resources.values())
        return tuple(
            Named(resource.path, resource.type, name, _retained(resource)) for resource, name in found if name
        )

    def by_type(self) -> Mapping[str, tuple[Named, ...]]:
        """The fixed names by type."""
        return {
            kind: tuple(each for each in self.names if each.type == kind)
            for kind in sorted({each.type for each in self.names})
        }

    def first(self, resource_type: str) -> Resource | None:
        """The first resource of a type."""
        return next((r for r in self.nest.resources.values() if r.type == resource_type), None)

    def text(self, resource_type: str, name: str) -> str:
        """A property of the first resource of a type, as text; nothing where it is not known."""
        found = self.first(resource_type)
        value = _at(found, name) if found else None
        return value if isinstance(value, str) else ""

    def _name(self, resource: Resource) -> str:
        place = NAMED_BY.get(resource.type)
        value = _at(resource, place) if place else None
        return value if isinstance(value, str) else ""


def _at(resource: Resource, place: str) -> object:
    value: object = resource.properties
    for step in place.split("/"):
        value = value.get(step) if isinstance(value, dict) else None
    return value


def _retained(resource: Resource) -> bool:
    return str(resource.raw.get("DeletionPolicy", "")).startswith("Retain")
