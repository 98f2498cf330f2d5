"""Rules and schedules of EventBridge: expressions and patterns."""

from __future__ import annotations

import re
from collections.abc import Iterator

from showcore_cfn.check.rules import schedule_text
from showcore_cfn.check.rules.rule import Hits, Item, Rulebook, Severity, View
from showcore_cfn.check.rules.tables import nearest
from showcore_cfn.check.rules.view import Node

BOOK = Rulebook("events")
RULE = "AWS::Events::Rule"
_UG = "https://docs.aws.amazon.com/eventbridge/latest/userguide"
_SCHEDULES = f"{_UG}/eb-scheduled-rule-pattern.html"
_PATTERNS = f"{_UG}/eb-create-pattern.html"

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
