"""What a difference means for the one resource that it stands in: nothing, an update, a replacement.

Create-only properties come from the resource schemas; what AWS documents beyond them from `known`
(https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-update-behaviors.html).
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum, StrEnum
from typing import NamedTuple

from showcore_cfn.review import known, retention
from showcore_cfn.review.compare import Edit, Kind, SchemaPath
from showcore_cfn.review.diff import Action, Change
from showcore_cfn.review.values import Value
from showcore_cfn.template.schemas import ResourceSchema, schema


class Impact(IntEnum):
    """What an update means for a resource, the gentlest first."""

    NONE = 0  # the account does not change
    UPDATE = 1  # in place, without interruption
    INTERRUPTION = 2  # in place, with some interruption
    POSSIBLE = 3  # may be replaced
    REPLACEMENT = 4

    def __str__(self) -> str:
        return self.name.lower()


class Fate(StrEnum):
    """What becomes of the old resource when it goes or is replaced."""

    DELETED = "deleted"
    KEPT = "kept"
    SNAPSHOT = "snapshot"


class Judged(NamedTuple):
    """One difference and what it means."""

    edit: Edit
    impact: Impact
    why: str = ""


class Cause(NamedTuple):
    """A property that changes because what it refers to is, or may be, replaced."""

    where: str  # "VpcId"
    target: str  # "network/VPC"
    impact: Impact
    certain: bool


class Affected(NamedTuple):
    """A resource that the change touches or reaches."""

    change: Change
    impact: Impact
    judged: tuple[Judged, ...] = ()
    causes: tuple[Cause, ...] = ()
    fate: Fate | None = None  # of the old one; None where it stays the same one
    holds: str = ""  # "a database"
    losses: tuple[str, ...] = ()  # what the same one keeps for a shorter time than before
    refusal: str = ""  # why CloudFormation will not do this, and what to do instead

    @property
    def path(self) -> str:
        """`database/Database`."""
        return self.change.path

    @property
    def forced_by(self) -> tuple[str, ...]:
        """The properties that force a replacement, or may."""
        own = (j.edit.where for j in self.judged if j.impact is self.impact)
        reached = (cause.where for cause in self.causes if cause.impact is self.impact)
        return tuple(dict.fromkeys((*own, *reached))) if self.impact >= Impact.POSSIBLE else ()

    @property
    def at_risk(self) -> bool:
        """Whether data goes, or may go: with the old resource, or with a shorter time of keeping it."""
        return (bool(self.holds) and self.fate is not None) or bool(self.losses)


def property_impact(kind: str, edit: Edit) -> tuple[Impact, str]:
    """What a difference in a property means for a resource of a type, and why, where there is more to say."""
    found, path = schema(kind), edit.schema_path
    if found is None:
        if known.is_custom(kind):
            return Impact.POSSIBLE, "the code behind a custom resource decides"
        return Impact.POSSIBLE, f"{kind} is not among the schemas"
    top = path[0] if path else ""
    if _touches(found.create_only, path, edit):
        return Impact.REPLACEMENT, ""
    if top in known.INTERRUPTS.get(kind, ()):
        return Impact.INTERRUPTION, "AWS documents some interruption"
    if top in known.DOCUMENTED_REPLACEMENT.get(kind, ()):
        return Impact.POSSIBLE, "AWS documents a replacement, its schema does not"
    if not _can_update(found) and top != found.tag_property:
        return Impact.REPLACEMENT, f"{kind} cannot be updated"
    if _touches(found.conditional_create_only, path, edit):
        return Impact.POSSIBLE, "AWS replaces it under some conditions"
    if edit.kind is Kind.REORDERED and found.unordered(path):
        return Impact.NONE, "only the order changes"
    return Impact.UPDATE, ""


def _can_update(found: ResourceSchema) -> bool:
    handlers = found.body.get("handlers")
    return not isinstance(handlers, dict) or "create" not in handlers or "update" in handlers


def _touches(paths: Iterable[SchemaPath], path: SchemaPath, edit: Edit) -> bool:
    """Whether an edit lies at, below or above one of these paths and changes what stands there."""
    for fixed in paths:
        if path[: len(fixed)] == fixed:
            return True
        if fixed[: len(path)] == path:
            rest = fixed[len(path) :]
            if _inside(edit.before, rest) or _inside(edit.after, rest):
                return True
    return False


def _inside(value: Value, path: SchemaPath) -> bool:
    if not path:
        return value is not None
    if path[0] == "*":
        return isinstance(value, list) and any(_inside(item, path[1:]) for item in value)
    return isinstance(value, dict) and path[0] in value and _inside(value[path[0]], path[1:])


def of_change(change: Change) -> Affected:
    """What a change means for the resource itself."""
    kind = change.resource.type
    if change.action in (Action.ADD, Action.REMOVE):
        return Affected(change, Impact.NONE)
    judged = [Judged(edit, *property_impact(kind, edit)) for edit in change.properties]
    judged.extend(_attribute(change, edit) for edit in change.attributes)
    worst = max((j.impact for j in judged), default=Impact.NONE)
    if change.action is Action.MOVE or any(j.edit.place == ("Type",) for j in judged):
        worst = Impact.REPLACEMENT
    return Affected(change, worst, tuple(judged), losses=_losses(change))


def _losses(change: Change) -> tuple[str, ...]:
    """Of a resource that stays the same one."""
    before, after = change.before, change.after
    if before is None or after is None or before.type != after.type:
        return ()
    return retention.losses(after.type, before.properties, after.properties)


def _attribute(change: Change, edit: Edit) -> Judged:
    name = edit.place[0]
    if name == "Type":
        return Judged(edit, Impact.REPLACEMENT, "a logical id cannot change its type")
    if name == "Condition" and change.resource.condition is not None:
        return Judged(
            edit, Impact.POSSIBLE, "whether it exists depends on a condition that is not known here"
        )
    if name == "Metadata":
        return Judged(edit, Impact.NONE, "metadata alone changes nothing in the account")
    if name in ("DeletionPolicy", "UpdateReplacePolicy"):
        return Judged(edit, Impact.NONE, "takes effect when the resource goes or is replaced")
    return Judged(edit, Impact.NONE)
