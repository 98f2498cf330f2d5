"""`showcore destroy`: delete the whole nest, after its name was typed."""

from __future__ import annotations

import click

from showcore_cfn.commands import _given, options
from showcore_cfn.commands._given import Where
from showcore_cfn.errors import Exit


@click.command(short_help="Delete the whole nest.")
@_given.where
@options.yes
@click.option(
    *("--no-termination-protection", "unprotect"),
    is_flag=True,
    help="Lift termination protection and the database's own, and go on.",
)
@click.option("--dry-run", is_flag=True, help="Only show what goes, what is left, and what that costs.")
@click.option(
    "--empty-buckets",
    is_flag=True,
    help="Empty the nest's buckets: versions, delete markers, uploads in progress.",
)
@click.option(
    "--delete-buckets", is_flag=True, help="With --empty-buckets: delete also those that are retained."
)
@click.option(
    "--delete-recovery-points", is_flag=True, help="Delete the nest's recovery points, then their vault."
)
@_given.progress
@options.output("text", "json")
def command(
    where: Where,
    yes: bool,
    unprotect: bool,
    dry_run: bool,
    empty_buckets: bool,
    delete_buckets: bool,
    delete_recovery_points: bool,
    progress: str,
    output: str,
) -> Exit:
    """Delete the stack and all that is nested in it, after its name was typed. What a policy retains stays.

    What is to be emptied is shown before, with how much it holds, and only what belongs to the stack's own
    resources is touched. Where the stack is gone already, within 90 days, what it left is emptied still. It
    ends with what is left, what that costs a month, and what removes it.
    """
    from showcore_cfn.commands import _emptying, _leaving, _looking
    from showcore_cfn.deploy.removal.emptying import Told

    if delete_buckets and not empty_buckets:
        raise click.UsageError("--delete-buckets goes with --empty-buckets.")
    told = Told(empty_buckets, delete_buckets, delete_recovery_points)
    here = _looking.look(where)
    account = _leaving.account(here, where)
    if here.stack is None:
        swept = None
        if told.anything and not dry_run:
            swept = _emptying.sweep(account, told, yes=yes, progress=progress, output=output)
        return _looking.tell_status(here, output) if swept is None else swept
    if dry_run:
        return _emptying.show(account.seen(here.stack), output)
    return _emptying.destroy(account, told, yes=yes, unprotect=unprotect, progress=progress, output=output)
