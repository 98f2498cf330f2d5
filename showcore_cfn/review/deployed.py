"""What is deployed, as a template set: the texts that CloudFormation holds, root and nested, read only.

The addresses of nested templates become file names again, so that the set can be compared with one on disk.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, Protocol

from showcore_cfn.review.sources import DEPLOYED, Source
from showcore_cfn.template.json_types import Json
from showcore_cfn.template.load import Document, Problem, TemplateSet, parse

_STACK: Final = "AWS::CloudFormation::Stack"
_MOST_STACKS: Final = 500


class Held(Protocol):
    """A resource as CloudFormation lists it."""

    @property
    def logical_id(self) -> str: ...
    @property
    def physical_id(self) -> str: ...


class Holder(Protocol):
    """The two calls that are made: GetTemplate and ListStackResources."""

    def template(self, name: str) -> str: ...
    def resources(self, name: str) -> Sequence[Held]: ...


def from_stack(holder: Holder, stack: str, parameters: Mapping[str, str]) -> Source:
    """The templates of a stack and of what it nests; `parameters` are the stack's own."""
    documents: dict[str, Document] = {}
    problems: list[Problem] = []
    root = "root.yaml"
    waiting = [(root, stack)]
    while waiting and len(documents) < _MOST_STACKS:
        name, identity = waiting.pop()
        document = parse(holder.template(identity), name)
        children = _children(document)
        ids = {held.logical_id: held.physical_id for held in holder.resources(identity)} if children else {}
        local = {
            child: f"{'' if name == root else f'{name[:-5]}-'}{child.lower()}.yaml" for child in children
        }
        documents[name] = _with_files(document, local)
        for child, file in local.items():
            if ids.get(child):
                waiting.append((file, ids[child]))
            else:
                problems.append(Problem(name, None, f"the nested stack {child} does not exist yet."))
    templates = TemplateSet(documents, root, tuple(problems))
    return Source(DEPLOYED, templates, whole=False, parameters=parameters)


def _children(document: Document) -> list[str]:
    return [name for name, resource in _resources(document).items() if _is_stack(resource)]


def _resources(document: Document) -> dict[str, Json]:
    found = document.body.get("Resources")
    return found if isinstance(found, dict) else {}


def _is_stack(resource: Json) -> bool:
    return isinstance(resource, dict) and resource.get("Type") == _STACK


def _with_files(document: Document, files: Mapping[str, str]) -> Document:
    resources = dict(_resources(document))
    for name, file in files.items():
        resource = resources[name]
        properties = resource.get("Properties") if isinstance(resource, dict) else None
        if isinstance(resource, dict) and isinstance(properties, dict):
            resources[name] = {**resource, "Properties": {**properties, "TemplateURL": f"./{file}"}}
    return Document(document.name, {**document.body, "Resources": resources}, document.text, document.notes)
