"""Edits of template documents, for the variants that no setting reaches. Each leaves what it is not about."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from showcore_cfn.cost.source import Body, Edit, Source
from showcore_cfn.template.json_types import Json

ENDPOINT = "AWS::EC2::VPCEndpoint"


def _with(resource: Body, properties: Body, **changed: Json) -> Body:
    return {**resource, "Properties": {**properties, **changed}}


def in_zones(count: int) -> Edit:
    def edit(_: str, resource: Body, properties: Body) -> Body:
        if resource.get("Type") != ENDPOINT or properties.get("VpcEndpointType") != "Interface":
            return resource
        subnets = properties.get("SubnetIds")
        if isinstance(subnets, list) and len(subnets) >= count:
            return _with(resource, properties, SubnetIds=subnets[:count])
        return _with(resource, properties, SubnetIds=[f"subnet of zone {n + 1}" for n in range(count)])

    return edit


def without_request_metrics(_: str, resource: Body, properties: Body) -> Body:
    if resource.get("Type") != "AWS::S3::Bucket" or "MetricsConfigurations" not in properties:
        return resource
    kept = {name: value for name, value in properties.items() if name != "MetricsConfigurations"}
    return {**resource, "Properties": kept}


def without(kind: str) -> Edit:
    return lambda _, resource, __: None if resource.get("Type") == kind else resource


def multi_zone(_: str, resource: Body, properties: Body) -> Body:
    if resource.get("Type") == "AWS::RDS::DBInstance" and properties.get("MultiAZ") is not True:
        return _with(resource, {k: v for k, v in properties.items() if k != "AvailabilityZone"}, MultiAZ=True)
    if (
        resource.get("Type") == "AWS::ElastiCache::ReplicationGroup"
        and properties.get("NumCacheClusters") == 1
    ):
        kept = {k: v for k, v in properties.items() if k != "PreferredCacheClusterAZs"}
        spread: Body = {"NumCacheClusters": 2, "MultiAZEnabled": True, "AutomaticFailoverEnabled": True}
        return _with(resource, kept, **spread)
    return resource


def graviton(_: str, resource: Body, properties: Body) -> Body:
    for name in ("DBInstanceClass", "CacheNodeType"):
        value = properties.get(name)
        if isinstance(value, str) and ".t3." in value:
            return _with(resource, properties, **{name: value.replace(".t3.", ".t4g.")})
    return resource


def valkey(_: str, resource: Body, properties: Body) -> Body:
    if str(resource.get("Type")).startswith("AWS::ElastiCache::") and properties.get("Engine") == "redis":
        return _with(resource, properties, Engine="valkey", EngineVersion="7.2")
    if properties.get("CacheParameterGroupFamily") == "redis7":
        return _with(resource, properties, CacheParameterGroupFamily="valkey7")
    return resource


def nat_instead(source: Source) -> Source | None:
    """One NAT gateway with its address where the interface endpoints stood."""
    home = next(
        (name for name, document in source.templates.documents.items() if _has_endpoint(document.body)), None
    )
    without = source.edited(drop_endpoint(lambda _: True))
    if home is None or without is None:
        return None
    document = without.templates.documents[home]
    resources = document.body.get("Resources")
    assert isinstance(resources, dict)  # the endpoints stood there
    address: Body = {"Type": "AWS::EC2::EIP", "Properties": {"Domain": "vpc"}}
    subnet = next(
        (name for name, r in resources.items() if isinstance(r, dict) and _is_subnet(r)), "PublicSubnet"
    )
    allocation: Json = {"Fn::GetAtt": ["NatAddress", "AllocationId"]}
    gateway: Body = {
        "Type": "AWS::EC2::NatGateway",
        "Properties": {"AllocationId": allocation, "SubnetId": {"Ref": subnet}},
    }
    body = {**document.body, "Resources": {**resources, "NatAddress": address, "NatGateway": gateway}}
    documents = {**without.templates.documents, home: replace(document, body=body)}
    return replace(without, templates=without.templates._replace(documents=documents))


def _is_subnet(resource: Body) -> bool:
    return resource.get("Type") == "AWS::EC2::Subnet"


def _has_endpoint(body: Body) -> bool:
    resources = body.get("Resources")
    found = resources.values() if isinstance(resources, dict) else ()
    return any(isinstance(resource, dict) and is_interface(resource) for resource in found)


def is_interface(resource: Body) -> bool:
    properties = resource.get("Properties")
    kind = properties.get("VpcEndpointType") if isinstance(properties, dict) else None
    return resource.get("Type") == ENDPOINT and kind == "Interface"


def drop_endpoint(chosen: Callable[[str], bool]) -> Edit:
    return lambda path, resource, _: None if is_interface(resource) and chosen(path) else resource
