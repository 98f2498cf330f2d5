"""The VPC, from the EC2 API."""

from __future__ import annotations

from collections.abc import Iterator

from showcore_cfn.aws.inventory import Answer, Source, reading, text
from showcore_cfn.verify.facts.network import (
    ENDPOINTS,
    INTERNET_GATEWAYS,
    NAT_GATEWAYS,
    ROUTE_TABLES,
    SECURITY_GROUPS,
    SUBNETS,
    VPC,
    Endpoint,
    Route,
    RouteTable,
    Rule,
    SecurityGroup,
    Subnet,
    Vpc,
)
from showcore_cfn.verify.facts.stack import STACK
from showcore_cfn.verify.look import Look, Missing

_TARGETS = (
    "GatewayId",
    "NatGatewayId",
    "TransitGatewayId",
    "VpcPeeringConnectionId",
    "EgressOnlyInternetGatewayId",
    "NetworkInterfaceId",
    "InstanceId",
    "LocalGatewayId",
    "CarrierGatewayId",
    "CoreNetworkArn",
)
_ANY_PORT = (0, 65_535)


def _filter(look: Look, name: str = "vpc-id") -> list[dict[str, object]]:
    return [{"Name": name, "Values": [look(STACK).id_of("VPC")]}]


def _vpc(source: Source, look: Look) -> Vpc:
    id_ = look(STACK).id_of("VPC")
    found = source.ask_or(("InvalidVpcID.NotFound",), "ec2", "describe_vpcs", VpcIds=[id_])
    if not found or not found["Vpcs"]:
        raise Missing(f"the VPC {id_}")

    def attribute(name: str, key: str) -> bool:
        answer = source.ask("ec2", "describe_vpc_attribute", VpcId=id_, Attribute=name)
        return bool(answer[key]["Value"])

    return Vpc(
        id=id_,
        cidr=text(found["Vpcs"][0], "CidrBlock"),
        dns_support=attribute("enableDnsSupport", "EnableDnsSupport"),
        dns_hostnames=attribute("enableDnsHostnames", "EnableDnsHostnames"),
    )


def _subnets(source: Source, look: Look) -> tuple[Subnet, ...]:
    found = source.pages("ec2", "describe_subnets", "Subnets", Filters=_filter(look))
    return tuple(
        Subnet(
            text(each, "SubnetId"),
            text(each, "CidrBlock"),
            text(each, "AvailabilityZone"),
            bool(each.get("MapPublicIpOnLaunch")),
        )
        for each in found
    )


def _route_tables(source: Source, look: Look) -> tuple[RouteTable, ...]:
    found = source.pages("ec2", "describe_route_tables", "RouteTables", Filters=_filter(look))
    return tuple(_route_table(each) for each in found)


def _route_table(answer: Answer) -> RouteTable:
    links = answer.get("Associations", ())
    return RouteTable(
        id=text(answer, "RouteTableId"),
        subnet_ids=tuple(text(link, "SubnetId") for link in links if link.get("SubnetId")),
        routes=tuple(_route(each) for each in answer.get("Routes", ())),
        main=any(link.get("Main") for link in links),
    )


def _route(answer: Answer) -> Route:
    return Route(
        destination=text(answer, "DestinationCidrBlock")
        or text(answer, "DestinationIpv6CidrBlock")
        or text(answer, "DestinationPrefixListId"),
        target=next((text(answer, key) for key in _TARGETS if answer.get(key)), "nothing"),
        state=text(answer, "State") or "active",
    )


def _nat_gateways(source: Source, look: Look) -> tuple[str, ...]:
    found = source.pages("ec2", "describe_nat_gateways", "NatGateways", Filters=_filter(look))
    return tuple(text(each, "NatGatewayId") for each in found if each.get("State") != "deleted")


def _internet_gateways(source: Source, look: Look) -> tuple[str, ...]:
    wanted = _filter(look, "attachment.vpc-id")
    found = source.pages("ec2", "describe_internet_gateways", "InternetGateways", Filters=wanted)
    return tuple(text(each, "InternetGatewayId") for each in found)


def _endpoints(source: Source, look: Look) -> tuple[Endpoint, ...]:
    found = source.pages("ec2", "describe_vpc_endpoints", "VpcEndpoints", Filters=_filter(look))
    return tuple(_endpoint(each) for each in found if each.get("State") != "deleted")


def _endpoint(answer: Answer) -> Endpoint:
    return Endpoint(
        id=text(answer, "VpcEndpointId"),
        service=text(answer, "ServiceName").rsplit(".", 1)[-1],
        kind=text(answer, "VpcEndpointType"),
        state=text(answer, "State").lower(),
        private_dns=bool(answer.get("PrivateDnsEnabled")),
        subnet_ids=tuple(answer.get("SubnetIds") or ()),
        route_table_ids=tuple(answer.get("RouteTableIds") or ()),
        group_ids=tuple(text(group, "GroupId") for group in answer.get("Groups") or ()),
    )


def _security_groups(source: Source, look: Look) -> tuple[SecurityGroup, ...]:
    found = source.pages("ec2", "describe_security_groups", "SecurityGroups", Filters=_filter(look))
    return tuple(
        SecurityGroup(
            id=text(each, "GroupId"),
            name=text(each, "GroupName"),
            ingress=tuple(rule for part in each.get("IpPermissions", ()) for rule in _rules(part)),
            egress=tuple(rule for part in each.get("IpPermissionsEgress", ()) for rule in _rules(part)),
        )
        for each in found
    )


def _rules(permission: Answer) -> Iterator[Rule]:
    """A rule for each peer of a permission."""
    protocol = text(permission, "IpProtocol")
    first = permission.get("FromPort", _ANY_PORT[0])
    last = permission.get("ToPort", _ANY_PORT[1])
    for members, key in (
        ("IpRanges", "CidrIp"),
        ("Ipv6Ranges", "CidrIpv6"),
        ("UserIdGroupPairs", "GroupId"),
        ("PrefixListIds", "PrefixListId"),
    ):
        for peer in permission.get(members) or ():
            yield Rule(protocol, int(first), int(last), text(peer, key), text(peer, "Description"))


READINGS = (
    reading(VPC, _vpc),
    reading(SUBNETS, _subnets),
    reading(ROUTE_TABLES, _route_tables),
    reading(NAT_GATEWAYS, _nat_gateways),
    reading(INTERNET_GATEWAYS, _internet_gateways),
    reading(ENDPOINTS, _endpoints),
    reading(SECURITY_GROUPS, _security_groups),
)
