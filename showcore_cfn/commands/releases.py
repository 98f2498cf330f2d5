"""`showcore releases`: who deployed what, when, and how it ended."""

from __future__ import annotations

import click

from showcore_cfn.commands import _given, options
from showcore_cfn.commands._given import Where
from showcore_cfn.errors import Exit


@click.command(short_help="Who deployed what, when, and how it ended.")
@_given.where
@click.option(
    "--limit", type=click.IntRange(min=1), default=20, show_default=True, help="Show the newest so many."
)
@options.output("text", "json")
def command(where: Where, limit: int, output: str) -> Exit:
    """List the deployments of the stack, newest first, as they were recorded beside the templates.

    `showcore deploy --release ID` goes back to one. "not recorded" is one that began and whose end nobody wrote
    down: it was detached, or whoever followed it went away. `showcore status` says how the stack stands. "not
    executed" is one that did not begin: somebody else's was faster, or AWS refused it.
    """
    from showcore_cfn.commands import _releasing

    return _releasing.tell(where, output, limit)
