"""What the templates say of themselves, and which changes go against it.

`Metadata: com.aws.cloudformation.Context` tells of a resource why it is as it is (`why`), what must hold
(`must`) and how free its properties are (`mutable` for all, `mutability` by property):
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-metadata.html. What stood
there before the change counts, so that a change cannot excuse itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from showcore_cfn.review.compare import Kind, Steps
from showcore_cfn.review.diff import Action
from showcore_cfn.review.impact import Affected, Impact
from showcore_cfn.review.resolve import Resource
from showcore_cfn.template.json_types import Json
from showcore_cfn.template.load import TemplateSet

CONTEXT: Final = "com.aws.cloudformation.Context"
_LEVELS: Final = ("free-to-tune", "review-required", "change-with-constraints", "must-never-change")
_WORD: Final = re.compile(r"[A-Z]+(?=[A-Z][a-z]|\b)|[A-Z]?[a-z]+")
_SMALL: Final = 4  # letters; shorter words say nothing
_COMMON: Final = frozenset({"properties", "property", "configuration", "config", "enabled", "enable", "name"})
_TELLING: Final = frozenset(  # alone enough to connect a property with a sentence
    {
        *("encrypt", "public", "internet", "retention", "backup", "deletion", "protection", "versioning"),
        *("https", "password", "logging", "prefix", "force_ssl", "certificate"),
    }
)


class Intent(NamedTuple):
    """One thing that a template says and a change touches."""

    path: str
    level: str  # "must-never-change", "change-with-constraints", "review-required", or "must"
    what: str  # the property, or the sentence of the `must`
    why: str
    sentence: str  # what is to be told, without its reason
    place: Steps = ()

    @property
    def is_grave(self) -> bool:
        """Whether the template forbids it outright."""
        return self.level == "must-never-change"


def intents(affected: tuple[Affected, ...], base: TemplateSet) -> tuple[Intent, ...]:
    """What the base's templates say against these changes, the strictest first."""
    found = [intent for item in affected for intent in _of(item, base)]
    levels = (*reversed(_LEVELS), "must")
    return tuple(sorted(dict.fromkeys(found), key=lambda intent: levels.index(intent.level)))


def _of(item: Affected, base: TemplateSet) -> Iterator[Intent]:
    resource = item.change.before
    if resource is None or item.change.action is Action.ADD:
        yield from _about_type(item, _context(_body(item.change.resource, base)))
        return
    own, around = _context(resource.raw), _context(_body(resource, base))
    why = _text(own.get("why"))
    changed = list(_changed(item))
    for what, place in changed:
        level = _level(own, place)
        if level in _LEVELS[1:]:
            yield _marked(item.path, level, what, why, place)
    if item.change.action in (Action.REMOVE, Action.MOVE):
        level = _level(own, ())
        if level in _LEVELS[1:] and not changed:
            yield _marked(item.path, level, "the whole resource", why)
        yield from _about_type(item, {"must": [*_musts(own), *_musts(around)]})
    yield from _loosened(item, resource, why)
    places = [place for _, place in changed]
    for must in (*_musts(own), *_musts(around)):
        if any(_speaks_of(must, place) for place in places):
            yield _must(item.path, must, why if must in _musts(own) else "")


def _marked(path: str, level: str, what: str, why: str, place: Steps = ()) -> Intent:
    return Intent(path, level, what, why, f"{path}: {what} is marked {level}.", place)


def _must(path: str, must: str, why: str) -> Intent:
    return Intent(path, "must", must, why, f"{path} must hold: {must}")


def _about_type(item: Affected, context: Mapping[str, Json]) -> Iterator[Intent]:
    """Sentences that name the kind of a resource that comes or goes: "No NAT gateway."."""
    kind = {word.lower() for word in _WORD.findall(item.change.resource.type.rpartition("::")[2])}
    for must in _musts(context):
        said = {word.lower() for word in _WORD.findall(must)}
        if kind and kind <= said | {word.removesuffix("s") for word in said}:
            yield _must(item.path, must, "")


def _changed(item: Affected) -> Iterator[tuple[str, Steps]]:
    for judged in item.judged:
        edit = judged.edit
        if judged.impact is not Impact.NONE and edit.kind is not Kind.REORDERED:
            yield edit.where, edit.place


def _loosened(item: Affected, resource: Resource, why: str) -> Iterator[Intent]:
    """A promise that is itself weakened or taken out."""
    if item.change.after is None:
        return
    before, after = _context(resource.raw), _context(item.change.after.raw)
    places: list[Steps] = [(), *((name,) for name in _mapping(before.get("mutability")))]
    for place in places:
        old, new = _level(before, place), _level(after, place)
        if old in _LEVELS and new in _LEVELS and _LEVELS.index(new) < _LEVELS.index(old):
            what = f"the mark of {place[0] if place else 'the resource'}"
            yield Intent(item.path, old, what, why, f"{item.path}: {what} goes from {old} to {new}.")
    gone = [must for must in _musts(before) if must not in _musts(after)]
    for must in gone:
        yield Intent(item.path, "must", must, why, f"{item.path}: the sentence is taken out: {must}")


def _level(context: Mapping[str, Json], place: Steps) -> str:
    """The level of a property: its own, by name or by a dotted path, else the resource's."""
    marks = _mapping(context.get("mutability"))
    names = [step for step in place if isinstance(step, str)]
    for end in range(len(names), 0, -1):
        found = marks.get(".".join(names[:end]))
        if isinstance(found, str):
            return found
    return _text(context.get("mutable")) or "free-to-tune"


def _speaks_of(must: str, place: Steps) -> bool:
    """Whether a sentence is about a property: it names it, says all its words, or one telling one."""
    lower = must.lower()
    said = {_stem(word) for word in _WORD.findall(must)}
    for step in place:
        if not isinstance(step, str):
            continue
        words = {_stem(word) for word in _WORD.findall(step)} - _COMMON - {""}
        named = len(step) >= _SMALL and step.lower() in lower
        if named or words & said & _TELLING or (len(words) > 1 and words <= said):
            return True
    return False


def _stem(word: str) -> str:
    """A word as far as it is compared: `Encrypted`, `encryption` and `encrypt` are one."""
    lower = word.lower()
    if len(lower) < _SMALL:
        return ""
    for ending in ("ion", "ly", "ed", "s"):
        shorter = lower.removesuffix(ending)
        if shorter in _TELLING or (ending == "s" and len(shorter) >= _SMALL):
            return shorter
    return lower


def _musts(context: Mapping[str, Json]) -> list[str]:
    found = context.get("must")
    return [item for item in found if isinstance(item, str)] if isinstance(found, list) else []


def _context(holder: Mapping[str, Json]) -> dict[str, Json]:
    return _mapping(_mapping(holder.get("Metadata")).get(CONTEXT))


def _body(resource: Resource, base: TemplateSet) -> dict[str, Json]:
    document = base.documents.get(resource.document)
    return document.body if document is not None else {}


def _mapping(value: Json) -> dict[str, Json]:
    return value if isinstance(value, dict) else {}


def _text(value: Json) -> str:
    return value if isinstance(value, str) else ""
