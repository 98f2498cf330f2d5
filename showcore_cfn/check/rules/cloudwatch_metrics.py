"""Metrics that are watched and do not exist, or not under these dimensions."""

from __future__ import annotations

from showcore_cfn.check.rules.metric_uses import alarm_uses, metric_uses
from showcore_cfn.check.rules.rule import Hits, Rulebook, Severity, View, words
from showcore_cfn.check.rules.tables import metrics, nearest
from showcore_cfn.review.values import Reference, Unknown, text_of

BOOK = Rulebook("cloudwatch_metrics")
_CW = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring"
_SERVICES = f"{_CW}/aws-services-cloudwatch-metrics.html"
_S3 = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/metrics-dimensions.html"
_DAY_SECONDS = 86_400


@BOOK.nest_rule(
    "SC-CW-001",
    Severity.DEAD,
    "A namespace is spelled as the service publishes it",
    why="Namespaces are case-sensitive. A metric in one that nobody publishes to never has data.",
    remedy="Write the namespace as the service does, such as AWS/ElastiCache.",
    source=_SERVICES,
)
def namespace_spelling(view: View) -> Hits:
    known = metrics()
    for use in metric_uses(view):
        name = use.namespace
        if name is None or name in known or not name.lower().startswith(("aws/", "ecs/", "aws-")):
            continue
        meant = nearest(name, known)
        if meant is not None:
            yield use.node.hit(f"No service publishes to {name}; it is {meant}.")


@BOOK.nest_rule(
    "SC-CW-002",
    Severity.DEAD,
    "The service publishes a metric of this name",
    why="An alarm on a metric that does not exist stays in INSUFFICIENT_DATA for ever; a widget stays empty.",
    remedy="Take the name from the service's list of metrics.",
    source=_SERVICES,
)
def metric_exists(view: View) -> Hits:
    for use in metric_uses(view):
        table = metrics().get(use.namespace or "")
        if table is None or use.metric is None or use.metric in table.names:
            continue
        meant = nearest(use.metric, table.names)
        if table.complete or (meant is not None and meant.lower() == use.metric.lower()):
            hint = f"; perhaps {meant}" if meant else ""
            yield use.node.hit(f"{use.namespace} has no metric {use.metric}{hint}.")


@BOOK.nest_rule(
    "SC-CW-003",
    Severity.DEAD,
    "The service publishes its metrics under this dimension",
    why="A metric is found only under the exact dimensions that it is published with.",
    remedy="Use the dimensions that the service documents for the metric.",
    source=_SERVICES,
)
def dimension_exists(view: View) -> Hits:
    for use in metric_uses(view):
        table = metrics().get(use.namespace or "")
        if table is None or not table.complete:
            continue
        for name in sorted(use.dimensions or {}):
            if name not in table.dimensions:
                listed = ", ".join(sorted(table.dimensions))
                yield use.node.hit(f"{use.namespace} has no dimension {name}; it has {listed}.")


_S3_STORAGE = ("BucketSizeBytes", "NumberOfObjects")
_NEEDED: dict[str, tuple[frozenset[str], ...]] = {
    "AWS/Billing": (words("Currency"),),
    "AWS/CloudFront": (words("DistributionId Region"), words("FunctionName Region")),
    "AWS/SQS": (words("QueueName"),),
    "AWS/NATGateway": (words("NatGatewayId"),),
    "AWS/ElastiCache": (words("CacheClusterId"), words("clusterId")),
    "AWS/ECS": (words("ClusterName"),),
    "AWS/EFS": (words("FileSystemId"),),
    "AWS/ApiGateway": (words("ApiName"), words("ApiId")),
    "AWS/ApplicationELB": (words("LoadBalancer"), words("TargetGroup")),
    "AWS/NetworkELB": (words("LoadBalancer"), words("TargetGroup")),
    "AWS/Kinesis": (words("StreamName"),),
}


@BOOK.nest_rule(
    "SC-CW-004",
    Severity.DEAD,
    "The dimensions say of what the metric is",
    why="These services publish no metric without them: AWS/Billing wants Currency, CloudFront Region besides "
    "DistributionId, S3 StorageType or FilterId besides BucketName.",
    remedy="Add the missing dimension.",
    source=_SERVICES,
)
def dimensions_missing(view: View) -> Hits:
    for use in metric_uses(view):
        needed = _NEEDED.get(use.namespace or "", ())
        if use.namespace == "AWS/S3" and use.metric is not None:
            storage = use.metric in _S3_STORAGE
            replication = "Replication" in use.metric
            needed = (
                (words("BucketName StorageType" if storage else "BucketName FilterId"),)
                if not replication
                else ()
            )
        given = frozenset(use.dimensions or {})
        shown = ", ".join(sorted(given)) or "none"
        if use.dimensions is not None and needed and not any(names <= given for names in needed):
            listed = " or ".join(" and ".join(sorted(names)) for names in needed)
            yield use.node.hit(use.hit_message(f"it is published under {listed}, not {shown}."))


@BOOK.nest_rule(
    "SC-CW-005",
    Severity.DEAD,
    "The storage metrics of S3 are read by the day",
    why="BucketSizeBytes and NumberOfObjects are published once a day; a shorter period finds no data point.",
    remedy="Set the period to 86400.",
    source=_S3,
)
def daily_period(view: View) -> Hits:
    for use in metric_uses(view):
        if use.is_("AWS/S3", *_S3_STORAGE) and use.period is not None and use.period < _DAY_SECONDS:
            yield use.node.hit(
                use.hit_message(f"it is published once a day; the period is {use.period:g} seconds.")
            )


_STORAGE_TYPES = words(
    "StandardStorage IntelligentTieringFAStorage IntelligentTieringIAStorage IntelligentTieringAAStorage "
    "IntelligentTieringAIAStorage IntelligentTieringDAAStorage StandardIAStorage StandardIASizeOverhead "
    "StandardIAObjectOverhead OneZoneIAStorage OneZoneIASizeOverhead ReducedRedundancyStorage GlacierIRSizeOverhead "
    "GlacierInstantRetrievalSizeOverhead GlacierInstantRetrievalStorage GlacierStorage GlacierStagingStorage "
    "GlacierObjectOverhead GlacierS3ObjectOverhead DeepArchiveStorage DeepArchiveObjectOverhead "
    "DeepArchiveS3ObjectOverhead DeepArchiveStagingStorage ExpressOneZone AllStorageTypes"
)


@BOOK.nest_rule(
    "SC-CW-006",
    Severity.DEAD,
    "StorageType fits the storage metric",
    why="NumberOfObjects is published under AllStorageTypes alone, BucketSizeBytes under each type of storage alone.",
    remedy="NumberOfObjects: AllStorageTypes. BucketSizeBytes: StandardStorage, GlacierStorage and so on.",
    source=_S3,
)
def storage_type(view: View) -> Hits:
    for use in metric_uses(view):
        found = (use.dimensions or {}).get("StorageType")
        if not isinstance(found, str) or not use.is_("AWS/S3", *_S3_STORAGE):
            continue
        everything = found == "AllStorageTypes"
        if found not in _STORAGE_TYPES or everything is not (use.metric == "NumberOfObjects"):
            yield use.node.hit(use.hit_message(f"it is not published under StorageType {found}."))


@BOOK.nest_rule(
    "SC-CW-007",
    Severity.RISK,
    "A billing alarm has a period of six hours and takes the maximum",
    why="EstimatedCharges arrives every six hours or so and grows through the month: with a shorter period the alarm "
    "has no data most of the time, and a sum adds the same money several times.",
    remedy="Set Period to 21600 and Statistic to Maximum.",
    source=f"{_CW}/monitor_estimated_charges_with_cloudwatch.html",
)
def billing_period(view: View) -> Hits:
    for use in alarm_uses(view):
        if use.is_("AWS/Billing", "EstimatedCharges"):
            if use.period is not None and use.period < 21_600:
                yield use.node.hit(
                    use.hit_message(f"the period is {use.period:g} seconds, shorter than six hours.")
                )
            if use.statistic in ("Sum", "SampleCount"):
                yield use.node.hit(
                    use.hit_message(f"the {use.statistic} of it counts the same money several times.")
                )


# dimension -> type -> the attributes that hold what CloudWatch wants; "" is Ref
_DIMENSION_VALUES: dict[str, dict[str, tuple[str, ...]]] = {
    "QueueName": {"AWS::SQS::Queue": ("QueueName",)},
    "TopicName": {"AWS::SNS::Topic": ("TopicName",)},
    "FunctionName": {"AWS::Lambda::Function": ("",)},
    "DBInstanceIdentifier": {"AWS::RDS::DBInstance": ("",)},
    "DBClusterIdentifier": {"AWS::RDS::DBCluster": ("",)},
    "CacheClusterId": {"AWS::ElastiCache::CacheCluster": ("",), "AWS::ElastiCache::ReplicationGroup": ()},
    "LoadBalancer": {"AWS::ElasticLoadBalancingV2::LoadBalancer": ("LoadBalancerFullName",)},
    "TargetGroup": {"AWS::ElasticLoadBalancingV2::TargetGroup": ("TargetGroupFullName",)},
    "TableName": {"AWS::DynamoDB::Table": ("",)},
    "BucketName": {"AWS::S3::Bucket": ("",)},
    "StateMachineArn": {"AWS::StepFunctions::StateMachine": ("", "Arn")},
    "ClusterName": {"AWS::ECS::Cluster": ("",)},
    "ServiceName": {"AWS::ECS::Service": ("Name",)},
    "StreamName": {"AWS::Kinesis::Stream": ("",)},
    "DistributionId": {"AWS::CloudFront::Distribution": ("", "Id")},
    "AutoScalingGroupName": {"AWS::AutoScaling::AutoScalingGroup": ("",)},
    "InstanceId": {"AWS::EC2::Instance": ("", "InstanceId")},
    "NatGatewayId": {"AWS::EC2::NatGateway": ("", "NatGatewayId")},
    "FileSystemId": {"AWS::EFS::FileSystem": ("", "FileSystemId")},
    "LogGroupName": {"AWS::Logs::LogGroup": ("",)},
    "BackupVaultName": {"AWS::Backup::BackupVault": ("", "BackupVaultName")},
    "ApiName": {"AWS::ApiGateway::RestApi": ()},
    "VPC Endpoint Id": {"AWS::EC2::VPCEndpoint": ("", "Id")},
    "RuleName": {"AWS::Events::Rule": ()},
}


@BOOK.nest_rule(
    "SC-CW-014",
    Severity.DEAD,
    "A dimension's value is the name that CloudWatch knows the resource by",
    why="Ref of a queue is a URL and of a topic or load balancer an ARN; CloudWatch knows QueueName, TopicName and "
    "LoadBalancerFullName. A node of a replication group is called <group>-001.",
    remedy="Use the attribute that holds the name, such as !GetAtt Queue.QueueName.",
    source=_SERVICES,
)
def dimension_value(view: View) -> Hits:
    for use in metric_uses(view):
        for name, value in (use.dimensions or {}).items():
            types = _DIMENSION_VALUES.get(name, {})
            item = view.items.get(value.path) if isinstance(value, Reference) else None
            if item is None or not isinstance(value, Reference) or item.type not in types:
                continue
            wanted = types[item.type]
            if (value.attribute or "") not in wanted and item.type != "AWS::Events::Rule":
                said = f"its {wanted[0]}" if wanted and wanted[0] else "its Ref" if wanted else "another name"
                yield use.node.hit(f"{name} is {text_of(value)}; CloudWatch knows {item.id} by {said}.")


@BOOK.nest_rule(
    "SC-CW-015",
    Severity.DEAD,
    "A metric of a replication group is watched on a node",
    why="ElastiCache publishes by node: CacheClusterId is <replication group>-001, and so on, never the group's id.",
    remedy="Append -001 to the id of the replication group.",
    source="https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/CacheMetrics.html",
)
def replication_group_dimension(view: View) -> Hits:
    ids = [group["ReplicationGroupId"] for group in view.of("AWS::ElastiCache::ReplicationGroup")]
    groups = {id_.shown for id_ in ids if id_.given}
    for use in metric_uses(view):
        value = (use.dimensions or {}).get("CacheClusterId")
        if not isinstance(value, (str, Unknown)) or use.namespace != "AWS/ElastiCache":
            continue
        if text_of(value) in groups:
            yield use.node.hit(
                f"{text_of(value)} is a replication group; its first node is {text_of(value)}-001."
            )
