"""What is kept for a shorter time: named, at risk, and stopped by `--fail-on data`."""

from __future__ import annotations

import pytest

from showcore_cfn.review import retention, wording
from showcore_cfn.review.review import Gate
from showcore_cfn.template.json_types import Json
from tests.unit.review.sets import one, reviewed, template


@pytest.mark.parametrize(
    ("kind", "place", "told"),
    [
        ("AWS::RDS::DBInstance", "BackupRetentionPeriod", True),
        ("AWS::Logs::LogGroup", "RetentionInDays", True),
        ("AWS::S3::Bucket", "VersioningConfiguration.Status", True),
        ("AWS::Backup::BackupPlan", "BackupPlan.BackupPlanRule.daily.Lifecycle.DeleteAfterDays", True),
        ("AWS::RDS::DBInstance", "DeletionProtection", False),
        ("AWS::SNS::Topic", "BackupRetentionPeriod", False),
        ("AWS::S3::Bucket", "PublicAccessBlockConfiguration.BlockPublicAcls", False),
    ],
)
def test_which_properties_a_loss_tells_of(kind: str, place: str, told: bool) -> None:
    assert retention.tells_of(kind, place.split(".")) is told


def test_nothing_is_said_where_nothing_is_lost() -> None:
    assert retention.sentence("database/Database", ()) == ""


def rule(days: int, status: str = "Enabled", **more: Json) -> Json:
    return {
        "LifecycleConfiguration": {"Rules": [{"Id": "r", "Status": status, "ExpirationInDays": days, **more}]}
    }


def old_versions(days: int) -> Json:
    return rule(9, NoncurrentVersionExpiration={"NoncurrentDays": days})


def plan(days: int | None) -> Json:
    lifecycle: Json = {} if days is None else {"DeleteAfterDays": days}
    daily: Json = {"RuleName": "daily", "Lifecycle": lifecycle}
    return {"BackupPlan": {"BackupPlanName": "p", "BackupPlanRule": [daily]}}


def copied(*days: int) -> Json:
    copies: list[Json] = [
        {"DestinationBackupVaultArn": f"v{number}", "Lifecycle": {"DeleteAfterDays": each}}
        for number, each in enumerate(days)
    ]
    daily: Json = {"RuleName": "daily", "CopyActions": copies}
    return {"BackupPlan": {"BackupPlanName": "p", "BackupPlanRule": [daily]}}


def dated(day: str) -> dict[str, Json]:
    dead: Json = {"Id": "r", "Status": "Enabled", "ExpirationDate": day}
    return {"LifecycleConfiguration": {"Rules": [dead]}}


def versioning(status: Json) -> dict[str, Json]:
    return {"VersioningConfiguration": {"Status": status}}


def tagged(**days: int) -> Json:
    """Rules without a name, each for objects with its tag."""
    rules: list[Json] = [
        {"Status": "Enabled", "ExpirationInDays": each, "TagFilters": [{"Key": tag, "Value": "1"}]}
        for tag, each in days.items()
    ]
    return {"LifecycleConfiguration": {"Rules": rules}}


@pytest.mark.parametrize(
    ("kind", "before", "after", "said"),
    [
        (
            "RDS::DBInstance",
            {"BackupRetentionPeriod": 7},
            {"BackupRetentionPeriod": "1"},
            "automated backups are kept 1 day instead of 7 days: the older ones are deleted",
        ),
        ("RDS::DBInstance", {"BackupRetentionPeriod": 7}, {}, "kept 1 day instead of 7 days"),
        (
            "RDS::DBInstance",
            {},
            {"BackupRetentionPeriod": 0},
            "all of them are deleted, and no point in time",
        ),
        (
            "RDS::DBInstance",
            {"BackupRetentionPeriod": 7},
            {"BackupRetentionPeriod": {"Ref": "AWS::StackId"}},
            "BackupRetentionPeriod changes to what is not known before deployment: it may be shorter",
        ),
        ("RDS::DBInstance", {"CopyTagsToSnapshot": True}, {}, "snapshots no longer carry the tags"),
        ("RDS::DBInstance", {"DeleteAutomatedBackups": False}, {}, "deleted together with the database"),
        (
            "ElastiCache::ReplicationGroup",
            {"SnapshotRetentionLimit": 7},
            {"SnapshotRetentionLimit": 2},
            "automatic snapshots are kept 2 days instead of 7 days",
        ),
        ("ElastiCache::ReplicationGroup", {"SnapshotRetentionLimit": 7}, {}, "snapshots are switched off"),
        ("Logs::LogGroup", {}, {"RetentionInDays": 30}, "kept 30 days instead of for ever"),
        ("Logs::LogGroup", {"RetentionInDays": 30}, {"RetentionInDays": 7}, "kept 7 days instead of 30 days"),
        (
            "S3::Bucket",
            rule(90),
            rule(30),
            "objects of the rule r are deleted after 30 days instead of 90 days",
        ),
        ("S3::Bucket", {}, rule(30), "objects of the rule r are deleted after 30 days instead of for ever"),
        ("S3::Bucket", rule(1, Prefix="tmp/"), rule(1), "deleted after 1 day instead of for ever"),
        (
            "S3::Bucket",
            rule(1, TagFilters=[{"Key": "a", "Value": "1"}]),
            rule(1, TagFilters=[{"Key": "b", "Value": "1"}]),
            "deleted after 1 day instead of for ever",
        ),
        ("S3::Bucket", rule(1, ObjectSizeLessThan="9"), rule(1, ObjectSizeLessThan="99"), "of for ever"),
        ("S3::Bucket", tagged(a=30, b=365), tagged(a=10, b=365), "deleted after 10 days instead of 30 days"),
        (
            "S3::Bucket",
            versioning({"Ref": "AWS::StackId"}),
            versioning("Suspended"),
            "VersioningConfiguration.Status changes, and not all of it is known before deployment",
        ),
        (
            "S3::Bucket",
            old_versions(90),
            old_versions(30),
            "earlier versions of the rule r are deleted after 30",
        ),
        (
            "S3::Bucket",
            versioning("Enabled"),
            versioning("Suspended"),
            "no longer kept as an earlier version",
        ),
        (
            "Backup::BackupPlan",
            plan(35),
            plan(7),
            "recovery points of the rule daily are deleted after 7 days",
        ),
        (
            "Backup::BackupPlan",
            copied(35, 90),
            copied(7, 90),
            "copies of the rule daily are deleted after 7 days",
        ),
        (
            "S3::Bucket",
            {},
            dated("2030-01-01"),
            "objects of the rule r are deleted at another time: 2030-01-01",
        ),
        ("Backup::BackupPlan", plan(None), plan(7), "instead of for ever: those that exist keep their date"),
    ],
)
def test_a_shorter_time_is_data_at_risk(kind: str, before: Json, after: Json, said: str) -> None:
    found = reviewed(template(It=one(f"AWS::{kind}", before)), template(It=one(f"AWS::{kind}", after)))
    (affected,) = found.at_risk
    assert said in wording.risk(affected)
    assert wording.risk(affected).startswith("app/It: ")
    assert found.stopped_by((Gate.DATA,)) == (Gate.DATA,)
    assert "ata at risk: app/It" in wording.verdict(found)


@pytest.mark.parametrize(
    ("kind", "before", "after"),
    [
        ("RDS::DBInstance", {"BackupRetentionPeriod": 1}, {"BackupRetentionPeriod": 7}),
        ("RDS::DBInstance", {"BackupRetentionPeriod": 1}, {"CopyTagsToSnapshot": True}),
        ("ElastiCache::ReplicationGroup", {}, {"SnapshotRetentionLimit": 7}),
        ("Logs::LogGroup", {"RetentionInDays": 30}, {}),
        ("S3::Bucket", rule(30), rule(90)),
        ("S3::Bucket", rule(30), {}),
        ("S3::Bucket", {}, rule(30, "Disabled")),
        ("S3::Bucket", rule(30), rule(30, Prefix="tmp/", ObjectSizeGreaterThan="9")),
        ("S3::Bucket", tagged(a=30, b=365), tagged(b=365, a=30)),
        ("S3::Bucket", dated("2030-01-01"), {**dated("2030-01-01"), **versioning("Enabled")}),
        ("S3::Bucket", versioning({"Ref": "AWS::StackId"}), versioning("Enabled")),
        ("S3::Bucket", versioning("Suspended"), versioning("Enabled")),
        ("Backup::BackupPlan", plan(7), plan(35)),
        ("SQS::Queue", {"DelaySeconds": 1}, {"DelaySeconds": 2}),
    ],
)
def test_a_longer_time_and_anything_else_is_not(kind: str, before: Json, after: Json) -> None:
    found = reviewed(template(It=one(f"AWS::{kind}", before)), template(It=one(f"AWS::{kind}", after)))
    assert found.at_risk == ()


def test_what_is_lost_with_the_old_one_and_by_keeping_less_is_both_said() -> None:
    before = one("AWS::RDS::DBInstance", {"DBInstanceIdentifier": "a", "BackupRetentionPeriod": 7})
    after = one("AWS::RDS::DBInstance", {"DBInstanceIdentifier": "b", "BackupRetentionPeriod": 1})
    (affected,) = reviewed(template(It=before), template(It=after)).at_risk
    assert "app/It holds a database; the replacement" in wording.risk(affected)
    assert wording.risk(affected).endswith("kept 1 day instead of 7 days: the older ones are deleted.")
