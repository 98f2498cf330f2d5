"""What Amazon ElastiCache refuses of replication groups and clusters, and what of them is silently dead."""

from __future__ import annotations

import re

from showcore_cfn.check.rules.names import least_length
from showcore_cfn.check.rules.numbers import whole
from showcore_cfn.check.rules.rule import Hits, Item, Rulebook, Severity
from showcore_cfn.check.rules.windows import daily, overlap, weekly

BOOK = Rulebook("elasticache")
GROUP = "AWS::ElastiCache::ReplicationGroup"
CLUSTER = "AWS::ElastiCache::CacheCluster"
_API = "https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateReplicationGroup.html"
_CLUSTER_API = "https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateCacheCluster.html"
_GUIDE = "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg"
_SHORTEST_WINDOW_MINUTES = 60


def engine(item: Item) -> str:
    """redis, valkey or memcached; a replication group without an Engine is redis."""
    node = item["Engine"]
    return "redis" if node.absent and item.type == GROUP else (node.text or "").lower()


def version(item: Item) -> tuple[int, ...] | None:
    """The engine version in numbers, where it is known."""
    text = item["EngineVersion"].text or ""
    parts = [whole(part) for part in text.removesuffix(".x").split(".")]
    return None if None in parts else tuple(part for part in parts if part is not None)


@BOOK.rule(
    "SC-CACHE-001",
    Severity.REFUSED,
    "A replication group id has 40 characters at most, a letter first, no double and no last hyphen",
    GROUP,
    CLUSTER,
    why="ElastiCache makes node names of the id and refuses others. A cluster's name may have 50 characters.",
    remedy="Shorten it, or use letters, digits and single hyphens.",
    source=_API,
)
def group_id(group: Item) -> Hits:
    node = group["ReplicationGroupId" if group.type == GROUP else "ClusterName"]
    longest = 40 if group.type == GROUP else 50
    if least_length(node.value) > longest and node.pieces:
        yield node.hit(f"{node.shown} has more than {longest} characters.")
    whole = "".join(piece or "x" for piece in node.pieces)
    if whole and not re.fullmatch(r"[A-Za-z](-?[A-Za-z0-9])*", whole):
        yield node.hit(
            f"{node.shown} is no id for ElastiCache: letters, digits and single hyphens, a letter first."
        )


@BOOK.rule(
    "SC-CACHE-002",
    Severity.REFUSED,
    "Encryption in transit of Redis is set on a replication group",
    CLUSTER,
    why="A single cache cluster offers encryption in transit for Memcached only.",
    remedy="Use AWS::ElastiCache::ReplicationGroup with NumCacheClusters: 1.",
    source=f"{_GUIDE}/in-transit-encryption.html",
)
def cluster_encryption(cluster: Item) -> Hits:
    if engine(cluster) in ("redis", "valkey") and cluster["TransitEncryptionEnabled"].flag:
        yield cluster["TransitEncryptionEnabled"].hit(
            f"A cache cluster of {engine(cluster)} cannot encrypt in transit."
        )


@BOOK.rule(
    "SC-CACHE-003",
    Severity.REFUSED,
    "A cluster of Redis has one node",
    CLUSTER,
    why="Several nodes of Redis or Valkey are a replication group.",
    remedy="Set NumCacheNodes to 1, or use AWS::ElastiCache::ReplicationGroup.",
    source=_CLUSTER_API,
)
def cluster_nodes(cluster: Item) -> Hits:
    nodes = cluster["NumCacheNodes"].number
    if engine(cluster) in ("redis", "valkey") and nodes is not None and nodes != 1:
        yield cluster["NumCacheNodes"].hit(f"A cluster of {engine(cluster)} has 1 node, not {nodes:g}.")


@BOOK.rule(
    "SC-CACHE-004",
    Severity.REFUSED,
    "Automatic failover has a replica to fail over to",
    GROUP,
    why="ElastiCache refuses AutomaticFailoverEnabled for a group of one node without cluster mode.",
    remedy="Set NumCacheClusters to 2, or AutomaticFailoverEnabled to false.",
    source=_API,
)
def failover_alone(group: Item) -> Hits:
    if group["AutomaticFailoverEnabled"].flag and group["NumCacheClusters"].number == 1:
        yield group["AutomaticFailoverEnabled"].hit(
            "The group has one node; there is nothing to fail over to."
        )


@BOOK.rule(
    "SC-CACHE-005",
    Severity.REFUSED,
    "Multi-AZ stands beside automatic failover",
    GROUP,
    why="MultiAZEnabled needs AutomaticFailoverEnabled, and with it at least one replica.",
    remedy="Enable both, or neither.",
    source=_API,
)
def multi_az(group: Item) -> Hits:
    failover = group["AutomaticFailoverEnabled"]
    if group["MultiAZEnabled"].flag and (failover.absent or failover.flag is False):
        yield group["MultiAZEnabled"].hit("MultiAZEnabled needs AutomaticFailoverEnabled: true.")


@BOOK.rule(
    "SC-CACHE-006",
    Severity.REFUSED,
    "There are as many preferred zones as nodes",
    GROUP,
    CLUSTER,
    why="PreferredCacheClusterAZs names the zone of each node, so it is as long as NumCacheClusters.",
    remedy="Name one zone for each node.",
    source=_API,
)
def zones_of_nodes(group: Item) -> Hits:
    zones, count = (
        ("PreferredCacheClusterAZs", "NumCacheClusters")
        if group.type == GROUP
        else ("PreferredAvailabilityZones", "NumCacheNodes")
    )
    node, nodes = group[zones], group[count].number
    if node.closed and nodes is not None and len(node.each()) != nodes:
        yield node.hit(f"{zones} names {len(node.each())} zones for {nodes:g} nodes.")


@BOOK.rule(
    "SC-CACHE-007",
    Severity.REFUSED,
    "The snapshot window reads hh24:mi-hh24:mi and lasts 60 minutes at least",
    GROUP,
    CLUSTER,
    why="ElastiCache takes the daily window in UTC, in this form only, and no shorter than 60 minutes.",
    remedy='Write a window such as "03:00-04:00".',
    source=_API,
)
def snapshot_window(group: Item) -> Hits:
    node = group["SnapshotWindow"]
    window = daily(node.text)
    if node.text is not None and (window is None or window.length < _SHORTEST_WINDOW_MINUTES):
        yield node.hit(f"{node.text} is no daily window of 60 minutes or more.")


@BOOK.rule(
    "SC-CACHE-008",
    Severity.REFUSED,
    "The maintenance window reads ddd:hh24:mi-ddd:hh24:mi and lasts 60 minutes at least",
    GROUP,
    CLUSTER,
    why="ElastiCache takes the weekly window in UTC, in this form only, and no shorter than 60 minutes.",
    remedy='Write a window such as "sun:05:00-sun:06:00".',
    source=_API,
)
def maintenance_window(group: Item) -> Hits:
    node = group["PreferredMaintenanceWindow"]
    window = weekly(node.text)
    if node.text is not None and (window is None or window.length < _SHORTEST_WINDOW_MINUTES):
        yield node.hit(f"{node.text} is no weekly window of 60 minutes or more.")


@BOOK.rule(
    "SC-CACHE-009",
    Severity.REFUSED,
    "The snapshot window does not overlap the maintenance window",
    GROUP,
    CLUSTER,
    why="ElastiCache answers: the snapshot window and maintenance window must not overlap.",
    remedy="Move one of the two windows; they may touch.",
    source=f"{_GUIDE}/backups-automatic.html",
)
def windows_overlap(group: Item) -> Hits:
    snapshot, maintenance = (
        daily(group["SnapshotWindow"].text),
        weekly(group["PreferredMaintenanceWindow"].text),
    )
    if snapshot and maintenance and overlap(snapshot, maintenance):
        yield group["SnapshotWindow"].hit(
            f"{group['SnapshotWindow'].text} overlaps {group['PreferredMaintenanceWindow'].text}."
        )


@BOOK.rule(
    "SC-CACHE-010",
    Severity.REFUSED,
    "A token or user groups stand beside encryption in transit",
    GROUP,
    why="AUTH and role-based access control need TransitEncryptionEnabled.",
    remedy="Set TransitEncryptionEnabled to true.",
    source=f"{_GUIDE}/auth.html",
)
def token_without_tls(group: Item) -> Hits:
    tls = group["TransitEncryptionEnabled"]
    for name in ("AuthToken", "UserGroupIds"):
        if group[name].given and (tls.absent or tls.flag is False):
            yield group[name].hit(f"{name} needs TransitEncryptionEnabled: true.")


@BOOK.rule(
    "SC-CACHE-011",
    Severity.REFUSED,
    "An AUTH token has 16 to 128 printable characters, of the special ones only ! & # $ ^ < > -",
    GROUP,
    CLUSTER,
    why="ElastiCache refuses other tokens, among them those with @, slash or quotes.",
    remedy="Generate it in Secrets Manager with ExcludePunctuation.",
    source=f"{_GUIDE}/auth.html",
)
def token_form(group: Item) -> Hits:
    text = group["AuthToken"].text
    if text is None or text.startswith("{{resolve:"):
        return
    if not re.fullmatch(r"[A-Za-z0-9!&#$^<>\-]{16,128}", text):
        yield group["AuthToken"].hit(
            "The token is too short, too long, or holds a character ElastiCache refuses."
        )


@BOOK.rule(
    "SC-CACHE-012",
    Severity.REFUSED,
    "Snapshots are kept for 35 days at most, and only for Redis and Valkey",
    GROUP,
    CLUSTER,
    why="SnapshotRetentionLimit goes up to 35; Memcached has no snapshots.",
    remedy="Set SnapshotRetentionLimit between 0 and 35.",
    source=f"{_GUIDE}/backups-automatic.html",
)
def snapshot_retention(group: Item) -> Hits:
    days = group["SnapshotRetentionLimit"].number
    if days is not None and (days > 35 or (days > 0 and engine(group) == "memcached")):
        yield group["SnapshotRetentionLimit"].hit(f"Snapshots cannot be kept for {days:g} days here.")


@BOOK.rule(
    "SC-CACHE-013",
    Severity.DEAD,
    "A snapshot window has a retention",
    GROUP,
    CLUSTER,
    why="SnapshotRetentionLimit 0 is the default: no snapshot is ever taken, whatever the window.",
    remedy="Set SnapshotRetentionLimit to the days to keep.",
    source=f"{_GUIDE}/backups-automatic.html",
)
def window_without_snapshots(group: Item) -> Hits:
    limit = group["SnapshotRetentionLimit"]
    if group["SnapshotWindow"].text is not None and (limit.absent or limit.number == 0):
        yield group["SnapshotWindow"].hit("No snapshot is taken in this window: SnapshotRetentionLimit is 0.")


@BOOK.rule(
    "SC-CACHE-014",
    Severity.REFUSED,
    "A log type is delivered once, by an engine that has it",
    GROUP,
    CLUSTER,
    why="slow-log needs Redis 6.0 and engine-log 6.2; each type takes one destination.",
    remedy="Keep one entry for each type, or raise EngineVersion.",
    source=f"{_GUIDE}/Log_Delivery.html",
)
def log_delivery(group: Item) -> Hits:
    seen: set[str] = set()
    for node in group["LogDeliveryConfigurations"].each():
        kind, own = node["LogType"].text, version(group)
        if kind in seen:
            yield node.hit(f"{kind} is delivered twice.")
        least = {"slow-log": (6, 0), "engine-log": (6, 2)}.get(kind or "")
        if least and own and engine(group) == "redis" and own < least:
            yield node.hit(f"Redis {group['EngineVersion'].text} has no {kind}.")
        seen.update([kind] if kind else [])


@BOOK.rule(
    "SC-CACHE-015",
    Severity.REFUSED,
    "The details of a log destination fit its type",
    GROUP,
    CLUSTER,
    why="cloudwatch-logs takes CloudWatchLogsDetails, kinesis-firehose takes KinesisFirehoseDetails.",
    remedy="Name the destination in the details of its own type.",
    source=f"{_GUIDE}/Log_Delivery.html",
)
def log_destination(group: Item) -> Hits:
    own = {"cloudwatch-logs": "CloudWatchLogsDetails", "kinesis-firehose": "KinesisFirehoseDetails"}
    for node in group["LogDeliveryConfigurations"].each():
        wanted = own.get(node["DestinationType"].text or "")
        if wanted and node["DestinationDetails"][wanted].absent:
            yield node["DestinationDetails"].hit(f"{node['DestinationType'].text} wants {wanted}.")


@BOOK.rule(
    "SC-CACHE-016",
    Severity.REFUSED,
    "Shards and nodes are counted in one way",
    GROUP,
    why="NumCacheClusters counts the nodes of one shard; NumNodeGroups and ReplicasPerNodeGroup count shards.",
    remedy="Use NumCacheClusters alone, or NumNodeGroups with ReplicasPerNodeGroup.",
    source=_API,
)
def counted_twice(group: Item) -> Hits:
    shards = group["NumNodeGroups"].number
    if group["NumCacheClusters"].given and (group["ReplicasPerNodeGroup"].given or (shards or 0) > 1):
        yield group["NumCacheClusters"].hit(
            "NumCacheClusters stands beside NumNodeGroups or ReplicasPerNodeGroup."
        )


@BOOK.rule(
    "SC-CACHE-017",
    Severity.REFUSED,
    "Several shards fail over automatically",
    GROUP,
    why="Cluster mode enabled needs AutomaticFailoverEnabled.",
    remedy="Set AutomaticFailoverEnabled to true.",
    source=_API,
)
def shards_without_failover(group: Item) -> Hits:
    shards, failover = group["NumNodeGroups"].number, group["AutomaticFailoverEnabled"]
    if shards is not None and shards > 1 and (failover.absent or failover.flag is False):
        yield group["NumNodeGroups"].hit(f"{shards:g} shards need AutomaticFailoverEnabled: true.")


@BOOK.rule(
    "SC-CACHE-018",
    Severity.REFUSED,
    "Data tiering is on for r6gd nodes, and for them alone",
    GROUP,
    why="r6gd nodes must have DataTieringEnabled, and no others can.",
    remedy="Set DataTieringEnabled to true with cache.r6gd nodes, or leave it out.",
    source=f"{_GUIDE}/data-tiering.html",
)
def data_tiering(group: Item) -> Hits:
    kind, tiering = group["CacheNodeType"].text, group["DataTieringEnabled"]
    if kind is None or (tiering.given and tiering.flag is None):
        return
    if kind.startswith("cache.r6gd.") is not bool(tiering.flag):
        yield group["CacheNodeType"].hit(f"{kind} and DataTieringEnabled: {str(bool(tiering.flag)).lower()}.")


@BOOK.rule(
    "SC-CACHE-019",
    Severity.REFUSED,
    "A key for encryption at rest stands beside encryption at rest",
    GROUP,
    why="KmsKeyId without AtRestEncryptionEnabled is refused.",
    remedy="Set AtRestEncryptionEnabled to true.",
    source=f"{_GUIDE}/at-rest-encryption.html",
)
def key_without_encryption(group: Item) -> Hits:
    encryption = group["AtRestEncryptionEnabled"]
    if group["KmsKeyId"].given and (encryption.absent or encryption.flag is False):
        yield group["KmsKeyId"].hit("KmsKeyId needs AtRestEncryptionEnabled: true.")


@BOOK.rule(
    "SC-CACHE-020",
    Severity.REFUSED,
    "Memcached across zones has two nodes",
    CLUSTER,
    why="AZMode cross-az needs more than one node.",
    remedy="Set NumCacheNodes to 2 or AZMode to single-az.",
    source=_CLUSTER_API,
)
def cross_zone_alone(cluster: Item) -> Hits:
    if cluster["AZMode"].text == "cross-az" and cluster["NumCacheNodes"].number == 1:
        yield cluster["AZMode"].hit("cross-az needs two nodes or more.")
