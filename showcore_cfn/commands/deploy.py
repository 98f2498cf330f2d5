"""`showcore deploy`: plan, ask, execute exactly that, follow it to its end."""

from __future__ import annotations

import click

from showcore_cfn.commands import options
from showcore_cfn.errors import Exit

_TERMINAL_MODES = ("auto", "live", "events", "errors-only", "json")


@click.command(short_help="Plan, confirm, execute, follow.")
@options.environment
@options.aws
@options.yes
@options.output("text", "json")
@click.option("--role-arn", metavar="ARN", help="Role for CloudFormation; bootstrap's where it is left out.")
@click.option(
    *("--parameter-overrides", "overrides"),
    multiple=True,
    metavar="KEY=VALUE",
    help="Another value of a root parameter, for this once. May be given several times.",
)
@click.option("--tags", multiple=True, metavar="KEY=VALUE", help="A further tag of the stack.")
@click.option("--notification-arns", multiple=True, metavar="ARN", help="SNS topics that get the events.")
@click.option(
    "--on-failure",
    type=click.Choice(["ROLLBACK", "DELETE", "DO_NOTHING"]),
    help="What CloudFormation does when the creation of the stack fails.",
)
@click.option("--disable-rollback", is_flag=True, help="Leave a failed update as it is, to look at it.")
@click.option("--change-set-name", metavar="NAME", help="Instead of a name with the time in it.")
@click.option("--import-existing-resources", is_flag=True, help="Adopt what exists under a fixed name.")
@click.option("--full", is_flag=True, help="Make the change set even where nothing seems to differ.")
@click.option(
    "--outputs-file", type=click.Path(dir_okay=False), metavar="FILE", help="Write the outputs as JSON."
)
@click.option(
    "--max-wait-duration", type=click.FloatRange(min=1), metavar="SECONDS", help="Leave with exit 7 after it."
)
@click.option(
    "--progress", type=click.Choice(_TERMINAL_MODES), default="auto", show_default=True, help="How to follow."
)
def command(
    settings_file: str,
    env: str | None,
    profile: str | None,
    region: str | None,
    endpoint_url: str | None,
    yes: bool,
    output: str,
    role_arn: str | None,
    overrides: tuple[str, ...],
    tags: tuple[str, ...],
    notification_arns: tuple[str, ...],
    on_failure: str | None,
    disable_rollback: bool,
    change_set_name: str | None,
    import_existing_resources: bool,
    full: bool,
    outputs_file: str | None,
    max_wait_duration: float | None,
    progress: str,
) -> Exit:
    """Make a change set for the whole nest, show it, ask, execute exactly that one and follow it to its end.

    Nothing to do is exit 0. Before the execution, Ctrl-C discards the change set; after it the operation goes
    on in AWS by itself, and `showcore watch` attaches to it again.
    """
    from dataclasses import replace

    from showcore_cfn.commands import _deploying as deploying

    if on_failure and disable_rollback:
        raise click.UsageError("--on-failure and --disable-rollback exclude each other.")
    settings = deploying.settings_of(settings_file, env)
    desired = replace(
        deploying.desired_of(settings, region=region, role_arn=role_arn, overrides=overrides, tags=tags),
        notification_arns=notification_arns,
        on_failure=on_failure,
        disable_rollback=disable_rollback,
        change_set_name=change_set_name,
        import_existing=import_existing_resources,
    )
    gateways = deploying.gateways_of(settings, profile, region, endpoint_url)
    run = deploying.Run(desired, gateways, yes=yes, progress=progress, at_most_seconds=max_wait_duration)
    result = run.deploy(full=full)
    deploying.write_outputs(outputs_file, result)
    return deploying.told(result, output)
