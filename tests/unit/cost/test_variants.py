"""Alternatives are generated template sets; they are held against each other and against the documents."""

from __future__ import annotations

from decimal import Decimal

import pytest

from showcore_cfn.cost.compare import alternatives, ladder, sensitivity
from showcore_cfn.cost.line import cents
from showcore_cfn.cost.price_list import load
from showcore_cfn.cost.source import Source
from showcore_cfn.cost.terms import Terms
from showcore_cfn.cost.usage import Preset, usage
from showcore_cfn.cost.variants import ONE_ZONE, TWO_ZONES, variants
from showcore_cfn.template.load import load_set
from tests.unit.cost.support import ours

NOTHING = Terms(load(), usage(Preset.NONE))
TYPICAL = Terms(load(), usage())
STRANGER = """\
Resources:
  Subnet: {Type: 'AWS::EC2::Subnet', Properties: {CidrBlock: 10.0.0.0/24}}
  Logs:
    Type: AWS::EC2::VPCEndpoint
    Properties:
      {VpcEndpointType: Interface, ServiceName: com.amazonaws.us-east-1.logs, SubnetIds: [!Ref Subnet, b]}
  Queue:
    Type: AWS::EC2::VPCEndpoint
    Properties:
      {VpcEndpointType: Interface, ServiceName: com.amazonaws.us-east-1.sqs, SubnetIds: [!Ref Subnet, b]}
  Database:
    Type: AWS::RDS::DBInstance
    Properties:
      {DBInstanceClass: db.t3.micro, Engine: postgres, AllocatedStorage: '20', StorageType: gp3, AvailabilityZone: a}
  Cache:
    Type: AWS::ElastiCache::ReplicationGroup
    Properties: {CacheNodeType: cache.t3.micro, Engine: redis, NumCacheClusters: 1}
  Bucket: {Type: 'AWS::S3::Bucket', Properties: {MetricsConfigurations: [{Id: All}]}}
  Metrics: {Type: 'AWS::CloudFront::MonitoringSubscription', Properties: {DistributionId: d}}
"""


def stranger() -> Source:
    return Source(load_set({"app.yaml": STRANGER}))


def priced(source: Source, terms: Terms = NOTHING) -> dict[str, Decimal]:
    return {row.key: cents(row.difference) for row in alternatives(source, terms)}


def endpoints(source: Source) -> Decimal:
    lines = NOTHING.of(source).lines
    return sum((line.monthly for line in lines if line.what == "interface endpoint"), Decimal(0))


@pytest.mark.parametrize("source", [ours(), stranger()], ids=["ours", "a stranger's"])
def test_two_zones_are_twice_one_zone(source: Source) -> None:
    one = ONE_ZONE.change(source)
    assert one is not None
    two = TWO_ZONES.change(one)
    assert two is not None
    assert endpoints(two) == 2 * endpoints(one) > 0


def test_our_alternatives_differ_by_what_the_price_list_says() -> None:
    found = priced(ours())
    assert found == {
        "one-endpoint-zone": Decimal("-29.20"),  # 4 endpoints x 7.30
        "nat-gateway": Decimal("-21.90"),  # 32.85 + 3.65 - 58.40
        "without-cdn-metrics": Decimal("-2.40"),  # 8 x 0.30
        "without-request-metrics": Decimal("-0.20"),  # only traffic makes them cost; two alarms less
        "without-session-endpoint": Decimal("-14.60"),  # 2 x 7.30
        "valkey": Decimal("-2.48"),  # 730 x (0.017 - 0.0136) = 2.482
        "graviton": Decimal("-2.19"),  # 730 x (0.018 - 0.016) + 730 x (0.017 - 0.016) = 1.46 + 0.73
        "graviton-valkey": Decimal("-4.53"),  # 1.46 + 730 x (0.017 - 0.0128) = 1.46 + 3.066
        "multi-zone": Decimal("27.85"),  # 13.14 + 2.30 + 12.41
        "flow-logs": Decimal("0.00"),
        "access-logs": Decimal("0.00"),
        "cdn-logs": Decimal("0.00"),
        "enhanced-monitoring": Decimal("0.00"),
        "without-logs-endpoint": Decimal("-14.60"),
        "without-monitoring-endpoint": Decimal("-14.60"),
        "without-ssm-endpoint": Decimal("-14.60"),
    }


def test_request_metrics_save_what_the_assumption_says() -> None:
    # 8 metrics x 0.30 with typical usage, and 2 alarms x 0.10
    assert priced(ours(), TYPICAL)["without-request-metrics"] == Decimal("-2.60")


def test_a_strangers_templates_have_alternatives_too() -> None:
    found = priced(stranger())
    assert found == {
        "one-endpoint-zone": Decimal("-14.60"),
        "nat-gateway": Decimal("7.30"),  # 36.50 - 2 x 14.60
        "without-cdn-metrics": Decimal("-2.40"),
        "without-request-metrics": Decimal("0.00"),
        "valkey": Decimal("-2.48"),
        "graviton": Decimal("-2.19"),
        "graviton-valkey": Decimal("-4.53"),
        "multi-zone": Decimal("27.85"),
        "without-logs-endpoint": Decimal("-14.60"),
        "without-sqs-endpoint": Decimal("-14.60"),
    }


def test_a_setting_is_named_as_the_settings_file_spells_it() -> None:
    how = {row.key: row.how for row in alternatives(ours(), NOTHING)}
    assert how["one-endpoint-zone"] == "network.endpoint_zones = 1"
    assert how["without-request-metrics"] == "switches.request_metrics = false"
    assert how["valkey"] == "in the templates"
    assert {row.how for row in alternatives(stranger(), NOTHING)} == {"in the templates"}


def test_what_is_set_already_is_no_alternative() -> None:
    keys = {variant.key for variant in variants(ours(EndpointZones="1", CdnMetrics="false"))}
    assert "one-endpoint-zone" not in keys
    assert "without-cdn-metrics" not in keys
    assert {"two-endpoint-zones", "with-cdn-metrics"} <= keys


def test_a_variant_leaves_the_templates_it_came_from_as_they_are() -> None:
    source = stranger()
    before = NOTHING.of(source).total
    alternatives(source, NOTHING)
    assert NOTHING.of(source).total == before


def test_the_gateway_stands_in_the_templates_that_it_is_priced_by() -> None:
    changed = next(v for v in variants(ours()) if v.key == "nat-gateway").change(ours())
    assert changed is not None
    types = [resource.type for resource in changed.nest().resources.values()]
    assert types.count("AWS::EC2::NatGateway") == 1
    assert types.count("AWS::EC2::EIP") == 1
    assert types.count("AWS::EC2::VPCEndpoint") == 2  # the gateway endpoints for S3 and DynamoDB


@pytest.mark.parametrize("source", [ours(), ours(AccessLogs="true", VpcFlowLogs="true"), stranger()])
def test_without_what_no_price_depends_on_the_month_is_the_same(source: Source) -> None:
    slim, whole = TYPICAL.of(source.slim()), TYPICAL.of(source)
    assert slim.lines == whole.lines
    assert slim.total == whole.total
    assert slim.unpriced == whole.unpriced


@pytest.mark.task("12.4")
def test_the_way_to_the_plan_ends_within_its_range_and_stops_there() -> None:
    steps = ladder(ours(), TYPICAL)
    assert [step.how for step in steps] == [
        "network.endpoint_zones = 1",
        "switches.cdn_metrics = false",
        "switches.request_metrics = false",
    ]
    assert 49 <= cents(steps[-1].total) <= 60
    assert all(cents(step.total) > 60 for step in steps[:-1])


def test_each_step_stands_on_those_before_it() -> None:
    settings = {"EndpointZones": "1", "CdnMetrics": "false", "RequestMetrics": "false"}
    assert ladder(ours(), TYPICAL)[-1].total == TYPICAL.of(ours(**settings)).total


def test_there_is_no_way_to_go_where_the_month_is_within_the_range() -> None:
    assert ladder(ours(EndpointZones="1", CdnMetrics="false"), NOTHING) == ()


def test_where_nothing_more_can_change_the_steps_end_above_the_range() -> None:
    steps = ladder(stranger(), Terms(load(), usage(Preset.NONE, {"stored_gb": 10_000})))
    assert steps
    assert cents(steps[-1].total) > 60


def test_the_assumption_that_moves_the_total_most_comes_first() -> None:
    found = sensitivity(ours(), TYPICAL)
    # (2,000 - 1,024 free) GB x 0.085
    assert (found[0].key, cents(found[0].width)) == ("cdn_out_gb", Decimal("82.96"))
    assert [swing.width for swing in found] == sorted((swing.width for swing in found), reverse=True)
    assert "nat_gb" not in {swing.key for swing in found}  # nothing in our templates depends on it
