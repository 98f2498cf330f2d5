"""`showcore recover` at the terminal: what is wrong, the question, the step, and looking again."""

from __future__ import annotations

from showcore_cfn import console
from showcore_cfn.aws.values import Stack
from showcore_cfn.commands._looking import Here
from showcore_cfn.commands._operating import operating
from showcore_cfn.deploy.cause import root_causes
from showcore_cfn.deploy.operation import Result, new_token
from showcore_cfn.deploy.recover import Advice, advise, take
from showcore_cfn.deploy.states import Step, state
from showcore_cfn.errors import Exit, NeedsRecovery, Stopped

_MOST_STEPS = 8  # every way out is shorter; more would be going in circles


def recover(here: Here, *, yes: bool, cancel: bool, progress: str) -> Exit:
    """Take step after step, each on yes. Exit 6 where one failed: the next call takes it from there."""
    if cancel:
        _cancel(here)
    stack = here.stack
    for _ in range(_MOST_STEPS):
        advice = advise(here.cloudformation, stack)
        if advice is None:
            return _tell_well(here, stack)
        if advice.step is Step.BY_HAND:
            raise NeedsRecovery(f"{advice.stack.name} is in {advice.stack.status}: {advice.meaning}.")
        _ask(advice, yes)
        with operating(here.gateways, progress) as operator:
            result = take(operator, advice)
        stack = here.cloudformation.stack(advice.stack.id) if result.stack else None
        _tell_step(result)
        if result.status.endswith("_FAILED"):
            return Exit.NEEDS_RECOVERY
    raise NeedsRecovery("this leads nowhere: look at the stack in the console.")


def _cancel(here: Here) -> None:
    stack = here.existing()
    if stack.status != "UPDATE_IN_PROGRESS":
        raise Stopped(
            f"only an update that goes forward can be cancelled; {stack.name} is in {stack.status}."
        )
    here.cloudformation.cancel_update(stack.id, new_token())


def _ask(advice: Advice, yes: bool) -> None:
    console.notice(f"{advice.stack.name} is in {advice.stack.status}: {advice.meaning}.")
    if advice.step is not Step.WATCH and not yes and not console.confirm(advice.question):
        raise Stopped("nothing was done.")


def _tell_step(result: Result) -> None:
    for cause in root_causes(result.failures):
        console.notice(f"  {cause.path}: {cause.event.status}, {cause.event.reason}")
    if result.kept:
        console.notice(f"Kept, as their policies say: {', '.join(result.kept)}.")
        console.notice("`showcore deploy --import-existing-resources` adopts what has a fixed name.")
    console.notice(f"{result.status}: {state(result.status).meaning}.")
    if result.status.endswith("_FAILED"):
        console.notice("Next: `showcore recover` once more; it leaves out what it failed at.")


def _tell_well(here: Here, stack: Stack | None) -> Exit:
    row = state(stack.status if stack else None)
    name = here.settings.stack_name
    step = " Next: `showcore deploy`." if row.deploy is Step.CREATE else ""
    console.result(f"{name}: {row.meaning}. Nothing to recover.{step}")
    return Exit.DONE
