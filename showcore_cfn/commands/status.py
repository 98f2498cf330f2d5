"""`showcore status`: where the stack and each nested one stands, and the next step."""

from __future__ import annotations

import click

from showcore_cfn.commands import _given, options
from showcore_cfn.commands._given import Where
from showcore_cfn.errors import Exit


@click.command(short_help="Where the stack stands, and the next step.")
@_given.where
@options.output("text", "json")
def command(
    where: Where,
    output: str,
) -> Exit:
    """Say where the stack and each nested one stands, what waits on it, and the one right next step.

    Exit 0: it stands or does not exist. 6: it needs `showcore recover`. 7: an operation is under way.
    """
    from showcore_cfn.commands import _looking

    return _looking.tell_status(_looking.look(where), output)
