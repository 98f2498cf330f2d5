"""What the commands that only look share: the stack, its nested stacks and its history."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from showcore_cfn import console
from showcore_cfn.aws.gateways import CloudFormation, Gateways
from showcore_cfn.aws.values import ChangeSetSummary, Stack, StackResource
from showcore_cfn.commands._deploying import gateways_of, settings_of
from showcore_cfn.commands._given import Where
from showcore_cfn.commands._operating import operating
from showcore_cfn.commands._progress import as_json, line
from showcore_cfn.commands._telling import outputs_json, outputs_text, told
from showcore_cfn.deploy.change_set import ROOT
from showcore_cfn.deploy.clock import SystemClock
from showcore_cfn.deploy.desired import PROTECTION
from showcore_cfn.deploy.following.follower import Follower
from showcore_cfn.deploy.following.happening import Happening
from showcore_cfn.deploy.operation import Result, began
from showcore_cfn.deploy.planning.standing import guarded_stack
from showcore_cfn.deploy.protection import switched
from showcore_cfn.deploy.states import Row, Step, state
from showcore_cfn.errors import Exit, ShowcoreError, UsageError
from showcore_cfn.settings import Settings

_AGO = re.compile(r"(\d{1,6})([smhd])")
_UNIT_SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
_NEXT = {
    Step.CREATE: "Next: `showcore deploy`.",
    Step.WATCH: "Next: `showcore watch`.",
    Step.BY_HAND: "Next: look at it in the console.",
}


@dataclass(frozen=True, slots=True)
class Here:
    """Where one looks: the environment, its account, and the stack if there is one."""

    settings: Settings
    gateways: Gateways
    stack: Stack | None

    @property
    def cloudformation(self) -> CloudFormation:
        """The gateway to CloudFormation."""
        return self.gateways.cloudformation

    def existing(self) -> Stack:
        """The stack; an error that says how to get one where there is none."""
        if self.stack is None:
            raise ShowcoreError(
                f"there is no stack {self.settings.stack_name}. `showcore deploy` creates it."
            )
        return self.stack


def look(where: Where) -> Here:
    """The stack of an environment, after the account was checked."""
    settings = settings_of(where)
    gateways = gateways_of(settings, where)
    return Here(settings, gateways, guarded_stack(gateways, settings.account_id, settings.stack_name))


def watch(here: Here, progress: str, at_most_seconds: float | None, output: str) -> Exit:
    """Follow what is under way to its end. Where nothing is, say so, and how the last operation ended."""
    stack = here.existing()
    since = began(here.cloudformation.events(stack.id))
    if since is None or state(stack.status).recover is not Step.WATCH:
        return _tell_idle(here, stack, output)
    with operating(here.gateways, progress, at_most_seconds) as operator:
        result = operator.attach(stack.id, since)
    code = told(result, output)
    _tell_unprotected(here, result)
    return code


def _tell_unprotected(here: Here, result: Result) -> None:
    """What a deployment does after its end did not happen where nobody was there for it."""
    if due := unprotected(result.stack, here.settings):
        console.notice(due)


def _tell_idle(here: Here, stack: Stack, output: str) -> Exit:
    found = history(here)
    ends = [h.event.time for h in found if h.event.of_stack_itself and h.path == ROOT]
    ended = f" The last operation ended at {max(ends).astimezone():%Y-%m-%d %H:%M:%S}." if ends else ""
    console.notice(f"Nothing is running on {stack.name}.{ended}")
    result = Result(stack.status, stack, True, tuple(h for h in found if h.event.failed))
    return told(result, output, outputs=False, more={"running": False})


def tell_status(here: Here, output: str) -> Exit:
    """Print where it stands; the exit code says the same."""
    stack = here.stack
    nested = [resource for resource in _resources(here) if resource.is_stack]
    waiting = here.cloudformation.change_sets(stack.id) if stack else ()
    if output == "json":
        console.result(json.dumps(_status_json(here, nested, waiting), indent=2))
    else:
        console.result(_status_text(here, nested, waiting))
    step = state(stack.status if stack else None).recover
    if step is Step.WATCH:
        return Exit.STILL_RUNNING
    return Exit.DONE if step in (Step.NOTHING, Step.DISCARD) else Exit.NEEDS_RECOVERY


def tell_outputs(here: Here, output: str, key: str | None) -> Exit:
    """Print the outputs, or one of them."""
    stack = here.existing()
    found = outputs_json(stack)
    if key is not None and key not in found:
        raise UsageError(f"{stack.name} has no output {key}. It has: {', '.join(sorted(found)) or 'none'}.")
    if output == "json":
        console.result(json.dumps(found[key] if key else found, indent=2))
    else:
        console.result(found[key] if key else outputs_text(stack))
    return Exit.DONE


def tell_events(
    here: Here, output: str, *, everything: bool, failed: bool, since: str | None, limit: int | None
) -> Exit:
    """Print the history, oldest first."""
    start = moment(since, SystemClock().now()) if since else None
    found = [h for h in history(here, everything=everything, since=start) if h.event.failed or not failed]
    shown = found[-limit:] if limit else found
    if output == "json":
        console.result(json.dumps([as_json(happening) for happening in shown], indent=2))
        return Exit.DONE
    console.result("\n".join(line(happening) for happening in shown) or "No events.")
    if len(shown) < len(found):
        console.notice(f"The newest {len(shown)} of {len(found)} events.")
    return Exit.DONE


def history(here: Here, *, everything: bool = False, since: datetime | None = None) -> tuple[Happening, ...]:
    """The merged events of the last operation, of all of them, or of all since a time."""
    stack = here.existing()
    start = datetime.min.replace(tzinfo=UTC)
    if since is None and not everything:
        since = began(here.cloudformation.events(stack.id))
    return Follower(here.cloudformation, stack.id, since or start).everything()


def moment(text: str, now: datetime) -> datetime:
    """`30m`, `2h` or `3d` before now, or a time as ISO 8601, local unless it says otherwise. Else UsageError."""
    if match := _AGO.fullmatch(text):
        return now - timedelta(seconds=int(match[1]) * _UNIT_SECONDS[match[2]])
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except ValueError as error:
        raise UsageError(
            f"--since takes 30m, 2h, 3d or a time such as 2026-03-02T14:00, and {text!r} is none of them."
        ) from error


def _resources(here: Here) -> Iterable[StackResource]:
    return here.cloudformation.resources(here.stack.id) if here.stack else ()


def _status_text(here: Here, nested: list[StackResource], waiting: tuple[ChangeSetSummary, ...]) -> str:
    stack = here.stack
    status = stack.status if stack else "absent"
    row = state(stack.status if stack else None)
    lines = [f"{here.settings.stack_name}  {status}: {row.meaning}{_what_it_was(stack)}."]
    lines += [f"  {resource.logical_id.lower():<12} {resource.status}" for resource in nested]
    if stack is not None and row.recover is not Step.DISCARD:  # in review there is nothing to protect
        lines.append(f"  {'protection':<12} {_protection_text(stack)}")
    lines += [f"  waiting: change set {summary.name} ({summary.status})" for summary in waiting]
    return "\n".join([*lines, _next(here, row)]).rstrip()


def _next(here: Here, row: Row) -> str:
    if row.recover is Step.NOTHING and row.deploy is Step.UPDATE:
        return unprotected(here.stack, here.settings)
    if row.recover is Step.DISCARD:
        return "Next: `showcore deploy` plans anew and asks, or `showcore plan --discard` removes what waits."
    step = row.deploy if row.recover is Step.NOTHING else row.recover
    return _NEXT.get(step, "Next: `showcore recover`.")


def unprotected(stack: Stack | None, settings: Settings) -> str:
    """What puts protection on a stack that stands, where it is off and the settings want it; empty otherwise.

    Termination protection is the last that a first deployment puts on: where it is off, all of it may be.
    """
    if stack is None or state(stack.status).deploy is not Step.UPDATE:
        return ""
    wanted = settings.parameters().get(PROTECTION) == "true"
    if stack.protected and not (wanted and stack.parameters.get(PROTECTION) == "false"):
        return ""
    return (
        "Next: `showcore protect` puts on the protection that is OFF, and so does the next `showcore deploy`."
    )


def _what_it_was(stack: Stack | None) -> str:
    """A first deployment ends with an update of its own, which its reader did not ask for by that name."""
    word = switched(stack) if stack is not None and stack.status == "UPDATE_COMPLETE" else ""
    return f"; that update only switched {word} the deletion protection of the database" if word else ""


def _protection_text(stack: Stack) -> str:
    said = [f"termination {'on' if stack.protected else 'OFF'}"]
    if PROTECTION in stack.parameters:
        said.append(f"database {'on' if stack.parameters[PROTECTION] == 'true' else 'OFF'} as deployed")
    return f"{', '.join(said)}; `showcore protect --show` looks at the stack policies too"


def _status_json(
    here: Here, nested: list[StackResource], waiting: tuple[ChangeSetSummary, ...]
) -> dict[str, object]:
    stack = here.stack
    return {
        "stack": here.settings.stack_name,
        "stack_id": stack.id if stack else None,
        "status": stack.status if stack else None,
        "reason": stack.reason if stack else "",
        "termination_protection": stack.protected if stack else None,
        "database_protection": stack.parameters.get(PROTECTION) == "true" if stack else None,
        "next": state(stack.status if stack else None).recover.value,
        "nested": {resource.logical_id.lower(): resource.status for resource in nested},
        "waiting_change_sets": [summary.name for summary in waiting],
    }
