"""`showcore events`: the history of the stack and of all nested ones, merged by time."""

from __future__ import annotations

import click

from showcore_cfn.commands import _given, options
from showcore_cfn.commands._given import Where
from showcore_cfn.errors import Exit


@click.command(short_help="The merged events of all nested stacks.")
@_given.where
@click.option("--all", "everything", is_flag=True, help="Of all operations, and not of the last one only.")
@click.option(
    "--since", metavar="TIME", help="Of all operations since then: 30m, 2h, 3d ago, or 2026-03-02T14:00."
)
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="Only the newest so many.")
@click.option("--failed", is_flag=True, help="Only what failed.")
@options.output("text", "json")
def command(
    where: Where,
    everything: bool,
    since: str | None,
    limit: int | None,
    failed: bool,
    output: str,
) -> Exit:
    """Print the events of the last operation on the stack and on all nested ones, oldest first."""
    from showcore_cfn.commands import _looking

    here = _looking.look(where)
    return _looking.tell_events(here, output, everything=everything, failed=failed, since=since, limit=limit)
