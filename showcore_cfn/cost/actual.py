"""The bill beside the estimate, service by service, and what the bill cannot show."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from showcore_cfn.cost.line import Estimate, cents, money
from showcore_cfn.errors import UsageError
from showcore_cfn.template.json_types import Json


@dataclass(frozen=True, slots=True)
class Period:
    """Days of one calendar month, the last not included."""

    start: date
    end: date

    @property
    def share(self) -> Decimal:
        """How much of its month the period covers."""
        return Decimal((self.end - self.start).days) / monthrange(self.start.year, self.start.month)[1]

    @property
    def whole(self) -> bool:
        """Whether that is all of the month."""
        return self.share == 1


@dataclass(frozen=True, slots=True)
class Row:
    """One service."""

    service: str
    estimated: Decimal  # for the days of the period
    billed: Decimal  # of what carries the tag
    account: Decimal  # of everything in the account

    @property
    def deviation(self) -> Decimal:
        """USD billed above the estimate."""
        return self.billed - self.estimated


@dataclass(frozen=True, slots=True)
class Comparison:
    """Estimate and bill for the same days."""

    period: Period
    rows: tuple[Row, ...]  # widest deviation first
    missing: tuple[str, ...]  # what the bill cannot show, and why

    @property
    def estimated(self) -> Decimal:
        """The estimate's sum."""
        return sum((row.estimated for row in self.rows), Decimal(0))

    @property
    def billed(self) -> Decimal:
        """The bill's sum."""
        return sum((row.billed for row in self.rows), Decimal(0))

    @property
    def account(self) -> Decimal:
        """What the whole account is billed."""
        return sum((row.account for row in self.rows), Decimal(0))


def period(month: str | None, today: date) -> Period:
    """The month "2026-10"; the last whole one where none is given. Raises UsageError for any other text.

    The month that runs ends with yesterday, the last day that Cost Explorer can know.
    """
    first = _first(month, today)
    after = (first + timedelta(days=31)).replace(day=1)
    end = min(after, today)
    if end <= first:
        raise UsageError(f"--month {month}: no day of it has ended yet, so nothing is billed.")
    return Period(first, end)


def _first(month: str | None, today: date) -> date:
    if month is None:
        return (today.replace(day=1) - timedelta(days=1)).replace(day=1)
    try:
        return date.fromisoformat(f"{month}-01")
    except ValueError:
        raise UsageError(f"--month {month!r} is no month; write it as 2026-10.") from None


def compare(
    month: Estimate,
    when: Period,
    tagged: Mapping[str, Decimal],
    account: Mapping[str, Decimal],
    tag_status: str | None,
) -> Comparison:
    """The estimate for the days of the period beside what Cost Explorer says of them."""
    expected = {service: usd * when.share for service, usd in month.by_service().items()}
    names = dict.fromkeys([*expected, *tagged, *account])
    nothing = Decimal(0)
    rows = [
        Row(name, expected.get(name, nothing), tagged.get(name, nothing), account.get(name, nothing))
        for name in names
    ]
    shown = [row for row in rows if any(cents(usd) for usd in (row.estimated, row.billed, row.account))]
    ordered = sorted(shown, key=lambda row: -abs(row.deviation))
    found = Comparison(when, tuple(ordered), ())
    return Comparison(when, tuple(ordered), tuple(_missing(found, tag_status)))


def _missing(found: Comparison, tag_status: str | None) -> Iterator[str]:
    if tag_status == "Inactive":
        yield (
            "The cost allocation tag Project is not active, so the bill cannot be told apart by it: "
            "`showcore account activate-cost-tags` activates it; what was billed before stays without it."
        )
    elif not found.billed and found.account:
        yield (
            "Nothing billed carries the tag Project=ShowCore: the tag is not yet an active cost allocation tag, or "
            "has been one for less than a day, or the payer account has to activate it."
        )
    if not found.account:
        yield "The account was billed nothing in that time."
    if not found.period.whole:
        yield "The month still runs: the estimate is taken for the days that have passed."
    if found.billed:
        yield (
            "What bears no tag is in the last column only: the secret that RDS makes, snapshots, data transfer, "
            "and everything that is not ShowCore's."
        )


def text(found: Comparison) -> str:
    """The comparison as a table for a terminal, ending with a newline."""
    last = found.period.end - timedelta(days=1)
    head = f"{'service':<42}{'estimate':>10}{'billed':>10}{'deviation':>11}{'account':>11}"
    return "\n".join(
        [
            f"{found.period.start} to {last}, USD, without credits and taxes",
            head,
            *(_line(row.service, row.estimated, row.billed, row.account) for row in found.rows),
            _line("together", found.estimated, found.billed, found.account),
            *found.missing,
            "",
        ]
    )


def _line(name: str, estimated: Decimal, billed: Decimal, account: Decimal) -> str:
    deviation = f"{cents(billed - estimated):+,}"
    return f"{name:<42}{money(estimated):>10}{money(billed):>10}{deviation:>11}{money(account):>11}"


def data(found: Comparison) -> dict[str, Json]:
    """The comparison as JSON values."""
    rows: list[Json] = [
        {
            "service": row.service,
            "estimated": float(cents(row.estimated)),
            "billed": float(cents(row.billed)),
            "deviation": float(cents(row.deviation)),
            "account": float(cents(row.account)),
        }
        for row in found.rows
    ]
    return {
        "start": found.period.start.isoformat(),
        "end": found.period.end.isoformat(),
        "services": rows,
        "estimated": float(cents(found.estimated)),
        "billed": float(cents(found.billed)),
        "account": float(cents(found.account)),
        "missing": list(found.missing),
    }
