"""AWS Lambda: functions, permissions, event sources."""

from __future__ import annotations

import re

from showcore_cfn.check.rules import names
from showcore_cfn.check.rules.rule import Hits, Item, Rulebook, Severity, View
from showcore_cfn.check.rules.wiring import FUNCTION

BOOK = Rulebook("functions")
PERMISSION, MAPPING = "AWS::Lambda::Permission", "AWS::Lambda::EventSourceMapping"
_DG = "https://docs.aws.amazon.com/lambda/latest/dg"
_API = "https://docs.aws.amazon.com/lambda/latest/api"


@BOOK.rule(
    "SC-LAM-001",
    Severity.REFUSED,
    "A function in a VPC has subnets and security groups",
    FUNCTION,
    why="SubnetIds and SecurityGroupIds come together.",
    remedy="Give both, or take VpcConfig away.",
    source=f"{_DG}/configuration-vpc.html",
)
def vpc_config(function: Item) -> Hits:
    node = function["VpcConfig"]
    if node["SubnetIds"].each() and node["SecurityGroupIds"].absent:
        yield node.hit("SecurityGroupIds is missing.")
    elif node["SecurityGroupIds"].each() and node["SubnetIds"].absent:
        yield node.hit("SubnetIds is missing.")


@BOOK.rule(
    "SC-LAM-002",
    Severity.REFUSED,
    "A handler of Python or Node names a module and a function",
    FUNCTION,
    why="The handler is file.function; inline code stands in the file index.",
    remedy="Write index.handler for inline code.",
    source=f"{_DG}/python-handler.html",
)
def handler(function: Item) -> Hits:
    runtime, node = function["Runtime"].text or "", function["Handler"]
    text = node.text
    if text is None or not re.match(r"python|nodejs", runtime):
        return
    if "." not in text:
        yield node.hit(f"{text} names no function: it is file.function.")
    elif function["Code"]["ZipFile"].given and not text.startswith("index."):
        yield node.hit(f"{text}: inline code stands in the file index.")


@BOOK.rule(
    "SC-LAM-003",
    Severity.DEAD,
    "Inline code defines the handler that is called",
    FUNCTION,
    why="The function is created, and every invocation answers that the handler is not found.",
    remedy="Define the function that Handler names.",
    source=f"{_DG}/python-handler.html",
)
def inline_handler(function: Item) -> Hits:
    code, name = function["Code"]["ZipFile"].text, (function["Handler"].text or "").rpartition(".")[2]
    if code is None or not name:
        return
    runtime = function["Runtime"].text or ""
    if runtime.startswith("python") and not re.search(
        rf"\bdef\s+{re.escape(name)}\b|\b{re.escape(name)}\s*=|import", code
    ):
        yield function["Handler"].hit(f"The code defines no {name}.")
    elif runtime.startswith("nodejs") and name not in code:
        yield function["Handler"].hit(f"The code exports no {name}.")


@BOOK.rule(
    "SC-LAM-004",
    Severity.REFUSED,
    "A function has five layers at most, and no reserved concurrency below zero",
    FUNCTION,
    why="Five layers is a fixed quota.",
    remedy="Merge layers.",
    source=f"{_DG}/gettingstarted-limits.html",
)
def layers(function: Item) -> Hits:
    node = function["Layers"]
    if node.closed and len(node.each()) > 5:
        yield node.hit(f"The function has {len(node.each())} layers; 5 are allowed.")


@BOOK.rule(
    "SC-LAM-005",
    Severity.DEAD,
    "Reserved concurrency is not zero",
    FUNCTION,
    why="ReservedConcurrentExecutions: 0 throttles every invocation.",
    remedy="Take it away, or reserve some.",
    source=f"{_DG}/configuration-concurrency.html",
)
def throttled(function: Item) -> Hits:
    if function["ReservedConcurrentExecutions"].number == 0:
        yield function["ReservedConcurrentExecutions"].hit("The function is never invoked.")


@BOOK.rule(
    "SC-LAM-006",
    Severity.REFUSED,
    "A permission of a service names an action of Lambda and a function",
    PERMISSION,
    why="The action is lambda:InvokeFunction; sns:Publish or * are refused or void.",
    remedy="Write lambda:InvokeFunction.",
    source=f"{_API}/API_AddPermission.html",
)
def permission_action(permission: Item) -> Hits:
    text = permission["Action"].text
    if text is not None and not text.startswith("lambda:") and text != "*":
        yield permission["Action"].hit(f"{text} is no action of Lambda.")


@BOOK.rule(
    "SC-LAM-007",
    Severity.DEAD,
    "The source of a permission is a source of its principal",
    PERMISSION,
    why="events.amazonaws.com invokes for rules, sns.amazonaws.com for topics, s3.amazonaws.com for buckets; another "
    "source never matches.",
    remedy="Name the ARN of the rule, topic or bucket that invokes.",
    source=f"{_DG}/access-control-resource-based.html",
)
def permission_source(permission: Item) -> Hits:
    services = {
        "events.amazonaws.com": "events", "sns.amazonaws.com": "sns", "s3.amazonaws.com": "s3",
        "apigateway.amazonaws.com": "execute-api", "logs.amazonaws.com": "logs", "sqs.amazonaws.com": "sqs",
        "elasticloadbalancing.amazonaws.com": "elasticloadbalancing", "scheduler.amazonaws.com": "scheduler",
        "cognito-idp.amazonaws.com": "cognito-idp",
    }  # fmt: skip
    wanted, arn = services.get(permission["Principal"].text or ""), names.arn(permission["SourceArn"].value)
    if wanted is not None and arn is not None and "$" not in arn.service and arn.service not in (wanted, "*"):
        yield permission["SourceArn"].hit(
            f"{permission['Principal'].text} does not invoke for {arn.service}."
        )


@BOOK.rule(
    "SC-LAM-008",
    Severity.DEAD,
    "A queue or stream is polled, not permitted",
    PERMISSION,
    why="Lambda reads queues and streams itself, through an event source mapping; a permission for them does nothing.",
    remedy="Add an AWS::Lambda::EventSourceMapping.",
    source=f"{_DG}/invocation-eventsourcemapping.html",
)
def polled(permission: Item) -> Hits:
    text = permission["Principal"].text
    if text in ("sqs.amazonaws.com", "kinesis.amazonaws.com", "dynamodb.amazonaws.com"):
        mappings = permission.view.of(MAPPING)
        function = permission["FunctionName"].target(FUNCTION)
        if (
            not any(m["FunctionName"].target(FUNCTION) is function for m in mappings)
            and permission.view.complete
        ):
            yield permission["Principal"].hit(f"{text} does not invoke functions: Lambda polls.")


@BOOK.rule(
    "SC-LAM-009",
    Severity.REFUSED,
    "A batch and its window fit their source",
    MAPPING,
    why="A queue gives 10 messages, or 10,000 with a window of at least one second; a window is refused for FIFO.",
    remedy="Set MaximumBatchingWindowInSeconds to 1 or more for more than 10 messages.",
    source=f"{_DG}/services-sqs-configure.html",
)
def batch(mapping: Item) -> Hits:
    size, window = mapping["BatchSize"].number, mapping["MaximumBatchingWindowInSeconds"]
    queue = mapping["EventSourceArn"].target("AWS::SQS::Queue")
    arn = names.arn(mapping["EventSourceArn"].value)
    if queue is None and (arn is None or arn.service != "sqs"):
        return
    if size is not None and size > 10 and (window.absent or window.number == 0):
        yield mapping["BatchSize"].hit(
            f"{size:g} messages need MaximumBatchingWindowInSeconds of 1 at least."
        )
    if queue is not None and queue["FifoQueue"].flag and (window.number or 0) > 0:
        yield window.hit(f"{queue.id} is FIFO and takes no window.")


@BOOK.rule(
    "SC-LAM-010",
    Severity.REFUSED,
    "A mapping has the properties of its source",
    MAPPING,
    why="Bisecting, tumbling windows, parallelization and record ages are for streams, scaling for queues.",
    remedy="Take the property away.",
    source=f"{_API}/API_CreateEventSourceMapping.html",
)
def mapping_properties(mapping: Item) -> Hits:
    queue = mapping["EventSourceArn"].target("AWS::SQS::Queue")
    stream = mapping["EventSourceArn"].target("AWS::Kinesis::Stream", "AWS::DynamoDB::Table")
    streams_only = ("BisectBatchOnFunctionError", "TumblingWindowInSeconds", "ParallelizationFactor",
                    "MaximumRecordAgeInSeconds", "MaximumRetryAttempts", "DestinationConfig")  # fmt: skip
    for name in streams_only if queue is not None else ():
        if mapping[name].given and mapping[name].flag is not False:
            yield mapping[name].hit(f"{name} is not for queues.")
    if stream is not None and mapping["ScalingConfig"].given:
        yield mapping["ScalingConfig"].hit("ScalingConfig is for queues.")


@BOOK.rule(
    "SC-LAM-011",
    Severity.REFUSED,
    "A table that is a source streams its changes, and is named by its stream",
    MAPPING,
    why="The event source is the table's StreamArn; the table's own ARN is refused, and without StreamSpecification "
    "there is no stream.",
    remedy="Add StreamSpecification to the table and use !GetAtt Table.StreamArn.",
    source=f"{_DG}/with-ddb.html",
)
def table_stream(mapping: Item) -> Hits:
    node = mapping["EventSourceArn"]
    table = node.target("AWS::DynamoDB::Table") if node.reference else None
    if table is not None and node.reference is not None and node.reference.attribute == "Arn":
        yield node.hit(f"{node.shown} is the table, not its stream.")
    elif table is not None and table["StreamSpecification"].absent:
        yield node.hit(f"{table.id} has no StreamSpecification.")


@BOOK.nest_rule(
    "SC-LAM-012",
    Severity.REFUSED,
    "A function's log group is made before the function is invoked",
    why="Lambda makes /aws/lambda/<function> at the first invocation. A group of that name that the template makes "
    "later exists already.",
    remedy="Name the function, name the group after it, and let the function DependsOn the group; or LoggingConfig.",
    source=f"{_DG}/monitoring-cloudwatchlogs-loggroups.html",
)
def log_group_order(view: View) -> Hits:
    for group in view.of("AWS::Logs::LogGroup"):
        match = re.fullmatch(r"/aws/lambda/([^$]+)", group["LogGroupName"].text or "")
        for function in view.of(FUNCTION) if match else ():
            if (
                match is not None
                and function["FunctionName"].text == match[1]
                and view.before(function, group)
            ):
                yield group.hit(
                    f"{group.id} waits for {function.id}, which may be invoked first.", "DependsOn"
                )


@BOOK.rule(
    "SC-LAM-013",
    Severity.REFUSED,
    "SnapStart and provisioned concurrency work on published versions",
    "AWS::Lambda::Alias",
    why="Provisioned concurrency of an alias that points at $LATEST is refused.",
    remedy="Point the alias at an AWS::Lambda::Version.",
    source=f"{_DG}/provisioned-concurrency.html",
)
def provisioned_latest(alias: Item) -> Hits:
    if alias["ProvisionedConcurrencyConfig"].given and alias["FunctionVersion"].text == "$LATEST":
        yield alias["FunctionVersion"].hit("Provisioned concurrency needs a published version.")


@BOOK.rule(
    "SC-LAM-014",
    Severity.REFUSED,
    "Memory is whole megabytes from 128 to 10240, and temporary storage from 512 to 10240",
    FUNCTION,
    why="Lambda refuses other sizes.",
    remedy="Choose a size in the range.",
    source=f"{_DG}/gettingstarted-limits.html",
)
def sizes(function: Item) -> Hits:
    for node, least in ((function["MemorySize"], 128), (function["EphemeralStorage"]["Size"], 512)):
        if node.number is not None and not least <= node.number <= 10_240:
            yield node.hit(f"{node.number:g} MB lie outside {least} to 10240.")


@BOOK.rule(
    "SC-LAM-015",
    Severity.REFUSED,
    "A function URL that is open to everybody has a permission, and its origins no path",
    "AWS::Lambda::Url",
    why="AuthType NONE needs a permission for lambda:InvokeFunctionUrl, else every call is forbidden.",
    remedy="Add an AWS::Lambda::Permission with FunctionUrlAuthType: NONE and Principal: '*'.",
    source=f"{_DG}/urls-auth.html",
)
def open_url(url: Item) -> Hits:
    function = url["TargetFunctionArn"].target(FUNCTION)
    if function is None or url["AuthType"].text != "NONE" or not url.view.complete:
        return
    for permission in url.view.of(PERMISSION):
        if permission["FunctionName"].target(FUNCTION) in (function, None) and permission["Action"].text in (
            "lambda:InvokeFunctionUrl",
            None,
        ):
            return
    yield url["AuthType"].hit(
        f"Nobody may call the URL of {function.id}: lambda:InvokeFunctionUrl is not allowed."
    )
