"""The stacks themselves: complete, equal to the templates, protected, not drifted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from showcore_cfn.template.json_types import Json
from showcore_cfn.template.load import parse
from showcore_cfn.verify.check import check
from showcore_cfn.verify.claim import Claim, equal, none_of, that, unseen
from showcore_cfn.verify.expected import Expected
from showcore_cfn.verify.facts.stack import DEPLOYED, DRIFT, NESTED, STACK
from showcore_cfn.verify.look import CouldNotLook, Look

GOOD_ENDS = ("CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE")
DRIFT_SECONDS = 900.0  # CloudFormation asks every service about every resource


@check(
    "7.1-stacks",
    "Every stack and every resource is complete",
    sees=(STACK,),
    remedy="`showcore diagnose` finds the cause, `showcore recover` the way out.",
)
def stacks(look: Look, _want: Expected) -> Iterator[Claim]:
    """7.1, 13.1."""
    tree = look(STACK)
    for stack in tree.stacks:
        mine = [each for each in tree.resources if each.tier == stack.tier]
        bad = [f"{each.path} {each.status}" for each in mine if each.status not in GOOD_ENDS]
        yield that(stack.name, stack.status in GOOD_ENDS, stack.status, "complete")
        yield none_of(f"{stack.name}: of {len(mine)} resources not complete", bad)


@check(
    "7.1-tiers",
    "Every tier of the templates is deployed",
    sees=(STACK,),
    remedy="`showcore deploy`.",
)
def tiers(look: Look, want: Expected) -> Iterator[Claim]:
    """7.1, 13.1: read from the templates that should be there."""
    there = {stack.tier for stack in look(STACK).stacks if stack.tier}
    yield equal("tiers", there, wanted_tiers(want))


@check(
    "7.1-no-difference",
    "What is deployed is what the templates say",
    sees=(STACK, DEPLOYED),
    remedy="`showcore diff deployed` shows the difference; `showcore plan` what deploying would change.",
)
def no_difference(look: Look, want: Expected) -> Iterator[Claim]:
    """7.1, 13.1: `cdk diff` of the plan. Addresses of nested templates are left out: they carry hashes."""
    if want.templates is None:
        raise CouldNotLook("there are no templates to compare with")
    for name, text in look(DEPLOYED).items():
        document = want.templates.documents.get(name)
        if document is None:
            yield equal(name, "deployed", "no such template")
            continue
        yield none_of(f"{name}: differs in", differences(parse(text, name).body, document.body))


@check(
    "7.1-parameters",
    "The parameters are those of the settings",
    sees=(STACK,),
    remedy="`showcore plan` shows what deploying with these settings would change.",
)
def parameters(look: Look, want: Expected) -> Iterator[Claim]:
    """7.1, 13.1. Deletion protection is switched on by the deployment itself, so either value is right."""
    for name, value in look(STACK).root.parameters.items():
        if name in want.parameters and name != "DatabaseDeletionProtection" and value != "****":
            yield equal(name, value, want.parameters[name])


@check(
    "13.1-no-drift",
    "Nothing was changed by hand",
    sees=(STACK, DRIFT),
    remedy="`showcore drift` shows each difference and its way back: mostly by hand, a deployment leaves it alone.",
    timeout_seconds=DRIFT_SECONDS,
)
def no_drift(look: Look, _want: Expected) -> Iterator[Claim]:
    """13.1: over the root and every nested stack."""
    found = look(DRIFT)
    for stack, status in found.stacks.items():
        if status in ("IN_SYNC", "DRIFTED"):
            yield equal(stack, status, "IN_SYNC")
        else:
            yield unseen(stack, status, "IN_SYNC")
    for each in found.resources:
        yield equal(each.path, f"{each.status} {', '.join(each.properties)}".strip(), "as deployed")


@check(
    "13.1-termination-protection",
    "The root stack is protected against deletion",
    sees=(STACK,),
    remedy="`showcore protect`.",
)
def termination_protection(look: Look, _want: Expected) -> Iterator[Claim]:
    """13.1."""
    root = look(STACK).root
    yield equal(f"{root.name} protected", root.termination_protection, True)


def wanted_tiers(want: Expected) -> list[str]:
    """The stacks that the root template nests under these parameters."""
    from showcore_cfn.review.resolve import resolve

    if want.templates is None:
        raise CouldNotLook("there are no templates to compare with")
    nest = resolve(want.templates, want.parameters)
    return [each.logical_id.lower() for each in nest.resources.values() if each.type == NESTED]


def differences(deployed: Mapping[str, Json], wanted: Mapping[str, Json]) -> list[str]:
    """The resources, outputs, parameters and the like in which two templates differ."""
    found: list[str] = []
    for section in sorted({*deployed, *wanted} - {"Metadata"}):
        before, after = deployed.get(section), wanted.get(section)
        if isinstance(before, dict) and isinstance(after, dict):
            names = sorted({*before, *after})
            found += [name for name in names if _plain(before.get(name)) != _plain(after.get(name))]
        elif before != after:
            found.append(section)
    return found


def _plain(item: Json) -> Json:
    """A resource without the address of the template that it nests, and without what only people read."""
    if not isinstance(item, dict):
        return item
    kept = {key: value for key, value in item.items() if key != "Metadata"}
    properties = kept.get("Properties")
    if kept.get("Type") == NESTED and isinstance(properties, dict):
        kept["Properties"] = {key: value for key, value in properties.items() if key != "TemplateURL"}
    return kept
