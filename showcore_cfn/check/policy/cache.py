"""The cache: tasks 6.1 to 6.3."""

from __future__ import annotations

from showcore_cfn.check.policy.ask import REFERENCE, differs, lacks, lacks_number, said
from showcore_cfn.check.rules.rule import Hits, Item, Rulebook, Severity

BOOK = Rulebook("cache")
_GROUP = "AWS::ElastiCache::ReplicationGroup"
_CLUSTER = "AWS::ElastiCache::CacheCluster"
_SERVERLESS = "AWS::ElastiCache::ServerlessCache"
_GROUP_PAGE = f"{REFERENCE}/aws-resource-elasticache-replicationgroup.html"
_CLASS = "cache.t3.micro"
_SNAPSHOT_DAYS = 7
_SNAPSHOT_WINDOW = "03:00-04:00"


@BOOK.rule(
    "PLAN-6.2-FREE-TIER-CLASS",
    Severity.COST,
    f"The cache is a {_CLASS}",
    *(_GROUP, _CLUSTER, _SERVERLESS),
    why=f"The plan, 6.2 and 12.1: {_CLASS}, which the free tier covers.",
    remedy=f"Set CacheNodeType to {_CLASS}.",
    source="https://aws.amazon.com/elasticache/pricing/",
)
def cache_class(item: Item) -> Hits:
    if item.type == _SERVERLESS:
        yield item.hit(f"a serverless cache instead of {_CLASS}", "Type")
    elif differs(item["CacheNodeType"], _CLASS):
        yield item["CacheNodeType"].hit(f"{item['CacheNodeType'].shown} instead of {_CLASS}")


@BOOK.rule(
    "PLAN-6.2-SINGLE-NODE",
    Severity.COST,
    "The cache is a single node in a single zone",
    _GROUP,
    _CLUSTER,
    why="The plan, 6.2 and 12.1: one node, no replica. Each further node costs as much as the first.",
    remedy="Set NumCacheClusters (or NumCacheNodes) to 1 and MultiAZEnabled to false.",
    source=_GROUP_PAGE,
)
def cache_is_one_node(item: Item) -> Hits:
    most = {"NumCacheClusters": 1, "NumCacheNodes": 1, "NumNodeGroups": 1, "ReplicasPerNodeGroup": 0}
    for name, count in most.items():
        number = item[name].number
        if number is not None and number > count:
            yield item[name].hit(f"{name} is {item[name].shown} instead of {count}")
    if item["MultiAZEnabled"].flag:
        yield item["MultiAZEnabled"].hit("the cache stands in several zones")


@BOOK.rule(
    "PLAN-6.2-ENCRYPTED",
    Severity.RISK,
    "The cache is encrypted at rest",
    _GROUP,
    _CLUSTER,
    why="The plan, 6.2 and 15.2: encryption at rest. Only a replication group has it, and only from its creation.",
    remedy="Use a replication group with AtRestEncryptionEnabled true, without a KmsKeyId.",
    source="https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/at-rest-encryption.html",
)
def cache_is_encrypted(item: Item) -> Hits:
    if item.type == _CLUSTER:
        if differs(item["Engine"], "memcached"):
            yield item.hit("a cache cluster cannot be encrypted at rest", "Type")
    elif lacks(item["AtRestEncryptionEnabled"], "true"):
        yield item["AtRestEncryptionEnabled"].hit("the cache is not encrypted at rest")


@BOOK.rule(
    "PLAN-6.2-TLS",
    Severity.RISK,
    "The cache refuses connections without TLS",
    _GROUP,
    _CLUSTER,
    why="The plan, 6.2 and 15.2: TLS is required. In the mode `preferred` it is only offered.",
    remedy="Set TransitEncryptionEnabled to true, and TransitEncryptionMode to required or leave it out.",
    source="https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/in-transit-encryption.html",
)
def cache_requires_tls(item: Item) -> Hits:
    if lacks(item["TransitEncryptionEnabled"], "true"):
        yield item["TransitEncryptionEnabled"].hit("the cache accepts connections without TLS")
    elif differs(item["TransitEncryptionMode"], "required"):
        yield item["TransitEncryptionMode"].hit(
            "the cache accepts connections without TLS beside those with it"
        )


@BOOK.rule(
    "PLAN-6.3-SNAPSHOTS",
    Severity.RISK,
    "Daily snapshots are kept for 7 days",
    _GROUP,
    why="The plan, 6.3: daily backups, kept for 7 days. Without a limit there are none.",
    remedy=f"Set SnapshotRetentionLimit to {_SNAPSHOT_DAYS}.",
    source="https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/backups-automatic.html",
)
def cache_snapshots(item: Item) -> Hits:
    setting = item["SnapshotRetentionLimit"]
    if lacks_number(setting, _SNAPSHOT_DAYS):
        yield setting.hit(f"SnapshotRetentionLimit {said(setting)}")


@BOOK.rule(
    "PLAN-6.3-WINDOW",
    Severity.STYLE,
    "Snapshots are taken in the plan's window",
    _GROUP,
    why=f"The plan, 6.3: {_SNAPSHOT_WINDOW} UTC.",
    remedy=f"Set SnapshotWindow to {_SNAPSHOT_WINDOW}.",
    source=_GROUP_PAGE,
)
def cache_snapshot_window(item: Item) -> Hits:
    if differs(item["SnapshotWindow"], _SNAPSHOT_WINDOW):
        yield item["SnapshotWindow"].hit(f"{item['SnapshotWindow'].shown} instead of {_SNAPSHOT_WINDOW}")
