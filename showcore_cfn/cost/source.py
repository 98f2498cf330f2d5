"""A template set with its parameters, and the same changed: what a variant starts from and ends with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from showcore_cfn.cost.services.free import FREE
from showcore_cfn.cost.services.registry import WRITERS
from showcore_cfn.review.resolve import Nest, resolve
from showcore_cfn.template.json_types import Json
from showcore_cfn.template.load import TemplateSet

Body = dict[str, Json]
Edit = Callable[[str, Body, Body], "Body | None"]  # document/id, resource, properties -> resource, or None


@dataclass(frozen=True, slots=True)
class Source:
    """A template set with the parameters of its root."""

    templates: TemplateSet
    parameters: Mapping[str, str] = field(default_factory=dict)

    def nest(self) -> Nest:
        """The resolved resources."""
        return resolve(self.templates, self.parameters)

    @property
    def planned(self) -> bool:
        """Whether the root is that of the plan: its parameters say so."""
        return all(self.has(name) for name in _OF_THE_PLAN)

    def has(self, parameter: str) -> bool:
        """Whether the root declares a parameter."""
        return parameter in self._declared()

    def value(self, parameter: str) -> str | None:
        """What a parameter of the root is set to, or defaults to."""
        declared = self._declared().get(parameter)
        default = declared.get("Default") if isinstance(declared, dict) else None
        return self.parameters.get(parameter, None if default is None else str(default))

    def _declared(self) -> Body:
        root = self.templates.documents.get(self.templates.root or "")
        found = root.body.get("Parameters") if root else None
        return found if isinstance(found, dict) else {}

    def with_parameter(self, name: str, value: str) -> Source | None:
        """The same with one parameter changed; None where it has that value, or does not exist."""
        if not self.has(name) or self.value(name) == value:
            return None
        return replace(self, parameters={**self.parameters, name: value})

    def slim(self) -> Source:
        """The same without what no price depends on: a variant is resolved several times faster.

        What is free keeps its name and loses its properties; tags and the body of a dashboard go.
        """
        return self.edited(_slim) or self

    def edited(self, edit: Edit) -> Source | None:
        """The same with every resource passed through `edit`; None where that changes nothing."""
        documents = dict(self.templates.documents)
        for name, document in self.templates.documents.items():
            body = _edited(document.body, name, edit)
            if body is not None:
                documents[name] = replace(document, body=body)
        if documents == dict(self.templates.documents):
            return None
        return replace(self, templates=self.templates._replace(documents=documents))


_OF_THE_PLAN = ("Prefix", "EndpointZones", "SessionMessagesEndpoint")
_HEAVY = frozenset({"Tags", "DashboardBody", "Content"})
_READ = frozenset({"AWS::CloudFormation::Stack", *WRITERS})  # free or not, their properties decide prices


def _slim(_: str, resource: Body, properties: Body) -> Body:
    kind = resource.get("Type")
    if kind in FREE and kind not in _READ:
        return {name: value for name, value in resource.items() if name != "Properties"}
    kept: Body = {name: value for name, value in properties.items() if name not in _HEAVY}
    return {**resource, "Properties": kept}


def _edited(body: Body, name: str, edit: Edit) -> Body | None:
    resources = body.get("Resources")
    if not isinstance(resources, dict):
        return None
    found: Body = {}
    for logical_id, resource in resources.items():
        kept: Json = resource
        if isinstance(resource, dict):
            properties = resource.get("Properties")
            kept = edit(f"{name}/{logical_id}", resource, properties if isinstance(properties, dict) else {})
        if kept is not None:
            found[logical_id] = kept
    return None if found == resources else {**body, "Resources": found}
