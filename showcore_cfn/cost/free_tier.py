"""What an account does not pay for in its first year, month by month.

https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/free-tier.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from types import MappingProxyType

from showcore_cfn.settings_fields import FreeTier

MONTHS = 13  # the first year, and one month of what comes after
OFFER_MONTHS = 12
CREDITS_USD = Decimal(200)  # 100 at sign-up and up to 100 for first steps
LAST_OFFER = date(2026, 7, 14)  # accounts opened on 2025-07-14 were the last with offers of twelve months
_SOURCE = "https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/free-tier.html"


@dataclass(frozen=True, slots=True)
class Terms:
    """What a kind of account is given, and until when."""

    covers: str
    ends: str
    source: str = _SOURCE


TERMS: Mapping[FreeTier, Terms] = MappingProxyType(
    {
        FreeTier.LEGACY: Terms(
            "opened before 2025-07-15: a db.t3.micro with 20 GB, a cache.t3.micro, 5 GB in S3; no interface "
            "endpoint, secret or alarm",
            f"12 months after the account was opened, so on {LAST_OFFER} at the latest",
        ),
        FreeTier.CREDITS: Terms(
            f"opened since 2025-07-15: up to {CREDITS_USD} USD of credits, on everything; no offers of 12 months",
            "when they are used up, and after 12 months; an account on the free plan is closed after 6",
        ),
        FreeTier.NONE: Terms("nothing beyond what is free for everybody, always", "never"),
    }
)


@dataclass(frozen=True, slots=True)
class MonthOfYear:
    """One month after the account was opened, everything standing from its first day."""

    number: int
    bill: Decimal  # before offers and credits
    covered: Decimal
    so_far: Decimal  # paid up to and with this month

    @property
    def pay(self) -> Decimal:
        """What is left to pay."""
        return self.bill - self.covered


def months(kind: FreeTier, full: Decimal, with_offers: Decimal) -> tuple[MonthOfYear, ...]:
    """The first thirteen months: `full` is a month's total, `with_offers` one with the offers of 12 months."""
    return tuple(_months(kind, full, with_offers))


def _months(kind: FreeTier, full: Decimal, with_offers: Decimal) -> Iterator[MonthOfYear]:
    paid, balance = Decimal(0), CREDITS_USD
    for number in range(1, MONTHS + 1):
        covered = Decimal(0)
        if number <= OFFER_MONTHS:
            covered = {FreeTier.LEGACY: full - with_offers, FreeTier.CREDITS: min(balance, full)}.get(
                kind, covered
            )
        balance -= covered
        paid += full - covered
        yield MonthOfYear(number, full, covered, paid)


def over(kind: FreeTier, today: date) -> str | None:
    """A sentence where the kind of account no longer exists, else None."""
    if kind is FreeTier.LEGACY and today > LAST_OFFER:
        return f"No account has offers of 12 months any more: the last ended on {LAST_OFFER}."
    return None
