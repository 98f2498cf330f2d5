"""Template to text."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from showcore_cfn.errors import TemplateError
from showcore_cfn.template.json_types import Json
from showcore_cfn.template.load import parse
from showcore_cfn.template.render import Format, render


def body(**properties: Json) -> dict[str, Json]:
    return {"Resources": {"Thing": {"Type": "AWS::S3::Bucket", "Properties": dict(properties)}}}


def lines(value: Json) -> list[str]:
    """How one property is written, without the lines before it."""
    return [line.removeprefix("      ") for line in render(body(Name=value)).splitlines()[4:]]


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("plain text", "Name: plain text"),
        ("10.0.0.0/16", "Name: 10.0.0.0/16"),
        ("./cache.yaml", "Name: ./cache.yaml"),
        ("true", "Name: 'true'"),
        ("off", "Name: 'off'"),
        ("0777", "Name: '0777'"),
        ("2012-10-17", "Name: '2012-10-17'"),
        ("03:00-04:00", "Name: '03:00-04:00'"),
        ("", "Name: ''"),
        ("*", "Name: '*'"),
        ("a: b", "Name: 'a: b'"),
        ("it's", "Name: 'it''s'"),
        ("a # b", "Name: 'a # b'"),
        (True, "Name: true"),
        (0.05, "Name: 0.05"),
        (None, "Name: null"),
        ([], "Name: []"),
        ({}, "Name: {}"),
        ({"Ref": "VPC"}, "Name: !Ref VPC"),
        ({"Fn::GetAtt": ["Database", "Endpoint.Address"]}, "Name: !GetAtt Database.Endpoint.Address"),
        ({"Fn::Sub": "${Prefix}-db"}, "Name: !Sub ${Prefix}-db"),
        ({"Fn::Equals": [{"Ref": "A"}, "true"]}, "Name: !Equals [!Ref A, 'true']"),
        ({"Fn::Not": [{"Fn::Equals": [{"Ref": "A"}, "a, b"]}]}, "Name: !Not [!Equals [!Ref A, 'a, b']]"),
    ],
)
def test_a_value_on_one_line(value: Json, written: str) -> None:
    assert lines(value) == [written]


def test_block_text_keeps_its_lines() -> None:
    assert lines({"Fn::Sub": "#!/bin/sh\nexit 0\n"}) == ["Name: !Sub |", "  #!/bin/sh", "  exit 0"]


def test_an_if_is_written_as_a_list_of_three() -> None:
    assert lines({"Fn::If": ["HasIt", [{"Id": "a"}], {"Ref": "AWS::NoValue"}]}) == [
        "Name: !If",
        "  - HasIt",
        "  -",
        "    - Id: a",
        "  - !Ref AWS::NoValue",
    ]


def test_a_list_of_mappings_starts_on_the_line_of_its_dash() -> None:
    assert lines([{"Key": "a", "Value": {"Ref": "b"}}]) == ["Name:", "  - Key: a", "    Value: !Ref b"]


def test_text_that_is_not_ascii_is_refused() -> None:
    with pytest.raises(TemplateError, match="ASCII"):
        render(body(Name="Zürich"))


def test_json_holds_the_same_as_yaml() -> None:
    made = body(Name={"Fn::Sub": "${Prefix}-db"}, List=[1, True, "no"])
    assert json.loads(render(made, Format.JSON)) == parse(render(made), "x.yaml").body


texts = st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=126), max_size=20)
block_texts = st.lists(texts, min_size=2, max_size=4).map("\n".join)
scalars = st.one_of(texts, st.booleans(), st.integers(-(10**9), 10**9), st.none())
names = st.from_regex(r"\A[A-Za-z][A-Za-z0-9]{0,8}\Z")
values: st.SearchStrategy[Json] = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(names, inner, max_size=3),
        names.map(lambda name: {"Ref": name}),
        texts.map(lambda text: {"Fn::Sub": text}),
        st.tuples(names, inner, inner).map(lambda three: {"Fn::If": list(three)}),
    ),
    max_leaves=12,
)


@settings(deadline=None, max_examples=150)
@given(values)
def test_what_is_written_is_read_back_as_it_was(value: Json) -> None:
    made = body(Name=value)
    assert parse(render(made), "x.yaml").body == made


@settings(deadline=None, max_examples=50)
@given(block_texts)
def test_block_text_of_any_kind_is_read_back_as_it_was(text: str) -> None:
    made = body(Name=text)
    assert parse(render(made), "x.yaml").body == made
