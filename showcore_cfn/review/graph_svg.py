"""A graph as one SVG picture: cards with icons, arrows between them, for light and for dark. No other program."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Final

from showcore_cfn.review.graph import Arrow, Box, Graph, Line, Node
from showcore_cfn.review.graph_icons import OTHER, mark
from showcore_cfn.review.graph_layout import (
    CARD_WIDTH,
    GUTTER,
    HEADER,
    PORT,
    ROW,
    Layout,
    Place,
    laid_out,
)
from showcore_cfn.review.graph_text import names

MARGIN: Final = 28
_TITLE: Final = 46
_LEGEND: Final = 40
_ICON: Final = 16
_SMALL: Final = 10.5
_NARROW: Final = frozenset("iljtf.,:;'|!()[]I1-r ")
_BROAD: Final = frozenset("mwMW@%")
_OUTCOMES: Final = {
    "replace": "g-bad",
    "delete": "g-bad",
    "may replace": "g-warn",
    "add": "g-good",
    "change": "g-info",
    "reached": "g-quiet",
}

STYLE: Final = """
.g-page{fill:#ffffff}
.g-card{fill:#ffffff;stroke:#d0d7de}
.g-head{fill:#f6f8fa}
.g-title,.g-name,.g-kind,.g-label,.g-note{font-family:system-ui,-apple-system,'Segoe UI',Helvetica,Arial,sans-serif}
.g-title{font-size:14px;font-weight:600;fill:#1f2328}
.g-big{font-size:18px}
.g-name{font-size:12px;fill:#1f2328}
.g-kind{font-size:10.5px;fill:#6e7781}
.g-label{font-size:10.5px;fill:#424a53;stroke:#ffffff;stroke-width:3px;paint-order:stroke}
.g-icon{fill:none;stroke:#ffffff;stroke-width:1.3;stroke-linecap:round;stroke-linejoin:round}
.g-arrow{fill:none;stroke-width:1.4;stroke-opacity:.75}
.g-order{stroke:#8c959f;stroke-dasharray:4 4}
.g-bad{fill:#cf222e}
.g-warn{fill:#bc4c00}
.g-good{fill:#1a7f37}
.g-info{fill:#0969da}
.g-quiet{fill:#59636e}
@media (prefers-color-scheme: dark){
.g-page{fill:#0d1117}
.g-card{fill:#161b22;stroke:#30363d}
.g-head{fill:#21262d}
.g-title,.g-name{fill:#e6edf3}
.g-kind{fill:#8b949e}
.g-label{fill:#b1bac4;stroke:#0d1117}
.g-order{stroke:#6e7681}
.g-bad{fill:#ff7b72}
.g-warn{fill:#ffa657}
.g-good{fill:#56d364}
.g-info{fill:#79c0ff}
.g-quiet{fill:#9198a1}
}
"""


def svg(graph: Graph, title: str, *, standalone: bool = True) -> str:
    """The picture; `standalone` gives it a page of its own colour and its own style."""
    layout = laid_out(graph)
    width, height = layout.width + 2 * MARGIN, layout.height + 2 * MARGIN + _TITLE + _LEGEND
    size = f'viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" height="{height:.0f}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-label="{escape(title)}">',
        f"<title>{escape(title)}</title>",
        f"<style>{STYLE}</style>" if standalone else "",
        f'<rect class="g-page" width="{width:.0f}" height="{height:.0f}"/>' if standalone else "",
        f'<text class="g-title g-big" x="{MARGIN}" y="{MARGIN + 16}">{escape(title)}</text>',
        f'<g transform="translate({MARGIN},{MARGIN + _TITLE})">',
        *_arrows(graph, layout),
        *(part for box in graph.boxes for part in _card(box, layout.boxes[box.stack])),
        "</g>",
        *_legend(graph, height - MARGIN),
        "</svg>",
    ]
    return "\n".join(part for part in parts if part) + "\n"


def width_of(text: str, size: float) -> float:
    """About how wide a text is, in pixels: sans-serif fonts differ by a few per cent."""
    units = sum(0.36 if c in _NARROW else 0.95 if c in _BROAD else 0.69 if c.isupper() else 0.6 for c in text)
    return units * size


def fitted(text: str, room: float, size: float) -> str:
    """The text, cut so that it fits."""
    if width_of(text, size) <= room:
        return text
    while text and width_of(f"{text}…", size) > room:
        text = text[:-1]
    return f"{text.rstrip(', ')}…"


def _card(box: Box, place: Place) -> Iterator[str]:
    nodes = sorted(box.nodes, key=lambda node: mark(node.type).rank)
    colour = _accent(box)
    count = f"{len(nodes)} resource{'s' if len(nodes) != 1 else ''}"
    yield f'<g transform="translate({place.x:.0f},{place.y:.0f})">'
    yield f'<rect class="g-card" width="{CARD_WIDTH}" height="{place.height:.0f}" rx="8"/>'
    corners = f"V8a7.5 7.5 0 0 1 7.5-7.5h{CARD_WIDTH - 16}a7.5 7.5 0 0 1 7.5 7.5v{HEADER - 8}z"
    yield f'<path class="g-head" d="M.5 {HEADER}{corners}"/>'
    yield f'<rect fill="{colour}" y="{HEADER - 2}" width="{CARD_WIDTH}" height="2"/>'
    yield f'<text class="g-title" x="12" y="22">{escape(fitted(box.stack, CARD_WIDTH - 110, 14))}</text>'
    yield f'<text class="g-kind" x="{CARD_WIDTH - 12}" y="22" text-anchor="end">{count}</text>'
    for index, node in enumerate(nodes):
        yield from _row(node, HEADER + 6 + index * ROW)
    yield "</g>"


def _row(node: Node, y: float) -> Iterator[str]:
    found = mark(node.type)
    outcome = _OUTCOMES.get(node.outcome)
    if outcome:
        band = f'class="{outcome}" y="{y:.0f}" height="{ROW - 1}"'
        yield f'<rect {band} fill-opacity=".13" x="1" width="{CARD_WIDTH - 2}"/><rect {band} x="1" width="3"/>'
    yield f'<g transform="translate(12,{y + 3:.0f})"><title>{escape(node.type)}</title>'
    yield f'<rect fill="{found.colour}" width="{_ICON}" height="{_ICON}" rx="3.5"/>'
    yield f'<path class="g-icon" d="{found.strokes}"/></g>'
    name = fitted(node.name, CARD_WIDTH - 48 - (70 if outcome else 0), 12)
    room = CARD_WIDTH - 56 - width_of(name, 12)
    said = _said(node) if width_of(_said(node), _SMALL) <= room else node.outcome
    yield f'<text class="g-name" x="36" y="{y + 15:.0f}">{escape(name)}</text>'
    tone = f" {outcome}" if outcome else ""
    if said:
        side = f'x="{CARD_WIDTH - 12}" y="{y + 15:.0f}" text-anchor="end"'
        yield f'<text class="g-kind{tone}" {side}>{escape(said)}</text>'


def _said(node: Node) -> str:
    if node.outcome:
        return f"{node.outcome}: {node.note}" if node.note else node.outcome
    return node.type.rpartition("::")[2]


def _accent(box: Box) -> str:
    """The colour of what the stack is about: its most telling resource."""
    first = min(box.nodes, key=lambda node: mark(node.type).rank, default=None)
    return mark(first.type).colour if first is not None else OTHER


def _arrows(graph: Graph, layout: Layout) -> Iterator[str]:
    colours = {box.stack: _accent(box) for box in graph.boxes}
    for target, arrows in _by_target(graph).items():
        place = layout.boxes[target]
        arrows.sort(key=lambda arrow: layout.way(arrow.source, target)[-2].middle)
        step = min(PORT, (place.height - HEADER / 2) / max(len(arrows), 1))
        for index, arrow in enumerate(arrows):
            y = place.y + HEADER / 2 + index * step
            yield from _arrow(arrow, layout, y, colours[arrow.source])


def _by_target(graph: Graph) -> dict[str, list[Arrow]]:
    found: dict[str, list[Arrow]] = {}
    for arrow in graph.arrows:
        found.setdefault(arrow.target, []).append(arrow)
    return found


def _arrow(arrow: Arrow, layout: Layout, y: float, colour: str) -> Iterator[str]:
    places = layout.way(arrow.source, arrow.target)
    x, at = places[0].x + CARD_WIDTH, places[0].middle
    path = f"M{x:.0f} {at:.0f}"
    for lane in places[1:-1]:
        path += _curve(x, at, lane.x, lane.middle) + f"H{lane.x + CARD_WIDTH:.0f}"
        x, at = lane.x + CARD_WIDTH, lane.middle
    end = places[-1].x
    path += _curve(x, at, end - 5, y)
    dashed = " g-order" if arrow.line is Line.ORDER else ""
    stroke = "" if dashed else f' stroke="{colour}"'
    yield f'<path class="g-arrow{dashed}"{stroke} d="{path}"/>'
    yield f'<path fill="{"#8c959f" if dashed else colour}" d="M{end:.0f} {y:.0f}l-7 -3.5v7z"/>'
    if arrow.names:
        label = fitted(", ".join(names(arrow)), GUTTER - 62, _SMALL)
        yield f'<text class="g-label" x="{end - 12:.0f}" y="{y - 3.5:.0f}" text-anchor="end">{escape(label)}</text>'


def _curve(x: float, y: float, to_x: float, to_y: float) -> str:
    if abs(y - to_y) < 1:
        return f"H{to_x:.0f}"
    bend = min(70.0, (to_x - x) / 2)
    return (
        f"C{x + bend:.0f} {y:.0f} {x + bend * 0.4:.0f} {to_y:.0f} {x + bend * 1.4:.0f} {to_y:.0f}H{to_x:.0f}"
    )


def _legend(graph: Graph, y: float) -> Iterator[str]:
    x = float(MARGIN)
    entries: list[tuple[str, str]] = []
    lines = {arrow.line for arrow in graph.arrows}
    if Line.WIRE in lines:
        entries.append(
            (f'<path class="g-arrow" stroke="{OTHER}" d="M0 -4h26"/>', "a value, by the name that takes it")
        )
    if Line.FOLLOWS in lines:
        entries.append(
            (f'<path class="g-arrow" stroke="{OTHER}" d="M0 -4h26"/>', "changes because this is replaced")
        )
    if Line.ORDER in lines:
        entries.append(('<path class="g-arrow g-order" d="M0 -4h26"/>', "made after, nothing passes"))
    outcomes = {node.outcome for box in graph.boxes for node in box.nodes}
    for name, tone in _OUTCOMES.items():
        if name in outcomes:
            entries.append((f'<rect class="{tone}" x="0" y="-9" width="12" height="10" rx="2"/>', name))
    for drawing, text in entries:
        offset = 34 if "path" in drawing else 20
        word = f'<text class="g-kind" x="{offset}" y="0">{text}</text>'
        yield f'<g transform="translate({x:.0f},{y:.0f})">{drawing}{word}</g>'
        x += offset + width_of(text, _SMALL) + 28
