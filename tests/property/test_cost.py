"""What must hold of every estimate: it adds up, grows with usage, and leaves what is free at zero."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from showcore_cfn.cost.allowances import ALWAYS, TWELVE_MONTHS
from showcore_cfn.cost.delta import delta
from showcore_cfn.cost.estimate import estimate
from showcore_cfn.cost.line import Estimate
from showcore_cfn.cost.price_list import OwnPrices, load, with_own
from showcore_cfn.cost.usage import ASSUMPTIONS, Preset, usage
from showcore_cfn.review.resolve import resolve
from showcore_cfn.template.load import load_set

DATABASE = (
    "{Type: 'AWS::RDS::DBInstance', Properties: {DBInstanceClass: db.t3.micro, Engine: postgres, "
    "AllocatedStorage: '20', StorageType: gp3, BackupRetentionPeriod: 7, ManageMasterUserPassword: true}}"
)
CACHE = (
    "{Type: 'AWS::ElastiCache::ReplicationGroup', "
    "Properties: {CacheNodeType: cache.t3.micro, SnapshotRetentionLimit: 7}}"
)
PAID = [
    "{Type: 'AWS::EC2::NatGateway'}",
    "{Type: 'AWS::EC2::EIP'}",
    "{Type: 'AWS::EC2::FlowLog'}",
    "{Type: 'AWS::EC2::VPCEndpoint', Properties: {VpcEndpointType: Interface, SubnetIds: [a, b]}}",
    DATABASE,
    CACHE,
    "{Type: 'AWS::S3::Bucket', Properties: {MetricsConfigurations: [{Id: A}]}}",
    "{Type: 'AWS::CloudFront::Distribution'}",
    "{Type: 'AWS::CloudWatch::Alarm', Properties: {MetricName: A}}",
    "{Type: 'AWS::CloudWatch::Dashboard'}",
    "{Type: 'AWS::Logs::LogGroup', Properties: {RetentionInDays: 7}}",
    "{Type: 'AWS::SNS::Subscription', Properties: {Protocol: email}}",
    "{Type: 'AWS::SQS::Queue'}",
    "{Type: 'AWS::CloudTrail::Trail'}",
    "{Type: 'AWS::Config::ConfigRule'}",
    "{Type: 'AWS::Backup::BackupVault'}",
]
FREE = [
    "EC2::VPC",
    "EC2::Subnet",
    "IAM::Role",
    "S3::BucketPolicy",
    "SNS::Topic",
    "SSM::Document",
    "Events::Rule",
]
NOISE = Decimal("1e-12")
BOUNDED = settings(deadline=None, max_examples=40)

resources = st.lists(st.sampled_from(PAID), max_size=8)
figures = st.dictionaries(
    st.sampled_from(sorted(ASSUMPTIONS)), st.decimals(0, 50_000, places=2).map(Decimal), max_size=6
)


def same(one: Decimal, other: Decimal) -> bool:
    """Equal but for the last digits of a division by 30 days."""
    return abs(one - other) < NOISE


def month(
    bodies: list[str], used: dict[str, Decimal], *, offers: bool = False, free: bool = True
) -> Estimate:
    lines = "".join(f"  R{number}: {body}\n" for number, body in enumerate(bodies))
    text = f"AWSTemplateFormatVersion: '2010-09-09'\nResources:\n{lines or '  {}'}\n"
    allowances = (*ALWAYS, *TWELVE_MONTHS) if offers else ALWAYS if free else ()
    nest = resolve(load_set({"app.yaml": text}))
    return estimate(nest, usage=usage(Preset.NONE, used), allowances=allowances)


@BOUNDED
@given(resources, resources, figures)
def test_without_allowances_two_sets_cost_what_each_costs(
    some: list[str], others: list[str], used: dict[str, Decimal]
) -> None:
    together = month([*some, *others], used, free=False).total
    assert same(together, month(some, used, free=False).total + month(others, used, free=False).total)


@BOUNDED
@given(resources, resources, figures)
def test_an_allowance_is_given_once_so_that_two_sets_never_cost_less_than_each(
    some: list[str], others: list[str], used: dict[str, Decimal]
) -> None:
    together = month([*some, *others], used).total
    apart = month(some, used).total + month(others, used).total
    assert apart <= together + NOISE
    assert together <= month([*some, *others], used, free=False).total + NOISE


@BOUNDED
@given(resources, figures, st.sampled_from(sorted(ASSUMPTIONS)), st.decimals(0, 10_000, places=2))
def test_more_use_never_costs_less(
    bodies: list[str], used: dict[str, Decimal], key: str, more: Decimal
) -> None:
    grown = {**used, key: used.get(key, Decimal(0)) + more}
    assert month(bodies, used).total <= month(bodies, grown).total + NOISE


@BOUNDED
@given(resources, figures)
def test_no_total_is_below_zero_and_no_allowance_above_its_line(
    bodies: list[str], used: dict[str, Decimal]
) -> None:
    found = month(bodies, used, offers=True)
    assert found.total >= -NOISE
    for line in found.lines:
        taken = sum(c.quantity for c in found.credits if (c.path, c.price) == (line.path, line.price))
        held = sum(x.quantity for x in found.lines if (x.path, x.price) == (line.path, line.price))
        assert 0 <= taken <= held


@BOUNDED
@given(resources, figures)
def test_every_way_to_add_up_gives_the_same_total(bodies: list[str], used: dict[str, Decimal]) -> None:
    found = month(bodies, used)
    assert same(found.fixed + found.usage, found.total)
    assert same(sum(found.by_stack().values(), Decimal(0)), found.total)
    assert same(sum(found.by_service().values(), Decimal(0)), found.total)


@BOUNDED
@given(st.lists(st.sampled_from(FREE), min_size=1, max_size=6), resources, figures)
def test_what_is_free_adds_nothing(names: list[str], bodies: list[str], used: dict[str, Decimal]) -> None:
    free = [f"{{Type: 'AWS::{name}'}}" for name in names]
    found = month(free, used)
    assert found.total == 0
    assert not found.lines
    assert not found.unpriced
    assert len(found.free) == len(names)
    assert month([*bodies, *free], used).total == month(bodies, used).total


@BOUNDED
@given(resources, resources, figures)
def test_a_difference_is_the_sum_of_its_changes(
    some: list[str], others: list[str], used: dict[str, Decimal]
) -> None:
    found = delta(month(some, used), month(others, used))
    assert same(sum((change.difference for change in found.changes), Decimal(0)), found.difference)
    back = delta(month(others, used), month(some, used))
    assert back.difference == -found.difference


@BOUNDED
@given(resources, figures, st.integers(0, 100))
def test_a_discount_scales_every_line(bodies: list[str], used: dict[str, Decimal], percent: int) -> None:
    cheaper = with_own(load(), OwnPrices({}, discount_percent=Decimal(percent)))
    text = "Resources:\n" + "".join(f"  R{n}: {body}\n" for n, body in enumerate([*bodies, PAID[0]]))
    nest = resolve(load_set({"app.yaml": text}))
    terms = usage(Preset.NONE, used)
    full, less = (estimate(nest, usage=terms, prices=prices).total for prices in (load(), cheaper))
    assert same(less, full * (100 - percent) / 100)
