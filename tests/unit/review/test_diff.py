"""Two template sets compared: what is a change for CloudFormation, and what only looks like one."""

from __future__ import annotations

import pytest

from showcore_cfn.review.diff import Action
from showcore_cfn.template.json_types import Json
from tests.unit.review.sets import difference, one, template

BUCKET = one("AWS::S3::Bucket", {"BucketName": "assets-1", "Tags": [{"Key": "a", "Value": "b"}]})
NETWORK = """\
Parameters: {Name: {Type: String}}
Resources: {VPC: {Type: 'AWS::EC2::VPC', Properties: {CidrBlock: 10.0.0.0/16, Tags: [{Key: Name, Value: !Ref Name}]}}}
Outputs: {VpcId: {Value: !Ref VPC}}
"""
DATABASE = """\
Parameters: {Vpc: {Type: String}}
Resources: {Group: {Type: 'AWS::EC2::SecurityGroup', Properties: {GroupDescription: x, VpcId: !Ref Vpc}}}
"""
ROOT = """\
Resources:
  Network:
    Type: AWS::CloudFormation::Stack
    Properties: {TemplateURL: ./network.yaml, Parameters: {Name: showcore}}
  Database:
    Type: AWS::CloudFormation::Stack
    Properties: {TemplateURL: ./database.yaml, Parameters: {Vpc: !GetAtt Network.Outputs.VpcId}}
"""
NEST = {"root.yaml": ROOT, "network.yaml": NETWORK, "database.yaml": DATABASE}


def told(before: dict[str, str] | str, after: dict[str, str] | str) -> list[str]:
    """Each change as `action path`."""
    return [f"{change.action} {change.path}" for change in difference(before, after).changes]


def test_a_set_does_not_differ_from_itself() -> None:
    assert difference(NEST, NEST).empty


def test_added_removed_and_modified_resources_are_told_apart() -> None:
    before = template(A=BUCKET, B=one("AWS::SNS::Topic", {"DisplayName": "a"}))
    after = template(B=one("AWS::SNS::Topic", {"DisplayName": "b"}), C=one("AWS::SQS::Queue", {}))
    assert told(before, after) == ["modify app/B", "add app/C", "remove app/A"]


def test_json_and_yaml_and_the_order_of_resources_are_no_change() -> None:
    yaml = (
        "Resources:\n  B: {Type: AWS::SQS::Queue}\n"
        "  A:\n    Properties: {Tags: [{Value: b, Key: a}], BucketName: assets-1}\n    Type: AWS::S3::Bucket\n"
    )
    assert difference(template(A=BUCKET, B={"Type": "AWS::SQS::Queue"}), yaml).empty


def test_a_renamed_parameter_and_a_value_moved_into_a_wire_are_no_change() -> None:
    renamed = {
        **NEST,
        "database.yaml": DATABASE.replace("Vpc:", "NetworkId:").replace("!Ref Vpc", "!Ref NetworkId"),
        "root.yaml": ROOT.replace("{Vpc:", "{NetworkId:"),
    }
    found = difference(NEST, renamed)
    assert found.changes == ()
    assert found.rewritten == ("root/Database", "database/Group")


def test_a_parameter_of_another_value_is_a_change_where_it_arrives() -> None:
    found = difference(NEST, {**NEST, "root.yaml": ROOT.replace("Name: showcore", "Name: other")})
    (change,) = found.changes
    assert (change.path, [edit.where for edit in change.properties]) == ("network/VPC", ["Tags[Name].Value"])
    assert found.rewritten == ("root/Network",)


def test_the_parameters_of_the_environment_are_used() -> None:
    text = "Parameters: {P: {Type: String}}\nResources: {R: {Type: 'AWS::SNS::Topic', Properties: {DisplayName: %s}}}"
    assert difference(text % "!Ref P", text % "showcore", {"P": "showcore"}).changes == ()
    assert len(difference(text % "!Ref P", text % "showcore").changes) == 1


def test_a_renamed_file_of_a_nested_stack_is_no_change() -> None:
    renamed = {
        "root.yaml": ROOT.replace("./network.yaml", "./net.yaml"),
        "net.yaml": NETWORK,
        "database.yaml": DATABASE,
    }
    found = difference(NEST, renamed)
    assert (found.changes, found.rewritten) == ((), ("root/Network",))


def test_a_renamed_root_file_is_no_change() -> None:
    renamed = {("main.yaml" if name == "root.yaml" else name): text for name, text in NEST.items()}
    assert difference(NEST, renamed).empty
    assert difference({"a.yaml": template(A=BUCKET)}, {"b.yaml": template(A=BUCKET)}).empty


def test_a_renamed_logical_id_is_a_move_and_what_refers_to_it_is_not_edited() -> None:
    def set_of(name: str) -> str:
        policy: Json = {"Bucket": {"Ref": name}, "PolicyDocument": {"Statement": []}}
        return template(**{name: BUCKET}, Policy=one("AWS::S3::BucketPolicy", policy))

    found = difference(set_of("Assets"), set_of("StaticAssets"))
    (change,) = found.changes
    assert (change.action, change.path) == (Action.MOVE, "app/StaticAssets")
    assert change.before is not None
    assert (change.before.path, change.properties) == ("app/Assets", ())


def test_a_resource_that_was_renamed_and_edited_is_still_one() -> None:
    edited = one("AWS::S3::Bucket", {"BucketName": "assets-1", "Tags": [{"Key": "a", "Value": "c"}]})
    (change,) = difference(template(A=BUCKET), template(B=edited)).changes
    assert (change.action, [edit.where for edit in change.properties]) == (Action.MOVE, ["Tags[a].Value"])


def test_resources_with_nothing_in_common_are_not_one() -> None:
    other = one("AWS::S3::Bucket", {"BucketName": "logs-2"})
    assert told(template(A=BUCKET), template(B=other)) == ["add app/B", "remove app/A"]


def test_a_renamed_nested_stack_moves_all_that_is_in_it() -> None:
    renamed = {
        **NEST,
        "root.yaml": ROOT.replace("Network:", "Net:").replace("Network.Outputs", "Net.Outputs"),
    }
    assert told(NEST, renamed) == ["move root/Net", "move network/VPC"]


def test_a_condition_that_turns_false_removes_the_resource() -> None:
    text = (
        "Parameters: {On: {Type: String, Default: '%s'}}\nConditions: {IsOn: !Equals [!Ref On, 'true']}\n"
        "Resources: {Q: {Type: 'AWS::SQS::Queue', Condition: IsOn}, T: {Type: 'AWS::SNS::Topic'}}"
    )
    assert told(text % "true", text % "false") == ["remove app/Q"]


@pytest.mark.parametrize(
    "name",
    ["DeletionPolicy", "UpdateReplacePolicy", "DependsOn", "Condition", "CreationPolicy", "Metadata", "Type"],
)
def test_an_attribute_is_a_change_of_its_own(name: str) -> None:
    before: dict[str, Json] = {"Type": "AWS::SNS::Topic", "Properties": {}, name: "AWS::SNS::Topic"}
    after: dict[str, Json] = {**before, name: "AWS::SQS::Queue"}
    (change,) = difference(template(R=before), template(R=after)).changes
    assert ([edit.where for edit in change.attributes], change.properties) == ([name], ())


@pytest.mark.parametrize(
    ("section", "felt"),
    [
        ("Description: a\n", False),
        ("Metadata: {a: b}\n", False),
        ("Mappings: {A: {b: {c: d}}}\n", False),
        ("Conditions: {A: !Equals [a, b]}\n", False),
        ("Parameters: {A: {Type: String}}\n", True),
        ("Rules: {A: {Assertions: []}}\n", True),
        ("Transform: AWS::Serverless-2016-10-31\n", True),
        ("Outputs: {A: {Value: b}}\n", True),
    ],
)
def test_what_stands_around_the_resources_is_seen(section: str, felt: bool) -> None:
    text = "Resources: {Q: {Type: 'AWS::SQS::Queue'}}\n"
    found = difference(text, section + text)
    assert found.changes == ()
    assert {around.felt for around in found.around} == {felt}
    assert {around.section for around in found.around} == {section.partition(":")[0]}


def test_an_output_that_is_written_differently_is_not_felt() -> None:
    text = "Resources: {Q: {Type: 'AWS::SQS::Queue'}}\nOutputs: {A: {Value: %s}}\n"
    (around,) = difference(text % "!Ref Q", text % "!Sub '${Q}'").around
    assert not around.felt


def test_exports_that_go_come_and_change_are_told_apart() -> None:
    text = "Resources: {A: {Type: 'AWS::SQS::Queue'}, B: {Type: 'AWS::SQS::Queue'}}\nOutputs:\n"
    text += "  Gone: {Value: !Ref A, Export: {Name: %s}}\n  Other: {Value: !Ref %s, Export: {Name: other}}\n"
    found = difference(text % ("gone", "A"), text % ("came", "B"))
    assert {str(edit.place[0]): edit.kind.value for edit in found.exports} == {
        "gone": "removed",
        "came": "added",
        "other": "changed",
    }
