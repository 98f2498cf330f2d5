"""What the plan's section 14 finds out by doing something: probes from inside the VPC, restores, alarms rung."""

from __future__ import annotations

from dataclasses import dataclass

from showcore_cfn.verify.facts.alerts import ALARMS, TOPICS
from showcore_cfn.verify.facts.data import CACHE, DATABASE
from showcore_cfn.verify.facts.stack import STACK
from showcore_cfn.verify.facts.storage import BUCKETS, DISTRIBUTION
from showcore_cfn.verify.look import CouldNotLook, Fact

PASSED, FAILED, BLIND = "passed", "failed", "blind"


@dataclass(frozen=True, slots=True)
class Said:
    """One line of a probe."""

    verdict: str
    name: str
    seen: str


@dataclass(frozen=True, slots=True)
class Restoration:
    """One restore drill: the copy, what was made of it, and whether the marker came back."""

    copy: str
    restored: str
    address: str
    marker: str
    seen: str
    minutes: float


@dataclass(frozen=True, slots=True)
class RungAlarm:
    """One alarm that was set off: the topics that CloudWatch says it published to, or what went wrong."""

    name: str
    told: tuple[str, ...]
    trouble: str = ""


def understood(output: str, trouble: str = "") -> tuple[Said, ...]:
    """The lines of a probe's output. Raises CouldNotLook where it said nothing: `trouble` is then the reason."""
    rows = [line.split("\t") for line in output.splitlines()]
    said = tuple(Said(*row) for row in rows if len(row) == 3 and row[0] in (PASSED, FAILED, BLIND))
    if not said:
        raise CouldNotLook(f"the probe said nothing: {(trouble or output).strip()[:300] or 'no reason'}")
    return said


_PROBE_STACK = (  # what it is made of, CloudFormation makes with its own role
    "cloudformation:CreateChangeSet",
    "cloudformation:DeleteChangeSet",
    "cloudformation:DeleteStack",
    "cloudformation:DescribeChangeSet",
    "cloudformation:DescribeEvents",
    "cloudformation:DescribeStackEvents",
    "cloudformation:ExecuteChangeSet",
    "cloudformation:GetTemplate",
    "cloudformation:ListChangeSets",
    "cloudformation:TagResource",
    "iam:PassRole",
    "ssm:DescribeInstanceInformation",
    "ssm:GetCommandInvocation",
    "ssm:SendCommand",
)
_SECRET = (
    "secretsmanager:GetSecretValue",
    "ssm:AddTagsToResource",
    "ssm:DeleteParameter",
    "ssm:PutParameter",
)
_RESTORED_DATABASE = (
    "rds:AddTagsToResource",
    "rds:CreateDBSnapshot",
    "rds:DeleteDBInstance",
    "rds:DeleteDBSnapshot",
    "rds:DescribeDBInstances",
    "rds:DescribeDBSnapshots",
    "rds:ModifyDBInstance",
    "rds:RestoreDBInstanceFromDBSnapshot",
)
_RESTORED_BACKUP = (
    "backup:DeleteRecoveryPoint",
    "backup:DescribeBackupJob",
    "backup:DescribeRestoreJob",
    "backup:GetRecoveryPointRestoreMetadata",
    "backup:StartBackupJob",
    "backup:StartRestoreJob",
    "iam:PassRole",
)
_RESTORED_CACHE = (
    "elasticache:AddTagsToResource",
    "elasticache:CreateReplicationGroup",
    "elasticache:CreateSnapshot",
    "elasticache:DeleteReplicationGroup",
    "elasticache:DeleteSnapshot",
    "elasticache:DescribeReplicationGroups",
    "elasticache:DescribeSnapshots",
)

DATABASE_PROBE: Fact[tuple[Said, ...]] = Fact(
    "what psql sees from the private subnet", (*_PROBE_STACK, *_SECRET), (STACK, DATABASE)
)
CACHE_PROBE: Fact[tuple[Said, ...]] = Fact(
    "what redis-cli sees from the private subnet", _PROBE_STACK, (STACK, CACHE)
)
ENDPOINT_PROBE: Fact[tuple[Said, ...]] = Fact(
    "what the AWS CLI sees from the private subnet", _PROBE_STACK, (STACK,)
)
CDN_PROBE: Fact[tuple[Said, ...]] = Fact(
    "what curl sees of the distribution from here",
    ("s3:DeleteObject", "s3:DeleteObjectVersion", "s3:ListBucketVersions", "s3:PutObject"),
    (STACK, BUCKETS, DISTRIBUTION),
)
RESTORED_SNAPSHOT: Fact[Restoration] = Fact(
    "a database restored from a snapshot of RDS",
    (*_PROBE_STACK, *_SECRET, *_RESTORED_DATABASE),
    (STACK, DATABASE),
)
RESTORED_BACKUP: Fact[Restoration] = Fact(
    "a database restored from a recovery point of AWS Backup",
    (*_PROBE_STACK, *_SECRET, *_RESTORED_DATABASE, *_RESTORED_BACKUP),
    (STACK, DATABASE),
)
RESTORED_CACHE: Fact[Restoration] = Fact(
    "a cache restored from a snapshot", (*_PROBE_STACK, *_RESTORED_CACHE), (STACK, CACHE)
)
RUNG_ALARMS: Fact[tuple[RungAlarm, ...]] = Fact(
    "what happens when an alarm goes off",
    ("cloudwatch:SetAlarmState", "cloudwatch:DescribeAlarmHistory"),
    (STACK, ALARMS, TOPICS),
)
