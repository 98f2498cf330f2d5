"""Networks, routes and gateways that EC2 refuses, or that lead nowhere."""

from __future__ import annotations

import ipaddress
import re

from showcore_cfn.check.rules.names import without_placeholders
from showcore_cfn.check.rules.rule import Hits, Item, Rulebook, Severity, View
from showcore_cfn.check.rules.topology import (
    ASSOCIATION,
    ATTACHMENT,
    ENDPOINT,
    EVERYWHERE,
    GATEWAY,
    GROUP,
    NAT,
    ROUTE,
    SUBNET,
    TABLE,
    VPC,
    public,
    routes_of,
    table_of,
    vpc_of,
)

BOOK = Rulebook("network")
_VPC_UG = "https://docs.aws.amazon.com/vpc/latest/userguide"
_CFN = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide"


@BOOK.rule(
    "SC-NET-001",
    Severity.REFUSED,
    "A block of addresses lies between /16 and /28 and starts where its prefix says",
    VPC,
    SUBNET,
    why="VPCs and subnets take IPv4 blocks of /16 to /28.",
    remedy="Choose a prefix between 16 and 28.",
    source=f"{_VPC_UG}/vpc-cidr-blocks.html",
)
def block_size(item: Item) -> Hits:
    node = item["CidrBlock"]
    try:
        block = ipaddress.IPv4Network(node.text or "", strict=False)
    except ValueError:
        return
    if not 16 <= block.prefixlen <= 28:
        yield node.hit(f"{node.text} has the prefix /{block.prefixlen}; /16 to /28 are allowed.")


@BOOK.nest_rule(
    "SC-NET-008",
    Severity.REFUSED,
    "A route to an internet gateway waits for its attachment",
    why="CreateRoute answers that the gateway and the VPC are not attached when the route comes first; the route "
    "refers to the gateway, not to the attachment.",
    remedy="Let the route DependsOn the AWS::EC2::VPCGatewayAttachment.",
    source=f"{_CFN}/aws-attribute-dependson.html#gatewayattachment",
)
def route_before_attachment(view: View) -> Hits:
    for route in view.of(ROUTE):
        gateway = route["GatewayId"].target(GATEWAY)
        attachments = [
            a for a in view.of(ATTACHMENT) if gateway and a["InternetGatewayId"].target(GATEWAY) is gateway
        ]
        if attachments and not any(view.before(a, route) for a in attachments):
            yield route.hit(f"{route.id} does not wait for {attachments[0].id}.", "Properties", "GatewayId")


@BOOK.nest_rule(
    "SC-NET-009",
    Severity.REFUSED,
    "An internet gateway that a route leads to is attached",
    why="Without AWS::EC2::VPCGatewayAttachment the route is refused.",
    remedy="Attach the gateway to the VPC.",
    source=f"{_VPC_UG}/VPC_Internet_Gateway.html",
)
def gateway_unattached(view: View) -> Hits:
    attached = [a["InternetGatewayId"].target(GATEWAY) for a in view.of(ATTACHMENT)]
    for route in view.of(ROUTE):
        gateway = route["GatewayId"].target(GATEWAY)
        if gateway is not None and gateway not in attached and view.complete:
            yield route["GatewayId"].hit(f"{gateway.id} is attached to no VPC.")


_NEXT_HOPS = (
    "GatewayId", "NatGatewayId", "InstanceId", "NetworkInterfaceId", "TransitGatewayId", "VpcPeeringConnectionId",
    "VpcEndpointId", "EgressOnlyInternetGatewayId", "CarrierGatewayId", "LocalGatewayId", "CoreNetworkArn",
    "OdbNetworkArn",
)  # fmt: skip


@BOOK.rule(
    "SC-NET-010",
    Severity.REFUSED,
    "A route goes from one block to one place",
    ROUTE,
    why="A route has exactly one destination and one next hop.",
    remedy="Keep one of each.",
    source="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateRoute.html",
)
def route_shape(route: Item) -> Hits:
    hops = [name for name in _NEXT_HOPS if route[name].given]
    blocks = [
        name
        for name in ("DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId")
        if route[name].given
    ]
    if len(hops) != 1 or len(blocks) != 1:
        yield route.hit(
            f"The route has {len(blocks)} destinations and {len(hops)} next hops; it takes one each.",
            "Properties",
        )


@BOOK.nest_rule(
    "SC-NET-011",
    Severity.REFUSED,
    "A route table has one route to each block",
    why="EC2 answers RouteAlreadyExists.",
    remedy="Keep one of the routes.",
    source=f"{_VPC_UG}/VPC_Route_Tables.html",
)
def route_twice(view: View) -> Hits:
    seen: dict[tuple[str, str], str] = {}
    for route in view.of(ROUTE):
        table = route["RouteTableId"].target(TABLE)
        block = route["DestinationCidrBlock"].text or route["DestinationIpv6CidrBlock"].text
        if table is None or block is None or route.resource.condition is not None:
            continue
        if (table.path, block) in seen:
            yield route.hit(f"{table.id} already leads {block} by {seen[table.path, block]}.", "Properties")
        seen.setdefault((table.path, block), route.id)


@BOOK.nest_rule(
    "SC-NET-012",
    Severity.DEAD,
    "A NAT gateway stands in a public subnet",
    why="A public NAT gateway reaches the internet through the route table of its own subnet.",
    remedy="Put it into a subnet whose table leads 0.0.0.0/0 to an internet gateway.",
    source=f"{_VPC_UG}/vpc-nat-gateway.html",
)
def nat_in_private_subnet(view: View) -> Hits:
    for nat in view.of(NAT):
        subnet = nat["SubnetId"].target(SUBNET)
        reaches = nat["ConnectivityType"].text != "private" and view.complete
        if subnet is not None and reaches and public(subnet) is False:
            yield nat["SubnetId"].hit(
                f"{subnet.id} is not public: its table leads nothing to an internet gateway."
            )


@BOOK.nest_rule(
    "SC-NET-013",
    Severity.DEAD,
    "The way out of a NAT gateway does not lead back into it",
    why="The table of the gateway's own subnet sends its traffic to itself.",
    remedy="Give the public subnet a table of its own.",
    source=f"{_VPC_UG}/nat-gateway-scenarios.html",
)
def nat_loop(view: View) -> Hits:
    for nat in view.of(NAT):
        subnet = nat["SubnetId"].target(SUBNET)
        table = table_of(subnet) if subnet is not None else None
        for route in routes_of(table) if table is not None else ():
            if route["NatGatewayId"].target(NAT) is nat:
                yield route["NatGatewayId"].hit(f"{nat.id} stands in a subnet that this route serves.")


@BOOK.nest_rule(
    "SC-NET-014",
    Severity.RISK,
    "A subnet called private has no way to an internet gateway",
    why="What stands in it can be reached from the internet as soon as it has a public address.",
    remedy="Lead the default route to a NAT gateway, or rename the subnet.",
    source=f"{_VPC_UG}/configure-subnets.html",
)
def private_made_public(view: View) -> Hits:
    for subnet in view.of(SUBNET):
        tags = {tag["Key"].text: tag["Value"].shown for tag in subnet["Tags"].each()}
        name = without_placeholders(f"{subnet.id} {tags.get('Name', '')}")
        called = re.search(r"priv|isolated|internal", name, re.IGNORECASE) and "public" not in name.lower()
        table = table_of(subnet)
        if called and table is not None and public(subnet):
            yield subnet.hit(f"{subnet.id} is routed by {table.id}, which leads to an internet gateway.")


@BOOK.nest_rule(
    "SC-NET-015",
    Severity.REFUSED,
    "Subnets and security groups of one resource belong to one VPC",
    why="EC2, RDS, ElastiCache and Lambda refuse groups and subnets of different VPCs.",
    remedy="Give them the same VpcId.",
    source=f"{_VPC_UG}/security-groups.html",
)
def two_networks(view: View) -> Hits:
    for kind, groups, subnets in _GROUPED:
        for item in view.of(kind):
            near = [vpc_of(g) for g in item.at(*groups).targets(GROUP)]
            for subnet in item.at(*subnets).targets(SUBNET):
                far = vpc_of(subnet)
                for vpc in near:
                    if vpc is not None and far is not None and vpc is not far:
                        yield item.at(*groups).hit(f"The groups belong to {vpc.id}, {subnet.id} to {far.id}.")
                        break


_GROUPED: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("AWS::EC2::Instance", ("SecurityGroupIds",), ("SubnetId",)),
    (ENDPOINT, ("SecurityGroupIds",), ("SubnetIds",)),
    ("AWS::Lambda::Function", ("VpcConfig", "SecurityGroupIds"), ("VpcConfig", "SubnetIds")),
    ("AWS::ElasticLoadBalancingV2::LoadBalancer", ("SecurityGroups",), ("Subnets",)),
    ("AWS::EFS::MountTarget", ("SecurityGroups",), ("SubnetId",)),
    (
        "AWS::ECS::Service",
        ("NetworkConfiguration", "AwsvpcConfiguration", "SecurityGroups"),
        ("NetworkConfiguration", "AwsvpcConfiguration", "Subnets"),
    ),
)


@BOOK.nest_rule(
    "SC-NET-017",
    Severity.REFUSED,
    "A NAT gateway takes the allocation id of its address",
    why="Ref of an address is the address itself; AllocationId is an attribute.",
    remedy="Use !GetAtt Address.AllocationId.",
    source=f"{_CFN}/aws-resource-ec2-natgateway.html",
)
def allocation_id(view: View) -> Hits:
    for kind in (NAT, "AWS::EC2::EIPAssociation"):
        for item in view.of(kind):
            node = item["AllocationId"]
            address = node.target("AWS::EC2::EIP") if node.reference else None
            if (
                address is not None
                and node.reference is not None
                and node.reference.attribute != "AllocationId"
            ):
                yield node.hit(f"{node.shown} is not the allocation id of {address.id}.")


@BOOK.rule(
    "SC-NET-018",
    Severity.REFUSED,
    "A public NAT gateway has an address, a private one has none",
    NAT,
    why="AllocationId is required for public connectivity, the default, and refused for private.",
    remedy="Add an AWS::EC2::EIP, or set ConnectivityType: private.",
    source=f"{_CFN}/aws-resource-ec2-natgateway.html",
)
def nat_address(nat: Item) -> Hits:
    kind = "public" if nat["ConnectivityType"].absent else nat["ConnectivityType"].text
    regional = nat["AvailabilityMode"].given
    if kind == "public" and nat["AllocationId"].absent and not regional:
        yield nat.hit("A public NAT gateway needs AllocationId.", "Properties")
    elif kind == "private" and nat["AllocationId"].given:
        yield nat["AllocationId"].hit("A private NAT gateway takes no AllocationId.")


@BOOK.nest_rule(
    "SC-NET-019",
    Severity.COST,
    "An address is used",
    why="A public IPv4 address costs 0.005 USD an hour, in use or not; one that nobody uses is paid for nothing.",
    remedy="Associate it, or take it away.",
    source="https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/elastic-ip-addresses-eip.html",
)
def unused_address(view: View) -> Hits:
    for address in view.of("AWS::EC2::EIP"):
        used = address.referrers or address["InstanceId"].given or address.path in view.shown
        if not used and view.complete:
            yield address.hit(f"Nothing uses {address.id}.")


@BOOK.rule(
    "SC-NET-020",
    Severity.REFUSED,
    "A flow log writes to one place and in the way of that place",
    "AWS::EC2::FlowLog",
    why="CloudWatch Logs needs LogGroupName or LogDestination and a role; S3 and Firehose take LogDestination and no "
    "role.",
    remedy="Add DeliverLogsPermissionArn for CloudWatch Logs, take it away for S3.",
    source=f"{_CFN}/aws-resource-ec2-flowlog.html",
)
def flow_log(flow: Item) -> Hits:
    kind = "cloud-watch-logs" if flow["LogDestinationType"].absent else flow["LogDestinationType"].text
    role, group = flow["DeliverLogsPermissionArn"], flow["LogGroupName"]
    if kind == "cloud-watch-logs":
        if role.absent:
            yield flow.hit("CloudWatch Logs needs DeliverLogsPermissionArn.", "Properties")
        if group.absent and flow["LogDestination"].absent:
            yield flow.hit("CloudWatch Logs needs LogGroupName or LogDestination.", "Properties")
    elif kind == "s3":
        for node in (role, group):
            if node.given:
                yield node.hit(f"S3 takes no {node.path[-1]}.")


@BOOK.nest_rule(
    "SC-NET-021",
    Severity.REFUSED,
    "A VPC has one internet gateway",
    why="EC2 answers that the VPC already has an internet gateway attached.",
    remedy="Keep one attachment.",
    source=f"{_VPC_UG}/VPC_Internet_Gateway.html",
)
def two_gateways(view: View) -> Hits:
    seen: dict[str, Item] = {}
    for attachment in view.of(ATTACHMENT):
        vpc = attachment["VpcId"].target(VPC)
        if vpc is None or attachment["InternetGatewayId"].absent:
            continue
        if vpc.path in seen and attachment.resource.condition is None:
            yield attachment.hit(f"{vpc.id} has the gateway of {seen[vpc.path].id} already.")
        seen[vpc.path] = attachment


@BOOK.nest_rule(
    "SC-NET-022",
    Severity.DEAD,
    "A route table is associated with a subnet",
    why="A table that no subnet uses routes nothing; the subnets follow the VPC's main table.",
    remedy="Add an AWS::EC2::SubnetRouteTableAssociation.",
    source=f"{_VPC_UG}/VPC_Route_Tables.html",
)
def unused_table(view: View) -> Hits:
    used = {
        table.path
        for a in view.of(ASSOCIATION, "AWS::EC2::GatewayRouteTableAssociation")
        if (table := a["RouteTableId"].target(TABLE)) is not None
    }
    unclear = any(a["RouteTableId"].target(TABLE) is None for a in view.of(ASSOCIATION))
    for table in view.of(TABLE):
        routed = any(route["GatewayId"].given or route["NatGatewayId"].given for route in routes_of(table))
        if routed and table.path not in used | view.shown and not unclear and view.complete:
            yield table.hit(f"No subnet uses {table.id}.")


@BOOK.rule(
    "SC-NET-023",
    Severity.REFUSED,
    "A network ACL entry has a number of its own, between 1 and 32766",
    "AWS::EC2::NetworkAclEntry",
    why="Rule numbers go from 1 to 32766 and are unique by direction. TCP and UDP need a port range.",
    remedy="Give it another number, or a PortRange.",
    source="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateNetworkAclEntry.html",
)
def acl_entry(entry: Item) -> Hits:
    number = entry["RuleNumber"].number
    if number is not None and not 1 <= number <= 32_766:
        yield entry["RuleNumber"].hit(f"{number:g} is no rule number.")
    if entry["Protocol"].number in (6, 17) and entry["PortRange"].absent:
        yield entry["Protocol"].hit("TCP and UDP need a PortRange.")
    for other in entry.view.of("AWS::EC2::NetworkAclEntry"):
        if other.path < entry.path and _same_entry(entry, other):
            yield entry["RuleNumber"].hit(f"{other.id} has the number {number:g} too.")


def _same_entry(left: Item, right: Item) -> bool:
    acl = left["NetworkAclId"].reference
    return (
        acl is not None
        and right["NetworkAclId"].reference == acl
        and left["RuleNumber"].number is not None
        and left["RuleNumber"].number == right["RuleNumber"].number
        and bool(left["Egress"].flag) is bool(right["Egress"].flag)
        and left.resource.condition is None
    )


@BOOK.nest_rule(
    "SC-NET-024",
    Severity.DEAD,
    "A default route stands in a table that has another way than its own VPC",
    why="A NAT gateway's route must not be led to an internet gateway of another VPC, nor a peering connection that "
    "is not the VPC's.",
    remedy="Lead the route to a gateway of the table's own VPC.",
    source=f"{_VPC_UG}/VPC_Route_Tables.html",
)
def foreign_gateway(view: View) -> Hits:
    for route in view.of(ROUTE):
        table, gateway = route["RouteTableId"].target(TABLE), route["GatewayId"].target(GATEWAY)
        vpc = vpc_of(table) if table is not None else None
        homes = [
            a["VpcId"].target(VPC)
            for a in view.of(ATTACHMENT)
            if gateway and a["InternetGatewayId"].target() is gateway
        ]
        if vpc is not None and homes and None not in homes and vpc not in homes:
            yield route["GatewayId"].hit(
                f"{gateway.id if gateway else ''} is attached to another VPC than {vpc.id}."
            )
        elif route["DestinationCidrBlock"].text in EVERYWHERE and route["GatewayId"].text == "local":
            yield route["GatewayId"].hit("Everything leads to local.")
