"""What becomes of an old resource, and what CloudFormation will not do at all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from showcore_cfn.review import known
from showcore_cfn.review.compare import Kind
from showcore_cfn.review.diff import Action, Difference
from showcore_cfn.review.impact import Affected, Fate, Impact
from showcore_cfn.review.moves import Key, key
from showcore_cfn.review.resolve import Resource
from showcore_cfn.review.values import references, text_of
from showcore_cfn.template.json_types import Json
from showcore_cfn.template.load import TemplateSet
from showcore_cfn.template.schemas import schema

_FATES: Final = {
    "Delete": Fate.DELETED,
    "Retain": Fate.KEPT,
    "RetainExceptOnCreate": Fate.KEPT,
    "Snapshot": Fate.SNAPSHOT,
}


def decided(found: list[Affected], difference: Difference) -> tuple[Affected, ...]:
    """The affected resources with the fate of the old one, what it holds, and what is refused."""
    stacks = {key(resource): resource for resource in difference.base.resources.values()}
    with_fates = [_with_fate(affected, difference, stacks) for affected in found]
    leaving = _leaving(with_fates)
    return tuple(affected._replace(refusal=_refusal(affected, leaving)) for affected in with_fates)


def _with_fate(affected: Affected, difference: Difference, stacks: dict[Key, Resource]) -> Affected:
    change = affected.change
    held = known.holds(change.resource.type)
    if change.before is None:
        return affected
    if change.action in (Action.REMOVE, Action.MOVE):
        return affected._replace(fate=_deletion(change.before, difference, stacks), holds=held)
    if affected.impact >= Impact.POSSIBLE and change.after is not None:
        policy = change.after.raw.get("UpdateReplacePolicy", "Delete")
        return affected._replace(fate=_FATES.get(str(policy), Fate.DELETED), holds=held)
    return affected


def _deletion(resource: Resource, difference: Difference, stacks: dict[Key, Resource]) -> Fate:
    """By the policy that the resource was deployed with, or that of a nested stack around it that goes too."""
    own = key(resource)
    for depth in range(2, len(own)):
        around = stacks.get(own[:depth])
        if around is None or around.path in difference.head.resources:
            continue
        if _FATES.get(str(around.raw.get("DeletionPolicy"))) is Fate.KEPT:
            return Fate.KEPT
    policy = resource.raw.get("DeletionPolicy")
    if policy is None:
        snapshot = known.snapshot_by_default(resource.type, resource.properties)
        return Fate.SNAPSHOT if snapshot else Fate.DELETED
    return _FATES.get(str(policy), Fate.DELETED)


def _leaving(found: Iterable[Affected]) -> dict[tuple[str, str], str]:
    """The path of each removed resource with a fixed name, by type and name."""
    leaving: dict[tuple[str, str], str] = {}
    for affected in found:
        resource = affected.change.before
        if affected.change.action is Action.REMOVE and resource is not None:
            name = known.physical_name(resource.type, schema(resource.type), resource.properties)
            if name is not None:
                leaving[resource.type, str(name[1])] = resource.path
    return leaving


def _refusal(affected: Affected, leaving: dict[tuple[str, str], str]) -> str:
    before, after = affected.change.before, affected.change.after
    if after is None:
        return ""
    if before is not None and before.type != after.type:
        return (
            f"{after.path} changes its type from {before.type} to {after.type}, which CloudFormation does not "
            f"take. Give the new resource another logical id."
        )
    if before is not None and affected.impact is not Impact.REPLACEMENT:
        return ""
    if before is not None and (block := _block_in_use(affected, before, after)):
        kept = "its logical id" if affected.change.action is Action.MOVE else ", ".join(affected.forced_by)
        return (
            f"{after.path} must be replaced but keeps its CidrBlock {block}: the new subnet is created first, and two "
            f"of one VPC cannot overlap. Keep {kept} as it was, or change CidrBlock too."
        )
    name = known.physical_name(after.type, schema(after.type), after.properties)
    if name is None:
        return ""
    if before is None:
        old = leaving.get((after.type, str(name[1])))
        return _taken(old, after.path, str(name[1])) if old is not None else ""
    old_name = known.physical_name(before.type, schema(before.type), before.properties)
    if known.same_name(old_name, name) is None:
        return ""
    if affected.change.action is Action.MOVE:
        return _taken(before.path, after.path, str(name[1]))
    return (
        f"{after.path} must be replaced but keeps its fixed {name[0]} {name[1]}, and two cannot have the same "
        f"name. Change {name[0]} in the same deployment, or remove the resource in one and add it in the next."
    )


def _block_in_use(affected: Affected, before: Resource, after: Resource) -> str:
    """The address range that the old subnet still has when the new one is created; empty where it is free.

    https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html: the ranges of two subnets of a VPC
    cannot overlap.
    """
    if after.type != "AWS::EC2::Subnet" or any(where.startswith("VpcId") for where in affected.forced_by):
        return ""  # in another VPC every range is free
    blocks = [
        side.properties.get("CidrBlock") for side in (before, after) if isinstance(side.properties, dict)
    ]
    return text_of(blocks[1]) if len(blocks) == 2 and blocks[0] and blocks[0] == blocks[1] else ""


def _taken(old: str, new: str, name: str) -> str:
    return (
        f"{old} is removed and {new} added with its name {name}: the new one is created first and finds the name "
        f"taken. Give it another name, or remove the old one in a deployment of its own."
    )


def export_refusals(
    difference: Difference, affected: Iterable[Affected], templates: TemplateSet
) -> Iterator[tuple[str, bool]]:
    """(sentence, whether it is certain) for each export that goes or changes while it may be imported.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-exports.html: an exported
    value cannot be removed or changed while another stack imports it.
    """
    changed = {str(edit.place[0]): edit.kind for edit in difference.exports if edit.kind is not Kind.ADDED}
    replaced = {a.path for a in affected if a.impact is Impact.REPLACEMENT}
    for name, output in difference.head.exports.items():
        if any(ref.path in replaced for ref in references(difference.head.outputs.get(output))):
            changed.setdefault(name, Kind.CHANGED)
    imported = set(_imports(templates)) if changed else set()
    for name, kind in changed.items():
        verb = "goes away" if kind is Kind.REMOVED else "changes its value"
        if name in imported:
            yield f"The export {name} {verb} while a template of this set imports it. {_FIRST}", True
        else:
            yield (
                f"The export {name} {verb}, which CloudFormation refuses while another stack imports it.",
                False,
            )


_FIRST: Final = "Take the import out in a deployment before this one."


def _imports(templates: TemplateSet) -> Iterator[str]:
    waiting: list[Json] = [document.body for document in templates.documents.values()]
    while waiting:
        item = waiting.pop()
        if isinstance(item, dict):
            name = item.get("Fn::ImportValue")
            if isinstance(name, str):
                yield name
            waiting.extend(item.values())
        elif isinstance(item, list):
            waiting.extend(item)
