"""A review as one HTML page: no script, no network, for light and dark, for a phone and for paper."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from html import escape
from typing import Final

from showcore_cfn.review import wording
from showcore_cfn.review.graph import of_review
from showcore_cfn.review.graph_svg import STYLE as DIAGRAM_STYLE
from showcore_cfn.review.graph_svg import svg
from showcore_cfn.review.impact import Affected, Impact
from showcore_cfn.review.review import Review
from showcore_cfn.review.security import Direction

_MOST_IN_DIAGRAM: Final = 150
_MOST_BARS: Final = 12
_BAR: Final = 24  # pixels from one bar to the next
_STYLE: Final = """
:root{color-scheme:light dark;--page:#fff;--text:#1f2328;--quiet:#59636e;--line:#d1d9e0;--card:#f6f8fa;--bad:#b42318;
--warn:#9a6700;--good:#1a7f37;--blue:#0969da;--badbg:#ffebe9;--warnbg:#fff8c5}
@media (prefers-color-scheme:dark){:root{--page:#0d1117;--text:#e6edf3;--quiet:#9198a1;--line:#30363d;--card:#161b22;
--bad:#ff8078;--warn:#d29922;--good:#3fb950;--blue:#58a6ff;--badbg:#2d1417;--warnbg:#272111}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--text);
font:15px/1.5 system-ui,-apple-system,'Segoe UI',Helvetica,Arial,sans-serif}
main{max-width:1180px;margin:0 auto;padding:28px 20px 60px}
h1{font-size:22px;line-height:1.3;margin:0 0 4px}
h2{font-size:16px;margin:30px 0 8px}
p{margin:6px 0}
.quiet{color:var(--quiet)}
.box{border:1px solid var(--line);border-left:4px solid var(--line);border-radius:6px;
padding:10px 14px;margin:14px 0;background:var(--card)}
.box.bad{border-left-color:var(--bad);background:var(--badbg)}
.box.warn{border-left-color:var(--warn);background:var(--warnbg)}
.box h2{margin:0 0 4px}
ul{margin:4px 0;padding-left:20px}
li{margin:3px 0}
code{font:13px/1.45 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;overflow-wrap:anywhere}
details{border:1px solid var(--line);border-radius:6px;margin:10px 0;background:var(--page)}
summary{cursor:pointer;padding:8px 14px;background:var(--card);border-radius:6px}
details>div{padding:4px 14px 10px}
.tag{display:inline-block;min-width:5.5em;text-align:center;border-radius:4px;padding:0 6px;
font-size:12px;line-height:20px;border:1px solid currentColor}
.replace,.delete,.wider{color:var(--bad)}
.may{color:var(--warn)}
.add,.tighter{color:var(--good)}
.change{color:var(--blue)}
.reached{color:var(--quiet)}
.picture{overflow-x:auto;border:1px solid var(--line);border-radius:6px;background:var(--page)}
.picture svg{max-width:100%;height:auto;min-width:640px;display:block}
.wide svg{max-width:100%;height:auto}
.bar-text{font:12px system-ui,sans-serif;fill:var(--text)}
.resource{padding:6px 0;border-top:1px solid var(--line)}
.resource:first-child{border-top:0}
@media (max-width:600px){main{padding:16px 12px}body{font-size:14px}}
@media print{main{max-width:none;padding:0}details>div{display:block}.picture{border:0;overflow:visible}
.picture svg{max-width:100%;height:auto}summary,.box,.resource{break-inside:avoid}body{background:#fff}}
"""


def html(review: Review) -> str:
    """The page."""
    title = f"{review.base.label} to {review.head.label}"
    body = "\n".join(part for part in _parts(review) if part)
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{_STYLE}{DIAGRAM_STYLE}</style>\n</head>\n"
        f"<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )


def _parts(review: Review) -> Iterator[str]:
    yield f"<h1>{escape(wording.verdict(review))}</h1>"
    labels = f"<code>{escape(review.base.label)}</code> &rarr; <code>{escape(review.head.label)}</code>"
    yield f'<p class="quiet">{labels}. Read offline from the templates; nothing was created.</p>'
    yield _box("bad", "CloudFormation refuses this", review.refusals)
    yield _box("bad", "Data at risk", (wording.risk(affected) for affected in review.at_risk))
    intents = (f"{i.sentence} {i.why}".strip() for i in review.intents)
    yield _box("warn", "Against the templates' own word", intents)
    yield _box("", "CloudFormation may refuse this", review.doubts)
    yield from _security(review)
    yield from _cost(review)
    yield from _diagram(review)
    for stack, items in wording.in_stacks(review).items():
        yield _stack(stack, items)
    felt = (wording.around_text(around) for around in review.difference.around if around.felt)
    yield _box("", "Parameters and outputs", felt)
    problems = (f"{p.name}{f':{p.line}' if p.line else ''}: {p.sentence}" for p in review.problems)
    yield _box("", "Not understood", problems)
    yield _box("", "Notes", wording.silent(review))


def _box(tone: str, title: str, lines: Iterable[str]) -> str:
    items = "".join(f"<li>{escape(line)}</li>" for line in lines)
    return f'<section class="box {tone}"><h2>{escape(title)}</h2><ul>{items}</ul></section>' if items else ""


def _security(review: Review) -> Iterator[str]:
    if not review.security:
        return
    rows = []
    for change in review.security:
        word = "wider" if change.direction is Direction.WIDENS else "tighter"
        strong = "<strong>", "</strong>"
        opening, closing = strong if change.grave else ("", "")
        rows.append(
            f'<li><span class="tag {word}">{word}</span> '
            f'<span class="quiet">{change.area}</span> {opening}{escape(change.sentence)}{closing}</li>'
        )
    yield f"<h2>Security</h2><ul>{''.join(rows)}</ul>"


def _cost(review: Review) -> Iterator[str]:
    sentence = wording.cost_sentence(review)
    if review.cost is None or not sentence:
        return
    yield f"<h2>Cost</h2><p>{escape(sentence)}</p>"
    rows = [(change.path, change.difference) for change in review.cost.changes]
    if rows:
        yield f'<div class="wide">{_bars(rows[:_MOST_BARS])}</div>'
    if len(rows) > _MOST_BARS:
        rest = sum((amount for _, amount in rows[_MOST_BARS:]), Decimal(0))
        yield f'<p class="quiet">and {len(rows) - _MOST_BARS} more, {rest:+,.2f} USD together</p>'
    unpriced = "".join(f"<li>{escape(f'{u.path}: {u.reason}')}</li>" for u in review.cost.unpriced)
    yield f'<p class="quiet">Without a price:</p><ul class="quiet">{unpriced}</ul>' if unpriced else ""


def _bars(rows: list[tuple[str, Decimal]]) -> str:
    """Bars from a middle line: to the right what costs more, to the left what costs less."""
    most = max(abs(float(amount)) for _, amount in rows)
    middle, reach, height = 640, 190, len(rows) * _BAR + 8
    parts = [
        f'<svg viewBox="0 0 900 {height}" width="900" height="{height}" role="img" aria-label="Cost by resource">'
    ]
    for index, (path, amount) in enumerate(rows):
        length = max(2.0, abs(float(amount)) / most * reach)
        y, more = index * _BAR + 4, amount > 0
        x = middle if more else middle - length
        colour = "var(--bad)" if more else "var(--good)"
        at, anchor = (middle + length + 6, "start") if more else (middle - length - 6, "end")
        parts.append(f'<text class="bar-text" x="0" y="{y + 13}">{escape(path)}</text>')
        parts.append(
            f'<rect x="{x:.0f}" y="{y}" width="{length:.0f}" height="16" rx="3" style="fill:{colour}"/>'
        )
        parts.append(
            f'<text class="bar-text" x="{at:.0f}" y="{y + 13}" text-anchor="{anchor}">{amount:+,.2f}</text>'
        )
    parts.append(f'<path d="M{middle} 0V{height}" style="stroke:var(--line)"/></svg>')
    return "".join(parts)


def _diagram(review: Review) -> Iterator[str]:
    graph = of_review(review)
    if 0 < sum(len(box.nodes) for box in graph.boxes) <= _MOST_IN_DIAGRAM:
        picture = svg(graph, "What the change touches", standalone=False)
        yield f'<h2>Diagram</h2><div class="picture">{picture}</div>'


def _stack(stack: str, items: list[Affected]) -> str:
    counted = wording.counted(wording.counts(items))
    rows = "".join(_resource(affected) for affected in items)
    summary = f"<summary><strong>{escape(stack)}</strong>: {counted}</summary>"
    return f"<details open='open'>{summary}<div>{rows}</div></details>"


def _resource(affected: Affected) -> str:
    outcome = wording.outcome(affected)
    kind = affected.change.resource.type.removeprefix("AWS::")
    lines = [_difference(affected, index) for index in range(len(affected.judged))]
    if affected.causes:
        lines.append(f'<li class="quiet">{escape(wording.because(affected))}</li>')
    inside = f"<ul>{''.join(lines)}</ul>" if lines else ""
    return (
        f'<div class="resource"><span class="tag {outcome.split()[0]}">{outcome}</span> '
        f'<strong>{escape(affected.path)}</strong> <span class="quiet">{escape(kind)}</span> '
        f"{escape(wording.effect(affected))}{inside}</div>"
    )


def _difference(affected: Affected, index: int) -> str:
    judged = affected.judged[index]
    note = wording.note(judged)
    tone = "replace" if judged.impact >= Impact.POSSIBLE else "quiet"
    told = f' <span class="{tone}">{escape(note)}</span>' if note else ""
    text = wording.edit_text(judged.edit, 400).replace(" -> ", " → ", 1)
    return f"<li><code>{escape(judged.edit.where)}</code>: <code>{escape(text)}</code>{told}</li>"
