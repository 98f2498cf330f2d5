"""Resource types that ministack's CloudFormation lacks: CDN metrics, access logs, backup selections."""

from __future__ import annotations

from typing import Any

from .call import call
from .resource_type import Made, Properties, ResourceType, tag_map, without

# --- CloudFront -----------------------------------------------------------------------------------


def _create_monitoring(_name: str, properties: Properties) -> Made:
    call("cloudfront", "create_monitoring_subscription", **properties)
    return properties["DistributionId"], {}


def _delete_monitoring(distribution: str, _properties: Properties) -> None:
    call("cloudfront", "delete_monitoring_subscription", DistributionId=distribution)


# --- CloudWatch Logs: standard logging v2 ---------------------------------------------------------


def _create_source(_name: str, properties: Properties) -> Made:
    described = without(properties, "Tags", "DeliverySourceConfiguration")
    made = call("logs", "put_delivery_source", **described, tags=tag_map(properties) or None)[
        "deliverySource"
    ]
    return made["name"], {"Arn": made["arn"], "Service": made.get("service", "")}


def _update_source(_source: str, _old: Properties, new: Properties) -> Made:
    return _create_source("", new)


def _delete_source(source: str, _properties: Properties) -> None:
    call("logs", "delete_delivery_source", name=source)


def _create_destination(_name: str, properties: Properties) -> Made:
    target: dict[str, Any] = {"destinationResourceArn": properties["DestinationResourceArn"]}
    made = call(
        "logs",
        "put_delivery_destination",
        deliveryDestinationConfiguration=target,
        tags=tag_map(properties) or None,
        **without(properties, "Tags", "DestinationResourceArn", "DeliveryDestinationPolicy"),
    )["deliveryDestination"]
    return made["name"], {
        "Arn": made["arn"],
        "DeliveryDestinationType": made.get("deliveryDestinationType", ""),
    }


def _update_destination(_destination: str, _old: Properties, new: Properties) -> Made:
    return _create_destination("", new)


def _delete_destination(destination: str, _properties: Properties) -> None:
    call("logs", "delete_delivery_destination", name=destination)


def _create_delivery(_name: str, properties: Properties) -> Made:
    made = call("logs", "create_delivery", **_delivery(properties), tags=tag_map(properties) or None)[
        "delivery"
    ]
    return made["id"], {"DeliveryId": made["id"], "Arn": made["arn"]}


def _delivery(properties: Properties) -> Properties:
    """CloudFormation writes the S3 layout flat, the API nests it."""
    layout = {
        "suffixPath": properties.get("S3SuffixPath"),
        "enableHiveCompatiblePath": properties.get("S3EnableHiveCompatiblePath"),
    }
    given = {name: value for name, value in layout.items() if value is not None}
    described = without(properties, "Tags", "S3SuffixPath", "S3EnableHiveCompatiblePath")
    return {**described, **({"s3DeliveryConfiguration": given} if given else {})}


def _delete_delivery(delivery: str, _properties: Properties) -> None:
    call("logs", "delete_delivery", id=delivery)


# --- Backup ---------------------------------------------------------------------------------------


def _create_selection(_name: str, properties: Properties) -> Made:
    made = call("backup", "create_backup_selection", **properties)
    plan, selection = properties["BackupPlanId"], made["SelectionId"]
    return selection, {"Id": selection, "SelectionId": selection, "BackupPlanId": plan}


def _delete_selection(selection: str, properties: Properties) -> None:
    call("backup", "delete_backup_selection", BackupPlanId=properties["BackupPlanId"], SelectionId=selection)


TYPES: dict[str, ResourceType] = {
    "AWS::Backup::BackupSelection": ResourceType(_create_selection, _delete_selection),
    "AWS::CloudFront::MonitoringSubscription": ResourceType(_create_monitoring, _delete_monitoring),
    "AWS::Logs::Delivery": ResourceType(_create_delivery, _delete_delivery),
    "AWS::Logs::DeliveryDestination": ResourceType(
        _create_destination, _delete_destination, _update_destination
    ),
    "AWS::Logs::DeliverySource": ResourceType(_create_source, _delete_source, _update_source),
}
