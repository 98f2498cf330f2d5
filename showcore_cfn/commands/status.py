"""`showcore status`: where the stack and each nested one stands, and the next step."""

from __future__ import annotations

import click

from showcore_cfn.commands import options
from showcore_cfn.errors import Exit


@click.command(short_help="Where the stack stands, and the next step.")
@options.environment
@options.aws
@options.output("text", "json")
def command(
    settings_file: str,
    env: str | None,
    profile: str | None,
    region: str | None,
    endpoint_url: str | None,
    output: str,
) -> Exit:
    """Say where the stack and each nested one stands, what waits on it, and the one right next step.

    Exit 0: it stands or does not exist. 6: it needs `showcore recover`. 7: an operation is under way.
    """
    from showcore_cfn.commands import _looking

    here = _looking.look(settings_file, env, profile, region, endpoint_url)
    return _looking.tell_status(here, output)
