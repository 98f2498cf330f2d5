"""`showcore diff`: what differs between two template sets, and what each difference does."""

from __future__ import annotations

import click

from showcore_cfn.commands import options
from showcore_cfn.errors import Exit


@click.command(short_help="What two template sets differ in, and what that replaces.")
@click.argument("base", default="HEAD", metavar="[BASE]")
@click.argument("head", required=False, metavar="[HEAD]")
@click.option(
    "--templates",
    "folder",
    default="templates",
    show_default=True,
    metavar="DIR",
    help="Where templates stand.",
)
@click.option("--detailed-exitcode", is_flag=True, help="Exit 3 where the account would change.")
@options.environment
@options.aws
@options.output("text", "json")
def command(
    base: str,
    head: str | None,
    folder: str,
    detailed_exitcode: bool,
    settings_file: str,
    env: str | None,
    profile: str | None,
    region: str | None,
    endpoint_url: str | None,
    output: str,
) -> Exit:
    """Compare two template sets by what they mean: resolved, order and formatting left aside.

    BASE and HEAD are git revisions (main, HEAD~1, main:infra), folders, files, `deployed`, or `release:ID`, what an
    earlier deployment deployed. BASE is the last commit unless given, HEAD the templates on disk. Nothing is
    created; `deployed` and `release:ID` alone ask AWS, read-only.
    """
    from showcore_cfn import console
    from showcore_cfn.commands import _reviewing
    from showcore_cfn.review.review import review

    terms = _reviewing.terms(settings_file, env, profile, region, endpoint_url)
    found = review(*_reviewing.pair(base, head, folder, terms), terms.parameters, with_cost=False)
    if output == "json":
        from showcore_cfn.review.report_json import as_json

        console.result(as_json(found))
    else:
        from showcore_cfn.review.report_text import changes

        console.result(changes(found, _reviewing.paint))
    return Exit.CHANGES if detailed_exitcode and not found.changes_nothing else Exit.DONE
