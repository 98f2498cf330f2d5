"""Lifecycles and object locks of buckets."""

from __future__ import annotations

import re
from itertools import pairwise
from operator import itemgetter

from showcore_cfn.check.rules.rule import Hits, Item, Rulebook, Severity
from showcore_cfn.check.rules.s3 import versioned
from showcore_cfn.check.rules.view import Node

BOOK = Rulebook("s3_lifecycle")
BUCKET = "AWS::S3::Bucket"
_UG = "https://docs.aws.amazon.com/AmazonS3/latest/userguide"
_LIFECYCLE = f"{_UG}/lifecycle-transition-general-considerations.html"
_CONFIGURATION = f"{_UG}/intro-lifecycle-rules.html"
_INFREQUENT = ("STANDARD_IA", "ONEZONE_IA")
_LADDER = ("STANDARD_IA", "INTELLIGENT_TIERING", "ONEZONE_IA", "GLACIER_IR", "GLACIER", "DEEP_ARCHIVE")
_LEAST_DAYS_IN_INFREQUENT = 30


def _rules(bucket: Item) -> tuple[Node, ...]:
    return bucket["LifecycleConfiguration"]["Rules"].each()


def _transitions(rule: Node) -> list[tuple[Node, str, float]]:
    """The transitions of a rule with class and days, where both are known."""
    nodes = [*rule["Transitions"].each(), *([rule["Transition"]] if rule["Transition"].given else [])]
    found = ((node, node["StorageClass"].text, node["TransitionInDays"].number) for node in nodes)
    return [(node, kind, days) for node, kind, days in found if kind is not None and days is not None]


@BOOK.rule(
    "SC-S3-001",
    Severity.REFUSED,
    "Objects stay 30 days before they move to an infrequent access class",
    BUCKET,
    why="STANDARD_IA and ONEZONE_IA take objects, also noncurrent ones, after 30 days at the earliest.",
    remedy="Set TransitionInDays to 30 or more, or use INTELLIGENT_TIERING.",
    source=_LIFECYCLE,
)
def infrequent_too_early(bucket: Item) -> Hits:
    for rule in _rules(bucket):
        for node, kind, days in _transitions(rule):
            if kind in _INFREQUENT and days < _LEAST_DAYS_IN_INFREQUENT:
                yield node.hit(f"{kind} after {days:g} days; 30 are the least.")
        for node in rule["NoncurrentVersionTransitions"].each():
            days_kept = node["TransitionInDays"].number
            if node["StorageClass"].text in _INFREQUENT and days_kept is not None and days_kept < 30:
                yield node.hit(f"{node['StorageClass'].text} after {days_kept:g} days; 30 are the least.")


@BOOK.rule(
    "SC-S3-002",
    Severity.REFUSED,
    "Objects expire after they have moved",
    BUCKET,
    why="The days of an expiration must be more than those of every transition of the rule.",
    remedy="Raise ExpirationInDays, or take the transition away.",
    source=_CONFIGURATION,
)
def expiry_before_transition(bucket: Item) -> Hits:
    for rule in _rules(bucket):
        expiry = rule["ExpirationInDays"].number
        for node, kind, days in _transitions(rule):
            if expiry is not None and expiry <= days:
                yield node.hit(f"Objects move to {kind} after {days:g} days and expire after {expiry:g}.")


@BOOK.rule(
    "SC-S3-003",
    Severity.REFUSED,
    "Objects move down the ladder of storage classes, thirty days at least in infrequent access",
    BUCKET,
    why="S3 refuses a later transition to a warmer class, and one less than 30 days after infrequent access.",
    remedy="Order the transitions STANDARD_IA, GLACIER_IR, GLACIER, DEEP_ARCHIVE with growing days.",
    source=_LIFECYCLE,
)
def ladder(bucket: Item) -> Hits:
    for rule in _rules(bucket):
        known = [(days, _LADDER.index(k), node) for node, k, days in _transitions(rule) if k in _LADDER]
        steps = sorted(known, key=itemgetter(0, 1))
        for (before, higher, _), (after, lower, node) in pairwise(steps):
            if lower < higher:
                yield node.hit(f"From {_LADDER[higher]} objects cannot move to {_LADDER[lower]}.")
            elif _LADDER[higher] in _INFREQUENT and after - before < _LEAST_DAYS_IN_INFREQUENT:
                yield node.hit(
                    f"{_LADDER[lower]} only {after - before:g} days after {_LADDER[higher]}; 30 are the least."
                )


@BOOK.rule(
    "SC-S3-004",
    Severity.DEAD,
    "A rule on noncurrent versions stands on a bucket that keeps versions",
    BUCKET,
    why="A bucket without versioning has no noncurrent versions.",
    remedy="Enable versioning, or use ExpirationInDays.",
    source=_CONFIGURATION,
)
def noncurrent_without_versions(bucket: Item) -> Hits:
    for rule in _rules(bucket) if versioned(bucket) is False else ():
        for key, node in rule.entries() if rule["Status"].text != "Disabled" else ():
            if key.startswith("NoncurrentVersion"):
                yield node.hit("The bucket keeps no versions.")


@BOOK.rule(
    "SC-S3-005",
    Severity.REFUSED,
    "A delete marker expires in a rule without days and without tags",
    BUCKET,
    why="ExpiredObjectDeleteMarker is refused beside ExpirationInDays, ExpirationDate and TagFilters.",
    remedy="Keep the days: they remove the marker too; or put the marker into a rule of its own.",
    source=_CONFIGURATION,
)
def delete_marker(bucket: Item) -> Hits:
    for rule in _rules(bucket):
        for name in ("ExpirationInDays", "ExpirationDate", "TagFilters"):
            if rule["ExpiredObjectDeleteMarker"].flag and rule[name].given:
                yield rule["ExpiredObjectDeleteMarker"].hit(
                    f"ExpiredObjectDeleteMarker stands beside {name}."
                )


@BOOK.rule(
    "SC-S3-006",
    Severity.REFUSED,
    "Unfinished uploads are aborted in a rule without tags and sizes",
    BUCKET,
    why="AbortIncompleteMultipartUpload is refused beside TagFilters and object sizes.",
    remedy="Put it into a rule of its own.",
    source=_CONFIGURATION,
)
def abort_with_filter(bucket: Item) -> Hits:
    for rule in _rules(bucket):
        for name in ("TagFilters", "ObjectSizeGreaterThan", "ObjectSizeLessThan"):
            if rule["AbortIncompleteMultipartUpload"].given and rule[name].given:
                yield rule["AbortIncompleteMultipartUpload"].hit(f"It stands beside {name}.")


@BOOK.rule(
    "SC-S3-007",
    Severity.REFUSED,
    "A lifecycle rule does something, and is called by one name only",
    BUCKET,
    why="A rule needs at least one action, and each Id is used once.",
    remedy="Add an expiration or a transition; rename the rule.",
    source=_CONFIGURATION,
)
def lifecycle_rule(bucket: Item) -> Hits:
    actions = re.compile(r"Expir|Transition|Noncurrent|AbortIncomplete")
    seen: set[str] = set()
    for rule in _rules(bucket):
        if isinstance(rule.value, dict) and not any(
            actions.match(key) or key.startswith("Fn::") for key in rule.value
        ):
            yield rule.hit("The rule does nothing.")
        name = rule["Id"].text
        if name is not None and name in seen:
            yield rule["Id"].hit(f"Two rules are called {name}.")
        seen.update([name] if name else [])


_LEAST_DAYS = {"GLACIER": 90, "GLACIER_IR": 90, "DEEP_ARCHIVE": 180}


@BOOK.rule(
    "SC-S3-008",
    Severity.COST,
    "Objects stay in an archive for the days that are charged anyway",
    BUCKET,
    why="GLACIER and GLACIER_IR charge 90 days, DEEP_ARCHIVE 180, however early an object is deleted.",
    remedy="Expire later, or leave the transition out.",
    source="https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html",
)
def archive_minimum(bucket: Item) -> Hits:
    for rule in _rules(bucket) if versioned(bucket) is False else ():
        expiry = rule["ExpirationInDays"].number
        for node, kind, days in _transitions(rule):
            if expiry is not None and days < expiry < days + _LEAST_DAYS.get(kind, 0):
                yield node.hit(
                    f"Objects stay {expiry - days:g} days in {kind}, which charges {_LEAST_DAYS[kind]}."
                )


@BOOK.rule(
    "SC-S3-012",
    Severity.REFUSED,
    "A lock configuration stands on a bucket with object lock, in days or in years",
    BUCKET,
    why="ObjectLockConfiguration needs ObjectLockEnabled on the bucket; a default retention has days or years.",
    remedy="Set ObjectLockEnabled: true, and one of Days and Years.",
    source=f"{_UG}/object-lock.html",
)
def object_lock(bucket: Item) -> Hits:
    node = bucket["ObjectLockConfiguration"]
    retention = node["Rule"]["DefaultRetention"]
    enabled = bucket["ObjectLockEnabled"]
    if node.given and (enabled.absent or enabled.flag is False):
        yield node.hit("ObjectLockEnabled is not true.")
    if retention["Days"].given and retention["Years"].given:
        yield retention.hit("Days and Years are both given.")
