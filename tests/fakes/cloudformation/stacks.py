"""What can be done to a stack apart from change sets: delete, cancel, roll back, protect."""

from __future__ import annotations

from tests.fakes.cloudformation import apply, policy, undo
from tests.fakes.cloudformation.account import NO_UPDATES, Account
from tests.fakes.cloudformation.change_sets import make_obsolete
from tests.fakes.cloudformation.errors import ServiceError, invalid
from tests.fakes.cloudformation.model import STACK, Stack, Version
from tests.fakes.cloudformation.planning import Options, plan
from tests.fakes.cloudformation.protocol import Record
from tests.fakes.cloudformation.sources import fetch
from tests.fakes.cloudformation.template import EMPTY
from tests.fakes.cloudformation.versions import refuse_unless_updatable, version_of

_BUSY = frozenset(
    {"UPDATE_IN_PROGRESS", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "UPDATE_ROLLBACK_IN_PROGRESS"}
    | {"UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS", "ROLLBACK_IN_PROGRESS"}
)


def create_stack(account: Account, request: Record) -> Record:
    """CreateStack, also over the empty shell that a change set left."""
    stack = account.find(request["StackName"])
    if stack is not None and stack.status != "REVIEW_IN_PROGRESS":
        raise ServiceError("AlreadyExistsException", f"Stack [{request['StackName']}] already exists")
    version = version_of(account, request, None)
    if stack is None:
        stack = account.new_stack(request["StackName"], version, None, "")
    stack.version = version
    on_failure = request.get("OnFailure") or ("DO_NOTHING" if request.get("DisableRollback") else "ROLLBACK")
    stack.disable_rollback = on_failure == "DO_NOTHING"
    stack.termination_protection = bool(request.get("EnableTerminationProtection"))
    stack.policy = request.get("StackPolicyBody", "")
    make_obsolete(account, stack)
    account.begin(stack, "CREATE_STACK", request.get("ClientRequestToken", ""))
    account.clock.start(apply.create(account, stack, on_failure))
    return {"StackId": stack.id}


def update_stack(account: Account, request: Record) -> Record:
    """UpdateStack."""
    stack = account.stack(request["StackName"])
    refuse_unless_updatable(stack)
    version = version_of(account, request, stack)
    if not plan(account, stack, version, False, Options(nested=True, validate=False)).changed:
        raise invalid(NO_UPDATES)
    stack.disable_rollback = bool(request.get("DisableRollback"))
    make_obsolete(account, stack)
    account.begin(stack, "UPDATE_STACK", request.get("ClientRequestToken", ""))
    account.clock.start(apply.update(account, stack, version))
    return {"StackId": stack.id}


def delete_stack(account: Account, request: Record) -> Record:
    """DeleteStack: of what is not there, it is no error."""
    stack = account.find(request["StackName"])
    token = request.get("ClientRequestToken", "")
    if stack is None or stack.gone or account.once(token, "DeleteStack", stack):
        return {}
    retain = request.get("RetainResources", [])
    if stack.root.termination_protection:
        raise invalid(f"Stack [{stack.name}] cannot be deleted while TerminationProtection is enabled")
    if stack.status in _BUSY:
        raise invalid(f"Stack [{stack.name}] cannot be deleted while in status {stack.status}")
    if stack.status == "DELETE_IN_PROGRESS":
        return {}
    if stack.undeletable:
        raise ServiceError("InternalFailure", "Internal Failure", 500)
    if retain and stack.status != "DELETE_FAILED":
        raise invalid(
            f"Invalid operation on stack [{stack.id}]. Resources can be retained only when the stack is in the "
            "DELETE_FAILED state."
        )
    force = request.get("DeletionMode") == "FORCE_DELETE_STACK"
    if force and stack.status != "DELETE_FAILED":
        raise invalid(
            f"Invalid operation on stack [{stack.id}]. You can activate DeletionMode FORCE_DELETE_STACK in a delete "
            "stack operation only when the stack is in the DELETE_FAILED state."
        )
    running = account.runs.get(stack.id)
    if stack.status == "CREATE_IN_PROGRESS" and running is not None:
        running.cancel(from_outside=True)
    account.begin(stack, "DELETE_STACK", token)
    account.clock.start(undo.delete_stack(account, stack, "User Initiated", retain=retain, force=force))
    return {}


def cancel_update_stack(account: Account, request: Record) -> Record:
    """CancelUpdateStack."""
    stack = account.stack(request["StackName"])
    if account.once(request.get("ClientRequestToken"), "CancelUpdateStack", stack):
        return {}
    running = account.runs.get(stack.id)
    if stack.status != "UPDATE_IN_PROGRESS" or running is None:
        raise invalid("CancelUpdateStack cannot be called from current stack status")
    stack.token = request.get("ClientRequestToken", stack.token)
    stack.disable_rollback = False
    running.cancel(from_outside=True)
    account.clock.start(apply.fail_update(account, stack, "User Initiated", nested=False))
    return {}


def rollback_stack(account: Account, request: Record) -> Record:
    """RollbackStack: from a failure that was not rolled back."""
    stack = account.stack(request["StackName"])
    token = request.get("ClientRequestToken", "")
    if account.once(token, "RollbackStack", stack):
        return {"StackId": stack.id, "OperationId": stack.operations[0][1]}
    if stack.status not in ("CREATE_FAILED", "UPDATE_FAILED"):
        raise invalid(f"Stack:{stack.id} is in {stack.status} state and can not be rolled back.")
    stack.retain_except_on_create = bool(request.get("RetainExceptOnCreate"))
    stack.disable_rollback = False
    operation = account.begin(stack, "ROLLBACK", token)
    if stack.status == "CREATE_FAILED":
        account.clock.start(undo.roll_back_create(account, stack, "User Initiated"))
    else:
        account.set_status(stack, "UPDATE_ROLLBACK_IN_PROGRESS", "User Initiated")
        account.clock.start(undo.roll_back_update(account, stack, nested=False))
    return {"StackId": stack.id, "OperationId": operation}


def continue_update_rollback(account: Account, request: Record) -> Record:
    """ContinueUpdateRollback, with what is to be skipped."""
    stack = account.stack(request["StackName"])
    token = request.get("ClientRequestToken", "")
    if account.once(token, "ContinueUpdateRollback", stack):
        return {}
    if stack.parent is not None:
        raise invalid("RollbackUpdatedStack cannot be invoked on child stacks")
    if stack.status != "UPDATE_ROLLBACK_FAILED":
        raise invalid(f"Stack:{stack.id} is in {stack.status} state and can not continue rollback.")
    skip = list(request.get("ResourcesToSkip", []))
    if skip and request.get("ForceRollback"):
        raise invalid("ResourcesToSkip and ForceRollback cannot be specified together.")
    for item in skip:
        _check_skip(account, stack, item)
    if request.get("ForceRollback"):
        skip = _all_failed(account, stack)
    account.begin(stack, "CONTINUE_ROLLBACK", token)
    account.set_status(stack, "UPDATE_ROLLBACK_IN_PROGRESS", "User Initiated")
    account.clock.start(undo.roll_back_update(account, stack, nested=False, skip=skip))
    return {}


def _check_skip(account: Account, stack: Stack, item: str) -> None:
    """A resource to skip is `LogicalId`, or `PhysicalNameOfTheNestedStack.LogicalId`, and failed in a rollback."""
    place, _, logical_id = item.rpartition(".")
    owner = stack if not place else account.find(place)
    if owner is None or owner.root is not stack:
        raise invalid(f"The stack {place} of the resource to skip [{item}] does not belong to {stack.name}")
    resource = owner.resources.get(logical_id)
    if resource is None:
        raise invalid(f"Resource [{item}] does not exist in stack {owner.name}")
    failed_in_rollback = owner.undo is not None and logical_id in owner.undo.failed
    if resource.status != "UPDATE_FAILED" or not failed_in_rollback:
        raise invalid(
            f"Resource [{item}] is not in UPDATE_FAILED state because of a rollback and can not be skipped"
        )
    if resource.type == STACK and account.stacks[resource.physical_id].status not in (
        "DELETE_IN_PROGRESS",
        "DELETE_COMPLETE",
        "DELETE_FAILED",
    ):
        raise invalid(f"Nested stack [{item}] can not be skipped; skip the resources inside it")


def _all_failed(account: Account, stack: Stack) -> list[str]:
    found: list[str] = []
    for resource in stack.resources.values():
        if resource.type == STACK and resource.physical_id:
            found += _all_failed(account, account.stacks[resource.physical_id])
        elif stack.undo is not None and resource.logical_id in stack.undo.failed:
            found.append(f"{stack.name}.{resource.logical_id}")
    return found


def update_termination_protection(account: Account, request: Record) -> Record:
    """UpdateTerminationProtection: on the root, for all below it."""
    stack = account.stack(request["StackName"])
    if stack.parent is not None:
        raise invalid(
            f"Stack [{stack.name}] is a nested stack; termination protection can only be changed on its root stack"
        )
    stack.termination_protection = bool(request["EnableTerminationProtection"])
    return {"StackId": stack.id}


def set_stack_policy(account: Account, request: Record) -> Record:
    """SetStackPolicy: of this one stack; nested stacks have their own."""
    stack = account.stack(request["StackName"])
    if "StackPolicyBody" in request and "StackPolicyURL" in request:
        raise invalid("You cannot specify both StackPolicyURL and StackPolicyBody")
    body = request.get("StackPolicyBody", "")
    if "StackPolicyURL" in request:
        body = fetch(account, request["StackPolicyURL"]).text
    policy.check(body)
    stack.policy = body
    return {}


def get_stack_policy(account: Account, request: Record) -> Record:
    """GetStackPolicy."""
    return {"StackPolicyBody": account.stack(request["StackName"]).policy or None}


def instantly(account: Account, stack: Stack, version: Version) -> None:
    """Make a stack and all in it, in no time: the start of a test."""
    stack.version = version if version.template is not EMPTY else stack.version
    account.begin(stack, "CREATE_STACK", "")
    before, account.durations.scale = account.durations.scale, 0
    account.clock.start(apply.create(account, stack, "ROLLBACK"))
    account.clock.advance(0)
    account.durations.scale = before
