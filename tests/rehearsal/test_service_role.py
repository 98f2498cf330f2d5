"""What the added resource handlers call while the whole nest comes, changes and goes stands in the service role."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from showcore_cfn.aws.session import connect
from showcore_cfn.deploy.clock import SystemClock
from showcore_cfn.deploy.desired import nest
from showcore_cfn.deploy.guard import Lifted
from showcore_cfn.deploy.operation import Operator
from showcore_cfn.deploy.removal.destroy import destroy
from showcore_cfn.deploy.session import Deployment
from showcore_cfn.generate import generate
from showcore_cfn.permissions.actions import kinds
from showcore_cfn.permissions.principals import Principal
from showcore_cfn.permissions.report import policies
from showcore_cfn.rehearse.server import embedded_aws
from showcore_cfn.settings import EXAMPLE_ADDRESSES, Settings
from showcore_cfn.verify.probe_stack import Unattended
from tests.unit.permissions.policy import Document, allows

ACCOUNT = "220000000001"
ON = {
    **dict.fromkeys(("AccountTier", "ConfigRecorder", "SessionPreferences", "AnomalyDetection"), "true"),
    **dict.fromkeys(("RequestMetrics", "CdnMetrics", "VpcFlowLogs", "AccessLogs", "CdnAccessLogs"), "true"),
    **dict.fromkeys(("EnhancedMonitoring", "SessionMessagesEndpoint"), "true"),
}
CHANGED = {"EndpointZones": "1", "CostCenter": "Other", "CdnAccessLogs": "false", "AnomalyDetection": "false"}


@pytest.fixture(scope="module")
def calls(rehearsal_python: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[dict[str, Any]]]:
    """Every call of a handler, over the life of the nest with every switch on."""
    file = tmp_path_factory.mktemp("calls") / "calls.jsonl"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SHOWCORE_REHEARSAL_CALLS", str(file))
        patch.setenv("AWS_CONFIG_FILE", os.devnull)
        with embedded_aws(rehearsal_python) as aws:
            for name, value in aws.environment(ACCOUNT).items():
                patch.setenv(name, value)
            live(aws.url)
    yield [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def live(url: str) -> None:
    session = connect("us-east-1", endpoint_url=url)
    session.client("s3").create_bucket(Bucket=f"showcore-artifacts-{ACCOUNT}")
    operator = Operator(session, Unattended(lambda _: None), SystemClock())
    for values in (ON, {**ON, **CHANGED}):
        settings = Settings(ACCOUNT, {**EXAMPLE_ADDRESSES, **values})
        Deployment(nest(settings, generate()), operator, Lifted(broadening=True)).run(lambda _plan: True)
    stack = session.cloudformation.stack(settings.stack_name)
    assert stack is not None
    assert destroy(operator, stack, lift_protection=True).status == "DELETE_COMPLETE"


def test_many_kinds_of_calls_are_seen(asked: frozenset[Asked]) -> None:
    actions = {each.action for each in asked}
    assert {"backup:CreateBackupSelection", "cloudtrail:CreateTrail", "config:DeleteConfigRule"} <= actions
    assert {
        "iam:PassRole",
        "logs:CreateDelivery",
        "s3:PutEncryptionConfiguration",
        "ssm:CreateDocument",
    } <= actions
    assert len(actions) > 35


def test_the_service_role_may_do_all_that_is_called_on_just_that_resource(asked: frozenset[Asked]) -> None:
    role = documents()
    assert [each for each in sorted(asked) if not may(role, each)] == []


def test_without_any_single_action_that_is_called_the_role_would_fail(asked: frozenset[Asked]) -> None:
    role = documents()
    for action in sorted({each.action for each in asked}):
        refused = {each.action for each in asked if not may(without(role, action), each)}
        assert refused == {action}, action


def test_what_is_called_on_another_name_is_refused(asked: frozenset[Asked]) -> None:
    role = documents()
    for each in asked:
        if (
            "showcore-" in each.resource and ":configuration-recorder/" not in each.resource
        ):  # a region has one
            assert not may(role, each._replace(resource=each.resource.replace("showcore-", "billing-"))), each


class Asked(NamedTuple):
    """A call as IAM sees it; the service that a role is passed to, or nothing."""

    action: str
    resource: str
    passed_to: str = ""


@pytest.fixture(scope="module")
def asked(calls: list[dict[str, Any]]) -> frozenset[Asked]:
    """What IAM would be asked, once each."""
    return frozenset(each for call in calls for each in _asked(call))


def _asked(call: Mapping[str, Any]) -> Iterator[Asked]:
    service, operation, parameters = call["service"], call["operation"], call["parameters"]
    if service in BY_AWS_ITSELF:
        return
    action = f"{service}:{NAMES.get(operation, operation)}"
    yield Asked(action, _resource(action, parameters) if kinds(action) else "*")
    for role in set(re.findall(rf"arn:aws:iam::{ACCOUNT}:role/[\w-]+", json.dumps(parameters))):
        yield Asked("iam:PassRole", role, TAKERS[service])


def _resource(action: str, parameters: Mapping[str, Any]) -> str:
    for name, arn in ARNS.items():
        operation, _, key = name.rpartition(".")
        if key in parameters and operation in ("", action):
            value = parameters[key]
            return arn.format(value[0] if isinstance(value, list) else value)
    return MADE[action]


BY_AWS_ITSELF = {"secretsmanager"}  # RDS makes the secret of a database, and takes it away
NAMES = {  # operations of S3 whose action is called otherwise
    "DeleteBucketMetricsConfiguration": "PutMetricsConfiguration",
    "PutBucketEncryption": "PutEncryptionConfiguration",
    "PutBucketLifecycleConfiguration": "PutLifecycleConfiguration",
    "PutBucketMetricsConfiguration": "PutMetricsConfiguration",
}
TAKERS = {
    "backup": "backup.amazonaws.com",
    "cloudtrail": "cloudtrail.amazonaws.com",
    "config": "config.amazonaws.com",
    "ec2": "vpc-flow-logs.amazonaws.com",
}
_HERE = f"us-east-1:{ACCOUNT}"
ARNS = {  # by the parameter that names the resource, or by that of one action
    "BackupPlanId": f"arn:aws:backup:{_HERE}:backup-plan:{{}}",
    "Bucket": "arn:aws:s3:::{}",
    "ConfigRuleName": f"arn:aws:config:{_HERE}:config-rule/{{}}",
    "ConfigRuleNames": f"arn:aws:config:{_HERE}:config-rule/{{}}",
    "ConfigurationRecorderName": f"arn:aws:config:{_HERE}:configuration-recorder/{{}}/1",
    "DistributionId": f"arn:aws:cloudfront::{ACCOUNT}:distribution/{{}}",
    "FlowLogIds": f"arn:aws:ec2:{_HERE}:vpc-flow-log/{{}}",
    "GroupId": f"arn:aws:ec2:{_HERE}:security-group/{{}}",
    "InstanceProfileName": f"arn:aws:iam::{ACCOUNT}:instance-profile/{{}}",
    "MonitorArn": "{}",
    "ResourceId": "{}",
    "SubscriptionArn": "{}",
    "ec2:CreateFlowLogs.ResourceIds": f"arn:aws:ec2:{_HERE}:vpc/{{}}",
    "ec2:CreateTags.Resources": f"arn:aws:ec2:{_HERE}:vpc-flow-log/{{}}",
    "logs:CreateDelivery.deliverySourceName": f"arn:aws:logs:{_HERE}:delivery-source:{{}}",
    "logs:DeleteDelivery.id": f"arn:aws:logs:{_HERE}:delivery:{{}}",
    "logs:DeleteDeliveryDestination.name": f"arn:aws:logs:{_HERE}:delivery-destination:{{}}",
    "logs:DeleteDeliverySource.name": f"arn:aws:logs:{_HERE}:delivery-source:{{}}",
    "logs:PutDeliveryDestination.name": f"arn:aws:logs:{_HERE}:delivery-destination:{{}}",
    "logs:PutDeliverySource.name": f"arn:aws:logs:{_HERE}:delivery-source:{{}}",
    "ssm:CreateDocument.Name": f"arn:aws:ssm:{_HERE}:document/{{}}",
    "ssm:DeleteDocument.Name": f"arn:aws:ssm:{_HERE}:document/{{}}",
    "Name": f"arn:aws:cloudtrail:{_HERE}:trail/{{}}",
}
MADE = {  # where the id comes with the answer
    "ce:CreateAnomalyMonitor": f"arn:aws:ce::{ACCOUNT}:anomalymonitor/new",
    "ce:CreateAnomalySubscription": f"arn:aws:ce::{ACCOUNT}:anomalysubscription/new",
    "config:PutConfigRule": f"arn:aws:config:{_HERE}:config-rule/new",
    "config:PutConfigurationRecorder": f"arn:aws:config:{_HERE}:configuration-recorder/new/1",
}


def documents() -> list[Document]:
    return list(policies(Principal.SERVICE_ROLE, ACCOUNT, "showcore").values())


def without(role: list[Document], action: str) -> list[Document]:
    """The role's policies without one action."""
    return [
        {
            "Statement": [
                {**s, "Action": [a for a in s["Action"] if a != action]} for s in document["Statement"]
            ]
        }
        for document in role
    ]


def may(role: list[Document], each: Asked) -> bool:
    """Whether the role may; what stands there carries our tag."""
    context = {"aws:ResourceTag/Project": "ShowCore", "iam:PassedToService": each.passed_to}
    return allows(role, each.action, each.resource, context)
