"""What an estimate is made of: lines that cost, credits that relieve them, and what stands beside them."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import NamedTuple

CENT = Decimal("0.01")


class Kind(StrEnum):
    """Whether money is due for standing there, or for being used."""

    FIXED = "fixed"
    USAGE = "usage"


class Item(NamedTuple):
    """What a resource is paid for in a month: a quantity of a price's unit."""

    what: str
    quantity: Decimal
    price: str  # a key of the price list
    kind: Kind


class Gap(NamedTuple):
    """Something of a resource that is paid for and cannot be priced here."""

    reason: str


class NoCharge(NamedTuple):
    """Why a resource costs nothing in the form it has here, and where that is said."""

    reason: str
    source: str


class Line(NamedTuple):
    """One line of the bill."""

    path: str  # "network/SystemsManagerEndpoint"
    stack: str
    type: str
    service: str  # as Cost Explorer names it
    what: str
    quantity: Decimal
    unit: str
    price: str
    usd: Decimal  # one unit
    monthly: Decimal
    kind: Kind


class Credit(NamedTuple):
    """What an allowance takes off one line; `monthly` is above zero."""

    allowance: str
    path: str
    stack: str
    service: str
    quantity: Decimal
    unit: str
    price: str
    monthly: Decimal
    kind: Kind


class Unpriced(NamedTuple):
    """A resource, or a part of one, that may cost money and is not in the total."""

    path: str
    type: str
    reason: str


class Free(NamedTuple):
    """A resource that costs nothing, and where that is said."""

    path: str
    type: str
    reason: str
    source: str


class Estimate(NamedTuple):
    """A month of a template set."""

    lines: tuple[Line, ...]
    credits: tuple[Credit, ...]
    unpriced: tuple[Unpriced, ...]
    free: tuple[Free, ...]

    @property
    def total(self) -> Decimal:
        """USD a month, exact; `cents` rounds it for a reader."""
        return net(self.lines, self.credits)

    @property
    def complete(self) -> bool:
        """Whether everything has a price; otherwise `total` is the least that a month costs."""
        return not self.unpriced

    @property
    def fixed(self) -> Decimal:
        """The part that is due without any use."""
        return self._of(Kind.FIXED)

    @property
    def usage(self) -> Decimal:
        """The part that the assumptions make."""
        return self._of(Kind.USAGE)

    def by_stack(self) -> dict[str, Decimal]:
        """USD a month of each stack that has a line, in the order of the templates."""
        stacks = dict.fromkeys(line.stack for line in self.lines)
        return {stack: self._where("stack", stack) for stack in stacks}

    def by_service(self) -> dict[str, Decimal]:
        """USD a month by the names that Cost Explorer uses."""
        services = dict.fromkeys(line.service for line in self.lines)
        return {service: self._where("service", service) for service in services}

    def _of(self, kind: Kind) -> Decimal:
        lines = (line for line in self.lines if line.kind is kind)
        return net(lines, (credit for credit in self.credits if credit.kind is kind))

    def _where(self, name: str, value: str) -> Decimal:
        lines = (line for line in self.lines if getattr(line, name) == value)
        return net(lines, (credit for credit in self.credits if getattr(credit, name) == value))


def net(lines: Iterable[Line], credits: Iterable[Credit]) -> Decimal:
    """What the lines cost once the credits are taken off."""
    return sum((line.monthly for line in lines), Decimal(0)) - sum((c.monthly for c in credits), Decimal(0))


def at_least(usd: Decimal, *, complete: bool) -> str:
    """An amount, said to be the least where something has no price."""
    return money(usd) if complete else f"at least {money(usd)}"


def named(unpriced: Iterable[Unpriced], most: int = 3) -> str:
    """What has no price, with the reason of each; the first few, and how many more."""
    found = [f"{item.path} ({item.type}: {item.reason})" for item in unpriced]
    more = f" and {len(found) - most} more" if len(found) > most else ""
    return "; ".join(found[:most]) + more


def cents(usd: Decimal) -> Decimal:
    """An amount rounded to cents as a bill rounds: half a cent goes up."""
    return usd.quantize(CENT, rounding=ROUND_HALF_UP)


def money(usd: Decimal) -> str:
    """ "1,234.50": cents, thousands apart."""
    rounded = cents(usd)
    return f"{rounded if rounded else abs(rounded):,}"


def number(quantity: Decimal) -> str:
    """A quantity without zeros that say nothing: "5,840", "0.3"."""
    short = quantity.quantize(Decimal("0.001"), rounding=ROUND_HALF_UP)
    text = f"{short if quantity == 0 or short else quantity.normalize():,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
