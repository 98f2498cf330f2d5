"""What an account or a region has once: a second one is refused, or paid for."""

from __future__ import annotations

from collections.abc import Iterator

from showcore_cfn.deploy.preflight.account import Account
from showcore_cfn.deploy.preflight.answer import Answer, blocks, fine, note
from showcore_cfn.deploy.preflight.wanted import Standing, Wanted
from showcore_cfn.settings import setting_of

MOST_TRAILS = 5  # that have their home in a region: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/WhatIsCloudTrail-Limits.html
_RECORDER = "AWS::Config::ConfigurationRecorder"
_CHANNEL = "AWS::Config::DeliveryChannel"
_TRAIL = "AWS::CloudTrail::Trail"
_MONITOR = "AWS::CE::AnomalyMonitor"


def config(account: Account, wanted: Wanted, ours: Standing) -> Iterator[Answer]:
    """AWS Config takes one recorder and one delivery channel a region."""
    if wanted.first(_RECORDER) is None and wanted.first(_CHANNEL) is None:
        yield fine("AWS Config", f"switched off by {setting_of('ConfigRecorder')}")
        return
    there = [name for name in (*account.recorders(), *account.channels()) if not ours.has(name)]
    if there:
        yield blocks(
            "AWS Config",
            f"this region has its recorder or delivery channel already ({', '.join(dict.fromkeys(there))}),"
            " and takes one",
            f"set {setting_of('ConfigRecorder')} = false and add the two rules to the recorder that is there",
        )
    else:
        yield fine("AWS Config", "no other recorder and delivery channel in this region")


def trails(account: Account, wanted: Wanted, ours: Standing, region: str) -> Iterator[Answer]:
    """A region takes five trails, and the second copy of management events is paid for."""
    if wanted.first(_TRAIL) is None:
        yield fine("CloudTrail", f"switched off by {setting_of('AccountTier')}")
        return
    others = [trail for trail in account.trails() if not ours.has(trail.name)]
    here = [trail for trail in others if trail.home_region == region]
    if len(here) >= MOST_TRAILS:
        yield blocks(
            "CloudTrail",
            f"{region} has {len(here)} trails, and takes {MOST_TRAILS}",
            f"delete one, or set {setting_of('AccountTier')} = false",
        )
    elif others:
        yield note(
            "CloudTrail",
            f"{', '.join(trail.name for trail in others)} records this region already; a second copy of"
            " management events costs 2.00 USD for 100,000",
            f"set {setting_of('AccountTier')} = false if that trail will do",
        )
    else:
        yield fine("CloudTrail", "no other trail: the first copy of management events is free")


def anomalies(account: Account, wanted: Wanted) -> Iterator[Answer]:
    """A monitor by service is one an account; ours is by tag, and may stand beside it."""
    if wanted.first(_MONITOR) is None:
        yield fine("cost anomalies", f"switched off by {setting_of('AnomalyDetection')}")
        return
    name = wanted.text(_MONITOR, "MonitorName")
    found = account.monitors()
    if any(monitor.name == name for monitor in found):
        yield note(
            "cost anomalies", f"a monitor {name} is there already", "nothing, if it is this stack's own"
        )
    else:
        yield fine("cost anomalies", f"{len(found)} monitors in the account; ours is by tag, beside them")


def networks(account: Account, ours: Standing) -> Iterator[Answer]:
    """A region takes five VPCs unless somebody asked for more."""
    have, most = account.networks(), account.most_networks()
    standing = any(found.startswith("vpc-") for found in ours.ids)
    if have >= most and not standing:
        yield blocks(
            "VPC quota",
            f"the region has {have} VPCs and takes {most}",
            "delete one that is not used, or ask for more: `aws service-quotas request-service-quota-increase"
            f" --service-code vpc --quota-code L-F678F1CE --desired-value {most + 1}`",
        )
    else:
        yield fine("VPC quota", f"{have} of {most}")
