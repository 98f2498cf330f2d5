"""`showcore bootstrap`: the artifact bucket and the role for CloudFormation, once per account."""

from __future__ import annotations

import click

from showcore_cfn.commands import _given, options
from showcore_cfn.commands._given import Where
from showcore_cfn.errors import Exit


@click.command(short_help="Artifact bucket and CloudFormation role, once per account.")
@_given.where
@options.yes
@_given.progress
@options.output("text", "json")
def command(
    where: Where,
    yes: bool,
    progress: str,
    output: str,
) -> Exit:
    """Create the bucket that templates are uploaded to and the role that CloudFormation acts as.

    It is a stack of its own, made by a change set that is shown first. Again, it changes nothing.
    """
    from dataclasses import replace

    from showcore_cfn.commands import _deploying as deploying
    from showcore_cfn.commands._provenance import provenance
    from showcore_cfn.commands._telling import told
    from showcore_cfn.deploy.desired import BOOTSTRAP_TEMPLATE, bootstrap

    settings = deploying.settings_of(where)
    desired = bootstrap(settings, deploying.reviewed_templates()[BOOTSTRAP_TEMPLATE])
    desired = replace(desired, region=where.region or settings.region, description=provenance())
    gateways = deploying.gateways_of(settings, where)
    return told(deploying.Run(desired, gateways, yes, progress).deploy(), output)
