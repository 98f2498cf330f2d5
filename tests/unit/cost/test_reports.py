"""The forms of the report: text, JSON after its schema, Markdown, SVG and HTML."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from functools import cache
from html.parser import HTMLParser
from xml.etree import ElementTree

import jsonschema
import pytest

from showcore_cfn.cost.price_list import load
from showcore_cfn.cost.report import EVERYTHING, Part, Report, build, grouped, worth_showing
from showcore_cfn.cost.report_html import html
from showcore_cfn.cost.report_json import as_data, as_json
from showcore_cfn.cost.report_markdown import endpoint_table, markdown, summary_table
from showcore_cfn.cost.report_svg import svg
from showcore_cfn.cost.report_text import bar, in_order, text
from showcore_cfn.cost.source import Source
from showcore_cfn.cost.terms import Terms
from showcore_cfn.cost.usage import Preset, usage
from showcore_cfn.settings_fields import FreeTier
from showcore_cfn.template.load import load_set
from tests.unit.cost.support import REPOSITORY, ours

ODD = """\
Resources:
  Thing: {Type: 'AWS::Lambda::Function'}
  Gateway: {Type: 'AWS::EC2::NatGateway'}
"""


@cache
def report(free_tier: FreeTier = FreeTier.NONE, preset: Preset = Preset.NONE) -> Report:
    return build(ours(), Terms(load(), usage(preset)), title="production", free_tier=free_tier)


@cache
def odd(title: str = "odd <b>&</b> | one") -> Report:
    return build(Source(load_set({"app.yaml": ODD})), Terms(load(), usage(Preset.NONE)), title=title)


def shown(part: Part, found: Report | None = None) -> list[str]:
    return text(found or report(), [part]).splitlines()


def row(lines: list[str], beginning: str) -> list[str]:
    """The words of the one line that begins so."""
    (line,) = [line for line in lines if line.strip().startswith(beginning)]
    return line.split()


def test_a_line_says_what_how_much_of_it_at_which_price_and_the_amount() -> None:
    found = row(shown(Part.LINES), "4 x interface endpoint")
    assert found == ["4", "x", "interface", "endpoint", "5,840", "zone-hour", "0.01", "58.40"]


def test_usage_is_told_apart_from_what_stands_there() -> None:
    lines = shown(Part.LINES, report(preset=Preset.TYPICAL))
    assert row(lines, "request metrics")[-2:] == ["2.40", "usage"]
    assert "usage" not in row(lines, "gp3 storage")


def test_what_is_free_or_below_a_cent_is_left_out_and_counted() -> None:
    rows = grouped(report(preset=Preset.TYPICAL).estimate)
    kept = worth_showing(rows)
    assert not any(group.what == "dashboard" for group in kept)  # three of them are free
    assert any(group.what == "alarm metric" for group in kept)  # more than ten are not
    lines = shown(Part.LINES, report(preset=Preset.TYPICAL))
    assert lines[-1].startswith(f"{len(rows) - len(kept)} rows that are free")


def test_the_rows_of_the_tiers_add_up_to_the_total() -> None:
    month = report(preset=Preset.TYPICAL).estimate
    total = round(month.total, 9)
    assert round(sum((group.monthly for group in grouped(month)), Decimal(0)), 9) == total
    assert round(sum(month.by_stack().values(), Decimal(0)), 9) == total
    assert round(sum(month.by_service().values(), Decimal(0)), 9) == total
    assert round(month.fixed + month.usage, 9) == total


def test_a_bar_is_as_long_as_its_amount() -> None:
    assert len(bar(Decimal(10), Decimal(10))) == 36
    assert len(bar(Decimal(5), Decimal(10))) == 18
    assert len(bar(Decimal("0.01"), Decimal(10))) == 1
    assert len(bar(Decimal(0), Decimal(0))) == 1


def test_the_tiers_stand_by_size_with_their_share() -> None:
    found = [line.split()[:3] for line in shown(Part.TIERS)]
    # 58.40 of 90.15, 15.84, 12.41
    assert found[:3] == [["network", "58.40", "65"], ["database", "15.84", "18"], ["cache", "12.41", "14"]]


def test_the_summary_says_in_one_screen_what_to_change_to_reach_the_plan() -> None:
    lines = shown(Part.SUMMARY, report(preset=Preset.TYPICAL))
    assert len(lines) <= 20
    assert max(map(len, lines)) <= 160
    whole = "\n".join(lines)
    assert "above the plan's 49-60 USD a month." in whole
    assert "network.endpoint_zones = 1" in whole
    assert "That is within the plan's 49-60 USD a month." in whole
    assert "showcore-billing-50 will be in alarm every month" in whole


def test_the_table_of_endpoints_holds_every_total() -> None:
    whole = "\n".join(shown(Part.ENDPOINTS))
    for total in ("51.25", "58.55", "73.15", "87.75", "58.45", "65.75", "80.35", "94.95", "59.90-67.10"):
        assert total in whole


def test_the_first_thirteen_months_are_told() -> None:
    lines = shown(Part.MONTHS, report(FreeTier.CREDITS))
    months = [line.split() for line in lines if line.strip()[:1].isdigit()]
    assert len(months) == 13
    # 90.15 + 90.15 = 180.30, so 19.70 are left for the third month
    assert months[2] == ["3", "90.15", "19.70", "70.45", "70.45"]
    assert "pay for 200.00 USD: 2 months in full" in "\n".join(shown(Part.SUMMARY, report(FreeTier.CREDITS)))


def test_the_offers_of_a_legacy_account_are_held_against_the_plans_free_tier() -> None:
    whole = "\n".join(shown(Part.SUMMARY, report(FreeTier.LEGACY)))
    # 90.15 - 27.85
    assert (
        "With the offers of the first 12 months: 62.30 USD, 52.30 USD above the plan's 3-10 USD a month."
        in whole
    )


def test_what_has_no_price_is_never_silent() -> None:
    said = "  not priced: app/Thing (AWS::Lambda::Function: this type is not in the price list)"
    assert said in shown(Part.SUMMARY, odd())
    assert shown(Part.SUMMARY, odd())[0].endswith(": at least 32.85 USD a month")
    assert as_data(odd())["complete"] is False
    assert shown(Part.FREE, odd())[0].startswith("not priced  app/Thing")
    assert "Not priced, so not in the total: `app/Thing`" in markdown(odd())
    assert as_data(odd())["not_priced"] == [
        {"path": "app/Thing", "type": "AWS::Lambda::Function", "reason": "this type is not in the price list"}
    ]


def test_where_nothing_can_be_changed_that_is_said() -> None:
    text_of_gateways = "Resources:\n" + "".join(
        f"  G{n}: {{Type: 'AWS::EC2::NatGateway'}}\n" for n in range(2)
    )
    names = ("Prefix", "EndpointZones", "SessionMessagesEndpoint")
    of_the_plan = "Parameters:\n" + "".join(f"  {name}: {{Type: String, Default: '1'}}\n" for name in names)
    nested = "Resources:\n  A: {Type: 'AWS::CloudFormation::Stack', Properties: {TemplateURL: ./app.yaml}}\n"
    templates = load_set({"root.yaml": of_the_plan + nested, "app.yaml": text_of_gateways})
    found = build(Source(templates), odd().terms, title="t")
    assert "  Nothing that this tool knows to change makes it cheaper." in shown(Part.SUMMARY, found)
    assert shown(Part.ENDPOINTS, found) == ["There are no interface endpoints."]


def test_what_is_free_is_listed_with_its_source() -> None:
    assert any(
        "AWS::IAM::Role" in line and "https://aws.amazon.com/iam/faqs/" in line for line in shown(Part.FREE)
    )


def test_every_assumption_and_every_price_is_shown() -> None:
    found = build(ours(), Terms(load(), usage(Preset.LOW, {"sessions": 9})), title="t", parts=())
    lines = shown(Part.ASSUMPTIONS, found)
    assert row(lines, "sessions")[:3] == ["sessions", "*", "9"]
    assert row(lines, "cdn_out_gb")[:2] == ["cdn_out_gb", "5"]
    prices = "\n".join(shown(Part.PRICES, found))
    assert all(key in prices for key in load().prices)


def test_the_summary_stands_last_where_the_eye_rests() -> None:
    assert in_order(EVERYTHING)[-1] is Part.SUMMARY
    assert in_order([Part.SUMMARY, Part.LINES]) == (Part.LINES, Part.SUMMARY)
    assert in_order([Part.PRICES]) == (Part.PRICES,)


@pytest.mark.parametrize(
    "found", [report(), report(FreeTier.CREDITS, Preset.TYPICAL), odd()], ids=["a", "b", "odd"]
)
def test_json_follows_its_published_schema(found: Report) -> None:
    schema = json.loads((REPOSITORY / "docs/schemas/cost.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(json.loads(as_json(found)), schema)


def test_json_without_a_part_leaves_its_list_empty() -> None:
    bare = build(ours(), Terms(load(), usage(Preset.NONE)), title="t", parts=())
    data = as_data(bare)
    assert (data["alternatives"], data["steps_to_plan"], data["endpoints"], data["sensitivity"]) == (
        [],
        [],
        [],
        [],
    )
    assert data["total"] == 90.15


def test_the_lines_of_json_less_the_allowances_are_the_total() -> None:
    data = json.loads(as_json(report(preset=Preset.TYPICAL)))
    lines = sum(line["usd_monthly"] for line in data["lines"])
    allowances = sum(row["usd_monthly"] for row in data["allowances"])
    assert lines - allowances == pytest.approx(data["total"], abs=0.001)


def test_the_readme_tables_are_small_markdown_tables() -> None:
    assert endpoint_table(report().endpoints).splitlines()[-1] == (
        "| 4 in 2 zones | 58.40 | -25.55 (-21.90) | 87.75 | 94.95 |"
    )
    assert summary_table(report()).splitlines()[2] == "| network | 58.40 | 0.00 | 58.40 |"
    assert summary_table(report()).splitlines()[-1] == "| **together** | 90.15 | 0.00 | **90.15** |"


def test_markdown_tables_keep_their_shape() -> None:
    for block in markdown(report(preset=Preset.TYPICAL)).split("\n\n"):
        if block.startswith("|"):
            assert len({line.replace("\\|", "").count("|") for line in block.strip().splitlines()}) == 1


def test_the_chart_is_xml_with_a_bar_for_each_line_that_makes_the_bill() -> None:
    tree = ElementTree.fromstring(svg(report().estimate, "a & b"))
    names = [element.text or "" for element in tree.iter("{http://www.w3.org/2000/svg}text")]
    assert names[0] == "a & b: 90.15 USD a month"
    assert "network: 4 x interface endpoint" in names
    bars = [float(rect.attrib["width"]) for rect in tree.iter("{http://www.w3.org/2000/svg}rect")]
    assert bars == sorted(bars, reverse=True)
    assert len(bars) == 7  # endpoints, instance, node, storage, CDN metrics, alarms, secret


def test_a_chart_of_nothing_is_still_a_chart() -> None:
    empty = build(
        Source(load_set({"app.yaml": "Resources: {V: {Type: 'AWS::EC2::VPC'}}"})), odd().terms, title="t"
    )
    ElementTree.fromstring(svg(empty.estimate, "t"))
    assert "t: 0.00 USD a month" in text(empty, [Part.SUMMARY, Part.TIERS])


class _Balance(HTMLParser):
    """Whether every element that opens closes again."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.links += [value or "" for name, value in attrs if name in ("src", "href")]
        if tag not in ("meta", "rect"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag != "rect":
            assert self.open.pop() == tag


@pytest.mark.parametrize("found", [report(preset=Preset.TYPICAL), odd()], ids=["ours", "odd"])
def test_the_page_is_whole_and_needs_no_network(found: Report) -> None:
    page = html(found)
    balance = _Balance()
    balance.feed(page)
    assert balance.open == []
    assert page.startswith("<!doctype html>")
    assert "<svg" in page
    assert not re.search(r"<(script|link|img|iframe)\b|@import|url\(", page)
    assert all(link.startswith("https://") for link in balance.links)


def test_a_title_cannot_become_markup() -> None:
    page = html(odd())
    assert "<b>" not in page
    assert "odd &lt;b&gt;&amp;&lt;/b&gt;" in page


STRANGER = """\
Resources:
  Database:
    Type: AWS::RDS::DBInstance
    Properties: {DBInstanceClass: db.t3.2xlarge, Engine: postgres, AllocatedStorage: 100, StorageType: io2}
  Cache:
    Type: AWS::ElastiCache::ReplicationGroup
    Properties: {CacheNodeType: cache.t3.micro, Engine: redis, NumCacheClusters: 1}
  Endpoint:
    Type: AWS::EC2::VPCEndpoint
    Properties: {VpcEndpointType: Interface, ServiceName: com.amazonaws.us-east-1.logs, SubnetIds: [a, b]}
  Service: {Type: 'AWS::ECS::Service', Properties: {LaunchType: FARGATE}}
"""


def test_the_templates_of_a_stranger_are_told_nothing_of_the_plan() -> None:
    found = build(Source(load_set({"app.yaml": STRANGER})), odd().terms, title="t", free_tier=FreeTier.LEGACY)
    for said in (
        text(found, in_order(EVERYTHING - {Part.PRICES})),
        markdown(found).partition("## Prices")[0],
    ):
        assert "the plan" not in said.lower()
        assert "t4g.micro" not in said
        assert "AWS::ECS::Service" in said
        assert "io2" in said
    assert as_data(found)["plan"] is None
    schema = json.loads((REPOSITORY / "docs/schemas/cost.schema.json").read_text(encoding="utf-8"))
    jsonschema.validate(json.loads(as_json(found)), schema)


def test_an_alternative_whose_price_is_not_known_is_none() -> None:
    database = {"app.yaml": STRANGER.replace("t3.2xlarge", "t3.large")}
    found = build(Source(load_set(database)), odd().terms, title="t")
    # db.t4g.large has no price: without it the database would seem to be free
    assert [row.key for row in found.alternatives if "graviton" in row.key] == []
    assert "valkey" in [row.key for row in found.alternatives]
