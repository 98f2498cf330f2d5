"""`showcore events`: the history of the stack and of all nested ones, merged by time."""

from __future__ import annotations

import click

from showcore_cfn.commands import options
from showcore_cfn.errors import Exit


@click.command(short_help="The merged events of all nested stacks.")
@options.environment
@options.aws
@options.output("text", "json")
@click.option("--all", "everything", is_flag=True, help="Of all operations, and not of the last one only.")
@click.option("--failed", is_flag=True, help="Only what failed.")
def command(
    settings_file: str,
    env: str | None,
    profile: str | None,
    region: str | None,
    endpoint_url: str | None,
    output: str,
    everything: bool,
    failed: bool,
) -> Exit:
    """Print the events of the last operation on the stack and on all nested ones, oldest first."""
    from showcore_cfn.commands import _looking

    here = _looking.look(settings_file, env, profile, region, endpoint_url)
    return _looking.tell_events(here, output, everything=everything, failed=failed)
