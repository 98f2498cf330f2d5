"""What a deletion of the nest takes, keeps and snapshots, and what the rest costs a month.

By the DeletionPolicy that each resource was deployed with:
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial
from typing import Protocol

from showcore_cfn.aws.failures import AwsError, Missing
from showcore_cfn.aws.gateways import CloudFormation
from showcore_cfn.cost.price_list import PriceList
from showcore_cfn.deploy.contents import contents
from showcore_cfn.deploy.parallel import together
from showcore_cfn.review import known
from showcore_cfn.review.resolve import Nest, Resource
from showcore_cfn.template.json_types import Json

GIB = Decimal(2**30)
BUCKET, VAULT = "AWS::S3::Bucket", "AWS::Backup::BackupVault"
_DATABASE, _CACHE = "AWS::RDS::DBInstance", "AWS::ElastiCache::ReplicationGroup"
_NESTED = "AWS::CloudFormation::Stack"
_PRICES = {  # type -> price of a GB-month of what is left
    BUCKET: "s3.standard.gb_month",
    VAULT: "backup.rds_snapshot.gb_month",
    _DATABASE: "rds.backup.additional.gb_month",
    _CACHE: "elasticache.backup.gb_month",
}
_REMOVE = {  # what stands between backticks can be pasted
    BUCKET: "`showcore destroy --empty-buckets --delete-buckets`, within 90 days after the stack is gone; or empty"
    " it in the S3 console, with all its versions, then `aws s3 rb s3://{name}`",
    VAULT: "`showcore destroy --delete-recovery-points`, within 90 days after the stack is gone; or delete its"
    " recovery points in the AWS Backup console, then"
    " `aws backup delete-backup-vault --backup-vault-name {name}`",
    _DATABASE: "delete it in the RDS console, under Snapshots; its identifier is among those of"
    " `aws rds describe-db-snapshots --db-instance-identifier {name} --snapshot-type manual`",
    _CACHE: "delete it in the ElastiCache console, under Backups; its name is among those of"
    " `aws elasticache describe-snapshots`",
}


@dataclass(frozen=True, slots=True)
class Size:
    """How much there is: objects with all versions, or recovery points."""

    things: int
    bytes: int
    at_least: bool = False  # there is more, and it was not counted


class Sizes(Protocol):
    """The questions about sizes; Missing where the thing is not there, another AwsError where none is answered."""

    def bucket(self, name: str) -> Size:
        """The objects of a bucket, all versions and delete markers of them."""
        ...

    def vault(self, name: str) -> Size:
        """The recovery points of a vault."""
        ...


@dataclass(frozen=True, slots=True)
class Left:
    """One thing that is still there afterwards."""

    path: str
    type: str
    name: str  # its physical id
    snapshot: bool  # what is left is a last snapshot of it
    size: Size | None = None  # None where it could not be seen
    usd_a_month: Decimal | None = None

    @property
    def removal(self) -> str:
        """What removes it: commands with its own name, or words where there is none that could be pasted."""
        return _REMOVE.get(self.type, "delete it by hand: {name}").format(name=self.name)


@dataclass(frozen=True, slots=True)
class Leaving:
    """What a deletion does: how many resources go, by nested stack; what holds data among them; what is left."""

    deleted: Mapping[str, int]
    data: tuple[tuple[str, str], ...]  # path and what it holds
    left: tuple[Left, ...]
    going: tuple[Left, ...] = ()  # buckets and vaults that go with the stack: CloudFormation wants them empty
    stacks: frozenset[str] = frozenset()  # the ids of the root and of what it nests


NOTHING = Leaving({}, (), ())  # of a stack that was planned and never made


def leaving(
    cloudformation: CloudFormation, root_id: str, nest: Nest, sizes: Sizes, prices: PriceList
) -> Leaving:
    """What deleting the stack does to everything in it, as it is deployed."""
    there = contents(cloudformation, root_id)
    ids = {path: each.physical_id for path, each in there.items()}
    ours = [r for r in nest.resources.values() if r.path in ids and r.type != _NESTED]
    kept = [resource for resource in ours if _policy(resource).startswith(("Retain", "Snapshot"))]
    gone = [resource for resource in ours if resource not in kept]
    full = [resource for resource in gone if resource.type in (BUCKET, VAULT)]
    found = together(partial(_left, each, ids[each.path], sizes, prices) for each in (*kept, *full))
    return Leaving(
        deleted=Counter(resource.stack for resource in gone),
        data=tuple((r.path, known.holds(r.type)) for r in gone if known.holds(r.type)),
        left=_there(found[: len(kept)]),
        going=_there(found[len(kept) :]),
        stacks=frozenset({root_id, *(each.physical_id for each in there.values() if each.is_stack)}),
    )


def still_left(left: Iterable[Left], sizes: Sizes, prices: PriceList) -> tuple[Left, ...]:
    """The same things measured anew, without those that are not there any more."""
    return _there(together(partial(_measured, each, sizes, prices) for each in left))


def _there(found: Iterable[Left | None]) -> tuple[Left, ...]:
    return tuple(left for left in found if left is not None)


def text(found: Leaving) -> str:
    """The list that is shown before a deletion."""
    return "\n".join(_lines(found))


def _lines(found: Leaving) -> Iterator[str]:
    counts = ", ".join(f"{stack} {count}" for stack, count in found.deleted.items())
    yield f"Deleted: {sum(found.deleted.values())} resources{f' ({counts})' if counts else ''}."
    for path, holds in found.data:
        yield f"  with its data: {path}, {holds}"
    yield left_text(found.left)


def left_text(left: Iterable[Left]) -> str:
    """What is left, what it costs a month and what removes it."""
    return "\n".join(_left_lines(tuple(left)))


def _left_lines(found: tuple[Left, ...]) -> Iterator[str]:
    if not found:
        yield "Nothing is left."
        return
    yield "Left, and paid for:"
    for left in found:
        yield f"  {left.path}: {'a last snapshot of ' if left.snapshot else ''}{left.name}{size_text(left)}"
        yield f"    to remove it: {left.removal}"
    yield _total(found)


def as_json(left: Left) -> dict[str, Json]:
    """One thing as it stands in `-o json`; null where it was not seen."""
    size, usd = left.size, left.usd_a_month
    return {
        "path": left.path,
        "type": left.type,
        "name": left.name,
        "snapshot": left.snapshot,
        "things": size.things if size else None,
        "bytes": size.bytes if size else None,
        "at_least": bool(size and size.at_least),
        "usd_a_month": float(round(usd, 4)) if usd is not None else None,
        "remove": left.removal,
    }


def size_text(left: Left) -> str:
    """How much it is, as it goes on after the name."""
    size = left.size
    if size is None:
        return ", size not seen"
    many = f"{'at least ' if size.at_least else ''}{size.things}"
    unit = "recovery points" if left.type == VAULT else "versions"
    amount = f"{_gib(size.bytes)} at most" if left.snapshot else f"{many} {unit}, {_gib(size.bytes)}"
    cost = "" if left.usd_a_month is None else f", {left.usd_a_month:.2f} USD a month"
    return f", {amount}{cost}"


def _total(left: Iterable[Left]) -> str:
    found = list(left)
    usd = sum((each.usd_a_month for each in found if each.usd_a_month is not None), Decimal(0))
    unseen = sum(each.usd_a_month is None for each in found)
    more = f", and {unseen} whose size was not seen" if unseen else ""
    return f"Together {usd:.2f} USD a month{more}."


def _gib(count: int) -> str:
    return f"{Decimal(count) / GIB:.2f} GB"


def _left(resource: Resource, name: str, sizes: Sizes, prices: PriceList) -> Left | None:
    snapshot = _policy(resource) == "Snapshot"
    left = Left(resource.path, resource.type, name, snapshot, _storage(resource) if snapshot else None)
    return _measured(left, sizes, prices)


def _measured(left: Left, sizes: Sizes, prices: PriceList) -> Left | None:
    """With its size and its cost; None where it is not there."""
    try:
        size = _size_of(left, sizes)
    except Missing:
        return None
    except AwsError:
        size = None
    price = prices.get(_PRICES.get(left.type, ""))
    usd = Decimal(size.bytes) / GIB * price.usd if size is not None and price is not None else None
    return replace(left, size=size, usd_a_month=usd)


def _size_of(left: Left, sizes: Sizes) -> Size | None:
    if left.snapshot:
        return left.size
    if left.type == BUCKET:
        return sizes.bucket(left.name)
    return sizes.vault(left.name) if left.type == VAULT else None


def _storage(resource: Resource) -> Size | None:
    """The storage of a database: no snapshot of it is larger."""
    properties = resource.properties
    storage = properties.get("AllocatedStorage") if isinstance(properties, dict) else None
    return Size(1, int(str(storage)) * int(GIB)) if str(storage).isdigit() else None


def _policy(resource: Resource) -> str:
    found = resource.raw.get("DeletionPolicy")
    if found is None and known.snapshot_by_default(resource.type, resource.properties):
        return "Snapshot"
    return str(found or "Delete")
