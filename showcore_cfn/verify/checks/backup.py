"""Backups as the plan's 11 wants them: the vault, the plan, and that it works."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from showcore_cfn.verify.check import check
from showcore_cfn.verify.checks.data import the_cache, the_database
from showcore_cfn.verify.checks.remedies import MEND
from showcore_cfn.verify.claim import Claim, equal, moment, newer_than, that, unseen
from showcore_cfn.verify.expected import BACKUP_RETENTION_DAYS, NEWEST_BACKUP_HOURS, Expected
from showcore_cfn.verify.facts.backup import (
    BACKUP_JOBS,
    BACKUP_PLAN,
    RECOVERY_POINTS,
    VAULT,
    BackupPlan,
    Vault,
)
from showcore_cfn.verify.facts.data import CACHE, CACHE_SNAPSHOTS, DATABASE, DATABASE_KEY
from showcore_cfn.verify.facts.stack import STACK
from showcore_cfn.verify.look import Look, Missing

DAILY_AT_THREE = "cron(0 3 * * ? *)"  # 11.2, UTC
SHORTEST_START_WINDOW_MINUTES = 180  # on Sundays the job waits for the maintenance window to end at 05:00
FAILED_STATES = ("FAILED", "ABORTED", "EXPIRED")
_FIRST_NIGHT = timedelta(hours=NEWEST_BACKUP_HOURS)


def _the_vault(look: Look) -> Vault:
    found = look(VAULT)
    if found is None:
        raise Missing("the backup vault in AWS Backup")
    return found


def _the_plan(look: Look) -> BackupPlan:
    found = look(BACKUP_PLAN)
    if found is None:
        raise Missing("the backup plan in AWS Backup")
    return found


@check(
    "13.1-vault",
    "The vault stands",
    sees=(STACK, VAULT),
    remedy=MEND,
)
def vault(look: Look, want: Expected) -> Iterator[Claim]:
    """11.1."""
    yield equal("vault", _the_vault(look).name, want.named("backup-vault"))


@check(
    "12.1-managed-keys",
    "Database and vault are encrypted with keys that AWS manages",
    sees=(STACK, DATABASE, DATABASE_KEY, VAULT),
    remedy="A key cannot be changed: restore a snapshot with the AWS managed key, then deploy from there.",
    deviation="RDS and AWS Backup always encrypt with a KMS key; the AWS managed ones cost nothing.",
)
def managed_keys(look: Look, _want: Expected) -> Iterator[Claim]:
    """5.2, 11.1, 12.1."""
    yield equal(f"{the_database(look).key} is managed by", look(DATABASE_KEY), "AWS")
    yield equal(f"{_the_vault(look).key} is managed by", _the_vault(look).key_manager, "AWS")


@check(
    "13.1-backup-plan",
    "The plan backs the database up daily at 03:00 UTC",
    sees=(STACK, BACKUP_PLAN),
    remedy=MEND,
)
def backup_plan(look: Look, want: Expected) -> Iterator[Claim]:
    """11.2."""
    found = _the_plan(look)
    yield equal("plan", found.name, want.named("rds-backup-plan"))
    yield equal("schedule", [rule.schedule for rule in found.rules], [DAILY_AT_THREE])
    for rule in found.rules:
        yield equal("vault", rule.vault, want.named("backup-vault"))
        minutes = rule.start_window_minutes
        wanted = f"at least {SHORTEST_START_WINDOW_MINUTES}"
        yield that("start window in minutes", minutes >= SHORTEST_START_WINDOW_MINUTES, minutes, wanted)
    yield equal("selects", found.resources, ["arn:aws:rds:*:*:db:*"])
    tags = {key: want.tags[key] for key in ("Project", "Environment")}
    yield equal("with tags", [f"{k}={v}" for k, v in found.conditions], [f"{k}={v}" for k, v in tags.items()])


@check(
    "12.1-backup-retention",
    "Backups are kept seven days",
    sees=(STACK, DATABASE, CACHE, BACKUP_PLAN),
    remedy=f"{MEND} Each further day of a full database costs about 2 USD a month.",
)
def backup_retention(look: Look, _want: Expected) -> Iterator[Claim]:
    """5.3, 6.3, 11.2, 12.1."""
    yield equal("database, in days", the_database(look).retention_days, BACKUP_RETENTION_DAYS)
    yield equal("cache, in days", the_cache(look).retention_days, BACKUP_RETENTION_DAYS)
    for rule in _the_plan(look).rules:
        yield equal("AWS Backup, in days", rule.delete_after_days, BACKUP_RETENTION_DAYS)


@check(
    "13.1-backup-jobs",
    "The backup jobs of the last two days went well",
    sees=(STACK, BACKUP_JOBS),
    remedy="Read the job's message; `showcore runbook rds-backup-restore` has the steps of a backup by hand.",
)
def backup_jobs(look: Look, want: Expected) -> Iterator[Claim]:
    """11.2, 11.4."""
    jobs = look(BACKUP_JOBS)
    if not jobs:
        yield _not_yet(look, want, "backup jobs")
    for job in jobs:
        said = f"{job.state} {job.message}".strip()
        yield that(
            f"job {job.id} of {moment(job.created)}", job.state not in FAILED_STATES, said, "COMPLETED"
        )


@check(
    "13.1-recovery-point",
    "The newest recovery point of the database is young",
    sees=(STACK, DATABASE, RECOVERY_POINTS),
    remedy="Start a job by hand, as `showcore runbook rds-backup-restore` says, and look at the last jobs.",
)
def recovery_point(look: Look, want: Expected) -> Iterator[Claim]:
    """11.2."""
    name = f":db:{the_database(look).id}"
    made = [p.created for p in look(RECOVERY_POINTS) if p.resource.endswith(name) and p.status == "COMPLETED"]
    yield _newest(look, want, "newest recovery point", made)


@check(
    "13.1-cache-snapshot",
    "The newest automatic snapshot of the cache is young",
    sees=(STACK, CACHE_SNAPSHOTS),
    remedy="Look at the cache's events for a failed snapshot, then `showcore runbook elasticache-backup-restore`.",
    deviation="AWS Backup does not cover ElastiCache: its own daily snapshots stand in.",
)
def cache_snapshot(look: Look, want: Expected) -> Iterator[Claim]:
    """11.3, 11.4."""
    made = [s for s in look(CACHE_SNAPSHOTS) if s.source.startswith("auto") and s.status == "available"]
    yield _newest(look, want, "newest automatic snapshot", [s.created for s in made if s.created])
    wanted = f"at most {BACKUP_RETENTION_DAYS}"
    yield that("automatic snapshots kept", len(made) <= BACKUP_RETENTION_DAYS, len(made), wanted)


def _newest(look: Look, want: Expected, what: str, made: Sequence[datetime]) -> Claim:
    if not made and want.now - look(STACK).root.created < _FIRST_NIGHT:
        return _not_yet(look, want, what)
    return newer_than(what, max(made, default=None), _FIRST_NIGHT, want.now)


def _not_yet(look: Look, want: Expected, what: str) -> Claim:
    """Nothing after the first night is a failure; before it, nothing can be seen yet."""
    created = look(STACK).root.created
    if want.now - created < _FIRST_NIGHT:
        return unseen(
            what, f"the stack stands since {moment(created)}; the first job runs at 03:00 UTC", "some"
        )
    return equal(what, "none in two days", "some")
