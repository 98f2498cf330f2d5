"""AWS Backup: plans that are refused, and selections that back nothing up."""

from __future__ import annotations

import re

from showcore_cfn.check.rules import names, schedule_text
from showcore_cfn.check.rules.rule import Hits, Item, Rulebook, Severity, View
from showcore_cfn.check.rules.windows import DAY_MINUTES, WEEK_MINUTES, Window, overlap, weekly

BOOK = Rulebook("backup")
PLAN, SELECTION, VAULT = "AWS::Backup::BackupPlan", "AWS::Backup::BackupSelection", "AWS::Backup::BackupVault"
_DG = "https://docs.aws.amazon.com/aws-backup/latest/devguide"
_RULE = f"{_DG}/API_BackupRuleInput.html"
_SELECTION = f"{_DG}/API_BackupSelection.html"


@BOOK.rule(
    "SC-BKP-001",
    Severity.REFUSED,
    "A schedule of backups is a cron of six fields that exist",
    PLAN,
    why="AWS Backup takes the cron expressions of EventBridge, in UTC, and refuses others.",
    remedy="cron(0 3 * * ? *) is every day at 03:00 UTC.",
    source=f"{_DG}/creating-a-backup-plan.html",
)
def schedule(plan: Item) -> Hits:
    for rule in plan["BackupPlan"]["BackupPlanRule"].each():
        node = rule["ScheduleExpression"]
        problem = schedule_text.problem(node.text) if node.text is not None else None
        if problem is not None:
            yield node.hit(f"{problem}.")


@BOOK.rule(
    "SC-BKP-002",
    Severity.REFUSED,
    "A start window lasts 60 minutes at least, and the completion window is longer",
    PLAN,
    why="AWS Backup refuses shorter start windows, and completion windows that are not longer than the start window.",
    remedy="Set StartWindowMinutes to 60 or more and CompletionWindowMinutes above it.",
    source=_RULE,
)
def start_window(plan: Item) -> Hits:
    for rule in plan["BackupPlan"]["BackupPlanRule"].each():
        start, end = rule["StartWindowMinutes"].number, rule["CompletionWindowMinutes"].number
        if start is not None and start < 60:
            yield rule["StartWindowMinutes"].hit(
                f"A start window of {start:g} minutes is too short: 60 at least."
            )
        if start is not None and end is not None and end <= start:
            yield rule["CompletionWindowMinutes"].hit(
                f"{end:g} minutes are not more than the start window's {start:g}."
            )


@BOOK.rule(
    "SC-BKP-003",
    Severity.REFUSED,
    "A continuous backup is kept 35 days at most, and not in cold storage",
    PLAN,
    why="Point-in-time recovery goes back 35 days; AWS Backup refuses longer retention with EnableContinuousBackup.",
    remedy="Set DeleteAfterDays to 35 or less, and use a second rule for longer retention.",
    source=f"{_DG}/point-in-time-recovery.html",
)
def continuous_retention(plan: Item) -> Hits:
    for rule in plan["BackupPlan"]["BackupPlanRule"].each():
        days, cold = rule["Lifecycle"]["DeleteAfterDays"], rule["Lifecycle"]["MoveToColdStorageAfterDays"]
        if not rule["EnableContinuousBackup"].flag:
            continue
        if days.absent or (days.number is not None and days.number > 35):
            yield rule["EnableContinuousBackup"].hit(
                "Continuous backups need DeleteAfterDays between 1 and 35."
            )
        if cold.given:
            yield cold.hit("Continuous backups do not move to cold storage.")


_UNSUPPORTED = {
    "elasticache": "ElastiCache", "sqs": "SQS", "sns": "SNS", "lambda": "Lambda", "kinesis": "Kinesis",
    "ecr": "ECR", "ecs": "ECS", "es": "OpenSearch", "cognito-idp": "Cognito", "memorydb": "MemoryDB",
    "logs": "CloudWatch Logs", "secretsmanager": "Secrets Manager", "ssm": "Systems Manager", "kms": "KMS",
    "route53": "Route 53", "cloudfront": "CloudFront",
}  # fmt: skip


@BOOK.rule(
    "SC-BKP-004",
    Severity.DEAD,
    "A selection names resources that AWS Backup can back up",
    SELECTION,
    why="AWS Backup covers EC2, EBS, RDS, Aurora, DynamoDB, EFS, FSx, S3, Neptune, DocumentDB, Redshift, Timestream "
    "and a few more, not ElastiCache, queues or functions: nothing is ever backed up, and nothing says so.",
    remedy="For ElastiCache set SnapshotRetentionLimit and SnapshotWindow.",
    source=f"{_DG}/backup-feature-availability.html#supported-resources",
)
def unsupported(selection: Item) -> Hits:
    for node in selection["BackupSelection"]["Resources"].each():
        arn = names.arn(node.value)
        if arn is not None and arn.service in _UNSUPPORTED:
            yield node.hit(f"AWS Backup does not support {_UNSUPPORTED[arn.service]}.")
        else:
            item = node.target()
            service = item.type.split("::")[1].lower() if item is not None else ""
            if item is not None and service in _UNSUPPORTED:
                yield node.hit(f"AWS Backup does not support {item.type}.")


@BOOK.rule(
    "SC-BKP-005",
    Severity.REFUSED,
    "A condition names a tag as aws:ResourceTag/..., a list of tags by the key alone",
    SELECTION,
    why="Conditions compare condition keys, ListOfTags compares tag keys.",
    remedy="Write aws:ResourceTag/Project in Conditions, and Project in ListOfTags.",
    source=_SELECTION,
)
def tag_keys(selection: Item) -> Hits:
    node = selection["BackupSelection"]
    for _, operator in node["Conditions"].entries():
        for condition in operator.each():
            text = condition["ConditionKey"].text
            if text is not None and not text.startswith("aws:ResourceTag/"):
                yield condition["ConditionKey"].hit(f"{text} is no condition key.")
    for entry in node["ListOfTags"].each():
        if (entry["ConditionKey"].text or "").startswith("aws:"):
            yield entry["ConditionKey"].hit(f"{entry['ConditionKey'].text} is no key of a tag.")


@BOOK.rule(
    "SC-BKP-006",
    Severity.REFUSED,
    "A wildcard stands at the end of a selected ARN",
    SELECTION,
    why="AWS Backup matches prefixes: the part that names the resource may end in an asterisk and hold no other.",
    remedy="Select by tag instead.",
    source=_SELECTION,
)
def wildcard(selection: Item) -> Hits:
    for name in ("Resources", "NotResources"):
        for node in selection["BackupSelection"][name].each():
            arn = names.arn(node.value)
            if arn is not None and "*" in arn.resource.removesuffix("*"):
                yield node.hit(f"{node.shown} holds an asterisk before its end.")


@BOOK.rule(
    "SC-BKP-007",
    Severity.DEAD,
    "A selection selects something",
    SELECTION,
    why="Without resources, tags and conditions a selection is refused or, worse, selects everything.",
    remedy="Name resources, or tags.",
    source=_SELECTION,
)
def empty_selection(selection: Item) -> Hits:
    node = selection["BackupSelection"]
    if node.entries() and all(
        node[name].absent for name in ("Resources", "ListOfTags", "Conditions", "NotResources")
    ):
        yield node.hit("Neither Resources nor ListOfTags nor Conditions is given.")


@BOOK.nest_rule(
    "SC-BKP-008",
    Severity.DEAD,
    "A plan has a selection",
    why="A plan without a selection backs nothing up.",
    remedy="Add an AWS::Backup::BackupSelection.",
    source=f"{_DG}/assigning-resources.html",
)
def plan_without_selection(view: View) -> Hits:
    selected = [s["BackupPlanId"].target(PLAN) for s in view.of(SELECTION)]
    for plan in view.of(PLAN):
        if plan not in selected and view.complete and plan.path not in view.shown:
            yield plan.hit(f"Nothing is assigned to {plan.id}.")


@BOOK.rule(
    "SC-BKP-009",
    Severity.REFUSED,
    "A rule names its vault, a copy the ARN of its vault",
    PLAN,
    why="TargetBackupVault is a name; DestinationBackupVaultArn an ARN.",
    remedy="Use !Ref of the vault for the target, !GetAtt Vault.BackupVaultArn for copies.",
    source=_RULE,
)
def vault_name(plan: Item) -> Hits:
    for rule in plan["BackupPlan"]["BackupPlanRule"].each():
        node = rule["TargetBackupVault"]
        by_arn = node.reference is not None and node.reference.attribute == "BackupVaultArn"
        if by_arn or (node.text or "").startswith("arn:"):
            yield node.hit(f"{node.shown} is an ARN, not a name.")
        for copy in rule["CopyActions"].each():
            target = copy["DestinationBackupVaultArn"]
            by_name = target.reference is not None and target.reference.attribute != "BackupVaultArn"
            if (by_name and target.target(VAULT) is not None) or (target.text or "arn:")[:4] != "arn:":
                yield target.hit(f"{target.shown} is no ARN.")


@BOOK.nest_rule(
    "SC-BKP-010",
    Severity.DEAD,
    "A rule keeps what its vault's lock demands",
    why="A job whose retention lies outside MinRetentionDays and MaxRetentionDays of the vault fails.",
    remedy="Set DeleteAfterDays inside the lock.",
    source=f"{_DG}/vault-lock.html",
)
def vault_lock(view: View) -> Hits:
    for plan in view.of(PLAN):
        for rule in plan["BackupPlan"]["BackupPlanRule"].each():
            vault = rule["TargetBackupVault"].target(VAULT)
            days = rule["Lifecycle"]["DeleteAfterDays"].number
            if vault is None or days is None:
                continue
            least = vault["LockConfiguration"]["MinRetentionDays"].number
            most = vault["LockConfiguration"]["MaxRetentionDays"].number
            if (least is not None and days < least) or (most is not None and days > most):
                yield rule["Lifecycle"].hit(f"{days:g} days lie outside the lock of {vault.id}.")


@BOOK.rule(
    "SC-BKP-011",
    Severity.REFUSED,
    "A vault lock is ordered, and can be changed for three days at least",
    VAULT,
    why="ChangeableForDays is 3 or more; MinRetentionDays must not exceed MaxRetentionDays.",
    remedy="Raise ChangeableForDays, or leave it out for a lock that administrators can lift.",
    source=f"{_DG}/API_PutBackupVaultLockConfiguration.html",
)
def lock_values(vault: Item) -> Hits:
    node = vault["LockConfiguration"]
    grace, least, most = (
        node[n].number for n in ("ChangeableForDays", "MinRetentionDays", "MaxRetentionDays")
    )
    if grace is not None and grace < 3:
        yield node["ChangeableForDays"].hit(f"{grace:g} days are too few: 3 at least.")
    if least is not None and most is not None and least > most:
        yield node.hit(f"MinRetentionDays {least:g} exceeds MaxRetentionDays {most:g}.")


@BOOK.nest_rule(
    "SC-BKP-012",
    Severity.RISK,
    "A job on a database can wait until its maintenance window is over",
    why="AWS Backup starts no RDS job in the hour before the maintenance window or during it; when the start window "
    "ends before that, the job of that day expires.",
    remedy="Raise StartWindowMinutes, or move the schedule or the maintenance window.",
    source=f"{_DG}/creating-a-backup-plan.html",
)
def blocked_by_maintenance(view: View) -> Hits:
    databases = [
        db for db in view.of("AWS::RDS::DBInstance") if weekly(db["PreferredMaintenanceWindow"].text)
    ]
    for plan in view.of(PLAN) if _covers_databases(view) else ():
        for rule in plan["BackupPlan"]["BackupPlanRule"].each():
            minutes = rule["StartWindowMinutes"].number
            for hour, minute in schedule_text.times_a_day(rule["ScheduleExpression"].text or ""):
                for db in databases:
                    window = weekly(db["PreferredMaintenanceWindow"].text)
                    if window is not None and minutes and _swallowed(hour * 60 + minute, minutes, window):
                        yield rule["StartWindowMinutes"].hit(
                            f"At {hour:02}:{minute:02} with {minutes:g} minutes a job cannot outlast the maintenance "
                            f"window {db['PreferredMaintenanceWindow'].text} of {db.id}."
                        )


def _covers_databases(view: View) -> bool:
    for selection in view.of(SELECTION):
        for node in selection["BackupSelection"]["Resources"].each():
            arn = names.arn(node.value)
            if (arn is not None and arn.service == "rds") or node.target("AWS::RDS::DBInstance") is not None:
                return True
    return False


def _swallowed(start: int, minutes: float, window: Window) -> bool:
    """Whether the whole start window of some day lies between an hour before the maintenance window and its end."""
    blocked = Window((window.start - 60) % WEEK_MINUTES, window.length + 60, WEEK_MINUTES)
    job = Window(start, int(min(minutes, DAY_MINUTES)), DAY_MINUTES)
    if not overlap(job, blocked):
        return False
    days = range(start, WEEK_MINUTES, DAY_MINUTES)
    return any((day - blocked.start) % WEEK_MINUTES + minutes <= blocked.length for day in days)


@BOOK.rule(
    "SC-BKP-013",
    Severity.REFUSED,
    "A vault's name has 2 to 50 letters, digits, hyphens and underscores",
    VAULT,
    why="Also behind a Sub: other characters are refused.",
    remedy="Use the plain characters.",
    source=f"{_DG}/API_CreateBackupVault.html",
)
def vault_alphabet(vault: Item) -> Hits:
    node = vault["BackupVaultName"]
    pieces = [piece for piece in node.pieces if piece]
    odd = any(not re.fullmatch(r"[A-Za-z0-9_-]*", piece) for piece in pieces)
    if node.pieces and (odd or names.least_length(node.value) > 50):
        yield node.hit(f"{node.shown} is no name for a vault.")
