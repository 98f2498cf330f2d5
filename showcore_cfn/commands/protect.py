"""`showcore protect`: what guards the nest, and putting on what is missing."""

from __future__ import annotations

import click

from showcore_cfn.commands import _given, options
from showcore_cfn.commands._given import Where
from showcore_cfn.errors import Exit


@click.command(short_help="What guards the nest; put on what is missing.")
@_given.where
@options.yes
@_given.only("Put on")
@click.option("--show", is_flag=True, help="Change nothing.")
@options.output("text", "json")
def command(where: Where, yes: bool, only: tuple[str, ...], show: bool, output: str) -> Exit:
    """Show what guards the nest, and put on what is missing.

    termination: the root, and with it everything, cannot be deleted. policies: in each nested stack that holds
    data, no deployment replaces or deletes that data. database: RDS refuses to delete it; a change set of one
    parameter switches that. `showcore deploy` puts all of it on after the first creation.
    """
    from showcore_cfn.commands import _protecting

    return _protecting.protect(where, only, show=show, yes=yes, output=output)
