"""The database and the cache."""

from __future__ import annotations

from tests.unit.rules.plan_cases.case import case, each

DATABASE = "D: {Type: AWS::RDS::DBInstance, Properties: {%s}}"
CACHE = "C: {Type: AWS::ElastiCache::ReplicationGroup, Properties: {%s}}"
PARAMETER_GROUP = "G: {Type: AWS::RDS::DBParameterGroup, Properties: {Family: postgres16, %s}}"

CASES = (
    case(
        "PLAN-5.1-FORCE-SSL",
        [
            PARAMETER_GROUP % "Parameters: {rds.force_ssl: '1'}",
            "G: {Type: AWS::RDS::DBParameterGroup, Properties: {Family: mysql8.0}}",
        ],
        each(PARAMETER_GROUP, "Parameters: {rds.force_ssl: 0}", "Parameters: {max_connections: '100'}", ""),
    ),
    case(
        "PLAN-5.1-NOT-PUBLIC",
        each(DATABASE, "PubliclyAccessible: false", ""),
        each(DATABASE, "PubliclyAccessible: true", "PubliclyAccessible: 'true'"),
    ),
    case(
        "PLAN-5.2-FREE-TIER-CLASS",
        each(DATABASE, "DBInstanceClass: db.t3.micro"),
        each(DATABASE, "DBInstanceClass: db.t4g.micro", "DBInstanceClass: db.m5.large"),
    ),
    case("PLAN-5.2-SINGLE-ZONE", each(DATABASE, "MultiAZ: false", ""), each(DATABASE, "MultiAZ: true")),
    case(
        "PLAN-5.2-STORAGE",
        each(DATABASE, "AllocatedStorage: '20', StorageType: gp3", "DBClusterIdentifier: c"),
        each(
            DATABASE,
            "AllocatedStorage: '100', StorageType: gp3",
            "AllocatedStorage: 20, StorageType: gp2",
            "AllocatedStorage: 20",
        ),
    ),
    case(
        "PLAN-5.2-ENCRYPTED",
        [
            *each(DATABASE, "StorageEncrypted: true", "DBClusterIdentifier: c", "DBSnapshotIdentifier: s"),
            "C: {Type: AWS::RDS::DBCluster, Properties: {StorageEncrypted: true}}",
        ],
        [*each(DATABASE, "StorageEncrypted: false", "Engine: postgres"), "C: {Type: AWS::RDS::DBCluster}"],
    ),
    case(
        "PLAN-5.3-BACKUPS",
        each(DATABASE, "BackupRetentionPeriod: 7", "SourceDBInstanceIdentifier: d"),
        each(DATABASE, "BackupRetentionPeriod: 0", "BackupRetentionPeriod: 35", "Engine: postgres"),
    ),
    case(
        "PLAN-5.3-WINDOWS",
        each(
            DATABASE,
            "PreferredBackupWindow: 03:00-04:00, PreferredMaintenanceWindow: 'Sun:04:00-Sun:05:00'",
        ),
        each(
            DATABASE,
            "PreferredBackupWindow: 04:00-05:00",
            "PreferredMaintenanceWindow: 'mon:04:00-mon:05:00'",
        ),
    ),
    case(
        "PLAN-6.2-FREE-TIER-CLASS",
        each(CACHE, "CacheNodeType: cache.t3.micro"),
        [
            CACHE % "CacheNodeType: cache.r6g.large",
            "C: {Type: AWS::ElastiCache::CacheCluster, Properties: {CacheNodeType: cache.t4g.micro}}",
            "C: {Type: AWS::ElastiCache::ServerlessCache}",
        ],
    ),
    case(
        "PLAN-6.2-SINGLE-NODE",
        each(
            CACHE,
            "NumCacheClusters: 1, MultiAZEnabled: false",
            "NumNodeGroups: 1, ReplicasPerNodeGroup: 0",
            "",
        ),
        [
            *each(
                CACHE,
                "NumCacheClusters: 2",
                "NumNodeGroups: 2",
                "ReplicasPerNodeGroup: 1",
                "MultiAZEnabled: true",
            ),
            "C: {Type: AWS::ElastiCache::CacheCluster, Properties: {NumCacheNodes: '3'}}",
        ],
    ),
    case(
        "PLAN-6.2-ENCRYPTED",
        [
            CACHE % "AtRestEncryptionEnabled: true",
            "C: {Type: AWS::ElastiCache::CacheCluster, Properties: {Engine: memcached}}",
        ],
        [
            *each(CACHE, "AtRestEncryptionEnabled: false", "Engine: redis"),
            "C: {Type: AWS::ElastiCache::CacheCluster, Properties: {Engine: redis}}",
        ],
    ),
    case(
        "PLAN-6.2-TLS",
        each(
            CACHE,
            "TransitEncryptionEnabled: true",
            "TransitEncryptionEnabled: true, TransitEncryptionMode: required",
        ),
        each(
            CACHE,
            "TransitEncryptionEnabled: false",
            "Engine: redis",
            "TransitEncryptionEnabled: true, TransitEncryptionMode: preferred",
        ),
    ),
    case(
        "PLAN-6.3-SNAPSHOTS",
        each(CACHE, "SnapshotRetentionLimit: 7"),
        each(CACHE, "SnapshotRetentionLimit: 0", "SnapshotRetentionLimit: 30", "Engine: redis"),
    ),
    case(
        "PLAN-6.3-WINDOW",
        each(CACHE, "SnapshotWindow: 03:00-04:00", ""),
        each(CACHE, "SnapshotWindow: 05:00-06:00"),
    ),
)
