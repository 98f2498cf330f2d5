"""What templates ask of the role that CloudFormation works with."""

from __future__ import annotations

import pytest

from showcore_cfn.permissions.handlers import READS, Demand, demand
from showcore_cfn.permissions.optional import BROUGHT, Brought
from showcore_cfn.template.json_types import Json
from showcore_cfn.template.schemas import schema


def asked(kind: str, **properties: Json) -> Demand:
    return demand([{"Resources": {"It": {"Type": kind, "Properties": properties}}}])


def test_a_type_brings_the_actions_of_its_handlers() -> None:
    actions = asked("AWS::SQS::Queue").actions
    assert actions["sqs:CreateQueue"] == frozenset({"AWS::SQS::Queue"})
    assert {"sqs:DeleteQueue", "sqs:SetQueueAttributes", "sqs:GetQueueAttributes"} <= set(actions)


def test_an_action_that_iam_does_not_know_is_left_out_with_the_reason() -> None:
    found = asked("AWS::S3::Bucket")
    assert "s3:DeleteBucketEncryption" not in found.actions
    assert found.dropped["s3:DeleteBucketEncryption"] == "IAM knows no such action"


def test_what_only_an_unset_property_needs_is_left_out() -> None:
    found = asked("AWS::S3::Bucket")
    assert "s3:PutReplicationConfiguration" not in found.actions
    assert (
        found.dropped["s3:PutReplicationConfiguration"]
        == "AWS::S3::Bucket sets none of ReplicationConfiguration"
    )


def test_it_comes_in_by_itself_once_the_property_is_set() -> None:
    found = asked("AWS::S3::Bucket", ReplicationConfiguration={"Role": "x", "Rules": []})
    assert "s3:PutReplicationConfiguration" in found.actions


def test_a_property_counts_inside_lists_and_on_either_side_of_a_choice() -> None:
    firehose: Json = {"DestinationDetails": {"KinesisFirehoseDetails": {"DeliveryStream": "x"}}}
    choice: Json = {"Fn::If": ["On", [firehose], {"Ref": "AWS::NoValue"}]}
    found = asked("AWS::ElastiCache::ReplicationGroup", LogDeliveryConfigurations=choice)
    assert "firehose:PutRecord" in found.actions


def test_what_another_type_needs_stays() -> None:
    found = demand(
        [
            {
                "Resources": {
                    "Log": {"Type": "AWS::EC2::FlowLog", "Properties": {}},
                    "Policy": {"Type": "AWS::S3::BucketPolicy", "Properties": {}},
                }
            }
        ]
    )
    assert found.actions["s3:PutBucketPolicy"] == frozenset({"AWS::S3::BucketPolicy"})
    assert "s3:PutBucketPolicy" not in found.dropped


def test_reading_brings_no_action_that_changes_anything() -> None:
    found = demand([{"Resources": {"It": {"Type": "AWS::SNS::Topic", "Properties": {}}}}], READS)
    assert set(found.actions) == {
        "sns:GetDataProtectionPolicy",
        "sns:GetTopicAttributes",
        "sns:ListSubscriptionsByTopic",
        "sns:ListTagsForResource",
    }


def test_roles_tell_their_names_their_services_and_their_policies() -> None:
    trust: Json = {"Statement": [{"Principal": {"Service": "backup.amazonaws.com"}}]}
    found = asked(
        "AWS::IAM::Role",
        RoleName={"Fn::Sub": "${Prefix}-x-role"},
        AssumeRolePolicyDocument=trust,
        ManagedPolicyArns=["arn:aws:iam::aws:policy/A"],
    )
    assert (found.role_names, found.services) == (("${Prefix}-x-role",), ("backup.amazonaws.com",))
    assert found.managed_policies == ("arn:aws:iam::aws:policy/A",)


def test_a_type_without_a_schema_is_named() -> None:
    with pytest.raises(LookupError, match="Custom::Thing"):
        asked("Custom::Thing")


@pytest.mark.parametrize("brought", BROUGHT, ids=lambda brought: f"{brought.type}-{brought.properties[0]}")
def test_the_table_of_properties_names_what_the_schema_has(brought: Brought) -> None:
    found = schema(brought.type)
    assert found is not None
    for path in brought.properties:
        assert path.split("/")[0] in found.properties
    named = {
        action.lower()
        for handler in ("create", "read", "update", "delete")
        for action in found.permissions(handler)
    }
    assert {action.lower() for action in brought.actions} <= named
