"""Backups restored for a drill (14.4): the database twice, the cache once, always into something new.

What is restored carries the five tags with `<environment>-drill` as its Environment, so that the backup plan
does not take it in. Deletion waits while AWS is still making what is to be deleted.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from showcore_cfn.aws.failures import AwsError
from showcore_cfn.aws.inventory import Answer, Source, first, text
from showcore_cfn.aws.section14 import pairs
from showcore_cfn.deploy.clock import Clock
from showcore_cfn.errors import ShowcoreError

_POLL_SECONDS = 15.0
_PATIENCE_SECONDS = 5_400.0  # a small database takes a quarter of an hour; an hour and a half is broken
_DATABASE_GONE = ("DBInstanceNotFound", "DBInstanceNotFoundFault")
_SNAPSHOT_GONE = ("DBSnapshotNotFound", "DBSnapshotNotFoundFault")
_CACHE_GONE = ("ReplicationGroupNotFoundFault", "ReplicationGroupNotFound")
_CACHE_SNAPSHOT_GONE = ("SnapshotNotFoundFault", "SnapshotNotFound")
_NOT_NOW = (  # still being made, or already being deleted
    "InvalidDBInstanceState",
    "InvalidDBInstanceStateFault",
    "InvalidDBSnapshotState",
    "InvalidDBSnapshotStateFault",
    "InvalidReplicationGroupState",
    "InvalidReplicationGroupStateFault",
    "InvalidSnapshotState",
    "InvalidSnapshotStateFault",
    "InvalidResourceStateException",
)
_ENDED_BADLY = ("failed", "FAILED", "ABORTED", "EXPIRED", "create-failed", "incompatible-parameters")


@dataclass(frozen=True, slots=True)
class Bench:
    """Where drills are done: an account, a clock, and a word that names what belongs together."""

    source: Source
    clock: Clock
    token: str

    @property
    def tags(self) -> list[dict[str, str]]:
        """The five tags, with an Environment of their own."""
        want = self.source.want
        return pairs({**want.tags, "Environment": f"{want.tags['Environment']}-drill"})

    def until(self, what: str, status: Callable[[], str], wanted: str) -> None:
        """Wait until a status is the wanted one. Raises ShowcoreError when it ends badly or never comes."""
        waited = 0.0
        while (now := status()) != wanted:
            if now in _ENDED_BADLY or waited >= _PATIENCE_SECONDS:
                raise ShowcoreError(f"{what} is {now or 'gone'} and not {wanted}.")
            self.clock.sleep(_POLL_SECONDS)
            waited += _POLL_SECONDS

    def delete(self, gone: tuple[str, ...], service: str, method: str, **given: object) -> None:
        """Delete something; wait while it is not in a state to be deleted. Gone already is well."""
        waited = 0.0
        while True:
            try:
                self.source.ask_or(gone, service, method, **given)
                return
            except AwsError as error:
                if error.code not in _NOT_NOW or waited >= _PATIENCE_SECONDS:
                    raise
            self.clock.sleep(_POLL_SECONDS)
            waited += _POLL_SECONDS

    def database(self, name: str) -> Answer:
        """A database as RDS describes it; empty where there is none."""
        found = self.source.ask_or(_DATABASE_GONE, "rds", "describe_db_instances", DBInstanceIdentifier=name)
        return first(found["DBInstances"]) if found else {}

    def database_status(self, name: str) -> str:
        """Its status; empty where there is none."""
        return text(self.database(name), "DBInstanceStatus")

    def address_of(self, name: str) -> tuple[str, int]:
        """Address and port of a database that stands."""
        endpoint = self.database(name)["Endpoint"]
        return text(endpoint, "Address"), int(endpoint["Port"])

    def remove_database(self, name: str) -> None:
        """Delete a restored database without a last snapshot, and wait until it is gone."""
        if self.database(name).get("DeletionProtection"):
            self.source.ask(
                *("rds", "modify_db_instance"),
                DBInstanceIdentifier=name,
                DeletionProtection=False,
                ApplyImmediately=True,
            )
        if self.database_status(name) not in ("", "deleting"):
            self.delete(
                *(_DATABASE_GONE, "rds", "delete_db_instance"),
                DBInstanceIdentifier=name,
                SkipFinalSnapshot=True,
                DeleteAutomatedBackups=True,
            )
        self.until(name, lambda: self.database_status(name), "")


class DatabaseSnapshot:
    """A snapshot of RDS, and the database that is made of it."""

    def __init__(self, bench: Bench) -> None:
        self._bench, named = bench, bench.source.want.named
        self._source_name = named("db")
        self.copy = named(f"db-drill-{bench.token}")
        self.restored = named(f"db-restored-{bench.token}")

    def back_up(self) -> None:
        """Make the snapshot and wait for it."""
        self._bench.source.ask(
            *("rds", "create_db_snapshot"),
            DBSnapshotIdentifier=self.copy,
            DBInstanceIdentifier=self._source_name,
            Tags=self._bench.tags,
        )
        self._bench.until(self.copy, self._status, "available")

    def restore(self) -> tuple[str, int]:
        """A database like the source, in its subnets and behind its security groups."""
        like = self._bench.database(self._source_name)
        self._bench.source.ask(
            *("rds", "restore_db_instance_from_db_snapshot"),
            DBInstanceIdentifier=self.restored,
            DBSnapshotIdentifier=self.copy,
            DBInstanceClass=text(like, "DBInstanceClass"),
            DBSubnetGroupName=text(like["DBSubnetGroup"], "DBSubnetGroupName"),
            DBParameterGroupName=text(first(like["DBParameterGroups"]), "DBParameterGroupName"),
            VpcSecurityGroupIds=[text(group, "VpcSecurityGroupId") for group in like["VpcSecurityGroups"]],
            MultiAZ=False,
            PubliclyAccessible=False,
            DeletionProtection=False,
            Tags=self._bench.tags,
        )
        self._bench.until(self.restored, lambda: self._bench.database_status(self.restored), "available")
        return self._bench.address_of(self.restored)

    def remove_restored(self) -> None:
        """Delete what was restored, and wait until it is gone."""
        self._bench.remove_database(self.restored)

    def remove_copy(self) -> None:
        """Delete the snapshot."""
        self._bench.delete(*(_SNAPSHOT_GONE, "rds", "delete_db_snapshot"), DBSnapshotIdentifier=self.copy)

    def _status(self) -> str:
        found = self._bench.source.ask("rds", "describe_db_snapshots", DBSnapshotIdentifier=self.copy)
        return text(first(found["DBSnapshots"]), "Status")


class DatabaseBackup:
    """A recovery point of AWS Backup, and the database that is made of it.

    https://docs.aws.amazon.com/aws-backup/latest/devguide/restoring-rds.html
    """

    def __init__(self, bench: Bench, vault: str, role_arn: str, database_arn: str) -> None:
        named = bench.source.want.named
        self._bench, self._vault, self._role_arn, self._database_arn = bench, vault, role_arn, database_arn
        self.copy = f"a recovery point in {vault}"
        self.restored = named(f"db-backup-restored-{bench.token}")
        self._point = ""

    def back_up(self) -> None:
        """Run a backup job now and wait for it."""
        job = self._bench.source.ask(
            *("backup", "start_backup_job"),
            BackupVaultName=self._vault,
            ResourceArn=self._database_arn,
            IamRoleArn=self._role_arn,
            Lifecycle={"DeleteAfterDays": 1},
            RecoveryPointTags={each["Key"]: each["Value"] for each in self._bench.tags},
        )
        self._point = text(job, "RecoveryPointArn")
        job_id = text(job, "BackupJobId")
        self._bench.until(f"the backup job {job_id}", lambda: self._backup_state(job_id), "COMPLETED")

    def restore(self) -> tuple[str, int]:
        """A database made with the metadata that AWS Backup kept, under another name."""
        source = self._bench.source
        kept = source.ask(
            *("backup", "get_recovery_point_restore_metadata"),
            BackupVaultName=self._vault,
            RecoveryPointArn=self._point,
        )["RestoreMetadata"]
        groups = [
            text(group, "VpcSecurityGroupId")
            for group in self._bench.database(source.want.named("db"))["VpcSecurityGroups"]
        ]
        wanted = {
            **kept,
            "DBInstanceIdentifier": self.restored,
            "VpcSecurityGroupIds": kept.get("VpcSecurityGroupIds") or json.dumps(groups),
            "MultiAZ": "false",
            "PubliclyAccessible": "false",
            "DeletionProtection": "false",
        }
        job = source.ask(
            *("backup", "start_restore_job"),
            RecoveryPointArn=self._point,
            IamRoleArn=self._role_arn,
            ResourceType="RDS",
            Metadata=wanted,
            IdempotencyToken=self._bench.token,
        )
        job_id = text(job, "RestoreJobId")
        self._bench.until(f"the restore job {job_id}", lambda: self._restore_state(job_id), "COMPLETED")
        self._bench.until(self.restored, lambda: self._bench.database_status(self.restored), "available")
        self._finish(groups)
        return self._bench.address_of(self.restored)

    def remove_restored(self) -> None:
        """Delete what was restored, and wait until it is gone."""
        self._bench.remove_database(self.restored)

    def remove_copy(self) -> None:
        """Delete the recovery point, where there is one."""
        if self._point:
            self._bench.delete(
                *(("ResourceNotFoundException",), "backup", "delete_recovery_point"),
                BackupVaultName=self._vault,
                RecoveryPointArn=self._point,
            )

    def _finish(self, groups: list[str]) -> None:
        """Tag it, and put it behind the source's groups: AWS Backup may have left it behind the default one."""
        found = self._bench.database(self.restored)
        self._bench.source.ask(
            *("rds", "add_tags_to_resource"), ResourceName=text(found, "DBInstanceArn"), Tags=self._bench.tags
        )
        if [text(group, "VpcSecurityGroupId") for group in found.get("VpcSecurityGroups") or ()] != groups:
            self._bench.source.ask(
                *("rds", "modify_db_instance"),
                DBInstanceIdentifier=self.restored,
                VpcSecurityGroupIds=groups,
                ApplyImmediately=True,
            )
            self._bench.until(self.restored, lambda: self._bench.database_status(self.restored), "available")

    def _backup_state(self, job: str) -> str:
        return text(self._bench.source.ask("backup", "describe_backup_job", BackupJobId=job), "State")

    def _restore_state(self, job: str) -> str:
        return text(self._bench.source.ask("backup", "describe_restore_job", RestoreJobId=job), "Status")


class CacheSnapshot:
    """A snapshot of the cache's node, and the replication group that is made of it.

    A cache cluster made of a snapshot would come back unencrypted: only a replication group can ask for TLS.
    """

    def __init__(self, bench: Bench) -> None:
        self._bench, named = bench, bench.source.want.named
        self._source_name = named("redis")
        self.copy = named(f"redis-{bench.token}")
        self.restored = named(f"redis-r-{bench.token}")  # 40 characters at most, the node's -001 among them

    def back_up(self) -> None:
        """Make the snapshot and wait for it."""
        self._bench.source.ask(
            *("elasticache", "create_snapshot"),
            CacheClusterId=f"{self._source_name}-001",
            SnapshotName=self.copy,
            Tags=self._bench.tags,
        )
        self._bench.until(self.copy, self._copy_status, "available")

    def restore(self) -> tuple[str, int]:
        """One node like the source's, encrypted as it is."""
        ask = self._bench.source.ask
        node = first(
            ask("elasticache", "describe_cache_clusters", CacheClusterId=f"{self._source_name}-001")[
                "CacheClusters"
            ]
        )
        ask(
            *("elasticache", "create_replication_group"),
            ReplicationGroupId=self.restored,
            ReplicationGroupDescription="Restore drill of showcore verify, which deletes it",
            SnapshotName=self.copy,
            CacheNodeType=text(node, "CacheNodeType"),
            NumCacheClusters=1,
            AutomaticFailoverEnabled=False,
            AtRestEncryptionEnabled=True,
            TransitEncryptionEnabled=True,
            CacheSubnetGroupName=text(node, "CacheSubnetGroupName"),
            CacheParameterGroupName=text(node["CacheParameterGroup"], "CacheParameterGroupName"),
            SecurityGroupIds=[text(group, "SecurityGroupId") for group in node["SecurityGroups"]],
            SnapshotRetentionLimit=0,
            Tags=self._bench.tags,
        )
        self._bench.until(self.restored, self._restored_status, "available")
        endpoint = first(self._group()["NodeGroups"])["PrimaryEndpoint"]
        return text(endpoint, "Address"), int(endpoint["Port"])

    def remove_restored(self) -> None:
        """Delete what was restored, and wait until it is gone."""
        self._bench.delete(
            *(_CACHE_GONE, "elasticache", "delete_replication_group"),
            ReplicationGroupId=self.restored,
            RetainPrimaryCluster=False,
        )
        self._bench.until(self.restored, self._restored_status, "")

    def remove_copy(self) -> None:
        """Delete the snapshot."""
        self._bench.delete(*(_CACHE_SNAPSHOT_GONE, "elasticache", "delete_snapshot"), SnapshotName=self.copy)

    def _group(self) -> Answer:
        found = self._bench.source.ask_or(
            _CACHE_GONE, "elasticache", "describe_replication_groups", ReplicationGroupId=self.restored
        )
        return first(found["ReplicationGroups"]) if found else {}

    def _restored_status(self) -> str:
        return text(self._group(), "Status")

    def _copy_status(self) -> str:
        found = self._bench.source.ask("elasticache", "describe_snapshots", SnapshotName=self.copy)
        return text(first(found["Snapshots"]), "SnapshotStatus")
