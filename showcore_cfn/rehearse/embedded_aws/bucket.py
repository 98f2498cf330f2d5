"""Buckets: ministack's CloudFormation keeps some of their properties; the others are put here.

Each aspect of a bucket has a call that puts it and one that takes it away. CloudFormation and the S3 API spell
the same things differently.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .call import call
from .resource_type import Handler, Made, Properties, tag_map


@dataclass(frozen=True, slots=True)
class Aspect:
    """One property of a bucket."""

    property: str
    put: str  # the operation
    argument: str  # its member
    spelled: Callable[[Any], Any]  # the property's value as the API wants it
    delete: str = ""  # the operation that takes it away; without one, an empty argument is put


def repaired(handler: Handler) -> Handler:
    """ministack's handler, followed by what it leaves out."""

    def create(logical_id: str, properties: Properties, stack: str) -> Made:
        bucket, attributes = handler["create"](logical_id, properties, stack)
        _configure(bucket, {}, properties)
        return bucket, attributes

    def update(bucket: str, old: Properties, new: Properties, stack: str, _logical_id: str) -> Made:
        made, attributes = handler["update"](bucket, old, new, stack)
        _configure(made, old if made == bucket else {}, new)
        return made, attributes

    def delete(bucket: str, properties: Properties) -> None:
        _configure_metrics(bucket, properties, {})
        handler["delete"](bucket, properties)

    return {**handler, "create": create, "update": update, "update_with_logical_id": True, "delete": delete}


def _configure(bucket: str, old: Properties, new: Properties) -> None:
    """Put what the template says, and take away what it no longer says."""
    for aspect in ASPECTS:
        if new.get(aspect.property):
            argument = aspect.spelled(new[aspect.property])
            call("s3", aspect.put, Bucket=bucket, **{aspect.argument: argument})
        elif old.get(aspect.property) and aspect.delete:
            call("s3", aspect.delete, Bucket=bucket)
        elif old.get(aspect.property):
            call("s3", aspect.put, Bucket=bucket, **{aspect.argument: {}})
    _configure_metrics(bucket, old, new)


def _configure_metrics(bucket: str, old: Properties, new: Properties) -> None:
    wanted = [each["Id"] for each in new.get("MetricsConfigurations") or []]
    for gone in [each["Id"] for each in old.get("MetricsConfigurations") or [] if each["Id"] not in wanted]:
        call("s3", "delete_bucket_metrics_configuration", Bucket=bucket, Id=gone)
    for name in wanted:
        put = {"Id": name, "MetricsConfiguration": {"Id": name}}
        call("s3", "put_bucket_metrics_configuration", Bucket=bucket, **put)


def _tag_set(tags: Any) -> Properties:
    return {"TagSet": [{"Key": key, "Value": value} for key, value in tag_map({"Tags": tags}).items()]}


def _encryption(encryption: Properties) -> Properties:
    rules = encryption["ServerSideEncryptionConfiguration"]
    renamed = {"ServerSideEncryptionByDefault": "ApplyServerSideEncryptionByDefault"}
    return {"Rules": [{renamed.get(name, name): value for name, value in rule.items()} for rule in rules]}


def _logging(logging: Properties) -> Properties:
    named = {"DestinationBucketName": "TargetBucket", "LogFilePrefix": "TargetPrefix"}
    prefix = {"LogFilePrefix": ""}
    return {"LoggingEnabled": {named.get(name, name): value for name, value in {**prefix, **logging}.items()}}


_AGE = {
    "TransitionInDays": "Days",
    "TransitionDate": "Date",
    "ExpirationInDays": "Days",
    "ExpirationDate": "Date",
    "ExpiredObjectDeleteMarker": "ExpiredObjectDeleteMarker",
}
_SAME_IN_BOTH = ("Status", "NoncurrentVersionExpiration", "AbortIncompleteMultipartUpload")


def lifecycle_rule(rule: Properties) -> Properties:
    """A rule of the template as the API spells it: `ExpirationInDays` becomes `Expiration: {Days}`."""
    made: Properties = {name: rule[name] for name in _SAME_IN_BOTH if name in rule}
    made["Filter"] = {"Prefix": rule.get("Prefix", "")}
    if "Id" in rule:
        made["ID"] = rule["Id"]
    for name in ("Transitions", "NoncurrentVersionTransitions"):
        if name in rule:
            made[name] = [_renamed(each) for each in rule[name]]
    expiration = _renamed({name: value for name, value in rule.items() if name.startswith("Expir")})
    return {**made, **({"Expiration": expiration} if expiration else {})}


def _renamed(aged: Properties) -> Properties:
    return {_AGE.get(name, name): value for name, value in aged.items()}


ASPECTS = (
    Aspect("Tags", "put_bucket_tagging", "Tagging", _tag_set, "delete_bucket_tagging"),
    Aspect(
        "LifecycleConfiguration",
        "put_bucket_lifecycle_configuration",
        "LifecycleConfiguration",
        lambda lifecycle: {"Rules": [lifecycle_rule(rule) for rule in lifecycle["Rules"]]},
        "delete_bucket_lifecycle",
    ),
    Aspect(
        "BucketEncryption",
        "put_bucket_encryption",
        "ServerSideEncryptionConfiguration",
        _encryption,
        "delete_bucket_encryption",
    ),
    Aspect(
        "OwnershipControls",
        "put_bucket_ownership_controls",
        "OwnershipControls",
        lambda controls: controls,
        "delete_bucket_ownership_controls",
    ),
    Aspect("LoggingConfiguration", "put_bucket_logging", "BucketLoggingStatus", _logging),
)
