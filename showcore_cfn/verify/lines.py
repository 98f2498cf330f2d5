"""Every line of the plan's tasks 7.1, 12-15, in a few words, with the checks that answer it.

What no look at an account can answer says who does. `docs/verification.md` and `showcore verify --list` are
drawn from this table.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a task of the plan: the checks that answer it, or who else does."""

    task: str
    number: int
    says: str
    checks: tuple[str, ...] = ()
    otherwise: str = ""


SECTION_TITLES = {
    "7": "Core infrastructure",
    "12": "Cost and tags",
    "13": "Complete deployment",
    "14": "Integration",
    "15": "Compliance and security",
}
_TESTS = "`make check` runs them; a deployment is made from a commit that passed."
_PERSON = "A person: the report leaves room for the answer."
_EVIDENCE = "The report itself: `showcore verify -o markdown`."
_REMEDY = "Each failed check prints its remedy."
_ALWAYS = "The probe stack is deleted whatever happens; what cannot be deleted is named and fails the run."

_COST_CHECKS = ("7.1-no-nat-gateway", "12.1-instance-types", "12.1-minimal-endpoints")
_EVERYTHING = (
    "7.1-stacks",
    "7.1-tiers",
    "7.1-parameters",
    "7.1-vpc",
    "7.1-subnets",
    "7.1-public-routes",
    "7.1-security-groups",
    "7.1-database",
    "7.1-database-secret",
    "7.1-database-backups",
    "7.1-cache",
    "7.1-cache-node",
    "7.1-cache-backups",
)

LINES: tuple[Line, ...] = (
    Line("7.1", 1, "unit tests of network, security, database and cache", otherwise=_TESTS),
    Line("7.1", 2, "everything deployed correctly", _EVERYTHING),
    Line("7.1", 3, "no NAT gateway, smallest instances", ("7.1-no-nat-gateway", "12.1-instance-types")),
    Line(
        *("7.1", 4, "endpoints configured"),
        (
            "7.1-gateway-endpoints",
            "7.1-gateway-routes",
            "7.1-interface-endpoints",
            "7.1-endpoint-dns",
            "7.1-session-endpoint",
        ),
    ),
    Line("7.1", 5, "first metrics on the dashboard", ("7.1-dashboard",)),
    Line("7.1", 6, "no internet from private subnets", ("7.1-private-routes",)),
    Line("7.1", 7, "no unexpected difference", ("7.1-no-difference", "7.1-parameters")),
    Line("7.1", 8, "questions before going on", otherwise=_PERSON),
    Line("12.1", 1, "no NAT gateway", ("7.1-no-nat-gateway",)),
    Line("12.1", 2, "smallest instance classes", ("12.1-instance-types",)),
    Line("12.1", 3, "one zone for database and cache", ("12.1-single-zone",)),
    Line("12.1", 4, "gateway endpoints for S3 and DynamoDB", ("7.1-gateway-endpoints",)),
    Line("12.1", 5, "no more interface endpoints than needed", ("12.1-minimal-endpoints",)),
    Line(
        "12.1",
        6,
        "SSE-S3 on every bucket, no KMS keys of our own",
        ("12.1-bucket-encryption", "12.1-managed-keys"),
    ),
    Line("12.1", 7, "CloudFront in the cheapest price class", ("12.1-price-class",)),
    Line("12.1", 8, "backups kept seven days", ("12.1-backup-retention",)),
    Line("12.1", 9, "savings against a NAT gateway documented", ("12.1-savings",)),
    Line("12.2", 1, "cost allocation tags active", ("12.2-cost-tags",)),
    Line("12.2", 2, "all resources tagged", ("12.3-tag-compliance",)),
    Line("12.2", 3, "a tag policy", ("12.2-tag-policy",)),
    Line("12.3", 1, "five tags on every resource", ("12.3-tag-compliance",)),
    Line("12.3", 2, "asked of the tagging API", ("12.3-tag-compliance",)),
    Line("12.3", 3, "each resource has all five", ("12.3-tag-compliance",)),
    Line("12.4", 1, "costs by service", ("12.4-costs",)),
    Line("12.4", 2, "costs within the range", ("12.4-costs", "12.4-account-plan")),
    Line("12.4", 3, "the breakdown documented", ("12.4-costs",)),
    Line("12.4", 4, "anomaly detection", ("12.4-anomaly-detection",)),
    Line("13.1", 1, "unit and property tests", otherwise=_TESTS),
    Line(
        *("13.1", 2, "everything deployed and configured correctly"),
        (
            *_EVERYTHING,
            "13.1-buckets",
            "13.1-bucket-names",
            "13.1-lifecycle",
            "13.1-distribution",
            "13.1-cache-policy",
            "13.1-viewer-tls",
            "13.1-assets-policy",
            "13.1-topics",
            "13.1-alarms",
            "13.1-alarm-metrics",
            "13.1-alarm-actions",
            "13.1-alarm-states",
            "13.1-alarm-drill",
            "13.1-log-retention",
            "13.1-vault",
            "13.1-backup-plan",
            "13.1-backup-jobs",
            "13.1-recovery-point",
            "13.1-cache-snapshot",
            "13.1-cache-events",
            "13.1-session-manager",
            "13.1-termination-protection",
        ),
    ),
    Line("13.1", 3, "every metric on the dashboard", ("7.1-dashboard",)),
    Line("13.1", 4, "cost optimization in place", (*_COST_CHECKS, "12.1-single-zone", "12.1-price-class")),
    Line(
        *("13.1", 5, "security configuration"),
        (
            "7.1-security-groups",
            "7.1-database-tls",
            "15.2-encrypted-at-rest",
            "15.2-encrypted-in-transit",
            "13.1-trail",
            "13.1-config",
        ),
    ),
    Line(
        *("13.1", 6, "endpoints healthy"),
        ("7.1-gateway-endpoints", "7.1-gateway-routes", "7.1-interface-endpoints", "7.1-endpoint-dns"),
    ),
    Line("13.1", 7, "no difference and no drift", ("7.1-no-difference", "13.1-no-drift")),
    Line("13.1", 8, "costs within the range", ("12.4-costs",)),
    Line("13.1", 9, "questions before the integration tests", otherwise=_PERSON),
    Line("14.1", 1, "a test instance in the private subnet", ("14.1-tls",)),
    Line("14.1", 2, "psql installed by way of Session Manager", ("14.1-tls",)),
    Line("14.1", 3, "psql connects with TLS", ("14.1-tls",)),
    Line("14.1", 4, "it fails without", ("14.1-plaintext-refused",)),
    Line("14.1", 5, "the security groups let it through", ("14.1-tls", "7.1-security-groups")),
    Line("14.1", 6, "basic SQL", ("14.1-sql",)),
    Line("14.1", 7, "the instance is terminated", otherwise=_ALWAYS),
    Line("14.2", 1, "a test instance in the private subnet", ("14.2-tls",)),
    Line("14.2", 2, "redis-cli installed by way of Session Manager", ("14.2-tls",)),
    Line("14.2", 3, "redis-cli connects with TLS", ("14.2-tls",)),
    Line("14.2", 4, "it fails without", ("14.2-plaintext-refused",)),
    Line("14.2", 5, "the security groups let it through", ("14.2-tls", "7.1-security-groups")),
    Line("14.2", 6, "basic commands", ("14.2-commands",)),
    Line("14.2", 7, "the instance is terminated", otherwise=_ALWAYS),
    Line("14.3", 1, "S3 through the gateway endpoint", ("14.3-s3",)),
    Line("14.3", 2, "CloudWatch Logs through the interface endpoint", ("14.3-logs",)),
    Line("14.3", 3, "Systems Manager through the interface endpoint", ("14.3-ssm",)),
    Line("14.3", 4, "no internet", ("14.3-no-internet", "7.1-private-routes")),
    Line("14.3", 5, "all commands succeed", ("14.3-s3", "14.3-logs", "14.3-ssm")),
    Line("14.3", 6, "names resolve to private addresses", ("14.3-private-dns",)),
    Line("14.4", 1, "a snapshot of the database", ("14.4-rds-snapshot", "14.4-rds-backup")),
    Line("14.4", 2, "wait for it", ("14.4-rds-snapshot", "14.4-rds-backup")),
    Line("14.4", 3, "restored in the same VPC", ("14.4-rds-snapshot", "14.4-rds-backup")),
    Line("14.4", 4, "the data is there", ("14.4-rds-snapshot", "14.4-rds-backup")),
    Line("14.4", 5, "the restored database is terminated", otherwise=_ALWAYS),
    Line("14.4", 6, "a snapshot of the cache", ("14.4-redis-snapshot",)),
    Line("14.4", 7, "wait for it", ("14.4-redis-snapshot",)),
    Line("14.4", 8, "restored in the same VPC", ("14.4-redis-snapshot",)),
    Line("14.4", 9, "the data is there", ("14.4-redis-snapshot",)),
    Line("14.4", 10, "the restored cache is terminated", otherwise=_ALWAYS),
    Line("14.5", 1, "a test file uploaded", ("14.5-https",)),
    Line("14.5", 2, "served by CloudFront", ("14.5-https",)),
    Line("14.5", 3, "redirected to HTTPS", ("14.5-redirect",)),
    Line("14.5", 4, "not served by S3", ("14.5-bucket-closed",)),
    Line("14.5", 5, "served from the cache", ("14.5-cache",)),
    Line("14.5", 6, "compressed", ("14.5-compression",)),
    Line("14.5", 7, "the test file deleted", otherwise=_ALWAYS),
    Line("15.1", 1, "both Config rules passing", ("15.1-rules-compliant",)),
    Line("15.1", 2, "non-compliant resources reviewed", ("15.1-no-offenders",)),
    Line("15.1", 3, "and mended", otherwise=_REMEDY),
    Line("15.1", 4, "compliance documented", otherwise=_EVIDENCE),
    Line("15.2", 1, "no sensitive port open to everywhere", ("15.2-least-privilege",)),
    Line("15.2", 2, "encrypted at rest", ("15.2-encrypted-at-rest", "12.1-bucket-encryption")),
    Line(
        "15.2",
        3,
        "encrypted in transit",
        ("15.2-encrypted-in-transit", "7.1-database-tls", "13.1-viewer-tls"),
    ),
    Line("15.2", 4, "CloudTrail logging", ("15.2-trail-delivery", "13.1-trail")),
    Line("15.2", 5, "log file validation", ("15.2-trail-validation",)),
    Line("15.2", 6, "group rules reviewed", ("15.2-group-review", "7.1-security-groups")),
    Line("15.3", 1, "the deployment's calls reviewed", ("15.3-deployment-calls",)),
    Line("15.3", 2, "no unauthorized attempts", ("15.3-denied-calls",)),
    Line("15.3", 3, "only known callers", ("15.3-callers",)),
    Line("15.3", 4, "findings documented", otherwise=_EVIDENCE),
)


@cache
def sections_of(check: str) -> frozenset[str]:
    """The tasks whose lines a check answers."""
    return frozenset(line.task for line in LINES if check in line.checks)
