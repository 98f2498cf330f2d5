"""Records and rules: CloudTrail, AWS Config, Session Manager; and who did what since the deployment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from fnmatch import fnmatchcase

from showcore_cfn.verify.check import SwitchedOff, check
from showcore_cfn.verify.checks.remedies import MEND
from showcore_cfn.verify.claim import Claim, equal, moment, newer_than, none_of, that, unseen
from showcore_cfn.verify.expected import Expected
from showcore_cfn.verify.facts.audit import (
    CHANGES,
    CONFIG_RULES,
    DENIED_CALLS,
    RECORDER,
    SESSION_PREFERENCES,
    TRAIL,
    Call,
    Trail,
)
from showcore_cfn.verify.facts.stack import STACK
from showcore_cfn.verify.look import Look, Missing

CONFIG_RULES_PLAN = {  # 4.2: rule -> AWS's own identifier
    "rds-storage-encrypted": "RDS_STORAGE_ENCRYPTED",
    "s3-bucket-public-read-prohibited": "S3_BUCKET_PUBLIC_READ_PROHIBITED",
}
RECORDED_TYPES = ("AWS::RDS::DBInstance", "AWS::S3::Bucket")  # what those rules judge
DELIVERED_WITHIN = timedelta(hours=2)  # CloudTrail delivers about every five minutes when there are calls
DIGESTED_WITHIN = timedelta(hours=3)  # a digest file each hour
DEPLOYMENT_CALLS = ("CreateStack", "UpdateStack", "ExecuteChangeSet", "CreateChangeSet", "CreateVpc")  # 15.3
_SHOWN = 8  # callers or calls that one line names
_CALLERS = "The plan speaks of showcore-app and a CDK role; here CloudFormation and whoever runs it make the changes."


def _account_tier(want: Expected) -> None:
    if not want.on("AccountTier"):
        raise SwitchedOff(
            "AccountTier is false: another environment of the account has CloudTrail and Config"
        )


def _config_recorder(want: Expected) -> None:
    _account_tier(want)
    if not want.on("ConfigRecorder"):
        raise SwitchedOff("ConfigRecorder is false: the region has one that is not these stacks'")


def _the_trail(look: Look) -> Trail:
    found = look(TRAIL)
    if found is None:
        raise Missing("the trail in CloudTrail")
    return found


@check(
    "13.1-trail",
    "CloudTrail records every region and global services into its bucket",
    sees=(STACK, TRAIL),
    remedy=f"`aws cloudtrail start-logging` where it is stopped. Otherwise: {MEND}",
)
def trail(look: Look, want: Expected) -> Iterator[Claim]:
    """1.3, 4.4."""
    _account_tier(want)
    found = _the_trail(look)
    yield equal(f"{found.name} logging", found.logging, True)
    yield equal("all regions", found.multi_region, True)
    yield equal("global services", found.global_events, True)
    yield equal("bucket", found.bucket, want.bucket("cloudtrail-logs"))


@check(
    "15.2-trail-delivery",
    "CloudTrail delivers, and did so recently",
    sees=(STACK, TRAIL),
    remedy=f"Read the error; it is mostly the bucket's policy. {MEND}",
)
def trail_delivery(look: Look, want: Expected) -> Iterator[Claim]:
    """15.2."""
    _account_tier(want)
    found = _the_trail(look)
    yield equal(f"{found.name} logging", found.logging, True)
    if found.delivered is None and want.now - look(STACK).root.created < DELIVERED_WITHIN:
        yield unseen("last log file", "the trail is young", "one")
    else:
        yield newer_than("last log file", found.delivered, DELIVERED_WITHIN, want.now)
    yield equal("delivery error", found.delivery_error, "")


@check(
    "15.2-trail-validation",
    "Log file validation is on, and digests arrive",
    sees=(STACK, TRAIL),
    remedy=f"{MEND} `aws cloudtrail validate-logs` checks the files themselves.",
)
def trail_validation(look: Look, want: Expected) -> Iterator[Claim]:
    """1.3, 4.4, 15.2. The first digest comes up to two hours after the trail."""
    _account_tier(want)
    found = _the_trail(look)
    yield equal("validation", found.validated, True)
    if want.now - look(STACK).root.created > DIGESTED_WITHIN:
        yield newer_than("last digest", found.digested, DIGESTED_WITHIN, want.now)
    yield equal("digest error", found.digest_error, "")


@check(
    "13.1-config",
    "AWS Config records and delivers what the rules need",
    sees=(RECORDER,),
    remedy=f"`aws configservice start-configuration-recorder` where it is stopped. Otherwise: {MEND}",
)
def config(look: Look, want: Expected) -> Iterator[Claim]:
    """4.2."""
    _config_recorder(want)
    found = look(RECORDER)
    if found is None:
        raise Missing("a configuration recorder")
    yield equal(f"{found.name} recording", found.recording, True)
    yield that("last status", found.last_status != "FAILURE", found.last_status, "no failure")
    missing = () if found.all_types else set(RECORDED_TYPES) - set(found.types)
    yield none_of("types not recorded", missing)
    yield equal("delivers to", found.channel_bucket, want.bucket("config"))
    yield that("last delivery", found.delivery_status != "FAILURE", found.delivery_status, "no failure")


@check(
    "15.1-rules-compliant",
    "Both Config rules are passing",
    sees=(CONFIG_RULES,),
    remedy="Mend each resource that is named; Config judges again within minutes.",
)
def rules_compliant(look: Look, want: Expected) -> Iterator[Claim]:
    """4.2, 15.1."""
    _config_recorder(want)
    found = {rule.name: rule for rule in look(CONFIG_RULES)}
    for name, identifier in CONFIG_RULES_PLAN.items():
        rule = found.get(name)
        if rule is None:
            yield equal(name, "no such rule", "COMPLIANT")
        elif rule.compliance == "INSUFFICIENT_DATA":
            yield unseen(name, "Config has not judged yet", "COMPLIANT")
        else:
            yield equal(f"{name} ({identifier})", rule.identifier, identifier)
            yield that(name, rule.compliance == "COMPLIANT", rule.compliance, "COMPLIANT")


@check(
    "15.1-no-offenders",
    "No resource offends against any Config rule of the region",
    sees=(CONFIG_RULES,),
    remedy="Open the resource in the Config console, mend it, and let the rule judge again.",
)
def no_offenders(look: Look, want: Expected) -> Iterator[Claim]:
    """15.1: all rules, the plan's or not."""
    _config_recorder(want)
    for rule in look(CONFIG_RULES):
        yield none_of(f"{rule.name}: non-compliant resources", rule.offenders)


@check(
    "13.1-session-manager",
    "Sessions are logged to CloudWatch Logs and end when idle",
    sees=(STACK, SESSION_PREFERENCES),
    remedy=f"{MEND} Where the document is not these stacks', edit it in Session Manager.",
)
def session_manager(look: Look, want: Expected) -> Iterator[Claim]:
    """4.3."""
    _account_tier(want)
    if not want.on("SessionPreferences"):
        raise SwitchedOff("SessionPreferences is false: the region has a document that is not these stacks'")
    found = look(SESSION_PREFERENCES)
    inputs = found.get("inputs") if found else None
    if not isinstance(inputs, dict):
        raise Missing("the document SSM-SessionManagerRunShell")
    group = f"/aws/ssm/{want.named('sessions')}"
    yield equal("log group", str(inputs.get("cloudWatchLogGroupName", "")), group)
    yield that(
        "idle timeout in minutes",
        bool(inputs.get("idleSessionTimeout")),
        str(inputs.get("idleSessionTimeout")),
        "set",
    )


@check(
    "15.3-deployment-calls",
    "Who deployed: the calls that made and changed the stacks",
    sees=(STACK, CHANGES),
    remedy="LookupEvents answers up to a quarter of an hour late: look again, or read the trail's bucket.",
    timeout_seconds=180,
)
def deployment_calls(look: Look, _want: Expected) -> Iterator[Claim]:
    """15.3."""
    calls = [call for call in look(CHANGES) if call.name in DEPLOYMENT_CALLS]
    if not calls:
        yield unseen("deployment calls", f"none recorded since {moment(look(STACK).changed)}", "at least one")
    for (name, caller), times in _grouped(calls).items():
        yield that(f"{name} by {caller}", True, f"{len(times)} times, last {moment(max(times))}", "recorded")


@check(
    "15.3-callers",
    "Every change came from CloudFormation, an AWS service or somebody trusted",
    sees=(STACK, CHANGES),
    remedy="Find out who it was and what was changed; add --trusted for those who may.",
    deviation=_CALLERS,
    timeout_seconds=180,
)
def callers(look: Look, want: Expected) -> Iterator[Claim]:
    """15.3."""
    known = [*want.trusted, *_own_roles(look, want)]
    for (caller, kind), calls in _by_caller(look(CHANGES)).items():
        what = ", ".join(sorted({call.name for call in calls})[:_SHOWN])
        service = kind == "AWSService" or all(_by_service(call) for call in calls)
        holds = service or is_trusted(caller, known)
        yield that(f"{caller} ({kind})", holds, f"{len(calls)} calls: {what}", "a service, or trusted")


@check(
    "15.3-denied-calls",
    "No call was denied",
    sees=(STACK, TRAIL, DENIED_CALLS),
    remedy="A denied call is a missing permission or somebody trying doors: ask whoever made it.",
    timeout_seconds=180,
)
def denied_calls(look: Look, want: Expected) -> Iterator[Claim]:
    """15.3: since the deployment, seven days at most, since the log group keeps no more."""
    _account_tier(want)
    denied = [f"{c.name} by {c.caller} at {moment(c.time)}" for c in look(DENIED_CALLS)]
    more = [f"and {len(denied) - _SHOWN} more"] if len(denied) > _SHOWN else []
    yield none_of("denied calls", [*denied[:_SHOWN], *more])


def is_trusted(caller: str, patterns: Sequence[str]) -> bool:
    """Whether an ARN is one of the trusted ones; `*` stands for anything."""
    return any(fnmatchcase(caller, pattern) for pattern in patterns)


def _own_roles(look: Look, want: Expected) -> list[str]:
    """The roles of the stacks and of the probe: what works with them is part of the deployment."""
    names = [each.physical_id for each in look(STACK).of_type("AWS::IAM::Role")]
    probe = want.named(f"probe-{want.parameters['Environment']}-role")
    return [f"arn:aws:iam::{want.account_id}:role/{name}" for name in (*names, probe)]


def _by_service(call: Call) -> bool:
    called_by = (call.invoked_by, call.caller)
    return any(name.endswith(".amazonaws.com") for name in called_by) or "/aws-service-role/" in call.caller


def _by_caller(calls: Sequence[Call]) -> dict[tuple[str, str], list[Call]]:
    found: dict[tuple[str, str], list[Call]] = {}
    for call in calls:
        found.setdefault((call.caller, call.caller_type), []).append(call)
    return found


def _grouped(calls: Sequence[Call]) -> dict[tuple[str, str], list[datetime]]:
    found: dict[tuple[str, str], list[datetime]] = {}
    for call in calls:
        found.setdefault((call.name, call.caller), []).append(call.time)
    return found
