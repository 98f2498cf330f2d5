"""`showcore preflight` from the command line, over the fake for CloudFormation and S3."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import cli
from tests.deploy.conftest import point_at
from tests.fakes.cloudformation import FakeAws
from tests.unit.preflight.world import Account

TOP = Path(__file__).parents[2]
ARGUMENTS = ["preflight", "--settings", str(TOP / "showcore.example.toml"), "-e", "production"]


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeAws]:
    """An account that is bootstrapped, with everything on offer."""
    monkeypatch.chdir(TOP)
    monkeypatch.setattr("showcore_cfn.commands._preflight.AccountGateway", lambda *_: Account())
    with FakeAws() as fake:
        point_at(fake, monkeypatch)
        text = (TOP / "templates" / "bootstrap.yaml").read_text(encoding="utf-8")
        fake.put_stack("showcore-bootstrap", text)
        yield fake


def run(*options: str) -> Result:
    return CliRunner().invoke(cli.showcore, [*ARGUMENTS, *options])


def test_nothing_in_the_way_is_exit_0(aws: FakeAws) -> None:
    assert "BLOCKS" not in run().output
    assert cli.run(ARGUMENTS) == 0


def test_it_changes_nothing(aws: FakeAws) -> None:
    before = len(aws.calls)
    run()
    assert {call.operation for call in aws.calls[before:]} <= {
        *("GetCallerIdentity", "DescribeStacks", "ListStackResources", "GetTemplate"),
    }


def test_a_stack_that_rolls_back_is_exit_4(aws: FakeAws) -> None:
    aws.put_stack("showcore-phase1-production", {"root.yaml": _SMALL}, "UPDATE_ROLLBACK_IN_PROGRESS")
    assert cli.run(ARGUMENTS) == 4
    found = json.loads(run("-o", "json").output)
    assert found["blocks"] is True
    assert [a["check"] for a in found["answers"] if a["verdict"] == "blocks"] == ["stack"]


_SMALL = """
Resources:
  Store: {Type: AWS::S3::Bucket, Properties: {BucketName: x}}
"""
