"""After an update: cleaning up what it replaced, or rolling it back."""

from __future__ import annotations

from collections.abc import Collection
from copy import copy

from tests.fakes.cloudformation.account import Account
from tests.fakes.cloudformation.clock import Process, Steps
from tests.fakes.cloudformation.model import STACK, Resource, Stack, Undo
from tests.fakes.cloudformation.removal import delete_resources, delete_stack

ORPHANS = "One or more resources could not be deleted."
_CLEANUP = "_CLEANUP_IN_PROGRESS"


def cleanup(account: Account, stack: Stack) -> Steps:
    """Delete what an update or its rollback left over, here and in the nested stacks; then it is complete."""
    garbage, stack.garbage = stack.garbage, []
    policy = "UpdateReplacePolicy" if stack.status == f"UPDATE_COMPLETE{_CLEANUP}" else "DeletionPolicy"
    replaced = [old for old in garbage if stack.resources.get(old.logical_id) is not old]
    removed = [old for old in garbage if stack.resources.get(old.logical_id) is old]
    failed = yield from delete_resources(account, stack, replaced, policy=policy)
    made_new = stack.status == f"UPDATE_ROLLBACK_COMPLETE{_CLEANUP}"
    failed += yield from delete_resources(account, stack, removed, on_create=made_new)
    for old in removed:
        del stack.resources[old.logical_id]
    stack.undo = None
    for resource in list(stack.resources.values())[::-1]:
        if resource.type == STACK and resource.status == "UPDATE_COMPLETE":
            child = account.stacks[resource.physical_id]
            if child.status.endswith(_CLEANUP):
                yield account.clock.start(cleanup(account, child))
            yield account.durations.scale
            account.tell(stack, resource, "UPDATE_COMPLETE")
    yield account.durations.scale
    account.set_status(stack, stack.status.removesuffix(_CLEANUP), ORPHANS if failed else "")


def roll_back_update(account: Account, stack: Stack, nested: bool, skip: Collection[str] = ()) -> Steps:
    """Restore what was touched, each after what it needs; UPDATE_ROLLBACK_FAILED where something refuses."""
    undo = stack.undo
    if undo is None:
        raise AssertionError(f"{stack.name} has nothing to roll back to")
    failed_version, stack.version = stack.version, undo.version
    undo.failed = set()
    needs = undo.version.template.needs
    processes: dict[str, Process] = {}
    for name in [n for n in undo.version.template.order if n in undo.touched]:
        waits = [processes[need] for need in sorted(needs[name]) if need in processes]
        processes[name] = account.clock.start(_restore(account, stack, undo, name, waits, skip))
    yield from processes.values()
    if undo.failed:
        names = ", ".join(name for name in processes if name in undo.failed)
        stack.version = failed_version
        account.set_status(
            stack, "UPDATE_ROLLBACK_FAILED", f"The following resource(s) failed to update: [{names}]. "
        )
        return
    stack.garbage = undo.garbage + [r for n, r in stack.resources.items() if n not in undo.before]
    stack.outputs = undo.outputs
    account.set_status(stack, f"UPDATE_ROLLBACK_COMPLETE{_CLEANUP}")
    if not nested:
        yield from cleanup(account, stack)


def _restore(
    account: Account, stack: Stack, undo: Undo, name: str, waits: list[Process], skip: Collection[str]
) -> Steps:
    yield from waits
    now, before = stack.resources[name], undo.before[name]
    if undo.failed & undo.version.template.needs[name]:
        undo.failed.add(name)
        return
    if f"{stack.name}.{name}" in skip or (stack.parent is None and name in skip):
        _restored(account, stack, undo, now, before, "")
        return
    account.tell(stack, now, "UPDATE_IN_PROGRESS")
    if now.type == STACK:
        child = account.stacks[now.physical_id]
        if child.undo is not None:
            if child.status != "UPDATE_ROLLBACK_IN_PROGRESS":
                account.begin(child, "ROLLBACK", stack.token)
                account.set_status(child, "UPDATE_ROLLBACK_IN_PROGRESS")
            yield account.clock.start(roll_back_update(account, child, nested=True, skip=skip))
        yield account.durations.scale
        if child.status == "UPDATE_ROLLBACK_FAILED":
            why = (
                f"Embedded stack {child.id} was not successfully updated. Currently in UPDATE_ROLLBACK_FAILED "
                f"with reason: {child.reason.strip()}"
            )
            undo.failed.add(name)
            account.tell(stack, now, "UPDATE_FAILED", why)
            return
    else:
        yield account.durations.to_update(now.type)
    reason = account.failure(stack, name, "rollback")
    if reason:
        undo.failed.add(name)
        account.tell(stack, now, "UPDATE_FAILED", reason)
        return
    _restored(account, stack, undo, now, before, "")


def _restored(
    account: Account, stack: Stack, undo: Undo, now: Resource, before: Resource, reason: str
) -> None:
    if now.physical_id != before.physical_id:
        undo.garbage.append(now)
    restored = copy(before)
    stack.resources[now.logical_id] = restored
    undo.touched.remove(now.logical_id)
    account.tell(stack, restored, "UPDATE_COMPLETE", reason)


def roll_back_create(account: Account, stack: Stack, reason: str) -> Steps:
    """Delete what a failed creation made; the empty stack stays as ROLLBACK_COMPLETE."""
    account.set_status(stack, "ROLLBACK_IN_PROGRESS", reason)
    failed = yield from delete_resources(account, stack, list(stack.resources.values()), on_create=True)
    if failed:
        names = ", ".join(failed)
        account.set_status(
            stack, "ROLLBACK_FAILED", f"The following resource(s) failed to delete: [{names}]. "
        )
    else:
        account.set_status(stack, "ROLLBACK_COMPLETE")


__all__ = ["cleanup", "delete_stack", "roll_back_create", "roll_back_update"]
