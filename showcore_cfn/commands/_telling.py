"""How a result is told: the outputs, or the causes and the next step."""

from __future__ import annotations

import json
from collections.abc import Mapping

from showcore_cfn import console
from showcore_cfn.aws.values import Stack
from showcore_cfn.deploy.cause import root_causes
from showcore_cfn.deploy.operation import Result
from showcore_cfn.deploy.states import Step, state
from showcore_cfn.errors import Exit
from showcore_cfn.template.json_types import Json


def told(
    result: Result, output: str, *, outputs: bool = True, more: Mapping[str, Json] | None = None
) -> Exit:
    """Print how it ended, with the outputs or the causes; the exit code. `more` stands in the JSON as well.

    What is left to people is a notice, in every form.
    """
    if output == "json":
        console.result(json.dumps({**_as_json(result), **(more or {})}, indent=2))
    else:
        _tell(result, outputs=outputs)
    for line in result.next_steps:
        console.notice(line)
    return result.exit_code


def _tell(result: Result, *, outputs: bool) -> None:
    if not result.changed:
        console.notice("Nothing to do: what stands there is what would be deployed.")
    else:
        _tell_change(result)
    if outputs and result.stack is not None and result.stack.outputs and result.exit_code is Exit.DONE:
        console.result(outputs_text(result.stack))


def _tell_change(result: Result) -> None:
    name = result.stack.name if result.stack else "the stack"
    console.notice(f"{name}: {result.status}, {state(result.status).meaning}.")
    if result.kept:
        console.notice(f"Kept, as their policies say: {', '.join(result.kept)}.")
    for orphan in result.orphans:
        console.notice(f"Left behind: {orphan.path} ({orphan.event.physical_id}), {orphan.event.reason}")
    if result.exit_code is Exit.DONE:
        return
    for cause in root_causes(result.failures):
        console.notice(f"  {cause.path}: {cause.event.status}, {cause.event.reason}")
    healthy = state(result.status).recover is Step.NOTHING
    console.notice("Next: `showcore diagnose`" + ("." if healthy else ", then `showcore recover`."))


def outputs_text(stack: Stack) -> str:
    """The outputs as a table: key and value."""
    keys = max((len(output.key) for output in stack.outputs), default=0)
    return "\n".join(f"{output.key:<{keys}}  {output.value}" for output in stack.outputs)


def outputs_json(stack: Stack | None) -> dict[str, str]:
    """The outputs by key."""
    return {output.key: output.value for output in stack.outputs} if stack else {}


def _as_json(result: Result) -> dict[str, Json]:
    causes: list[Json] = [
        {"path": cause.path, "status": cause.event.status, "reason": cause.event.reason}
        for cause in root_causes(result.failures)
    ]
    return {
        "status": result.status,
        "changed": result.changed,
        "stack_id": result.stack.id if result.stack else None,
        "outputs": dict(outputs_json(result.stack)),
        "causes": causes,
    }
