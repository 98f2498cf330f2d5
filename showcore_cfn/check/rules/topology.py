"""The network of a set as rules ask of it: which table routes a subnet, whether it is public, what a group opens."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from showcore_cfn.check.rules.rule import Item, View
from showcore_cfn.check.rules.view import Node, grouped

VPC, SUBNET, TABLE, ROUTE = "AWS::EC2::VPC", "AWS::EC2::Subnet", "AWS::EC2::RouteTable", "AWS::EC2::Route"
GATEWAY, ATTACHMENT, NAT = (
    "AWS::EC2::InternetGateway",
    "AWS::EC2::VPCGatewayAttachment",
    "AWS::EC2::NatGateway",
)
ENDPOINT, GROUP = "AWS::EC2::VPCEndpoint", "AWS::EC2::SecurityGroup"
INGRESS, EGRESS = "AWS::EC2::SecurityGroupIngress", "AWS::EC2::SecurityGroupEgress"
ASSOCIATION = "AWS::EC2::SubnetRouteTableAssociation"
EVERYWHERE = ("0.0.0.0/0", "::/0")


def table_of(subnet: Item) -> Item | None:
    """The route table that a subnet is associated with in the set."""
    return subnet.view.once("tables of subnets", _tables).get(subnet.path)


def _tables(view: View) -> dict[str, Item | None]:
    found: dict[str, Item | None] = {}
    for association in view.of(ASSOCIATION):
        subnet = association["SubnetId"].target(SUBNET)
        if subnet is not None:
            found.setdefault(subnet.path, association["RouteTableId"].target(TABLE))
    return found


def routes_of(table: Item) -> list[Item]:
    """The routes of a table."""
    return table.view.once("routes of tables", _routes).get(table.path, [])


def _routes(view: View) -> dict[str, list[Item]]:
    tables = ((route["RouteTableId"].target(TABLE), route) for route in view.of(ROUTE))
    return grouped((table.path, route) for table, route in tables if table is not None)


def public(subnet: Item) -> bool | None:
    """Whether a subnet's table leads everything to an internet gateway; None where that cannot be told."""
    table = table_of(subnet)
    if table is None:
        return None
    found: bool | None = False
    for route in routes_of(table):
        if any(
            route[name].text in EVERYWHERE for name in ("DestinationCidrBlock", "DestinationIpv6CidrBlock")
        ):
            node = route["GatewayId"]
            if node.target(GATEWAY) is not None or (node.text or "").startswith("igw-"):
                return True
            if node.given and node.reference is None and node.text is None:
                found = None
    return found


def vpc_of(item: Item) -> Item | None:
    """The VPC of a subnet or a security group in the set."""
    return item["VpcId"].target(VPC)


@dataclass(frozen=True, slots=True)
class Opening:
    """One rule of a security group."""

    node: Node
    group: Item | None
    ingress: bool

    @property
    def protocol(self) -> str | None:
        """tcp, udp, icmp, -1 and so on."""
        names = {"6": "tcp", "17": "udp", "1": "icmp", "all": "-1"}
        text = self.node["IpProtocol"].text
        return names.get(text, text) if text is not None else None

    @property
    def ports(self) -> tuple[float, float] | None:
        """The ports it opens; None where they are not known."""
        if self.protocol == "-1":
            return (0, 65_535)
        first, last = self.node["FromPort"].number, self.node["ToPort"].number
        if first == -1 and last == -1:
            return (0, 65_535)
        return (first, last) if first is not None and last is not None else None

    @property
    def everywhere(self) -> bool:
        """Whether it is open to the whole internet."""
        return any(self.node[name].text in EVERYWHERE for name in ("CidrIp", "CidrIpv6"))


def openings(view: View) -> tuple[Opening, ...]:
    """Every rule of every security group, inline or standing alone."""
    return view.once("openings", lambda v: tuple(_openings(v)))


def _openings(view: View) -> Iterator[Opening]:
    for group in view.of(GROUP):
        for name in ("SecurityGroupIngress", "SecurityGroupEgress"):
            for node in group[name].each():
                yield Opening(node, group, name.endswith("Ingress"))
    for kind in (INGRESS, EGRESS):
        for item in view.of(kind):
            yield Opening(item.properties, item["GroupId"].target(GROUP), kind == INGRESS)


def admits_port(groups: list[Item], nodes: tuple[Node, ...], port: float) -> bool:
    """Whether some of the groups may let TCP in on a port; true where one of them is not of the set."""
    if not groups or len(groups) < len(nodes) or not groups[0].view.complete:
        return True
    for opening in openings(groups[0].view):
        if opening.group is None and opening.node["GroupId"].given and opening.ingress:
            return True  # it may be for one of these groups
        if opening.ingress and opening.group in groups:
            ports = opening.ports
            if opening.protocol is None or ports is None:
                return True
            if opening.protocol in ("tcp", "-1") and ports[0] <= port <= ports[1]:
                return True
    return any(
        group["SecurityGroupIngress"].given and not group["SecurityGroupIngress"].closed for group in groups
    )
