"""What an account or a region has once: CloudTrail, Config, session preferences, billing alarms, anomaly detection.

1.2-1.3, 4.2-4.4, 10.6, 12.4. One environment of an account has this tier; no wire starts here, so that it can be
switched off. Config's recorder and delivery channel must not wait for each other, or neither is ever ready
(https://github.com/aws/aws-cdk/issues/3577); its rules wait for both.
"""

from __future__ import annotations

from awacs.aws import StringEquals
from troposphere import AccountId, GetAtt, Ref
from troposphere.ce import AnomalyMonitor, AnomalySubscription, Subscriber
from troposphere.cloudtrail import Trail
from troposphere.config import (
    ConfigRule,
    ConfigurationRecorder,
    DeliveryChannel,
    RecordingGroup,
    RecordingMode,
    Scope,
    Source,
)
from troposphere.iam import Policy, Role
from troposphere.logs import LogGroup
from troposphere.s3 import Bucket, BucketPolicy, LifecycleConfiguration
from troposphere.ssm import Document

from showcore_cfn.template.parameters import (
    ACCOUNT_TIER,
    ANOMALY_DETECTION,
    CONFIG_RECORDER,
    SESSION_PREFERENCES,
)
from showcore_cfn.template.stack import Stack, Tier
from showcore_cfn.template.tags import PROJECT
from showcore_cfn.tiers.alarms import Series, add_alarm
from showcore_cfn.tiers.policies import (
    BOUNDARY,
    allow,
    bucket_arns,
    document,
    from_service,
    log_lifecycle,
    private,
    tls_only,
    trust,
)

CLOUDTRAIL_LOG_DAYS = 90  # 4.4
CONFIG_LOG_DAYS = 90  # as CloudTrail's
LOG_RETENTION_DAYS = 7  # 10.7
BILLING_THRESHOLDS_USD = (50, 100)  # 1.2, 10.6
BILLING_PERIOD_SECONDS = 21_600  # 6 hours, 10.6
SESSION_IDLE_MINUTES = "20"
SESSION_MAX_MINUTES = "60"
ANOMALY_THRESHOLD_USD = "5"  # a tenth of the first billing alarm
RECORDED_TYPES = ["AWS::RDS::DBInstance", "AWS::S3::Bucket"]  # what the two rules look at
CONFIG_RULES = {  # 4.2: name -> managed rule, type
    "rds-storage-encrypted": ("RDS_STORAGE_ENCRYPTED", "AWS::RDS::DBInstance"),
    "s3-bucket-public-read-prohibited": ("S3_BUCKET_PUBLIC_READ_PROHIBITED", "AWS::S3::Bucket"),
}

CLOUDTRAIL_BUCKET = "${Prefix}-cloudtrail-logs-${AWS::AccountId}"
CONFIG_BUCKET = "${Prefix}-config-${AWS::AccountId}"
TRAIL_NAME = "${Prefix}-audit-${Environment}-trail"


def build(stack: Stack) -> None:
    """Everything that a second environment of the same account must leave out."""
    _cloudtrail(stack)
    _config(stack)
    _sessions(stack)
    _billing(stack)
    _anomalies(stack)


def _log_bucket(stack: Stack, title: str, name: str, days: int, condition: str | None = None) -> None:
    given = {"Condition": condition} if condition else {}
    stack.add(
        Bucket(
            title,
            **given,
            DeletionPolicy="Retain",
            UpdateReplacePolicy="Retain",
            BucketName=stack.sub(name),
            **private(),
            LifecycleConfiguration=LifecycleConfiguration(Rules=[log_lifecycle(days)]),
        ),
        why="Kept when the stack goes: a service writes into it at once, so it is never empty.",
    )


def _cloudtrail(stack: Stack) -> None:
    _log_bucket(stack, "CloudTrailBucket", CLOUDTRAIL_BUCKET, CLOUDTRAIL_LOG_DAYS)
    bucket, objects = bucket_arns(stack.sub(CLOUDTRAIL_BUCKET))
    trail = stack.sub(f"arn:${{AWS::Partition}}:cloudtrail:us-east-1:${{AWS::AccountId}}:trail/{TRAIL_NAME}")
    source = {"aws:SourceArn": trail}
    stack.add(
        BucketPolicy(
            "CloudTrailBucketPolicy",
            Bucket=Ref("CloudTrailBucket"),
            PolicyDocument=document(
                from_service(
                    "CloudTrailLooks",
                    "cloudtrail.amazonaws.com",
                    ["s3:GetBucketAcl"],
                    bucket,
                    StringEquals(source),
                ),
                from_service(
                    "CloudTrailWrites",
                    "cloudtrail.amazonaws.com",
                    ["s3:PutObject"],
                    stack.sub(
                        f"arn:${{AWS::Partition}}:s3:::{CLOUDTRAIL_BUCKET}/AWSLogs/${{AWS::AccountId}}/*"
                    ),
                    StringEquals({**source, "s3:x-amz-acl": "bucket-owner-full-control"}),
                ),
                tls_only(bucket, objects),
            ),
        )
    )
    stack.add(
        LogGroup(
            "CloudTrailLogGroup",
            DeletionPolicy="Delete",
            UpdateReplacePolicy="Delete",
            LogGroupName=stack.sub("/aws/cloudtrail/${Prefix}"),
            RetentionInDays=LOG_RETENTION_DAYS,
        )
    )
    stream = "log-stream:${AWS::AccountId}_CloudTrail_us-east-1*"
    group = "arn:${AWS::Partition}:logs:us-east-1:${AWS::AccountId}:log-group:/aws/cloudtrail/${Prefix}"
    stack.add(
        Role(
            "CloudTrailRole",
            RoleName=stack.named("cloudtrail", "role"),
            PermissionsBoundary=BOUNDARY,
            AssumeRolePolicyDocument=trust("cloudtrail.amazonaws.com", trail),
            Policies=[
                Policy(
                    PolicyName="write-trail",
                    PolicyDocument=document(
                        allow(
                            "WriteTrail",
                            ["logs:CreateLogStream", "logs:PutLogEvents"],
                            stack.sub(f"{group}:{stream}"),
                        )
                    ),
                )
            ],
        )
    )
    stack.add(
        Trail(
            "CloudTrail",
            DependsOn="CloudTrailBucketPolicy",
            TrailName=stack.sub(TRAIL_NAME),
            S3BucketName=Ref("CloudTrailBucket"),
            IsLogging=True,
            IsMultiRegionTrail=True,
            IncludeGlobalServiceEvents=True,
            EnableLogFileValidation=True,
            CloudWatchLogsLogGroupArn=GetAtt("CloudTrailLogGroup", "Arn"),
            CloudWatchLogsRoleArn=GetAtt("CloudTrailRole", "Arn"),
        ),
        why="The first copy of management events is free; a second trail of the account is not.",
    )
    stack.show("CloudTrailBucketName", "Bucket of the CloudTrail logs.", Ref("CloudTrailBucket"))


def _config(stack: Stack) -> None:
    on = stack.on(CONFIG_RECORDER)
    _log_bucket(stack, "ConfigBucket", CONFIG_BUCKET, CONFIG_LOG_DAYS, on)
    _config_policy(stack, on)
    _, objects = bucket_arns(stack.sub(CONFIG_BUCKET))
    stack.add(
        Role(
            "ConfigRole",
            Condition=on,
            RoleName=stack.named("config", "role"),
            PermissionsBoundary=BOUNDARY,
            AssumeRolePolicyDocument=trust("config.amazonaws.com"),
            ManagedPolicyArns=["arn:aws:iam::aws:policy/service-role/AWS_ConfigRole"],
            Policies=[
                Policy(
                    PolicyName="deliver",
                    PolicyDocument=document(
                        allow("WriteRecords", ["s3:PutObject"], objects),
                        allow("FindBucket", ["s3:GetBucketAcl"], GetAtt("ConfigBucket", "Arn")),
                    ),
                )
            ],
        )
    )
    stack.add(
        ConfigurationRecorder(
            "ConfigurationRecorder",
            Condition=on,
            RoleARN=GetAtt("ConfigRole", "Arn"),
            RecordingGroup=RecordingGroup(
                AllSupported=False, IncludeGlobalResourceTypes=False, ResourceTypes=RECORDED_TYPES
            ),
            RecordingMode=RecordingMode(RecordingFrequency="CONTINUOUS"),
        ),
        why="Records what the two rules look at, and nothing else: each recorded change is paid for.",
    )
    stack.add(
        DeliveryChannel(
            "ConfigDeliveryChannel",
            Condition=on,
            DependsOn="ConfigBucketPolicy",
            S3BucketName=Ref("ConfigBucket"),
        ),
        why="Waits for the bucket policy: Config tries to write as soon as the channel is there.",
        must=["Recorder and channel never depend on each other: both are needed before either is ready."],
    )
    for name, (identifier, kind) in CONFIG_RULES.items():
        stack.add(
            ConfigRule(
                "".join(part.capitalize() for part in name.split("-")) + "Rule",
                Condition=on,
                DependsOn=["ConfigurationRecorder", "ConfigDeliveryChannel"],
                ConfigRuleName=name,
                Source=Source(Owner="AWS", SourceIdentifier=identifier),
                Scope=Scope(ComplianceResourceTypes=[kind]),
            )
        )


def _config_policy(stack: Stack, condition: str) -> None:
    bucket, objects = bucket_arns(stack.sub(CONFIG_BUCKET))
    mine = {"AWS:SourceAccount": AccountId}
    stack.add(
        BucketPolicy(
            "ConfigBucketPolicy",
            Condition=condition,
            Bucket=Ref("ConfigBucket"),
            PolicyDocument=document(
                from_service(
                    "ConfigLooks",
                    "config.amazonaws.com",
                    ["s3:GetBucketAcl", "s3:ListBucket"],
                    bucket,
                    StringEquals(mine),
                ),
                from_service(
                    "ConfigWrites",
                    "config.amazonaws.com",
                    ["s3:PutObject"],
                    stack.sub(
                        f"arn:${{AWS::Partition}}:s3:::{CONFIG_BUCKET}/AWSLogs/${{AWS::AccountId}}/Config/*"
                    ),
                    StringEquals({**mine, "s3:x-amz-acl": "bucket-owner-full-control"}),
                ),
                tls_only(bucket, objects),
            ),
        )
    )


def _sessions(stack: Stack) -> None:
    on = stack.on(SESSION_PREFERENCES)
    stack.add(
        LogGroup(
            "SessionLogGroup",
            Condition=on,
            DeletionPolicy="Delete",
            UpdateReplacePolicy="Delete",
            LogGroupName=stack.sub("/aws/ssm/${Prefix}-sessions"),
            RetentionInDays=LOG_RETENTION_DAYS,
        )
    )
    stack.add(
        Document(
            "SessionManagerPreferences",
            Condition=on,
            Name="SSM-SessionManagerRunShell",
            DocumentType="Session",
            DocumentFormat="JSON",
            UpdateMethod="NewVersion",
            Content={
                "schemaVersion": "1.0",
                "description": "Session Manager preferences of ShowCore",
                "sessionType": "Standard_Stream",
                "inputs": {
                    "cloudWatchLogGroupName": Ref("SessionLogGroup"),
                    "cloudWatchEncryptionEnabled": False,
                    "cloudWatchStreamingEnabled": True,
                    "s3BucketName": "",
                    "s3KeyPrefix": "",
                    "s3EncryptionEnabled": True,
                    "kmsKeyId": "",
                    "runAsEnabled": False,
                    "runAsDefaultUser": "",
                    "idleSessionTimeout": SESSION_IDLE_MINUTES,
                    "maxSessionDuration": SESSION_MAX_MINUTES,
                    "shellProfile": {"linux": "", "windows": ""},
                },
            },
        ),
        why="cloudWatchEncryptionEnabled is off: on, it refuses a log group without a customer key.",
    )


def _billing(stack: Stack) -> None:
    for usd in BILLING_THRESHOLDS_USD:
        charges = Series(
            "AWS/Billing", "EstimatedCharges", {"Currency": "USD"}, "Maximum", BILLING_PERIOD_SECONDS
        )
        add_alarm(
            stack,
            f"Billing{usd}Alarm",
            f"billing-{usd}",
            f"The month's estimated charges are above {usd} USD (10.6)",
            "billing",
            [charges],
            usd,
            why="" if usd > 50 else "With both endpoint zones the fixed costs alone pass 50 USD each month.",
        )


def _anomalies(stack: Stack) -> None:
    on = stack.on(ANOMALY_DETECTION)
    stack.add(
        AnomalyMonitor(
            "CostAnomalyMonitor",
            Condition=on,
            MonitorName=stack.named("cost", "anomaly-monitor"),
            MonitorType="CUSTOM",
            MonitorSpecification=f'{{"Tags": {{"Key": "Project", "Values": ["{PROJECT}"]}}}}',
        ),
        why="By tag, not by service: an account has one monitor by service, and often has it already.",
    )
    impact = '"Key": "ANOMALY_TOTAL_IMPACT_ABSOLUTE", "MatchOptions": ["GREATER_THAN_OR_EQUAL"]'
    stack.add(
        AnomalySubscription(
            "CostAnomalySubscription",
            Condition=on,
            SubscriptionName=stack.named("cost", "anomaly-subscription"),
            MonitorArnList=[GetAtt("CostAnomalyMonitor", "MonitorArn")],
            Frequency="IMMEDIATE",
            Subscribers=[Subscriber(Type="SNS", Address=stack.topic("billing"))],
            ThresholdExpression=f'{{"Dimensions": {{{impact}, "Values": ["{ANOMALY_THRESHOLD_USD}"]}}}}',
        )
    )


TIER = Tier(
    name="account",
    title="account-wide services",
    tasks="1.2-1.3, 4.2-4.4, 10.6, 12.4",
    shape="CloudTrail and Config write to buckets of their own; billing alarms publish to the billing topic.",
    must=("Once in an account: a second environment switches this tier off.",),
    build=build,
    after=("alerts",),
    switch=ACCOUNT_TIER,
)
