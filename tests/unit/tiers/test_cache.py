"""Section 6 of the plan."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from showcore_cfn.review.resolve import Nest
from showcore_cfn.review.values import Reference

Find = Callable[..., dict[str, Any]]


@pytest.mark.task("6.2")
@pytest.mark.task("6.3")
@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("ReplicationGroupId", "showcore-redis", id="6.2-showcore-redis"),
        pytest.param("Engine", "redis", id="6.2-redis"),
        pytest.param("EngineVersion", "7.1", id="6.2-version-7"),
        pytest.param("CacheNodeType", "cache.t3.micro", id="6.2-cache.t3.micro"),
        pytest.param("NumCacheClusters", 1, id="6.2-one-node"),
        pytest.param("AutomaticFailoverEnabled", False, id="6.2-no-failover"),
        pytest.param("MultiAZEnabled", False, id="6.2-single-zone"),
        pytest.param("PreferredCacheClusterAZs", ["us-east-1a"], id="6.2-us-east-1a"),
        pytest.param("Port", 6379, id="4.1-6379"),
        pytest.param("AtRestEncryptionEnabled", True, id="6.2-at-rest"),
        pytest.param("TransitEncryptionEnabled", True, id="6.2-in-transit"),
        pytest.param("SecurityGroupIds", [Reference("security/ElastiCacheSecurityGroup")], id="6.2-group"),
        pytest.param("SnapshotRetentionLimit", 7, id="6.3-kept-7-days"),
        pytest.param("SnapshotWindow", "03:00-04:00", id="6.3-window"),
        pytest.param("PreferredMaintenanceWindow", "sun:05:00-sun:06:00", id="after-the-snapshot"),
        pytest.param(
            "NotificationTopicArn",
            "arn:aws:sns:us-east-1:111122223333:showcore-elasticache-events",
            id="11.4-events",
        ),
    ],
)
def test_the_cache_is_as_the_plan_has_it(properties: Find, name: str, value: object) -> None:
    assert properties("cache/RedisCluster")[name] == value


def test_cluster_mode_and_a_key_of_our_own_are_left_out(properties: Find) -> None:
    assert not properties("cache/RedisCluster").keys() & {"ClusterMode", "KmsKeyId", "TransitEncryptionMode"}


@pytest.mark.task("6.2")
def test_it_is_a_replication_group_since_a_cache_cluster_cannot_be_encrypted(nest: Nest) -> None:
    assert nest.resources["cache/RedisCluster"].type == "AWS::ElastiCache::ReplicationGroup"
    assert "AWS::ElastiCache::CacheCluster" not in {r.type for r in nest.resources.values()}


@pytest.mark.task("6.1")
def test_the_parameter_group_holds_a_parameter_that_redis7_knows(properties: Find) -> None:
    group = properties("cache/ElastiCacheParameterGroup")
    assert group["CacheParameterGroupFamily"] == "redis7"
    assert group["Properties"] == {"maxmemory-policy": "volatile-lru"}


@pytest.mark.task("6.1")
def test_the_subnet_group_holds_the_private_subnets(properties: Find) -> None:
    assert properties("cache/ElastiCacheSubnetGroup")["SubnetIds"] == [
        Reference("network/PrivateSubnetA"),
        Reference("network/PrivateSubnetB"),
    ]


@pytest.mark.task("10.7")
def test_both_logs_go_to_the_named_group_for_7_days(properties: Find) -> None:
    group = properties("cache/RedisLogGroup")
    assert (group["LogGroupName"], group["RetentionInDays"]) == ("/aws/elasticache/showcore-redis", 7)
    logs = properties("cache/RedisCluster")["LogDeliveryConfigurations"]
    assert [log["LogType"] for log in logs] == ["slow-log", "engine-log"]
    assert {log["DestinationType"] for log in logs} == {"cloudwatch-logs"}


def test_the_cache_leaves_a_snapshot_when_it_goes(nest: Nest) -> None:
    raw = nest.resources["cache/RedisCluster"].raw
    assert (raw["DeletionPolicy"], raw["UpdateReplacePolicy"]) == ("Snapshot", "Snapshot")


def test_the_root_waits_for_the_topic_that_the_cache_names(nest: Nest) -> None:
    assert nest.resources["root/Cache"].raw["DependsOn"] == "Alerts"
