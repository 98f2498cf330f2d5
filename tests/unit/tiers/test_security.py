"""Sections 4.1 and 4.3 of the plan."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from showcore_cfn.review.values import Reference

Find = Callable[..., dict[str, Any]]


@pytest.mark.task("4.1")
@pytest.mark.parametrize(
    ("group", "port"),
    [
        pytest.param("RdsSecurityGroup", 5432, id="4.1-postgresql-5432"),
        pytest.param("ElastiCacheSecurityGroup", 6379, id="4.1-redis-6379"),
    ],
)
def test_a_data_group_takes_its_port_from_the_application_group_alone(
    properties: Find, group: str, port: int
) -> None:
    (rule,) = properties(f"security/{group}")["SecurityGroupIngress"]
    assert (rule["IpProtocol"], rule["FromPort"], rule["ToPort"]) == ("tcp", port, port)
    assert rule["SourceSecurityGroupId"] == Reference("security/ApplicationSecurityGroup")
    assert "CidrIp" not in rule
    assert rule["Description"]


@pytest.mark.task("4.1")
def test_the_data_groups_open_no_connection_of_their_own(properties: Find) -> None:
    for group in ("RdsSecurityGroup", "ElastiCacheSecurityGroup"):
        assert [rule["CidrIp"] for rule in properties(f"security/{group}")["SecurityGroupEgress"]] == [
            "127.0.0.1/32"
        ]


@pytest.mark.task("4.1")
def test_the_application_group_reaches_both_data_groups_and_https(of_type: Find, properties: Find) -> None:
    ways = {
        (rule["DestinationSecurityGroupId"].path, rule["FromPort"])
        for rule in of_type("AWS::EC2::SecurityGroupEgress").values()
    }
    assert ways == {("security/RdsSecurityGroup", 5432), ("security/ElastiCacheSecurityGroup", 6379)}
    (https,) = properties("security/ApplicationSecurityGroup")["SecurityGroupEgress"]
    assert (https["FromPort"], https["ToPort"]) == (443, 443)


@pytest.mark.task("4.1")
@pytest.mark.task("4.5")
@pytest.mark.task("15.2")
def test_no_group_opens_22_5432_or_6379_to_the_world(of_type: Find) -> None:
    for path, group in of_type("AWS::EC2::SecurityGroup").items():
        for rule in group.get("SecurityGroupIngress", []):
            assert rule.get("CidrIp") not in ("0.0.0.0/0", "::/0"), path


@pytest.mark.task("4.1")
def test_every_rule_has_a_description(of_type: Find) -> None:
    for group in of_type("AWS::EC2::SecurityGroup").values():
        for way in ("SecurityGroupIngress", "SecurityGroupEgress"):
            assert all(rule["Description"] for rule in group.get(way, []))


@pytest.mark.task("4.3")
def test_the_session_role_lets_systems_manager_in_and_writes_to_the_session_log_group(
    properties: Find,
) -> None:
    role = properties("security/SessionManagerRole")
    assert role["ManagedPolicyArns"] == ["arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"]
    (policy,) = role["Policies"]
    write, find = policy["PolicyDocument"]["Statement"]
    group = "arn:aws:logs:us-east-1:111122223333:log-group:/aws/ssm/*-sessions"
    assert write["Resource"] == [group, f"{group}:*"]
    assert write["Action"] == ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"]
    assert (find["Action"], find["Resource"]) == (["logs:DescribeLogGroups"], ["*"])


@pytest.mark.task("4.3")
def test_the_instance_profile_holds_the_session_role(properties: Find) -> None:
    profile = properties("security/SessionManagerInstanceProfile")
    assert profile["Roles"] == [Reference("security/SessionManagerRole")]
