"""`showcore plan`: make the nested change set and show it; nothing is executed."""

from __future__ import annotations

import click

from showcore_cfn.commands import options
from showcore_cfn.errors import Exit


@click.command(short_help="Make the nested change set and show it.")
@options.environment
@options.aws
@options.output("text", "json")
@click.option("--role-arn", metavar="ARN", help="Role for CloudFormation; bootstrap's where it is left out.")
@click.option(
    *("--parameter-overrides", "overrides"),
    multiple=True,
    metavar="KEY=VALUE",
    help="Another value of a root parameter, for this once. May be given several times.",
)
@click.option("--tags", multiple=True, metavar="KEY=VALUE", help="A further tag of the stack.")
@click.option("--full", is_flag=True, help="Make the change set even where nothing seems to differ.")
def command(
    settings_file: str,
    env: str | None,
    profile: str | None,
    region: str | None,
    endpoint_url: str | None,
    output: str,
    role_arn: str | None,
    overrides: tuple[str, ...],
    tags: tuple[str, ...],
    full: bool,
) -> Exit:
    """Make a change set for the whole nest and show what it would do. Nothing is changed."""
    from showcore_cfn.commands import _deploying as deploying

    settings = deploying.settings_of(settings_file, env)
    desired = deploying.desired_of(settings, region=region, role_arn=role_arn, overrides=overrides, tags=tags)
    gateways = deploying.gateways_of(settings, profile, region, endpoint_url)
    return deploying.show_plan(desired, gateways, output, full=full)
