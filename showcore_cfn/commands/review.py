"""`showcore review`: a change of templates, as the comment that a pull request needs."""

from __future__ import annotations

import click

from showcore_cfn.commands import options
from showcore_cfn.errors import Exit

GATES = ("replacement", "data", "widening", "cost")


@click.command(short_help="What a change does, risks, opens and costs.")
@click.option(
    "--base", required=True, metavar="REV", help="Where the branch left from: a revision, a folder."
)
@click.option("--head", metavar="REV", help="What is reviewed; the templates on disk unless given.")
@click.option(
    "--templates",
    "folder",
    default="templates",
    show_default=True,
    metavar="DIR",
    help="Where templates stand.",
)
@click.option("--fail-on", multiple=True, type=click.Choice(GATES), help="Exit 4 for this; may be repeated.")
@click.option("--detailed-exitcode", is_flag=True, help="Exit 3 where the account would change.")
@click.option("--out", metavar="FILE", help="Write the review there instead of printing it.")
@options.environment
@options.aws
@options.output("text", "markdown", "summary", "github", "json", "html")
def command(
    base: str,
    head: str | None,
    folder: str,
    fail_on: tuple[str, ...],
    detailed_exitcode: bool,
    out: str | None,
    settings_file: str,
    env: str | None,
    profile: str | None,
    region: str | None,
    endpoint_url: str | None,
    output: str,
) -> Exit:
    """Review a change: verdict, data at risk, security, cost, and every change by stack.

    The base is the commit where this branch left REV, as in a pull request. Needs no account and creates nothing.
    Forms: text; markdown, a comment of at most 60,000 characters that starts with a hidden marker; summary, the
    same in full; github, annotations on the changed lines; json (docs/schemas/review.schema.json); html, one file.
    """
    from pathlib import Path

    from showcore_cfn import console
    from showcore_cfn.commands import _reviewing
    from showcore_cfn.cost.line import named
    from showcore_cfn.files import write_whole
    from showcore_cfn.review.report import Form, render
    from showcore_cfn.review.review import Gate, review

    terms = _reviewing.terms(settings_file, env, profile, region, endpoint_url)
    sources = _reviewing.pair(base, head, folder, terms, from_fork=True)
    found = review(*sources, terms.parameters, price=terms.price, budget_usd=terms.budget_usd)
    text = render(Form(output), found, _reviewing.paint if out is None else None)
    if out is None:
        console.result(text)
    else:
        write_whole(Path(out), text)
    gates = found.stopped_by(tuple(Gate(name) for name in fail_on))
    if gates:
        console.notice(f"Stopped by --fail-on {', '.join(gates)}.")
        if Gate.COST in gates and found.cost is not None and not found.cost.known:
            console.notice(f"What the change costs is not known: {named(found.cost.unpriced)}.")
        return Exit.STOPPED
    return Exit.CHANGES if detailed_exitcode and not found.changes_nothing else Exit.DONE
