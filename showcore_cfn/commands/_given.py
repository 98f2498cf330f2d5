"""Options of the commands that touch the account, gathered into one value for each subject."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any, TypeVar

import click

from showcore_cfn.commands import options

Command = TypeVar("Command", bound=Callable[..., Any])
PROGRESS = ("auto", "live", "events", "errors-only", "json")


@dataclass(frozen=True, slots=True)
class Where:
    """Which environment, and how its account is reached."""

    settings_file: str
    env: str | None
    profile: str | None
    region: str | None
    endpoint_url: str | None


@dataclass(frozen=True, slots=True)
class What:
    """What goes into the change set beside the settings."""

    role_arn: str | None
    overrides: tuple[str, ...]
    tags: tuple[str, ...]
    notification_arns: tuple[str, ...]
    change_set_name: str | None
    import_existing_resources: bool


@dataclass(frozen=True, slots=True)
class Allowed:
    """The guards that are lifted."""

    allow_delete: tuple[str, ...]
    allow_replace: tuple[str, ...]
    allow_loss: tuple[str, ...]
    allow_broadening: bool
    max_monthly: float | None


def _gathered(
    name: str, kind: type[Any], *decorators: Callable[[Command], Command]
) -> Callable[[Command], Command]:
    """A decorator that adds options and hands their values on as one argument."""

    def decorate(command: Command) -> Command:
        @functools.wraps(command)
        def gathering(**given: Any) -> Any:
            own = {field.name: given.pop(field.name) for field in fields(kind)}
            return command(**{name: kind(**own)}, **given)

        decorated: Any = gathering
        for decorator in reversed(decorators):
            decorated = decorator(decorated)
        return decorated  # type: ignore[no-any-return]

    return decorate


def _writable(_context: click.Context, _option: click.Parameter, value: str | None) -> str | None:
    if value is not None:
        from pathlib import Path

        from showcore_cfn.files import must_be_writable

        must_be_writable(Path(value))
    return value


def file_to_write(name: str, help_: str) -> Callable[[Command], Command]:
    """An option with a file that the command writes at its end; known from the beginning to be writable."""
    kind = click.Path(dir_okay=False)
    return click.option(name, type=kind, metavar="FILE", callback=_writable, help=help_)


def only(verb: str) -> Callable[[Command], Command]:
    """The parts of a nest's protection that something is done to; all of them where it is left out."""
    parts = click.Choice(["termination", "policies", "database"])
    return click.option(
        "--only", type=parts, multiple=True, help=f"{verb} just this part. May be given several times."
    )


where: Callable[[Command], Command] = _gathered("where", Where, options.environment, options.aws)
what: Callable[[Command], Command] = _gathered(
    "what",
    What,
    click.option(
        "--role-arn", metavar="ARN", help="Role for CloudFormation; that of bootstrap where it is left out."
    ),
    click.option(
        *("--parameter-overrides", "overrides"),
        multiple=True,
        metavar="KEY=VALUE",
        help="Another value of a root parameter, for this once. May be given several times.",
    ),
    click.option("--tags", multiple=True, metavar="KEY=VALUE", help="A further tag of the stack."),
    click.option("--notification-arns", multiple=True, metavar="ARN", help="SNS topic that gets the events."),
    click.option("--change-set-name", metavar="NAME", help="Instead of a name with the time in it."),
    click.option("--import-existing-resources", is_flag=True, help="Adopt what exists under a fixed name."),
)
allowed: Callable[[Command], Command] = _gathered(
    "allowed",
    Allowed,
    click.option(
        "--allow-delete",
        multiple=True,
        metavar="PATH",
        help="Let what holds data be deleted, such as database/Database.",
    ),
    click.option(
        "--allow-replace",
        multiple=True,
        metavar="PATH",
        help="Let it be replaced, such as cdn/CloudFrontDistribution.",
    ),
    click.option(
        "--allow-loss",
        multiple=True,
        metavar="PATH",
        help="Let it keep less than before, such as backups for fewer days.",
    ),
    click.option("--allow-broadening", is_flag=True, help="Let permissions or network rules become wider."),
    click.option(
        "--max-monthly",
        type=click.FloatRange(min=0, min_open=True),
        metavar="USD",
        help="Stop above this monthly cost; the settings' own limit where it is left out.",
    ),
)
progress = click.option(
    *("--progress",),
    type=click.Choice(PROGRESS),
    default="auto",
    show_default=True,
    help="How to follow: drawn in a terminal, a line an event in a pipe.",
)
drift = click.option(
    "--drift/--no-drift",
    default=True,
    show_default=True,
    help="Look for changes made by hand in the nested stacks that the plan touches.",
)
preflight = click.option(
    "--preflight/--no-preflight",
    default=True,
    envvar="SHOWCORE_PREFLIGHT",
    show_default=True,
    help="Look, while the plan is made, for what in the account would stop it.",
)
full = click.option("--full", is_flag=True, help="Make the change set even where nothing seems to differ.")
show_dynamic = click.option(
    "--show-dynamic", is_flag=True, help="Show what is only evaluated anew, and why it stays as it is."
)
