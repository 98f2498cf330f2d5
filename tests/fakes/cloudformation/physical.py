"""Physical names and attributes: what a resource is called once it exists, and what GetAtt tells of it."""

from __future__ import annotations

import hashlib

from showcore_cfn.template.json_types import Json
from showcore_cfn.template.schemas import schema
from tests.fakes.cloudformation.evaluation import text

_EC2 = {
    "VPC": "vpc",
    "Subnet": "subnet",
    "InternetGateway": "igw",
    "RouteTable": "rtb",
    "SecurityGroup": "sg",
    "VPCEndpoint": "vpce",
    "SubnetRouteTableAssociation": "rtbassoc",
}
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
_LOWER = frozenset({"AWS::S3::Bucket", "AWS::RDS::DBInstance", "AWS::ElastiCache::ReplicationGroup"})
_ARNS = {
    "AWS::S3::Bucket": "arn:aws:s3:::{name}",
    "AWS::IAM::Role": "arn:aws:iam::{account}:role/{name}",
    "AWS::IAM::InstanceProfile": "arn:aws:iam::{account}:instance-profile/{name}",
    "AWS::RDS::DBInstance": "arn:aws:rds:{region}:{account}:db:{name}",
    "AWS::CloudFront::Distribution": "arn:aws:cloudfront::{account}:distribution/{name}",
    "AWS::Backup::BackupVault": "arn:aws:backup:{region}:{account}:backup-vault:{name}",
    "AWS::Logs::LogGroup": "arn:aws:logs:{region}:{account}:log-group:{name}:*",
}
_PORTS = {"AWS::RDS::DBInstance": "5432", "AWS::ElastiCache::ReplicationGroup": "6379"}


def digest(*parts: str) -> bytes:
    """Bytes that are always the same for the same parts: nothing here is left to chance."""
    return hashlib.sha256("\n".join(parts).encode()).digest()


def suffix(*parts: str) -> str:
    """Twelve letters and digits, as CloudFormation appends to the names it makes."""
    return "".join(_LETTERS[byte % len(_LETTERS)] for byte in digest(*parts)[:12])


def uuid(*parts: str) -> str:
    """An identifier in the form of a UUID."""
    found = digest(*parts).hex()
    return f"{found[:8]}-{found[8:12]}-11ef-{found[12:16]}-{found[16:28]}"


def physical_id(
    stack_name: str, logical_id: str, kind: str, properties: dict[str, Json], place: str, seed: str
) -> str:
    """The name of a new resource; `place` is `region:account`."""
    name = own_name(kind, properties)
    region, account = place.split(":")
    made = f"{stack_name}-{logical_id}-{suffix(stack_name, logical_id, seed)}"
    if kind in _LOWER:
        made = made.lower()
    service, _, thing = kind.removeprefix("AWS::").partition("::")
    if service == "EC2" and thing in _EC2:
        return f"{_EC2[thing]}-0{digest(made).hex()[:16]}"
    if kind == "AWS::SNS::Topic":
        return f"arn:aws:sns:{region}:{account}:{name or made}"
    if kind == "AWS::SQS::Queue":
        return f"https://sqs.{region}.amazonaws.com/{account}/{name or made}"
    if kind == "AWS::IAM::ManagedPolicy":
        return f"arn:aws:iam::{account}:policy/{name or made}"
    return name or made


def own_name(kind: str, properties: dict[str, Json]) -> str:
    """The name that the template itself gives the resource, or nothing."""
    described = schema(kind)
    if described is None:
        return ""
    paths = [path for path in (*described.primary_identifier, *described.other_identifiers) if len(path) == 1]
    paths += [path for path in described.create_only if len(path) == 1 and path[0].endswith("Name")]
    for path in paths:
        value = properties.get(path[0])
        if isinstance(value, str) and value and (path[0].endswith(("Name", "Identifier", "Id", "Family"))):
            return value
    return ""


def attribute(kind: str, physical: str, properties: dict[str, Json], name: str, place: str) -> str:
    """What GetAtt tells."""
    region, account = place.split(":")
    service = kind.split("::")[1].lower() if "::" in kind else "custom"
    if name in properties and not isinstance(properties[name], (dict, list)):
        return text(properties[name])
    if name.endswith("Arn"):
        return physical if physical.startswith("arn:") else _arn(kind, physical, region, account)
    if name.endswith("Port"):
        return _PORTS.get(kind, "443")
    if name.endswith(("Address", "DomainName")):
        return f"{physical.lower()}.{digest(physical).hex()[:12]}.{region}.{service}.amazonaws.com"
    if name.endswith(("Id", "Name")):
        return physical.rpartition(":")[2] if physical.startswith("arn:") else physical
    return f"{physical}.{name}"


def _arn(kind: str, name: str, region: str, account: str) -> str:
    service = kind.split("::")[1].lower() if "::" in kind else "custom"
    name = name.rpartition("/")[2] if name.startswith("https:") else name  # a queue's Ref is its address
    form = _ARNS.get(kind, "arn:aws:{service}:{region}:{account}:{name}")
    return form.format(service=service, region=region, account=account, name=name)
