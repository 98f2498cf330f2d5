"""Which resource of one set is which of another: by logical ids, and by likeness where those were renamed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Final, TypeAlias

from showcore_cfn.review import known
from showcore_cfn.review.compare import same
from showcore_cfn.review.matching import likeness
from showcore_cfn.review.resolve import Nest, Resource
from showcore_cfn.review.values import Reference, Unknown, Value, form, in_order, joined, text_of
from showcore_cfn.template.schemas import schema

Key: TypeAlias = tuple[str, ...]

_ALIKE_ENOUGH: Final = 0.6
_MOST_COMPARISONS: Final = 4_000


def key(resource: Resource) -> Key:
    """What CloudFormation knows a resource by: its top stack and the logical ids below it."""
    return (*stack_key(resource), resource.logical_id)


def stack_key(resource: Resource) -> Key:
    """The same for the stack that a resource stands in."""
    return (resource.top,) if resource.stack == resource.top else (resource.top, *resource.chain[:-1])


def with_names_of(base: Nest, head: Nest) -> Nest:
    """The base, its stacks called as the head calls the same ones, so that references can be compared."""
    tops = _tops(base), _tops(head)
    alias = {tops[0][0]: tops[1][0]} if len(tops[0]) == len(tops[1]) == 1 else {}
    called = {stack_key(resource): resource.stack for resource in head.resources.values()}
    renamed = {old: new for old, new in alias.items() if old != new and old in base.documents}
    for resource in base.resources.values():
        top, *below = stack_key(resource)
        name = called.get((alias.get(top, top), *below))
        if name is not None and name != resource.stack:
            renamed[resource.stack] = name
    return _renamed(base, renamed) if renamed else base


def find(gone: Iterable[Resource], new: Iterable[Resource]) -> dict[str, Resource]:
    """The resource that each new one was before it got another logical id or stack, by the new path."""
    left: dict[str, list[Resource]] = {}
    for resource in gone:
        left.setdefault(resource.type, []).append(resource)
    candidates = [resource for resource in new if resource.type in left]
    found: dict[str, Resource] = {}
    twins: dict[tuple[str, str], list[Resource]] = {}
    for old in (old for olds in left.values() for old in olds) if candidates else ():
        twins.setdefault(_print(old), []).append(old)
    for resource in candidates:
        same_as = twins.get(_print(resource), [])
        if same_as:
            nearest = min(same_as, key=lambda old: _distance(old, resource))
            same_as.remove(nearest)
            _take(found, left, resource, nearest)
    for resource in candidates:
        others = left[resource.type]
        if resource.path not in found and others and len(others) * len(candidates) <= _MOST_COMPARISONS:
            near = [(_likeness(old, resource), -_distance(old, resource), old) for old in others]
            score, _, old = max(near, key=lambda entry: entry[:2])
            if score >= _ALIKE_ENOUGH:
                _take(found, left, resource, old)
    return found


def follow(nest: Nest, moved: Mapping[str, str]) -> Nest:
    """The nest, its references to moved resources pointing to where they are now; resources keep their paths."""
    return _rewritten(nest, lambda path: moved.get(path, path), lambda resource: resource.path)


def _likeness(old: Resource, new: Resource) -> float:
    """How alike two resources are: wholly where they carry the same physical name, not at all where both are empty."""
    if not old.properties and not new.properties:
        return 0.0
    described = schema(new.type)
    names = [known.physical_name(r.type, described, r.properties) for r in (old, new)]
    if known.same_name(*names) is not None:
        return 1.0
    return likeness(old.properties, new.properties, same)


def _print(resource: Resource) -> tuple[str, str]:
    """Equal for resources of one type with equal properties, however they are written."""
    return resource.type, text_of(in_order(resource.properties))


def _take(
    found: dict[str, Resource], left: dict[str, list[Resource]], resource: Resource, old: Resource
) -> None:
    found[resource.path] = old
    left[resource.type].remove(old)


def _distance(old: Resource, new: Resource) -> int:
    """How far two names lie apart, roughly: 0 for the same logical id in the same stack."""
    shared = len(set(old.logical_id.lower()) ^ set(new.logical_id.lower()))
    return shared + 100 * (old.stack != new.stack and old.logical_id != new.logical_id)


def _tops(nest: Nest) -> list[str]:
    found = list(dict.fromkeys(resource.top for resource in nest.resources.values()))
    return found or list(nest.documents)  # without a resource nothing is nested


def _renamed(nest: Nest, names: Mapping[str, str]) -> Nest:
    def path(old: str) -> str:
        stack, slash, rest = old.partition("/")
        return f"{names.get(stack, stack)}{slash}{rest}"

    def dotted(old: str) -> str:
        stack, dot, rest = old.rpartition(".")
        return f"{names.get(stack, stack)}{dot}{rest}"

    found = _rewritten(nest, path, lambda resource: path(resource.path))
    resources = (
        resource._replace(
            stack=names.get(resource.stack, resource.stack),
            top=names.get(resource.top, resource.top),
        )
        for resource in found.resources.values()
    )
    return Nest(
        {resource.path: resource for resource in resources},
        {dotted(name): item for name, item in found.outputs.items()},
        nest.problems,
        {dotted(name): item for name, item in found.conditions.items()},
        {dotted(name): item for name, item in found.parameters.items()},
        {name: dotted(output) for name, output in nest.exports.items()},
        {names.get(stack, stack): document for stack, document in nest.documents.items()},
    )


def _rewritten(nest: Nest, path: Callable[[str], str], own: Callable[[Resource], str]) -> Nest:
    """The nest with every reference in every value sent through `path`."""

    def value(item: Value) -> Value:
        if isinstance(item, Reference):
            return Reference(path(item.path), item.attribute)
        if isinstance(item, Unknown):
            if item.parts:
                return joined([value(part) for part in item.parts])
            if item.form is None:
                return item
            ((name, arguments),) = item.form.items()
            return form(name, value(arguments))
        if isinstance(item, dict):
            return {name: value(inner) for name, inner in item.items()}
        return [value(inner) for inner in item] if isinstance(item, list) else item

    def values(items: Mapping[str, Value]) -> dict[str, Value]:
        return {name: value(item) for name, item in items.items()}

    resources = (
        resource._replace(path=own(resource), properties=value(resource.properties))
        for resource in nest.resources.values()
    )
    return replace(
        nest,
        resources={resource.path: resource for resource in resources},
        outputs=values(nest.outputs),
        conditions=values(nest.conditions),
        parameters=values(nest.parameters),
    )
