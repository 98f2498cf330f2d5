"""One change set for the whole nest: made, waited for, read back as values, thrown away.

With IncludeNestedStacks the root's change set lists each nested stack with a ChangeSetId of its own, whose
changes are read in turn. Only the root's is ever executed or deleted:
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/change-sets-for-nested-stacks.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from functools import partial

from showcore_cfn.aws.failures import AlreadyExists, Unreachable
from showcore_cfn.aws.gateways import CloudFormation
from showcore_cfn.aws.values import (
    ChangeSet,
    ChangeSetOrder,
    CreatedChangeSet,
    ResourceChange,
    Stack,
)
from showcore_cfn.deploy.clock import Clock
from showcore_cfn.deploy.parallel import together

ROOT = "root"
_PENDING = frozenset({"CREATE_PENDING", "CREATE_IN_PROGRESS"})
_NO_CHANGES = ("didn't contain changes", "no updates are to be performed")  # two texts for the one outcome
_FIRST_WAIT_SECONDS = 0.5
_LONGEST_WAIT_SECONDS = 5.0
_WAIT_GROWTH = 1.5
_UNSEEN_TRIES = 10  # a change set that was just made may not be found at once
_LONGEST_DELETION_SECONDS = 300.0


class Verdict(StrEnum):
    """What has become of a change set."""

    PENDING = "pending"
    AVAILABLE = "available"
    NO_CHANGES = "no changes"
    FAILED = "failed"
    GONE = "gone"  # executed, obsolete or deleted


@dataclass(frozen=True, slots=True)
class Change:
    """One change of one resource, with the place of the resource in the nest."""

    stack: str  # "database"
    resource: ResourceChange

    @property
    def path(self) -> str:
        """`database/Database`."""
        return f"{self.stack}/{self.resource.logical_id}"


@dataclass(frozen=True, slots=True)
class Node:
    """The change set of one stack, and those of the stacks nested in it."""

    stack: str
    change_set: ChangeSet
    children: Mapping[str, Node] = field(default_factory=dict)  # by logical id

    @property
    def unseen(self) -> tuple[str, ...]:
        """Nested stacks that change, and whose own changes CloudFormation does not show here."""
        nested = self.change_set.nested
        hidden = [change.logical_id for change in nested if change.logical_id not in self.children]
        return tuple(hidden) + tuple(name for child in self.children.values() for name in child.unseen)

    @property
    def ids(self) -> dict[str, str]:
        """The ARN of each stack of the change set that stood before it, by the stack's name."""
        nested = [(node, each) for node in self.nodes() for each in node.change_set.nested]
        found = {below(node.stack, each.logical_id): each.physical_id for node, each in nested}
        return {self.stack: self.change_set.stack_id, **{name: arn for name, arn in found.items() if arn}}

    def nodes(self) -> Iterator[Node]:
        """This node and all below it, parents first."""
        yield self
        for child in self.children.values():
            yield from child.nodes()

    def changes(self) -> tuple[Change, ...]:
        """All changes of the nest, the root's first, then stack by stack in the order of the root."""
        return tuple(
            Change(node.stack, change) for node in self.nodes() for change in node.change_set.changes
        )


def below(stack: str, logical_id: str) -> str:
    """The name of a nested stack by that of its parent: `database`, and `database/inner` for one inside it."""
    name = tier_of(logical_id)
    return name if stack == ROOT else f"{stack}/{name}"


def tier_of(logical_id: str) -> str:
    """The name that a nested stack goes by, from its logical id in the root: `Database` is `database`."""
    return logical_id.lower()


def verdict(change_set: ChangeSet) -> Verdict:
    """What has become of a change set. A status reason alone is no failure: good children carry one too."""
    if change_set.status in _PENDING:
        return Verdict.PENDING
    if change_set.status == "FAILED":
        reason = change_set.reason.lower()
        return Verdict.NO_CHANGES if any(text in reason for text in _NO_CHANGES) else Verdict.FAILED
    nested = change_set.parent_id is not None  # says UNAVAILABLE: only the root's can be executed
    if change_set.status == "CREATE_COMPLETE" and (change_set.execution_status == "AVAILABLE" or nested):
        return Verdict.AVAILABLE
    return Verdict.GONE


def create(cloudformation: CloudFormation, order: ChangeSetOrder) -> CreatedChangeSet:
    """Begin the change set. Its name is unique: one that exists is ours, and its answer was lost."""
    try:
        return cloudformation.create_change_set(order)
    except AlreadyExists:
        if found := find(cloudformation, order):
            return found
        raise


def find(cloudformation: CloudFormation, order: ChangeSetOrder) -> CreatedChangeSet | None:
    """What an order has made whose answer nobody heard; None where there is nothing of it."""
    for summary in cloudformation.change_sets(order.stack_name):
        stack = cloudformation.stack(order.stack_name) if summary.name == order.name else None
        if stack is not None:
            return CreatedChangeSet(summary.id, stack.id)
    return None


def read(cloudformation: CloudFormation, clock: Clock, arn: str, stack: str = ROOT) -> Node:
    """The change set once it is made, and the nested ones."""
    return with_nested(cloudformation, clock, wait(cloudformation, clock, arn), stack)


def with_nested(
    cloudformation: CloudFormation, clock: Clock, change_set: ChangeSet, stack: str = ROOT
) -> Node:
    """A change set that is made, and the nested ones, waited for even where it failed."""

    def child(change: ResourceChange) -> Node:
        return read(cloudformation, clock, str(change.change_set_id), below(stack, change.logical_id))

    nested = [change for change in change_set.changes if change.change_set_id]
    nodes = together(partial(child, change) for change in nested)
    return Node(stack, change_set, {c.logical_id: node for c, node in zip(nested, nodes, strict=True)})


def wait(cloudformation: CloudFormation, clock: Clock, arn: str) -> ChangeSet:
    """The change set once it is no longer being made."""
    seconds, unseen = _FIRST_WAIT_SECONDS, 0
    while True:
        found = cloudformation.change_set(arn)
        if found is not None and verdict(found) is not Verdict.PENDING:
            return found
        unseen += found is None
        if unseen > _UNSEEN_TRIES:
            raise Unreachable(
                f"the change set {arn} cannot be found. Somebody may have deleted it: try again."
            )
        clock.sleep(seconds)
        seconds = min(seconds * _WAIT_GROWTH, _LONGEST_WAIT_SECONDS)


def delete(cloudformation: CloudFormation, clock: Clock, arn: str) -> bool:
    """Delete the root's change set and, with it, those of the nested stacks; whether it is gone.

    One that is still being made is waited for first: deleted half-made, it has left stacks that nobody could
    delete (https://github.com/aws-cloudformation/rain/issues/477).
    """
    found = cloudformation.change_set(arn, with_values=False)
    if found is None:
        return True
    if verdict(found) is Verdict.PENDING:
        wait(cloudformation, clock, arn)
    cloudformation.delete_change_set(arn)
    return until(clock, lambda: cloudformation.change_set(arn, with_values=False) is None)


def delete_shell(cloudformation: CloudFormation, clock: Clock, stack: str, token: str) -> bool:
    """Delete a stack that holds nothing yet and waits for no other change set; whether none is left.

    A change set for a new stack makes that stack, in REVIEW_IN_PROGRESS; deleting the change set leaves it.
    """
    found = cloudformation.stack(stack)
    if found is None or found.status == "DELETE_COMPLETE":
        return True
    if found.status != "REVIEW_IN_PROGRESS" or cloudformation.change_sets(found.id):
        return False
    cloudformation.delete_stack(found.id, token, role_arn=None)
    return until(clock, lambda: _is_gone(cloudformation.stack(found.id)))


def until(clock: Clock, condition: Callable[[], bool]) -> bool:
    """Whether a condition holds within five minutes."""
    end = clock.now() + timedelta(seconds=_LONGEST_DELETION_SECONDS)
    seconds = _FIRST_WAIT_SECONDS
    while not condition():
        if clock.now() >= end:
            return False
        clock.sleep(seconds)
        seconds = min(seconds * _WAIT_GROWTH, _LONGEST_WAIT_SECONDS)
    return True


def _is_gone(stack: Stack | None) -> bool:
    return stack is None or stack.status == "DELETE_COMPLETE"
