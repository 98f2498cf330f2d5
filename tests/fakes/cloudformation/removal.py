"""Taking resources away: what goes, what is kept, what refuses."""

from __future__ import annotations

from collections.abc import Collection, Generator, Iterable

from tests.fakes.cloudformation.account import Account
from tests.fakes.cloudformation.clock import Process, Steps
from tests.fakes.cloudformation.differences import fate
from tests.fakes.cloudformation.evaluation import text
from tests.fakes.cloudformation.model import STACK, Resource, Stack

_NOT_EMPTY = (
    'Resource handler returned message: "The bucket you tried to delete is not empty (Service: S3, Status Code: '
    '409)" (HandlerErrorCode: GeneralServiceException)'
)
_PROTECTED = (
    'Resource handler returned message: "Cannot delete protected DB Instance, please disable deletion protection '
    'and try again. (Service: Rds, Status Code: 400)" (HandlerErrorCode: InvalidRequest)'
)
Failed = Generator["float | Process", None, list[str]]


def delete_stack(account: Account, stack: Stack, reason: str, retain: Collection[str] = (), force: bool = False,
                 on_create: bool = False) -> Steps:  # fmt: skip
    """Delete a stack and all in it that is not to be kept."""
    account.set_status(stack, "DELETE_IN_PROGRESS", reason)
    failed = yield from delete_resources(
        account, stack, list(stack.resources.values()), on_create=on_create, retain=retain, force=force
    )
    if failed:
        names = ", ".join(failed)
        account.set_status(stack, "DELETE_FAILED", f"The following resource(s) failed to delete: [{names}]. ")
        return
    stack.deleted, stack.outputs = account.clock.now(), {}
    account.set_status(stack, "DELETE_COMPLETE")
    for change_set in account.change_sets.values():
        if change_set.stack is stack and change_set.execution_status != "EXECUTE_COMPLETE":
            change_set.gone = True


def delete_resources(
    account: Account,
    stack: Stack,
    resources: list[Resource],
    *,
    on_create: bool = False,
    retain: Collection[str] = (),
    force: bool = False,
    policy: str = "DeletionPolicy",
) -> Failed:
    """Delete resources, each after those that need it; the logical ids of those that refused."""
    needs = {**stack.version.template.needs}
    if stack.undo is not None:
        needs = {**stack.undo.version.template.needs, **needs}
    processes: dict[int, tuple[Resource, Process]] = {}
    for resource in _last_first(resources, needs):
        waits = [
            process
            for other, process in processes.values()
            if resource.logical_id in needs.get(other.logical_id, frozenset())
        ]
        steps = _one(account, stack, resource, waits, on_create, resource.logical_id in retain, force, policy)
        processes[id(resource)] = resource, account.clock.start(steps)
    for _, process in processes.values():
        yield process
    return [resource.logical_id for resource in resources if resource.status == "DELETE_FAILED"]


def _last_first(resources: list[Resource], needs: dict[str, frozenset[str]]) -> Iterable[Resource]:
    waiting = list(resources)
    while waiting:
        needed = {name for resource in waiting for name in needs.get(resource.logical_id, frozenset())}
        free = [resource for resource in waiting if resource.logical_id not in needed] or waiting
        yield from free
        waiting = [resource for resource in waiting if resource not in free]


def _one(account: Account, stack: Stack, resource: Resource, waits: list[Process], on_create: bool,
         retained: bool, force: bool, policy: str) -> Steps:  # fmt: skip
    yield from waits
    if resource.status in ("DELETE_COMPLETE", "DELETE_SKIPPED"):
        return
    kept = fate(resource.type, resource.definition, policy) == "Retain" and not _only_on_create(
        stack, resource, on_create
    )
    forced = force and resource.status == "DELETE_FAILED" and resource.type != STACK
    if retained or kept or forced:
        account.tell(stack, resource, "DELETE_SKIPPED")
        account.leave_behind(stack, resource)
        return
    if not resource.physical_id:
        account.tell(stack, resource, "DELETE_COMPLETE")
        return
    account.tell(stack, resource, "DELETE_IN_PROGRESS")
    if resource.type == STACK:
        yield from _nested(account, stack, resource, on_create, force)
        return
    yield account.durations.to_delete(resource.type)
    reason = account.failure(stack, resource.logical_id, "delete") or _refusal(account, resource)
    if reason:
        account.tell(stack, resource, "DELETE_FAILED", reason)
        return
    if fate(resource.type, resource.definition, policy) == "Snapshot" and not on_create:
        account.snapshots.append(resource.physical_id)
    if resource.type == "AWS::S3::Bucket":
        account.s3.buckets.pop(resource.physical_id, None)
    account.tell(stack, resource, "DELETE_COMPLETE")


def _nested(account: Account, stack: Stack, resource: Resource, on_create: bool, force: bool) -> Steps:
    child = account.stacks[resource.physical_id]
    account.begin(child, "DELETE_STACK", stack.token)
    yield account.clock.start(delete_stack(account, child, "", force=force, on_create=on_create))
    if child.gone:
        account.tell(stack, resource, "DELETE_COMPLETE")
    else:
        why = f"Embedded stack {child.id} was not successfully deleted: {child.reason.strip()}"
        account.tell(stack, resource, "DELETE_FAILED", why)


def _only_on_create(stack: Stack, resource: Resource, on_create: bool) -> bool:
    """Whether a resource that is retained otherwise goes, because its stack never came to be."""
    asked = resource.definition.get("DeletionPolicy") == "RetainExceptOnCreate"
    return on_create and (asked or stack.root.retain_except_on_create)


def _refusal(account: Account, resource: Resource) -> str:
    if resource.type == "AWS::S3::Bucket":
        bucket = account.s3.buckets.get(resource.physical_id)
        return _NOT_EMPTY if bucket is not None and bucket.objects else ""
    protected = text(resource.properties.get("DeletionProtection", False)).lower() == "true"
    return _PROTECTED if protected and resource.type == "AWS::RDS::DBInstance" else ""
