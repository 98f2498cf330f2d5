"""Wrong states of buckets and the distribution: check, what is wrong, facts, a word of the claim."""

from __future__ import annotations

from typing import Any

from showcore_cfn.verify.facts import storage
from tests.unit.verify.world import Case, Facts, with_fields, with_item, without


def _bucket(index: int, **fields: Any) -> Facts:
    return with_item(storage.BUCKETS, index, **fields)


CASES: tuple[Case, ...] = (
    ("12.1-bucket-encryption", "12.1-kms", _bucket(1, encryption="aws:kms"), "showcore-backups"),
    ("12.1-bucket-encryption", "12.1-none", _bucket(0, encryption=""), "showcore-static-assets"),
    (
        "12.1-price-class",
        "12.1-everywhere",
        with_fields(storage.DISTRIBUTION, price_class="PriceClass_All"),
        "PriceClass_All",
    ),
    ("13.1-buckets", "8.1-not-versioned", _bucket(0, versioned=False), "versioned"),
    (
        "13.1-buckets",
        "8.1-public-access-not-blocked",
        _bucket(1, blocks_public_access=False),
        "blocks public access",
    ),
    ("13.1-buckets", "8.1-public-policy", _bucket(0, public=True), "public by its policy"),
    ("13.1-buckets", "plain-http", _bucket(2, statements=()), "refuses plain HTTP"),
    ("13.1-buckets", "acls", _bucket(3, ownership="ObjectWriter"), "ownership"),
    ("13.1-bucket-names", "8.4-another-name", _bucket(1, name="backups"), "BackupsBucket"),
    ("13.1-bucket-names", "gone", without(storage.BUCKETS, 0), "StaticAssetsBucket"),
    (
        "13.1-lifecycle",
        "8.3-never-to-glacier",
        _bucket(1, lifecycle=(storage.LifecycleRule("r", True, expiration_days=90, noncurrent_days=90),)),
        "days until Glacier",
    ),
    (
        "13.1-lifecycle",
        "8.3-switched-off",
        _bucket(1, lifecycle=(storage.LifecycleRule("r", False, "GLACIER", 30, 90, 90),)),
        "days until deletion",
    ),
    ("13.1-lifecycle", "8.1-old-versions-for-ever", _bucket(0, lifecycle=()), "days of old versions"),
    ("13.1-lifecycle", "4.4-logs-for-ever", _bucket(2, lifecycle=()), "cloudtrail"),
    ("13.1-distribution", "9.1-disabled", with_fields(storage.DISTRIBUTION, enabled=False), "enabled"),
    (
        "13.1-distribution",
        "9.2-http",
        with_fields(storage.DISTRIBUTION, viewer_policy="allow-all"),
        "viewers by HTTP",
    ),
    (
        "13.1-distribution",
        "9.2-not-compressed",
        with_fields(storage.DISTRIBUTION, compress=False),
        "compression",
    ),
    (
        "13.1-distribution",
        "9.1-the-legacy-identity",
        with_fields(
            storage.DISTRIBUTION,
            origins=(
                storage.Origin(
                    "showcore-static-assets-111122223333.s3.us-east-1.amazonaws.com",
                    "",
                    "origin-access-identity/cloudfront/E2",
                ),
            ),
        ),
        "legacy identity",
    ),
    (
        "13.1-distribution",
        "9.1-another-origin",
        with_fields(storage.DISTRIBUTION, origins=(storage.Origin("elsewhere.example.com", "OAC1", ""),)),
        "elsewhere",
    ),
    (
        "13.1-distribution",
        "9.2-an-alias-nobody-asked-for",
        with_fields(storage.DISTRIBUTION, aliases=("www.example.com",)),
        "aliases",
    ),
    (
        "13.1-cache-policy",
        "9.2-an-hour",
        with_fields(storage.DISTRIBUTION, cache=storage.CachePolicy(3_600, 31_536_000, True, True)),
        "default TTL",
    ),
    (
        "13.1-cache-policy",
        "9.2-longer-than-a-year",
        with_fields(storage.DISTRIBUTION, cache=storage.CachePolicy(86_400, 99_999_999, True, True)),
        "longest TTL",
    ),
    (
        "13.1-cache-policy",
        "9.2-no-brotli",
        with_fields(storage.DISTRIBUTION, cache=storage.CachePolicy(86_400, 31_536_000, True, False)),
        "brotli",
    ),
    ("13.1-cache-policy", "9.2-none", with_fields(storage.DISTRIBUTION, cache=None), "cache policy"),
    (
        "13.1-viewer-tls",
        "a-certificate-nobody-asked-for",
        with_fields(storage.DISTRIBUTION, default_certificate=False),
        "certificate",
    ),
    (
        "13.1-assets-policy",
        "9.3-everybody",
        _bucket(0, statements=({"Effect": "Allow", "Principal": "*"},)),
        "*",
    ),
    (
        "13.1-assets-policy",
        "9.3-every-distribution",
        _bucket(0, statements=({"Effect": "Allow", "Principal": {"Service": "cloudfront.amazonaws.com"}},)),
        "cloudfront.amazonaws.com",
    ),
    ("13.1-assets-policy", "9.3-nobody", _bucket(0, statements=()), "none"),
)
