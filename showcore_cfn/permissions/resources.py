"""Our resources as IAM names them: by kind, an ARN with the prefix in it, or with the reason why it has none.

A statement may name more ARNs than an action takes: those of another kind mean nothing to it. So one list a
service is as narrow as one an action, and far shorter. `${...}` is filled in by CloudFormation or by `policy`.
The forms of the ARNs are those of the Service Authorization Reference.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from showcore_cfn.permissions.actions import kinds

ACCOUNT = "us-east-1:${AWS::AccountId}"
_GLOBAL = ":${AWS::AccountId}"
BUCKET = "arn:${AWS::Partition}:s3:::${Prefix}-*-${AWS::AccountId}"
ARTIFACTS = "arn:${AWS::Partition}:s3:::${Prefix}-artifacts-${AWS::AccountId}"
STACKS = f"arn:${{AWS::Partition}}:cloudformation:{ACCOUNT}:stack/${{Prefix}}-*"
SERVICE_ROLE = "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/${Prefix}-cloudformation"
BOUNDARY = "arn:${AWS::Partition}:iam::${AWS::AccountId}:policy/${Prefix}-boundary"
ROLES = "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/${Prefix}-*-role"  # the rule for names; not the service role
PROFILES = "arn:${AWS::Partition}:iam::${AWS::AccountId}:instance-profile/${Prefix}-*"


def _arn(service: str, rest: str, where: str = ACCOUNT) -> str:
    return f"arn:${{AWS::Partition}}:{service}:{where}:{rest}"


_EC2_KINDS = (
    *("instance", "internet-gateway", "network-interface", "route-table", "security-group"),
    *("security-group-rule", "subnet", "volume", "vpc", "vpc-endpoint", "vpc-flow-log"),
)

NAMES: dict[tuple[str, str], tuple[str, ...]] = {
    ("backup", "backupplan"): (_arn("backup", "backup-plan:*"),),
    ("backup", "backupvault"): (_arn("backup", "backup-vault:${Prefix}-*"),),
    ("ce", "anomalymonitor"): (_arn("ce", "anomalymonitor/*", _GLOBAL),),
    ("ce", "anomalysubscription"): (_arn("ce", "anomalysubscription/*", _GLOBAL),),
    ("cloudformation", "stack"): (STACKS,),
    ("cloudfront", "cache-policy"): (_arn("cloudfront", "cache-policy/*", _GLOBAL),),
    ("cloudfront", "distribution"): (_arn("cloudfront", "distribution/*", _GLOBAL),),
    ("cloudfront", "origin-access-control"): (_arn("cloudfront", "origin-access-control/*", _GLOBAL),),
    ("cloudtrail", "trail"): (_arn("cloudtrail", "trail/${Prefix}-*"),),
    ("cloudwatch", "alarm"): (_arn("cloudwatch", "alarm:${Prefix}-*"),),
    ("cloudwatch", "dashboard"): (_arn("cloudwatch", "dashboard/*", _GLOBAL),),
    ("config", "configrule"): (_arn("config", "config-rule/*"),),
    ("config", "configurationrecorder"): (_arn("config", "configuration-recorder/*"),),
    **{("ec2", kind): (_arn("ec2", f"{kind}/*"),) for kind in _EC2_KINDS},
    ("ec2", "image"): ("arn:${AWS::Partition}:ec2:us-east-1::image/*",),
    ("elasticache", "cluster"): (_arn("elasticache", "cluster:${Prefix}-*"),),
    ("elasticache", "parametergroup"): (_arn("elasticache", "parametergroup:*"),),
    ("elasticache", "replicationgroup"): (_arn("elasticache", "replicationgroup:${Prefix}-*"),),
    ("elasticache", "snapshot"): (_arn("elasticache", "snapshot:*"),),
    ("elasticache", "subnetgroup"): (_arn("elasticache", "subnetgroup:${Prefix}-*"),),
    ("events", "rule-on-default-event-bus"): (_arn("events", "rule/${Prefix}-*"),),
    ("iam", "instance-profile"): (PROFILES,),
    ("iam", "role"): (ROLES,),
    ("kms", "key"): (_arn("kms", "key/*"),),
    ("logs", "delivery"): (_arn("logs", "delivery:*"),),
    ("logs", "delivery-destination"): (_arn("logs", "delivery-destination:${Prefix}-*"),),
    ("logs", "delivery-source"): (_arn("logs", "delivery-source:${Prefix}-*"),),
    ("rds", "auto-backup"): (_arn("rds", "auto-backup:*"),),
    ("rds", "db"): (_arn("rds", "db:${Prefix}-*"),),
    ("rds", "og"): (_arn("rds", "og:default*"),),
    ("rds", "pg"): (_arn("rds", "pg:${Prefix}-*"),),
    ("rds", "snapshot"): (_arn("rds", "snapshot:${Prefix}-*"),),
    ("rds", "subgrp"): (_arn("rds", "subgrp:${Prefix}-*"),),
    ("route53", "hostedzone"): ("arn:${AWS::Partition}:route53:::hostedzone/*",),
    ("s3", "bucket"): (BUCKET,),
    ("s3", "object"): (f"{ARTIFACTS}/*",),  # of all objects, templates alone
    ("secretsmanager", "secret"): (_arn("secretsmanager", "secret:rds!*"),),
    ("sns", "topic"): (_arn("sns", "${Prefix}-*"),),
    ("sqs", "queue"): (_arn("sqs", "${Prefix}-*"),),
    ("ssm", "document"): (_arn("ssm", "document/SSM-SessionManagerRunShell"),),
}

REASONS = {  # service -> why an ARN of it ends in a bare `*`
    "backup": "AWS Backup makes the ids of plans",
    "ce": "Cost Explorer makes the ids",
    "cloudfront": "CloudFront makes the ids",
    "cloudwatch": "the name of the dashboard is a setting",
    "config": "Config makes the ids of rules; a region has one recorder",
    "ec2": "EC2 makes the ids",
    "elasticache": "CloudFormation makes the name of the parameter group, and that of a final snapshot",
    "kms": "keys of AWS itself, whose ids differ by account",
    "logs": "CloudWatch Logs makes the ids of deliveries",
    "rds": "RDS makes the id of an automated backup; option groups are its default ones",
    "route53": "the zone of an endpoint belongs to AWS",
    "secretsmanager": "RDS makes the name of the secret, and begins it with rds!",
}


Names = Mapping[tuple[str, str], tuple[str, ...]]


def log_groups(names: Iterable[str]) -> Names:
    """The ARNs of log groups of these names, with and without the end that stands for their streams."""
    groups = [_arn("logs", f"log-group:{name}") for name in names]
    return {("logs", "log-group"): tuple(f"{group}{end}" for group in groups for end in ("", ":*"))}


def buckets(names: Iterable[str]) -> Names:
    """The ARNs of buckets of these names: not of every bucket of ours, since the templates lie in one too."""
    return {("s3", "bucket"): tuple(f"arn:${{AWS::Partition}}:s3:::{name}" for name in names)}


def arns(actions: Iterable[str], more: Names | None = None) -> tuple[str, ...]:
    """Our ARNs of every kind that one of these actions takes, in order; `more` are names known only elsewhere.

    LookupError where an action takes kinds of which we have none: the table above must then say which.
    """
    names = {**NAMES, **(more or {})}
    found: set[str] = set()
    for action in actions:
        service = action.partition(":")[0]
        own = [arn for kind in kinds(action) for arn in names.get((service, kind), ())]
        if not own:
            raise LookupError(
                f"{action} takes {', '.join(kinds(action))}, and none of these has a name here."
            )
        found.update(own)
    return tuple(sorted(found))
