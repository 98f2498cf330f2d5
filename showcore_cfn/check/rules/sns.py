"""What Amazon SNS refuses of topics and subscriptions, and messages that reach nobody."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from showcore_cfn.check.rules import names
from showcore_cfn.check.rules.rule import Hits, Item, Rulebook, Severity, View, words
from showcore_cfn.check.rules.view import Node, grouped
from showcore_cfn.check.rules.wiring import (
    FUNCTION,
    QUEUE,
    TOPIC,
    may_invoke,
    may_send,
    publishers,
)

BOOK = Rulebook("sns")
SUBSCRIPTION = "AWS::SNS::Subscription"
POLICY = "AWS::SNS::TopicPolicy"
_DG = "https://docs.aws.amazon.com/sns/latest/dg"


def _subscriptions(view: View) -> Iterator[tuple[Node, Node, Node, Item | None]]:
    """Place, protocol, endpoint and topic of every subscription."""
    for item in view.of(SUBSCRIPTION):
        yield item.properties, item["Protocol"], item["Endpoint"], item["TopicArn"].target(TOPIC)
    for topic in view.of(TOPIC):
        for node in topic["Subscription"].each():
            yield node, node["Protocol"], node["Endpoint"], topic


@BOOK.rule(
    "SC-SNS-001",
    Severity.REFUSED,
    "The name of a FIFO topic ends in .fifo, and no other does",
    TOPIC,
    why="SNS tells the two kinds apart by the name. A name has letters, digits, hyphens and underscores.",
    remedy="Add or remove .fifo, or set FifoTopic: true.",
    source=f"{_DG}/sns-fifo-topics.html",
)
def fifo_name(topic: Item) -> Hits:
    node = topic["TopicName"]
    last = node.pieces[-1] if node.pieces else None
    if last is not None and last.endswith(".fifo") is not bool(topic["FifoTopic"].flag):
        yield node.hit(f"{node.shown} and FifoTopic: {str(bool(topic['FifoTopic'].flag)).lower()}.")
    plain = [piece.removesuffix(".fifo") for piece in node.pieces if piece]
    if any(not re.fullmatch(r"[A-Za-z0-9_-]*", piece) for piece in plain):
        yield node.hit(f"{node.shown} holds a character that a topic's name cannot.")


@BOOK.rule(
    "SC-SNS-002",
    Severity.REFUSED,
    "Only a FIFO topic removes duplicates by content",
    TOPIC,
    why="ContentBasedDeduplication and FifoThroughputScope are refused for standard topics.",
    remedy="Take it away, or make the topic FIFO.",
    source=f"{_DG}/sns-fifo-topics.html",
)
def fifo_only(topic: Item) -> Hits:
    for name in ("ContentBasedDeduplication", "FifoThroughputScope", "ArchivePolicy"):
        if topic[name].given and topic[name].flag is not False and topic["FifoTopic"].absent:
            yield topic[name].hit(f"{name} needs FifoTopic: true.")


_ENDPOINTS = {
    "email": (re.compile(r"[^@\s]+@[^@\s]+\.[A-Za-z]{2,}"), "an e-mail address"),
    "email-json": (re.compile(r"[^@\s]+@[^@\s]+\.[A-Za-z]{2,}"), "an e-mail address"),
    "sms": (re.compile(r"\+?[0-9]{6,15}"), "a phone number in E.164 form, such as +12065550100"),
    "http": (re.compile(r"http://.+"), "a URL that starts with http://"),
    "https": (re.compile(r"https://.+"), "a URL that starts with https://"),
    "sqs": (re.compile(r"arn:[^:]+:sqs:.+"), "the ARN of a queue"),
    "lambda": (re.compile(r"arn:[^:]+:lambda:.+"), "the ARN of a function"),
    "firehose": (re.compile(r"arn:[^:]+:firehose:.+"), "the ARN of a delivery stream"),
    "application": (re.compile(r"arn:[^:]+:sns:.+"), "the ARN of a platform endpoint"),
}


@BOOK.nest_rule(
    "SC-SNS-003",
    Severity.REFUSED,
    "The endpoint of a subscription fits its protocol",
    why="SNS answers: invalid parameter, invalid endpoint. The protocols are written in lower case.",
    remedy="Write the endpoint in the protocol's form.",
    source=f"{_DG}/sns-create-subscribe-endpoint-to-topic.html",
)
def endpoint_form(view: View) -> Hits:
    for _, protocol, endpoint, _ in _subscriptions(view):
        form = _ENDPOINTS.get(protocol.text or "")
        if protocol.text is not None and form is None:
            yield protocol.hit(f"There is no protocol {protocol.text}.")
        elif form is not None and endpoint.text and not form[0].fullmatch(endpoint.text):
            yield endpoint.hit(f"{endpoint.text} is not {form[1]}.")


@BOOK.nest_rule(
    "SC-SNS-004",
    Severity.REFUSED,
    "A FIFO topic delivers to queues, and a FIFO queue takes from FIFO topics",
    why="SNS refuses other protocols on a FIFO topic, and a FIFO queue on a standard topic.",
    remedy="Subscribe a queue, and let it feed the function or the mail.",
    source=f"{_DG}/fifo-message-delivery.html",
)
def fifo_protocol(view: View) -> Hits:
    for place, protocol, endpoint, topic in _subscriptions(view):
        if topic is None or (topic["FifoTopic"].given and topic["FifoTopic"].flag is None):
            continue
        queue = endpoint.target(QUEUE)
        if topic["FifoTopic"].flag and protocol.text not in (None, "sqs"):
            yield place.hit(f"{topic.id} is a FIFO topic; it does not deliver by {protocol.text}.")
        elif not topic["FifoTopic"].flag and queue is not None and queue["FifoQueue"].flag:
            yield place.hit(
                f"{topic.id} is a standard topic; it does not deliver to the FIFO queue {queue.id}."
            )


@BOOK.rule(
    "SC-SNS-005",
    Severity.REFUSED,
    "Raw messages go to queues, web addresses and delivery streams",
    SUBSCRIPTION,
    why="RawMessageDelivery is refused for mail, SMS and functions.",
    remedy="Take RawMessageDelivery away.",
    source=f"{_DG}/sns-large-payload-raw-message-delivery.html",
)
def raw_delivery(subscription: Item) -> Hits:
    protocol = subscription["Protocol"].text
    if subscription["RawMessageDelivery"].flag and protocol in (
        "email",
        "email-json",
        "sms",
        "lambda",
        "application",
    ):
        yield subscription["RawMessageDelivery"].hit(f"{protocol} takes no raw messages.")


@BOOK.nest_rule(
    "SC-SNS-006",
    Severity.DEAD,
    "A queue lets the topic send to it",
    why="Without a queue policy that lets sns.amazonaws.com send for this topic the messages are dropped.",
    remedy="Add an AWS::SQS::QueuePolicy: sns.amazonaws.com, sqs:SendMessage, aws:SourceArn the topic.",
    source=f"{_DG}/subscribe-sqs-queue-to-sns-topic.html",
)
def queue_policy(view: View) -> Hits:
    for place, protocol, endpoint, topic in _subscriptions(view):
        queue = endpoint.target(QUEUE)
        if protocol.text == "sqs" and queue is not None and not may_send(queue, "sns", topic):
            yield place.hit(f"{queue.id} does not let the topic send to it.")


@BOOK.nest_rule(
    "SC-SNS-007",
    Severity.DEAD,
    "A function lets the topic invoke it",
    why="Without a permission for sns.amazonaws.com and this topic the function is never invoked.",
    remedy="Add an AWS::Lambda::Permission with Principal sns.amazonaws.com and SourceArn the topic.",
    source="https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html",
)
def function_permission(view: View) -> Hits:
    for place, protocol, endpoint, topic in _subscriptions(view):
        function = endpoint.target(FUNCTION)
        if protocol.text == "lambda" and function is not None and not may_invoke(function, "sns", topic):
            yield place.hit(f"{function.id} does not let the topic invoke it.")


@BOOK.rule(
    "SC-SNS-014",
    Severity.REFUSED,
    "A filter policy is an object of lists",
    SUBSCRIPTION,
    why="Each key of a filter policy holds a list of values, or an object with FilterPolicyScope MessageBody.",
    remedy='Write {"severity": ["high"]}.',
    source=f"{_DG}/sns-subscription-filter-policies.html",
)
def filter_policy(subscription: Item) -> Hits:
    node = subscription["FilterPolicy"]
    value = node.value
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            yield node.hit("The filter policy is no JSON.")
            return
    scope = subscription["FilterPolicyScope"]
    nests = scope.given and scope.text != "MessageAttributes"
    for key, inner in value.items() if isinstance(value, dict) else ():
        if isinstance(inner, (str, int, float, bool)) or (isinstance(inner, dict) and not nests):
            yield node[key].hit(f"{key} holds no list.")


@BOOK.nest_rule(
    "SC-SNS-015",
    Severity.DEAD,
    "A topic that alarms or rules publish to has a subscription",
    why="What is published to a topic without subscriptions goes nowhere.",
    remedy="Add an AWS::SNS::Subscription, or output the topic's ARN for whoever subscribes elsewhere.",
    source=f"{_DG}/sns-create-subscribe-endpoint-to-topic.html",
)
def nobody_subscribes(view: View) -> Hits:
    subscribed = {topic.path for _, _, _, topic in _subscriptions(view) if topic is not None}
    unclear = any(item["TopicArn"].target(TOPIC) is None for item in view.of(SUBSCRIPTION))
    sending = grouped((publisher.topic.path, publisher.item.id) for publisher in publishers(view))
    for topic in view.of(TOPIC):
        heard = topic.path in subscribed or topic.path in view.shown or topic["Subscription"].given or unclear
        senders = sending.get(topic.path)
        users = [item for item in topic.referrers if item.type not in _QUIET]
        if senders and not heard and not users and view.complete:
            yield topic.hit(f"Nobody subscribes to {topic.id}, which {senders[0]} publishes to.")


_QUIET = words(
    "AWS::CloudWatch::Alarm AWS::CloudWatch::CompositeAlarm AWS::Events::Rule AWS::SNS::TopicPolicy AWS::S3::Bucket "
    "AWS::Backup::BackupVault AWS::CE::AnomalySubscription AWS::Budgets::Budget AWS::RDS::EventSubscription "
    "AWS::ElastiCache::ReplicationGroup AWS::IAM::Role AWS::IAM::Policy AWS::CloudWatch::Dashboard"
)


@BOOK.nest_rule(
    "SC-SNS-017",
    Severity.REFUSED,
    "A delivery stream is subscribed with a role",
    why="The protocol firehose needs SubscriptionRoleArn.",
    remedy="Add a role that sns.amazonaws.com can assume and that may put records.",
    source=f"{_DG}/firehose-endpoints-create-subscription.html",
)
def firehose_role(view: View) -> Hits:
    for item in view.of(SUBSCRIPTION):
        if item["Protocol"].text == "firehose" and item["SubscriptionRoleArn"].absent:
            yield item["Protocol"].hit("SubscriptionRoleArn is missing.")


@BOOK.nest_rule(
    "SC-SNS-018",
    Severity.REFUSED,
    "A resource names a topic by its ARN",
    why="AlarmActions, TopicArn and NotificationTopicArn take ARNs; TopicName is only the name.",
    remedy="Use !Ref of the topic.",
    source="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-sns-topic.html",
)
def topic_by_name(view: View) -> Hits:
    places = {
        SUBSCRIPTION: ("TopicArn",), POLICY: ("Topics",), "AWS::CloudWatch::Alarm": ("AlarmActions", "OKActions"),
        "AWS::ElastiCache::ReplicationGroup": ("NotificationTopicArn",),
    }  # fmt: skip
    for kind, keys in places.items():
        for item in view.of(kind):
            for node in (inner for key in keys for inner in item[key].each()):
                reference = node.reference
                if (
                    reference is not None
                    and reference.attribute == "TopicName"
                    and node.target(TOPIC) is not None
                ):
                    yield node.hit(f"{node.shown} is a name, not an ARN.")
                elif (
                    kind != "AWS::CloudWatch::Alarm"
                    and node.text is not None
                    and names.arn(node.value) is None
                ):
                    yield node.hit(f"{node.text} is no ARN.")
