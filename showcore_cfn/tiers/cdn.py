"""CloudFront before the static assets bucket, 9.1-9.3.

Without a certificate of its own a distribution negotiates TLS 1.0 and later, whatever MinimumProtocolVersion says
(https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_ViewerCertificate.html), so 9.2's TLS 1.2 needs
DomainName and CertificateArn.
"""

from __future__ import annotations

from awacs.aws import StringEquals
from troposphere import And, Equals, GetAtt, If, Not, NoValue, Ref
from troposphere.cloudfront import (
    CacheCookiesConfig,
    CacheHeadersConfig,
    CachePolicy,
    CachePolicyConfig,
    CacheQueryStringsConfig,
    DefaultCacheBehavior,
    Distribution,
    DistributionConfig,
    MonitoringSubscription,
    MonitoringSubscriptionProperty,
    Origin,
    OriginAccessControl,
    OriginAccessControlConfig,
    ParametersInCacheKeyAndForwardedToOrigin,
    RealtimeMetricsSubscriptionConfig,
    S3OriginConfig,
    ViewerCertificate,
)
from troposphere.logs import Delivery, DeliveryDestination, DeliverySource
from troposphere.s3 import BucketPolicy

from showcore_cfn.template.parameters import CDN_ACCESS_LOGS, CDN_METRICS, CERTIFICATE_ARN, DOMAIN_NAME
from showcore_cfn.template.stack import Stack, Tier, Wire
from showcore_cfn.tiers.policies import bucket_arns, document, from_service, tls_only
from showcore_cfn.tiers.storage import ACCESS_LOGS_BUCKET, STATIC_ASSETS_BUCKET

DEFAULT_TTL_SECONDS = 86_400  # 24 hours, 9.2
MAX_TTL_SECONDS = 31_536_000  # a year, 9.2
ORIGIN_ID = "static-assets"
DISTRIBUTION_ARN = (
    "arn:${AWS::Partition}:cloudfront::${AWS::AccountId}:distribution/${CloudFrontDistribution}"
)

DISTRIBUTION_ID = Wire("cdn", "DistributionId", "The distribution.")


def build(stack: Stack) -> None:
    """The distribution, the bucket policy that lets it alone read, and its logs where they are switched on."""
    stack.condition(
        "HasCertificate",
        And(
            Not(Equals(stack.setting(DOMAIN_NAME), "")),
            Not(Equals(stack.setting(CERTIFICATE_ARN), "")),
        ),
    )
    _access(stack)
    _distribution(stack)
    _bucket_policy(stack)
    _metrics(stack)
    _access_logs(stack)
    stack.provide(DISTRIBUTION_ID, Ref("CloudFrontDistribution"), to_root=True)
    stack.show(
        "DistributionDomainName",
        "Domain name of the distribution.",
        GetAtt("CloudFrontDistribution", "DomainName"),
    )


def _access(stack: Stack) -> None:
    stack.add(
        OriginAccessControl(
            "OriginAccessControl",
            OriginAccessControlConfig=OriginAccessControlConfig(
                Name=stack.named("cdn", "origin-access-control"),
                OriginAccessControlOriginType="s3",
                SigningBehavior="always",
                SigningProtocol="sigv4",
            ),
        )
    )
    stack.add(
        CachePolicy(
            "CachePolicy",
            CachePolicyConfig=CachePolicyConfig(
                Name=stack.named("cdn", "cache-policy"),
                MinTTL=0,
                DefaultTTL=DEFAULT_TTL_SECONDS,
                MaxTTL=MAX_TTL_SECONDS,
                ParametersInCacheKeyAndForwardedToOrigin=ParametersInCacheKeyAndForwardedToOrigin(
                    EnableAcceptEncodingGzip=True,
                    EnableAcceptEncodingBrotli=True,
                    HeadersConfig=CacheHeadersConfig(HeaderBehavior="none"),
                    CookiesConfig=CacheCookiesConfig(CookieBehavior="none"),
                    QueryStringsConfig=CacheQueryStringsConfig(QueryStringBehavior="none"),
                ),
            ),
        )
    )


def _distribution(stack: Stack) -> None:
    host = f"{STATIC_ASSETS_BUCKET}.s3.us-east-1.amazonaws.com"
    stack.add(
        Distribution(
            "CloudFrontDistribution",
            DistributionConfig=DistributionConfig(
                Comment="ShowCore static assets",
                Enabled=True,
                HttpVersion="http2and3",
                IPV6Enabled=True,
                PriceClass="PriceClass_100",
                Aliases=If("HasCertificate", [stack.setting(DOMAIN_NAME)], NoValue),
                ViewerCertificate=If(
                    "HasCertificate",
                    ViewerCertificate(
                        AcmCertificateArn=stack.setting(CERTIFICATE_ARN),
                        SslSupportMethod="sni-only",
                        MinimumProtocolVersion="TLSv1.2_2021",
                    ),
                    ViewerCertificate(CloudFrontDefaultCertificate=True),
                ),
                Origins=[
                    Origin(
                        Id=ORIGIN_ID,
                        DomainName=stack.sub(host),
                        OriginAccessControlId=GetAtt("OriginAccessControl", "Id"),
                        S3OriginConfig=S3OriginConfig(OriginAccessIdentity=""),
                    )
                ],
                DefaultCacheBehavior=DefaultCacheBehavior(
                    TargetOriginId=ORIGIN_ID,
                    ViewerProtocolPolicy="redirect-to-https",
                    AllowedMethods=["GET", "HEAD"],
                    CachedMethods=["GET", "HEAD"],
                    CachePolicyId=Ref("CachePolicy"),
                    Compress=True,
                ),
            ),
        ),
        why="TLS 1.2 is the minimum with DomainName and CertificateArn; without them CloudFront also takes TLS 1.0.",
    )


def _bucket_policy(stack: Stack) -> None:
    bucket, objects = bucket_arns(stack.sub(STATIC_ASSETS_BUCKET))
    stack.add(
        BucketPolicy(
            "StaticAssetsBucketPolicy",
            Bucket=stack.sub(STATIC_ASSETS_BUCKET),
            PolicyDocument=document(
                from_service(
                    "OnlyThisDistribution",
                    "cloudfront.amazonaws.com",
                    ["s3:GetObject"],
                    objects,
                    StringEquals({"aws:SourceArn": stack.sub(DISTRIBUTION_ARN)}),
                ),
                tls_only(bucket, objects),
            ),
        ),
        why="Stands here and not with its bucket, since it names the distribution.",
    )


def _metrics(stack: Stack) -> None:
    stack.add(
        MonitoringSubscription(
            "MonitoringSubscription",
            Condition=stack.on(CDN_METRICS),
            DistributionId=Ref("CloudFrontDistribution"),
            MonitoringSubscription=MonitoringSubscriptionProperty(
                RealtimeMetricsSubscriptionConfig=RealtimeMetricsSubscriptionConfig(
                    RealtimeMetricsSubscriptionStatus="Enabled"
                )
            ),
        ),
        why="CacheHitRate, which 10.2 asks for, exists with additional metrics only.",
    )


def _access_logs(stack: Stack) -> None:
    """Standard logging v2: the older form needs ACLs, which BucketOwnerEnforced forbids."""
    on = stack.on(CDN_ACCESS_LOGS)
    stack.add(
        DeliverySource(
            "AccessLogSource",
            Condition=on,
            Name=stack.named("cdn", "delivery-source"),
            LogType="ACCESS_LOGS",
            ResourceArn=stack.sub(DISTRIBUTION_ARN),
        )
    )
    stack.add(
        DeliveryDestination(
            "AccessLogDestination",
            Condition=on,
            Name=stack.named("cdn", "delivery-destination"),
            DestinationResourceArn=stack.sub(f"arn:${{AWS::Partition}}:s3:::{ACCESS_LOGS_BUCKET}/cloudfront"),
            OutputFormat="json",
        )
    )
    stack.add(
        Delivery(
            "AccessLogDelivery",
            Condition=on,
            DependsOn="AccessLogSource",
            DeliverySourceName=stack.named("cdn", "delivery-source"),
            DeliveryDestinationArn=GetAtt("AccessLogDestination", "Arn"),
        )
    )


TIER = Tier(
    name="cdn",
    title="CloudFront distribution",
    tasks="9.1-9.3",
    shape="CloudFront reads the private static assets bucket through origin access control; nobody else does.",
    must=("Viewers are redirected to HTTPS.", "The bucket is never public."),
    build=build,
    after=("storage",),
)
