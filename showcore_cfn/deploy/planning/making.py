"""Making the change set of an order, and throwing it away: whatever ends it early leaves nothing behind."""

from __future__ import annotations

from collections.abc import Callable

from showcore_cfn.aws.failures import Refused, WrongStatus
from showcore_cfn.aws.gateways import CloudFormation
from showcore_cfn.aws.values import ChangeSet, ChangeSetOrder, CreatedChangeSet, Stack
from showcore_cfn.deploy import change_set as change_sets
from showcore_cfn.deploy.cause import why_change_set_failed
from showcore_cfn.deploy.change_set import Node, Verdict
from showcore_cfn.deploy.operation import Operator
from showcore_cfn.deploy.parallel import Asking
from showcore_cfn.deploy.planning.comparison import Comparison
from showcore_cfn.deploy.planning.standing import guard_state
from showcore_cfn.errors import ShowcoreError, Stopped

_STALE_SECONDS = 2.0  # for so long DescribeStacks may tell a status that is over
_UNKNOWN_VALUES = (  # what a nested change set stumbles over, since sibling outputs are not known yet
    *("{{IntrinsicFunction", "{{changeSet:", "cannot select nonexistent value"),
)

Compare = Callable[[ChangeSet], Comparison]


class NestingRefused(ShowcoreError):
    """CloudFormation cannot plan into the nested stacks, since a value between them is not known yet."""


class Maker:
    """Makes change sets and throws them away."""

    def __init__(self, operator: Operator) -> None:
        self._operator = operator

    @property
    def _cloudformation(self) -> CloudFormation:
        return self._operator.cloudformation

    def made(self, order: ChangeSetOrder, compare: Compare) -> tuple[Node, Comparison] | None:
        """The change set, made and read; None where it holds no changes. Raises Stopped where it is refused."""
        self._operator.watcher.step("making the change set")
        made = self._created(order)
        try:
            root = change_sets.wait(self._cloudformation, self._operator.clock, made.id)
            outcome = change_sets.verdict(root)
            if outcome is Verdict.AVAILABLE:
                return self.read(root, compare)
            causes = self._causes(root) if outcome is Verdict.FAILED else ()
        except BaseException:
            self.try_to_discard(made, created_stack=order.creates)
            raise
        self.discard(made, created_stack=order.creates)
        if outcome is Verdict.NO_CHANGES:
            return None
        if order.nested and any(mark in cause for cause in causes for mark in _UNKNOWN_VALUES):
            raise NestingRefused("; ".join(causes))
        raise Stopped("CloudFormation refuses the change set; nothing was changed.\n" + "\n".join(causes))

    def read(self, root: ChangeSet, compare: Compare) -> tuple[Node, Comparison]:
        """The nested change sets, and beside them what is deployed of the stacks that the root's changes."""
        with Asking() as asking:
            comparison = asking.submit(lambda: compare(root).worked_out())
            tree = change_sets.with_nested(self._cloudformation, self._operator.clock, root)
        return tree, comparison.result()

    def _causes(self, root: ChangeSet) -> tuple[str, ...]:
        tree = change_sets.with_nested(self._cloudformation, self._operator.clock, root)
        return why_change_set_failed(tree, self._cloudformation)

    def _created(self, order: ChangeSetOrder) -> CreatedChangeSet:
        try:
            return change_sets.create(self._cloudformation, order)
        except (WrongStatus, Refused):
            self._operator.clock.sleep(_STALE_SECONDS)
            stack = self._cloudformation.stack(order.stack_name)
            guard_state(stack, self._cloudformation)  # somebody else was a moment faster
            raise
        except KeyboardInterrupt:
            if made := change_sets.find(self._cloudformation, order):
                self.try_to_discard(made, created_stack=order.creates)
            raise

    def discard(self, change_set: CreatedChangeSet, *, created_stack: bool) -> None:
        """Delete a change set and, where it made one, the empty stack."""
        if not change_sets.delete(self._cloudformation, self._operator.clock, change_set.id):
            raise ShowcoreError(
                f"the change set {change_set.id} cannot be deleted. `showcore plan --discard` tries again."
            )
        if created_stack:
            token = self._operator.new_token()
            change_sets.delete_shell(self._cloudformation, self._operator.clock, change_set.stack_id, token)

    def try_to_discard(self, change_set: CreatedChangeSet, *, created_stack: bool) -> None:
        """Tidy up on the way out of an error, which must not be hidden by a second one."""
        try:
            self.discard(change_set, created_stack=created_stack)
        except ShowcoreError as error:
            self._operator.watcher.trouble(
                f"the change set {change_set.id} is left; `showcore plan --discard` deletes it. ({error})"
            )


def discard_waiting(operator: Operator, stack: Stack, prefix: str = "", but: str = "") -> tuple[str, ...]:
    """Delete the change sets that wait on a stack and are named with `prefix`, `but` one; their names."""
    waiting = [w for w in operator.cloudformation.change_sets(stack.id) if w.name.startswith(prefix)]
    others = [summary for summary in waiting if summary.id != but]
    for summary in others:
        if not change_sets.delete(operator.cloudformation, operator.clock, summary.id):
            raise ShowcoreError(f"the change set {summary.name} cannot be deleted; try again in a minute.")
    return tuple(summary.name for summary in others)
