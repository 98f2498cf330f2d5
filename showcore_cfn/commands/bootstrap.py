"""`showcore bootstrap`: the artifact bucket and the role for CloudFormation, once per account and region."""

from __future__ import annotations

import click

from showcore_cfn.commands import options
from showcore_cfn.errors import Exit


@click.command(short_help="Artifact bucket and CloudFormation role, once per account.")
@options.environment
@options.aws
@options.yes
@options.output("text", "json")
def command(
    settings_file: str,
    env: str | None,
    profile: str | None,
    region: str | None,
    endpoint_url: str | None,
    yes: bool,
    output: str,
) -> Exit:
    """Create the bucket that templates are uploaded to and the role that CloudFormation acts as.

    It is a stack of its own, made by a change set that is shown first. Again, it changes nothing.
    """
    from dataclasses import replace

    from showcore_cfn.commands import _deploying as deploying
    from showcore_cfn.deploy.desired import BOOTSTRAP_TEMPLATE, bootstrap

    settings = deploying.settings_of(settings_file, env)
    desired = bootstrap(settings, deploying.reviewed_templates()[BOOTSTRAP_TEMPLATE])
    gateways = deploying.gateways_of(settings, profile, region, endpoint_url)
    desired = replace(desired, region=region or settings.region)
    result = deploying.Run(desired, gateways, yes=yes, progress="auto").deploy()
    return deploying.told(result, output)
