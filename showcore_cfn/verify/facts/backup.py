"""AWS Backup: the vault, the plan, its jobs and recovery points."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from showcore_cfn.verify.facts.stack import STACK
from showcore_cfn.verify.look import Fact


@dataclass(frozen=True, slots=True)
class Vault:
    """The backup vault; `key_manager` is AWS or CUSTOMER."""

    name: str
    arn: str
    key: str
    key_manager: str


@dataclass(frozen=True, slots=True)
class BackupRule:
    """One rule of the backup plan."""

    schedule: str
    vault: str
    delete_after_days: int
    start_window_minutes: int


@dataclass(frozen=True, slots=True)
class BackupPlan:
    """The backup plan and what it selects."""

    name: str
    rules: tuple[BackupRule, ...]
    resources: tuple[str, ...]
    conditions: tuple[tuple[str, str], ...]  # tag key -> value, all of which must hold


@dataclass(frozen=True, slots=True)
class BackupJob:
    """One job of the vault."""

    id: str
    state: str
    resource: str
    created: datetime
    message: str = ""


@dataclass(frozen=True, slots=True)
class RecoveryPoint:
    """One recovery point of the vault."""

    arn: str
    resource: str
    status: str
    created: datetime


VAULT: Fact[Vault | None] = Fact(
    "the backup vault", ("backup:DescribeBackupVault", "kms:DescribeKey"), (STACK,)
)
BACKUP_PLAN: Fact[BackupPlan | None] = Fact(
    "the backup plan",
    ("backup:GetBackupPlan", "backup:ListBackupSelections", "backup:GetBackupSelection"),
    (STACK,),
)
BACKUP_JOBS: Fact[tuple[BackupJob, ...]] = Fact(
    "backup jobs of the last two days", ("backup:ListBackupJobs",), (STACK,)
)
RECOVERY_POINTS: Fact[tuple[RecoveryPoint, ...]] = Fact(
    "recovery points", ("backup:ListRecoveryPointsByBackupVault",), (STACK,)
)
