"""What a preflight found, as text and as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from showcore_cfn.deploy.preflight.answer import Answer, Verdict
from showcore_cfn.template.json_types import Json

_MARKS = {Verdict.FINE: "ok", Verdict.NOTE: "note", Verdict.UNSEEN: "unseen", Verdict.BLOCKS: "BLOCKS"}
_ORDER = (Verdict.BLOCKS, Verdict.UNSEEN, Verdict.NOTE, Verdict.FINE)


def stopped(answers: Iterable[Answer]) -> bool:
    """Whether something would stop a deployment."""
    return any(answer.verdict is Verdict.BLOCKS for answer in answers)


def text(answers: Iterable[Answer]) -> str:
    """The answers, what blocks first, and one line that counts them."""
    found = tuple(answers)
    return f"{listed(found)}\n\n{summary(found)}"


def listed(answers: Iterable[Answer]) -> str:
    """The answers alone, what blocks first."""
    ordered = sorted(answers, key=lambda answer: _ORDER.index(answer.verdict))
    return "\n".join(line for answer in ordered for line in _lines(answer))


def summary(answers: Iterable[Answer]) -> str:
    """One line: how many block, were not seen, are notes, are fine."""
    counts = Counter(answer.verdict for answer in answers)
    said = [f"{counts[verdict]} {verdict.value}" for verdict in _ORDER if counts[verdict]]
    return f"Preflight: {', '.join(said)}."


def as_json(answers: Iterable[Answer]) -> dict[str, Json]:
    """The answers as they stand in `-o json`."""
    found = tuple(answers)
    return {
        "blocks": stopped(found),
        "answers": [
            {"check": a.check, "verdict": a.verdict.name.lower(), "says": a.says, "remedy": a.remedy}
            for a in found
        ],
    }


def _lines(answer: Answer) -> Iterator[str]:
    yield f"{_MARKS[answer.verdict]:<7} {answer.check}: {answer.says.rstrip('.')}."
    if answer.remedy:
        yield f"{'':<7} -> {answer.remedy}."
