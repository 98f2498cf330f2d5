"""The way out of every status, one step at a time: what is wrong, the one right next step, and taking it.

After each step one looks again. A second try at what has failed before leaves out what it failed at.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial

from showcore_cfn.aws.gateways import CloudFormation
from showcore_cfn.aws.values import Stack, StackEvent
from showcore_cfn.deploy.operation import Operator, Result, began
from showcore_cfn.deploy.removal.destroy import destroy, discard_all
from showcore_cfn.deploy.states import Row, Step, state


@dataclass(frozen=True, slots=True)
class Advice:
    """The next step for a stack. `without` names what the step leaves as it is, because it failed there before."""

    stack: Stack
    step: Step
    meaning: str
    without: tuple[str, ...] = ()

    @property
    def question(self) -> str:
        """What to ask before taking it."""
        left_out = f", leaving out {', '.join(self.without)}" if self.without else ""
        return f"{_QUESTIONS[self.step]}{left_out}?"


_QUESTIONS = {
    Step.DISCARD: "Delete the plan that waits, and the empty stack",
    Step.WATCH: "Watch it to its end",
    Step.ROLL_BACK: "Roll back to the last good state",
    Step.CONTINUE_ROLLBACK: "Continue the rollback",
    Step.DELETE: "Delete what is left of the stack",
}


def advise(cloudformation: CloudFormation, stack: Stack | None) -> Advice | None:
    """The next step; None where the stack stands well, or is not there."""
    if stack is None:
        return None
    row = state(stack.status)
    if row.recover is Step.NOTHING:
        return None
    return Advice(stack, row.recover, row.meaning, tuple(_without(cloudformation, stack, row)))


def take(operator: Operator, advice: Advice) -> Result:
    """Take the step and follow it to its end."""
    stack, cloudformation = advice.stack, operator.cloudformation
    if advice.step is Step.DISCARD:
        return discard_all(operator, stack)
    if advice.step is Step.WATCH:
        return operator.attach(stack.id, began(cloudformation.events(stack.id)) or operator.clock.now())
    if advice.step is Step.ROLL_BACK:
        return operator.start(stack.id, partial(cloudformation.roll_back, stack.id, role_arn=None))
    if advice.step is Step.CONTINUE_ROLLBACK:
        proceed = partial(cloudformation.continue_rollback, stack.id, role_arn=None, skip=advice.without)
        return operator.start(stack.id, proceed)
    return _delete(operator, advice)


def _delete(operator: Operator, advice: Advice) -> Result:
    """Delete the stack. What it failed at before stays behind: first of the nested stacks, then of the root."""
    if not advice.without:
        return destroy(operator, advice.stack)
    failed = list(_failed(operator.cloudformation, advice.stack.id))
    for nested in dict.fromkeys(stack for stack, _ in failed if stack != advice.stack.id):
        names = tuple(name for stack, name in failed if stack == nested)
        operator.start(
            nested, partial(operator.cloudformation.delete_stack, nested, role_arn=None, retain=names)
        )
    own = tuple(name for stack, name in failed if stack == advice.stack.id)
    return destroy(operator, advice.stack, retain=own)


def _without(cloudformation: CloudFormation, stack: Stack, row: Row) -> Iterator[str]:
    """What is left out of a second try: the resources that the first one failed at."""
    failure = {Step.CONTINUE_ROLLBACK: "UPDATE_ROLLBACK_FAILED", Step.DELETE: "DELETE_FAILED"}.get(
        row.recover
    )
    if failure is None or stack.status != failure:
        return
    if _times(cloudformation.events(stack.id), failure) > 1:
        for owner, name in _failed(cloudformation, stack.id):
            yield name if owner == stack.id else f"{_name(owner)}.{name}"


def _times(events: Iterable[StackEvent], failure: str) -> int:
    """How often the present operation has ended in a failure, first try included."""
    count = 0
    for event in events:
        if event.of_stack_itself:
            if event.status == failure:
                count += 1
            elif event.status in _BEFORE[failure]:
                break
    return count


_BEFORE = {
    "UPDATE_ROLLBACK_FAILED": ("UPDATE_IN_PROGRESS",),
    "DELETE_FAILED": ("CREATE_COMPLETE", "UPDATE_COMPLETE", "ROLLBACK_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"),
}


def _failed(cloudformation: CloudFormation, stack: str) -> Iterator[tuple[str, str]]:
    """(ARN of the stack, logical id) of each failed resource, down through the nested stacks."""
    for resource in cloudformation.resources(stack):
        if resource.status.endswith("_FAILED"):
            below = list(_failed(cloudformation, resource.physical_id)) if resource.is_stack else []
            yield from below or [(stack, resource.logical_id)]


def _name(arn: str) -> str:
    """The physical name of a stack, which a skip list asks for: `arn:...:stack/<name>/<id>`."""
    return arn.split("/")[1]
