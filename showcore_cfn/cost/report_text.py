"""The report for a terminal: tables that line up, a bar for each tier, and what to do last."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from decimal import Decimal

from showcore_cfn.cost.budget import PLAN_FREE_TIER_USD, Standing, verdict
from showcore_cfn.cost.free_tier import CREDITS_USD, TERMS
from showcore_cfn.cost.line import Kind, Unpriced, at_least, cents, money, number
from showcore_cfn.cost.report import Group, Part, Report, grouped, worth_showing
from showcore_cfn.cost.usage import ASSUMPTIONS
from showcore_cfn.settings_fields import FreeTier

Paint = Callable[[str, str], str]  # a style ("bold", "dim", "good", "bad"), a text
BAR = 36
_WIDTH = 92


def plain(_style: str, text: str) -> str:
    """The text as it is."""
    return text


def text(report: Report, parts: Sequence[Part], paint: Paint = plain) -> str:
    """The parts in the order given, a blank line between them."""
    return "\n\n".join("\n".join(_DRAW[part](report, paint)) for part in parts) + "\n"


def _lines(report: Report, paint: Paint) -> Iterator[str]:
    yield paint("dim", f"{'':38}{'quantity':>12} {'unit':<18}{'USD each':>11}{'USD a month':>13}")
    rows = grouped(report.estimate)
    shown = worth_showing(rows)
    for stack, total in report.estimate.by_stack().items():
        of_stack = [row for row in shown if row.stack == stack]
        if of_stack:
            yield paint("bold", f"{stack:<79}{money(total):>13}")
            yield from (_row(row, paint) for row in of_stack)
    if len(shown) < len(rows):
        left_out = (
            f"{len(rows) - len(shown)} rows that are free, or below a cent, are left out; -o json has them."
        )
        yield paint("dim", left_out)


def _row(row: Group, paint: Paint) -> str:
    if row.allowance:
        return paint("dim", f"  {'free: ' + row.what:<77}{money(row.monthly):>13}")
    name = row.what if row.count == 1 else f"{row.count} x {row.what}"
    kind = "" if row.kind is Kind.FIXED else "  usage"
    amounts = f"{number(row.quantity):>12} {row.unit:<18}{row.usd.normalize():>11f}{money(row.monthly):>13}"
    return f"  {name:<36}{amounts}{paint('dim', kind)}"


def _tiers(report: Report, paint: Paint) -> Iterator[str]:
    by_stack = {s: usd for s, usd in report.estimate.by_stack().items() if cents(usd)}
    widest = max(by_stack.values(), default=Decimal(1))
    for stack, usd in sorted(by_stack.items(), key=lambda item: -item[1]):
        percent = usd / report.estimate.total * 100
        share = f"{percent:.0f} %" if percent >= 1 else "<1 %"
        yield f"{stack:<14}{money(usd):>9}{share:>7}  {paint('good', bar(usd, widest))}"


def bar(usd: Decimal, widest: Decimal) -> str:
    """A bar as long as the amount; one that is above zero is never empty."""
    filled = int((max(usd, Decimal(0)) / widest * BAR).to_integral_value()) if widest > 0 else 0
    return "█" * max(filled, 1)


def _summary(report: Report, paint: Paint) -> Iterator[str]:
    month = report.estimate
    usage = report.terms.usage.preset
    total = at_least(month.total, complete=month.complete)
    yield f"{report.title}: " + paint("bold", f"{total} USD a month")
    yield f"  {money(month.fixed):>9}  for standing there"
    yield f"  {money(month.usage):>9}  for use ({usage} usage; --show assumptions)"
    if report.planned:
        good = report.verdict.standing in (Standing.WITHIN, Standing.BELOW)
        yield paint("good" if good else "bad", f"  {money(month.total):>9}  is {report.verdict}.")
        yield from _way(report, paint)
    yield from _first_year(report)
    yield from (paint("bad", str(alarm)) if alarm.day else str(alarm) for alarm in report.alarms)
    yield from (paint("bad", line) for line in _not_priced(month.unpriced))


def _way(report: Report, paint: Paint) -> Iterator[str]:
    if report.verdict.standing is not Standing.ABOVE:
        return
    if not report.ladder:
        yield "  Nothing that this tool knows to change makes it cheaper."
        return
    yield "To get there, one step after the other:"
    for step in report.ladder:
        yield f"  {step.how:<38}{money(step.difference):>9}{money(step.total):>10}  {step.title}"
        yield paint("dim", f"    {step.effect}")
    after = verdict(report.ladder[-1].total, complete=report.estimate.complete)
    yield f"  That is {after}." if after.standing is not Standing.ABOVE else f"  That is still {after}."


def _first_year(report: Report) -> Iterator[str]:
    if report.free_tier is FreeTier.LEGACY:
        complete = report.estimate.complete
        held = verdict(report.with_offers, PLAN_FREE_TIER_USD, complete=complete)
        beside = f", {held}" if report.planned else ""
        offers = at_least(report.with_offers, complete=complete)
        yield f"With the offers of the first 12 months: {offers} USD{beside}."
    elif report.free_tier is FreeTier.CREDITS:
        paid = sum(month.covered for month in report.months)
        whole = sum(month.pay == 0 for month in report.months)
        yield (
            f"Credits of up to {CREDITS_USD} USD pay for {money(Decimal(paid))} USD: {whole} months in full; "
            "--show months."
        )


def _not_priced(unpriced: Iterable[Unpriced]) -> Iterator[str]:
    """Everything that is not in the total, those of one type and reason on one line."""
    same: dict[tuple[str, str], list[str]] = {}
    for item in unpriced:
        same.setdefault((item.type, item.reason), []).append(item.path)
    if same:
        yield "Not priced, so not in the total:"
    for (kind, reason), paths in same.items():
        yield f"  not priced: {', '.join(paths)} ({kind}: {reason})"


def _endpoints(report: Report, paint: Paint) -> Iterator[str]:
    if not report.endpoints:
        yield "There are no interface endpoints."
        return
    yield paint("dim", f"{'interface':<12}{'':>10}{'to a NAT':>11}{'and its':>10}{'total':>10}{'with':>10}")
    head = f"{'endpoints':<12}{'USD':>10}{'gateway':>11}{'address':>10}{'':>10}{'metrics':>10}"
    yield paint("dim", f"{head}   with 12 months' offers")
    for row in report.endpoints:
        name = f"{row.endpoints} x {row.zones} zone{'s' if row.zones > 1 else ''}"
        nat = f"{_signed(row.against_nat):>11}{_signed(row.against_nat_and_address):>10}"
        totals = f"{money(row.total):>10}{money(row.with_metrics):>10}"
        offers = f"{money(row.with_offers)}-{money(row.with_offers_and_metrics)}"
        yield f"{name:<12}{money(row.cost):>10}{nat}{totals}   {offers}"
    yield paint(
        "dim", "Without usage. Metrics: CloudFront's additional ones and all of S3's request metrics."
    )


def _signed(usd: Decimal) -> str:
    return f"{cents(usd):+,}"


def _alternatives(report: Report, paint: Paint) -> Iterator[str]:
    total = at_least(report.estimate.total, complete=report.estimate.complete)
    yield paint("bold", f"{'as it is':<52}{total:>10}")
    for row in report.alternatives:
        standing = verdict(row.total, complete=report.estimate.complete).standing
        held = " in range" if report.planned and standing is Standing.WITHIN else ""
        yield f"{row.title:<52}{money(row.total):>10}{_signed(row.difference):>10}  {row.how}{held}"
        yield paint("dim", f"  {row.effect}")


def _sensitivity(report: Report, paint: Paint) -> Iterator[str]:
    yield paint("dim", f"{'assumption':<26}{'low':>10}{'high':>10}   total from, to, USD a month")
    for swing in report.sensitivity:
        known = ASSUMPTIONS[swing.key]
        figures = f"{number(known.low):>10}{number(known.high):>10} {known.unit}"
        yield f"{swing.key:<26}{figures:<32}{money(swing.low):>10}{money(swing.high):>10}"


def _months(report: Report, paint: Paint) -> Iterator[str]:
    terms = TERMS[report.free_tier]
    yield f"Account {report.free_tier}: {terms.covers}."
    yield f"It ends {terms.ends}. {terms.source}"
    yield paint("dim", f"{'month':>5}{'bill':>10}{'covered':>10}{'to pay':>10}{'so far':>11}")
    for month in report.months:
        amounts = f"{money(month.bill):>10}{money(month.covered):>10}{money(month.pay):>10}"
        yield f"{month.number:>5}{amounts}{money(month.so_far):>11}"


def _assumptions(report: Report, paint: Paint) -> Iterator[str]:
    usage = report.terms.usage
    yield paint("dim", f"{'assumption':<26}{usage.preset:>10}{'low':>9}{'typical':>9}{'high':>9}")
    for key, known in ASSUMPTIONS.items():
        mark = "*" if key in usage.given else " "
        sizes = f"{number(known.low):>9}{number(known.typical):>9}{number(known.high):>9}"
        yield f"{key:<25}{mark}{number(usage[key]):>10}{sizes}  {known.unit}, {known.meaning}"
    yield paint("dim", "* set by you: [environment.usage] of the settings, or --assume KEY=VALUE.")


def _free(report: Report, paint: Paint) -> Iterator[str]:
    for item in report.estimate.unpriced:
        yield paint("bad", f"not priced  {item.path} ({item.type}): {item.reason}")
    kinds: dict[tuple[str, str, str], int] = {}
    for found in report.estimate.free:
        key = (found.type, found.reason, found.source)
        kinds[key] = kinds.get(key, 0) + 1
    for (kind, reason, source), count in sorted(kinds.items()):
        yield f"free  {count:>3} x {kind:<42} {reason}; {source}"


def _prices(report: Report, paint: Paint) -> Iterator[str]:
    prices = report.terms.prices
    yield f"{prices.region}, on demand, USD; {prices.hours_per_month} hours a month; checked {prices.checked}."
    for key, price in sorted(prices.prices.items()):
        said = f"{price.usd.normalize():>9f} per {price.unit:<18}{price.confidence:<7}{price.date}"
        yield f"{key:<52}{said}  {paint('dim', price.source)}"
        if price.note:
            yield paint("dim", f"{'':52}{price.note}")


_DRAW: dict[Part, Callable[[Report, Paint], Iterator[str]]] = {
    Part.LINES: _lines,
    Part.TIERS: _tiers,
    Part.SUMMARY: _summary,
    Part.ENDPOINTS: _endpoints,
    Part.ALTERNATIVES: _alternatives,
    Part.SENSITIVITY: _sensitivity,
    Part.MONTHS: _months,
    Part.ASSUMPTIONS: _assumptions,
    Part.FREE: _free,
    Part.PRICES: _prices,
}


def in_order(parts: Collection[Part]) -> tuple[Part, ...]:
    """The parts in the order in which a reader wants them: the summary last, where the eye rests."""
    return (*(part for part in Part if part in parts and part is not Part.SUMMARY), *_last(parts))


def _last(parts: Collection[Part]) -> tuple[Part, ...]:
    return (Part.SUMMARY,) if Part.SUMMARY in parts else ()
