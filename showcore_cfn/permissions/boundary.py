"""The most that a role of the stacks can do, whatever its own policies say.

Whoever may change a template could otherwise write a role with more rights than their own. A boundary grants
nothing: https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html. It holds what these
roles have to do: write logs, record the configuration of databases and buckets, back up and restore a database,
serve Session Manager. Nothing in it changes IAM, and no role goes to anyone but AWS Backup.
"""

from __future__ import annotations

from showcore_cfn.permissions.resources import ACCOUNT, BUCKET, ROLES
from showcore_cfn.permissions.statements import EVERY, Statement

_LIMIT = "the boundary grants nothing: a role's own policies say which of these, and on what"


def _limit(sid: str, service: str, actions: str, resources: tuple[str, ...] = EVERY) -> Statement:
    return Statement(
        sid, tuple(f"{service}:{action}" for action in actions.split()), resources, reason=_LIMIT
    )


def boundary() -> tuple[Statement, ...]:
    """The statements of the permissions boundary."""
    return (
        _limit(
            "Logs",
            "logs",
            "CreateLogGroup CreateLogStream DescribeLogGroups DescribeLogStreams GetLogEvents PutLogEvents"
            " PutRetentionPolicy",
        ),
        _limit("ConfigRecords", "config", "BatchGet* Describe* Get* List* Put* Select*"),
        _limit("ConfigReads", "rds", "Describe* List*"),
        _limit(
            "ConfigReadsBuckets",
            "s3",
            "GetAccelerateConfiguration GetAccountPublicAccessBlock GetBucket* GetEncryptionConfiguration"
            " GetLifecycleConfiguration GetReplicationConfiguration ListAllMyBuckets ListBucket",
        ),
        _limit("ConfigDelivers", "s3", "PutObject", (f"{BUCKET}/*",)),
        _limit(
            "Backup",
            "backup",
            "CopyFromBackupVault CopyIntoBackupVault DescribeBackupVault DescribeRestoreJob"
            " ListRecoveryPointsByBackupVault ListRestoreJobs StartRestoreJob TagResource",
        ),
        _limit("BackupFinds", "tag", "GetResources"),
        _limit(
            "BackupDatabases",
            "rds",
            "AddTagsToResource CopyDBSnapshot CreateDBInstance CreateDBSnapshot DeleteDBInstance"
            " DeleteDBInstanceAutomatedBackup DeleteDBSnapshot ModifyDBInstance ModifyDBSnapshotAttribute"
            " RestoreDBInstanceFromDBSnapshot RestoreDBInstanceToPointInTime",
            (f"arn:${{AWS::Partition}}:rds:{ACCOUNT}:*",),
        ),
        _limit(
            "BackupKeys",
            "kms",
            "CreateGrant Decrypt DescribeKey Encrypt GenerateDataKey GenerateDataKeyWithoutPlaintext"
            " ReEncryptFrom ReEncryptTo",
            (f"arn:${{AWS::Partition}}:kms:{ACCOUNT}:key/*",),
        ),
        _limit("BackupLooks", "iam", "GetRole ListAttachedRolePolicies", (ROLES,)),
        Statement(
            "BackupPassesItself",
            ("iam:PassRole",),
            (ROLES,),
            (("StringEquals", "iam:PassedToService", ("backup.amazonaws.com",)),),
            _LIMIT,
        ),
        _limit(
            "BackupPlaces",
            "ec2",
            "DescribeAccountAttributes DescribeAvailabilityZones DescribeSecurityGroups"
            " DescribeSubnets DescribeVpcs DescribeInternetGateways",
        ),
        _limit(
            "SessionManager",
            "ssm",
            "DescribeAssociation DescribeDocument DescribeInstanceInformation"
            " GetDeployablePatchSnapshotForInstance GetDocument GetManifest GetParameter GetParameters"
            " ListAssociations ListInstanceAssociations PutComplianceItems PutConfigurePackageResult"
            " PutInventory UpdateAssociationStatus UpdateInstanceAssociationStatus"
            " UpdateInstanceInformation",
        ),
        _limit(
            "SessionManagerChannels",
            "ssmmessages",
            "CreateControlChannel CreateDataChannel OpenControlChannel OpenDataChannel",
        ),
        _limit(
            "SessionManagerMessages",
            "ec2messages",
            "AcknowledgeMessage DeleteMessage FailMessage GetEndpoint GetMessages SendReply",
        ),
    )
