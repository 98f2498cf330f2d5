"""Differences: none with oneself, mirrored when swapped, blind to writing, and never blind to a change."""

from __future__ import annotations

import json
from collections import Counter

import yaml
from hypothesis import assume, given
from hypothesis import settings as within
from hypothesis import strategies as st

from showcore_cfn.review.assess import assess
from showcore_cfn.review.compare import Edit, Kind
from showcore_cfn.review.diff import Action, Difference, Side, diff
from showcore_cfn.review.graph import of_nest, of_review
from showcore_cfn.review.graph_svg import svg
from showcore_cfn.review.graph_text import dot, mermaid
from showcore_cfn.review.report import Form, render
from showcore_cfn.review.resolve import resolve
from showcore_cfn.review.review import review
from showcore_cfn.review.sources import Source
from showcore_cfn.review.values import Value, literal, text_of
from showcore_cfn.template.json_types import Json
from showcore_cfn.template.load import TemplateSet, load_set
from tests.property.templates import SCALAR, Body, at, mutated, places, templates

FEW = within(deadline=None, max_examples=50)
MANY = within(deadline=None, max_examples=80)


def loaded(body: Json, *, as_yaml: bool = False) -> TemplateSet:
    text = yaml.safe_dump(body, sort_keys=False) if as_yaml else json.dumps(body)
    return load_set({"app.yaml": text})


def between(before: Json, after: Json) -> Difference:
    sides = [Side(found, resolve(found, everything=True)) for found in (loaded(before), loaded(after))]
    return diff(*sides)


@FEW
@given(templates())
def test_a_template_does_not_differ_from_itself(body: Body) -> None:
    found = between(body, body)
    assert found.empty
    assert assess(found) == ()


def swapped(edit: Edit) -> tuple[str, str, str]:
    opposite = {Kind.ADDED: Kind.REMOVED, Kind.REMOVED: Kind.ADDED}
    return (opposite.get(edit.kind, edit.kind), shown(edit.after), shown(edit.before))


def straight(edit: Edit) -> tuple[str, str, str]:
    return (edit.kind, shown(edit.before), shown(edit.after))


def shown(value: Value) -> str:
    return text_of(value)


@FEW
@given(templates(), templates())
def test_there_and_back_is_the_same_way(first: Body, second: Body) -> None:
    there, back = between(first, second), between(second, first)
    opposite = {Action.ADD: Action.REMOVE, Action.REMOVE: Action.ADD}
    ways = Counter((opposite.get(c.action, c.action), c.before is None) for c in back.changes)
    assert Counter((c.action, c.after is None) for c in there.changes) == ways
    here = {c.path: c for c in there.changes if c.action is Action.MODIFY}
    for change in back.changes:
        if change.action is Action.MODIFY:
            other = here[change.path]
            assert Counter(map(straight, other.properties)) == Counter(map(swapped, change.properties))
            assert Counter(map(straight, other.attributes)) == Counter(map(swapped, change.attributes))
    assert Counter(map(straight, (a.edit for a in there.around))) == Counter(
        map(swapped, (a.edit for a in back.around))
    )


def shuffled(value: Json) -> Json:
    """The same with every mapping written the other way round."""
    if isinstance(value, dict):
        return {key: shuffled(inner) for key, inner in reversed(value.items())}
    return [shuffled(inner) for inner in value] if isinstance(value, list) else value


@FEW
@given(templates())
def test_writing_never_matters(body: Body) -> None:
    plain, other = loaded(body), loaded(shuffled(body), as_yaml=True)
    found = diff(*(Side(each, resolve(each, everything=True)) for each in (plain, other)))
    assert found.empty


@MANY
@given(templates(), st.data())
def test_no_single_mutation_goes_unseen(body: Body, data: st.DataObject) -> None:
    place = data.draw(st.sampled_from(list(places(body))[1:]))
    old = at(body, place)
    new = data.draw(SCALAR)
    same_text = not isinstance(old, (dict, list)) and text_of(literal(old)) == text_of(literal(new))
    assume(not same_text and old != new)
    found = between(body, mutated(body, place, new))
    assert not found.empty or found.problems != between(body, body).problems


@MANY
@given(templates(), templates())
def test_every_report_can_be_made_of_any_change(first: Body, second: Body) -> None:
    base, head = Source("main", loaded(first), "templates"), Source("topic", loaded(second), "templates")
    found = review(base, head, {})
    texts = {form: render(form, found) for form in Form}
    assert all(text or form is Form.GITHUB for form, text in texts.items())
    for graph in (of_nest(found.difference.head), of_review(found)):
        assert all(draw for draw in (mermaid(graph), dot(graph), svg(graph, "x")))
