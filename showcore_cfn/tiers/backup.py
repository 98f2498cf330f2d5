"""AWS Backup for the database, 11.1-11.2, and the second way a failed job is heard, 11.4.

AWS Backup does not cover ElastiCache, so there is no plan for it; the cache's own nightly snapshots stand in its
place, 11.3 (https://docs.aws.amazon.com/aws-backup/latest/devguide/backup-feature-availability.html).
A job may not start in the hour before a maintenance window or during it, so on Sundays it waits until 05:00.
"""

from __future__ import annotations

from troposphere import GetAtt, Ref
from troposphere.backup import (
    BackupPlan,
    BackupPlanResourceType,
    BackupRuleResourceType,
    BackupSelection,
    BackupSelectionResourceType,
    BackupVault,
    ConditionParameter,
    Conditions,
    LifecycleResourceType,
)
from troposphere.events import Rule, Target
from troposphere.iam import Role

from showcore_cfn.template.forms import plain
from showcore_cfn.template.parameters import ENVIRONMENT
from showcore_cfn.template.stack import Stack, Tier
from showcore_cfn.template.tags import PROJECT
from showcore_cfn.tiers.policies import BOUNDARY, trust

SCHEDULE = "cron(0 3 * * ? *)"  # daily at 03:00 UTC, 11.2
RETENTION_DAYS = 7  # 11.2
START_WINDOW_MINUTES = 480
COMPLETION_WINDOW_MINUTES = 720
FAILED_STATES = ("FAILED", "ABORTED", "EXPIRED")


def build(stack: Stack) -> None:
    """Vault, plan, what it covers, and who is told of failures."""
    stack.add(
        BackupVault(
            "BackupVault",
            DeletionPolicy="RetainExceptOnCreate",
            UpdateReplacePolicy="Retain",
            BackupVaultName=stack.sub("${Prefix}-backup-vault"),
        ),
        why="Encrypted with aws/backup, which costs nothing. A vault with recovery points cannot be deleted.",
        mutability={"BackupVaultName": "must-never-change"},
    )
    stack.add(
        Role(
            "BackupRole",
            RoleName=stack.named("backup", "role"),
            PermissionsBoundary=BOUNDARY,
            AssumeRolePolicyDocument=trust("backup.amazonaws.com"),
            ManagedPolicyArns=[
                "arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup",
                "arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForRestores",
            ],
        )
    )
    _plan(stack)
    _failures(stack)


def _plan(stack: Stack) -> None:
    rule = BackupRuleResourceType(
        RuleName="daily",
        TargetBackupVault=Ref("BackupVault"),
        ScheduleExpression=SCHEDULE,
        StartWindowMinutes=START_WINDOW_MINUTES,
        CompletionWindowMinutes=COMPLETION_WINDOW_MINUTES,
        EnableContinuousBackup=False,
        Lifecycle=LifecycleResourceType(DeleteAfterDays=RETENTION_DAYS),
        RecoveryPointTags=plain(stack.tags()),
    )
    stack.add(
        BackupPlan(
            "RdsBackupPlan",
            BackupPlan=BackupPlanResourceType(
                BackupPlanName=stack.sub("${Prefix}-rds-backup-plan"), BackupPlanRule=[rule]
            ),
        ),
        why="Not continuous: that would take over the automated backups of RDS. "
        "The start window is long because a job waits for the maintenance window.",
    )
    stack.add(
        BackupSelection(
            "RdsBackupSelection",
            BackupPlanId=Ref("RdsBackupPlan"),
            BackupSelection=BackupSelectionResourceType(
                SelectionName=stack.named("rds", "selection"),
                IamRoleArn=GetAtt("BackupRole", "Arn"),
                Resources=["arn:aws:rds:*:*:db:*"],
                Conditions=Conditions(
                    StringEquals=[
                        ConditionParameter(ConditionKey="aws:ResourceTag/Project", ConditionValue=PROJECT),
                        ConditionParameter(
                            ConditionKey="aws:ResourceTag/Environment",
                            ConditionValue=stack.setting(ENVIRONMENT),
                        ),
                    ]
                ),
            ),
        ),
        why="Conditions are joined by and; a list of tags is joined by or, and would take in every tagged service.",
    )


def _failures(stack: Stack) -> None:
    stack.add(
        Rule(
            "BackupJobFailureRule",
            Name=stack.named("backup", "job-failure-rule"),
            Description="Tells of backup jobs that failed, were aborted or expired",
            EventPattern={
                "source": ["aws.backup"],
                "detail-type": ["Backup Job State Change"],
                "detail": {"state": list(FAILED_STATES)},
            },
            State="ENABLED",
            Targets=[Target(Id="critical-alerts", Arn=stack.topic("critical"))],
        )
    )


TIER = Tier(
    name="backup",
    title="AWS Backup",
    tasks="11.1-11.4",
    shape="A daily plan puts recovery points of the tagged database into one vault; failures go to the critical topic.",
    must=("The vault outlives the stack.",),
    build=build,
    after=("alerts",),
)
