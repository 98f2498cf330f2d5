"""What the fake remembers of an account: stacks, their resources and events, and change sets."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from showcore_cfn.template.json_types import Json
from tests.fakes.cloudformation.template import Template

STACK = "AWS::CloudFormation::Stack"


@dataclass(slots=True)
class Resource:
    """A resource of a stack as it is now."""

    logical_id: str
    type: str
    physical_id: str
    status: str
    properties: dict[str, Json]
    definition: dict[str, Json]  # as the template wrote it
    updated: datetime
    reason: str = ""
    tags: dict[str, str] = field(default_factory=dict)
    drift: dict[str, tuple[Json, Json]] | None = None  # path -> (expected, actual); None: never changed
    deleted_outside: bool = False
    drift_status: str = "NOT_CHECKED"
    drift_checked: datetime | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """One line of a stack's history."""

    id: str
    operation_id: str
    operation_type: str
    logical_id: str
    physical_id: str
    type: str
    at: datetime
    status: str
    reason: str
    properties: str
    token: str


@dataclass(frozen=True, slots=True)
class Version:
    """What a stack is made of."""

    template: Template
    parameters: dict[str, str]
    tags: dict[str, str]
    capabilities: tuple[str, ...] = ()
    notification_arns: tuple[str, ...] = ()
    role_arn: str = ""
    import_existing: bool = False


@dataclass(slots=True)
class Undo:
    """How an update is taken back: what was before, and what was touched since."""

    version: Version
    before: dict[str, Resource]
    outputs: dict[str, str]
    touched: list[str] = field(default_factory=list)  # still to be restored, in the order they were touched
    garbage: list[Resource] = field(default_factory=list)  # made since: deleted once all is restored
    failed: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Stack:
    """A stack, the root's and a nested one's alike."""

    id: str
    name: str
    status: str
    version: Version
    created: datetime
    parent: Stack | None = None
    logical_id: str = ""  # in the parent
    reason: str = ""
    updated: datetime | None = None
    deleted: datetime | None = None
    resources: dict[str, Resource] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    change_set_id: str = ""  # the one that was executed last
    termination_protection: bool = False
    policy: str = ""
    disable_rollback: bool = False
    retain_except_on_create: bool = False
    garbage: list[Resource] = field(default_factory=list)  # deleted when the update is cleaned up
    undo: Undo | None = None
    operations: list[tuple[str, str]] = field(default_factory=list)  # (type, id), the newest first
    token: str = ""
    drift_status: str = "NOT_CHECKED"
    drift_checked: datetime | None = None
    stale: tuple[datetime, str, str] | None = None  # until when, which status and reason are told
    undeletable: bool = False

    @property
    def root(self) -> Stack:
        """The stack at the top of the nest."""
        return self if self.parent is None else self.parent.root

    @property
    def path(self) -> tuple[str, ...]:
        """The logical ids from the root down to this stack."""
        return () if self.parent is None else (*self.parent.path, self.logical_id)

    @property
    def gone(self) -> bool:
        """Whether it can be seen by its id only."""
        return self.status == "DELETE_COMPLETE"

    @property
    def in_progress(self) -> bool:
        """Whether an operation is under way."""
        return self.status.endswith("_IN_PROGRESS") and self.status != "REVIEW_IN_PROGRESS"


@dataclass(slots=True)
class ChangeSet:
    """A change set; those of nested stacks hang below the root's."""

    id: str
    name: str
    stack: Stack
    version: Version
    type: str  # CREATE, UPDATE or IMPORT
    created: datetime
    nested: bool  # IncludeNestedStacks
    request: dict[str, Any]
    operation_id: str
    status: str = "CREATE_PENDING"
    reason: str = ""
    execution_status: str = "UNAVAILABLE"
    description: str = ""
    on_stack_failure: str = ""
    import_existing: bool = False
    parent: ChangeSet | None = None
    children: dict[str, ChangeSet] = field(default_factory=dict)
    changes: list[dict[str, Any]] = field(default_factory=list)
    dropped: str = ""  # why IncludePropertyValues leaves something out
    dropped_ids: frozenset[str] = frozenset()
    findings: list[dict[str, str]] = field(default_factory=list)
    gone: bool = False

    @property
    def root(self) -> ChangeSet:
        """The only one that can be executed or deleted."""
        return self if self.parent is None else self.parent.root

    @property
    def ended(self) -> bool:
        """Whether it is deleted, executed, or made obsolete by one that was."""
        return self.gone or self.execution_status in ("EXECUTE_COMPLETE", "EXECUTE_FAILED", "OBSOLETE")

    def tree(self) -> list[ChangeSet]:
        """This one and all below it."""
        return [self, *(below for child in self.children.values() for below in child.tree())]
