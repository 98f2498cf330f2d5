"""Network, 3.1-3.4: a VPC over two zones, without a NAT gateway; endpoints lead to AWS instead.

Deviation from 3.3: Session Manager needs a fourth interface endpoint, `ssmmessages`
(https://docs.aws.amazon.com/systems-manager/latest/userguide/setup-create-vpc.html).
"""

from __future__ import annotations

from awacs.aws import Condition, Principal, StringEquals
from troposphere import AccountId, Equals, GetAtt, If, NoValue, Ref, Tags
from troposphere.ec2 import (
    VPC,
    FlowLog,
    InternetGateway,
    Route,
    RouteTable,
    SecurityGroup,
    SecurityGroupRule,
    Subnet,
    SubnetRouteTableAssociation,
    VPCEndpoint,
    VPCGatewayAttachment,
)
from troposphere.iam import Policy, Role
from troposphere.logs import LogGroup

from showcore_cfn.template.parameters import (
    ENDPOINT_ZONES,
    SESSION_MESSAGES_ENDPOINT,
    VPC_FLOW_LOGS,
    ZONE_A,
    ZONE_B,
)
from showcore_cfn.template.stack import Stack, Tier, Wire
from showcore_cfn.tiers.policies import BOUNDARY, allow, document, trust

VPC_CIDR = "10.0.0.0/16"  # 3.1
SUBNET_CIDRS = {  # 3.1
    "PublicSubnetA": "10.0.0.0/24",
    "PublicSubnetB": "10.0.1.0/24",
    "PrivateSubnetA": "10.0.2.0/24",
    "PrivateSubnetB": "10.0.3.0/24",
}
LOG_RETENTION_DAYS = 7  # 10.7
FLOW_LOG_INTERVAL_SECONDS = 600  # the longer of the two that EC2 offers: fewer records
NOWHERE = "127.0.0.1/32"  # a group without any egress rule is given one to everywhere

VPC_ID = Wire("network", "VpcId", "The VPC.")
PUBLIC_SUBNET_A = Wire("network", "PublicSubnetAId", "Public subnet in the first zone.")
PUBLIC_SUBNET_B = Wire("network", "PublicSubnetBId", "Public subnet in the second zone.")
PRIVATE_SUBNET_A = Wire("network", "PrivateSubnetAId", "Private subnet in the first zone.")
PRIVATE_SUBNET_B = Wire("network", "PrivateSubnetBId", "Private subnet in the second zone.")


def build(stack: Stack) -> None:
    """The VPC, its subnets and routes, and the ways to AWS that need no internet."""
    stack.condition("TwoEndpointZones", Equals(stack.setting(ENDPOINT_ZONES), "2"))
    _vpc(stack)
    _subnets(stack)
    _routes(stack)
    _gateway_endpoints(stack)
    _interface_endpoints(stack)
    _flow_logs(stack)
    stack.provide(VPC_ID, Ref("VPC"), export=True, to_root=True)
    for wire in (PUBLIC_SUBNET_A, PUBLIC_SUBNET_B, PRIVATE_SUBNET_A, PRIVATE_SUBNET_B):
        stack.provide(wire, Ref(wire.name.removesuffix("Id")), export=True, to_root=True)


def _name(stack: Stack, component: str, kind: str) -> Tags:
    return Tags(Name=stack.named(component, kind))


def _vpc(stack: Stack) -> None:
    stack.add(
        VPC(
            "VPC",
            CidrBlock=VPC_CIDR,
            EnableDnsSupport=True,
            EnableDnsHostnames=True,
            Tags=_name(stack, "network", "vpc"),
        ),
        why="One VPC of 65,536 addresses; two of the four subnets are without any way to the internet.",
        must=["DNS support and DNS hostnames stay on: private DNS of the endpoints needs both."],
    )
    stack.add(InternetGateway("InternetGateway", Tags=_name(stack, "network", "internet-gateway")))
    stack.add(
        VPCGatewayAttachment(
            "InternetGatewayAttachment", VpcId=Ref("VPC"), InternetGatewayId=Ref("InternetGateway")
        )
    )


def _subnets(stack: Stack) -> None:
    for title, cidr in SUBNET_CIDRS.items():
        kind = "public" if title.startswith("Public") else "private"
        zone = ZONE_A if title.endswith("A") else ZONE_B
        stack.add(
            Subnet(
                title,
                VpcId=Ref("VPC"),
                CidrBlock=cidr,
                AvailabilityZone=stack.setting(zone),
                MapPublicIpOnLaunch=False,
                Tags=_name(stack, f"{kind}-{title[-1].lower()}", "subnet"),
            )
        )


def _routes(stack: Stack) -> None:
    stack.add(RouteTable("PublicRouteTable", VpcId=Ref("VPC"), Tags=_name(stack, "public", "route-table")))
    stack.add(
        Route(
            "PublicDefaultRoute",
            DependsOn="InternetGatewayAttachment",
            RouteTableId=Ref("PublicRouteTable"),
            DestinationCidrBlock="0.0.0.0/0",
            GatewayId=Ref("InternetGateway"),
        )
    )
    for zone in "AB":
        stack.add(
            RouteTable(
                f"PrivateRouteTable{zone}",
                VpcId=Ref("VPC"),
                Tags=_name(stack, f"private-{zone.lower()}", "route-table"),
            ),
            why="The gateway endpoints put their routes here by themselves.",
            must=["No default route: private subnets have no way to the internet, 3.4."],
        )
    for title in SUBNET_CIDRS:
        table = "PublicRouteTable" if title.startswith("Public") else f"PrivateRouteTable{title[-1]}"
        stack.add(
            SubnetRouteTableAssociation(
                f"{title}RouteTableAssociation", SubnetId=Ref(title), RouteTableId=Ref(table)
            )
        )


def _gateway_endpoints(stack: Stack) -> None:
    """Free of charge; each puts its route into the private route tables by itself."""
    tables = [Ref("PrivateRouteTableA"), Ref("PrivateRouteTableB")]
    own = {"aws:PrincipalAccount": AccountId, "aws:ResourceAccount": AccountId}
    stack.add(
        VPCEndpoint(
            "S3GatewayEndpoint",
            VpcId=Ref("VPC"),
            VpcEndpointType="Gateway",
            ServiceName="com.amazonaws.us-east-1.s3",
            RouteTableIds=tables,
            PolicyDocument=document(
                allow(
                    "OwnBuckets",
                    ["s3:*"],
                    "*",
                    Principal=Principal("*"),
                    Condition=Condition(StringEquals(own)),
                ),
                allow(
                    "PackagesOfAmazonLinuxAndSystemsManager",
                    ["s3:GetObject"],
                    [
                        "arn:aws:s3:::al2023-repos-us-east-1-*/*",
                        "arn:aws:s3:::amazon-ssm-us-east-1/*",
                        "arn:aws:s3:::amazon-ssm-packages-us-east-1/*",
                        "arn:aws:s3:::aws-ssm-us-east-1/*",
                        "arn:aws:s3:::us-east-1-birdwatcher-prod/*",
                    ],
                    Principal=Principal("*"),
                ),
            ),
            Tags=_name(stack, "s3", "vpc-endpoint"),
        ),
        why="Instances reach this account's buckets and the public package buckets, and no other account's.",
    )
    stack.add(
        VPCEndpoint(
            "DynamoDBGatewayEndpoint",
            VpcId=Ref("VPC"),
            VpcEndpointType="Gateway",
            ServiceName="com.amazonaws.us-east-1.dynamodb",
            RouteTableIds=tables,
            PolicyDocument=document(
                allow(
                    "OwnTables",
                    ["dynamodb:*"],
                    "*",
                    Principal=Principal("*"),
                    Condition=Condition(StringEquals(own)),
                )
            ),
            Tags=_name(stack, "dynamodb", "vpc-endpoint"),
        )
    )


def _interface_endpoints(stack: Stack) -> None:
    stack.add(
        SecurityGroup(
            "VpcEndpointSecurityGroup",
            GroupName=stack.named("vpc-endpoint", "security-group"),
            GroupDescription="Interface endpoints: HTTPS from inside the VPC",
            VpcId=Ref("VPC"),
            SecurityGroupIngress=[
                SecurityGroupRule(
                    IpProtocol="tcp",
                    FromPort=443,
                    ToPort=443,
                    CidrIp=VPC_CIDR,
                    Description="HTTPS from the VPC",
                )
            ],
            SecurityGroupEgress=[
                SecurityGroupRule(IpProtocol="-1", CidrIp=NOWHERE, Description="Nothing leaves an endpoint")
            ],
            Tags=_name(stack, "vpc-endpoint", "security-group"),
        ),
        why="One group for 3.3 and 4.1, which both name it.",
    )
    _interface_endpoint(stack, "CloudWatchLogsEndpoint", "logs", "logs")
    _interface_endpoint(stack, "CloudWatchMonitoringEndpoint", "monitoring", "cloudwatch")
    _interface_endpoint(stack, "SystemsManagerEndpoint", "ssm", "ssm")
    _interface_endpoint(
        stack,
        "SystemsManagerMessagesEndpoint",
        "ssmmessages",
        "ssmmessages",
        condition=stack.on(SESSION_MESSAGES_ENDPOINT),
        why="Not in the plan's list of three; without it Session Manager opens no session in a private subnet.",
    )


def _interface_endpoint(
    stack: Stack, title: str, service: str, actions: str, *, condition: str | None = None, why: str = ""
) -> None:
    stack.add(
        VPCEndpoint(
            title,
            **({"Condition": condition} if condition else {}),
            VpcId=Ref("VPC"),
            VpcEndpointType="Interface",
            ServiceName=f"com.amazonaws.us-east-1.{service}",
            SubnetIds=[Ref("PrivateSubnetA"), If("TwoEndpointZones", Ref("PrivateSubnetB"), NoValue)],
            SecurityGroupIds=[Ref("VpcEndpointSecurityGroup")],
            PrivateDnsEnabled=True,
            PolicyDocument=document(
                allow(
                    "OnlyThisAccount",
                    [f"{actions}:*"],
                    "*",
                    Principal=Principal("*"),
                    Condition=Condition(StringEquals({"aws:PrincipalAccount": AccountId})),
                )
            ),
            Tags=_name(stack, service, "vpc-endpoint"),
        ),
        why=why,
    )


def _flow_logs(stack: Stack) -> None:
    """Off by default; the plan, 10.7, speaks of flow logs "if enabled"."""
    on = stack.on(VPC_FLOW_LOGS)
    stack.add(
        LogGroup(
            "FlowLogGroup",
            Condition=on,
            DeletionPolicy="Delete",
            UpdateReplacePolicy="Delete",
            LogGroupName=stack.sub("/aws/vpc/${Prefix}-flow-logs"),
            RetentionInDays=LOG_RETENTION_DAYS,
        )
    )
    stack.add(
        Role(
            "FlowLogRole",
            Condition=on,
            RoleName=stack.named("flow-log", "role"),
            PermissionsBoundary=BOUNDARY,
            AssumeRolePolicyDocument=trust(
                "vpc-flow-logs.amazonaws.com",
                stack.sub("arn:${AWS::Partition}:ec2:us-east-1:${AWS::AccountId}:vpc-flow-log/*"),
            ),
            Policies=[
                Policy(
                    PolicyName="write-flow-logs",
                    PolicyDocument=document(
                        allow(
                            "WriteFlowLogs",
                            ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
                            GetAtt("FlowLogGroup", "Arn"),
                        ),
                        allow("FindLogGroups", ["logs:DescribeLogGroups"], "*"),
                    ),
                )
            ],
        )
    )
    stack.add(
        FlowLog(
            "FlowLog",
            Condition=on,
            ResourceType="VPC",
            ResourceId=Ref("VPC"),
            TrafficType="ALL",
            LogDestinationType="cloud-watch-logs",
            LogGroupName=Ref("FlowLogGroup"),
            DeliverLogsPermissionArn=GetAtt("FlowLogRole", "Arn"),
            MaxAggregationInterval=FLOW_LOG_INTERVAL_SECONDS,
            Tags=_name(stack, "network", "flow-log"),
        )
    )


TIER = Tier(
    name="network",
    title="network",
    tasks="3.1-3.4",
    shape="VPC with two public and two private subnets; AWS is reached through endpoints, not through a NAT gateway.",
    must=("No NAT gateway.", "No default route in a private route table."),
    build=build,
)
