"""S3 buckets for static assets and for backups, 8.1-8.3.

The policy of the static assets bucket names the distribution, so it stands in `cdn`.
"""

from __future__ import annotations

from awacs.aws import ArnLike, StringEquals
from troposphere import AccountId, If, NoValue, Or, Ref
from troposphere.s3 import (
    AbortIncompleteMultipartUpload,
    Bucket,
    BucketPolicy,
    LifecycleConfiguration,
    LifecycleRule,
    LifecycleRuleTransition,
    LoggingConfiguration,
    MetricsConfiguration,
    NoncurrentVersionExpiration,
)

from showcore_cfn.template.parameters import ACCESS_LOGS, CDN_ACCESS_LOGS, REQUEST_METRICS
from showcore_cfn.template.stack import Stack, Tier
from showcore_cfn.tiers.policies import (
    bucket_arns,
    document,
    from_service,
    log_lifecycle,
    private,
    tls_only,
)

OLD_VERSIONS_DAYS = 90  # 8.1, 8.3
GLACIER_AFTER_DAYS = 30  # 8.3
DELETE_BACKUPS_AFTER_DAYS = 90  # 8.3
ACCESS_LOG_DAYS = 90  # as CloudTrail's, 4.4
ABANDONED_UPLOAD_DAYS = 7
REQUEST_METRICS_ID = "EntireBucket"

STATIC_ASSETS_BUCKET = "${Prefix}-static-assets-${AWS::AccountId}"  # 8.1
BACKUPS_BUCKET = "${Prefix}-backups-${AWS::AccountId}"  # 8.2
ACCESS_LOGS_BUCKET = "${Prefix}-access-logs-${AWS::AccountId}"
DELIVERY_SOURCES = "arn:${AWS::Partition}:logs:us-east-1:${AWS::AccountId}:delivery-source:*"


def build(stack: Stack) -> None:
    """The two buckets of the plan, and one for access logs where these are switched on."""
    _access_logs(stack)
    _static_assets(stack)
    _backups(stack)


def _access_logs(stack: Stack) -> None:
    from_s3, from_cdn = stack.on(ACCESS_LOGS), stack.on(CDN_ACCESS_LOGS)
    either = stack.condition("AnyAccessLogs", Or({"Condition": from_s3}, {"Condition": from_cdn}))
    name = stack.sub(ACCESS_LOGS_BUCKET)
    stack.add(
        Bucket(
            "AccessLogsBucket",
            Condition=either,
            DeletionPolicy="Retain",
            UpdateReplacePolicy="Retain",
            BucketName=name,
            **private(),
            LifecycleConfiguration=LifecycleConfiguration(Rules=[log_lifecycle(ACCESS_LOG_DAYS)]),
        )
    )
    bucket, objects = bucket_arns(name)
    mine = StringEquals({"aws:SourceAccount": AccountId})
    stack.add(
        BucketPolicy(
            "AccessLogsBucketPolicy",
            Condition=either,
            Bucket=Ref("AccessLogsBucket"),
            PolicyDocument=document(
                from_service(
                    "S3ServerAccessLogs",
                    "logging.s3.amazonaws.com",
                    ["s3:PutObject"],
                    objects,
                    mine,
                    ArnLike(
                        {
                            "aws:SourceArn": stack.sub(
                                "arn:${AWS::Partition}:s3:::${Prefix}-*-${AWS::AccountId}"
                            )
                        }
                    ),
                ),
                from_service(
                    "CloudFrontAccessLogs",
                    "delivery.logs.amazonaws.com",
                    ["s3:PutObject"],
                    objects,
                    StringEquals(
                        {"aws:SourceAccount": AccountId, "s3:x-amz-acl": "bucket-owner-full-control"}
                    ),
                    ArnLike({"aws:SourceArn": stack.sub(DELIVERY_SOURCES)}),
                ),
                tls_only(bucket, objects),
            ),
        )
    )


def _logging(stack: Stack, folder: str) -> If:
    return If(
        stack.on(ACCESS_LOGS),
        LoggingConfiguration(DestinationBucketName=Ref("AccessLogsBucket"), LogFilePrefix=f"s3/{folder}/"),
        NoValue,
    )


def _old_versions() -> dict[str, object]:
    return {
        "NoncurrentVersionExpiration": NoncurrentVersionExpiration(NoncurrentDays=OLD_VERSIONS_DAYS),
        "AbortIncompleteMultipartUpload": AbortIncompleteMultipartUpload(
            DaysAfterInitiation=ABANDONED_UPLOAD_DAYS
        ),
    }


def _static_assets(stack: Stack) -> None:
    stack.add(
        Bucket(
            "StaticAssetsBucket",
            DeletionPolicy="RetainExceptOnCreate",
            UpdateReplacePolicy="Retain",
            BucketName=stack.sub(STATIC_ASSETS_BUCKET),
            **private(),
            LifecycleConfiguration=LifecycleConfiguration(
                Rules=[LifecycleRule(Id="Delete old versions", Status="Enabled", **_old_versions())]
            ),
            MetricsConfigurations=If(
                stack.on(REQUEST_METRICS), [MetricsConfiguration(Id=REQUEST_METRICS_ID)], NoValue
            ),
            LoggingConfiguration=_logging(stack, "static-assets"),
        ),
        why="Read by CloudFront alone; its policy stands in cdn, since it names the distribution.",
        mutability={"BucketName": "must-never-change"},
    )
    stack.show("StaticAssetsBucketName", "Bucket of the static assets.", Ref("StaticAssetsBucket"))


def _backups(stack: Stack) -> None:
    stack.add(
        Bucket(
            "BackupsBucket",
            DeletionPolicy="RetainExceptOnCreate",
            UpdateReplacePolicy="Retain",
            BucketName=stack.sub(BACKUPS_BUCKET),
            **private(),
            LifecycleConfiguration=LifecycleConfiguration(
                Rules=[
                    LifecycleRule(
                        Id="Glacier, then delete",
                        Status="Enabled",
                        Transitions=[
                            LifecycleRuleTransition(
                                StorageClass="GLACIER", TransitionInDays=GLACIER_AFTER_DAYS
                            )
                        ],
                        ExpirationInDays=DELETE_BACKUPS_AFTER_DAYS,
                        **_old_versions(),
                    )
                ]
            ),
            LoggingConfiguration=_logging(stack, "backups"),
        ),
        why="GLACIER is Glacier Flexible Retrieval. Versioned: what expires at 90 days is gone at about 180.",
        mutability={"BucketName": "must-never-change"},
    )
    bucket, objects = bucket_arns(stack.sub(BACKUPS_BUCKET))
    stack.add(
        BucketPolicy(
            "BackupsBucketPolicy",
            Bucket=Ref("BackupsBucket"),
            PolicyDocument=document(tls_only(bucket, objects)),
        )
    )
    stack.show("BackupsBucketName", "Bucket of the backups.", Ref("BackupsBucket"))


TIER = Tier(
    name="storage",
    title="S3 buckets",
    tasks="8.1-8.3",
    shape="Two private, versioned buckets with names fixed by the plan; one more for access logs, off by default.",
    must=("No bucket is public.", "Encrypted with SSE-S3, not with a customer key."),
    build=build,
)
