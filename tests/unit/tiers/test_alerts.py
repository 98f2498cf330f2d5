"""Sections 10.1 and 11.4 of the plan."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from showcore_cfn.review.resolve import Nest
from showcore_cfn.review.values import Reference

Find = Callable[..., dict[str, Any]]


@pytest.mark.task("10.1")
@pytest.mark.parametrize(
    ("topic", "name"),
    [
        pytest.param("CriticalAlertsTopic", "showcore-critical-alerts", id="10.1-critical"),
        pytest.param("WarningAlertsTopic", "showcore-warning-alerts", id="10.1-warning"),
        pytest.param("BillingAlertsTopic", "showcore-billing-alerts", id="10.1-billing"),
    ],
)
def test_each_topic_has_the_name_of_the_plan_and_no_key(properties: Find, topic: str, name: str) -> None:
    found = properties(f"alerts/{topic}")
    assert found["TopicName"] == name
    assert "KmsMasterKeyId" not in found


@pytest.mark.task("10.1")
def test_one_to_three_addresses_subscribe_to_a_topic(of_type: Find) -> None:
    def addresses(**given: str) -> set[tuple[str, str]]:
        found = of_type("AWS::SNS::Subscription", **given).values()
        return {(s["TopicArn"].path, s["Endpoint"]) for s in found if s["Protocol"] == "email"}

    assert addresses() == {
        ("alerts/CriticalAlertsTopic", "critical@example.com"),
        ("alerts/WarningAlertsTopic", "warning@example.com"),
        ("alerts/BillingAlertsTopic", "billing@example.com"),
    }
    more = addresses(CriticalAlertEmail2="second@example.com", CriticalAlertEmail3="third@example.com")
    assert more - addresses() == {
        ("alerts/CriticalAlertsTopic", "second@example.com"),
        ("alerts/CriticalAlertsTopic", "third@example.com"),
    }


@pytest.mark.task("10.1")
@pytest.mark.parametrize("topic", ["CriticalAlertsTopic", "WarningAlertsTopic", "BillingAlertsTopic"])
def test_alarms_of_this_account_may_publish_and_nobody_without_tls(properties: Find, topic: str) -> None:
    statements = properties(f"alerts/{topic}Policy")["PolicyDocument"]["Statement"]
    alarms, refusal = statements[0], statements[-1]
    assert alarms["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
    assert alarms["Condition"]["StringEquals"] == {"aws:SourceAccount": "111122223333"}
    assert alarms["Condition"]["ArnLike"] == {
        "aws:SourceArn": "arn:aws:cloudwatch:us-east-1:111122223333:alarm:*"
    }
    assert (refusal["Effect"], refusal["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": "false"}})


def test_backup_events_reach_the_critical_topic_and_cost_anomalies_the_billing_topic(
    properties: Find,
) -> None:
    def services(topic: str) -> list[str]:
        statements = properties(f"alerts/{topic}Policy")["PolicyDocument"]["Statement"]
        return [s["Principal"]["Service"] for s in statements if s["Effect"] == "Allow"]

    assert services("CriticalAlertsTopic") == ["cloudwatch.amazonaws.com", "events.amazonaws.com"]
    assert services("WarningAlertsTopic") == ["cloudwatch.amazonaws.com"]
    assert services("BillingAlertsTopic") == ["cloudwatch.amazonaws.com", "costalerts.amazonaws.com"]


@pytest.mark.task("11.4")
def test_elasticache_may_publish_by_source_owner_and_to_an_unencrypted_topic(properties: Find) -> None:
    assert properties("alerts/ElastiCacheEventsTopic").keys() == {"TopicName", "Tags"}
    policy = properties("alerts/ElastiCacheEventsTopicPolicy")["PolicyDocument"]
    (statement,) = policy["Statement"]
    assert statement["Principal"] == {"AWS": "*"}
    assert statement["Condition"] == {"StringEquals": {"AWS:SourceOwner": "111122223333"}}


@pytest.mark.task("11.4")
def test_only_failed_snapshots_reach_the_queue(properties: Find, nest: Nest) -> None:
    subscription = properties("alerts/ElastiCacheSnapshotFailuresSubscription")
    assert subscription["FilterPolicyScope"] == "MessageBody"
    assert subscription["FilterPolicy"] == {
        "$or": [
            {"ElastiCache:SnapshotFailed": [{"exists": True}]},
            {"SnapshotFailed": [{"exists": True}]},
        ]
    }
    assert subscription["RawMessageDelivery"] is True
    assert subscription["Endpoint"] == Reference("alerts/ElastiCacheSnapshotFailuresQueue", "Arn")
    queue = properties("alerts/ElastiCacheSnapshotFailuresQueue")
    assert queue["QueueName"] == "showcore-elasticache-snapshot-failures"
    assert (queue["MessageRetentionPeriod"], queue["SqsManagedSseEnabled"]) == (86400, True)
