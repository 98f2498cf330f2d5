"""`showcore destroy`: delete the whole nest, after its name was typed."""

from __future__ import annotations

import click

from showcore_cfn.commands import _given, options
from showcore_cfn.commands._given import Where
from showcore_cfn.errors import Exit


@click.command(short_help="Delete the whole nest.")
@_given.where
@options.yes
@click.option(
    *("--no-termination-protection", "unprotect"),
    is_flag=True,
    help="Lift termination protection and the database's own, and go on.",
)
@click.option("--dry-run", is_flag=True, help="Only show what goes, what is left, and what that costs.")
@_given.progress
@options.output("text", "json")
def command(
    where: Where,
    yes: bool,
    unprotect: bool,
    dry_run: bool,
    progress: str,
    output: str,
) -> Exit:
    """Delete the stack and all that is nested in it, after its name was typed. What a policy retains stays."""
    from showcore_cfn import console
    from showcore_cfn.commands import _destroying, _leaving, _looking
    from showcore_cfn.commands._telling import told

    here = _looking.look(where)
    if here.stack is None:
        return _looking.tell_status(here, output)
    if dry_run:
        console.result(_leaving.text(here, where))
        return Exit.DONE
    console.notice(_leaving.text(here, where))
    result = _destroying.destroy(here, yes=yes, unprotect=unprotect, progress=progress)
    return told(result, output, outputs=False)
