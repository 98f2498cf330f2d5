"""What records and judges the account: CloudTrail, AWS Config, session preferences, and the calls made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from showcore_cfn.template.json_types import Json
from showcore_cfn.verify.facts.stack import STACK
from showcore_cfn.verify.look import Fact


@dataclass(frozen=True, slots=True)
class Trail:
    """The trail and how its deliveries go."""

    name: str
    bucket: str
    multi_region: bool
    global_events: bool
    validated: bool
    logging: bool
    log_group: str
    delivered: datetime | None
    delivery_error: str
    digested: datetime | None
    digest_error: str


@dataclass(frozen=True, slots=True)
class Recorder:
    """The configuration recorder with its delivery channel."""

    name: str
    recording: bool
    last_status: str
    types: tuple[str, ...]  # empty: all supported types
    all_types: bool
    channel_bucket: str
    delivery_status: str


@dataclass(frozen=True, slots=True)
class ConfigRule:
    """A Config rule and what it says of the account."""

    name: str
    identifier: str
    compliance: str  # COMPLIANT, NON_COMPLIANT, INSUFFICIENT_DATA, NOT_APPLICABLE
    offenders: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Call:
    """One API call that CloudTrail recorded."""

    time: datetime
    name: str
    source: str  # "ec2.amazonaws.com"
    caller: str  # ARN, or the service that called
    caller_type: str  # AssumedRole, IAMUser, Root, AWSService, ...
    invoked_by: str
    error: str
    resources: tuple[str, ...]


TRAIL: Fact[Trail | None] = Fact(
    "the trail", ("cloudtrail:DescribeTrails", "cloudtrail:GetTrailStatus"), (STACK,)
)
RECORDER: Fact[Recorder | None] = Fact(
    "the Config recorder",
    (
        "config:DescribeConfigurationRecorders",
        "config:DescribeConfigurationRecorderStatus",
        "config:DescribeDeliveryChannels",
        "config:DescribeDeliveryChannelStatus",
    ),
)
CONFIG_RULES: Fact[tuple[ConfigRule, ...]] = Fact(
    "the Config rules",
    (
        "config:DescribeConfigRules",
        "config:DescribeComplianceByConfigRule",
        "config:GetComplianceDetailsByConfigRule",
    ),
)
SESSION_PREFERENCES: Fact[dict[str, Json] | None] = Fact(
    "the Session Manager preferences", ("ssm:GetDocument",)
)
CHANGES: Fact[tuple[Call, ...]] = Fact(  # calls that change something, since the deployment began
    "changes in the account since the deployment", ("cloudtrail:LookupEvents",), (STACK,)
)
DENIED_CALLS: Fact[tuple[Call, ...]] = Fact(  # from the trail's log group, the last seven days
    "denied calls", ("logs:FilterLogEvents",), (STACK, TRAIL)
)
