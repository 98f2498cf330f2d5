"""Sections 1.2, 1.3, 4.2-4.4, 10.6 and 12.4 of the plan."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from showcore_cfn.review.resolve import Nest
from showcore_cfn.review.values import Reference

Find = Callable[..., dict[str, Any]]


@pytest.mark.task("1.3")
@pytest.mark.task("4.4")
@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("IsLogging", True, id="1.3-logging"),
        pytest.param("IsMultiRegionTrail", True, id="1.3-all-regions"),
        pytest.param("EnableLogFileValidation", True, id="1.3-validation"),
        pytest.param("S3BucketName", Reference("account/CloudTrailBucket"), id="1.3-bucket"),
        pytest.param("CloudWatchLogsLogGroupArn", Reference("account/CloudTrailLogGroup", "Arn"), id="10.7"),
    ],
)
def test_the_trail_is_as_the_plan_has_it(properties: Find, name: str, value: object) -> None:
    assert properties("account/CloudTrail")[name] == value


@pytest.mark.task("4.4")
def test_the_trail_waits_for_the_bucket_policy_that_names_it(properties: Find, nest: Nest) -> None:
    assert nest.resources["account/CloudTrail"].raw["DependsOn"] == "CloudTrailBucketPolicy"
    statements = properties("account/CloudTrailBucketPolicy")["PolicyDocument"]["Statement"]
    trail = "arn:aws:cloudtrail:us-east-1:111122223333:trail/showcore-audit-production-trail"
    assert properties("account/CloudTrail")["TrailName"] == "showcore-audit-production-trail"
    assert [s["Condition"]["StringEquals"]["aws:SourceArn"] for s in statements[:2]] == [trail, trail]
    assert statements[1]["Resource"] == [
        "arn:aws:s3:::showcore-cloudtrail-logs-111122223333/AWSLogs/111122223333/*"
    ]


@pytest.mark.task("4.4")
def test_trail_logs_go_after_90_days(properties: Find) -> None:
    (rule,) = properties("account/CloudTrailBucket")["LifecycleConfiguration"]["Rules"]
    assert rule["ExpirationInDays"] == 90
    assert rule["NoncurrentVersionExpiration"] == {"NoncurrentDays": 90}


@pytest.mark.task("10.7")
def test_the_trail_log_group_keeps_7_days(properties: Find) -> None:
    group = properties("account/CloudTrailLogGroup")
    assert (group["LogGroupName"], group["RetentionInDays"]) == ("/aws/cloudtrail/showcore", 7)


@pytest.mark.task("4.2")
@pytest.mark.parametrize(
    ("rule", "name", "identifier", "kind"),
    [
        pytest.param(
            "RdsStorageEncryptedRule",
            "rds-storage-encrypted",
            "RDS_STORAGE_ENCRYPTED",
            "AWS::RDS::DBInstance",
            id="4.2-rds-storage-encrypted",
        ),
        pytest.param(
            "S3BucketPublicReadProhibitedRule",
            "s3-bucket-public-read-prohibited",
            "S3_BUCKET_PUBLIC_READ_PROHIBITED",
            "AWS::S3::Bucket",
            id="4.2-s3-bucket-public-read-prohibited",
        ),
    ],
)
def test_config_rules_wait_for_recorder_and_channel(
    properties: Find, nest: Nest, rule: str, name: str, identifier: str, kind: str
) -> None:
    found = properties(f"account/{rule}")
    assert found["ConfigRuleName"] == name
    assert found["Source"] == {"Owner": "AWS", "SourceIdentifier": identifier}
    assert found["Scope"] == {"ComplianceResourceTypes": [kind]}
    assert nest.resources[f"account/{rule}"].raw["DependsOn"] == [
        "ConfigurationRecorder",
        "ConfigDeliveryChannel",
    ]


@pytest.mark.task("4.2")
def test_recorder_and_channel_do_not_wait_for_each_other(properties: Find, nest: Nest) -> None:
    assert "DependsOn" not in nest.resources["account/ConfigurationRecorder"].raw
    assert nest.resources["account/ConfigDeliveryChannel"].raw["DependsOn"] == "ConfigBucketPolicy"
    group = properties("account/ConfigurationRecorder")["RecordingGroup"]
    assert group["AllSupported"] is False
    assert group["ResourceTypes"] == ["AWS::RDS::DBInstance", "AWS::S3::Bucket"]


@pytest.mark.task("4.3")
def test_sessions_are_logged_to_cloudwatch_for_7_days(properties: Find) -> None:
    document = properties("account/SessionManagerPreferences")
    assert (document["Name"], document["DocumentType"]) == ("SSM-SessionManagerRunShell", "Session")
    inputs = document["Content"]["inputs"]
    assert inputs["cloudWatchLogGroupName"] == Reference("account/SessionLogGroup")
    assert inputs["cloudWatchEncryptionEnabled"] is False
    assert inputs["cloudWatchStreamingEnabled"] is True
    group = properties("account/SessionLogGroup")
    assert (group["LogGroupName"], group["RetentionInDays"]) == ("/aws/ssm/showcore-sessions", 7)


@pytest.mark.task("1.2")
@pytest.mark.task("10.6")
@pytest.mark.parametrize("usd", [pytest.param(50, id="10.6-50-usd"), pytest.param(100, id="10.6-100-usd")])
def test_billing_alarms_look_at_six_hours_and_tell_the_billing_topic(properties: Find, usd: int) -> None:
    alarm = properties(f"account/Billing{usd}Alarm")
    assert alarm["AlarmName"] == f"showcore-billing-{usd}"
    assert (alarm["Namespace"], alarm["MetricName"]) == ("AWS/Billing", "EstimatedCharges")
    assert alarm["Dimensions"] == [{"Name": "Currency", "Value": "USD"}]
    assert (alarm["Statistic"], alarm["Period"], alarm["EvaluationPeriods"]) == ("Maximum", 21600, 1)
    assert (alarm["Threshold"], alarm["ComparisonOperator"]) == (usd, "GreaterThanThreshold")
    assert alarm["AlarmActions"] == ["arn:aws:sns:us-east-1:111122223333:showcore-billing-alerts"]


@pytest.mark.task("12.4")
def test_anomaly_detection_is_off_and_watches_the_project_tag(properties: Find, of_type: Find) -> None:
    assert not of_type("AWS::CE::AnomalyMonitor")
    monitor = properties("account/CostAnomalyMonitor", AnomalyDetection="true")
    assert monitor["MonitorType"] == "CUSTOM"
    assert json.loads(monitor["MonitorSpecification"]) == {"Tags": {"Key": "Project", "Values": ["ShowCore"]}}
    subscription = properties("account/CostAnomalySubscription", AnomalyDetection="true")
    assert subscription["Frequency"] == "IMMEDIATE"
    assert subscription["Subscribers"] == [
        {"Type": "SNS", "Address": "arn:aws:sns:us-east-1:111122223333:showcore-billing-alerts"}
    ]
    assert json.loads(subscription["ThresholdExpression"])["Dimensions"]["Values"] == ["5"]


@pytest.mark.parametrize(
    ("switch", "gone"),
    [
        ("ConfigRecorder", "account/ConfigurationRecorder"),
        ("SessionPreferences", "account/SessionManagerPreferences"),
        ("AccountTier", "root/Account"),
    ],
)
def test_what_an_account_has_already_can_be_left_out(of_type: Find, switch: str, gone: str) -> None:
    from tests.unit.tiers.conftest import nest_with

    assert gone in nest_with().resources
    assert gone not in nest_with((switch, "false")).resources


def test_log_buckets_are_kept(nest: Nest) -> None:
    for path in ("account/CloudTrailBucket", "account/ConfigBucket"):
        assert nest.resources[path].raw["DeletionPolicy"] == "Retain"
