"""`showcore deploy`: plan, ask, execute exactly that, follow it to its end."""

from __future__ import annotations

import click

from showcore_cfn.commands import _given, options
from showcore_cfn.commands._given import Allowed, What, Where
from showcore_cfn.errors import Exit


@click.command(short_help="Plan, confirm, execute, follow.")
@_given.where
@options.yes
@options.output("text", "json")
@click.option(
    "--plan", "plan_file", type=click.Path(dir_okay=False), metavar="FILE", help="Execute this plan."
)
@_given.what
@click.option(
    "--on-failure",
    type=click.Choice(["ROLLBACK", "DELETE", "DO_NOTHING"]),
    help="What CloudFormation does when the creation of the stack fails.",
)
@click.option("--disable-rollback", is_flag=True, help="Leave what failed as it is, to look at it.")
@click.option(
    "--termination-protection/--no-termination-protection",
    *("protected",),
    default=True,
    show_default=True,
    help="Protect what stands, once it stands: also by stack policies.",
)
@_given.full
@_given.drift
@_given.preflight
@_given.show_dynamic
@_given.allowed
@click.option(
    "--release",
    metavar="ID",
    help="Deploy once more what an earlier release did; `showcore releases` lists them.",
)
@click.option("--no-execute-changeset", is_flag=True, help="Stop after the plan and leave it waiting.")
@click.option(
    "--fail-on-empty-changeset/--no-fail-on-empty-changeset",
    default=False,
    show_default=True,
    help="Whether nothing to do is an error.",
)
@_given.file_to_write("--outputs-file", "Write the outputs as JSON.")
@click.option("--detach", is_flag=True, help="Leave with exit 7 once the execution has begun.")
@click.option(
    "--max-wait-duration", type=click.FloatRange(min=1), metavar="SECONDS", help="Leave with exit 7 after it."
)
@_given.progress
def command(
    where: Where,
    yes: bool,
    output: str,
    plan_file: str | None,
    what: What,
    on_failure: str | None,
    disable_rollback: bool,
    protected: bool,
    full: bool,
    drift: bool,
    preflight: bool,
    show_dynamic: bool,
    allowed: Allowed,
    release: str | None,
    no_execute_changeset: bool,
    fail_on_empty_changeset: bool,
    outputs_file: str | None,
    detach: bool,
    max_wait_duration: float | None,
    progress: str,
) -> Exit:
    """Make a change set for the whole nest, show it, ask, execute exactly that one and follow it to its end.

    Nothing to do is exit 0. Before the execution, Ctrl-C discards the change set; after it the operation goes
    on in AWS by itself, and `showcore watch` attaches to it again.
    """
    from dataclasses import replace

    from showcore_cfn.commands import _deploying as deploying
    from showcore_cfn.commands import _plan_shown as shown
    from showcore_cfn.commands import _preflight
    from showcore_cfn.commands._telling import told

    if on_failure and disable_rollback:
        raise click.UsageError("--on-failure and --disable-rollback exclude each other.")
    if release and plan_file:
        raise click.UsageError("--release and --plan exclude each other.")
    settings = deploying.settings_of(where)
    gateways = deploying.gateways_of(settings, where)
    wanted = deploying.desired_of(settings, where, what)
    if release is not None:
        from showcore_cfn.commands import _releasing

        wanted = _releasing.again(where, wanted, release)
    desired = replace(
        wanted,
        on_failure=on_failure,
        disable_rollback=disable_rollback,
        protected=protected,
    )
    lifted = deploying.lifted_of(settings, allowed)
    beside = _preflight.beside(where, settings, desired) if preflight else None
    if no_execute_changeset:
        plan = shown.make(desired, gateways, full=full, drift=drift, beside=beside)
        return shown.tell(plan, output, show_dynamic=show_dynamic, lifted=lifted)
    run = deploying.Run(desired, gateways, yes, progress, lifted, max_wait_duration, show_dynamic, beside)
    result = run.deploy(full=full, drift=drift, plan_file=plan_file, detach=detach)
    code = told(result, output)
    deploying.write_outputs(outputs_file, result)
    return Exit.ERROR if fail_on_empty_changeset and not result.changed else code
