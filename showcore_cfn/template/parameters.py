"""The root's parameters: all that differs from one environment to another, and nothing else.

One list, read by everybody: the root template declares them, a tier asks for one by name, `settings.py` reads
their values out of `showcore.toml`. What is the same everywhere is a constant of the tier that owns it.
"""

from __future__ import annotations

from dataclasses import dataclass

EMAIL_PATTERN = r"^$|^[^@\s]+@[^@\s]+\.[A-Za-z]{2,}$"  # what SNS needs to try: one @, a domain with a dot
FLAG = ("true", "false")


@dataclass(frozen=True, slots=True)
class RootParameter:
    """One parameter of the root template. All are Strings, since nested stacks pass nothing else well."""

    name: str
    group: str
    label: str
    description: str
    default: str | None = None  # None: whoever deploys must say it
    allowed: tuple[str, ...] = ()
    pattern: str | None = None
    constraint: str | None = None  # what the pattern means, in words
    max_length: int | None = None


def _flag(name: str, group: str, label: str, default: str, description: str) -> RootParameter:
    return RootParameter(name, group, label, description, default, FLAG)


def _address(topic: str, number: int) -> RootParameter:
    first = number == 1
    return RootParameter(
        name=f"{topic}AlertEmail{'' if first else number}",
        group="Alert addresses",
        label=f"{topic} alerts, {('first', 'second', 'third')[number - 1]} address",
        description=f"Address that gets {topic.lower()} alerts once it has confirmed the mail from AWS."
        + ("" if first else " Empty for none."),
        default=None if first else "",
        pattern=EMAIL_PATTERN.removeprefix("^$|") if first else EMAIL_PATTERN,
        constraint="One e-mail address" + ("." if first else ", or empty."),
        max_length=254,  # RFC 5321, section 4.5.3.1.3
    )


PREFIX = RootParameter(
    "Prefix",
    "Names and tags",
    "Name prefix",
    "First part of every name. A second environment in one account needs another one.",
    "showcore",
    pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$",
    constraint="Lower-case letters, digits and single hyphens, a letter first.",
    max_length=16,  # <prefix>-static-assets-<account> must fit a bucket's 63 characters, and ids of 40
)
ENVIRONMENT = RootParameter(
    "Environment",
    "Names and tags",
    "Environment",
    "Value of the tag Environment, and part of the names that the plan leaves open.",
    "production",
    pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$",
    constraint="Lower-case letters, digits and single hyphens, a letter first.",
    max_length=16,
)
PHASE = RootParameter(
    "Phase",
    "Names and tags",
    "Phase",
    "Value of the tag Phase.",
    "Phase1",
    pattern=r"^[A-Za-z0-9 _.:/=+@-]{1,256}$",
    constraint="Letters, digits, spaces and _ . : / = + - @.",
)
MANAGED_BY = RootParameter(
    "ManagedBy",
    "Names and tags",
    "Managed by",
    "Value of the tag ManagedBy.",
    "CloudFormation",
    pattern=r"^[A-Za-z0-9 _.:/=+@-]{1,256}$",
    constraint="Letters, digits, spaces and _ . : / = + - @.",
)
COST_CENTER = RootParameter(
    "CostCenter",
    "Names and tags",
    "Cost center",
    "Value of the tag CostCenter.",
    "ShowCore",
    pattern=r"^[A-Za-z0-9 _.:/=+@-]{1,256}$",
    constraint="Letters, digits, spaces and _ . : / = + - @.",
)
ZONE_A = RootParameter(
    "AvailabilityZoneA",
    "Network",
    "First Availability Zone",
    "Zone of the first public and private subnet, of the database and of the cache.",
    "us-east-1a",
    pattern=r"^us-east-1[a-f]$",
    constraint="A zone of us-east-1, such as us-east-1a.",
)
ZONE_B = RootParameter(
    "AvailabilityZoneB",
    "Network",
    "Second Availability Zone",
    "Zone of the second public and private subnet. Another one than the first.",
    "us-east-1b",
    pattern=r"^us-east-1[a-f]$",
    constraint="A zone of us-east-1, such as us-east-1b.",
)
ENDPOINT_ZONES = RootParameter(
    "EndpointZones",
    "Network",
    "Zones of each interface endpoint",
    "Private subnets that each interface endpoint stands in. Each zone of each endpoint costs 7.30 USD a month.",
    "2",
    ("1", "2"),
)
SESSION_MESSAGES_ENDPOINT = _flag(
    "SessionMessagesEndpoint",
    "Network",
    "Endpoint for Session Manager's messages",
    "true",
    "Without it no session can be opened from a private subnet. 7.30 USD a month for each zone.",
)
DOMAIN_NAME = RootParameter(
    "DomainName",
    "Content delivery",
    "Domain name",
    "Alternate domain name of the distribution, together with CertificateArn. Empty for cloudfront.net alone.",
    "",
    pattern=r"^$|^(\*\.)?([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$",
    constraint="A domain name in lower case, or empty.",
    max_length=253,
)
CERTIFICATE_ARN = RootParameter(
    "CertificateArn",
    "Content delivery",
    "Certificate ARN",
    "ACM certificate in us-east-1 for DomainName. Without one CloudFront negotiates TLS 1.0 and later.",
    "",
    pattern=r"^$|^arn:aws:acm:us-east-1:[0-9]{12}:certificate/[0-9a-f-]{36}$",
    constraint="The ARN of an ACM certificate in us-east-1, or empty.",
)
DATABASE_DELETION_PROTECTION = _flag(
    "DatabaseDeletionProtection",
    "Database",
    "Deletion protection of the database",
    "false",
    "The first creation leaves it off, since a failed one must be able to roll back; the deployment then turns it on.",
)
ACCOUNT_TIER = _flag(
    "AccountTier",
    "Account",
    "Account-wide resources",
    "true",
    "CloudTrail, Config, Session Manager preferences and billing alarms. One environment of an account has them.",
)
CONFIG_RECORDER = _flag(
    "ConfigRecorder",
    "Account",
    "AWS Config recorder",
    "true",
    "A region of an account has one recorder and one delivery channel. Off where they exist already.",
)
SESSION_PREFERENCES = _flag(
    "SessionPreferences",
    "Account",
    "Session Manager preferences",
    "true",
    "A region of an account has one document SSM-SessionManagerRunShell. Off where it exists already.",
)
ANOMALY_DETECTION = _flag(
    "AnomalyDetection",
    "Account",
    "Cost Anomaly Detection",
    "false",
    "Watches costs by the tag Project. On once that cost allocation tag is active. Free of charge.",
)
REQUEST_METRICS = _flag(
    "RequestMetrics",
    "Switches",
    "S3 request metrics",
    "true",
    "For the static assets bucket; the S3 error alarms need them. Up to 4.80 USD a month, only with traffic.",
)
CDN_METRICS = _flag(
    "CdnMetrics",
    "Switches",
    "CloudFront additional metrics",
    "true",
    "The cache hit rate on the dashboard needs them. 2.40 USD a month.",
)
VPC_FLOW_LOGS = _flag(
    "VpcFlowLogs",
    "Switches",
    "VPC flow logs",
    "false",
    "Kept 7 days in CloudWatch Logs. 0.50 USD for each GB delivered.",
)
ACCESS_LOGS = _flag(
    "AccessLogs",
    "Switches",
    "S3 server access logs",
    "false",
    "Of the data buckets, kept 90 days in a bucket of their own. Delivery is free, storage 0.023 USD a GB-month.",
)
CDN_ACCESS_LOGS = _flag(
    "CdnAccessLogs",
    "Switches",
    "CloudFront access logs",
    "false",
    "Standard logging v2 to a bucket, kept 90 days. Storage 0.023 USD a GB-month.",
)
ENHANCED_MONITORING = _flag(
    "EnhancedMonitoring",
    "Switches",
    "RDS Enhanced Monitoring",
    "false",
    "Operating system metrics each minute, as CloudWatch Logs. 0.50 USD for each GB delivered.",
)
DASHBOARD_NAME = RootParameter(
    "DashboardName",
    "Names and tags",
    "Dashboard name",
    "Name of the CloudWatch dashboard. A second environment in one account needs another one.",
    "ShowCore-Phase1-Dashboard",
    pattern=r"^[A-Za-z0-9_-]{1,255}$",
    constraint="Letters, digits, hyphens and underscores.",
)

TOPICS = ("Critical", "Warning", "Billing")
ADDRESSES: dict[str, tuple[RootParameter, ...]] = {
    topic: tuple(_address(topic, number) for number in (1, 2, 3)) for topic in TOPICS
}

ROOT_PARAMETERS: tuple[RootParameter, ...] = (
    PREFIX,
    ENVIRONMENT,
    PHASE,
    MANAGED_BY,
    COST_CENTER,
    DASHBOARD_NAME,
    ZONE_A,
    ZONE_B,
    ENDPOINT_ZONES,
    SESSION_MESSAGES_ENDPOINT,
    *(address for topic in TOPICS for address in ADDRESSES[topic]),
    DOMAIN_NAME,
    CERTIFICATE_ARN,
    DATABASE_DELETION_PROTECTION,
    ACCOUNT_TIER,
    CONFIG_RECORDER,
    SESSION_PREFERENCES,
    ANOMALY_DETECTION,
    REQUEST_METRICS,
    CDN_METRICS,
    VPC_FLOW_LOGS,
    ACCESS_LOGS,
    CDN_ACCESS_LOGS,
    ENHANCED_MONITORING,
)
