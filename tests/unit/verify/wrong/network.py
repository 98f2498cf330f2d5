"""Wrong states of the network: check, what is wrong, facts, a word of the claim."""

from __future__ import annotations

from showcore_cfn.verify.facts import network
from showcore_cfn.verify.look import Missing
from tests.unit.verify.world import Case, Facts, changed, given, with_fields, with_item, without

EVERYWHERE = network.Rule("tcp", 0, 65_535, "0.0.0.0/0", "for a moment")


def _with_group_rule(rule: network.Rule) -> Facts:
    return with_item(network.SECURITY_GROUPS, 1, ingress=(rule,))


def _with_route(table: int, destination: str, target: str) -> Facts:
    routes = given(network.ROUTE_TABLES)[table].routes
    return with_item(network.ROUTE_TABLES, table, routes=(*routes, network.Route(destination, target)))


CASES: tuple[Case, ...] = (
    ("7.1-vpc", "another-cidr", with_fields(network.VPC, cidr="10.1.0.0/16"), "CIDR"),
    ("7.1-vpc", "no-dns-hostnames", with_fields(network.VPC, dns_hostnames=False), "DNS hostnames"),
    ("7.1-vpc", "no-dns-support", with_fields(network.VPC, dns_support=False), "DNS support"),
    ("7.1-vpc", "no-vpc", changed(network.VPC, Missing("the VPC vpc-1")), "the VPC vpc-1"),
    ("7.1-subnets", "another-zone", with_item(network.SUBNETS, 2, zone="us-east-1c"), "subnet-priv-a zone"),
    ("7.1-subnets", "another-cidr", with_item(network.SUBNETS, 0, cidr="10.0.9.0/24"), "subnet-pub-a CIDR"),
    (
        "7.1-subnets",
        "public-addresses",
        with_item(network.SUBNETS, 1, public_addresses=True),
        "subnet-pub-b gives",
    ),
    ("7.1-subnets", "one-that-is-missing", without(network.SUBNETS, 3), "subnet-priv-b"),
    (
        "7.1-subnets",
        "a-stranger",
        changed(
            network.SUBNETS,
            (*given(network.SUBNETS), network.Subnet("subnet-x", "10.0.8.0/24", "us-east-1a", False)),
        ),
        "subnet-x",
    ),
    ("7.1-subnets", "no-internet-gateway", changed(network.INTERNET_GATEWAYS, ()), "internet gateways"),
    ("7.1-public-routes", "no-default-route", with_item(network.ROUTE_TABLES, 0, routes=()), "0.0.0.0/0"),
    ("7.1-private-routes", "3.4-a-nat-gateway", _with_route(1, "0.0.0.0/0", "nat-1"), "nat-1"),
    ("7.1-private-routes", "3.4-the-internet-gateway", _with_route(2, "0.0.0.0/0", "igw-1"), "igw-1"),
    ("7.1-private-routes", "3.4-an-ipv6-way-out", _with_route(1, "::/0", "eigw-1"), "eigw-1"),
    ("7.1-private-routes", "3.4-a-peering", _with_route(1, "10.9.0.0/16", "pcx-1"), "pcx-1"),
    ("7.1-no-nat-gateway", "3.1-a-nat-gateway", changed(network.NAT_GATEWAYS, ("nat-1",)), "nat-1"),
    (
        "7.1-gateway-endpoints",
        "not-available",
        with_item(network.ENDPOINTS, 0, state="pending"),
        "S3GatewayEndpoint",
    ),
    (
        "7.1-gateway-endpoints",
        "another-service",
        with_item(network.ENDPOINTS, 1, service="s3"),
        "DynamoDBGatewayEndpoint",
    ),
    ("7.1-gateway-endpoints", "gone", without(network.ENDPOINTS, 1), "DynamoDBGatewayEndpoint"),
    (
        "7.1-gateway-routes",
        "3.4-a-table-without-the-route",
        with_item(network.ROUTE_TABLES, 1, routes=()),
        "S3GatewayEndpoint in rtb-a",
    ),
    (
        "7.1-interface-endpoints",
        "failed",
        with_item(network.ENDPOINTS, 3, state="failed"),
        "CloudWatchMonitoringEndpoint state",
    ),
    (
        "7.1-interface-endpoints",
        "3.3-one-zone-only",
        with_item(network.ENDPOINTS, 2, subnet_ids=("subnet-priv-a",)),
        "CloudWatchLogsEndpoint subnets",
    ),
    ("7.1-interface-endpoints", "gone", without(network.ENDPOINTS, 4), "SystemsManagerEndpoint"),
    (
        "7.1-endpoint-dns",
        "3.3-no-private-dns",
        with_item(network.ENDPOINTS, 2, private_dns=False),
        "private DNS",
    ),
    (
        "7.1-endpoint-dns",
        "3.3-another-group",
        with_item(network.ENDPOINTS, 2, group_ids=("sg-default",)),
        "groups",
    ),
    ("7.1-session-endpoint", "4.3-no-messages", without(network.ENDPOINTS, 5), "ssmmessages"),
    (
        "7.1-security-groups",
        "4.1-open-to-the-vpc",
        with_item(network.SECURITY_GROUPS, 2, ingress=(network.Rule("tcp", 5432, 5432, "10.0.0.0/16"),)),
        "RdsSecurityGroup",
    ),
    (
        "7.1-security-groups",
        "4.1-one-rule-too-many",
        with_item(
            network.SECURITY_GROUPS,
            3,
            ingress=(network.Rule("tcp", 6379, 6379, "sg-app"), network.Rule("tcp", 22, 22, "sg-app")),
        ),
        "ElastiCacheSecurityGroup",
    ),
    ("7.1-security-groups", "gone", without(network.SECURITY_GROUPS, 2), "RdsSecurityGroup"),
    (
        "12.1-minimal-endpoints",
        "12.1-one-more",
        changed(
            network.ENDPOINTS,
            (
                *given(network.ENDPOINTS),
                network.Endpoint("vpce-x", "sqs", "Interface", "available", True, ("subnet-priv-a",)),
            ),
        ),
        "sqs",
    ),
    (
        "12.1-minimal-endpoints",
        "12.1-one-more-gateway",
        changed(
            network.ENDPOINTS,
            (*given(network.ENDPOINTS), network.Endpoint("vpce-x", "s3express", "Gateway", "available")),
        ),
        "s3express",
    ),
    (
        "12.1-savings",
        "12.1-more-zones-than-asked-for",
        with_item(network.ENDPOINTS, 2, subnet_ids=("a", "b", "c")),
        "65.70 USD",
    ),
    ("15.2-least-privilege", "4.5-everything", _with_group_rule(EVERYWHERE), "sg-app"),
    ("15.2-least-privilege", "4.5-ssh", _with_group_rule(network.Rule("tcp", 22, 22, "0.0.0.0/0")), "tcp 22"),
    (
        "15.2-least-privilege",
        "4.5-postgresql-over-ipv6",
        _with_group_rule(network.Rule("tcp", 5432, 5432, "::/0")),
        "tcp 5432",
    ),
    (
        "15.2-least-privilege",
        "4.5-a-range-around-redis",
        _with_group_rule(network.Rule("6", 6000, 7000, "0.0.0.0/0")),
        "6000-7000",
    ),
    (
        "15.2-least-privilege",
        "4.5-all-protocols",
        _with_group_rule(network.Rule("-1", 0, 65_535, "0.0.0.0/0")),
        "everything from 0.0.0.0/0",
    ),
    ("15.2-group-review", "15.2-a-stranger", with_item(network.SECURITY_GROUPS, 1, id="sg-x"), "a stranger"),
    (
        "15.2-group-review",
        "4.1-no-description",
        _with_group_rule(network.Rule("tcp", 443, 443, "sg-app")),
        "without description",
    ),
    (
        "15.2-group-review",
        "15.2-the-default-group-lets-in",
        with_item(network.SECURITY_GROUPS, 0, ingress=(EVERYWHERE,)),
        "sg-default",
    ),
)
