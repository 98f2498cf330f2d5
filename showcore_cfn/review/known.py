"""What a reviewer knows of resource types that their schemas do not say: data, interruptions, physical names.

Sources: AWS CloudFormation template reference, the "Update requires" line of each property and
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from showcore_cfn.review.values import Reference, Unknown, Value, references
from showcore_cfn.template.schemas import ResourceSchema

DATA: Final[Mapping[str, str]] = {
    "AWS::RDS::DBInstance": "a database",
    "AWS::RDS::DBCluster": "a database cluster",
    "AWS::RDS::GlobalCluster": "a global database",
    "AWS::ElastiCache::ReplicationGroup": "a cache and its snapshots",
    "AWS::ElastiCache::CacheCluster": "a cache and its snapshots",
    "AWS::ElastiCache::ServerlessCache": "a cache",
    "AWS::MemoryDB::Cluster": "a database",
    "AWS::DocDB::DBCluster": "a database cluster",
    "AWS::Neptune::DBCluster": "a graph database",
    "AWS::DynamoDB::Table": "a table",
    "AWS::DynamoDB::GlobalTable": "a global table",
    "AWS::Redshift::Cluster": "a data warehouse",
    "AWS::RedshiftServerless::Namespace": "a data warehouse",
    "AWS::Timestream::Table": "a time series table",
    "AWS::OpenSearchService::Domain": "a search domain",
    "AWS::Elasticsearch::Domain": "a search domain",
    "AWS::Cassandra::Table": "a table",
    "AWS::S3::Bucket": "a bucket",
    "AWS::S3Express::DirectoryBucket": "a bucket",
    "AWS::EFS::FileSystem": "a file system",
    "AWS::FSx::FileSystem": "a file system",
    "AWS::EC2::Volume": "a volume",
    "AWS::EC2::Instance": "an instance and its volumes",
    "AWS::Kinesis::Stream": "a stream",
    "AWS::MSK::Cluster": "a Kafka cluster",
    "AWS::SQS::Queue": "a queue and the messages in it",
    "AWS::Logs::LogGroup": "a log group and its events",
    "AWS::Backup::BackupVault": "a backup vault",
    "AWS::SecretsManager::Secret": "a secret",
    "AWS::SSM::Parameter": "a parameter",
    "AWS::KMS::Key": "a key, and all that is encrypted with it",
    "AWS::Cognito::UserPool": "a user pool and its users",
    "AWS::ECR::Repository": "a repository and its images",
    "AWS::CodeCommit::Repository": "a repository",
    "AWS::AmazonMQ::Broker": "a message broker",
    "AWS::CloudTrail::EventDataStore": "an event data store",
    "AWS::QLDB::Ledger": "a ledger",
    "AWS::Lightsail::Database": "a database",
    "AWS::Glue::Table": "a table's definition",
    "AWS::Athena::WorkGroup": "a workgroup's queries",
}

SNAPSHOT_BY_DEFAULT: Final = frozenset({"AWS::RDS::DBCluster"})  # and DBInstance outside a cluster

# "Update requires: Some interruptions", where the schema says nothing, or says conditional although the service
# changes the property in place (RDS ModifyDBInstance takes each of these).
INTERRUPTS: Final[Mapping[str, frozenset[str]]] = {
    "AWS::RDS::DBInstance": frozenset(
        {
            *("DBInstanceClass", "EngineVersion", "StorageType", "CACertificateIdentifier", "MultiAZ"),
            *("AutoMinorVersionUpgrade", "BackupRetentionPeriod", "DBParameterGroupName"),
            "PreferredMaintenanceWindow",
        }
    ),
    "AWS::RDS::DBCluster": frozenset({"EngineVersion"}),
    "AWS::Neptune::DBInstance": frozenset({"DBInstanceClass"}),
    "AWS::ElastiCache::CacheCluster": frozenset({"AZMode", "NumCacheNodes", "PreferredAvailabilityZone"}),
    "AWS::ElastiCache::ReplicationGroup": frozenset({"NumNodeGroups"}),
    "AWS::EC2::SecurityGroup": frozenset({"SecurityGroupIngress", "SecurityGroupEgress"}),
    "AWS::DynamoDB::Table": frozenset({"SSESpecification"}),
    "AWS::AmazonMQ::Broker": frozenset({"Configuration", "HostInstanceType"}),
    "AWS::OpenSearchService::Domain": frozenset({"VPCOptions"}),
}

# "Update requires: Replacement", where the schema does not call the property create-only: the two disagree.
DOCUMENTED_REPLACEMENT: Final[Mapping[str, frozenset[str]]] = {
    "AWS::RDS::DBInstance": frozenset({"Port"}),
    "AWS::ElastiCache::ReplicationGroup": frozenset({"Engine", "ReplicasPerNodeGroup"}),
    "AWS::S3::Bucket": frozenset({"ObjectLockEnabled"}),
    "AWS::KMS::Key": frozenset({"KeySpec", "KeyUsage", "MultiRegion"}),
    "AWS::ECS::Service": frozenset({"DeploymentController"}),
    "AWS::EC2::EIP": frozenset({"Domain"}),
    "AWS::EKS::Cluster": frozenset({"KubernetesNetworkConfig"}),
    "AWS::DocDB::DBCluster": frozenset({"EngineVersion"}),
    "AWS::Route53::RecordSet": frozenset({"Name"}),
    "AWS::CertificateManager::Certificate": frozenset({"ValidationMethod"}),
}

# Names that must be unique although they can be changed in place.
_NESTED_NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "AWS::CloudFront::CachePolicy": ("CachePolicyConfig", "Name"),
    "AWS::CloudFront::OriginRequestPolicy": ("OriginRequestPolicyConfig", "Name"),
    "AWS::CloudFront::ResponseHeadersPolicy": ("ResponseHeadersPolicyConfig", "Name"),
    "AWS::CloudFront::OriginAccessControl": ("OriginAccessControlConfig", "Name"),
}


def holds(kind: str) -> str:
    """What a resource of this type holds that is lost with it, such as "a database"; empty for nothing."""
    return DATA.get(kind, "")


def snapshot_by_default(kind: str, properties: Value) -> bool:
    """Whether a resource without a DeletionPolicy leaves a snapshot behind."""
    alone = isinstance(properties, dict) and "DBClusterIdentifier" not in properties
    return kind in SNAPSHOT_BY_DEFAULT or (kind == "AWS::RDS::DBInstance" and alone)


def physical_name(kind: str, found: ResourceSchema | None, properties: Value) -> tuple[str, Value] | None:
    """(property, value) of the name that the template fixes; None where CloudFormation makes one up.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-name.html
    """
    if not isinstance(properties, dict):
        return None
    inner: Value = properties
    for step in _NESTED_NAMES.get(kind, ()):
        inner = inner.get(step) if isinstance(inner, dict) else None
    if inner is not properties and inner is not None:
        return _NESTED_NAMES[kind][-1], inner
    for name in _name_properties(kind, found):
        value = properties.get(name)
        if isinstance(value, str) or (isinstance(value, Unknown) and not references(value)):
            return name, value
    return None


def _name_properties(kind: str, found: ResourceSchema | None) -> list[str]:
    if found is None:
        return []
    short = kind.rpartition("::")[2]
    fixed = {path[0] for path in found.create_only if len(path) == 1}
    identifier = [path[0] for path in found.primary_identifier if len(found.primary_identifier) == 1]
    usual = ["Name", f"{short}Name", f"{short}Identifier", "GroupName", "DBInstanceIdentifier"]
    return [name for name in dict.fromkeys((*identifier, *usual)) if name in fixed]


def is_custom(kind: str) -> bool:
    """Whether a type is a custom resource, whose own code decides what an update means."""
    return kind.startswith("Custom::") or kind == "AWS::CloudFormation::CustomResource"


def same_name(before: tuple[str, Value] | None, after: tuple[str, Value] | None) -> str | None:
    """The fixed name, as text, where two resources carry the same one."""
    if before is None or after is None or before[1] != after[1] or isinstance(after[1], Reference):
        return None
    return str(after[1])
