"""What is known of IAM actions."""

from __future__ import annotations

import pytest

from showcore_cfn.permissions.actions import condition_keys, exists, kinds, normal


@pytest.mark.parametrize(
    "action", ["rds:CreateDBInstance", "s3:PutEncryptionConfiguration", "freetier:GetAccountPlanState"]
)
def test_an_action_of_aws_exists(action: str) -> None:
    assert exists(action)


@pytest.mark.parametrize(
    "action",
    [
        "s3:REST.PUT.OBJECT",
        "s3:DeleteBucketEncryption",
        "cloudfront:CreateDistributionWithTags",
        "nothing:At",
    ],
)
def test_what_only_a_schema_names_does_not_exist(action: str) -> None:
    assert not exists(action)


def test_an_action_tells_the_kinds_of_resource_it_takes() -> None:
    assert kinds("rds:DeleteDBInstance") == ("db",)
    assert kinds("logs:DeleteDeliverySource") == ("delivery-source",)


def test_an_action_without_resources_takes_no_kind() -> None:
    assert kinds("cloudtrail:DescribeTrails") == ()


def test_the_service_is_in_lower_case() -> None:
    assert normal("CloudTrail:AddTags") == "cloudtrail:AddTags"


def test_a_kind_tells_its_condition_keys() -> None:
    assert "aws:ResourceTag/${TagKey}" in condition_keys("ec2", "vpc")
    assert "aws:ResourceTag/${TagKey}" not in condition_keys("cloudfront", "cache-policy")
