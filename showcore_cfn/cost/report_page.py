"""The report as a page: headings, sentences and tables, which Markdown and HTML then draw.

Sentences hold Markdown's `code`, **bold** and [links](address), and nothing else of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from showcore_cfn.cost.budget import Standing, verdict
from showcore_cfn.cost.compare import Alternative, EndpointRow
from showcore_cfn.cost.free_tier import TERMS, months
from showcore_cfn.cost.line import Kind, at_least, cents, money, net, number
from showcore_cfn.cost.report import Group, Report, grouped, worth_showing
from showcore_cfn.cost.usage import ASSUMPTIONS
from showcore_cfn.settings_fields import FreeTier

_KINDS = (FreeTier.NONE, FreeTier.LEGACY, FreeTier.CREDITS)


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of a level from 1."""

    text: str
    level: int


@dataclass(frozen=True, slots=True)
class Table:
    """A table whose columns from `right` on (counted from 0) hold amounts."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    right: int


Block: TypeAlias = "Heading | Table | str"


def endpoint_rows(rows: Sequence[EndpointRow]) -> Table:
    """The ways to stand the interface endpoints, with a month's total without usage."""
    head = ("interface endpoints", "endpoints", "against a NAT gateway", "total", "with extra metrics")
    return Table(head, [_endpoint_row(row) for row in rows], 1)


def _endpoint_row(row: EndpointRow) -> tuple[str, ...]:
    zones = "one zone" if row.zones == 1 else f"{row.zones} zones"
    nat = f"{cents(row.against_nat):+} ({cents(row.against_nat_and_address):+})"
    return (f"{row.endpoints} in {zones}", money(row.cost), nat, money(row.total), money(row.with_metrics))


def summary(report: Report) -> Table:
    """What each tier costs a month: fixed, used, together."""
    return Table(("tier", "fixed", f"{report.terms.usage.preset} use", "USD a month"), [*_tiers(report)], 1)


def _tiers(report: Report) -> Iterator[tuple[str, ...]]:
    month = report.estimate
    for stack, total in month.by_stack().items():
        fixed = net(
            (line for line in month.lines if line.stack == stack and line.kind is Kind.FIXED),
            (credit for credit in month.credits if credit.stack == stack and credit.kind is Kind.FIXED),
        )
        yield (stack, money(fixed), money(total - fixed), money(total))
    yield ("**together**", money(month.fixed), money(month.usage), f"**{money(month.total)}**")


def page(report: Report) -> Iterator[Block]:
    month = report.estimate
    prices = report.terms.prices
    total = at_least(month.total, complete=month.complete)
    beside = f" That is {report.verdict}." if report.planned else ""
    yield Heading("What it costs", 1)
    yield (
        f"{report.title}, {prices.region}, on demand, before tax: **{total} USD a month**, of which "
        f"{money(month.fixed)} are due for standing there and {money(month.usage)} for use "
        f"({report.terms.usage.preset} usage, see below).{beside}"
    )
    yield from _way(report)
    yield from (f"`{alarm.name}`{str(alarm).removeprefix(alarm.name)}" for alarm in report.alarms)
    yield Heading("By tier", 2)
    yield summary(report)
    if report.planned:
        yield Heading("Beside the plan", 2)
        yield _beside_the_plan(report)
    if report.endpoints:
        yield Heading("Interface endpoints", 2)
        yield _about_endpoints(report.endpoints, planned=report.planned)
        yield endpoint_rows(report.endpoints)
    yield Heading("Line by line", 2)
    yield _lines(report)
    yield from _not_priced(report)
    if report.alternatives:
        yield Heading("Alternatives", 2)
        yield "Each one generated, resolved and priced like the templates themselves, with the same usage."
        yield _alternatives(report.alternatives)
    yield from _first_year(report)
    yield from _assumptions(report)
    yield from _prices(report)


def _way(report: Report) -> Iterator[Block]:
    if report.verdict.standing is not Standing.ABOVE or not report.ladder:
        return
    rows = [
        (f"`{step.how}`", step.effect, f"{cents(step.difference):+,}", money(step.total))
        for step in report.ladder
    ]
    yield "One step after the other, this is the way there:"
    yield Table(("setting", "what it means", "saves", "USD a month"), rows, 2)
    yield f"After that it is {verdict(report.ladder[-1].total, complete=report.estimate.complete)}."


_PLAN = (  # the plan, 17.2, and the beginnings of the prices that it means
    ("interface endpoints", "21-28", ("vpc.interface_endpoint.",)),
    ("RDS", "15", ("rds.", "secretsmanager.")),
    ("ElastiCache", "12", ("elasticache.",)),
    ("S3", "1-5", ("s3.",)),
    ("CloudFront", "1-5", ("cloudfront.",)),
    ("data transfer", "0-5", ("data_transfer.",)),
)


def _beside_the_plan(report: Report) -> Table:
    month = report.estimate
    rows: list[tuple[str, str, str]] = []
    rest = month.total
    for name, planned, prices in _PLAN:
        usd = net(
            (line for line in month.lines if line.price.startswith(prices)),
            (credit for credit in month.credits if credit.price.startswith(prices)),
        )
        rest -= usd
        rows.append((name, planned, money(usd)))
    rows.append(("alarms, logs, audit, backups", "not named", money(rest)))
    total = f"{report.verdict.low}-{report.verdict.high}"
    return Table(
        ("what", "the plan (17.2)", "estimate"), [*rows, ("**together**", total, money(month.total))], 1
    )


_ABOUT_THE_PLAN = (
    "The plan counts one zone where it says 21-28 USD (12.1), and asks for both private subnets where it "
    "describes the endpoints (3.3). Session Manager needs a fourth endpoint besides the plan's three. "
)


def _about_endpoints(rows: Sequence[EndpointRow], *, planned: bool) -> str:
    first = rows[0]
    zone = first.cost / first.endpoints / first.zones
    gateway, addressed = first.cost + first.against_nat, first.cost + first.against_nat_and_address
    return (
        f"AWS charges an interface endpoint for each zone that it stands in, {money(zone)} USD a month, with or "
        f"without traffic. {_ABOUT_THE_PLAN if planned else ''}"
        "The totals are without usage and without the extra metrics; the last column adds "
        "CloudFront's additional metrics and all 16 of S3's request metrics. A NAT gateway costs "
        f"{money(gateway)} USD; in brackets, with its public address, {money(addressed)} USD. A plus means that "
        "the endpoints are cheaper."
    )


def _lines(report: Report) -> Table:
    rows = [
        (
            row.stack,
            f"free: {row.what}" if row.allowance else row.what,
            "" if row.count == 1 else str(row.count),
            "" if row.allowance else _quantity(row),
            "" if row.allowance else f"{row.usd.normalize():f}",
            money(row.monthly),
            "" if row.allowance else row.kind.value,
        )
        for row in worth_showing(grouped(report.estimate))
    ]
    return Table(("tier", "what", "times", "quantity", "USD each", "USD a month", "kind"), rows, 2)


def _quantity(row: Group) -> str:
    times = " x" if row.unit[:1].isdigit() else ""
    return f"{number(row.quantity)}{times} {row.unit}"


def _not_priced(report: Report) -> Iterator[Block]:
    for item in report.estimate.unpriced:
        yield f"Not priced, so not in the total: `{item.path}` ({item.type}), {item.reason}."
    types = sorted({found.type for found in report.estimate.free})
    yield f"Rows below a cent, and rows that an allowance pays for in full, are left out. Free: {', '.join(types)}."


def _alternatives(rows: Sequence[Alternative]) -> Table:
    found = [
        (
            row.title,
            row.effect,
            f"`{row.how}`" if "=" in row.how else row.how,
            f"{cents(row.difference):+,}",
            money(row.total),
        )
        for row in rows
    ]
    return Table(("instead", "what it means", "how", "difference", "USD a month"), found, 3)


def _first_year(report: Report) -> Iterator[Block]:
    yield Heading("The first year", 2)
    for kind in _KINDS:
        terms = TERMS[kind]
        yield f"- **{kind}**: {terms.covers}. It ends {terms.ends} ([source]({terms.source}))."
    months_of = [months(kind, report.estimate.total, report.with_offers) for kind in _KINDS]
    rows = [
        (
            str(same[0].number),
            *(money(month.pay) for month in same),
            *(money(month.so_far) for month in same[1:]),
        )
        for same in zip(*months_of, strict=True)
    ]
    head = ("month", *(f"{kind}" for kind in _KINDS), *(f"{kind}, so far" for kind in _KINDS[1:]))
    yield "What is left to pay, everything standing from the day on which the account was opened:"
    yield Table(head, rows, 1)


def _assumptions(report: Report) -> Iterator[Block]:
    usage = report.terms.usage
    widths = {swing.key: money(swing.width) for swing in report.sensitivity}
    yield Heading("Assumptions", 2)
    yield (
        "What is assumed of a month; `--usage`, `--assume KEY=VALUE` and the table `usage` of the settings change "
        "it. The last column is what the distance between low and high is worth in USD a month."
    )
    rows = [
        (
            f"`{key}`",
            f"{known.unit}, {known.meaning}",
            number(usage[key]),
            number(known.low),
            number(known.typical),
            number(known.high),
            widths.get(key, ""),
        )
        for key, known in ASSUMPTIONS.items()
    ]
    yield Table(("assumption", "of what", "used here", "low", "typical", "high", "worth"), rows, 2)


def _prices(report: Report) -> Iterator[Block]:
    prices = report.terms.prices
    yield Heading("Prices", 2)
    yield (
        f"{prices.region}, on demand, read through on {prices.checked}. `--price KEY=VALUE` and `--prices FILE` "
        "put your own over them."
    )
    rows = [
        (
            f"`{key}`",
            price.unit,
            f"{price.source}{' (' + price.note + ')' if price.note else ''}",
            price.confidence.value,
            str(price.date),
            f"{price.usd.normalize():f}",
        )
        for key, price in sorted(prices.prices.items())
    ]
    yield Table(("price", "unit", "source", "confidence", "date", "USD"), rows, 5)
