"""A graph as Mermaid, for a pull request or a README, and as DOT, for Graphviz."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from showcore_cfn.review.graph import Arrow, Box, Graph, Line, Node
from showcore_cfn.review.graph_icons import mark

_MOST_NODES = 60  # of a change in Mermaid: more cannot be read, and GitHub draws up to 500 edges
_MOST_NAMES = 3
_FILLS = {
    "replace": ("#f8d0d0", "#b42318"),
    "delete": ("#f8d0d0", "#b42318"),
    "may replace": ("#fde4c8", "#b54708"),
    "add": ("#d3f3da", "#1a7f37"),
    "change": ("#d6e6fb", "#0969da"),
    "reached": ("#eceff3", "#57606a"),
}


def mermaid(graph: Graph) -> str:
    """A flowchart: a box a stack with what stands in it, or, of a change, a node each resource touched."""
    lines = ["flowchart LR"]
    if graph.of_changes:
        lines.extend(_changes(graph))
    else:
        ids = {box.stack: f"s{index}" for index, box in enumerate(graph.boxes)}
        lines.extend(
            f'  {ids[box.stack]}["<b>{_text(box.stack)}</b><br/>{_kinds(box)}"]' for box in graph.boxes
        )
        lines.extend(_mermaid_arrow(arrow, ids) for arrow in graph.arrows)
    return "\n".join(lines) + "\n"


def dot(graph: Graph) -> str:
    """A digraph: a table a stack, a row a resource."""
    lines = [
        "digraph templates {",
        "  rankdir=LR; nodesep=0.4; ranksep=1.4; bgcolor=transparent;",
        '  node [shape=plain fontname="Helvetica" fontsize=11];',
        '  edge [fontname="Helvetica" fontsize=9 color="#57606a" fontcolor="#57606a" arrowsize=0.7];',
    ]
    lines.extend(f"  {_quoted(box.stack)} [label=<{_table(box)}>];" for box in graph.boxes)
    lines.extend(f"  {_quoted(a.source)} -> {_quoted(a.target)} [{_dot_line(a)}];" for a in graph.arrows)
    return "\n".join([*lines, "}"]) + "\n"


def names(arrow: Arrow, most: int = _MOST_NAMES) -> list[str]:
    """The first few names of an arrow, and how many more."""
    left = len(arrow.names) - most
    return [*arrow.names[:most], *([f"+{left}"] if left > 0 else [])]


def _kinds(box: Box) -> str:
    """`VPC<br/>4 Subnet<br/>...`: the types in a stack, the most telling first."""
    counted = Counter(node.type for node in box.nodes)
    ordered = sorted(counted, key=lambda kind: mark(kind).rank)
    shown = [f"{f'{counted[k]}× ' if counted[k] > 1 else ''}{k.rpartition('::')[2]}" for k in ordered]
    left = len(shown) - 8
    return "<br/>".join([*map(_text, shown[:8]), *([f"and {left} more"] if left > 0 else [])])


def _mermaid_arrow(arrow: Arrow, ids: dict[str, str]) -> str:
    source, target = ids[arrow.source], ids[arrow.target]
    if arrow.line is Line.ORDER:
        return f"  {source} -.-> {target}"
    label = "<br/>".join(map(_text, names(arrow)))
    return f'  {source} -->|"{label}"| {target}'


def _changes(graph: Graph) -> Iterator[str]:
    drawn, ids = 0, dict[str, str]()
    for box in graph.boxes:
        yield f'  subgraph {_id("g", box.stack)}["{_text(box.stack)}"]'
        for node in sorted(box.nodes, key=lambda node: list(_FILLS).index(node.outcome)):
            drawn += 1
            if drawn <= _MOST_NODES:
                ids[node.path] = f"n{drawn}"
                yield f'    n{drawn}["{_node_text(node)}"]:::{node.outcome.replace(" ", "")}'
        left = sum(node.path not in ids for node in box.nodes)
        if left:
            yield f'    {_id("m", box.stack)}["{left} more"]:::reached'
        yield "  end"
        yield f"  style {_id('g', box.stack)} fill:none,stroke:#8c959f"
    for link in graph.links:
        if link.source in ids and link.target in ids:
            yield f'  {ids[link.source]} -->|"{_text(", ".join(names(link, 2)))}"| {ids[link.target]}'
    for outcome, (fill, stroke) in _FILLS.items():
        if any(node.outcome == outcome for box in graph.boxes for node in box.nodes) or outcome == "reached":
            yield f"  classDef {outcome.replace(' ', '')} fill:{fill},stroke:{stroke},color:#1f2328"


def _node_text(node: Node) -> str:
    note = f": {_text(node.note)}" if node.note else ""
    return f"<b>{_text(node.name)}</b><br/>{_text(node.type.removeprefix('AWS::'))}<br/><i>{node.outcome}{note}</i>"


def _id(prefix: str, name: str) -> str:
    return prefix + "".join(c if c.isascii() and c.isalnum() else f"_{ord(c):x}_" for c in name)


def _text(text: str) -> str:
    for mark_, entity in (
        ("&", "&amp;"),
        ('"', "&quot;"),
        ("<", "&lt;"),
        (">", "&gt;"),
        ("`", "&#96;"),
        ("|", "&#124;"),
    ):
        text = text.replace(mark_, entity)
    return " ".join(text.split())


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _table(box: Box) -> str:
    rows = "".join(_row(node) for node in sorted(box.nodes, key=lambda node: mark(node.type).rank))
    return (
        '<table border="1" cellborder="0" cellspacing="0" cellpadding="3" color="#8c959f" bgcolor="white">'
        f'<tr><td colspan="2" bgcolor="#eef1f4" align="left"><b>{_text(box.stack)}</b></td></tr>{rows}</table>'
    )


def _row(node: Node) -> str:
    colour = mark(node.type).colour
    fill, stroke = _FILLS.get(node.outcome, ("white", "#57606a"))
    said = f" <i>{node.outcome}</i>" if node.outcome else ""
    kind = _text(node.type.removeprefix("AWS::"))
    return (
        f'<tr><td bgcolor="{fill}" align="left"><font color="{colour}">&#9632;</font> {_text(node.name)}{said}</td>'
        f'<td bgcolor="{fill}" align="right"><font color="{stroke}" point-size="9">{kind}</font></td></tr>'
    )


def _dot_line(arrow: Arrow) -> str:
    if arrow.line is Line.ORDER:
        return "style=dashed"
    label = "\\n".join(name.replace("\\", "").replace('"', "") for name in names(arrow))
    return f'label="{label}"'
