"""Buckets and the distribution as the plan's 8 and 9 want them."""

from __future__ import annotations

from collections.abc import Iterator

from showcore_cfn.template.json_types import Json
from showcore_cfn.verify.check import check
from showcore_cfn.verify.checks.remedies import MEND
from showcore_cfn.verify.claim import Claim, equal, that
from showcore_cfn.verify.expected import Expected
from showcore_cfn.verify.facts.stack import STACK
from showcore_cfn.verify.facts.storage import BUCKETS, DISTRIBUTION, Bucket
from showcore_cfn.verify.look import Look, Missing

OLD_VERSIONS_DAYS = 90  # 8.1, 8.3
GLACIER_DAYS = 30  # 8.3
BACKUPS_DAYS = 90  # 8.3
TRAIL_LOG_DAYS = 90  # 4.4
DEFAULT_TTL_SECONDS = 86_400  # 9.2
MAX_TTL_SECONDS = 31_536_000  # 9.2
_DELETED = "In a versioned bucket, deletion after 90 days leaves a version that goes 90 days later: about 180 in all."
_CERTIFICATE = (
    "Without a certificate of your own, CloudFront negotiates TLS 1.0 and later, whatever is asked for."
)


def bucket_named(look: Look, logical_id: str) -> Bucket:
    """A bucket by its logical id. Raises Missing."""
    for bucket in look(BUCKETS):
        if bucket.logical_id == logical_id:
            return bucket
    raise Missing(f"{logical_id} in {look(STACK).root.name}")


@check(
    "13.1-buckets",
    "Every bucket is versioned, private, and takes TLS only",
    sees=(STACK, BUCKETS),
    remedy=MEND,
)
def buckets(look: Look, _want: Expected) -> Iterator[Claim]:
    """8.1, 8.2, 4.4."""
    for bucket in look(BUCKETS):
        yield equal(f"{bucket.name} versioned", bucket.versioned, True)
        yield equal(f"{bucket.name} blocks public access", bucket.blocks_public_access, True)
        yield equal(f"{bucket.name} public by its policy", bucket.public, False)
        yield equal(f"{bucket.name} ownership", bucket.ownership, "BucketOwnerEnforced")
        yield equal(f"{bucket.name} refuses plain HTTP", refuses_plain_http(bucket), True)


@check(
    "13.1-bucket-names",
    "The data buckets have the plan's names",
    sees=(STACK, BUCKETS),
    remedy="A bucket cannot be renamed: deploy with the right Prefix and move the objects.",
)
def bucket_names(look: Look, want: Expected) -> Iterator[Claim]:
    """8.1, 8.2."""
    names = {"StaticAssetsBucket": "static-assets", "BackupsBucket": "backups"}
    for logical_id, component in names.items():
        yield equal(logical_id, bucket_named(look, logical_id).name, want.bucket(component))


@check(
    "12.1-bucket-encryption",
    "Every bucket is encrypted with SSE-S3, not with KMS",
    sees=(STACK, BUCKETS),
    remedy="Set the bucket's default encryption to AES256; objects that are there keep the key they have.",
)
def bucket_encryption(look: Look, _want: Expected) -> Iterator[Claim]:
    """8.1, 8.2, 4.4, 12.1."""
    for bucket in look(BUCKETS):
        yield equal(bucket.name, bucket.encryption, "AES256")


@check(
    "13.1-lifecycle",
    "Old versions, backups and logs go after 90 days",
    sees=(STACK, BUCKETS),
    remedy=MEND,
    deviation=_DELETED,
)
def lifecycle(look: Look, want: Expected) -> Iterator[Claim]:
    """8.1, 8.3, 4.4."""
    for logical_id in ("StaticAssetsBucket", "BackupsBucket"):
        bucket = bucket_named(look, logical_id)
        yield equal(
            f"{bucket.name}: days of old versions", _days(bucket, "noncurrent_days"), OLD_VERSIONS_DAYS
        )
    backups = bucket_named(look, "BackupsBucket")
    glacier = [r.transition_days for r in backups.lifecycle if r.enabled and r.storage_class == "GLACIER"]
    yield equal(f"{backups.name}: days until Glacier", max(glacier, default=0), GLACIER_DAYS)
    yield equal(f"{backups.name}: days until deletion", _days(backups, "expiration_days"), BACKUPS_DAYS)
    if want.on("AccountTier"):
        trail = bucket_named(look, "CloudTrailBucket")
        yield equal(f"{trail.name}: days until deletion", _days(trail, "expiration_days"), TRAIL_LOG_DAYS)


@check(
    "13.1-distribution",
    "The distribution serves the assets bucket by origin access control, over HTTPS",
    sees=(STACK, DISTRIBUTION, BUCKETS),
    remedy=f"{MEND} A change reaches all edges within a quarter of an hour.",
)
def distribution(look: Look, want: Expected) -> Iterator[Claim]:
    """9.1, 9.2."""
    found = look(DISTRIBUTION)
    yield equal("enabled", found.enabled, True)
    yield equal("status", found.status, "Deployed")
    yield equal("viewers by HTTP", found.viewer_policy, "redirect-to-https")
    yield equal("compression", found.compress, True)
    yield equal("aliases", found.aliases, [a for a in [want.parameters["DomainName"]] if a])
    for origin in found.origins:
        yield that(
            "origin",
            origin.domain.startswith(want.bucket("static-assets")),
            origin.domain,
            "the assets bucket",
        )
        yield that("origin access control", bool(origin.access_control), origin.access_control, "one")
        yield equal("legacy identity", origin.legacy_identity, "")


@check(
    "13.1-cache-policy",
    "Objects stay cached for a day, a year at most, in gzip and brotli",
    sees=(STACK, DISTRIBUTION),
    remedy=MEND,
)
def cache_policy(look: Look, _want: Expected) -> Iterator[Claim]:
    """9.2."""
    policy = look(DISTRIBUTION).cache
    if policy is None:
        raise Missing("the distribution's cache policy")
    yield equal("default TTL in seconds", policy.default_ttl, DEFAULT_TTL_SECONDS)
    yield equal("longest TTL in seconds", policy.max_ttl, MAX_TTL_SECONDS)
    yield equal("gzip", policy.gzip, True)
    yield equal("brotli", policy.brotli, True)


@check(
    "13.1-viewer-tls",
    "TLS 1.2 for viewers, where the distribution has a certificate of its own",
    sees=(STACK, DISTRIBUTION),
    remedy="Give DomainName and CertificateArn, then deploy; without them AWS decides.",
    deviation=_CERTIFICATE,
)
def viewer_tls(look: Look, want: Expected) -> Iterator[Claim]:
    """9.2."""
    found = look(DISTRIBUTION)
    if want.parameters["CertificateArn"]:
        yield equal("minimum protocol", found.minimum_tls, "TLSv1.2_2021")
    else:
        yield equal("certificate", "CloudFront's" if found.default_certificate else "its own", "CloudFront's")


@check(
    "13.1-assets-policy",
    "Only this distribution reads the assets bucket",
    sees=(STACK, BUCKETS, DISTRIBUTION),
    remedy=f"{MEND} The policy of the bucket is the cdn tier's.",
)
def assets_policy(look: Look, _want: Expected) -> Iterator[Claim]:
    """9.3."""
    bucket, ours = bucket_named(look, "StaticAssetsBucket"), look(DISTRIBUTION).arn
    readers = [reader for statement in bucket.statements for reader in readers_of(statement)]
    yield equal(f"who may read {bucket.name}", readers, [f"cloudfront.amazonaws.com for {ours}"])


@check(
    "12.1-price-class",
    "CloudFront serves from the cheapest regions",
    sees=(STACK, DISTRIBUTION),
    remedy=MEND,
)
def price_class(look: Look, _want: Expected) -> Iterator[Claim]:
    """9.1, 12.1."""
    yield equal("price class", look(DISTRIBUTION).price_class, "PriceClass_100")


def refuses_plain_http(bucket: Bucket) -> bool:
    """Whether the bucket's policy denies every request that does not come over TLS."""
    return any(
        statement.get("Effect") == "Deny"
        and "false" in str(_condition(statement, "aws:SecureTransport")).lower()
        for statement in bucket.statements
    )


def readers_of(statement: dict[str, Json]) -> list[str]:
    """Who a statement lets read, in words; nobody for a denial."""
    if statement.get("Effect") != "Allow":
        return []
    principal = statement.get("Principal")
    who = principal.get("Service") or principal.get("AWS") if isinstance(principal, dict) else principal
    source = _condition(statement, "aws:SourceArn")
    return [f"{who} for {source}" if source else str(who)]


def _condition(statement: dict[str, Json], key: str) -> Json:
    """The value that a statement's condition wants of a key, under whichever operator and spelling."""
    conditions = statement.get("Condition")
    for operands in conditions.values() if isinstance(conditions, dict) else ():
        for name, value in operands.items() if isinstance(operands, dict) else ():
            if name.lower() == key.lower():
                return value
    return None


def _days(bucket: Bucket, action: str) -> int:
    found = [int(getattr(rule, action)) for rule in bucket.lifecycle if rule.enabled]
    return max(found, default=0)
