"""Amounts worked out by hand from the price list of us-east-1; the work stands beside each case.

730 hours are a month. Where an allowance takes part, the work says so.
"""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.unit.cost.support import month, one

INTERFACE = "{VpcEndpointType: Interface, ServiceName: com.amazonaws.us-east-1.logs, SubnetIds: %s}"
DATABASE = "{DBInstanceClass: db.t3.micro, Engine: postgres, AllocatedStorage: '20', StorageType: gp3%s}"
CACHE = "{CacheNodeType: cache.t3.micro, Engine: redis%s}"
ALARM = "{Metrics: [%s]}"
STAT = "{Id: m%d, MetricStat: {Metric: {MetricName: A, Namespace: B}, Period: %d, Stat: Sum}}"
ARCHIVE = (
    "{VersioningConfiguration: {Status: Enabled}, LifecycleConfiguration: {Rules: [{Status: Enabled, "
    "Transitions: [{StorageClass: GLACIER, TransitionInDays: 30}], ExpirationInDays: 90, "
    "NoncurrentVersionExpiration: {NoncurrentDays: 90}}]}}"
)
LOG_FILES = (
    "Trail: {Type: 'AWS::CloudTrail::Trail', Properties: {S3BucketName: !Ref Logs}}\n"
    "Logs: {Type: 'AWS::S3::Bucket', Properties: {VersioningConfiguration: {Status: Enabled}, "
    "LifecycleConfiguration: {Rules: [{Status: Enabled, ExpirationInDays: 90, "
    "NoncurrentVersionExpiration: {NoncurrentDays: 90}}]}}}"
)
METRICS_ON = (
    "{MonitoringSubscription: {RealtimeMetricsSubscriptionConfig: {RealtimeMetricsSubscriptionStatus: %s}}}"
)


@pytest.mark.parametrize(
    ("resources", "used", "usd"),
    [
        # Network ---------------------------------------------------------------------------------------------
        # 1 zone x 730 h x 0.01
        pytest.param(one("EC2::VPCEndpoint", INTERFACE % "[a]"), {}, "7.30", id="3.3-endpoint-one-zone"),
        # 2 zones x 730 h x 0.01
        pytest.param(one("EC2::VPCEndpoint", INTERFACE % "[a, b]"), {}, "14.60", id="3.3-endpoint-two-zones"),
        # 3 zones x 730 h x 0.01
        pytest.param(
            one("EC2::VPCEndpoint", INTERFACE % "[a, b, c]"), {}, "21.90", id="endpoint-three-zones"
        ),
        # 7.30 + 250 GB x 0.01 = 7.30 + 2.50
        pytest.param(
            one("EC2::VPCEndpoint", INTERFACE % "[a]"), {"endpoint_gb": 250}, "9.80", id="endpoint-with-data"
        ),
        # gateway endpoints: 730 h x 0
        pytest.param(
            one("EC2::VPCEndpoint", "{VpcEndpointType: Gateway}"), {"endpoint_gb": 9}, "0", id="3.2-gateway"
        ),
        # without a type an endpoint is a gateway endpoint
        pytest.param(one("EC2::VPCEndpoint", "{ServiceName: s3}"), {}, "0", id="3.2-gateway-by-default"),
        # 730 h x 0.045
        pytest.param(one("EC2::NatGateway"), {}, "32.85", id="3.1-nat-gateway"),
        # 32.85 + 100 GB x 0.045 = 32.85 + 4.50
        pytest.param(one("EC2::NatGateway"), {"nat_gb": 100}, "37.35", id="nat-gateway-with-data"),
        # 32.85 + (150 - 100 free) GB x 0.09 = 32.85 + 4.50
        pytest.param(one("EC2::NatGateway"), {"internet_out_gb": 150}, "37.35", id="nat-gateway-out"),
        # a private one sends nothing to the internet: 32.85
        pytest.param(
            one("EC2::NatGateway", "{ConnectivityType: private}"),
            {"internet_out_gb": 500},
            "32.85",
            id="private-nat-gateway",
        ),
        # 730 h x 0.005
        pytest.param(one("EC2::EIP"), {}, "3.65", id="public-address"),
        # 32.85 + 3.65
        pytest.param(
            one("EC2::NatGateway") + "\n" + one("EC2::EIP", "{}", "Ip"),
            {},
            "36.50",
            id="nat-with-its-address",
        ),
        # (15 - 5 free) GB x 0.50
        pytest.param(one("EC2::FlowLog"), {"flow_log_gb": 15}, "5.00", id="10.7-flow-log-to-cloudwatch"),
        # 4 GB of 5 that are free
        pytest.param(one("EC2::FlowLog"), {"flow_log_gb": 4}, "0", id="flow-log-within-the-allowance"),
        # 40 GB x 0.25; the 5 free GB are CloudWatch's
        pytest.param(
            one("EC2::FlowLog", "{LogDestinationType: s3, LogDestination: 'arn:aws:s3:::b'}"),
            {"flow_log_gb": 40},
            "10.00",
            id="flow-log-to-s3",
        ),
        # 730 h x 0.0104 + 8 GB x 0.08 = 7.592 + 0.64
        pytest.param(one("EC2::Instance", "{InstanceType: t3.micro}"), {}, "8.232", id="14.1-test-instance"),
        # 7.592 + 20 GB x 0.08 = 7.592 + 1.60
        pytest.param(
            one(
                "EC2::Instance",
                "{InstanceType: t3.micro, BlockDeviceMappings: [{Ebs: {VolumeSize: 20, VolumeType: gp3}}]}",
            ),
            {},
            "9.192",
            id="instance-with-its-volume",
        ),
        # 7.592 + 0.64 + 730 h x 0.005 = 8.232 + 3.65
        pytest.param(
            one(
                "EC2::Instance",
                "{InstanceType: t3.micro, NetworkInterfaces: [{AssociatePublicIpAddress: true}]}",
            ),
            {},
            "11.882",
            id="instance-with-an-address",
        ),
        # 100 GB x 0.08
        pytest.param(one("EC2::Volume", "{VolumeType: gp3, Size: 100}"), {}, "8.00", id="volume"),
        # Database --------------------------------------------------------------------------------------------
        # 730 h x 0.018 + 20 GB x 0.115 = 13.14 + 2.30
        pytest.param(one("RDS::DBInstance", DATABASE % ""), {}, "15.44", id="5.2-database"),
        # 15.44 + 0.40
        pytest.param(
            one("RDS::DBInstance", DATABASE % ", ManageMasterUserPassword: true"),
            {},
            "15.84",
            id="5.2-database-with-its-secret",
        ),
        # 15.84 + 20,000 calls / 10,000 x 0.05 = 15.84 + 0.10
        pytest.param(
            one("RDS::DBInstance", DATABASE % ", ManageMasterUserPassword: true"),
            {"secret_calls_thousands": 20},
            "15.94",
            id="readings-of-the-secret",
        ),
        # 730 h x 0.036 + 20 GB x 0.23 = 26.28 + 4.60
        pytest.param(
            one("RDS::DBInstance", DATABASE % ", MultiAZ: true"), {}, "30.88", id="database-in-two-zones"
        ),
        # 730 h x 0.016 + 2.30 = 11.68 + 2.30
        pytest.param(
            one("RDS::DBInstance", (DATABASE % "").replace("t3", "t4g")), {}, "13.98", id="database-graviton"
        ),
        # 730 h x 0.032 + 20 GB x 0.23 = 23.36 + 4.60
        pytest.param(
            one("RDS::DBInstance", (DATABASE % ", MultiAZ: true").replace("t3", "t4g")),
            {},
            "27.96",
            id="graviton-in-two-zones",
        ),
        # 13.14 + 100 GB x 0.115 = 13.14 + 11.50
        pytest.param(
            one("RDS::DBInstance", (DATABASE % "").replace("'20'", "100")),
            {},
            "24.64",
            id="100-gb-of-storage",
        ),
        # 13.14 + 20 GB x 0.115
        pytest.param(
            one("RDS::DBInstance", (DATABASE % "").replace("gp3", "gp2")), {}, "15.44", id="storage-gp2"
        ),
        # backups of 20 GB are as large as the storage: nothing beyond
        pytest.param(
            one("RDS::DBInstance", DATABASE % ", BackupRetentionPeriod: 7"),
            {"database_backup_gb": 20},
            "15.44",
            id="5.2-backups-within-the-storage",
        ),
        # 15.44 + (60 - 20) GB x 0.095 = 15.44 + 3.80
        pytest.param(
            one("RDS::DBInstance", DATABASE % ", BackupRetentionPeriod: 7"),
            {"database_backup_gb": 60},
            "19.24",
            id="backups-beyond-the-storage",
        ),
        # no backups are kept
        pytest.param(
            one("RDS::DBInstance", DATABASE % ", BackupRetentionPeriod: 0"),
            {"database_backup_gb": 60},
            "15.44",
            id="no-backups",
        ),
        # 15.44 + (10 - 5 free) GB x 0.50 + 10 GB x 0.03 = 15.44 + 2.50 + 0.30
        pytest.param(
            one("RDS::DBInstance", DATABASE % ", MonitoringInterval: 60"),
            {"enhanced_monitoring_gb": 10},
            "18.24",
            id="enhanced-monitoring",
        ),
        # 10 GB x 0.095
        pytest.param(
            one("Backup::BackupVault"), {"recovery_points_gb": 10}, "0.95", id="11.1-recovery-points"
        ),
        pytest.param(one("SecretsManager::Secret"), {}, "0.40", id="secret"),
        pytest.param(one("KMS::Key"), {}, "1.00", id="12.1-customer-key"),
        # Cache -----------------------------------------------------------------------------------------------
        # 730 h x 0.017
        pytest.param(one("ElastiCache::ReplicationGroup", CACHE % ""), {}, "12.41", id="6.2-cache"),
        # 2 x 730 h x 0.017
        pytest.param(
            one("ElastiCache::ReplicationGroup", CACHE % ", NumCacheClusters: 2"), {}, "24.82", id="two-nodes"
        ),
        # 2 shards x (1 + 1 replica) x 730 h x 0.017 = 4 x 12.41
        pytest.param(
            one("ElastiCache::ReplicationGroup", CACHE % ", NumNodeGroups: 2, ReplicasPerNodeGroup: 1"),
            {},
            "49.64",
            id="two-shards-with-replicas",
        ),
        # 730 h x 0.0136
        pytest.param(
            one("ElastiCache::ReplicationGroup", (CACHE % "").replace("redis", "valkey")),
            {},
            "9.928",
            id="valkey",
        ),
        # 730 h x 0.016
        pytest.param(
            one("ElastiCache::ReplicationGroup", (CACHE % "").replace("t3", "t4g")), {}, "11.68", id="t4g"
        ),
        # 730 h x 0.0128
        pytest.param(
            one("ElastiCache::ReplicationGroup", "{CacheNodeType: cache.t4g.micro, Engine: valkey}"),
            {},
            "9.344",
            id="valkey-t4g",
        ),
        # without an engine it is Redis: 12.41
        pytest.param(
            one("ElastiCache::ReplicationGroup", "{CacheNodeType: cache.t3.micro}"),
            {},
            "12.41",
            id="no-engine",
        ),
        # 12.41 + (7 - 1 free) x 0.5 GB x 0.085 = 12.41 + 0.255
        pytest.param(
            one("ElastiCache::ReplicationGroup", CACHE % ", SnapshotRetentionLimit: 7"),
            {"cache_snapshot_gb": 0.5},
            "12.665",
            id="6.3-seven-snapshots",
        ),
        # one snapshot is free: 12.41
        pytest.param(
            one("ElastiCache::ReplicationGroup", CACHE % ", SnapshotRetentionLimit: 1"),
            {"cache_snapshot_gb": 0.5},
            "12.41",
            id="one-snapshot",
        ),
        # 3 x 730 h x 0.017
        pytest.param(
            one("ElastiCache::CacheCluster", CACHE % ", NumCacheNodes: 3"), {}, "37.23", id="cache-cluster"
        ),
        # Alarms, dashboards, logs ----------------------------------------------------------------------------
        # (1 - 1 free) x 0.10
        pytest.param(one("CloudWatch::Alarm", "{MetricName: A, Period: 300}"), {}, "0", id="one-alarm"),
        # (12 - 10 free) x 0.10
        pytest.param(
            one("CloudWatch::Alarm", ALARM % ", ".join(STAT % (n, 300) for n in range(12))),
            {},
            "0.20",
            id="twelve-alarm-metrics",
        ),
        # (9 + 3 - 10 free) x 0.10: the allowance is the account's, not the alarm's
        pytest.param(
            one("CloudWatch::Alarm", ALARM % ", ".join(STAT % (n, 300) for n in range(9)))
            + "\n"
            + one("CloudWatch::Alarm", ALARM % ", ".join(STAT % (n, 300) for n in range(3)), "Other"),
            {},
            "0.20",
            id="two-alarms-share-the-allowance",
        ),
        # an expression is not a metric: (10 - 10 free)
        pytest.param(
            one(
                "CloudWatch::Alarm",
                ALARM % (", ".join(STAT % (n, 300) for n in range(10)) + ", {Id: e, Expression: 'm0+m1'}"),
            ),
            {},
            "0",
            id="an-expression-is-free",
        ),
        # 1 x 0.30: no allowance for high resolution
        pytest.param(
            one("CloudWatch::Alarm", "{MetricName: A, Period: 10}"), {}, "0.30", id="high-resolution-alarm"
        ),
        # 2 x 0.30
        pytest.param(
            one("CloudWatch::Alarm", ALARM % f"{STAT % (1, 10)}, {STAT % (2, 60)}"),
            {},
            "0.60",
            id="high-resolution-of-two",
        ),
        # (4 metrics x 3 - 10 free) x 0.10
        pytest.param(
            one(
                "CloudWatch::Alarm",
                ALARM
                % (
                    ", ".join(STAT % (n, 300) for n in range(4))
                    + ", {Expression: 'ANOMALY_DETECTION_BAND(m1)'}"
                ),
            ),
            {},
            "0.20",
            id="anomaly-detection-alarm",
        ),
        pytest.param(one("CloudWatch::CompositeAlarm"), {}, "0.50", id="composite-alarm"),
        # (3 - 3 free) x 3.00
        pytest.param(
            "\n".join(one("CloudWatch::Dashboard", "{}", f"D{n}") for n in range(3)),
            {},
            "0",
            id="10.2-dashboards",
        ),
        # (5 - 3 free) x 3.00
        pytest.param(
            "\n".join(one("CloudWatch::Dashboard", "{}", f"D{n}") for n in range(5)),
            {},
            "6.00",
            id="5-dashboards",
        ),
        # (12 - 10 free) x 0.30
        pytest.param(
            one("Logs::MetricFilter", f"{{MetricTransformations: [{', '.join(['{}'] * 12)}]}}"),
            {},
            "0.60",
            id="custom-metrics",
        ),
        # (25 - 5 free) GB x 0.50 + 25 GB x 7/30 x 0.03 = 10.00 + 0.175
        pytest.param(
            one("Logs::LogGroup", "{LogGroupName: /aws/rds/instance/db/postgresql, RetentionInDays: 7}"),
            {"database_log_gb": 25},
            "10.175",
            id="10.7-database-log-kept-7-days",
        ),
        # 25 GB x 365/30 x 0.03 = 9.125, and (25 - 5 free) x 0.50
        pytest.param(
            one("Logs::LogGroup", "{LogGroupName: /aws/rds/instance/db/postgresql}"),
            {"database_log_gb": 25},
            "19.125",
            id="a-log-kept-for-ever-shows-a-year",
        ),
        # 3 GB within the 5 free ones; 3 x 30/30 x 0.03: 2 free GB are left, so 1 GB x 0.03
        pytest.param(
            one("Logs::LogGroup", "{LogGroupName: /aws/cloudtrail/showcore, RetentionInDays: 30}"),
            {"trail_log_gb": 3},
            "0.03",
            id="the-allowance-goes-on-to-storage",
        ),
        # (10 - 5 free) GB x 0.50 + 10 x 7/30 x 0.03 = 2.50 + 0.07
        pytest.param(
            one("Logs::LogGroup", "{LogGroupName: /aws/elasticache/showcore-redis, RetentionInDays: 7}"),
            {"cache_log_gb": 10},
            "2.57",
            id="cache-log",
        ),
        # 15,000 sessions x 0.001 GB = 15 GB: (15 - 5 free) x 0.50 + 15 x 7/30 x 0.03 = 5.00 + 0.105
        pytest.param(
            one("Logs::LogGroup", "{LogGroupName: /aws/ssm/sessions, RetentionInDays: 7}"),
            {"sessions": 15000},
            "5.105",
            id="4.3-log-in-sessions",
        ),
        # the flow log pays for the arrival: 30 x 7/30 x 0.03 = 0.21 kept, of 7 GB-months 5 are free: 2 x 0.03
        pytest.param(
            one("Logs::LogGroup", "{LogGroupName: /aws/vpc/flow-logs, RetentionInDays: 7}"),
            {"flow_log_gb": 30},
            "0.06",
            id="flow-logs-only-stay-in-their-group",
        ),
        # written at an upgrade only
        pytest.param(
            one("Logs::LogGroup", "{LogGroupName: /aws/rds/instance/db/upgrade}"),
            {"database_log_gb": 25, "other_log_gb": 9},
            "0",
            id="upgrade-log",
        ),
        # (11 - 5 free) x 0.50 + 11 x 30/30 x 0.03
        pytest.param(
            one("Logs::LogGroup", "{RetentionInDays: 30}"),
            {"other_log_gb": 11},
            "3.33",
            id="unnamed-log-group",
        ),
        # (101,000 - 1,000 free) / 100,000 x 2.00
        pytest.param(
            one("SNS::Subscription", "{Protocol: email}"), {"alarm_mails": 101000}, "2.00", id="10.1-mails"
        ),
        # (3 - 1 free) million x 0.40
        pytest.param(one("SQS::Queue"), {"queue_requests_millions": 3}, "0.80", id="queue"),
        # Account ---------------------------------------------------------------------------------------------
        # 1,000 x 0.003
        pytest.param(
            one("Config::ConfigurationRecorder"), {"configuration_items": 1000}, "3.00", id="4.2-recorder"
        ),
        # 2 rules x 500 x 0.001
        pytest.param(
            one("Config::ConfigRule") + "\n" + one("Config::ConfigRule", "{}", "Two"),
            {"rule_evaluations": 500},
            "1.00",
            id="4.2-two-rules",
        ),
        # the first copy is free
        pytest.param(one("CloudTrail::Trail"), {"trail_events_thousands": 900}, "0", id="1.3-one-trail"),
        # the second one: 900,000 / 100,000 x 2.00
        pytest.param(
            one("CloudTrail::Trail") + "\n" + one("CloudTrail::Trail", "{}", "Two"),
            {"trail_events_thousands": 900},
            "18.00",
            id="a-second-trail",
        ),
        # Storage and delivery --------------------------------------------------------------------------------
        # 100 GB x 0.023 + 10,000 writes x 0.005/1,000 + 1,000,000 reads x 0.0004/1,000 = 2.30 + 0.05 + 0.40
        pytest.param(
            one("S3::Bucket"),
            {"stored_gb": 100, "writes_thousands": 10, "reads_thousands": 1000},
            "2.75",
            id="8.1-assets",
        ),
        # 16 metrics x 0.30
        pytest.param(
            one("S3::Bucket", "{MetricsConfigurations: [{Id: EntireBucket}]}"),
            {"request_metrics": 16},
            "4.80",
            id="10.5-all-request-metrics",
        ),
        # 2 filters x 8 metrics x 0.30
        pytest.param(
            one("S3::Bucket", "{MetricsConfigurations: [{Id: A}, {Id: B}]}"),
            {"request_metrics": 8},
            "4.80",
            id="two-metric-filters",
        ),
        # without a filter there are none
        pytest.param(one("S3::Bucket"), {"request_metrics": 16}, "0", id="no-request-metrics"),
        # 10 GB x 30/30 x 0.023 + 10 GB x (90 - 30 + 90)/30 x 0.0036 = 0.23 + 0.18
        pytest.param(one("S3::Bucket", ARCHIVE), {"backups_gb": 10}, "0.41", id="8.2-glacier-after-30-days"),
        # 10,000 objects: x 0.005/1,000 to write, x 0.03/1,000 to move = 0.05 + 0.30
        pytest.param(one("S3::Bucket", ARCHIVE), {"backups_thousands": 10}, "0.35", id="8.2-moves"),
        # 10 GB x 30/30 x 0.023 + 10 x (90 - 30)/30 x 0.0036 = 0.23 + 0.072: no versions are kept
        pytest.param(
            one("S3::Bucket", ARCHIVE.replace("Enabled}, Life", "Suspended}, Life")),
            {"backups_gb": 10},
            "0.302",
            id="archive-without-versions",
        ),
        # the rule is off, so that it is a bucket like any other: 10 GB x 0.023
        pytest.param(
            one("S3::Bucket", ARCHIVE.replace("[{Status: Enabled", "[{Status: Disabled")),
            {"backups_gb": 99, "stored_gb": 10},
            "0.23",
            id="a-rule-that-is-off",
        ),
        # 2 GB x (90 + 90)/30 x 0.023
        pytest.param(LOG_FILES, {"log_files_gb": 2}, "0.276", id="4.4-log-files-kept-90-days"),
        # 2 GB x 365/30 x 0.023 without a rule
        pytest.param(
            one("CloudTrail::Trail", "{S3BucketName: logs-1}")
            + "\n"
            + one("S3::Bucket", "{BucketName: logs-1}", "Logs"),
            {"log_files_gb": 2, "stored_gb": 99},
            "0.5597",
            id="log-files-kept-for-ever-show-a-year",
        ),
        # within the first TB and 10 million requests
        pytest.param(
            one("CloudFront::Distribution"),
            {"cdn_out_gb": 1024, "cdn_requests_millions": 10},
            "0",
            id="9.1-within-the-allowance",
        ),
        # (2,024 - 1,024 free) GB x 0.085
        pytest.param(one("CloudFront::Distribution"), {"cdn_out_gb": 2024}, "85.00", id="a-thousand-gb-more"),
        # (15 - 10 free) million / 10,000 x 0.012
        pytest.param(
            one("CloudFront::Distribution"), {"cdn_requests_millions": 15}, "6.00", id="five-million-more"
        ),
        # 8 metrics x 0.30
        pytest.param(
            one("CloudFront::MonitoringSubscription", METRICS_ON % "Enabled"),
            {},
            "2.40",
            id="10.2-cdn-metrics",
        ),
        pytest.param(
            one("CloudFront::MonitoringSubscription", METRICS_ON % "Disabled"), {}, "0", id="cdn-metrics-off"
        ),
    ],
)
def test_a_month_costs_what_the_price_list_says(resources: str, used: dict[str, float], usd: str) -> None:
    found = month(resources, used)
    assert found.unpriced == ()
    assert round(found.total, 4) == Decimal(usd)


@pytest.mark.parametrize(
    ("resources", "reason"),
    [
        ("It: {Type: 'AWS::Lambda::Function'}", "this type is not in the price list"),
        (
            one("EC2::VPCEndpoint", "{VpcEndpointType: GatewayLoadBalancer}"),
            "endpoints of type GatewayLoadBalancer",
        ),
        (one("EC2::VPCEndpoint", INTERFACE % "{'Fn::Split': [',', !Ref Its]}"), "SubnetIds is not known"),
        (
            one("RDS::DBInstance", "{DBInstanceClass: db.m5.large, Engine: postgres}"),
            "no price rds.db.m5.large",
        ),
        (one("RDS::DBInstance", DATABASE.replace("'20'", "!Ref Size") % ""), "AllocatedStorage is not known"),
        (one("RDS::DBInstance", DATABASE.replace("'20'", "twenty") % ""), "AllocatedStorage is not known"),
        (one("EC2::NatGateway", "{'Fn::Transform': {Name: Mine}}"), "Properties is not known"),
        (
            one("CloudFront::MonitoringSubscription", "{MonitoringSubscription: x}"),
            "MonitoringSubscription is not",
        ),
        (one("RDS::DBInstance", "{DBClusterIdentifier: c}"), "instances of a cluster"),
        (
            one("RDS::DBInstance", DATABASE.replace("gp3", "io2") % ", Iops: 3000"),
            "no price rds.iops.io2.month",
        ),
        (one("ElastiCache::ServerlessCache"), "this type is not in the price list"),
        (one("Config::ConfigurationRecorder", "{RecordingMode: {RecordingFrequency: DAILY}}"), "item.daily"),
        (one("CloudTrail::Trail", "{EventSelectors: [{DataResources: [{}]}]}"), "data events"),
        (one("CloudTrail::Trail", "{InsightSelectors: [{}]}"), "InsightSelectors may record"),
        (one("SSM::Parameter", "{Tier: Advanced}"), "advanced parameters"),
        (one("SNS::Subscription", "{Protocol: sms}"), "messages by sms"),
        (one("EC2::FlowLog", "{LogDestinationType: kinesis-data-firehose}"), "flow logs to kinesis"),
        (one("Logs::DeliveryDestination", "{OutputFormat: parquet}"), "conversion to Parquet"),
        (
            one(
                "Logs::DeliveryDestination",
                "{DestinationResourceArn: 'arn:aws:logs:us-east-1:1:log-group:g'}",
            ),
            "another place than S3",
        ),
        (one("Logs::DeliverySource", "{ResourceArn: 'arn:aws:bedrock:::k'}"), "this service's logs"),
        (one("SQS::Queue", "{FifoQueue: true}"), "no price sqs.fifo.1m"),
    ],
)
def test_what_has_no_price_is_named_and_not_counted_as_free(resources: str, reason: str) -> None:
    found = month(resources)
    assert any(reason in item.reason for item in found.unpriced)
    assert not any(item.path == "app/It" for item in found.free)


@pytest.mark.parametrize(
    "resources",
    [
        one("EC2::VPC"),
        one("IAM::Role"),
        one("S3::BucketPolicy"),
        one("SNS::Subscription", "{Protocol: sqs}"),
        one("SSM::Parameter"),
        one("Logs::DeliveryDestination", "{DestinationResourceArn: 'arn:aws:s3:::b'}"),
        one("Logs::DeliveryDestination", "{DestinationResourceArn: !GetAtt B.Arn}")
        + "\nB: {Type: 'AWS::S3::Bucket'}",
        one("Logs::DeliverySource", "{ResourceArn: 'arn:aws:cloudfront::1:distribution/D'}"),
        one("CE::AnomalyMonitor"),
    ],
)
def test_what_is_free_says_where_that_is_written(resources: str) -> None:
    found = month(resources)
    assert found.total == 0
    assert [item.source.startswith("https://") for item in found.free if item.path == "app/It"] == [True]


def test_a_resource_that_does_not_exist_costs_nothing() -> None:
    off = "It: {Type: 'AWS::EC2::NatGateway', Condition: Never}"
    text = f"Conditions: {{Never: !Equals [a, b]}}\nResources:\n  {off}\n"
    from showcore_cfn.cost.estimate import estimate
    from showcore_cfn.review.resolve import resolve
    from showcore_cfn.template.load import load_set

    assert estimate(resolve(load_set({"app.yaml": text}))).total == 0


@pytest.mark.parametrize(
    ("form", "size", "iops", "usd"),
    [
        # 100 GB x 0.125 + 1,200 x 0.10; 20 GB x 0.115 + (4,000 - 3,000) x 0.02; 400 GB x 0.115 + 2,000 x 0.02
        ("io1", 100, 1200, "132.50"),
        ("gp3", 20, 4000, "22.30"),
        ("gp3", 20, 3000, "2.30"),
        ("gp3", 400, 14000, "86.00"),
    ],
)
def test_provisioned_iops_of_a_database_are_paid_for(form: str, size: int, iops: int, usd: str) -> None:
    storage = f"AllocatedStorage: {size}, StorageType: {form}, Iops: {iops}"
    # 730 h x 0.018 besides
    database = one("RDS::DBInstance", f"{{DBInstanceClass: db.t3.micro, Engine: postgres, {storage}}}")
    assert month(database).total == Decimal(usd) + Decimal("13.14")
