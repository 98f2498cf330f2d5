"""CloudWatch Logs: names, filters, subscriptions, keys, and groups that another service writes to."""

from __future__ import annotations

import json
import re

from showcore_cfn.check.rules import names
from showcore_cfn.check.rules.rule import Hits, Item, Rulebook, Severity, View
from showcore_cfn.check.rules.wiring import FUNCTION, key_admits, key_of, may_invoke

BOOK = Rulebook("logs")
GROUP, METRIC, SUBSCRIPTION = (
    "AWS::Logs::LogGroup",
    "AWS::Logs::MetricFilter",
    "AWS::Logs::SubscriptionFilter",
)
_UG = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs"
_API = "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference"


@BOOK.rule(
    "SC-LOG-001",
    Severity.REFUSED,
    "A log group's name has plain characters, 512 at most, and does not start with aws/",
    GROUP,
    why="Also behind a Sub: letters, digits and _ - / . # only. Names that start with aws/ are kept for AWS.",
    remedy="Use the plain characters; start with a slash.",
    source=f"{_API}/API_CreateLogGroup.html",
)
def group_name(group: Item) -> Hits:
    node = group["LogGroupName"]
    pieces = [piece for piece in node.pieces if piece]
    if any(not re.fullmatch(r"[A-Za-z0-9_\-/.#]*", piece) for piece in pieces):
        yield node.hit(f"{node.shown} holds a character that a log group's name cannot.")
    elif node.pieces and (node.pieces[0] or "").startswith("aws/"):
        yield node.hit(f"{node.shown} starts with aws/.")


@BOOK.rule(
    "SC-LOG-002",
    Severity.COST,
    "A log group has a retention",
    GROUP,
    why="Without RetentionInDays the logs are kept, and paid for, for ever.",
    remedy="Set RetentionInDays.",
    source=f"{_UG}/Working-with-log-groups-and-streams.html#SettingLogRetention",
)
def no_retention(group: Item) -> Hits:
    if group["RetentionInDays"].absent and group["LogGroupClass"].text != "DELIVERY":
        yield group.hit(f"{group.id} keeps its logs for ever.", "Properties")


@BOOK.rule(
    "SC-LOG-003",
    Severity.REFUSED,
    "A metric filter publishes to a namespace of its own",
    METRIC,
    why="Namespaces that start with AWS/ are reserved, and a colon is refused.",
    remedy="Use the application's name as namespace.",
    source=f"{_API}/API_MetricTransformation.html",
)
def metric_namespace(item: Item) -> Hits:
    for node in item["MetricTransformations"].each():
        text = node["MetricNamespace"].text or ""
        if text.startswith("AWS/") or ":" in text:
            yield node["MetricNamespace"].hit(f"{text} is no namespace for metrics of your own.")


@BOOK.rule(
    "SC-LOG-004",
    Severity.REFUSED,
    "A metric with dimensions has no default value",
    METRIC,
    why="DefaultValue is refused beside Dimensions.",
    remedy="Take one of them away.",
    source=f"{_API}/API_MetricTransformation.html",
)
def default_with_dimensions(item: Item) -> Hits:
    for node in item["MetricTransformations"].each():
        if node["Dimensions"].given and node["DefaultValue"].given:
            yield node["DefaultValue"].hit("DefaultValue stands beside Dimensions.")


@BOOK.rule(
    "SC-LOG-005",
    Severity.REFUSED,
    "The value of a metric is a number, or a field of the pattern",
    METRIC,
    why="MetricValue is a number such as 1, or $.field or $field of the filter pattern; a field must occur in it.",
    remedy='Write "1" to count, or name the field in the pattern.',
    source=f"{_UG}/FilterAndPatternSyntaxForMetricFilters.html",
)
def metric_value(item: Item) -> Hits:
    pattern = item["FilterPattern"].text
    for node in item["MetricTransformations"].each():
        text = node["MetricValue"].text
        if text is None:
            continue
        if not re.fullmatch(r"-?\d+(\.\d+)?|\$.+", text):
            yield node["MetricValue"].hit(f"{text} is neither a number nor a field.")
        elif text.startswith("$") and pattern is not None and not pattern.strip().startswith(("{", "[", "%")):
            yield node["MetricValue"].hit(f"The pattern {pattern!r} has no field {text}.")


@BOOK.rule(
    "SC-LOG-006",
    Severity.REFUSED,
    "A filter pattern closes what it opens",
    METRIC,
    SUBSCRIPTION,
    why="A pattern in braces compares JSON fields, one in brackets names the words of a line.",
    remedy='Write { $.level = "ERROR" } or [time, level = ERROR, ...].',
    source=f"{_UG}/FilterAndPatternSyntax.html",
)
def pattern_brackets(item: Item) -> Hits:
    node = item["FilterPattern"]
    text = (node.text or "").strip()
    for first, last in ("{}", "[]"):
        if text.startswith(first) is not text.endswith(last) and text.count(first) != text.count(last):
            yield node.hit(f"{text} does not close.")
    body = re.sub(r'"[^"]*"|%[^%]*%', "", text)
    if text.startswith("{") and text.endswith("}") and not re.search(r"\$[.\[]|\$", body):
        yield node.hit(f"{text} names no field: fields start with $.")


@BOOK.nest_rule(
    "SC-LOG-007",
    Severity.REFUSED,
    "A function lets CloudWatch Logs invoke it before the subscription is made",
    why="CloudWatch Logs tries to invoke the function and refuses the filter when it cannot.",
    remedy="Add an AWS::Lambda::Permission with Principal logs.amazonaws.com, and let the filter DependsOn it.",
    source=f"{_UG}/SubscriptionFilters.html#LambdaFunctionExample",
)
def subscription_permission(view: View) -> Hits:
    for item in view.of(SUBSCRIPTION):
        function = item["DestinationArn"].target(FUNCTION)
        if function is None:
            continue
        gates = [
            p
            for p in view.of("AWS::Lambda::Permission")
            if p["FunctionName"].target(FUNCTION) is function
            and (p["Principal"].text or "logs").startswith("logs")
        ]
        if not may_invoke(function, "logs"):
            yield item["DestinationArn"].hit(f"{function.id} does not let CloudWatch Logs invoke it.")
        elif gates and not any(view.before(gate, item) for gate in gates):
            yield item.hit(f"{item.id} does not wait for {gates[0].id}.", "Properties", "DestinationArn")


@BOOK.rule(
    "SC-LOG-008",
    Severity.REFUSED,
    "A subscription to a stream has a role, one to a function has none",
    SUBSCRIPTION,
    why="Kinesis and Firehose are written to with a role; a function is invoked by its own permission.",
    remedy="Add RoleArn, or take it away.",
    source=f"{_API}/API_PutSubscriptionFilter.html",
)
def subscription_role(item: Item) -> Hits:
    node, role = item["DestinationArn"], item["RoleArn"]
    stream = node.target("AWS::Kinesis::Stream", "AWS::KinesisFirehose::DeliveryStream")
    arn = names.arn(node.value)
    service = arn.service if arn is not None else ""
    if role.absent and (stream is not None or service in ("kinesis", "firehose")):
        yield node.hit("A stream needs RoleArn.")
    elif role.given and (node.target(FUNCTION) is not None or service == "lambda"):
        yield role.hit("A function takes no RoleArn.")


@BOOK.nest_rule(
    "SC-LOG-009",
    Severity.REFUSED,
    "The key of a log group lets CloudWatch Logs use it",
    why="CreateLogGroup is refused when logs.<region>.amazonaws.com may not use the key.",
    remedy="Allow kms:Encrypt*, Decrypt*, ReEncrypt*, GenerateDataKey* and Describe* for the service.",
    source=f"{_UG}/encrypt-log-data-kms.html",
)
def group_key(view: View) -> Hits:
    for group in view.of(GROUP):
        key = key_of(group["KmsKeyId"])
        if key is not None and not key_admits(key, "logs", "kms:Decrypt"):
            yield group["KmsKeyId"].hit(f"The policy of {key.id} does not let CloudWatch Logs use it.")


@BOOK.rule(
    "SC-LOG-010",
    Severity.REFUSED,
    "A log group names its key by ARN",
    GROUP,
    why="KmsKeyId of a log group takes the key's ARN; ids and aliases are refused.",
    remedy="Use !GetAtt Key.Arn.",
    source="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-logs-loggroup.html",
)
def key_by_id(group: Item) -> Hits:
    node = group["KmsKeyId"]
    by_ref = node.reference is not None and node.reference.attribute != "Arn"
    if by_ref and node.target("AWS::KMS::Key", "AWS::KMS::Alias") is not None:
        yield node.hit(f"{node.shown} is not the key's ARN.")


@BOOK.rule(
    "SC-LOG-011",
    Severity.REFUSED,
    "A resource policy of CloudWatch Logs is JSON of 5120 characters at most",
    "AWS::Logs::ResourcePolicy",
    why="PolicyDocument is text.",
    remedy="Correct the JSON.",
    source=f"{_API}/API_PutResourcePolicy.html",
)
def resource_policy(policy: Item) -> Hits:
    node = policy["PolicyDocument"]
    if node.text is None:
        return
    if len(node.text) > 5_120:
        yield node.hit(f"The policy has {len(node.text):,} characters.")
    try:
        json.loads(node.text)
    except ValueError:
        yield node.hit("The policy is no JSON.")
    except RecursionError:
        return


_PREFIXES = (
    ("AWS::WAFv2::LoggingConfiguration", "LogDestinationConfigs", "aws-waf-logs-"),
    ("AWS::Route53::HostedZone", "QueryLoggingConfig.CloudWatchLogsLogGroupArn", "/aws/route53/"),
)


@BOOK.nest_rule(
    "SC-LOG-012",
    Severity.REFUSED,
    "A log group for WAF or for query logs has the name that its service asks for",
    why="WAF takes groups called aws-waf-logs-..., Route 53 groups under /aws/route53/ and no others.",
    remedy="Rename the group.",
    source="https://docs.aws.amazon.com/waf/latest/developerguide/logging-cw-logs.html",
)
def prefixed_group(view: View) -> Hits:
    for kind, path, prefix in _PREFIXES:
        for item in view.of(kind):
            for node in item.at(*path.split(".")).each():
                group = node.target(GROUP, "AWS::S3::Bucket", "AWS::KinesisFirehose::DeliveryStream")
                key = {GROUP: "LogGroupName", "AWS::S3::Bucket": "BucketName"}.get(
                    group.type if group else ""
                )
                name = group[key or "DeliveryStreamName"] if group is not None else None
                first = (name.pieces[0] if name.pieces else "") if name is not None else None
                if (
                    first is not None
                    and not first.startswith(prefix)
                    and not (first and prefix.startswith(first))
                ):
                    yield node.hit(f"{group.id if group else ''} is not called {prefix}...")


@BOOK.rule(
    "SC-LOG-013",
    Severity.REFUSED,
    "A log group of the class for infrequent access has no filters",
    METRIC,
    SUBSCRIPTION,
    why="The class INFREQUENT_ACCESS supports neither metric filters nor subscription filters.",
    remedy="Use the class STANDARD.",
    source=f"{_UG}/CloudWatch_Logs_Log_Classes.html",
)
def infrequent_class(item: Item) -> Hits:
    group = item["LogGroupName"].target(GROUP)
    if group is not None and group["LogGroupClass"].text in ("INFREQUENT_ACCESS", "DELIVERY"):
        yield item["LogGroupName"].hit(f"{group.id} is of the class {group['LogGroupClass'].text}.")


@BOOK.nest_rule(
    "SC-LOG-014",
    Severity.REFUSED,
    "A delivery joins a source and a destination that exist before it",
    why="CreateDelivery refuses a source name that is not there yet; the name is plain text and makes nothing wait.",
    remedy="Use !Ref of the AWS::Logs::DeliverySource, or DependsOn.",
    source=f"{_API}/API_CreateDelivery.html",
)
def delivery_order(view: View) -> Hits:
    for delivery in view.of("AWS::Logs::Delivery"):
        name = delivery["DeliverySourceName"].text
        for source in view.of("AWS::Logs::DeliverySource"):
            if name is not None and source["Name"].text == name and not view.before(source, delivery):
                yield delivery["DeliverySourceName"].hit(f"It does not wait for {source.id}.")
