"""Properties that guard something, in every type that has them, and how safe each of their values is.

A property is known by its last step or its last two; `absent` is what it means not to say it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final, NamedTuple, TypeAlias

from showcore_cfn.review.security import Area
from showcore_cfn.review.values import Value, text_of

Rank: TypeAlias = Callable[[Value], float | None]  # how safe a value is; None where it cannot be said


class Guard(NamedTuple):
    """A property that guards something, by the last steps of its place."""

    area: Area
    rank: Rank
    absent: float | None  # how safe it is not to say it; None where that says nothing


def is_true(value: Value) -> float | None:
    return {"true": 1.0, "false": 0.0, "1": 1.0, "0": 0.0}.get(text_of(value).lower())


def is_false(value: Value) -> float | None:
    found = is_true(value)
    return None if found is None else 1.0 - found


def is_set(_value: Value) -> float | None:
    return 1.0


def _number(value: Value) -> float | None:
    try:
        return float(text_of(value))
    except ValueError:
        return None


def _order(*values: str) -> Rank:
    """The safest last; several of the same rank stand together, divided by `|`."""
    ranks = {name: float(rank) for rank, names in enumerate(values) for name in names.split("|")}
    return lambda value: ranks.get(text_of(value).lower())


def _on(area: Area, *names: str, absent: float | None = 0.0) -> Iterator[tuple[str, Guard]]:
    for name in names:
        yield name, Guard(area, is_true, absent)


def _off(area: Area, *names: str) -> Iterator[tuple[str, Guard]]:
    for name in names:
        yield name, Guard(area, is_false, 1.0)


def _said(area: Area, *names: str) -> Iterator[tuple[str, Guard]]:
    for name in names:
        yield name, Guard(area, is_set, 0.0)


def _more(area: Area, *names: str) -> Iterator[tuple[str, Guard]]:
    for name in names:
        yield name, Guard(area, _number, 0.0)


_TLS = _order("sslv3", "tlsv1", "tlsv1_2016", "tlsv1.1_2016", "tlsv1.2_2018", "tlsv1.2_2019", "tlsv1.2_2021")

GUARDS: Final[Mapping[str, Guard]] = dict(
    (
        *_on(Area.ENCRYPTION, "StorageEncrypted", "Encrypted", "AtRestEncryptionEnabled"),
        *_on(
            Area.ENCRYPTION,
            "TransitEncryptionEnabled",
            "SSEEnabled",
            "EncryptionEnabled",
            "EnableKeyRotation",
        ),
        *_on(Area.ENCRYPTION, "NodeToNodeEncryptionOptions.Enabled", "EncryptionAtRestOptions.Enabled"),
        *_on(Area.ENCRYPTION, "EnforceHTTPS", "rds.force_ssl", "require_secure_transport"),
        *_on(Area.ENCRYPTION, "SqsManagedSseEnabled", absent=None),
        *_said(Area.ENCRYPTION, "BucketEncryption", "KmsKeyId", "KMSKeyId", "KmsMasterKeyId", "KmsKeyArn"),
        *_said(Area.ENCRYPTION, "EncryptionKeyArn", "EncryptionConfiguration"),
        (
            "ViewerProtocolPolicy",
            Guard(Area.ENCRYPTION, _order("allow-all", "redirect-to-https|https-only"), None),
        ),
        ("MinimumProtocolVersion", Guard(Area.ENCRYPTION, _TLS, 1.0)),
        ("TransitEncryptionMode", Guard(Area.ENCRYPTION, _order("preferred", "required"), None)),
        ("SSEAlgorithm", Guard(Area.ENCRYPTION, _order("aes256", "aws:kms", "aws:kms:dsse"), None)),
        *_on(Area.LOGGING, "IsLogging", "EnableLogFileValidation", "IsMultiRegionTrail"),
        *_on(Area.LOGGING, "IncludeGlobalServiceEvents", absent=None),
        *_said(
            Area.LOGGING, "LoggingConfiguration", "AccessLogSetting", "CloudWatchLogsLogGroupArn", "Logging"
        ),
        *_said(Area.LOGGING, "LogDeliveryConfigurations", "DistributionConfig.Logging"),
        *_said(Area.LOGGING, "EnableCloudwatchLogsExports.*"),
        ("RetentionInDays", Guard(Area.LOGGING, _number, float("inf"))),
        *_on(
            Area.PUBLIC, "BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"
        ),
        *_off(Area.PUBLIC, "PubliclyAccessible", "MapPublicIpOnLaunch", "AssociatePublicIpAddress"),
        *_off(Area.PUBLIC, "EndpointPublicAccess", "AllowUnauthenticatedIdentities"),
        ("Scheme", Guard(Area.PUBLIC, _order("internet-facing", "internal"), 0.0)),
        ("AuthType", Guard(Area.PUBLIC, _order("none", "aws_iam"), None)),
        (
            "AuthorizationType",
            Guard(Area.PUBLIC, _order("none", "aws_iam|custom|cognito_user_pools|jwt"), 0.0),
        ),
        (
            "ObjectOwnership",
            Guard(Area.PUBLIC, _order("objectwriter|bucketownerpreferred", "bucketownerenforced"), None),
        ),
        (
            "AccessControl",
            Guard(
                Area.PUBLIC,
                _order("publicreadwrite", "publicread", "authenticatedread", "private|logdeliverywrite"),
                3.0,
            ),
        ),
        *_on(Area.PROTECTION, "DeletionProtection", "DeletionProtectionEnabled", "DisableApiTermination"),
        *_on(Area.PROTECTION, "PointInTimeRecoveryEnabled", "EnableTerminationProtection"),
        *_on(Area.PROTECTION, "AutoMinorVersionUpgrade", absent=None),
        *_more(Area.PROTECTION, "BackupRetentionPeriod", "SnapshotRetentionLimit", "DeleteAfterDays"),
        ("VersioningConfiguration.Status", Guard(Area.PROTECTION, _order("suspended", "enabled"), 0.0)),
        ("HttpTokens", Guard(Area.PROTECTION, _order("optional", "required"), 0.0)),
        ("MfaConfiguration", Guard(Area.PROTECTION, _order("off", "optional", "on"), 0.0)),
        ("ImageTagMutability", Guard(Area.PROTECTION, _order("mutable", "immutable"), 0.0)),
        *_said(Area.PROTECTION, "WebACLId", "LockConfiguration", "ObjectLockConfiguration"),
    )
)

# Resources that watch or protect others while they exist.
WATCHERS: Final[Mapping[str, tuple[Area, str]]] = {
    "AWS::CloudTrail::Trail": (Area.LOGGING, "API calls are no longer recorded by it"),
    "AWS::EC2::FlowLog": (Area.LOGGING, "network flows are no longer recorded by it"),
    "AWS::Config::ConfigurationRecorder": (Area.LOGGING, "configurations are no longer recorded"),
    "AWS::Config::ConfigRule": (Area.LOGGING, "its rule is no longer checked"),
    "AWS::GuardDuty::Detector": (Area.LOGGING, "threats are no longer looked for"),
    "AWS::Logs::Delivery": (Area.LOGGING, "its logs are no longer delivered"),
    "AWS::CloudWatch::Alarm": (Area.LOGGING, "nobody is alerted by it any more"),
    "AWS::Backup::BackupPlan": (Area.PROTECTION, "its backups are no longer made"),
    "AWS::Backup::BackupSelection": (Area.PROTECTION, "what it selects is no longer backed up"),
    "AWS::WAFv2::WebACLAssociation": (Area.PROTECTION, "the web ACL no longer stands before it"),
    "AWS::S3::BucketPolicy": (Area.ACCESS, "what it denies is no longer denied"),
}
