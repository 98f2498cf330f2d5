"""`showcore unprotect`: take off what guards the nest."""

from __future__ import annotations

import click

from showcore_cfn.commands import _given, options
from showcore_cfn.commands._given import Where
from showcore_cfn.errors import Exit


@click.command(short_help="Take off what guards the nest.")
@_given.where
@options.yes
@_given.only("Take off")
@options.output("text", "json")
def command(where: Where, yes: bool, only: tuple[str, ...], output: str) -> Exit:
    """Take off what guards the nest, after its name was typed; says first what can then be lost.

    A single replacement needs none of this: `deploy --allow-replace PATH` lifts the policy for just that
    resource. With termination protection off, the next deployment puts everything back on.
    """
    from showcore_cfn.commands import _protecting

    return _protecting.unprotect(where, only, yes=yes, output=output)
