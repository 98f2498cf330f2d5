"""The network without a way out: tasks 3.1 to 3.4."""

from __future__ import annotations

import re

from showcore_cfn.check.policy.ask import REFERENCE, lacks, names_one
from showcore_cfn.check.rules.rule import Hits, Item, Rulebook, Severity, View

BOOK = Rulebook("network")
_ENDPOINT = "AWS::EC2::VPCEndpoint"
_ENDPOINT_PAGE = f"{REFERENCE}/aws-resource-ec2-vpcendpoint.html"
_GATEWAYS = ("s3", "dynamodb")
_INTERFACES = ("logs", "monitoring", "ssm", "ssmmessages")
_SERVICE = re.compile(r"com\.amazonaws\.[a-z0-9-]+\.([a-z0-9.-]+)")
_EVERYWHERE = ("0.0.0.0/0", "::/0")
_TARGETS = (  # of a route, but for the internet gateway
    *("NatGatewayId", "InstanceId", "NetworkInterfaceId", "TransitGatewayId", "VpcPeeringConnectionId"),
    *("EgressOnlyInternetGatewayId", "VpcEndpointId", "LocalGatewayId", "CarrierGatewayId", "CoreNetworkArn"),
)


@BOOK.rule(
    "PLAN-3.1-NO-NAT",
    Severity.COST,
    "There is no NAT gateway",
    "AWS::EC2::NatGateway",
    why="The plan, 3.1 and 12.1: no NAT gateway. It costs about 33 USD a month before the first byte.",
    remedy="Remove it; private subnets reach AWS through VPC endpoints.",
    source="https://aws.amazon.com/vpc/pricing/",
)
def no_nat_gateway(item: Item) -> Hits:
    yield item.hit("a NAT gateway costs about 33 USD a month", "Type")


@BOOK.rule(
    "PLAN-3.2-FREE-GATEWAYS",
    Severity.COST,
    "S3 and DynamoDB are reached through gateway endpoints",
    _ENDPOINT,
    why="The plan, 3.2: gateway endpoints, which are free. An interface endpoint costs 7.30 USD a month and zone.",
    remedy="Set VpcEndpointType to Gateway and give RouteTableIds instead of subnets and security groups.",
    source="https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html",
)
def gateway_endpoints_are_gateways(item: Item) -> Hits:
    if _service(item) in _GATEWAYS and item["VpcEndpointType"].text not in (None, "Gateway"):
        yield item["VpcEndpointType"].hit(f"{_service(item)} is reached through a paid endpoint")


@BOOK.rule(
    "PLAN-3.3-ENDPOINTS-ASKED-FOR",
    Severity.COST,
    "Only the endpoints asked for stand",
    _ENDPOINT,
    why="The plan, 3.2, 3.3 and 12.1: S3, DynamoDB, CloudWatch Logs, CloudWatch, Systems Manager, and the endpoint"
    " without which Session Manager opens no session. Each further one costs 7.30 USD a month and zone.",
    remedy="Remove the endpoint.",
    source="https://aws.amazon.com/privatelink/pricing/",
)
def only_endpoints_asked_for(item: Item) -> Hits:
    name = item["ServiceName"]
    if name.absent:
        yield item.hit("an endpoint that is not for a service of AWS", "Properties")
    elif name.text is not None and _service(item) not in (*_GATEWAYS, *_INTERFACES):
        yield name.hit(f"an endpoint for {name.text} was not asked for")


@BOOK.rule(
    "PLAN-3.3-PRIVATE-DNS",
    Severity.DEAD,
    "Interface endpoints answer to the service's own name",
    _ENDPOINT,
    why="The plan, 3.3: enable private DNS. Without it every client goes on asking for the public address, which"
    " a private subnet cannot reach.",
    remedy="Set PrivateDnsEnabled to true.",
    source="https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-aws-services.html",
)
def interface_endpoints_have_private_dns(item: Item) -> Hits:
    if item["VpcEndpointType"].text == "Interface" and lacks(item["PrivateDnsEnabled"], "true"):
        yield item["PrivateDnsEnabled"].hit("private DNS is not switched on")


@BOOK.nest_rule(
    "PLAN-3.4-NO-DEFAULT-ROUTE",
    Severity.RISK,
    "Private subnets have no default route",
    why="The plan, 3.4: public subnets lead to the internet gateway, private ones nowhere but to VPC endpoints.",
    remedy="Remove the route, or associate the subnet with a route table without one.",
    source="https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html",
)
def no_default_route(view: View) -> Hits:
    private = _tables_of(view, _private_subnets(view))
    for route in view.of("AWS::EC2::Route"):
        destinations = (route["DestinationCidrBlock"], route["DestinationIpv6CidrBlock"])
        default = next((node for node in destinations if node.text in _EVERYWHERE), None)
        if default is None:
            continue
        table = route["RouteTableId"].target("AWS::EC2::RouteTable")
        if table is not None and table.path in private:
            yield default.hit(f"{private[table.path]}, a private subnet, has a default route")
        elif _leads_past_the_internet_gateway(route):
            yield default.hit("a default route that does not lead to an internet gateway")


def _service(item: Item) -> str | None:
    match = _SERVICE.fullmatch(item["ServiceName"].text or "")
    return match[1] if match else None


def _leads_past_the_internet_gateway(route: Item) -> bool:
    gateway = route["GatewayId"].target("AWS::EC2::VPNGateway")
    return gateway is not None or any(names_one(route[target]) for target in _TARGETS)


def _private_subnets(view: View) -> list[Item]:
    """Subnets that hold data or interface endpoints."""
    lists = [
        *(item["SubnetIds"] for item in view.of("AWS::RDS::DBSubnetGroup", "AWS::ElastiCache::SubnetGroup")),
        *(item["SubnetIds"] for item in view.of(_ENDPOINT) if item["VpcEndpointType"].text == "Interface"),
    ]
    return [subnet for node in lists for subnet in node.targets("AWS::EC2::Subnet")]


def _tables_of(view: View, subnets: list[Item]) -> dict[str, str]:
    """The route tables of some subnets, each with the logical id of one of its subnets."""
    wanted = {subnet.path: subnet.id for subnet in subnets}
    found: dict[str, str] = {}
    for association in view.of("AWS::EC2::SubnetRouteTableAssociation"):
        subnet = association["SubnetId"].target("AWS::EC2::Subnet")
        table = association["RouteTableId"].target("AWS::EC2::RouteTable")
        if subnet is not None and table is not None and subnet.path in wanted:
            found.setdefault(table.path, wanted[subnet.path])
    return found
