"""The resource types that ministack makes differently from AWS: its own handler, and then what was missing.

Every repair takes the handler that ministack has and returns one that also does, or answers, what AWS does.
"""

from __future__ import annotations

import json
from collections.abc import Callable

from . import bucket
from .call import call
from .resource_type import Handler, Made, Properties


def _vpc(handler: Handler) -> Handler:
    """GetAtt CidrBlock is missing."""
    return _answering(handler, lambda _id, properties: {"CidrBlock": properties.get("CidrBlock", "")})


def _instance_profile(handler: Handler) -> Handler:
    """Ref is the ARN; AWS gives the name."""

    def create(logical_id: str, properties: Properties, stack: str) -> Made:
        arn, attributes = handler["create"](logical_id, properties, stack)
        return arn.rsplit("/", 1)[-1], attributes

    def update(name: str, old: Properties, new: Properties, stack: str, logical_id: str) -> Made:
        arn, attributes = handler["update"](_profile_arn(name), old, new, stack, logical_id)
        return arn.rsplit("/", 1)[-1], attributes

    def delete(name: str, properties: Properties) -> None:
        handler["delete"](_profile_arn(name), properties)

    return {**handler, "create": create, "update": update, "delete": delete}


def _profile_arn(name: str) -> str:
    profile = call("iam", "get_instance_profile", InstanceProfileName=name)["InstanceProfile"]
    return str(profile["Arn"])


def _database(handler: Handler) -> Handler:
    """A managed master password makes no secret."""

    def attributes(database: str, properties: Properties) -> dict[str, str]:
        if str(properties.get("ManageMasterUserPassword", "")).lower() != "true":
            return {}
        return {"MasterUserSecret.SecretArn": _master_secret(database, properties)}

    def delete(database: str, properties: Properties) -> None:
        handler["delete"](database, properties)
        for secret in _secrets_of(database):
            call("secretsmanager", "delete_secret", SecretId=secret, ForceDeleteWithoutRecovery=True)

    return {**_answering(handler, attributes), "delete": delete}


def _master_secret(database: str, properties: Properties) -> str:
    found = _secrets_of(database)
    if found:
        return found[0]
    value = {"username": properties.get("MasterUsername", "postgres"), "password": "rehearsal"}
    made = call("secretsmanager", "create_secret", Name=f"rds!db-{database}", SecretString=json.dumps(value))
    return str(made["ARN"])


def _secrets_of(database: str) -> list[str]:
    listed = call("secretsmanager", "list_secrets")["SecretList"]
    return [secret["ARN"] for secret in listed if secret["Name"] == f"rds!db-{database}"]


def _alarm(handler: Handler) -> Handler:
    """An alarm over an expression is refused: its first metric stands for it."""

    def simplified(properties: Properties) -> Properties:
        measured = [each["MetricStat"] for each in properties.get("Metrics") or [] if "MetricStat" in each]
        if not measured:
            return properties
        first = measured[0]
        return {
            **{name: value for name, value in properties.items() if name != "Metrics"},
            "Namespace": first["Metric"]["Namespace"],
            "MetricName": first["Metric"]["MetricName"],
            "Dimensions": first["Metric"].get("Dimensions", []),
            "Statistic": first["Stat"],
            "Period": first["Period"],
        }

    def create(logical_id: str, properties: Properties, stack: str) -> Made:
        made: Made = handler["create"](logical_id, simplified(properties), stack)
        return made

    def update(alarm: str, old: Properties, new: Properties, stack: str, logical_id: str) -> Made:
        made: Made = handler["update"](alarm, simplified(old), simplified(new), stack, logical_id)
        return made

    return {**handler, "create": create, "update": update, "update_with_logical_id": True}


def _answering(handler: Handler, more: Callable[[str, Properties], dict[str, str]]) -> Handler:
    """The handler, answering `more` attributes after each create and update."""

    def create(logical_id: str, properties: Properties, stack: str) -> Made:
        made, attributes = handler["create"](logical_id, properties, stack)
        return made, {**attributes, **more(made, properties)}

    def update(physical_id: str, old: Properties, new: Properties, stack: str, logical_id: str) -> Made:
        last = (logical_id,) if handler.get("update_with_logical_id") else ()
        made, attributes = handler["update"](physical_id, old, new, stack, *last)
        return made, {**attributes, **more(made, new)}

    return {**handler, "create": create, "update": update, "update_with_logical_id": True}


REPAIRS: dict[str, Callable[[Handler], Handler]] = {
    "AWS::CloudWatch::Alarm": _alarm,
    "AWS::EC2::VPC": _vpc,
    "AWS::IAM::InstanceProfile": _instance_profile,
    "AWS::RDS::DBInstance": _database,
    "AWS::S3::Bucket": bucket.repaired,
}
