"""A resolved nest as rules ask it: resources of a type, a property by its path, what a value refers to.

No question raises, whatever stands in a template. A reader such as `text` answers None for what is missing
and for what is not known before deployment, so a rule that compares what a reader gave cannot fire on either;
`absent` and `given` tell the two apart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar, cast

from showcore_cfn.check.finding import Place
from showcore_cfn.check.rules import names
from showcore_cfn.check.rules.numbers import finite
from showcore_cfn.check.rules.order import Order
from showcore_cfn.review.resolve import Nest, Resource
from showcore_cfn.review.values import Reference, Unknown, Value, known, references, text_of
from showcore_cfn.template.load import Document, TemplateSet, nested

T = TypeVar("T")
_OPAQUE = Unknown("a value inside one that is not known here")
_JOINTS = (  # endings of the types whose absence some rule complains of
    "Policy", "Permission", "Subscription", "Association", "Attachment", "::Route", "Ingress", "Egress", "Listener",
    "ListenerRule", "::Stage", "::Deployment", "EventSourceMapping", "DeliveryChannel", "ConfigurationRecorder",
    "VPCEndpoint", "NatGateway", "::Instance", "::LoadBalancer", "BackupSelection", "MonitoringSubscription",
    "SubscriptionFilter", "MountTarget",
)  # fmt: skip
_OPEN = frozenset({"Fn::If", "Fn::Transform"})  # such an item of a list can turn out to be none, or several


@dataclass(frozen=True, slots=True)
class Hit:
    """One place that breaks a rule."""

    document: str
    path: Place
    message: str
    resource: str | None = None


@dataclass(frozen=True, slots=True)
class Node:
    """A place in a resource's properties, and the value there; None where there is none."""

    item: Item
    path: Place
    value: Value

    def __getitem__(self, step: str | int) -> Node:
        return Node(self.item, (*self.path, step), _inside(self.value, step))

    def at(self, *steps: str | int) -> Node:
        """The node some steps further down."""
        node = self
        for step in steps:
            node = node[step]
        return node

    @property
    def absent(self) -> bool:
        """Whether the template certainly leaves it out."""
        return self.value is None

    @property
    def given(self) -> bool:
        """Whether the template says something here, known or not."""
        return self.value is not None

    @property
    def known(self) -> bool:
        """Whether it is there and nothing inside it has to wait for the deployment."""
        return self.value is not None and known(self.value)

    @property
    def text(self) -> str | None:
        """The value as text, where it is a known scalar; a dynamic reference is not known."""
        if isinstance(self.value, (Unknown, Reference, list, dict)) or self.value is None:
            return None
        text = text_of(self.value)
        return None if "{{resolve:" in text else text

    @property
    def shown(self) -> str:
        """The value as text with `${...}` for what is not known; empty where there is none."""
        return "" if self.value is None else text_of(self.value)

    @property
    def number(self) -> float | None:
        """The value as a number, where it is a known number or numeric text."""
        return finite(self.value)

    @property
    def flag(self) -> bool | None:
        """The value as true or false, where it is known to be one of them."""
        text = self.text
        return {"true": True, "false": False}.get(text.lower()) if text is not None else None

    @property
    def pieces(self) -> tuple[str | None, ...]:
        """Joined text in pieces, None for each that is not known; empty for what is no text."""
        return names.pieces(self.value)

    @property
    def closed(self) -> bool:
        """Whether it is a list of which every item is written out, though perhaps not known."""
        return isinstance(self.value, list) and not any(
            isinstance(inner, Unknown) and inner.form is not None and _OPEN & inner.form.keys()
            for inner in self.value
        )

    def each(self) -> tuple[Node, ...]:
        """The items of a list; a value that is no list stands for a list of one."""
        if isinstance(self.value, list):
            return tuple(self[index] for index in range(len(self.value)))
        return () if self.value is None else (self,)

    def texts(self) -> list[str]:
        """The known texts of a list, or of a value that stands for a list of one."""
        return [text for node in self.each() if (text := node.text) is not None]

    def entries(self) -> list[tuple[str, Node]]:
        """The keys of a mapping with their nodes."""
        return [(key, self[key]) for key in self.value] if isinstance(self.value, dict) else []

    def walk(self) -> Iterator[Node]:
        """This node and every one below it."""
        waiting = [self]
        while waiting:
            node = waiting.pop()
            yield node
            if isinstance(node.value, dict):
                waiting.extend(node[key] for key in node.value)
            elif isinstance(node.value, list):
                waiting.extend(node.each())

    @property
    def reference(self) -> Reference | None:
        """The value, where it is nothing but a reference."""
        return self.value if isinstance(self.value, Reference) else None

    def target(self, *types: str) -> Item | None:
        """The resource of the set that the value names: by reference, by its name or by its ARN."""
        return self.item.view.find(self.value, *types)

    def targets(self, *types: str) -> list[Item]:
        """The resources of the set that a list names."""
        found = (node.target(*types) for node in self.each())
        return [item for item in found if item is not None]

    def hit(self, message: str) -> Hit:
        """Say that this place breaks the rule."""
        return self.item.hit(message, "Properties", *self.path)


class Item:
    """One resource, and the view it stands in."""

    __slots__ = ("_references", "properties", "resource", "view")

    def __init__(self, view: View, resource: Resource) -> None:
        self.view, self.resource = view, resource
        self.properties = Node(self, (), resource.properties)
        self._references: list[Reference] | None = None

    def __getitem__(self, step: str) -> Node:
        return self.properties[step]

    def at(self, *steps: str | int) -> Node:
        """The node some steps down in the properties."""
        return self.properties.at(*steps)

    @property
    def id(self) -> str:
        """The logical id."""
        return self.resource.logical_id

    @property
    def type(self) -> str:
        """The resource type."""
        return self.resource.type

    @property
    def path(self) -> str:
        """Stack and logical id, such as `database/Database`."""
        return self.resource.path

    @property
    def tree(self) -> str:
        """The document at the top of the nest that the resource belongs to."""
        return self.view.top_of(self.resource.document)

    def attribute(self, name: str) -> str | None:
        """A resource attribute such as DeletionPolicy, where it is plain text."""
        found = self.resource.raw.get(name)
        return found if isinstance(found, str) else None

    @property
    def references(self) -> list[Reference]:
        """Every reference in the properties."""
        if self._references is None:
            self._references = references(self.resource.properties)
        return self._references

    @property
    def referrers(self) -> list[Item]:
        """The resources with a property that refers to this one, in the order of the nest."""
        return self.view.referrers.get(self.path, [])

    def hit(self, message: str, *path: str | int) -> Hit:
        """Say that this resource, at a path such as ("DeletionPolicy",), breaks the rule."""
        place = ("Resources", self.id, *path)
        return Hit(self.resource.document, place, message, self.id)


class View:
    """A nest with the lookups that rules need."""

    def __init__(self, nest: Nest, templates: TemplateSet) -> None:
        self.nest, self.templates = nest, templates
        self.order = Order(templates)
        self._remembered: dict[str, object] = {}
        self._indexes: dict[str, names.Index] = {}
        self.items = {path: Item(self, resource) for path, resource in nest.resources.items()}
        self._types = grouped((item.type, item) for item in self.items.values())

    def of(self, *types: str) -> list[Item]:
        """The resources of some types; a type may end in `*`."""
        found: list[Item] = []
        for name in types:
            if name.endswith("*"):
                matching = (items for kind, items in self._types.items() if kind.startswith(name[:-1]))
                found.extend(item for items in matching for item in items)
            else:
                found.extend(self._types.get(name, ()))
        return found

    def once(self, name: str, compute: Callable[[View], T]) -> T:
        """What a function says of this view, computed once however many rules ask."""
        if name not in self._remembered:
            self._remembered[name] = compute(self)
        return cast(T, self._remembered[name])

    @cached_property
    def complete(self) -> bool:
        """Whether what is not in the nest will not be there either.

        It is not where a macro or a module adds resources, nor where a condition leaves out something that lets
        others in or joins two: a policy, a permission, a subscription, a route.
        """
        documents = self.templates.documents.values()
        return not any(_adds(document) or self._leaves_out(document) for document in documents)

    def _leaves_out(self, document: Document) -> bool:
        resources = document.body.get("Resources")
        return any(
            isinstance(raw, dict)
            and "Condition" in raw
            and str(raw.get("Type", "")).endswith(_JOINTS)
            and (document.name, name) not in self._present
            for name, raw in (resources.items() if isinstance(resources, dict) else ())
        )

    @cached_property
    def _present(self) -> frozenset[tuple[str, str]]:
        return frozenset((item.resource.document, item.id) for item in self.items.values())

    def find(self, value: Value, *types: str) -> Item | None:
        """The resource that a value names by reference, by its physical name or by its ARN."""
        if isinstance(value, Reference):
            item = self.items.get(value.path)
            return item if item is not None and (not types or item.type in types) else None
        if not isinstance(value, (str, Unknown)):
            return None
        found = (self._index(kind).find(value) for kind in types or tuple(self._types))
        return next((self.items[path] for path in found if path is not None), None)

    def _index(self, kind: str) -> names.Index:
        if kind not in self._indexes:
            items = self._types.get(kind, ())
            self._indexes[kind] = names.Index(kind, ((i.path, i.resource.properties) for i in items))
        return self._indexes[kind]

    @cached_property
    def shown(self) -> frozenset[str]:
        """The paths of the resources that an output speaks of: somebody outside may use them."""
        values = self.nest.outputs.values()
        return frozenset(reference.path for value in values for reference in references(value))

    @cached_property
    def referrers(self) -> dict[str, list[Item]]:
        """By a resource's path, the resources with a property that refers to it."""
        return grouped(
            (path, item)
            for item in self.items.values()
            for path in dict.fromkeys(reference.path for reference in item.references)
        )

    def before(self, first: Item, second: Item) -> bool:
        """Whether CloudFormation certainly finishes the first before it starts the second."""
        return self.order.before(first.resource, second.resource)

    def top_of(self, document: str) -> str:
        """The document at the top of the nest that a document belongs to."""
        return self._tops.get(document, document)

    @cached_property
    def _tops(self) -> dict[str, str]:
        above: dict[str, str] = {}
        for name, document in self.templates.documents.items():
            for _, child in nested(document):
                above.setdefault(child, name)
        tops: dict[str, str] = {}
        for name in self.templates.documents:
            top, seen = name, {name}
            while top in above and above[top] not in seen:
                top = above[top]
                seen.add(top)
            tops[name] = top
        return tops


def grouped(pairs: Iterable[tuple[str, T]]) -> dict[str, list[T]]:
    """What belongs to each key, in the order of the pairs."""
    found: dict[str, list[T]] = {}
    for key, item in pairs:
        found.setdefault(key, []).append(item)
    return found


def _inside(value: Value, step: str | int) -> Value:
    if isinstance(value, dict) and isinstance(step, str):
        found = value.get(step)
        return _OPAQUE if found is None and any(key.startswith("Fn::") for key in value) else found
    if isinstance(value, list) and isinstance(step, int):
        return value[step] if 0 <= step < len(value) else None
    return _OPAQUE if isinstance(value, (Unknown, Reference)) else None


def _adds(document: Document) -> bool:
    transforms = document.body.get("Transform", [])
    listed = transforms if isinstance(transforms, list) else [transforms]
    resources = document.body.get("Resources")
    inner = resources if isinstance(resources, dict) else {}
    return (
        any(item != "AWS::LanguageExtensions" for item in listed)
        or "Fn::Transform" in inner
        or any(
            isinstance(r, dict)
            and (not isinstance(r.get("Type"), str) or str(r["Type"]).endswith("::MODULE"))
            for r in inner.values()
        )
    )
