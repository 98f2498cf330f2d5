"""What a deployment asks first, as few rounds of it as can be: what stands there, and from what template.

The ARN of a stack names the account that answers, so STS is only asked where that leaves it open. That it is the
right account comes before every other answer, and so does that nobody is signed in; of what is not needed in the
end, the error does not matter either.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass

from showcore_cfn.aws.failures import SIGNED_OUT, AccessDenied, AwsError
from showcore_cfn.aws.gateways import CloudFormation, Gateways
from showcore_cfn.aws.values import ChangeSet, Stack
from showcore_cfn.deploy.desired import Desired
from showcore_cfn.deploy.operation import guard_account
from showcore_cfn.deploy.package import uploaded
from showcore_cfn.deploy.parallel import Asking
from showcore_cfn.deploy.planning.plan_file import SavedPlan
from showcore_cfn.deploy.states import Step, state
from showcore_cfn.errors import NeedsRecovery, StillRunning


@dataclass(frozen=True, slots=True)
class Standing:
    """The stack, and two answers that raise their own error where they are asked for."""

    stack: Stack | None
    template: Callable[[], str]  # the root as it was sent
    uploaded: Callable[[], frozenset[str]]  # the keys of the packaged templates that lie there


@dataclass(frozen=True, slots=True)
class Waiting:
    """The stack that a saved plan is for, and its change set, where that still exists."""

    stack: Stack | None
    template: Callable[[], str]
    change_set: ChangeSet | None


def standing(gateways: Gateways, desired: Desired) -> Standing:
    """What stands. Raises Stopped for another account than the settings name.

    Where nothing stands, all templates have to be uploaded: what lies there is asked beside the account.
    """

    def keys() -> frozenset[str]:
        return uploaded(desired.location, gateways.store) if desired.bucket else frozenset()

    there = keys
    with Asking() as asking:
        stack = asking.submit(gateways.cloudformation.stack, desired.stack_name)
        template = asking.submit(gateways.cloudformation.template, desired.stack_name)
        if not _names(desired.account_id, stack):
            account = asking.submit(guard_account, gateways, desired.account_id)
            there = asking.submit(keys).result
            account.result()
    _signed_in(template)
    return Standing(stack.result(), template.result, there)


def waiting(gateways: Gateways, desired: Desired, saved: SavedPlan) -> Waiting:
    """What a saved plan is about. Raises Stopped for another account than the settings name."""
    with Asking() as asking:
        stack = asking.submit(gateways.cloudformation.stack, saved.stack_id)
        template = asking.submit(gateways.cloudformation.template, saved.stack_id)
        change_set = asking.submit(gateways.cloudformation.change_set, saved.change_set)
        if not _names(desired.account_id, stack):
            guard_account(gateways, desired.account_id)
    _signed_in(template)
    return Waiting(stack.result(), template.result, change_set.result())


def guarded_stack(gateways: Gateways, account_id: str, name: str) -> Stack | None:
    """The stack of a name. Raises Stopped for another account than the settings name."""
    with Asking() as asking:
        stack = asking.submit(gateways.cloudformation.stack, name)
        if not _names(account_id, stack):
            guard_account(gateways, account_id)
    return stack.result()


def guard_state(stack: Stack | None, cloudformation: CloudFormation) -> None:
    """Stop where no deployment can start from the status that the stack is in."""
    row = state(stack.status if stack else None)
    if stack is None or row.deploy in (Step.CREATE, Step.UPDATE):
        return
    says = f"{stack.name} is in {stack.status}: {row.meaning}{_by_whom(stack, cloudformation)}."
    if row.deploy is Step.WATCH:
        raise StillRunning(f"{says} `showcore watch` follows it; deploy again when it has ended.")
    raise NeedsRecovery(f"{says} `showcore recover` leads out.")


def _by_whom(stack: Stack, cloudformation: CloudFormation) -> str:
    """Who began what is under way, as their change set says it; nothing of a deletion, which has none."""
    try:
        arn = "" if stack.status.startswith("DELETE_") else stack.change_set_id
        found = cloudformation.change_set(arn, with_values=False) if arn else None
    except AwsError:  # whoever may not ask that is told the rest all the same
        return ""
    return f" ({found.description})" if found and found.description else ""


def _names(account_id: str, stack: Future[Stack | None]) -> bool:
    """Whether a stack was found, and its ARN names this account. Raises what it could not be asked for."""
    try:
        found = stack.result()
    except AccessDenied:  # perhaps because it is another account's
        return False
    return found is not None and found.account_id == account_id


def _signed_in(answer: Future[str]) -> None:
    """Raise its error where that says so of every call."""
    error = answer.exception()
    if isinstance(error, SIGNED_OUT):
        raise error
