"""The readers against moto: what AWS's own calls return becomes the facts, absent things among them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from moto import mock_aws

from showcore_cfn.aws.inventory import Source, look
from showcore_cfn.aws.session import Session, connect
from showcore_cfn.template.json_types import Json
from showcore_cfn.verify.facts import alerts, audit, backup, data, money, network, storage
from showcore_cfn.verify.facts.stack import NESTED, STACK, LiveStack, StackResource, StackTree
from showcore_cfn.verify.look import CouldNotLook, Look, Missing
from tests.unit.verify.world import DEPLOYED, WANT

TAGS = [{"Key": "Project", "Value": "ShowCore"}]


@dataclass
class Account:
    """An account of moto, and a stack tree that grows with what is made in it."""

    session: Session
    resources: list[StackResource]

    def client(self, service: str) -> Any:
        return self.session.client(service)

    def stands(self, logical_id: str, kind: str, physical_id: str) -> str:
        self.resources.append(StackResource("tier", logical_id, kind, physical_id, "CREATE_COMPLETE"))
        return physical_id

    def look(self) -> Look:
        root = LiveStack("", "root", "arn:root", "CREATE_COMPLETE", DEPLOYED, None, {})
        source = Source(self.session, replace(WANT, account_id="123456789012"))
        return look(source).having({STACK: StackTree((root,), tuple(self.resources))})


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    """One account of moto for all tests here; each has a stack tree of its own."""
    with pytest.MonkeyPatch.context() as patch, mock_aws():
        patch.setenv("AWS_ACCESS_KEY_ID", "testing")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
        made = connect("us-east-1", tries=1)
        made.client("sts")  # the credentials are resolved here, and kept
        yield made


@pytest.fixture
def account(session: Session) -> Account:
    return Account(session, [])


def test_the_network(account: Account) -> None:
    ec2 = account.client("ec2")
    vpc = account.stands("VPC", "AWS::EC2::VPC", ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"])
    ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.2.0/24", AvailabilityZone="us-east-1a")["Subnet"][
        "SubnetId"
    ]
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(VpcId=vpc, InternetGatewayId=gateway)
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
    group = ec2.create_security_group(VpcId=vpc, GroupName="g", Description="d")["GroupId"]
    allowed = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443}
    ranges = [{"CidrIp": "10.0.0.0/16", "Description": "HTTPS"}]
    pairs = [{"GroupId": group, "Description": "itself"}]
    ec2.authorize_security_group_ingress(
        GroupId=group, IpPermissions=[{**allowed, "IpRanges": ranges, "UserIdGroupPairs": pairs}]
    )
    logs = ec2.create_vpc_endpoint(
        VpcId=vpc,
        ServiceName="com.amazonaws.us-east-1.logs",
        VpcEndpointType="Interface",
        SubnetIds=[subnet],
        SecurityGroupIds=[group],
        PrivateDnsEnabled=True,
    )["VpcEndpoint"]["VpcEndpointId"]
    ec2.create_vpc(CidrBlock="10.9.0.0/16")  # another one, not ours
    seen = account.look()
    assert seen(network.VPC) == network.Vpc(vpc, "10.0.0.0/16", True, True)
    assert seen(network.SUBNETS) == (network.Subnet(subnet, "10.0.2.0/24", "us-east-1a", False),)
    assert seen(network.INTERNET_GATEWAYS) == (gateway,)
    assert seen(network.NAT_GATEWAYS) == ()
    (own,) = (each for each in seen(network.ROUTE_TABLES) if each.id == table)
    assert own.subnet_ids == (subnet,)
    assert network.Route("0.0.0.0/0", gateway) in own.routes
    assert [each.main for each in seen(network.ROUTE_TABLES) if each.id != table] == [True]
    (endpoint,) = seen(network.ENDPOINTS)
    assert endpoint == network.Endpoint(logs, "logs", "Interface", "available", True, (subnet,), (), (group,))
    rules = {each.id: each.ingress for each in seen(network.SECURITY_GROUPS)}[group]
    assert rules == (
        network.Rule("tcp", 443, 443, "10.0.0.0/16", "HTTPS"),
        network.Rule("tcp", 443, 443, group, "itself"),
    )


def test_a_vpc_that_is_gone_is_missing(account: Account) -> None:
    account.stands("VPC", "AWS::EC2::VPC", "vpc-0123456789abcdef0")
    with pytest.raises(Missing, match="the VPC vpc-0123456789abcdef0"):
        account.look()(network.VPC)


def test_a_nat_gateway_counts_until_it_is_deleted(account: Account) -> None:
    ec2 = account.client("ec2")
    vpc = account.stands("VPC", "AWS::EC2::VPC", ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"])
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]
    nat = ec2.create_nat_gateway(SubnetId=subnet, ConnectivityType="private")["NatGateway"]["NatGatewayId"]
    assert account.look()(network.NAT_GATEWAYS) == (nat,)
    ec2.delete_nat_gateway(NatGatewayId=nat)
    assert account.look()(network.NAT_GATEWAYS) == ()


def test_the_database_its_parameters_and_its_key(account: Account) -> None:
    rds = account.client("rds")
    rds.create_db_parameter_group(
        DBParameterGroupName="pg", DBParameterGroupFamily="postgres16", Description="d"
    )
    rds.modify_db_parameter_group(
        DBParameterGroupName="pg",
        Parameters=[{"ParameterName": "rds.force_ssl", "ParameterValue": "1", "ApplyMethod": "immediate"}],
    )
    key = account.client("kms").create_key()["KeyMetadata"]["Arn"]
    rds.create_db_instance(
        DBInstanceIdentifier="showcore-db",
        DBInstanceClass="db.t3.micro",
        Engine="postgres",
        EngineVersion="16.4",
        DBName="showcore",
        MasterUsername="postgres",
        ManageMasterUserPassword=True,
        AllocatedStorage=20,
        StorageType="gp3",
        StorageEncrypted=True,
        KmsKeyId=key,
        BackupRetentionPeriod=7,
        PreferredBackupWindow="03:00-04:00",
        DBParameterGroupName="pg",
        AvailabilityZone="us-east-1a",
    )
    account.stands("Database", "AWS::RDS::DBInstance", "showcore-db")
    seen = account.look()
    found = seen(data.DATABASE)
    assert found is not None
    assert (found.id, found.instance_class, found.version, found.db_name) == (
        *("showcore-db", "db.t3.micro", "16.4", "showcore"),
    )
    assert (found.storage_gib, found.storage_type, found.encrypted, found.multi_az) == (
        20,
        "gp3",
        True,
        False,
    )
    assert (found.retention_days, found.backup_window, found.parameter_group) == (7, "03:00-04:00", "pg")
    assert found.secret_arn.startswith("arn:aws:secretsmanager:")
    assert seen(data.DATABASE_PARAMETERS)["rds.force_ssl"] == "1"
    assert seen(data.DATABASE_KEY) == "CUSTOMER"


def test_a_database_and_a_cache_that_are_gone_are_none(account: Account) -> None:
    account.stands(
        "Database", NESTED, "arn:nested"
    )  # the nested stack of the same logical id is not asked for
    account.stands("Database", "AWS::RDS::DBInstance", "showcore-gone")
    account.stands("RedisCluster", "AWS::ElastiCache::ReplicationGroup", "showcore-redis")
    assert account.look()(data.DATABASE) is None
    assert account.look()(data.CACHE) is None


def test_a_bucket_with_everything_and_one_with_nothing(account: Account) -> None:
    s3 = account.client("s3")
    for name in ("full", "bare"):
        s3.create_bucket(Bucket=name)
        account.stands(name.capitalize(), "AWS::S3::Bucket", name)
    s3.put_bucket_versioning(Bucket="full", VersioningConfiguration={"Status": "Enabled"})
    algorithm = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    s3.put_bucket_encryption(Bucket="full", ServerSideEncryptionConfiguration={"Rules": [algorithm]})
    blocks = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
    s3.put_public_access_block(Bucket="full", PublicAccessBlockConfiguration=dict.fromkeys(blocks, True))
    s3.put_bucket_ownership_controls(
        Bucket="full", OwnershipControls={"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
    )
    rule = {
        "ID": "r",
        "Status": "Enabled",
        "Filter": {"Prefix": ""},
        "Transitions": [{"Days": 30, "StorageClass": "GLACIER"}],
        "Expiration": {"Days": 90},
        "NoncurrentVersionExpiration": {"NoncurrentDays": 91},
    }
    s3.put_bucket_lifecycle_configuration(Bucket="full", LifecycleConfiguration={"Rules": [rule]})
    statement: dict[str, Json] = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": "arn:aws:s3:::full",
    }
    s3.put_bucket_policy(
        Bucket="full", Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    )
    full, bare = account.look()(storage.BUCKETS)
    assert full == storage.Bucket(
        logical_id="Full",
        name="full",
        versioned=True,
        encryption="AES256",
        blocks_public_access=True,
        ownership="BucketOwnerEnforced",
        public=False,
        lifecycle=(storage.LifecycleRule("r", True, "GLACIER", 30, 90, 91),),
        statements=(statement,),
    )
    assert (bare.versioned, bare.blocks_public_access, bare.lifecycle, bare.statements) == (
        False,
        False,
        (),
        (),
    )


def test_a_bucket_that_is_gone_is_missing(account: Account) -> None:
    account.stands("BackupsBucket", "AWS::S3::Bucket", "showcore-gone")
    with pytest.raises(Missing, match="the bucket showcore-gone"):
        account.look()(storage.BUCKETS)


def test_topics_with_confirmed_and_pending_subscriptions(account: Account) -> None:
    sns = account.client("sns")
    arn = sns.create_topic(Name="showcore-critical-alerts")["TopicArn"]
    account.stands("Topic", "AWS::SNS::Topic", arn)
    sns.subscribe(TopicArn=arn, Protocol="email", Endpoint="ada@example.com")
    (topic,) = account.look()(alerts.TOPICS)
    assert topic.name == "showcore-critical-alerts"
    assert [(each.protocol, each.endpoint) for each in topic.subscriptions] == [("email", "ada@example.com")]


def test_alarms_over_one_metric_and_over_an_expression(account: Account) -> None:
    cloudwatch = account.client("cloudwatch")
    usual = {
        "EvaluationPeriods": 1,
        "ComparisonOperator": "GreaterThanThreshold",
        "AlarmActions": ["arn:topic"],
    }
    dimension = [{"Name": "DBInstanceIdentifier", "Value": "showcore-db"}]
    cloudwatch.put_metric_alarm(
        **usual,
        AlarmName="showcore-rds-cpu-high",
        Namespace="AWS/RDS",
        MetricName="CPUUtilization",
        Dimensions=dimension,
        Statistic="Average",
        Period=300,
        Threshold=80,
    )
    stats = [
        {
            "Id": id_,
            "MetricStat": {
                "Metric": {"Namespace": "AWS/RDS", "MetricName": name, "Dimensions": dimension},
                "Period": 300,
                "Stat": "Average",
            },
            "ReturnData": False,
        }
        for id_, name in (("r", "ReadLatency"), ("w", "WriteLatency"))
    ]
    value = {"Id": "value", "Expression": "MAX([r, w])", "ReturnData": True}
    cloudwatch.put_metric_alarm(
        **usual, AlarmName="showcore-rds-latency-high", Metrics=[value, *stats], Threshold=0.1
    )
    cloudwatch.put_metric_alarm(
        **usual, AlarmName="other", Namespace="X", MetricName="Y", Statistic="Sum", Period=60, Threshold=1
    )
    simple, computed = sorted(account.look()(alerts.ALARMS), key=lambda each: each.name)
    pairs = (("DBInstanceIdentifier", "showcore-db"),)
    assert simple.metrics == (alerts.Metric("AWS/RDS", "CPUUtilization", pairs, "Average", 300),)
    assert (simple.threshold, simple.enabled, simple.actions) == (80.0, True, ("arn:topic",))
    assert [each.name for each in computed.metrics] == ["ReadLatency", "WriteLatency"]
    assert computed.expression == "MAX([r, w])"


ENDPOINTS_DRAWN = """SEARCH('{AWS/PrivateLinkEndpoints,"VPC Id"} MetricName="BytesProcessed"', 'Sum')"""


def test_the_dashboard_and_none(account: Account) -> None:
    assert account.look()(alerts.DASHBOARD) is None
    body = {
        "widgets": [
            {
                "type": "metric",
                "properties": {
                    "metrics": [
                        ["AWS/RDS", "CPUUtilization", "DBInstanceIdentifier", "db"],
                        [".", "ReadLatency", ".", "."],
                        ["...", "other"],
                        [{"expression": ENDPOINTS_DRAWN}],
                    ]
                },
            },
            {"type": "text", "properties": {"markdown": "# hello"}},
        ]
    }
    account.client("cloudwatch").put_dashboard(
        DashboardName="ShowCore-Phase1-Dashboard", DashboardBody=json.dumps(body)
    )
    found = account.look()(alerts.DASHBOARD)
    assert found is not None
    assert found.metrics == {
        "AWS/RDS": frozenset({"CPUUtilization", "ReadLatency"}),
        "AWS/PrivateLinkEndpoints": frozenset({"BytesProcessed"}),
    }


def test_log_groups_of_the_stacks_and_of_this_prefix(account: Account) -> None:
    logs = account.client("logs")
    for name in ("/aws/elasticache/showcore-redis", "/aws/cloudtrail/showcore", "/somebody/else"):
        logs.create_log_group(logGroupName=name)
    logs.put_retention_policy(logGroupName="/aws/cloudtrail/showcore", retentionInDays=7)
    account.stands("CloudTrailLogGroup", "AWS::Logs::LogGroup", "/aws/cloudtrail/showcore")
    assert set(account.look()(alerts.LOG_GROUPS)) == {
        alerts.LogGroup("/aws/cloudtrail/showcore", 7),
        alerts.LogGroup("/aws/elasticache/showcore-redis", None),
    }


def test_the_trail_and_what_it_delivers(account: Account) -> None:
    account.client("s3").create_bucket(Bucket="showcore-trail-logs")
    trail = account.client("cloudtrail")
    trail.create_trail(
        Name="showcore-trail",
        S3BucketName="showcore-trail-logs",
        IsMultiRegionTrail=True,
        EnableLogFileValidation=True,
    )
    trail.start_logging(Name="showcore-trail")
    account.stands("CloudTrail", "AWS::CloudTrail::Trail", "showcore-trail")
    found = account.look()(audit.TRAIL)
    assert found is not None
    assert (found.name, found.bucket, found.multi_region, found.validated, found.logging) == (
        *("showcore-trail", "showcore-trail-logs"),
        *(True, True, True),
    )


def test_the_session_preferences_and_none(account: Account) -> None:
    assert account.look()(audit.SESSION_PREFERENCES) is None
    account.client("ssm").create_document(
        Name="SSM-SessionManagerRunShell",
        DocumentType="Session",
        DocumentFormat="JSON",
        Content=json.dumps({"schemaVersion": "1.0", "inputs": {"idleSessionTimeout": "20"}}),
    )
    assert account.look()(audit.SESSION_PREFERENCES) == {
        "schemaVersion": "1.0",
        "inputs": {"idleSessionTimeout": "20"},
    }


def test_the_vault_and_the_plan(account: Account) -> None:
    client = account.client("backup")
    key = account.client("kms").create_key()["KeyMetadata"]["Arn"]
    client.create_backup_vault(BackupVaultName="showcore-backup-vault", EncryptionKeyArn=key)
    account.stands("BackupVault", "AWS::Backup::BackupVault", "showcore-backup-vault")
    rule = {
        "RuleName": "daily",
        "TargetBackupVaultName": "showcore-backup-vault",
        "ScheduleExpression": "cron(0 3 * * ? *)",
        "StartWindowMinutes": 480,
        "Lifecycle": {"DeleteAfterDays": 7},
    }
    made = client.create_backup_plan(
        BackupPlan={"BackupPlanName": "showcore-rds-backup-plan", "Rules": [rule]}
    )
    account.stands("RdsBackupPlan", "AWS::Backup::BackupPlan", made["BackupPlanId"])
    vault = account.look()(backup.VAULT)
    assert vault is not None
    assert (vault.name, vault.key_manager) == ("showcore-backup-vault", "CUSTOMER")


def test_tags_come_from_the_tagging_api_for_what_it_knows(account: Account) -> None:
    s3 = account.client("s3")
    s3.create_bucket(Bucket="showcore-backups")
    s3.put_bucket_tagging(Bucket="showcore-backups", Tagging={"TagSet": TAGS})
    account.stands("BackupsBucket", "AWS::S3::Bucket", "showcore-backups")
    account.stands("BackupsBucketPolicy", "AWS::S3::BucketPolicy", "showcore-backups")  # takes no tags
    (tagged,) = account.look()(money.RESOURCE_TAGS)
    assert tagged == money.Tagged(
        *("tier/BackupsBucket", "AWS::S3::Bucket", "showcore-backups"),
        {"Project": "ShowCore"},
        "the tagging API",
    )


def test_what_aws_does_not_answer_could_not_be_looked_at(account: Account) -> None:
    with pytest.raises(CouldNotLook):
        account.look()(money.ACCOUNT_PLAN)
