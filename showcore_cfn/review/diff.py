"""Two template sets, resolved, and what differs between them: resources, and what stands around them.

A resource is itself by its logical ids from the root down, as CloudFormation sees it: a file may be renamed,
a parameter may become a wire, and nothing has changed. A logical id may not: what only changed its name is
shown as moved.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

from showcore_cfn.review import moves
from showcore_cfn.review.compare import Edit, Kind, SchemaPath, edits, same
from showcore_cfn.review.resolve import Nest, Resource
from showcore_cfn.review.values import Value, form
from showcore_cfn.template.json_types import Json
from showcore_cfn.template.load import Document, Problem, TemplateSet
from showcore_cfn.template.schemas import ResourceSchema, schema

STACK = "AWS::CloudFormation::Stack"
_ATTRIBUTES = (
    *("Type", "DeletionPolicy", "UpdateReplacePolicy", "Condition", "DependsOn", "CreationPolicy"),
    *("UpdatePolicy", "Metadata"),
)
_SECTIONS = (
    *("AWSTemplateFormatVersion", "Description", "Metadata", "Parameters", "Rules", "Mappings", "Conditions"),
    *("Transform", "Hooks", "Outputs"),
)


class Action(StrEnum):
    """What happens to a resource."""

    ADD = "add"
    REMOVE = "remove"
    MODIFY = "modify"
    MOVE = "move"  # another logical id or stack, the same thing
    REACHED = "reached"  # not edited itself: something that it refers to changes


class Change(NamedTuple):
    """One resource that the two sets hold differently; `before` or `after` is None where it is not there."""

    action: Action
    before: Resource | None
    after: Resource | None
    properties: tuple[Edit, ...] = ()
    attributes: tuple[Edit, ...] = ()  # of the resource itself: DeletionPolicy, Metadata, DependsOn ...

    @property
    def resource(self) -> Resource:
        """The resource as it will be, or as it was where it goes away."""
        found = self.after or self.before
        assert found is not None
        return found

    @property
    def path(self) -> str:
        """`database/Database`."""
        return self.resource.path


class Around(NamedTuple):
    """One entry of a template that is no resource: an output, a parameter, the description."""

    stack: str
    document: str
    section: str
    edit: Edit
    felt: bool  # whether an operator or another stack can notice it


class Difference(NamedTuple):
    """All that differs between two sets."""

    base: Nest
    head: Nest
    changes: tuple[Change, ...]
    around: tuple[Around, ...]
    rewritten: tuple[str, ...]  # resources written differently that come out the same
    exports: tuple[Edit, ...]  # exports whose value differs, by name
    problems: tuple[Problem, ...]

    @property
    def empty(self) -> bool:
        """Whether nothing differs, not even the writing."""
        return not (self.changes or self.around or self.rewritten or self.exports)


class Side(NamedTuple):
    """One of the two sets that are compared: as read, and resolved."""

    templates: TemplateSet
    nest: Nest


def diff(base: Side, head: Side) -> Difference:
    """What differs between two sets."""
    nest, moved = _with_moves(moves.with_names_of(base.nest, head.nest), head.nest)
    base = Side(base.templates, nest)
    before, after = _by_key(base.nest), _by_key(head.nest)
    stacks = _stacks(before) & _stacks(after)
    changes: list[Change] = []
    rewritten: list[str] = []
    for key, resource in after.items():
        origin = moved.get(resource.path)
        old = before.get(key) if origin is None else nest.resources[origin]
        action = Action.ADD if old is None else Action.MODIFY if origin is None else Action.MOVE
        change = Change(action, old, resource, *(_edits(old, resource, key in stacks) if old else ((), ())))
        if action is not Action.MODIFY or change.properties or change.attributes:
            changes.append(change)
        elif old is not None and old.raw != resource.raw:
            rewritten.append(resource.path)
    left = set(moved.values())
    gone = (old for key, old in before.items() if key not in after and old.path not in left)
    changes.extend(Change(Action.REMOVE, old, None) for old in gone)
    around = tuple(_around(base, head))
    problems = tuple(dict.fromkeys((*nest.problems, *head.nest.problems)))
    exports = tuple(_exports(nest, head.nest))
    return Difference(nest, head.nest, tuple(changes), around, tuple(rewritten), exports, problems)


def _with_moves(base: Nest, head: Nest) -> tuple[Nest, dict[str, str]]:
    """The base with its references following what moved, and where each moved resource was, by new path."""
    moved: dict[str, str] = {}
    for _ in range(3):  # what refers to something moved is recognised once the reference has followed
        before, after = _by_key(base), _by_key(head)
        taken = set(moved.values())
        gone = [old for key, old in before.items() if key not in after and old.path not in taken]
        new = [item for key, item in after.items() if key not in before and item.path not in moved]
        found = moves.find(gone, new)
        if not found:
            break
        moved.update((path, old.path) for path, old in found.items())
        base = moves.follow(base, {old.path: path for path, old in found.items()})
    return base, moved


def _by_key(nest: Nest) -> dict[moves.Key, Resource]:
    return {moves.key(resource): resource for resource in nest.resources.values()}


def _stacks(resources: dict[moves.Key, Resource]) -> set[moves.Key]:
    return {moves.stack_key(resource) for resource in resources.values()}


def _edits(
    before: Resource, after: Resource, is_known_stack: bool
) -> tuple[tuple[Edit, ...], tuple[Edit, ...]]:
    attributes = tuple(
        edit
        for name in _ATTRIBUTES
        if before.raw.get(name) != after.raw.get(name)
        for edit in _entry(name, before.raw, after.raw)
    )
    if same(before.properties, after.properties):
        return (), attributes
    found = edits(before.properties, after.properties, (), _Order(after.type))
    passed_on = ("Parameters", "TemplateURL") if is_known_stack else ()  # felt, if at all, by what is nested
    return tuple(edit for edit in found if not edit.place or edit.place[0] not in passed_on), attributes


def _entry(name: str, before: dict[str, Json], after: dict[str, Json]) -> Iterator[Edit]:
    if name not in before:
        yield Edit((name,), Kind.ADDED, None, _written(after[name]))
    elif name not in after:
        yield Edit((name,), Kind.REMOVED, _written(before[name]), None)
    else:
        yield from edits(_written(before[name]), _written(after[name]), (name,))


class _Order:
    """Whether the order of a list counts, asked of a schema that is read when it is first needed."""

    def __init__(self, kind: str) -> None:
        self.kind = kind

    def __call__(self, path: SchemaPath) -> bool:
        found = schema(self.kind)
        return found is None or not found.unordered(path) or _is_create_only(found, path)


def _is_create_only(found: ResourceSchema, path: SchemaPath) -> bool:
    return any(path[: len(fixed)] == fixed for fixed in found.create_only)


def _around(base: Side, head: Side) -> Iterator[Around]:
    """Entries of the other sections, document by document."""
    before, after = _documents(base), _documents(head)
    seen = base.nest.resources.keys() | head.nest.resources.keys()
    for stack in dict.fromkeys((*after, *before)):
        old, new = before.get(stack), after.get(stack)
        if old is not None and new is not None and old.body is not new.body:
            for section in _SECTIONS:
                for edit in _section(section, old, new):
                    name = f"{stack}.{edit.place[1]}" if len(edit.place) > 1 else ""
                    yield Around(stack, new.name, section, edit, _felt(section, name, edit, base, head))
            yield from _unseen(stack, old, new, seen)


def _unseen(stack: str, old: Document, new: Document, seen: set[str]) -> Iterator[Around]:
    """Resources that differ and stand in neither nest: loops, and what is under a condition that is false."""
    before, after = old.body.get("Resources"), new.body.get("Resources")
    if not isinstance(before, dict) or not isinstance(after, dict):
        return
    for name in dict.fromkeys((*after, *before)):
        if f"{stack}/{name}" not in seen and before.get(name) != after.get(name):
            place, kind = ("Resources", name), Kind.CHANGED
            yield Around(
                stack,
                new.name,
                "Resources",
                Edit(place, kind, _written(before.get(name)), _written(after.get(name))),
                False,
            )


def _section(section: str, old: Document, new: Document) -> Iterator[Edit]:
    before, after = old.body.get(section), new.body.get(section)
    if before == after:
        return
    if section not in old.body and isinstance(after, dict):
        before = {}
    if section not in new.body and isinstance(before, dict):
        after = {}
    yield from edits(_written(before), _written(after), (section,))


def _written(raw: Json) -> Value:
    """What stands in a template, its functions as one value each."""
    if isinstance(raw, dict):
        if len(raw) == 1 and next(iter(raw)).startswith(("Fn::", "Ref")):
            return form(next(iter(raw)), _written(next(iter(raw.values()))))
        return {key: _written(item) for key, item in raw.items()}
    return [_written(item) for item in raw] if isinstance(raw, list) else raw


def _felt(section: str, name: str, edit: Edit, base: Side, head: Side) -> bool:
    if section == "Outputs":
        old, new = base.nest.outputs.get(name), head.nest.outputs.get(name)
        return name not in base.nest.outputs or name not in head.nest.outputs or not same(old, new)
    return section in ("Parameters", "Rules", "Transform", "Hooks") and edit.place[-1] != "Description"


def _documents(side: Side) -> dict[str, Document]:
    return {stack: side.templates.documents[name] for stack, name in side.nest.documents.items()}


def _exports(base: Nest, head: Nest) -> Iterator[Edit]:
    for name, output in base.exports.items():
        if name not in head.exports:
            yield Edit((name,), Kind.REMOVED, base.outputs.get(output), None)
        else:
            yield from edits(base.outputs.get(output), head.outputs.get(head.exports[name]), (name,))
    for name, output in head.exports.items():
        if name not in base.exports:
            yield Edit((name,), Kind.ADDED, None, head.outputs.get(output))
