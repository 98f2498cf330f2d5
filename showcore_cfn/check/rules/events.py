"""Rules and schedules of EventBridge: expressions, patterns, targets and what lets them through."""

from __future__ import annotations

import re
from collections.abc import Iterator

from showcore_cfn.check.rules import schedule_text
from showcore_cfn.check.rules.rule import Hits, Item, Rulebook, Severity, View
from showcore_cfn.check.rules.statements import admits, documents
from showcore_cfn.check.rules.tables import nearest
from showcore_cfn.check.rules.view import Node
from showcore_cfn.check.rules.wiring import FUNCTION, QUEUE, may_invoke, may_send

BOOK = Rulebook("events")
RULE = "AWS::Events::Rule"
_UG = "https://docs.aws.amazon.com/eventbridge/latest/userguide"
_SCHEDULES = f"{_UG}/eb-scheduled-rule-pattern.html"
_PATTERNS = f"{_UG}/eb-create-pattern.html"
_TARGETS = "https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutTargets.html"

_EXPRESSIONS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (RULE, ("ScheduleExpression",)),
    ("AWS::Scheduler::Schedule", ("ScheduleExpression",)),
    ("AWS::SSM::MaintenanceWindow", ("Schedule",)),
    ("AWS::Glue::Trigger", ("Schedule",)),
    ("AWS::Synthetics::Canary", ("Schedule", "Expression")),
    ("AWS::SecretsManager::RotationSchedule", ("RotationRules", "ScheduleExpression")),
)


@BOOK.nest_rule(
    "SC-EVT-001",
    Severity.REFUSED,
    "A schedule is a cron of six fields that exist, or a rate",
    why="Hours end at 23, days of the week are 1 to 7 with Sunday 1 or SUN to SAT, and exactly one of day of month and "
    "day of week is a question mark.",
    remedy="cron(0 3 * * ? *) is every day at 03:00 UTC, cron(0 9 ? * MON-FRI *) every working day at 09:00.",
    source=_SCHEDULES,
)
def expression(view: View) -> Hits:
    for kind, path in _EXPRESSIONS:
        for item in view.of(kind):
            node = item.at(*path)
            text = node.text
            if (
                text is None
                or not re.match(r"\s*(cron|rate)\(", text)
                or (kind.startswith("AWS::Glue") and "rate" in text)
            ):
                continue
            found = schedule_text.problem(text)
            if found is not None and not _of_kind(kind, text):
                yield node.hit(f"{found}.")


def _of_kind(kind: str, text: str) -> bool:
    """Expressions that one service takes beyond the others."""
    if kind == "AWS::SSM::MaintenanceWindow":
        return re.match(r"\s*cron\((\S+\s+){6}\S+\)|\s*cron\(.*#", text) is not None
    return kind == "AWS::Synthetics::Canary" and "rate(0" in text


@BOOK.rule(
    "SC-EVT-002",
    Severity.REFUSED,
    "A rule waits for events or for a time",
    RULE,
    why="Without EventPattern and ScheduleExpression PutRule refuses the rule.",
    remedy="Add one of them.",
    source="https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html",
)
def neither(rule: Item) -> Hits:
    if rule["EventPattern"].absent and rule["ScheduleExpression"].absent:
        yield rule.hit("Neither EventPattern nor ScheduleExpression is given.", "Properties")


@BOOK.rule(
    "SC-EVT-003",
    Severity.REFUSED,
    "A scheduled rule stands on the default event bus",
    RULE,
    why="ScheduleExpression is supported on the default event bus only.",
    remedy="Take EventBusName away, or use AWS::Scheduler::Schedule.",
    source=_SCHEDULES,
)
def schedule_on_bus(rule: Item) -> Hits:
    bus = rule["EventBusName"]
    custom = bus.target("AWS::Events::EventBus") is not None or (bus.text or "default") != "default"
    if rule["ScheduleExpression"].given and custom and not (bus.text or "").endswith("event-bus/default"):
        yield bus.hit("A scheduled rule cannot stand on a bus of your own.")


@BOOK.rule(
    "SC-EVT-004",
    Severity.REFUSED,
    "An event pattern is an object whose values are lists",
    RULE,
    why="EventBridge answers: event pattern is not valid, for a plain text or number where a list of alternatives "
    "belongs.",
    remedy='Write {"source": ["aws.backup"]}.',
    source=_PATTERNS,
)
def pattern_lists(rule: Item) -> Hits:
    node = rule["EventPattern"]
    if node.value == {}:
        yield node.hit("The pattern is empty.")
    for inner in _leaves(node):
        if inner.text is not None:
            yield inner.hit(f"{inner.path[-1]} holds {inner.text}; it must be a list.")


def _leaves(node: Node) -> Iterator[Node]:
    for key, inner in node.entries():
        if key.startswith("$or"):
            continue
        if isinstance(inner.value, dict):
            yield from _leaves(inner)
        elif not isinstance(inner.value, list):
            yield inner


_TOP_KEYS = ("version", "id", "detail-type", "source", "account", "time", "region", "resources", "detail",
             "replay-name", "ingestion-time")  # fmt: skip


@BOOK.rule(
    "SC-EVT-005",
    Severity.DEAD,
    "An event pattern asks for fields that events have",
    RULE,
    why="Every event has source, detail-type, account, region, time, resources and detail; a pattern that asks for "
    "another field on top matches none.",
    remedy="Write detail-type with a hyphen, and put the service's own fields under detail.",
    source=f"{_UG}/eb-events-structure.html",
)
def pattern_fields(rule: Item) -> Hits:
    for key, node in rule["EventPattern"].entries():
        if key not in _TOP_KEYS and not key.startswith("$or"):
            yield node.hit(f"Events have no field {key}.")


_DETAIL_TYPES = {
    "aws.backup": ("Backup Job State Change", "Copy Job State Change", "Restore Job State Change",
                   "Recovery Point State Change", "Backup Vault State Change", "Backup Plan State Change",
                   "Region Setting State Change", "Report Job State Change", "Scan Job State Change"),
    "aws.ec2": ("EC2 Instance State-change Notification", "EC2 Spot Instance Interruption Warning",
                "EBS Snapshot Notification", "EBS Volume Notification", "EC2 Instance Rebalance Recommendation"),
    "aws.rds": ("RDS DB Instance Event", "RDS DB Cluster Event", "RDS DB Snapshot Event",
                "RDS DB Parameter Group Event", "RDS DB Security Group Event", "RDS DB Cluster Snapshot Event"),
    "aws.s3": ("Object Created", "Object Deleted", "Object Restore Initiated", "Object Restore Completed",
               "Object Restore Expired", "Object Tags Added", "Object Tags Deleted", "Object ACL Updated",
               "Object Storage Class Changed", "Object Access Tier Changed"),
    "aws.ecs": ("ECS Task State Change", "ECS Container Instance State Change", "ECS Deployment State Change",
                "ECS Service Action"),
    "aws.autoscaling": ("EC2 Instance Launch Successful", "EC2 Instance Terminate Successful",
                        "EC2 Instance Launch Unsuccessful", "EC2 Instance Terminate Unsuccessful",
                        "EC2 Instance-launch Lifecycle Action", "EC2 Instance-terminate Lifecycle Action"),
    "aws.states": ("Step Functions Execution Status Change",),
    "aws.guardduty": ("GuardDuty Finding",),
    "aws.securityhub": ("Security Hub Findings - Imported", "Security Hub Findings - Custom Action",
                        "Security Hub Insight Results"),
    "aws.health": ("AWS Health Event", "AWS Health Abuse Event"),
    "aws.codepipeline": ("CodePipeline Pipeline Execution State Change", "CodePipeline Stage Execution State Change",
                         "CodePipeline Action Execution State Change"),
    "aws.codebuild": ("CodeBuild Build State Change", "CodeBuild Build Phase Change"),
    "aws.acm": ("ACM Certificate Approaching Expiration", "ACM Certificate Expired"),
    "aws.config": ("Config Rules Compliance Change", "Config Configuration Item Change"),
    "aws.cloudwatch": ("CloudWatch Alarm State Change", "CloudWatch Alarm Configuration Change"),
    "aws.signin": ("AWS Console Sign In via CloudTrail",),
}  # fmt: skip


@BOOK.rule(
    "SC-EVT-006",
    Severity.DEAD,
    "A detail-type is written as the service writes it",
    RULE,
    why="Patterns compare letter by letter, case included.",
    remedy="Copy the detail-type from the service's list of events.",
    source="https://docs.aws.amazon.com/eventbridge/latest/ref/welcome.html",
)
def detail_type(rule: Item) -> Hits:
    pattern = rule["EventPattern"]
    known = [name for source in pattern["source"].texts() for name in _DETAIL_TYPES.get(source, ())]
    for node in pattern["detail-type"].each() if known else ():
        text = node.text
        if text is not None and text not in known and "via CloudTrail" not in text:
            meant = nearest(text, known, 3)
            if meant is not None:
                yield node.hit(f"There is no detail-type {text}; it is {meant}.")


@BOOK.rule(
    "SC-EVT-007",
    Severity.DEAD,
    "A source of AWS starts with aws. in small letters",
    RULE,
    why="The events of AWS services have sources such as aws.ec2; events of your own have none of these.",
    remedy="Write aws.ec2 instead of ec2.amazonaws.com or AWS.EC2.",
    source=f"{_UG}/eb-events-structure.html",
)
def source_form(rule: Item) -> Hits:
    for node in rule["EventPattern"]["source"].each():
        text = node.text or ""
        if re.match(r"(AWS|Aws)\.", text) or text.endswith(".amazonaws.com"):
            yield node.hit(f"{text} is no source of events.")


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
    for name in sorted({i for i in ids if i is not None and ids.count(i) > 1}):
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


@BOOK.rule(
    "SC-EVT-017",
    Severity.REFUSED,
    "A flexible time window has a length, and a fixed one has none",
    "AWS::Scheduler::Schedule",
    why="MaximumWindowInMinutes is required with FLEXIBLE and refused with OFF.",
    remedy="Give 1 to 1440 minutes, or set Mode to OFF.",
    source="https://docs.aws.amazon.com/scheduler/latest/APIReference/API_FlexibleTimeWindow.html",
)
def flexible_window(schedule: Item) -> Hits:
    mode, minutes = (
        schedule["FlexibleTimeWindow"]["Mode"].text,
        schedule["FlexibleTimeWindow"]["MaximumWindowInMinutes"],
    )
    if mode == "FLEXIBLE" and minutes.absent:
        yield schedule["FlexibleTimeWindow"].hit("FLEXIBLE needs MaximumWindowInMinutes.")
    elif mode == "OFF" and minutes.given:
        yield minutes.hit("OFF takes no MaximumWindowInMinutes.")


@BOOK.rule(
    "SC-EVT-018",
    Severity.DEAD,
    "A state of AWS Backup is written in capitals",
    RULE,
    why="AWS Backup sends COMPLETED, FAILED, ABORTED, EXPIRED and so on; patterns compare letter by letter.",
    remedy="Write the states in capitals.",
    source="https://docs.aws.amazon.com/aws-backup/latest/devguide/eventbridge.html",
)
def backup_state(rule: Item) -> Hits:
    pattern = rule["EventPattern"]
    if (
        "aws.backup" in pattern["source"].texts()
        and "Backup Job State Change" in pattern["detail-type"].texts()
    ):
        states = (
            "CREATED",
            "PENDING",
            "RUNNING",
            "ABORTING",
            "ABORTED",
            "COMPLETED",
            "FAILED",
            "EXPIRED",
            "PARTIAL",
        )
        for node in pattern["detail"]["state"].each():
            if node.text is not None and node.text not in states:
                yield node.hit(f"There is no state {node.text}; there are {', '.join(states)}.")
