"""What a deployment needs beforehand, once in an account and region: an artifact bucket and a service role."""

from __future__ import annotations

from troposphere import GetAtt, Ref
from troposphere.iam import Policy, Role
from troposphere.s3 import (
    AbortIncompleteMultipartUpload,
    Bucket,
    BucketPolicy,
    LifecycleConfiguration,
    LifecycleRule,
    NoncurrentVersionExpiration,
)

from showcore_cfn.template.stack import Stack, Tier
from showcore_cfn.tiers.policies import allow, bucket_arns, document, private, tls_only, trust

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
            PolicyDocument=document(tls_only(bucket, objects)),
        )
    )
    _service_role(stack)
    stack.show("ArtifactBucketName", "Bucket that templates are uploaded to.", Ref("ArtifactBucket"))
    stack.show("ServiceRoleArn", "Role that CloudFormation works with.", GetAtt("ServiceRole", "Arn"))


def _service_role(stack: Stack) -> None:
    stacks = stack.sub("arn:${AWS::Partition}:cloudformation:us-east-1:${AWS::AccountId}:stack/${Prefix}-*")
    roles = [
        stack.sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:role/${Prefix}-*"),
        stack.sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:instance-profile/${Prefix}-*"),
    ]
    stack.add(
        Role(
            "ServiceRole",
            RoleName=stack.sub("${Prefix}-cloudformation"),
            Description="CloudFormation makes and changes the stacks of ShowCore with it",
            AssumeRolePolicyDocument=trust("cloudformation.amazonaws.com", stacks),
            ManagedPolicyArns=["arn:aws:iam::aws:policy/PowerUserAccess"],
            Policies=[
                Policy(
                    PolicyName="own-roles",
                    PolicyDocument=document(
                        allow(
                            "OwnRoles",
                            [
                                "iam:AddRoleToInstanceProfile",
                                "iam:AttachRolePolicy",
                                "iam:CreateInstanceProfile",
                                "iam:CreateRole",
                                "iam:DeleteInstanceProfile",
                                "iam:DeleteRole",
                                "iam:DeleteRolePolicy",
                                "iam:DetachRolePolicy",
                                "iam:GetInstanceProfile",
                                "iam:GetRole",
                                "iam:GetRolePolicy",
                                "iam:ListAttachedRolePolicies",
                                "iam:ListRolePolicies",
                                "iam:ListRoleTags",
                                "iam:PassRole",
                                "iam:PutRolePolicy",
                                "iam:RemoveRoleFromInstanceProfile",
                                "iam:TagRole",
                                "iam:UntagRole",
                                "iam:UpdateAssumeRolePolicy",
                                "iam:UpdateRole",
                                "iam:UpdateRoleDescription",
                            ],
                            roles,
                        )
                    ),
                )
            ],
        ),
        why="PowerUserAccess leaves IAM out; of IAM it may touch roles and profiles of this prefix alone.",
        silence={
            "PLAN-4.1-NO-WILDCARD": "It makes whatever a tier may hold. CloudFormation alone can assume it, and only"
            " for stacks of this account and prefix."
        },
    )


TEMPLATE = Tier(
    name="bootstrap",
    title="artifact bucket and service role",
    tasks="16.4",
    shape="Stands alone and before everything else; the deployment uploads to the bucket and passes the role.",
    build=build,
)
