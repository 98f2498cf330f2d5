"""Which IAM actions each command calls: the one table behind `--help`, the policies and the test that counts calls.

Plain data, so that `--help` stays fast. What CloudFormation itself does, it does with its own role; only `bootstrap`
works with the caller's rights.
"""

from __future__ import annotations

from collections.abc import Iterable


def _actions(service: str, names: str) -> frozenset[str]:
    return frozenset(f"{service}:{name}" for name in names.split())


def _all(*parts: Iterable[str]) -> frozenset[str]:
    return frozenset(action for part in parts for action in part)


_IDENTITY = frozenset({"sts:GetCallerIdentity"})
_STACKS = _actions("cloudformation", "DescribeStacks ListStackResources")
_EVENTS = _actions("cloudformation", "DescribeStackEvents")
_TEMPLATES = _actions("cloudformation", "GetTemplate")
_WAITING = _actions("cloudformation", "DescribeChangeSet ListChangeSets")
_UPLOAD = _actions("s3", "ListBucket PutObject") | _actions("s3", "GetObject")
_PLAN = _actions(
    "cloudformation", "CreateChangeSet DeleteChangeSet DeleteStack DescribeEvents TagResource"
) | {"iam:PassRole"}
_PROTECT = _actions("cloudformation", "GetStackPolicy SetStackPolicy UpdateTerminationProtection")
_LOOK = _all(_IDENTITY, _STACKS)
_MAKE = _all(_LOOK, _EVENTS, _TEMPLATES, _WAITING, _PLAN)
_FOLLOW = _all(_LOOK, _EVENTS)
_PREFLIGHT = _all(
    _LOOK,
    _TEMPLATES,
    _actions("backup", "ListBackupVaults"),
    _actions("ce", "GetAnomalyMonitors"),
    _actions("cloudformation", "DescribeStackResources"),
    _actions("cloudfront", "ListCachePolicies ListOriginAccessControls"),
    _actions("cloudtrail", "DescribeTrails"),
    _actions("cloudwatch", "DescribeAlarms GetDashboard"),
    _actions("config", "DescribeConfigRules DescribeConfigurationRecorders DescribeDeliveryChannels"),
    _actions("ec2", "DescribeAvailabilityZones DescribeVpcs"),
    _actions(
        "elasticache", "DescribeCacheEngineVersions DescribeCacheSubnetGroups DescribeReplicationGroups"
    ),
    _actions("events", "DescribeRule"),
    _actions("freetier", "GetAccountPlanState"),
    _actions("iam", "GetInstanceProfile GetRole"),
    _actions("logs", "DescribeLogGroups"),
    _actions("rds", "DescribeDBEngineVersions DescribeDBInstances DescribeDBParameterGroups"),
    _actions("rds", "DescribeDBSubnetGroups DescribeOrderableDBInstanceOptions"),
    _actions("s3", "ListBucket"),
    _actions("servicequotas", "GetServiceQuota"),
    _actions("sns", "GetTopicAttributes ListSubscriptionsByTopic"),
    _actions("sqs", "GetQueueUrl"),
    _actions("ssm", "DescribeDocument"),
)
_DRIFT = _actions(
    "cloudformation",
    "BatchDescribeTypeConfigurations DescribeStackDriftDetectionStatus DescribeStackResourceDrifts"
    " DetectStackDrift",
)
_VERIFY = _all(
    _MAKE,
    _DRIFT,
    _actions("backup", "DescribeBackupVault GetBackupPlan GetBackupSelection ListBackupJobs"),
    _actions("backup", "ListBackupSelections ListRecoveryPointsByBackupVault"),
    _actions("ce", "GetAnomalyMonitors GetAnomalySubscriptions GetCostAndUsage ListCostAllocationTags"),
    _actions("cloudformation", "ExecuteChangeSet GetResource"),
    _actions("cloudfront", "GetCachePolicy GetDistribution"),
    _actions("cloudtrail", "DescribeTrails GetTrailStatus LookupEvents"),
    _actions("cloudwatch", "DescribeAlarmHistory DescribeAlarms GetDashboard SetAlarmState"),
    _actions("config", "DescribeComplianceByConfigRule DescribeConfigRules"),
    _actions("config", "DescribeConfigurationRecorderStatus DescribeConfigurationRecorders"),
    _actions("config", "DescribeDeliveryChannelStatus DescribeDeliveryChannels"),
    _actions("config", "GetComplianceDetailsByConfigRule"),
    _actions("ec2", "DescribeInternetGateways DescribeNatGateways DescribeRouteTables"),
    _actions("ec2", "DescribeSecurityGroups DescribeSubnets DescribeVpcAttribute DescribeVpcEndpoints"),
    _actions("ec2", "DescribeVpcs"),
    _actions("elasticache", "DescribeCacheClusters DescribeCacheSubnetGroups DescribeReplicationGroups"),
    _actions("elasticache", "DescribeSnapshots"),
    _actions("freetier", "GetAccountPlanState"),
    _actions("kms", "DescribeKey"),
    _actions("logs", "DescribeLogGroups FilterLogEvents"),
    _actions("organizations", "DescribeEffectivePolicy"),
    _actions("rds", "DescribeDBInstances DescribeDBParameters"),
    _actions("s3", "DeleteObject DeleteObjectVersion GetBucketOwnershipControls GetBucketPolicy"),
    _actions("s3", "GetBucketPolicyStatus GetBucketPublicAccessBlock GetBucketVersioning"),
    _actions("s3", "GetEncryptionConfiguration GetLifecycleConfiguration ListBucketVersions PutObject"),
    _actions("secretsmanager", "GetSecretValue"),
    _actions("sns", "ListSubscriptionsByTopic"),
    _actions("ssm", "AddTagsToResource DeleteParameter DescribeInstanceInformation GetCommandInvocation"),
    _actions("ssm", "GetDocument PutParameter SendCommand"),
    _actions("tag", "GetResources"),
)
_RESTORE = _all(  # `verify --drill restore` alone
    _actions("backup", "DeleteRecoveryPoint DescribeBackupJob DescribeRestoreJob"),
    _actions("backup", "GetRecoveryPointRestoreMetadata StartBackupJob StartRestoreJob"),
    _actions("elasticache", "AddTagsToResource CreateReplicationGroup CreateSnapshot"),
    _actions("elasticache", "DeleteReplicationGroup DeleteSnapshot"),
    _actions("rds", "AddTagsToResource CreateDBSnapshot DeleteDBInstance DeleteDBSnapshot"),
    _actions("rds", "DescribeDBSnapshots ModifyDBInstance RestoreDBInstanceFromDBSnapshot"),
)

_EMPTY = _all(  # `destroy --empty-buckets --delete-buckets --delete-recovery-points` alone
    _actions("backup", "DeleteBackupVault DeleteRecoveryPoint"),
    _actions("s3", "AbortMultipartUpload DeleteBucket DeleteObject DeleteObjectVersion"),
)

COMMANDS: dict[str, frozenset[str]] = {
    "account": _all(
        _MAKE,
        _actions("ce", "ListCostAllocationTags UpdateCostAllocationTagsStatus"),
        _actions("cloudformation", "ExecuteChangeSet"),
        _actions("cloudwatch", "ListMetrics"),
        _actions("freetier", "GetAccountPlanState"),
        _actions("organizations", "DescribeOrganization EnablePolicyType ListRoots"),
    )
    - {"iam:PassRole"},
    "bootstrap": (_MAKE | _actions("cloudformation", "ExecuteChangeSet")) - {"iam:PassRole"},
    "cost": _all(_IDENTITY, _actions("ce", "GetCostAndUsage ListCostAllocationTags")),
    "deploy": _all(
        _PREFLIGHT,
        _DRIFT,
        _MAKE,
        _UPLOAD,
        _PROTECT,
        _actions("cloudformation", "CancelUpdateStack ExecuteChangeSet"),
    ),
    "destroy": _all(
        _MAKE,
        _UPLOAD,
        _PROTECT,
        _actions("cloudformation", "CancelUpdateStack ExecuteChangeSet"),
        _EMPTY,
        _actions("backup", "ListBackupVaults ListRecoveryPointsByBackupVault"),
        _actions("cloudformation", "DescribeStackResources ListStacks"),
        _actions("s3", "ListBucketMultipartUploads ListBucketVersions"),
    ),
    "diagnose": _all(_FOLLOW, _WAITING, _actions("cloudformation", "DescribeEvents")),
    "diff": _all(_LOOK, _TEMPLATES, _actions("s3", "GetObject ListBucket")),
    "doctor": _all(_LOOK, _actions("s3", "ListBucket")),
    "drift": _all(_LOOK, _TEMPLATES, _DRIFT),
    "events": _FOLLOW,
    "outputs": _LOOK,
    "plan": _all(_MAKE, _UPLOAD, _DRIFT, _PREFLIGHT),
    "preflight": _PREFLIGHT,
    "protect": _all(_MAKE, _UPLOAD, _PROTECT, _actions("cloudformation", "ExecuteChangeSet")),
    "recover": _all(
        _MAKE,
        _actions("cloudformation", "CancelUpdateStack ContinueUpdateRollback RollbackStack"),
    ),
    "releases": _all(_IDENTITY, _actions("s3", "GetObject ListBucket")),
    "review": _all(_LOOK, _TEMPLATES, _actions("s3", "GetObject ListBucket")),
    "runbook": _LOOK,
    "status": _all(_FOLLOW, _WAITING, _actions("cloudformation", "GetStackPolicy")),
    "unprotect": _all(_MAKE, _UPLOAD, _PROTECT, _actions("cloudformation", "ExecuteChangeSet")),
    "verify": _VERIFY | _RESTORE,
    "watch": _FOLLOW | _actions("cloudformation", "CancelUpdateStack"),
}
READS_ONLY = (
    "diagnose",
    "diff",
    "doctor",
    "drift",
    "events",
    "outputs",
    "preflight",
    "releases",
    "review",
    "runbook",
    "status",
)
DEPLOYS = ("deploy", "destroy", "plan", "protect", "recover", "unprotect", "watch", *READS_ONLY)
_BOOTSTRAP = (
    "It works with your own rights: `showcore policy --for bootstrap` has those that the stack needs as well."
)
_DRIFTS = (
    "To find drift, CloudFormation reads resources with your rights: `showcore policy` grants those too."
)
_NOTES = {"bootstrap": _BOOTSTRAP, **dict.fromkeys(("deploy", "drift", "plan", "verify"), _DRIFTS)}


_HELP_COLUMNS = 74  # of the 80 that a help text takes at most, with click's own indentation


def epilog(command: str) -> str | None:
    """The end of a command's help: what it calls; None where it never asks AWS."""
    actions = COMMANDS.get(command)
    if actions is None:
        return None
    services: dict[str, list[str]] = {}
    for action in sorted(actions):
        service, _, name = action.partition(":")
        services.setdefault(service, []).append(name)
    lines = [line for service, names in services.items() for line in _lines(service, names)]
    note = [_NOTES[command]] if command in _NOTES else []
    return "\n\n".join(["\n".join(["\b", "IAM actions that it calls:", *lines]), *note])


def _lines(service: str, names: list[str]) -> list[str]:
    """A service and its actions, broken as a help text is; what goes on is indented."""
    lines = [f"{service}:"]
    for name in names:
        word = name if name == names[-1] else f"{name},"
        if len(lines[-1]) + 1 + len(word) > _HELP_COLUMNS:
            lines.append(" ")
        lines[-1] += f" {word}"
    return lines
