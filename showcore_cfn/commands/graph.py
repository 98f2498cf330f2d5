"""`showcore graph`: the stacks and resources as a picture."""

from __future__ import annotations

import click

from showcore_cfn.commands import options
from showcore_cfn.errors import Exit, UsageError


@click.command(short_help="Stacks and resources as Mermaid, DOT or SVG.")
@click.argument("source", required=False, metavar="[SOURCE]")
@click.option(
    "--changes", metavar="BASE", help="Only what a change since BASE touches and reaches, coloured."
)
@click.option(
    "--templates",
    "folder",
    default="templates",
    show_default=True,
    metavar="DIR",
    help="Where templates stand.",
)
@click.option(
    "--title", default="ShowCore Phase 1", show_default=True, metavar="TEXT", help="Title of the SVG."
)
@click.option("--out", metavar="FILE", help="Write the picture there instead of printing it.")
@options.environment_if_named
@options.output("mermaid", "dot", "svg")
def command(
    source: str | None,
    changes: str | None,
    folder: str,
    title: str,
    out: str | None,
    settings_file: str,
    env: str | None,
    output: str,
) -> Exit:
    """Draw the nest of SOURCE (a revision, a folder, a file; templates/ unless given).

    The templates' defaults decide what stands, whatever the settings say; with --env the environment does.

    Mermaid renders in a pull request, DOT wants Graphviz, SVG is drawn here and adapts to light and dark.
    """
    from pathlib import Path

    from showcore_cfn import console
    from showcore_cfn.commands import _reviewing
    from showcore_cfn.files import write_whole
    from showcore_cfn.review import graph, graph_svg, graph_text

    in_account = _reviewing.is_in_account(source) or _reviewing.is_in_account(changes)
    terms = _reviewing.terms(settings_file, env, only_named=not in_account)
    if changes is None:
        from showcore_cfn.review.resolve import resolve

        found = _reviewing.one(source or folder, folder, terms)
        nest = resolve(found.templates, terms.parameters)
        for problem in nest.problems:
            place = f"{problem.name}:{problem.line}" if problem.line else problem.name
            console.notice(f"not understood: {place}: {problem.sentence}")
        if not nest.resources:
            raise UsageError(f"{source or folder} holds no template that can be drawn.")
        drawn = graph.of_nest(nest)
    else:
        from showcore_cfn.review.review import review

        pair = _reviewing.pair(changes, source, folder, terms, from_fork=True)
        drawn = graph.of_review(review(*pair, terms.parameters, with_cost=False))
        if not drawn.boxes:
            console.notice("Nothing differs, so the picture is empty.")
    if output == "svg":
        text = graph_svg.svg(drawn, title)
    else:
        text = graph_text.mermaid(drawn) if output == "mermaid" else graph_text.dot(drawn)
    if out is None:
        console.result(text)
    else:
        write_whole(Path(out), text)
    return Exit.DONE
