"""Targets of EventBridge rules, and what lets events through to them."""

from __future__ import annotations

import re

from showcore_cfn.check.rules.paths import repeated
from showcore_cfn.check.rules.rule import Hits, Item, Rulebook, Severity, View
from showcore_cfn.check.rules.statements import admits, documents
from showcore_cfn.check.rules.view import Node
from showcore_cfn.check.rules.wiring import FUNCTION, QUEUE, may_invoke, may_send

BOOK = Rulebook("event_targets")
RULE = "AWS::Events::Rule"
_UG = "https://docs.aws.amazon.com/eventbridge/latest/userguide"
_TARGETS = "https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutTargets.html"


@BOOK.rule(
    "SC-EVT-008",
    Severity.DEAD,
    "A rule has a target",
    RULE,
    why="A rule without targets matches events and does nothing with them.",
    remedy="Add Targets.",
    source=_TARGETS,
)
def no_target(rule: Item) -> Hits:
    if rule["Targets"].absent or rule["Targets"].value == []:
        yield rule.hit("The rule has no targets.", "Properties")


@BOOK.rule(
    "SC-EVT-009",
    Severity.REFUSED,
    "A rule has five targets at most, each with an id of its own",
    RULE,
    why="Five targets a rule is a fixed quota; a second target with the same id replaces the first.",
    remedy="Use a second rule, or fan out through SNS.",
    source=f"{_UG}/eb-quota.html",
)
def targets(rule: Item) -> Hits:
    node = rule["Targets"]
    ids = [target["Id"].text for target in node.each()]
    if node.closed and len(ids) > 5:
        yield node.hit(f"The rule has {len(ids)} targets; 5 are allowed.")
    for name in repeated(ids):
        yield node.hit(f"Two targets have the id {name}.")


@BOOK.rule(
    "SC-EVT-010",
    Severity.REFUSED,
    "A target gets its input in one way",
    RULE,
    why="Input, InputPath and InputTransformer exclude each other.",
    remedy="Keep one of them.",
    source=_TARGETS,
)
def inputs(rule: Item) -> Hits:
    for target in rule["Targets"].each():
        given = [name for name in ("Input", "InputPath", "InputTransformer") if target[name].given]
        if len(given) > 1:
            yield target[given[1]].hit(f"{' and '.join(given)} are both given.")


@BOOK.rule(
    "SC-EVT-011",
    Severity.REFUSED,
    "An input template uses only names of its paths map",
    RULE,
    why="EventBridge refuses a placeholder that InputPathsMap does not define.",
    remedy="Add the name to InputPathsMap, or take <name> out of the template.",
    source=f"{_UG}/eb-transform-target-input.html",
)
def transformer(rule: Item) -> Hits:
    for target in rule["Targets"].each():
        node = target["InputTransformer"]
        template = node["InputTemplate"].text
        if template is None or (node["InputPathsMap"].given and not node["InputPathsMap"].entries()):
            continue
        known = {key for key, _ in node["InputPathsMap"].entries()}
        for name in dict.fromkeys(re.findall(r"<([A-Za-z0-9_.-]+)>", template)):
            if name not in known and not name.startswith("aws."):
                yield node["InputTemplate"].hit(f"<{name}> is not in InputPathsMap.")


@BOOK.nest_rule(
    "SC-EVT-012",
    Severity.DEAD,
    "A function lets the rule invoke it",
    why="Without a permission for events.amazonaws.com and this rule the function is never invoked.",
    remedy="Add an AWS::Lambda::Permission with Principal events.amazonaws.com and SourceArn !GetAtt Rule.Arn.",
    source=f"{_UG}/eb-use-resource-based.html#eb-lambda-permissions",
)
def function_target(view: View) -> Hits:
    for rule, target in _targets_of(view):
        function = target["Arn"].target(FUNCTION)
        if function is not None and target["RoleArn"].absent and not may_invoke(function, "events", rule):
            yield target.hit(f"{function.id} does not let {rule.id} invoke it.")


@BOOK.nest_rule(
    "SC-EVT-013",
    Severity.DEAD,
    "A queue lets the rule send to it",
    why="Without a queue policy for events.amazonaws.com the events are dropped.",
    remedy="Add an AWS::SQS::QueuePolicy: events.amazonaws.com, sqs:SendMessage, aws:SourceArn the rule.",
    source=f"{_UG}/eb-use-resource-based.html#eb-sqs-permissions",
)
def queue_target(view: View) -> Hits:
    for rule, target in _targets_of(view):
        queue = target["Arn"].target(QUEUE)
        if queue is not None and target["RoleArn"].absent and not may_send(queue, "events", rule):
            yield target.hit(f"{queue.id} does not let {rule.id} send to it.")


@BOOK.nest_rule(
    "SC-EVT-014",
    Severity.REFUSED,
    "A FIFO queue as target has a message group",
    why="A FIFO queue takes no message without a group.",
    remedy="Add SqsParameters: {MessageGroupId: ...}.",
    source=_TARGETS,
)
def fifo_target(view: View) -> Hits:
    for _, target in _targets_of(view):
        queue = target["Arn"].target(QUEUE)
        if queue is not None and queue["FifoQueue"].flag and target["SqsParameters"]["MessageGroupId"].absent:
            yield target.hit(f"{queue.id} is a FIFO queue; SqsParameters.MessageGroupId is missing.")


_ROLE_NEEDED = {
    "AWS::StepFunctions::StateMachine": "a state machine",
    "AWS::Kinesis::Stream": "a stream",
    "AWS::KinesisFirehose::DeliveryStream": "a delivery stream",
    "AWS::ECS::Cluster": "a cluster",
    "AWS::Batch::JobQueue": "a job queue",
    "AWS::CodeBuild::Project": "a build project",
    "AWS::CodePipeline::Pipeline": "a pipeline",
    "AWS::Events::ApiDestination": "an API destination",
}


@BOOK.nest_rule(
    "SC-EVT-015",
    Severity.REFUSED,
    "A target that has no policy of its own comes with a role",
    why="State machines, streams, clusters, builds and pipelines are called with a role; PutTargets refuses them "
    "without RoleArn.",
    remedy="Add a role that events.amazonaws.com can assume.",
    source=f"{_UG}/eb-use-identity-based.html",
)
def role_missing(view: View) -> Hits:
    for _, target in _targets_of(view):
        item = target["Arn"].target(*_ROLE_NEEDED)
        if item is not None and target["RoleArn"].absent:
            yield target.hit(f"{item.id} is {_ROLE_NEEDED[item.type]}; RoleArn is missing.")


@BOOK.nest_rule(
    "SC-EVT-016",
    Severity.DEAD,
    "A log group as target is called /aws/events/ and lets EventBridge write",
    why="EventBridge delivers to log groups under /aws/events/ in the console's way, and needs a resource policy of "
    "CloudWatch Logs for events.amazonaws.com and delivery.logs.amazonaws.com.",
    remedy="Add an AWS::Logs::ResourcePolicy that allows logs:CreateLogStream and logs:PutLogEvents.",
    source=f"{_UG}/eb-use-resource-based.html#eb-cloudwatchlogs-permissions",
)
def log_target(view: View) -> Hits:
    policies = [d for d in documents(view) if d.item.type == "AWS::Logs::ResourcePolicy"]
    for _, target in _targets_of(view):
        group = target["Arn"].target("AWS::Logs::LogGroup")
        allowed = any(admits(policies, name, "logs:PutLogEvents") for name in ("events", "delivery.logs"))
        if group is not None and view.complete and not allowed:
            yield target.hit(f"No resource policy of CloudWatch Logs lets EventBridge write to {group.id}.")


def _targets_of(view: View) -> list[tuple[Item, Node]]:
    return [(rule, target) for rule in view.of(RULE) for target in rule["Targets"].each()]
