"""Rules on silencing rules."""

from __future__ import annotations

from showcore_cfn.check.rules.rule import Hits, Item, Rulebook, Severity
from showcore_cfn.check.rules.silence import METADATA_KEY, SILENCE_KEY, is_reason, reasons

BOOK = Rulebook("metadata")
_DOC = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-metadata.html"


@BOOK.rule(
    "SC-META-001",
    Severity.RISK,
    "A silenced rule has a reason",
    "AWS::*",
    why="A rule that is silenced without a reason is not silenced: nobody could tell whether it still should be.",
    remedy="Write the reason as the value: `SC-RDS-003: why this resource is excused`.",
    source=_DOC,
)
def reason_missing(item: Item) -> Hits:
    for rule_id, reason in reasons(item.resource.raw).items():
        if not is_reason(reason):
            yield item.hit(
                f"{rule_id} is silenced without a reason.", "Metadata", METADATA_KEY, SILENCE_KEY, rule_id
            )


@BOOK.rule(
    "SC-META-002",
    Severity.STYLE,
    "A silenced rule exists",
    "AWS::*",
    why="Silencing an id that no rule has does nothing, and hides a slip of the fingers.",
    remedy="Take the line away, or write the id as `showcore validate --list-rules` shows it.",
    source=_DOC,
)
def unknown_rule(item: Item) -> Hits:
    from showcore_cfn.check.rules import find

    for rule_id in reasons(item.resource.raw):
        if rule_id.startswith("SC-") and find(rule_id) is None:
            yield item.hit(f"There is no rule {rule_id}.", "Metadata", METADATA_KEY, SILENCE_KEY, rule_id)
