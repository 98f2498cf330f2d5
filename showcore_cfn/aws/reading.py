"""From the SDK's dictionaries to values, one function for each. What AWS leaves out becomes empty text."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from showcore_cfn.aws.values import (
    ChangeSet,
    ChangeSetSummary,
    Detail,
    Output,
    ResourceChange,
    Stack,
    StackEvent,
    StackResource,
    ValidationFailure,
)

Answer = Mapping[str, Any]


def stack(answer: Answer) -> Stack:
    """A member of DescribeStacks."""
    operations: Any = answer.get("LastOperations") or ({},)
    return Stack(
        id=str(answer["StackId"]),
        name=str(answer["StackName"]),
        status=str(answer["StackStatus"]),
        reason=_text(answer, "StackStatusReason"),
        created=answer.get("CreationTime"),
        updated=answer.get("LastUpdatedTime"),
        parameters=_mapping(answer.get("Parameters"), "ParameterKey", "ParameterValue"),
        tags=_mapping(answer.get("Tags"), "Key", "Value"),
        outputs=tuple(_output(item) for item in answer.get("Outputs", ())),
        role_arn=answer.get("RoleARN"),
        protected=bool(answer.get("EnableTerminationProtection")),
        parent_id=answer.get("ParentId"),
        change_set_id=answer.get("ChangeSetId"),
        last_operation_id=operations[0].get("OperationId"),
        drift_status=(answer.get("DriftInformation") or {}).get("StackDriftStatus"),
    )


def resource(answer: Answer) -> StackResource:
    """A member of ListStackResources."""
    return StackResource(
        logical_id=str(answer["LogicalResourceId"]),
        physical_id=_text(answer, "PhysicalResourceId"),
        type=_text(answer, "ResourceType"),
        status=_text(answer, "ResourceStatus"),
        reason=_text(answer, "ResourceStatusReason"),
    )


def event(answer: Answer) -> StackEvent:
    """A member of DescribeStackEvents."""
    return StackEvent(
        id=str(answer["EventId"]),
        stack_id=str(answer["StackId"]),
        stack_name=_text(answer, "StackName"),
        logical_id=_text(answer, "LogicalResourceId"),
        physical_id=_text(answer, "PhysicalResourceId"),
        type=_text(answer, "ResourceType"),
        status=_text(answer, "ResourceStatus"),
        time=_time(answer["Timestamp"]),
        reason=_text(answer, "ResourceStatusReason"),
        operation_id=answer.get("OperationId"),
        token=answer.get("ClientRequestToken"),
    )


def failure(answer: Answer) -> ValidationFailure:
    """A failed member of DescribeEvents."""
    return ValidationFailure(
        logical_id=_text(answer, "LogicalResourceId"),
        type=_text(answer, "ResourceType"),
        reason=_text(answer, "ValidationStatusReason")
        or _text(answer, "ResourceStatusReason")
        or _text(answer, "HookStatusReason"),
        kind=_text(answer, "EventType"),
        name=_text(answer, "ValidationName"),
        path=_text(answer, "ValidationPath"),
        mode=_text(answer, "ValidationFailureMode") or "FAIL",
    )


def change_set(answer: Answer, instead: Answer | None = None) -> ChangeSet:
    """DescribeChangeSet. `instead` is the answer without values, for the resources that `answer` dropped."""
    changes = [_change(item["ResourceChange"]) for item in answer["Changes"] if "ResourceChange" in item]
    if instead is not None:
        known = {change.logical_id for change in changes}
        again = (_change(item["ResourceChange"]) for item in instead["Changes"] if "ResourceChange" in item)
        changes += [change for change in again if change.logical_id not in known]
    return ChangeSet(
        id=str(answer["ChangeSetId"]),
        name=_text(answer, "ChangeSetName"),
        stack_id=_text(answer, "StackId"),
        stack_name=_text(answer, "StackName"),
        status=_text(answer, "Status"),
        execution_status=_text(answer, "ExecutionStatus"),
        reason=_text(answer, "StatusReason"),
        created=answer.get("CreationTime"),
        changes=tuple(changes),
        parameters=_mapping(answer.get("Parameters"), "ParameterKey", "ParameterValue"),
        parent_id=answer.get("ParentChangeSetId"),
        root_id=answer.get("RootChangeSetId"),
        description=_text(answer, "Description"),
        incomplete=instead is not None,
    )


def summary(answer: Answer) -> ChangeSetSummary:
    """A member of ListChangeSets."""
    return ChangeSetSummary(
        id=str(answer["ChangeSetId"]),
        name=_text(answer, "ChangeSetName"),
        status=_text(answer, "Status"),
        execution_status=_text(answer, "ExecutionStatus"),
        created=answer.get("CreationTime"),
        description=_text(answer, "Description"),
        root_id=answer.get("RootChangeSetId"),
    )


def pairs(values: Mapping[str, str], key: str, value: str) -> list[dict[str, str]]:
    """A mapping as the list of pairs that the API takes."""
    return [{key: name, value: text} for name, text in values.items()]


def _change(answer: Answer) -> ResourceChange:
    return ResourceChange(
        logical_id=_text(answer, "LogicalResourceId"),
        physical_id=_text(answer, "PhysicalResourceId"),
        type=_text(answer, "ResourceType"),
        action=_text(answer, "Action"),
        replacement=_text(answer, "Replacement"),
        policy_action=_text(answer, "PolicyAction"),
        scope=tuple(str(item) for item in answer.get("Scope", ())),
        details=tuple(_detail(item) for item in answer.get("Details", ())),
        change_set_id=answer.get("ChangeSetId") or None,
    )


def _detail(answer: Answer) -> Detail:
    target = answer.get("Target") or {}
    return Detail(
        attribute=_text(target, "Attribute"),
        name=_text(target, "Name"),
        path=_text(target, "Path"),
        recreation=_text(target, "RequiresRecreation"),
        evaluation=_text(answer, "Evaluation"),
        source=_text(answer, "ChangeSource"),
        causing_entity=_text(answer, "CausingEntity"),
        before=target.get("BeforeValue"),
        after=target.get("AfterValue"),
    )


def _output(answer: Answer) -> Output:
    return Output(
        str(answer["OutputKey"]),
        _text(answer, "OutputValue"),
        _text(answer, "Description"),
        answer.get("ExportName"),
    )


def _mapping(items: Any, key: str, value: str) -> dict[str, str]:
    return {str(item[key]): str(item.get(value, "")) for item in items or ()}


def _text(answer: Answer, key: str) -> str:
    found = answer.get(key)
    return "" if found is None else str(found)


def _time(value: Any) -> datetime:
    if isinstance(value, datetime):
        return value
    raise TypeError(f"AWS gave {value!r} where a time belongs.")
