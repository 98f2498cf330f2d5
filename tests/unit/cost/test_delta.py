"""What a change to the templates does to the monthly bill."""

from __future__ import annotations

from decimal import Decimal

import pytest

from showcore_cfn.cost.delta import ALLOWANCES, delta, headline, sentence
from showcore_cfn.cost.line import cents
from showcore_cfn.cost.report_json import delta_data
from showcore_cfn.cost.report_markdown import delta_markdown
from tests.unit.cost.support import month, one

ENDPOINT = "{VpcEndpointType: Interface, SubnetIds: %s}"
BEFORE = one("EC2::VPCEndpoint", ENDPOINT % "[a]") + "\n" + one("EC2::NatGateway", "{}", "Nat")
CACHE = "{CacheNodeType: cache.%%s, Engine: %s, NumCacheClusters: 1}"
AFTER = one("EC2::VPCEndpoint", ENDPOINT % "[a, b]") + "\n" + one("EC2::EIP", "{}", "Ip")


def test_added_removed_and_changed_resources_are_told_widest_first() -> None:
    found = delta(month(BEFORE), month(AFTER))
    assert [(change.path, change.before, change.after) for change in found.changes] == [
        ("app/Nat", Decimal("32.850"), None),
        ("app/It", Decimal("7.30"), Decimal("14.60")),
        ("app/Ip", None, Decimal("3.650")),
    ]
    # 14.60 + 3.65 - 7.30 - 32.85
    assert found.difference == Decimal("-21.90")
    assert sum(change.difference for change in found.changes) == found.difference
    assert sentence(found) == "-21.90 USD a month, from 40.15 to 18.25 USD."


def test_the_same_templates_make_no_difference() -> None:
    found = delta(month(BEFORE), month(BEFORE))
    assert found.changes == ()
    assert sentence(found) == "The monthly cost stays at 40.15 USD."
    assert delta_markdown(found) == sentence(found)


def test_an_alarm_that_an_allowance_pays_for_shows_both_sides() -> None:
    alarms = [one("CloudWatch::Alarm", "{MetricName: A}", f"A{n}") for n in range(5)]
    found = delta(month("\n".join(alarms[:4])), month("\n".join(alarms)))
    assert [(change.path, cents(change.difference)) for change in found.changes] == [
        (ALLOWANCES, Decimal("-0.10")),
        ("app/A4", Decimal("0.10")),
    ]
    assert found.difference == 0


def test_what_is_new_and_has_no_price_is_named() -> None:
    function = one("Lambda::Function", "{}", "F")
    found = delta(month(BEFORE), month(f"{BEFORE}\n{function}"))
    assert [item.path for item in found.unpriced] == ["app/F"]
    assert (
        "Not priced, so in no amount here: `app/F` (this type is not in the price list)."
        in delta_markdown(found)
    )
    assert delta(month(function), month(function)).unpriced == ()
    assert [item.path for item in delta(month(function), month(function), {"app/F"}).unpriced] == ["app/F"]


DATABASE = "{DBInstanceClass: db.%s, Engine: postgres, AllocatedStorage: '20', StorageType: gp3}"


@pytest.mark.parametrize(("before", "after"), [("t3.micro", "m9.large"), ("m9.large", "t3.micro")])
def test_a_price_that_is_missing_on_one_side_is_neither_saving_nor_cost(before: str, after: str) -> None:
    found = delta(
        month(one("RDS::DBInstance", DATABASE % before)), month(one("RDS::DBInstance", DATABASE % after))
    )
    assert not found.known
    assert not found.changes
    assert found.difference == 0
    assert headline(found) == "cost unknown: app/It without a price"
    assert sentence(found).startswith("Unknown, since there is no price for app/It. The month costs ")
    assert delta_data(found)["known"] is False


def test_what_else_changes_is_still_told() -> None:
    before = one("RDS::DBInstance", DATABASE % "t3.micro")
    after = one("RDS::DBInstance", DATABASE % "m9.large") + "\n" + one("EC2::EIP", "{}", "Ip")
    found = delta(month(before), month(after))
    assert headline(found) == "cost unknown: app/It without a price, the rest +3.65 USD/month"
    assert sentence(found) == (
        "Unknown, since there is no price for app/It. All else: +3.65 USD a month. The month costs at least 5.95 USD."
    )


def test_what_has_no_price_and_goes_leaves_the_difference_known() -> None:
    function = one("Lambda::Function", "{}", "F")
    found = delta(month(f"{AFTER}\n{function}"), month(BEFORE))
    assert (found.known, found.difference) == (True, Decimal("21.90"))
    assert sentence(found) == "+21.90 USD a month, from at least 18.25 to 40.15 USD."


@pytest.mark.parametrize(
    ("kind", "properties", "before", "after", "monthly"),
    [
        # 730 h x the difference of the hours
        ("RDS::DBInstance", DATABASE, "t3.micro", "t3.small", "13.14"),
        ("RDS::DBInstance", DATABASE, "t3.micro", "t3.medium", "39.42"),
        ("RDS::DBInstance", DATABASE, "t4g.micro", "t4g.small", "11.68"),
        ("RDS::DBInstance", DATABASE, "t4g.small", "t4g.medium", "24.09"),
        ("ElastiCache::ReplicationGroup", CACHE % "redis", "t3.micro", "t3.small", "12.41"),
        ("ElastiCache::ReplicationGroup", CACHE % "redis", "t4g.small", "t4g.medium", "24.09"),
        ("ElastiCache::ReplicationGroup", CACHE % "valkey", "t3.micro", "t3.small", "9.93"),
        ("EC2::Instance", "{InstanceType: %s}", "t3.micro", "t3.small", "7.59"),
    ],
)
def test_the_next_sizes_have_a_price(
    kind: str, properties: str, before: str, after: str, monthly: str
) -> None:
    found = delta(month(one(kind, properties % before)), month(one(kind, properties % after)))
    assert (found.known, cents(found.difference)) == (True, Decimal(monthly))


def test_a_difference_is_a_table_for_a_comment_and_data_for_a_machine() -> None:
    found = delta(month(BEFORE), month(AFTER))
    assert "| `app/It` | 7.30 | 14.60 | +7.30 |" in delta_markdown(found)
    assert "| `app/Nat` | 32.85 |  | -32.85 |" in delta_markdown(found)
    data = delta_data(found)
    assert (data["before"], data["after"], data["difference"]) == (40.15, 18.25, -21.9)


def test_many_small_changes_are_cut_short() -> None:
    many = "\n".join(one("EC2::EIP", "{}", f"Ip{n}") for n in range(20))
    said = delta_markdown(delta(month(one("EC2::VPC")), month(many)))
    assert said.count("| `app/Ip") == 15
    assert "5 smaller changes are left out." in said
