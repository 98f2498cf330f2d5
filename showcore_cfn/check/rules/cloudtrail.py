"""CloudTrail: what has to exist before a trail, and what it refuses."""

from __future__ import annotations

import re

from showcore_cfn.check.rules import names
from showcore_cfn.check.rules.rule import Hits, Item, Rulebook, Severity, View
from showcore_cfn.check.rules.s3 import BUCKET
from showcore_cfn.check.rules.statements import admits, statements
from showcore_cfn.check.rules.view import Node
from showcore_cfn.check.rules.wiring import is_source, key_admits, key_of, policies_of

BOOK = Rulebook("cloudtrail")
TRAIL = "AWS::CloudTrail::Trail"
_TRAIL_UG = "https://docs.aws.amazon.com/awscloudtrail/latest/userguide"
_CFN = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide"


@BOOK.nest_rule(
    "SC-TRAIL-001",
    Severity.REFUSED,
    "The bucket of a trail lets CloudTrail write before the trail is made",
    why="CloudTrail answers InsufficientS3BucketPolicyException when it may not read the bucket's ACL and put objects.",
    remedy="Allow s3:GetBucketAcl on the bucket and s3:PutObject on AWSLogs/<account>/* for cloudtrail.amazonaws.com, "
    "and let the trail DependsOn the policy.",
    source=f"{_TRAIL_UG}/create-s3-bucket-policy-for-cloudtrail.html",
)
def trail_bucket(view: View) -> Hits:
    for trail in view.of(TRAIL):
        bucket = trail["S3BucketName"].target(BUCKET)
        if bucket is None or not view.complete:
            continue
        policies = policies_of(bucket)
        lacking = [a for a in ("s3:GetBucketAcl", "s3:PutObject") if not admits(policies, "cloudtrail", a)]
        if lacking:
            yield trail["S3BucketName"].hit(
                f"The policy of {bucket.id} does not allow CloudTrail {lacking[0]}."
            )
        elif not any(view.before(policy.item, trail) for policy in policies):
            yield trail.hit(
                f"{trail.id} does not wait for {policies[0].item.id}.", "Properties", "S3BucketName"
            )


@BOOK.nest_rule(
    "SC-TRAIL-002",
    Severity.REFUSED,
    "The policy of a trail's bucket speaks of this trail and its prefix",
    why="Conditions on aws:SourceArn and the paths of the policy must fit the trail's name and S3KeyPrefix.",
    remedy="Name arn:aws:cloudtrail:<region>:<account>:trail/<name>, and put the prefix before AWSLogs.",
    source=f"{_TRAIL_UG}/create-s3-bucket-policy-for-cloudtrail.html",
)
def trail_source(view: View) -> Hits:
    for trail in view.of(TRAIL):
        bucket = trail["S3BucketName"].target(BUCKET)
        for document in policies_of(bucket) if bucket is not None else ():
            for statement in statements(document):
                if statement.effect != "Allow" or not statement.names("cloudtrail") or statement.everyone:
                    continue
                for _, keys in statement.node["Condition"].entries():
                    for key, node in keys.entries():
                        if key.lower() == "aws:sourcearn" and not any(
                            is_source(v, trail) for v in node.each()
                        ):
                            yield node.hit(f"{node.shown} is not {trail.id}.")
                yield from _prefix(trail, statement.node) if statement.covers("s3:PutObject") else ()


def _prefix(trail: Item, node: Node) -> Hits:
    prefix = trail["S3KeyPrefix"]
    for resource in node["Resource"].each():
        path = resource.shown.partition("/AWSLogs/")[0] if "/AWSLogs/" in resource.shown else None
        if path is None or (prefix.given and prefix.text is None):
            continue
        named = prefix.text or ""
        fits = path.endswith("/" + named) if named else "/" not in re.sub(r"\$\{[^}]*\}", "", path)
        if not fits and "*" not in path:
            yield resource.hit(f"{resource.shown} does not fit the trail's prefix {named or '(none)'}.")


@BOOK.rule(
    "SC-TRAIL-003",
    Severity.REFUSED,
    "A log group and a role come together, the group by its ARN with :* at the end",
    TRAIL,
    why="CloudTrail refuses one without the other, and a group that is named without the ending.",
    remedy="Use !GetAtt LogGroup.Arn, which ends in :*, and a role that cloudtrail.amazonaws.com can assume.",
    source=f"{_TRAIL_UG}/send-cloudtrail-events-to-cloudwatch-logs.html",
)
def trail_logs(trail: Item) -> Hits:
    group, role = trail["CloudWatchLogsLogGroupArn"], trail["CloudWatchLogsRoleArn"]
    if group.given is not role.given:
        given = group if group.given else role
        yield given.hit("CloudWatchLogsLogGroupArn and CloudWatchLogsRoleArn come together.")
    by_name = group.reference is not None and group.reference.attribute is None
    arn = names.arn(group.value)
    if by_name and group.target("AWS::Logs::LogGroup") is not None:
        yield group.hit(f"{group.shown} is a name, not an ARN.")
    elif (
        arn is not None and arn.service == "logs" and group.pieces[-1] and not group.pieces[-1].endswith(":*")
    ):
        yield group.hit(f"{group.shown} does not end in :*.")


@BOOK.rule(
    "SC-TRAIL-004",
    Severity.REFUSED,
    "A trail of all regions includes the global services",
    TRAIL,
    why="CloudTrail answers that a multi-region trail must include global service events.",
    remedy="Set IncludeGlobalServiceEvents to true.",
    source=f"{_TRAIL_UG}/cloudtrail-concepts.html#cloudtrail-concepts-global-service-events",
)
def global_events(trail: Item) -> Hits:
    if trail["IsMultiRegionTrail"].flag and trail["IncludeGlobalServiceEvents"].flag is False:
        yield trail["IncludeGlobalServiceEvents"].hit(
            "The trail covers all regions and leaves global services out."
        )


@BOOK.rule(
    "SC-TRAIL-005",
    Severity.DEAD,
    "A trail is logging",
    TRAIL,
    why="With IsLogging: false the trail exists and records nothing.",
    remedy="Set IsLogging to true.",
    source=f"{_CFN}/aws-resource-cloudtrail-trail.html",
)
def not_logging(trail: Item) -> Hits:
    if trail["IsLogging"].flag is False:
        yield trail["IsLogging"].hit("The trail does not log.")


@BOOK.rule(
    "SC-TRAIL-006",
    Severity.REFUSED,
    "A trail's name has 3 to 128 plain characters, no two dots or dashes in a row",
    TRAIL,
    why="CloudTrail refuses others.",
    remedy="Use letters, digits and single hyphens.",
    source=f"{_TRAIL_UG}/cloudtrail-trail-naming-requirements.html",
)
def trail_name(trail: Item) -> Hits:
    node = trail["TrailName"]
    whole = "".join(piece or "x" for piece in node.pieces)
    if whole and not re.fullmatch(r"[A-Za-z0-9]+([._-][A-Za-z0-9]+)*", whole):
        yield node.hit(f"{node.shown} is no name for a trail.")
    elif node.text is not None and not 3 <= len(node.text) <= 128:
        yield node.hit(f"{node.text} has {len(node.text)} characters.")


@BOOK.rule(
    "SC-TRAIL-007",
    Severity.REFUSED,
    "Events are selected in one way",
    TRAIL,
    why="EventSelectors and AdvancedEventSelectors exclude each other; an advanced selector names an eventCategory.",
    remedy="Keep AdvancedEventSelectors.",
    source=f"{_TRAIL_UG}/filtering-data-events.html",
)
def selectors(trail: Item) -> Hits:
    if trail["EventSelectors"].given and trail["AdvancedEventSelectors"].given:
        yield trail["EventSelectors"].hit("EventSelectors stands beside AdvancedEventSelectors.")
    for selector in trail["AdvancedEventSelectors"].each():
        fields = [field["Field"].text for field in selector["FieldSelectors"].each()]
        if fields and None not in fields and "eventCategory" not in fields:
            yield selector.hit("The selector names no eventCategory.")
    for selector in trail["EventSelectors"].each():
        for resource in selector["DataResources"].each():
            for node in resource["Values"].each():
                bare = re.fullmatch(r"arn:[^:]+:s3:::[^/]+", node.text or "")
                if resource["Type"].text == "AWS::S3::Object" and bare and node.text != "arn:aws:s3:::":
                    yield node.hit(f"{node.text} lacks the slash at its end.")


@BOOK.rule(
    "SC-TRAIL-008",
    Severity.REFUSED,
    "The key of a trail lets CloudTrail use it",
    TRAIL,
    why="CloudTrail answers InsufficientEncryptionPolicyException.",
    remedy="Allow kms:GenerateDataKey* and kms:DescribeKey for cloudtrail.amazonaws.com in the key's policy.",
    source=f"{_TRAIL_UG}/create-kms-key-policy-for-cloudtrail.html",
)
def trail_key(trail: Item) -> Hits:
    key = key_of(trail["KMSKeyId"])
    if key is not None and not key_admits(key, "cloudtrail", "kms:GenerateDataKey"):
        yield trail["KMSKeyId"].hit(f"The policy of {key.id} does not let CloudTrail use it.")
