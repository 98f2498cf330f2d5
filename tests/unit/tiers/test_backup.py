"""Section 11 of the plan."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from showcore_cfn.review.resolve import Nest
from showcore_cfn.review.values import Reference

Find = Callable[..., dict[str, Any]]


@pytest.mark.task("11.1")
def test_the_vault_has_its_name_no_key_of_its_own_and_outlives_the_stack(
    properties: Find, nest: Nest
) -> None:
    vault = properties("backup/BackupVault")
    assert vault["BackupVaultName"] == "showcore-backup-vault"
    assert "EncryptionKeyArn" not in vault
    raw = nest.resources["backup/BackupVault"].raw
    assert (raw["DeletionPolicy"], raw["UpdateReplacePolicy"]) == ("RetainExceptOnCreate", "Retain")


@pytest.mark.task("11.2")
@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("ScheduleExpression", "cron(0 3 * * ? *)", id="11.2-daily-03:00-utc"),
        pytest.param("Lifecycle", {"DeleteAfterDays": 7}, id="11.2-kept-7-days"),
        pytest.param("StartWindowMinutes", 480, id="C14-past-the-sunday-window"),
        pytest.param("CompletionWindowMinutes", 720, id="longer-than-the-start-window"),
        pytest.param("EnableContinuousBackup", False, id="5.3-rds-keeps-its-own"),
        pytest.param("TargetBackupVault", Reference("backup/BackupVault"), id="11.2-vault"),
        pytest.param(
            "RecoveryPointTags",
            {
                "Project": "ShowCore",
                "Phase": "Phase1",
                "Environment": "production",
                "ManagedBy": "CloudFormation",
                "CostCenter": "ShowCore",
            },
            id="11.2-tags",
        ),
    ],
)
def test_the_plan_runs_daily_and_keeps_seven_days(properties: Find, name: str, value: object) -> None:
    plan = properties("backup/RdsBackupPlan")["BackupPlan"]
    assert plan["BackupPlanName"] == "showcore-rds-backup-plan"
    (rule,) = plan["BackupPlanRule"]
    assert rule[name] == value


@pytest.mark.task("11.2")
def test_the_selection_takes_databases_with_both_tags(properties: Find) -> None:
    selection = properties("backup/RdsBackupSelection")["BackupSelection"]
    assert selection["Resources"] == ["arn:aws:rds:*:*:db:*"]
    assert selection["Conditions"] == {
        "StringEquals": [
            {"ConditionKey": "aws:ResourceTag/Project", "ConditionValue": "ShowCore"},
            {"ConditionKey": "aws:ResourceTag/Environment", "ConditionValue": "production"},
        ]
    }
    assert "ListOfTags" not in selection


@pytest.mark.task("11.3")
def test_there_is_no_backup_plan_for_elasticache_which_aws_backup_does_not_cover(of_type: Find) -> None:
    assert list(of_type("AWS::Backup::BackupPlan")) == ["backup/RdsBackupPlan"]


@pytest.mark.task("11.4")
def test_failed_jobs_are_told_to_the_critical_topic(properties: Find) -> None:
    rule = properties("backup/BackupJobFailureRule")
    assert rule["EventPattern"] == {
        "source": ["aws.backup"],
        "detail-type": ["Backup Job State Change"],
        "detail": {"state": ["FAILED", "ABORTED", "EXPIRED"]},
    }
    (target,) = rule["Targets"]
    assert target["Arn"] == "arn:aws:sns:us-east-1:111122223333:showcore-critical-alerts"


@pytest.mark.task("11.2")
def test_backup_may_take_its_role_for_this_account_alone(properties: Find) -> None:
    role = properties("backup/BackupRole")
    (statement,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert statement["Principal"] == {"Service": "backup.amazonaws.com"}
    assert statement["Condition"] == {"StringEquals": {"aws:SourceAccount": "111122223333"}}
    assert role["ManagedPolicyArns"] == [
        "arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup",
        "arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForRestores",
    ]
