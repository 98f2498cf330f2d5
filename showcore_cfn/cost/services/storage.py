"""Buckets, distributions and the delivery of their logs."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from showcore_cfn.cost.line import Gap, NoCharge
from showcore_cfn.cost.services.registry import Found, Month, Properties, fixed, prices, used
from showcore_cfn.review.values import Value, references, text_of

_MONTH_DAYS = 30
_KEPT_WITHOUT_RULE_DAYS = 365  # where nothing expires, a year of growth is what the estimate shows
_CDN_METRICS = 8  # additional metrics of a distribution: viewing-cloudfront-metrics.html
_REQUESTS_OF_A_PRICE = 10_000
_LOGGING = "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging.html"


@prices("AWS::S3::Bucket")
def bucket(p: Properties, month: Month) -> Found:
    """What a bucket keeps, by what it is for (https://aws.amazon.com/s3/pricing/).

    A bucket that archives holds backups; one that a service writes log files to holds logs; any other holds
    what its owner puts there.
    """
    rules = _rules(p)
    if rules.archive_after is not None:
        yield from _archive(rules, rules.archive_after, month)
    elif p.resource.path in month.log_buckets:
        kept = month.usage["log_files_gb"] * rules.kept_days / _MONTH_DAYS
        yield used("log files kept", kept, "s3.standard.gb_month")
    else:
        yield used("objects kept", month.usage["stored_gb"], "s3.standard.gb_month")
        yield used("writes", month.usage["writes_thousands"], "s3.put.1k")
        yield used("reads", month.usage["reads_thousands"], "s3.get.1k")
    filters = len(p.many("MetricsConfigurations"))
    if filters:
        yield used("request metrics", filters * month.usage["request_metrics"], "s3.request_metric.month")


def _archive(rules: _Rules, archive_after: Decimal, month: Month) -> Found:
    written, objects = month.usage["backups_gb"], month.usage["backups_thousands"]
    frozen = max(rules.kept_days - archive_after, Decimal(0))
    yield used("backups, until archived", written * archive_after / _MONTH_DAYS, "s3.standard.gb_month")
    yield used("archived backups", written * frozen / _MONTH_DAYS, "s3.glacier_flexible.gb_month")
    yield used("writes", objects, "s3.put.1k")
    yield used("moves to the archive", objects, "s3.glacier_flexible.transition.1k")


class _Rules(NamedTuple):
    kept_days: Decimal
    archive_after: Decimal | None


def _rules(p: Properties) -> _Rules:
    """How long the enabled lifecycle rules keep an object, its time as an old version included."""
    current = old = Decimal(0)
    archive: Decimal | None = None
    for rule in p.inner("LifecycleConfiguration").each("Rules"):
        if rule.text("Status", "Enabled") != "Enabled":
            continue
        current = max(current, rule.number("ExpirationInDays", 0))
        old = max(old, rule.inner("NoncurrentVersionExpiration").number("NoncurrentDays", 0))
        single = [rule.inner("Transition")] if rule.has("Transition") else []
        for step in [*rule.each("Transitions"), *single]:
            if step.text("StorageClass", "") == "GLACIER":
                archive = step.number("TransitionInDays", 0)
    versioned = p.inner("VersioningConfiguration").text("Status", "Suspended") == "Enabled"
    kept = current + (old if versioned else 0) if current else Decimal(_KEPT_WITHOUT_RULE_DAYS)
    return _Rules(kept, archive)


@prices("AWS::CloudFront::Distribution")
def distribution(_: Properties, month: Month) -> Found:
    """Data and requests at the prices of North America and Europe; for requests, the dearer of the two.

    https://aws.amazon.com/cloudfront/pricing/
    """
    requests = month.usage["cdn_requests_millions"] * 1_000_000 / _REQUESTS_OF_A_PRICE
    yield used("data to visitors", month.usage["cdn_out_gb"], "cloudfront.us_eu.out.gb.first_10tb")
    yield used("HTTPS requests", requests, "cloudfront.eu.https.10k")


@prices("AWS::CloudFront::MonitoringSubscription")
def monitoring_subscription(p: Properties, _: Month) -> Found:
    """Additional metrics, due with or without traffic (viewing-cloudfront-metrics.html)."""
    inner = p.inner("MonitoringSubscription").inner("RealtimeMetricsSubscriptionConfig")
    if inner.text("RealtimeMetricsSubscriptionStatus", "Enabled") == "Enabled":
        yield fixed("additional metrics", _CDN_METRICS, "cloudfront.additional_metrics.metric_month")


@prices("AWS::Logs::DeliveryDestination")
def delivery_destination(p: Properties, month: Month) -> Found:
    """CloudFront delivers to S3 for nothing, except as Parquet (AmazonCloudFront, standard-logging.html)."""
    if p.text("OutputFormat", "plain") == "parquet":
        yield Gap("conversion to Parquet is not in the price list")
    elif not _goes_to_s3(p.values.get("DestinationResourceArn"), month):
        yield Gap("delivery to another place than S3 is not in the price list")
    else:
        yield NoCharge("CloudFront's delivery to S3 is free", _LOGGING)


@prices("AWS::Logs::DeliverySource")
def delivery_source(p: Properties, _: Month) -> Found:
    """What is delivered: for CloudFront's own logs the destination decides what it costs."""
    if "cloudfront" in text_of(p.values.get("ResourceArn")).lower():
        yield NoCharge("CloudFront's delivery to S3 is free", _LOGGING)
    else:
        yield Gap("delivery of this service's logs is not in the price list")


def _goes_to_s3(target: Value, month: Month) -> bool:
    if ":s3:::" in text_of(target):
        return True
    found = (month.nest.resources.get(reference.path) for reference in references(target))
    return any(resource is not None and resource.type == "AWS::S3::Bucket" for resource in found)
