"""The root template: it nests the tiers in order and joins every wire.

Each nested stack gets the settings and the wires that its tier asked for, and nothing else. A wire orders two
stacks by itself; where a tier only knows another one's fixed names, `Tier.after` becomes a DependsOn.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from showcore_cfn.errors import WiringError
from showcore_cfn.template.forms import CONTEXT, Body, declaration, interface
from showcore_cfn.template.json_types import Json
from showcore_cfn.template.parameters import PREFIX, ROOT_PARAMETERS, RootParameter
from showcore_cfn.template.stack import Stack, Tier
from showcore_cfn.template.tags import PROJECT

ROOT_FILE = "root.yaml"
_LOCAL_TEMPLATE = (
    "The template stands beside this file; packaging replaces the path by the URL of the uploaded copy."
)


def described(tiers: Sequence[Tier]) -> dict[str, Stack]:
    """Every tier's stack, by tier name, its wires checked against the tiers before it."""
    stacks: dict[str, Stack] = {}
    for tier in tiers:
        stack = Stack(tier)
        tier.build(stack)
        _check(stack, stacks)
        stacks[tier.name] = stack
    return stacks


def root(stacks: dict[str, Stack]) -> Body:
    """The root template over the described stacks."""
    used = {name for stack in stacks.values() for name in stack.settings}
    switches = {s.tier.switch.name: s.tier.switch for s in stacks.values() if s.tier.switch}
    parameters = [p for p in ROOT_PARAMETERS if p.name in used or p.name in switches]
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": "ShowCore Phase 1: nests all tiers (plan 1-12)",
        "Metadata": _metadata(parameters, stacks),
        "Parameters": {p.name: declaration(p) for p in parameters},
        "Conditions": {f"{name}On": {"Fn::Equals": [{"Ref": name}, "true"]} for name in switches},
        "Resources": {stack.tier.logical_id: _nested(stack, stacks) for stack in stacks.values()},
        "Outputs": dict(_outputs(stacks.values())),
    }


def _check(stack: Stack, before: dict[str, Stack]) -> None:
    tier = stack.tier
    for name in tier.after:
        if name not in before:
            raise WiringError(f"{tier.name} comes after {name}, which does not stand before it.")
    for wire in stack.used.values():
        source = before.get(wire.tier)
        if source is None:
            raise WiringError(f"{tier.name} uses {wire.name} of {wire.tier}, which does not stand before it.")
        if wire.name not in source.provided:
            raise WiringError(f"{tier.name} uses {wire.name}, which {wire.tier} does not provide.")
        if source.tier.switch is not None:
            raise WiringError(
                f"{tier.name} uses {wire.name} of {wire.tier}, a tier that can be switched off."
            )


def _nested(stack: Stack, stacks: dict[str, Stack]) -> Body:
    tier = stack.tier
    wired = {wire.tier for wire in stack.used.values()}
    waits = [stacks[name].tier.logical_id for name in tier.after if name not in wired]
    settings: Body = {parameter.name: {"Ref": parameter.name} for parameter in stack.declared()}
    wires: Body = {
        wire.name: {"Fn::GetAtt": [stacks[wire.tier].tier.logical_id, f"Outputs.{wire.name}"]}
        for wire in stack.used.values()
    }
    body: Body = {"Type": "AWS::CloudFormation::Stack"}
    if tier.switch:
        body["Condition"] = f"{tier.switch.name}On"
    if waits:
        body["DependsOn"] = waits[0] if len(waits) == 1 else list(waits)
    body["DeletionPolicy"] = "Delete"
    body["UpdateReplacePolicy"] = "Delete"
    body["Metadata"] = {
        "cfn-lint": {"config": {"ignore_checks": ["W3002"]}},
        "showcore": {"silence": {"W3002": _LOCAL_TEMPLATE}},
    }
    tags: list[Json] = [{"Key": key, "Value": value} for key, value in stack.tags().items()]
    body["Properties"] = {"TemplateURL": f"./{tier.file}", "Parameters": {**settings, **wires}, "Tags": tags}
    return body


def _outputs(stacks: Iterable[Stack]) -> Iterable[tuple[str, Body]]:
    for stack in stacks:
        for name, output in stack.outputs.items():
            if not output.to_root:
                continue
            if output.condition:
                raise WiringError(f"{name} exists under a condition, so the root cannot always read it.")
            shown: Body = {"Description": output.description}
            if stack.tier.switch:
                shown["Condition"] = f"{stack.tier.switch.name}On"
            shown["Value"] = {"Fn::GetAtt": [stack.tier.logical_id, f"Outputs.{name}"]}
            yield name, shown


def _metadata(parameters: Sequence[RootParameter], stacks: dict[str, Stack]) -> Body:
    groups: dict[str, list[str]] = {}
    for parameter in parameters:
        groups.setdefault(parameter.group, []).append(parameter.name)
    labels = {parameter.name: parameter.label for parameter in parameters}
    return {
        CONTEXT: {
            "arch": f"One nested stack a tier: {', '.join(stacks)}.",
            "must": [
                f"Every taggable resource carries Project={PROJECT} and four more tags.",
                "What passes from tier to tier is one String each.",
                f"{PREFIX.name} never changes on a deployed stack: every fixed name hangs on it.",
            ],
        },
        "AWS::CloudFormation::Interface": interface(groups, labels),
    }
