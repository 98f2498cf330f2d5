"""Resource types that cost nothing by themselves, with the page that says so."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

_VPC = ("a VPC and its parts are free", "https://aws.amazon.com/vpc/pricing/")
_IAM = ("IAM is free", "https://aws.amazon.com/iam/faqs/")
_RDS = ("groups are free; instances are paid for", "https://aws.amazon.com/rds/pricing/")
_CACHE = ("groups are free; nodes are paid for", "https://aws.amazon.com/elasticache/pricing/")
_S3 = ("policies are free", "https://aws.amazon.com/s3/pricing/")
_CDN = ("policies and access controls are free", "https://aws.amazon.com/cloudfront/pricing/")
_SNS = ("paid for by what it sends, on its subscriptions", "https://aws.amazon.com/sns/pricing/")
_SQS = ("policies are free", "https://aws.amazon.com/sqs/pricing/")
_CONFIG = ("paid for by items and evaluations", "https://aws.amazon.com/config/pricing/")
_BACKUP = ("paid for by what its vault keeps", "https://aws.amazon.com/backup/pricing/")
_LOGS = ("paid for where a log begins and ends", "https://aws.amazon.com/cloudwatch/pricing/")
_ANOMALY = (
    "anomaly detection is free",
    "https://aws.amazon.com/aws-cost-management/aws-cost-anomaly-detection/",
)
_EVENTS = ("events of AWS services are free", "https://aws.amazon.com/eventbridge/pricing/")
_SSM = ("free for EC2 instances", "https://aws.amazon.com/systems-manager/pricing/")
_CFN = ("free for AWS's own resource types", "https://aws.amazon.com/cloudformation/pricing/")
_ORG = ("Organizations is free", "https://aws.amazon.com/organizations/faqs/")
_ACM = ("public certificates are free", "https://aws.amazon.com/certificate-manager/pricing/")
_BUDGETS = (
    "budgets without actions are free",
    "https://aws.amazon.com/aws-cost-management/aws-budgets/pricing/",
)

_GROUPS = (
    (_VPC, "AWS::EC2::", "VPC Subnet RouteTable Route SubnetRouteTableAssociation InternetGateway"),
    (_VPC, "AWS::EC2::", "VPCGatewayAttachment SecurityGroup SecurityGroupIngress SecurityGroupEgress"),
    (_VPC, "AWS::EC2::", "NetworkAcl NetworkAclEntry SubnetNetworkAclAssociation EIPAssociation"),
    (_VPC, "AWS::EC2::", "DHCPOptions VPCDHCPOptionsAssociation LaunchTemplate"),
    (_IAM, "AWS::IAM::", "Role Policy RolePolicy ManagedPolicy InstanceProfile User Group ServiceLinkedRole"),
    (_RDS, "AWS::RDS::", "DBSubnetGroup DBParameterGroup OptionGroup EventSubscription"),
    (_CACHE, "AWS::ElastiCache::", "SubnetGroup ParameterGroup"),
    (_S3, "AWS::S3::", "BucketPolicy"),
    (_CDN, "AWS::CloudFront::", "OriginAccessControl CachePolicy OriginRequestPolicy ResponseHeadersPolicy"),
    (_CDN, "AWS::CloudFront::", "CloudFrontOriginAccessIdentity"),
    (_SNS, "AWS::SNS::", "Topic TopicPolicy TopicInlinePolicy"),
    (_SQS, "AWS::SQS::", "QueuePolicy QueueInlinePolicy"),
    (_CONFIG, "AWS::Config::", "DeliveryChannel"),
    (_BACKUP, "AWS::Backup::", "BackupPlan BackupSelection"),
    (_LOGS, "AWS::Logs::", "Delivery ResourcePolicy"),
    (_ANOMALY, "AWS::CE::", "AnomalyMonitor AnomalySubscription"),
    (_EVENTS, "AWS::Events::", "Rule"),
    (_SSM, "AWS::SSM::", "Document"),
    (_CFN, "AWS::CloudFormation::", "Stack WaitConditionHandle WaitCondition"),
    (_CFN, "AWS::CDK::", "Metadata"),
    (_ORG, "AWS::Organizations::", "Organization OrganizationalUnit Policy Account"),
    (_ACM, "AWS::CertificateManager::", "Certificate"),
    (_BUDGETS, "AWS::Budgets::", "Budget"),
)

FREE: Mapping[str, tuple[str, str]] = MappingProxyType(
    {prefix + name: said for said, prefix, names in _GROUPS for name in names.split()}
)
