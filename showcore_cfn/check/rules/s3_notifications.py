"""Notifications and access logs of buckets: who receives them, and whether S3 may send."""

from __future__ import annotations

from collections.abc import Iterator

from showcore_cfn.check.rules.rule import Hits, Item, Rulebook, Severity, View
from showcore_cfn.check.rules.statements import admits
from showcore_cfn.check.rules.view import Node
from showcore_cfn.check.rules.wiring import FUNCTION, QUEUE, TOPIC, may_invoke, may_send, policies_of

BOOK = Rulebook("s3_notifications")
BUCKET = "AWS::S3::Bucket"
_UG = "https://docs.aws.amazon.com/AmazonS3/latest/userguide"


@BOOK.rule(
    "SC-S3-013",
    Severity.RISK,
    "A bucket does not log into itself",
    BUCKET,
    why="Each log file that S3 writes is itself logged, without end.",
    remedy="Log into another bucket.",
    source=f"{_UG}/ServerLogs.html",
)
def logs_into_itself(bucket: Item) -> Hits:
    node = bucket["LoggingConfiguration"]["DestinationBucketName"]
    if node.target(BUCKET) is bucket or (bucket["LoggingConfiguration"].given and node.absent):
        yield bucket["LoggingConfiguration"].hit("The bucket logs into itself.")


@BOOK.nest_rule(
    "SC-S3-014",
    Severity.DEAD,
    "A log bucket lets S3 write access logs",
    why="With object ownership enforced, which is the default, logs are written only where the bucket's policy lets "
    "logging.s3.amazonaws.com put objects.",
    remedy="Allow s3:PutObject for logging.s3.amazonaws.com in the log bucket's policy.",
    source=f"{_UG}/enable-server-access-logging.html",
)
def log_bucket_policy(view: View) -> Hits:
    for bucket in view.of(BUCKET):
        node = bucket["LoggingConfiguration"]["DestinationBucketName"]
        target = node.target(BUCKET)
        if target is None or not view.complete or target["AccessControl"].text == "LogDeliveryWrite":
            continue
        if not admits(policies_of(target), "logging.s3", "s3:PutObject"):
            yield node.hit(f"The policy of {target.id} does not let logging.s3.amazonaws.com write.")


@BOOK.nest_rule(
    "SC-S3-015",
    Severity.DEAD,
    "A log bucket is not encrypted with a key of KMS",
    why="Access logs are delivered only to buckets with SSE-S3 as default encryption.",
    remedy="Set SSEAlgorithm to AES256 on the log bucket.",
    source=f"{_UG}/enable-server-access-logging.html",
)
def log_bucket_key(view: View) -> Hits:
    for bucket in view.of(BUCKET):
        node = bucket["LoggingConfiguration"]["DestinationBucketName"]
        target = node.target(BUCKET)
        rules = target["BucketEncryption"]["ServerSideEncryptionConfiguration"].each() if target else ()
        for rule in rules:
            if (rule["ServerSideEncryptionByDefault"]["SSEAlgorithm"].text or "").startswith("aws:kms"):
                yield node.hit(f"{target.id if target else ''} is encrypted with KMS; no logs arrive.")


def _notifications(bucket: Item) -> Iterator[tuple[Node, str, Item | None]]:
    for list_name, key, kind in (
        ("TopicConfigurations", "Topic", TOPIC),
        ("QueueConfigurations", "Queue", QUEUE),
        ("LambdaConfigurations", "Function", FUNCTION),
    ):
        for node in bucket["NotificationConfiguration"][list_name].each():
            yield node, list_name, node[key].target(kind)


@BOOK.nest_rule(
    "SC-S3-016",
    Severity.REFUSED,
    "The target of a notification lets S3 in before the bucket is made",
    why="S3 answers: unable to validate the following destination configurations. It tries the policy of the queue or "
    "topic, or the permission of the function, when the bucket gets its notifications.",
    remedy="Add the policy or permission for s3.amazonaws.com, name the bucket by its literal name there, and let the "
    "bucket DependsOn it.",
    source=f"{_UG}/grant-destinations-permissions-to-s3.html",
)
def notification_target(view: View) -> Hits:
    for bucket in view.of(BUCKET):
        for node, _, target in _notifications(bucket):
            if target is None:
                continue
            allowed = (
                may_invoke(target, "s3", bucket)
                if target.type == FUNCTION
                else may_send(target, "s3", bucket)
            )
            gates = _gates(view, target)
            if not allowed:
                yield node.hit(f"{target.id} does not let S3 in for this bucket.")
            elif gates and not any(view.before(gate, bucket) for gate in gates):
                yield node.hit(f"The bucket does not wait for {gates[0].id}, which lets S3 into {target.id}.")


def _gates(view: View, target: Item) -> list[Item]:
    """The policies and permissions of the nest that let somebody into a target."""
    if target.type != FUNCTION:
        return [document.item for document in policies_of(target)]
    permissions = view.of("AWS::Lambda::Permission")
    return [
        p
        for p in permissions
        if p["FunctionName"].target(FUNCTION) is target and (p["Principal"].text or "s3").startswith("s3")
    ]


@BOOK.rule(
    "SC-S3-017",
    Severity.REFUSED,
    "Notifications do not go to FIFO queues and topics",
    BUCKET,
    why="S3 supports standard queues and topics only.",
    remedy="Use a standard queue, or send the events through EventBridge.",
    source=f"{_UG}/notification-how-to-event-types-and-destinations.html",
)
def fifo_target(bucket: Item) -> Hits:
    for node, _, target in _notifications(bucket):
        if target is not None and (target["FifoQueue"].flag or target["FifoTopic"].flag):
            yield node.hit(f"{target.id} is FIFO.")


@BOOK.rule(
    "SC-S3-018",
    Severity.REFUSED,
    "Two notifications of one event do not overlap",
    BUCKET,
    why="S3 answers: configurations overlap. For the same event type prefixes and suffixes must not both match.",
    remedy="Separate them by prefix or suffix, or fan out through one topic.",
    source=f"{_UG}/notification-how-to-filtering.html",
)
def overlapping_notifications(bucket: Item) -> Hits:
    seen: list[tuple[str, str, str]] = []
    for node, _, _ in _notifications(bucket):
        event, names = node["Event"].text, _filter(node)
        if event is None or names is None:
            continue
        for other, prefix, suffix in seen:
            same = (
                event == other or event.startswith(other.rstrip("*")) or other.startswith(event.rstrip("*"))
            )
            if same and _nested(names[0], prefix) and _nested(names[1][::-1], suffix[::-1]):
                yield node.hit(f"The notification overlaps another one of {other}.")
                break
        seen.append((event, *names))


def _nested(left: str, right: str) -> bool:
    return left.startswith(right) or right.startswith(left)


def _filter(node: Node) -> tuple[str, str] | None:
    """Prefix and suffix of a notification; None where they are not known."""
    found = {"prefix": "", "suffix": ""}
    for rule in node["Filter"]["S3Key"]["Rules"].each():
        name, value = rule["Name"].text, rule["Value"].text
        if name is None or value is None:
            return None
        found[name.lower()] = value
    return found["prefix"], found["suffix"]
