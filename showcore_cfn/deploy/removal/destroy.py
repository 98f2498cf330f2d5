"""Deleting a whole nest, by the ARN of its root: a name alone could be somebody else's by now."""

from __future__ import annotations

from functools import partial

from showcore_cfn.aws.values import Stack
from showcore_cfn.deploy import change_set as change_sets
from showcore_cfn.deploy.desired import PROTECTION
from showcore_cfn.deploy.operation import Operator, Result
from showcore_cfn.deploy.planning.making import discard_waiting
from showcore_cfn.deploy.protecting import switch_database
from showcore_cfn.deploy.states import Step, state
from showcore_cfn.errors import NeedsRecovery, ShowcoreError, StillRunning, Stopped


def guard_destroy(stack: Stack, *, lift_protection: bool = False) -> Step:
    """DELETE or DISCARD; raises where the stack is at work, protected, or beyond what AWS can delete."""
    row = state(stack.status)
    if row.destroy is Step.WATCH:
        raise StillRunning(
            f"{stack.name} is in {stack.status}: {row.meaning}. `showcore watch` follows it; then try again."
        )
    if row.destroy not in (Step.DELETE, Step.DISCARD):
        raise NeedsRecovery(f"{stack.name} is in {stack.status}: {row.meaning}. Look at it in the console.")
    if stack.protected and not lift_protection:
        raise Stopped(
            f"{stack.name} has termination protection. --no-termination-protection lifts it and goes on."
        )
    if locks_database(stack) and not lift_protection:
        raise Stopped(
            "the database has deletion protection. --no-termination-protection lifts that too, by a change set "
            "of its own."
        )
    return row.destroy


def locks_database(stack: Stack) -> bool:
    """Whether the database would refuse to be deleted."""
    return stack.parameters.get(PROTECTION) == "true" and state(stack.status).deploy is Step.UPDATE


def destroy(
    operator: Operator, stack: Stack, *, lift_protection: bool = False, retain: tuple[str, ...] = ()
) -> Result:
    """Delete the stack and what it nests, and follow that to its end.

    CloudFormation acts as the role that the stack was last given. `retain` are logical ids that stay behind;
    CloudFormation takes them for a stack in DELETE_FAILED only.
    """
    if guard_destroy(stack, lift_protection=lift_protection) is Step.DISCARD:
        return discard_all(operator, stack)
    if locks_database(stack):
        switch_database(operator, stack, on=False)
    if stack.protected:
        operator.cloudformation.protect_from_deletion(stack.id, False)
    delete = partial(operator.cloudformation.delete_stack, stack.id, role_arn=None, retain=retain)
    return operator.start(stack.id, delete)


def discard_all(operator: Operator, stack: Stack) -> Result:
    """Delete every change set that waits on a stack in review, then the stack itself, which holds nothing."""
    discard_waiting(operator, stack)
    token = operator.new_token()
    if not change_sets.delete_shell(operator.cloudformation, operator.clock, stack.id, token):
        raise ShowcoreError(f"the empty stack {stack.name} cannot be deleted; `showcore status` tells more.")
    return Result("DELETE_COMPLETE", None)
