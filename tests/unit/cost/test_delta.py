"""What a change to the templates does to the monthly bill."""

from __future__ import annotations

from decimal import Decimal

from showcore_cfn.cost.delta import ALLOWANCES, delta, sentence
from showcore_cfn.cost.line import cents
from showcore_cfn.cost.report_json import delta_data
from showcore_cfn.cost.report_markdown import delta_markdown
from tests.unit.cost.support import month, one

ENDPOINT = "{VpcEndpointType: Interface, SubnetIds: %s}"
BEFORE = one("EC2::VPCEndpoint", ENDPOINT % "[a]") + "\n" + one("EC2::NatGateway", "{}", "Nat")
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
    assert "Not priced, so not in the total: `app/F` (this type is not in the price list)." in delta_markdown(
        found
    )
    assert delta(month(function), month(function)).unpriced == ()


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
