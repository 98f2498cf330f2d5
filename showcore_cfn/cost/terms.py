"""What an estimate is made with: prices, usage and allowances, from settings and from what is said otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from showcore_cfn.cost.allowances import ALWAYS, Allowance
from showcore_cfn.cost.estimate import estimate
from showcore_cfn.cost.line import Estimate
from showcore_cfn.cost.price_list import OwnPrices, PriceList, load, with_own
from showcore_cfn.cost.source import Source
from showcore_cfn.cost.usage import Preset, Usage, usage
from showcore_cfn.review.resolve import Nest
from showcore_cfn.settings import Settings


@dataclass(frozen=True, slots=True)
class Terms:
    """What an estimate is made with."""

    prices: PriceList
    usage: Usage
    allowances: tuple[Allowance, ...] = ALWAYS

    def of(self, source: Source) -> Estimate:
        """A month of the source on these terms."""
        return self.of_nest(source.nest())

    def of_nest(self, nest: Nest) -> Estimate:
        """A month of the resolved resources on these terms."""
        return estimate(nest, prices=self.prices, usage=self.usage, allowances=self.allowances)


def terms_of(
    settings: Settings,
    *,
    region: str | None = None,
    preset: Preset = Preset.TYPICAL,
    assumed: Mapping[str, float | Decimal] | None = None,
    own: Iterable[OwnPrices] = (),
) -> Terms:
    """The terms of an environment; `assumed` goes over its table `usage`, `own` over the prices of the region.

    Raises UsageError for an assumption or price that does not exist, and for a region without prices.
    """
    mine = tuple(own)
    prices = load() if any(prices.region for prices in mine) else load(region or settings.region)
    for layer in mine:
        prices = with_own(prices, layer)
    return Terms(prices, usage(preset, {**settings.usage, **(assumed or {})}))
