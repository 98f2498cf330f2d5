"""The mark of each resource type: a colour by kind of service, as in AWS's own diagrams, and a simple drawing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple


class Mark(NamedTuple):
    """A colour and the strokes of a drawing on a field of 16 by 16."""

    colour: str
    strokes: str
    rank: int  # where it stands in its box: networks first, what watches last


NETWORK, COMPUTE, DATABASE, STORAGE = "#8C4FFF", "#D86613", "#3B5BDB", "#5C8A12"
SECURITY, MANAGEMENT, MESSAGES, OTHER = "#D6293A", "#C8327D", "#B0388F", "#5A6B7B"

_DRAWINGS: Final[Mapping[str, str]] = {
    "cloud": "M4.5 12h7a2.5 2.5 0 0 0 .4-5A4 4 0 0 0 4.3 6.4 2.9 2.9 0 0 0 4.5 12z",
    "subnet": "M3 3h10v10H3zM6 6h4v4H6z",
    "gateway": "M3 13V8a5 5 0 0 1 10 0v5M6 13V8.5a2 2 0 0 1 4 0V13",
    "routes": "M3 5h7M8 3l2 2-2 2M13 11H6M8 9l-2 2 2 2",
    "endpoint": "M3 8h4M9 8a2 2 0 1 0 4 0 2 2 0 1 0-4 0M7 8h2",
    "shield": "M8 2.5l5 2v3.7c0 3-2.2 4.6-5 5.3-2.8-.7-5-2.3-5-5.3V4.5z",
    "key": "M6.5 9.5a3 3 0 1 1 1-1L13 13M11 11l-1.5 1.5M12 12l-1 1",
    "person": "M8 7.5a2.3 2.3 0 1 0 0-4.6 2.3 2.3 0 0 0 0 4.6M3.5 13c0-2.6 2-4 4.5-4s4.5 1.4 4.5 4",
    "paper": "M4 2.5h5.5L12 5v8.5H4zM6 7h4M6 9h4M6 11h2.5",
    "bucket": "M3 4.5h10l-1.5 8.5h-7zM3 4.5c0-1.3 10-1.3 10 0",
    "cylinder": "M3.5 4.5c0-2 9-2 9 0v7c0 2-9 2-9 0zM3.5 4.5c0 2 9 2 9 0M3.5 8c0 2 9 2 9 0",
    "flash": "M9 2.5L4 9h3.5L7 13.5 12 7H8.5z",
    "globe": "M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11M2.5 8h11M8 2.5c-3.5 3.5-3.5 7.5 0 11 3.5-3.5 3.5-7.5 0-11",
    "topic": "M3 8l4-4M3 8l4 4M3 8h10M13 8l-2-2M13 8l-2 2",
    "letter": "M2.5 4.5h11v7h-11zM2.5 4.5L8 9l5.5-4.5",
    "queue": "M3 5h2v6H3zM7 5h2v6H7zM11 5h2v6h-2z",
    "bell": "M4 11h8l-1-1.5V7a3 3 0 0 0-6 0v2.5zM7 13h2M8 4V2.8",
    "chart": "M3 3v10h10M5.5 11V8M8 11V5.5M10.5 11V7",
    "lines": "M3 4.5h10M3 7h7M3 9.5h10M3 12h5",
    "stream": "M3 8h8M8 5l3 3-3 3M13 4v8",
    "eye": "M2 8c3-5 9-5 12 0-3 5-9 5-12 0zM8 6.3a1.7 1.7 0 1 0 0 3.4 1.7 1.7 0 0 0 0-3.4",
    "check": "M3.5 8.5l3 3 6-7",
    "safe": "M3 3h10v10H3zM8 6a2 2 0 1 0 0 4 2 2 0 0 0 0-4M8 6v1M10 8H9",
    "clock": "M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11M8 5v3l2 1.5",
    "funnel": "M3 3.5h10L9.5 8v4.5l-3-1.5V8z",
    "chip": "M4.5 4.5h7v7h-7zM6 2.5v2M10 2.5v2M6 11.5v2M10 11.5v2M2.5 6h2M2.5 10h2M11.5 6h2M11.5 10h2",
    "stack": "M8 2.5l5.5 2.5L8 7.5 2.5 5zM2.5 8L8 10.5 13.5 8M2.5 11L8 13.5l5.5-2.5",
    "money": "M8 2.5v11M10.5 5C9.5 3.7 5.5 3.8 5.5 6s5 1.8 5 4-4 2.4-5 1",
    "tree": "M8 3v4M4 13v-3h8v3M8 7v3M6.5 3h3",
    "dot": "M8 5.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5",
}

# type, or the service of it -> colour, drawing, rank
_MARKS: Final[Mapping[str, tuple[str, str, int]]] = {
    "AWS::EC2::VPC": (NETWORK, "cloud", 0),
    "AWS::EC2::Subnet": (NETWORK, "subnet", 1),
    "AWS::EC2::SubnetRouteTableAssociation": (NETWORK, "routes", 5),
    "AWS::EC2::InternetGateway": (NETWORK, "gateway", 2),
    "AWS::EC2::VPCGatewayAttachment": (NETWORK, "gateway", 2),
    "AWS::EC2::NatGateway": (NETWORK, "gateway", 2),
    "AWS::EC2::Route": (NETWORK, "routes", 4),
    "AWS::EC2::RouteTable": (NETWORK, "routes", 3),
    "AWS::EC2::VPCEndpoint": (NETWORK, "endpoint", 6),
    "AWS::EC2::SecurityGroup": (SECURITY, "shield", 7),
    "AWS::EC2::SecurityGroupIngress": (SECURITY, "shield", 8),
    "AWS::EC2::SecurityGroupEgress": (SECURITY, "shield", 8),
    "AWS::EC2::FlowLog": (NETWORK, "lines", 40),
    "AWS::EC2": (COMPUTE, "chip", 12),
    "AWS::Lambda": (COMPUTE, "flash", 12),
    "AWS::ECS": (COMPUTE, "chip", 12),
    "AWS::AutoScaling": (COMPUTE, "chip", 12),
    "AWS::ElasticLoadBalancingV2": (NETWORK, "topic", 8),
    "AWS::IAM::Role": (SECURITY, "person", 20),
    "AWS::IAM::InstanceProfile": (SECURITY, "person", 21),
    "AWS::IAM": (SECURITY, "key", 22),
    "AWS::KMS": (SECURITY, "key", 22),
    "AWS::SecretsManager": (SECURITY, "key", 22),
    "AWS::RDS::DBInstance": (DATABASE, "cylinder", 10),
    "AWS::RDS": (DATABASE, "paper", 11),
    "AWS::ElastiCache::ReplicationGroup": (DATABASE, "flash", 10),
    "AWS::ElastiCache": (DATABASE, "paper", 11),
    "AWS::DynamoDB": (DATABASE, "cylinder", 10),
    "AWS::S3::Bucket": (STORAGE, "bucket", 13),
    "AWS::S3::BucketPolicy": (STORAGE, "paper", 14),
    "AWS::EFS": (STORAGE, "cylinder", 13),
    "AWS::Backup::BackupVault": (STORAGE, "safe", 13),
    "AWS::Backup": (STORAGE, "clock", 14),
    "AWS::CloudFront::Distribution": (NETWORK, "globe", 9),
    "AWS::CloudFront": (NETWORK, "paper", 15),
    "AWS::Route53": (NETWORK, "globe", 9),
    "AWS::ApiGateway": (NETWORK, "gateway", 9),
    "AWS::SNS::Topic": (MESSAGES, "topic", 16),
    "AWS::SNS::TopicPolicy": (MESSAGES, "paper", 17),
    "AWS::SNS::Subscription": (MESSAGES, "letter", 18),
    "AWS::SQS::Queue": (MESSAGES, "queue", 16),
    "AWS::SQS::QueuePolicy": (MESSAGES, "paper", 17),
    "AWS::Events": (MESSAGES, "funnel", 19),
    "AWS::CloudWatch::Alarm": (MANAGEMENT, "bell", 30),
    "AWS::CloudWatch::Dashboard": (MANAGEMENT, "chart", 29),
    "AWS::Logs::LogGroup": (MANAGEMENT, "lines", 31),
    "AWS::Logs": (MANAGEMENT, "stream", 32),
    "AWS::CloudTrail": (MANAGEMENT, "eye", 28),
    "AWS::Config": (MANAGEMENT, "check", 28),
    "AWS::SSM": (MANAGEMENT, "paper", 33),
    "AWS::CE": (MANAGEMENT, "money", 34),
    "AWS::Budgets": (MANAGEMENT, "money", 34),
    "AWS::Organizations": (MANAGEMENT, "tree", 34),
    "AWS::CloudFormation": (MANAGEMENT, "stack", 35),
}


def mark(kind: str) -> Mark:
    """The mark of a type; a grey dot for what is not known."""
    start = kind
    while start:
        if start in _MARKS:
            colour, drawing, rank = _MARKS[start]
            return Mark(colour, _DRAWINGS[drawing], rank)
        start = start.rpartition("::")[0]
    return Mark(OTHER, _DRAWINGS["dot"], 50)
