"""What CloudWatch refuses of an alarm."""

from __future__ import annotations

import re

from showcore_cfn.check.rules import names
from showcore_cfn.check.rules.metric_uses import ALARM, alarm_uses, uses_of
from showcore_cfn.check.rules.rule import Hits, Item, Rulebook, Severity, View

BOOK = Rulebook("cloudwatch_alarms")
COMPOSITE = "AWS::CloudWatch::CompositeAlarm"
_API = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html"
_QUERY = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDataQuery.html"
_MATH = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html"
_DAY_SECONDS = 86_400
_WEEK_SECONDS = 604_800
_HOUR_SECONDS = 3_600


@BOOK.rule(
    "SC-CW-021",
    Severity.REFUSED,
    "An alarm looks back one day at most, or seven with periods of an hour and more",
    ALARM,
    why="Period times EvaluationPeriods is limited to 86,400 seconds, from a period of one hour on to 604,800.",
    remedy="Use fewer periods.",
    source=_API,
)
def look_back(alarm: Item) -> Hits:
    periods = alarm["EvaluationPeriods"].number
    for use in uses_of(alarm):
        if use.period and periods:
            most = _DAY_SECONDS if use.period < _HOUR_SECONDS else _WEEK_SECONDS
            if use.period * periods > most:
                yield alarm["EvaluationPeriods"].hit(
                    f"{periods:g} periods of {use.period:g} seconds are more than {most:,} seconds."
                )


@BOOK.rule(
    "SC-CW-022",
    Severity.REFUSED,
    "DatapointsToAlarm is not more than EvaluationPeriods",
    ALARM,
    why="M out of N: M cannot be more than N.",
    remedy="Lower DatapointsToAlarm or raise EvaluationPeriods.",
    source=_API,
)
def datapoints(alarm: Item) -> Hits:
    wanted, periods = alarm["DatapointsToAlarm"].number, alarm["EvaluationPeriods"].number
    if wanted is not None and periods is not None and wanted > periods:
        yield alarm["DatapointsToAlarm"].hit(f"{wanted:g} of {periods:g} data points can never be breaching.")


@BOOK.rule(
    "SC-CW-023",
    Severity.REFUSED,
    "An alarm on a metric names one statistic",
    ALARM,
    why="Either Statistic or ExtendedStatistic is given, never both and never neither.",
    remedy="Keep one of them.",
    source=_API,
)
def statistic(alarm: Item) -> Hits:
    plain, extended = alarm["Statistic"], alarm["ExtendedStatistic"]
    if alarm["MetricName"].absent:
        return
    if plain.given and extended.given:
        yield extended.hit("Statistic and ExtendedStatistic are both given.")
    elif plain.absent and extended.absent:
        yield alarm["MetricName"].hit("Neither Statistic nor ExtendedStatistic is given.")


@BOOK.rule(
    "SC-CW-024",
    Severity.REFUSED,
    "An alarm watches a metric or a list of queries",
    ALARM,
    why="MetricName, Namespace, Dimensions, Period and Statistic are refused beside Metrics.",
    remedy="Move them into a MetricStat of Metrics.",
    source=_API,
)
def metric_and_metrics(alarm: Item) -> Hits:
    if alarm["Metrics"].given:
        for name in (
            "MetricName",
            "Namespace",
            "Dimensions",
            "Period",
            "Statistic",
            "ExtendedStatistic",
            "Unit",
        ):
            if alarm[name].given:
                yield alarm[name].hit(f"{name} stands beside Metrics.")
    elif alarm["MetricName"].absent:
        yield alarm.hit("The alarm watches nothing: neither MetricName nor Metrics is given.", "Properties")


@BOOK.rule(
    "SC-CW-025",
    Severity.REFUSED,
    "An alarm on a metric has its namespace, period and threshold",
    ALARM,
    why="Without them there is nothing to compare. Only anomaly detection goes without a threshold.",
    remedy="Add what is missing.",
    source=_API,
)
def incomplete(alarm: Item) -> Hits:
    needed = ["Namespace", "Period"] if alarm["MetricName"].given and alarm["Metrics"].absent else []
    needed += ["Threshold"] if alarm["ThresholdMetricId"].absent else []
    for name in needed:
        if alarm[name].absent and alarm["EvaluationCriteria"].absent:
            yield alarm.hit(f"{name} is missing.", "Properties")


@BOOK.rule(
    "SC-CW-026",
    Severity.REFUSED,
    "Exactly one query returns data",
    ALARM,
    why="ReturnData is true where it is left out. The alarm watches the one result that returns data.",
    remedy="Set ReturnData: false on every query but the one to watch.",
    source=_QUERY,
)
def returned_data(alarm: Item) -> Hits:
    node = alarm["Metrics"]
    flags = [query["ReturnData"].flag if query["ReturnData"].given else True for query in node.each()]
    if not node.closed or None in flags or not flags or alarm["ThresholdMetricId"].given:
        return
    if flags.count(True) != 1:
        yield node.hit(f"{flags.count(True)} queries return data; exactly one must.")


@BOOK.rule(
    "SC-CW-027",
    Severity.REFUSED,
    "An expression uses only ids of its own alarm",
    ALARM,
    why="An id that no query has makes the expression invalid. Ids start with a lower-case letter.",
    remedy="Add the query, or correct the id.",
    source=_MATH,
)
def unknown_id(alarm: Item) -> Hits:
    node = alarm["Metrics"]
    ids = [query["Id"].text for query in node.each()]
    if not node.closed or None in ids:
        return
    for query in node.each():
        text = query["Expression"].text
        if text is None or re.match(r"\s*SELECT\b", text, re.IGNORECASE):
            continue
        plain = re.sub(r"'[^']*'|\"[^\"]*\"", "", text)
        for name in dict.fromkeys(
            re.findall(r"(?<![A-Za-z0-9_])[a-z][A-Za-z0-9_]*(?!\s*\(|[A-Za-z0-9_])", plain)
        ):
            if name not in ids:
                yield query["Expression"].hit(f"No query has the id {name}.")


@BOOK.rule(
    "SC-CW-028",
    Severity.REFUSED,
    "An alarm searches for no metrics",
    ALARM,
    why="SEARCH and other functions that return several time series are not allowed in alarms.",
    remedy="Name the metrics, or use a Metrics Insights query.",
    source=_MATH,
)
def search_in_alarm(alarm: Item) -> Hits:
    for query in alarm["Metrics"].each():
        if re.search(r"\b(SEARCH|METRICS|SLICE|SORT)\s*\(", query["Expression"].text or ""):
            yield query["Expression"].hit("The expression returns several time series.")


@BOOK.rule(
    "SC-CW-029",
    Severity.REFUSED,
    "An alarm reads ten metrics at most",
    ALARM,
    why="Up to 10 queries may hold a MetricStat and up to 10 an Expression.",
    remedy="Split the alarm, and join the parts in a composite alarm.",
    source=_QUERY,
)
def too_many_metrics(alarm: Item) -> Hits:
    for kind in ("MetricStat", "Expression"):
        count = sum(query[kind].given for query in alarm["Metrics"].each())
        if count > 10:
            yield alarm["Metrics"].hit(f"{count} queries hold a {kind}; 10 may.")


@BOOK.rule(
    "SC-CW-030",
    Severity.REFUSED,
    "An extended statistic is a percentile or another one that CloudWatch has",
    ALARM,
    why="p95, tm90, IQM, TM(10%:90%), PR(:100) and their like exist; others are refused.",
    remedy="Write p95 for the 95th percentile.",
    source="https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html",
)
def extended_statistic(alarm: Item) -> Hits:
    text = alarm["ExtendedStatistic"].text
    form = r"(p|tm|tc|ts|wm)(100|\d{1,2}(\.\d{1,10})?)|IQM|(PR|TC|TM|TS|WM)\([\d.:%]+\)"
    if text is not None and not re.fullmatch(form, text):
        yield alarm["ExtendedStatistic"].hit(f"There is no statistic {text}.")


@BOOK.nest_rule(
    "SC-CW-031",
    Severity.DEAD,
    "A metric of an AWS service is read by the minute at the finest",
    why="Services publish once a minute or less often; with a period of 10 or 30 seconds most data points are missing.",
    remedy="Set the period to 60 or more.",
    source=_API,
)
def high_resolution(view: View) -> Hits:
    for use in alarm_uses(view):
        if (use.namespace or "").startswith("AWS/") and use.period is not None and use.period < 60:
            yield use.node.hit(use.hit_message(f"the period is {use.period:g} seconds."))


@BOOK.rule(
    "SC-CW-032",
    Severity.DEAD,
    "The actions of an alarm are enabled",
    ALARM,
    COMPOSITE,
    why="With ActionsEnabled: false the alarm changes its state and tells nobody.",
    remedy="Take ActionsEnabled away.",
    source=_API,
)
def actions_disabled(alarm: Item) -> Hits:
    if alarm["ActionsEnabled"].flag is False and alarm["AlarmActions"].given:
        yield alarm["ActionsEnabled"].hit("The actions of the alarm are switched off.")


_ACTIONS = ("automate", "swf", "autoscaling", "lambda", "sns", "ssm", "ssm-incidents", "aiops", "events")
_KEYS = ("AlarmActions", "OKActions", "InsufficientDataActions")


@BOOK.rule(
    "SC-CW-033",
    Severity.REFUSED,
    "An alarm's action is the ARN of something that an alarm can act on",
    ALARM,
    COMPOSITE,
    why="Alarms act on SNS topics, Lambda functions, Auto Scaling policies, EC2 actions and Systems Manager.",
    remedy="Send to an SNS topic, and let the topic deliver to the queue or the address.",
    source=_API,
)
def action_kind(alarm: Item) -> Hits:
    types = (
        "AWS::SQS::Queue",
        "AWS::Kinesis::Stream",
        "AWS::Logs::LogGroup",
        "AWS::StepFunctions::StateMachine",
    )
    for node in (action for key in _KEYS for action in alarm[key].each()):
        arn = names.arn(node.value)
        text = node.text
        if text is not None and not text.startswith("arn:"):
            yield node.hit(f"{text} is no ARN.")
        elif arn is not None and "$" not in arn.service and arn.service not in _ACTIONS:
            yield node.hit(f"An alarm cannot act on {arn.service}.")
        elif node.reference is not None and (item := node.target(*types)) is not None:
            yield node.hit(f"An alarm cannot act on {item.id}, a {item.type}.")
