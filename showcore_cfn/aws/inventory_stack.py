"""The deployed nest: stacks, resources, templates, drift."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import UTC, datetime

from showcore_cfn.aws.inventory import Answer, Source, reading, text
from showcore_cfn.aws.values import Stack
from showcore_cfn.verify.facts.stack import (
    DEPLOYED,
    DRIFT,
    NESTED,
    STACK,
    Drift,
    DriftedResource,
    LiveStack,
    StackResource,
    StackTree,
)
from showcore_cfn.verify.look import CouldNotLook, Look

_GONE = "DELETE_COMPLETE"
_POLL_SECONDS = 3.0
_BEFORE_TIME = datetime.min.replace(tzinfo=UTC)


def _stack(source: Source, _look: Look) -> StackTree:
    gateway = source.clients.cloudformation
    stacks: list[LiveStack] = []
    resources: list[StackResource] = []
    waiting = [("", source.want.stack_name)]
    while waiting:
        tier, name = waiting.pop(0)
        found = gateway.stack(name)
        if found is None:
            if not tier:
                raise CouldNotLook(f"there is no stack {name}: `showcore deploy` makes it")
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
    """Detection on every stack at once; a stack's own does not descend into those nested in it."""
    stacks = look(STACK).stacks
    started = [(stack.name, _detection(source, stack)) for stack in stacks]
    found = {name: _drift_status(source, detection) for name, detection in started}
    drifted = [each for stack in stacks for each in _drifted(source, stack)]
    return Drift(found, tuple(drifted))


def _detection(source: Source, stack: LiveStack) -> str:
    answer = source.ask("cloudformation", "detect_stack_drift", StackName=stack.id)
    return text(answer, "StackDriftDetectionId")


def _drift_status(source: Source, detection: str) -> str:
    while True:
        answer = source.ask(
            "cloudformation", "describe_stack_drift_detection_status", StackDriftDetectionId=detection
        )
        if answer.get("DetectionStatus") == "DETECTION_IN_PROGRESS":
            time.sleep(_POLL_SECONDS)
        elif answer.get("DetectionStatus") == "DETECTION_COMPLETE":
            return text(answer, "StackDriftStatus")
        else:
            return text(answer, "DetectionStatusReason") or "detection failed"


def _drifted(source: Source, stack: LiveStack) -> list[DriftedResource]:
    found: list[DriftedResource] = []
    token: str | None = ""
    while token is not None:
        page = source.ask(
            *("cloudformation", "describe_stack_resource_drifts"),
            StackName=stack.id,
            StackResourceDriftStatusFilters=["MODIFIED", "DELETED"],
            NextToken=token or None,
        )
        found += [_as_drifted(stack, each) for each in page["StackResourceDrifts"]]
        token = page.get("NextToken")
    return found


def _as_drifted(stack: LiveStack, answer: Answer) -> DriftedResource:
    return DriftedResource(
        path=f"{stack.tier or 'root'}/{answer['LogicalResourceId']}",
        status=text(answer, "StackResourceDriftStatus"),
        properties=tuple(text(part, "PropertyPath") for part in answer.get("PropertyDifferences") or ()),
    )


READINGS = (reading(STACK, _stack), reading(DEPLOYED, _deployed), reading(DRIFT, _drift))
