"""`showcore watch`: attach to the operation that is under way."""

from __future__ import annotations

import click

from showcore_cfn.commands import _given, options
from showcore_cfn.commands._given import Where
from showcore_cfn.errors import Exit


@click.command(short_help="Attach to a running operation.")
@_given.where
@_given.progress
@click.option(
    "--max-wait-duration", type=click.FloatRange(min=1), metavar="SECONDS", help="Leave with exit 7 after it."
)
@options.output("text", "json")
def command(
    where: Where,
    progress: str,
    max_wait_duration: float | None,
    output: str,
) -> Exit:
    """Follow the operation that is under way, whoever began it, to its end.

    Attaches after Ctrl-C, from another terminal, or with fresh credentials. Ends with the code of the operation;
    where nothing is running, with that of the last one.
    """
    from showcore_cfn.commands import _looking

    return _looking.watch(_looking.look(where), progress, max_wait_duration, output)
