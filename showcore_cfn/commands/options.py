"""Options that several commands share, spelled once.

Each is also an environment variable: `SHOWCORE_ENV`, `SHOWCORE_PROFILE` and so on for the shared ones, and
`SHOWCORE_<COMMAND>_<OPTION>` for every option there is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])


def _together(*decorators: Callable[[Command], Command]) -> Callable[[Command], Command]:
    def decorate(command: Command) -> Command:
        for decorator in reversed(decorators):
            command = decorator(command)
        return command

    return decorate


def environment(command: Command) -> Command:
    """`--settings` and `--env`: which environment of which settings file."""
    return _environment("Environment of the settings; may be left out where they hold only one.")(command)


def environment_if_named(command: Command) -> Command:
    """The same for a command that judges or draws the templates as they are, with their own defaults, unless told."""
    return _environment("Take the parameters of this environment, not the templates' own defaults.")(command)


def _environment(env_help: str) -> Callable[[Command], Command]:
    return _together(
        click.option(
            *("--settings", "settings_file"),
            default="showcore.toml",
            show_default=True,
            metavar="FILE",
            envvar="SHOWCORE_SETTINGS",
            help="Settings, as `showcore init` writes them.",
        ),
        click.option(
            *("--env", "-e", "env"),
            metavar="NAME",
            envvar="SHOWCORE_ENV",
            help=env_help,
        ),
    )


def aws(command: Command) -> Command:
    """`--profile`, `--region` and `--endpoint-url`, as the AWS CLI spells them."""
    return _together(
        click.option(
            "--profile", metavar="NAME", envvar="SHOWCORE_PROFILE", help="Profile of your AWS configuration."
        ),
        click.option(
            *("--region",),
            metavar="NAME",
            envvar="SHOWCORE_REGION",
            help="Region; the settings' own where it is left out.",
        ),
        click.option(
            *("--endpoint-url",),
            metavar="URL",
            envvar="SHOWCORE_ENDPOINT_URL",
            help="Another endpoint than AWS's, such as that of `showcore rehearse --serve`.",
        ),
    )(command)


def yes(command: Command) -> Command:
    """`--yes`: answer the questions of a command beforehand; guards stay."""
    return click.option(
        *("--yes", "-y"), is_flag=True, help="Do not ask. Guards are lifted by their own options only."
    )(command)


def output(*formats: str) -> Callable[[Command], Command]:
    """`--output` with the formats that the command knows; the first is the default."""

    def decorate(command: Command) -> Command:
        return click.option(
            *("--output", "-o"),
            type=click.Choice(formats),
            metavar="FORM" if len("|".join(formats)) > 20 else None,
            default=formats[0],
            show_default=True,
            envvar="SHOWCORE_OUTPUT",
            help="Form of the result" + (f": {', '.join(formats)}." if len("|".join(formats)) > 20 else "."),
        )(command)

    return decorate
