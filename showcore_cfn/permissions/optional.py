"""Actions of the resource schemas that only a certain property needs, and those that none of ours ever does.

A schema lists what a handler may call whatever the properties are. An action stays out of a policy while no
template sets one of the properties that bring it; once one does, it comes in by itself. What a property brought is
needed once more to take the property away: run `showcore bootstrap` after such a deployment, not before it.
The properties are those of the Template Reference of each type:
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Brought:
    """Actions that a type needs only where one of these properties is set."""

    type: str
    properties: tuple[str, ...]  # each a path, its steps divided by `/`; a list is walked through
    actions: tuple[str, ...]


def _brought(kind: str, properties: str, *actions: str) -> Brought:
    return Brought(f"AWS::{kind}", tuple(properties.split()), tuple(" ".join(actions).split()))


BROUGHT = (
    _brought(
        "Backup::BackupVault",
        "AccessPolicy",
        "backup:PutBackupVaultAccessPolicy backup:DeleteBackupVaultAccessPolicy",
    ),
    _brought(
        "Backup::BackupVault",
        "LockConfiguration",
        "backup:PutBackupVaultLockConfiguration backup:DeleteBackupVaultLockConfiguration",
    ),
    _brought(
        "Backup::BackupVault",
        "Notifications",
        "backup:PutBackupVaultNotifications backup:DeleteBackupVaultNotifications",
    ),
    _brought(
        "CloudFront::Distribution",
        "DistributionConfig/ConnectionMode DistributionConfig/TenantConfig",
        "cloudfront:CreateConnectionGroup cloudfront:GetConnectionGroup",
    ),
    _brought(
        "CloudFront::Distribution", "DistributionConfig/Origins/VpcOriginConfig", "cloudfront:GetVpcOrigin"
    ),
    _brought(
        "CloudFront::Distribution",
        "DistributionConfig/ContinuousDeploymentPolicyId DistributionConfig/Staging",
        "cloudfront:UpdateDistributionWithStagingConfig",
    ),
    _brought("CloudTrail::Trail", "InsightSelectors", "cloudtrail:PutInsightSelectors"),
    _brought("CloudTrail::Trail", "EventSelectors AdvancedEventSelectors", "cloudtrail:PutEventSelectors"),
    _brought("CloudTrail::Trail", "AggregationConfigurations", "cloudtrail:PutEventConfiguration"),
    _brought(
        "CloudTrail::Trail",
        "IsOrganizationTrail",
        "organizations:DescribeOrganization organizations:ListAWSServiceAccessForOrganization",
    ),
    _brought(
        "EC2::FlowLog",
        "LogDestination",
        "s3:GetBucketPolicy s3:PutBucketPolicy logs:CreateLogDelivery logs:DeleteLogDelivery",
    ),
    _brought("EC2::Instance", "Volumes", "ec2:AttachVolume ec2:DetachVolume"),
    _brought(
        "EC2::Instance",
        "SsmAssociations",
        "ssm:CreateAssociation ssm:DeleteAssociation ssm:DescribeAssociation ssm:ListAssociations",
    ),
    _brought(
        "EC2::Instance",
        "LaunchTemplate",
        "ec2:DescribeLaunchTemplates ec2:DescribeLaunchTemplateVersions",
    ),
    _brought("EC2::Instance", "KeyName", "ec2:DescribeKeyPairs"),
    _brought("EC2::Instance", "CreditSpecification", "ec2:ModifyInstanceCreditSpecification"),
    _brought("EC2::Instance", "Tenancy HostId Affinity PlacementGroupName", "ec2:ModifyInstancePlacement"),
    _brought("EC2::Instance", "PrivateDnsNameOptions", "ec2:ModifyPrivateDnsNameOptions"),
    _brought("EC2::Instance", "Monitoring", "ec2:MonitorInstances ec2:UnmonitorInstances"),
    _brought(
        "EC2::Subnet",
        "Ipv6CidrBlock Ipv6NetmaskLength Ipv6IpamPoolId",
        "ec2:AssociateSubnetCidrBlock ec2:DisassociateSubnetCidrBlock",
    ),
    _brought("EC2::VPC", "InstanceTenancy", "ec2:ModifyVpcTenancy"),
    _brought("EC2::VPC", "VpcEncryptionControl", "ec2:CreateVpcEncryptionControl"),
    _brought(
        "EC2::VPCEndpoint", "ServiceNetworkArn", "vpc-lattice:CreateServiceNetworkVpcEndpointAssociation"
    ),
    _brought("EC2::VPCEndpoint", "ServiceRegion", "vpce:AllowMultiRegion"),
    _brought("EC2::VPCGatewayAttachment", "VpnGatewayId", "ec2:AttachVpnGateway ec2:DetachVpnGateway"),
    _brought(
        "ElastiCache::ReplicationGroup",
        "LogDeliveryConfigurations/DestinationDetails/KinesisFirehoseDetails",
        "firehose:PutRecord firehose:PutRecordBatch firehose:TagDeliveryStream",
    ),
    _brought("ElastiCache::ReplicationGroup", "SnapshotArns", "s3:GetObject"),
    _brought(
        "ElastiCache::ReplicationGroup",
        "KmsKeyId",
        "kms:CreateGrant kms:Decrypt kms:Encrypt kms:GenerateDataKey",
    ),
    _brought(
        "ElastiCache::ReplicationGroup",
        "NumNodeGroups NodeGroupConfiguration ReplicasPerNodeGroup",
        "elasticache:ModifyReplicationGroupShardConfiguration",
    ),
    _brought("IAM::ManagedPolicy", "Groups", "iam:AttachGroupPolicy iam:DetachGroupPolicy"),
    _brought("IAM::ManagedPolicy", "Users", "iam:AttachUserPolicy iam:DetachUserPolicy"),
    _brought("Logs::DeliveryDestination", "DeliveryDestinationPolicy", "logs:PutDeliveryDestinationPolicy"),
    _brought(
        "Logs::DeliveryDestination", "DeliveryDestinationPolicy", "logs:DeleteDeliveryDestinationPolicy"
    ),
    _brought("Logs::LogGroup", "KmsKeyId", "logs:AssociateKmsKey logs:DisassociateKmsKey"),
    _brought(
        "Logs::LogGroup",
        "DataProtectionPolicy",
        "logs:PutDataProtectionPolicy logs:DeleteDataProtectionPolicy logs:CreateLogDelivery"
        " firehose:TagDeliveryStream",
    ),
    _brought("Logs::LogGroup", "FieldIndexPolicies", "logs:PutIndexPolicy logs:DeleteIndexPolicy"),
    _brought("Logs::LogGroup", "ResourcePolicyDocument", "logs:PutResourcePolicy logs:DeleteResourcePolicy"),
    _brought("Logs::LogGroup", "BearerTokenAuthenticationEnabled", "logs:PutBearerTokenAuthentication"),
    _brought("Logs::LogGroup", "DeletionProtectionEnabled", "logs:PutLogGroupDeletionProtection"),
    _brought("RDS::DBInstance", "AssociatedRoles", "rds:AddRoleToDBInstance rds:RemoveRoleFromDBInstance"),
    _brought(
        "RDS::DBInstance",
        "SourceDBInstanceIdentifier",
        "rds:CreateDBInstanceReadReplica rds:PromoteReadReplica",
    ),
    _brought("RDS::DBInstance", "DBSnapshotIdentifier", "rds:RestoreDBInstanceFromDBSnapshot"),
    _brought(
        "RDS::DBInstance",
        "RestoreTime UseLatestRestorableTime SourceDbiResourceId",
        "rds:RestoreDBInstanceToPointInTime",
    ),
    _brought(
        "RDS::DBInstance",
        "AutomaticBackupReplicationRegion",
        "rds:StartDBInstanceAutomatedBackupsReplication rds:StopDBInstanceAutomatedBackupsReplication",
    ),
    _brought(
        "RDS::DBInstance",
        "DBClusterIdentifier SourceDBClusterIdentifier DBClusterSnapshotIdentifier",
        "rds:DescribeDBClusters rds:DescribeDBClusterSnapshots",
    ),
    _brought("RDS::DBInstance", "KmsKeyId MasterUserSecret/KmsKeyId", "kms:CreateGrant"),
    _brought("S3::Bucket", "AbacStatus", "s3:PutBucketAbac"),
    _brought("S3::Bucket", "AccelerateConfiguration", "s3:PutAccelerateConfiguration"),
    _brought("S3::Bucket", "AccessControl", "s3:PutBucketAcl"),
    _brought("S3::Bucket", "AnalyticsConfigurations", "s3:PutAnalyticsConfiguration"),
    _brought("S3::Bucket", "CorsConfiguration", "s3:PutBucketCORS"),
    _brought("S3::Bucket", "IntelligentTieringConfigurations", "s3:PutIntelligentTieringConfiguration"),
    _brought("S3::Bucket", "InventoryConfigurations", "s3:PutInventoryConfiguration"),
    _brought(
        "S3::Bucket",
        "MetadataConfiguration MetadataTableConfiguration",
        "s3:CreateBucketMetadataTableConfiguration s3:DeleteBucketMetadataTableConfiguration"
        " s3:GetBucketMetadataTableConfiguration s3:UpdateBucketMetadataAnnotationTableConfiguration"
        " s3:UpdateBucketMetadataInventoryTableConfiguration s3:UpdateBucketMetadataJournalTableConfiguration"
        " s3tables:CreateNamespace s3tables:CreateTable s3tables:CreateTableBucket s3tables:GetTable"
        " s3tables:GetTableMetadataLocation s3tables:PutTableBucketPolicy s3tables:PutTableEncryption"
        " s3tables:PutTablePolicy s3tables:UpdateTableMetadataLocation",
    ),
    _brought("S3::Bucket", "MetricsConfigurations", "s3:PutMetricsConfiguration"),
    _brought("S3::Bucket", "NotificationConfiguration", "s3:PutBucketNotification"),
    _brought(
        "S3::Bucket",
        "ObjectLockConfiguration ObjectLockEnabled",
        "s3:PutBucketObjectLockConfiguration",
    ),
    _brought("S3::Bucket", "ReplicationConfiguration", "s3:PutReplicationConfiguration iam:PassRole"),
    _brought("S3::Bucket", "WebsiteConfiguration", "s3:PutBucketWebsite s3:DeleteBucketWebsite"),
    _brought("SNS::Topic", "DataProtectionPolicy", "sns:PutDataProtectionPolicy"),
    _brought("SSM::Document", "Attachments", "s3:GetObject"),
)

NEVER = {  # action -> why no template of ours can need it
    "autoscaling:DescribeTags": "a flow log is of a VPC here",
    "codewhisperer:AllowVendedLogDeliveryForResource": "the only delivery source is CloudFront",
    "workmail:AllowVendedLogDeliveryForResource": "the only delivery source is CloudFront",
    "iam:DeleteRolePermissionsBoundary": "a boundary is never taken off",
    "iam:ListRoles": "roles are asked for by name",
    "s3:DeleteObject": "CloudFormation empties no bucket",
    "s3:PutObjectAcl": "BucketOwnerEnforced switches ACLs off",
    "logs:CreateLogStream": "the service that writes the log makes its streams",
    "logs:PutLogEvents": "the service writes the log",
}
