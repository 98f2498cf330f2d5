"""A review as the comment of a pull request: folded by stack, within the size that GitHub takes.

GitHub takes 65,536 characters in a comment and one MiB in a step summary
(https://docs.github.com/actions/writing-workflows/choosing-what-your-workflow-does/workflow-commands-for-github-actions);
both limits here leave room. What does not fit is left out from the least important end, and said to be.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from showcore_cfn.review import wording
from showcore_cfn.review.impact import Affected, Impact
from showcore_cfn.review.review import Review
from showcore_cfn.review.security import Direction

MARKER = "<!-- showcore-review -->"
COMMENT_CHARACTERS = 60_000
SUMMARY_BYTES = 1_000_000
_MOST_ROWS = 40
_ICONS = {
    "add": "🟢",
    "delete": "🔴",
    "replace": "🔴",
    "may replace": "🟠",
    "change": "🔵",
    "reached": "⚪",
}


def comment(review: Review, diagram: str = "") -> str:
    """The review in at most 60,000 characters, its first line the marker by which it is found again."""
    for detail in _DETAILS:
        text = _document(review, diagram, detail)
        if len(text) <= COMMENT_CHARACTERS:
            return text
        diagram = ""
    return f"{text[: COMMENT_CHARACTERS - 60]}\n\n… and more than a comment can hold.\n"


def summary(review: Review, diagram: str = "") -> str:
    """The review in full, under one MiB, for the summary of a workflow's step."""
    for detail in _DETAILS:
        text = _document(review, diagram, detail)
        if len(text.encode()) <= SUMMARY_BYTES:
            return text
    return text.encode()[: SUMMARY_BYTES - 60].decode(errors="ignore") + "\n\n… and more than fits.\n"


def code(text: str) -> str:
    """The text as it is, in a code span that neither its backticks nor a table's cell can end."""
    flat = " ".join(text.split()).replace("|", "\\|")
    fence = "`"
    while fence in flat:
        fence += "`"
    return f"{fence} {flat} {fence}" if len(fence) > 1 else f"`{flat}`" if flat else ""


def plain(text: str) -> str:
    """A sentence with whatever Markdown or GitHub would take for more than text put out of action."""
    for mark in ("\\", "`", "*", "_", "<", ">", "|", "[", "]", "#", "~", "$"):
        text = text.replace(mark, f"\\{mark}")
    return " ".join(text.replace("@", "@\u200b").split())


Detail = Callable[[Affected], Iterator[str]]


def _document(review: Review, diagram: str, detail: Detail) -> str:
    parts = [MARKER, f"### {plain(wording.verdict(review))}", _compared(review)]
    parts.extend(part for part in _warnings(review) if part)
    if diagram:
        parts.append(_folded("Diagram of what is touched", f"```mermaid\n{diagram.rstrip()}\n```"))
    parts.extend(_stacks(review, detail))
    parts.extend(part for part in _ending(review) if part)
    return "\n\n".join(parts) + "\n"


def _compared(review: Review) -> str:
    head = review.head.label
    return f"{code(review.base.label)} → {code(head)}. Read offline from the templates; nothing was created."


def _warnings(review: Review) -> Iterator[str]:
    yield _alert("CAUTION", "CloudFormation refuses this", [plain(text) for text in review.refusals])
    yield _alert("WARNING", "Data at risk", [plain(wording.risk(affected)) for affected in review.at_risk])
    said = [f"{plain(i.sentence)}{f' *{plain(i.why)}*' if i.why else ''}" for i in review.intents]
    yield _alert("IMPORTANT", "Against the templates' own word", said)
    yield _security(review)
    yield _cost(review)
    yield _list("CloudFormation may refuse this", [plain(text) for text in review.doubts])


def _alert(kind: str, title: str, lines: Sequence[str]) -> str:
    if not lines:
        return ""
    shown = [f"> - {line}" for line in _some(lines)]
    return "\n".join([f"> [!{kind}]", f"> **{title}**", *shown])


def _security(review: Review) -> str:
    if not review.security:
        return ""
    rows = [
        f"| {'🔺 wider' if c.direction is Direction.WIDENS else '🔻 tighter'}{' **!**' if c.grave else ''} "
        f"| {c.area} | {plain(c.sentence)} |"
        for c in review.security
    ]
    return "\n".join(["**Security**", "", "| | | |", "|---|---|---|", *_some(rows, "| | | {} |")])


def _cost(review: Review) -> str:
    sentence = wording.cost_sentence(review)
    if review.cost is None or not sentence:
        return ""
    rows = [f"| {code(c.path)} | {c.difference:+,.2f} |" for c in review.cost.changes]
    rows.extend(f"| {code(u.path)} | no price: {plain(u.reason)} |" for u in review.cost.unpriced)
    if not rows:
        return f"**Cost**: {sentence}"
    table = "\n".join(["| | USD a month |", "|---|---:|", *_some(rows, "| {} | |")])
    return f"**Cost**: {sentence}\n\n{_folded('Line by line', table)}"


def _stacks(review: Review, detail: Detail) -> Iterator[str]:
    for stack, items in wording.in_stacks(review).items():
        counted = wording.counted(wording.counts(items))
        lines = [line for item in items for line in detail(item)]
        yield (
            _folded(f"<b>{plain(stack)}</b>: {counted}", "\n".join(lines))
            if lines
            else f"**{stack}**: {counted}"
        )


def _in_full(affected: Affected) -> Iterator[str]:
    yield _heading(affected)
    for judged in affected.judged:
        note = wording.note(judged)
        strong = judged.impact >= Impact.POSSIBLE
        told = f" **{plain(note)}**" if note and strong else f" *{plain(note)}*" if note else ""
        yield f"  - {code(judged.edit.where)}: {code(wording.edit_text(judged.edit))}{told}"
    if affected.causes:
        yield f"  - {plain(wording.because(affected))}"


def _in_short(affected: Affected) -> Iterator[str]:
    yield _heading(affected)
    places = [judged.edit.where for judged in affected.judged]
    if places:
        more = f" and {len(places) - 4} more" if len(places) > 4 else ""
        yield f"  - {', '.join(code(place) for place in places[:4])}{more}"


def _heading(affected: Affected) -> str:
    icon = _ICONS.get(wording.outcome(affected), "⚪")
    kind = affected.change.resource.type.removeprefix("AWS::")
    return f"- {icon} **{plain(affected.path)}** ({plain(kind)}): {plain(wording.effect(affected))}"


def _by_name(affected: Affected) -> Iterator[str]:
    yield f"- {plain(affected.path)}: {wording.outcome(affected)}"


def _counted(_affected: Affected) -> Iterator[str]:
    yield from ()


_DETAILS: tuple[Detail, ...] = (_in_full, _in_short, _by_name, _counted)


def _ending(review: Review) -> Iterator[str]:
    felt = [around for around in review.difference.around if around.felt]
    yield _list("Parameters and outputs", [plain(wording.around_text(around)) for around in felt])
    problems = [f"{p.name}{f':{p.line}' if p.line else ''}: {p.sentence}" for p in review.problems]
    yield _list("Not understood", [plain(problem) for problem in problems])
    yield _list("Notes", [plain(sentence) for sentence in wording.silent(review)])


def _list(title: str, lines: Sequence[str]) -> str:
    return "\n".join([f"**{title}**", "", *(f"- {line}" for line in _some(lines))]) if lines else ""


def _some(lines: Sequence[str], row: str = "{}") -> list[str]:
    left = len(lines) - _MOST_ROWS
    return [*lines[:_MOST_ROWS], *([row.format(f"… and {left} more")] if left > 0 else [])]


def _folded(title: str, body: str) -> str:
    return f"<details><summary>{title}</summary>\n\n{body}\n\n</details>"
