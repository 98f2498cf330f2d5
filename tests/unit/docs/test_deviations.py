"""docs/deviations.md: a row for each deviation, and for each a test that is there and would notice its undoing."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from showcore_cfn.generate import generate
from showcore_cfn.review.resolve import Nest, resolve
from showcore_cfn.review.values import Value
from showcore_cfn.settings import plan_defaults
from showcore_cfn.template.load import load_set

TOP = Path(__file__).parents[3]
PAGE = (TOP / "docs" / "deviations.md").read_text(encoding="utf-8")
ROWS = {
    cells[0]: cells
    for line in PAGE.splitlines()
    if re.fullmatch(r"C\d+|F\d+", (cells := [cell.strip() for cell in line.strip("|").split("|")])[0])
}
TASKS = set(
    re.findall(
        r'^"(\d+\.\d+)" = ', (TOP / "docs" / "plan-tasks.toml").read_text(encoding="utf-8"), re.MULTILINE
    )
)


@pytest.fixture(scope="module")
def nest() -> Nest:
    return resolve(load_set(generate()), plan_defaults().parameters(), everything=True)


def test_every_deviation_has_its_row() -> None:
    assert [row for row in ROWS if row.startswith("C")] == [f"C{number}" for number in range(1, 23)]


@pytest.mark.parametrize("row", ROWS)
def test_a_row_is_complete(row: str) -> None:
    number, plan, aws, ours, tasks, source, checked = ROWS[row]
    assert plan and ours and checked
    assert aws or number in ("F8",)
    assert set(tasks.split(", ")) <= TASKS
    assert source.startswith("[") or number in ("C19", "F8")


@pytest.mark.parametrize("row", ROWS)
def test_the_test_that_a_row_names_is_there(row: str) -> None:
    (name,) = re.findall(r"`([^`]+)`", ROWS[row][6])
    found = [TOP / name] if "/" in name else list((TOP / "tests").rglob(name))
    assert found and all(path.exists() for path in found)


Look = Callable[[Nest], object]


def of(nest: Nest, path: str) -> dict[str, Value]:
    properties = nest.resources[path].properties
    assert isinstance(properties, dict)
    return properties


def types(nest: Nest) -> set[str]:
    return {resource.type for resource in nest.resources.values()}


UNDONE: dict[str, tuple[Look, object]] = {
    "C1": (lambda nest: nest.resources["cache/RedisCluster"].type, "AWS::ElastiCache::ReplicationGroup"),
    "C2": (
        lambda nest: of(nest, "cache/ElastiCacheParameterGroup")["Properties"],
        {"maxmemory-policy": "volatile-lru"},
    ),
    "C3": (
        lambda nest: [path for path in nest.resources if path.endswith("BackupPlan")],
        ["backup/RdsBackupPlan"],
    ),
    "C4": (
        lambda nest: of(nest, "monitoring/ElastiCacheBackupFailureAlarm").get("Namespace"),
        "AWS/SQS",
    ),
    "C5": (
        lambda nest: of(nest, "network/SystemsManagerMessagesEndpoint")["ServiceName"],
        "com.amazonaws.us-east-1.ssmmessages",
    ),
    "C6": (lambda nest: len(_list(of(nest, "network/SystemsManagerEndpoint")["SubnetIds"])), 2),
    "C8": (
        lambda nest: _dict(of(nest, "cdn/CloudFrontDistribution")["DistributionConfig"])["ViewerCertificate"],
        {"CloudFrontDefaultCertificate": True},
    ),
    "C9": (
        lambda nest: of(nest, "database/PostgresqlLogGroup")["LogGroupName"],
        "/aws/rds/instance/showcore-db/postgresql",
    ),
    "C12": (
        lambda nest: of(nest, "database/RdsParameterGroup")["Parameters"],
        {"rds.force_ssl": "1", "max_connections": "100"},
    ),
    "C15": (lambda nest: "KmsKeyId" in of(nest, "database/Database"), False),
    "C17": (lambda nest: nest.resources["organization/TagPolicy"].top, "organization"),
    "C18": (lambda nest: "AWS::CE::AnomalyMonitor" in types(nest), False),
    "C20": (lambda nest: {"Iops", "StorageThroughput"} & of(nest, "database/Database").keys(), set()),
    "C22": (lambda nest: of(nest, "network/PrivateSubnetB")["AvailabilityZone"], "us-east-1b"),
}


def _list(value: Value) -> list[Value]:
    assert isinstance(value, list)
    return value


def _dict(value: Value) -> dict[str, Value]:
    assert isinstance(value, dict)
    return value


@pytest.mark.parametrize("row", UNDONE)
def test_what_stands_in_place_of_the_plan_stands(nest: Nest, row: str) -> None:
    look, expected = UNDONE[row]
    assert look(nest) == expected
