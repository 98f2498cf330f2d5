"""Section 9 of the plan."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from showcore_cfn.review.resolve import Nest
from showcore_cfn.review.values import Reference, text_of

Find = Callable[..., dict[str, Any]]
CERTIFICATE = "arn:aws:acm:us-east-1:111122223333:certificate/12345678-1234-1234-1234-123456789012"


def configuration(properties: Find, **parameters: str) -> dict[str, Any]:
    found: dict[str, Any] = properties("cdn/CloudFrontDistribution", **parameters)["DistributionConfig"]
    return found


@pytest.mark.task("9.1")
def test_the_origin_is_the_static_assets_bucket_through_origin_access_control(properties: Find) -> None:
    config = configuration(properties)
    (origin,) = config["Origins"]
    assert origin["DomainName"] == "showcore-static-assets-111122223333.s3.us-east-1.amazonaws.com"
    assert origin["OriginAccessControlId"] == Reference("cdn/OriginAccessControl", "Id")
    assert origin["S3OriginConfig"] == {"OriginAccessIdentity": ""}
    assert config["PriceClass"] == "PriceClass_100"
    access = properties("cdn/OriginAccessControl")["OriginAccessControlConfig"]
    assert (access["SigningBehavior"], access["SigningProtocol"]) == ("always", "sigv4")


@pytest.mark.task("9.2")
def test_http_is_redirected_and_answers_are_compressed(properties: Find) -> None:
    behaviour = configuration(properties)["DefaultCacheBehavior"]
    assert behaviour["ViewerProtocolPolicy"] == "redirect-to-https"
    assert behaviour["Compress"] is True
    assert behaviour["CachePolicyId"] == Reference("cdn/CachePolicy")


@pytest.mark.task("9.2")
@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("MinTTL", 0, id="9.2-no-minimum"),
        pytest.param("DefaultTTL", 86400, id="9.2-a-day"),
        pytest.param("MaxTTL", 31536000, id="9.2-a-year"),
    ],
)
def test_answers_are_cached_as_long_as_the_plan_says(properties: Find, name: str, value: int) -> None:
    assert properties("cdn/CachePolicy")["CachePolicyConfig"][name] == value


@pytest.mark.task("9.2")
def test_gzip_and_brotli_are_both_on(properties: Find) -> None:
    key = properties("cdn/CachePolicy")["CachePolicyConfig"]["ParametersInCacheKeyAndForwardedToOrigin"]
    assert (key["EnableAcceptEncodingGzip"], key["EnableAcceptEncodingBrotli"]) == (True, True)


@pytest.mark.task("9.2")
def test_tls_1_2_is_the_minimum_with_a_certificate_and_only_then(properties: Find) -> None:
    assert configuration(properties)["ViewerCertificate"] == {"CloudFrontDefaultCertificate": True}
    assert "Aliases" not in configuration(properties)
    own = configuration(properties, DomainName="assets.example.com", CertificateArn=CERTIFICATE)
    assert own["ViewerCertificate"] == {
        "AcmCertificateArn": CERTIFICATE,
        "SslSupportMethod": "sni-only",
        "MinimumProtocolVersion": "TLSv1.2_2021",
    }
    assert own["Aliases"] == ["assets.example.com"]


@pytest.mark.task("9.3")
def test_only_this_distribution_reads_the_bucket(properties: Find) -> None:
    policy = properties("cdn/StaticAssetsBucketPolicy")
    assert policy["Bucket"] == "showcore-static-assets-111122223333"
    read, refusal = policy["PolicyDocument"]["Statement"]
    assert read["Principal"] == {"Service": "cloudfront.amazonaws.com"}
    assert read["Action"] == ["s3:GetObject"]
    assert text_of(read["Condition"]["StringEquals"]["aws:SourceArn"]) == (
        "arn:aws:cloudfront::111122223333:distribution/${cdn/CloudFrontDistribution}"
    )
    assert refusal["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


@pytest.mark.task("9.3")
def test_the_buckets_stand_before_their_policy(nest: Nest) -> None:
    assert nest.resources["root/Cdn"].raw["DependsOn"] == "Storage"


@pytest.mark.task("10.2")
def test_additional_metrics_are_on_and_can_be_switched_off(of_type: Find) -> None:
    (subscription,) = of_type("AWS::CloudFront::MonitoringSubscription").values()
    assert subscription["MonitoringSubscription"]["RealtimeMetricsSubscriptionConfig"] == {
        "RealtimeMetricsSubscriptionStatus": "Enabled"
    }
    assert not of_type("AWS::CloudFront::MonitoringSubscription", CdnMetrics="false")


def test_access_logs_are_off_and_delivered_by_standard_logging_v2(of_type: Find, properties: Find) -> None:
    assert not of_type("AWS::Logs::Delivery")
    on = {"CdnAccessLogs": "true"}
    source = properties("cdn/AccessLogSource", **on)
    assert (source["LogType"], source["Name"]) == ("ACCESS_LOGS", "showcore-cdn-production-delivery-source")
    destination = properties("cdn/AccessLogDestination", **on)
    assert (
        destination["DestinationResourceArn"] == "arn:aws:s3:::showcore-access-logs-111122223333/cloudfront"
    )
    assert properties("cdn/AccessLogDelivery", **on)["DeliverySourceName"] == source["Name"]
    assert "storage/AccessLogsBucket" in of_type("AWS::S3::Bucket", **on)
