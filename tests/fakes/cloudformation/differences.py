"""What a change set says of one resource: which properties change, why, and whether that replaces it.

The forms are those of AWS's own answers, as recorded in LocalStack's AWS-validated snapshots (FACTS.md).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from showcore_cfn.template.json_types import Json
from showcore_cfn.template.schemas import PropertyPath, schema
from tests.fakes.cloudformation.evaluation import after_apply, is_unknown, text
from tests.fakes.cloudformation.model import STACK, Resource
from tests.fakes.cloudformation.template import references, same

_ATTRIBUTES = ("Metadata", "CreationPolicy", "UpdatePolicy", "DeletionPolicy", "UpdateReplacePolicy")
_NEVER, _CONDITIONALLY, _ALWAYS = "Never", "Conditionally", "Always"
_MOST_VALUE_BYTES = 2_048
_SNAPSHOT_BY_DEFAULT = frozenset({"AWS::RDS::DBInstance", "AWS::RDS::DBCluster"})


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a property changes."""

    source: str  # DirectModification, ParameterReference, ResourceReference, ResourceAttribute, Automatic
    evaluation: str  # Static or Dynamic
    entity: str = ""
    unknown: bool = False  # because of a value that is not known yet


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a resource's references have become in this change set."""

    parameters_before: Mapping[str, str]
    parameters_after: Mapping[str, str]
    modified: frozenset[str]
    replaced: Mapping[str, str]  # logical id -> True or Conditional


def details_of(before: Resource, definition: dict[str, Json], after: Json, around: Surroundings) -> list[Any]:
    """The details of a Modify; empty where nothing changes. A detail is as botocore spells it."""
    found: list[Any] = []
    after_properties = after if isinstance(after, dict) else {}
    old, new = _properties(before.definition), _properties(definition)
    for name in sorted(before.properties.keys() | after_properties.keys()):
        left, right = before.properties.get(name), after_properties.get(name)
        causes = list(_causes(old.get(name), new.get(name), not same(left, right), around))
        for path in _paths(left, right, (name,)) if causes else ():
            found.extend(_detail(before.type, path, left, right, cause) for cause in causes)
    for attribute in _ATTRIBUTES:
        if not same(before.definition.get(attribute), definition.get(attribute)):
            target = {"Attribute": attribute, "RequiresRecreation": _NEVER}
            found.append({"Target": target, "Evaluation": "Static", "ChangeSource": "DirectModification"})
    return found


def tags_detail() -> dict[str, Any]:
    """The detail of a resource that only gets the stack's new tags."""
    target = {"Attribute": "Tags", "RequiresRecreation": _NEVER}
    return {"Target": target, "Evaluation": "Static", "ChangeSource": "DirectModification"}


def automatic_detail() -> dict[str, Any]:
    """The detail of a nested stack that was not changed itself: its template might have been."""
    target = {"Attribute": "Properties", "RequiresRecreation": _NEVER}
    return {"Target": target, "Evaluation": "Dynamic", "ChangeSource": "Automatic"}


def replacement(details: list[Any], false_replacement: str) -> str:
    """True, False or Conditional, from the details."""
    found = "False"
    for detail in details:
        needed = detail["Target"]["RequiresRecreation"]
        if needed == _ALWAYS and detail["Evaluation"] == "Static":
            return "True"
        if needed == _ALWAYS and detail.get("unknown"):
            found = false_replacement if found != "True" else found
        elif needed != _NEVER and found == "False":
            found = "Conditional"
    return found


def change(action: str, resource: Mapping[str, str], details: list[Any], replaced: str) -> dict[str, Any]:
    """One entry of Changes, without the contexts."""
    found: dict[str, Any] = {
        "Action": action,
        "LogicalResourceId": resource["logical_id"],
        "ResourceType": resource["type"],
        "Scope": sorted({detail["Target"]["Attribute"] for detail in details}),
        "Details": details,
    }
    if resource.get("physical_id"):
        found["PhysicalResourceId"] = resource["physical_id"]
    if action == "Modify":
        found["Replacement"] = replaced
    return {"Type": "Resource", "ResourceChange": found}


def fate(kind: str, definition: Mapping[str, Json], attribute: str) -> str:
    """What happens to the old resource: Delete, Retain or Snapshot."""
    policy = definition.get(attribute)
    if policy is None and attribute == "DeletionPolicy" and kind in _SNAPSHOT_BY_DEFAULT:
        return "Snapshot"
    return "Retain" if policy == "RetainExceptOnCreate" else str(policy or "Delete")


def plain(entry: dict[str, Any]) -> dict[str, Any]:
    """A change as it is told without IncludePropertyValues: no values, one detail for each property and cause."""
    inner = {key: value for key, value in entry["ResourceChange"].items() if not key.endswith("Context")}
    strictest: dict[tuple[str, ...], Any] = {}
    for detail in inner["Details"]:
        target = {k: detail["Target"][k] for k in ("Attribute", "Name") if k in detail["Target"]}
        key = (
            *target.values(),
            detail["ChangeSource"],
            detail.get("CausingEntity", ""),
            detail["Evaluation"],
        )
        kept = strictest.get(key)
        needed = detail["Target"]["RequiresRecreation"]
        if kept is None or _rank(needed) > _rank(kept["Target"]["RequiresRecreation"]):
            shown = {k: v for k, v in detail.items() if k not in ("Target", "unknown")}
            strictest[key] = {"Target": {**target, "RequiresRecreation": needed}, **shown}
    inner["Details"] = list(strictest.values())
    return {"Type": "Resource", "ResourceChange": inner}


def full(entry: dict[str, Any]) -> dict[str, Any]:
    """A change as it is told with IncludePropertyValues; an Add then says Replacement True, as AWS does."""
    inner = dict(entry["ResourceChange"])
    inner["Details"] = [{k: v for k, v in d.items() if k != "unknown"} for d in inner["Details"]]
    if inner["Action"] == "Add":
        inner["Replacement"] = "True"
    return {"Type": "Resource", "ResourceChange": inner}


def context(properties: Json, definition: Mapping[str, Json], secrets: frozenset[str]) -> str:
    """A BeforeContext or AfterContext."""
    shown: dict[str, Json] = {"Properties": after_apply(properties)}
    shown.update({name: definition[name] for name in _ATTRIBUTES if name in definition})
    found = json.dumps(shown)
    for secret in secrets:
        found = found.replace(secret, "****")
    return found


def needs_replacement(kind: str, before: dict[str, Json], after: dict[str, Json]) -> bool:
    """Whether any difference between the properties makes a new physical resource necessary."""
    return any(
        _recreation(kind, path) == _ALWAYS
        for name in before.keys() | after.keys()
        if not same(before.get(name), after.get(name))
        for path in _paths(before.get(name), after.get(name), (name,))
    )


def _causes(old: Json, new: Json, differs: bool, around: Surroundings) -> Iterator[Cause]:
    static = [cause for cause in _references(new, around) if differs or cause.source != "ParameterReference"]
    if any(cause.source == "ParameterReference" and not cause.unknown for cause in static):
        yield Cause("DirectModification", "Dynamic")
    elif differs and (not same(old, new) or not static):
        yield Cause("DirectModification", "Static")
    yield from static


def _references(raw: Json, around: Surroundings) -> Iterator[Cause]:
    seen: set[tuple[str, str | None]] = set()
    for name, attribute in references(raw):
        if (name, attribute) in seen:
            continue
        seen.add((name, attribute))
        if name in around.parameters_after:
            value = around.parameters_after[name]
            if value != around.parameters_before.get(name):
                unknown = is_unknown(value)
                yield Cause("ParameterReference", "Dynamic" if unknown else "Static", name, unknown)
        elif name in around.replaced:
            evaluation = "Static" if around.replaced[name] == "True" else "Dynamic"
            source = "ResourceReference" if attribute is None else "ResourceAttribute"
            yield Cause(source, evaluation, name if attribute is None else f"{name}.{attribute}")
        elif name in around.modified and attribute is not None:
            yield Cause("ResourceAttribute", "Dynamic", f"{name}.{attribute}")


def _detail(kind: str, path: PropertyPath, left: Json, right: Json, cause: Cause) -> dict[str, Any]:
    described = schema(kind)
    tags = described is not None and path[0] == described.tag_property
    target: dict[str, Any] = {"Attribute": "Tags" if tags else "Properties"}
    if not tags:
        target["Name"] = path[0]
    target["RequiresRecreation"] = _NEVER if tags else _recreation(kind, path)
    target["Path"] = "/Properties/" + "/".join(path)
    for step in path[1:]:
        left = left.get(step) if isinstance(left, dict) else None
        right = right.get(step) if isinstance(right, dict) else None
    if left is not None:
        target["BeforeValue"] = _shown(left)
    if right is not None:
        target["AfterValue"] = _shown(after_apply(right))
    target["AttributeChangeType"] = "Add" if left is None else "Remove" if right is None else "Modify"
    found: dict[str, Any] = {"Target": target, "Evaluation": cause.evaluation, "ChangeSource": cause.source}
    if cause.entity:
        found["CausingEntity"] = cause.entity
    if cause.unknown or (cause.evaluation == "Dynamic" and is_unknown(right)):
        found["unknown"] = True
    return found


def _shown(value: Json) -> str:
    found = text(value) if not isinstance(value, (dict, list)) else json.dumps(value)
    return found[:_MOST_VALUE_BYTES]


def _paths(left: Json, right: Json, path: PropertyPath) -> Iterator[PropertyPath]:
    """The deepest places in which two values differ, lists taken as a whole; the place itself where none do."""
    if isinstance(left, dict) and isinstance(right, dict) and not same(left, right):
        for key in sorted(left.keys() | right.keys()):
            if not same(left.get(key), right.get(key)):
                yield from _paths(left.get(key), right.get(key), (*path, key))
    else:
        yield path


def _recreation(kind: str, path: PropertyPath) -> str:
    described = schema(kind)
    if described is None or kind == STACK:
        return _NEVER
    if any(_covers(fixed, path) for fixed in described.create_only):
        return _ALWAYS
    if any(_covers(fixed, path) for fixed in described.conditional_create_only):
        return _CONDITIONALLY
    return _NEVER


def _covers(fixed: PropertyPath, path: PropertyPath) -> bool:
    return fixed[: len(path)] == path[: len(fixed)]


def _rank(recreation: str) -> int:
    return (_NEVER, _CONDITIONALLY, _ALWAYS).index(recreation)


def _properties(definition: Mapping[str, Json]) -> dict[str, Json]:
    found = definition.get("Properties")
    return found if isinstance(found, dict) else {}
