"""The language a tier is written in: names, tags, settings and wires are applied here and nowhere else.

A tier is a function that describes itself to a `Stack`: it adds troposphere resources, uses wires of the tiers
before it and provides its own. The stack ends as plain data, a template in long-form intrinsics.

A wire carries one scalar as a String. While CloudFormation makes a nested change set it does not know the outputs
of sibling stacks, so a list, a typed or constrained parameter, or a Select, Split or condition over such a value
would make the change set fail (https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/759).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import showcore_cfn.template.later  # noqa: F401  (before troposphere)

# isort: split
from troposphere import AWSObject, Equals, GetAtt, If, Ref, Sub

from showcore_cfn.errors import WiringError
from showcore_cfn.template.forms import CONTEXT, Body, declaration, interface, passed, plain
from showcore_cfn.template.json_types import Json
from showcore_cfn.template.parameters import (
    COST_CENTER,
    ENVIRONMENT,
    MANAGED_BY,
    PHASE,
    ROOT_PARAMETERS,
    RootParameter,
)
from showcore_cfn.template.tags import CREATE_ONLY, PROJECT, tag

Text: TypeAlias = "str | Ref | Sub | GetAtt | If"  # what CloudFormation reads as one piece of text

_PLACEHOLDER = re.compile(r"\$\{([A-Za-z0-9]+)\}")
_BY_NAME = {parameter.name: parameter for parameter in ROOT_PARAMETERS}


@dataclass(frozen=True, slots=True)
class Wire:
    """One value that a tier gives to the tiers after it."""

    tier: str
    name: str  # of the output, and of the parameter where it is used
    description: str


@dataclass(frozen=True, slots=True)
class Tier:
    """One nested template: what it is called, what it holds, and what must stand before it."""

    name: str  # `database`: the file database.yaml, the nested stack Database
    title: str
    tasks: str  # sections of the plan
    shape: str  # one sentence on how the parts fit together; travels in the template
    build: Callable[[Stack], None]
    after: tuple[str, ...] = ()  # tiers that no wire orders before this one
    switch: RootParameter | None = None  # the tier exists where this is true
    must: tuple[str, ...] = ()  # what holds for the whole template

    @property
    def logical_id(self) -> str:
        """The nested stack's logical id in the root."""
        return self.name.capitalize()

    @property
    def file(self) -> str:
        """The file beside the root."""
        return f"{self.name}.yaml"


@dataclass(frozen=True, slots=True)
class Output:
    """A value that a stack shows; `to_root` passes it on as an output of the root."""

    description: str
    value: Json
    export: Json = None
    condition: str | None = None
    to_root: bool = False


@dataclass(slots=True)
class Stack:
    """One template while it is being described."""

    tier: Tier
    standalone: bool = False  # its parameters are asked of a person, so they carry defaults and constraints
    settings: dict[str, RootParameter] = field(default_factory=dict)
    used: dict[str, Wire] = field(default_factory=dict)
    provided: dict[str, Wire] = field(default_factory=dict)
    own_parameters: dict[str, Body] = field(default_factory=dict)
    conditions: Body = field(default_factory=dict)
    resources: dict[str, Body] = field(default_factory=dict)
    outputs: dict[str, Output] = field(default_factory=dict)

    # Settings and names --------------------------------------------------------------------------------

    def setting(self, parameter: RootParameter) -> Ref:
        """The value of a root parameter, passed down."""
        self.settings[parameter.name] = parameter
        return Ref(parameter.name)

    def sub(self, text: str, **values: Text) -> Sub:
        """`Fn::Sub`; root parameters named in the text are passed down."""
        for name in _PLACEHOLDER.findall(text):
            if name in _BY_NAME and name not in values:
                self.setting(_BY_NAME[name])
        return Sub(text, **values) if values else Sub(text)

    def named(self, component: str, kind: str) -> Sub:
        """A name by the plan's rule, 2.2: showcore-{component}-{environment}-{resource-type}."""
        return self.sub(f"${{Prefix}}-{component}-${{Environment}}-{kind}")

    def topic(self, name: str) -> Sub:
        """The ARN of one of the three alert topics, spelled from its fixed name: no wire is needed."""
        return self.sub(
            f"arn:${{AWS::Partition}}:sns:us-east-1:${{AWS::AccountId}}:${{Prefix}}-{name}-alerts"
        )

    def on(self, parameter: RootParameter) -> str:
        """The name of the condition that a switch is on."""
        return self.condition(f"{parameter.name}On", Equals(self.setting(parameter), "true"))

    def condition(self, name: str, expression: object) -> str:
        """Declare a condition, over root parameters only; the answer is its name."""
        self.conditions[name] = plain(expression)
        return name

    def parameter(self, name: str, group: str, label: str, **body: Json) -> Ref:
        """A parameter of a stand-alone template only."""
        self.own_parameters[name] = {"Group": group, "Label": label, **body}
        return Ref(name)

    # Wires ---------------------------------------------------------------------------------------------

    def use(self, wire: Wire) -> Ref:
        """A value of an earlier tier."""
        if wire.tier == self.tier.name:
            raise WiringError(
                f"{self.tier.name} uses its own wire {wire.name}; refer to the resource instead."
            )
        self.used[wire.name] = wire
        return Ref(wire.name)

    def provide(self, wire: Wire, value: object, *, export: bool = False, to_root: bool = False) -> None:
        """Give a value to the tiers after this one; with `export` to other stacks of the region too."""
        if wire.tier != self.tier.name:
            raise WiringError(f"{self.tier.name} provides {wire.name}, which belongs to {wire.tier}.")
        if wire.name in self.provided:
            raise WiringError(f"{self.tier.name} provides {wire.name} twice.")
        self.provided[wire.name] = wire
        name = self.sub(f"${{Prefix}}-{wire.name}") if export else None
        self.show(wire.name, wire.description, value, export=name, to_root=to_root)

    def show(
        self,
        name: str,
        description: str,
        value: object,
        *,
        export: Sub | None = None,
        condition: str | None = None,
        to_root: bool = True,
    ) -> None:
        """An output for people, passed on by the root."""
        self.outputs[name] = Output(description, plain(value), plain(export), condition, to_root)

    # Resources -----------------------------------------------------------------------------------------

    def add(
        self,
        resource: AWSObject,
        *,
        why: str = "",
        must: Sequence[str] = (),
        mutability: Mapping[str, str] | None = None,
        silence: Mapping[str, str] | None = None,
    ) -> AWSObject:
        """Put a resource into the template, tagged; the only way in.

        `why` is one sentence on a decision that a reader of the template would ask about, `must` what breaks
        when it is changed, `mutability` properties that are dangerous to change, `silence` rules of cfn-lint
        or of our own that do not apply here, each with the reason.
        """
        body = plain(resource)
        assert isinstance(body, dict)
        if resource.title in self.resources:
            raise WiringError(f"{self.tier.name} has two resources called {resource.title}.")
        tag(resource.resource_type, body, self.tags(literal=resource.resource_type in CREATE_ONLY))
        context: Body = {}
        if why:
            context["why"] = why
        if must:
            context["must"] = list(must)
        if mutability:
            context["mutability"] = dict(mutability)
        metadata: Body = {CONTEXT: context} if context else {}
        if silence:
            linted: list[Json] = [rule for rule in silence if not rule.startswith(_OWN_RULES)]
            if linted:
                metadata["cfn-lint"] = {"config": {"ignore_checks": linted}}
            metadata["showcore"] = {"silence": dict(silence)}
        if metadata:
            body["Metadata"] = metadata
        self.resources[resource.title] = {key: body[key] for key in _RESOURCE_ORDER if key in body}
        return resource

    def tags(self, *, literal: bool = False) -> dict[str, Json]:
        """The five tags of the plan, 2.2. `literal` leaves out those whose value is a parameter's."""
        if literal:
            return {"Project": PROJECT}
        values = {
            "Phase": PHASE,
            "Environment": ENVIRONMENT,
            "ManagedBy": MANAGED_BY,
            "CostCenter": COST_CENTER,
        }
        return {"Project": PROJECT} | {key: plain(self.setting(value)) for key, value in values.items()}

    # The template --------------------------------------------------------------------------------------

    def template(self) -> Body:
        """The whole template, sections in reading order."""
        body: Body = {
            "AWSTemplateFormatVersion": "2010-09-09",
            "Description": f"ShowCore Phase 1, {self.tier.title} (plan {self.tier.tasks})",
            "Metadata": self._metadata(),
            "Parameters": self._parameters(),
            "Conditions": dict(self.conditions),
            "Resources": dict(self.resources),
            "Outputs": {name: _output(output) for name, output in self.outputs.items()},
        }
        return {key: value for key, value in body.items() if value}

    def declared(self) -> list[RootParameter]:
        """The settings that this template takes, in the root's order."""
        return [parameter for parameter in ROOT_PARAMETERS if parameter.name in self.settings]

    def _parameters(self) -> Body:
        settings = {p.name: declaration(p) if self.standalone else passed(p) for p in self.declared()}
        wires: Body = {w.name: {"Type": "String", "Description": w.description} for w in self.used.values()}
        own = {
            name: {key: value for key, value in body.items() if key not in ("Group", "Label")}
            for name, body in self.own_parameters.items()
        }
        return {**own, **settings, **wires}

    def _metadata(self) -> Body:
        context: Body = {"arch": self.tier.shape}
        if self.tier.must:
            context["must"] = list(self.tier.must)
        groups: dict[str, list[str]] = {}
        labels: dict[str, str] = {}
        for name, body in self.own_parameters.items():
            groups.setdefault(str(body["Group"]), []).append(name)
            labels[name] = str(body["Label"])
        for parameter in self.declared():
            groups.setdefault(parameter.group, []).append(parameter.name)
            labels[parameter.name] = parameter.label
        for wire in self.used.values():
            groups.setdefault(f"From {wire.tier}", []).append(wire.name)
            labels[wire.name] = wire.description.rstrip(".")
        return {
            CONTEXT: context,
            **({"AWS::CloudFormation::Interface": interface(groups, labels)} if labels else {}),
        }


_OWN_RULES = ("PLAN-", "SC-")


_RESOURCE_ORDER = (
    "Type",
    "Condition",
    "DependsOn",
    "DeletionPolicy",
    "UpdateReplacePolicy",
    "Metadata",
    "Properties",
)


def _output(output: Output) -> Body:
    body: Body = {"Description": output.description}
    if output.condition:
        body["Condition"] = output.condition
    body["Value"] = output.value
    if output.export is not None:
        body["Export"] = {"Name": output.export}
    return body
