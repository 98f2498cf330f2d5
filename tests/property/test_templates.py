"""Whatever the settings are, as long as they are valid: the templates keep AWS's limits and the plan's rules."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from showcore_cfn.check.policy import check_plan
from showcore_cfn.errors import SettingsError
from showcore_cfn.generate import generate
from showcore_cfn.review.resolve import Nest, resolve
from showcore_cfn.review.values import text_of
from showcore_cfn.settings import plan_defaults
from showcore_cfn.template.load import TemplateSet, load_set
from showcore_cfn.template.parameters import ROOT_PARAMETERS

ACCOUNT = "111122223333"
NAMES = re.compile(r"[a-z][a-z0-9]{0,6}(-[a-z0-9]{1,7})?")
CERTIFICATE = f"arn:aws:acm:us-east-1:{ACCOUNT}:certificate/12345678-1234-1234-1234-123456789012"

# Longest physical name, and what it may be made of; each from the API reference of the service.
LIMITS = {
    ("AWS::Backup::BackupPlan", "BackupPlan.BackupPlanName"): (50, r"[A-Za-z0-9_.-]+"),
    ("AWS::Backup::BackupSelection", "BackupSelection.SelectionName"): (50, r"[A-Za-z0-9_.-]+"),
    ("AWS::Backup::BackupVault", "BackupVaultName"): (50, r"[A-Za-z0-9_-]+"),
    ("AWS::CloudFront::CachePolicy", "CachePolicyConfig.Name"): (128, r"[A-Za-z0-9_-]+"),
    ("AWS::CloudFront::OriginAccessControl", "OriginAccessControlConfig.Name"): (64, r"[A-Za-z0-9_-]+"),
    ("AWS::CloudTrail::Trail", "TrailName"): (128, r"[A-Za-z0-9][A-Za-z0-9._-]*[A-Za-z0-9]"),
    ("AWS::CloudWatch::Alarm", "AlarmName"): (255, r"[\x20-\x7e]+"),
    ("AWS::EC2::SecurityGroup", "GroupName"): (255, r"(?!sg-)[A-Za-z0-9 ._:/()#,@\[\]+=&;{}!$*-]+"),
    ("AWS::ElastiCache::ReplicationGroup", "ReplicationGroupId"): (40, r"[a-z]([a-z0-9]|-(?!-))*[a-z0-9]"),
    ("AWS::ElastiCache::SubnetGroup", "CacheSubnetGroupName"): (255, r"[a-z0-9-]+"),
    ("AWS::Events::Rule", "Name"): (64, r"[A-Za-z0-9._-]+"),
    ("AWS::IAM::InstanceProfile", "InstanceProfileName"): (128, r"[A-Za-z0-9+=,.@_-]+"),
    ("AWS::IAM::Role", "RoleName"): (64, r"[A-Za-z0-9+=,.@_-]+"),
    ("AWS::Logs::DeliveryDestination", "Name"): (60, r"[A-Za-z0-9_-]+"),
    ("AWS::Logs::DeliverySource", "Name"): (60, r"[A-Za-z0-9_-]+"),
    ("AWS::Logs::LogGroup", "LogGroupName"): (512, r"[A-Za-z0-9._/#-]+"),
    ("AWS::RDS::DBInstance", "DBInstanceIdentifier"): (63, r"[a-z]([a-z0-9]|-(?!-))*[a-z0-9]"),
    ("AWS::RDS::DBParameterGroup", "DBParameterGroupName"): (255, r"[a-z]([a-z0-9]|-(?!-))*[a-z0-9]"),
    ("AWS::RDS::DBSubnetGroup", "DBSubnetGroupName"): (255, r"[a-z0-9 ._-]+"),
    ("AWS::S3::Bucket", "BucketName"): (63, r"[a-z0-9][a-z0-9.-]+[a-z0-9]"),
    ("AWS::SNS::Topic", "TopicName"): (256, r"[A-Za-z0-9_-]+"),
    ("AWS::SQS::Queue", "QueueName"): (80, r"[A-Za-z0-9_-]+"),
}

flags = st.sampled_from(["true", "false"])
names = st.from_regex(NAMES, fullmatch=True).filter(lambda name: len(name) <= 16)
parameters = st.fixed_dictionaries(
    {
        "Prefix": names,
        "Environment": names,
        "EndpointZones": st.sampled_from(["1", "2"]),
        "AvailabilityZoneA": st.sampled_from(["us-east-1a", "us-east-1c"]),
        "AvailabilityZoneB": st.sampled_from(["us-east-1b", "us-east-1f"]),
        "CriticalAlertEmail2": st.sampled_from(["", "second@example.com"]),
        **{parameter.name: flags for parameter in ROOT_PARAMETERS if parameter.allowed == ("true", "false")},
    },
)


@cache
def templates() -> TemplateSet:
    return load_set(generate())


def nest_of(given_parameters: dict[str, str]) -> Nest:
    return resolve(
        templates(), {**plan_defaults().parameters(), "AWS::AccountId": ACCOUNT, **given_parameters}
    )


def at(value: Any, path: str) -> Any:
    for step in path.split("."):
        value = value.get(step) if isinstance(value, dict) else None
    return value


@settings(deadline=None, max_examples=40)
@given(parameters)
def test_every_physical_name_keeps_the_limits_of_its_service(given_parameters: dict[str, str]) -> None:
    seen = 0
    for resource in nest_of(given_parameters).resources.values():
        for (kind, path), (longest, alphabet) in LIMITS.items():
            name = at(resource.properties, path) if resource.type == kind else None
            if isinstance(name, str):
                seen += 1
                assert len(name) <= longest, name
                assert re.fullmatch(alphabet, name), name
    assert seen >= 35


@settings(deadline=None, max_examples=25)
@given(parameters)
def test_every_valid_environment_obeys_the_rules_of_the_plan(given_parameters: dict[str, str]) -> None:
    assert check_plan(nest_of(given_parameters), templates()) == ()


@settings(deadline=None, max_examples=25)
@given(parameters)
def test_no_two_resources_of_an_environment_share_a_physical_name(given_parameters: dict[str, str]) -> None:
    found: list[tuple[str, str]] = []
    for resource in nest_of(given_parameters).resources.values():
        for kind, path in LIMITS:
            name = at(resource.properties, path) if resource.type == kind else None
            if name is not None:
                found.append((kind, text_of(name)))
    assert len(found) == len(set(found))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Prefix", "Show"),
        ("Prefix", "a" * 17),
        ("EndpointZones", "3"),
        ("AvailabilityZoneA", "eu-west-1a"),
        ("CriticalAlertEmail", "nobody"),
        ("DomainName", "not a domain"),
    ],
)
def test_a_wrong_value_never_reaches_a_template(name: str, value: str) -> None:
    with pytest.raises(SettingsError):
        replace(plan_defaults(), values={**plan_defaults().parameters(), name: value})
