"""The five tags of the plan, 2.2, and how each resource type takes them."""

from __future__ import annotations

from collections.abc import Mapping

from showcore_cfn.template.forms import Body
from showcore_cfn.template.json_types import Json

PROJECT = "ShowCore"  # the one tag value that the plan fixes, 11.2

# Types whose tags stand under another name, or as a map, than `Tags` as a list of Key and Value: resource provider
# schemas, "tagging". A test compares this table with them.
TAGS_AS_MAP = {
    "AWS::Backup::BackupVault": "BackupVaultTags",
    "AWS::Backup::BackupPlan": "BackupPlanTags",
    "AWS::SSM::Parameter": "Tags",
}
TAGS_AS_LIST = {
    "AWS::CE::AnomalyMonitor": "ResourceTags",
    "AWS::CE::AnomalySubscription": "ResourceTags",
}
UNTAGGED = frozenset(
    {
        "AWS::Backup::BackupSelection",
        "AWS::CloudFront::CachePolicy",
        "AWS::CloudFront::MonitoringSubscription",
        "AWS::CloudFront::OriginAccessControl",
        "AWS::Config::ConfigRule",
        "AWS::Config::ConfigurationRecorder",
        "AWS::Config::DeliveryChannel",
        "AWS::EC2::Route",
        "AWS::EC2::SecurityGroupEgress",
        "AWS::EC2::SecurityGroupIngress",
        "AWS::EC2::SubnetRouteTableAssociation",
        "AWS::EC2::VPCGatewayAttachment",
        "AWS::IAM::InstanceProfile",
        "AWS::IAM::ManagedPolicy",
        "AWS::S3::BucketPolicy",
        "AWS::SNS::Subscription",
        "AWS::SNS::TopicPolicy",
        "AWS::SQS::QueuePolicy",
    }
)
# These tags can only be given at creation, so a changed tag value would replace the resource: literals alone.
CREATE_ONLY = frozenset(TAGS_AS_LIST)


def tag(kind: str, body: Body, tags: Mapping[str, Json]) -> None:
    """Put the tags into a resource, behind its own, in the form that its type takes; not every type takes any."""
    if kind in UNTAGGED:
        return
    properties = body.setdefault("Properties", {})
    assert isinstance(properties, dict)
    if kind in TAGS_AS_MAP:
        properties[TAGS_AS_MAP[kind]] = dict(tags)
        return
    own = properties.pop("Tags", [])
    assert isinstance(own, list)
    pairs: list[Json] = [{"Key": key, "Value": value} for key, value in tags.items()]
    properties[TAGS_AS_LIST.get(kind, "Tags")] = [*own, *pairs]
