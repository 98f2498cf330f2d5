"""What a change set of the fake says of each resource, held to AWS's own recorded answers.

The cases with two topics are those of LocalStack's AWS-validated snapshots (FACTS.md).
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.fakes.cloudformation.small import NEST, SAME, Api, edited

pytest_plugins = ("tests.fakes.cloudformation.fixtures",)
ONE = "Resources: {Topic1: {Type: AWS::SNS::Topic, Properties: {TopicName: topic-1, DisplayName: value-1}}}"
PARAMETER = """\
Parameters: {Name: {Type: String}}
Resources:
  Foo: {Type: AWS::SNS::Topic, Properties: {TopicName: !Ref Name}}
"""
NEVER = {"Attribute": "Properties", "Name": "DisplayName", "RequiresRecreation": "Never"}
ALWAYS = {"Attribute": "Properties", "Name": "TopicName", "RequiresRecreation": "Always"}
DIRECT = {"Evaluation": "Static", "ChangeSource": "DirectModification"}


def chain(first: str, function: str = "!GetAtt Topic1.DisplayName") -> str:
    """Two more topics behind the first, each showing what the one before shows."""
    return f"""\
Resources:
  Topic1: {{Type: AWS::SNS::Topic, Properties: {first}}}
  Topic2: {{Type: AWS::SNS::Topic, Properties: {{TopicName: topic-2, DisplayName: {function}}}}}
  Topic3: {{Type: AWS::SNS::Topic, Properties: {{TopicName: topic-3, DisplayName: !GetAtt Topic2.DisplayName}}}}
"""


def update(api: Api, before: str, after: str, values: dict[str, str] | None = None, **request: Any) -> str:
    """The change set from one template to another."""
    api.aws.put_stack("show", before, parameters=values)
    return api.plan(after, Parameters=request.pop("Parameters", []), **request)


def test_an_added_resource_has_no_details(api: Api) -> None:
    change_set = api.plan(ONE, ChangeSetType="CREATE", Parameters=[])
    assert api.described(change_set)["Changes"] == [
        {
            "Type": "Resource",
            "ResourceChange": {
                "Action": "Add",
                "LogicalResourceId": "Topic1",
                "ResourceType": "AWS::SNS::Topic",
                "Scope": [],
                "Details": [],
            },
        }
    ]


def test_with_values_an_addition_shows_them_and_claims_to_be_a_replacement(api: Api) -> None:
    change_set = api.plan(ONE, ChangeSetType="CREATE", Parameters=[])
    change = api.changes(change_set, IncludePropertyValues=True)["Topic1"]
    assert json.loads(change["AfterContext"]) == {
        "Properties": {"TopicName": "topic-1", "DisplayName": "value-1"}
    }
    assert change["Replacement"] == "True"


def test_a_property_changed_in_the_template_is_a_static_direct_modification(api: Api) -> None:
    change = api.changes(update(api, ONE, ONE.replace("value-1", "value-2")))["Topic1"]
    assert change == {
        "Action": "Modify",
        "LogicalResourceId": "Topic1",
        "PhysicalResourceId": "arn:aws:sns:us-east-1:111122223333:topic-1",
        "ResourceType": "AWS::SNS::Topic",
        "Replacement": "False",
        "Scope": ["Properties"],
        "Details": [{"Target": NEVER, **DIRECT}],
    }


def test_with_values_the_detail_says_where_and_what(api: Api) -> None:
    change_set = update(api, ONE, ONE.replace("value-1", "value-2"))
    change = api.changes(change_set, IncludePropertyValues=True)["Topic1"]
    assert change["Details"][0]["Target"] == {
        **NEVER,
        "Path": "/Properties/DisplayName",
        "BeforeValue": "value-1",
        "AfterValue": "value-2",
        "AttributeChangeType": "Modify",
    }
    assert json.loads(change["BeforeContext"])["Properties"]["DisplayName"] == "value-1"
    assert json.loads(change["AfterContext"])["Properties"]["DisplayName"] == "value-2"


def test_a_create_only_property_means_replacement_and_the_old_one_s_fate(api: Api) -> None:
    change = api.changes(update(api, ONE, ONE.replace("topic-1", "topic-9")))["Topic1"]
    assert (change["Replacement"], change["PolicyAction"]) == ("True", "ReplaceAndDelete")
    assert change["Details"] == [{"Target": ALWAYS, **DIRECT}]


def test_an_attribute_of_a_modified_resource_may_change_and_so_on_down_the_chain(api: Api) -> None:
    before = chain("{TopicName: topic-1, DisplayName: value-1}")
    changes = api.changes(update(api, before, before.replace("value-1", "value-2")))
    for name, cause in (("Topic2", "Topic1.DisplayName"), ("Topic3", "Topic2.DisplayName")):
        assert (changes[name]["Action"], changes[name]["Replacement"]) == ("Modify", "False")
        assert changes[name]["Details"] == [
            {
                "Target": NEVER,
                "Evaluation": "Dynamic",
                "ChangeSource": "ResourceAttribute",
                "CausingEntity": cause,
            }
        ]


def test_the_ref_of_a_modified_resource_does_not_change(api: Api) -> None:
    before = chain("{TopicName: topic-1, DisplayName: value-1}", "!Ref Topic1")
    assert list(api.changes(update(api, before, before.replace("value-1", "value-2")))) == ["Topic1"]


@pytest.mark.parametrize(
    ("function", "source", "cause"),
    [
        ("!GetAtt Topic1.DisplayName", "ResourceAttribute", "Topic1.DisplayName"),
        ("!Ref Topic1", "ResourceReference", "Topic1"),
        ("!Sub 'see ${Topic1}'", "ResourceReference", "Topic1"),
    ],
    ids=["attribute", "reference", "substitution"],
)
def test_what_refers_to_a_replaced_resource_changes_for_certain(
    api: Api, function: str, source: str, cause: str
) -> None:
    before = chain("{TopicName: topic-1, DisplayName: value-1}", function)
    changes = api.changes(update(api, before, before.replace("topic-1", "topic-9")))
    assert changes["Topic2"]["Details"] == [
        {"Target": NEVER, "Evaluation": "Static", "ChangeSource": source, "CausingEntity": cause}
    ]


def test_a_parameter_that_changes_is_told_twice(api: Api) -> None:
    given = [{"ParameterKey": "Name", "ParameterValue": "topic-2"}]
    changes = api.changes(update(api, PARAMETER, PARAMETER, {"Name": "topic-1"}, Parameters=given))
    assert sorted(changes["Foo"]["Details"], key=lambda d: str(d["Evaluation"])) == [
        {"Target": ALWAYS, "Evaluation": "Dynamic", "ChangeSource": "DirectModification"},
        {
            "Target": ALWAYS,
            "Evaluation": "Static",
            "ChangeSource": "ParameterReference",
            "CausingEntity": "Name",
        },
    ]
    assert changes["Foo"]["Replacement"] == "True"


def test_a_changed_mapping_is_a_direct_modification(api: Api) -> None:
    before = "Mappings: {M: {a: {b: one}}}\n" + ONE.replace("value-1", "!FindInMap [M, a, b]")
    changes = api.changes(update(api, before, before.replace("b: one", "b: two")))
    assert changes["Topic1"]["Details"] == [{"Target": NEVER, **DIRECT}]


def test_depends_on_carries_no_change(api: Api) -> None:
    before = ONE[:-1] + ", Topic2: {Type: AWS::SNS::Topic, DependsOn: Topic1}}"
    assert list(api.changes(update(api, before, before.replace("value-1", "value-2")))) == ["Topic1"]


def test_changes_are_listed_by_name(api: Api) -> None:
    after = "Resources: {Zeta: {Type: AWS::SNS::Topic}, Alpha: {Type: AWS::SNS::Topic}}"
    changes = api.changes(update(api, ONE, after))
    assert [(name, change["Action"]) for name, change in changes.items()] == [
        ("Alpha", "Add"),
        ("Topic1", "Remove"),
        ("Zeta", "Add"),
    ]


@pytest.mark.parametrize(
    ("kind", "policy", "action"),
    [
        ("AWS::SNS::Topic", "", "Delete"),
        ("AWS::SNS::Topic", "DeletionPolicy: Retain,", "Retain"),
        ("AWS::SNS::Topic", "DeletionPolicy: RetainExceptOnCreate,", "Retain"),
        ("AWS::RDS::DBInstance", "DeletionPolicy: Snapshot,", "Snapshot"),
        ("AWS::RDS::DBInstance", "", "Snapshot"),
        ("AWS::RDS::DBInstance", "DeletionPolicy: Delete,", "Delete"),
    ],
)
def test_a_removed_resource_says_what_becomes_of_it(api: Api, kind: str, policy: str, action: str) -> None:
    before = f"{ONE[:-1]}, Old: {{{policy} Type: {kind}}}}}"
    change = api.changes(update(api, before, ONE))["Old"]
    assert (change["Action"], change["PolicyAction"], change["Details"]) == ("Remove", action, [])


@pytest.mark.parametrize("attribute", ["DeletionPolicy", "UpdateReplacePolicy", "Metadata"])
def test_an_attribute_of_the_resource_has_a_scope_of_its_own(api: Api, attribute: str) -> None:
    value = "{a: b}" if attribute == "Metadata" else "Retain"
    after = ONE.replace("Type:", f"{attribute}: {value}, Type:")
    change = api.changes(update(api, ONE, after))["Topic1"]
    assert (change["Scope"], change["Replacement"]) == ([attribute], "False")


def test_a_tag_of_the_stack_changes_every_resource_that_takes_tags(api: Api) -> None:
    template = f"{ONE[:-1]}, Policy: {{Type: AWS::SNS::TopicPolicy, Properties: {{Topics: [a]}}}}}}"
    changes = api.changes(update(api, template, template, Tags=[{"Key": "Owner", "Value": "me"}]))
    assert list(changes) == ["Topic1"]
    assert changes["Topic1"]["Scope"] == ["Tags"]


def test_values_inside_a_property_are_found_where_they_are(api: Api) -> None:
    before = "Resources: {Bucket: {Type: AWS::S3::Bucket, Properties: {VersioningConfiguration: {Status: Enabled}}}}"
    change_set = update(api, before, before.replace("Enabled", "Suspended"))
    (detail,) = api.changes(change_set, IncludePropertyValues=True)["Bucket"]["Details"]
    assert detail["Target"]["Path"] == "/Properties/VersioningConfiguration/Status"
    assert (detail["Target"]["BeforeValue"], detail["Target"]["AfterValue"]) == ("Enabled", "Suspended")


def test_a_resource_may_not_change_its_type(api: Api) -> None:
    found = api.described(update(api, ONE, "Resources: {Topic1: {Type: AWS::SQS::Queue}}"))
    assert "Update of resource type is not permitted" in found["StatusReason"]


def test_secrets_are_masked_in_values(api: Api) -> None:
    template = "Parameters: {Secret: {Type: String, NoEcho: true}}\n" + ONE.replace("value-1", "!Ref Secret")
    given = [{"ParameterKey": "Secret", "ParameterValue": "hunter2"}]
    change_set = api.plan(template, ChangeSetType="CREATE", Parameters=given)
    change = api.changes(change_set, IncludePropertyValues=True)["Topic1"]
    assert "hunter2" not in str(change)
    assert json.loads(change["AfterContext"])["Properties"]["DisplayName"] == "****"


# False alarms of nested change sets ------------------------------------------------------------------------


@pytest.mark.trap("16")
def test_what_a_touched_sibling_puts_out_seems_to_change_all_that_reads_it(api: Api) -> None:
    api.create()
    nest = edited("network.yaml", "EnableDnsSupport: true", "EnableDnsSupport: false")
    changes = api.changes(api.plan(nest, Parameters=SAME), IncludePropertyValues=True)
    group = changes["database/Group"]
    assert group["Replacement"] == "Conditional"
    assert "PolicyAction" not in group
    assert group["Details"] == [
        {
            "Target": {
                "Attribute": "Properties",
                "Name": "VpcId",
                "RequiresRecreation": "Always",
                "Path": "/Properties/VpcId",
                "BeforeValue": api.aws.resource("show", "network/VPC").physical_id,
                "AfterValue": "{{changeSet:KNOWN_AFTER_APPLY}}",
                "AttributeChangeType": "Modify",
            },
            "Evaluation": "Dynamic",
            "ChangeSource": "ParameterReference",
            "CausingEntity": "VpcId",
        }
    ]
    (parent,) = changes["Database"]["Details"]
    assert (parent["ChangeSource"], parent["CausingEntity"]) == ("ResourceAttribute", "Network.Outputs.VpcId")
    assert changes["database/Database"]["Details"][0]["CausingEntity"] == "Group"


@pytest.mark.trap("16")
def test_the_false_replacement_may_also_claim_to_be_certain(api: Api) -> None:
    api.create()
    api.aws.beliefs.false_replacement = "True"
    nest = edited("network.yaml", "EnableDnsSupport: true", "EnableDnsSupport: false")
    group = api.changes(api.plan(nest, Parameters=SAME))["database/Group"]
    assert (group["Replacement"], group["PolicyAction"]) == ("True", "ReplaceAndDelete")


@pytest.mark.trap("16")
def test_executing_does_none_of_the_false_changes(api: Api) -> None:
    api.create()
    before = api.aws.resource("show", "database/Group").physical_id
    nest = edited("network.yaml", "EnableDnsSupport: true", "EnableDnsSupport: false")
    assert api.update(nest) == "UPDATE_COMPLETE"
    assert api.aws.resource("show", "database/Group").physical_id == before
    assert ("Group", "UPDATE_IN_PROGRESS") not in api.events(api.aws.stack("show", "database").id)


def test_a_sibling_that_is_not_touched_is_known(api: Api) -> None:
    api.create()
    changes = api.changes(api.plan(edited("storage.yaml", "alarms", "alerts"), Parameters=SAME))
    assert [path for path in changes if "/" in path] == ["storage/Topic"]


@pytest.mark.trap("19")
def test_another_address_of_the_same_template_is_a_change_of_the_nested_stack_alone(api: Api) -> None:
    body = json.loads(api.aws.put_nest(NEST))
    api.create(json.dumps(body))
    address = api.aws.put_template(api.aws.put_nest({"root.yaml": NEST["storage.yaml"]}), "elsewhere.yaml")
    body["Resources"]["Storage"]["Properties"]["TemplateURL"] = address
    changes = api.changes(api.plan(json.dumps(body), Parameters=SAME))
    assert changes["Storage"]["Details"] == [
        {
            "Target": {"Attribute": "Properties", "Name": "TemplateURL", "RequiresRecreation": "Never"},
            "Evaluation": "Static",
            "ChangeSource": "DirectModification",
        }
    ]
    assert [path for path in changes if path.startswith("storage/")] == []
