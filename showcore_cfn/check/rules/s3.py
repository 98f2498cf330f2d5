"""What Amazon S3 refuses of a bucket: names, encryption, replication, websites."""

from __future__ import annotations

import re

from showcore_cfn.check.rules.names import least_length
from showcore_cfn.check.rules.rule import Hits, Item, Rulebook, Severity

BOOK = Rulebook("s3")
BUCKET = "AWS::S3::Bucket"
_UG = "https://docs.aws.amazon.com/AmazonS3/latest/userguide"


def versioned(bucket: Item) -> bool | None:
    """Whether a bucket keeps versions; None where that is not known."""
    status = bucket["VersioningConfiguration"]["Status"]
    return False if status.absent else None if status.text is None else status.text == "Enabled"


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
