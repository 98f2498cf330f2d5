"""Names and ARNs, also those of which a part is known only at deployment.

In the text of a value such a part reads `${network/VPC}` or `${AWS::AccountId}`; two values with the same
text are the same value.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from showcore_cfn.review.values import Reference, Unknown, Value, text_of

_PLACEHOLDER = re.compile(r"\$\{[^}]*\}")
_ACCOUNT_DIGITS = 12

# type -> the property that names it, and the resource part of its ARN
NAMED: dict[str, tuple[str, str, str]] = {
    "AWS::SNS::Topic": ("TopicName", "sns", "{}"),
    "AWS::SQS::Queue": ("QueueName", "sqs", "{}"),
    "AWS::S3::Bucket": ("BucketName", "s3", "{}"),
    "AWS::Lambda::Function": ("FunctionName", "lambda", "function:{}"),
    "AWS::DynamoDB::Table": ("TableName", "dynamodb", "table/{}"),
    "AWS::IAM::Role": ("RoleName", "iam", "role/{}"),
    "AWS::IAM::InstanceProfile": ("InstanceProfileName", "iam", "instance-profile/{}"),
    "AWS::Logs::LogGroup": ("LogGroupName", "logs", "log-group:{}"),
    "AWS::CloudTrail::Trail": ("TrailName", "cloudtrail", "trail/{}"),
    "AWS::RDS::DBInstance": ("DBInstanceIdentifier", "rds", "db:{}"),
    "AWS::RDS::DBCluster": ("DBClusterIdentifier", "rds", "cluster:{}"),
    "AWS::RDS::DBSubnetGroup": ("DBSubnetGroupName", "rds", "subgrp:{}"),
    "AWS::RDS::DBParameterGroup": ("DBParameterGroupName", "rds", "pg:{}"),
    "AWS::ElastiCache::ReplicationGroup": ("ReplicationGroupId", "elasticache", "replicationgroup:{}"),
    "AWS::ElastiCache::CacheCluster": ("ClusterName", "elasticache", "cluster:{}"),
    "AWS::ElastiCache::SubnetGroup": ("CacheSubnetGroupName", "elasticache", "subnetgroup:{}"),
    "AWS::ElastiCache::ParameterGroup": ("CacheParameterGroupName", "elasticache", "parametergroup:{}"),
    "AWS::Backup::BackupVault": ("BackupVaultName", "backup", "backup-vault:{}"),
    "AWS::Events::Rule": ("Name", "events", "rule/{}"),
    "AWS::Events::EventBus": ("Name", "events", "event-bus/{}"),
    "AWS::Kinesis::Stream": ("Name", "kinesis", "stream/{}"),
    "AWS::KinesisFirehose::DeliveryStream": ("DeliveryStreamName", "firehose", "deliverystream/{}"),
    "AWS::StepFunctions::StateMachine": ("StateMachineName", "states", "stateMachine:{}"),
    "AWS::CloudWatch::Alarm": ("AlarmName", "cloudwatch", "alarm:{}"),
    "AWS::SecretsManager::Secret": ("Name", "secretsmanager", "secret:{}"),
    "AWS::SSM::Parameter": ("Name", "ssm", "parameter{}"),
    "AWS::SSM::Document": ("Name", "ssm", "document/{}"),
    "AWS::ECS::Cluster": ("ClusterName", "ecs", "cluster/{}"),
    "AWS::ECS::TaskDefinition": ("Family", "ecs", "task-definition/{}"),
    "AWS::EC2::LaunchTemplate": ("LaunchTemplateName", "ec2", "launch-template/{}"),
    "AWS::AutoScaling::AutoScalingGroup": ("AutoScalingGroupName", "autoscaling", "autoScalingGroup/{}"),
    "AWS::CloudFront::Distribution": ("", "cloudfront", "distribution/{}"),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": ("Name", "elasticloadbalancing", "loadbalancer/{}"),
    "AWS::ElasticLoadBalancingV2::TargetGroup": ("Name", "elasticloadbalancing", "targetgroup/{}"),
    "AWS::KMS::Key": ("", "kms", "key/{}"),
    "AWS::KMS::Alias": ("AliasName", "kms", "{}"),
    "AWS::ApiGateway::RestApi": ("Name", "execute-api", "{}"),
    "AWS::ApiGatewayV2::Api": ("", "execute-api", "{}"),
}


@dataclass(frozen=True, slots=True)
class Arn:
    """The parts of an ARN; a part that is not known reads `${...}`."""

    partition: str
    service: str
    region: str
    account: str
    resource: str


def without_placeholders(text: str) -> str:
    """A text with an `x` for each part that is not known: the slash in `${network/VPC}` is none of the text's."""
    return _PLACEHOLDER.sub("x", text) if "${" in text else text


def pieces(value: Value) -> tuple[str | None, ...]:
    """Joined text in pieces, None for each that is not known; empty for what is no text."""
    if isinstance(value, (list, dict)) or value is None:
        return ()
    if isinstance(value, Unknown) and value.parts:
        return tuple(part if isinstance(part, str) else None for part in value.parts)
    if isinstance(value, (Unknown, Reference)):
        return (None,)
    text = text_of(value)
    return (text,) if "{{resolve:" not in text else (None,)


def least_length(value: Value) -> int:
    """How many characters a text has at the very least."""
    parts = value.parts if isinstance(value, Unknown) and value.parts else (value,)
    length = 0
    for part in parts:
        if isinstance(part, str):
            length += len(part)
        elif isinstance(part, Unknown) and part.text == "${AWS::AccountId}":
            length += _ACCOUNT_DIGITS
        elif isinstance(part, (Unknown, Reference)):
            length += 1
    return length


def arn(value: Value) -> Arn | None:
    """The ARN that a text is, where it is one."""
    text = text_of(value) if isinstance(value, (str, Unknown)) else ""
    return _arn(text)


@cache
def _arn(text: str) -> Arn | None:
    steps = _masked(text).split(":", 5)
    if len(steps) != 6 or steps[0] != "arn":
        return None
    plain = [step.replace("\x00", ":") for step in steps]
    return Arn(plain[1], plain[2], plain[3], plain[4], plain[5])


def _masked(text: str) -> str:
    """The text with the colons inside its placeholders out of the way."""
    if "${" not in text:
        return text
    return _PLACEHOLDER.sub(lambda match: match[0].replace(":", "\x00"), text)


class Index:
    """The resources of one type by what they are called: their name, and how an ARN speaks of them."""

    def __init__(self, kind: str, resources: Iterable[tuple[str, Value]]) -> None:
        """`resources` are paths with properties, in the order in which the first one counts."""
        self._paths: dict[str, str] = {}
        self._in_arns: dict[str, str] = {}
        self._service = ""
        if kind in NAMED:
            prop, self._service, form = NAMED[kind]
            for path, properties in resources:
                for own in _own(prop, properties, path):
                    self._paths.setdefault(own, path)
                    self._in_arns.setdefault(form.format(own), path)

    def find(self, value: str | Unknown) -> str | None:
        """The path of what a text names: by name, by ARN, or by an ARN inside it such as a bucket's objects."""
        if not self._paths:
            return None
        first = value.parts[0] if isinstance(value, Unknown) and value.parts else None
        if isinstance(first, Reference) and first.attribute in (None, "Arn", "TopicArn"):
            begun = self._paths.get(f"${{{first.path}}}")
            if begun is not None:
                return begun
        text = text_of(value)
        if text in self._paths:
            return self._paths[text]
        found = _arn(text)
        return self._within(found.resource) if found is not None and found.service == self._service else None

    def _within(self, resource: str) -> str | None:
        """By the longest part of an ARN's resource that is one: before a colon, a slash or an asterisk."""
        ends = [len(resource), *(i for i in range(len(resource) - 1, 0, -1) if resource[i] in ":/*")]
        return next((self._in_arns[resource[:end]] for end in ends if resource[:end] in self._in_arns), None)


def _own(prop: str, properties: Value, path: str) -> list[str]:
    name = properties.get(prop) if isinstance(properties, dict) and prop else None
    return [f"${{{path}}}", *([text_of(name)] if isinstance(name, (str, Unknown)) else [])]
