"""Stacks put into any state, as a test wants to find them."""

from __future__ import annotations

from copy import copy

from tests.fakes.cloudformation.account import Account, normal_path, path_of
from tests.fakes.cloudformation.clock import Steps
from tests.fakes.cloudformation.model import STACK, Stack, Undo, Version
from tests.fakes.cloudformation.stacks import instantly
from tests.fakes.cloudformation.template import EMPTY

_RESOURCE_STATUS = {
    "CREATE_FAILED": "CREATE_FAILED",
    "ROLLBACK_FAILED": "DELETE_FAILED",
    "DELETE_FAILED": "DELETE_FAILED",
    "UPDATE_FAILED": "UPDATE_FAILED",
    "UPDATE_ROLLBACK_FAILED": "UPDATE_FAILED",
}
_EMPTY = frozenset({"ROLLBACK_COMPLETE", "DELETE_COMPLETE"})
_NO_FAILURE_BELOW = frozenset({"CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"})


def put(
    account: Account,
    name: str,
    version: Version,
    status: str,
    reason: str,
    failed: tuple[str, ...],
    then: tuple[str, float] | None,
) -> Stack:
    """Make a stack, and then have it be in a state."""
    stack = account.new_stack(name, version, None, "")
    if status == "REVIEW_IN_PROGRESS":
        stack.version = Version(EMPTY, {}, {})
        account.set_status(stack, status, reason or "User Initiated")
        return stack
    instantly(account, stack, version)
    if stack.status != "CREATE_COMPLETE":
        raise AssertionError(f"{name} could not be made: {stack.reason} {_why(stack)}")
    if status != "CREATE_COMPLETE":
        _become(account, stack, status, reason, {normal_path(path) for path in failed})
    if then is not None:
        account.clock.start(_later(account, stack, *then))
    return stack


def _why(stack: Stack) -> str:
    return "; ".join(
        f"{event.logical_id}: {event.reason}" for event in stack.events if "FAILED" in event.status
    )


def _become(account: Account, stack: Stack, status: str, reason: str, failed: set[str]) -> None:
    if status.startswith("UPDATE"):
        stack.updated = account.clock.now()
    for child in account.children(stack):
        below = {
            path for path in failed if path.startswith(path_of(child.parent or child, child.logical_id) + "/")
        }
        _become(account, child, _status_below(status, bool(below)), reason if below else "", failed)
    if status in _EMPTY:
        for resource in stack.resources.values():
            resource.status = "DELETE_COMPLETE"
    _fail_resources(account, stack, status, reason, failed)
    if status in (
        "UPDATE_FAILED",
        "UPDATE_ROLLBACK_FAILED",
        "UPDATE_ROLLBACK_IN_PROGRESS",
        "UPDATE_IN_PROGRESS",
    ):
        _remember(stack)
    names = ", ".join(r.logical_id for r in stack.resources.values() if r.status.endswith("_FAILED"))
    verb = "delete" if "DELETE" in status or status == "ROLLBACK_FAILED" else "update"
    told = f"The following resource(s) failed to {verb}: [{names}]. " if names else reason
    account.set_status(stack, status, told)
    if status == "DELETE_COMPLETE":
        stack.deleted = account.clock.now()


def _status_below(status: str, failed: bool) -> str:
    if status in _RESOURCE_STATUS and not failed:
        return "UPDATE_ROLLBACK_COMPLETE" if status == "UPDATE_ROLLBACK_FAILED" else "CREATE_COMPLETE"
    return "DELETE_COMPLETE" if status in _EMPTY else status


def _fail_resources(account: Account, stack: Stack, status: str, reason: str, failed: set[str]) -> None:
    wanted = _RESOURCE_STATUS.get(status)
    if wanted is None:
        return
    for resource in stack.resources.values():
        path = path_of(stack, resource.logical_id)
        below = resource.type == STACK and any(each.startswith(f"{path}/") for each in failed)
        if path in failed or below:
            why = reason
            if below:
                child = account.stacks[resource.physical_id]
                why = f"Embedded stack {child.id} was not successfully updated. Currently in {child.status}"
            account.tell(stack, resource, wanted, why)


def _remember(stack: Stack) -> None:
    """What an update that was interrupted would be rolled back to: the same, here."""
    before = {name: copy(resource) for name, resource in stack.resources.items()}
    failed = {name for name, resource in before.items() if resource.status.endswith("_FAILED")}
    stack.undo = Undo(stack.version, before, stack.outputs, touched=sorted(failed), failed=failed)


def _later(account: Account, stack: Stack, status: str, seconds: float) -> Steps:
    yield seconds
    account.set_status(stack, status)
    if status.endswith("_COMPLETE"):
        stack.undo = None
