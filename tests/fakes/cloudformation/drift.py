"""Drift: what was changed behind CloudFormation's back, found stack by stack."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

from showcore_cfn.template.json_types import Json
from tests.fakes.cloudformation.account import Account
from tests.fakes.cloudformation.clock import Steps
from tests.fakes.cloudformation.errors import invalid
from tests.fakes.cloudformation.model import STACK, Resource, Stack
from tests.fakes.cloudformation.pages import page
from tests.fakes.cloudformation.protocol import Record

_SECONDS = 20.0
_CHECKABLE = frozenset(
    {"CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "UPDATE_ROLLBACK_FAILED"}
)


def detect_stack_drift(account: Account, request: Record) -> Record:
    """DetectStackDrift: of this stack's own resources; it does not look into nested stacks."""
    stack = account.stack(request["StackName"])
    if stack.status not in _CHECKABLE:
        raise invalid(f"Stack [{stack.name}] is in {stack.status} state. Drift detection is not possible.")
    detection = account.new_uuid(stack.id, "drift")
    account.drift_detections[detection] = stack.id, "DETECTION_IN_PROGRESS"
    only = request.get("LogicalResourceIds")
    account.clock.start(_detect(account, stack, detection, only))
    return {"StackDriftDetectionId": detection}


def _detect(account: Account, stack: Stack, detection: str, only: list[str] | None) -> Steps:
    yield _SECONDS * account.durations.scale
    for resource in _own(stack):
        if only is None or resource.logical_id in only:
            resource.drift_status = _status(resource)
            resource.drift_checked = account.clock.now()
    stack.drift_status = "DRIFTED" if _drifted(stack) else "IN_SYNC"
    stack.drift_checked = account.clock.now()
    account.drift_detections[detection] = stack.id, "DETECTION_COMPLETE"


def describe_stack_drift_detection_status(account: Account, request: Record) -> Record:
    """DescribeStackDriftDetectionStatus."""
    detection = request["StackDriftDetectionId"]
    if detection not in account.drift_detections:
        raise invalid(f"Drift detection {detection} does not exist")
    stack_id, status = account.drift_detections[detection]
    stack = account.stacks[stack_id]
    done = status == "DETECTION_COMPLETE"
    return {
        "StackId": stack.id,
        "StackDriftDetectionId": detection,
        "DetectionStatus": status,
        "StackDriftStatus": stack.drift_status if done else None,
        "DriftedStackResourceCount": len(_drifted(stack)) if done else None,
        "Timestamp": account.clock.now(),
    }


def describe_stack_resource_drifts(account: Account, request: Record) -> Record:
    """DescribeStackResourceDrifts: of the resources that were looked at."""
    stack = account.stack(request["StackName"])
    wanted = request.get("StackResourceDriftStatusFilters")
    found = [r for r in _own(stack) if r.drift_checked and (not wanted or r.drift_status in wanted)]
    entries, token = page(found, request.get("NextToken"), request.get("MaxResults", account.page_size))
    return {"StackResourceDrifts": [_drift(stack, r) for r in entries], "NextToken": token}


def _own(stack: Stack) -> list[Resource]:
    return [r for r in stack.resources.values() if r.type != STACK]


def _drifted(stack: Stack) -> list[Resource]:
    return [r for r in _own(stack) if r.drift_status in ("MODIFIED", "DELETED")]


def _status(resource: Resource) -> str:
    if resource.deleted_outside:
        return "DELETED"
    return "MODIFIED" if resource.drift else "IN_SYNC"


def _drift(stack: Stack, resource: Resource) -> Record:
    found: Record = {
        "StackId": stack.id,
        "LogicalResourceId": resource.logical_id,
        "PhysicalResourceId": resource.physical_id,
        "ResourceType": resource.type,
        "ExpectedProperties": json.dumps(resource.properties),
        "StackResourceDriftStatus": resource.drift_status,
        "Timestamp": resource.drift_checked,
        "PropertyDifferences": [],
    }
    if resource.drift_status == "DELETED":
        return found
    actual: dict[str, Json] = deepcopy(resource.properties)
    for path, (expected, changed) in (resource.drift or {}).items():
        found["PropertyDifferences"].append(_difference(path, expected, changed))
        _set(actual, path.strip("/").split("/"), changed)
    return {**found, "ActualProperties": json.dumps(actual)}


def _difference(path: str, expected: Json, actual: Json) -> Record:
    kind = "ADD" if expected is None else "REMOVE" if actual is None else "NOT_EQUAL"
    return {
        "PropertyPath": path,
        "ExpectedValue": _shown(expected),
        "ActualValue": _shown(actual),
        "DifferenceType": kind,
    }


def _shown(value: Json) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _set(properties: Any, path: list[str], value: Json) -> None:
    for step in path[:-1]:
        properties = (
            properties.setdefault(step, {}) if isinstance(properties, dict) else properties[int(step)]
        )
    if isinstance(properties, list):
        properties[int(path[-1])] = value
    elif value is None:
        properties.pop(path[-1], None)
    else:
        properties[path[-1]] = value
