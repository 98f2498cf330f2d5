"""`showcore rehearse`: the whole deployment on an AWS embedded in this machine; no account needed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from showcore_cfn.errors import Exit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from contextlib import AbstractContextManager

    from showcore_cfn.aws.session import Session
    from showcore_cfn.deploy.following.follow import Watcher
    from showcore_cfn.rehearse.drill import Inspect
    from showcore_cfn.rehearse.server import EmbeddedAws
    from showcore_cfn.settings import Settings


@click.command(short_help="The whole deployment on an embedded AWS; no account needed.")
@click.option("--keep", is_flag=True, help="Leave out the destruction, and keep it up until Ctrl-C.")
@click.option("--serve", is_flag=True, help="Rehearse nothing: keep an empty AWS up for other commands.")
@click.option(
    "--pace",
    type=click.FloatRange(min=0, max=60),
    default=0,
    metavar="SECONDS",
    help="Let each resource take so long, to watch the progress.",
)
@click.option(
    *("--settings", "settings_file"),
    default="showcore.toml",
    show_default=True,
    metavar="FILE",
    envvar="SHOWCORE_SETTINGS",
    help="Settings; the plan's figures where there is no such file.",
)
@click.option(
    *("--env", "-e", "env"), metavar="NAME", envvar="SHOWCORE_ENV", help="Environment of the settings."
)
def command(keep: bool, serve: bool, pace: float, settings_file: str, env: str | None) -> Exit:
    """Rehearse: generate, lint, plan, deploy nested stacks, look, change, destroy.

    All of it on an AWS embedded in this machine: a child process on a loopback port, which is gone afterwards.
    The first time it installs that AWS into a cache (about 90 MB). What a rehearsal does not prove stands at its
    end. --serve prints the environment variables with which `showcore deploy` and the AWS CLI use it.
    """
    import os
    from pathlib import Path

    from showcore_cfn import console
    from showcore_cfn.rehearse.environment import cache_folder, environment_folder, is_ready, prepare
    from showcore_cfn.rehearse.loopback import refuse_endpoints_elsewhere
    from showcore_cfn.rehearse.server import embedded_aws
    from showcore_cfn.settings import load, plan_defaults

    if keep and serve:
        raise click.UsageError("--keep and --serve exclude each other: --serve has nothing to keep.")
    refuse_endpoints_elsewhere(os.environ)
    settings = load(Path(settings_file), env) if env or Path(settings_file).exists() else plan_defaults()
    cache = cache_folder(os.environ)
    if not is_ready(environment_folder(cache)):
        console.notice("Installing the embedded AWS into a cache, once ...")
    python = prepare(cache)
    with embedded_aws(python, pace) as aws:
        if serve:
            _serve(aws, settings)
        else:
            _rehearse(aws, settings, keep)
    return Exit.DONE


def _serve(aws: EmbeddedAws, settings: Settings) -> None:
    from showcore_cfn import console

    for name, value in aws.environment(settings.account_id).items():
        console.result(f"export {name}={value}")
    console.notice(
        f"The embedded AWS listens at {aws.url} until Ctrl-C, as the account {settings.account_id}."
    )
    _wait_for_interrupt()


def _wait_for_interrupt() -> None:
    import threading
    from contextlib import suppress

    with suppress(KeyboardInterrupt):
        threading.Event().wait()


def _rehearse(aws: EmbeddedAws, settings: Settings, keep: bool) -> None:
    from showcore_cfn import console
    from showcore_cfn.aws.session import connect
    from showcore_cfn.deploy.clock import SystemClock
    from showcore_cfn.rehearse.drill import NOT_PROVED, Drill

    console.result(f"Rehearsing {settings.stack_name} on an AWS embedded in this machine, {aws.url}\n")
    with _environment(aws.environment(settings.account_id)):
        account = connect(settings.region, endpoint_url=aws.url)
        drill = Drill(
            settings=settings,
            templates=_templates(),
            account=account,
            clock=SystemClock(),
            say=_say,
            watching=_watching,
            inspect=_inspector(settings, account),
        )
        drill.stand_up()
        drill.change()
        if not keep:
            drill.tear_down()
    console.result("\nA rehearsal does not prove:")
    for line in NOT_PROVED:
        console.result(f"  - {line}")
    if keep:
        console.result("\nKept up until Ctrl-C. In another terminal:")
        for name, value in aws.environment(settings.account_id).items():
            console.result(f"  export {name}={value}")
        _wait_for_interrupt()


def _templates() -> dict[str, str]:
    """What the code makes, linted and checked before anything is deployed."""
    from showcore_cfn.check.report import total_line
    from showcore_cfn.check.validate import check_generated
    from showcore_cfn.errors import Stopped
    from showcore_cfn.generate import generate

    files = generate()
    findings = check_generated(files)
    _say(
        "templates", f"{len(files)} generated; lint and the plan's rules: {total_line(findings, len(files))}"
    )
    if findings:
        raise Stopped("the templates do not pass; `showcore templates` shows the findings.")
    return files


def _say(stage: str, text: str) -> None:
    from showcore_cfn import console

    console.result(f"{console.paint(f'{stage:<10}', bold=True)} {text}")


def _watching(counts: Mapping[str, int]) -> AbstractContextManager[Watcher]:
    """A live screen in a terminal; in a pipe the stages are enough, with what fails."""
    import sys

    from showcore_cfn import console
    from showcore_cfn.commands._progress import watcher

    lively = bool(counts) and sys.stderr.isatty() and not console.in_ci()
    return watcher("live" if lively else "errors-only", counts)


def _inspector(settings: Settings, account: Session) -> Inspect:
    """Every check of `showcore verify` that the embedded AWS can answer."""
    import time
    from dataclasses import replace

    from showcore_cfn.aws.inventory import Source, look
    from showcore_cfn.commands._verifying import expected
    from showcore_cfn.verify.rehearsal import Rehearsed, rehearse

    def inspect(parameters: Mapping[str, str]) -> Rehearsed:
        want = replace(expected(settings, account), parameters=dict(parameters))
        return rehearse(look(Source(account, want)), want, time.monotonic)

    return inspect


def _environment(variables: Mapping[str, str]) -> AbstractContextManager[None]:
    """This process sees the embedded AWS and nothing of the user's AWS configuration."""
    import os
    from contextlib import contextmanager

    hidden = {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}

    @contextmanager
    def patched() -> Iterator[None]:
        before = dict(os.environ)
        for name in [name for name in before if name.startswith("AWS_")]:
            del os.environ[name]
        os.environ.update({**hidden, **variables})
        try:
            yield
        finally:
            os.environ.clear()
            os.environ.update(before)

    return patched()
