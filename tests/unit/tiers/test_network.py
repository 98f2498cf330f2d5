"""Section 3 of the plan."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from showcore_cfn.review.resolve import Nest
from showcore_cfn.review.values import Reference

Find = Callable[..., dict[str, Any]]


@pytest.mark.task("3.1")
def test_the_vpc_has_65536_addresses_and_dns_for_private_names(properties: Find) -> None:
    vpc = properties("network/VPC")
    assert vpc["CidrBlock"] == "10.0.0.0/16"
    assert vpc["EnableDnsSupport"] is True
    assert vpc["EnableDnsHostnames"] is True


@pytest.mark.task("3.1")
@pytest.mark.parametrize(
    ("subnet", "cidr", "zone"),
    [
        pytest.param("PublicSubnetA", "10.0.0.0/24", "us-east-1a", id="3.1-public-a"),
        pytest.param("PublicSubnetB", "10.0.1.0/24", "us-east-1b", id="3.1-public-b"),
        pytest.param("PrivateSubnetA", "10.0.2.0/24", "us-east-1a", id="3.1-private-a"),
        pytest.param("PrivateSubnetB", "10.0.3.0/24", "us-east-1b", id="3.1-private-b"),
    ],
)
def test_each_subnet_has_its_block_and_zone_and_gives_no_public_address(
    properties: Find, subnet: str, cidr: str, zone: str
) -> None:
    found = properties(f"network/{subnet}")
    assert (found["CidrBlock"], found["AvailabilityZone"]) == (cidr, zone)
    assert found["MapPublicIpOnLaunch"] is False


@pytest.mark.task("3.1")
def test_the_zones_follow_the_parameters(properties: Find) -> None:
    assert (
        properties("network/PrivateSubnetB", AvailabilityZoneB="us-east-1d")["AvailabilityZone"]
        == "us-east-1d"
    )


@pytest.mark.task("3.5")
@pytest.mark.task("12.1")
def test_there_is_no_nat_gateway(nest: Nest) -> None:
    kinds = {resource.type for resource in nest.resources.values()}
    assert not kinds & {"AWS::EC2::NatGateway", "AWS::EC2::EIP", "AWS::EC2::EgressOnlyInternetGateway"}


@pytest.mark.task("3.2")
@pytest.mark.parametrize(
    ("endpoint", "service"),
    [
        pytest.param("S3GatewayEndpoint", "com.amazonaws.us-east-1.s3", id="3.2-s3"),
        pytest.param("DynamoDBGatewayEndpoint", "com.amazonaws.us-east-1.dynamodb", id="3.2-dynamodb"),
    ],
)
def test_gateway_endpoints_serve_both_private_route_tables(
    properties: Find, endpoint: str, service: str
) -> None:
    found = properties(f"network/{endpoint}")
    assert (found["VpcEndpointType"], found["ServiceName"]) == ("Gateway", service)
    assert found["RouteTableIds"] == [
        Reference("network/PrivateRouteTableA"),
        Reference("network/PrivateRouteTableB"),
    ]
    assert not found.keys() & {"SubnetIds", "SecurityGroupIds", "PrivateDnsEnabled"}


@pytest.mark.task("14.3")
def test_instances_may_fetch_packages_of_amazon_linux_through_the_s3_endpoint(properties: Find) -> None:
    statements = properties("network/S3GatewayEndpoint")["PolicyDocument"]["Statement"]
    own, packages = statements
    assert own["Condition"] == {
        "StringEquals": {
            "aws:PrincipalAccount": "111122223333",
            "aws:ResourceAccount": "111122223333",
        }
    }
    assert packages["Action"] == ["s3:GetObject"]
    assert "arn:aws:s3:::al2023-repos-us-east-1-*/*" in packages["Resource"]


@pytest.mark.task("3.3")
@pytest.mark.parametrize(
    ("endpoint", "service"),
    [
        pytest.param("CloudWatchLogsEndpoint", "logs", id="3.3-logs"),
        pytest.param("CloudWatchMonitoringEndpoint", "monitoring", id="3.3-monitoring"),
        pytest.param("SystemsManagerEndpoint", "ssm", id="3.3-ssm"),
        pytest.param("SystemsManagerMessagesEndpoint", "ssmmessages", id="C5-ssmmessages"),
    ],
)
def test_interface_endpoints_stand_in_both_private_subnets_with_private_dns(
    properties: Find, endpoint: str, service: str
) -> None:
    found = properties(f"network/{endpoint}")
    assert found["VpcEndpointType"] == "Interface"
    assert found["ServiceName"] == f"com.amazonaws.us-east-1.{service}"
    assert found["SubnetIds"] == [Reference("network/PrivateSubnetA"), Reference("network/PrivateSubnetB")]
    assert found["SecurityGroupIds"] == [Reference("network/VpcEndpointSecurityGroup")]
    assert found["PrivateDnsEnabled"] is True


@pytest.mark.task("3.3")
def test_one_endpoint_zone_leaves_the_first_private_subnet(of_type: Find) -> None:
    endpoints = of_type("AWS::EC2::VPCEndpoint", EndpointZones="1")
    subnets = [e["SubnetIds"] for e in endpoints.values() if e["VpcEndpointType"] == "Interface"]
    assert subnets == [[Reference("network/PrivateSubnetA")]] * 4


def test_the_messages_endpoint_can_be_switched_off(of_type: Find) -> None:
    endpoints = of_type("AWS::EC2::VPCEndpoint", SessionMessagesEndpoint="false")
    assert "network/SystemsManagerMessagesEndpoint" not in endpoints
    assert len(endpoints) == 5


@pytest.mark.task("3.3")
@pytest.mark.task("4.1")
def test_endpoints_take_https_from_the_vpc_and_nothing_else(properties: Find) -> None:
    group = properties("network/VpcEndpointSecurityGroup")
    (rule,) = group["SecurityGroupIngress"]
    assert (rule["IpProtocol"], rule["FromPort"], rule["ToPort"]) == ("tcp", 443, 443)
    assert rule["CidrIp"] == "10.0.0.0/16"
    assert [egress["CidrIp"] for egress in group["SecurityGroupEgress"]] == ["127.0.0.1/32"]


@pytest.mark.task("3.4")
def test_only_the_public_route_table_has_a_default_route(of_type: Find, nest: Nest) -> None:
    routes = of_type("AWS::EC2::Route")
    assert list(routes) == ["network/PublicDefaultRoute"]
    route = routes["network/PublicDefaultRoute"]
    assert route["RouteTableId"] == Reference("network/PublicRouteTable")
    assert (route["DestinationCidrBlock"], route["GatewayId"]) == (
        "0.0.0.0/0",
        Reference("network/InternetGateway"),
    )
    assert nest.resources["network/PublicDefaultRoute"].raw["DependsOn"] == "InternetGatewayAttachment"


@pytest.mark.task("3.4")
def test_each_subnet_is_associated_with_the_route_table_of_its_kind(of_type: Find) -> None:
    pairs = {
        a["SubnetId"].path.removeprefix("network/"): a["RouteTableId"].path.removeprefix("network/")
        for a in of_type("AWS::EC2::SubnetRouteTableAssociation").values()
    }
    assert pairs == {
        "PublicSubnetA": "PublicRouteTable",
        "PublicSubnetB": "PublicRouteTable",
        "PrivateSubnetA": "PrivateRouteTableA",
        "PrivateSubnetB": "PrivateRouteTableB",
    }


@pytest.mark.task("3.4")
def test_vpc_and_subnets_are_exported_under_the_prefix(nest: Nest) -> None:
    assert set(nest.exports) == {
        "showcore-VpcId",
        "showcore-PublicSubnetAId",
        "showcore-PublicSubnetBId",
        "showcore-PrivateSubnetAId",
        "showcore-PrivateSubnetBId",
    }


@pytest.mark.task("10.7")
def test_flow_logs_are_off_unless_asked_for_and_kept_seven_days(of_type: Find) -> None:
    assert not of_type("AWS::EC2::FlowLog")
    (flow_log,) = of_type("AWS::EC2::FlowLog", VpcFlowLogs="true").values()
    assert (flow_log["ResourceType"], flow_log["TrafficType"]) == ("VPC", "ALL")
    groups = of_type("AWS::Logs::LogGroup", VpcFlowLogs="true")
    assert groups["network/FlowLogGroup"]["RetentionInDays"] == 7
