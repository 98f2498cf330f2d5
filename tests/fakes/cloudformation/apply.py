"""Making and changing stacks: each resource after what it needs, all that can go at once at once.

A nested stack is a resource of its parent, and its own resources are made the same way. When one fails, what
is under way elsewhere is cancelled, and the stack rolls back.
"""

from __future__ import annotations

from copy import copy

from showcore_cfn.template.json_types import Json
from showcore_cfn.template.schemas import schema
from tests.fakes.cloudformation.account import Account
from tests.fakes.cloudformation.clock import Process, Steps
from tests.fakes.cloudformation.differences import needs_replacement
from tests.fakes.cloudformation.errors import ServiceError
from tests.fakes.cloudformation.model import STACK, Resource, Stack, Undo, Version
from tests.fakes.cloudformation.physical import own_name, physical_id
from tests.fakes.cloudformation.planning import child_version, enough
from tests.fakes.cloudformation.policy import denial
from tests.fakes.cloudformation.removal import delete_stack
from tests.fakes.cloudformation.template import same
from tests.fakes.cloudformation.undo import cleanup, roll_back_create, roll_back_update

CREATE, UPDATE = "CREATE", "UPDATE"
_CANCELLED = {CREATE: "Resource creation cancelled", UPDATE: "Resource update cancelled"}
_REPLACING = "Requested update requires the creation of a new physical resource; hence creating one."
_NAMED = (
    "CloudFormation cannot update a stack when a custom-named resource requires replacing. Rename {name} and "
    "update the stack again."
)


def create(account: Account, stack: Stack, on_failure: str, nested: bool = False) -> Steps:
    """Make a stack that has been named. `on_failure` is ROLLBACK, DELETE or DO_NOTHING."""
    account.set_status(stack, "CREATE_IN_PROGRESS", "User Initiated")
    run = Run(account, stack)
    yield account.clock.start(run.steps())
    if run.cancelled_from_outside:
        return
    if not run.failed and run.put_out():
        account.set_status(stack, "CREATE_COMPLETE")
        return
    reason = run.reason()
    if nested or on_failure == "DO_NOTHING":
        account.set_status(stack, "CREATE_FAILED", reason)
    elif on_failure == "DELETE":
        account.begin(stack, "DELETE_STACK", stack.token)
        yield from delete_stack(account, stack, reason, on_create=True)
    else:
        account.begin(stack, "ROLLBACK", stack.token)
        yield from roll_back_create(account, stack, f"{reason}Rollback requested by user.")


def update(account: Account, stack: Stack, version: Version, nested: bool = False) -> Steps:
    """Change a stack to another version of itself."""
    if stack.undo is None:  # an update that failed and stayed goes back to before it, not to where it stopped
        before = {name: copy(resource) for name, resource in stack.resources.items()}
        stack.undo = Undo(stack.version, before, stack.outputs)
    stack.version, stack.updated = version, account.clock.now()
    account.set_status(stack, "UPDATE_IN_PROGRESS", "User Initiated")
    run = Run(account, stack)
    yield account.clock.start(run.steps())
    if run.cancelled_from_outside:
        return
    if not run.failed and run.put_out():
        stack.garbage += run.removed()
        account.set_status(stack, "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS")
        if not nested:
            yield from cleanup(account, stack)
        return
    yield from fail_update(account, stack, run.reason(), nested)


def fail_update(account: Account, stack: Stack, reason: str, nested: bool) -> Steps:
    """What follows a failed or cancelled update: nothing, when rolling back is off; else the rollback."""
    stack.garbage = []
    if stack.root.disable_rollback:
        account.set_status(stack, "UPDATE_FAILED", reason)
        return
    account.begin(stack, "ROLLBACK", stack.token)
    account.set_status(stack, "UPDATE_ROLLBACK_IN_PROGRESS", reason)
    if not nested:
        yield account.durations.scale
        yield from roll_back_update(account, stack, nested=False)


class Run:
    """One pass over the resources of a stack, towards its present version."""

    def __init__(self, account: Account, stack: Stack) -> None:
        self.account, self.stack = account, stack
        self.template = stack.version.template
        self.scope = account.scope(stack, stack.version)
        self.failed: dict[str, str] = {}  # logical id -> CREATE or UPDATE
        self.cancelled = self.cancelled_from_outside = False
        self.why = ""
        self._processes: dict[str, Process] = {}
        self._active: dict[str, tuple[Resource, str]] = {}
        self._children: dict[str, tuple[Process, Run | None]] = {}
        self._standing: list[str] = []
        account.runs[stack.id] = self

    def steps(self) -> Steps:
        """Go over all resources; `failed` tells afterwards what went wrong."""
        try:
            self._standing = [n for n in self.template.order if self.scope.stands(self.template.resources[n])]
        except ServiceError as error:
            self.why, self.failed[self.stack.name] = f"{error.message} ", CREATE
            return
        if not self._may_remove():
            return
        for name in self._standing:
            self._processes[name] = self.account.clock.start(self._resource(name))
        yield from self._processes.values()

    def removed(self) -> list[Resource]:
        """The resources that the present version no longer has."""
        return [r for name, r in self.stack.resources.items() if name not in self._standing]

    def put_out(self) -> bool:
        """Compute the outputs; False where that fails."""
        try:
            self.stack.outputs = self.scope.outputs()
        except ServiceError as error:
            self.why = f"{error.message} "
            return False
        return True

    def reason(self) -> str:
        """What failed, as the stack's status reason says it."""
        if self.why:
            return self.why
        found = ""
        for verb in (CREATE, UPDATE):
            names = ", ".join(name for name, failed in self.failed.items() if failed == verb)
            found += f"The following resource(s) failed to {verb.lower()}: [{names}]. " if names else ""
        return found

    def cancel(self, from_outside: bool = False) -> None:
        """Stop all that is under way, in the nested stacks too."""
        if self.cancelled:
            return
        self.cancelled, self.cancelled_from_outside = True, from_outside
        for name, (resource, verb) in list(self._active.items()):
            self._cancel_nested(name, verb)
            self._processes[name].stop()
            self._failed(resource, verb, _CANCELLED[verb])

    def _cancel_nested(self, name: str, verb: str) -> None:
        if name not in self._children:
            return
        process, child = self._children[name]
        process.stop()
        if child is not None:
            child.cancel(from_outside=True)
            steps = fail_update(self.account, child.stack, child.reason(), nested=True)
            if verb == CREATE:
                self.account.set_status(child.stack, "CREATE_FAILED", child.reason())
            else:
                self.account.clock.start(steps)

    # One resource ----------------------------------------------------------------------------------------

    def _resource(self, name: str) -> Steps:
        for need in sorted(self.template.needs[name]):
            if need in self._processes:
                yield self._processes[need]
        if self.cancelled:
            return
        definition = self.template.resources[name]
        before = self.stack.resources.get(name)
        try:
            properties = self.scope.value(definition.get("Properties", {}))
        except ServiceError as error:
            self._refuse(name, definition, before, error.message)
            return
        values = properties if isinstance(properties, dict) else {}
        if before is None or before.status == "CREATE_FAILED":
            yield from self._create(name, definition, values)
        elif before.type == STACK:
            yield from self._update_nested(before, definition, values)
        elif self._stays(before, values):
            before.definition = definition
        elif needs_replacement(before.type, before.properties, values):
            yield from self._replace(before, definition, values)
        else:
            yield from self._update(before, definition, values)

    def _refuse(self, name: str, definition: dict[str, Json], before: Resource | None, why: str) -> None:
        resource = before or self._new(name, definition, {})
        self._failed(resource, UPDATE if before else CREATE, why)
        self.cancel()

    def _create(self, name: str, definition: dict[str, Json], values: dict[str, Json]) -> Steps:
        failed = self.stack.resources.get(name)
        if failed is not None and failed.physical_id:
            self.stack.garbage.append(failed)
        resource = self._new(name, definition, values)
        self._begin(resource, CREATE)
        if resource.type == STACK:
            yield from self._create_nested(resource)
            return
        yield from self._make(resource, CREATE)

    def _make(self, resource: Resource, verb: str) -> Steps:
        """The new physical resource of a creation or a replacement."""
        seconds = self.account.durations[resource.type]
        yield min(1.0, seconds / 2)
        name = own_name(resource.type, resource.properties)
        reason = self.account.failure(self.stack, resource.logical_id, verb.lower())
        if self.account.is_taken(resource.type, name) and reason is None:
            if self.stack.version.import_existing:
                self._adopt(resource, name)
            else:
                self._stop(resource, verb, f"{name} already exists")
            return
        resource.physical_id = physical_id(
            self.stack.name, resource.logical_id, resource.type, resource.properties, self.account.place,
            self.account.new_uuid(self.stack.id),
        )  # fmt: skip
        if resource.type == "AWS::S3::Bucket" and reason is None:
            self.account.s3.create(resource.physical_id)
        self.account.tell(self.stack, resource, f"{verb}_IN_PROGRESS", "Resource creation Initiated")
        yield seconds - min(1.0, seconds / 2)
        self._finish(resource, verb, reason)

    def _adopt(self, resource: Resource, name: str) -> None:
        self.account.taken.pop((resource.type, name), None)
        resource.physical_id = name
        self._active.pop(resource.logical_id, None)
        self.account.tell(self.stack, resource, "IMPORT_COMPLETE", "Resource import completed.")

    def _update(self, resource: Resource, definition: dict[str, Json], values: dict[str, Json]) -> Steps:
        if self._denied(resource, "Modify"):
            return
        resource.properties, resource.definition = values, definition
        resource.tags = dict(self.stack.version.tags)
        self._begin(resource, UPDATE)
        yield self.account.durations.to_update(resource.type)
        self._finish(resource, UPDATE, self.account.failure(self.stack, resource.logical_id, "update"))

    def _replace(self, before: Resource, definition: dict[str, Json], values: dict[str, Json]) -> Steps:
        if self._denied(before, "Replace"):
            return
        own = own_name(before.type, values)
        resource = self._new(before.logical_id, definition, values)
        resource.physical_id = before.physical_id
        self._begin(resource, UPDATE, _REPLACING)
        if own and own == own_name(before.type, before.properties):
            yield self.account.durations.scale
            self.stack.resources[before.logical_id] = before
            self._stop(before, UPDATE, _NAMED.format(name=own))
            return
        yield from self._make(resource, UPDATE)
        if resource.status == "UPDATE_COMPLETE":
            self.stack.garbage.append(before)

    # Nested stacks ---------------------------------------------------------------------------------------

    def _create_nested(self, resource: Resource) -> Steps:
        yield self.account.durations.scale
        try:
            version = child_version(self.account, resource.properties, self.stack.version)
            needed, _ = version.template.capabilities()
            if not enough(needed, version.capabilities):
                raise ServiceError("", f"Requires capabilities : [{', '.join(needed)}]")
        except ServiceError as error:
            self._stop(resource, CREATE, error.message)
            return
        name = f"{self.stack.name}-{resource.logical_id}-"
        child = self.account.shell(self.stack, resource.logical_id, version, name)
        resource.physical_id = child.id
        self.account.tell(self.stack, resource, "CREATE_IN_PROGRESS", "Resource creation Initiated")
        self.account.begin(child, "CREATE_STACK", self.stack.token)
        yield from self._run_nested(resource, child, create(self.account, child, "DO_NOTHING", nested=True))
        failed = child.status != "CREATE_COMPLETE"
        why = f"Embedded stack {child.id} was not successfully created: {child.reason}" if failed else None
        why = why or self.account.failure(self.stack, resource.logical_id, "create")
        self._finish(resource, CREATE, why)

    def _update_nested(
        self, resource: Resource, definition: dict[str, Json], values: dict[str, Json]
    ) -> Steps:
        child = self.account.stacks[resource.physical_id]
        try:
            version = child_version(self.account, values, self.stack.version)
        except ServiceError as error:
            self._stop(resource, UPDATE, error.message)
            return
        changed = not same_version(child.version, version) or child.status == "UPDATE_FAILED"
        if changed and self._denied(resource, "Modify"):
            return
        resource.properties, resource.definition = values, definition
        self._begin(resource, UPDATE)
        yield self.account.durations.scale
        if changed:
            self.account.begin(child, "UPDATE_STACK", self.stack.token)
            yield from self._run_nested(resource, child, update(self.account, child, version, nested=True))
        why = self.account.failure(self.stack, resource.logical_id, "update")
        if not child.status.endswith("_COMPLETE") and child.status != "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS":
            why = (
                f"Embedded stack {child.id} was not successfully updated. Currently in {child.status} with "
                f"reason: {child.reason}"
            )
        self._finish(resource, UPDATE, why)

    def _run_nested(self, resource: Resource, child: Stack, steps: Steps) -> Steps:
        process = self.account.clock.start(steps)
        self._children[resource.logical_id] = process, self.account.runs.get(child.id)
        yield process
        del self._children[resource.logical_id]

    # Bookkeeping -----------------------------------------------------------------------------------------

    def _new(self, name: str, definition: dict[str, Json], values: dict[str, Json]) -> Resource:
        kind, now = str(definition["Type"]), self.account.clock.now()
        resource = Resource(name, kind, "", "", values, definition, now, tags=dict(self.stack.version.tags))
        self.stack.resources[name] = resource
        return resource

    def _begin(self, resource: Resource, verb: str, reason: str = "") -> None:
        undo = self.stack.undo
        if verb == UPDATE and undo is not None and resource.logical_id not in undo.touched:
            undo.touched.append(resource.logical_id)
        self._active[resource.logical_id] = resource, verb
        self.account.tell(self.stack, resource, f"{verb}_IN_PROGRESS", reason)

    def _finish(self, resource: Resource, verb: str, reason: str | None) -> None:
        if reason:
            self._stop(resource, verb, reason)
            return
        self._active.pop(resource.logical_id, None)
        self.account.tell(self.stack, resource, f"{verb}_COMPLETE")

    def _stop(self, resource: Resource, verb: str, reason: str) -> None:
        self._failed(resource, verb, reason)
        self.cancel()

    def _failed(self, resource: Resource, verb: str, reason: str) -> None:
        self._active.pop(resource.logical_id, None)
        self.failed[resource.logical_id] = verb
        self.account.tell(self.stack, resource, f"{verb}_FAILED", reason)

    def _denied(self, resource: Resource, action: str) -> bool:
        why = denial(self.stack, resource.logical_id, resource.type, action)
        if why:
            self._stop(resource, UPDATE, why)
        return bool(why)

    def _may_remove(self) -> bool:
        return not any(self._denied(resource, "Delete") for resource in self.removed())

    def _stays(self, before: Resource, values: dict[str, Json]) -> bool:
        failed = before.status.endswith("_FAILED")
        return same(before.properties, values) and not self._tags_change(before.type) and not failed

    def _tags_change(self, kind: str) -> bool:
        undo = self.stack.undo
        described = schema(kind)
        taggable = described is not None and described.taggable
        return undo is not None and undo.version.tags != self.stack.version.tags and taggable


def same_version(left: Version, right: Version) -> bool:
    """Whether a stack would not change from one to the other."""
    return (left.template.text, left.parameters, left.tags) == (
        right.template.text,
        right.parameters,
        right.tags,
    )
