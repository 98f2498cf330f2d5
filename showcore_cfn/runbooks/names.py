"""What stands in a runbook's braces: names that follow from the settings, and ids that only AWS knows.

The names are those that the templates give; a test holds the two together. An id that has not been asked for
stands in angle brackets, after the resource or output that holds it: a shell refuses to run such a line.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable

from showcore_cfn.aws.gateways import CloudFormation
from showcore_cfn.aws.values import Stack
from showcore_cfn.settings import EXAMPLE_ACCOUNT, Settings

REDIS_SNAPSHOT_LENGTH = 40  # the longest name that ElastiCache takes for a snapshot
_DATE = "-YYYYMMDD"

OUTPUTS = {
    "database_endpoint": "DatabaseEndpoint",
    "database_secret": "DatabaseSecretArn",
    "redis_endpoint": "RedisEndpoint",
}
RESOURCES = {
    "vpc": "network/VPC",
    "private_subnet_a": "network/PrivateSubnetA",
    "private_subnet_b": "network/PrivateSubnetB",
    "private_route_table_a": "network/PrivateRouteTableA",
    "private_route_table_b": "network/PrivateRouteTableB",
    "endpoint_security_group": "network/VpcEndpointSecurityGroup",
    "application_security_group": "security/ApplicationSecurityGroup",
    "database_security_group": "security/RdsSecurityGroup",
    "redis_security_group": "security/ElastiCacheSecurityGroup",
    "redis_parameter_group": "cache/ElastiCacheParameterGroup",
}


def names(settings: Settings, env: str | None = None) -> dict[str, str]:
    """Every placeholder without AWS. `env` is the environment that commands have to name, where they have to."""
    prefix, environment = settings.prefix, settings.environment
    account = "<account-id>" if settings.account_id == EXAMPLE_ACCOUNT else settings.account_id
    topic = f"arn:aws:sns:{settings.region}:{account}:{prefix}"
    unknown = {name: f"<{path.rpartition('/')[2]}>" for name, path in (RESOURCES | OUTPUTS).items()}
    copy = {**settings.tags, "Environment": f"{environment}-drill"}  # the nightly backup plan leaves it alone
    return unknown | {
        "env": f" --env {env}" if env else "",
        "environment": environment,
        "stack": settings.stack_name,
        "account": account,
        "region": settings.region,
        "zone_a": settings.values["AvailabilityZoneA"],
        "zone_b": settings.values["AvailabilityZoneB"],
        "session_profile": f"{prefix}-session-manager-{environment}-instance-profile",
        "copy_tags": " ".join(shlex.quote(f"Key={key},Value={value}") for key, value in copy.items()),
        "database": f"{prefix}-db",
        "database_subnet_group": f"{prefix}-database-{environment}-subnet-group",
        "database_parameter_group": f"{prefix}-database-{environment}-parameter-group",
        "redis": f"{prefix}-redis",
        "redis_node": f"{prefix}-redis-001",
        "redis_snapshot": _redis_snapshot(prefix),
        "redis_subnet_group": f"{prefix}-cache-{environment}-subnet-group",
        "assets_bucket": f"{prefix}-static-assets-{account}",
        "backups_bucket": f"{prefix}-backups-{account}",
        "cloudtrail_bucket": f"{prefix}-cloudtrail-logs-{account}",
        "config_bucket": f"{prefix}-config-{account}",
        "artifacts_bucket": f"{prefix}-artifacts-{account}",
        "bootstrap_stack": f"{prefix}-bootstrap",
        "vault": f"{prefix}-backup-vault",
        "critical_topic": f"{topic}-critical-alerts",
        "warning_topic": f"{topic}-warning-alerts",
        "billing_topic": f"{topic}-billing-alerts",
    }


def deployed(cloudformation: CloudFormation, stack: Stack, wanted: Iterable[str]) -> dict[str, str]:
    """The wanted placeholders that outputs and resources of a deployed nest hold; what is not there is left out.

    Asks for the resources of the nested stacks that hold one of them, and of no others.
    """
    outputs = {output.key: output.value for output in stack.outputs}
    found = {name: outputs[OUTPUTS[name]] for name in wanted if OUTPUTS.get(name) in outputs}
    paths = {name: RESOURCES[name] for name in wanted if name in RESOURCES}
    ids = _physical_ids(cloudformation, stack, {path.split("/")[0] for path in paths.values()})
    return found | {name: ids[path] for name, path in paths.items() if path in ids}


def _physical_ids(cloudformation: CloudFormation, stack: Stack, tiers: set[str]) -> dict[str, str]:
    """Physical ids by `tier/LogicalId`, of these tiers."""
    if not tiers:
        return {}
    nested = {
        resource.logical_id.lower(): resource.physical_id
        for resource in cloudformation.resources(stack.id)
        if resource.is_stack and resource.physical_id
    }
    return {
        f"{tier}/{resource.logical_id}": resource.physical_id
        for tier in sorted(tiers & nested.keys())
        for resource in cloudformation.resources(nested[tier])
        if resource.physical_id
    }


def _redis_snapshot(prefix: str) -> str:
    """The plan's name, and a shorter one where a long prefix leaves no room for it."""
    name = f"{prefix}-redis-manual-snapshot"
    return name if len(name + _DATE) <= REDIS_SNAPSHOT_LENGTH else f"{prefix}-redis-manual"
