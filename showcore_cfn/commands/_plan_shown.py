"""A plan on the terminal, in colour where there is any; and a plan that is made, shown and left waiting."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from pathlib import Path

from showcore_cfn import console
from showcore_cfn.aws.gateways import Gateways
from showcore_cfn.commands._operating import operating
from showcore_cfn.commands._progress import watcher
from showcore_cfn.commands._telling import told
from showcore_cfn.deploy.change_set import delete_shell
from showcore_cfn.deploy.desired import Desired
from showcore_cfn.deploy.guard import Lifted, refusals
from showcore_cfn.deploy.operation import Operator, Result, guard_account
from showcore_cfn.deploy.planning import plan_file
from showcore_cfn.deploy.planning.making import discard_waiting
from showcore_cfn.deploy.planning.plan import Plan
from showcore_cfn.deploy.planning.plan_json import as_json
from showcore_cfn.deploy.planning.plan_text import Line, Tone, lines
from showcore_cfn.deploy.planning.planner import CHANGE_SET_PREFIX, Beside
from showcore_cfn.deploy.session import Deployment
from showcore_cfn.errors import Exit
from showcore_cfn.settings import Settings

_COLOURS = {Tone.GOOD: "green", Tone.CHANGE: "yellow", Tone.DANGER: "red"}


def show(plan: Plan, *, show_dynamic: bool, to_result: bool) -> None:
    """Print a plan: as the result of a command, or as a notice before a question."""
    say = console.result if to_result else console.notice
    say("\n".join(_painted(line) for line in lines(plan, show_dynamic=show_dynamic)))


def make(
    desired: Desired, gateways: Gateways, *, full: bool, drift: bool, beside: Beside | None = None
) -> Plan | Result:
    """Make a plan and leave it waiting."""
    with operating(gateways, "events") as operator:
        return Deployment(desired, operator, beside=beside).plan(full=full, drift=drift)


def tell(
    plan: Plan | Result,
    output: str,
    *,
    show_dynamic: bool,
    lifted: Lifted,
    out: str | None = None,
    detailed_exitcode: bool = False,
) -> Exit:
    """Print a plan, what would stop it, and how to execute exactly this one."""
    if isinstance(plan, Result):
        return told(plan, output, outputs=False)
    if output == "json":
        console.result(json.dumps(as_json(plan), indent=2))
    else:
        show(plan, show_dynamic=show_dynamic, to_result=True)
        _next_steps(plan, out, lifted)
    if out:
        plan_file.save(plan, Path(out))
    return Exit.CHANGES if detailed_exitcode else Exit.DONE


def discard(settings: Settings, gateways: Gateways) -> Exit:
    """Delete the plans of this tool that wait on the stack, and the stack itself where it holds nothing."""
    guard_account(gateways, settings.account_id)
    stack = gateways.cloudformation.stack(settings.stack_name)
    with watcher("events") as quiet:
        operator = Operator(gateways, quiet)
        names = discard_waiting(operator, stack, f"{CHANGE_SET_PREFIX}-") if stack else ()
        if stack is not None and stack.status == "REVIEW_IN_PROGRESS":
            token = operator.new_token()
            if delete_shell(gateways.cloudformation, operator.clock, stack.id, token):
                names += (f"the empty stack {stack.name}",)
    console.result("\n".join(f"Deleted {name}." for name in names) or "No plan was waiting.")
    return Exit.DONE


def _next_steps(plan: Plan, out: str | None, lifted: Lifted) -> None:
    refused = refusals(plan, lifted)
    for refusal in refused:
        console.notice(f"would be stopped: {refusal}")
    for line in _what_now(plan, out):
        console.notice(line)


def _what_now(plan: Plan, out: str | None) -> Iterator[str]:
    """What to type to execute exactly this plan, and what else would become of it."""
    anew = "makes a new plan and asks; once that one is executed, this one is gone."
    if out:
        file = shlex.quote(out)
        yield f"To execute exactly this plan: `showcore deploy --plan {file}`, with the options given here."
        yield f"`showcore deploy` without --plan {anew}"
    else:
        yield f"It waits as {plan.arn}"
        yield f"`showcore deploy` {anew}"
        yield "To execute exactly what was looked at, save it: `showcore plan --out plan.json`,"
        yield "then `showcore deploy --plan plan.json`."
    yield "`showcore plan --discard` deletes the plans that wait."


def _painted(line: Line) -> str:
    if line.tone is Tone.TITLE:
        return console.paint(line.text, bold=True)
    return console.paint(line.text, fg=_COLOURS.get(line.tone), dim=line.tone is Tone.QUIET)
