"""Policy statements that several tiers need: who may take a role, and who may use a bucket."""

from __future__ import annotations

from typing import TypeAlias

from awacs.aws import (
    Action,
    Allow,
    ArnLike,
    Bool,
    Condition,
    ConditionElement,
    Deny,
    PolicyDocument,
    Principal,
    Statement,
    StringEquals,
)
from troposphere import AccountId, GetAtt, Join, Sub
from troposphere.s3 import (
    AbortIncompleteMultipartUpload,
    BucketEncryption,
    LifecycleRule,
    NoncurrentVersionExpiration,
    OwnershipControls,
    OwnershipControlsRule,
    PublicAccessBlockConfiguration,
    ServerSideEncryptionByDefault,
    ServerSideEncryptionRule,
    VersioningConfiguration,
)

Arn: TypeAlias = "str | Sub | Join | GetAtt"
BOUNDARY = Sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:policy/${Prefix}-boundary")  # made by bootstrap


def document(*statements: Statement) -> PolicyDocument:
    """A policy document of these statements."""
    return PolicyDocument(Version="2012-10-17", Statement=list(statements))


def trust(service: str, source: Arn | None = None, *, any_source: bool = False) -> PolicyDocument:
    """A trust policy: the service may take the role for this account alone, and for one source if given.

    Without the two conditions a service could be talked into using the role for somebody else's resources
    (https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html). `any_source` leaves both out.
    """
    conditions: list[ConditionElement] = (
        [] if any_source else [StringEquals({"aws:SourceAccount": AccountId})]
    )
    if source is not None:
        conditions.append(ArnLike({"aws:SourceArn": source}))
    given = {"Condition": Condition(conditions)} if conditions else {}
    return document(
        Statement(
            Effect=Allow,
            Principal=Principal("Service", service),
            Action=[Action("sts", "AssumeRole")],
            **given,
        )
    )


def allow(sid: str, actions: list[str], resources: list[Arn] | Arn, **given: object) -> Statement:
    """An Allow statement; `given` are its other elements, such as Principal and Condition."""
    return Statement(
        Sid=sid,
        Effect=Allow,
        Action=[Action(*action.split(":", 1)) for action in actions],
        Resource=resources if isinstance(resources, list) else [resources],
        **given,
    )


def from_service(
    sid: str, service: str, actions: list[str], resources: list[Arn] | Arn, *conditions: ConditionElement
) -> Statement:
    """An Allow statement of a resource policy for one service, under these conditions."""
    given = {"Condition": Condition(list(conditions))} if conditions else {}
    return allow(sid, actions, resources, Principal=Principal("Service", service), **given)


def tls_only(*resources: Arn, action: str = "s3:*") -> Statement:
    """Deny everybody who does not come over TLS."""
    return Statement(
        Sid="OnlyOverTls",
        Effect=Deny,
        Principal=Principal("*"),
        Action=[Action(*action.split(":", 1))],
        Resource=list(resources),
        Condition=Condition(Bool({"aws:SecureTransport": "false"})),
    )


def bucket_arns(name: Sub) -> tuple[Sub, Sub]:
    """The ARN of a bucket of this name, and of everything in it."""
    text = name.data["Fn::Sub"]
    return Sub(f"arn:${{AWS::Partition}}:s3:::{text}"), Sub(f"arn:${{AWS::Partition}}:s3:::{text}/*")


def private() -> dict[str, object]:
    """What every bucket of the plan has: versions, SSE-S3 (no customer key), nothing public, no ACLs."""
    return {
        "VersioningConfiguration": VersioningConfiguration(Status="Enabled"),
        "BucketEncryption": BucketEncryption(
            ServerSideEncryptionConfiguration=[
                ServerSideEncryptionRule(
                    ServerSideEncryptionByDefault=ServerSideEncryptionByDefault(SSEAlgorithm="AES256")
                )
            ]
        ),
        "PublicAccessBlockConfiguration": PublicAccessBlockConfiguration(
            BlockPublicAcls=True, BlockPublicPolicy=True, IgnorePublicAcls=True, RestrictPublicBuckets=True
        ),
        "OwnershipControls": OwnershipControls(
            Rules=[OwnershipControlsRule(ObjectOwnership="BucketOwnerEnforced")]
        ),
    }


def log_lifecycle(days: int) -> LifecycleRule:
    """Delete logs after this many days; in a versioned bucket the bytes go one such period later."""
    return LifecycleRule(
        Id=f"Delete after {days} days",
        Status="Enabled",
        ExpirationInDays=days,
        NoncurrentVersionExpiration=NoncurrentVersionExpiration(NoncurrentDays=days),
        AbortIncompleteMultipartUpload=AbortIncompleteMultipartUpload(DaysAfterInitiation=7),
    )
