"""CloudTrail, AWS Config and the Session Manager preferences."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from showcore_cfn.aws.inventory import Answer, Source, first, reading, text
from showcore_cfn.template.json_types import Json
from showcore_cfn.verify.facts.audit import (
    CHANGES,
    CONFIG_RULES,
    DENIED_CALLS,
    RECORDER,
    SESSION_PREFERENCES,
    TRAIL,
    Call,
    ConfigRule,
    Recorder,
    Trail,
)
from showcore_cfn.verify.facts.stack import STACK
from showcore_cfn.verify.look import CouldNotLook, Look, Missing

SESSION_DOCUMENT = "SSM-SessionManagerRunShell"
_KEPT_DAYS = 90  # of LookupEvents
_LOGGED_DAYS = 7  # of the trail's log group (10.7)
_BEFORE = timedelta(minutes=5)
_MOST_CALLS = 2_000  # LookupEvents gives 50 at a time, two times a second
_DENIED = '{ ($.errorCode = "*UnauthorizedOperation") || ($.errorCode = "AccessDenied*") }'


def _trail(source: Source, look: Look) -> Trail | None:
    name = look(STACK).only("AWS::CloudTrail::Trail")
    found = source.ask("cloudtrail", "describe_trails", trailNameList=[name], includeShadowTrails=False)
    if not found["trailList"]:
        return None
    answer = found["trailList"][0]
    status = source.ask("cloudtrail", "get_trail_status", Name=text(answer, "TrailARN") or name)
    return Trail(
        name=text(answer, "Name"),
        bucket=text(answer, "S3BucketName"),
        multi_region=bool(answer.get("IsMultiRegionTrail")),
        global_events=bool(answer.get("IncludeGlobalServiceEvents")),
        validated=bool(answer.get("LogFileValidationEnabled")),
        logging=bool(status.get("IsLogging")),
        log_group=text(answer, "CloudWatchLogsLogGroupArn"),
        delivered=status.get("LatestDeliveryTime"),
        delivery_error=text(status, "LatestDeliveryError"),
        digested=status.get("LatestDigestDeliveryTime"),
        digest_error=text(status, "LatestDigestDeliveryError"),
    )


def _recorder(source: Source, _look: Look) -> Recorder | None:
    recorders = source.ask("config", "describe_configuration_recorders")["ConfigurationRecorders"]
    if not recorders:
        return None
    recorder, group = recorders[0], recorders[0].get("recordingGroup") or {}
    status = _first(source, "describe_configuration_recorder_status", "ConfigurationRecordersStatus")
    channel = _first(source, "describe_delivery_channels", "DeliveryChannels")
    delivery = _first(source, "describe_delivery_channel_status", "DeliveryChannelsStatus")
    return Recorder(
        name=text(recorder, "name"),
        recording=bool(status.get("recording")),
        last_status=text(status, "lastStatus").upper(),
        types=tuple(group.get("resourceTypes") or ()),
        all_types=bool(group.get("allSupported")),
        channel_bucket=text(channel, "s3BucketName"),
        delivery_status=text(delivery.get("configHistoryDeliveryInfo") or {}, "lastStatus").upper(),
    )


def _first(source: Source, method: str, key: str) -> Answer:
    return first(source.ask("config", method)[key])


def _config_rules(source: Source, _look: Look) -> tuple[ConfigRule, ...]:
    rules = source.pages("config", "describe_config_rules", "ConfigRules")
    judged = source.pages("config", "describe_compliance_by_config_rule", "ComplianceByConfigRules")
    said = {
        text(each, "ConfigRuleName"): text(each.get("Compliance") or {}, "ComplianceType") for each in judged
    }
    return tuple(_config_rule(source, each, said) for each in rules)


def _config_rule(source: Source, answer: Answer, said: dict[str, str]) -> ConfigRule:
    name = text(answer, "ConfigRuleName")
    compliance = said.get(name) or "INSUFFICIENT_DATA"
    offenders = _offenders(source, name) if compliance == "NON_COMPLIANT" else ()
    return ConfigRule(name, text(answer.get("Source") or {}, "SourceIdentifier"), compliance, offenders)


def _offenders(source: Source, rule: str) -> tuple[str, ...]:
    found = source.pages(
        *("config", "get_compliance_details_by_config_rule", "EvaluationResults"),
        ConfigRuleName=rule,
        ComplianceTypes=["NON_COMPLIANT"],
    )
    whose = [each["EvaluationResultIdentifier"]["EvaluationResultQualifier"] for each in found]
    return tuple(f"{text(each, 'ResourceType')} {text(each, 'ResourceId')}" for each in whose)


def _session_preferences(source: Source, _look: Look) -> dict[str, Json] | None:
    found = source.ask_or(("InvalidDocument",), "ssm", "get_document", Name=SESSION_DOCUMENT)
    if found is None:
        return None
    content: dict[str, Json] = json.loads(text(found, "Content"))
    return content


def _changes(source: Source, look: Look) -> tuple[Call, ...]:
    since = max(look(STACK).changed - _BEFORE, source.want.now - timedelta(days=_KEPT_DAYS))
    found: list[Call] = []
    token: str | None = ""
    while token is not None:
        page = source.ask(
            *("cloudtrail", "lookup_events"),
            LookupAttributes=[{"AttributeKey": "ReadOnly", "AttributeValue": "false"}],
            StartTime=since,
            EndTime=source.want.now,
            MaxResults=50,
            NextToken=token or None,
        )
        found += [_call(json.loads(each["CloudTrailEvent"])) for each in page["Events"]]
        token = page.get("NextToken")
        if token is not None and len(found) >= _MOST_CALLS:
            raise CouldNotLook(
                f"more than {_MOST_CALLS:,} calls changed something since {since:%Y-%m-%d %H:%M}"
            )
    return tuple(found)


def _denied_calls(source: Source, look: Look) -> tuple[Call, ...]:
    trail = look(TRAIL)
    if trail is None:
        raise Missing("the trail")
    if not trail.log_group:
        raise CouldNotLook(f"the trail {trail.name} delivers to no log group")
    since = max(look(STACK).changed - _BEFORE, source.want.now - timedelta(days=_LOGGED_DAYS))
    found = source.pages(
        *("logs", "filter_log_events", "events"),
        logGroupName=trail.log_group.split(":log-group:", 1)[-1].removesuffix(":*"),
        startTime=int(since.timestamp() * 1_000),
        filterPattern=_DENIED,
    )
    return tuple(_call(json.loads(each["message"])) for each in found)


def _call(record: Any) -> Call:
    """A record: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference.html"""
    who = record.get("userIdentity") or {}
    issuer = (who.get("sessionContext") or {}).get("sessionIssuer") or {}
    return Call(
        time=datetime.fromisoformat(record["eventTime"].replace("Z", "+00:00")).astimezone(UTC),
        name=text(record, "eventName"),
        source=text(record, "eventSource"),
        caller=text(issuer, "arn") or text(who, "arn") or text(who, "invokedBy") or text(who, "type"),
        caller_type=text(who, "type"),
        invoked_by=text(who, "invokedBy"),
        error=text(record, "errorCode"),
        resources=tuple(text(each, "ARN") for each in record.get("resources") or ()),
    )


READINGS = (
    reading(TRAIL, _trail),
    reading(RECORDER, _recorder),
    reading(CONFIG_RULES, _config_rules),
    reading(SESSION_PREFERENCES, _session_preferences),
    reading(CHANGES, _changes),
    reading(DENIED_CALLS, _denied_calls),
)
