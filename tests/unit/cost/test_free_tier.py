"""What an account does not pay for: always, for twelve months, or with credits."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from showcore_cfn.cost.allowances import ALWAYS, TWELVE_MONTHS
from showcore_cfn.cost.free_tier import TERMS, months, over
from showcore_cfn.settings_fields import FreeTier
from tests.unit.cost.support import month, one

DATABASE = "{DBInstanceClass: db.%s.micro, Engine: postgres, AllocatedStorage: '%d', StorageType: gp3%s}"
OFFERS = (*ALWAYS, *TWELVE_MONTHS)


@pytest.mark.parametrize(
    ("resources", "used", "usd"),
    [
        # 730 of 750 h and 20 of 20 GB
        pytest.param(one("RDS::DBInstance", DATABASE % ("t3", 20, "")), {}, "0", id="a-micro-database"),
        pytest.param(one("RDS::DBInstance", DATABASE % ("t4g", 20, "")), {}, "0", id="a-graviton-one"),
        # (1,460 - 750) h x 0.018 + (40 - 20) GB x 0.115 = 12.78 + 2.30
        pytest.param(
            one("RDS::DBInstance", DATABASE % ("t3", 20, ""))
            + "\n"
            + one("RDS::DBInstance", DATABASE % ("t3", 20, ""), "Two"),
            {},
            "15.08",
            id="a-second-database-is-paid-for",
        ),
        # Multi-AZ has no offer: 730 x 0.036 + 20 x 0.23
        pytest.param(
            one("RDS::DBInstance", DATABASE % ("t3", 20, ", MultiAZ: true")), {}, "30.88", id="multi-az"
        ),
        # 30 GB, 20 of them free: 10 x 0.115
        pytest.param(one("RDS::DBInstance", DATABASE % ("t3", 30, "")), {}, "1.15", id="more-storage"),
        pytest.param(
            one("ElastiCache::ReplicationGroup", "{CacheNodeType: cache.t3.micro}"),
            {},
            "0",
            id="a-micro-cache",
        ),
        # cache.t4g.micro has no offer: 730 x 0.016
        pytest.param(
            one("ElastiCache::ReplicationGroup", "{CacheNodeType: cache.t4g.micro}"),
            {},
            "11.68",
            id="t4g-cache",
        ),
        # (6 - 5) GB x 0.023 + (30 - 20) x 0.0004 + (3 - 2) x 0.005 = 0.023 + 0.004 + 0.005
        pytest.param(
            one("S3::Bucket"),
            {"stored_gb": 6, "reads_thousands": 30, "writes_thousands": 3},
            "0.032",
            id="objects",
        ),
        # endpoints have no offer: 14.60
        pytest.param(
            one("EC2::VPCEndpoint", "{VpcEndpointType: Interface, SubnetIds: [a, b]}"),
            {},
            "14.60",
            id="endpoint",
        ),
    ],
)
def test_the_offers_of_twelve_months_cover_this_much(
    resources: str, used: dict[str, float], usd: str
) -> None:
    assert month(resources, used, OFFERS).total == Decimal(usd)


def test_without_the_always_free_allowances_everything_is_paid_for() -> None:
    # 1 metric x 0.10
    assert month(one("CloudWatch::Alarm", "{MetricName: A}"), allowances=()).total == Decimal("0.10")


def test_an_allowance_is_drawn_in_the_order_of_the_templates() -> None:
    alarms = "\n".join(one("CloudWatch::Alarm", "{MetricName: A}", f"A{n:02}") for n in range(12))
    found = month(alarms)
    assert [credit.path for credit in found.credits] == [f"app/A{n:02}" for n in range(10)]
    assert {credit.service for credit in found.credits} == {"AmazonCloudWatch"}


def pays(kind: FreeTier, full: str, offers: str = "0") -> list[str]:
    return [str(month.pay) for month in months(kind, Decimal(full), Decimal(offers))]


def test_without_a_free_tier_every_month_is_paid_in_full() -> None:
    assert pays(FreeTier.NONE, "90") == ["90"] * 13


def test_a_legacy_account_pays_the_rest_for_twelve_months() -> None:
    assert pays(FreeTier.LEGACY, "90", "60") == ["60"] * 12 + ["90"]


def test_credits_pay_until_they_are_used_up() -> None:
    # 200 = 90 + 90 + 20
    assert pays(FreeTier.CREDITS, "90") == ["0", "0", "70", *["90"] * 10]
    last = months(FreeTier.CREDITS, Decimal(90), Decimal(0))[-1]
    assert last.so_far == 13 * 90 - 200


def test_credits_end_after_twelve_months_even_when_some_are_left() -> None:
    # 12 x 10 = 120 of 200
    assert pays(FreeTier.CREDITS, "10") == ["0"] * 12 + ["10"]


def test_a_kind_of_account_that_no_longer_exists_is_told() -> None:
    assert over(FreeTier.LEGACY, date(2026, 7, 14)) is None
    said = over(FreeTier.LEGACY, date(2026, 7, 15))
    assert said is not None and "2026-07-14" in said
    assert over(FreeTier.CREDITS, date(2030, 1, 1)) is None


def test_each_kind_says_what_it_covers_when_it_ends_and_where_that_is_written() -> None:
    assert set(TERMS) == set(FreeTier)
    for terms in TERMS.values():
        assert terms.covers and terms.ends
        assert terms.source.startswith("https://docs.aws.amazon.com/")
