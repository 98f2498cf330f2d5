"""`showcore destroy`: delete the whole nest, after its name was typed."""

from __future__ import annotations

import click

from showcore_cfn.commands import options
from showcore_cfn.errors import Exit


@click.command(short_help="Delete the whole nest.")
@options.environment
@options.aws
@options.yes
@options.output("text", "json")
@click.option(
    "--no-termination-protection", "unprotect", is_flag=True, help="Lift termination protection and go on."
)
@click.option(
    *("--progress",),
    type=click.Choice(["auto", "live", "events", "errors-only", "json"]),
    default="auto",
    show_default=True,
    help="How to follow.",
)
def command(
    settings_file: str,
    env: str | None,
    profile: str | None,
    region: str | None,
    endpoint_url: str | None,
    yes: bool,
    output: str,
    unprotect: bool,
    progress: str,
) -> Exit:
    """Delete the stack and all that is nested in it, after its name was typed. What a policy retains stays."""
    from showcore_cfn.commands import _deploying, _destroying, _looking

    here = _looking.look(settings_file, env, profile, region, endpoint_url)
    if here.stack is None:
        return _looking.tell_status(here, output)
    result = _destroying.destroy(here, yes=yes, unprotect=unprotect, progress=progress)
    return _deploying.told(result, output)
