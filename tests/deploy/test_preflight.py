"""`showcore preflight` from the command line, over the fake for CloudFormation and S3."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import cli
from showcore_cfn.aws.failures import AccessDenied
from showcore_cfn.deploy.clock import SystemClock
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
        fake.durations.scale = 0.02
        monkeypatch.setattr(SystemClock, "now", lambda _: fake.clock.now())
        monkeypatch.setattr(SystemClock, "sleep", lambda _, seconds: fake.clock.sleep(seconds))
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


PLAN = ["plan", *ARGUMENTS[1:]]
ARTIFACTS = "showcore-artifacts-111122223333"


@pytest.fixture
def planning(aws: FakeAws, monkeypatch: pytest.MonkeyPatch) -> FakeAws:
    """The same account, where plan and deploy look beforehand as they do by themselves."""
    monkeypatch.delenv("SHOWCORE_PREFLIGHT")
    aws.s3.create(ARTIFACTS)
    return aws


def see(monkeypatch: pytest.MonkeyPatch, account: Account) -> None:
    monkeypatch.setattr("showcore_cfn.commands._preflight.AccountGateway", lambda *_: account)


def test_a_plan_is_made_where_nothing_is_in_the_way(planning: FakeAws) -> None:
    assert cli.run(PLAN) == 0
    assert waiting(planning) == 1


def test_what_blocks_stops_a_plan_and_leaves_nothing_behind(
    planning: FakeAws, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    see(monkeypatch, Account(names={}))
    assert cli.run(PLAN) == 4
    assert "BLOCKS  bootstrap: the artifact bucket" in capsys.readouterr().err
    assert waiting(planning) == 0


def test_what_blocks_stops_a_deployment_before_it_executes(
    planning: FakeAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    see(monkeypatch, Account(names={}))
    assert cli.run(["deploy", *ARGUMENTS[1:], "--yes"]) == 4
    assert "ExecuteChangeSet" not in {call.operation for call in planning.calls}


def test_no_preflight_leaves_it_out(planning: FakeAws, monkeypatch: pytest.MonkeyPatch) -> None:
    see(monkeypatch, Account(names={}))
    assert cli.run([*PLAN, "--no-preflight"]) == 0
    assert waiting(planning) == 1


def test_that_one_cannot_look_stops_nothing(
    planning: FakeAws, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refused(*_: object) -> None:
        raise AccessDenied("these credentials may not look.")

    monkeypatch.setattr("showcore_cfn.commands._preflight.look_at", refused)
    assert cli.run(PLAN) == 0
    assert "The account could not be looked at: these credentials" in capsys.readouterr().err


def test_a_name_that_is_taken_stops_a_plan_but_not_an_import_of_it(
    planning: FakeAws, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    backups = "showcore-backups-111122223333"
    see(monkeypatch, Account(names={**Account().names, backups: "this account"}))
    assert cli.run(PLAN) == 4
    assert cli.run([*PLAN, "--import-existing-resources"]) == 0
    assert f"{backups} (storage/BackupsBucket) exists and is in no stack" in capsys.readouterr().err


def test_nothing_is_looked_at_where_nothing_changed(
    planning: FakeAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert cli.run(["deploy", *ARGUMENTS[1:], "--yes", "--progress", "errors-only"]) == 0
    monkeypatch.setattr("showcore_cfn.commands._preflight.look_at", _never)
    start = len(planning.calls)
    assert cli.run(PLAN) == 0
    assert {call.operation for call in planning.calls[start:]} == {"DescribeStacks", "GetTemplate"}


def test_the_account_is_looked_at_before_a_release_is_deployed_again(
    planning: FakeAws, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    deploy = ["deploy", *ARGUMENTS[1:], "--yes", "--progress", "errors-only"]
    assert cli.run([*deploy, "--parameter-overrides", "EndpointZones=1"]) == 0
    assert cli.run(deploy) == 0
    capsys.readouterr()
    assert cli.run(["releases", *ARGUMENTS[1:], "-o", "json"]) == 0
    first = json.loads(capsys.readouterr().out)[-1]["id"]
    assert cli.run([*deploy, "--release", first]) == 0
    told = capsys.readouterr().err
    assert f"Release {first}" in told and "the role of CloudFormation is older" not in told
    see(monkeypatch, Account(names={}))
    assert cli.run([*deploy, "--release", first, "--full"]) == 4
    assert "BLOCKS  bootstrap: the artifact bucket" in capsys.readouterr().err


def waiting(aws: FakeAws) -> int:
    """How many root change sets wait."""
    return sum(not found.gone and found.stack.parent is None for found in aws.account.change_sets.values())


def _never(*_: object) -> None:
    raise AssertionError("nothing is to be deployed, so nothing is in the way")
