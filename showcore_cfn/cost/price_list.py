"""Prices as data: what one unit costs, where that is said, since when, and how sure it is.

A list is a TOML file of this package, one for each region, and never changes while the program runs. A user's
own prices (a negotiated discount, another region) are laid over it; a name that nothing reads is refused.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from showcore_cfn.errors import UsageError

OLD_DAYS = 548  # 18 months: what an older source says needs a reason to be believed
_FOLDER = Path(__file__).with_name("prices")
_INSTANCE_HOUR = re.compile(  # instance classes are too many to list: an own price may name any
    r"rds\.db\.[a-z0-9]+\.[a-z0-9]+\.[a-z-]+\.(single|multi)_az\.hour"
    r"|elasticache\.cache\.[a-z0-9]+\.[a-z0-9]+\.(redis|valkey|memcached)\.hour"
    r"|ec2\.[a-z0-9-]+\.[a-z0-9]+\.linux\.hour"
)


class Confidence(StrEnum):
    """How sure a price is."""

    HIGH = "high"  # the price list itself, or two independent sources
    MEDIUM = "medium"  # one source, or derived from another price
    OWN = "own"  # the user says so


class Price(NamedTuple):
    """What one `unit` costs."""

    key: str  # "vpc.nat_gateway.hour"
    usd: Decimal
    unit: str
    source: str
    date: date
    confidence: Confidence
    note: str = ""


class PriceList(NamedTuple):
    """The prices of one region."""

    region: str
    hours_per_month: Decimal
    checked: date
    prices: Mapping[str, Price]

    def get(self, key: str) -> Price | None:
        """The price of that name, or None."""
        return self.prices.get(key)

    def age_days(self, today: date) -> int:
        """Days since the list was last read through."""
        return (today - self.checked).days


class OwnPrices(NamedTuple):
    """Prices of the user: laid over a list, or a list of their own where they name another region."""

    prices: Mapping[str, Decimal]
    region: str | None = None
    discount_percent: Decimal = Decimal(0)
    name: str = "--price"


def load(region: str = "us-east-1") -> PriceList:
    """The list of a region. Raises UsageError where this package has none."""
    path = _FOLDER / f"{region}.toml"
    if not re.fullmatch(r"[a-z0-9-]+", region) or not path.is_file():
        regions = ", ".join(sorted(file.stem for file in _FOLDER.glob("*.toml")))
        raise UsageError(
            f"there are no prices for {region}, only for {regions}: give yours with --prices FILE, "
            f'its first line region = "{region}".'
        )
    raw = tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    prices = {key: _price(key, entry) for key, entry in raw.items() if isinstance(entry, dict)}
    return PriceList(raw["region"], Decimal(raw["hours_per_month"]), raw["checked"], MappingProxyType(prices))


def _price(key: str, entry: Mapping[str, str | date | Decimal]) -> Price:
    said = entry["date"]
    assert isinstance(said, date)
    return Price(
        key,
        Decimal(str(entry["usd"])),
        str(entry["unit"]),
        str(entry["source"]),
        said,
        Confidence(str(entry["confidence"])),
        str(entry.get("note", "")),
    )


def parse_price(text: str) -> tuple[str, Decimal]:
    """`KEY=VALUE` of `--price`. Raises UsageError where it is not that."""
    key, equals, value = text.partition("=")
    if not equals or not key.strip():
        raise UsageError(f"--price {text!r} is not KEY=VALUE, such as --price vpc.nat_gateway.hour=0.04.")
    return key.strip(), _amount(value.strip(), f"--price {key.strip()}")


def parse_file(text: str, name: str) -> OwnPrices:
    """A file of own prices: `"key" = 0.04` lines, `region`, `discount_percent`; also tables with `usd`.

    Raises UsageError with what is wrong in it.
    """
    try:
        raw = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{name} is not TOML: {error}.") from error
    region = raw.pop("region", None)
    if region is not None and not isinstance(region, str):
        raise UsageError(f'{name}: region is {region!r}; it is text, such as region = "eu-west-1".')
    discount = _amount(raw.pop("discount_percent", 0), f"{name}: discount_percent")
    if discount > 100:
        raise UsageError(f"{name}: discount_percent is {discount}; no discount is above 100.")
    for known in ("currency", "hours_per_month", "checked"):  # a copy of a list of this package
        raw.pop(known, None)
    prices = {key: _amount(usd, f"{name}: {key}") for key, usd in _flat(raw, "")}
    return OwnPrices(MappingProxyType(prices), region, discount, name)


def _flat(table: Mapping[str, object], above: str) -> Iterator[tuple[str, object]]:
    """Each price of a file by its whole name: dotted keys without quotes arrive as tables in tables."""
    for key, entry in table.items():
        if not isinstance(entry, dict):
            yield above + key, entry
        elif "usd" in entry:
            yield above + key, entry["usd"]
        else:
            yield from _flat(entry, f"{above}{key}.")


def _amount(value: object, where: str) -> Decimal:
    try:
        if isinstance(value, bool):
            raise InvalidOperation
        amount = Decimal(str(value))
    except InvalidOperation:
        raise UsageError(f"{where} is {value!r}; a price is a number of USD, 0 or more.") from None
    if not amount.is_finite() or amount < 0:
        raise UsageError(f"{where} is {value}; a price is a number of USD, 0 or more.")
    return amount


def with_own(base: PriceList, own: OwnPrices) -> PriceList:
    """The list with the user's prices over it. Raises UsageError for a name that no resource is priced by."""
    for key in own.prices:
        if key not in base.prices and not _INSTANCE_HOUR.fullmatch(key):
            raise UsageError(f"{own.name}: no price is called {key!r}{_near(key, base)}.")
    elsewhere = own.region is not None and own.region != base.region
    prices = {} if elsewhere else {key: _discounted(p, own) for key, p in base.prices.items()}
    for key, usd in own.prices.items():
        known = base.prices.get(key)
        unit = known.unit if known else key.rpartition(".")[2]
        prices[key] = Price(key, usd, unit, own.name, base.checked, Confidence.OWN)
    return base._replace(region=own.region or base.region, prices=MappingProxyType(prices))


def _discounted(price: Price, own: OwnPrices) -> Price:
    if not own.discount_percent:
        return price
    source = f"{price.source}, less {own.discount_percent} % ({own.name})"
    return price._replace(usd=price.usd * (100 - own.discount_percent) / 100, source=source)


def _near(key: str, base: PriceList) -> str:
    from difflib import get_close_matches

    near = get_close_matches(key, base.prices, n=1, cutoff=0.5)
    return f"; did you mean {near[0]!r}?" if near else "; see `showcore cost --show prices`"
