"""The questions to AWS, against botocore's own models: parameters, answers, and the codes that mean `no`."""

from __future__ import annotations

from functools import cache
from typing import Any

import boto3
import pytest
from botocore.stub import ANY, Stubber

from showcore_cfn.aws.failures import AccessDenied
from showcore_cfn.aws.preflight import AccountGateway
from showcore_cfn.deploy.preflight.account import Monitor, Trail, Zone
from showcore_cfn.deploy.preflight.wanted import NAMED_BY

ACCOUNT = "111122223333"


@cache
def _session() -> Any:
    """One session for all, which reads each model once and nothing of this machine."""
    return boto3.session.Session("a", "b", region_name="us-east-1")


class Clients:
    """Clients whose answers are given, in order."""

    def __init__(self) -> None:
        self.stubs: dict[str, Stubber] = {}
        self._clients: dict[str, Any] = {}

    def client(self, service: str) -> Any:
        if service not in self._clients:
            self._clients[service] = _session().client(service)
            self.stubs[service] = Stubber(self._clients[service])
            self.stubs[service].activate()
        return self._clients[service]

    def answers(self, service: str, method: str, answer: dict[str, Any], **expected: Any) -> None:
        self.client(service)
        self.stubs[service].add_response(method, answer, expected or None)

    def refuses(self, service: str, method: str, code: str, status: int = 400) -> None:
        self.client(service)
        self.stubs[service].add_client_error(method, code, "no", http_status_code=status)


@pytest.fixture
def clients() -> Clients:
    return Clients()


@pytest.fixture
def account(clients: Clients) -> AccountGateway:
    return AccountGateway(clients, None, ACCOUNT, "us-east-1")


_ROLE = {"Path": "/", "Arn": "arn:aws:iam::111122223333:x/n", "CreateDate": "2026-01-31"}
ANSWERS: dict[str, dict[str, Any]] = {  # where an answer cannot be empty
    "get_role": {"Role": {**_ROLE, "RoleName": "n", "RoleId": "A" * 20}},
    "get_instance_profile": {
        "InstanceProfile": {**_ROLE, "InstanceProfileName": "n", "InstanceProfileId": "A" * 20, "Roles": []}
    },
    "get_queue_url": {"QueueUrl": "https://sqs"},
}
BY_NAME = [  # type, method, the parameter that takes the name, the code that says there is none
    row.split()
    for row in """
    AWS::CloudWatch::Dashboard get_dashboard DashboardName ResourceNotFound
    AWS::ElastiCache::ReplicationGroup describe_replication_groups ReplicationGroupId ReplicationGroupNotFoundFault
    AWS::ElastiCache::SubnetGroup describe_cache_subnet_groups CacheSubnetGroupName CacheSubnetGroupNotFoundFault
    AWS::Events::Rule describe_rule Name ResourceNotFoundException
    AWS::IAM::InstanceProfile get_instance_profile InstanceProfileName NoSuchEntity
    AWS::IAM::Role get_role RoleName NoSuchEntity
    AWS::RDS::DBInstance describe_db_instances DBInstanceIdentifier DBInstanceNotFound
    AWS::RDS::DBParameterGroup describe_db_parameter_groups DBParameterGroupName DBParameterGroupNotFound
    AWS::RDS::DBSubnetGroup describe_db_subnet_groups DBSubnetGroupName DBSubnetGroupNotFoundFault
    AWS::SNS::Topic get_topic_attributes TopicArn NotFound
    AWS::SQS::Queue get_queue_url QueueName AWS.SimpleQueueService.NonExistentQueue
    AWS::SSM::Document describe_document Name InvalidDocument
    """.strip().splitlines()
]
_OAC = {
    "Id": "i",
    "Description": "",
    "Name": "n",
    "SigningProtocol": "sigv4",
    "SigningBehavior": "always",
    "OriginAccessControlOriginType": "s3",
}
_CACHE_POLICY = {
    "Type": "custom",
    "CachePolicy": {
        "Id": "i",
        "LastModifiedTime": "2026-01-31",
        "CachePolicyConfig": {"Name": "n", "MinTTL": 0},
    },
}
_CONTROLS = {"Marker": "", "MaxItems": 9, "IsTruncated": False, "Quantity": 1, "Items": [_OAC]}
BY_LIST: list[tuple[str, str, dict[str, Any]]] = [
    ("AWS::Backup::BackupVault", "list_backup_vaults", {"BackupVaultList": [{"BackupVaultName": "n"}]}),
    ("AWS::CloudTrail::Trail", "describe_trails", {"trailList": [{"Name": "n"}]}),
    ("AWS::CloudWatch::Alarm", "describe_alarms", {"MetricAlarms": [{"AlarmName": "n"}]}),
    (
        *("AWS::Config::ConfigRule", "describe_config_rules"),
        {"ConfigRules": [{"ConfigRuleName": "n", "Source": {"Owner": "AWS"}}]},
    ),
    (
        *("AWS::Logs::LogGroup", "describe_log_groups"),
        {"logGroups": [{"logGroupName": "n"}, {"logGroupName": "nn"}]},
    ),
    (
        *("AWS::CloudFront::OriginAccessControl", "list_origin_access_controls"),
        {"OriginAccessControlList": _CONTROLS},
    ),
    (
        *("AWS::CloudFront::CachePolicy", "list_cache_policies"),
        {"CachePolicyList": {"MaxItems": 9, "Quantity": 1, "Items": [_CACHE_POLICY]}},
    ),
]


@pytest.mark.parametrize(("kind", "method", "parameter", "code"), BY_NAME, ids=[row[0] for row in BY_NAME])
def test_a_name_is_taken_or_free(
    account: AccountGateway, clients: Clients, kind: str, method: str, parameter: str, code: str
) -> None:
    service = kind.split("::")[1].lower()
    asked = f"arn:aws:sns:us-east-1:{ACCOUNT}:n" if service == "sns" else "n"
    clients.answers(service, method, ANSWERS.get(method, {}), **{parameter: asked})
    assert account.taken(kind, ["n"]) == {"n": "this account"}
    clients.refuses(service, method, code)
    assert account.taken(kind, ["n"]) == {}


@pytest.mark.parametrize(("kind", "method", "answer"), BY_LIST, ids=[row[0] for row in BY_LIST])
def test_a_list_tells_which_names_are_taken(
    account: AccountGateway, clients: Clients, kind: str, method: str, answer: dict[str, Any]
) -> None:
    clients.answers(kind.split("::")[1].lower(), method, answer)
    names = ["n"] if kind == "AWS::Logs::LogGroup" else ["n", "free"]
    assert account.taken(kind, names) == {"n": "this account"}


def test_every_type_with_a_fixed_name_has_its_question() -> None:
    asked = {row[0] for row in (*BY_NAME, *BY_LIST)} | {"AWS::S3::Bucket"}
    assert set(NAMED_BY) == asked


@pytest.mark.parametrize(
    ("code", "status", "found"),
    [("404", 404, {}), ("403", 403, {"b": "another account"}), ("NoSuchBucket", 404, {})],
)
def test_a_bucket_is_free_or_a_strangers(
    account: AccountGateway, clients: Clients, code: str, status: int, found: dict[str, str]
) -> None:
    clients.refuses("s3", "head_bucket", code, status)
    assert account.taken("AWS::S3::Bucket", ["b"]) == found


def test_a_bucket_of_ours_is_asked_for_as_ours(account: AccountGateway, clients: Clients) -> None:
    clients.answers("s3", "head_bucket", {}, Bucket="b", ExpectedBucketOwner=ACCOUNT)
    assert account.taken("AWS::S3::Bucket", ["b"]) == {"b": "this account"}


def test_that_one_may_not_look_is_no_answer(account: AccountGateway, clients: Clients) -> None:
    clients.refuses("rds", "describe_db_instances", "AccessDenied", 403)
    with pytest.raises(AccessDenied):
        account.taken("AWS::RDS::DBInstance", ["n"])


def test_the_owner_is_a_stack_or_nobody(account: AccountGateway, clients: Clients) -> None:
    resource = {
        "StackName": "s",
        "LogicalResourceId": "L",
        "ResourceType": "T",
        "Timestamp": "2026-01-31",
        "ResourceStatus": "CREATE_COMPLETE",
    }
    arn = f"arn:aws:sns:us-east-1:{ACCOUNT}:n"
    clients.answers(
        "cloudformation", "describe_stack_resources", {"StackResources": [resource]}, PhysicalResourceId=arn
    )
    assert account.owner("AWS::SNS::Topic", "n") == "s"
    clients.stubs["cloudformation"].add_client_error(
        "describe_stack_resources", "ValidationError", "Stack for n does not exist"
    )
    assert account.owner("AWS::S3::Bucket", "n") is None


def test_recorders_that_services_keep_for_themselves_do_not_count(
    account: AccountGateway, clients: Clients
) -> None:
    recorders = [
        {"name": "default"},
        {"name": "AWSConfigurationRecorderForX", "servicePrincipal": "x.amazonaws.com"},
    ]
    clients.answers("config", "describe_configuration_recorders", {"ConfigurationRecorders": recorders})
    assert account.recorders() == ("default",)


def test_versions_are_those_that_begin_so_oldest_first(account: AccountGateway, clients: Clients) -> None:
    versions = [{"EngineVersion": v} for v in ("16.10", "16.8", "160.1", "15.4")]
    clients.answers("rds", "describe_db_engine_versions", {"DBEngineVersions": versions}, Engine="postgres")
    assert account.engine_versions("postgres", "16") == ("16.8", "16.10")


def test_an_account_from_before_plans_has_none(account: AccountGateway, clients: Clients) -> None:
    clients.refuses("freetier", "get_account_plan_state", "ResourceNotFoundException")
    assert account.plan() is None


def test_the_other_answers_are_read(account: AccountGateway, clients: Clients) -> None:
    zone = {"ZoneName": "us-east-1a", "ZoneId": "use1-az1", "State": "available"}
    clients.answers(
        "ec2", "describe_availability_zones", {"AvailabilityZones": [zone]}, AllAvailabilityZones=False
    )
    clients.answers("ec2", "describe_vpcs", {"Vpcs": [{}, {}]})
    clients.answers(
        "service-quotas",
        "get_service_quota",
        {"Quota": {"Value": 5.0}},
        ServiceCode="vpc",
        QuotaCode="L-F678F1CE",
    )
    trail = {"Name": "t", "HomeRegion": "us-west-2"}
    clients.answers("cloudtrail", "describe_trails", {"trailList": [trail]}, includeShadowTrails=True)
    monitor = {"MonitorName": "m", "MonitorType": "CUSTOM"}
    clients.answers("ce", "get_anomaly_monitors", {"AnomalyMonitors": [monitor]})
    option = {"AvailabilityZones": [{"Name": "us-east-1a"}]}
    clients.answers(
        "rds",
        "describe_orderable_db_instance_options",
        {"OrderableDBInstanceOptions": [option]},
        Engine="postgres",
        EngineVersion="16.8",
        DBInstanceClass="db.t3.micro",
        Vpc=True,
    )
    pending = [
        {"SubscriptionArn": "PendingConfirmation", "Endpoint": "a@example.com"},
        {"SubscriptionArn": "arn:x", "Endpoint": "b@example.com"},
    ]
    clients.answers("sns", "list_subscriptions_by_topic", {"Subscriptions": pending}, TopicArn=ANY)
    assert account.zones() == (Zone("us-east-1a", "use1-az1", "available"),)
    assert (account.networks(), account.most_networks()) == (2, 5)
    assert account.trails() == (Trail("t", "us-west-2"),)
    assert account.monitors() == (Monitor("m", "CUSTOM"),)
    assert account.zones_of_class("postgres", "16.8", "db.t3.micro") == {"us-east-1a"}
    assert account.unconfirmed("arn") == ("a@example.com",)
