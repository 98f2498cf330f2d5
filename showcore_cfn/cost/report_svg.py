"""Which lines make the bill: a bar chart as SVG, readable on light and dark pages and by a screen reader."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from html import escape

from showcore_cfn.cost.line import Estimate, at_least, cents, money
from showcore_cfn.cost.report import Group, grouped, worth_showing

MOST_BARS = 14  # the rest becomes one bar
_WIDTH, _ROW, _TOP, _LABEL, _AMOUNT = 760, 26, 64, 300, 90
_COLOURS = ("#3b6fb6", "#c2703d", "#4f8f5b", "#8a5aa8", "#b3474f", "#5f7f8c", "#a1862b", "#6a6fb0", "#7d7d7d")
_STYLE = (
    "text{font:13px system-ui,sans-serif;fill:#1b1f24}.total{font-size:16px;font-weight:600}"
    ".dim{fill:#59636e}@media(prefers-color-scheme:dark){text{fill:#e6edf3}.dim{fill:#9198a1}}"
)


def svg(month: Estimate, title: str) -> str:
    """The chart of an estimate, ending with a newline. It refers to nothing outside itself."""
    bars = _bars(worth_showing(grouped(month)))
    colours = _colours(month)
    height = _TOP + _ROW * len(bars) + 12
    widest = max((usd for _, _, usd in bars), default=Decimal(1))
    said = f"{title}: {at_least(month.total, complete=month.complete)} USD a month"
    size = f'viewBox="0 0 {_WIDTH} {height}" width="100%" style="max-width:{_WIDTH}px"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-label="{escape(said)}">',
        f"<title>{escape(said)}</title><style>{_STYLE}</style>",
        f'<text class="total" x="8" y="24">{escape(said)}</text>',
        '<text class="dim" x="8" y="46">before tax; what is always free is taken off</text>',
        *(_drawn(row, bar, widest, colours) for row, bar in enumerate(bars)),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


_Bar = tuple[str, str, Decimal]  # stack, label, USD


def _bars(rows: Sequence[Group]) -> list[_Bar]:
    """Net amounts by stack and price, widest first; what is left over is one bar."""
    found: dict[tuple[str, str], _Bar] = {}
    for row in rows:
        key = (row.stack, row.price)
        _, label, usd = found.get(key, (row.stack, _label(row), Decimal(0)))
        found[key] = (row.stack, label, usd + row.monthly)
    ordered = sorted(found.values(), key=lambda bar: -bar[2])
    head, rest = ordered[:MOST_BARS], sum((usd for _, _, usd in ordered[MOST_BARS:]), Decimal(0))
    return [*head, ("", "everything else", rest)] if cents(rest) else head


def _label(row: Group) -> str:
    return row.what if row.count == 1 else f"{row.count} x {row.what}"


def _colours(month: Estimate) -> dict[str, str]:
    stacks: Iterable[str] = month.by_stack()
    return {stack: _COLOURS[index % len(_COLOURS)] for index, stack in enumerate(stacks)}


def _drawn(row: int, bar: _Bar, widest: Decimal, colours: dict[str, str]) -> str:
    return "".join(_pieces(row, bar, widest, colours))


def _pieces(row: int, bar: _Bar, widest: Decimal, colours: dict[str, str]) -> Iterator[str]:
    stack, label, usd = bar
    y = _TOP + _ROW * row
    room = _WIDTH - _LABEL - _AMOUNT
    length = max(float(usd / widest) * room, 2.0) if widest > 0 else 2.0
    name = f"{stack}: {label}" if stack else label
    yield f'<text x="8" y="{y + 15}">{escape(name)}</text>'
    colour = colours.get(stack, _COLOURS[-1])
    yield f'<rect x="{_LABEL}" y="{y + 3}" width="{length:.1f}" height="{_ROW - 9}" rx="2" fill="{colour}"/>'
    yield f'<text x="{_LABEL + length + 8:.1f}" y="{y + 15}">{money(usd)}</text>'
