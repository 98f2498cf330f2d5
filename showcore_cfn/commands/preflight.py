"""`showcore preflight`: what in the account would stop a deployment."""

from __future__ import annotations

import click

from showcore_cfn.commands import _given, options
from showcore_cfn.commands._given import Where
from showcore_cfn.errors import Exit


@click.command(short_help="What in the account would stop a deployment.")
@_given.where
@options.output("text", "json")
def command(where: Where, output: str) -> Exit:
    """Look before the leap: names taken, singletons, versions on offer, quotas, credentials, the stack's state.

    Everything is only looked at, at once, in a few seconds. Each answer says what it means and what to do.
    `unseen` is not `ok`: these credentials may not look there. Exit 4 when something would stop a deployment.
    """
    import json

    from showcore_cfn import console
    from showcore_cfn.commands import _preflight
    from showcore_cfn.deploy.preflight import report

    answers = _preflight.look(where)
    if output == "json":
        console.result(json.dumps(report.as_json(answers), indent=2))
    else:
        console.result(report.text(answers))
    return Exit.STOPPED if report.stopped(answers) else Exit.DONE
