"""`showcore destroy` at the terminal where something is to be emptied as well, or the stack is gone already."""

from __future__ import annotations

import json
from collections.abc import Iterable

from showcore_cfn import console
from showcore_cfn.aws.values import Stack
from showcore_cfn.commands._destroying import ask
from showcore_cfn.commands._leaving import Account
from showcore_cfn.commands._operating import operating
from showcore_cfn.commands._progress import watcher
from showcore_cfn.commands._recording import recorded
from showcore_cfn.commands._telling import told as tell
from showcore_cfn.deploy.operation import Operator, Result
from showcore_cfn.deploy.removal import leftovers
from showcore_cfn.deploy.removal.destroy import guard_destroy
from showcore_cfn.deploy.removal.emptying import Emptied, Emptying, Told, question, text
from showcore_cfn.deploy.removal.leftovers import Leaving, Left
from showcore_cfn.errors import Exit
from showcore_cfn.template.json_types import Json

_BEING_MADE = "CREATE_IN_PROGRESS"


def show(found: Leaving | str, output: str) -> Exit:
    """`--dry-run`: what goes and what is left."""
    if output == "json" and isinstance(found, Leaving):
        data: list[Json] = [{"path": path, "holds": holds} for path, holds in found.data]
        shown: dict[str, Json] = {"deleted": dict(found.deleted), "data": data, "left": _left(found.left)}
        console.result(json.dumps(shown, indent=2))
    else:
        console.result(found if isinstance(found, str) else leftovers.text(found))
    return Exit.DONE


def destroy(account: Account, told: Told, *, yes: bool, unprotect: bool, progress: str, output: str) -> Exit:
    """Ask, empty and delete, or delete alone; end with what is left."""
    stack = account.here.existing()
    guard_destroy(stack, lift_protection=unprotect)
    found = _beforehand(account, stack, told)
    console.notice(found if isinstance(found, str) else leftovers.text(found))
    if isinstance(found, Leaving) and told.anything:
        console.notice(question(found, told))
    known = found if isinstance(found, Leaving) else leftovers.NOTHING
    ask(stack, yes)
    with operating(account.here.gateways, progress) as operator:
        emptying = Emptying(account.emptier, operator, told, known.stacks)
        with recorded(operator, account.here.settings, "destroy") as noted:
            result, emptied = emptying.destroy(stack, known, lift_protection=unprotect)
            noted(result)
    after = (
        account.seen(stack) if stack.status == _BEING_MADE and result.status == "DELETE_COMPLETE" else known
    )
    return _told(account, result, emptied, after if isinstance(after, Leaving) else known, output)


def _beforehand(account: Account, stack: Stack, told: Told) -> Leaving | str:
    """What goes and what is left, as far as it can be told of a stack that somebody may be making just now."""
    if stack.status == _BEING_MADE and not told.anything:
        return (
            "It is still being created: what has been made until then goes with it, and is not listed here."
        )
    return account.leaving(stack) if told.anything else account.seen(stack)


def sweep(account: Account, told: Told, *, yes: bool, progress: str, output: str) -> Exit | None:
    """Empty what a stack left that is gone already; None where nothing is known of one."""
    known = account.deleted()
    if known is None:
        return None
    stack, found = known
    console.notice(f"{stack.name} was deleted.\n{leftovers.left_text(found.left)}")
    if told.chosen(found.left):
        console.notice(question(found, told))
        ask(stack, yes, f"This empties what {stack.name} left behind: {stack.id}")
    with watcher(progress) as lively:
        emptied = Emptying(
            account.emptier, Operator(account.here.gateways, lively), told, found.stacks
        ).after(found)
    return _told(account, Result("DELETE_COMPLETE", stack), emptied, found, output)


def _told(
    account: Account, result: Result, emptied: tuple[Emptied, ...], found: Leaving, output: str
) -> Exit:
    gone = result.status == "DELETE_COMPLETE"
    left = account.still_left(found) if gone else found.left
    more: dict[str, Json] = {"emptied": [each.as_json() for each in emptied], "left": _left(left)}
    code = tell(result, output, outputs=False, more=more)
    if emptied:
        console.notice(f"Emptied:\n{text(emptied)}")
    if gone and output != "json":
        console.result(leftovers.left_text(left))
    return Exit.ERROR if code is Exit.DONE and any(each.trouble for each in emptied) else code


def _left(left: Iterable[Left]) -> list[Json]:
    return [leftovers.as_json(each) for each in left]
