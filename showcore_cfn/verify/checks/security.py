"""Encryption at rest and in transit over everything that holds data: the plan's 15.2 in two checks."""

from __future__ import annotations

from collections.abc import Iterator

from showcore_cfn.verify.check import check
from showcore_cfn.verify.checks.data import the_cache, the_database
from showcore_cfn.verify.checks.remedies import MEND
from showcore_cfn.verify.checks.storage import refuses_plain_http
from showcore_cfn.verify.claim import Claim, equal, that
from showcore_cfn.verify.expected import Expected
from showcore_cfn.verify.facts.data import CACHE, DATABASE, DATABASE_PARAMETERS
from showcore_cfn.verify.facts.stack import STACK
from showcore_cfn.verify.facts.storage import BUCKETS, DISTRIBUTION
from showcore_cfn.verify.look import Look

HTTPS_ONLY = ("redirect-to-https", "https-only")


@check(
    "15.2-encrypted-at-rest",
    "Database, cache and buckets are encrypted at rest",
    sees=(STACK, DATABASE, CACHE, BUCKETS),
    remedy="Neither RDS nor ElastiCache can encrypt what exists: restore a copy with encryption on.",
)
def encrypted_at_rest(look: Look, _want: Expected) -> Iterator[Claim]:
    """15.2."""
    database, cache = the_database(look), the_cache(look)
    yield equal(f"database {database.id}", database.encrypted, True)
    yield equal(f"cache {cache.id}", cache.at_rest, True)
    for bucket in look(BUCKETS):
        yield that(f"bucket {bucket.name}", bool(bucket.encryption), bucket.encryption, "encrypted")


@check(
    "15.2-encrypted-in-transit",
    "Database, cache, distribution and buckets take TLS only",
    sees=(STACK, DATABASE, DATABASE_PARAMETERS, CACHE, BUCKETS, DISTRIBUTION),
    remedy=f"{MEND} Section 14 proves from inside the VPC that it holds.",
)
def encrypted_in_transit(look: Look, _want: Expected) -> Iterator[Claim]:
    """15.2."""
    cache, distribution = the_cache(look), look(DISTRIBUTION)
    forced = look(DATABASE_PARAMETERS).get("rds.force_ssl")
    yield equal(f"database {the_database(look).id}: rds.force_ssl", forced, "1")
    yield equal(f"cache {cache.id}: TLS", cache.in_transit, True)
    yield that(
        f"cache {cache.id}: mode", cache.transit_mode in ("", "required"), cache.transit_mode, "required"
    )
    policy = distribution.viewer_policy
    yield that(f"distribution {distribution.id}", policy in HTTPS_ONLY, policy, "redirect-to-https")
    for bucket in look(BUCKETS):
        yield equal(f"bucket {bucket.name} refuses plain HTTP", refuses_plain_http(bucket), True)
