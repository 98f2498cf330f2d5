"""`showcore drift`: what was changed behind CloudFormation's back."""

from __future__ import annotations

import click

from showcore_cfn.commands import _given, options
from showcore_cfn.commands._given import Where
from showcore_cfn.errors import Exit


@click.command(short_help="What was changed by hand, and what becomes of it.")
@_given.where
@click.option("--fail", is_flag=True, help="Exit 3 where anything drifted.")
@options.output("text", "json")
def command(where: Where, fail: bool, output: str) -> Exit:
    """Compare what stands in AWS with the deployed templates, over the root and every nested stack.

    For each difference: the template's word, AWS's, and what deploying the templates in templates/ would do
    about it. Only properties that a template sets are compared. It takes a minute or two, and changes nothing.
    """
    import json

    from showcore_cfn import console
    from showcore_cfn.commands import _drifting
    from showcore_cfn.deploy.drift import text as drift_text

    found, future = _drifting.look(where)
    if output == "json":
        console.result(json.dumps(drift_text.as_json(found, future), indent=2))
    else:
        console.result(drift_text.text(found, future))
    return Exit.CHANGES if fail and found.drifted else Exit.DONE
