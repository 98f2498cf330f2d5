"""Who may send what to whom: the questions that the rules on topics, queues and functions share."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from showcore_cfn.check.rules import names
from showcore_cfn.check.rules.paths import nodes
from showcore_cfn.check.rules.rule import Hits, Item, View
from showcore_cfn.check.rules.statements import (
    Document,
    Statement,
    documents_of,
    is_service,
    matches,
    open_document,
    policies_on,
    statements,
)
from showcore_cfn.check.rules.view import Node

TOPIC, QUEUE, FUNCTION, KEY = "AWS::SNS::Topic", "AWS::SQS::Queue", "AWS::Lambda::Function", "AWS::KMS::Key"
_POLICIES = {
    TOPIC: (("AWS::SNS::TopicPolicy", "Topics"), ("AWS::SNS::TopicInlinePolicy", "TopicArn")),
    QUEUE: (("AWS::SQS::QueuePolicy", "Queues"), ("AWS::SQS::QueueInlinePolicy", "Queue")),
    "AWS::S3::Bucket": (("AWS::S3::BucketPolicy", "Bucket"),),
}
_ACTIONS = {TOPIC: "sns:Publish", QUEUE: "sqs:SendMessage"}


def policies_of(target: Item) -> list[Document]:
    """The policies of a topic, queue or bucket."""
    return [d for kind, key in _POLICIES[target.type] for d in policies_on(target, kind, key)]


def second_policies(view: View, kind: str, key: str, target: str) -> Hits:
    """The policy resources that replace one which their target has already."""
    seen: dict[str, Item] = {}
    for policy in view.of(kind):
        for item in policy[key].targets(target):
            if item.path in seen and seen[item.path] is not policy:
                yield policy.hit(f"{item.id} already has the policy {seen[item.path].id}.")
            seen[item.path] = policy


def may_send(target: Item, service: str, source: Item | None = None) -> bool:
    """Whether a topic or a queue may take what a service sends, for a source where one is named."""
    if not target.view.complete:
        return True
    for document in policies_of(target):
        if open_document(document):
            return True
        for statement in statements(document):
            allowed = (
                statement.effect != "Deny"
                and statement.names(service)
                and statement.covers(_ACTIONS[target.type])
            )
            if statement.effect != "Deny" and (statement.open or allowed) and fits_source(statement, source):
                return True
    return False


def fits_source(statement: Statement, source: Item | None) -> bool:
    """Whether a statement's aws:SourceArn may be a source's; true where that is not known."""
    values = [
        value
        for _, keys in statement.node["Condition"].entries()
        for key, node in keys.entries()
        if key.lower() == "aws:sourcearn"
        for value in node.each()
    ]
    if source is None or not values:
        return True
    return any(is_source(value, source) for value in values)


def is_source(value: Node, source: Item) -> bool:
    """Whether a value may be the ARN of a source: it is, or nobody can tell."""
    item = value.target(source.type)
    if item is not None or value.target() is not None:
        return item is source
    arn = names.arn(value.value)
    if arn is None or source.type not in names.NAMED:
        return True
    name_property, service, form = names.NAMED[source.type]
    name = source[name_property].text if name_property else None
    if arn.service != service:
        return "*" in arn.service or "$" in arn.service
    if name is None or "$" in arn.resource:
        return True
    return matches(arn.resource, form.format(name))


def may_invoke(function: Item, service: str, source: Item | None = None) -> bool:
    """Whether a function may be invoked by a service, for a source where one is named."""
    if not function.view.complete:
        return True
    for permission in function.view.of("AWS::Lambda::Permission"):
        target = permission["FunctionName"].target(FUNCTION)
        if target is None:
            known = permission["FunctionName"].known
            if known or permission["FunctionName"].reference is not None:
                continue
        elif target is not function:
            continue
        principal = permission["Principal"].text
        if principal is None or principal == "*" or is_service(principal, service):
            arn = permission["SourceArn"]
            if source is None or arn.absent or is_source(arn, source):
                return True
    return False


@dataclass(frozen=True, slots=True)
class Publisher:
    """One resource that publishes to a topic as an AWS service."""

    topic: Item
    item: Item
    node: Node
    service: str
    default_suffices: bool  # whether the policy that a topic starts with lets the service in


def publishers(view: View) -> tuple[Publisher, ...]:
    """All resources of the nest that publish to a topic of the nest."""
    return view.once("publishers", lambda v: tuple(_publishers(v)))


# type, path to the topic, service, whether a topic's default policy suffices
_PUBLISHERS: tuple[tuple[str, str, str, bool], ...] = (
    ("AWS::CloudWatch::Alarm", "AlarmActions.*", "cloudwatch", True),
    ("AWS::CloudWatch::Alarm", "OKActions.*", "cloudwatch", True),
    ("AWS::CloudWatch::Alarm", "InsufficientDataActions.*", "cloudwatch", True),
    ("AWS::CloudWatch::CompositeAlarm", "AlarmActions.*", "cloudwatch", True),
    ("AWS::S3::Bucket", "NotificationConfiguration.TopicConfigurations.*.Topic", "s3", False),
    ("AWS::Backup::BackupVault", "Notifications.SNSTopicArn", "backup", False),
    ("AWS::CE::AnomalySubscription", "Subscribers.*.Address", "costalerts", False),
    ("AWS::CloudTrail::Trail", "SnsTopicName", "cloudtrail", False),
    ("AWS::Budgets::Budget", "NotificationsWithSubscribers.*.Subscribers.*.Address", "budgets", False),
    (
        "AWS::CodeStarNotifications::NotificationRule",
        "Targets.*.TargetAddress",
        "codestar-notifications",
        False,
    ),
    ("AWS::DMS::EventSubscription", "SnsTopicArn", "dms", True),
    ("AWS::RDS::EventSubscription", "SnsTopicArn", "events.rds", True),
)


def _publishers(view: View) -> Iterator[Publisher]:
    for kind, path, service, suffices in _PUBLISHERS:
        for item in view.of(kind):
            for node in nodes(item.properties, path):
                topic = node.target(TOPIC)
                if topic is not None:
                    yield Publisher(topic, item, node, service, suffices)
    for rule in view.of("AWS::Events::Rule"):
        for target in rule["Targets"].each():
            topic = target["Arn"].target(TOPIC)
            if topic is not None and target["RoleArn"].absent:
                yield Publisher(topic, rule, target["Arn"], "events", False)


def key_of(node: Node) -> Item | None:
    """The key of the nest that a property names, by itself or through its alias."""
    alias = node.target("AWS::KMS::Alias")
    return alias["TargetKeyId"].target(KEY) if alias is not None else node.target(KEY)


def key_admits(key: Item, service: str, action: str) -> bool:
    """Whether a key's policy may let a service use the key."""
    found = documents_of(key)
    return not found or any(
        open_document(document)
        or any(
            s.effect != "Deny" and (s.open or ((s.names(service) or _through(s)) and s.covers(action)))
            for s in statements(document)
        )
        for document in found
    )


def _through(statement: Statement) -> bool:
    """Whether a statement lets services in by kms:ViaService."""
    conditions = statement.node["Condition"].entries()
    return any(key.lower() == "kms:viaservice" for _, keys in conditions for key, _ in keys.entries())
