"""Each resource type whose handler is repaired: what the template says is what the service answers."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.rehearsal.conftest import Account

TAGS = [{"Key": "Project", "Value": "ShowCore"}]


def _parameter(value: Any) -> dict[str, Any]:
    return {"Type": "AWS::SSM::Parameter", "Properties": {"Name": "/seen", "Type": "String", "Value": value}}


def _seen(account: Account) -> str:
    return str(account.client("ssm").get_parameter(Name="/seen")["Parameter"]["Value"])


def test_a_network_answers_its_address_block(account: Account) -> None:
    vpc = {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}}
    account.deploy(VPC=vpc, Seen=_parameter({"Fn::GetAtt": ["VPC", "CidrBlock"]}))
    assert _seen(account) == "10.0.0.0/16"


def _profile(role: str) -> dict[str, Any]:
    properties = {"InstanceProfileName": "showcore-session", "Roles": [role]}
    return {"Type": "AWS::IAM::InstanceProfile", "Properties": properties}


def test_ref_of_an_instance_profile_is_its_name(account: Account) -> None:
    account.deploy(Profile=_profile("one"), Seen=_parameter({"Ref": "Profile"}))
    assert _seen(account) == "showcore-session"


def test_an_instance_profile_is_changed_and_deleted_by_its_name(account: Account) -> None:
    account.deploy(Profile=_profile("one"))
    account.deploy(Profile=_profile("one"), Seen=_parameter({"Fn::GetAtt": ["Profile", "Arn"]}))
    assert _seen(account) == f"arn:aws:iam::{account.id}:instance-profile/showcore-session"
    account.delete()
    assert account.client("iam").list_instance_profiles()["InstanceProfiles"] == []


def _database(**more: Any) -> dict[str, Any]:
    properties = {
        "DBInstanceIdentifier": "showcore-db",
        "DBInstanceClass": "db.t3.micro",
        "Engine": "postgres",
        "AllocatedStorage": "20",
        "MasterUsername": "postgres",
        "ManageMasterUserPassword": True,
    }
    return {"Type": "AWS::RDS::DBInstance", "DeletionPolicy": "Delete", "Properties": {**properties, **more}}


def test_a_managed_master_password_is_a_secret(account: Account) -> None:
    wanted = {"Fn::GetAtt": ["Database", "MasterUserSecret.SecretArn"]}
    account.deploy(Database=_database(), Seen=_parameter(wanted))
    value = account.client("secretsmanager").get_secret_value(SecretId=_seen(account))["SecretString"]
    assert json.loads(value)["username"] == "postgres"


def test_the_master_secret_stays_through_a_change_and_goes_with_the_database(account: Account) -> None:
    wanted = {"Fn::GetAtt": ["Database", "MasterUserSecret.SecretArn"]}
    account.deploy(Database=_database(), Seen=_parameter(wanted))
    before = _seen(account)
    account.deploy(Database=_database(BackupRetentionPeriod=7), Seen=_parameter(wanted))
    assert _seen(account) == before
    account.delete()
    assert account.client("secretsmanager").list_secrets()["SecretList"] == []


def _bucket(name: str, **more: Any) -> dict[str, Any]:
    return {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": name, **more}}


LIFECYCLE = {
    "Rules": [
        {
            "Id": "archive",
            "Status": "Enabled",
            "Transitions": [{"StorageClass": "GLACIER", "TransitionInDays": 30}],
            "ExpirationInDays": 90,
            "NoncurrentVersionExpiration": {"NoncurrentDays": 90},
            "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
        }
    ]
}


def test_a_bucket_carries_its_tags(account: Account) -> None:
    name = f"bucket-{account.id}"
    account.deploy(Bucket=_bucket(name, Tags=TAGS))
    assert account.client("s3").get_bucket_tagging(Bucket=name)["TagSet"] == TAGS


def test_a_bucket_expires_and_archives_as_told(account: Account) -> None:
    name = f"bucket-{account.id}"
    account.deploy(Bucket=_bucket(name, LifecycleConfiguration=LIFECYCLE))
    rule = account.client("s3").get_bucket_lifecycle_configuration(Bucket=name)["Rules"][0]
    assert rule["Transitions"] == [{"Days": 30, "StorageClass": "GLACIER"}]
    assert rule["Expiration"] == {"Days": 90}
    assert rule["NoncurrentVersionExpiration"] == {"NoncurrentDays": 90}
    assert rule["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 7}


def test_a_bucket_measures_its_requests(account: Account) -> None:
    name = f"bucket-{account.id}"
    account.deploy(Bucket=_bucket(name, MetricsConfigurations=[{"Id": "EntireBucket"}]))
    s3 = account.client("s3")
    listed = s3.list_bucket_metrics_configurations(Bucket=name)["MetricsConfigurationList"]
    assert [each["Id"] for each in listed] == ["EntireBucket"]
    assert s3.get_bucket_metrics_configuration(Bucket=name, Id="EntireBucket")["MetricsConfiguration"]["Id"]


def test_a_bucket_is_encrypted_and_owned_as_told(account: Account) -> None:
    name = f"bucket-{account.id}"
    by_default = {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}, "BucketKeyEnabled": True}
    account.deploy(
        Bucket=_bucket(
            name,
            BucketEncryption={"ServerSideEncryptionConfiguration": [by_default]},
            OwnershipControls={"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
        )
    )
    s3 = account.client("s3")
    encryption = s3.get_bucket_encryption(Bucket=name)["ServerSideEncryptionConfiguration"]["Rules"][0]
    assert encryption["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"
    owner = s3.get_bucket_ownership_controls(Bucket=name)["OwnershipControls"]["Rules"][0]
    assert owner["ObjectOwnership"] == "BucketOwnerEnforced"


def test_a_bucket_logs_its_accesses_to_another_until_told_otherwise(account: Account) -> None:
    name, logs = f"bucket-{account.id}", f"logs-{account.id}"
    logging = {"DestinationBucketName": {"Ref": "Logs"}, "LogFilePrefix": "assets/"}
    account.deploy(Logs=_bucket(logs), Bucket=_bucket(name, LoggingConfiguration=logging))
    s3 = account.client("s3")
    kept = s3.get_bucket_logging(Bucket=name)["LoggingEnabled"]
    assert (kept["TargetBucket"], kept["TargetPrefix"]) == (logs, "assets/")
    account.deploy(Logs=_bucket(logs), Bucket=_bucket(name))
    assert "LoggingEnabled" not in s3.get_bucket_logging(Bucket=name)


def test_what_a_template_takes_away_from_a_bucket_is_gone(account: Account) -> None:
    name = f"bucket-{account.id}"
    metrics = [{"Id": "EntireBucket"}]
    account.deploy(
        Bucket=_bucket(name, Tags=TAGS, LifecycleConfiguration=LIFECYCLE, MetricsConfigurations=metrics)
    )
    account.deploy(Bucket=_bucket(name))
    s3 = account.client("s3")
    assert s3.list_bucket_metrics_configurations(Bucket=name).get("MetricsConfigurationList", []) == []
    with pytest.raises(s3.exceptions.ClientError, match="NoSuchLifecycleConfiguration"):
        s3.get_bucket_lifecycle_configuration(Bucket=name)
    with pytest.raises(s3.exceptions.ClientError, match="NoSuchTagSet"):
        s3.get_bucket_tagging(Bucket=name)


def _alarm(threshold: float) -> dict[str, Any]:
    def stat(metric: str) -> dict[str, Any]:
        dimensions = [{"Name": "DBInstanceIdentifier", "Value": "showcore-db"}]
        described = {"Namespace": "AWS/RDS", "MetricName": metric, "Dimensions": dimensions}
        return {"Metric": described, "Period": 300, "Stat": "Average"}

    return {
        "Type": "AWS::CloudWatch::Alarm",
        "Properties": {
            "AlarmName": "showcore-rds-latency-high",
            "ComparisonOperator": "GreaterThanThreshold",
            "EvaluationPeriods": 1,
            "Threshold": threshold,
            "Metrics": [
                {"Id": "latency", "Expression": "MAX([r,w])", "ReturnData": True},
                {"Id": "r", "MetricStat": stat("ReadLatency"), "ReturnData": False},
                {"Id": "w", "MetricStat": stat("WriteLatency"), "ReturnData": False},
            ],
        },
    }


def test_an_alarm_over_an_expression_stands_with_its_first_metric(account: Account) -> None:
    account.deploy(Alarm=_alarm(0.1))
    account.deploy(Alarm=_alarm(0.2))
    alarm = account.client("cloudwatch").describe_alarms()["MetricAlarms"][0]
    assert (alarm["AlarmName"], alarm["Threshold"]) == ("showcore-rds-latency-high", 0.2)
    assert (alarm["MetricName"], alarm["Namespace"]) == ("ReadLatency", "AWS/RDS")
