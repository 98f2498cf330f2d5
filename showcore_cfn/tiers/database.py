"""RDS for PostgreSQL, 5.1-5.3, and the log groups it writes to, 10.7.

RDS never writes to `/aws/rds/showcore-db` as the plan has it, but to `/aws/rds/instance/<id>/<log>`
(https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_LogAccess.Concepts.PostgreSQL.html). The groups are made
before the instance, so that the 7 days of retention are ours.
"""

from __future__ import annotations

from troposphere import GetAtt, If, NoValue, Ref
from troposphere.iam import Role
from troposphere.logs import LogGroup
from troposphere.rds import DBInstance, DBParameterGroup, DBSubnetGroup

from showcore_cfn.template.parameters import DATABASE_DELETION_PROTECTION, ENHANCED_MONITORING, ZONE_A
from showcore_cfn.template.stack import Stack, Tier
from showcore_cfn.tiers import network, security
from showcore_cfn.tiers.policies import BOUNDARY, trust

DATABASE_NAME = "showcore"  # 5.2
MASTER_USER = "postgres"  # 14.1
DATABASE_ID = "${Prefix}-db"  # 16.1
ENGINE_VERSION = "16"  # 5.2; RDS takes the newest minor version on offer
INSTANCE_CLASS = "db.t3.micro"  # 5.2
STORAGE_GIB = 20  # 5.2
BACKUP_RETENTION_DAYS = 7  # 5.3
BACKUP_WINDOW = "03:00-04:00"  # UTC, 5.3
MAINTENANCE_WINDOW = "sun:04:00-sun:05:00"  # UTC, 5.3
MAX_CONNECTIONS = 100  # so that the alarm at 80, 10.3, is at 80 %
LOG_RETENTION_DAYS = 7  # 10.7
ENHANCED_MONITORING_SECONDS = 60  # the longest interval, the fewest log bytes
LOGS = ("postgresql", "upgrade")  # what RDS for PostgreSQL can publish


def build(stack: Stack) -> None:
    """The instance, what it needs before it, and what a client must know of it."""
    _groups(stack)
    for log in LOGS:
        stack.add(
            LogGroup(
                f"{log.capitalize()}LogGroup",
                DeletionPolicy="Delete",
                UpdateReplacePolicy="Delete",
                LogGroupName=stack.sub(f"/aws/rds/instance/{DATABASE_ID}/{log}"),
                RetentionInDays=LOG_RETENTION_DAYS,
            )
        )
    _monitoring_role(stack)
    _instance(stack)
    stack.show("DatabaseEndpoint", "Host name of the database.", GetAtt("Database", "Endpoint.Address"))
    stack.show("DatabasePort", "Port of the database.", GetAtt("Database", "Endpoint.Port"))
    stack.show(
        "DatabaseSecretArn",
        "Secret that holds the password of the master user; RDS rotates it every 7 days.",
        GetAtt("Database", "MasterUserSecret.SecretArn"),
    )


def _groups(stack: Stack) -> None:
    stack.add(
        DBSubnetGroup(
            "RdsSubnetGroup",
            DBSubnetGroupName=stack.named("database", "subnet-group"),
            DBSubnetGroupDescription="Private subnets of both zones",
            SubnetIds=[stack.use(network.PRIVATE_SUBNET_A), stack.use(network.PRIVATE_SUBNET_B)],
        ),
        why="RDS wants subnets in two zones, even for an instance in one.",
    )
    stack.add(
        DBParameterGroup(
            "RdsParameterGroup",
            DBParameterGroupName=stack.named("database", "parameter-group"),
            Family="postgres16",
            Description="PostgreSQL 16: TLS required, at most 100 connections",
            Parameters={"rds.force_ssl": "1", "max_connections": str(MAX_CONNECTIONS)},
        ),
        why="max_connections is set so that the alarm at 80 connections is at 80 percent.",
        must=["rds.force_ssl stays 1: clients without TLS are refused."],
    )


def _monitoring_role(stack: Stack) -> None:
    stack.add(
        Role(
            "EnhancedMonitoringRole",
            Condition=stack.on(ENHANCED_MONITORING),
            RoleName=stack.named("database-monitoring", "role"),
            PermissionsBoundary=BOUNDARY,
            AssumeRolePolicyDocument=trust(
                "monitoring.rds.amazonaws.com",
                stack.sub(f"arn:${{AWS::Partition}}:rds:us-east-1:${{AWS::AccountId}}:db:{DATABASE_ID}"),
            ),
            ManagedPolicyArns=["arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole"],
        )
    )


def _instance(stack: Stack) -> None:
    monitored = stack.on(ENHANCED_MONITORING)
    stack.add(
        DBInstance(
            "Database",
            DependsOn=[f"{log.capitalize()}LogGroup" for log in LOGS],
            DeletionPolicy="Snapshot",
            UpdateReplacePolicy="Snapshot",
            DBInstanceIdentifier=stack.sub(DATABASE_ID),
            Engine="postgres",
            EngineVersion=ENGINE_VERSION,
            EngineLifecycleSupport="open-source-rds-extended-support-disabled",
            DBInstanceClass=INSTANCE_CLASS,
            DBName=DATABASE_NAME,
            MasterUsername=MASTER_USER,
            ManageMasterUserPassword=True,
            AllocatedStorage=str(STORAGE_GIB),
            StorageType="gp3",
            StorageEncrypted=True,
            MultiAZ=False,
            AvailabilityZone=stack.setting(ZONE_A),
            DBSubnetGroupName=Ref("RdsSubnetGroup"),
            DBParameterGroupName=Ref("RdsParameterGroup"),
            VPCSecurityGroups=[stack.use(security.RDS_GROUP)],
            PubliclyAccessible=False,
            Port=str(security.POSTGRESQL_PORT),
            BackupRetentionPeriod=BACKUP_RETENTION_DAYS,
            PreferredBackupWindow=BACKUP_WINDOW,
            PreferredMaintenanceWindow=MAINTENANCE_WINDOW,
            CopyTagsToSnapshot=True,
            DeletionProtection=If(stack.on(DATABASE_DELETION_PROTECTION), True, False),
            AutoMinorVersionUpgrade=True,
            EnableCloudwatchLogsExports=list(LOGS),
            MonitoringInterval=If(monitored, ENHANCED_MONITORING_SECONDS, 0),
            MonitoringRoleArn=If(monitored, GetAtt("EnhancedMonitoringRole", "Arn"), NoValue),
        ),
        why="One zone and the smallest class, for cost; the key is aws/rds, which costs nothing.",
        mutability={
            "DBInstanceIdentifier": "must-never-change",
            "DBName": "must-never-change",
            "MasterUsername": "must-never-change",
            "StorageEncrypted": "must-never-change",
            "AvailabilityZone": "change-with-constraints",
            "EngineVersion": "review-required",
        },
        silence={"W3691": "The major version alone: RDS takes the newest minor version it offers."},
    )


TIER = Tier(
    name="database",
    title="PostgreSQL database",
    tasks="5.1-5.3, 10.7",
    shape="One db.t3.micro in a private subnet; its password lives in Secrets Manager, its logs in CloudWatch Logs.",
    must=("Encrypted at rest and in transit.", "Reached from the application security group alone."),
    build=build,
)
