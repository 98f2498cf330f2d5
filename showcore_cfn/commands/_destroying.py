"""`showcore destroy` at the terminal: what goes, the question, the deletion."""

from __future__ import annotations

from showcore_cfn import console
from showcore_cfn.aws.values import Stack
from showcore_cfn.commands._looking import Here
from showcore_cfn.commands._operating import operating
from showcore_cfn.deploy.operation import Result
from showcore_cfn.deploy.removal.destroy import destroy as delete
from showcore_cfn.deploy.removal.destroy import guard_destroy
from showcore_cfn.errors import Stopped


def destroy(here: Here, *, yes: bool, unprotect: bool, progress: str) -> Result:
    """Ask for the stack's name, lift what was asked to be lifted, delete, follow."""
    stack = here.existing()
    guard_destroy(stack, lift_protection=unprotect)
    ask(stack, yes)
    with operating(here.gateways, progress) as operator:
        return delete(operator, stack, lift_protection=unprotect)


def ask(stack: Stack, yes: bool, what: str = "") -> None:
    """Say what happens and ask for the stack's name; Stopped where another one is typed."""
    console.notice(what or f"This deletes {stack.name} with all that is nested in it: {stack.id}")
    if yes:
        return
    if console.typed("Type the name of the stack to go on") != stack.name:
        raise Stopped("not deleted: the name that was typed is another one. Nothing was changed.")
