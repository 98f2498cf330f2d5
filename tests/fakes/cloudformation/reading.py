"""What can be asked: stacks, their resources, events and templates."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from tests.fakes.cloudformation import change_sets, parameters
from tests.fakes.cloudformation.account import Account
from tests.fakes.cloudformation.errors import invalid
from tests.fakes.cloudformation.evaluation import text
from tests.fakes.cloudformation.model import Event, Resource, Stack
from tests.fakes.cloudformation.pages import page
from tests.fakes.cloudformation.protocol import Record
from tests.fakes.cloudformation.sources import of_request
from tests.fakes.cloudformation.template import Template, printed

_TOKEN = "NextToken"


def describe_stacks(account: Account, request: Record) -> Record:
    """DescribeStacks: one by name or id, or all that live."""
    name = request.get("StackName")
    if name is not None:
        stack = account.find(name)
        if stack is None:
            raise invalid(f"Stack with id {name} does not exist")
        return {"Stacks": [_stack(account, stack)]}
    alive = [stack for stack in account.stacks.values() if not stack.gone]
    entries, token = page(alive, request.get(_TOKEN), account.page_size)
    return {"Stacks": [_stack(account, stack) for stack in entries], _TOKEN: token}


def list_stacks(account: Account, request: Record) -> Record:
    """ListStacks: the deleted ones too."""
    wanted = request.get("StackStatusFilter")
    found = [s for s in reversed(account.stacks.values()) if not wanted or s.status in wanted]
    entries, token = page(found, request.get(_TOKEN), account.page_size)
    return {"StackSummaries": [_summary(stack) for stack in entries], _TOKEN: token}


def _stack(account: Account, stack: Stack) -> Record:
    status, reason = _status(account, stack)
    shell = stack.status == "REVIEW_IN_PROGRESS"
    version = stack.version
    return {
        **_common(stack),
        "StackStatus": status,
        "StackStatusReason": reason or None,
        "ChangeSetId": stack.change_set_id or None,
        "Description": None if shell else version.template.body.get("Description"),
        "Parameters": None if shell else parameters.shown(version.template, version.parameters, account.ssm) or None,
        "RollbackConfiguration": {},
        "DisableRollback": stack.disable_rollback,
        "NotificationARNs": list(version.notification_arns),
        "Capabilities": list(version.capabilities) or None,
        "Outputs": _outputs(account, stack) or None,
        "RoleARN": version.role_arn or None,
        "Tags": [{"Key": key, "Value": value} for key, value in version.tags.items()],
        "EnableTerminationProtection": None if stack.gone else stack.root.termination_protection,
        "RetainExceptOnCreate": stack.retain_except_on_create or None,
        "LastOperations": [{"OperationType": k, "OperationId": o} for k, o in stack.operations[:3]] or None,
    }  # fmt: skip


def _status(account: Account, stack: Stack) -> tuple[str, str]:
    if stack.stale is not None and account.clock.now() < stack.stale[0]:
        return stack.stale[1], stack.stale[2]
    return stack.status, stack.reason


def _summary(stack: Stack) -> Record:
    return {**_common(stack), "TemplateDescription": stack.version.template.body.get("Description")}


def _common(stack: Stack) -> Record:
    nested = stack.parent is not None
    return {
        "StackId": stack.id,
        "StackName": stack.name,
        "CreationTime": stack.created,
        "LastUpdatedTime": stack.updated,
        "DeletionTime": stack.deleted,
        "StackStatus": stack.status,
        "StackStatusReason": stack.reason or None,
        "ParentId": stack.parent.id if stack.parent is not None else None,
        "RootId": stack.root.id if nested else None,
        "DriftInformation": {
            "StackDriftStatus": stack.drift_status,
            "LastCheckTimestamp": stack.drift_checked,
        },
    }


def _outputs(account: Account, stack: Stack) -> list[Record]:
    found: list[Record] = []
    for name, raw in stack.version.template.section("Outputs").items():
        if name in stack.outputs and isinstance(raw, dict):
            export = raw.get("Export")
            entry = {
                "OutputKey": name,
                "OutputValue": stack.outputs[name],
                "Description": raw.get("Description"),
            }
            if isinstance(export, dict):
                entry["ExportName"] = account.export_name(stack, export)
            found.append(entry)
    return found


# Resources -------------------------------------------------------------------------------------------------


def describe_stack_resources(account: Account, request: Record) -> Record:
    """DescribeStackResources: of a stack, or of the one that holds a physical id; at most 100."""
    if "PhysicalResourceId" in request:
        wanted = request["PhysicalResourceId"]
        owners = [
            s
            for s in account.stacks.values()
            if not s.gone and any(r.physical_id == wanted for r in s.resources.values())
        ]
        if not owners:
            raise invalid(f"Stack for {wanted} does not exist")
        stack = owners[-1]
    else:
        stack = _existing(account, request["StackName"])
    only = request.get("LogicalResourceId")
    found = [r for r in stack.resources.values() if only in (None, r.logical_id)]
    return {"StackResources": [_resource(stack, r, "Timestamp") for r in found[:100]]}


def describe_stack_resource(account: Account, request: Record) -> Record:
    """DescribeStackResource."""
    stack = _existing(account, request["StackName"])
    resource = stack.resources.get(request["LogicalResourceId"])
    if resource is None:
        raise invalid(f"Resource {request['LogicalResourceId']} does not exist for stack {stack.name}")
    metadata = resource.definition.get("Metadata")
    detail = _resource(stack, resource, "LastUpdatedTimestamp")
    return {"StackResourceDetail": {**detail, "Metadata": json.dumps(metadata) if metadata else None}}


def list_stack_resources(account: Account, request: Record) -> Record:
    """ListStackResources, in pages."""
    stack = _existing(account, request["StackName"])
    entries, token = page(list(stack.resources.values()), request.get(_TOKEN), account.page_size)
    shown = [_resource(stack, resource, "LastUpdatedTimestamp") for resource in entries]
    for entry in shown:
        del entry["StackId"], entry["StackName"]
    return {"StackResourceSummaries": shown, _TOKEN: token}


def _resource(stack: Stack, resource: Resource, time: str) -> Record:
    drift: Record = {"StackResourceDriftStatus": resource.drift_status}
    if resource.drift_checked is not None:
        drift["LastCheckTimestamp"] = resource.drift_checked
    return {
        "StackId": stack.id,
        "StackName": stack.name,
        "LogicalResourceId": resource.logical_id,
        "PhysicalResourceId": resource.physical_id or None,
        "ResourceType": resource.type,
        time: resource.updated,
        "ResourceStatus": resource.status,
        "ResourceStatusReason": resource.reason or None,
        "DriftInformation": drift,
    }


def _existing(account: Account, name: str) -> Stack:
    stack = account.find(name)
    if stack is None:
        raise invalid(f"Stack with id {name} does not exist")
    return stack


# Events ----------------------------------------------------------------------------------------------------


def describe_stack_events(account: Account, request: Record) -> Record:
    """DescribeStackEvents: the newest first."""
    stack = account.find(request["StackName"])
    if stack is None:
        raise invalid(f"Stack [{request['StackName']}] does not exist")
    entries, token = page(stack.events[::-1], request.get(_TOKEN), account.page_size)
    return {"StackEvents": [_event(stack, event) for event in entries], _TOKEN: token}


def _event(stack: Stack, event: Event) -> Record:
    return {
        "StackId": stack.id,
        "EventId": event.id,
        "StackName": stack.name,
        "OperationId": event.operation_id or None,
        "LogicalResourceId": event.logical_id,
        "PhysicalResourceId": event.physical_id,
        "ResourceType": event.type,
        "Timestamp": event.at,
        "ResourceStatus": event.status,
        "ResourceStatusReason": event.reason or None,
        "ResourceProperties": event.properties or None,
        "ClientRequestToken": event.token or None,
    }


def describe_events(account: Account, request: Record) -> Record:
    """DescribeEvents: of a change set (what early validation found), an operation, or a whole stack."""
    if "ChangeSetName" in request:
        found = _change_set_events(account, request)
    else:
        stacks = [account.stack(request["StackName"])] if "StackName" in request else account.stacks.values()
        operation = request.get("OperationId")
        found = [
            _operation_event(stack, event)
            for stack in stacks
            for event in reversed(stack.events)
            if event.operation_id and operation in (None, event.operation_id)
        ]
    if request.get("Filters", {}).get("FailedEvents"):
        found = [event for event in found if _is_failure(event)]
    entries, token = page(found, request.get(_TOKEN), account.page_size)
    return {"OperationEvents": entries, _TOKEN: token}


def _operation_event(stack: Stack, event: Event) -> Record:
    shown = _event(stack, event)
    del shown["StackName"]
    failed = event.status.endswith("_FAILED")
    kind = "PROVISIONING_ERROR" if failed and event.logical_id != stack.name else "STACK_EVENT"
    return {**shown, "OperationType": event.operation_type, "EventType": kind}


def _change_set_events(account: Account, request: Record) -> list[Record]:
    change_set = change_sets.find(account, request)
    if not change_set.findings:
        return []
    common = {
        "StackId": change_set.stack.id,
        "OperationId": change_set.operation_id,
        "OperationType": "CREATE_CHANGESET",
        "Timestamp": change_set.created,
    }
    return [
        {
            **common,
            "EventId": f"{change_set.operation_id}-{number}",
            "EventType": "VALIDATION_ERROR",
            "LogicalResourceId": finding["logical_id"],
            "PhysicalResourceId": "",
            "ResourceType": finding["type"],
            "ValidationFailureMode": finding["mode"],
            "ValidationName": finding["name"],
            "ValidationStatus": "FAILED",
            "ValidationStatusReason": finding["reason"],
            "ValidationPath": finding["path"],
        }
        for number, finding in enumerate(change_set.findings)
    ]


def _is_failure(event: Mapping[str, Any]) -> bool:
    return event["EventType"] != "STACK_EVENT" or str(event.get("ResourceStatus", "")).endswith("_FAILED")


# Templates -------------------------------------------------------------------------------------------------


def get_template(account: Account, request: Record) -> Record:
    """GetTemplate of a stack or of a change set; there are no transforms here, so both stages are the same."""
    if "ChangeSetName" in request:
        template = change_sets.find(account, request).version.template
    else:
        template = account.stack(request["StackName"]).version.template
    return {"TemplateBody": printed(template), "StagesAvailable": ["Original", "Processed"]}


def get_template_summary(account: Account, request: Record) -> Record:
    """GetTemplateSummary of a stack or of a template."""
    if "StackName" in request:
        stack = account.stack(request["StackName"])
        if stack.status == "REVIEW_IN_PROGRESS":
            raise invalid("GetTemplateSummary cannot be called on REVIEW_IN_PROGRESS stacks.")
        template = stack.version.template
    else:
        template = of_request(account, request, None)
    capabilities, reason = template.capabilities()
    metadata = template.body.get("Metadata")
    return {
        "Parameters": _declared(template, "ParameterType", lambda kind: kind),
        "Description": template.body.get("Description"),
        "Capabilities": capabilities or None,
        "CapabilitiesReason": reason or None,
        "ResourceTypes": sorted({str(raw["Type"]) for raw in template.resources.values()}),
        "Version": template.body.get("AWSTemplateFormatVersion", "2010-09-09"),
        "Metadata": json.dumps(metadata) if metadata else None,
        "DeclaredTransforms": template.transforms or None,
    }


def validate_template(account: Account, request: Record) -> Record:
    """ValidateTemplate."""
    template = of_request(account, request, None)
    capabilities, reason = template.capabilities()
    return {
        "Parameters": _declared(template),
        "Description": template.body.get("Description"),
        "Capabilities": capabilities or None,
        "CapabilitiesReason": reason or None,
        "DeclaredTransforms": template.transforms or None,
    }


def _declared(
    template: Template, type_field: str = "", kind: Callable[[str], str] = lambda kind: kind
) -> list[Record]:
    found: list[Record] = []
    for name, raw in template.parameters.items():
        entry: Record = {
            "ParameterKey": name,
            "DefaultValue": text(raw["Default"]) if "Default" in raw else None,
            "NoEcho": text(raw.get("NoEcho", False)).lower() == "true",
            "Description": raw.get("Description"),
        }
        if type_field:
            entry[type_field] = kind(str(raw.get("Type", "String")))
        found.append(entry)
    return found
