"""Alert topics and their addresses, 10.1, and the way of a failed ElastiCache snapshot to an alarm, 11.4.

AWS Backup does not cover ElastiCache, so a failed snapshot is heard from ElastiCache itself: topic, filtered
subscription, queue; the alarm on the queue stands in `monitoring`. That topic stays unencrypted and its policy names
`AWS:SourceOwner`, or ElastiCache marks it inactive
(https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/ECEvents.SNS.html).
"""

from __future__ import annotations

from awacs.aws import ArnEquals, ArnLike, Condition, Principal, StringEquals
from troposphere import AccountId, Equals, GetAtt, Not, Ref
from troposphere.sns import SubscriptionResource, Topic, TopicPolicy
from troposphere.sqs import Queue, QueuePolicy

from showcore_cfn.template.parameters import ADDRESSES
from showcore_cfn.template.stack import Stack, Tier
from showcore_cfn.tiers.policies import allow, document, from_service, tls_only

QUEUE_RETENTION_SECONDS = 86_400  # a failure is shown for a day, then the alarm may rest
SNAPSHOT_FAILED = (
    "ElastiCache:SnapshotFailed",
    "SnapshotFailed",
)  # both spellings occur in AWS's documentation


def build(stack: Stack) -> None:
    """Three topics with one to three addresses each, and the snapshot failure queue."""
    for topic in ADDRESSES:
        _topic(stack, topic)
    _snapshot_failures(stack)


def _topic(stack: Stack, name: str) -> None:
    title = f"{name}AlertsTopic"
    stack.add(
        Topic(
            title,
            TopicName=stack.sub(f"${{Prefix}}-{name.lower()}-alerts"),
            DisplayName=f"ShowCore {name.lower()} alerts",
        ),
        why="Not encrypted with a key: CloudWatch alarms cannot publish through the AWS managed one.",
    )
    arn = stack.topic(name.lower())
    alarms = stack.sub("arn:${AWS::Partition}:cloudwatch:us-east-1:${AWS::AccountId}:alarm:*")
    statements = [
        from_service(
            "Alarms",
            "cloudwatch.amazonaws.com",
            ["sns:Publish"],
            arn,
            StringEquals({"aws:SourceAccount": AccountId}),
            ArnLike({"aws:SourceArn": alarms}),
        ),
        tls_only(arn, action="sns:Publish"),
    ]
    if name == "Critical":
        statements.insert(1, from_service("BackupJobEvents", "events.amazonaws.com", ["sns:Publish"], arn))
    if name == "Billing":
        statements.insert(
            1,
            from_service(
                "CostAnomalies",
                "costalerts.amazonaws.com",
                ["sns:Publish"],
                arn,
                StringEquals({"aws:SourceAccount": AccountId}),
            ),
        )
    stack.add(TopicPolicy(f"{title}Policy", Topics=[Ref(title)], PolicyDocument=document(*statements)))
    for address in ADDRESSES[name]:
        number = address.name.removeprefix(f"{name}AlertEmail") or "1"
        given = (
            {}
            if address.default is None
            else {"Condition": stack.condition(f"Has{address.name}", Not(Equals(stack.setting(address), "")))}
        )
        stack.add(
            SubscriptionResource(
                f"{name}AlertsSubscription{number}",
                **given,
                TopicArn=Ref(title),
                Protocol="email",
                Endpoint=stack.setting(address),
            )
        )
    stack.show(f"{title}Arn", f"Topic of {name.lower()} alerts.", Ref(title))


def _snapshot_failures(stack: Stack) -> None:
    topic = stack.sub("arn:${AWS::Partition}:sns:us-east-1:${AWS::AccountId}:${Prefix}-elasticache-events")
    stack.add(
        Topic("ElastiCacheEventsTopic", TopicName=stack.sub("${Prefix}-elasticache-events")),
        why="ElastiCache tells of everything here; only failed snapshots are passed on to a queue.",
        must=["Unencrypted, and open to AWS:SourceOwner: otherwise ElastiCache stops publishing to it."],
    )
    stack.add(
        TopicPolicy(
            "ElastiCacheEventsTopicPolicy",
            Topics=[Ref("ElastiCacheEventsTopic")],
            PolicyDocument=document(
                allow(
                    "ElastiCacheOfThisAccount",
                    ["sns:Publish"],
                    topic,
                    Principal=Principal("AWS", "*"),
                    Condition=Condition(StringEquals({"AWS:SourceOwner": AccountId})),
                )
            ),
        )
    )
    stack.add(
        Queue(
            "ElastiCacheSnapshotFailuresQueue",
            DeletionPolicy="Delete",
            UpdateReplacePolicy="Delete",
            QueueName=stack.sub("${Prefix}-elasticache-snapshot-failures"),
            MessageRetentionPeriod=QUEUE_RETENTION_SECONDS,
            SqsManagedSseEnabled=True,
        ),
        why="Nobody reads it: the alarm showcore-elasticache-backup-failure counts what lies in it.",
    )
    queue = GetAtt("ElastiCacheSnapshotFailuresQueue", "Arn")
    stack.add(
        QueuePolicy(
            "ElastiCacheSnapshotFailuresQueuePolicy",
            Queues=[Ref("ElastiCacheSnapshotFailuresQueue")],
            PolicyDocument=document(
                from_service(
                    "ElastiCacheEvents",
                    "sns.amazonaws.com",
                    ["sqs:SendMessage"],
                    queue,
                    ArnEquals({"aws:SourceArn": topic}),
                ),
                tls_only(queue, action="sqs:*"),
            ),
        )
    )
    stack.add(
        SubscriptionResource(
            "ElastiCacheSnapshotFailuresSubscription",
            DependsOn="ElastiCacheSnapshotFailuresQueuePolicy",
            TopicArn=Ref("ElastiCacheEventsTopic"),
            Protocol="sqs",
            Endpoint=queue,
            RawMessageDelivery=True,
            FilterPolicyScope="MessageBody",
            FilterPolicy={"$or": [{name: [{"exists": True}]} for name in SNAPSHOT_FAILED]},
        ),
        why="ElastiCache sends every event to one topic; only failed snapshots reach the queue.",
    )


TIER = Tier(
    name="alerts",
    title="alert topics",
    tasks="10.1, 11.4",
    shape="Alarms and events publish to three topics; mail goes out once an address has confirmed its subscription.",
    build=build,
)
