"""`showcore plan`: make the nested change set and show it; nothing is executed."""

from __future__ import annotations

import click

from showcore_cfn.commands import _given, options
from showcore_cfn.commands._given import Allowed, What, Where
from showcore_cfn.errors import Exit


@click.command(short_help="Make the nested change set and show it.")
@_given.where
@options.output("text", "json")
@_given.what
@_given.full
@_given.drift
@_given.preflight
@_given.show_dynamic
@_given.allowed
@_given.file_to_write("--out", "Save it for deploy --plan.")
@click.option("--discard", is_flag=True, help="Delete the plans that wait, instead of making one.")
@click.option("--detailed-exitcode", is_flag=True, help="Exit 3 where there are changes.")
def command(
    where: Where,
    output: str,
    what: What,
    full: bool,
    drift: bool,
    preflight: bool,
    show_dynamic: bool,
    allowed: Allowed,
    out: str | None,
    discard: bool,
    detailed_exitcode: bool,
) -> Exit:
    """Make a change set for the whole nest and show what it would do. Nothing is changed.

    First what CloudFormation would refuse, the data at risk and who gains access; then what changes for
    certain, what may change, and how many resources are only evaluated anew.
    """
    from showcore_cfn.commands import _deploying as deploying
    from showcore_cfn.commands import _plan_shown as shown
    from showcore_cfn.commands import _preflight

    settings = deploying.settings_of(where)
    gateways = deploying.gateways_of(settings, where)
    if discard:
        return shown.discard(settings, gateways)
    desired = deploying.desired_of(settings, where, what)
    beside = _preflight.beside(where, settings, desired) if preflight else None
    plan = shown.make(desired, gateways, full=full, drift=drift, beside=beside)
    return shown.tell(
        plan,
        output,
        show_dynamic=show_dynamic,
        out=out,
        lifted=deploying.lifted_of(settings, allowed),
        detailed_exitcode=detailed_exitcode,
    )
