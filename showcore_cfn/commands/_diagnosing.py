"""`showcore diagnose` at the terminal."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from showcore_cfn import console
from showcore_cfn.commands._looking import Here, history
from showcore_cfn.deploy.diagnose import Cause, of_operation
from showcore_cfn.deploy.states import Step, state
from showcore_cfn.errors import Exit
from showcore_cfn.template.json_types import Json

_AROUND = timedelta(minutes=2)


def diagnose(here: Here, output: str) -> Exit:
    """Print the causes, the oldest first: the later ones are mostly consequences."""
    causes = of_operation(history(here))
    if output == "json":
        console.result(json.dumps([_as_json(cause) for cause in causes], indent=2))
        return Exit.DONE
    stack = here.existing()
    console.result(f"{stack.name} is in {stack.status}: {state(stack.status).meaning}.")
    if not causes:
        console.result("Nothing failed in the last operation.")
    for cause in causes:
        console.result(_text(cause))
    if causes:
        console.notice("The calls behind it: " + _lookup(causes[0].time, here.settings.region))
    if state(stack.status).recover is not Step.NOTHING:
        console.notice("Next: `showcore recover`.")
    return Exit.DONE


def _text(cause: Cause) -> str:
    lines = [f"{cause.path}  {cause.status}", f"  {cause.reason}"]
    if cause.known:
        lines += [f"  What to do: {cause.known.fix}", f"  {cause.known.source}"]
    return "\n".join(lines)


def _lookup(time: datetime, region: str) -> str:
    """The AWS CLI's way to what CloudTrail saw around that time."""
    begin, end = (
        f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" for moment in (time - _AROUND, time + _AROUND)
    )
    return f"aws cloudtrail lookup-events --region {region} --start-time {begin} --end-time {end}"


def _as_json(cause: Cause) -> Json:
    return {
        "time": cause.time.astimezone(UTC).isoformat(),
        "path": cause.path,
        "status": cause.status,
        "reason": cause.reason,
        "fix": cause.known.fix if cause.known else None,
        "source": cause.known.source if cause.known else None,
    }
