"""`showcore policy`: who needs which IAM actions, on what, and why."""

from __future__ import annotations

import click

from showcore_cfn.commands import options
from showcore_cfn.errors import Exit

_PRINCIPALS = ("service-role", "deployer", "reader", "verify", "bootstrap")


@click.command(short_help="The IAM policies for exactly these templates.")
@options.environment
@click.option(
    *("--for", "principal"),
    type=click.Choice(_PRINCIPALS),
    default="deployer",
    show_default=True,
    help="Whom the policies are for.",
)
@click.option(
    "--out",
    type=click.Path(file_okay=False),
    metavar="DIR",
    help="Write each policy into a file of its own, as `aws iam create-policy` takes it.",
)
@options.output("json", "text")
def command(settings_file: str, env: str | None, principal: str, out: str | None, output: str) -> Exit:
    """Derive IAM policies from the templates, for the account and the prefix of the settings.

    service-role: CloudFormation's; `showcore bootstrap` makes it so. deployer: who plans, deploys and destroys.
    reader: who looks. verify: who runs `showcore verify`. bootstrap: who runs `showcore bootstrap`; that one may
    make roles and policies, so it is an administrator's.

    JSON has the policies by name, each within IAM's 6,144 characters; text says why each statement reaches as
    far as it does, and which actions of AWS's schemas are left out. Asks AWS nothing.
    """
    from pathlib import Path

    from showcore_cfn import console
    from showcore_cfn.permissions import report
    from showcore_cfn.permissions.principals import Principal
    from showcore_cfn.settings import load

    settings = load(Path(settings_file), env)
    whose = Principal(principal)
    if out is not None:
        for path in report.write(Path(out), whose, settings.account_id, settings.prefix):
            console.notice(f"{path}: written")
        return Exit.DONE
    if output == "json":
        console.result(report.as_text(whose, settings.account_id, settings.prefix))
    else:
        console.result(report.explained(whose))
    return Exit.DONE
