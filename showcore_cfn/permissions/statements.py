"""From actions to the statements of a policy: by service, as narrow as IAM lets them be, each with its reason."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from showcore_cfn.permissions.actions import kinds
from showcore_cfn.permissions.resources import REASONS, Names, arns

EVERY = ("*",)
_BY_PREFIX = "named by our prefix"
_ONLY_OURS = (("StringEquals", "aws:ResourceTag/Project", ("ShowCore",)),)
_TAGGED = frozenset(  # ends what carries our tags under an id that AWS made
    {
        *("backup:DeleteBackupPlan", "cloudfront:DeleteDistribution"),
        *("ec2:DeleteFlowLogs", "ec2:DeleteInternetGateway", "ec2:DeleteRouteTable"),
        *("ec2:DeleteSecurityGroup", "ec2:DeleteSubnet", "ec2:DeleteVpc", "ec2:DeleteVpcEndpoints"),
        *("ec2:StopInstances", "ec2:TerminateInstances"),
        "elasticache:DeleteCacheParameterGroup",
    }
)
_TITLES = {
    "backup-storage": "BackupStorage",
    "ce": "CostExplorer",
    "cloudformation": "CloudFormation",
    "cloudfront": "CloudFront",
    "cloudtrail": "CloudTrail",
    "cloudwatch": "CloudWatch",
    "elasticache": "ElastiCache",
    "freetier": "FreeTier",
    "secretsmanager": "SecretsManager",
}

Condition = tuple[str, str, tuple[str, ...]]  # operator, key, values


@dataclass(frozen=True, slots=True)
class Statement:
    """One Allow of a policy. `reason` says why it reaches as far as it does, `source` where AWS says so."""

    sid: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    conditions: tuple[Condition, ...] = ()
    reason: str = ""
    source: str = ""

    @property
    def service(self) -> str:
        """The service of its actions."""
        return self.actions[0].partition(":")[0]


def by_service(actions: Iterable[str], more: Names | None = None) -> tuple[Statement, ...]:
    """The statements for these actions: up to three a service, in order."""
    groups: dict[str, list[str]] = {}
    for action in sorted(set(actions), key=str.lower):
        groups.setdefault(action.partition(":")[0], []).append(action)
    return tuple(statement for service in sorted(groups) for statement in _of(service, groups[service], more))


def merged(statements: Iterable[Statement]) -> tuple[Statement, ...]:
    """The statements by service and Sid; an Sid can stand for one statement only."""
    ordered = sorted(statements, key=lambda statement: (statement.service, statement.sid))
    assert len({statement.sid for statement in ordered}) == len(ordered)
    return tuple(ordered)


def title(service: str) -> str:
    """A service as it stands in an Sid, which takes letters and digits only."""
    return _TITLES.get(service, service.capitalize())


def _of(service: str, actions: list[str], more: Names | None) -> Iterable[Statement]:
    named = [action for action in actions if kinds(action) and action not in _TAGGED]
    tagged = [action for action in actions if action in _TAGGED]
    any_ = [action for action in actions if not kinds(action)]
    if named:
        reached = arns(named, more)
        reason = REASONS.get(service, "") if any(arn.endswith(("/*", ":*")) for arn in reached) else ""
        yield Statement(f"{title(service)}Ours", tuple(named), reached, reason=reason or _BY_PREFIX)
    if tagged:
        reason = f"{REASONS.get(service, '')}, so the tag decides".lstrip(", ")
        yield Statement(f"{title(service)}Tagged", tuple(tagged), arns(tagged, more), _ONLY_OURS, reason)
    if any_:
        reason = "IAM knows no resource for these actions"
        yield Statement(f"{title(service)}Any", tuple(any_), EVERY, reason=reason)
