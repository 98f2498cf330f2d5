"""Backup plans: task 11.2."""

from __future__ import annotations

from showcore_cfn.check.policy.ask import REFERENCE, lacks_number, said
from showcore_cfn.check.rules.rule import Hits, Item, Rulebook, Severity

BOOK = Rulebook("backup")
_PLAN = "AWS::Backup::BackupPlan"
_RULE_PAGE = f"{REFERENCE}/aws-properties-backup-backupplan-backupruleresourcetype.html"
_KEPT_DAYS = 7
_DAILY_AT_3 = ("0", "3", "*", "*", "*", "*")  # `?` stands for `*`


@BOOK.rule(
    "PLAN-11.2-KEPT-7-DAYS",
    Severity.COST,
    "Recovery points are kept for 7 days",
    _PLAN,
    why="The plan, 11.2 and 12.1: retention of 7 days. Without a lifecycle recovery points stay for ever.",
    remedy=f"Set Lifecycle.DeleteAfterDays to {_KEPT_DAYS}.",
    source=_RULE_PAGE,
)
def recovery_points_expire(item: Item) -> Hits:
    for rule in item.at("BackupPlan", "BackupPlanRule").each():
        node = rule.at("Lifecycle", "DeleteAfterDays")
        if lacks_number(node, _KEPT_DAYS):
            yield node.hit(f"DeleteAfterDays {said(node)}")


@BOOK.rule(
    "PLAN-11.2-DAILY",
    Severity.STYLE,
    "Backups are made daily at 03:00 UTC",
    _PLAN,
    why="The plan, 11.2: a daily schedule at 03:00 UTC. AWS Backup's own is 05:00.",
    remedy="Set ScheduleExpression to cron(0 3 * * ? *).",
    source=_RULE_PAGE,
)
def backups_are_daily(item: Item) -> Hits:
    for rule in item.at("BackupPlan", "BackupPlanRule").each():
        node = rule["ScheduleExpression"]
        if node.absent or (node.text is not None and not _daily_at_3(node.text)):
            yield node.hit(f"the schedule {said(node)}")


def _daily_at_3(expression: str) -> bool:
    fields = expression.removeprefix("cron(").removesuffix(")").replace("?", "*").split()
    return expression.startswith("cron(") and tuple(fields) == _DAILY_AT_3
