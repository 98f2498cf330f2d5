"""The table from resource types to the functions that price them, and what such a function gets to read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import NamedTuple, TypeAlias

from showcore_cfn.cost.line import Gap, Item, Kind, NoCharge
from showcore_cfn.cost.usage import Usage
from showcore_cfn.review.resolve import Nest, Resource
from showcore_cfn.review.values import Reference, Unknown, Value, references, text_of


class NotKnown(Exception):
    """A property that decides the price is not known before deployment. `str` is its name."""


class Month(NamedTuple):
    """What the functions read besides their resource."""

    nest: Nest
    usage: Usage
    hours: Decimal
    log_buckets: frozenset[str] = frozenset()  # paths of the buckets that a service writes log files to

    @classmethod
    def of(cls, nest: Nest, usage: Usage, hours: Decimal) -> Month:
        """A month of a nest."""
        return cls(nest, usage, hours, frozenset(_log_buckets(nest)))


Found: TypeAlias = "Iterable[Item | Gap | NoCharge]"
Pricer: TypeAlias = Callable[["Properties", Month], Found]
PRICERS: dict[str, Pricer] = {}


def prices(*types: str) -> Callable[[Pricer], Pricer]:
    """Register the function that prices these types."""

    def register(function: Pricer) -> Pricer:
        PRICERS.update(dict.fromkeys(types, function))
        return function

    return register


class Properties(NamedTuple):
    """A resource's resolved properties, read by kind; what is not known yet raises NotKnown."""

    resource: Resource
    values: Mapping[str, Value]

    @classmethod
    def of(cls, resource: Resource) -> Properties:
        """The properties of a resource."""
        return cls(resource, _mapping(resource.properties, "Properties"))

    def has(self, name: str) -> bool:
        """Whether the property stands there at all."""
        return self.values.get(name) is not None

    def text(self, name: str, default: str) -> str:
        """A property as text."""
        value = self.values.get(name, default)
        if isinstance(value, (Unknown, Reference, list, dict)) or value is None:
            raise NotKnown(name)
        return str(value)

    def number(self, name: str, default: int) -> Decimal:
        """A property as a number."""
        try:
            return Decimal(self.text(name, str(default)))
        except InvalidOperation:
            raise NotKnown(name) from None

    def flag(self, name: str, default: bool = False) -> bool:
        """A property as true or false."""
        return self.text(name, str(default)).lower() == "true"

    def many(self, name: str) -> list[Value]:
        """A property as a list; none is an empty one."""
        value = self.values.get(name)
        if value is None:
            return []
        if not isinstance(value, list):
            raise NotKnown(name)
        return value

    def inner(self, name: str) -> Properties:
        """A property that holds properties; none is an empty one."""
        return Properties(self.resource, _mapping(self.values.get(name), name))

    def each(self, name: str) -> list[Properties]:
        """A property that lists properties."""
        return [Properties(self.resource, _mapping(value, name)) for value in self.many(name)]


def _mapping(value: Value, name: str) -> Mapping[str, Value]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise NotKnown(name)
    return value


def fixed(what: str, quantity: Decimal | int, price: str) -> Item:
    """Due for standing there."""
    return Item(what, Decimal(quantity), price, Kind.FIXED)


def used(what: str, quantity: Decimal, price: str) -> Item:
    """Due for being used."""
    return Item(what, quantity, price, Kind.USAGE)


WRITERS = {  # who names a bucket as the place of log files -> the property that does
    "AWS::CloudTrail::Trail": "S3BucketName",
    "AWS::Config::DeliveryChannel": "S3BucketName",
    "AWS::EC2::FlowLog": "LogDestination",
    "AWS::Logs::DeliveryDestination": "DestinationResourceArn",
    "AWS::S3::Bucket": "LoggingConfiguration",
}


def _log_buckets(nest: Nest) -> Iterator[str]:
    """The buckets that other resources name, or refer to, as the place of their log files."""
    named = {text_of(p["BucketName"]): path for path, p in _buckets(nest) if "BucketName" in p}
    for resource in nest.resources.values():
        wanted = WRITERS.get(resource.type)
        if wanted is None or not isinstance(resource.properties, dict):
            continue
        value = resource.properties.get(wanted)
        if isinstance(value, dict):
            value = value.get("DestinationBucketName")
        yield from (reference.path for reference in references(value))
        name = text_of(value).rpartition(":::")[2].partition("/")[0]
        if name in named:
            yield named[name]


def _buckets(nest: Nest) -> Iterator[tuple[str, dict[str, Value]]]:
    for resource in nest.resources.values():
        if resource.type == "AWS::S3::Bucket" and isinstance(resource.properties, dict):
            yield resource.path, resource.properties
