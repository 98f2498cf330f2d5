"""AWS Config: recorder, delivery channel and rules."""

from __future__ import annotations

import json
import re

from showcore_cfn.check.rules.rule import Hits, Item, Rulebook, Severity, View
from showcore_cfn.check.rules.s3 import BUCKET
from showcore_cfn.check.rules.statements import admits, grants
from showcore_cfn.check.rules.tables import config_rules, nearest
from showcore_cfn.check.rules.view import Node
from showcore_cfn.check.rules.wiring import FUNCTION, may_invoke, policies_of

BOOK = Rulebook("config")
RECORDER, CHANNEL, RULE = (
    "AWS::Config::ConfigurationRecorder",
    "AWS::Config::DeliveryChannel",
    "AWS::Config::ConfigRule",
)
_CONFIG_DG = "https://docs.aws.amazon.com/config/latest/developerguide"
_CFN = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide"


@BOOK.nest_rule(
    "SC-CFG-001",
    Severity.REFUSED,
    "Recorder and delivery channel of AWS Config wait for each other in no direction",
    why="The recorder starts only when there is a channel, and the channel only when there is a recorder: with a "
    "DependsOn between the two each waits for the other and the creation fails.",
    remedy="Take the DependsOn away; let rules depend on both.",
    source=f"{_CFN}/aws-resource-config-deliverychannel.html",
)
def deadlock(view: View) -> Hits:
    for recorder in view.of(RECORDER):
        for channel in view.of(CHANNEL):
            for first, second in ((recorder, channel), (channel, recorder)):
                if view.before(first, second) and first.tree == second.tree:
                    yield second.hit(f"{second.id} waits for {first.id}.", "DependsOn")


@BOOK.nest_rule(
    "SC-CFG-002",
    Severity.REFUSED,
    "The bucket of a delivery channel lets AWS Config write before the channel is made",
    why="AWS Config answers InsufficientDeliveryPolicyException.",
    remedy="Allow s3:GetBucketAcl, s3:ListBucket and s3:PutObject for config.amazonaws.com, and let the channel "
    "DependsOn the policy.",
    source=f"{_CONFIG_DG}/s3-bucket-policy.html",
)
def channel_bucket(view: View) -> Hits:
    for channel in view.of(CHANNEL):
        bucket = channel["S3BucketName"].target(BUCKET)
        policies = policies_of(bucket) if bucket is not None else []
        if bucket is None or not view.complete:
            continue
        gates = [policy for policy in policies if admits([policy], "config", "s3:PutObject")]
        if gates and not any(view.before(gate.item, channel) for gate in gates):
            yield channel.hit(
                f"{channel.id} does not wait for {gates[0].item.id}.", "Properties", "S3BucketName"
            )
        elif not gates and not _role_writes(view):
            yield channel["S3BucketName"].hit(f"{bucket.id} has no policy that lets AWS Config write.")


def _role_writes(view: View) -> bool:
    """Whether the recorder's role may write to buckets itself."""
    roles = [recorder["RoleARN"].target("AWS::IAM::Role") for recorder in view.of(RECORDER)]
    return not roles or any(role is None or grants(role, "s3:PutObject") is not False for role in roles)


@BOOK.nest_rule(
    "SC-CFG-003",
    Severity.REFUSED,
    "A Config rule waits for the recorder",
    why="AWS Config answers NoAvailableConfigurationRecorderException to a rule that comes before the recorder.",
    remedy="Let the rule DependsOn the recorder and the delivery channel.",
    source=f"{_CFN}/aws-resource-config-configrule.html",
)
def rule_before_recorder(view: View) -> Hits:
    for rule in view.of(RULE, "AWS::Config::ConformancePack"):
        recorders = [r for r in view.of(RECORDER) if r.tree == rule.tree]
        if recorders and not any(view.before(recorder, rule) for recorder in recorders):
            yield rule.hit(f"{rule.id} does not wait for {recorders[0].id}.", "DependsOn")


@BOOK.rule(
    "SC-CFG-004",
    Severity.REFUSED,
    "A managed rule is named by its identifier",
    RULE,
    why="Identifiers are capitals with underscores, such as S3_BUCKET_PUBLIC_READ_PROHIBITED; the rule's name with "
    "hyphens is refused.",
    remedy="Take the identifier from the list of managed rules.",
    source=f"{_CONFIG_DG}/managed-rules-by-aws-config.html",
)
def identifier(rule: Item) -> Hits:
    node = rule["Source"]["SourceIdentifier"]
    text = node.text
    if rule["Source"]["Owner"].text != "AWS" or text is None or text in config_rules():
        return
    plain = text.upper().replace("-", "_")
    meant = plain if plain in config_rules() else nearest(text, config_rules(), 3)
    if meant is not None or not re.fullmatch(r"[A-Z0-9_]+", text):
        yield node.hit(f"There is no managed rule {text}{f'; it is {meant}' if meant else ''}.")


@BOOK.rule(
    "SC-CFG-005",
    Severity.REFUSED,
    "A managed rule gets the parameters that it has",
    RULE,
    why="AWS Config refuses unknown parameters, and rules that lack a required one.",
    remedy="Take the parameters from the page of the rule.",
    source=f"{_CONFIG_DG}/managed-rules-by-aws-config.html",
)
def parameters(rule: Item) -> Hits:
    known = config_rules().get(rule["Source"]["SourceIdentifier"].text or "")
    node = rule["InputParameters"]
    if known is None or rule["Source"]["Owner"].text != "AWS":
        return
    given = _parameters(node)
    if given is None:
        return
    for name in sorted(given - known.parameters.keys()):
        yield node.hit(f"The rule has no parameter {name}.")
    for name, required in known.parameters.items():
        if required and name not in given:
            yield rule.hit(f"The rule needs the parameter {name}.", "Properties")


def _parameters(node: Node) -> set[str] | None:
    """The names of the parameters; None where they are not known."""
    if node.absent:
        return set()
    if isinstance(node.value, dict):
        return set(node.value)
    try:
        found = json.loads(node.shown)
    except (ValueError, RecursionError):
        return None
    return set(found) if isinstance(found, dict) else None


@BOOK.rule(
    "SC-CFG-006",
    Severity.REFUSED,
    "A recorder records everything or a list of types",
    RECORDER,
    why="AllSupported and IncludeGlobalResourceTypes exclude ResourceTypes, and without AllSupported a list is needed.",
    remedy="Set AllSupported: true, or false with ResourceTypes.",
    source=f"{_CONFIG_DG}/select-resources.html",
)
def recording_group(recorder: Item) -> Hits:
    node = recorder["RecordingGroup"]
    everything, types = node["AllSupported"].flag, node["ResourceTypes"]
    if everything and types.each():
        yield types.hit("ResourceTypes stands beside AllSupported: true.")
    elif everything is False and types.absent and node["ExclusionByResourceTypes"].absent:
        yield node.hit("AllSupported is false, and no ResourceTypes are given.")
    if everything is False and node["IncludeGlobalResourceTypes"].flag:
        yield node["IncludeGlobalResourceTypes"].hit("IncludeGlobalResourceTypes needs AllSupported: true.")


@BOOK.rule(
    "SC-CFG-007",
    Severity.REFUSED,
    "The prefix of a delivery channel holds no AWSLogs, and does not begin with a slash",
    CHANNEL,
    why="AWS Config appends AWSLogs/<account>/Config itself, and refuses the word in the prefix.",
    remedy="Take it out of the prefix.",
    source="https://docs.aws.amazon.com/config/latest/APIReference/API_DeliveryChannel.html",
)
def channel_prefix(channel: Item) -> Hits:
    node = channel["S3KeyPrefix"]
    if "AWSLogs" in "".join(piece or "" for piece in node.pieces) or (node.text or "").startswith("/"):
        yield node.hit(f"{node.shown} is no prefix for AWS Config.")


@BOOK.nest_rule(
    "SC-CFG-008",
    Severity.DEAD,
    "A rule is about types that the recorder records",
    why="A rule that reacts to changes is never evaluated for a type that is not recorded.",
    remedy="Add the type to ResourceTypes of the recorder.",
    source=f"{_CONFIG_DG}/select-resources.html",
)
def unrecorded_type(view: View) -> Hits:
    recorders = view.of(RECORDER)
    for rule in view.of(RULE):
        known = config_rules().get(rule["Source"]["SourceIdentifier"].text or "")
        wanted = set(rule["Scope"]["ComplianceResourceTypes"].texts())
        if not wanted and known is not None and known.trigger == "change":
            wanted = set(known.types)
        for recorder in recorders if wanted and len(recorders) == 1 else ():
            types = recorder["RecordingGroup"]["ResourceTypes"]
            listed = recorder["RecordingGroup"]["AllSupported"].flag is False and types.closed and types.known
            if listed and not wanted & set(types.texts()):
                yield rule.hit(f"{recorder.id} records no {' or '.join(sorted(wanted)[:3])}.", "Properties")


@BOOK.nest_rule(
    "SC-CFG-009",
    Severity.REFUSED,
    "A function lets AWS Config invoke it before the rule is made",
    why="AWS Config checks the permission when the rule is created.",
    remedy="Add an AWS::Lambda::Permission with Principal config.amazonaws.com, and let the rule DependsOn it.",
    source=f"{_CONFIG_DG}/evaluate-config_develop-rules_lambda-functions.html",
)
def custom_rule(view: View) -> Hits:
    for rule in view.of(RULE):
        function = rule["Source"]["SourceIdentifier"].target(FUNCTION)
        if rule["Source"]["Owner"].text != "CUSTOM_LAMBDA" or function is None:
            continue
        gates = [
            p for p in view.of("AWS::Lambda::Permission") if p["FunctionName"].target(FUNCTION) is function
        ]
        if not may_invoke(function, "config"):
            yield rule["Source"].hit(f"{function.id} does not let AWS Config invoke it.")
        elif gates and not any(view.before(gate, rule) for gate in gates):
            yield rule.hit(f"{rule.id} does not wait for {gates[0].id}.", "DependsOn")


@BOOK.nest_rule(
    "SC-CFG-010",
    Severity.REFUSED,
    "A recorder has a delivery channel, and a channel a recorder",
    why="AWS Config answers NoAvailableDeliveryChannelException, or NoAvailableConfigurationRecorderException.",
    remedy="Add the other of the two.",
    source=f"{_CFN}/aws-resource-config-configurationrecorder.html",
)
def alone(view: View) -> Hits:
    recorders, channels = view.of(RECORDER), view.of(CHANNEL)
    for item in recorders if not channels else channels if not recorders else ():
        other = "delivery channel" if item.type == RECORDER else "recorder"
        if view.complete:
            yield item.hit(f"{item.id} has no {other}.")


@BOOK.nest_rule(
    "SC-CFG-011",
    Severity.REFUSED,
    "An account has one recorder, one channel and one of each other thing of which it has one",
    why="A region of an account takes one Config recorder and one delivery channel, one API Gateway account, and one "
    "session preferences document; the second creation fails or takes the first over.",
    remedy="Keep one, in a stack of its own.",
    source=f"{_CONFIG_DG}/stop-start-recorder.html",
)
def singletons(view: View) -> Hits:
    for kind in (
        RECORDER,
        CHANNEL,
        "AWS::ApiGateway::Account",
        "AWS::GuardDuty::Detector",
        "AWS::SecurityHub::Hub",
    ):
        seen: dict[str, Item] = {}
        for item in view.of(kind):
            other = seen.setdefault(item.tree, item)
            if other is not item and item.resource.condition is None:
                yield item.hit(f"{other.id} is one already.")


@BOOK.rule(
    "SC-CFG-012",
    Severity.REFUSED,
    "A frequency stands on a rule that runs by the clock",
    RULE,
    why="MaximumExecutionFrequency is for periodic managed rules; one that reacts to changes refuses it.",
    remedy="Take MaximumExecutionFrequency away.",
    source="https://docs.aws.amazon.com/config/latest/APIReference/API_ConfigRule.html",
)
def frequency(rule: Item) -> Hits:
    known = config_rules().get(rule["Source"]["SourceIdentifier"].text or "")
    node = rule["MaximumExecutionFrequency"]
    if (
        node.given
        and known is not None
        and known.trigger == "change"
        and rule["Source"]["Owner"].text == "AWS"
    ):
        yield node.hit("The rule reacts to changes.")


@BOOK.rule(
    "SC-CFG-013",
    Severity.REFUSED,
    "The bucket of a delivery channel has no default object lock",
    CHANNEL,
    why="AWS Config does not support buckets with object lock and a default retention.",
    remedy="Use a bucket without object lock.",
    source=f"{_CONFIG_DG}/manage-delivery-channel.html",
)
def locked_bucket(channel: Item) -> Hits:
    bucket = channel["S3BucketName"].target(BUCKET)
    if bucket is not None and bucket["ObjectLockConfiguration"]["Rule"]["DefaultRetention"].given:
        yield channel["S3BucketName"].hit(f"{bucket.id} has object lock with a default retention.")
