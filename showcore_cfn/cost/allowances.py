"""What AWS gives every month: always, or in the first twelve of an older account.

An allowance is a quantity that one or several prices draw on, over all resources of the estimate; whoever
comes first in the templates draws first. The total of a service does not depend on that order.

The always-free figures are the ones of the pricing pages named here; they were not checked against a bill.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from typing import NamedTuple

from showcore_cfn.cost.line import Credit, Line
from showcore_cfn.cost.usage import Usage

_CLOUDWATCH = "https://aws.amazon.com/cloudwatch/pricing/"
_CDN = "https://aws.amazon.com/cloudfront/pricing/"
_TRANSFER = "https://aws.amazon.com/ec2/pricing/on-demand/"
_SNS = "https://aws.amazon.com/sns/pricing/"
_SQS = "https://aws.amazon.com/sqs/pricing/"
_OFFERS = "https://aws.amazon.com/free/"


class Allowance(NamedTuple):
    """A quantity that costs nothing in a month. `prices` match names of the price list, the first drawn first."""

    name: str
    quantity: Decimal | Callable[[Usage], Decimal]
    unit: str
    prices: tuple[str, ...]
    source: str

    def amount(self, usage: Usage) -> Decimal:
        """The quantity, in units of the prices."""
        return self.quantity(usage) if callable(self.quantity) else self.quantity


def _first_copy(usage: Usage) -> Decimal:
    return usage["trail_events_thousands"] / 100


def _gift(
    name: str,
    quantity: Decimal | int | str | Callable[[Usage], Decimal],
    unit: str,
    source: str,
    *prices: str,
) -> Allowance:
    amount = quantity if callable(quantity) else Decimal(quantity)
    return Allowance(name, amount, unit, prices, source)


ALWAYS: tuple[Allowance, ...] = (
    _gift(
        "first 10 alarm metrics",
        10,
        "metric-months",
        _CLOUDWATCH,
        r"cloudwatch\.alarm\.standard\.metric_month",
    ),
    _gift("first 3 dashboards", 3, "dashboards", _CLOUDWATCH, r"cloudwatch\.dashboard\.month"),
    _gift("first 10 custom metrics", 10, "metric-months", _CLOUDWATCH, r"cloudwatch\.custom_metric\.month"),
    _gift(
        "first 5 GB of logs",
        5,
        "GB",
        _CLOUDWATCH,
        r"cloudwatch\.logs\.ingest\.gb",
        r"cloudwatch\.vended_logs\.ingest\.gb",
        r"cloudwatch\.logs\.storage\.gb_month",
    ),
    _gift("first TB from CloudFront", 1024, "GB", _CDN, r"cloudfront\.us_eu\.out\.gb\.first_10tb"),
    _gift("first 10 million CDN requests", 1000, "10,000 requests", _CDN, r"cloudfront\.(us|eu)\.https\.10k"),
    _gift("first 100 GB to the internet", 100, "GB", _TRANSFER, r"data_transfer\.out\.gb"),
    _gift("first 1,000 mails", "0.01", "100,000 mails", _SNS, r"sns\.email\.100k"),
    _gift("first million queue requests", 1, "million requests", _SQS, r"sqs\.standard\.1m"),
    _gift(
        "first copy of the management events",
        _first_copy,
        "100,000 events",
        "https://aws.amazon.com/cloudtrail/pricing/",
        r"cloudtrail\.management_events\.additional_copy\.100k",
    ),
)

TWELVE_MONTHS: tuple[Allowance, ...] = (
    _gift(
        "750 h of a micro database, single zone",
        750,
        "hours",
        _OFFERS,
        r"rds\.db\.(t3|t4g)\.micro\.(postgres|mysql|mariadb)\.single_az\.hour",
    ),
    _gift("20 GB of database storage", 20, "GB-months", _OFFERS, r"rds\.storage\.(gp2|gp3)\.gb_month"),
    _gift("20 GB of database backups", 20, "GB-months", _OFFERS, r"rds\.backup\.additional\.gb_month"),
    _gift(
        "750 h of cache.t3.micro", 750, "node-hours", _OFFERS, r"elasticache\.cache\.t3\.micro\.[a-z]+\.hour"
    ),
    _gift("5 GB in S3", 5, "GB-months", _OFFERS, r"s3\.standard\.gb_month"),
    _gift("20,000 reads of S3", 20, "1,000 requests", _OFFERS, r"s3\.get\.1k"),
    _gift("2,000 writes to S3", 2, "1,000 requests", _OFFERS, r"s3\.put\.1k"),
    _gift("750 h of a t3.micro instance", 750, "hours", _OFFERS, r"ec2\.t3\.micro\.linux\.hour"),
    _gift("30 GB of volumes", 30, "GB-months", _OFFERS, r"ebs\.gp[23]\.gb_month"),
)


def credits(lines: Iterable[Line], allowances: Iterable[Allowance], usage: Usage) -> Iterator[Credit]:
    """What the allowances take off the lines, each until it is used up."""
    known = tuple(lines)
    for allowance in allowances:
        left = allowance.amount(usage)
        for pattern in allowance.prices:
            for line in known:
                if left > 0 and line.monthly > 0 and re.fullmatch(pattern, line.price):
                    taken = min(left, line.quantity)
                    left -= taken
                    yield _credit(allowance, line, taken)


def _credit(allowance: Allowance, line: Line, taken: Decimal) -> Credit:
    return Credit(
        allowance.name,
        line.path,
        line.stack,
        line.service,
        taken,
        line.unit,
        line.price,
        taken * line.usd,
        line.kind,
    )
