"""Whose policies there are, and what stands in each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum

from showcore_cfn.permissions import added
from showcore_cfn.permissions.actions import kinds
from showcore_cfn.permissions.commands import COMMANDS, DEPLOYS, READS_ONLY
from showcore_cfn.permissions.handlers import READS, Body, demand
from showcore_cfn.permissions.resources import (
    ACCOUNT,
    ARTIFACTS,
    BOUNDARY,
    BUCKET,
    SERVICE_ROLE,
    Names,
    buckets,
    log_groups,
)
from showcore_cfn.permissions.statements import EVERY, Statement, by_service, merged, title

OUTSIDE = ("bootstrap.yaml", "organization.yaml")  # made with other rights, or in another account
_READING = ("Batch", "Describe", "Detect", "Filter", "Get", "List", "Lookup")
_NARROW = frozenset({"cloudformation", "s3", "secretsmanager"})  # read by name even so
_OF_ANY_STACK = frozenset(
    {"cloudformation:DescribeStackResources"}
)  # asks whose a resource is, not for a stack
_EMPTIES = frozenset(  # what a nest left behind, by name: never the bucket of the templates
    {"s3:AbortMultipartUpload", "s3:DeleteBucket", "s3:DeleteObject", "s3:DeleteObjectVersion"}
)
_PROBE = f"arn:${{AWS::Partition}}:ssm:{ACCOUNT}"


class Principal(StrEnum):
    """Whom a policy is for."""

    SERVICE_ROLE = "service-role"  # CloudFormation's, which the bootstrap template makes
    DEPLOYER = "deployer"  # whoever runs plan, deploy, destroy
    READER = "reader"  # whoever looks
    VERIFY = "verify"  # whoever runs verify
    BOOTSTRAP = "bootstrap"  # whoever runs bootstrap: may make roles, so an administrator


def statements(principal: Principal, bodies: Mapping[str, Body]) -> tuple[Statement, ...]:
    """The policy for somebody, from the templates by file name."""
    nest = [body for name, body in bodies.items() if name not in OUTSIDE]
    if principal is Principal.SERVICE_ROLE:
        return service_role(nest)
    if principal is Principal.BOOTSTRAP:
        return _bootstrap([bodies["bootstrap.yaml"]])
    if principal is Principal.DEPLOYER:
        return _person(_called(DEPLOYS), nest)
    if principal is Principal.READER:
        return _person(_called(READS_ONLY), nest)
    return _person(_called(("verify",)), nest)


def service_role(nest: Iterable[Body]) -> tuple[Statement, ...]:
    """What CloudFormation needs to make, change and delete the nest and the probe."""
    asked = demand(nest)
    plain = (action for action in asked.actions if action not in added.SPECIAL)
    names = {**log_groups(asked.log_groups), **buckets(asked.buckets)}
    return merged((*by_service(plain, names), *added.service_role(asked)))


def _person(called: frozenset[str], nest: list[Body]) -> tuple[Statement, ...]:
    """What somebody calls; and, to find drift, what CloudFormation then reads with their rights."""
    drifts = "cloudformation:DetectStackDrift" in called
    read = frozenset(demand(nest, READS).actions if drifts else ()) - {"iam:PassRole"}
    wide = {action for action in called | read if _is_wide(action)}
    empties = called & _EMPTIES if "s3:DeleteBucket" in called else frozenset()
    narrow = (called | read) - wide - empties - {"iam:PassRole"}
    return merged(
        (
            *by_service(narrow, _names(nest, data="s3:DeleteObject" in narrow)),
            *((added.empty_buckets(demand(nest).buckets, empties),) if empties else ()),
            *_reading(wide),
            *((added.pass_service_role(),) if "iam:PassRole" in called else ()),
            *((added.pass_backup_role(),) if "backup:StartRestoreJob" in called else ()),
        )
    )


def _is_wide(action: str) -> bool:
    if action in _OF_ANY_STACK:
        return True
    service, _, name = action.partition(":")
    return service not in _NARROW and name.startswith(_READING) and bool(kinds(action))


def _reading(actions: Iterable[str]) -> Iterable[Statement]:
    services: dict[str, list[str]] = {}
    for action in sorted(actions):
        services.setdefault(action.partition(":")[0], []).append(action)
    for service, own in services.items():
        yield Statement(
            f"{title(service)}Read",
            tuple(own),
            EVERY,
            reason="reading, also of what has other names than ours: who took a name is seen only so",
        )


def _names(nest: list[Body], *, data: bool) -> Names:
    """What a person names beside the stacks: one's own buckets, the instance that a probe runs on."""
    backup = f"arn:${{AWS::Partition}}:backup:{ACCOUNT}:recovery-point:*"
    return {
        **log_groups(demand(nest).log_groups),
        ("s3", "bucket"): (BUCKET,),
        ("s3", "object"): (f"{BUCKET if data else ARTIFACTS}/*",),
        ("ssm", "parameter"): (f"{_PROBE}:parameter/${{Prefix}}/*",),
        ("ssm", "document"): ("arn:${AWS::Partition}:ssm:us-east-1::document/AWS-RunShellScript",),
        ("ssm", "instance"): (f"arn:${{AWS::Partition}}:ec2:{ACCOUNT}:instance/*",),
        ("backup", "recoverypoint"): (backup, f"arn:${{AWS::Partition}}:rds:{ACCOUNT}:snapshot:*"),
    }


def _bootstrap(bodies: list[Body]) -> tuple[Statement, ...]:
    """The calls of `bootstrap`, and the actions of the handlers, on the artifact bucket and our own policies."""
    asked = frozenset(demand(bodies).actions) | COMMANDS["bootstrap"]
    policies = f"{BOUNDARY.rpartition('-')[0]}-*"
    names: Names = {
        ("s3", "bucket"): (ARTIFACTS,),
        ("iam", "role"): (SERVICE_ROLE,),
        ("iam", "policy"): (policies,),
    }
    return merged(by_service(asked - {"iam:PassRole"}, names))


def _called(commands: Iterable[str]) -> frozenset[str]:
    return frozenset(action for command in commands for action in COMMANDS[command])
