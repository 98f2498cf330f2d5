"""Restore drills against stubbed answers: what is made is new, tagged, like its source, and deleted again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from showcore_cfn.aws.restore_drills import Bench, CacheSnapshot, DatabaseBackup, DatabaseSnapshot
from showcore_cfn.errors import ShowcoreError
from tests.unit.verify.stubbed import Answer, Stubs
from tests.unit.verify.world import NOW

DATABASE = {
    "DBInstanceIdentifier": "showcore-db",
    "DBInstanceArn": "arn:aws:rds:us-east-1:111122223333:db:showcore-db",
    "DBInstanceClass": "db.t3.micro",
    "DBInstanceStatus": "available",
    "DBSubnetGroup": {"DBSubnetGroupName": "subnets"},
    "DBParameterGroups": [{"DBParameterGroupName": "pg"}],
    "VpcSecurityGroups": [{"VpcSecurityGroupId": "sg-rds", "Status": "active"}],
    "Endpoint": {"Address": "restored.internal", "Port": 5432},
}
GONE = "DBInstanceNotFound"
POINT = "arn:aws:rds:us-east-1:111122223333:snapshot:awsbackup:job-1"


class Clock:
    def __init__(self) -> None:
        self.slept = 0.0

    def now(self) -> datetime:
        return NOW

    def sleep(self, seconds: float) -> None:
        self.slept += seconds


def bench(**answers: list[Answer]) -> tuple[Bench, Stubs]:
    stubs = Stubs(**answers)
    return Bench(stubs.source(), Clock(), "a1b2"), stubs


def database(**more: Any) -> Answer:
    return ("describe_db_instances", {"DBInstances": [{**DATABASE, **more}]})


def snapshot(status: str) -> Answer:
    return ("describe_db_snapshots", {"DBSnapshots": [{"Status": status}]})


def asked(stubs: Stubs, operation: str) -> list[dict[str, Any]]:
    return [params for _, name, params in stubs.requests if name == operation]


def environment_tag(params: dict[str, Any]) -> str:
    return str(next(tag["Value"] for tag in params["Tags"] if tag["Key"] == "Environment"))


def test_a_database_is_restored_from_a_snapshot_beside_its_source() -> None:
    made, stubs = bench(
        rds=[
            ("create_db_snapshot", {}),
            snapshot("creating"),
            snapshot("available"),
            database(),
            ("restore_db_instance_from_db_snapshot", {}),
            database(DBInstanceStatus="creating"),
            database(),
            database(),
        ]
    )
    drill = DatabaseSnapshot(made)
    drill.back_up()
    assert drill.restore() == ("restored.internal", 5432)
    (restored,) = asked(stubs, "RestoreDBInstanceFromDBSnapshot")
    assert restored["DBInstanceIdentifier"] == "showcore-db-restored-a1b2"
    assert restored["DBSnapshotIdentifier"] == "showcore-db-drill-a1b2"
    assert (restored["DBSubnetGroupName"], restored["DBParameterGroupName"]) == ("subnets", "pg")
    assert restored["VpcSecurityGroupIds"] == ["sg-rds"]
    assert (restored["MultiAZ"], restored["PubliclyAccessible"], restored["DeletionProtection"]) == (
        False,
    ) * 3
    assert environment_tag(restored) == "production-drill"  # the backup plan does not take it in
    stubs.all_used()


def test_what_was_restored_is_deleted_without_a_last_snapshot_and_waited_for() -> None:
    made, stubs = bench(
        rds=[
            database(),
            database(DBInstanceStatus="creating"),
            ("delete_db_instance", "InvalidDBInstanceState"),
            ("delete_db_instance", {}),
            database(DBInstanceStatus="deleting"),
            ("describe_db_instances", GONE),
            ("delete_db_snapshot", "DBSnapshotNotFound"),
        ]
    )
    drill = DatabaseSnapshot(made)
    drill.remove_restored()
    drill.remove_copy()
    deleted = asked(stubs, "DeleteDBInstance")[-1]
    assert deleted["DBInstanceIdentifier"] == "showcore-db-restored-a1b2"
    assert (deleted["SkipFinalSnapshot"], deleted["DeleteAutomatedBackups"]) == (True, True)
    stubs.all_used()


def test_removing_what_never_was_is_well() -> None:
    made, stubs = bench(
        rds=[*[("describe_db_instances", GONE)] * 3, ("delete_db_snapshot", "DBSnapshotNotFound")]
    )
    drill = DatabaseSnapshot(made)
    drill.remove_restored()
    drill.remove_copy()
    stubs.all_used()


def test_a_protected_restore_is_unprotected_first() -> None:
    made, stubs = bench(
        rds=[
            database(DeletionProtection=True),
            ("modify_db_instance", {}),
            database(),
            ("delete_db_instance", {}),
            ("describe_db_instances", GONE),
        ]
    )
    DatabaseSnapshot(made).remove_restored()
    assert asked(stubs, "ModifyDBInstance")[0]["DeletionProtection"] is False
    stubs.all_used()


def test_a_deletion_that_is_refused_for_another_reason_is_told() -> None:
    made, _ = bench(rds=[("delete_db_snapshot", "AccessDenied")])
    with pytest.raises(ShowcoreError, match="may not do rds:DeleteDBSnapshot"):
        DatabaseSnapshot(made).remove_copy()


def test_a_snapshot_that_fails_ends_the_drill() -> None:
    made, _ = bench(rds=[("create_db_snapshot", {}), snapshot("failed")])
    with pytest.raises(ShowcoreError, match="showcore-db-drill-a1b2 is failed and not available"):
        DatabaseSnapshot(made).back_up()


def test_patience_has_an_end() -> None:
    made, _ = bench(rds=[("create_db_snapshot", {}), *[snapshot("creating")] * 400])
    with pytest.raises(ShowcoreError, match="is creating and not available"):
        DatabaseSnapshot(made).back_up()


def test_a_database_is_restored_from_aws_backup_by_what_backup_kept() -> None:
    kept = {
        "DBInstanceIdentifier": "showcore-db",
        "DBSubnetGroupName": "subnets",
        "DBInstanceClass": "db.t3.micro",
    }
    made, stubs = bench(
        backup=[
            ("start_backup_job", {"BackupJobId": "job-1", "RecoveryPointArn": POINT}),
            ("describe_backup_job", {"State": "RUNNING"}),
            ("describe_backup_job", {"State": "COMPLETED"}),
            ("get_recovery_point_restore_metadata", {"RestoreMetadata": kept}),
            ("start_restore_job", {"RestoreJobId": "job-2"}),
            ("describe_restore_job", {"Status": "COMPLETED"}),
            ("delete_recovery_point", "InvalidResourceStateException"),
            ("delete_recovery_point", {}),
        ],
        rds=[
            database(),
            database(),
            database(VpcSecurityGroups=[{"VpcSecurityGroupId": "sg-default", "Status": "active"}]),
            ("add_tags_to_resource", {}),
            ("modify_db_instance", {}),
            database(),
            database(),
        ],
    )
    drill = DatabaseBackup(made, "showcore-backup-vault", "arn:role", str(DATABASE["DBInstanceArn"]))
    drill.back_up()
    assert drill.restore() == ("restored.internal", 5432)
    drill.remove_copy()
    (started,) = asked(stubs, "StartRestoreJob")
    assert started["ResourceType"] == "RDS"
    assert started["Metadata"]["DBInstanceIdentifier"] == "showcore-db-backup-restored-a1b2"
    assert started["Metadata"]["DBSubnetGroupName"] == "subnets"
    assert started["Metadata"]["VpcSecurityGroupIds"] == '["sg-rds"]'
    assert asked(stubs, "ModifyDBInstance")[0]["VpcSecurityGroupIds"] == ["sg-rds"]
    assert asked(stubs, "StartBackupJob")[0]["Lifecycle"] == {"DeleteAfterDays": 1}
    stubs.all_used()


def test_a_backup_job_that_fails_ends_the_drill_and_its_recovery_point_goes() -> None:
    made, stubs = bench(
        backup=[
            ("start_backup_job", {"BackupJobId": "job-1", "RecoveryPointArn": POINT}),
            ("describe_backup_job", {"State": "ABORTED"}),
            ("delete_recovery_point", "ResourceNotFoundException"),
        ]
    )
    drill = DatabaseBackup(made, "showcore-backup-vault", "arn:role", str(DATABASE["DBInstanceArn"]))
    drill.remove_copy()  # nothing was begun
    with pytest.raises(ShowcoreError, match="the backup job job-1 is ABORTED"):
        drill.back_up()
    drill.remove_copy()
    stubs.all_used()


def group(status: str) -> Answer:
    endpoint = {"Address": "master.internal", "Port": 6379}
    found = {"Status": status, "NodeGroups": [{"PrimaryEndpoint": endpoint}]}
    return ("describe_replication_groups", {"ReplicationGroups": [found]})


def test_the_cache_comes_back_encrypted_from_a_snapshot() -> None:
    node = {
        "CacheNodeType": "cache.t3.micro",
        "CacheSubnetGroupName": "subnets",
        "CacheParameterGroup": {"CacheParameterGroupName": "pg"},
        "SecurityGroups": [{"SecurityGroupId": "sg-cache", "Status": "active"}],
    }
    made, stubs = bench(
        elasticache=[
            ("create_snapshot", {}),
            ("describe_snapshots", {"Snapshots": [{"SnapshotStatus": "creating"}]}),
            ("describe_snapshots", {"Snapshots": [{"SnapshotStatus": "available"}]}),
            ("describe_cache_clusters", {"CacheClusters": [node]}),
            ("create_replication_group", {}),
            group("creating"),
            group("available"),
            group("available"),
            ("delete_replication_group", "InvalidReplicationGroupState"),
            ("delete_replication_group", {}),
            group("deleting"),
            ("describe_replication_groups", "ReplicationGroupNotFoundFault"),
            ("delete_snapshot", {}),
        ]
    )
    drill = CacheSnapshot(made)
    drill.back_up()
    assert drill.restore() == ("master.internal", 6379)
    drill.remove_restored()
    drill.remove_copy()
    assert asked(stubs, "CreateSnapshot")[0]["CacheClusterId"] == "showcore-redis-001"
    (restored,) = asked(stubs, "CreateReplicationGroup")
    assert (restored["AtRestEncryptionEnabled"], restored["TransitEncryptionEnabled"]) == (True, True)
    assert (restored["SnapshotName"], restored["SecurityGroupIds"]) == ("showcore-redis-a1b2", ["sg-cache"])
    assert len(f"{restored['ReplicationGroupId']}-001") <= 40
    assert environment_tag(restored) == "production-drill"
    stubs.all_used()


@pytest.mark.parametrize("prefix", ["showcore", "sixteen-letters-"])
def test_names_stay_within_what_elasticache_takes(prefix: str) -> None:
    from dataclasses import replace

    from tests.unit.verify.world import WANT

    want = replace(WANT, parameters={**WANT.parameters, "Prefix": prefix})
    drill = CacheSnapshot(Bench(Stubs().source(want), Clock(), "a1b2c3d4"))
    assert len(drill.copy) <= 40
    assert len(f"{drill.restored}-001") <= 40
