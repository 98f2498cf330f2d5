"""The database and the cache, from RDS, ElastiCache and KMS."""

from __future__ import annotations

from collections.abc import Mapping

from showcore_cfn.aws.inventory import Answer, Source, first, reading, text
from showcore_cfn.verify.facts.data import (
    CACHE,
    CACHE_SNAPSHOTS,
    DATABASE,
    DATABASE_KEY,
    DATABASE_PARAMETERS,
    Cache,
    CacheSnapshot,
    Database,
)
from showcore_cfn.verify.facts.stack import STACK
from showcore_cfn.verify.look import CouldNotLook, Look, Missing


def _database(source: Source, look: Look) -> Database | None:
    id_ = look(STACK).id_of("Database")
    found = source.ask_or(
        ("DBInstanceNotFound", "DBInstanceNotFoundFault"),
        *("rds", "describe_db_instances"),
        DBInstanceIdentifier=id_,
    )
    return _as_database(found["DBInstances"][0]) if found and found["DBInstances"] else None


def _as_database(answer: Answer) -> Database:
    group = first(answer.get("DBParameterGroups"))
    endpoint = answer.get("Endpoint") or {}
    subnets = (answer.get("DBSubnetGroup") or {}).get("Subnets") or ()
    return Database(
        id=text(answer, "DBInstanceIdentifier"),
        status=text(answer, "DBInstanceStatus"),
        instance_class=text(answer, "DBInstanceClass"),
        engine=text(answer, "Engine"),
        version=text(answer, "EngineVersion"),
        db_name=text(answer, "DBName"),
        storage_gib=int(answer.get("AllocatedStorage") or 0),
        storage_type=text(answer, "StorageType"),
        encrypted=bool(answer.get("StorageEncrypted")),
        key=text(answer, "KmsKeyId"),
        multi_az=bool(answer.get("MultiAZ")),
        zone=text(answer, "AvailabilityZone"),
        public=bool(answer.get("PubliclyAccessible")),
        address=text(endpoint, "Address"),
        port=int(endpoint.get("Port") or 0),
        group_ids=tuple(text(each, "VpcSecurityGroupId") for each in answer.get("VpcSecurityGroups") or ()),
        subnet_ids=tuple(text(each, "SubnetIdentifier") for each in subnets),
        parameter_group=text(group, "DBParameterGroupName"),
        parameter_status=text(group, "ParameterApplyStatus"),
        retention_days=int(answer.get("BackupRetentionPeriod") or 0),
        backup_window=text(answer, "PreferredBackupWindow"),
        maintenance_window=text(answer, "PreferredMaintenanceWindow"),
        latest_restorable=answer.get("LatestRestorableTime"),
        log_exports=tuple(answer.get("EnabledCloudwatchLogsExports") or ()),
        secret_arn=text(answer.get("MasterUserSecret") or {}, "SecretArn"),
        deletion_protection=bool(answer.get("DeletionProtection")),
    )


def _database_parameters(source: Source, look: Look) -> Mapping[str, str]:
    database = look(DATABASE)
    if database is None:
        raise Missing("the database in RDS")
    found = source.pages(
        *("rds", "describe_db_parameters", "Parameters"), DBParameterGroupName=database.parameter_group
    )
    return {text(each, "ParameterName"): text(each, "ParameterValue") for each in found}


def _database_key(source: Source, look: Look) -> str:
    database = look(DATABASE)
    if database is None or not database.key:
        raise CouldNotLook("RDS names no key")
    return key_manager(source, database.key)


def key_manager(source: Source, key: str) -> str:
    """AWS for a key that AWS manages, CUSTOMER for one that costs a dollar a month."""
    return text(source.ask("kms", "describe_key", KeyId=key)["KeyMetadata"], "KeyManager")


def _cache(source: Source, look: Look) -> Cache | None:
    id_ = look(STACK).id_of("RedisCluster")
    found = source.ask_or(
        ("ReplicationGroupNotFoundFault", "ReplicationGroupNotFound"),
        *("elasticache", "describe_replication_groups"),
        ReplicationGroupId=id_,
    )
    if not found or not found["ReplicationGroups"]:
        return None
    group = found["ReplicationGroups"][0]
    nodes = [_node(source, name) for name in group.get("MemberClusters") or ()]
    return _as_cache(group, nodes, _cache_subnets(source, nodes))


def _node(source: Source, name: str) -> Answer:
    answer = source.ask("elasticache", "describe_cache_clusters", CacheClusterId=name, ShowCacheNodeInfo=True)
    node: Answer = answer["CacheClusters"][0]
    return node


def _cache_subnets(source: Source, nodes: list[Answer]) -> tuple[str, ...]:
    name = text(nodes[0], "CacheSubnetGroupName") if nodes else ""
    if not name:
        return ()
    answer = source.ask("elasticache", "describe_cache_subnet_groups", CacheSubnetGroupName=name)
    return tuple(
        text(each, "SubnetIdentifier") for each in answer["CacheSubnetGroups"][0].get("Subnets") or ()
    )


def _as_cache(group: Answer, nodes: list[Answer], subnets: tuple[str, ...]) -> Cache:
    node = first(nodes)
    endpoint = first(group.get("NodeGroups")).get("PrimaryEndpoint") or {}
    deliveries = group.get("LogDeliveryConfigurations") or ()
    return Cache(
        id=text(group, "ReplicationGroupId"),
        status=text(group, "Status"),
        node_ids=tuple(group.get("MemberClusters") or ()),
        node_type=text(group, "CacheNodeType") or text(node, "CacheNodeType"),
        engine=text(group, "Engine") or text(node, "Engine"),
        version=text(node, "EngineVersion"),
        zones=tuple(text(each, "PreferredAvailabilityZone") for each in nodes),
        at_rest=bool(group.get("AtRestEncryptionEnabled")),
        in_transit=bool(group.get("TransitEncryptionEnabled")),
        transit_mode=text(group, "TransitEncryptionMode"),
        retention_days=int(group.get("SnapshotRetentionLimit") or 0),
        snapshot_window=text(group, "SnapshotWindow"),
        maintenance_window=text(node, "PreferredMaintenanceWindow"),
        subnet_ids=subnets,
        group_ids=tuple(text(each, "SecurityGroupId") for each in node.get("SecurityGroups") or ()),
        parameter_group=text(node.get("CacheParameterGroup") or {}, "CacheParameterGroupName"),
        address=text(endpoint, "Address"),
        port=int(endpoint.get("Port") or 0),
        topic_arn=text(node.get("NotificationConfiguration") or {}, "TopicArn"),
        log_groups=tuple(_log_group(each) for each in deliveries),
    )


def _log_group(delivery: Answer) -> str:
    details = (delivery.get("DestinationDetails") or {}).get("CloudWatchLogsDetails") or {}
    return text(details, "LogGroup")


def _cache_snapshots(source: Source, look: Look) -> tuple[CacheSnapshot, ...]:
    group = look(STACK).id_of("RedisCluster")
    found = source.pages("elasticache", "describe_snapshots", "Snapshots", ReplicationGroupId=group)
    return tuple(_snapshot(each) for each in found)


def _snapshot(answer: Answer) -> CacheSnapshot:
    made = [
        node["SnapshotCreateTime"]
        for node in answer.get("NodeSnapshots") or ()
        if "SnapshotCreateTime" in node
    ]
    return CacheSnapshot(
        name=text(answer, "SnapshotName"),
        source=text(answer, "SnapshotSource"),
        status=text(answer, "SnapshotStatus"),
        created=max(made, default=None),
    )


READINGS = (
    reading(DATABASE, _database),
    reading(DATABASE_PARAMETERS, _database_parameters),
    reading(DATABASE_KEY, _database_key),
    reading(CACHE, _cache),
    reading(CACHE_SNAPSHOTS, _cache_snapshots),
)
