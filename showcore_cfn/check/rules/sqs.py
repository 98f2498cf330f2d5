"""What Amazon SQS refuses, and queues that nothing reaches."""

from __future__ import annotations

import re

from showcore_cfn.check.rules.rule import Hits, Item, Rulebook, Severity, View
from showcore_cfn.check.rules.statements import documents, statements
from showcore_cfn.check.rules.wiring import QUEUE, key_admits, key_of, second_policies

BOOK = Rulebook("sqs")
POLICY = "AWS::SQS::QueuePolicy"
_API = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html"
_DG = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide"
_DEFAULT_RETENTION_SECONDS = 345_600


@BOOK.rule(
    "SC-SQS-001",
    Severity.REFUSED,
    "The name of a queue has letters, digits, hyphens and underscores, and .fifo where it is FIFO",
    QUEUE,
    why="SQS refuses other characters, and tells FIFO queues by their names.",
    remedy="Use the plain characters; end the name of a FIFO queue in .fifo.",
    source=_API,
)
def queue_name(queue: Item) -> Hits:
    node = queue["QueueName"]
    plain = [piece.removesuffix(".fifo") for piece in node.pieces if piece]
    if any(not re.fullmatch(r"[A-Za-z0-9_-]*", piece) for piece in plain):
        yield node.hit(f"{node.shown} holds a character that a queue's name cannot.")
    elif queue["FifoQueue"].flag and node.pieces and (node.pieces[-1] or ".fifo")[-5:] != ".fifo":
        yield node.hit(f"{node.shown} is the name of a FIFO queue and does not end in .fifo.")


@BOOK.rule(
    "SC-SQS-002",
    Severity.REFUSED,
    "A queue is encrypted in one way",
    QUEUE,
    why="SqsManagedSseEnabled and KmsMasterKeyId exclude each other.",
    remedy="Keep one of them.",
    source=_API,
)
def two_encryptions(queue: Item) -> Hits:
    if queue["SqsManagedSseEnabled"].flag and queue["KmsMasterKeyId"].given:
        yield queue["SqsManagedSseEnabled"].hit("SqsManagedSseEnabled stands beside KmsMasterKeyId.")


@BOOK.rule(
    "SC-SQS-003",
    Severity.REFUSED,
    "A dead-letter queue is named by its ARN",
    QUEUE,
    why="deadLetterTargetArn takes the ARN; Ref of a queue is its URL.",
    remedy="Use !GetAtt Dead.Arn.",
    source=f"{_DG}/sqs-dead-letter-queues.html",
)
def dead_letter_url(queue: Item) -> Hits:
    node = queue["RedrivePolicy"]["deadLetterTargetArn"]
    reference = node.reference
    if reference is not None and reference.attribute != "Arn" and node.target(QUEUE) is not None:
        yield node.hit(f"{node.shown} is not the queue's ARN.")
    elif (node.text or "arn:").split(":")[0] != "arn":
        yield node.hit(f"{node.text} is no ARN.")


@BOOK.rule(
    "SC-SQS-004",
    Severity.REFUSED,
    "A redrive policy says how often, between 1 and 1000, and where to",
    QUEUE,
    why="maxReceiveCount and deadLetterTargetArn are both required, spelled with a small first letter.",
    remedy="Write RedrivePolicy: {deadLetterTargetArn: ..., maxReceiveCount: 5}.",
    source=f"{_DG}/sqs-dead-letter-queues.html",
)
def redrive_policy(queue: Item) -> Hits:
    node = queue["RedrivePolicy"]
    if not isinstance(node.value, dict):
        return
    for name in ("deadLetterTargetArn", "maxReceiveCount"):
        if node[name].absent:
            yield node.hit(f"{name} is missing.")
    count = node["maxReceiveCount"].number
    if count is not None and not 1 <= count <= 1_000:
        yield node["maxReceiveCount"].hit(f"maxReceiveCount {count:g} is not between 1 and 1000.")


@BOOK.rule(
    "SC-SQS-005",
    Severity.RISK,
    "A dead-letter queue keeps messages longer than its source",
    QUEUE,
    why="A message keeps its age when it moves to the dead-letter queue of a standard queue, and is deleted there when "
    "the retention of that queue is over: with a shorter one it is gone before anybody looks.",
    remedy="Set MessageRetentionPeriod of the dead-letter queue to 1209600, 14 days.",
    source=f"{_DG}/sqs-dead-letter-queues.html#understanding-message-retention-periods",
)
def dead_letter_retention(queue: Item) -> Hits:
    dead = queue["RedrivePolicy"]["deadLetterTargetArn"].target(QUEUE)
    own, other = _retention(queue), _retention(dead) if dead is not None else None
    if (
        dead is not None
        and own is not None
        and other is not None
        and other < own
        and not queue["FifoQueue"].flag
    ):
        yield dead.hit(
            f"{dead.id} keeps messages {other:g} seconds, its source {queue.id} {own:g}.", "Properties"
        )


def _retention(queue: Item) -> float | None:
    node = queue["MessageRetentionPeriod"]
    return _DEFAULT_RETENTION_SECONDS if node.absent else node.number


@BOOK.rule(
    "SC-SQS-006",
    Severity.REFUSED,
    "A queue policy names its queues by their URLs",
    POLICY,
    why="Queues takes URLs, which is what Ref of a queue is; an ARN is refused.",
    remedy="Use !Ref of the queue.",
    source="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-sqs-queuepolicy.html",
)
def queue_by_arn(policy: Item) -> Hits:
    for node in policy["Queues"].each():
        by_attribute = node.reference is not None and node.reference.attribute in ("Arn", "QueueName")
        if by_attribute or (node.text or "").startswith("arn:"):
            yield node.hit(f"{node.shown} is not the queue's URL.")


@BOOK.nest_rule(
    "SC-SQS-007",
    Severity.DEAD,
    "A statement of a queue policy speaks of its own queue",
    why="A statement about another queue allows nothing on this one.",
    remedy="Name the ARN of the queue that the policy is put on.",
    source=f"{_DG}/sqs-creating-custom-policies.html",
)
def policy_resource(view: View) -> Hits:
    for document in documents(view):
        if document.item.type != POLICY:
            continue
        queues = document.item["Queues"].targets(QUEUE)
        for statement in statements(document):
            nodes = statement.node["Resource"].each()
            named = [node.target(QUEUE) for node in nodes]
            if (
                named
                and len(queues) == len(document.item["Queues"].each())
                and not set(named) & {*queues, None}
            ):
                yield statement.node["Resource"].hit(
                    "The statement names another queue than the policy's own."
                )


@BOOK.nest_rule(
    "SC-SQS-008",
    Severity.DEAD,
    "A queue has one policy resource",
    why="Each AWS::SQS::QueuePolicy replaces the whole policy of the queue; of two the one that comes last stays.",
    remedy="Put all statements into one policy.",
    source="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-sqs-queuepolicy.html",
)
def two_policies(view: View) -> Hits:
    yield from second_policies(view, POLICY, "Queues", QUEUE)


@BOOK.nest_rule(
    "SC-SQS-009",
    Severity.DEAD,
    "The key of a queue lets the services use it that send to the queue",
    why="SNS, EventBridge and S3 cannot use the AWS managed key alias/aws/sqs, and need a statement in the policy of "
    "a key of your own.",
    remedy="Use SqsManagedSseEnabled, or let the service in by the key's policy.",
    source=f"{_DG}/sqs-key-management.html#compatibility-with-aws-services",
)
def encrypted_queue(view: View) -> Hits:
    for queue, service, sender in _senders(view):
        node = queue["KmsMasterKeyId"]
        key = key_of(node)
        if (node.text or "").endswith("alias/aws/sqs"):
            yield node.hit(f"{sender.id} cannot send to a queue under alias/aws/sqs.")
        elif key is not None and not key_admits(key, service, "kms:GenerateDataKey"):
            yield node.hit(
                f"The policy of {key.id} does not let {service}.amazonaws.com use it for {sender.id}."
            )


def _senders(view: View) -> list[tuple[Item, str, Item]]:
    """Queue, service and resource of everything in the nest that sends to a queue as a service."""
    found = [
        (item["Endpoint"].target(QUEUE), "sns", item)
        for item in view.of("AWS::SNS::Subscription")
        if item["Protocol"].text == "sqs"
    ]
    for rule in view.of("AWS::Events::Rule"):
        found.extend((t["Arn"].target(QUEUE), "events", rule) for t in rule["Targets"].each())
    for bucket in view.of("AWS::S3::Bucket"):
        configurations = bucket["NotificationConfiguration"]["QueueConfigurations"].each()
        found.extend((c["Queue"].target(QUEUE), "s3", bucket) for c in configurations)
    return [(queue, service, sender) for queue, service, sender in found if queue is not None]


@BOOK.rule(
    "SC-SQS-010",
    Severity.REFUSED,
    "A redrive allow policy names queues when it allows some",
    QUEUE,
    why="sourceQueueArns is required with byQueue, and refused with allowAll and denyAll.",
    remedy="Add up to ten sourceQueueArns, or change redrivePermission.",
    source=f"{_DG}/sqs-dead-letter-queues.html",
)
def redrive_allow(queue: Item) -> Hits:
    node = queue["RedriveAllowPolicy"]
    permission, sources = node["redrivePermission"].text, node["sourceQueueArns"]
    if permission == "byQueue" and sources.absent:
        yield node.hit("byQueue needs sourceQueueArns.")
    elif permission in ("allowAll", "denyAll") and sources.given:
        yield sources.hit(f"{permission} takes no sourceQueueArns.")
