"""A review for the terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from showcore_cfn.review import wording
from showcore_cfn.review.impact import Affected, Impact
from showcore_cfn.review.review import Review
from showcore_cfn.review.security import Direction

Paint = Callable[[str, str], str]  # (outcome or tone, text) -> text
_MOST_SECURITY = 60


def unpainted(_tone: str, text: str) -> str:
    """The text as it is."""
    return text


def text(review: Review, paint: Paint = unpainted) -> str:
    """The review from the verdict down to the notes."""
    blocks = [f"{review.base.label} -> {review.head.label}", paint(_tone(review), wording.verdict(review))]
    blocks.extend(_block(title, lines) for title, lines in _sections(review, paint) if lines)
    blocks.extend(stacks(review, paint))
    blocks.extend(_block(title, lines) for title, lines in _ending(review) if lines)
    return "\n\n".join(blocks) + "\n"


def changes(review: Review, paint: Paint = unpainted) -> str:
    """The differences alone, stack by stack, with a total line: what `showcore diff` shows."""
    blocks = [*stacks(review, paint)]
    blocks.extend(_block(title, lines) for title, lines in _ending(review) if lines)
    total = wording.counted(wording.counts(review.affected)) or wording.verdict(review)
    return "\n\n".join([*blocks, f"{review.base.label} -> {review.head.label}: {total}"]) + "\n"


def stacks(review: Review, paint: Paint) -> Iterator[str]:
    """One block a stack, in the order of the root."""
    for stack, items in wording.in_stacks(review).items():
        counted = wording.counted(wording.counts(items))
        lines = [line for item in items for line in _resource(item, paint)]
        yield "\n".join([f"{paint('title', stack)}: {counted}", *lines])


def _resource(affected: Affected, paint: Paint) -> Iterator[str]:
    outcome = wording.outcome(affected)
    symbol = f"{wording.SYMBOLS[outcome]:>4}"
    kind = affected.change.resource.type.removeprefix("AWS::")
    effect = wording.effect(affected)
    yield f"{paint(outcome, f'{symbol} {affected.path}')}  {paint('dim', kind)}  {effect}"
    for judged in affected.judged:
        note = wording.note(judged)
        told = (
            f"  {paint('worst' if judged.impact >= Impact.POSSIBLE else 'dim', f'# {note}')}" if note else ""
        )
        yield f"       {judged.edit.where}: {wording.edit_text(judged.edit)}{told}"
    if affected.causes:
        yield f"       {paint('dim', wording.because(affected))}"


def _sections(review: Review, paint: Paint) -> Iterator[tuple[str, list[str]]]:
    yield "CloudFormation refuses this", [paint("worst", f"x {sentence}") for sentence in review.refusals]
    yield "CloudFormation may refuse this", [f"? {sentence}" for sentence in review.doubts]
    yield "Data at risk", [paint("worst", f"! {wording.risk(affected)}") for affected in review.at_risk]
    yield "Against the templates' own word", list(_intents(review))
    yield "Security", list(_security(review, paint))
    yield "Cost", list(_cost(review))


def _intents(review: Review) -> Iterator[str]:
    for intent in review.intents:
        yield f"! {intent.sentence}"
        if intent.why:
            yield f"    why: {intent.why}"


def _security(review: Review, paint: Paint) -> Iterator[str]:
    for change in review.security[:_MOST_SECURITY]:
        wider = change.direction is Direction.WIDENS
        tone = "worst" if change.grave else "warn" if wider else "dim"
        yield paint(tone, f"{'wider ' if wider else 'tighter'}  {change.sentence}")
    if len(review.security) > _MOST_SECURITY:
        yield f"and {len(review.security) - _MOST_SECURITY} more"


def _cost(review: Review) -> Iterator[str]:
    sentence = wording.cost_sentence(review)
    if review.cost is None or not sentence:
        return
    yield sentence
    for change in review.cost.changes:
        yield f"{change.difference:>+10,.2f}  {change.path}"
    for item in review.cost.unpriced:
        yield f"{'?':>10}  {item.path}: {item.reason}"


def _ending(review: Review) -> Iterator[tuple[str, list[str]]]:
    felt = [around for around in review.difference.around if around.felt]
    yield "Parameters and outputs", [wording.around_text(around) for around in felt]
    yield "Notes", wording.silent(review)
    yield "Not understood", [_problem(item.name, item.line, item.sentence) for item in review.problems]


def _problem(name: str, line: int | None, sentence: str) -> str:
    return f"{name}{f':{line}' if line else ''}: {sentence}"


def _block(title: str, lines: Iterable[str]) -> str:
    return "\n".join([title, *(f"  {line}" for line in lines)])


def _tone(review: Review) -> str:
    if review.refusals or review.at_risk or any(change.grave for change in review.security):
        return "worst"
    return "title"
