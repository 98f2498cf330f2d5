"""A stranger's templates, right or wrong: as much of an answer as can be given, and a sentence for the rest."""

from __future__ import annotations

import json

import pytest

from showcore_cfn.review.graph import of_nest, of_review
from showcore_cfn.review.graph_svg import svg
from showcore_cfn.review.report import Form, render
from showcore_cfn.review.report_text import changes
from showcore_cfn.review.review import Review
from showcore_cfn.template.json_types import Json
from tests.unit.review.sets import one, reviewed, template

GOOD = template(Q=one("AWS::SQS::Queue", {"DelaySeconds": 0}))
STACK = "Resources: {S: {Type: 'AWS::CloudFormation::Stack', Properties: {TemplateURL: ./%s.yaml}}}"
SAM = "Transform: AWS::Serverless-2016-10-31\nResources: {F: {Type: 'AWS::Serverless::Function', Properties: {%s}}}"
LOOP = (
    "Transform: AWS::LanguageExtensions\nResources:\n  'Fn::ForEach::Queues':\n    - Name\n    - [%s]\n"
    "    - 'Queue${Name}': {Type: 'AWS::SQS::Queue', Properties: {QueueName: !Sub 'q-${Name}'}}\n"
)


def all_forms(found: Review) -> str:
    """Every form of the report and of the picture; the text for a look."""
    texts = {form: render(form, found) for form in Form}
    for graph in (of_nest(found.difference.base), of_nest(found.difference.head), of_review(found)):
        svg(graph, "x")
    return texts[Form.TEXT]


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        pytest.param("Resources: [", "not well-formed YAML", id="broken-yaml"),
        pytest.param(
            '{"Resources": {"A": {"Type": "AWS::SQS::Queue"', "not well-formed YAML", id="broken-json"
        ),
        pytest.param(
            "Resources: [a]\nTransform: X", "the section Resources is not a mapping", id="resources-a-list"
        ),
        pytest.param(
            "AWSTemplateFormatVersion: x\nResources: {A: 1}", "the resource A is not a mapping", id="no-map"
        ),
        pytest.param(
            "AWSTemplateFormatVersion: x\nResources: {A: {}}", "the resource A has no Type", id="no-type"
        ),
        pytest.param("Resources:\n  A: {Type: X}\n  A: {Type: Y}\n", "stands twice", id="duplicate-key"),
        pytest.param(
            "Resources: {A: {Type: X, Properties: &a {B: *a}}}", "stands inside its own anchor", id="anchor"
        ),
        pytest.param(
            "Resources: {A: {Type: X, Properties: {P: !Ref Nobody}}}", "neither a parameter nor", id="ref"
        ),
        pytest.param("Resources: {A: {Type: X, Properties: {P: !GetAtt [A]}}}", "add app/A", id="bad-getatt"),
        pytest.param(
            "Resources: {A: {Type: X, Properties: [1, {a: b}]}}", "app/A  X  created", id="properties-a-list"
        ),
        pytest.param(
            "Resources: {A: {Type: [x], Properties: null}}", "the resource A has no Type", id="type-a-list"
        ),
        pytest.param(
            "Resources: {A: {Type: X, Metadata: [], Condition: {a: b}}}", "app/A", id="odd-attributes"
        ),
        pytest.param(
            SAM % "Handler: x", "the transform AWS::Serverless-2016-10-31 runs in CloudFormation", id="sam"
        ),
        pytest.param(STACK % "gone", "is not among the files", id="missing-nested"),
        pytest.param(
            "Resources: {'Fn::Transform': {Name: M}, A: {Type: X}}", "app/A", id="macro-in-resources"
        ),
        pytest.param(
            "Rules: [x]\nMappings: 3\nOutputs: null\nResources: {A: {Type: X}}", "app/A", id="odd-sections"
        ),
        pytest.param(
            f"Resources: {{A: {{Type: X, Properties: {'[' * 90}{']' * 90}}}}}", "nested too deeply", id="deep"
        ),
    ],
)
def test_what_cannot_be_understood_is_said_and_the_rest_is_answered(after: str, expected: str) -> None:
    text = all_forms(reviewed(GOOD, after))
    assert expected.replace("add app/A", "app/A") in text
    assert "- app/Q" in text
    all_forms(reviewed(after, GOOD))
    assert all_forms(reviewed(after, after))


def test_what_is_not_understood_of_templates_that_do_not_differ_is_only_counted() -> None:
    before = {"app.yaml": GOOD, "sam.yaml": SAM % "Handler: x"}
    text = all_forms(reviewed(before, {**before, "app.yaml": GOOD.replace("0", "1")}))
    assert "Not understood of templates that do not differ: 1 place." in text
    assert "runs in CloudFormation" not in text


def test_a_nested_template_that_is_taken_away_is_named_and_refused_though_its_parent_is_the_same() -> None:
    before = {"root.yaml": STACK % "app", "app.yaml": GOOD}
    found = reviewed(before, {"root.yaml": before["root.yaml"]})
    assert found.refusals == (
        "root.yaml:1: S nests app.yaml, which is there no more. What it held is shown as removed.",
    )
    assert [problem.sentence for problem in found.problems] == [
        "the template ./app.yaml of S is not among the files."
    ]
    assert found.other_problems == 0
    assert "root.yaml:1: the template ./app.yaml of S is not among the files." in changes(found)
    all_forms(found)


def test_a_nested_template_that_is_missing_on_both_sides_is_still_named() -> None:
    both = {"root.yaml": STACK % "gone", "other.yaml": GOOD}
    found = reviewed(both, {**both, "other.yaml": GOOD.replace("0", "1")})
    assert [problem.name for problem in found.problems] == ["root.yaml"]
    assert found.refusals == ()


def test_a_resource_that_differs_and_does_not_stand_is_named_with_its_condition() -> None:
    def with_role(path: str) -> str:
        off = "Conditions: {Never: !Equals [a, b]}\nResources:\n  Q: {Type: 'AWS::SQS::Queue'}\n"
        return off + f"  Role: {{Type: 'AWS::IAM::Role', Condition: Never, Properties: {{Path: {path}}}}}\n"

    text = all_forms(reviewed(with_role("/a/"), with_role("/b/")))
    assert "Differs and does not stand, as its condition does not hold: app/Role (Never)." in text
    assert "app.yaml Resources" not in text


def test_a_loop_that_differs_is_named() -> None:
    text = all_forms(reviewed(LOOP % "a, b", (LOOP % "a, b").replace("q-$", "r-$")))
    assert "app.yaml Fn::ForEach::Queues" in text


def test_stacks_that_nest_each_other_end_with_a_sentence() -> None:
    nest = {"root.yaml": STACK % "a", "a.yaml": STACK % "b", "b.yaml": STACK % "a"}
    assert "a cycle" in all_forms(reviewed(nest, {**nest, "b.yaml": GOOD}))


def test_a_loop_is_compared_by_what_it_makes() -> None:
    text = all_forms(reviewed(LOOP % "a, b", LOOP % "b, c"))
    assert "app/Queueb" not in text
    assert "app/Queuec" in text
    assert "app/Queuea" in text


def test_an_unknown_type_is_compared_and_its_impact_left_open() -> None:
    text = all_forms(reviewed(SAM % "Handler: x", SAM % "Handler: y"))
    assert "Handler: x -> y  # AWS::Serverless::Function is not among the schemas" in text


def test_five_hundred_resources_are_compared_in_every_form() -> None:
    def set_of(delay: int) -> str:
        rows: dict[str, Json] = {
            f"Queue{n}": one("AWS::SQS::Queue", {"DelaySeconds": delay, "QueueName": f"q-{n}"})
            for n in range(500)
        }
        return template(**rows)

    assert "500 change" in all_forms(reviewed(set_of(0), set_of(1)))


def test_five_hundred_renamed_resources_are_compared_in_every_form() -> None:
    def set_of(prefix: str) -> str:
        rows: dict[str, Json] = {
            f"{prefix}{n}": one(
                "AWS::SQS::Queue", {"DelaySeconds": n, "Tags": [{"Key": "n", "Value": str(n)}]}
            )
            for n in range(500)
        }
        return template(**rows)

    assert "500 REPLACE" in all_forms(reviewed(set_of("Old"), set_of("New")))


def test_a_long_list_is_compared() -> None:
    def set_of(first: int) -> str:
        rules: list[Json] = [
            {"IpProtocol": "tcp", "FromPort": n, "ToPort": n, "CidrIp": f"10.{n % 250}.0.0/16"}
            for n in range(first, first + 400)
        ]
        return template(
            G=one("AWS::EC2::SecurityGroup", {"GroupDescription": "x", "SecurityGroupIngress": rules})
        )

    assert "SecurityGroupIngress" in all_forms(reviewed(set_of(1), set_of(200)))


def test_a_name_with_odd_characters_stays_a_name() -> None:
    odd = 'A"<b>`|\n::error::'
    assert all_forms(
        reviewed(GOOD, json.dumps({"Resources": {odd: {"Type": odd, "Properties": {odd: odd}}}}))
    )
