"""The deployed nest: stacks, resources, templates, drift."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from showcore_cfn.aws.drift import DriftGateway
from showcore_cfn.aws.inventory import Source, reading
from showcore_cfn.aws.values import Stack
from showcore_cfn.deploy.clock import SystemClock
from showcore_cfn.deploy.drift.detection import Drifted, detect
from showcore_cfn.errors import StillRunning
from showcore_cfn.verify.facts.stack import (
    DEPLOYED,
    DRIFT,
    NESTED,
    STACK,
    Drift,
    DriftedResource,
    LiveStack,
    NoStack,
    StackResource,
    StackTree,
)
from showcore_cfn.verify.look import CouldNotLook, Look

_GONE = "DELETE_COMPLETE"
_ONLY_PLANNED = "REVIEW_IN_PROGRESS"
_BEFORE_TIME = datetime.min.replace(tzinfo=UTC)


def _stack(source: Source, _look: Look) -> StackTree:
    gateway = source.clients.cloudformation
    stacks: list[LiveStack] = []
    resources: list[StackResource] = []
    waiting = [("", source.want.stack_name)]
    while waiting:
        tier, name = waiting.pop(0)
        found = gateway.stack(name)
        if not tier and (found is None or found.status == _ONLY_PLANNED):
            raise NoStack(f"no stack {name} stands yet: `showcore deploy` creates it")
        if found is None:
            continue
        stacks.append(_live(tier, found))
        for each in gateway.resources(name):
            if each.status != _GONE:
                resources.append(
                    StackResource(tier, each.logical_id, each.type, each.physical_id, each.status)
                )
                if each.type == NESTED and each.physical_id:
                    waiting.append((each.logical_id.lower(), each.physical_id))
    return StackTree(tuple(stacks), tuple(resources))


def _live(tier: str, stack: Stack) -> LiveStack:
    return LiveStack(
        tier=tier,
        name=stack.name,
        id=stack.id,
        status=stack.status,
        created=stack.created or _BEFORE_TIME,
        updated=stack.updated,
        parameters=stack.parameters,
        termination_protection=stack.protected,
    )


def _deployed(source: Source, look: Look) -> Mapping[str, str]:
    """The text of each stack's template under the name of the file that it was made from."""
    gateway = source.clients.cloudformation
    return {f"{stack.tier or 'root'}.yaml": gateway.template(stack.id) for stack in look(STACK).stacks}


def _drift(source: Source, look: Look) -> Drift:
    """Detection over the root and every nested stack, as `showcore drift` does it."""
    gateway = DriftGateway(source.clients.client("cloudformation"), source.profile)
    root = look(STACK).root.id
    try:
        found = detect(source.clients.cloudformation, gateway, SystemClock(), root, lambda _ended, _of: None)
    except StillRunning as error:
        raise CouldNotLook(str(error)) from error
    return Drift(
        stacks={name: each.status for name, each in found.stacks.items()} | dict(found.failed),
        resources=tuple(_drifted(each) for each in found.drifted),
    )


def _drifted(found: Drifted) -> DriftedResource:
    differences = found.found.differences
    return DriftedResource(found.path, found.found.status, tuple("/".join(each.path) for each in differences))


READINGS = (reading(STACK, _stack), reading(DEPLOYED, _deployed), reading(DRIFT, _drift))
