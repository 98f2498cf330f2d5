"""`showcore runbook`: the runbooks, or one of them with the ids of this deployment."""

from __future__ import annotations

import click

from showcore_cfn.commands import _given, options
from showcore_cfn.commands._given import Where
from showcore_cfn.errors import Exit


def _completed(_: click.Context, __: click.Parameter, begun: str) -> list[str]:
    from showcore_cfn.runbooks import runbooks

    return [book.name for book in runbooks() if book.name.startswith(begun)]


@click.command(short_help="What to do, with this deployment's own names.")
@click.argument("name", required=False, shell_complete=_completed)
@_given.where
@click.option("--offline", is_flag=True, help="Ask AWS nothing: ids stay in angle brackets.")
@options.output("text", "markdown")
def command(
    name: str | None,
    where: Where,
    offline: bool,
    output: str,
) -> Exit:
    """List the runbooks, or print the one called NAME, with commands that are ready to be pasted.

    Names are those of the settings, or the plan's where there are none. Ids that only AWS knows are read from
    the deployed stack; without credentials, or with --offline, they stand in angle brackets.
    """
    from showcore_cfn import console
    from showcore_cfn.commands import _runbooks
    from showcore_cfn.runbooks import runbook, runbooks

    if name is None:
        console.result(_runbooks.listed(runbooks(), output))
        return Exit.DONE
    book = runbook(name)
    text = book.filled(_runbooks.names_of(book, where, offline=offline))
    console.result(text if output == "markdown" else _runbooks.plain(text))
    return Exit.DONE
