"""The report as one HTML file with its chart: no network, light and dark, for a phone and for print."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

from showcore_cfn.cost.report import Report
from showcore_cfn.cost.report_page import Block, Heading, Table, page
from showcore_cfn.cost.report_svg import svg

_STYLE = """
:root{color-scheme:light dark;--line:#d0d7de;--soft:#f6f8fa}
@media(prefers-color-scheme:dark){:root{--line:#3d444d;--soft:#151b23}}
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:0 auto;padding:1rem}
div{overflow-x:auto}table{border-collapse:collapse;font-size:.9rem;margin:.5rem 0}
th,td{border-bottom:1px solid var(--line);padding:.25rem .6rem;text-align:left;vertical-align:top}
.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
code{background:var(--soft);padding:.1em .3em;overflow-wrap:anywhere}
@media print{body{max-width:none;font-size:11pt}}
"""


def html(report: Report) -> str:
    """The whole document, ending with a newline."""
    blocks = [_block(block) for block in page(report)]
    chart = svg(report.estimate, report.title)
    body = "\n".join([*blocks[:2], chart, *blocks[2:]])
    title = escape(f"What it costs: {report.title}")
    return (
        '<!doctype html>\n<html lang="en">\n<head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title}</title><style>{_STYLE}</style></head>\n<body>\n{body}\n</body>\n</html>\n"
    )


def _block(block: Block) -> str:
    if isinstance(block, Heading):
        return f"<h{block.level}>{_inline(block.text)}</h{block.level}>"
    if isinstance(block, Table):
        return _table(block)
    return f"<p>{_inline(block.removeprefix('- '))}</p>"


def _table(block: Table) -> str:
    head = _cells(block, block.head, "th")
    rows = "\n".join(f"<tr>{_cells(block, row, 'td')}</tr>" for row in block.rows)
    return f"<div><table><thead><tr>{head}</tr></thead><tbody>\n{rows}\n</tbody></table></div>"


def _cells(block: Table, cells: Sequence[str], tag: str) -> str:
    marked = (' class="n"' if column >= block.right else "" for column in range(len(cells)))
    return "".join(f"<{tag}{mark}>{_inline(cell)}</{tag}>" for mark, cell in zip(marked, cells, strict=True))


def _inline(text: str) -> str:
    """Markdown's code, bold and links; everything else is text."""
    safe = escape(text)
    safe = re.sub(r"`([^`]+)`", r"<code>\1</code>", safe)
    safe = re.sub(r"\*\*([^*]+)\*\*", r"<strong>\1</strong>", safe)
    return re.sub(r"\[([^\]]+)\]\((https://[^)\s]+)\)", r'<a href="\2">\1</a>', safe)
