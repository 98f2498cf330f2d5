"""Texts to templates."""

from __future__ import annotations

from pathlib import Path

import pytest

from showcore_cfn.errors import TemplateError
from showcore_cfn.template.json_types import Json
from showcore_cfn.template.load import load_folder, load_set, nested, parse

NETWORK = """\
AWSTemplateFormatVersion: 2010-09-09
Resources:
  VPC:
    Type: AWS::EC2::VPC
    Properties:
      CidrBlock: !Ref Cidr
  Gateway: {Type: AWS::EC2::InternetGateway}
"""


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2012-10-17", "2012-10-17"),
        ("2012-10-17T03:00:00Z", "2012-10-17T03:00:00Z"),
        ("yes", True),
        ("Off", False),
        ("true", True),
        ("y", "y"),
        ("~", None),
        ("", None),
        ("null", None),
        ("12", 12),
        ("-7", -7),
        ("0777", 511),
        ("0x1F", 31),
        ("012345678901", "012345678901"),
        ("1_000", 1000),
        ("10:30", 630),
        ("03:00", "03:00"),
        ("1.5", 1.5),
        (".inf", ".inf"),
        ("1e3", "1e3"),
        ("'12'", "12"),
        ('"yes"', "yes"),
        ("10.0.0.0/16", "10.0.0.0/16"),
        ("!!str 12", "12"),
        ("=", "="),
    ],
)
def test_a_plain_scalar_is_read_as_cloudformation_reads_it(written: str, read: Json) -> None:
    document = parse(f"Resources: {{}}\nMetadata:\n  Value: {written}\n", "a.yaml")
    assert document.body["Metadata"] == {"Value": read}


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("!Ref VPC", {"Ref": "VPC"}),
        ("!GetAtt VPC.Arn", {"Fn::GetAtt": ["VPC", "Arn"]}),
        ("!GetAtt Child.Outputs.VpcId", {"Fn::GetAtt": ["Child", "Outputs.VpcId"]}),
        ("!GetAtt [VPC, Arn]", {"Fn::GetAtt": ["VPC", "Arn"]}),
        ("{Fn::GetAtt: VPC.Arn}", {"Fn::GetAtt": ["VPC", "Arn"]}),
        ("!Sub '${A}'", {"Fn::Sub": "${A}"}),
        ("!Sub ['${A}', {A: !Ref B}]", {"Fn::Sub": ["${A}", {"A": {"Ref": "B"}}]}),
        ("!Condition Big", {"Condition": "Big"}),
        ("!If [Big, !Ref A, 12]", {"Fn::If": ["Big", {"Ref": "A"}, 12]}),
        ("!Base64 12", {"Fn::Base64": "12"}),
        ("!Select [0, !GetAZs '']", {"Fn::Select": [0, {"Fn::GetAZs": ""}]}),
        ("!Not [!Equals [a, b]]", {"Fn::Not": [{"Fn::Equals": ["a", "b"]}]}),
    ],
)
def test_a_short_intrinsic_becomes_the_long_one(written: str, read: Json) -> None:
    document = parse(f"Resources:\n  X:\n    Value: {written}\n", "a.yaml")
    assert document.body["Resources"] == {"X": {"Value": read}}


def test_json_and_yaml_of_one_template_are_the_same_body() -> None:
    written = '{"Resources": {"X": {"Type": "A::B::C", "Properties": {"P": {"Fn::GetAtt": "Y.Arn"}}}}}'
    in_yaml = "Resources:\n  X:\n    Type: A::B::C\n    Properties:\n      P: !GetAtt Y.Arn\n"
    assert parse(written, "a.json").body == parse(in_yaml, "a.yaml").body


def test_the_line_of_a_place_is_that_of_its_key() -> None:
    document = parse(NETWORK, "network.yaml")
    assert document.line(("Resources", "VPC")) == 3
    assert document.line(("Resources", "VPC", "Properties", "CidrBlock")) == 6
    assert document.line(("Resources", "VPC", "Properties", "CidrBlock", "Ref")) == 6
    assert document.line(("Resources", "Gateway")) == 7


def test_the_line_of_an_unknown_place_is_that_of_the_nearest_known_one() -> None:
    assert parse(NETWORK, "network.yaml").line(("Resources", "VPC", "Properties", "Tags", 0)) == 5


def test_the_line_of_a_place_in_json_with_tabs_is_found() -> None:
    document = parse('{\n\t"Resources": {\n\t\t"X": {"Type": "A::B::C"}}}', "a.json")
    assert document.line(("Resources", "X")) == 3


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Resources: {a: [1, 2}", "a.yaml:1: not well-formed YAML"),
        ("Resources:\n\tX: 1\n", "a.yaml:2: not well-formed YAML"),
        ("- a\n- b\n", "a.yaml:1: a template is a mapping"),
        ("", "a.yaml:1: a template is a mapping"),
        ("just text", "a.yaml:1: a template is a mapping"),
        ("a: 1\n---\nb: 2\n", "a.yaml:2: not well-formed YAML"),
        ("X: *nobody\n", "a.yaml:1: not well-formed YAML"),
        ("X: &a [*a]\n", "a.yaml:1: an alias stands inside its own anchor."),
        ("? [a, b]\n: c\n", "a.yaml:1: a key must be text."),
        ('{"Resources": {"X": }', "a.yaml:1: not well-formed YAML"),
        ("{" * 600, "a.yaml:1:"),
        ('{"a":' * 100_000, "a.yaml:1:"),
        ("X: \x07\n", "a.yaml:1: not well-formed YAML"),
    ],
)
def test_what_is_no_template_is_refused_with_its_line(text: str, message: str) -> None:
    with pytest.raises(TemplateError) as error:
        parse(text, "a.yaml")
    assert str(error.value).startswith(message)


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        (
            "a.json",
            '{"Resources": {\n "A" 1}}',
            "a.json:2: not well-formed JSON: expecting ':' delimiter at column 6.",
        ),
        ("a.json", '{"Resources": {\n', "a.json:1: not well-formed JSON: "),
        ("a.json", '{"A": "b\nc: [', "a.json:1: not well-formed JSON: "),
        ("a.json", "Resources: [", "a.json:1: not well-formed JSON: expecting value at column 1."),
        (
            "a.template",
            '{"A" "B"}',
            "a.template:1: not well-formed JSON: expecting ':' delimiter at column 6.",
        ),
        ("a.template", "Resources: [", "a.template:1: not well-formed YAML"),
        ("a.yaml", '{"A": ]', "a.yaml:1: not well-formed YAML"),
    ],
)
def test_broken_text_is_told_of_in_the_form_it_is_written_in(name: str, text: str, message: str) -> None:
    with pytest.raises(TemplateError) as error:
        parse(text, name)
    assert str(error.value).startswith(message)


@pytest.mark.parametrize("name", ["a.json", "a.template"])
def test_yaml_in_a_file_of_another_name_is_read(name: str) -> None:
    assert parse("{Resources: {X: 1},}", name).body == {"Resources": {"X": 1}}
    assert parse("Resources: {X: 1}", name).body == {"Resources": {"X": 1}}


def test_aliases_that_multiply_without_end_are_refused() -> None:
    lines = ["A0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"A{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    with pytest.raises(TemplateError, match="aliases multiply"):
        parse("\n".join(lines), "bomb.yaml")


def test_aliases_and_merge_keys_are_followed() -> None:
    body = parse("Base: &base {A: 1, B: 2}\nCopy: {<<: *base, B: 3}\nSame: *base\n", "a.yaml").body
    assert body == {"Base": {"A": 1, "B": 2}, "Copy": {"A": 1, "B": 3}, "Same": {"A": 1, "B": 2}}


@pytest.mark.parametrize(
    ("text", "line"),
    [("Resources: {}\nResources: {X: 1}\n", 2), ('{"Resources": {}, "Resources": {"X": 1}}', None)],
)
def test_a_key_that_stands_twice_is_noted_and_the_last_one_is_read(text: str, line: int | None) -> None:
    document = parse(text, "a.yaml")
    assert document.body == {"Resources": {"X": 1}}
    assert [(note.line, note.sentence) for note in document.notes] == [
        (line, "the key 'Resources' stands twice; the last one is read.")
    ]


def test_a_folder_is_read_with_its_root_its_problems_and_without_other_files(tmp_path: Path) -> None:
    (tmp_path / "network.yaml").write_text(NETWORK)
    (tmp_path / "root.yml").write_text(
        "Resources:\n  N:\n    Type: AWS::CloudFormation::Stack\n"
        "    Properties: {TemplateURL: ./network.yaml}\n"
    )
    (tmp_path / "package.json").write_text('{"name": "other"}')
    (tmp_path / "broken.yaml").write_text("AWSTemplateFormatVersion: 2010-09-09\nResources: [\n")
    (tmp_path / "latin.yaml").write_bytes(b"Resources: \xe9\xff")
    (tmp_path / "node_modules").mkdir()
    (tmp_path / "node_modules" / "x.yaml").write_text(NETWORK)
    found = load_folder(tmp_path)
    assert (list(found.documents), found.root) == (["network.yaml", "root.yml"], "root.yml")
    assert sorted(problem.name for problem in found.problems) == ["broken.yaml", "latin.yaml"]


def test_a_nested_template_is_found_relative_to_its_parent() -> None:
    text = (
        "Resources:\n"
        "  A: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: ../net/a.yaml}}\n"
        "  B: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: 'https://example.com/b.yaml'}}\n"
        "  C: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: '{{resolve:ssm:/a/b:1}}'}}\n"
    )
    assert list(nested(parse(text, "apps/root.yaml"))) == [("A", "net/a.yaml")]


def test_unrelated_templates_have_no_root() -> None:
    assert load_set({"a.yaml": NETWORK, "b.yaml": NETWORK}).root is None


def test_a_document_that_did_not_change_is_not_parsed_again() -> None:
    first = load_set({"a.yaml": NETWORK})
    second = load_set({"a.yaml": NETWORK}, shared=first.documents.values())
    assert second.documents["a.yaml"] is first.documents["a.yaml"]
