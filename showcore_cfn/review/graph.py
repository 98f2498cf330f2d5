"""Stacks and resources as a graph: boxes with what stands in them, and the wires between them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import NamedTuple

from showcore_cfn.review import wording
from showcore_cfn.review.diff import STACK
from showcore_cfn.review.moves import Key, key, stack_key
from showcore_cfn.review.resolve import Nest, Resource
from showcore_cfn.review.review import Review
from showcore_cfn.review.values import Value, references


class Line(StrEnum):
    """What an arrow between two boxes means."""

    WIRE = "wire"  # a value goes from one to the other
    ORDER = "order"  # the one is made after the other, nothing goes over
    FOLLOWS = "follows"  # the one changes because the other is replaced


class Node(NamedTuple):
    """One resource."""

    path: str
    name: str
    type: str
    outcome: str = ""  # "replace", "add" ...: empty where no change is drawn
    note: str = ""


class Box(NamedTuple):
    """One stack."""

    stack: str
    nodes: tuple[Node, ...]


class Arrow(NamedTuple):
    """What goes from one box, or node, to another."""

    source: str
    target: str
    names: tuple[str, ...]
    line: Line


class Graph(NamedTuple):
    """Boxes in the order of the root, arrows between them, and links between single nodes."""

    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    links: tuple[Arrow, ...] = ()

    @property
    def of_changes(self) -> bool:
        """Whether outcomes are drawn."""
        return any(node.outcome for box in self.boxes for node in box.nodes)


def of_nest(nest: Nest) -> Graph:
    """The whole nest; the stack that nests the others is not drawn as one of them."""
    boxes: dict[str, list[Node]] = {}
    for resource in nest.resources.values():
        if resource.type != STACK:
            boxes.setdefault(resource.stack, []).append(
                Node(resource.path, resource.logical_id, resource.type)
            )
    arrows = (arrow for arrow in _arrows(nest) if arrow.source in boxes and arrow.target in boxes)
    return Graph(tuple(Box(stack, tuple(nodes)) for stack, nodes in boxes.items()), tuple(arrows))


def of_review(review: Review) -> Graph:
    """What a change touches and what it reaches, and nothing else."""
    boxes: list[Box] = []
    links: list[Arrow] = []
    for stack, items in wording.in_stacks(review).items():
        nodes = [
            Node(
                a.path,
                a.change.resource.logical_id,
                a.change.resource.type,
                wording.outcome(a),
                _note(a.forced_by),
            )
            for a in items
        ]
        boxes.append(Box(stack, tuple(nodes)))
        for affected in items:
            targets = dict.fromkeys(cause.target for cause in affected.causes if cause.certain)
            for target in targets:
                names = [c.where.partition("[")[0] for c in affected.causes if c.target == target]
                links.append(Arrow(target, affected.path, tuple(dict.fromkeys(names)), Line.FOLLOWS))
    return Graph(tuple(boxes), tuple(_between(links)), tuple(links))


def _note(forced_by: tuple[str, ...]) -> str:
    return ", ".join(place.partition("[")[0] for place in forced_by[:2])


def _between(links: Iterable[Arrow]) -> Iterator[Arrow]:
    """The links as arrows between stacks, those of one pair together."""
    found: dict[tuple[str, str], dict[str, None]] = {}
    for link in links:
        source, target = link.source.partition("/")[0], link.target.partition("/")[0]
        if source != target:
            found.setdefault((source, target), {})[link.source.partition("/")[2]] = None
    for (source, target), names in found.items():
        yield Arrow(source, target, tuple(names), Line.FOLLOWS)


def _arrows(nest: Nest) -> Iterator[Arrow]:
    """Wires by the name of the parameter that takes them, imported values, then what is only an order."""
    stacks = {stack_key(resource): resource.stack for resource in nest.resources.values()}
    wires: dict[tuple[str, str], dict[str, None]] = {}
    direct: dict[tuple[str, str], dict[str, None]] = {}
    order: dict[tuple[str, str], dict[str, None]] = {}
    for resource in nest.resources.values():
        inside = stacks.get(key(resource)) if resource.type == STACK else None
        if inside is not None:
            for name, value in _parameters(resource).items():
                for source in _sources(value, inside):
                    wires.setdefault((source, inside), {})[name] = None
            order.update(((before, inside), {}) for before in _ordered_after(resource, stacks))
        for source, name in _direct(resource) if resource.type != STACK else ():
            direct.setdefault((source, resource.stack), {})[name] = None
    wires = {**direct, **wires}
    order = {pair: names for pair, names in order.items() if pair not in wires}
    for line, found in ((Line.WIRE, wires), (Line.ORDER, order)):
        yield from (Arrow(source, target, tuple(names), line) for (source, target), names in found.items())


def _parameters(resource: Resource) -> dict[str, Value]:
    found = resource.properties.get("Parameters") if isinstance(resource.properties, dict) else None
    return found if isinstance(found, dict) else {}


def _sources(value: Value, inside: str) -> list[str]:
    stacks = dict.fromkeys(reference.path.partition("/")[0] for reference in references(value))
    return [stack for stack in stacks if stack != inside]


def _direct(resource: Resource) -> Iterator[tuple[str, str]]:
    """References that reach another stack without a parameter in between: imported values."""
    for reference in references(resource.properties):
        stack, _, name = reference.path.partition("/")
        if stack != resource.stack:
            yield stack, name


def _ordered_after(resource: Resource, stacks: dict[Key, str]) -> Iterator[str]:
    found = resource.raw.get("DependsOn")
    for name in found if isinstance(found, list) else [found]:
        stack = stacks.get((*key(resource)[:-1], str(name)))
        if stack is not None:
            yield stack
