"""The content delivery network: tasks 9.1 and 9.2."""

from __future__ import annotations

from collections.abc import Iterator

from showcore_cfn.check.policy.ask import REFERENCE, lacks, lacks_number, said
from showcore_cfn.check.rules.rule import Hits, Item, Rulebook, Severity
from showcore_cfn.check.rules.view import Node

BOOK = Rulebook("cdn")
_DISTRIBUTION = "AWS::CloudFront::Distribution"
_CACHE_POLICY = "AWS::CloudFront::CachePolicy"
_CONFIG_PAGE = f"{REFERENCE}/aws-properties-cloudfront-distribution-distributionconfig.html"
_POLICY_PAGE = f"{REFERENCE}/aws-properties-cloudfront-cachepolicy-cachepolicyconfig.html"
_DEFAULT_TTL_SECONDS = 86_400
_MAX_TTL_SECONDS = 31_536_000
_TLS_1_2 = ("TLSv1.2", "TLSv1.3")


@BOOK.rule(
    "PLAN-9.1-PRICE-CLASS",
    Severity.COST,
    "Distributions serve from North America and Europe",
    _DISTRIBUTION,
    why="The plan, 9.1 and 12.1: PriceClass_100, the cheapest locations.",
    remedy="Set PriceClass to PriceClass_100.",
    source="https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/PriceClass.html",
)
def price_class(item: Item) -> Hits:
    node = item.at("DistributionConfig", "PriceClass")
    if lacks(node, "PriceClass_100"):
        yield node.hit(f"PriceClass {said(node)}")


@BOOK.rule(
    "PLAN-9.1-ORIGIN-ACCESS-CONTROL",
    Severity.RISK,
    "Buckets are read through origin access control",
    _DISTRIBUTION,
    "AWS::CloudFront::CloudFrontOriginAccessIdentity",
    why="The plan, 9.1: origin access control, not the legacy identity, and never a bucket that is open.",
    remedy='Give the origin an OriginAccessControlId, and S3OriginConfig an OriginAccessIdentity of "".',
    source="https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/"
    "private-content-restricting-access-to-s3.html",
)
def origin_access_control(item: Item) -> Hits:
    if item.type != _DISTRIBUTION:
        yield item.hit("a legacy origin access identity", "Type")
    for origin in item.at("DistributionConfig", "Origins").each():
        legacy = origin.at("S3OriginConfig", "OriginAccessIdentity")
        control = origin["OriginAccessControlId"]
        if legacy.reference is not None or any(legacy.pieces):
            yield legacy.hit("a legacy origin access identity")
        elif origin["S3OriginConfig"].given and (control.absent or control.text == ""):
            yield origin.hit("a bucket that is read without origin access control")


@BOOK.rule(
    "PLAN-9.2-HTTPS-ONLY",
    Severity.RISK,
    "Viewers are served over HTTPS only",
    _DISTRIBUTION,
    why="The plan, 9.2: redirect HTTP to HTTPS.",
    remedy="Set ViewerProtocolPolicy to redirect-to-https.",
    source="https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/"
    "using-https-viewers-to-cloudfront.html",
)
def https_only(item: Item) -> Hits:
    for behavior in _behaviors(item):
        node = behavior["ViewerProtocolPolicy"]
        if lacks(node, "redirect-to-https", "https-only"):
            yield node.hit(f"ViewerProtocolPolicy {said(node)}")


@BOOK.rule(
    "PLAN-9.2-TLS-1.2",
    Severity.RISK,
    "With a certificate of one's own TLS 1.2 is the minimum",
    _DISTRIBUTION,
    why="The plan, 9.2: TLS 1.2 at least. With CloudFront's own certificate AWS fixes the minimum at TLSv1.",
    remedy="Set MinimumProtocolVersion to TLSv1.2_2021.",
    source=f"{REFERENCE}/aws-properties-cloudfront-distribution-viewercertificate.html",
)
def tls_1_2(item: Item) -> Hits:
    certificate = item.at("DistributionConfig", "ViewerCertificate")
    node = certificate["MinimumProtocolVersion"]
    own = certificate["AcmCertificateArn"].given or certificate["IamCertificateId"].given
    if own and (node.absent or (node.text is not None and not node.text.startswith(_TLS_1_2))):
        yield node.hit(f"MinimumProtocolVersion {said(node)}")


@BOOK.rule(
    "PLAN-9.2-COMPRESSED",
    Severity.COST,
    "What is served is compressed",
    _DISTRIBUTION,
    _CACHE_POLICY,
    why="The plan, 9.2: compress with gzip and Brotli. What is not compressed costs its full transfer.",
    remedy="Set Compress to true in the behavior, and both EnableAcceptEncoding settings in its cache policy.",
    source="https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/ServingCompressedFiles.html",
)
def compressed(item: Item) -> Hits:
    for behavior in _behaviors(item):
        if lacks(behavior["Compress"], "true"):
            yield behavior["Compress"].hit(f"Compress {said(behavior['Compress'])}")
    key = item.at("CachePolicyConfig", "ParametersInCacheKeyAndForwardedToOrigin")
    for name in ("EnableAcceptEncodingGzip", "EnableAcceptEncodingBrotli"):
        if key.given and lacks(key[name], "true"):
            yield key[name].hit(f"{name} {said(key[name])}")


@BOOK.rule(
    "PLAN-9.2-TTL",
    Severity.STYLE,
    "Objects are cached for a day, and for a year at most",
    _CACHE_POLICY,
    why="The plan, 9.2: a default of 86400 seconds and a maximum of 31536000.",
    remedy="Set DefaultTTL to 86400 and MaxTTL to 31536000.",
    source=_POLICY_PAGE,
)
def time_to_live(item: Item) -> Hits:
    for name, seconds in (("DefaultTTL", _DEFAULT_TTL_SECONDS), ("MaxTTL", _MAX_TTL_SECONDS)):
        node = item.at("CachePolicyConfig", name)
        if lacks_number(node, seconds):
            yield node.hit(f"{name} {said(node)} instead of {seconds}")


def _behaviors(item: Item) -> Iterator[Node]:
    config = item["DistributionConfig"]
    if config["DefaultCacheBehavior"].given:
        yield config["DefaultCacheBehavior"]
    yield from config["CacheBehaviors"].each()
