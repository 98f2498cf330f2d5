"""Whatever is done to a good template: no rule raises, and silence holds."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from hypothesis import given
from hypothesis import settings as within
from hypothesis import strategies as st

from showcore_cfn.check.rules import check_all
from showcore_cfn.errors import TemplateError
from showcore_cfn.review.resolve import resolve
from showcore_cfn.template.json_types import Json
from showcore_cfn.template.load import load_set
from tests.property.templates import VALUE, Body, at, mutated, places, templates

FIXTURES = Path(__file__).parents[1] / "fixtures/good_templates"
ALWAYS = {"SC-META-001", "SC-META-002"}  # what is said of silence is not silenced by it
ODD: st.SearchStrategy[Json] = st.sampled_from(
    [
        *(
            None,
            "",
            -1,
            3.5,
            10**40,
            float("inf"),
            True,
            [],
            {},
            [[]],
            [None],
            {"a": None},
            "*",
            "²",
            "9" * 5_000,
        ),
        *(
            "arn:",
            "arn:aws:s3:::",
            "cron()",
            "cron(0 0 * * ? *)",
            "rate(1 minutes)",
            "23:59-00:00",
            "10.0.0.0/33",
        ),
        *(
            "{}",
            "[]",
            '{"widgets": [1]}',
            '{"Statement": [1]}',
            "{{resolve:ssm:x}}",
            "${X}",
            "1.2.3.4.5",
            "7.x",
        ),
        {"Ref": "AWS::NoValue"},
        {"Ref": "Nobody"},
        {"Fn::If": ["C", "a", ["b"]]},
        {"Statement": {"Principal": {"AWS": [5, None]}, "Action": [5], "Condition": {"StringEquals": 5}}},
    ]
)
NEW = ODD | VALUE


@cache
def good() -> tuple[Body, ...]:
    files = sorted(path for path in FIXTURES.iterdir() if path.is_file())
    return tuple(
        read.body for file in files for read in load_set({file.name: file.read_text()}).documents.values()
    )


@st.composite
def nearly_good(draw: st.DrawFn) -> Body:
    """A good template with one to three of its values changed."""
    body: Json = draw(st.sampled_from(good()))
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.sampled_from([place for place in places(body) if len(place) > 1] or [()]))
        old, new = at(body, place), draw(NEW)
        changed = draw(st.sampled_from(["replaced", "wrapped", "longer"]))
        if changed == "wrapped":
            new = [old, new]
        elif changed == "longer" and isinstance(old, list):
            new = [*old, new]
        body = mutated(body, place, new)
    assert isinstance(body, dict)
    return body


def found(body: Body) -> set[str]:
    """The rules that a template breaks."""
    try:
        read = load_set({"template.json": json.dumps(body)})
    except TemplateError:
        return set()
    return {finding.rule for finding in check_all(resolve(read), read)}


@within(deadline=10_000, max_examples=1_000)  # milliseconds: nothing may hang
@given(nearly_good())
def test_no_rule_raises_on_a_template_that_was_good(body: Body) -> None:
    found(body)


@within(deadline=None, max_examples=100)
@given(templates())
def test_no_rule_raises_on_any_template(body: Body) -> None:
    found(body)


@within(deadline=None, max_examples=50)
@given(nearly_good())
def test_what_is_silenced_everywhere_is_not_said(body: Body) -> None:
    broken = found(body)
    silence: Json = {"showcore": {"silence": dict.fromkeys(broken, "As a test.")}}
    resources = body.get("Resources")
    quiet = {
        name: {**raw, "Metadata": silence} if isinstance(raw, dict) else raw
        for name, raw in (resources.items() if isinstance(resources, dict) else ())
    }
    assert found({**body, "Metadata": silence, "Resources": quiet}) <= ALWAYS
