"""What could be chosen instead: each alternative as a changed template set, to be resolved and priced again.

A variant sets a root parameter where the root has it; otherwise it edits the documents. It never computes an
amount. `change` returns None where there is nothing to change.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from showcore_cfn.cost.edits import (
    ENDPOINT,
    drop_endpoint,
    graviton,
    in_zones,
    multi_zone,
    nat_instead,
    valkey,
    without,
    without_request_metrics,
)
from showcore_cfn.cost.source import Edit, Source
from showcore_cfn.review.values import text_of
from showcore_cfn.settings_fields import FIELDS, setting_of

_WITHOUT = {  # the end of a service's name -> what is lost without its endpoint
    "logs": "logs written in the private subnets no longer reach CloudWatch",
    "monitoring": "metrics and alarms set from the private subnets no longer reach CloudWatch",
    "ssm": "Systems Manager no longer sees instances in the private subnets",
    "ssmmessages": "Session Manager opens no session to the private subnets",
}


@dataclass(frozen=True, slots=True)
class Variant:
    """One alternative."""

    key: str
    title: str
    effect: str  # what it means besides money
    change: Callable[[Source], Source | None]
    parameter: tuple[str, str] | None = None
    plan: str = ""  # what the plan says of it

    def said(self, *, planned: bool) -> str:
        """The effect, and what the plan says of it where these are its templates."""
        return f"{self.effect}{self.plan}" if planned else self.effect

    def how(self, source: Source) -> str:
        """How one gets there: the setting, or that the template itself has to change."""
        if self.parameter is None or not source.has(self.parameter[0]):
            return "in the templates"
        name, value = self.parameter
        return f"{setting_of(name)} = {value}" if name in FIELDS else f"{name} = {value}"


def variants(source: Source) -> tuple[Variant, ...]:
    """Every alternative that changes something, endpoints one by one among them."""
    return tuple(variant for variant in (*FIXED, *endpoints(source)) if variant.change(source) is not None)


def _setting(
    key: str, title: str, effect: str, parameter: tuple[str, str], edit: Edit | None = None, plan: str = ""
) -> Variant:
    def change(source: Source) -> Source | None:
        if source.has(parameter[0]) or edit is None:
            return source.with_parameter(*parameter)
        return source.edited(edit)

    return Variant(key, title, effect, change, parameter, plan)


def _edit(key: str, title: str, effect: str, edit: Edit, plan: str = "") -> Variant:
    return Variant(key, title, effect, lambda source: source.edited(edit), plan=plan)


def endpoints(source: Source) -> Iterator[Variant]:
    """One variant for each interface endpoint: without it."""
    for resource in source.nest().resources.values():
        found = resource.properties
        if (
            resource.type != ENDPOINT
            or not isinstance(found, dict)
            or found.get("VpcEndpointType") != "Interface"
        ):
            continue
        service = text_of(found.get("ServiceName")).rpartition(".")[2]
        if service == "ssmmessages" and source.has("SessionMessagesEndpoint"):
            continue  # there is a setting, and a variant for it
        path = f"{resource.document}/{resource.logical_id}"
        effect = _WITHOUT.get(service, "the private subnets no longer reach this service")
        key = f"without-{service}-endpoint"
        yield _edit(key, f"without the endpoint for {service}", effect, drop_endpoint(path.__eq__))


ONE_ZONE = _setting(
    "one-endpoint-zone",
    "endpoints in one zone",
    "an outage of that zone cuts the private subnets off from CloudWatch and Systems Manager",
    ("EndpointZones", "1"),
    in_zones(1),
)
TWO_ZONES = _setting(
    "two-endpoint-zones",
    "endpoints in both zones",
    "endpoints survive the loss of a zone",
    ("EndpointZones", "2"),
    in_zones(2),
    ": the plan's letter (3.3)",
)
WITHOUT_CDN_METRICS = _setting(
    "without-cdn-metrics",
    "without additional CloudFront metrics",
    "no cache hit rate on the dashboard",
    ("CdnMetrics", "false"),
    without("AWS::CloudFront::MonitoringSubscription"),
    " (10.2)",
)
WITH_CDN_METRICS = _setting(
    "with-cdn-metrics",
    "with additional CloudFront metrics",
    "a cache hit rate",
    ("CdnMetrics", "true"),
    plan=" (10.2)",
)
WITHOUT_REQUEST_METRICS = _setting(
    "without-request-metrics",
    "without S3 request metrics",
    "no alarms on S3 errors",
    ("RequestMetrics", "false"),
    without_request_metrics,
    " (10.5)",
)
WITH_REQUEST_METRICS = _setting(
    "with-request-metrics",
    "with S3 request metrics",
    "alarms on S3 errors",
    ("RequestMetrics", "true"),
    plan=" (10.5)",
)
WITHOUT_SESSIONS = _setting(
    "without-session-endpoint",
    "without Session Manager's endpoint",
    _WITHOUT["ssmmessages"],
    ("SessionMessagesEndpoint", "false"),
)
WITH_SESSIONS = _setting(
    "with-session-endpoint",
    "with Session Manager's endpoint",
    "sessions to the private subnets",
    ("SessionMessagesEndpoint", "true"),
    plan=" (4.3)",
)
NAT_GATEWAY = Variant(
    "nat-gateway",
    "a NAT gateway instead of the endpoints",
    "the private subnets reach the internet; its address is included",
    nat_instead,
    plan="; the plan rules it out (3.1, 12.1)",
)
VALKEY = _edit(
    "valkey", "Valkey instead of Redis", "compatible with Redis 7.2", valkey, "; the plan says Redis (6.2)"
)
GRAVITON = _edit(
    "graviton",
    "Graviton classes (t4g instead of t3)",
    "ARM processors",
    graviton,
    "; the plan says db.t3.micro and cache.t3.micro (12.1)",
)
FIXED: tuple[Variant, ...] = (
    ONE_ZONE,
    TWO_ZONES,
    NAT_GATEWAY,
    WITHOUT_CDN_METRICS,
    WITH_CDN_METRICS,
    WITHOUT_REQUEST_METRICS,
    WITH_REQUEST_METRICS,
    WITHOUT_SESSIONS,
    WITH_SESSIONS,
    VALKEY,
    GRAVITON,
    Variant(
        "graviton-valkey",
        "Graviton classes and Valkey",
        "both of the above",
        lambda source: (changed := source.edited(graviton)) and changed.edited(valkey),
    ),
    _edit("multi-zone", "database and cache in two zones", "both survive the loss of a zone", multi_zone),
    _setting("flow-logs", "with VPC flow logs", "who talked to whom, 7 days", ("VpcFlowLogs", "true")),
    _setting("access-logs", "with S3 access logs", "who read which object, 90 days", ("AccessLogs", "true")),
    _setting(
        "cdn-logs", "with CloudFront access logs", "who asked for what, 90 days", ("CdnAccessLogs", "true")
    ),
    _setting(
        "enhanced-monitoring",
        "with RDS Enhanced Monitoring",
        "processes and memory of the database's host, each minute",
        ("EnhancedMonitoring", "true"),
    ),
)
LADDER: tuple[Variant, ...] = (  # cheapest in what is lost first
    ONE_ZONE,
    WITHOUT_CDN_METRICS,
    WITHOUT_REQUEST_METRICS,
    VALKEY,
    GRAVITON,
    WITHOUT_SESSIONS,
)
