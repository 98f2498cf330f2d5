"""Change sets described page by page, executed, deleted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.fakes.cloudformation import apply, differences, parameters
from tests.fakes.cloudformation.account import Account
from tests.fakes.cloudformation.clock import Steps
from tests.fakes.cloudformation.errors import ServiceError, invalid
from tests.fakes.cloudformation.making import listed
from tests.fakes.cloudformation.model import ChangeSet, Stack, Version
from tests.fakes.cloudformation.pages import page
from tests.fakes.cloudformation.protocol import Record, modelled
from tests.fakes.cloudformation.versions import refuse_unless_updatable

_DELETE_SECONDS = 2.0

# Reading ---------------------------------------------------------------------------------------------------


def find(account: Account, request: Mapping[str, Any]) -> ChangeSet:
    """The change set that a request names by its ARN, or by its name and stack. Raises ServiceError."""
    name, stack_name = request["ChangeSetName"], request.get("StackName", "")
    if name.startswith("arn:"):
        found = account.change_sets.get(name)
        if found is not None and not found.gone:
            return found
        raise modelled("ChangeSetNotFoundException", f"ChangeSet [{name}] does not exist")
    if not stack_name:
        raise invalid("StackName must be specified if ChangeSetName is not specified as an ARN.")
    stack = account.stack(stack_name)
    alive = [c for c in account.change_sets.values() if c.stack is stack and c.name == name and not c.gone]
    if not alive:
        raise modelled("ChangeSetNotFoundException", f"ChangeSet [{name}] does not exist")
    return alive[-1]


def describe_change_set(account: Account, request: Record) -> Record:
    """DescribeChangeSet."""
    change_set = find(account, request)
    values, pending = bool(request.get("IncludePropertyValues")), change_set.status.endswith("_IN_PROGRESS")
    shown = [
        differences.full(entry) if values else differences.plain(entry)
        for entry in change_set.changes
        if not (values and entry["ResourceChange"]["LogicalResourceId"] in change_set.dropped_ids)
    ]
    early = pending and account.beliefs.pending_page
    entries, token = page(shown, request.get("NextToken"), account.change_page_size, more=early)
    reason = change_set.dropped if values and change_set.dropped else change_set.reason
    return {
        "ChangeSetName": change_set.name,
        "ChangeSetId": change_set.id,
        "StackId": change_set.stack.id,
        "StackName": change_set.stack.name,
        "Description": change_set.description or None,
        "Parameters": parameters.shown(
            change_set.version.template, change_set.version.parameters, account.ssm
        )
        or None,
        "CreationTime": change_set.created,
        "ExecutionStatus": change_set.execution_status,
        "Status": change_set.status,
        "StatusReason": reason or None,
        "NotificationARNs": list(change_set.version.notification_arns),
        "RollbackConfiguration": {},
        "Capabilities": list(change_set.version.capabilities),
        "Tags": _tags(change_set.version) or None,
        "Changes": entries,
        "NextToken": token,
        **_relations(change_set),
        "OnStackFailure": change_set.on_stack_failure or None,
        "DeploymentConfig": _config(change_set) or None,
    }


def list_change_sets(account: Account, request: Record) -> Record:
    """ListChangeSets."""
    stack = account.stack(request["StackName"])
    entries, token = page(listed(account, stack), request.get("NextToken"), account.page_size)
    return {"Summaries": [_summary(change_set) for change_set in entries], "NextToken": token}


def _summary(change_set: ChangeSet) -> Record:
    return {
        "StackId": change_set.stack.id,
        "StackName": change_set.stack.name,
        "ChangeSetId": change_set.id,
        "ChangeSetName": change_set.name,
        "ExecutionStatus": change_set.execution_status,
        "Status": change_set.status,
        "StatusReason": change_set.reason or None,
        "CreationTime": change_set.created,
        "Description": change_set.description or None,
        **_relations(change_set),
    }


def _relations(change_set: ChangeSet) -> Record:
    parent, root = change_set.parent, change_set.root
    return {
        "IncludeNestedStacks": change_set.nested,
        "ParentChangeSetId": parent.id if parent is not None else None,
        "RootChangeSetId": root.id if parent is not None else None,
        "ImportExistingResources": change_set.import_existing or None,
    }


def _tags(version: Version) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in version.tags.items()]


# Executing and deleting ------------------------------------------------------------------------------------


def execute_change_set(account: Account, request: Record) -> Record:
    """ExecuteChangeSet."""
    change_set = find(account, request)
    stack, token = change_set.stack, request.get("ClientRequestToken", "")
    if account.once(token, "ExecuteChangeSet", stack):
        return {}
    if change_set.parent is not None:
        raise invalid("Nested change sets can only be executed from the root change set.")
    if change_set.status != "CREATE_COMPLETE" or change_set.execution_status != "AVAILABLE":
        told = change_set.status if change_set.status != "CREATE_COMPLETE" else change_set.execution_status
        raise modelled(
            "InvalidChangeSetStatusException",
            f"ChangeSet [{change_set.id}] cannot be executed in its current status of [{told}]",
        )
    if change_set.on_stack_failure and "DisableRollback" in request:
        raise invalid("DisableRollback cannot be specified when OnStackFailure was given to CreateChangeSet.")
    if stack.status != "REVIEW_IN_PROGRESS":
        refuse_unless_updatable(stack)
    _start(account, change_set, request, token)
    return {}


def _start(account: Account, change_set: ChangeSet, request: Record, token: str) -> None:
    stack = change_set.stack
    make_obsolete(account, stack, but=change_set)
    change_set.execution_status = "EXECUTE_IN_PROGRESS"
    asked = bool(request.get("DisableRollback")) or _config(change_set).get("DisableRollback", False)
    stack.disable_rollback = asked or change_set.on_stack_failure == "DO_NOTHING"
    stack.retain_except_on_create = bool(request.get("RetainExceptOnCreate"))
    stack.stale = account.until(account.beliefs.stale_seconds), stack.status, stack.reason
    stack.change_set_id = change_set.id
    account.clock.start(_execute(account, change_set, token))


def make_obsolete(account: Account, stack: Stack, but: ChangeSet | None = None) -> None:
    """A stack that changes makes the change sets obsolete that were made for what it was."""
    for other in account.change_sets.values():
        if other.stack is stack and other is not but and not other.ended:
            other.execution_status = "OBSOLETE"


def _config(change_set: ChangeSet) -> Record:
    config: Record = change_set.request.get("DeploymentConfig", {})
    return config


def _execute(account: Account, change_set: ChangeSet, token: str) -> Steps:
    stack, version = change_set.stack, change_set.version
    if stack.status == "REVIEW_IN_PROGRESS":
        stack.version = version
        stack.updated = account.clock.now()
        account.begin(stack, "CREATE_STACK", token)
        on_failure = change_set.on_stack_failure or ("DO_NOTHING" if stack.disable_rollback else "ROLLBACK")
        yield account.clock.start(apply.create(account, stack, on_failure))
        good = stack.status == "CREATE_COMPLETE"
    else:
        account.begin(stack, "UPDATE_STACK", token)
        yield account.clock.start(apply.update(account, stack, version))
        good = stack.status == "UPDATE_COMPLETE"
    change_set.execution_status = "EXECUTE_COMPLETE" if good else "EXECUTE_FAILED"


def delete_change_set(account: Account, request: Record) -> Record:
    """DeleteChangeSet: of the root, with all below it, while time passes."""
    try:
        change_set = find(account, request)
    except ServiceError as error:
        if error.code == "ChangeSetNotFound":
            return {}
        raise
    if change_set.parent is not None:
        raise invalid("Nested change sets can only be deleted from the root change set.")
    busy = change_set.execution_status in ("EXECUTE_IN_PROGRESS", "EXECUTE_COMPLETE")
    if change_set.status == "CREATE_IN_PROGRESS" or busy:
        told = change_set.execution_status if busy else change_set.status
        raise modelled(
            "InvalidChangeSetStatusException",
            f"ChangeSet [{change_set.id}] cannot be deleted in its current status of [{told}]",
        )
    if change_set.status == "CREATE_PENDING" and change_set.stack.status == "REVIEW_IN_PROGRESS":
        change_set.stack.undeletable = True
    if not change_set.children:
        change_set.gone = True
        return {}
    for each in change_set.tree():
        each.status, each.execution_status = "DELETE_PENDING", "UNAVAILABLE"
    account.clock.start(_delete(account, change_set))
    return {}


def _delete(account: Account, change_set: ChangeSet) -> Steps:
    yield _DELETE_SECONDS / 2 * account.durations.scale
    for each in change_set.tree():
        each.status = "DELETE_IN_PROGRESS"
    for each in reversed(change_set.tree()):
        yield _DELETE_SECONDS / 2 * account.durations.scale
        each.gone = True
        if each.parent is not None and each.stack.status == "REVIEW_IN_PROGRESS":
            each.stack.deleted = account.clock.now()
            account.set_status(each.stack, "DELETE_COMPLETE")
