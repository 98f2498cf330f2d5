"""A review as annotations on the lines of a pull request.

GitHub shows ten of each kind for a step and drops the rest without a word, so the worst ten are chosen here
(https://docs.github.com/actions/reference/workflow-commands-for-github-actions).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from showcore_cfn.review import known, wording
from showcore_cfn.review.impact import Affected, Impact
from showcore_cfn.review.review import Review
from showcore_cfn.review.security import Direction
from showcore_cfn.template.load import Place

MOST_OF_A_KIND = 10
_TITLES = {
    Impact.INTERRUPTION: "Interruption",
    Impact.POSSIBLE: "Possible replacement",
    Impact.REPLACEMENT: "Replacement",
}


class Annotation(NamedTuple):
    """One message at one line."""

    level: str  # "error", "warning" or "notice"
    file: str
    line: int
    title: str
    message: str


def github(review: Review) -> str:
    """Workflow commands, at most ten of a kind, the worst of each first."""
    by_level: dict[str, list[Annotation]] = {"error": [], "warning": [], "notice": []}
    for annotation in dict.fromkeys(_annotations(review)):
        by_level[annotation.level].append(annotation)
    return "".join(_command(item) for found in by_level.values() for item in _worst(found))


def _worst(found: list[Annotation]) -> list[Annotation]:
    if len(found) <= MOST_OF_A_KIND:
        return found
    last = found[MOST_OF_A_KIND - 1]
    left = len(found) - MOST_OF_A_KIND + 1
    told = last._replace(
        title=f"and {left} more", message=f"{left} more; the comment shows all. {last.message}"
    )
    return [*found[: MOST_OF_A_KIND - 1], told]


def _annotations(review: Review) -> Iterator[Annotation]:
    """Refusals, data, grave widenings; replacements and widenings; the rest."""
    affected = {item.path: item for item in review.affected}
    for item in review.affected:
        if item.refusal:
            yield _at(review, item, "error", "CloudFormation refuses this", item.refusal)
    for item in review.at_risk:
        yield _at(review, item, "error", "Data at risk", wording.risk(item))
    for change in review.security:
        level = "error" if change.grave else "warning" if change.direction is Direction.WIDENS else "notice"
        place = tuple(step if isinstance(step, str) else step.at for step in change.place)
        title = f"{'Wider' if change.direction is Direction.WIDENS else 'Tighter'}: {change.area}"
        yield _in_resource(review, affected.get(change.path), level, title, change.sentence, place)
    for intent in review.intents:
        level = "error" if intent.is_grave else "warning"
        place = tuple(step if isinstance(step, str) else step.at for step in intent.place)
        said = f"{intent.sentence} {intent.why}".strip()
        yield _in_resource(review, affected.get(intent.path), level, "The template's own word", said, place)
    for item in review.affected:
        interrupts = item.impact is Impact.INTERRUPTION and known.holds(item.change.resource.type)
        if interrupts or (item.impact >= Impact.POSSIBLE and not item.at_risk):
            title = _TITLES[item.impact]
            yield _at(review, item, "warning", title, f"{item.path}: {wording.effect(item)}.")
    for sentence in review.doubts:
        yield Annotation("warning", _file(review, ""), 1, "CloudFormation may refuse this", sentence)
    if wording.cost_sentence(review):
        yield Annotation("notice", _file(review, ""), 1, "Cost", wording.cost_sentence(review))


def _at(review: Review, item: Affected, level: str, title: str, message: str) -> Annotation:
    worst = max(item.judged, key=lambda judged: judged.impact, default=None)
    place = wording.raw_place(item, worst.edit if worst is not None else None)
    return _annotation(review, item, level, title, message, place)


def _in_resource(
    review: Review, item: Affected | None, level: str, title: str, message: str, place: Place
) -> Annotation:
    if item is None:
        return Annotation(level, _file(review, ""), 1, title, message)
    whole: Place = ("Resources", item.change.resource.logical_id, "Properties", *place)
    return _annotation(review, item, level, title, message, whole)


def _annotation(
    review: Review, item: Affected, level: str, title: str, message: str, place: Place
) -> Annotation:
    name = item.change.resource.document
    line = wording.line_of(review.templates.documents.get(name), place) if item.change.after else 1
    return Annotation(level, _file(review, name), line, title, message)


def _file(review: Review, document: str) -> str:
    name = document or review.templates.root or next(iter(review.templates.documents), "")
    return f"{review.head.folder}/{name}" if review.head.folder else name


def _command(item: Annotation) -> str:
    properties = f"file={_property(item.file)},line={item.line},title={_property(item.title)}"
    return f"::{item.level} {properties}::{_data(item.message)}\n"


def _data(said: str) -> str:
    return said.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(said: str) -> str:
    return _data(said).replace(":", "%3A").replace(",", "%2C")
