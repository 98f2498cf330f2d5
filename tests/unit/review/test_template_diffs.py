"""What a reviewer sees of a typical change in the generated YAML: the few lines that it is."""

from __future__ import annotations

import difflib
import json
from collections.abc import Callable
from typing import TypeAlias, cast

import pytest

from showcore_cfn.generate import bodies
from showcore_cfn.template.json_types import Json
from showcore_cfn.template.render import render

Body: TypeAlias = dict[str, Json]
Edit: TypeAlias = Callable[[Body], None]


def inside(body: Json, *path: str) -> Body:
    """The mapping at a path."""
    for step in path:
        body = cast("Body", body)[step]
    return cast("Body", body)


def constant(body: Body) -> None:
    inside(body, "Resources", "Database", "Properties")["BackupRetentionPeriod"] = 14


def threshold(body: Body) -> None:
    inside(body, "Resources", "RdsCpuAlarm", "Properties")["Threshold"] = 90


def alarm(body: Body) -> None:
    copied = json.loads(json.dumps(inside(body, "Resources", "RdsCpuAlarm")))
    body["Resources"] = {**inside(body, "Resources"), "RdsBurstBalanceAlarm": copied}


def subnet(body: Body) -> None:
    copied = json.loads(json.dumps(inside(body, "Resources", "PrivateSubnetB")))
    body["Resources"] = {**inside(body, "Resources"), "PrivateSubnetC": copied}


def endpoint(body: Body) -> None:
    copied = json.loads(json.dumps(inside(body, "Resources", "SystemsManagerEndpoint")))
    body["Resources"] = {**inside(body, "Resources"), "SecretsManagerEndpoint": copied}


def rule(body: Body) -> None:
    ingress = inside(body, "Resources", "VpcEndpointSecurityGroup", "Properties")["SecurityGroupIngress"]
    cast("list[Json]", ingress).append(
        {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "CidrIp": "10.0.0.0/16", "Description": "HTTP"}
    )


@pytest.mark.parametrize(
    ("file", "edit", "most", "removed"),
    [
        pytest.param("database.yaml", constant, 1, 1, id="a-constant"),
        pytest.param("monitoring.yaml", threshold, 1, 1, id="a-threshold"),
        pytest.param("network.yaml", rule, 5, 0, id="a-rule-of-a-security-group"),
        pytest.param("monitoring.yaml", alarm, 40, 0, id="an-alarm"),
        pytest.param("network.yaml", subnet, 25, 0, id="a-subnet"),
        pytest.param("network.yaml", endpoint, 45, 0, id="an-endpoint"),
    ],
)
def test_a_typical_change_is_the_few_lines_that_it_is(file: str, edit: Edit, most: int, removed: int) -> None:
    body = json.loads(json.dumps(bodies()[file]))
    before = render(body)
    edit(body)
    diff = list(difflib.unified_diff(before.splitlines(), render(body).splitlines(), n=0, lineterm=""))[2:]
    marks = [line[:1] for line in diff]
    assert 1 <= marks.count("+") <= most
    assert (marks.count("-"), marks.count("@")) == (removed, 1)
