"""`showcore cost`: what an environment costs a month, before it costs it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from showcore_cfn.commands import options
from showcore_cfn.errors import Exit

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

    from showcore_cfn.cost.price_list import OwnPrices
    from showcore_cfn.cost.report import Part, Report
    from showcore_cfn.cost.source import Source
    from showcore_cfn.cost.terms import Terms
    from showcore_cfn.settings import FreeTier, Settings

PARTS = (
    *("lines", "tiers", "summary", "endpoints", "alternatives", "sensitivity", "months"),
    *("assumptions", "free", "prices", "all"),
)
OLD_LIST_DAYS = 365


@click.command(short_help="Monthly cost, line by line, and what would change it.")
@click.argument("folder", required=False, metavar="[FOLDER]")
@options.environment
@click.option(
    *("--usage", "preset"),
    metavar="low|typical|high|none",
    default="typical",
    show_default=True,
    help="How much it is used.",
)
@click.option(*("--assume", "assumed"), multiple=True, metavar="KEY=VALUE", help="One figure of the usage.")
@click.option(
    *("--free-tier", "free_tier"),
    metavar="legacy|credits|none",
    help="What the account does not pay for; the settings' own where it is left out.",
)
@click.option("--max-monthly", type=float, metavar="USD", help="Exit 4 where the month costs more.")
@click.option("--price", "own", multiple=True, metavar="KEY=VALUE", help="A price of your own.")
@click.option("--prices", "prices_file", metavar="FILE", help="A TOML file of own prices.")
@click.option(
    *("--parameter-overrides", "overrides"),
    multiple=True,
    metavar="KEY=VALUE",
    help="Parameters of the root template, over the settings.",
)
@click.option(
    "--show",
    multiple=True,
    type=click.Choice(PARTS),
    metavar="PART",
    help=f"Parts of the text, may be repeated: {', '.join(PARTS)}.",
)
@click.option(
    "--actual", is_flag=True, help="Set the bill beside the estimate (Cost Explorer, about 0.03 USD)."
)
@click.option("--month", metavar="YYYY-MM", help="The month of --actual; the last whole one unless given.")
@options.aws
@options.output("text", "json", "markdown", "svg", "html")
def command(
    folder: str | None,
    settings_file: str,
    env: str | None,
    preset: str,
    assumed: tuple[str, ...],
    free_tier: str | None,
    max_monthly: float | None,
    own: tuple[str, ...],
    prices_file: str | None,
    overrides: tuple[str, ...],
    show: tuple[str, ...],
    actual: bool,
    month: str | None,
    profile: str | None,
    region: str | None,
    endpoint_url: str | None,
    output: str,
) -> Exit:
    """Price the templates of FOLDER (templates/ unless given), line by line, for a month.

    Without showcore.toml the plan's figures are taken. Prices, assumptions and what is free are shown with their
    sources by --show prices, assumptions, free. Nothing is asked of AWS, except with --actual.
    """
    from datetime import UTC, datetime

    from showcore_cfn.cost.budget import hold, parse_limit
    from showcore_cfn.cost.terms import terms_of
    from showcore_cfn.cost.usage import parse_assumption, parse_preset
    from showcore_cfn.errors import UsageError

    if month is not None and not actual:
        raise UsageError(f"--month {month} is the month of a bill: give --actual with it.")
    settings = _settings(folder, settings_file, env)
    given = settings.max_monthly_usd if max_monthly is None else max_monthly
    limit = None if given is None else parse_limit(given)
    kind = _free_tier(free_tier, settings)
    terms = terms_of(
        settings,
        region=region,
        preset=parse_preset(preset),
        assumed=dict(parse_assumption(text) for text in assumed),
        own=_own_prices(own, prices_file),
    )
    source = _source(folder, settings, env, overrides, terms)
    today = datetime.now(UTC).date()
    if actual:
        _actual(source, terms, month, today, profile, endpoint_url, output)
        return Exit.DONE
    report = _report(source, terms, kind, folder or settings.environment, show, output)
    _remark(report, today)
    hold(report.estimate, limit)
    return Exit.DONE


def _settings(folder: str | None, settings_file: str, env: str | None) -> Settings:
    """The settings of the environment; the plan's own figures where there is no file, or for another folder."""
    from pathlib import Path

    from showcore_cfn import console
    from showcore_cfn.settings import load, plan_defaults

    path = Path(settings_file)
    if env is None and (folder is not None or not path.exists()):
        if folder is None:
            console.notice(f"There is no {settings_file}: the plan's figures are taken.")
        return plan_defaults()
    return load(path, env)


def _free_tier(text: str | None, settings: Settings) -> FreeTier:
    from showcore_cfn.errors import UsageError
    from showcore_cfn.settings import FreeTier

    try:
        return settings.free_tier if text is None else FreeTier(text)
    except ValueError:
        kinds = ", ".join(FreeTier)
        raise UsageError(f"there is no free tier called {text!r}; there are {kinds}.") from None


def _own_prices(pairs: tuple[str, ...], file: str | None) -> list[OwnPrices]:
    """The file's prices first, so that those of the command line go over them."""
    from pathlib import Path

    from showcore_cfn.cost.price_list import OwnPrices, parse_file, parse_price
    from showcore_cfn.errors import UsageError

    layers = []
    if file is not None:
        try:
            layers.append(parse_file(Path(file).read_text(encoding="utf-8"), file))
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(f"--prices: {file} cannot be read: {error}.") from error
    if pairs:
        layers.append(OwnPrices(dict(parse_price(pair) for pair in pairs)))
    return layers


def _source(
    folder: str | None, settings: Settings, env: str | None, overrides: tuple[str, ...], terms: Terms
) -> Source:
    from pathlib import Path

    from showcore_cfn import console
    from showcore_cfn.cost.overrides import overridden
    from showcore_cfn.cost.source import Source
    from showcore_cfn.errors import UsageError
    from showcore_cfn.template.load import load_folder

    path = Path(folder or "templates")
    templates = load_folder(path)
    for problem in templates.problems:
        console.notice(f"{path / problem.name}: {problem.sentence}")
    if not templates.documents:
        raise UsageError(
            f"there are no templates in {path}/: run `showcore templates`, or name another folder."
        )
    ours = settings.parameters() if folder is None or env is not None else {}
    given = {"AWS::Region": terms.prices.region, **ours}
    return Source(templates, {**given, **overridden(overrides, templates)})


def _report(
    source: Source, terms: Terms, kind: FreeTier, title: str, show: tuple[str, ...], output: str
) -> Report:
    """The report, printed in the form that was asked for."""
    from showcore_cfn import console
    from showcore_cfn.cost import report as reports

    parts = frozenset(reports.Part(name) for name in show if name != "all") or reports.DEFAULT
    if "all" in show or output != "text":
        parts = reports.EVERYTHING
    report = reports.build(source, terms, title=title, free_tier=kind, parts=parts)
    console.result(_drawn(report, parts, output))
    return report


def _drawn(report: Report, parts: Collection[Part], output: str) -> str:
    """Only the module of the form that was asked for is imported."""
    if output == "json":
        from showcore_cfn.cost.report_json import as_json

        return as_json(report)
    if output == "markdown":
        from showcore_cfn.cost.report_markdown import markdown

        return markdown(report)
    if output == "svg":
        from showcore_cfn.cost.report_svg import svg

        return svg(report.estimate, report.title)
    if output == "html":
        from showcore_cfn.cost.report_html import html

        return html(report)
    from showcore_cfn.cost.report_text import in_order, text

    return text(report, in_order(parts), _paint)


def _paint(style: str, text: str) -> str:
    from showcore_cfn import console

    colours = {"good": "green", "bad": "red"}
    return console.paint(text, fg=colours.get(style), bold=style == "bold", dim=style == "dim")


def _remark(report: Report, today: date) -> None:
    """Say what the calendar makes of prices and offers."""
    from showcore_cfn import console
    from showcore_cfn.cost.free_tier import over

    prices = report.terms.prices
    if prices.age_days(today) > OLD_LIST_DAYS:
        console.notice(f"The prices were last read through on {prices.checked}, more than a year ago.")
    gone = over(report.free_tier, today)
    if gone:
        console.notice(gone)


def _actual(
    source: Source,
    terms: Terms,
    month: str | None,
    today: date,
    profile: str | None,
    endpoint_url: str | None,
    output: str,
) -> None:
    """Print the bill beside the estimate."""
    import json

    from showcore_cfn import console
    from showcore_cfn.aws.cost_explorer import REGION, REQUEST_USD, CostExplorer
    from showcore_cfn.aws.session import connect
    from showcore_cfn.cost import actual
    from showcore_cfn.errors import UsageError
    from showcore_cfn.settings import PROJECT

    if output not in ("text", "json"):
        raise UsageError("--actual is told as text or json.")
    when = actual.period(month, today)
    client = connect(REGION, profile=profile, endpoint_url=endpoint_url).client("ce")
    bills = CostExplorer(client, profile)
    tagged = bills.by_service(when.start, when.end, ("Project", PROJECT))
    whole = bills.by_service(when.start, when.end, None)
    status = bills.tag_status("Project")
    found = actual.compare(terms.of(source), when, tagged.services, whole.services, status)
    console.result(json.dumps(actual.data(found), indent=2) if output == "json" else actual.text(found))
    if whole.estimated:
        console.notice("AWS may still change these figures.")
    requests = tagged.requests + whole.requests + 1
    console.notice(f"{requests} requests to Cost Explorer cost {requests * REQUEST_USD} USD.")
