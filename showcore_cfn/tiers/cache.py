"""ElastiCache for Redis, 6.1-6.3, and its log group, 10.7.

Deviation from 6.2: a CacheCluster has no encryption at rest, so this is a replication group with one node. The node
is called `<group>-001`, and everything that is about a node, metrics and manual snapshots, goes by that name
(https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/at-rest-encryption.html).
"""

from __future__ import annotations

from troposphere import GetAtt, Ref
from troposphere.elasticache import (
    CloudWatchLogsDestinationDetails,
    DestinationDetails,
    LogDeliveryConfigurationRequest,
    ParameterGroup,
    ReplicationGroup,
    SubnetGroup,
)
from troposphere.logs import LogGroup

from showcore_cfn.template.parameters import ZONE_A
from showcore_cfn.template.stack import Stack, Tier
from showcore_cfn.tiers import network, security

GROUP_ID = "${Prefix}-redis"  # 6.2
ENGINE_VERSION = "7.1"  # 6.2 asks for Redis 7
NODE_TYPE = "cache.t3.micro"  # 6.2
NODES = 1  # 6.2
SNAPSHOT_RETENTION_DAYS = 7  # 6.3
SNAPSHOT_WINDOW = "03:00-04:00"  # UTC, 6.3
MAINTENANCE_WINDOW = "sun:05:00-sun:06:00"  # UTC; after the snapshot and after the database's own
LOG_RETENTION_DAYS = 7  # 10.7
LOG_GROUP = "/aws/elasticache/${Prefix}-redis"  # 10.7


def build(stack: Stack) -> None:
    """The node, the groups it needs before it, and where clients find it."""
    stack.add(
        SubnetGroup(
            "ElastiCacheSubnetGroup",
            CacheSubnetGroupName=stack.named("cache", "subnet-group"),
            Description="Private subnets of both zones",
            SubnetIds=[stack.use(network.PRIVATE_SUBNET_A), stack.use(network.PRIVATE_SUBNET_B)],
        )
    )
    stack.add(
        ParameterGroup(
            "ElastiCacheParameterGroup",
            CacheParameterGroupFamily="redis7",
            Description="Redis 7: evict the least recently used key that has a time to live",
            Properties={"maxmemory-policy": "volatile-lru"},
        ),
        why="TLS is no parameter of redis7, as 6.1 has it; it is switched on at the group.",
    )
    stack.add(
        LogGroup(
            "RedisLogGroup",
            DeletionPolicy="Delete",
            UpdateReplacePolicy="Delete",
            LogGroupName=stack.sub(LOG_GROUP),
            RetentionInDays=LOG_RETENTION_DAYS,
        )
    )
    _group(stack)
    stack.show(
        "RedisEndpoint", "Host name of Redis; TLS only.", GetAtt("RedisCluster", "PrimaryEndPoint.Address")
    )
    stack.show("RedisPort", "Port of Redis.", GetAtt("RedisCluster", "PrimaryEndPoint.Port"))


def _group(stack: Stack) -> None:
    stack.add(
        ReplicationGroup(
            "RedisCluster",
            DeletionPolicy="Snapshot",
            UpdateReplacePolicy="Snapshot",
            ReplicationGroupId=stack.sub(GROUP_ID),
            ReplicationGroupDescription="ShowCore cache, one node",
            Engine="redis",
            EngineVersion=ENGINE_VERSION,
            CacheNodeType=NODE_TYPE,
            NumCacheClusters=NODES,
            AutomaticFailoverEnabled=False,
            MultiAZEnabled=False,
            PreferredCacheClusterAZs=[stack.setting(ZONE_A)],
            Port=security.REDIS_PORT,
            AtRestEncryptionEnabled=True,
            TransitEncryptionEnabled=True,
            CacheSubnetGroupName=Ref("ElastiCacheSubnetGroup"),
            CacheParameterGroupName=Ref("ElastiCacheParameterGroup"),
            SecurityGroupIds=[stack.use(security.ELASTICACHE_GROUP)],
            SnapshotRetentionLimit=SNAPSHOT_RETENTION_DAYS,
            SnapshotWindow=SNAPSHOT_WINDOW,
            PreferredMaintenanceWindow=MAINTENANCE_WINDOW,
            AutoMinorVersionUpgrade=True,
            NotificationTopicArn=stack.sub(
                "arn:${AWS::Partition}:sns:us-east-1:${AWS::AccountId}:${Prefix}-elasticache-events"
            ),
            LogDeliveryConfigurations=[_logs(log) for log in ("slow-log", "engine-log")],
        ),
        why="A replication group of one node: a cache cluster cannot be encrypted at rest.",
        mutability={
            "ReplicationGroupId": "must-never-change",
            "AtRestEncryptionEnabled": "must-never-change",
            "TransitEncryptionEnabled": "must-never-change",
            "PreferredCacheClusterAZs": "change-with-constraints",
            "Port": "change-with-constraints",
        },
    )


def _logs(kind: str) -> LogDeliveryConfigurationRequest:
    return LogDeliveryConfigurationRequest(
        LogType=kind,
        LogFormat="json",
        DestinationType="cloudwatch-logs",
        DestinationDetails=DestinationDetails(
            CloudWatchLogsDetails=CloudWatchLogsDestinationDetails(LogGroup=Ref("RedisLogGroup"))
        ),
    )


TIER = Tier(
    name="cache",
    title="Redis cache",
    tasks="6.1-6.3, 10.7",
    shape="One cache.t3.micro node in a private subnet, snapshot each night, events to the topic of alerts.",
    must=("Encrypted at rest and in transit.", "Reached from the application security group alone."),
    build=build,
    after=("alerts",),
)
