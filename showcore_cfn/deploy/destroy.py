"""Deleting a whole nest, by the ARN of its root: a name alone could be somebody else's by now."""

from __future__ import annotations

from functools import partial

from showcore_cfn.aws.values import Stack
from showcore_cfn.deploy import change_set as change_sets
from showcore_cfn.deploy.operation import Operator, Result
from showcore_cfn.deploy.states import Step, state
from showcore_cfn.errors import NeedsRecovery, ShowcoreError, StillRunning, Stopped

_ROLE_OF_THE_STACK = None  # CloudFormation uses the role that the stack was last given


def guard_destroy(stack: Stack) -> Step:
    """DELETE or DISCARD; raises where the stack is at work, protected, or beyond what AWS can delete."""
    row = state(stack.status)
    if row.destroy is Step.WATCH:
        raise StillRunning(
            f"{stack.name} is in {stack.status}: {row.meaning}. `showcore watch` follows it; then try again."
        )
    if row.destroy not in (Step.DELETE, Step.DISCARD):
        raise NeedsRecovery(f"{stack.name} is in {stack.status}: {row.meaning}. Look at it in the console.")
    if stack.protected:
        raise Stopped(
            f"{stack.name} has termination protection. Give --no-termination-protection to lift it and go on."
        )
    return row.destroy


def destroy(operator: Operator, stack: Stack, *, retain: tuple[str, ...] = ()) -> Result:
    """Delete the stack and what it nests, and follow that to its end."""
    if guard_destroy(stack) is Step.DISCARD:
        return discard_all(operator, stack)
    delete = partial(
        operator.cloudformation.delete_stack, stack.id, role_arn=_ROLE_OF_THE_STACK, retain=retain
    )
    return operator.start(stack.id, delete)


def discard_all(operator: Operator, stack: Stack) -> Result:
    """Delete every change set that waits on a stack in review, then the stack itself, which holds nothing."""
    for waiting in operator.cloudformation.change_sets(stack.id):
        if not change_sets.delete(operator.cloudformation, operator.clock, waiting.id):
            raise ShowcoreError(f"the change set {waiting.name} cannot be deleted; try again in a minute.")
    token = operator.new_token()
    if not change_sets.delete_shell(operator.cloudformation, operator.clock, stack.id, token):
        raise ShowcoreError(f"the empty stack {stack.name} cannot be deleted; `showcore status` tells more.")
    return Result("DELETE_COMPLETE", None)
