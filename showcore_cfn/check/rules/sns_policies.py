"""Policies and keys of topics: who may publish."""

from __future__ import annotations

from showcore_cfn.check.rules.rule import Hits, Rulebook, Severity, View, words
from showcore_cfn.check.rules.statements import documents, statements
from showcore_cfn.check.rules.wiring import (
    TOPIC,
    key_admits,
    key_of,
    may_send,
    policies_of,
    publishers,
    second_policies,
)

BOOK = Rulebook("sns_policies")
POLICY = "AWS::SNS::TopicPolicy"
_DG = "https://docs.aws.amazon.com/sns/latest/dg"
_PERMISSIONS = f"{_DG}/sns-access-policy-language-api-permissions-reference.html"


@BOOK.nest_rule(
    "SC-SNS-008",
    Severity.DEAD,
    "A topic that AWS services publish to is not encrypted with the key of SNS",
    why="Services such as CloudWatch and EventBridge cannot use the AWS managed key alias/aws/sns; what they publish "
    "is lost.",
    remedy="Take KmsMasterKeyId away, or use a key of your own whose policy lets the service in.",
    source=f"{_DG}/sns-key-management.html#compatibility-with-aws-services",
)
def managed_key(view: View) -> Hits:
    for topic in view.of(TOPIC):
        senders = [p for p in publishers(view) if p.topic is topic and p.service != "cloudtrail"]
        if senders and (topic["KmsMasterKeyId"].text or "").endswith("alias/aws/sns"):
            yield topic["KmsMasterKeyId"].hit(
                f"{senders[0].item.id} cannot publish to a topic under alias/aws/sns."
            )


@BOOK.nest_rule(
    "SC-SNS-009",
    Severity.DEAD,
    "The key of a topic lets the services use it that publish to the topic",
    why="A service needs kms:GenerateDataKey and kms:Decrypt in the key's policy.",
    remedy="Add a statement for the service, such as cloudwatch.amazonaws.com, to the key's policy.",
    source=f"{_DG}/sns-key-management.html#compatibility-with-aws-services",
)
def own_key(view: View) -> Hits:
    for publisher in publishers(view):
        key = key_of(publisher.topic["KmsMasterKeyId"])
        if key is not None and not key_admits(key, publisher.service, "kms:GenerateDataKey"):
            yield publisher.topic["KmsMasterKeyId"].hit(
                f"The policy of {key.id} does not let {publisher.service}.amazonaws.com use it for {publisher.item.id}."
            )


@BOOK.nest_rule(
    "SC-SNS-010",
    Severity.DEAD,
    "A topic lets the services publish that have to",
    why="EventBridge, S3, Backup, Budgets and Cost Anomaly Detection need a topic policy. CloudWatch alarms are let in "
    "by the policy that a topic starts with, until another one replaces it.",
    remedy="Add a statement for the service to the topic's AWS::SNS::TopicPolicy.",
    source=f"{_DG}/sns-access-policy-use-cases.html",
)
def topic_policy(view: View) -> Hits:
    for publisher in publishers(view):
        topic, service = publisher.topic, publisher.service
        if publisher.default_suffices and not policies_of(topic):
            continue
        if not may_send(topic, service, publisher.item if service in ("s3", "events") else None):
            yield publisher.node.hit(f"{topic.id} does not let {service}.amazonaws.com publish to it.")


@BOOK.nest_rule(
    "SC-SNS-011",
    Severity.REFUSED,
    "A statement of a topic policy speaks of its own topic",
    why="The resource of a topic policy must be the ARN of the topic that it is put on.",
    remedy="Give each topic a policy of its own.",
    source=_PERMISSIONS,
)
def policy_resource(view: View) -> Hits:
    for document in documents(view):
        topics = document.item["Topics"].targets(TOPIC)
        if document.item.type != POLICY or len(topics) != len(document.item["Topics"].each()):
            continue
        for statement in statements(document):
            for node in statement.node["Resource"].each():
                named = node.target(TOPIC)
                if named is not None and named not in topics:
                    yield node.hit(f"{named.id} is not among the topics of this policy.")
                elif len(topics) > 1 and named is not None:
                    yield node.hit(
                        f"The policy is put on {len(topics)} topics; each refuses what names another."
                    )


_ACTIONS = words(
    "sns:addpermission sns:deletetopic sns:getdataprotectionpolicy sns:gettopicattributes sns:listsubscriptionsbytopic "
    "sns:listtagsforresource sns:publish sns:putdataprotectionpolicy sns:removepermission sns:settopicattributes "
    "sns:subscribe sns:receive"
)


@BOOK.nest_rule(
    "SC-SNS-012",
    Severity.REFUSED,
    "A topic policy names actions that a topic can allow",
    why="SNS answers: policy statement action out of service scope, for sns:* and for actions on accounts.",
    remedy="Name sns:Publish, sns:Subscribe and so on one by one.",
    source=_PERMISSIONS,
)
def policy_action(view: View) -> Hits:
    for document in documents(view):
        for statement in statements(document) if document.item.type == POLICY else ():
            for node in statement.node["Action"].each():
                text = (node.text or "").lower()
                if text == "sns:*" or (text.startswith("sns:") and "*" not in text and text not in _ACTIONS):
                    yield node.hit(f"A topic policy cannot allow {node.text}.")


@BOOK.nest_rule(
    "SC-SNS-013",
    Severity.DEAD,
    "A topic has one policy resource",
    why="Each AWS::SNS::TopicPolicy replaces the whole policy of the topic; of two the one that comes last stays.",
    remedy="Put all statements into one policy.",
    source="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-sns-topicpolicy.html",
)
def two_policies(view: View) -> Hits:
    yield from second_policies(view, POLICY, "Topics", TOPIC)


@BOOK.nest_rule(
    "SC-SNS-016",
    Severity.DEAD,
    "A topic that ElastiCache notifies is not encrypted, and its policy speaks of aws:SourceOwner",
    why="ElastiCache cannot publish to encrypted topics, and sets a topic whose policy asks for aws:SourceAccount "
    "inactive. A new topic's own policy asks for it.",
    remedy="Leave KmsMasterKeyId out and allow sns:Publish on the condition aws:SourceOwner = the account.",
    source="https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/ElastiCacheSNS.html",
)
def cache_topic(view: View) -> Hits:
    for group in view.of("AWS::ElastiCache::ReplicationGroup", "AWS::ElastiCache::CacheCluster"):
        node = group["NotificationTopicArn"]
        topic = node.target(TOPIC)
        if topic is None:
            continue
        if topic["KmsMasterKeyId"].given:
            yield node.hit(f"{topic.id} is encrypted.")
        for document in policies_of(topic):
            asked = [s for s in statements(document) if s.effect == "Allow" and s.covers("sns:Publish")]
            keys = {
                key.lower() for s in asked for _, k in s.node["Condition"].entries() for key, _ in k.entries()
            }
            if "aws:sourceaccount" in keys and "aws:sourceowner" not in keys:
                yield node.hit(f"The policy of {topic.id} asks for aws:SourceAccount, not aws:SourceOwner.")
