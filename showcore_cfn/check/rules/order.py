"""What CloudFormation certainly finishes before it starts something else.

Inside one template a resource waits for what it names in `DependsOn` and for what it refers to. A resource of
a nested stack waits, besides, for all that its stack waits for, and a stack is finished when all its resources
are (AWS CloudFormation User Guide, "DependsOn attribute" and "Nested stacks").
"""

from __future__ import annotations

import re
from functools import cache, cached_property

from showcore_cfn.review.resolve import Resource
from showcore_cfn.template.json_types import Json
from showcore_cfn.template.load import TemplateSet, nested

_PLACEHOLDER = re.compile(r"\$\{([^!}][^}]*)\}")


class Order:
    """The order of creation of a template set."""

    def __init__(self, templates: TemplateSet) -> None:
        self._templates = templates
        self._direct_waits: dict[str, dict[str, frozenset[str]]] = {}
        self._all_waits: dict[tuple[str, str], frozenset[str]] = {}
        self._nested: dict[str, dict[str, str]] = {}

    def before(self, first: Resource, second: Resource) -> bool:
        """Whether the first is finished before the second starts."""
        above, below = self._chain(first), self._chain(second)
        if first.path == second.path or above[0] != below[0]:
            return False
        depth = 1
        while depth < min(len(above), len(below)) - 1 and above[depth] == below[depth]:
            depth += 1
        document = self._document(above[:depth])
        return document is not None and above[depth] in self.waits(document, below[depth])

    def waits(self, document: str, logical_id: str) -> frozenset[str]:
        """The logical ids of the same template that a resource waits for, near and far."""
        if (document, logical_id) not in self._all_waits:
            self._all_waits[document, logical_id] = self._found(document, logical_id)
        return self._all_waits[document, logical_id]

    def _found(self, document: str, logical_id: str) -> frozenset[str]:
        direct = self._direct(document)
        found: set[str] = set()
        waiting = list(direct.get(logical_id, ()))
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting.extend(direct.get(name, ()))
        return frozenset(found)

    def _direct(self, document: str) -> dict[str, frozenset[str]]:
        if document not in self._direct_waits:
            read = self._templates.documents.get(document)
            resources = read.body.get("Resources") if read else None
            defined = resources if isinstance(resources, dict) else {}
            self._direct_waits[document] = {
                name: frozenset(_named(resource) & defined.keys()) for name, resource in defined.items()
            }
        return self._direct_waits[document]

    @cached_property
    def _children(self) -> frozenset[str]:
        documents = self._templates.documents.values()
        return frozenset(child for document in documents for _, child in nested(document))

    def _chain(self, resource: Resource) -> tuple[str, ...]:
        """The document at the top, then logical ids from there down."""
        if resource.document not in self._children:
            return (resource.document, resource.logical_id)
        root = self._templates.root
        return (root if root is not None else resource.chain[0], *resource.chain)

    def _document(self, chain: tuple[str, ...]) -> str | None:
        """The template that a chain of logical ids leads to."""
        name: str | None = chain[0]
        for step in chain[1:]:
            name = self._inside(name).get(step) if name else None
        return name

    def _inside(self, name: str) -> dict[str, str]:
        """The templates that a template nests, by logical id."""
        if name not in self._nested:
            document = self._templates.documents.get(name)
            self._nested[name] = dict(nested(document)) if document else {}
        return self._nested[name]


def _named(raw: Json) -> set[str]:
    found: set[str] = set()
    waiting = [raw]
    if isinstance(raw, dict):
        depends = raw.get("DependsOn", [])
        found.update(str(name) for name in (depends if isinstance(depends, list) else [depends]))
    while waiting:
        item = waiting.pop()
        if isinstance(item, list):
            waiting.extend(item)
        elif isinstance(item, dict):
            waiting.extend(item.values())
            if len(item) == 1:
                ((key, argument),) = item.items()
                found.update(_of_function(key, argument))
    return found


def _of_function(key: str, argument: Json) -> list[str]:
    if key == "Ref" and isinstance(argument, str):
        return [argument]
    if key == "Fn::GetAtt" and isinstance(argument, list) and argument and isinstance(argument[0], str):
        return [argument[0]]
    if key == "Fn::Sub":
        text = argument[0] if isinstance(argument, list) and argument else argument
        return list(_placeholders(text)) if isinstance(text, str) else []
    return []


@cache
def _placeholders(text: str) -> tuple[str, ...]:
    return tuple(name.strip().split(".", 1)[0] for name in _PLACEHOLDER.findall(text))
