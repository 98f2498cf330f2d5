"""The five tags: tasks 2.2, 12.2 and 12.3."""

from __future__ import annotations

from collections.abc import Iterable

from showcore_cfn.check.policy.ask import REFERENCE
from showcore_cfn.check.rules.rule import Hits, Rulebook, Severity, View
from showcore_cfn.check.rules.view import Node
from showcore_cfn.template.schemas import schema

BOOK = Rulebook("tags")
_FIVE = ("Project", "Phase", "Environment", "ManagedBy", "CostCenter")
_FIXED = (
    "Project",
)  # enough where tags are create-only: a changed value of another would replace the resource
_RECOVERY_POINT = ("Project", "Phase", "Environment")


@BOOK.nest_rule(
    "PLAN-2.2-FIVE-TAGS",
    Severity.COST,
    "Every resource that takes tags carries the five",
    why="The plan, 2.2: Project, Phase, Environment, ManagedBy and CostCenter on every resource. What lacks one is"
    " missing from the bill's breakdown and from every search by tag.",
    remedy="Add the missing tags.",
    source=f"{REFERENCE}/aws-properties-resource-tags.html",
)
def five_tags(view: View) -> Hits:
    for item in view.items.values():
        described = schema(item.type)
        if described is not None and described.tag_property is not None:
            node = item[described.tag_property]
            create_only = (described.tag_property,) in described.create_only
            missing = _missing(node, _FIXED if create_only else _FIVE)
            if missing:
                yield node.hit(f"lacks the tag{'s' if len(missing) > 1 else ''} {', '.join(missing)}")


@BOOK.nest_rule(
    "PLAN-11.2-RECOVERY-POINT-TAGS",
    Severity.COST,
    "What a backup plan makes carries the cost allocation tags",
    why="The plan, 11.2: tag backup resources with Project, Phase and Environment. A recovery point does not"
    " inherit the tags of its plan.",
    remedy="Add the missing keys to RecoveryPointTags of the rule.",
    source=f"{REFERENCE}/aws-properties-backup-backupplan-backupruleresourcetype.html",
)
def recovery_points_are_tagged(view: View) -> Hits:
    for item in view.of("AWS::Backup::BackupPlan"):
        for rule in item.at("BackupPlan", "BackupPlanRule").each():
            node = rule["RecoveryPointTags"]
            missing = _missing(node, _RECOVERY_POINT)
            if missing:
                yield node.hit(f"recovery points lack {', '.join(missing)}")


def _missing(node: Node, wanted: Iterable[str]) -> list[str]:
    """The keys that are certainly not there; none while a part of the tags is not known."""
    if isinstance(node.value, dict):
        return [key for key in wanted if node[key].absent]
    if node.given and not isinstance(node.value, list):
        return []
    keys = [tag["Key"].text for tag in node.each()]
    return [] if None in keys else [key for key in wanted if key not in keys]
