"""What Amazon S3 refuses of a bucket: lifecycles, encryption, replication, notifications, logs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from showcore_cfn.check.rules.names import least_length
from showcore_cfn.check.rules.rule import Hits, Item, Rulebook, Severity, View
from showcore_cfn.check.rules.statements import admits
from showcore_cfn.check.rules.view import Node
from showcore_cfn.check.rules.wiring import FUNCTION, QUEUE, TOPIC, may_invoke, may_send, policies_of

BOOK = Rulebook("s3")
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


def versioned(bucket: Item) -> bool | None:
    """Whether a bucket keeps versions; None where that is not known."""
    status = bucket["VersioningConfiguration"]["Status"]
    return False if status.absent else None if status.text is None else status.text == "Enabled"


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
        steps = sorted(
            (days, _LADDER.index(kind), node) for node, kind, days in _transitions(rule) if kind in _LADDER
        )
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
        for key, node in rule.entries():
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
    "SC-S3-009",
    Severity.REFUSED,
    "A key stands beside encryption with KMS",
    BUCKET,
    why="KMSMasterKeyID is refused beside the algorithm AES256.",
    remedy="Set SSEAlgorithm to aws:kms, or take the key away.",
    source="https://docs.aws.amazon.com/AmazonS3/latest/API/API_ServerSideEncryptionByDefault.html",
)
def key_without_kms(bucket: Item) -> Hits:
    for rule in bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"].each():
        node = rule["ServerSideEncryptionByDefault"]
        if node["SSEAlgorithm"].text == "AES256" and node["KMSMasterKeyID"].given:
            yield node["KMSMasterKeyID"].hit("AES256 takes no key.")


@BOOK.rule(
    "SC-S3-010",
    Severity.REFUSED,
    "Replication starts and ends at buckets that keep versions",
    BUCKET,
    why="S3 refuses replication from, and to, a bucket without versioning.",
    remedy="Enable versioning on both buckets.",
    source=f"{_UG}/replication.html#replication-requirements",
)
def replication_versions(bucket: Item) -> Hits:
    node = bucket["ReplicationConfiguration"]
    if node.given and versioned(bucket) is False:
        yield node.hit("The bucket keeps no versions.")
    for rule in node["Rules"].each():
        target = rule["Destination"]["Bucket"].target(BUCKET)
        if target is not None and versioned(target) is False:
            yield rule["Destination"].hit(f"{target.id} keeps no versions.")


@BOOK.rule(
    "SC-S3-011",
    Severity.REFUSED,
    "A replication rule with a filter says what happens to delete markers, and its priority",
    BUCKET,
    why="Filter selects the newer schema, which requires DeleteMarkerReplication, Priority and Status.",
    remedy="Add DeleteMarkerReplication: {Status: Disabled} and Priority.",
    source=f"{_UG}/replication-add-config.html",
)
def replication_filter(bucket: Item) -> Hits:
    for rule in bucket["ReplicationConfiguration"]["Rules"].each():
        for name in ("DeleteMarkerReplication", "Priority"):
            if rule["Filter"].given and rule[name].absent:
                yield rule.hit(f"Filter needs {name}.")


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


@BOOK.rule(
    "SC-S3-013",
    Severity.RISK,
    "A bucket does not log into itself",
    BUCKET,
    why="Each log file that S3 writes is itself logged, without end.",
    remedy="Log into another bucket.",
    source=f"{_UG}/ServerLogs.html",
)
def logs_into_itself(bucket: Item) -> Hits:
    node = bucket["LoggingConfiguration"]["DestinationBucketName"]
    if node.target(BUCKET) is bucket or (bucket["LoggingConfiguration"].given and node.absent):
        yield bucket["LoggingConfiguration"].hit("The bucket logs into itself.")


@BOOK.nest_rule(
    "SC-S3-014",
    Severity.DEAD,
    "A log bucket lets S3 write access logs",
    why="With object ownership enforced, which is the default, logs are written only where the bucket's policy lets "
    "logging.s3.amazonaws.com put objects.",
    remedy="Allow s3:PutObject for logging.s3.amazonaws.com in the log bucket's policy.",
    source=f"{_UG}/enable-server-access-logging.html",
)
def log_bucket_policy(view: View) -> Hits:
    for bucket in view.of(BUCKET):
        node = bucket["LoggingConfiguration"]["DestinationBucketName"]
        target = node.target(BUCKET)
        if target is None or not view.complete or target["AccessControl"].text == "LogDeliveryWrite":
            continue
        if not admits(policies_of(target), "logging.s3", "s3:PutObject"):
            yield node.hit(f"The policy of {target.id} does not let logging.s3.amazonaws.com write.")


@BOOK.nest_rule(
    "SC-S3-015",
    Severity.DEAD,
    "A log bucket is not encrypted with a key of KMS",
    why="Access logs are delivered only to buckets with SSE-S3 as default encryption.",
    remedy="Set SSEAlgorithm to AES256 on the log bucket.",
    source=f"{_UG}/enable-server-access-logging.html",
)
def log_bucket_key(view: View) -> Hits:
    for bucket in view.of(BUCKET):
        node = bucket["LoggingConfiguration"]["DestinationBucketName"]
        target = node.target(BUCKET)
        rules = target["BucketEncryption"]["ServerSideEncryptionConfiguration"].each() if target else ()
        for rule in rules:
            if (rule["ServerSideEncryptionByDefault"]["SSEAlgorithm"].text or "").startswith("aws:kms"):
                yield node.hit(f"{target.id if target else ''} is encrypted with KMS; no logs arrive.")


def _notifications(bucket: Item) -> Iterator[tuple[Node, str, Item | None]]:
    for list_name, key, kind in (
        ("TopicConfigurations", "Topic", TOPIC),
        ("QueueConfigurations", "Queue", QUEUE),
        ("LambdaConfigurations", "Function", FUNCTION),
    ):
        for node in bucket["NotificationConfiguration"][list_name].each():
            yield node, list_name, node[key].target(kind)


@BOOK.nest_rule(
    "SC-S3-016",
    Severity.REFUSED,
    "The target of a notification lets S3 in before the bucket is made",
    why="S3 answers: unable to validate the following destination configurations. It tries the policy of the queue or "
    "topic, or the permission of the function, when the bucket gets its notifications.",
    remedy="Add the policy or permission for s3.amazonaws.com, name the bucket by its literal name there, and let the "
    "bucket DependsOn it.",
    source=f"{_UG}/grant-destinations-permissions-to-s3.html",
)
def notification_target(view: View) -> Hits:
    for bucket in view.of(BUCKET):
        for node, _, target in _notifications(bucket):
            if target is None:
                continue
            allowed = (
                may_invoke(target, "s3", bucket)
                if target.type == FUNCTION
                else may_send(target, "s3", bucket)
            )
            gates = _gates(view, target)
            if not allowed:
                yield node.hit(f"{target.id} does not let S3 in for this bucket.")
            elif gates and not any(view.before(gate, bucket) for gate in gates):
                yield node.hit(f"The bucket does not wait for {gates[0].id}, which lets S3 into {target.id}.")


def _gates(view: View, target: Item) -> list[Item]:
    """The policies and permissions of the nest that let somebody into a target."""
    if target.type != FUNCTION:
        return [document.item for document in policies_of(target)]
    permissions = view.of("AWS::Lambda::Permission")
    return [
        p
        for p in permissions
        if p["FunctionName"].target(FUNCTION) is target and (p["Principal"].text or "s3").startswith("s3")
    ]


@BOOK.rule(
    "SC-S3-017",
    Severity.REFUSED,
    "Notifications do not go to FIFO queues and topics",
    BUCKET,
    why="S3 supports standard queues and topics only.",
    remedy="Use a standard queue, or send the events through EventBridge.",
    source=f"{_UG}/notification-how-to-event-types-and-destinations.html",
)
def fifo_target(bucket: Item) -> Hits:
    for node, _, target in _notifications(bucket):
        if target is not None and (target["FifoQueue"].flag or target["FifoTopic"].flag):
            yield node.hit(f"{target.id} is FIFO.")


@BOOK.rule(
    "SC-S3-018",
    Severity.REFUSED,
    "Two notifications of one event do not overlap",
    BUCKET,
    why="S3 answers: configurations overlap. For the same event type prefixes and suffixes must not both match.",
    remedy="Separate them by prefix or suffix, or fan out through one topic.",
    source=f"{_UG}/notification-how-to-filtering.html",
)
def overlapping_notifications(bucket: Item) -> Hits:
    seen: list[tuple[str, str, str]] = []
    for node, _, _ in _notifications(bucket):
        event, names = node["Event"].text, _filter(node)
        if event is None or names is None:
            continue
        for other, prefix, suffix in seen:
            same = (
                event == other or event.startswith(other.rstrip("*")) or other.startswith(event.rstrip("*"))
            )
            if same and _nested(names[0], prefix) and _nested(names[1][::-1], suffix[::-1]):
                yield node.hit(f"The notification overlaps another one of {other}.")
                break
        seen.append((event, *names))


def _nested(left: str, right: str) -> bool:
    return left.startswith(right) or right.startswith(left)


def _filter(node: Node) -> tuple[str, str] | None:
    """Prefix and suffix of a notification; None where they are not known."""
    found = {"prefix": "", "suffix": ""}
    for rule in node["Filter"]["S3Key"]["Rules"].each():
        name, value = rule["Name"].text, rule["Value"].text
        if name is None or value is None:
            return None
        found[name.lower()] = value
    return found["prefix"], found["suffix"]


@BOOK.rule(
    "SC-S3-019",
    Severity.REFUSED,
    "A bucket's name has lower-case letters, digits, dots and hyphens, and no reserved beginning or end",
    BUCKET,
    why="Also behind a Sub: capitals and underscores are refused, as are xn--, sthree-, amzn-s3-demo-, -s3alias, "
    "--ol-s3, .mrap and --x-s3, and more than 63 characters.",
    remedy="Use lower-case letters, digits and hyphens.",
    source=f"{_UG}/bucketnamingrules.html",
)
def bucket_name(bucket: Item) -> Hits:
    node = bucket["BucketName"]
    pieces = [piece for piece in node.pieces if piece]
    first, last = (node.pieces[0] or "", node.pieces[-1] or "") if node.pieces else ("", "")
    if any(not re.fullmatch(r"[a-z0-9.-]*", piece) for piece in pieces):
        yield node.hit(f"{node.shown} holds a character that a bucket's name cannot.")
    elif first.startswith(("xn--", "sthree-", "amzn-s3-demo-")) or last.endswith(
        ("-s3alias", "--ol-s3", ".mrap")
    ):
        yield node.hit(f"{node.shown} begins or ends as names that S3 keeps for itself.")
    elif least_length(node.value) > 63:
        yield node.hit(f"{node.shown} has more than 63 characters.")


@BOOK.rule(
    "SC-S3-020",
    Severity.REFUSED,
    "Acceleration needs a name without dots",
    BUCKET,
    why="Transfer Acceleration does not work with dots in the bucket's name.",
    remedy="Use hyphens.",
    source=f"{_UG}/transfer-acceleration.html",
)
def accelerated_dots(bucket: Item) -> Hits:
    enabled = bucket["AccelerateConfiguration"]["AccelerationStatus"].text == "Enabled"
    if enabled and any("." in (piece or "") for piece in bucket["BucketName"].pieces):
        yield bucket["AccelerateConfiguration"].hit("The bucket's name holds dots.")


@BOOK.rule(
    "SC-S3-021",
    Severity.REFUSED,
    "A website redirects everything or serves documents",
    BUCKET,
    why="RedirectAllRequestsTo excludes index and error documents and routing rules.",
    remedy="Keep one of the two.",
    source=f"{_UG}/how-to-page-redirect.html",
)
def website(bucket: Item) -> Hits:
    node = bucket["WebsiteConfiguration"]
    if node["RedirectAllRequestsTo"].given and (node["IndexDocument"].given or node["RoutingRules"].given):
        yield node.hit("RedirectAllRequestsTo stands beside IndexDocument or RoutingRules.")
    elif "/" in (node["IndexDocument"].text or ""):
        yield node["IndexDocument"].hit(
            f"{node['IndexDocument'].text}: an index document is a name without slash."
        )


@BOOK.rule(
    "SC-S3-022",
    Severity.REFUSED,
    "The ACL of a bucket is private where ownership is enforced",
    BUCKET,
    why="With BucketOwnerEnforced, which is the default, S3 answers: bucket cannot have ACLs set.",
    remedy="Take AccessControl away and use a bucket policy.",
    source=f"{_UG}/about-object-ownership.html",
)
def enforced_ownership(bucket: Item) -> Hits:
    owners = [rule["ObjectOwnership"].text for rule in bucket["OwnershipControls"]["Rules"].each()]
    if "BucketOwnerEnforced" in owners and bucket["AccessControl"].text not in (
        None,
        "Private",
        "BucketOwnerFullControl",
    ):
        yield bucket["AccessControl"].hit(
            f"{bucket['AccessControl'].text} stands beside BucketOwnerEnforced."
        )


@BOOK.rule(
    "SC-S3-023",
    Severity.REFUSED,
    "An allowed origin has one wildcard at most",
    BUCKET,
    why="S3 answers: AllowedOrigin can not have more than one wildcard.",
    remedy="List the origins.",
    source="https://docs.aws.amazon.com/AmazonS3/latest/userguide/ManageCorsUsing.html",
)
def cors(bucket: Item) -> Hits:
    for rule in bucket["CorsConfiguration"]["CorsRules"].each():
        for node in rule["AllowedOrigins"].each():
            if (node.text or "").count("*") > 1:
                yield node.hit(f"{node.text} holds more than one wildcard.")
