"""`showcore verify`: what stands in the account, held against the plan."""

from __future__ import annotations

import click

from showcore_cfn.commands import _given, options
from showcore_cfn.commands._given import Where
from showcore_cfn.errors import Exit


@click.command(short_help="Hold what stands in the account against the plan.")
@_given.where
@options.yes
@options.output("text", "json", "junit", "markdown")
@click.option(
    "--list", "listed", is_flag=True, help="List every line of the plan with its checks; ask AWS nothing."
)
@click.option(
    "--only", multiple=True, metavar="ID", help="Only this check or task, such as 14.1-tls or 14.1."
)
@click.option(
    "--section", "sections", multiple=True, metavar="N", help="Only this section: 7, 12, 13, 14 or 15."
)
@click.option("--skip", multiple=True, metavar="ID", help="Leave this check, task or section out.")
@click.option(
    "--all", "everything", is_flag=True, help="Section 14 too: puts up a test instance for ten minutes."
)
@click.option(
    *("--drill", "drills"),
    multiple=True,
    type=click.Choice(["alarm", "restore"]),
    help="Set every alarm off (people get mail), or restore the backups into something new.",
)
@click.option(
    *("--since", "earlier"),
    type=click.Path(exists=True, dir_okay=False),
    metavar="FILE",
    help="Compare with an earlier report in JSON.",
)
@click.option(
    *("--trusted",),
    multiple=True,
    metavar="ARN",
    help="A principal that may change things (15.3); * stands for anything. You and CloudFormation are.",
)
@click.option("--verbose", "-v", is_flag=True, help="Show what was seen by checks that pass, too.")
def command(
    where: Where,
    yes: bool,
    output: str,
    listed: bool,
    only: tuple[str, ...],
    sections: tuple[str, ...],
    skip: tuple[str, ...],
    everything: bool,
    drills: tuple[str, ...],
    earlier: str | None,
    trusted: tuple[str, ...],
    verbose: bool,
) -> Exit:
    """Look at what stands in the account, one check for each line of the plan's sections 7, 12, 13 and 15.

    Section 14 puts up a test instance, and drills do more: they run when they are named, after a question.
    Whatever they make is deleted again, on failure and on Ctrl-C too.

    Against `showcore rehearse --serve`, what that cannot answer is left out, and told with the reason.

    Exit 0: all passed. 4: a check fails. 1: one could not look, or no stack stands yet; what needs none can be
    asked for with --only.
    """
    from showcore_cfn.commands import _verifying as verifying

    choice = verifying.Choice(only, sections, skip, everything, drills)
    if listed:
        return verifying.tell_list(choice, output)
    telling = verifying.Telling(output, earlier, verbose)
    return verifying.verify(where, choice, telling, yes=yes, trusted=trusted)
