"""Versions, node types and parameter families of ElastiCache."""

from __future__ import annotations

import re

from showcore_cfn.check.rules.elasticache import CLUSTER, GROUP, engine, version
from showcore_cfn.check.rules.rule import Hits, Item, Rulebook, Severity, View, words
from showcore_cfn.check.rules.tables import db_parameters

BOOK = Rulebook("elasticache_groups")
PARAMETERS = "AWS::ElastiCache::ParameterGroup"
_GUIDE = "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg"
_PARAMETERS_DOC = f"{_GUIDE}/ParameterGroups.Engine.html"
_VERSIONS_DOC = f"{_GUIDE}/engine-versions.html"

_FAMILIES = words(
    "memcached1.4 memcached1.5 memcached1.6 redis2.6 redis2.8 redis3.2 redis4.0 redis5.0 redis6.x redis7 "
    "valkey7 valkey8 valkey9"
)


def _family(kind: str, own: tuple[int, ...]) -> str | None:
    """The family of an engine version."""
    if kind in ("redis", "valkey") and own[0] >= 7:
        return f"{kind}{own[0]}"
    if kind == "redis" and own[0] == 6:
        return "redis6.x"
    return f"{kind}{own[0]}.{own[1]}" if len(own) > 1 else None


@BOOK.rule(
    "SC-CACHE-031",
    Severity.REFUSED,
    "A parameter group belongs to a family that ElastiCache has",
    PARAMETERS,
    why="Families are redis7, redis6.x, redis5.0, valkey7, valkey8, memcached1.6 and older ones.",
    remedy="Write the family so; redis7 is the one of 7.0 and 7.1.",
    source=_PARAMETERS_DOC,
)
def family_form(group: Item) -> Hits:
    text = group["CacheParameterGroupFamily"].text
    if text is not None and text not in _FAMILIES and re.match(r"redis|memcached|valkey\d*\.", text):
        yield group["CacheParameterGroupFamily"].hit(f"There is no family {text}.")


@BOOK.rule(
    "SC-CACHE-032",
    Severity.REFUSED,
    "The parameter group is of the family of the engine version",
    GROUP,
    CLUSTER,
    why="A parameter group of another family cannot be attached.",
    remedy="Give the parameter group the family of the engine version.",
    source=_PARAMETERS_DOC,
)
def family_of_version(group: Item) -> Hits:
    node = group["CacheParameterGroupName"]
    target = node.target(PARAMETERS)
    have = target["CacheParameterGroupFamily"].text if target else None
    if have is None and (node.text or "").startswith("default."):
        have = (node.text or "").removeprefix("default.").removesuffix(".cluster.on")
    own = version(group)
    wanted = _family(engine(group), own) if own and engine(group) else None
    if have is not None and wanted is not None and have != wanted:
        yield node.hit(
            f"The parameter group is of the family {have}; {group['EngineVersion'].text} wants {wanted}."
        )
    elif have is not None and engine(group) and not have.startswith(engine(group)):
        yield node.hit(f"The parameter group is of the family {have}; the engine is {engine(group)}.")


@BOOK.rule(
    "SC-CACHE-033",
    Severity.REFUSED,
    "A Redis or Valkey parameter group holds only parameters of its family",
    PARAMETERS,
    why="ElastiCache refuses a name that the family does not know. Encryption, passwords, ports and snapshots are "
    "properties of the replication group.",
    remedy="Take it away; encryption in transit is TransitEncryptionEnabled of the replication group.",
    source=_PARAMETERS_DOC,
)
def unknown_redis_parameter(group: Item) -> Hits:
    family = group["CacheParameterGroupFamily"].text or ""
    known = db_parameters("redis")
    for name, node in group["Properties"].entries() if re.match(r"redis|valkey", family) else ():
        if name not in known and not (
            family.startswith("valkey") and re.match(r"search|command-?log|cluster", name)
        ):
            yield node.hit(f"{family} has no parameter {name}.")


@BOOK.rule(
    "SC-CACHE-034",
    Severity.REFUSED,
    "A Memcached parameter group holds only parameters of its family",
    PARAMETERS,
    why="ElastiCache refuses a name that the family does not know.",
    remedy="Take it away, or spell it with underscores as the documentation does.",
    source=_PARAMETERS_DOC,
)
def unknown_memcached_parameter(group: Item) -> Hits:
    family = group["CacheParameterGroupFamily"].text or ""
    for name, node in group["Properties"].entries() if family.startswith("memcached") else ():
        if name in db_parameters("redis") or "-" in name:
            yield node.hit(f"{family} has no parameter {name}.")


@BOOK.rule(
    "SC-CACHE-035",
    Severity.REFUSED,
    "A parameter group sets only parameters that can be modified",
    PARAMETERS,
    why="maxmemory, maxclients and the buffers of replicas follow from the node type.",
    remedy="Take it away. To leave memory free set reserved-memory-percent.",
    source=_PARAMETERS_DOC,
)
def fixed_parameter(group: Item) -> Hits:
    family = group["CacheParameterGroupFamily"].text or ""
    for name, node in group["Properties"].entries() if re.match(r"redis|valkey", family) else ():
        if name in db_parameters("redis_fixed"):
            yield node.hit(f"{name} cannot be modified.")


_EVICTION = words(
    "allkeys-lru volatile-lru allkeys-lfu volatile-lfu allkeys-random volatile-random volatile-ttl noeviction"
)
_SWITCHES = words(
    "activedefrag activerehashing cluster-enabled appendonly latency-tracking lazyfree-lazy-eviction "
    "lazyfree-lazy-expire lazyfree-lazy-server-del lazyfree-lazy-user-del lazyfree-lazy-user-flush "
    "cluster-allow-reads-when-down close-on-replica-write lua-replicate-commands"
)


@BOOK.rule(
    "SC-CACHE-036",
    Severity.REFUSED,
    "maxmemory-policy is one of the eight policies",
    PARAMETERS,
    why="ElastiCache refuses others.",
    remedy="Use allkeys-lru for a cache, volatile-lru or noeviction for data that must stay.",
    source=_PARAMETERS_DOC,
)
def eviction_policy(group: Item) -> Hits:
    node = group.at("Properties", "maxmemory-policy")
    if node.text is not None and node.text not in _EVICTION:
        yield node.hit(f"There is no policy {node.text}; there are {', '.join(sorted(_EVICTION))}.")


@BOOK.rule(
    "SC-CACHE-037",
    Severity.REFUSED,
    "A switch of Redis is yes or no, as text",
    PARAMETERS,
    why="ElastiCache takes yes and no. YAML reads a bare yes as true, and true is refused.",
    remedy='Write "yes" or "no" in quotes.',
    source=_PARAMETERS_DOC,
)
def switch_value(group: Item) -> Hits:
    for name, node in group["Properties"].entries():
        if name in _SWITCHES and node.text is not None and node.text not in ("yes", "no"):
            yield node.hit(f"{name} takes yes or no, not {node.text}.")


@BOOK.rule(
    "SC-CACHE-038",
    Severity.REFUSED,
    "timeout is 0 or at least 20 seconds",
    PARAMETERS,
    why="ElastiCache takes 0 or 20 and more for timeout.",
    remedy="Set 0 to keep idle connections, or 20 seconds or more.",
    source=_PARAMETERS_DOC,
)
def idle_timeout(group: Item) -> Hits:
    node = group.at("Properties", "timeout")
    family = group["CacheParameterGroupFamily"].text or ""
    if re.match(r"redis|valkey", family) and node.number is not None and 0 < node.number < 20:
        yield node.hit(f"timeout {node.number:g} is refused: 0, or 20 and more.")


_VERSIONS = {
    "redis": re.compile(r"2\.(6\.13|8\.\d+)|3\.2\.\d+|4\.0\.10|5\.0\.\d|6\.x|6\.[02]|7\.[01]"),
    "valkey": re.compile(r"7\.2|[89]\.\d"),
    "memcached": re.compile(r"1\.[456]\.\d+"),
}


@BOOK.rule(
    "SC-CACHE-039",
    Severity.REFUSED,
    "The engine version exists in ElastiCache",
    GROUP,
    why="From Redis 6 on ElastiCache names versions by major and minor number: 6.2, 7.0, 7.1; Valkey 7.2, 8.0.",
    remedy="Write 7.1 for Redis, 8.0 for Valkey.",
    source=_VERSIONS_DOC,
)
def engine_version(group: Item) -> Hits:
    text, form = group["EngineVersion"].text, _VERSIONS.get(engine(group))
    if text is not None and form is not None and not form.fullmatch(text):
        yield group["EngineVersion"].hit(f"ElastiCache has no {engine(group)} {text}.")


@BOOK.rule(
    "SC-CACHE-040",
    Severity.REFUSED,
    "A node type starts with `cache.` and a family of its own",
    GROUP,
    CLUSTER,
    why="ElastiCache has its own node types; instance types of EC2 or RDS are refused.",
    remedy="Write cache.t4g.micro, not t4g.micro.",
    source=f"{_GUIDE}/CacheNodes.SupportedTypes.html",
)
def node_type(group: Item) -> Hits:
    text = group["CacheNodeType"].text
    if text is not None and not re.fullmatch(
        r"cache\.[a-z0-9]+\.(nano|micro|small|medium|large|\d*xlarge)", text
    ):
        yield group["CacheNodeType"].hit(f"{text} is no node type of ElastiCache.")


@BOOK.nest_rule(
    "SC-CACHE-041",
    Severity.REFUSED,
    "Several shards use a parameter group with cluster mode on",
    why="cluster-enabled must be yes in the parameter group for more than one shard.",
    remedy='Set cluster-enabled: "yes", or use a default group that ends in .cluster.on.',
    source=f"{_GUIDE}/Replication.CreatingReplGroup.NoExistingCluster.Cluster.html",
)
def shards_without_cluster_mode(view: View) -> Hits:
    for group in view.of(GROUP):
        node, shards = group["CacheParameterGroupName"], group["NumNodeGroups"].number
        target = node.target(PARAMETERS)
        default = (node.text or "").startswith("default.") and not (node.text or "").endswith(".cluster.on")
        enabled = target.at("Properties", "cluster-enabled") if target else None
        off = enabled is not None and (enabled.absent or enabled.text == "no")
        if shards is not None and shards > 1 and (default or off):
            yield node.hit(f"{shards:g} shards need cluster mode, which {node.shown} leaves off.")


@BOOK.nest_rule(
    "SC-CACHE-042",
    Severity.REFUSED,
    "A user group holds the user named default",
    why="ElastiCache refuses a user group without a user whose name is default.",
    remedy="Add a user with UserName: default to UserIds.",
    source=f"{_GUIDE}/Clusters.RBAC.html",
)
def user_group_default(view: View) -> Hits:
    for group in view.of("AWS::ElastiCache::UserGroup"):
        node = group["UserIds"]
        users = [user.target("AWS::ElastiCache::User") for user in node.each()]
        if (
            node.closed
            and (group["Engine"].text or "redis").lower() == "redis"
            and all(user is not None and user["UserName"].text not in (None, "default") for user in users)
        ):
            yield node.hit("No user of this group is named default.")
