"""Wrong states of backups: check, what is wrong, facts, a word of the claim."""

from __future__ import annotations

from datetime import timedelta

from showcore_cfn.verify.facts import backup, data
from tests.unit.verify.world import NOW, Case, changed, with_fields, with_item

DAYS_AGO = NOW - timedelta(days=2)


CASES: tuple[Case, ...] = (
    ("12.1-managed-keys", "12.1-a-key-of-our-own", changed(data.DATABASE_KEY, "CUSTOMER"), "CUSTOMER"),
    (
        "12.1-managed-keys",
        "11.1-a-key-for-the-vault",
        with_fields(backup.VAULT, key_manager="CUSTOMER"),
        "CUSTOMER",
    ),
    ("12.1-backup-retention", "12.1-a-month", with_fields(data.DATABASE, retention_days=30), "database"),
    (
        "12.1-backup-retention",
        "12.1-a-month-of-recovery-points",
        with_fields(
            backup.BACKUP_PLAN,
            rules=(backup.BackupRule("cron(0 3 * * ? *)", "showcore-backup-vault", 30, 480),),
        ),
        "AWS Backup",
    ),
    ("13.1-vault", "gone", changed(backup.VAULT, None), "the backup vault"),
    ("13.1-vault", "another-name", with_fields(backup.VAULT, name="Default"), "Default"),
    (
        "13.1-backup-plan",
        "11.2-another-hour",
        with_fields(
            backup.BACKUP_PLAN,
            rules=(backup.BackupRule("cron(0 9 * * ? *)", "showcore-backup-vault", 7, 480),),
        ),
        "schedule",
    ),
    (
        "13.1-backup-plan",
        "sundays-expire",
        with_fields(
            backup.BACKUP_PLAN,
            rules=(backup.BackupRule("cron(0 3 * * ? *)", "showcore-backup-vault", 7, 60),),
        ),
        "start window",
    ),
    (
        "13.1-backup-plan",
        "11.2-everything-tagged",
        with_fields(backup.BACKUP_PLAN, resources=("*",)),
        "selects",
    ),
    (
        "13.1-backup-plan",
        "11.2-any-environment",
        with_fields(backup.BACKUP_PLAN, conditions=(("Project", "ShowCore"),)),
        "with tags",
    ),
    ("13.1-backup-plan", "gone", changed(backup.BACKUP_PLAN, None), "the backup plan"),
    (
        "13.1-backup-jobs",
        "11.4-failed",
        with_item(backup.BACKUP_JOBS, 0, state="FAILED", message="no room"),
        "no room",
    ),
    ("13.1-backup-jobs", "11.4-expired", with_item(backup.BACKUP_JOBS, 0, state="EXPIRED"), "EXPIRED"),
    ("13.1-backup-jobs", "11.2-none-in-two-days", changed(backup.BACKUP_JOBS, ()), "none in two days"),
    (
        "13.1-recovery-point",
        "11.2-two-days-old",
        with_item(backup.RECOVERY_POINTS, 0, created=DAYS_AGO),
        "48 h ago",
    ),
    ("13.1-recovery-point", "11.2-partial", with_item(backup.RECOVERY_POINTS, 0, status="PARTIAL"), "never"),
    (
        "13.1-recovery-point",
        "11.2-of-another-database",
        with_item(backup.RECOVERY_POINTS, 0, resource="arn:aws:rds:us-east-1:111122223333:db:other"),
        "never",
    ),
    (
        "13.1-cache-snapshot",
        "11.3-two-days-old",
        with_item(data.CACHE_SNAPSHOTS, 0, created=DAYS_AGO),
        "48 h ago",
    ),
    (
        "13.1-cache-snapshot",
        "11.3-by-hand-only",
        with_item(data.CACHE_SNAPSHOTS, 0, source="manual"),
        "never",
    ),
    ("13.1-cache-events", "11.4-no-topic", with_fields(data.CACHE, topic_arn=""), "events go to"),
)
