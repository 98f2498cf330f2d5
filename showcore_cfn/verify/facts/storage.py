"""The buckets and the distribution."""

from __future__ import annotations

from dataclasses import dataclass

from showcore_cfn.template.json_types import Json
from showcore_cfn.verify.facts.stack import STACK
from showcore_cfn.verify.look import Fact


@dataclass(frozen=True, slots=True)
class LifecycleRule:
    """What a lifecycle rule does, in days; 0 where it does not."""

    id: str
    enabled: bool
    storage_class: str = ""
    transition_days: int = 0
    expiration_days: int = 0
    noncurrent_days: int = 0


@dataclass(frozen=True, slots=True)
class Bucket:
    """A bucket of the stacks."""

    logical_id: str
    name: str
    versioned: bool
    encryption: str  # AES256, aws:kms, or nothing
    blocks_public_access: bool  # all four settings
    ownership: str
    public: bool  # by its policy, as S3 judges it
    lifecycle: tuple[LifecycleRule, ...]
    statements: tuple[dict[str, Json], ...]  # of its policy


@dataclass(frozen=True, slots=True)
class CachePolicy:
    """How long the distribution keeps an object, in seconds, and in which compressed forms."""

    default_ttl: int
    max_ttl: int
    gzip: bool
    brotli: bool


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the distribution gets its objects."""

    domain: str
    access_control: str  # id of the origin access control
    legacy_identity: str  # of the form that the plan does not want


@dataclass(frozen=True, slots=True)
class Distribution:
    """The distribution as CloudFront describes it."""

    id: str
    arn: str
    domain: str
    status: str
    enabled: bool
    price_class: str
    viewer_policy: str
    compress: bool
    cache: CachePolicy | None
    origins: tuple[Origin, ...]
    aliases: tuple[str, ...]
    default_certificate: bool
    minimum_tls: str


BUCKETS: Fact[tuple[Bucket, ...]] = Fact(
    "the buckets",
    (
        "s3:GetBucketVersioning",
        "s3:GetEncryptionConfiguration",
        "s3:GetBucketPublicAccessBlock",
        "s3:GetBucketOwnershipControls",
        "s3:GetLifecycleConfiguration",
        "s3:GetBucketPolicy",
        "s3:GetBucketPolicyStatus",
    ),
    (STACK,),
)
DISTRIBUTION: Fact[Distribution] = Fact(
    "the distribution", ("cloudfront:GetDistribution", "cloudfront:GetCachePolicy"), (STACK,)
)
