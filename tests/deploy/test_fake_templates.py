"""Templates as the fake reads and evaluates them."""

from __future__ import annotations

from typing import Any

import pytest

from showcore_cfn.template.json_types import Json
from tests.fakes.cloudformation.errors import ServiceError
from tests.fakes.cloudformation.evaluation import Scope, after_apply, is_unknown
from tests.fakes.cloudformation.parameters import requested, resolve, shown
from tests.fakes.cloudformation.physical import attribute, physical_id
from tests.fakes.cloudformation.template import read, references, same

UNKNOWN = "{{IntrinsicFunction:show/Network.Outputs.VpcId/Fn::GetAtt}}"
BODY: dict[str, Json] = {
    "Parameters": {"Name": {"Type": "String"}, "Zones": {"Type": "CommaDelimitedList"}},
    "Mappings": {"Sizes": {"small": {"Class": "t3.micro"}}},
    "Conditions": {
        "IsProd": {"Fn::Equals": [{"Ref": "Name"}, "prod"]},
        "IsNot": {"Fn::Not": [{"Condition": "IsProd"}]},
        "Both": {"Fn::And": [{"Condition": "IsProd"}, {"Condition": "IsNot"}]},
        "Either": {"Fn::Or": [{"Condition": "IsProd"}, {"Condition": "IsNot"}]},
        "Guess": {"Fn::Equals": [UNKNOWN, "x"]},
    },
    "Resources": {"Topic": {"Type": "AWS::SNS::Topic"}},
}


def value(raw: Json, name: str = "prod") -> Json:
    """A value in a small template."""

    def attribute_of(logical_id: str, attribute_name: str | None) -> str:
        return f"<{logical_id}{'.' + attribute_name if attribute_name else ''}>"

    pseudo = {"AWS::Region": "us-east-1", "AWS::AccountId": "111122223333"}
    return Scope(BODY, {"Name": name, "Zones": "a, b"}, pseudo, attribute_of, {"shared": "42"}).value(raw)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ({"Ref": "Name"}, "prod"),
        ({"Ref": "Zones"}, ["a", "b"]),
        ({"Ref": "AWS::Region"}, "us-east-1"),
        ({"Ref": "Topic"}, "<Topic>"),
        ({"Fn::GetAtt": ["Topic", "TopicName"]}, "<Topic.TopicName>"),
        ({"Fn::Sub": "${Name}-${Topic.Arn}-${AWS::Region}-${!Kept}"}, "prod-<Topic.Arn>-us-east-1-${Kept}"),
        ({"Fn::Sub": ["${A}-${Name}", {"A": {"Ref": "Topic"}}]}, "<Topic>-prod"),
        ({"Fn::Join": ["-", ["a", {"Ref": "Name"}, 1]]}, "a-prod-1"),
        ({"Fn::Select": ["1", {"Ref": "Zones"}]}, "b"),
        ({"Fn::Split": [",", "a,b"]}, ["a", "b"]),
        ({"Fn::FindInMap": ["Sizes", "small", "Class"]}, "t3.micro"),
        ({"Fn::If": ["IsProd", "yes", "no"]}, "yes"),
        ({"Fn::If": ["Both", "yes", "no"]}, "no"),
        ({"Fn::If": ["Either", "yes", "no"]}, "yes"),
        ({"a": {"Fn::If": ["IsNot", 1, {"Ref": "AWS::NoValue"}]}, "b": 2}, {"b": 2}),
        ([{"Ref": "AWS::NoValue"}, "x"], ["x"]),
        ({"Fn::GetAZs": ""}, [f"us-east-1{letter}" for letter in "abcdef"]),
        ({"Fn::Cidr": ["10.0.0.0/16", 2, 8]}, ["10.0.0.0/24", "10.0.1.0/24"]),
        ({"Fn::Base64": "abc"}, "YWJj"),
        ({"Fn::ToJsonString": {"a": [1]}}, '{"a":[1]}'),
        ({"Fn::Length": ["a", "b"]}, 2),
        ({"Fn::ImportValue": "shared"}, "42"),
        ({"Fn::Split": ["/", UNKNOWN]}, [UNKNOWN]),
        ({"Fn::Join": ["-", ["a", UNKNOWN]]}, f"a-{UNKNOWN}"),
    ],
)
def test_functions_are_evaluated(raw: Json, expected: Json) -> None:
    assert value(raw) == expected


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        ({"Fn::Select": [1, ["a"]]}, "Template error: Fn::Select cannot select nonexistent value at index 1"),
        ({"Fn::Select": ["a"]}, "Template error: Fn::Select requires a list argument with two elements"),
        ({"Fn::Join": ["-", "a"]}, "Template error: every Fn::Join object requires two parameters"),
        ({"Fn::Split": ["-"]}, "Template error: every Fn::Split object requires two parameters"),
        (
            {"Fn::FindInMap": ["Sizes", "huge", "Class"]},
            "Template error: Unable to get mapping for Sizes::huge::Class",
        ),
        (
            {"Fn::GetAtt": ["Topic", ""]},
            "Template error: every Fn::GetAtt object requires two non-empty parameters",
        ),
        ({"Fn::ImportValue": "none"}, "No export named none found"),
        ({"Fn::If": ["Guess", 1, 2]}, "Usage of {{IntrinsicFunction:"),
        ({"Fn::If": ["Nowhere", 1, 2]}, "Template format error: Unresolved dependencies [Nowhere]"),
        ({"Fn::Foo": 1}, "Template format error: Unsupported function Fn::Foo."),
    ],
)
def test_what_cannot_be_evaluated_is_refused(raw: Json, message: str) -> None:
    with pytest.raises(ServiceError) as caught:
        value(raw)
    assert caught.value.message.startswith(message)


def test_what_is_unknown_is_found_and_shown_as_known_after_apply() -> None:
    found: Json = {"a": [f"x-{UNKNOWN}"], "b": 1}
    assert (is_unknown(found), is_unknown({"b": 1})) == (True, False)
    assert after_apply(found) == {"a": ["{{changeSet:KNOWN_AFTER_APPLY}}"], "b": 1}


def test_references_are_found_wherever_they_stand() -> None:
    raw: Json = {
        "DependsOn": ["A"],
        "Properties": {
            "x": [{"Ref": "B"}, {"Fn::GetAtt": ["C", "Arn"]}],
            "y": {"Fn::Sub": ["${D.Id} ${own} ${!no}", {"own": {"Ref": "E"}}]},
        },
    }
    assert list(references(raw)) == [("A", None), ("B", None), ("C", "Arn"), ("E", None), ("D", "Id")]


def test_order_follows_the_references() -> None:
    text = "Resources: {B: {Type: AWS::SNS::Topic, DependsOn: A}, A: {Type: AWS::SNS::Topic}}"
    assert read(text).order == ("A", "B")


@pytest.mark.parametrize(
    ("left", "right", "alike"), [(True, "true", True), (1, "1", True), ("a", "b", False)]
)
def test_scalars_are_compared_as_text(left: Json, right: Json, alike: bool) -> None:
    assert same({"x": [left]}, {"x": [right]}) is alike


@pytest.mark.parametrize(
    ("declared", "given", "message"),
    [
        ("{Type: Number, MinValue: 2}", "1", "must be a number not less than 2"),
        ("{Type: Number, MaxValue: 2}", "3", "must be a number not greater than 2"),
        ("{Type: String, MinLength: 3}", "ab", "must contain at least 3 characters"),
        ("{Type: String, MaxLength: 1}", "ab", "must contain at most 1 characters"),
        ("{Type: String, AllowedPattern: '[a-z]+'}", "A", "must match pattern [a-z]+"),
        (
            "{Type: String, AllowedPattern: '[a-z]+', ConstraintDescription: be small}",
            "A",
            "constraint: be small",
        ),
        ("{Type: String}", "x" * 4_097, "greater than maximum allowed 4096 bytes"),
        ("{Type: 'AWS::SSM::Parameter::Value<String>'}", "/none", "Unable to fetch parameters [/none]"),
    ],
)
def test_a_parameter_keeps_to_its_declaration(declared: str, given: str, message: str) -> None:
    template = read(f"Parameters: {{X: {declared}}}\nResources: {{T: {{Type: AWS::SNS::Topic}}}}")
    with pytest.raises(ServiceError) as caught:
        resolve(template, {"X": given}, {})
    assert message in caught.value.message


def test_defaults_stand_in_and_ssm_names_are_resolved() -> None:
    template = read(
        "Parameters: {A: {Type: Number, Default: 3}, B: {Type: 'AWS::SSM::Parameter::Value<String>'}}\n"
        "Resources: {T: {Type: AWS::SNS::Topic}}"
    )
    values = resolve(template, {"B": "/size"}, {"/size": "big"})
    assert values == {"A": "3", "B": "/size"}
    assert shown(template, values, {"/size": "big"})[1] == {
        "ParameterKey": "B",
        "ParameterValue": "/size",
        "ResolvedValue": "big",
    }


def test_the_previous_value_is_taken_where_there_is_one() -> None:
    items: list[dict[str, Any]] = [{"ParameterKey": "A", "UsePreviousValue": True}]
    assert requested(items, {"A": "1"}) == {"A": "1"}
    with pytest.raises(ServiceError, match="Cannot specify usePreviousValue as true"):
        requested([{"ParameterKey": "A", "UsePreviousValue": True, "ParameterValue": "2"}], {"A": "1"})


@pytest.mark.parametrize(
    ("kind", "properties", "pattern"),
    [
        ("AWS::EC2::VPC", {}, "vpc-0"),
        ("AWS::SNS::Topic", {"TopicName": "t"}, "arn:aws:sns:us-east-1:111122223333:t"),
        ("AWS::SQS::Queue", {"QueueName": "q"}, "https://sqs.us-east-1.amazonaws.com/111122223333/q"),
        ("AWS::IAM::ManagedPolicy", {"ManagedPolicyName": "p"}, "arn:aws:iam::111122223333:policy/p"),
        ("AWS::RDS::DBInstance", {"DBInstanceIdentifier": "db"}, "db"),
        ("AWS::S3::Bucket", {}, "show-thing-"),
        ("AWS::IAM::Role", {}, "show-Thing-"),
    ],
)
def test_physical_names_look_like_those_of_aws(kind: str, properties: dict[str, Json], pattern: str) -> None:
    made = physical_id("show", "Thing", kind, properties, "us-east-1:111122223333", "1")
    assert made.startswith(pattern)


@pytest.mark.parametrize(
    ("kind", "name", "start"),
    [
        ("AWS::IAM::Role", "Arn", "arn:aws:iam::111122223333:role/x"),
        ("AWS::S3::Bucket", "Arn", "arn:aws:s3:::x"),
        ("AWS::RDS::DBInstance", "Endpoint.Port", "5432"),
        ("AWS::RDS::DBInstance", "Endpoint.Address", "x."),
        ("AWS::SNS::Topic", "TopicName", "given"),
    ],
)
def test_attributes_are_told(kind: str, name: str, start: str) -> None:
    told = attribute(kind, "x", {"TopicName": "given"}, name, "us-east-1:111122223333")
    assert told.startswith(start)


def test_the_arn_of_a_queue_is_not_made_of_its_address() -> None:
    told = attribute("AWS::SQS::Queue", "https://sqs.example/1/q", {}, "Arn", "us-east-1:111122223333")
    assert told == "arn:aws:sqs:us-east-1:111122223333:q"
