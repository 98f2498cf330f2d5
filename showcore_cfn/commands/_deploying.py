"""What the commands that touch the account share: from options to settings, templates and gateways."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from showcore_cfn import console
from showcore_cfn.aws.gateways import Gateways
from showcore_cfn.aws.values import Stack
from showcore_cfn.commands._progress import watcher
from showcore_cfn.deploy import plan_text
from showcore_cfn.deploy.cause import root_causes
from showcore_cfn.deploy.clock import SystemClock
from showcore_cfn.deploy.desired import Desired, nest
from showcore_cfn.deploy.operation import Operator, Result
from showcore_cfn.deploy.plan import Plan
from showcore_cfn.deploy.session import Deployment
from showcore_cfn.deploy.states import Step, state
from showcore_cfn.errors import Exit, Stopped, UsageError
from showcore_cfn.settings import Settings, load
from showcore_cfn.template.json_types import Json

TEMPLATES_FOLDER = Path("templates")


def settings_of(settings_file: str, env: str | None) -> Settings:
    """The settings of the chosen environment."""
    return load(Path(settings_file), env)


def gateways_of(
    settings: Settings, profile: str | None, region: str | None, endpoint_url: str | None
) -> Gateways:
    """The gateways to the account, by the options of the command."""
    from showcore_cfn.aws.session import connect

    return connect(region or settings.region, profile=profile, endpoint_url=endpoint_url)


def reviewed_templates(folder: Path = TEMPLATES_FOLDER) -> dict[str, str]:
    """The templates that the code generates. Stops unless they are those in the folder, which were reviewed."""
    from showcore_cfn.generate import generate

    generated = generate()
    stale = [name for name, text in generated.items() if _text(folder / name) != text]
    if stale:
        raise Stopped(
            f"{folder}/ is not what the code generates ({', '.join(sorted(stale))}): run `make templates`, "
            "have the difference reviewed, then deploy."
        )
    return generated


def desired_of(
    settings: Settings,
    *,
    region: str | None,
    role_arn: str | None,
    overrides: Iterable[str] = (),
    tags: Iterable[str] = (),
) -> Desired:
    """The nest of the settings, with what the command line says otherwise."""
    wanted = nest(settings, reviewed_templates())
    parameters = {**wanted.parameters, **pairs(overrides, "--parameter-overrides", wanted.parameters)}
    return replace(
        wanted,
        region=region or wanted.region,
        role_arn=role_arn or wanted.role_arn,
        parameters=parameters,
        tags={**wanted.tags, **pairs(tags, "--tags")},
    )


def pairs(given: Iterable[str], option: str, known: Mapping[str, str] | None = None) -> dict[str, str]:
    """`Key=Value` texts as a mapping; several may stand in one text, as the AWS CLI takes them."""
    found: dict[str, str] = {}
    for pair in (word for text in given for word in text.split()):
        key, equals, value = pair.partition("=")
        if not equals or not key:
            raise UsageError(f"{option} takes Key=Value, and {pair!r} is not that.")
        if known is not None and key not in known:
            raise UsageError(f"{option}: there is no parameter {key}. There are: {', '.join(sorted(known))}.")
        found[key] = value
    return found


def _text(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None


@dataclass(frozen=True, slots=True)
class Run:
    """One deployment from the terminal: shows the plan, asks, and draws the progress."""

    desired: Desired
    gateways: Gateways
    yes: bool
    progress: str
    at_most_seconds: float | None = None

    def deploy(self, *, full: bool = False) -> Result:
        """Plan, ask, execute and follow; a plan that is turned down or interrupted is discarded."""
        with watcher(_before(self.progress)) as quiet:
            deployment = Deployment(
                self.desired, Operator(self.gateways, quiet, SystemClock(), self.at_most_seconds)
            )
            plan = deployment.agreed(self._agree, full=full)
        if isinstance(plan, Result):
            return plan
        with watcher(self.progress, plan.counts()) as lively:
            return deployment.execute(plan, lively)

    def _agree(self, plan: Plan) -> bool:
        console.notice(plan_text.text(plan))
        return self.yes or console.confirm(
            f"Deploy this to {self.desired.stack_name} ({self.desired.account_id})?"
        )


def told(result: Result, output: str) -> Exit:
    """Print how it ended, with the outputs or the causes; the exit code."""
    stack = result.stack
    if output == "json":
        console.result(json.dumps(_as_json(result), indent=2))
    elif not result.changed:
        console.notice("Nothing to do: what stands there is what you would deploy.")
    for happening in root_causes(result.failures):
        console.notice(f"{happening.path}: {happening.event.status} {happening.event.reason}")
    if stack is not None and output == "text" and stack.outputs:
        console.result(outputs_text(stack))
    if result.changed:
        console.notice(
            f"{stack.name if stack else 'the stack'}: {result.status}. {_next_step(result)}".rstrip()
        )
    return result.exit_code


def outputs_text(stack: Stack) -> str:
    """The outputs as a table: key, value, description."""
    keys = max((len(output.key) for output in stack.outputs), default=0)
    return "\n".join(f"{output.key:<{keys}}  {output.value}" for output in stack.outputs)


def outputs_json(stack: Stack | None) -> dict[str, str]:
    """The outputs by key."""
    return {output.key: output.value for output in stack.outputs} if stack else {}


def write_outputs(file: str | None, result: Result) -> None:
    """The outputs as `{stack: {key: value}}`, as the CDK writes them."""
    if file and result.stack is not None:
        text = json.dumps({result.stack.name: outputs_json(result.stack)}, indent=2)
        Path(file).write_text(text + "\n", encoding="utf-8")


def _as_json(result: Result) -> dict[str, Json]:
    causes: list[Json] = [
        {"path": happening.path, "status": happening.event.status, "reason": happening.event.reason}
        for happening in root_causes(result.failures)
    ]
    return {
        "status": result.status,
        "changed": result.changed,
        "stack_id": result.stack.id if result.stack else None,
        "outputs": dict(outputs_json(result.stack)),
        "causes": causes,
    }


def _next_step(result: Result) -> str:
    if result.exit_code is Exit.DONE:
        return ""
    step = state(result.status).recover
    return "" if step is Step.NOTHING else "Next: `showcore recover`."


def _before(progress: str) -> str:
    """The screen is for the operation; what comes before it is said in lines."""
    return "events" if progress in ("auto", "live") else progress


def show_plan(desired: Desired, gateways: Gateways, output: str, *, full: bool) -> Exit:
    """Make a plan, print it and leave it waiting."""
    with watcher("events") as quiet:
        plan = Deployment(desired, Operator(gateways, quiet)).plan(full=full)
    if isinstance(plan, Result):
        return told(plan, output)
    console.result(plan_text.text(plan))
    return Exit.DONE
