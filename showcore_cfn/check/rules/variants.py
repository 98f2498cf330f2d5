"""The same templates under other values of their parameters, so that a resource behind a condition is looked at.

A nest is resolved for one set of parameter values, and what stands under a condition that is false then is not in
it. For small sets each value that a template allows for a parameter of its conditions is tried, one parameter at a
time: whatever `AllowedValues` lists must be deployable.
"""

from __future__ import annotations

from collections.abc import Iterator

from showcore_cfn.review.resolve import Nest, resolve
from showcore_cfn.review.values import known, text_of
from showcore_cfn.template.json_types import Json
from showcore_cfn.template.load import Document, TemplateSet

MOST_RESOURCES = 60
MOST_VARIANTS = 8


def variants(nest: Nest, templates: TemplateSet) -> Iterator[Nest]:
    """The nests of other allowed parameter values; none for a set that is too large to be read again and again."""
    if len(nest.resources) > MOST_RESOURCES:
        return
    given = _given(nest, templates)
    choices = [
        (name, value)
        for document in _tops(templates)
        for name, allowed in _asked(document)
        for value in allowed
        if value != given.get(name)
    ]
    for name, value in list(dict.fromkeys(choices))[:MOST_VARIANTS]:
        yield resolve(templates, {**given, name: value}, everything=templates.root is None)


def _tops(templates: TemplateSet) -> list[Document]:
    if templates.root is not None:
        return [templates.documents[templates.root]]
    return list(templates.documents.values())


def _given(nest: Nest, templates: TemplateSet) -> dict[str, str]:
    """The parameters of the top templates, as far as they are known in the nest."""
    found: dict[str, str] = {}
    for document in _tops(templates):
        parameters = document.body.get("Parameters")
        for name in parameters if isinstance(parameters, dict) else ():
            for key, value in nest.parameters.items():
                if (
                    key.endswith(f".{name}")
                    and value is not None
                    and known(value)
                    and not isinstance(value, (list, dict))
                ):
                    found.setdefault(name, text_of(value))
    return found


def _asked(document: Document) -> Iterator[tuple[str, list[str]]]:
    """The parameters whose values are listed and that a condition, or a nested stack, asks for."""
    parameters = document.body.get("Parameters")
    names = _refs(document.body.get("Conditions")) | _refs(document.body.get("Resources"), "Parameters")
    for name, declared in parameters.items() if isinstance(parameters, dict) else ():
        allowed = declared.get("AllowedValues") if isinstance(declared, dict) else None
        if name in names and isinstance(allowed, list) and 2 <= len(allowed) <= 4:
            yield name, [text_of(v) for v in allowed if isinstance(v, (str, int, float, bool))]


def _refs(value: Json, inside: str | None = None) -> set[str]:
    """What Ref names in a value; with `inside`, only below a key of that name."""
    found: set[str] = set()
    waiting: list[tuple[Json, bool]] = [(value, inside is None)]
    while waiting:
        item, counts = waiting.pop()
        if isinstance(item, list):
            waiting.extend((inner, counts) for inner in item)
        elif isinstance(item, dict):
            if counts and isinstance(item.get("Ref"), str):
                found.add(str(item["Ref"]))
            waiting.extend((inner, counts or key == inside) for key, inner in item.items())
    return found
