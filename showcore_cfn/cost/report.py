"""Everything that is said of the cost of an environment, as one value; the `report_*` modules draw it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from showcore_cfn.cost.allowances import ALWAYS, TWELVE_MONTHS
from showcore_cfn.cost.budget import BillingAlarm, Verdict, billing_alarms, verdict
from showcore_cfn.cost.compare import (
    Alternative,
    EndpointRow,
    Swing,
    alternatives,
    endpoint_rows,
    ladder,
    sensitivity,
)
from showcore_cfn.cost.estimate import estimate
from showcore_cfn.cost.free_tier import MonthOfYear, months
from showcore_cfn.cost.line import Credit, Estimate, Kind, Line, cents
from showcore_cfn.cost.source import Source
from showcore_cfn.cost.terms import Terms
from showcore_cfn.review.resolve import Nest
from showcore_cfn.settings_fields import FreeTier


class Part(StrEnum):
    """The parts of a report, by the names of `--show`."""

    LINES = "lines"
    TIERS = "tiers"
    SUMMARY = "summary"
    ENDPOINTS = "endpoints"
    ALTERNATIVES = "alternatives"
    SENSITIVITY = "sensitivity"
    MONTHS = "months"
    ASSUMPTIONS = "assumptions"
    FREE = "free"
    PRICES = "prices"


EVERYTHING: frozenset[Part] = frozenset(Part)
DEFAULT: frozenset[Part] = frozenset({Part.LINES, Part.TIERS, Part.ENDPOINTS, Part.SUMMARY})


@dataclass(frozen=True, slots=True)
class Report:
    """The cost of one environment. What was not asked for is empty."""

    title: str
    planned: bool  # whether these are templates of the plan, so that its figures say something about them
    terms: Terms
    estimate: Estimate
    free_tier: FreeTier
    with_offers: Decimal  # the total in a month with the offers of 12 months
    months: tuple[MonthOfYear, ...]
    verdict: Verdict
    alarms: tuple[BillingAlarm, ...]
    ladder: tuple[Alternative, ...]
    endpoints: tuple[EndpointRow, ...]
    alternatives: tuple[Alternative, ...]
    sensitivity: tuple[Swing, ...]


def build(
    source: Source,
    terms: Terms,
    *,
    title: str,
    free_tier: FreeTier = FreeTier.NONE,
    parts: Collection[Part] = EVERYTHING,
    nest: Nest | None = None,
) -> Report:
    """The report with the parts that are asked for; the estimate, verdict and months are always there."""
    resolved = source.nest() if nest is None else nest
    month = estimate(resolved, prices=terms.prices, usage=terms.usage, allowances=terms.allowances)
    slim = source.slim()
    offers = (*ALWAYS, *TWELVE_MONTHS)
    with_offers = estimate(resolved, prices=terms.prices, usage=terms.usage, allowances=offers).total
    return Report(
        title=title,
        planned=source.planned,
        terms=terms,
        estimate=month,
        free_tier=free_tier,
        with_offers=with_offers,
        months=months(free_tier, month.total, with_offers),
        verdict=verdict(month.total, complete=month.complete),
        alarms=billing_alarms(resolved, month.total),
        ladder=ladder(slim, terms) if Part.SUMMARY in parts and source.planned else (),
        endpoints=endpoint_rows(slim, terms.prices) if Part.ENDPOINTS in parts else (),
        alternatives=alternatives(slim, terms) if Part.ALTERNATIVES in parts else (),
        sensitivity=sensitivity(slim, terms) if Part.SENSITIVITY in parts else (),
    )


@dataclass(frozen=True, slots=True)
class Group:
    """Lines of one stack that are paid for in the same way, or what an allowance takes off that stack."""

    stack: str
    what: str
    count: int
    quantity: Decimal
    unit: str
    price: str
    usd: Decimal
    monthly: Decimal  # below zero for an allowance
    kind: Kind
    allowance: bool = False


def grouped(month: Estimate) -> tuple[Group, ...]:
    """The estimate as few rows: stacks in the order of the templates, fixed before usage, allowances last."""
    rows: list[Group] = []
    for stack in month.by_stack():
        lines = [line for line in month.lines if line.stack == stack]
        rows += sorted(_same(lines), key=lambda group: group.kind is Kind.USAGE)
        rows += _taken([credit for credit in month.credits if credit.stack == stack])
    return tuple(rows)


def _same(lines: Iterable[Line]) -> list[Group]:
    found: dict[tuple[str, str], list[Line]] = {}
    for line in lines:
        found.setdefault((line.what, line.price), []).append(line)
    return [_group(same) for same in found.values()]


def _group(same: Sequence[Line]) -> Group:
    first = same[0]
    return Group(
        first.stack,
        first.what,
        len(same),
        sum((line.quantity for line in same), Decimal(0)),
        first.unit,
        first.price,
        first.usd,
        sum((line.monthly for line in same), Decimal(0)),
        first.kind,
    )


def _taken(credits: Iterable[Credit]) -> list[Group]:
    found: dict[tuple[str, str], list[Credit]] = {}
    for credit in credits:
        found.setdefault((credit.allowance, credit.price), []).append(credit)
    return [_allowance(same) for same in found.values()]


def _allowance(same: Sequence[Credit]) -> Group:
    first = same[0]
    return Group(
        first.stack,
        first.allowance,
        len(same),
        sum((credit.quantity for credit in same), Decimal(0)),
        first.unit,
        first.price,
        Decimal(0),
        -sum((credit.monthly for credit in same), Decimal(0)),
        first.kind,
        allowance=True,
    )


def worth_showing(rows: Iterable[Group]) -> tuple[Group, ...]:
    """The rows without those of less than a cent, and without lines that an allowance pays for in full."""
    known = tuple(rows)
    left: dict[tuple[str, str], Decimal] = {}
    for row in known:
        key = (row.stack, row.price)
        left[key] = left.get(key, Decimal(0)) + row.monthly
    return tuple(row for row in known if cents(row.monthly) and cents(left[row.stack, row.price]))
