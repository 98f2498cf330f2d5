"""An environment in which everything is as the plan wants it: the facts as values, for tests to change one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeAlias, TypeVar, cast

from showcore_cfn.generate import generate
from showcore_cfn.settings import plan_defaults
from showcore_cfn.template.load import load_set
from showcore_cfn.verify.check import Outcome, perform
from showcore_cfn.verify.expected import Expected
from showcore_cfn.verify.facts import alerts, audit, backup, data, money, network, probes, stack, storage
from showcore_cfn.verify.look import Fact, Look
from showcore_cfn.verify.registry import CHECKS

T = TypeVar("T")
Facts = dict[Fact[object], object]
Case: TypeAlias = "tuple[str, str, Facts, str]"

ACCOUNT = "111122223333"
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
DEPLOYED = NOW - timedelta(days=3)
STACK_NAME = "showcore-phase1-production"
TEXTS = generate()
WANT = Expected(
    account_id=ACCOUNT,
    region="us-east-1",
    stack_name=STACK_NAME,
    parameters=plan_defaults().parameters(),
    now=NOW,
    templates=load_set(TEXTS),
    monthly_usd=90.0,
    trusted=("arn:aws:iam::111122223333:role/showcore-cloudformation", "arn:aws:iam::111122223333:user/ada"),
)
TAGS = {
    "Project": "ShowCore",
    "Phase": "Phase1",
    "Environment": "production",
    "ManagedBy": "CloudFormation",
    "CostCenter": "ShowCore",
}
TIERS = (
    *("network", "security", "alerts", "storage", "database"),
    *("cache", "cdn", "account", "monitoring", "backup"),
)
_IDS = {
    "VPC": ("network", "AWS::EC2::VPC", "vpc-1"),
    "InternetGateway": ("network", "AWS::EC2::InternetGateway", "igw-1"),
    "PublicSubnetA": ("network", "AWS::EC2::Subnet", "subnet-pub-a"),
    "PublicSubnetB": ("network", "AWS::EC2::Subnet", "subnet-pub-b"),
    "PrivateSubnetA": ("network", "AWS::EC2::Subnet", "subnet-priv-a"),
    "PrivateSubnetB": ("network", "AWS::EC2::Subnet", "subnet-priv-b"),
    "S3GatewayEndpoint": ("network", "AWS::EC2::VPCEndpoint", "vpce-s3"),
    "DynamoDBGatewayEndpoint": ("network", "AWS::EC2::VPCEndpoint", "vpce-dynamodb"),
    "CloudWatchLogsEndpoint": ("network", "AWS::EC2::VPCEndpoint", "vpce-logs"),
    "CloudWatchMonitoringEndpoint": ("network", "AWS::EC2::VPCEndpoint", "vpce-monitoring"),
    "SystemsManagerEndpoint": ("network", "AWS::EC2::VPCEndpoint", "vpce-ssm"),
    "SystemsManagerMessagesEndpoint": ("network", "AWS::EC2::VPCEndpoint", "vpce-ssmmessages"),
    "VpcEndpointSecurityGroup": ("network", "AWS::EC2::SecurityGroup", "sg-endpoint"),
    "ApplicationSecurityGroup": ("security", "AWS::EC2::SecurityGroup", "sg-app"),
    "RdsSecurityGroup": ("security", "AWS::EC2::SecurityGroup", "sg-rds"),
    "ElastiCacheSecurityGroup": ("security", "AWS::EC2::SecurityGroup", "sg-cache"),
    "StaticAssetsBucket": ("storage", "AWS::S3::Bucket", f"showcore-static-assets-{ACCOUNT}"),
    "BackupsBucket": ("storage", "AWS::S3::Bucket", f"showcore-backups-{ACCOUNT}"),
    "CloudTrailBucket": ("account", "AWS::S3::Bucket", f"showcore-cloudtrail-logs-{ACCOUNT}"),
    "ConfigBucket": ("account", "AWS::S3::Bucket", f"showcore-config-{ACCOUNT}"),
    "CloudTrail": ("account", "AWS::CloudTrail::Trail", "showcore-audit-production-trail"),
    "Database": ("database", "AWS::RDS::DBInstance", "showcore-db"),
    "RedisCluster": ("cache", "AWS::ElastiCache::ReplicationGroup", "showcore-redis"),
    "CloudFrontDistribution": ("cdn", "AWS::CloudFront::Distribution", "E1"),
    "BackupVault": ("backup", "AWS::Backup::BackupVault", "showcore-backup-vault"),
    "RdsBackupPlan": ("backup", "AWS::Backup::BackupPlan", "plan-1"),
}
DISTRIBUTION_ARN = f"arn:aws:cloudfront::{ACCOUNT}:distribution/E1"
TOPIC_ARN = f"arn:aws:sns:us-east-1:{ACCOUNT}:showcore-"


def _nested(tier: str) -> stack.StackResource:
    return stack.StackResource("", tier.capitalize(), stack.NESTED, f"arn:stack/{tier}", "CREATE_COMPLETE")


def _live(tier: str) -> stack.LiveStack:
    name = f"{STACK_NAME}-{tier}" if tier else STACK_NAME
    return stack.LiveStack(
        tier=tier,
        name=name,
        id=f"arn:stack/{tier}",
        status="CREATE_COMPLETE",
        created=DEPLOYED,
        updated=None,
        parameters={} if tier else WANT.parameters,
        termination_protection=not tier,
    )


STACK = stack.StackTree(
    stacks=tuple(_live(tier) for tier in ("", *TIERS)),
    resources=(
        *(_nested(tier) for tier in TIERS),
        *(
            stack.StackResource(tier, name, kind, id_, "CREATE_COMPLETE")
            for name, (tier, kind, id_) in _IDS.items()
        ),
    ),
)


def _bucket(logical_id: str, *statements: object) -> storage.Bucket:
    tls = {"Effect": "Deny", "Principal": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}
    rule = storage.LifecycleRule("all", True, expiration_days=90, noncurrent_days=90)
    if logical_id == "BackupsBucket":
        rule = replace(rule, storage_class="GLACIER", transition_days=30)
    if logical_id == "StaticAssetsBucket":
        rule = replace(rule, expiration_days=0)
    return storage.Bucket(
        logical_id=logical_id,
        name=_IDS[logical_id][2],
        versioned=True,
        encryption="AES256",
        blocks_public_access=True,
        ownership="BucketOwnerEnforced",
        public=False,
        lifecycle=(rule,),
        statements=(tls, *statements),  # type: ignore[arg-type]
    )


_READ_BY_CLOUDFRONT = {
    "Effect": "Allow",
    "Principal": {"Service": "cloudfront.amazonaws.com"},
    "Condition": {"StringEquals": {"AWS:SourceArn": DISTRIBUTION_ARN}},
}


def _endpoint(name: str, kind: str = "Interface") -> network.Endpoint:
    service = _IDS[name][2].removeprefix("vpce-")
    if kind == "Gateway":
        return network.Endpoint(_IDS[name][2], service, kind, "available", route_table_ids=("rtb-a", "rtb-b"))
    subnets = ("subnet-priv-a", "subnet-priv-b")
    return network.Endpoint(_IDS[name][2], service, kind, "available", True, subnets, (), ("sg-endpoint",))


def _private(id_: str, subnet: str) -> network.RouteTable:
    local = network.Route("10.0.0.0/16", "local")
    endpoints = (network.Route("pl-1", "vpce-s3"), network.Route("pl-2", "vpce-dynamodb"))
    return network.RouteTable(id_, (subnet,), (local, *endpoints))


def _group(name: str, port: int, peer: str) -> network.SecurityGroup:
    rule = network.Rule("tcp", port, port, peer, "what it is for")
    return network.SecurityGroup(_IDS[name][2], name, (rule,))


def _alarm(
    name: str,
    namespace: str,
    metrics: tuple[str, ...],
    dimensions: Mapping[str, str],
    threshold: float,
    topic: str,
    comparison: str = "GreaterThanThreshold",
    statistic: str = "Average",
    period: int = 300,
) -> alerts.Alarm:
    pairs = tuple(sorted(dimensions.items()))
    return alerts.Alarm(
        name=f"showcore-{name}",
        arn=f"arn:aws:cloudwatch:us-east-1:{ACCOUNT}:alarm:showcore-{name}",
        state="OK",
        enabled=True,
        actions=(f"{TOPIC_ARN}{topic}-alerts",),
        metrics=tuple(alerts.Metric(namespace, metric, pairs, statistic, period) for metric in metrics),
        expression="",
        comparison=comparison,
        threshold=threshold,
        evaluation_periods=1,
        missing_data="missing",
    )


_DB = {"DBInstanceIdentifier": "showcore-db"}
_NODE = {"CacheClusterId": "showcore-redis-001"}
_ASSETS = {"BucketName": f"showcore-static-assets-{ACCOUNT}", "FilterId": "EntireBucket"}
_LESS = "LessThanThreshold"
_RDS, _REDIS, _S3, _BILLING = "AWS/RDS", "AWS/ElastiCache", "AWS/S3", "AWS/Billing"
_USD = {"Currency": "USD"}
_SIZE = {"BucketName": f"showcore-backups-{ACCOUNT}", "StorageType": "GlacierStorage"}
_FAILED = ("NumberOfBackupJobsFailed", "NumberOfBackupJobsAborted", "NumberOfBackupJobsExpired")
_ALARMS = (
    _alarm("rds-cpu-high", _RDS, ("CPUUtilization",), _DB, 80, "critical"),
    _alarm("rds-storage-high", _RDS, ("FreeStorageSpace",), _DB, 3_221_225_472, "warning", _LESS),
    _alarm("rds-connections-high", _RDS, ("DatabaseConnections",), _DB, 80, "warning", statistic="Maximum"),
    _alarm("rds-latency-high", _RDS, ("ReadLatency", "WriteLatency"), _DB, 0.1, "warning"),
    _alarm("elasticache-cpu-high", _REDIS, ("CPUUtilization",), _NODE, 75, "critical"),
    _alarm("elasticache-memory-high", _REDIS, ("DatabaseMemoryUsagePercentage",), _NODE, 80, "critical"),
    _alarm("elasticache-evictions", _REDIS, ("Evictions",), _NODE, 0, "warning", statistic="Sum"),
    _alarm(
        "elasticache-cache-hit-low", _REDIS, ("CacheHits", "CacheMisses"), _NODE, 80, "warning", _LESS, "Sum"
    ),
    _alarm("s3-size-high", _S3, ("BucketSizeBytes",), _SIZE, 10_737_418_240, "warning", period=86_400),
    _alarm("s3-4xx-errors", _S3, ("4xxErrors",), _ASSETS, 0.05, "warning"),
    _alarm("s3-5xx-errors", _S3, ("5xxErrors",), _ASSETS, 0.01, "critical"),
    _alarm(
        "billing-50", _BILLING, ("EstimatedCharges",), _USD, 50, "billing", statistic="Maximum", period=21_600
    ),
    _alarm(
        "billing-100",
        _BILLING,
        ("EstimatedCharges",),
        _USD,
        100,
        "billing",
        statistic="Maximum",
        period=21_600,
    ),
    _alarm(
        *("rds-backup-failure", "AWS/Backup", _FAILED),
        *({"BackupVaultName": "showcore-backup-vault"}, 0, "critical"),
        statistic="Sum",
        period=3_600,
    ),
    _alarm(
        *("elasticache-backup-failure", "AWS/SQS", ("ApproximateNumberOfMessagesVisible",)),
        *({"QueueName": "showcore-elasticache-snapshot-failures"}, 0, "critical"),
        statistic="Maximum",
    ),
)

_CALL = audit.Call(
    time=DEPLOYED + timedelta(minutes=1),
    name="ExecuteChangeSet",
    source="cloudformation.amazonaws.com",
    caller="arn:aws:iam::111122223333:user/ada",
    caller_type="IAMUser",
    invoked_by="",
    error="",
    resources=(),
)


def _said(*names: str) -> tuple[probes.Said, ...]:
    return tuple(probes.Said("passed", name, "well") for name in names)


def _restoration(copy: str) -> probes.Restoration:
    return probes.Restoration(copy, f"{copy}-restored", "10.0.2.9", "a1b2", "a1b2", 21.0)


def right() -> Facts:
    """Every fact as it should be."""
    return {
        stack.STACK: STACK,
        stack.DEPLOYED: {name: TEXTS[name] for name in ("root.yaml", *(f"{tier}.yaml" for tier in TIERS))},
        stack.DRIFT: stack.Drift({each.name: "IN_SYNC" for each in STACK.stacks}, ()),
        network.VPC: network.Vpc("vpc-1", "10.0.0.0/16", True, True),
        network.SUBNETS: (
            network.Subnet("subnet-pub-a", "10.0.0.0/24", "us-east-1a", False),
            network.Subnet("subnet-pub-b", "10.0.1.0/24", "us-east-1b", False),
            network.Subnet("subnet-priv-a", "10.0.2.0/24", "us-east-1a", False),
            network.Subnet("subnet-priv-b", "10.0.3.0/24", "us-east-1b", False),
        ),
        network.ROUTE_TABLES: (
            network.RouteTable(
                "rtb-public",
                ("subnet-pub-a", "subnet-pub-b"),
                (network.Route("10.0.0.0/16", "local"), network.Route("0.0.0.0/0", "igw-1")),
            ),
            _private("rtb-a", "subnet-priv-a"),
            _private("rtb-b", "subnet-priv-b"),
        ),
        network.NAT_GATEWAYS: (),
        network.INTERNET_GATEWAYS: ("igw-1",),
        network.ENDPOINTS: (
            _endpoint("S3GatewayEndpoint", "Gateway"),
            _endpoint("DynamoDBGatewayEndpoint", "Gateway"),
            _endpoint("CloudWatchLogsEndpoint"),
            _endpoint("CloudWatchMonitoringEndpoint"),
            _endpoint("SystemsManagerEndpoint"),
            _endpoint("SystemsManagerMessagesEndpoint"),
        ),
        network.SECURITY_GROUPS: (
            network.SecurityGroup("sg-default", "default", (network.Rule("-1", 0, 65_535, "sg-default"),)),
            network.SecurityGroup("sg-app", "app"),
            _group("RdsSecurityGroup", 5432, "sg-app"),
            _group("ElastiCacheSecurityGroup", 6379, "sg-app"),
            _group("VpcEndpointSecurityGroup", 443, "10.0.0.0/16"),
        ),
        data.DATABASE: data.Database(
            id="showcore-db",
            status="available",
            instance_class="db.t3.micro",
            engine="postgres",
            version="16.9",
            db_name="showcore",
            storage_gib=20,
            storage_type="gp3",
            encrypted=True,
            key="arn:aws:kms:us-east-1:111122223333:key/1",
            multi_az=False,
            zone="us-east-1a",
            public=False,
            address="showcore-db.internal",
            port=5432,
            group_ids=("sg-rds",),
            subnet_ids=("subnet-priv-b", "subnet-priv-a"),
            parameter_group="showcore-database-production-parameter-group",
            parameter_status="in-sync",
            retention_days=7,
            backup_window="03:00-04:00",
            maintenance_window="sun:04:00-sun:05:00",
            latest_restorable=NOW - timedelta(minutes=4),
            log_exports=("postgresql", "upgrade"),
            secret_arn="arn:aws:secretsmanager:us-east-1:111122223333:secret:rds!db-1",
            deletion_protection=True,
        ),
        data.DATABASE_PARAMETERS: {"rds.force_ssl": "1", "max_connections": "100"},
        data.DATABASE_KEY: "AWS",
        data.CACHE: data.Cache(
            id="showcore-redis",
            status="available",
            node_ids=("showcore-redis-001",),
            node_type="cache.t3.micro",
            engine="redis",
            version="7.1.0",
            zones=("us-east-1a",),
            at_rest=True,
            in_transit=True,
            transit_mode="required",
            retention_days=7,
            snapshot_window="03:00-04:00",
            maintenance_window="sun:05:00-sun:06:00",
            subnet_ids=("subnet-priv-a", "subnet-priv-b"),
            group_ids=("sg-cache",),
            parameter_group="showcore-redis7",
            address="master.showcore-redis.internal",
            port=6379,
            topic_arn=f"{TOPIC_ARN}elasticache-events",
            log_groups=("/aws/elasticache/showcore-redis",),
        ),
        data.CACHE_SNAPSHOTS: (
            data.CacheSnapshot(
                "automatic.showcore-redis", "automated", "available", NOW - timedelta(hours=9)
            ),
        ),
        storage.BUCKETS: (
            _bucket("StaticAssetsBucket", _READ_BY_CLOUDFRONT),
            _bucket("BackupsBucket"),
            _bucket("CloudTrailBucket"),
            _bucket("ConfigBucket"),
        ),
        storage.DISTRIBUTION: storage.Distribution(
            id="E1",
            arn=DISTRIBUTION_ARN,
            domain="d1.cloudfront.net",
            status="Deployed",
            enabled=True,
            price_class="PriceClass_100",
            viewer_policy="redirect-to-https",
            compress=True,
            cache=storage.CachePolicy(86_400, 31_536_000, True, True),
            origins=(
                storage.Origin(f"showcore-static-assets-{ACCOUNT}.s3.us-east-1.amazonaws.com", "OAC1", ""),
            ),
            aliases=(),
            default_certificate=True,
            minimum_tls="TLSv1",
        ),
        audit.TRAIL: audit.Trail(
            name="showcore-audit-production-trail",
            bucket=f"showcore-cloudtrail-logs-{ACCOUNT}",
            multi_region=True,
            global_events=True,
            validated=True,
            logging=True,
            log_group="arn:aws:logs:us-east-1:111122223333:log-group:/aws/cloudtrail/showcore:*",
            delivered=NOW - timedelta(minutes=6),
            delivery_error="",
            digested=NOW - timedelta(minutes=40),
            digest_error="",
        ),
        audit.RECORDER: audit.Recorder(
            name="default",
            recording=True,
            last_status="SUCCESS",
            types=("AWS::RDS::DBInstance", "AWS::S3::Bucket"),
            all_types=False,
            channel_bucket=f"showcore-config-{ACCOUNT}",
            delivery_status="SUCCESS",
        ),
        audit.CONFIG_RULES: (
            audit.ConfigRule("rds-storage-encrypted", "RDS_STORAGE_ENCRYPTED", "COMPLIANT", ()),
            audit.ConfigRule(
                "s3-bucket-public-read-prohibited", "S3_BUCKET_PUBLIC_READ_PROHIBITED", "COMPLIANT", ()
            ),
        ),
        audit.SESSION_PREFERENCES: {
            "inputs": {"cloudWatchLogGroupName": "/aws/ssm/showcore-sessions", "idleSessionTimeout": "20"}
        },
        audit.CHANGES: (
            _CALL,
            replace(
                *(_CALL,),
                name="CreateVpc",
                caller="arn:aws:iam::111122223333:role/showcore-cloudformation",
                caller_type="AssumedRole",
                invoked_by="cloudformation.amazonaws.com",
            ),
            replace(_CALL, name="PutObject", caller="cloudtrail.amazonaws.com", caller_type="AWSService"),
        ),
        audit.DENIED_CALLS: (),
        alerts.TOPICS: tuple(
            alerts.Topic(
                f"{TOPIC_ARN}{name}-alerts", (alerts.Subscription("email", f"{name}@example.com", True),)
            )
            for name in ("critical", "warning", "billing")
        ),
        alerts.ALARMS: _ALARMS,
        alerts.DASHBOARD: alerts.Dashboard(
            "ShowCore-Phase1-Dashboard",
            {
                "AWS/RDS": frozenset(
                    {
                        "CPUUtilization",
                        "DatabaseConnections",
                        "ReadLatency",
                        "WriteLatency",
                        "FreeStorageSpace",
                    }
                ),
                "AWS/ElastiCache": frozenset(
                    {
                        "CPUUtilization",
                        "DatabaseMemoryUsagePercentage",
                        "Evictions",
                        "CacheHits",
                        "CacheMisses",
                    }
                ),
                "AWS/S3": frozenset({"BucketSizeBytes", "NumberOfObjects", "4xxErrors", "5xxErrors"}),
                "AWS/CloudFront": frozenset(
                    {"Requests", "BytesDownloaded", "4xxErrorRate", "5xxErrorRate", "CacheHitRate"}
                ),
                "AWS/PrivateLinkEndpoints": frozenset(
                    {"BytesProcessed", "ActiveConnections", "NewConnections", "PacketsDropped"}
                ),
            },
        ),
        alerts.LOG_GROUPS: (
            alerts.LogGroup("/aws/rds/instance/showcore-db/postgresql", 7),
            alerts.LogGroup("/aws/rds/instance/showcore-db/upgrade", 7),
            alerts.LogGroup("/aws/elasticache/showcore-redis", 7),
            alerts.LogGroup("/aws/cloudtrail/showcore", 7),
        ),
        backup.VAULT: backup.Vault("showcore-backup-vault", "arn:vault", "arn:key", "AWS"),
        backup.BACKUP_PLAN: backup.BackupPlan(
            "showcore-rds-backup-plan",
            (backup.BackupRule("cron(0 3 * * ? *)", "showcore-backup-vault", 7, 480),),
            ("arn:aws:rds:*:*:db:*",),
            (("Project", "ShowCore"), ("Environment", "production")),
        ),
        backup.BACKUP_JOBS: (
            backup.BackupJob("job-1", "COMPLETED", f"arn:aws:rds:us-east-1:{ACCOUNT}:db:showcore-db", NOW),
        ),
        backup.RECOVERY_POINTS: (
            backup.RecoveryPoint(
                *("arn:point", f"arn:aws:rds:us-east-1:{ACCOUNT}:db:showcore-db", "COMPLETED"),
                NOW - timedelta(hours=9),
            ),
        ),
        money.RESOURCE_TAGS: (
            money.Tagged("network/VPC", "AWS::EC2::VPC", "vpc-1", TAGS, "the tagging API"),
            money.Tagged("database/Database", "AWS::RDS::DBInstance", "showcore-db", TAGS, "Cloud Control"),
        ),
        money.COST_TAGS: dict.fromkeys(TAGS, "Active"),
        money.COSTS: money.Costs(
            date(2026, 11, 10),
            date(2026, 11, 24),
            {"Amazon Virtual Private Cloud": 27.0, "AmazonCloudWatch": 1.0},
            True,
        ),
        money.MONITORS: (
            money.Monitor("showcore-cost-production-anomaly-monitor", "CUSTOM", '{"Tags": "ShowCore"}', 1),
        ),
        money.ACCOUNT_PLAN: money.AccountPlan("PAID", "ACTIVE", None, ""),
        money.TAG_POLICY: json.dumps({"tags": {key.lower(): {} for key in TAGS}}),
        probes.DATABASE_PROBE: _said("tls", "plaintext-refused", "sql"),
        probes.CACHE_PROBE: _said("tls", "plaintext-refused", "commands"),
        probes.ENDPOINT_PROBE: _said("s3", "logs", "ssm", "private-dns", "private-dns", "no-internet"),
        probes.CDN_PROBE: _said("https", "redirect", "bucket-closed", "cache", "compression"),
        probes.RESTORED_SNAPSHOT: _restoration("showcore-db-drill"),
        probes.RESTORED_BACKUP: _restoration("a recovery point"),
        probes.RESTORED_CACHE: _restoration("showcore-redis-drill"),
        probes.RUNG_ALARMS: tuple(probes.RungAlarm(alarm.name, alarm.actions) for alarm in _ALARMS),
    }


def outcome(id_: str, facts: Facts, **parameters: str) -> Outcome:
    """What one check says of these facts, with other root parameters where some are given."""
    (wanted,) = (each for each in CHECKS if each.id == id_)
    want = replace(WANT, parameters={**WANT.parameters, **parameters})
    return perform(wanted, Look.at(facts), want)


def changed(fact: Fact[T], value: object) -> Facts:
    """The right world with one fact that is another."""
    return {**right(), fact: value}


def given(fact: Fact[T]) -> T:
    """One fact of the right world."""
    return cast(T, right()[fact])


def with_fields(fact: Fact[T], **fields: object) -> Facts:
    """The right world with some fields of one fact that are others."""
    return changed(fact, replace(cast(Any, given(fact)), **fields))


def with_item(fact: Fact[tuple[T, ...]], index: int, **fields: object) -> Facts:
    """The right world with some fields of one of a fact's items that are others."""
    items: list[Any] = list(given(fact))
    items[index] = replace(items[index], **fields)
    return changed(fact, tuple(items))


def without(fact: Fact[tuple[T, ...]], index: int) -> Facts:
    """The right world without one of a fact's items."""
    items = list(given(fact))
    del items[index]
    return changed(fact, tuple(items))


def stack_with(**fields: Any) -> Facts:
    """The right world with another root stack."""
    root = replace(STACK.root, **fields)
    return changed(stack.STACK, replace(STACK, stacks=(root, *STACK.stacks[1:])))
