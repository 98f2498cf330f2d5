"""`showcore outputs`: the outputs of the root stack."""

from __future__ import annotations

import click

from showcore_cfn.commands import _given, options
from showcore_cfn.commands._given import Where
from showcore_cfn.errors import Exit


@click.command(short_help="The outputs of the stack.")
@_given.where
@click.argument("key", required=False)
@options.output("text", "json")
def command(
    where: Where,
    key: str | None,
    output: str,
) -> Exit:
    """Print the outputs of the stack: endpoints, bucket names, the secret's ARN, the dashboard's address.

    With KEY, the value of that output alone, for a script.
    """
    from showcore_cfn.commands import _looking

    return _looking.tell_outputs(_looking.look(where), output, key)
