"""What the resource schemas leave out, and what of IAM and KMS must be said more narrowly than by name.

Each statement has its reason and the page of AWS that it rests on.
"""

from __future__ import annotations

from collections.abc import Iterable

from showcore_cfn.permissions.handlers import Demand
from showcore_cfn.permissions.resources import ARTIFACTS, BOUNDARY, ROLES, SERVICE_ROLE, STACKS
from showcore_cfn.permissions.statements import EVERY, Condition, Statement

_IAM = "https://docs.aws.amazon.com/IAM/latest/UserGuide"
_EC2_ACTIONS = "https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html"
_LINKED = "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/aws-service-role"
_LINKED_SERVICES = (  # whose first use makes a service-linked role
    *("backup.amazonaws.com", "delivery.logs.amazonaws.com", "elasticache.amazonaws.com"),
    "rds.amazonaws.com",
)
_BOUNDED: Condition = ("StringEquals", "iam:PermissionsBoundary", (BOUNDARY,))
SPECIAL = frozenset(  # actions that `service_role` says itself
    {
        *("iam:AttachRolePolicy", "iam:CreateRole", "iam:CreateServiceLinkedRole", "iam:DeleteRolePolicy"),
        *("iam:DetachRolePolicy", "iam:PassRole", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy"),
        *("kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey"),
        "kms:RetireGrant",
    }
)


def service_role(demand: Demand) -> tuple[Statement, ...]:
    """What CloudFormation's role needs beside the handlers' actions by name."""
    return (*_roles(demand), *_service_linked(), *_keys(demand), *_templates(), *_left_out(demand))


def _roles(demand: Demand) -> tuple[Statement, ...]:
    attached: Condition = ("ArnEquals", "iam:PolicyARN", demand.managed_policies)
    bounded = tuple(sorted(SPECIAL & set(demand.actions) & _BOUNDARY_KNOWS))
    source = f"{_IAM}/access_policies_boundaries.html"
    reason = "a role that a stack makes can never do more than the boundary"
    return (
        Statement("IamBounded", bounded, (ROLES,), (_BOUNDED,), reason, source),
        Statement(
            "IamAttach",
            ("iam:AttachRolePolicy", "iam:DetachRolePolicy"),
            (ROLES,),
            (_BOUNDED, attached),
            "only the policies of AWS that the templates name",
            source,
        ),
        Statement(
            "IamPass",
            ("iam:PassRole",),
            (ROLES,),
            (("StringEquals", "iam:PassedToService", demand.services),),
            "only to the services that the templates give a role",
            f"{_IAM}/id_roles_use_passrole.html",
        ),
    )


_BOUNDARY_KNOWS = frozenset(
    {"iam:CreateRole", "iam:DeleteRolePolicy", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy"}
)


def _service_linked() -> tuple[Statement, ...]:
    source = f"{_IAM}/using-service-linked-roles.html"
    return (
        Statement(
            "IamServiceLinked",
            ("iam:CreateServiceLinkedRole",),
            (f"{_LINKED}/*",),
            (("StringEquals", "iam:AWSServiceName", _LINKED_SERVICES),),
            "the first database, cache, backup or log delivery of an account makes it",
            source,
        ),
        Statement(
            "IamServiceLinkedRead",
            ("iam:GetRole",),
            (f"{_LINKED}/*",),
            reason="handlers look whether a service-linked role is there",
            source=source,
        ),
    )


def _keys(demand: Demand) -> tuple[Statement, ...]:
    actions = tuple(action for action in demand.actions if action.startswith("kms:"))
    if not actions:
        return ()
    return (
        Statement(
            "KmsThroughServices",
            actions,
            ("arn:${AWS::Partition}:kms:us-east-1:${AWS::AccountId}:key/*",),
            (("StringLike", "kms:ViaService", ("*.us-east-1.amazonaws.com",)),),
            "keys of AWS itself, whose ids differ by account; only when a service asks",
            "https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service",
        ),
    )


def _templates() -> tuple[Statement, ...]:
    return (
        Statement(
            "S3Templates",
            ("s3:GetObject",),
            (f"{ARTIFACTS}/*",),
            reason="the TemplateURL of each nested stack",
            source="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/"
            "aws-resource-cloudformation-stack.html",
        ),
        Statement(
            "CloudFormationChangeSets",
            (
                *("cloudformation:CreateChangeSet", "cloudformation:DeleteChangeSet"),
                *("cloudformation:DescribeChangeSet", "cloudformation:ExecuteChangeSet"),
                "cloudformation:TagResource",
            ),
            (STACKS,),
            reason="a nested change set makes one for each nested stack",
            source="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/"
            "change-sets-for-nested-stacks.html",
        ),
    )


def _left_out(demand: Demand) -> tuple[Statement, ...]:
    """By the type that needs it."""
    types = {kind for kinds in demand.actions.values() for kind in kinds}
    table = {
        "AWS::ElastiCache::ReplicationGroup": Statement(
            "LogsForElastiCache",
            ("logs:DescribeResourcePolicies", "logs:PutResourcePolicy"),
            EVERY,
            reason="log delivery of a cache adds a resource policy; IAM knows no resource for these actions",
            source="https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/Log_Delivery.html",
        ),
        "AWS::Logs::DeliverySource": Statement(
            "CloudFrontLogs",
            ("cloudfront:AllowVendedLogDeliveryForResource",),
            ("arn:${AWS::Partition}:cloudfront::${AWS::AccountId}:distribution/*",),
            reason="standard logging of a distribution, whose id CloudFront makes",
            source="https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging.html",
        ),
        "AWS::EC2::VPCEndpoint": Statement(
            "Route53PrivateNames",
            ("route53:AssociateVPCWithHostedZone",),
            ("arn:${AWS::Partition}:route53:::hostedzone/*",),
            reason="private DNS of an interface endpoint; the zone belongs to AWS",
            source=_EC2_ACTIONS,
        ),
        "AWS::EC2::Instance": Statement(
            "SsmImage",
            ("ssm:GetParameters",),
            ("arn:${AWS::Partition}:ssm:us-east-1::parameter/aws/service/ami-amazon-linux-latest/*",),
            reason="the probe takes the newest Amazon Linux from a public parameter",
            source="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/"
            "cloudformation-supplied-parameter-types.html",
        ),
    }
    return tuple(statement for kind, statement in table.items() if kind in types)


def pass_service_role() -> Statement:
    """Whoever deploys hands CloudFormation its role, and hands it to nobody else."""
    return Statement(
        "IamPass",
        ("iam:PassRole",),
        (SERVICE_ROLE,),
        (("StringEquals", "iam:PassedToService", ("cloudformation.amazonaws.com",)),),
        "CloudFormation works with the service role and not with the caller's rights",
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-iam-servicerole.html",
    )


def pass_backup_role() -> Statement:
    """Whoever tries a restore hands AWS Backup its role."""
    return Statement(
        "IamPassToBackup",
        ("iam:PassRole",),
        (ROLES,),
        (("StringEquals", "iam:PassedToService", ("backup.amazonaws.com",)),),
        "AWS Backup restores with the role of the backup tier",
        "https://docs.aws.amazon.com/aws-backup/latest/devguide/iam-service-roles.html",
    )


def empty_buckets(names: Iterable[str], actions: Iterable[str]) -> Statement:
    """Whoever deletes a nest may empty its buckets when told to; those of nobody else."""
    arns = [f"arn:${{AWS::Partition}}:s3:::{name}" for name in names]
    return Statement(
        "S3Empty",
        tuple(sorted(actions)),
        tuple(f"{arn}{end}" for arn in arns for end in ("", "/*")),
        reason="the buckets that the templates name, and what is in them; not the one of the templates",
        source="https://docs.aws.amazon.com/AmazonS3/latest/userguide/delete-or-empty-bucket.html",
    )
