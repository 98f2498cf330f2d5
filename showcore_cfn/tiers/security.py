"""Security groups of the data tier and the role of Session Manager, 4.1 and 4.3.

Config, CloudTrail and the session preferences exist once in an account: they stand in `account`.
"""

from __future__ import annotations

from troposphere import Ref, Tags
from troposphere.ec2 import SecurityGroup, SecurityGroupEgress, SecurityGroupRule
from troposphere.iam import InstanceProfile, Policy, Role

from showcore_cfn.template.stack import Stack, Tier, Wire
from showcore_cfn.tiers import network
from showcore_cfn.tiers.policies import BOUNDARY, allow, document, trust

POSTGRESQL_PORT = 5432  # 4.1
REDIS_PORT = 6379  # 4.1
HTTPS_PORT = 443

APPLICATION_GROUP = Wire("security", "ApplicationSecurityGroupId", "Security group of the application tier.")
RDS_GROUP = Wire("security", "RdsSecurityGroupId", "Security group of the database.")
ELASTICACHE_GROUP = Wire("security", "ElastiCacheSecurityGroupId", "Security group of the cache.")


def build(stack: Stack) -> None:
    """Who may talk to the database and the cache, and how a person gets onto an instance without a key."""
    vpc = stack.use(network.VPC_ID)
    _application_group(stack, vpc)
    _data_group(stack, vpc, "RdsSecurityGroup", "rds", "PostgreSQL", POSTGRESQL_PORT)
    _data_group(stack, vpc, "ElastiCacheSecurityGroup", "elasticache", "Redis", REDIS_PORT)
    _session_manager(stack)
    stack.provide(APPLICATION_GROUP, Ref("ApplicationSecurityGroup"), to_root=True)
    stack.provide(RDS_GROUP, Ref("RdsSecurityGroup"))
    stack.provide(ELASTICACHE_GROUP, Ref("ElastiCacheSecurityGroup"))


def _application_group(stack: Stack, vpc: Ref) -> None:
    stack.add(
        SecurityGroup(
            "ApplicationSecurityGroup",
            GroupName=stack.named("application", "security-group"),
            GroupDescription="Application tier: what may reach the database and the cache",
            VpcId=vpc,
            SecurityGroupEgress=[
                SecurityGroupRule(
                    IpProtocol="tcp",
                    FromPort=HTTPS_PORT,
                    ToPort=HTTPS_PORT,
                    CidrIp="0.0.0.0/0",
                    Description="HTTPS to the VPC endpoints; S3 is reached by its public addresses through one",
                )
            ],
            Tags=Tags(Name=stack.named("application", "security-group")),
        ),
        why="The plan names this tier as the only client of the database and the cache, but not its group.",
    )


def _data_group(stack: Stack, vpc: Ref, title: str, component: str, protocol: str, port: int) -> None:
    """A group that only the application tier reaches, with the application's way out to it."""
    stack.add(
        SecurityGroup(
            title,
            GroupName=stack.named(component, "security-group"),
            GroupDescription=f"{protocol} from the application tier",
            VpcId=vpc,
            SecurityGroupIngress=[
                SecurityGroupRule(
                    IpProtocol="tcp",
                    FromPort=port,
                    ToPort=port,
                    SourceSecurityGroupId=Ref("ApplicationSecurityGroup"),
                    Description=f"{protocol} from the application tier",
                )
            ],
            SecurityGroupEgress=[
                SecurityGroupRule(
                    IpProtocol="-1", CidrIp=network.NOWHERE, Description="It answers and never calls"
                )
            ],
            Tags=Tags(Name=stack.named(component, "security-group")),
        ),
        why="Its only source is the application group, not a range of addresses.",
        must=[f"Never 0.0.0.0/0 on port {port}."],
    )
    stack.add(
        SecurityGroupEgress(
            f"ApplicationTo{title.removesuffix('SecurityGroup')}",
            GroupId=Ref("ApplicationSecurityGroup"),
            IpProtocol="tcp",
            FromPort=port,
            ToPort=port,
            DestinationSecurityGroupId=Ref(title),
            Description=f"{protocol} to its security group",
        )
    )


def _session_manager(stack: Stack) -> None:
    group = "arn:${AWS::Partition}:logs:us-east-1:${AWS::AccountId}:log-group:/aws/ssm/*-sessions"
    stack.add(
        Role(
            "SessionManagerRole",
            RoleName=stack.named("session-manager", "role"),
            PermissionsBoundary=BOUNDARY,
            Description="Lets Session Manager reach an instance, and the instance log the session",
            AssumeRolePolicyDocument=trust("ec2.amazonaws.com", any_source=True),
            ManagedPolicyArns=["arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"],
            Policies=[
                Policy(
                    PolicyName="log-sessions",
                    PolicyDocument=document(
                        allow(
                            "LogSessions",
                            ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
                            [stack.sub(group), stack.sub(f"{group}:*")],
                        ),
                        allow("FindLogGroups", ["logs:DescribeLogGroups"], "*"),
                    ),
                )
            ],
        ),
        why="Instances take this role themselves, for which EC2 documents no source condition. "
        "The session preferences of the account may be another environment's, and name its log group.",
    )
    stack.add(
        InstanceProfile(
            "SessionManagerInstanceProfile",
            InstanceProfileName=stack.named("session-manager", "instance-profile"),
            Roles=[Ref("SessionManagerRole")],
        )
    )
    stack.show(
        "SessionManagerInstanceProfileName",
        "Instance profile that gives an instance Session Manager.",
        Ref("SessionManagerInstanceProfile"),
    )


TIER = Tier(
    name="security",
    title="security groups and Session Manager role",
    tasks="4.1, 4.3",
    shape="The application group is the only source of the data groups; no rule names an address range on their ports.",
    must=("No rule opens 22, 5432 or 6379 to 0.0.0.0/0.",),
    build=build,
)
