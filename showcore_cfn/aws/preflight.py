"""The questions of `deploy.preflight.account` over boto3; all of them only look."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from showcore_cfn.aws.call import action, asked
from showcore_cfn.aws.failures import AwsError, Refused
from showcore_cfn.aws.preflight_names import taken
from showcore_cfn.aws.translate import explain
from showcore_cfn.deploy.preflight.account import Monitor, Trail, Zone

_VPC_QUOTA = "L-F678F1CE"
_PENDING = "PendingConfirmation"
_PHYSICAL_IDS = {  # where it is not the name
    "AWS::SNS::Topic": "arn:aws:sns:{region}:{account}:{name}",
    "AWS::SQS::Queue": "https://sqs.{region}.amazonaws.com/{account}/{name}",
}


class Clients(Protocol):
    """What the gateway needs of `session.Session`."""

    def client(self, service: str) -> Any:
        """A boto3 client."""
        ...


class AccountGateway:
    """`deploy.preflight.account.Account` over boto3."""

    def __init__(self, clients: Clients, profile: str | None, account_id: str, region: str) -> None:
        self._clients = clients
        self._profile = profile
        self._account_id = account_id
        self._region = region

    def zones(self) -> tuple[Zone, ...]:
        """The zones of the region."""
        found = self._ask("ec2", "describe_availability_zones", AllAvailabilityZones=False)
        return tuple(Zone(z["ZoneName"], z["ZoneId"], z["State"]) for z in found["AvailabilityZones"])

    def recorders(self) -> tuple[str, ...]:
        """AWS Config's recorders, but for those that services make for themselves."""
        found = self._ask("config", "describe_configuration_recorders")["ConfigurationRecorders"]
        return tuple(r["name"] for r in found if not r.get("servicePrincipal"))

    def channels(self) -> tuple[str, ...]:
        """AWS Config's delivery channels."""
        found = self._ask("config", "describe_delivery_channels")["DeliveryChannels"]
        return tuple(channel["name"] for channel in found)

    def trails(self) -> tuple[Trail, ...]:
        """The trails that record this region."""
        found = self._ask("cloudtrail", "describe_trails", includeShadowTrails=True)["trailList"]
        return tuple(Trail(trail["Name"], trail.get("HomeRegion", "")) for trail in found)

    def monitors(self) -> tuple[Monitor, ...]:
        """The cost anomaly monitors, all pages."""
        found: list[Monitor] = []
        token: str | None = None
        while True:
            page = self._ask("ce", "get_anomaly_monitors", NextPageToken=token)
            found += [Monitor(m["MonitorName"], m["MonitorType"]) for m in page["AnomalyMonitors"]]
            token = page.get("NextPageToken")
            if not token:
                return tuple(found)

    def plan(self) -> tuple[str, str] | None:
        """The account's plan; the service does not know accounts from before there were plans."""
        try:
            found = self._ask("freetier", "get_account_plan_state")
        except AwsError as error:
            if error.code == "ResourceNotFoundException":
                return None
            raise
        return str(found["accountPlanType"]), str(found["accountPlanStatus"])

    def engine_versions(self, engine: str, version: str) -> tuple[str, ...]:
        """The versions of a database engine that begin so, oldest first."""
        found = self._pages("rds", "describe_db_engine_versions", "DBEngineVersions", Engine=engine)
        return tuple(sorted(_beginning(version, found), key=_number))

    def zones_of_class(self, engine: str, version: str, instance_class: str) -> frozenset[str]:
        """The zones in which RDS offers an instance class in a VPC."""
        options = self._pages(
            *("rds", "describe_orderable_db_instance_options", "OrderableDBInstanceOptions"),
            Engine=engine,
            EngineVersion=version,
            DBInstanceClass=instance_class,
            Vpc=True,
        )
        return frozenset(str(zone["Name"]) for option in options for zone in option["AvailabilityZones"])

    def cache_versions(self, engine: str, version: str) -> tuple[str, ...]:
        """The versions of a cache engine that begin so."""
        found = self._pages(
            "elasticache", "describe_cache_engine_versions", "CacheEngineVersions", Engine=engine
        )
        return tuple(_beginning(version, found))

    def unconfirmed(self, topic_arn: str) -> tuple[str, ...] | None:
        """The addresses that have not confirmed yet; None where there is no such topic."""
        try:
            found = self._pages("sns", "list_subscriptions_by_topic", "Subscriptions", TopicArn=topic_arn)
        except AwsError as error:
            if error.code in ("NotFound", "NotFoundException"):
                return None
            raise
        return tuple(str(s["Endpoint"]) for s in found if s["SubscriptionArn"] == _PENDING)

    def networks(self) -> int:
        """How many VPCs the region has."""
        return len(self._pages("ec2", "describe_vpcs", "Vpcs"))

    def most_networks(self) -> int:
        """How many it may have."""
        found = self._ask("service-quotas", "get_service_quota", ServiceCode="vpc", QuotaCode=_VPC_QUOTA)
        return int(found["Quota"]["Value"])

    def has_role(self, name: str) -> bool:
        """Whether there is a role of this name."""
        return bool(taken(self._ask, "AWS::IAM::Role", [name], self._account_id, self._region))

    def taken(self, resource_type: str, names: Iterable[str]) -> Mapping[str, str]:
        """Those of the names that are in use, and whose they are."""
        return taken(self._ask, resource_type, names, self._account_id, self._region)

    def owner(self, resource_type: str, name: str) -> str | None:
        """The stack that a resource belongs to."""
        physical_id = _PHYSICAL_IDS.get(resource_type, "{name}").format(
            region=self._region, account=self._account_id, name=name
        )
        try:
            found = self._ask("cloudformation", "describe_stack_resources", PhysicalResourceId=physical_id)
        except AwsError as error:
            if error.code == "ValidationError":  # "Stack for <id> does not exist"
                return None
            raise
        resources = found.get("StackResources") or ()
        return str(resources[0]["StackName"]) if resources else None

    def _ask(self, service: str, method: str, **given: Any) -> dict[str, Any]:
        return asked(self._clients.client(service), method, self._profile, **given)

    def _pages(self, service: str, method: str, key: str, **given: Any) -> list[dict[str, Any]]:
        client = self._clients.client(service)
        try:
            pages = client.get_paginator(method).paginate(**given)
            return [item for page in pages for item in page.get(key) or ()]
        except (ClientError, BotoCoreError) as error:
            said = explain(error, action(client, method), self._profile)
            raise said or Refused(str(error)) from error


def _beginning(version: str, found: Iterable[Mapping[str, Any]]) -> list[str]:
    """Those that are this version or a minor one of it: `16` takes 16.4, and not 160."""
    versions = (str(each["EngineVersion"]) for each in found)
    return [each for each in versions if each == version or each.startswith(f"{version}.")]


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdigit())
