"""`showcore outputs`: the outputs of the root stack."""

from __future__ import annotations

import click

from showcore_cfn.commands import options
from showcore_cfn.errors import Exit


@click.command(short_help="The outputs of the stack.")
@options.environment
@options.aws
@options.output("text", "json")
@click.argument("key", required=False)
def command(
    settings_file: str,
    env: str | None,
    profile: str | None,
    region: str | None,
    endpoint_url: str | None,
    output: str,
    key: str | None,
) -> Exit:
    """Print the outputs of the stack: endpoints, bucket names, the secret's ARN, the dashboard's address.

    With KEY, the value of that output alone, for a script.
    """
    from showcore_cfn.commands import _looking

    here = _looking.look(settings_file, env, profile, region, endpoint_url)
    return _looking.tell_outputs(here, output, key)
