"""A template set with its intrinsic functions evaluated as far as they can be known before deployment.

Nested stacks are followed through `TemplateURL: ./x.yaml`: parameters flow in, outputs flow out, so that a
value that crosses a stack border is the reference to the resource that it comes from. What cannot be known
becomes Unknown; what cannot be understood becomes a Problem. No template can make this raise or hang.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple

from showcore_cfn.review.scope import Scope
from showcore_cfn.review.values import Reference, Unknown, Value
from showcore_cfn.review.world import World
from showcore_cfn.template.json_types import Json
from showcore_cfn.template.load import Document, Problem, TemplateSet

__all__ = ["Nest", "Reference", "Resource", "Unknown", "Value", "resolve"]

_STACK = "AWS::CloudFormation::Stack"
_MOST_STACKS = 2_500  # more than one nested operation may hold resources (CloudFormation quotas)
_NOTHING: Mapping[str, str] = MappingProxyType({})


class Resource(NamedTuple):
    """One resource, with its properties resolved."""

    path: str  # "database/Database"
    stack: str  # "database"
    logical_id: str
    type: str
    properties: Value
    raw: dict[str, Json]  # as written: DeletionPolicy, Metadata, DependsOn, Condition ...
    document: str  # "database.yaml"
    chain: tuple[str, ...] = ()  # logical ids from the root down to this resource
    condition: str | None = None  # the condition it stands under, where that is not known
    top: str = ""  # the stack that nests all others above it; its own where it is not nested


@dataclass(frozen=True, slots=True)
class Nest:
    """All resources of a template set, by path, in the order of the templates."""

    resources: dict[str, Resource]
    outputs: dict[str, Value]  # "database.Endpoint"
    problems: tuple[Problem, ...]
    conditions: dict[str, Value]  # "database.IsLarge"
    parameters: dict[str, Value]  # "database.InstanceClass"
    exports: dict[str, str]  # export name -> "network.VpcId"
    documents: dict[str, str] = field(default_factory=dict)  # stack -> the name of its document


def resolve(
    templates: TemplateSet, parameters: Mapping[str, str] = _NOTHING, *, everything: bool = False
) -> Nest:
    """Resolve the set's root and what it nests, or all documents when none is the root.

    `parameters` are the root's; pseudo parameters such as `AWS::AccountId` may be among them, and
    `AWS::Region` is us-east-1 unless it is. `everything` adds the documents that stand beside the root.
    """
    world = World(templates)
    tops = _tops(templates, everything)
    scopes = [scope for name in tops for scope in _scopes(world, templates.documents[name], parameters)]
    _name_stacks(scopes)
    world.link_exports(scopes)
    resources: dict[str, Resource] = {}
    for scope in scopes:
        resources.update((resource.path, resource) for resource in _resources(scope))
    outputs = {f"{s.stack}.{name}": value for s in scopes for name, value in s.outputs().items()}
    conditions = {f"{s.stack}.{name}": s.condition(name) for s in scopes for name in s.section("Conditions")}
    inputs = {f"{s.stack}.{name}": s.parameter(name) for s in scopes for name in s.section("Parameters")}
    exports = dict(world.exports)
    documents = {scope.stack: scope.document.name for scope in scopes}
    problems = (*templates.problems, *world.problems)
    return Nest(resources, outputs, problems, conditions, inputs, exports, documents)


def _tops(templates: TemplateSet, everything: bool) -> list[str]:
    if templates.root is None:
        nested = {
            posixpath.normpath(posixpath.join(posixpath.dirname(name), url))
            for name, document in templates.documents.items()
            for _, url in _nested_urls(document)
        }
        alone = [name for name in templates.documents if name not in nested]
        return alone or list(templates.documents)
    if not everything:
        return [templates.root]
    inside = _reached(templates, templates.root)
    return [templates.root, *(name for name in templates.documents if name not in inside)]


def _reached(templates: TemplateSet, root: str) -> set[str]:
    reached, waiting = {root}, [root]
    while waiting:
        name = waiting.pop()
        document = templates.documents.get(name)
        for _, url in _nested_urls(document) if document else ():
            child = posixpath.normpath(posixpath.join(posixpath.dirname(name), url))
            if child not in reached:
                reached.add(child)
                waiting.append(child)
    return reached


def _nested_urls(document: Document) -> Iterator[tuple[str, str]]:
    resources = document.body.get("Resources")
    for logical_id, resource in resources.items() if isinstance(resources, dict) else ():
        if isinstance(resource, dict) and resource.get("Type") == _STACK:
            properties = resource.get("Properties")
            url = properties.get("TemplateURL") if isinstance(properties, dict) else None
            if isinstance(url, str) and "://" not in url and "{{resolve:" not in url:
                yield logical_id, url


def _scopes(world: World, document: Document, parameters: Mapping[str, str]) -> list[Scope]:
    """The scope of a document and of every stack nested in it, parents first, in template order."""
    found: list[Scope] = []
    waiting = [Scope(world, document, None, (), given=parameters)]
    while waiting and len(found) < _MOST_STACKS:
        scope = waiting.pop()
        found.append(scope)
        children = [scope.child(name, url) for name, url in _nested_urls(scope.document)]
        waiting.extend(child for child in reversed(children) if child is not None)
    if waiting:
        world.problem(document.name, None, f"it nests more than {_MOST_STACKS} stacks; the rest is not read.")
    return found


def _name_stacks(scopes: list[Scope]) -> None:
    """Each stack is called by its file's stem where that is unique, else by its logical ids."""
    stems = [posixpath.splitext(posixpath.basename(scope.document.name))[0] for scope in scopes]
    for scope, stem in zip(scopes, stems, strict=True):
        if stems.count(stem) > 1:
            whole = posixpath.splitext(scope.document.name)[0]
            stem = ".".join(scope.chain) if scope.chain else whole
        scope.stack = stem


def _resources(scope: Scope) -> Iterator[Resource]:
    top = scope
    while top.parent is not None:
        top = top.parent
    for logical_id, raw in scope.section("Resources").items():
        if not isinstance(raw, dict):
            scope.problem(("Resources", logical_id), f"the resource {logical_id} is not a mapping.")
            continue
        kind = raw.get("Type")
        condition = raw.get("Condition")
        holds = scope.condition(condition) if isinstance(condition, str) else True
        if holds is False:
            continue
        if not isinstance(kind, str):
            scope.problem(("Resources", logical_id), f"the resource {logical_id} has no Type.")
            kind = "?"
        yield Resource(
            path=f"{scope.stack}/{logical_id}",
            stack=scope.stack,
            logical_id=logical_id,
            type=kind,
            properties=scope.value(raw.get("Properties", {}), ("Resources", logical_id, "Properties")),
            raw=raw,
            document=scope.document.name,
            chain=(*scope.chain, logical_id) if scope.parent else (scope.stack, logical_id),
            condition=condition if isinstance(condition, str) and holds is not True else None,
            top=top.stack,
        )
