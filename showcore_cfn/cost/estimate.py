"""From a resolved template set to the lines of a monthly bill. Pure: the same input, the same estimate."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib import import_module

from showcore_cfn.cost.allowances import ALWAYS, Allowance, credits
from showcore_cfn.cost.line import Estimate, Free, Gap, Item, Line, NoCharge, Unpriced
from showcore_cfn.cost.price_list import PriceList, load
from showcore_cfn.cost.services.free import FREE
from showcore_cfn.cost.services.registry import PRICERS, Month, NotKnown, Properties
from showcore_cfn.cost.usage import Usage
from showcore_cfn.cost.usage import usage as usage_of
from showcore_cfn.review.resolve import Nest, Resource

_MODULES = ("account", "data", "network", "observability", "storage")
_SERVICES = (  # the beginning of a price's name -> the service as Cost Explorer names it
    ("rds.", "Amazon Relational Database Service"),
    ("elasticache.", "Amazon ElastiCache"),
    ("vpc.nat_gateway.", "EC2 - Other"),
    ("vpc.", "Amazon Virtual Private Cloud"),
    ("data_transfer.", "EC2 - Other"),
    ("ebs.", "EC2 - Other"),
    ("ec2.", "Amazon Elastic Compute Cloud - Compute"),
    ("secretsmanager.", "AWS Secrets Manager"),
    ("cloudwatch.", "AmazonCloudWatch"),
    ("cloudfront.additional_metrics.", "AmazonCloudWatch"),
    ("s3.request_metric.", "AmazonCloudWatch"),
    ("cloudfront.", "Amazon CloudFront"),
    ("s3.", "Amazon Simple Storage Service"),
    ("sns.", "Amazon Simple Notification Service"),
    ("sqs.", "Amazon Simple Queue Service"),
    ("config.", "AWS Config"),
    ("cloudtrail.", "AWS CloudTrail"),
    ("backup.", "AWS Backup"),
    ("kms.", "AWS Key Management Service"),
)

for _name in _MODULES:
    import_module(f"showcore_cfn.cost.services.{_name}")


def estimate(
    nest: Nest,
    *,
    prices: PriceList | None = None,
    usage: Usage | None = None,
    allowances: Iterable[Allowance] = ALWAYS,
) -> Estimate:
    """What a month of the nest costs; us-east-1, typical usage and what is always free unless given."""
    price_list = load() if prices is None else prices
    figures = usage_of() if usage is None else usage
    month = Month.of(nest, figures, price_list.hours_per_month)
    lines: list[Line] = []
    unpriced: list[Unpriced] = []
    free: list[Free] = []
    for resource in nest.resources.values():
        for found in _found(resource, month, price_list):
            if isinstance(found, Line):
                lines.append(found)
            elif isinstance(found, Unpriced):
                unpriced.append(found)
            else:
                free.append(found)
    taken = tuple(credits(lines, allowances, figures))
    return Estimate(tuple(lines), taken, tuple(unpriced), tuple(free))


def _found(resource: Resource, month: Month, prices: PriceList) -> Iterator[Line | Unpriced | Free]:
    if resource.type in FREE:
        yield Free(resource.path, resource.type, *FREE[resource.type])
        return
    pricer = PRICERS.get(resource.type)
    if pricer is None:
        yield Unpriced(resource.path, resource.type, "this type is not in the price list")
        return
    try:
        for found in pricer(Properties.of(resource), month):
            yield _priced(resource, found, prices)
    except NotKnown as missing:
        yield Unpriced(resource.path, resource.type, f"{missing} is not known before deployment")


def _priced(resource: Resource, found: Item | Gap | NoCharge, prices: PriceList) -> Line | Unpriced | Free:
    if isinstance(found, Gap):
        return Unpriced(resource.path, resource.type, found.reason)
    if isinstance(found, NoCharge):
        return Free(resource.path, resource.type, found.reason, found.source)
    price = prices.get(found.price)
    if price is None:
        return Unpriced(resource.path, resource.type, f"{found.what}: there is no price {found.price}")
    return Line(
        path=resource.path,
        stack=resource.stack,
        type=resource.type,
        service=service_of(found.price),
        what=found.what,
        quantity=found.quantity,
        unit=price.unit,
        price=found.price,
        usd=price.usd,
        monthly=found.quantity * price.usd,
        kind=found.kind,
    )


def service_of(price: str) -> str:
    """The service that Cost Explorer books a price under."""
    return next(service for beginning, service in _SERVICES if price.startswith(beginning))
