"""VPC endpoints: services that exist, properties of their kind, and doors that are shut."""

from __future__ import annotations

import re

from showcore_cfn.check.rules.rule import Hits, Item, Rulebook, Severity, View, words
from showcore_cfn.check.rules.tables import nearest
from showcore_cfn.check.rules.topology import (
    ENDPOINT,
    GROUP,
    ROUTE,
    admits_port,
    vpc_of,
)

BOOK = Rulebook("endpoints")
_PRIVATELINK = "https://docs.aws.amazon.com/vpc/latest/privatelink"
_CFN = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide"


@BOOK.rule(
    "SC-NET-002",
    Severity.REFUSED,
    "Private DNS of an endpoint has a VPC with DNS support and host names",
    ENDPOINT,
    why="PrivateDnsEnabled needs EnableDnsSupport and EnableDnsHostnames on the VPC; the second is off by default.",
    remedy="Set both to true on the VPC.",
    source=f"{_PRIVATELINK}/interface-endpoints.html#private-dns-hostnames",
)
def private_dns(endpoint: Item) -> Hits:
    vpc = vpc_of(endpoint)
    if vpc is None or not endpoint["PrivateDnsEnabled"].flag:
        return
    names, support = vpc["EnableDnsHostnames"], vpc["EnableDnsSupport"]
    if names.absent or names.flag is False or support.flag is False:
        yield endpoint["PrivateDnsEnabled"].hit(f"{vpc.id} has no DNS host names.")


_INTERFACE_ONLY = ("SubnetIds", "SecurityGroupIds", "PrivateDnsEnabled")


@BOOK.rule(
    "SC-NET-003",
    Severity.REFUSED,
    "An endpoint has the properties of its kind",
    ENDPOINT,
    why="A gateway endpoint takes RouteTableIds and no subnets, groups or private DNS; an interface endpoint takes "
    "no RouteTableIds. Gateway is the default.",
    remedy="Set VpcEndpointType, or take the property away.",
    source=f"{_CFN}/aws-resource-ec2-vpcendpoint.html",
)
def endpoint_kind(endpoint: Item) -> Hits:
    node = endpoint["VpcEndpointType"]
    kind = "Gateway" if node.absent else node.text
    for name in _INTERFACE_ONLY if kind == "Gateway" else ("RouteTableIds",) if kind == "Interface" else ():
        if endpoint[name].given and endpoint[name].value != [] and endpoint[name].flag is not False:
            yield endpoint[name].hit(f"A {kind} endpoint takes no {name}.")


@BOOK.rule(
    "SC-NET-004",
    Severity.REFUSED,
    "A gateway endpoint is one of S3 or DynamoDB",
    ENDPOINT,
    why="All other services have interface endpoints.",
    remedy="Set VpcEndpointType: Interface.",
    source=f"{_PRIVATELINK}/gateway-endpoints.html",
)
def gateway_service(endpoint: Item) -> Hits:
    node, kind = endpoint["ServiceName"], endpoint["VpcEndpointType"]
    last = (node.pieces[-1] or "") if node.pieces else ""
    is_gateway = kind.absent or kind.text == "Gateway"
    if (
        is_gateway
        and last
        and not last.endswith((".s3", ".dynamodb", ".s3express"))
        and node.shown.startswith("com.")
    ):
        yield node.hit(f"{node.shown} has no gateway endpoint.")


_SERVICE_NAMES = {
    "cloudwatch": "monitoring", "cloudwatch-logs": "logs", "cloudwatchlogs": "logs", "cloudwatch-monitoring":
    "monitoring", "systems-manager": "ssm", "systemsmanager": "ssm", "ssm-messages": "ssmmessages", "ec2-messages":
    "ec2messages", "secrets-manager": "secretsmanager", "eventbridge": "events", "stepfunctions": "states",
    "step-functions": "states", "elastic-load-balancing": "elasticloadbalancing", "elbv2": "elasticloadbalancing",
    "apigateway": "execute-api", "api-gateway": "execute-api", "ecr": "ecr.api", "ecr.docker": "ecr.dkr",
    "firehose": "kinesis-firehose", "kinesis": "kinesis-streams", "efs": "elasticfilesystem", "sagemaker":
    "sagemaker.api", "dynamo": "dynamodb",
}  # fmt: skip
_KNOWN_SERVICES = words(
    "logs monitoring ssm ssmmessages ec2messages secretsmanager kms sts sns sqs events states ecs ecs-agent "
    "ecs-telemetry ecr.api ecr.dkr elasticache rds rds-data lambda execute-api kinesis-streams kinesis-firehose "
    "elasticfilesystem ec2 autoscaling cloudformation cloudtrail config backup athena glue codebuild codepipeline "
    "s3 dynamodb elasticloadbalancing xray synthetics ssm-contacts ssm-incidents"
)


@BOOK.rule(
    "SC-NET-005",
    Severity.REFUSED,
    "The service of an endpoint has a name of its own there",
    ENDPOINT,
    why="CloudWatch is called monitoring, its logs logs, Session Manager ssmmessages, Firehose kinesis-firehose.",
    remedy="Take the name from the list of services that integrate with PrivateLink.",
    source=f"{_PRIVATELINK}/aws-services-privatelink-support.html",
)
def service_name(endpoint: Item) -> Hits:
    node = endpoint["ServiceName"]
    match = re.fullmatch(r"com\.amazonaws\.(?:[a-z0-9-]+|\$\{[^}]*\})\.(.+)", node.shown)
    if match is None or "$" in match[1] or match[1] in _KNOWN_SERVICES:
        return
    meant = _SERVICE_NAMES.get(match[1]) or (
        nearest(match[1], _KNOWN_SERVICES, 1) if len(match[1]) > 3 else None
    )
    if meant is not None:
        yield node.hit(f"There is no service {match[1]}; it is {meant}.")


@BOOK.rule(
    "SC-NET-006",
    Severity.DEAD,
    "An endpoint stands in subnets, or is in a route table",
    ENDPOINT,
    why="A gateway endpoint without a route table routes nothing; an interface one without subnets has no address.",
    remedy="Give RouteTableIds or SubnetIds.",
    source=f"{_PRIVATELINK}/gateway-endpoints.html",
)
def endpoint_nowhere(endpoint: Item) -> Hits:
    kind = "Gateway" if endpoint["VpcEndpointType"].absent else endpoint["VpcEndpointType"].text
    name = {"Gateway": "RouteTableIds", "Interface": "SubnetIds"}.get(kind or "")
    if name is not None and (endpoint[name].absent or endpoint[name].value == []):
        yield endpoint.hit(f"{endpoint.id} has no {name}.", "Properties")


@BOOK.rule(
    "SC-NET-007",
    Severity.DEAD,
    "The security group of an endpoint lets HTTPS in",
    ENDPOINT,
    why="Everybody who uses an interface endpoint connects to it on port 443.",
    remedy="Add an ingress rule for TCP 443 from the VPC's block.",
    source=f"{_PRIVATELINK}/create-interface-endpoint.html",
)
def endpoint_port(endpoint: Item) -> Hits:
    node = endpoint["SecurityGroupIds"]
    if endpoint["VpcEndpointType"].text == "Interface" and not admits_port(
        node.targets(GROUP), node.each(), 443
    ):
        yield node.hit("No group of the endpoint lets TCP 443 in.")


@BOOK.nest_rule(
    "SC-NET-016",
    Severity.DEAD,
    "Session Manager has its message endpoint beside the others",
    why="A session is opened through com.amazonaws.<region>.ssmmessages; ssm alone registers the instance only. "
    "Without an internet gateway or NAT gateway nothing else leads there.",
    remedy="Add the interface endpoint ssmmessages.",
    source="https://docs.aws.amazon.com/systems-manager/latest/userguide/setup-create-vpc.html",
)
def session_endpoint(view: View) -> Hits:
    for endpoint in view.of(ENDPOINT):
        vpc = vpc_of(endpoint)
        if not endpoint["ServiceName"].shown.endswith(".ssm") or vpc is None or not view.complete:
            continue
        others = [e["ServiceName"].shown for e in view.of(ENDPOINT) if vpc_of(e) is vpc]
        leaves = [r for r in view.of(ROUTE) if r["NatGatewayId"].given or r["TransitGatewayId"].given]
        sessions = any(_opens_sessions(item) for item in view.of("AWS::IAM::Role", "AWS::EC2::Instance"))
        if sessions and not leaves and not any(name.endswith(".ssmmessages") for name in others):
            yield endpoint.hit(f"{vpc.id} has an endpoint of ssm and none of ssmmessages.")


def _opens_sessions(item: Item) -> bool:
    return "AmazonSSMManagedInstanceCore" in item["ManagedPolicyArns"].shown
