"""`showcore recover`: the one right next step out of the status that the stack is in."""

from __future__ import annotations

import click

from showcore_cfn.commands import _given, options
from showcore_cfn.commands._given import Where
from showcore_cfn.errors import Exit


@click.command(short_help="The one right next step, and doing it.")
@_given.where
@options.yes
@click.option("--cancel", is_flag=True, help="Cancel the update that is under way; it is rolled back.")
@_given.progress
def command(where: Where, yes: bool, cancel: bool, progress: str) -> Exit:
    """Read the status of the stack, say the one right next step, and take it on yes.

    Deletes what is empty, rolls back, continues a rollback, watches what is under way; then looks again, until
    the stack stands well or is gone. A second try at what has failed leaves out what it failed at, and says so.
    """
    from showcore_cfn.commands import _looking, _recovering

    return _recovering.recover(_looking.look(where), yes=yes, cancel=cancel, progress=progress)
