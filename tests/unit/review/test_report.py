"""A review in words: for the terminal, a comment, annotations, machines and as a page."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

import jsonschema
import pytest

from showcore_cfn.cost.delta import Change, Delta
from showcore_cfn.review import wording
from showcore_cfn.review.report import Form, render
from showcore_cfn.review.report_markdown import code, plain
from showcore_cfn.review.review import Gate, Review
from showcore_cfn.template.json_types import Json
from tests.unit.review.sets import one, reviewed, template

SCHEMA = Path(__file__).parents[3] / "docs" / "schemas" / "review.schema.json"
CONTEXT: Json = {
    "com.aws.cloudformation.Context": {"why": "It holds all.", "mutability": {"DBName": "must-never-change"}}
}


def database(name: str, *, public: bool = False, **more: Json) -> dict[str, Json]:
    properties: Json = {"DBName": name, "PubliclyAccessible": public, "MasterUserPassword": f"secret-{name}"}
    return one("AWS::RDS::DBInstance", properties, Metadata=CONTEXT, **more)


BEFORE = template(
    D=database("a"), T=one("AWS::SNS::Topic", {"DisplayName": "a"}), Old=one("AWS::SQS::Queue", {})
)
AFTER = template(
    D=database("b", public=True),
    T=one("AWS::SNS::Topic", {"DisplayName": "b"}),
    New=one("AWS::SNS::Topic", {}),
)


@pytest.fixture(scope="module")
def review() -> Review:
    return reviewed(BEFORE, AFTER, with_cost=True)


@pytest.mark.parametrize(
    ("before", "after", "verdict"),
    [
        (BEFORE, BEFORE, "Nothing differs."),
        (
            BEFORE,
            AFTER,
            "Data at risk: app/D, app/Old; 1 REPLACE, 1 delete, 1 add, 1 change; 1 widening.",
        ),
        (
            template(T=one("AWS::SNS::Topic", {}, Metadata={"a": "b"})),
            template(T=one("AWS::SNS::Topic", {}, Metadata={"a": "c"})),
            "No change to the account, only to how the templates are written.",
        ),
        (
            template(T=one("AWS::SNS::Topic", {})),
            template(T=one("AWS::SNS::Topic", {})).replace(
                '{"Resources"', '{"Outputs": {"A": {"Value": 1}}, "Resources"'
            ),
            "No resource changes, parameters or outputs do.",
        ),
        (
            template(R=one("AWS::IAM::Role", {"RoleName": "a", "Path": "/"})),
            template(R=one("AWS::IAM::Role", {"RoleName": "a", "Path": "/b/"})),
            "CloudFormation refuses this; 1 REPLACE.",
        ),
        (
            template(V=one("AWS::EC2::VPC", {"InstanceTenancy": "default"})),
            template(V=one("AWS::EC2::VPC", {"InstanceTenancy": "dedicated"})),
            "1 may be replaced.",
        ),
    ],
)
def test_the_verdict_says_it_in_one_line(before: str, after: str, verdict: str) -> None:
    assert wording.verdict(reviewed(before, after)) == verdict


def test_the_text_goes_from_the_verdict_to_the_notes(review: Review) -> None:
    text = render(Form.TEXT, review)
    titles = [
        "Data at risk",
        "Against the templates' own word",
        "Security",
        "Cost",
        "app: 1 replace, 1 delete",
    ]
    assert [text.index(title) for title in titles] == sorted(text.index(title) for title in titles)
    assert text.startswith("main -> topic\n\nData at risk: app/D, app/Old; 1 REPLACE")
    assert " -/+ app/D  RDS::DBInstance  replaced because of DBName; the old one is deleted" in text
    assert "       DBName: a -> b  # forces replacement" in text
    assert "   - app/Old  SQS::Queue  deleted" in text
    assert "why: It holds all." in text


@pytest.mark.parametrize("form", list(Form))
def test_a_secret_is_never_shown(review: Review, form: Form) -> None:
    text = render(form, review)
    assert "secret-" not in text
    assert form is Form.GITHUB or "(hidden)" in text


def test_the_cost_is_set_against_the_budget() -> None:
    bare = reviewed(template(), template(Q=one("AWS::SQS::Queue", {})))
    delta = Delta(Decimal("58.55"), Decimal("65.85"), (Change("app/Q", None, Decimal("7.30")),), ())
    found = Review(bare.base, bare.head, bare.difference, bare.affected, (), (), (), (), delta, Decimal(60))
    sentence = "+7.30 USD a month, from 58.55 to 65.85 USD. That is 5.85 USD ABOVE the budget of 60.00 USD."
    assert wording.cost_sentence(found) == sentence
    for form in (Form.TEXT, Form.GITHUB, Form.HTML):
        assert sentence in render(form, found)
    assert plain(sentence) in render(Form.MARKDOWN, found)
    assert "+7.30 USD/month" in wording.verdict(found)
    assert found.stopped_by((Gate.COST,)) == (Gate.COST,)
    within = Review(bare.base, bare.head, bare.difference, bare.affected, (), (), (), (), delta, Decimal(70))
    assert within.stopped_by((Gate.COST,)) == ()


@pytest.mark.parametrize(
    ("before", "after", "stopped"),
    [
        (BEFORE, AFTER, [Gate.REPLACEMENT, Gate.DATA, Gate.WIDENING]),
        (template(), template(Q=one("AWS::SQS::Queue", {})), []),
        (template(Q=one("AWS::SQS::Queue", {})), template(), [Gate.DATA]),
        (
            template(T=one("AWS::SNS::Topic", {"TopicName": "a"})),
            template(T=one("AWS::SNS::Topic", {"TopicName": "b"})),
            [Gate.REPLACEMENT],
        ),
    ],
)
def test_gates_stop_what_they_are_named_for(before: str, after: str, stopped: list[Gate]) -> None:
    assert list(reviewed(before, after).stopped_by(tuple(Gate))) == stopped


# Markdown -----------------------------------------------------------------------------------------------------


def test_a_comment_starts_with_its_hidden_marker_and_folds_each_stack(review: Review) -> None:
    text = render(Form.MARKDOWN, review)
    assert text.startswith("<!-- showcore-review -->\n\n### Data at risk")
    assert "<details><summary><b>app</b>: 1 replace, 1 delete, 1 add, 1 change</summary>" in text
    assert "> [!WARNING]\n> **Data at risk**\n> - app/D holds a database; " in text
    assert "```mermaid\nflowchart LR\n" in text


@pytest.mark.parametrize("number", [10, 150, 500])
def test_a_comment_keeps_within_its_limit_and_a_summary_within_its_own(number: int) -> None:
    def set_of(name: str) -> str:
        rows: dict[str, Json] = {
            f"Database{n}": one(
                "AWS::RDS::DBInstance", {"DBName": name * 40, "DBSubnetGroupName": name * 60, "Tags": []}
            )
            for n in range(number)
        }
        return template(**rows)

    found = reviewed(set_of("a"), set_of("b"))
    comment, summary = render(Form.MARKDOWN, found), render(Form.SUMMARY, found)
    assert len(comment) <= 60_000
    assert len(summary.encode()) < 1024 * 1024
    assert f"{number} REPLACE" in comment
    assert all(f"Database{n}" in summary for n in range(number))
    assert comment.count("<details>") == comment.count("</details>")
    if number == 500:
        assert "… and 460 more" in comment


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a|b", "`a\\|b`"),
        ("a`b", "`` a`b ``"),
        ("a\nb", "`a b`"),
        ("", ""),
        ("``", "``` `` ```"),
    ],
)
def test_a_value_cannot_break_out_of_its_code_span(text: str, shown: str) -> None:
    assert code(text) == shown


def test_a_sentence_pings_nobody_and_makes_no_html() -> None:
    assert plain("@team <b>*x*</b> a_b") == "@\u200bteam \\<b\\>\\*x\\*\\</b\\> a\\_b"


# GitHub annotations -------------------------------------------------------------------------------------------


def test_annotations_stand_at_the_line_that_changed() -> None:
    text = "Resources:\n  D:\n    Type: AWS::RDS::DBInstance\n    Properties:\n      Engine: postgres\n"
    text += "      DBName: %s\n"
    lines = render(Form.GITHUB, reviewed(text % "a", text % "b")).splitlines()
    assert lines == [
        (
            "::error file=templates/app.yaml,line=6,title=Data at risk::app/D holds a database; the replacement "
            "(DBName) starts empty, the old one is deleted."
        )
    ]


def test_an_interruption_of_what_holds_data_is_a_warning() -> None:
    sizes = [template(D=one("AWS::RDS::DBInstance", {"DBInstanceClass": size})) for size in ("a", "b")]
    (line,) = render(Form.GITHUB, reviewed(*sizes)).splitlines()
    assert line.startswith(
        "::warning file=templates/app.yaml,line=1,title=Interruption::app/D: updated in place"
    )


def test_there_are_at_most_ten_annotations_of_a_kind_and_the_worst_first() -> None:
    def set_of(name: str, *, public: bool) -> str:
        rows: dict[str, Json] = {f"D{n}": database(name, public=public) for n in range(20)}
        topics: dict[str, Json] = {
            f"T{n}": one("AWS::SNS::Topic", {"TopicName": f"{name}{n}"}) for n in range(30)
        }
        return template(**rows, **topics)

    lines = render(Form.GITHUB, reviewed(set_of("a", public=False), set_of("b", public=True))).splitlines()
    levels = [line.split(" ", 1)[0] for line in lines]
    assert {level: levels.count(level) for level in set(levels)} == {"::error": 10, "::warning": 10}
    assert levels == sorted(levels)
    assert "title=Data at risk::" in lines[0]
    assert "title=and 51 more::51 more; the comment shows all." in lines[9]


def test_an_annotation_cannot_carry_a_second_command() -> None:
    name = "a%0A\n::error::b, c: d"
    before = template(T=one("AWS::IAM::Role", {"RoleName": "x", "Path": name}))
    after = template(T=one("AWS::IAM::Role", {"RoleName": "x", "Path": "b"}, DependsOn=name))
    lines = render(Form.GITHUB, reviewed(before, after)).splitlines()
    assert all(line.startswith(("::error file=", "::warning file=", "::notice file=")) for line in lines)


# JSON ---------------------------------------------------------------------------------------------------------


def test_the_json_keeps_to_its_published_schema(review: Review) -> None:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    for found in (review, reviewed(BEFORE, BEFORE), reviewed(BEFORE, "Resources: [a]\nTransform: X")):
        validator.validate(json.loads(render(Form.JSON, found)))


def test_the_schema_names_every_field_and_no_other(review: Review) -> None:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    document = json.loads(render(Form.JSON, review))
    assert set(schema["properties"]) == set(document) == set(schema["required"])
    resource = schema["$defs"]["resource"]
    assert set(resource["properties"]) == set(document["resources"][0]) == set(resource["required"])


def test_the_json_says_what_a_machine_needs(review: Review) -> None:
    document = json.loads(render(Form.JSON, review))
    first = next(resource for resource in document["resources"] if resource["path"] == "app/D")
    assert (first["outcome"], first["forcedBy"], first["oldOneIs"], first["holds"]) == (
        "replace",
        ["DBName"],
        "deleted",
        "a database",
    )
    assert document["counts"] == {"replace": 1, "delete": 1, "add": 1, "change": 1}
    assert document["cost"]["currency"] == "USD"


# HTML ---------------------------------------------------------------------------------------------------------


def test_the_page_is_well_formed_and_asks_the_network_for_nothing(review: Review) -> None:
    page = render(Form.HTML, review)
    body = page.partition("<!doctype html>\n")[2]
    for void in ("<meta charset=", "<meta name="):
        body = re.sub(rf"({void}[^>]*)>", r"\1/>", body)
    root = ElementTree.fromstring(body.replace("&rarr;", "→"))
    addresses = {
        value for node in root.iter() for name, value in node.attrib.items() if name in ("href", "src")
    }
    assert addresses == set()
    assert {node.tag.rpartition("}")[2] for node in root.iter()} & {
        "script",
        "link",
        "iframe",
        "img",
        "object",
    } == set()
    assert "url(" not in page
    assert "@import" not in page
    assert set(re.findall(r"https?://[^\s\"'<]+", page)) == {"http://www.w3.org/2000/svg"}


def test_the_page_is_made_for_dark_for_a_phone_and_for_paper(review: Review) -> None:
    page = render(Form.HTML, review)
    for needed in ("prefers-color-scheme:dark", "max-width:600px", "@media print", 'name="viewport"'):
        assert needed in page
    assert "What the change touches" in page


def test_the_page_shows_a_value_and_does_not_run_it() -> None:
    evil = "<script>alert(1)</script>"
    before = template(T=one("AWS::SNS::Topic", {"DisplayName": "a"}))
    after = template(T=one("AWS::SNS::Topic", {"DisplayName": evil}))
    page = render(Form.HTML, reviewed(before, after))
    assert evil not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


# Values -------------------------------------------------------------------------------------------------------


def test_a_long_value_is_cut_around_what_differs() -> None:
    def set_of(end: str) -> str:
        return template(T=one("AWS::SNS::Topic", {"DisplayName": "a" * 300 + end}))

    text = render(Form.TEXT, reviewed(set_of("first"), set_of("second")))
    line = next(line for line in text.splitlines() if "DisplayName:" in line)
    assert "first -> …" in line
    assert line.endswith("second")
    assert len(line) < 240
