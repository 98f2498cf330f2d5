"""`showcore diagnose`: why the last operation failed, and the known fix."""

from __future__ import annotations

import click

from showcore_cfn.commands import _given, options
from showcore_cfn.commands._given import Where
from showcore_cfn.errors import Exit


@click.command(short_help="Why the last operation failed, and the fix.")
@_given.where
@options.output("text", "json")
def command(where: Where, output: str) -> Exit:
    """Find the cause of the last failure beneath all nested stacks, without cancellations and echoes.

    Where the cause is a known one, the fix and its source are told; the call that failed can be looked up in
    CloudTrail with the command that is printed.
    """
    from showcore_cfn.commands import _diagnosing, _looking

    return _diagnosing.diagnose(_looking.look(where), output)
