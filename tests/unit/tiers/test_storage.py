"""Section 8 of the plan."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from showcore_cfn.review.resolve import Nest

Find = Callable[..., dict[str, Any]]
BUCKETS = [
    pytest.param("storage/StaticAssetsBucket", "showcore-static-assets-111122223333", id="8.1-static-assets"),
    pytest.param("storage/BackupsBucket", "showcore-backups-111122223333", id="8.2-backups"),
    pytest.param("account/CloudTrailBucket", "showcore-cloudtrail-logs-111122223333", id="4.4-cloudtrail"),
    pytest.param("account/ConfigBucket", "showcore-config-111122223333", id="4.2-config"),
]


@pytest.mark.task("8.1")
@pytest.mark.task("8.2")
@pytest.mark.parametrize(("path", "name"), BUCKETS)
def test_every_bucket_is_named_versioned_encrypted_and_private(
    properties: Find, path: str, name: str
) -> None:
    bucket = properties(path)
    assert bucket["BucketName"] == name
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    assert bucket["BucketEncryption"] == {
        "ServerSideEncryptionConfiguration": [{"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]
    }
    assert bucket["PublicAccessBlockConfiguration"] == {
        "BlockPublicAcls": True,
        "BlockPublicPolicy": True,
        "IgnorePublicAcls": True,
        "RestrictPublicBuckets": True,
    }
    assert bucket["OwnershipControls"] == {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}


@pytest.mark.task("8.1")
def test_old_versions_of_static_assets_go_after_90_days(properties: Find) -> None:
    (rule,) = properties("storage/StaticAssetsBucket")["LifecycleConfiguration"]["Rules"]
    assert rule["NoncurrentVersionExpiration"] == {"NoncurrentDays": 90}
    assert "ExpirationInDays" not in rule


@pytest.mark.task("8.3")
def test_backups_move_to_glacier_after_30_days_and_go_after_90(properties: Find) -> None:
    (rule,) = properties("storage/BackupsBucket")["LifecycleConfiguration"]["Rules"]
    assert rule["Transitions"] == [{"StorageClass": "GLACIER", "TransitionInDays": 30}]
    assert rule["ExpirationInDays"] == 90
    assert rule["NoncurrentVersionExpiration"] == {"NoncurrentDays": 90}


@pytest.mark.task("8.2")
def test_backups_are_refused_without_tls(properties: Find) -> None:
    (statement,) = properties("storage/BackupsBucketPolicy")["PolicyDocument"]["Statement"]
    assert (statement["Effect"], statement["Principal"]) == ("Deny", "*")
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert statement["Resource"] == [
        "arn:aws:s3:::showcore-backups-111122223333",
        "arn:aws:s3:::showcore-backups-111122223333/*",
    ]


@pytest.mark.task("10.5")
def test_request_metrics_stand_on_the_static_assets_bucket_alone_and_by_switch(
    properties: Find, of_type: Find
) -> None:
    measured = [path for path, b in of_type("AWS::S3::Bucket").items() if "MetricsConfigurations" in b]
    assert measured == ["storage/StaticAssetsBucket"]
    assert properties("storage/StaticAssetsBucket")["MetricsConfigurations"] == [{"Id": "EntireBucket"}]
    assert "MetricsConfigurations" not in properties("storage/StaticAssetsBucket", RequestMetrics="false")


def test_data_buckets_survive_the_stack_but_not_a_failed_creation(nest: Nest) -> None:
    for path in ("storage/StaticAssetsBucket", "storage/BackupsBucket"):
        raw = nest.resources[path].raw
        assert (raw["DeletionPolicy"], raw["UpdateReplacePolicy"]) == ("RetainExceptOnCreate", "Retain")


def test_access_logs_are_off_and_go_to_a_bucket_of_their_own(of_type: Find, properties: Find) -> None:
    assert "storage/AccessLogsBucket" not in of_type("AWS::S3::Bucket")
    on = {"AccessLogs": "true"}
    assert (
        properties("storage/AccessLogsBucket", **on)["LifecycleConfiguration"]["Rules"][0]["ExpirationInDays"]
        == 90
    )
    logging = properties("storage/BackupsBucket", **on)["LoggingConfiguration"]
    assert logging["DestinationBucketName"].path == "storage/AccessLogsBucket"
    assert logging["LogFilePrefix"] == "s3/backups/"
    statements = properties("storage/AccessLogsBucketPolicy", **on)["PolicyDocument"]["Statement"]
    assert statements[0]["Principal"] == {"Service": "logging.s3.amazonaws.com"}
    assert statements[0]["Condition"]["StringEquals"] == {"aws:SourceAccount": "111122223333"}
