"""The impact of each change, against what AWS documents of it."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pytest

from showcore_cfn.review.impact import Impact
from showcore_cfn.template.json_types import Json
from showcore_cfn.template.load import load_folder
from tests.unit.review.sets import affected, one, rows, template

TEMPLATES = Path(__file__).parents[3] / "templates"


class Row(NamedTuple):
    """One line of the table."""

    kind: str
    name: str
    before: str
    after: str
    documented: str
    impact: str
    page: str


TABLE = [Row(*row) for row in rows("update_behaviour.txt")]


def properties(row: Row, value: str) -> dict[str, Json]:
    return {} if value == "-" else {row.name: json.loads(value)}


@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row.kind}.{row.name}:{row.before[:20]}")
def test_a_change_has_the_impact_that_aws_documents(row: Row) -> None:
    kind = f"AWS::{row.kind}"
    before = template(R=one(kind, properties(row, row.before)))
    after = template(R=one(kind, properties(row, row.after)))
    found = affected(before, after)["app/R"]
    assert str(found.impact) == row.impact
    assert (found.fate is not None) == (found.impact >= Impact.POSSIBLE)


def test_the_impact_never_says_less_than_aws_does() -> None:
    allowed = {
        "No interruption": {"update"},
        "Some interruptions": {"interruption", "possible"},
        "Replacement": {"replacement", "possible"},
    }
    assert [row for row in TABLE if row.impact not in allowed[row.documented]] == []


def test_the_table_holds_three_changes_of_each_type_that_is_generated_and_twenty_other_types() -> None:
    counted = Counter(f"AWS::{row.kind}" for row in TABLE)
    generated: set[str] = set()
    for document in load_folder(TEMPLATES).documents.values():
        resources = document.body["Resources"]
        assert isinstance(resources, dict)
        generated.update(str(r["Type"]) for r in resources.values() if isinstance(r, dict))
    assert {kind for kind in generated if counted[kind] < 3} == set()
    assert len(counted.keys() - generated) >= 20
    assert {row.impact for row in TABLE} == {"update", "interruption", "possible", "replacement"}


@pytest.mark.parametrize(
    ("kind", "before", "after", "impact", "forced"),
    [
        (
            "AWS::EC2::VPCEndpoint",
            {},
            {"DnsOptions": {"PrivateDnsPreference": "ALL"}},
            "replacement",
            "DnsOptions",
        ),
        ("AWS::EC2::VPCEndpoint", {}, {"DnsOptions": {"DnsRecordIpType": "ipv4"}}, "update", ""),
        ("Custom::Thing", {"A": "b"}, {"A": "c"}, "possible", "A"),
        ("AWS::Unheard::Of", {"A": "b"}, {"A": "c"}, "possible", "A"),
        ("My::Private::Type", {"A": "b"}, {"A": "c"}, "possible", "A"),
        (
            "AWS::EC2::TransitGatewayConnectPeer",
            {"ConnectPeerConfiguration": {"BgpConfigurations": [{"PeerAsn": 1}]}},
            {"ConnectPeerConfiguration": {"BgpConfigurations": [{"PeerAsn": 2}]}},
            "replacement",
            "ConnectPeerConfiguration.BgpConfigurations[0].PeerAsn",
        ),
    ],
)
def test_the_property_that_forces_it_is_named(
    kind: str, before: Json, after: Json, impact: str, forced: str
) -> None:
    found = affected(template(R=one(kind, before)), template(R=one(kind, after)))["app/R"]
    assert (str(found.impact), ", ".join(found.forced_by)) == (impact, forced)


def test_the_order_of_a_list_counts_where_another_order_would_replace() -> None:
    kind = "AWS::ElastiCache::ReplicationGroup"
    zones: list[Json] = ["us-east-1a", "us-east-1b"]
    before = template(R=one(kind, {"PreferredCacheClusterAZs": zones}))
    after = template(R=one(kind, {"PreferredCacheClusterAZs": zones[::-1]}))
    assert affected(before, after)["app/R"].impact is Impact.REPLACEMENT


@pytest.mark.parametrize("attribute", ["Metadata", "DependsOn", "DeletionPolicy", "UpdateReplacePolicy"])
def test_an_attribute_alone_changes_nothing_in_the_account(attribute: str) -> None:
    values: dict[str, list[Json]] = {"Metadata": [{"a": 1}, {"a": 2}], "DependsOn": ["A", "B"]}
    old, new = values.get(attribute, ["Delete", "Retain"])
    before = template(R={"Type": "AWS::SNS::Topic", attribute: old})
    after = template(R={"Type": "AWS::SNS::Topic", attribute: new})
    assert affected(before, after)["app/R"].impact is Impact.NONE
