"""The vault, its plan, jobs and recovery points, from AWS Backup."""

from __future__ import annotations

from datetime import timedelta

from showcore_cfn.aws.inventory import Answer, Source, reading, text
from showcore_cfn.aws.inventory_data import key_manager
from showcore_cfn.verify.facts.backup import (
    BACKUP_JOBS,
    BACKUP_PLAN,
    RECOVERY_POINTS,
    VAULT,
    BackupJob,
    BackupPlan,
    BackupRule,
    RecoveryPoint,
    Vault,
)
from showcore_cfn.verify.facts.stack import STACK
from showcore_cfn.verify.look import Look

_GONE = ("ResourceNotFoundException",)
_JOBS_SINCE = timedelta(days=2)


def _vault_name(look: Look) -> str:
    return look(STACK).only("AWS::Backup::BackupVault")


def _vault(source: Source, look: Look) -> Vault | None:
    name = _vault_name(look)
    found = source.ask_or(_GONE, "backup", "describe_backup_vault", BackupVaultName=name)
    if found is None:
        return None
    key = text(found, "EncryptionKeyArn")
    manager = key_manager(source, key) if key else ""
    return Vault(text(found, "BackupVaultName"), text(found, "BackupVaultArn"), key, manager)


def _backup_plan(source: Source, look: Look) -> BackupPlan | None:
    id_ = look(STACK).only("AWS::Backup::BackupPlan")
    found = source.ask_or(_GONE, "backup", "get_backup_plan", BackupPlanId=id_)
    if found is None:
        return None
    selections = [
        source.ask("backup", "get_backup_selection", BackupPlanId=id_, SelectionId=each["SelectionId"])
        for each in source.pages("backup", "list_backup_selections", "BackupSelectionsList", BackupPlanId=id_)
    ]
    return BackupPlan(
        name=text(found["BackupPlan"], "BackupPlanName"),
        rules=tuple(_rule(each) for each in found["BackupPlan"].get("Rules") or ()),
        resources=tuple(arn for each in selections for arn in each["BackupSelection"].get("Resources") or ()),
        conditions=tuple(pair for each in selections for pair in _conditions(each["BackupSelection"])),
    )


def _rule(answer: Answer) -> BackupRule:
    return BackupRule(
        schedule=text(answer, "ScheduleExpression"),
        vault=text(answer, "TargetBackupVaultName"),
        delete_after_days=int((answer.get("Lifecycle") or {}).get("DeleteAfterDays") or 0),
        start_window_minutes=int(answer.get("StartWindowMinutes") or 0),
    )


def _conditions(selection: Answer) -> list[tuple[str, str]]:
    equal = (selection.get("Conditions") or {}).get("StringEquals") or ()
    return [
        (text(each, "ConditionKey").removeprefix("aws:ResourceTag/"), text(each, "ConditionValue"))
        for each in equal
    ]


def _jobs(source: Source, look: Look) -> tuple[BackupJob, ...]:
    found = source.pages(
        *("backup", "list_backup_jobs", "BackupJobs"),
        ByBackupVaultName=_vault_name(look),
        ByCreatedAfter=source.want.now - _JOBS_SINCE,
    )
    return tuple(
        BackupJob(
            id=text(each, "BackupJobId"),
            state=text(each, "State"),
            resource=text(each, "ResourceArn"),
            created=each["CreationDate"],
            message=text(each, "StatusMessage"),
        )
        for each in found
    )


def _recovery_points(source: Source, look: Look) -> tuple[RecoveryPoint, ...]:
    found = source.pages(
        *("backup", "list_recovery_points_by_backup_vault", "RecoveryPoints"),
        BackupVaultName=_vault_name(look),
    )
    return tuple(
        RecoveryPoint(
            arn=text(each, "RecoveryPointArn"),
            resource=text(each, "ResourceArn"),
            status=text(each, "Status"),
            created=each["CreationDate"],
        )
        for each in found
    )


READINGS = (
    reading(VAULT, _vault),
    reading(BACKUP_PLAN, _backup_plan),
    reading(BACKUP_JOBS, _jobs),
    reading(RECOVERY_POINTS, _recovery_points),
)
