"""The account, tags, the network and who may reach it."""

from __future__ import annotations

from tests.unit.rules.plan_cases.case import case, each

TAGS = ", ".join(
    f"{{Key: {key}, Value: x}}" for key in ("Project", "Phase", "Environment", "ManagedBy", "CostCenter")
)
GROUP = "G: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: g, SecurityGroupIngress: [%s]}}"
INGRESS = "I: {Type: AWS::EC2::SecurityGroupIngress, Properties: {GroupId: sg-1, %s}}"
ENDPOINT = "E: {Type: AWS::EC2::VPCEndpoint, Properties: {VpcId: vpc-1, %s}}"
ROLE = (
    "R: {Type: AWS::IAM::Role, Properties: {Policies: [{PolicyName: p, PolicyDocument: {Statement: [%s]}}]}}"
)
TRAIL = "T: {Type: AWS::CloudTrail::Trail, Properties: {%s}}"
ROUTED = """\
S: {Type: AWS::EC2::Subnet}
G: {Type: AWS::RDS::DBSubnetGroup, Properties: {SubnetIds: [!Ref S]}}
T: {Type: AWS::EC2::RouteTable}
Public: {Type: AWS::EC2::RouteTable}
A: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {SubnetId: !Ref S, RouteTableId: !Ref T}}
Gateway: {Type: AWS::EC2::InternetGateway}
Nat: {Type: AWS::EC2::NatGateway}
Vpn: {Type: AWS::EC2::VPNGateway}
Default: {Type: AWS::EC2::Route, Properties: {%s}}
"""

CASES = (
    case(
        "PLAN-1.3-TRAIL-ALL-REGIONS",
        each(TRAIL, "IsMultiRegionTrail: true"),
        each(TRAIL, "IsMultiRegionTrail: false", ""),
    ),
    case(
        "PLAN-1.3-LOG-VALIDATION",
        each(TRAIL, "EnableLogFileValidation: 'true'"),
        each(TRAIL, "EnableLogFileValidation: false", "IsLogging: true"),
    ),
    case("PLAN-4.4-TRAIL-IS-LOGGING", each(TRAIL, "IsLogging: true"), each(TRAIL, "IsLogging: false")),
    case(
        "PLAN-2.2-FIVE-TAGS",
        [
            f"V: {{Type: AWS::EC2::VPC, Properties: {{Tags: [{TAGS}]}}}}",
            f"M: {{Type: AWS::CE::AnomalyMonitor, Properties: {{ResourceTags: [{TAGS}]}}}}",
            "M: {Type: AWS::CE::AnomalyMonitor, Properties: {ResourceTags: [{Key: Project, Value: x}]}}",
            (
                "P: {Type: AWS::SSM::Parameter, Properties: {Tags:"
                " {Project: a, Phase: b, Environment: c, ManagedBy: d, CostCenter: e}}}"
            ),
            (
                "V: {Type: AWS::Backup::BackupVault, Properties: {BackupVaultTags:"
                " {Project: a, Phase: b, Environment: c, ManagedBy: d, CostCenter: e}}}"
            ),
            "R: {Type: AWS::EC2::Route}",
            "C: {Type: Custom::Anything}",
        ],
        [
            "V: {Type: AWS::EC2::VPC}",
            "T: {Type: AWS::SNS::Topic, Properties: {Tags: [{Key: Project, Value: ShowCore}]}}",
            f"T: {{Type: AWS::SNS::Topic, Properties: {{Tags: [{TAGS.replace('CostCenter', 'costcenter')}]}}}}",
            "P: {Type: AWS::SSM::Parameter, Properties: {Tags: {Project: a}}}",
            "V: {Type: AWS::Backup::BackupVault, Properties: {BackupVaultName: v}}",
            "M: {Type: AWS::CE::AnomalyMonitor, Properties: {MonitorName: m}}",
            "N: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: 'https://a/b'}}",
        ],
    ),
    case(
        "PLAN-3.1-NO-NAT",
        ["G: {Type: AWS::EC2::InternetGateway}"],
        ["G: {Type: AWS::EC2::NatGateway, Properties: {ConnectivityType: private}}"],
    ),
    case(
        "PLAN-3.2-FREE-GATEWAYS",
        each(
            ENDPOINT,
            "VpcEndpointType: Gateway, ServiceName: com.amazonaws.us-east-1.s3",
            "ServiceName: !Sub 'com.amazonaws.${AWS::Region}.dynamodb'",
            "VpcEndpointType: Interface, ServiceName: com.amazonaws.us-east-1.logs",
        ),
        each(
            ENDPOINT,
            "VpcEndpointType: Interface, ServiceName: !Sub 'com.amazonaws.${AWS::Region}.s3'",
            "VpcEndpointType: Interface, ServiceName: com.amazonaws.us-east-1.dynamodb",
        ),
    ),
    case(
        "PLAN-3.3-ENDPOINTS-ASKED-FOR",
        each(
            ENDPOINT,
            *(
                f"ServiceName: com.amazonaws.us-east-1.{name}"
                for name in ("s3", "dynamodb", "logs", "monitoring", "ssm", "ssmmessages")
            ),
        ),
        each(
            ENDPOINT,
            "ServiceName: com.amazonaws.us-east-1.ec2messages",
            "ServiceName: !Sub 'com.amazonaws.${AWS::Region}.secretsmanager'",
            "ServiceName: com.amazonaws.us-east-1.ecr.api",
            "ServiceName: com.amazonaws.vpce.us-east-1.vpce-svc-0123",
            "ResourceConfigurationArn: arn",
        ),
    ),
    case(
        "PLAN-3.3-PRIVATE-DNS",
        each(
            ENDPOINT,
            "VpcEndpointType: Interface, ServiceName: s, PrivateDnsEnabled: true",
            "VpcEndpointType: Gateway, ServiceName: s",
        ),
        each(
            ENDPOINT,
            "VpcEndpointType: Interface, ServiceName: s, PrivateDnsEnabled: false",
            "VpcEndpointType: Interface, ServiceName: s",
        ),
    ),
    case(
        "PLAN-3.4-NO-DEFAULT-ROUTE",
        each(
            ROUTED,
            "DestinationCidrBlock: 0.0.0.0/0, RouteTableId: !Ref Public, GatewayId: !Ref Gateway",
            "DestinationCidrBlock: 10.1.0.0/16, RouteTableId: !Ref T, VpcPeeringConnectionId: pcx-1",
        ),
        each(
            ROUTED,
            "DestinationCidrBlock: 0.0.0.0/0, RouteTableId: !Ref T, GatewayId: !Ref Gateway",
            "DestinationIpv6CidrBlock: '::/0', RouteTableId: !Ref T, GatewayId: !Ref Gateway",
            "DestinationCidrBlock: 0.0.0.0/0, RouteTableId: !Ref Public, NatGatewayId: !Ref Nat",
            "DestinationCidrBlock: 0.0.0.0/0, RouteTableId: rtb-1, TransitGatewayId: tgw-1",
            "DestinationCidrBlock: 0.0.0.0/0, RouteTableId: rtb-1, GatewayId: !Ref Vpn",
        ),
    ),
    case(
        "PLAN-4.5-NO-OPEN-PORT",
        [
            *each(
                GROUP,
                "{IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 0.0.0.0/0}",
                "{IpProtocol: tcp, FromPort: 5432, ToPort: 5432, CidrIp: 10.0.0.0/16}",
                "{IpProtocol: '-1', SourceSecurityGroupId: sg-2}",
                "{IpProtocol: icmp, FromPort: 8, ToPort: -1, CidrIp: 0.0.0.0/0}",
                "{IpProtocol: tcp, FromPort: 23, ToPort: 5431, CidrIp: 0.0.0.0/0}",
            ),
            INGRESS % "IpProtocol: tcp, FromPort: 6379, ToPort: 6379, SourceSecurityGroupId: sg-2",
        ],
        [
            *each(
                GROUP,
                "{IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: 0.0.0.0/0}",
                "{IpProtocol: tcp, FromPort: '5432', ToPort: '5432', CidrIpv6: '::/0'}",
                "{IpProtocol: 6, FromPort: 6000, ToPort: 7000, CidrIp: 0.0.0.0/0}",
                "{IpProtocol: tcp, FromPort: 0, ToPort: 65535, CidrIpv6: '0:0::0/0'}",
                "{IpProtocol: '-1', CidrIp: 0.0.0.0/0}",
                "{IpProtocol: -1, CidrIpv6: '::/0'}",
                "{IpProtocol: tcp, FromPort: -1, ToPort: -1, CidrIp: 0.0.0.0/0}",
                "{IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 0.0.0.0/0},"
                " {IpProtocol: tcp, FromPort: 6379, ToPort: 6379, CidrIp: 0.0.0.0/0}",
            ),
            *each(
                INGRESS,
                "IpProtocol: tcp, FromPort: 5432, ToPort: 5432, CidrIp: 0.0.0.0/0",
                "IpProtocol: '-1', CidrIpv6: '::/0'",
            ),
        ],
    ),
    case(
        "PLAN-4.1-DATA-BY-GROUP",
        [
            *each(
                GROUP,
                "{IpProtocol: tcp, FromPort: 5432, ToPort: 5432, SourceSecurityGroupId: sg-2}",
                "{IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 10.0.0.0/16}",
                "{IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: 10.0.0.0/16}",
            ),
            INGRESS % "IpProtocol: tcp, FromPort: 6379, ToPort: 6379, SourceSecurityGroupId: sg-2",
        ],
        [
            *each(
                GROUP,
                "{IpProtocol: tcp, FromPort: 5432, ToPort: 5432, CidrIp: 10.0.0.0/8}",
                "{IpProtocol: '-1', CidrIp: 10.0.0.0/16}",
                "{IpProtocol: tcp, FromPort: 6379, ToPort: 6379, SourcePrefixListId: pl-1}",
            ),
            INGRESS % "IpProtocol: tcp, FromPort: 5432, ToPort: 5432, CidrIpv6: 'fd00::/8'",
        ],
    ),
    case(
        "PLAN-4.1-RULE-DESCRIPTION",
        [
            GROUP % "{IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 10.0.0.0/16, Description: d}",
            INGRESS % "IpProtocol: tcp, Description: d",
        ],
        [
            GROUP % "{IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 10.0.0.0/16}",
            INGRESS % "IpProtocol: tcp, Description: ''",
            "E: {Type: AWS::EC2::SecurityGroupEgress, Properties: {GroupId: sg-1, IpProtocol: tcp}}",
            "G: {Type: AWS::EC2::SecurityGroup, Properties: {SecurityGroupEgress: [{IpProtocol: tcp}]}}",
        ],
    ),
    case(
        "PLAN-4.3-NO-SSH-KEY",
        [
            "I: {Type: AWS::EC2::Instance, Properties: {InstanceType: t3.micro}}",
            "I: {Type: AWS::EC2::Instance, Properties: {KeyName: ''}}",
        ],
        [
            "I: {Type: AWS::EC2::Instance, Properties: {KeyName: mine}}",
            "K: {Type: AWS::EC2::KeyPair}\nI: {Type: AWS::EC2::Instance, Properties: {KeyName: !Ref K}}",
            "L: {Type: AWS::EC2::LaunchTemplate, Properties: {LaunchTemplateData: {KeyName: mine}}}",
        ],
    ),
    case(
        "PLAN-4.1-NO-WILDCARD",
        [
            *each(
                ROLE,
                "{Effect: Allow, Action: 's3:GetObject', Resource: '*'}",
                "{Effect: Allow, Action: 's3:*', Resource: 'arn:aws:s3:::a/*'}",
                "{Effect: Allow, Action: ['ec2:Describe*'], Resource: ['*']}",
                "{Effect: Deny, Action: '*', Resource: '*'}",
            ),
            "R: {Type: AWS::IAM::Role, Properties: {ManagedPolicyArns: ['arn:aws:iam::aws:policy/ReadOnlyAccess']}}",
        ],
        [
            *each(
                ROLE,
                "{Effect: Allow, Action: '*', Resource: '*'}",
                "{Effect: Allow, Action: ['s3:GetObject', 'ec2:*'], Resource: ['arn:aws:s3:::a', '*']}",
                "{Effect: Allow, NotAction: ['iam:*'], Resource: '*'}",
                "{Effect: Allow, Action: 's3:*', NotResource: 'arn:aws:s3:::a'}",
            ),
            (
                "P: {Type: AWS::IAM::ManagedPolicy, Properties: {PolicyDocument:"
                " {Statement: {Effect: Allow, Action: 'kms:*', Resource: '*'}}}}"
            ),
            (
                "R: {Type: AWS::IAM::Role, Properties: {ManagedPolicyArns:"
                " [!Sub 'arn:${AWS::Partition}:iam::aws:policy/AdministratorAccess']}}"
            ),
        ],
    ),
)
