"""What AWS answers, as frozen values: the dictionaries of the SDK stop here.

Enumerations stay text, since AWS adds members without notice: an unknown one is shown, never a KeyError.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

STACK_TYPE = "AWS::CloudFormation::Stack"


@dataclass(frozen=True, slots=True)
class Identity:
    """Whose credentials these are."""

    account_id: str
    arn: str


@dataclass(frozen=True, slots=True)
class Output:
    """One output of a stack."""

    key: str
    value: str
    description: str = ""
    export: str | None = None


@dataclass(frozen=True, slots=True)
class Stack:
    """A stack as DescribeStacks tells it."""

    id: str  # the ARN; the name alone can be taken again after a deletion
    name: str
    status: str
    reason: str = ""
    created: datetime | None = None
    updated: datetime | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    outputs: tuple[Output, ...] = ()
    role_arn: str | None = None
    protected: bool = False
    parent_id: str | None = None
    change_set_id: str | None = None  # the one that made it what it is, or is making it so
    last_operation_id: str | None = None
    drift_status: str | None = None

    @property
    def own_tags(self) -> dict[str, str]:
        """Its tags without those that AWS set."""
        return {key: value for key, value in self.tags.items() if not key.startswith("aws:")}

    @property
    def account_id(self) -> str:
        """The account that it stands in, as its ARN says: `arn:aws:cloudformation:region:account:stack/...`."""
        return ":".join(self.id.split(":")[4:5])


@dataclass(frozen=True, slots=True)
class StackResource:
    """One resource of a stack as ListStackResources tells it."""

    logical_id: str
    physical_id: str
    type: str
    status: str
    reason: str = ""

    @property
    def is_stack(self) -> bool:
        """Whether it is a nested stack; its physical id is then that stack's ARN."""
        return self.type == STACK_TYPE


@dataclass(frozen=True, slots=True)
class StackEvent:
    """One line of a stack's history. Times are those of the server, in UTC."""

    id: str
    stack_id: str
    stack_name: str
    logical_id: str
    physical_id: str  # empty until CloudFormation knows it
    type: str
    status: str
    time: datetime
    reason: str = ""
    operation_id: str | None = None
    token: str | None = None

    @property
    def of_stack_itself(self) -> bool:
        """Whether the stack speaks of itself, and not of a resource or a nested stack in it."""
        return self.type == STACK_TYPE and self.physical_id == self.stack_id

    @property
    def of_nested_stack(self) -> bool:
        """Whether it speaks of a stack nested in this one."""
        return self.type == STACK_TYPE and self.physical_id != self.stack_id

    @property
    def failed(self) -> bool:
        """Whether something went wrong in this very line."""
        return self.status.endswith("_FAILED")


@dataclass(frozen=True, slots=True)
class ValidationFailure:
    """A failed event of DescribeEvents: early validation, provisioning or a hook."""

    logical_id: str
    type: str
    reason: str
    kind: str  # VALIDATION_ERROR, PROVISIONING_ERROR, HOOK_INVOCATION_ERROR
    name: str = ""  # such as NAME_CONFLICT_VALIDATION; shown, never compared: AWS spells it in several ways
    path: str = ""
    mode: str = "FAIL"


@dataclass(frozen=True, slots=True)
class Detail:
    """Why a resource changes: one property or attribute of it."""

    attribute: str  # Properties, Tags, Metadata, DeletionPolicy ...
    name: str  # the property's name, empty for the other attributes
    path: str
    recreation: str  # Never, Conditionally, Always
    evaluation: str  # Static, Dynamic
    source: str  # DirectModification, ParameterReference, ResourceAttribute, Automatic ...
    causing_entity: str
    before: str | None = None
    after: str | None = None


@dataclass(frozen=True, slots=True)
class ResourceChange:
    """One change of a change set, as the stack that holds the resource tells it."""

    logical_id: str
    physical_id: str
    type: str
    action: str  # Add, Modify, Remove, Import, Dynamic, SyncWithActual
    replacement: str  # True, False, Conditional; empty where it does not apply
    policy_action: str  # Delete, Retain, Snapshot, ReplaceAndDelete ...; empty where nothing is lost
    scope: tuple[str, ...] = ()
    details: tuple[Detail, ...] = ()
    change_set_id: str | None = None  # of the nested stack, where CloudFormation made one


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """One change set: the root's, or that of a nested stack."""

    id: str
    name: str
    stack_id: str
    stack_name: str
    status: str
    execution_status: str
    reason: str = ""
    created: datetime | None = None
    changes: tuple[ResourceChange, ...] = ()
    parameters: Mapping[str, str] = field(default_factory=dict)
    parent_id: str | None = None
    root_id: str | None = None
    description: str = ""
    incomplete: bool = False  # changes were dropped from the detailed answer and found again without values

    @property
    def nested(self) -> tuple[ResourceChange, ...]:
        """The nested stacks that it changes."""
        return tuple(change for change in self.changes if change.type == STACK_TYPE)


@dataclass(frozen=True, slots=True)
class ChangeSetSummary:
    """One line of ListChangeSets."""

    id: str
    name: str
    status: str
    execution_status: str
    created: datetime | None = None
    description: str = ""
    root_id: str | None = None


@dataclass(frozen=True, slots=True)
class ChangeSetOrder:
    """What CreateChangeSet is asked for."""

    stack_name: str
    name: str
    token: str
    creates: bool
    template: str  # text, or an https address; empty: the one that the stack has
    parameters: Mapping[str, str]
    tags: Mapping[str, str] = field(default_factory=dict)
    role_arn: str | None = None
    description: str = ""
    nested: bool = True
    notification_arns: tuple[str, ...] = ()
    on_failure: str | None = None
    import_existing: bool = False
    capabilities: tuple[str, ...] = field(default=("CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"))

    @property
    def by_url(self) -> bool:
        """Whether the template lies in S3."""
        return self.template.startswith("https://")


@dataclass(frozen=True, slots=True)
class CreatedChangeSet:
    """The two ARNs that CreateChangeSet answers with."""

    id: str
    stack_id: str
