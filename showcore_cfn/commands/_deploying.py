"""What the commands that touch the account share: from options to settings, templates and gateways."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path

import click

from showcore_cfn import console
from showcore_cfn.aws.gateways import Gateways
from showcore_cfn.commands._given import Allowed, What, Where
from showcore_cfn.commands._operating import memory_of
from showcore_cfn.commands._plan_shown import show
from showcore_cfn.commands._progress import watcher
from showcore_cfn.commands._provenance import provenance
from showcore_cfn.deploy import releases
from showcore_cfn.deploy.clock import SystemClock
from showcore_cfn.deploy.desired import Desired, nest
from showcore_cfn.deploy.guard import Lifted
from showcore_cfn.deploy.operation import Operator, Result
from showcore_cfn.deploy.planning.plan_file import read as read_plan
from showcore_cfn.deploy.planning.planner import Beside
from showcore_cfn.deploy.session import Deployment
from showcore_cfn.errors import Exit, StillRunning, Stopped, UsageError
from showcore_cfn.files import write_whole
from showcore_cfn.settings import Settings, load

TEMPLATES_FOLDER = Path("templates")


def settings_of(where: Where) -> Settings:
    """The settings of the chosen environment."""
    return load(Path(where.settings_file), where.env)


def gateways_of(settings: Settings, where: Where) -> Gateways:
    """The gateways to the account, by the options of the command."""
    from showcore_cfn.aws.session import connect

    return connect(where.region or settings.region, profile=where.profile, endpoint_url=where.endpoint_url)


def reviewed_templates(folder: Path = TEMPLATES_FOLDER) -> dict[str, str]:
    """The templates that the code generates. Stops unless the folder, which was reviewed, holds just them."""
    from showcore_cfn import unchanged

    current = unchanged.generated(str(folder))  # after `make templates` they need not be made once more
    if current is not None:
        return current
    from showcore_cfn.generate import generate

    generated = generate()
    if not folder.is_dir():
        raise Stopped(
            f"there is no {folder}/ here, and only what was reviewed there is deployed. Go to the repository that "
            "holds it, or write it with `showcore templates` and have it reviewed."
        )
    stale = [name for name, text in generated.items() if _text(folder / name) != text]
    if stale:
        raise Stopped(
            f"{folder}/ is not what the code generates ({', '.join(sorted(stale))}): run `make templates`, "
            "have the difference reviewed, then deploy."
        )
    return generated


def desired_of(settings: Settings, where: Where, what: What) -> Desired:
    """The nest of the settings, with what the command line says otherwise."""
    wanted = nest(settings, reviewed_templates())
    overrides = pairs(what.overrides, "--parameter-overrides", wanted.parameters)
    return replace(
        wanted,
        region=where.region or wanted.region,
        role_arn=what.role_arn or wanted.role_arn,
        parameters={**wanted.parameters, **overrides},
        tags={**wanted.tags, **_further(what.tags, wanted.tags)},
        description=provenance(),
        change_set_name=what.change_set_name,
        notification_arns=what.notification_arns,
        import_existing=what.import_existing_resources,
    )


def lifted_of(settings: Settings, allowed: Allowed) -> Lifted:
    """The guards that the command line lifts, and the limit of the cost from there or from the settings."""
    limit = settings.max_monthly_usd if allowed.max_monthly is None else allowed.max_monthly
    return Lifted(
        delete=allowed.allow_delete,
        replace=allowed.allow_replace,
        loss=allowed.allow_loss,
        broadening=allowed.allow_broadening,
        max_monthly_usd=None if limit is None else Decimal(str(limit)),
    )


def _further(given: Iterable[str], own: Mapping[str, str]) -> dict[str, str]:
    """Tags beside our own: permissions, cost allocation and the tag policy go by those."""
    found = pairs(given, "--tags")
    taken = [key for key in found if key in own]
    if taken:
        raise UsageError(
            f"--tags adds tags, and {', '.join(taken)} is there already, by the settings or the plan."
        )
    return found


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


@dataclass(frozen=True, slots=True)
class Run:
    """One deployment from the terminal: shows the plan, asks, and draws the progress."""

    desired: Desired
    gateways: Gateways
    yes: bool
    progress: str = "auto"
    lifted: Lifted = field(default_factory=Lifted)
    at_most_seconds: float | None = None
    show_dynamic: bool = False
    beside: Beside | None = None  # a look at the account while the plan is made

    def deploy(
        self,
        *,
        full: bool = False,
        drift: bool = False,
        plan_file: str | None = None,
        detach: bool = False,
    ) -> Result:
        """Plan or read a plan, show, ask, execute, follow. Raises StillRunning once it has detached."""
        with watcher(_before(self.progress)) as quiet:
            memory = memory_of(self.gateways)
            operator = Operator(self.gateways, quiet, SystemClock(), self.at_most_seconds, memory=memory)
            deployment = Deployment(self.desired, operator, self.lifted, self.beside)
            plan = (
                deployment.saved(read_plan(Path(plan_file)))
                if plan_file
                else deployment.plan(full=full, drift=drift)
            )
            if isinstance(plan, Result):
                return deployment.nothing_to_do(plan)
            show(plan, show_dynamic=self.show_dynamic, to_result=False)
            left = "the plan still waits" if plan_file else "discarding the plan"
            deployment.agreed(plan, lambda _: self._agree(left), keep=plan_file is not None)
            log = releases.begin(self.gateways, self.desired, plan, operator.clock)
            if detach:
                with releases.starting(log, quiet):
                    deployment.start(plan)
                raise StillRunning(
                    "the change set is being executed; `showcore watch` follows it to its end."
                )
        with watcher(self.progress, plan.counts(), plan.durations) as lively:
            with releases.starting(log, lively):
                deployment.start(plan, lively)
            with releases.noted(log, lively) as noted:
                return noted(deployment.follow(plan))

    def _agree(self, left: str) -> bool:
        """The answer; an interruption is told what becomes of the plan, whose deletion takes some seconds."""
        where = f"{self.desired.stack_name} in {self.desired.account_id}"
        try:
            return self.yes or console.confirm(f"Deploy this to {where}?")
        except (KeyboardInterrupt, click.Abort):
            console.notice(f"\nNothing was changed; {left} ...")
            raise


def write_outputs(file: str | None, result: Result) -> None:
    """The outputs as `{stack: {key: value}}`, as the CDK writes them."""
    if file and result.stack is not None and result.exit_code is Exit.DONE:
        outputs = {output.key: output.value for output in result.stack.outputs}
        text = json.dumps({result.stack.name: outputs}, indent=2)
        write_whole(Path(file), text + "\n")


def _before(progress: str) -> str:
    """The screen is for the operation; what comes before it is said in lines."""
    return "events" if progress in ("auto", "live") else progress


def _text(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None
