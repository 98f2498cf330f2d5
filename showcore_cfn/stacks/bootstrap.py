"""What a deployment needs beforehand, once in an account and region: an artifact bucket and a service role."""

from __future__ import annotations

from troposphere import GetAtt, Ref
from troposphere.iam import ManagedPolicy, Role
from troposphere.s3 import (
    AbortIncompleteMultipartUpload,
    Bucket,
    BucketPolicy,
    LifecycleConfiguration,
    LifecycleRule,
    NoncurrentVersionExpiration,
)

from showcore_cfn.permissions.boundary import boundary
from showcore_cfn.permissions.documents import document, parts, substituted
from showcore_cfn.permissions.principals import service_role
from showcore_cfn.permissions.resources import STACKS
from showcore_cfn.permissions.statements import Statement
from showcore_cfn.stacks import probe
from showcore_cfn.template.forms import Body
from showcore_cfn.template.root import described, root
from showcore_cfn.template.stack import Stack, Tier
from showcore_cfn.tiers import policies, tiers
from showcore_cfn.tiers.policies import bucket_arns, private, tls_only, trust

ARTIFACT_BUCKET = "${Prefix}-artifacts-${AWS::AccountId}"
ABANDONED_UPLOAD_DAYS = 1
OLD_VERSIONS_DAYS = 30


def build(stack: Stack) -> None:
    """The bucket that templates are uploaded to, and the role that CloudFormation works with."""
    stack.add(
        Bucket(
            "ArtifactBucket",
            DeletionPolicy="RetainExceptOnCreate",
            UpdateReplacePolicy="Retain",
            BucketName=stack.sub(ARTIFACT_BUCKET),
            **private(),
            LifecycleConfiguration=LifecycleConfiguration(
                Rules=[
                    LifecycleRule(
                        Id="Delete overwritten and abandoned uploads",
                        Status="Enabled",
                        NoncurrentVersionExpiration=NoncurrentVersionExpiration(
                            NoncurrentDays=OLD_VERSIONS_DAYS
                        ),
                        AbortIncompleteMultipartUpload=AbortIncompleteMultipartUpload(
                            DaysAfterInitiation=ABANDONED_UPLOAD_DAYS
                        ),
                    )
                ]
            ),
        ),
        why="Templates are named by their hash and never overwritten, so none that a stack points to expires.",
    )
    bucket, objects = bucket_arns(stack.sub(ARTIFACT_BUCKET))
    stack.add(
        BucketPolicy(
            "ArtifactBucketPolicy",
            Bucket=Ref("ArtifactBucket"),
            PolicyDocument=policies.document(tls_only(bucket, objects)),
        )
    )
    _boundary(stack)
    _service_role(stack)
    stack.show("ArtifactBucketName", "Bucket that templates are uploaded to.", Ref("ArtifactBucket"))
    stack.show("ServiceRoleArn", "Role that CloudFormation works with.", GetAtt("ServiceRole", "Arn"))


def _service_role(stack: Stack) -> None:
    attached = []
    for part in parts(service_role(_nest())):
        title = "".join(word.capitalize() for word in part.name.split("-")) + "Policy"
        _policy(stack, title, f"cloudformation-{part.name}", part.statements, why=_DERIVED)
        attached.append(Ref(title))
    stack.add(
        Role(
            "ServiceRole",
            RoleName=stack.sub("${Prefix}-cloudformation"),
            Description="CloudFormation makes and changes the stacks of ShowCore with it",
            AssumeRolePolicyDocument=trust("cloudformation.amazonaws.com", stack.sub(STACKS)),
            ManagedPolicyArns=attached,
        ),
        why="CloudFormation alone can assume it, and only for stacks of this account and prefix.",
        must=["Its name does not end in -role: it may change roles that do, and so never itself."],
    )


def _boundary(stack: Stack) -> None:
    _policy(
        stack,
        "PermissionsBoundary",
        "boundary",
        boundary(),
        why="The most that a role of the stacks can do; it grants nothing by itself.",
        must=("The service role makes no role without it, and can neither change nor detach it.",),
    )


def _policy(
    stack: Stack,
    title: str,
    name: str,
    statements: tuple[Statement, ...],
    *,
    why: str,
    must: tuple[str, ...] = (),
) -> None:
    public = any(_PUBLIC in arn for statement in statements for arn in statement.resources)
    stack.add(
        ManagedPolicy(
            title,
            ManagedPolicyName=stack.sub(f"${{Prefix}}-{name}"),
            PolicyDocument=document(statements, substituted),
        ),
        why=why,
        must=must,
        silence={"SC-IAM-022": "Parameters that AWS publishes belong to no account."} if public else None,
    )


_PUBLIC = ":ssm:us-east-1::parameter/aws/service/"


def _nest() -> list[Body]:
    """The templates that CloudFormation works on with the role: the nest, and the probe beside it."""
    stacks = described(tiers())
    beside = Stack(probe.TEMPLATE, standalone=True)
    probe.TEMPLATE.build(beside)
    return [root(stacks), *(stack.template() for stack in stacks.values()), beside.template()]


_DERIVED = (
    "Derived from what the handlers of the types in the nest call; `showcore policy --for service-role` says why"
    " each statement reaches as far as it does."
)
TEMPLATE = Tier(
    name="bootstrap",
    title="artifact bucket and service role",
    tasks="16.4",
    shape="Stands alone and before everything else; the deployment uploads to the bucket and passes the role.",
    build=build,
)
