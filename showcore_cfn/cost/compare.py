"""Alternatives side by side, the way to the plan's range, and which assumption matters most."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from showcore_cfn.cost.allowances import ALWAYS, TWELVE_MONTHS
from showcore_cfn.cost.budget import PLAN_USD, Standing, verdict
from showcore_cfn.cost.estimate import estimate
from showcore_cfn.cost.line import Estimate, cents
from showcore_cfn.cost.price_list import PriceList
from showcore_cfn.cost.source import Source
from showcore_cfn.cost.terms import Terms
from showcore_cfn.cost.usage import ASSUMPTIONS, Preset, usage
from showcore_cfn.cost.variants import (
    LADDER,
    NAT_GATEWAY,
    ONE_ZONE,
    TWO_ZONES,
    WITH_CDN_METRICS,
    WITH_REQUEST_METRICS,
    WITH_SESSIONS,
    WITHOUT_CDN_METRICS,
    WITHOUT_SESSIONS,
    Variant,
    variants,
)

_MOST_REQUEST_METRICS = 16  # of a bucket: AmazonS3, metrics-dimensions.html
_ENDPOINT_HOURS = "vpc.interface_endpoint.az_hour"
_NAT_HOURS = "vpc.nat_gateway.hour"
_ADDRESS_HOURS = "vpc.public_ipv4.hour"


@dataclass(frozen=True, slots=True)
class Alternative:
    """One variant and its month."""

    key: str
    title: str
    how: str
    effect: str
    total: Decimal
    difference: Decimal  # to what is set now; below zero is a saving


def alternatives(source: Source, terms: Terms) -> tuple[Alternative, ...]:
    """Every variant that changes something, each generated, resolved and priced."""
    return tuple(_alternatives(source, variants(source), terms, terms.of(source)))


def _alternatives(
    source: Source, chosen: Sequence[Variant], terms: Terms, now: Estimate
) -> Iterator[Alternative]:
    """Those whose price is known: one that swaps a price for none would look like a saving."""
    for variant in chosen:
        changed = variant.change(source)
        month = terms.of(changed) if changed is not None else now
        if changed is not None and set(month.unpriced) <= set(now.unpriced):
            how, effect = variant.how(source), variant.said(planned=source.planned)
            difference = month.total - now.total
            yield Alternative(variant.key, variant.title, how, effect, month.total, difference)


def ladder(
    source: Source, terms: Terms, expected: tuple[Decimal, Decimal] = PLAN_USD
) -> tuple[Alternative, ...]:
    """Changes one after the other, each on top of those before, until the total is within the range.

    `difference` is what the step itself saves. Empty where nothing has to change; the last step may still stand
    above the range where there is nothing more to change.
    """
    steps: list[Alternative] = []
    now = terms.of(source)
    for variant in LADDER:
        if verdict(now.total, expected).standing is not Standing.ABOVE:
            break
        found = next(_alternatives(source, [variant], terms, now), None)
        changed = variant.change(source)
        if found is not None and changed is not None and found.difference < 0:
            steps.append(found)
            source, now = changed, terms.of(changed)
    return tuple(steps)


@dataclass(frozen=True, slots=True)
class EndpointRow:
    """One way to stand the interface endpoints, without usage."""

    endpoints: int
    zones: int
    cost: Decimal  # of the endpoints alone
    against_nat: Decimal  # a NAT gateway's hours less that cost
    against_nat_and_address: Decimal
    total: Decimal  # without the extra metrics
    with_metrics: Decimal  # with CloudFront's additional metrics and every S3 request metric
    with_offers: Decimal  # `total` in an account with the offers of 12 months
    with_offers_and_metrics: Decimal


def endpoint_rows(source: Source, prices: PriceList) -> tuple[EndpointRow, ...]:
    """With and without Session Manager's endpoint, in one zone and in two, at no usage: the plan, 3.3 and 12.1."""
    nothing = Terms(prices, usage(Preset.NONE))
    nat = NAT_GATEWAY.change(source)
    if nat is None:
        return ()
    gateway = nothing.of(nat)
    hours, address = _sum(gateway, _NAT_HOURS), _sum(gateway, _ADDRESS_HOURS)
    rows = [_row(source, [sessions, zones], prices, hours, address) for zones, sessions in _CORNERS]
    return tuple(dict.fromkeys(rows))


_CORNERS = [
    (zones, sessions) for zones in (ONE_ZONE, TWO_ZONES) for sessions in (WITHOUT_SESSIONS, WITH_SESSIONS)
]


def _row(
    source: Source, corner: Sequence[Variant], prices: PriceList, hours: Decimal, address: Decimal
) -> EndpointRow:
    # request metrics stay on in both: without use they cost nothing, and two alarms hang on them
    bare = _all(source, [*corner, WITHOUT_CDN_METRICS, WITH_REQUEST_METRICS]).nest()
    full = _all(source, [*corner, WITH_CDN_METRICS, WITH_REQUEST_METRICS]).nest()
    no_use = usage(Preset.NONE)
    most = no_use.with_("request_metrics", Decimal(_MOST_REQUEST_METRICS))
    offers = (*ALWAYS, *TWELVE_MONTHS)
    month = Terms(prices, no_use).of_nest(bare)
    lines = [line for line in month.lines if line.price == _ENDPOINT_HOURS]
    cost = _sum(month, _ENDPOINT_HOURS)
    zones = max((line.quantity / prices.hours_per_month for line in lines), default=Decimal(0))
    return EndpointRow(
        endpoints=len(lines),
        zones=int(zones),
        cost=cost,
        against_nat=hours - cost,
        against_nat_and_address=hours + address - cost,
        total=month.total,
        with_metrics=Terms(prices, most).of_nest(full).total,
        with_offers=Terms(prices, no_use, offers).of_nest(bare).total,
        with_offers_and_metrics=Terms(prices, most, offers).of_nest(full).total,
    )


def _all(source: Source, chosen: Sequence[Variant]) -> Source:
    for variant in chosen:
        source = variant.change(source) or source
    return source


def _sum(month: Estimate, price: str) -> Decimal:
    return sum((line.monthly for line in month.lines if line.price == price), Decimal(0))


@dataclass(frozen=True, slots=True)
class Swing:
    """How far one assumption moves the total, all others left as they are."""

    key: str
    low: Decimal  # the total with the figure of the low preset
    high: Decimal

    @property
    def width(self) -> Decimal:
        """USD between them."""
        return self.high - self.low


def sensitivity(source: Source, terms: Terms) -> tuple[Swing, ...]:
    """The assumptions that move the total by a cent or more, widest first."""
    nest = source.nest()

    def total(key: str, figure: Decimal) -> Decimal:
        changed = terms.usage.with_(key, figure)
        return estimate(nest, prices=terms.prices, usage=changed, allowances=terms.allowances).total

    return _ranked(total)


def _ranked(total: Callable[[str, Decimal], Decimal]) -> tuple[Swing, ...]:
    found = [Swing(key, total(key, a.low), total(key, a.high)) for key, a in ASSUMPTIONS.items()]
    return tuple(sorted((s for s in found if cents(s.width) > 0), key=lambda s: (-s.width, s.key)))
