"""Log groups: task 10.7."""

from __future__ import annotations

from showcore_cfn.check.policy.ask import lacks_number, said
from showcore_cfn.check.rules.rule import Hits, Item, Rulebook, Severity

BOOK = Rulebook("logs")
_RETENTION_DAYS = 7


@BOOK.rule(
    "PLAN-10.7-LOGS-7-DAYS",
    Severity.COST,
    "Logs are kept for 7 days",
    "AWS::Logs::LogGroup",
    why="The plan, 10.7: retention of 7 days. Without one a log group keeps, and bills, everything for ever.",
    remedy=f"Set RetentionInDays to {_RETENTION_DAYS}.",
    source="https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/Working-with-log-groups-and-streams.html",
)
def logs_are_kept_a_week(item: Item) -> Hits:
    node = item["RetentionInDays"]
    if lacks_number(node, _RETENTION_DAYS):
        yield node.hit(f"RetentionInDays {said(node)}")
