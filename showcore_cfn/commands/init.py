"""`showcore init`: an environment in `showcore.toml`, by questions or by options."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

import click

from showcore_cfn.errors import Exit, UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from showcore_cfn.settings import Settings
    from showcore_cfn.settings_file import SettingsFile

Answer = TypeVar("Answer")
TOPICS = ("critical", "warning", "billing")


@click.command(short_help="Write showcore.toml for an environment.")
@click.option(
    *("--settings", "settings_file"),
    default="showcore.toml",
    show_default=True,
    metavar="FILE",
    envvar="SHOWCORE_SETTINGS",
    help="File to write, or to add an environment to.",
)
@click.option(
    *("--env", "-e", "env"),
    metavar="NAME",
    envvar="SHOWCORE_ENV",
    help="Name of the environment; production where the file has none yet.",
)
@click.option("--account-id", metavar="ID", help="The AWS account of the environment, 12 digits.")
@click.option("--critical-email", multiple=True, metavar="ADDRESS", help="Gets critical alerts; up to 3.")
@click.option(
    "--warning-email", multiple=True, metavar="ADDRESS", help="Gets warnings; else the critical addresses do."
)
@click.option(
    "--billing-email",
    multiple=True,
    metavar="ADDRESS",
    help="Gets cost alerts; else the critical addresses do.",
)
@click.option(
    "--prefix",
    metavar="NAME",
    help="First part of every name; showcore, or one with the environment's name where an account has two.",
)
def command(
    settings_file: str,
    env: str | None,
    account_id: str | None,
    critical_email: tuple[str, ...],
    warning_email: tuple[str, ...],
    billing_email: tuple[str, ...],
    prefix: str | None,
) -> Exit:
    """Write showcore.toml for an environment, each value with what it means and costs.

    Asks for the account and the alert addresses that no option gives. What the file holds already stays as it
    is, to the letter; an environment that it holds is never written again. Nothing is asked of AWS.
    """
    from pathlib import Path

    from showcore_cfn import settings_init as library
    from showcore_cfn.files import write_whole

    path = Path(settings_file)
    file = library.existing(path)
    if not _at_a_terminal():
        _need({"--account-id": account_id, "--critical-email": critical_email})
    environment = _environment(path, file, env)
    account = _account(account_id)
    addresses = _addresses(dict(zip(TOPICS, (critical_email, warning_email, billing_email), strict=True)))
    beside = library.neighbours(file, account)
    chosen = library.checked_prefix(prefix, beside) if prefix else library.free_prefix(environment, beside)
    settings = library.new_settings(environment, account, chosen, addresses, beside)
    write_whole(path, library.with_environment(path, file, settings))
    _tell(path, settings, neighbour=None if prefix else next(iter(beside.taken), None))
    return Exit.DONE


def _at_a_terminal() -> bool:
    import sys

    return sys.stdin.isatty()


def _need(options: dict[str, object]) -> None:
    missing = [name for name, value in options.items() if not value]
    if missing:
        verb = "is" if len(missing) == 1 else "are"
        raise UsageError(f"{' and '.join(missing)} {verb} needed where there is no terminal to ask at.")


def _environment(path: Path, file: SettingsFile | None, given: str | None) -> str:
    from showcore_cfn.settings_init import DEFAULT_ENVIRONMENT, checked_environment

    def check(name: str) -> str:
        return checked_environment(file, name, path)

    default = None if file and DEFAULT_ENVIRONMENT in file.document else DEFAULT_ENVIRONMENT
    if given is None and default is None and _at_a_terminal():
        return _ask("Name of the new environment", check)
    return check(given or DEFAULT_ENVIRONMENT)


def _account(given: str | None) -> str:
    from showcore_cfn.settings_fields import FIELDS
    from showcore_cfn.settings_init import checked

    def check(account: str) -> str:
        return checked("--account-id", FIELDS["account_id"], account)

    return check(given) if given is not None else _ask("AWS account, 12 digits", check)


def _addresses(given: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """The addresses of each topic; those of critical alerts stand in for the others."""
    from showcore_cfn.settings_init import checked_addresses

    found: dict[str, tuple[str, ...]] = {}
    for topic, addresses in given.items():

        def check(answer: str, topic: str = topic) -> tuple[str, ...]:
            return checked_addresses(f"--{topic}-email", topic, [part.strip() for part in answer.split(",")])

        instead = found.get(TOPICS[0], ())
        if addresses or (instead and not _at_a_terminal()):
            found[topic] = checked_addresses(f"--{topic}-email", topic, addresses or instead)
        else:
            question = f"Addresses for {topic} alerts, one to three with commas between"
            found[topic] = _ask(question, check, default=", ".join(instead) or None)
    return found


def _ask(question: str, check: Callable[[str], Answer], default: str | None = None) -> Answer:
    """Ask on standard error until the answer is allowed."""

    def checked(answer: str) -> Answer:
        try:
            return check(answer.strip())
        except UsageError as error:
            raise click.UsageError(str(error)) from None

    answer: Answer = click.prompt(question, default=default, value_proc=checked, err=True)
    return answer


def _tell(path: Path, settings: Settings, neighbour: str | None) -> None:
    """What was written, and what a second environment of one account got otherwise than the first."""
    from showcore_cfn.console import notice, result

    result(f"{path} now holds [{settings.environment}].")
    if neighbour:
        notice(f"Its names begin with {settings.prefix}, since [{neighbour}] is in the same account.")
    if settings.values["AccountTier"] == "false":
        notice("account_tier is false: another environment of the account has what an account has once.")
    notice(
        f"Next: read it through, then `showcore doctor`, then `showcore bootstrap --env {settings.environment}`."
    )
