"""The buckets and the distribution, from S3 and CloudFront."""

from __future__ import annotations

import json
from typing import Any

from showcore_cfn.aws.inventory import Answer, Source, first, reading, text
from showcore_cfn.template.json_types import Json
from showcore_cfn.verify.facts.stack import STACK
from showcore_cfn.verify.facts.storage import (
    BUCKETS,
    DISTRIBUTION,
    Bucket,
    CachePolicy,
    Distribution,
    LifecycleRule,
    Origin,
)
from showcore_cfn.verify.look import Look, Missing

_BLOCKS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")


def _buckets(source: Source, look: Look) -> tuple[Bucket, ...]:
    found = look(STACK).of_type("AWS::S3::Bucket")
    return tuple(_bucket(source, each.logical_id, each.physical_id) for each in found)


def _bucket(source: Source, logical_id: str, name: str) -> Bucket:
    def part(method: str, missing: str) -> Answer:
        return source.ask_or((missing,), "s3", method, Bucket=name) or {}

    versioning = source.ask_or(("NoSuchBucket", "404"), "s3", "get_bucket_versioning", Bucket=name)
    if versioning is None:
        raise Missing(f"the bucket {name}")
    public = part("get_public_access_block", "NoSuchPublicAccessBlockConfiguration")
    ownership = part("get_bucket_ownership_controls", "OwnershipControlsNotFoundError")
    lifecycle = part("get_bucket_lifecycle_configuration", "NoSuchLifecycleConfiguration")
    policy = part("get_bucket_policy", "NoSuchBucketPolicy")
    status = part("get_bucket_policy_status", "NoSuchBucketPolicy")
    return Bucket(
        logical_id=logical_id,
        name=name,
        versioned=text(versioning, "Status") == "Enabled",
        encryption=_encryption(
            part("get_bucket_encryption", "ServerSideEncryptionConfigurationNotFoundError")
        ),
        blocks_public_access=all(
            public.get("PublicAccessBlockConfiguration", {}).get(key) for key in _BLOCKS
        ),
        ownership=_ownership(ownership),
        public=bool(status.get("PolicyStatus", {}).get("IsPublic")),
        lifecycle=tuple(_lifecycle_rule(each) for each in lifecycle.get("Rules", ())),
        statements=_statements(text(policy, "Policy")),
    )


def _encryption(answer: Answer) -> str:
    rule = first(answer.get("ServerSideEncryptionConfiguration", {}).get("Rules"))
    return text(rule.get("ApplyServerSideEncryptionByDefault", {}), "SSEAlgorithm")


def _ownership(answer: Answer) -> str:
    return text(first(answer.get("OwnershipControls", {}).get("Rules")), "ObjectOwnership")


def _lifecycle_rule(answer: Answer) -> LifecycleRule:
    transition = first(answer.get("Transitions"))
    return LifecycleRule(
        id=text(answer, "ID"),
        enabled=text(answer, "Status") == "Enabled",
        storage_class=text(transition, "StorageClass"),
        transition_days=int(transition.get("Days") or 0),
        expiration_days=int((answer.get("Expiration") or {}).get("Days") or 0),
        noncurrent_days=int((answer.get("NoncurrentVersionExpiration") or {}).get("NoncurrentDays") or 0),
    )


def _statements(policy: str) -> tuple[dict[str, Json], ...]:
    found = json.loads(policy).get("Statement", []) if policy else []
    return tuple(found if isinstance(found, list) else [found])


def _distribution(source: Source, look: Look) -> Distribution:
    id_ = look(STACK).id_of("CloudFrontDistribution")
    found = source.ask_or(("NoSuchDistribution",), "cloudfront", "get_distribution", Id=id_)
    if found is None:
        raise Missing(f"the distribution {id_}")
    answer = found["Distribution"]
    config, behaviour = answer["DistributionConfig"], answer["DistributionConfig"]["DefaultCacheBehavior"]
    certificate = config.get("ViewerCertificate") or {}
    return Distribution(
        id=text(answer, "Id"),
        arn=text(answer, "ARN"),
        domain=text(answer, "DomainName"),
        status=text(answer, "Status"),
        enabled=bool(config.get("Enabled")),
        price_class=text(config, "PriceClass"),
        viewer_policy=text(behaviour, "ViewerProtocolPolicy"),
        compress=bool(behaviour.get("Compress")),
        cache=_cache_policy(source, text(behaviour, "CachePolicyId")),
        origins=tuple(_origin(each) for each in config.get("Origins", {}).get("Items") or ()),
        aliases=tuple((config.get("Aliases") or {}).get("Items") or ()),
        default_certificate=not (certificate.get("ACMCertificateArn") or certificate.get("IAMCertificateId")),
        minimum_tls=text(certificate, "MinimumProtocolVersion"),
    )


def _cache_policy(source: Source, id_: str) -> CachePolicy | None:
    found = source.ask_or(("NoSuchCachePolicy",), "cloudfront", "get_cache_policy", Id=id_) if id_ else None
    if found is None:
        return None
    config: Any = found["CachePolicy"]["CachePolicyConfig"]
    forwarded = config.get("ParametersInCacheKeyAndForwardedToOrigin") or {}
    return CachePolicy(
        default_ttl=int(config.get("DefaultTTL") or 0),
        max_ttl=int(config.get("MaxTTL") or 0),
        gzip=bool(forwarded.get("EnableAcceptEncodingGzip")),
        brotli=bool(forwarded.get("EnableAcceptEncodingBrotli")),
    )


def _origin(answer: Answer) -> Origin:
    return Origin(
        domain=text(answer, "DomainName"),
        access_control=text(answer, "OriginAccessControlId"),
        legacy_identity=text(answer.get("S3OriginConfig") or {}, "OriginAccessIdentity"),
    )


READINGS = (reading(BUCKETS, _buckets), reading(DISTRIBUTION, _distribution))
