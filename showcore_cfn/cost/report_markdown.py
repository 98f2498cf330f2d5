"""The report as Markdown: the page `docs/costs.md`, and the small tables that other pages take from it."""

from __future__ import annotations

from collections.abc import Sequence

from showcore_cfn.cost.compare import EndpointRow
from showcore_cfn.cost.delta import Delta, sentence
from showcore_cfn.cost.line import cents, money
from showcore_cfn.cost.report import Report
from showcore_cfn.cost.report_page import Block, Heading, Table, endpoint_rows, page, summary

_MOST_CHANGES = 15


def markdown(report: Report) -> str:
    """The whole page, ending with a newline."""
    return "\n\n".join(draw(block) for block in page(report)) + "\n"


def draw(block: Block) -> str:
    """One heading, sentence or table."""
    if isinstance(block, str):
        return block
    if isinstance(block, Heading):
        return f"{'#' * block.level} {block.text}"
    marks = ["---" if column < block.right else "---:" for column in range(len(block.head))]
    lines = [block.head, marks, *block.rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def endpoint_table(rows: Sequence[EndpointRow]) -> str:
    """The ways to stand the interface endpoints, with a month's total without usage; for the README too."""
    return draw(endpoint_rows(rows))


def summary_table(report: Report) -> str:
    """What each tier costs a month, for the README: fixed, used, together."""
    return draw(summary(report))


def delta_markdown(found: Delta) -> str:
    """A difference as a sentence and a table, widest change first."""
    rows = [
        (
            f"`{change.path}`",
            "" if change.before is None else money(change.before),
            "" if change.after is None else money(change.after),
            f"{cents(change.difference):+,}",
        )
        for change in found.changes
        if cents(change.difference)
    ]
    parts = [sentence(found)]
    if rows:
        parts.append(draw(Table(("resource", "before", "after", "difference"), rows[:_MOST_CHANGES], 1)))
    if len(rows) > _MOST_CHANGES:
        parts.append(f"{len(rows) - _MOST_CHANGES} smaller changes are left out.")
    if found.unpriced:
        names = ", ".join(f"`{item.path}` ({item.reason})" for item in found.unpriced)
        parts.append(f"Not priced, so in no amount here: {names}.")
    return "\n\n".join(parts)
