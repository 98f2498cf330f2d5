"""The network as the plan's 3.1-3.4 and 4.1 want it, and nothing beside it."""

from __future__ import annotations

from collections.abc import Iterator

from showcore_cfn.verify.check import SwitchedOff, check
from showcore_cfn.verify.checks.remedies import MEND
from showcore_cfn.verify.claim import Claim, equal, none_of, that
from showcore_cfn.verify.expected import VPC_CIDR, Expected
from showcore_cfn.verify.facts.network import (
    ENDPOINTS,
    INTERNET_GATEWAYS,
    NAT_GATEWAYS,
    ROUTE_TABLES,
    SECURITY_GROUPS,
    SUBNETS,
    VPC,
    RouteTable,
    SecurityGroup,
)
from showcore_cfn.verify.facts.stack import STACK, StackTree
from showcore_cfn.verify.look import Look

SUBNET_PLAN = {  # 3.1: logical id -> CIDR block, parameter of its zone
    "PublicSubnetA": ("10.0.0.0/24", "AvailabilityZoneA"),
    "PublicSubnetB": ("10.0.1.0/24", "AvailabilityZoneB"),
    "PrivateSubnetA": ("10.0.2.0/24", "AvailabilityZoneA"),
    "PrivateSubnetB": ("10.0.3.0/24", "AvailabilityZoneB"),
}
PRIVATE_SUBNETS = ("PrivateSubnetA", "PrivateSubnetB")
INTERFACE_SERVICES = {  # 3.3: service -> logical id
    "logs": "CloudWatchLogsEndpoint",
    "monitoring": "CloudWatchMonitoringEndpoint",
    "ssm": "SystemsManagerEndpoint",
}
MESSAGES_ENDPOINT = "SystemsManagerMessagesEndpoint"
GATEWAY_SERVICES = {"s3": "S3GatewayEndpoint", "dynamodb": "DynamoDBGatewayEndpoint"}  # 3.2
GROUP_PLAN = {  # 4.1: logical id -> port, who may come in ("" is the whole VPC)
    "RdsSecurityGroup": (5432, "ApplicationSecurityGroup"),
    "ElastiCacheSecurityGroup": (6379, "ApplicationSecurityGroup"),
    "VpcEndpointSecurityGroup": (443, ""),
}
SENSITIVE_PORTS = (22, 5432, 6379)  # 4.5, Property 1
EVERYWHERE = ("0.0.0.0/0", "::/0")
_FOURTH = "The plan names three interface endpoints; Session Manager opens no session without a fourth, ssmmessages."


@check(
    "7.1-vpc",
    "VPC 10.0.0.0/16 that resolves names",
    sees=(STACK, VPC),
    remedy="`showcore runbook vpc-endpoint-troubleshooting` puts DNS back; what else differs, `showcore drift` names.",
)
def vpc(look: Look, _want: Expected) -> Iterator[Claim]:
    """3.1."""
    found = look(VPC)
    yield equal(f"{found.id} CIDR block", found.cidr, VPC_CIDR)
    yield equal(f"{found.id} DNS support", found.dns_support, True)
    yield equal(f"{found.id} DNS hostnames", found.dns_hostnames, True)


@check(
    "7.1-subnets",
    "Two public and two private subnets in two zones",
    sees=(STACK, SUBNETS, INTERNET_GATEWAYS),
    remedy="Compare with `showcore diff deployed`; a subnet made by hand in this VPC must go.",
)
def subnets(look: Look, want: Expected) -> Iterator[Claim]:
    """3.1."""
    stack, found = look(STACK), {subnet.id: subnet for subnet in look(SUBNETS)}
    planned = {stack.id_of(name): plan for name, plan in SUBNET_PLAN.items()}
    for id_, (cidr, zone) in planned.items():
        if id_ not in found:
            yield equal(id_, "not in the VPC", cidr)
            continue
        yield equal(f"{id_} CIDR block", found[id_].cidr, cidr)
        yield equal(f"{id_} zone", found[id_].zone, want.parameters[zone])
        yield equal(f"{id_} gives public addresses", found[id_].public_addresses, False)
    yield none_of("other subnets of the VPC", found.keys() - planned.keys())
    yield equal("attached internet gateways", list(look(INTERNET_GATEWAYS)), [stack.id_of("InternetGateway")])


@check(
    "7.1-public-routes",
    "Public subnets lead to the internet gateway",
    sees=(STACK, ROUTE_TABLES),
    remedy=f"{MEND} CloudTrail knows who changed the route table.",
)
def public_routes(look: Look, _want: Expected) -> Iterator[Claim]:
    """3.4."""
    stack = look(STACK)
    for name in SUBNET_PLAN.keys() - set(PRIVATE_SUBNETS):
        table = table_of(look, stack.id_of(name))
        default = [route.target for route in table.routes if route.destination == "0.0.0.0/0"]
        yield equal(f"{name}: 0.0.0.0/0 of {table.id}", default, [stack.id_of("InternetGateway")])


@check(
    "7.1-private-routes",
    "Private subnets have no way out",
    sees=(STACK, ROUTE_TABLES),
    remedy="Delete the route: private subnets reach AWS through endpoints and nothing else (3.4).",
)
def private_routes(look: Look, _want: Expected) -> Iterator[Claim]:
    """3.4. A way out is any route but the local one and those of gateway endpoints."""
    for name in PRIVATE_SUBNETS:
        table = table_of(look, look(STACK).id_of(name))
        ways = [
            f"{r.destination} to {r.target}"
            for r in table.routes
            if not r.target.startswith(("local", "vpce-"))
        ]
        yield none_of(f"{name}: ways out of {table.id}", ways)


@check(
    "7.1-no-nat-gateway",
    "No NAT gateway",
    sees=(STACK, NAT_GATEWAYS),
    remedy="Delete it: it costs 32.85 USD a month, and 3.65 more for its address, and opens a way out.",
)
def no_nat_gateway(look: Look, _want: Expected) -> Iterator[Claim]:
    """3.1, 12.1."""
    yield none_of("NAT gateways of the VPC", look(NAT_GATEWAYS))


@check(
    "7.1-gateway-endpoints",
    "Gateway endpoints for S3 and DynamoDB are available",
    sees=(STACK, ENDPOINTS),
    remedy=MEND,
)
def gateway_endpoints(look: Look, _want: Expected) -> Iterator[Claim]:
    """3.2."""
    stack, found = look(STACK), {each.id: each for each in look(ENDPOINTS)}
    for service, name in GATEWAY_SERVICES.items():
        id_ = stack.id_of(name)
        if id_ not in found:
            yield equal(f"{name} {id_}", "not in the VPC", "available")
            continue
        yield equal(f"{name} service", found[id_].service, service)
        yield equal(f"{name} kind", found[id_].kind, "Gateway")
        yield equal(f"{name} state", found[id_].state, "available")


@check(
    "7.1-gateway-routes",
    "Both gateway endpoints are routes of the private subnets",
    sees=(STACK, ROUTE_TABLES),
    remedy=f"{MEND} By hand: `aws ec2 modify-vpc-endpoint --add-route-table-ids`, which makes the routes.",
)
def gateway_routes(look: Look, _want: Expected) -> Iterator[Claim]:
    """3.2, 3.4."""
    for subnet in PRIVATE_SUBNETS:
        table = table_of(look, look(STACK).id_of(subnet))
        targets = [route.target for route in table.routes]
        for name in GATEWAY_SERVICES.values():
            id_ = look(STACK).id_of(name)
            yield that(f"{name} in {table.id} of {subnet}", id_ in targets, targets, id_)


@check(
    "7.1-interface-endpoints",
    "Interface endpoints are available in the private subnets",
    sees=(STACK, ENDPOINTS),
    remedy="See the runbook: `showcore runbook vpc-endpoint-troubleshooting`.",
    deviation=_FOURTH,
)
def interface_endpoints(look: Look, want: Expected) -> Iterator[Claim]:
    """3.3."""
    stack, found = look(STACK), {each.id: each for each in look(ENDPOINTS)}
    zones = int(want.parameters["EndpointZones"])
    private = [stack.id_of(name) for name in PRIVATE_SUBNETS[:zones]]
    for service, name in interface_plan(want).items():
        id_ = stack.id_of(name)
        if id_ not in found:
            yield equal(f"{name} {id_}", "not in the VPC", "available")
            continue
        yield equal(f"{name} service", found[id_].service, service)
        yield equal(f"{name} state", found[id_].state, "available")
        yield equal(f"{name} subnets", found[id_].subnet_ids, private)


@check(
    "7.1-endpoint-dns",
    "Interface endpoints have private DNS and a security group of their own",
    sees=(STACK, ENDPOINTS),
    remedy="See the runbook: `showcore runbook vpc-endpoint-troubleshooting`.",
)
def endpoint_dns(look: Look, want: Expected) -> Iterator[Claim]:
    """3.3."""
    group = look(STACK).id_of("VpcEndpointSecurityGroup")
    names = {look(STACK).id_of(name): name for name in interface_plan(want).values()}
    for endpoint in look(ENDPOINTS):
        if endpoint.id in names:
            yield equal(f"{names[endpoint.id]} private DNS", endpoint.private_dns, True)
            yield equal(f"{names[endpoint.id]} groups", endpoint.group_ids, [group])


@check(
    "12.1-minimal-endpoints",
    "No endpoint beyond those of the plan",
    sees=(STACK, ENDPOINTS),
    remedy="Delete what nobody needs: each zone of each interface endpoint costs 7.30 USD a month.",
    deviation=_FOURTH,
)
def minimal_endpoints(look: Look, want: Expected) -> Iterator[Claim]:
    """12.1."""
    found = look(ENDPOINTS)
    yield equal(
        "gateway endpoints", [e.service for e in found if e.kind == "Gateway"], GATEWAY_SERVICES.keys()
    )
    paid = [e for e in found if e.kind != "Gateway"]
    yield equal("interface endpoints", [e.service for e in paid], interface_plan(want).keys())
    zones = sum(len(e.subnet_ids) for e in paid)
    wanted = len(interface_plan(want)) * int(want.parameters["EndpointZones"])
    yield that(
        "paid endpoint zones", zones <= wanted, f"{zones}, {zones * 7.3:.2f} USD a month", f"at most {wanted}"
    )


@check(
    "7.1-session-endpoint",
    "Session Manager's messages have an endpoint",
    sees=(STACK, ENDPOINTS),
    remedy="Set SessionMessagesEndpoint to true and deploy.",
    deviation=_FOURTH,
)
def session_endpoint(look: Look, want: Expected) -> Iterator[Claim]:
    """4.3 needs it although 3.3 does not name it."""
    if not want.on("SessionMessagesEndpoint"):
        raise SwitchedOff("SessionMessagesEndpoint is false: no session opens in a private subnet")
    states = [each.state for each in look(ENDPOINTS) if each.service == "ssmmessages"]
    yield equal("ssmmessages endpoint", states, ["available"])


@check(
    "7.1-security-groups",
    "Data-tier groups let in one port each, from the application tier",
    sees=(STACK, SECURITY_GROUPS),
    remedy=f"Remove the rule that is not the plan's. One that is missing: {MEND}",
)
def security_groups(look: Look, _want: Expected) -> Iterator[Claim]:
    """4.1."""
    stack, found = look(STACK), {group.id: group for group in look(SECURITY_GROUPS)}
    for name, (port, peer) in GROUP_PLAN.items():
        id_ = stack.id_of(name)
        rules = (
            [rule.said for rule in found[id_].ingress] if id_ in found else ["the group is not in the VPC"]
        )
        source = stack.id_of(peer) if peer else VPC_CIDR
        yield equal(f"{name} {id_}", rules, [f"tcp {port} from {source}"])


@check(
    "15.2-least-privilege",
    "No group of the VPC opens 22, 5432 or 6379 to everywhere (Property 1)",
    sees=(STACK, SECURITY_GROUPS),
    remedy="Revoke the rule; let the application tier's group in instead, or use Session Manager for 22.",
)
def least_privilege(look: Look, _want: Expected) -> Iterator[Claim]:
    """4.5, 15.2: over all groups of the VPC, whoever made them."""
    for group in look(SECURITY_GROUPS):
        yield none_of(
            f"{group.id} {group.name}: sensitive ports open to everywhere", open_to_everywhere(group)
        )


@check(
    "15.2-group-review",
    "Every group is the plan's, and every rule says what it is for",
    sees=(STACK, SECURITY_GROUPS),
    remedy="Delete groups that nobody uses; describe rules that stay.",
)
def group_review(look: Look, _want: Expected) -> Iterator[Claim]:
    """15.2. The VPC's own default group may stay while it lets nothing in that is not itself."""
    ours = {each.physical_id for each in look(STACK).of_type("AWS::EC2::SecurityGroup")}
    for group in look(SECURITY_GROUPS):
        if group.name == "default":
            peers = [rule.said for rule in group.ingress if rule.peer != group.id]
            yield none_of(f"{group.id} default: what it lets in", peers)
            continue
        yield that(
            f"{group.id} {group.name}",
            group.id in ours,
            "in the stacks" if group.id in ours else "a stranger",
            "in the stacks",
        )
        yield none_of(
            f"{group.id} rules without description", [r.said for r in group.ingress if not r.description]
        )


def open_to_everywhere(group: SecurityGroup) -> list[str]:
    """The rules of a group that open a sensitive port to the whole internet."""
    return [
        rule.said
        for rule in group.ingress
        if rule.peer in EVERYWHERE and any(rule.reaches(port) for port in SENSITIVE_PORTS)
    ]


def table_of(look: Look, subnet_id: str) -> RouteTable:
    """The route table that a subnet uses: its own, or the VPC's main one."""
    tables = look(ROUTE_TABLES)
    own = [table for table in tables if subnet_id in table.subnet_ids]
    main = [table for table in tables if table.main]
    return (own or main or [RouteTable("no route table", (), ())])[0]


def interface_plan(want: Expected) -> dict[str, str]:
    """The interface endpoints that the settings ask for: service -> logical id."""
    extra = {"ssmmessages": MESSAGES_ENDPOINT} if want.on("SessionMessagesEndpoint") else {}
    return INTERFACE_SERVICES | extra


def private_subnet_ids(stack: StackTree) -> list[str]:
    """The ids of both private subnets."""
    return [stack.id_of(name) for name in PRIVATE_SUBNETS]
