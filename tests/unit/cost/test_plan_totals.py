"""The committed templates against the totals that were worked out for the plan, to the cent.

Without usage: database 13.14 + 2.30, cache 12.41, secret 0.40, (21 alarm metrics - 10 free) x 0.10 = 1.10,
together 29.35; and 7.30 for each zone of each interface endpoint.
"""

from __future__ import annotations

from decimal import Decimal

import pytest

from showcore_cfn.cost.compare import endpoint_rows
from showcore_cfn.cost.estimate import estimate
from showcore_cfn.cost.line import cents
from showcore_cfn.cost.price_list import load
from showcore_cfn.cost.usage import Preset, usage
from tests.unit.cost.support import ours

OFF = {"CdnMetrics": "false"}  # request metrics cost by use alone


@pytest.mark.task("12.4")
@pytest.mark.parametrize(
    ("zones", "sessions", "bare", "with_metrics"),
    [
        # 29.35 + 3 x 7.30; + 8 x 0.30 + 16 x 0.30
        pytest.param("1", "false", "51.25", "58.45", id="3-endpoints-in-one-zone"),
        # 29.35 + 4 x 7.30
        pytest.param("1", "true", "58.55", "65.75", id="4-endpoints-in-one-zone"),
        # 29.35 + 3 x 2 x 7.30
        pytest.param("2", "false", "73.15", "80.35", id="3-endpoints-in-two-zones"),
        # 29.35 + 4 x 2 x 7.30
        pytest.param("2", "true", "87.75", "94.95", id="4-endpoints-in-two-zones"),
    ],
)
def test_the_four_ways_to_stand_the_endpoints(
    zones: str, sessions: str, bare: str, with_metrics: str
) -> None:
    endpoints = {"EndpointZones": zones, "SessionMessagesEndpoint": sessions}
    nothing = estimate(ours(**endpoints, **OFF).nest(), usage=usage(Preset.NONE))
    most = estimate(ours(**endpoints).nest(), usage=usage(Preset.NONE, {"request_metrics": 16}))
    assert cents(nothing.total) == Decimal(bare)
    assert cents(most.total) == Decimal(with_metrics)
    assert nothing.unpriced == ()


@pytest.mark.task("12.1")
def test_the_table_of_endpoints_says_what_they_cost_beside_a_nat_gateway() -> None:
    rows = [
        (
            row.endpoints,
            row.zones,
            *(
                str(cents(usd))
                for usd in (
                    row.cost,
                    row.against_nat,
                    row.against_nat_and_address,
                    row.total,
                    row.with_metrics,
                    row.with_offers,
                    row.with_offers_and_metrics,
                )
            ),
        )
        for row in endpoint_rows(ours(), load())
    ]
    # a NAT gateway is 32.85, with its address 36.50; the offers take 13.14 + 2.30 + 12.41 = 27.85 off
    assert rows == [
        (3, 1, "21.90", "10.95", "14.60", "51.25", "58.45", "23.40", "30.60"),
        (4, 1, "29.20", "3.65", "7.30", "58.55", "65.75", "30.70", "37.90"),
        (3, 2, "43.80", "-10.95", "-7.30", "73.15", "80.35", "45.30", "52.50"),
        (4, 2, "58.40", "-25.55", "-21.90", "87.75", "94.95", "59.90", "67.10"),
    ]


def test_the_table_of_endpoints_does_not_depend_on_what_is_set_now() -> None:
    one_zone = ours(
        EndpointZones="1", SessionMessagesEndpoint="false", CdnMetrics="false", RequestMetrics="false"
    )
    assert endpoint_rows(one_zone, load()) == endpoint_rows(ours(), load())


@pytest.mark.task("17.2")
def test_the_database_and_the_cache_cost_what_the_plan_rounds() -> None:
    stacks = estimate(ours().nest(), usage=usage(Preset.NONE)).by_stack()
    assert cents(stacks["database"]) == Decimal("15.84")  # the plan: about 15
    assert cents(stacks["cache"]) == Decimal("12.41")  # the plan: about 12


def test_every_resource_of_the_nest_is_priced_or_known_to_be_free() -> None:
    nest = ours(
        **dict.fromkeys(
            ["VpcFlowLogs", "AccessLogs", "CdnAccessLogs", "EnhancedMonitoring", "AnomalyDetection"], "true"
        )
    ).nest()
    found = estimate(nest)
    told = {line.path for line in found.lines} | {item.path for item in found.free}
    assert found.unpriced == ()
    assert told == set(nest.resources)


@pytest.mark.parametrize(
    ("switch", "used", "more"),
    [
        # (45 - 5 free) x 0.50 + 45 x 7/30 x 0.03 = 20.00 + 0.315
        pytest.param("VpcFlowLogs", {"flow_log_gb": 45}, "20.32", id="flow-logs"),
        # delivery is free; one more bucket keeps 2 GB x 180/30 x 0.023, or 90 days of it
        pytest.param(
            "CdnAccessLogs", {"cdn_requests_millions": 1}, "0.00", id="cdn-logs-are-delivered-for-nothing"
        ),
        # (15 - 5 free) x 0.50 + 15 x 30/30 x 0.03 = 5.00 + 0.45
        pytest.param("EnhancedMonitoring", {"enhanced_monitoring_gb": 15}, "5.45", id="enhanced-monitoring"),
    ],
)
def test_a_switch_costs_what_it_delivers(switch: str, used: dict[str, float], more: str) -> None:
    figures = usage(Preset.NONE, used)
    off, on = (estimate(ours(**{switch: flag}).nest(), usage=figures).total for flag in ("false", "true"))
    assert cents(on - off) == Decimal(more)
