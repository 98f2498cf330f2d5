"""Cost Anomaly Detection, budgets and Organizations."""

from __future__ import annotations

import json
import re
from typing import Any

from showcore_cfn.check.rules.rule import Hits, Item, Rulebook, Severity, View
from showcore_cfn.check.rules.view import Node

BOOK = Rulebook("account")
MONITOR, SUBSCRIPTION = "AWS::CE::AnomalyMonitor", "AWS::CE::AnomalySubscription"
BUDGET, POLICY = "AWS::Budgets::Budget", "AWS::Organizations::Policy"
_CE = "https://docs.aws.amazon.com/aws-cost-management/latest/APIReference"
_COSTS = "https://docs.aws.amazon.com/cost-management/latest/userguide"
_ORG = "https://docs.aws.amazon.com/organizations/latest/userguide"


def _json(node: Node) -> Any:
    """JSON text as data; None where it is not known, the text itself where it is no JSON."""
    if node.text is None:
        return node.value if isinstance(node.value, dict) else None
    try:
        return json.loads(node.text)
    except (ValueError, RecursionError):
        return node.text


@BOOK.rule(
    "SC-CE-001",
    Severity.REFUSED,
    "Single alerts go to a topic, summaries to mail addresses",
    SUBSCRIPTION,
    why="IMMEDIATE is delivered by SNS only, DAILY and WEEKLY by e-mail only.",
    remedy="Set Frequency: IMMEDIATE with a subscriber of type SNS, or DAILY with EMAIL.",
    source=f"{_CE}/API_AnomalySubscription.html",
)
def frequency(subscription: Item) -> Hits:
    often = subscription["Frequency"].text
    wanted = {"IMMEDIATE": "SNS", "DAILY": "EMAIL", "WEEKLY": "EMAIL"}.get(often or "")
    for node in subscription["Subscribers"].each():
        if wanted is not None and node["Type"].text not in (None, wanted):
            yield node.hit(f"{often} alerts go to {wanted}, not to {node['Type'].text}.")


@BOOK.rule(
    "SC-CE-002",
    Severity.REFUSED,
    "A subscription has one threshold",
    SUBSCRIPTION,
    why="One of Threshold, which is deprecated, and ThresholdExpression is required; both are refused.",
    remedy="Keep ThresholdExpression.",
    source=f"{_CE}/API_AnomalySubscription.html",
)
def threshold(subscription: Item) -> Hits:
    old, new = subscription["Threshold"], subscription["ThresholdExpression"]
    if old.given and new.given:
        yield old.hit("Threshold stands beside ThresholdExpression.")
    elif old.absent and new.absent:
        yield subscription.hit("ThresholdExpression is missing.", "Properties")


@BOOK.rule(
    "SC-CE-003",
    Severity.REFUSED,
    "A threshold compares an impact with GREATER_THAN_OR_EQUAL and a number in quotes",
    SUBSCRIPTION,
    why="The expression is JSON text with the dimensions ANOMALY_TOTAL_IMPACT_ABSOLUTE or ..._PERCENTAGE.",
    remedy='Write {"Dimensions": {"Key": "ANOMALY_TOTAL_IMPACT_ABSOLUTE", "MatchOptions": '
    '["GREATER_THAN_OR_EQUAL"], "Values": ["5"]}}.',
    source=f"{_CE}/API_AnomalySubscription.html",
)
def threshold_expression(subscription: Item) -> Hits:
    node = subscription["ThresholdExpression"]
    found = _json(node)
    if isinstance(found, str):
        yield node.hit("The expression is no JSON.")
    for dimension in _dimensions(found):
        key, options, values = (dimension.get(k) for k in ("Key", "MatchOptions", "Values"))
        if key not in ("ANOMALY_TOTAL_IMPACT_ABSOLUTE", "ANOMALY_TOTAL_IMPACT_PERCENTAGE"):
            yield node.hit(f"{key} is no dimension of a threshold.")
        elif options != ["GREATER_THAN_OR_EQUAL"]:
            yield node.hit("MatchOptions must be GREATER_THAN_OR_EQUAL.")
        elif not (isinstance(values, list) and len(values) == 1 and isinstance(values[0], str)):
            yield node.hit("Values holds one number in quotes.")


def _dimensions(value: Any, depth: int = 0) -> list[dict[str, Any]]:
    if not isinstance(value, dict) or depth > 5:
        return []
    own = value.get("Dimensions")
    found = [own] if isinstance(own, dict) else []
    for key in ("And", "Or"):
        inner = value.get(key)
        for item in inner if isinstance(inner, list) else ():
            found.extend(_dimensions(item, depth + 1))
    return found


@BOOK.rule(
    "SC-CE-004",
    Severity.REFUSED,
    "A monitor watches a dimension or an expression, as its type says",
    MONITOR,
    why="DIMENSIONAL needs MonitorDimension, CUSTOM MonitorSpecification as JSON text; each refuses the other's.",
    remedy="Match MonitorType and the property.",
    source=f"{_CE}/API_AnomalyMonitor.html",
)
def monitor(item: Item) -> Hits:
    kind = item["MonitorType"].text
    dimension, specification = item["MonitorDimension"], item["MonitorSpecification"]
    if kind == "DIMENSIONAL" and (dimension.absent or specification.given):
        yield item["MonitorType"].hit("DIMENSIONAL needs MonitorDimension and no MonitorSpecification.")
    elif kind == "CUSTOM" and (specification.absent or dimension.given):
        yield item["MonitorType"].hit("CUSTOM needs MonitorSpecification and no MonitorDimension.")
    if isinstance(_json(specification), str):
        yield specification.hit("The specification is no JSON.")


@BOOK.nest_rule(
    "SC-CE-005",
    Severity.REFUSED,
    "An account has one monitor by service",
    why="One DIMENSIONAL monitor by SERVICE is the quota, and AWS makes one of its own for new users of Cost Explorer.",
    remedy="Use a CUSTOM monitor, or subscribe to the one that exists.",
    source=f"{_COSTS}/management-limits.html",
)
def two_monitors(view: View) -> Hits:
    found = [m for m in view.of(MONITOR) if m["MonitorType"].text == "DIMENSIONAL"]
    for item in found[1:]:
        if item["MonitorDimension"].text == found[0]["MonitorDimension"].text and item.tree == found[0].tree:
            yield item.hit(f"{found[0].id} watches {item['MonitorDimension'].shown} already.")


@BOOK.rule(
    "SC-BUD-001",
    Severity.REFUSED,
    "A cost budget has a limit, in one way",
    BUDGET,
    why="BudgetLimit is required for cost and usage budgets, unless they are planned or adjust themselves.",
    remedy="Add BudgetLimit: {Amount: 60, Unit: USD}.",
    source="https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_Budget.html",
)
def budget_limit(budget: Item) -> Hits:
    node = budget["Budget"]
    ways = [n for n in ("BudgetLimit", "PlannedBudgetLimits", "AutoAdjustData") if node[n].given]
    if node["BudgetType"].text in ("COST", "USAGE") and len(ways) != 1:
        yield node.hit(f"The budget has {' and '.join(ways) or 'no limit'}; one of three is needed.")


@BOOK.rule(
    "SC-BUD-002",
    Severity.REFUSED,
    "A notification reaches somebody: one topic and ten addresses at most",
    BUDGET,
    why="Each of up to ten notifications has at least one subscriber, one of them at most by SNS.",
    remedy="Add Subscribers, or a second notification.",
    source="https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_Notification.html",
)
def budget_notifications(budget: Item) -> Hits:
    node = budget["NotificationsWithSubscribers"]
    if node.closed and len(node.each()) > 10:
        yield node.hit(f"The budget has {len(node.each())} notifications; 10 are allowed.")
    for notification in node.each():
        kinds = [s["SubscriptionType"].text for s in notification["Subscribers"].each()]
        if kinds.count("SNS") > 1 or kinds.count("EMAIL") > 10:
            yield notification.hit("One topic and ten addresses are allowed.")
        for subscriber in notification["Subscribers"].each():
            address = subscriber["Address"].text or ""
            if subscriber["SubscriptionType"].text == "EMAIL" and address and "@" not in address:
                yield subscriber.hit(f"{address} is no e-mail address.")
            elif subscriber["SubscriptionType"].text == "SNS" and address and not address.startswith("arn:"):
                yield subscriber.hit(f"{address} is no ARN of a topic.")


@BOOK.rule(
    "SC-ORG-001",
    Severity.REFUSED,
    "A service control policy names no principal, and fits into 5120 characters",
    POLICY,
    why="SCPs have no Principal and no Resource but * in Allow statements of older form, and 5,120 characters at most.",
    remedy="Take Principal away; exclude roles by a condition on aws:PrincipalArn.",
    source=f"{_ORG}/orgs_manage_policies_scps_syntax.html",
)
def control_policy(policy: Item) -> Hits:
    if policy["Type"].text != "SERVICE_CONTROL_POLICY":
        return
    content = policy["Content"]
    found = _json(content)
    if content.known and len(json.dumps(found, separators=(",", ":"))) > 5_120:
        yield content.hit("The policy has more than 5,120 characters.")
    listed = found.get("Statement") if isinstance(found, dict) else None
    for statement in listed if isinstance(listed, list) else [listed]:
        if isinstance(statement, dict) and ("Principal" in statement or "NotPrincipal" in statement):
            yield content.hit("A service control policy names no principal.")


@BOOK.rule(
    "SC-ORG-002",
    Severity.REFUSED,
    "A tag policy has tags, each with a key that is assigned",
    POLICY,
    why="The syntax is tags, then a name, then tag_key with an operator such as @@assign.",
    remedy='Write {"tags": {"project": {"tag_key": {"@@assign": "Project"}}}}.',
    source=f"{_ORG}/orgs_manage_policies_example-tag-policies.html",
)
def tag_policy(policy: Item) -> Hits:
    found = _json(policy["Content"])
    if policy["Type"].text != "TAG_POLICY" or not isinstance(found, dict):
        return
    tags = found.get("tags")
    if not isinstance(tags, dict):
        yield policy["Content"].hit("The policy has no tags.")
        return
    for name, tag in tags.items():
        key = tag.get("tag_key") if isinstance(tag, dict) else None
        if isinstance(key, str) or (isinstance(key, dict) and not any(str(k).startswith("@@") for k in key)):
            yield policy["Content"].hit(f"tag_key of {name} has no operator such as @@assign.")


@BOOK.rule(
    "SC-ORG-003",
    Severity.REFUSED,
    "A policy is attached to roots, units and accounts, by their ids",
    POLICY,
    why="TargetIds are r-..., ou-... and twelve digits.",
    remedy="Use !Ref of the unit or account.",
    source="https://docs.aws.amazon.com/organizations/latest/APIReference/API_AttachPolicy.html",
)
def policy_targets(policy: Item) -> Hits:
    for node in policy["TargetIds"].each():
        if node.text is not None and not re.fullmatch(r"r-[0-9a-z]{4,32}|ou-[0-9a-z-]{8,}|\d{12}", node.text):
            yield node.hit(f"{node.text} is no id of a root, a unit or an account.")
