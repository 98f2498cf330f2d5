"""Prices as data: sourced, dated, frozen, and laid over by those of the user."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from showcore_cfn.cost.price_list import Confidence, OwnPrices, load, parse_file, parse_price, with_own
from showcore_cfn.errors import UsageError
from tests.unit.cost.support import month, one

OLDEST = timedelta(days=548)  # 18 months before the list was read through


def test_each_price_has_a_source_and_is_young_or_says_why_it_is_believed() -> None:
    prices = load()
    assert len(prices.prices) > 40
    for price in prices.prices.values():
        assert price.source.strip(), price.key
        assert price.unit.strip(), price.key
        assert price.usd >= 0, price.key
        assert price.date <= prices.checked, price.key
        assert price.note or prices.checked - price.date <= OLDEST, price.key


@pytest.mark.parametrize(
    ("key", "usd"),
    [
        ("rds.db.t3.micro.postgres.single_az.hour", "0.018"),
        ("elasticache.cache.t3.micro.redis.hour", "0.017"),
        ("vpc.interface_endpoint.az_hour", "0.01"),
        ("vpc.nat_gateway.hour", "0.045"),
        ("cloudwatch.alarm.standard.metric_month", "0.1"),
        ("s3.glacier_flexible.gb_month", "0.0036"),
    ],
)
def test_a_price_is_what_the_price_list_of_aws_says(key: str, usd: str) -> None:
    price = load().get(key)
    assert price is not None
    assert price.usd == Decimal(usd)
    assert price.confidence is Confidence.HIGH


def test_prices_never_change_while_the_program_runs() -> None:
    prices = load()
    with pytest.raises(TypeError):
        prices.prices["vpc.nat_gateway.hour"] = prices.prices["vpc.nat_gateway.gb"]  # type: ignore[index]
    with pytest.raises(AttributeError):
        prices.prices["vpc.nat_gateway.hour"].usd = Decimal(0)  # type: ignore[misc]


def test_an_own_price_goes_over_the_list() -> None:
    own = OwnPrices(dict([parse_price("vpc.nat_gateway.hour=0.04")]))
    prices = with_own(load(), own)
    # 730 h x 0.04
    assert month(one("EC2::NatGateway"), prices=prices).total == Decimal("29.20")
    assert prices.prices["vpc.nat_gateway.hour"].confidence is Confidence.OWN
    assert prices.prices["vpc.nat_gateway.gb"] == load().prices["vpc.nat_gateway.gb"]


def test_an_own_price_may_name_an_instance_class_that_the_list_lacks() -> None:
    own = OwnPrices(dict([parse_price("rds.db.m5.large.postgres.single_az.hour=0.178")]))
    large = "{DBInstanceClass: db.m5.large, Engine: postgres, AllocatedStorage: '20', StorageType: gp3}"
    # 730 h x 0.178 + 20 GB x 0.115 = 129.94 + 2.30
    assert month(one("RDS::DBInstance", large), prices=with_own(load(), own)).total == Decimal("132.24")


@pytest.mark.parametrize(
    "text",
    [
        '"vpc.nat_gateway.hour" = 0.04\n"vpc.public_ipv4.hour" = 0.004\n',
        "vpc.nat_gateway.hour = 0.04\nvpc.public_ipv4.hour = 0.004\n",
        '["vpc.nat_gateway.hour"]\nusd = 0.04\nunit = "hour"\n["vpc.public_ipv4.hour"]\nusd = 0.004\n',
    ],
    ids=["quoted", "dotted", "tables"],
)
def test_a_file_of_own_prices_may_be_written_in_three_ways(text: str) -> None:
    found = parse_file(text, "mine.toml").prices
    assert found == {"vpc.nat_gateway.hour": Decimal("0.04"), "vpc.public_ipv4.hour": Decimal("0.004")}


def test_a_discount_takes_its_share_off_every_price_but_the_own_ones() -> None:
    text = 'discount_percent = 10\n"vpc.public_ipv4.hour" = 0.005\n'
    prices = with_own(load(), parse_file(text, "mine.toml"))
    # 730 h x 0.045 x 0.9 and 730 h x 0.005
    assert month(one("EC2::NatGateway"), prices=prices).total == Decimal("29.565")
    assert month(one("EC2::EIP"), prices=prices).total == Decimal("3.65")


def test_a_file_for_another_region_stands_alone() -> None:
    text = 'region = "eu-west-1"\n"vpc.nat_gateway.hour" = 0.048\n'
    prices = with_own(load(), parse_file(text, "ireland.toml"))
    assert prices.region == "eu-west-1"
    # 730 h x 0.048
    assert month(one("EC2::NatGateway"), prices=prices).total == Decimal("35.04")
    found = month(one("EC2::EIP"), prices=prices)
    assert found.total == 0
    assert [item.reason for item in found.unpriced] == [
        "public IPv4 address: there is no price vpc.public_ipv4.hour"
    ]


def test_a_copy_of_the_list_itself_is_a_file_of_own_prices() -> None:
    from tests.unit.cost.support import REPOSITORY

    text = (REPOSITORY / "showcore_cfn/cost/prices/us-east-1.toml").read_text(encoding="utf-8")
    prices = with_own(load(), parse_file(text, "copy.toml"))
    assert {key: price.usd for key, price in prices.prices.items()} == {
        key: price.usd for key, price in load().prices.items()
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("vpc.nat_gateway.hour", "--price 'vpc.nat_gateway.hour' is not KEY=VALUE"),
        (
            "vpc.nat_gateway.hour=-1",
            "--price vpc.nat_gateway.hour is -1; a price is a number of USD, 0 or more.",
        ),
        ("vpc.nat_gateway.hour=cheap", "--price vpc.nat_gateway.hour is 'cheap'; a price is a number"),
        ("vpc.nat_gateway.hour=nan", "--price vpc.nat_gateway.hour is nan"),
        ("vpc.nat_gateway.hour=", "--price vpc.nat_gateway.hour is ''"),
        ("=1", "--price '=1' is not KEY=VALUE"),
    ],
)
def test_a_wrong_price_gets_one_sentence(text: str, said: str) -> None:
    with pytest.raises(UsageError) as raised:
        parse_price(text)
    assert str(raised.value).startswith(said)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("vpc.nat_gateway.hour 0.04", "mine.toml is not TOML: "),
        (
            '"vpc.nat_gateway.hour" = -0.04',
            "mine.toml: vpc.nat_gateway.hour is -0.04; a price is a number of USD",
        ),
        (
            '"vpc.nat_gateway.hour" = true',
            "mine.toml: vpc.nat_gateway.hour is True; a price is a number of USD",
        ),
        ("discount_percent = 120", "mine.toml: discount_percent is 120; no discount is above 100."),
        ("region = 1", 'mine.toml: region is 1; it is text, such as region = "eu-west-1".'),
    ],
)
def test_a_wrong_file_gets_one_sentence(text: str, said: str) -> None:
    with pytest.raises(UsageError) as raised:
        parse_file(text, "mine.toml")
    assert str(raised.value).startswith(said)
    assert "\n" not in str(raised.value)


def test_a_typo_in_a_name_is_told_with_the_nearest_name() -> None:
    own = parse_file('"vpc.nat_gatway.hour" = 0.04', "mine.toml")
    with pytest.raises(
        UsageError, match=r"mine.toml: no price is called 'vpc.nat_gatway.hour'; did you mean"
    ):
        with_own(load(), own)
    with pytest.raises(UsageError, match=r"--price: no price is called 'moon'; see"):
        with_own(load(), OwnPrices({"moon": Decimal(1)}))


@pytest.mark.parametrize("region", ["eu-west-1", "../../secret", ""])
def test_a_region_without_prices_gets_one_sentence(region: str) -> None:
    with pytest.raises(
        UsageError, match=r"there are no prices for .*, only for us-east-1: give yours with --prices"
    ):
        load(region)


def test_the_age_of_the_list_is_counted_from_the_day_it_was_read_through() -> None:
    prices = load()
    assert prices.age_days(prices.checked + timedelta(days=400)) == 400
    assert prices.checked >= date(2026, 11, 24)
