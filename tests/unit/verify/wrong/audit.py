"""Wrong states of CloudTrail, Config, sessions and calls: check, what is wrong, facts, a word of the claim."""

from __future__ import annotations

from datetime import timedelta

from showcore_cfn.verify.facts import audit
from tests.unit.verify.world import NOW, Case, changed, with_fields, with_item, without

DAYS_AGO = NOW - timedelta(days=2)


CASES: tuple[Case, ...] = (
    ("13.1-trail", "1.3-stopped", with_fields(audit.TRAIL, logging=False), "logging"),
    ("13.1-trail", "1.3-one-region", with_fields(audit.TRAIL, multi_region=False), "all regions"),
    ("13.1-trail", "4.4-another-bucket", with_fields(audit.TRAIL, bucket="elsewhere"), "bucket"),
    ("13.1-trail", "gone", changed(audit.TRAIL, None), "the trail"),
    ("13.1-config", "4.2-stopped", with_fields(audit.RECORDER, recording=False), "recording"),
    ("13.1-config", "4.2-failing", with_fields(audit.RECORDER, last_status="FAILURE"), "last status"),
    (
        "13.1-config",
        "4.2-a-type-that-is-missing",
        with_fields(audit.RECORDER, types=("AWS::S3::Bucket",)),
        "AWS::RDS::DBInstance",
    ),
    (
        "13.1-config",
        "4.2-cannot-deliver",
        with_fields(audit.RECORDER, delivery_status="FAILURE"),
        "last delivery",
    ),
    ("13.1-config", "4.2-none", changed(audit.RECORDER, None), "recorder"),
    (
        "13.1-session-manager",
        "4.3-not-logged",
        changed(audit.SESSION_PREFERENCES, {"inputs": {"idleSessionTimeout": "20"}}),
        "log group",
    ),
    (
        "13.1-session-manager",
        "4.3-never-idle",
        changed(
            audit.SESSION_PREFERENCES, {"inputs": {"cloudWatchLogGroupName": "/aws/ssm/showcore-sessions"}}
        ),
        "idle",
    ),
    (
        "13.1-session-manager",
        "4.3-none",
        changed(audit.SESSION_PREFERENCES, None),
        "SSM-SessionManagerRunShell",
    ),
    (
        "15.1-rules-compliant",
        "15.1-non-compliant",
        with_item(
            audit.CONFIG_RULES, 0, compliance="NON_COMPLIANT", offenders=("AWS::RDS::DBInstance db-X",)
        ),
        "rds-storage-encrypted",
    ),
    (
        "15.1-rules-compliant",
        "15.1-no-rule",
        without(audit.CONFIG_RULES, 1),
        "s3-bucket-public-read-prohibited",
    ),
    (
        "15.1-rules-compliant",
        "15.1-another-rule-of-that-name",
        with_item(audit.CONFIG_RULES, 0, identifier="RDS_SNAPSHOT_ENCRYPTED"),
        "RDS_SNAPSHOT_ENCRYPTED",
    ),
    (
        "15.1-no-offenders",
        "15.1-a-resource",
        with_item(audit.CONFIG_RULES, 1, offenders=("AWS::S3::Bucket open",)),
        "AWS::S3::Bucket open",
    ),
    ("15.2-trail-delivery", "15.2-hours-ago", with_fields(audit.TRAIL, delivered=DAYS_AGO), "last log file"),
    ("15.2-trail-delivery", "15.2-never", with_fields(audit.TRAIL, delivered=None), "never"),
    (
        "15.2-trail-delivery",
        "15.2-an-error",
        with_fields(audit.TRAIL, delivery_error="AccessDenied"),
        "AccessDenied",
    ),
    ("15.2-trail-validation", "15.2-off", with_fields(audit.TRAIL, validated=False), "validation"),
    ("15.2-trail-validation", "15.2-no-digest", with_fields(audit.TRAIL, digested=None), "last digest"),
    (
        "15.3-callers",
        "15.3-a-stranger",
        with_item(audit.CHANGES, 0, caller="arn:aws:iam::111122223333:user/eve", name="DeleteVpc"),
        "user/eve",
    ),
    (
        "15.3-callers",
        "15.3-root",
        with_item(audit.CHANGES, 0, caller="arn:aws:iam::111122223333:root", caller_type="Root"),
        "root",
    ),
    (
        "15.3-denied-calls",
        "15.3-denied",
        changed(
            audit.DENIED_CALLS,
            (
                audit.Call(
                    NOW,
                    "GetSecretValue",
                    "secretsmanager.amazonaws.com",
                    "arn:eve",
                    "IAMUser",
                    "",
                    "AccessDenied",
                    (),
                ),
            ),
        ),
        "GetSecretValue by arn:eve",
    ),
)
