"""`showcore verify` against the whole nest on the embedded AWS, and that the list of what it cannot answer is true."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from cli import run
from showcore_cfn.aws.inventory import Source, look
from showcore_cfn.aws.session import Session, connect
from showcore_cfn.commands._verifying import expected
from showcore_cfn.deploy.clock import SystemClock
from showcore_cfn.deploy.desired import nest
from showcore_cfn.deploy.operation import Operator
from showcore_cfn.deploy.session import Deployment
from showcore_cfn.generate import generate
from showcore_cfn.rehearse.server import EmbeddedAws
from showcore_cfn.settings import EXAMPLE_ADDRESSES, Settings
from showcore_cfn.settings_text import to_toml
from showcore_cfn.verify.check import Verdict, Way
from showcore_cfn.verify.probe_stack import Unattended
from showcore_cfn.verify.registry import CHECKS
from showcore_cfn.verify.rehearsal import UNANSWERABLE, rehearse
from showcore_cfn.verify.run import run as run_checks

ACCOUNT = "210000000001"
TOP = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Nest:
    """The deployed nest and how its account is reached."""

    settings: Settings
    session: Session
    variables: Mapping[str, str]
    source: Source


@contextmanager
def _environment(variables: Mapping[str, str]) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {**variables, "AWS_CONFIG_FILE": os.devnull}.items():
            patch.setenv(name, value)
        yield


@pytest.fixture(scope="module")
def deployed(aws: EmbeddedAws) -> Iterator[Nest]:
    settings = Settings(ACCOUNT, EXAMPLE_ADDRESSES)
    variables = aws.environment(ACCOUNT)
    with _environment(variables):
        session = connect("us-east-1", endpoint_url=aws.url)
        session.client("s3").create_bucket(Bucket=f"showcore-artifacts-{ACCOUNT}")
        operator = Operator(session, Unattended(lambda _: None), SystemClock())
        Deployment(nest(settings, generate()), operator).run(lambda _plan: True)
        yield Nest(settings, session, variables, Source(session, expected(settings, session)))


def at_home(deployed: Nest, folder: Path, patch: pytest.MonkeyPatch, stack_name: str = "") -> None:
    """In a folder with the settings of the nest, in an environment that reaches its account."""
    for name, value in deployed.variables.items():
        patch.setenv(name, value)
    patch.chdir(folder)
    settings = replace(deployed.settings, stack_name=stack_name or deployed.settings.stack_name)
    Path("showcore.toml").write_text(to_toml(settings), encoding="utf-8")


@pytest.mark.task("13.1")
def test_every_check_that_can_be_answered_passes(deployed: Nest) -> None:
    source = deployed.source
    found = rehearse(look(source), source.want, time.monotonic)
    assert [(each.check.id, each.failures or each.note) for each in found.wrong] == []
    assert len(found.outcomes) + len(found.left_out) == len(CHECKS)
    assert len(found.outcomes) > 50


@pytest.mark.task("13.1")
def test_what_is_said_to_be_unanswerable_is_so(deployed: Nest) -> None:
    """A check that passes here belongs off the list: then a rehearsal holds it."""
    source = deployed.source
    listed = [each for each in CHECKS if each.id in UNANSWERABLE]
    assert len(listed) == len(UNANSWERABLE)
    assert all(each.way is Way.READ for each in listed)
    outcomes = run_checks(listed, look(source), source.want, time.monotonic)
    assert [each.check.id for each in outcomes if each.verdict in (Verdict.PASSED, Verdict.OFF)] == []


@pytest.mark.task("17.3")
def test_the_command_tells_it_and_compares_it(
    deployed: Nest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    at_home(deployed, tmp_path, monkeypatch)

    def told(*arguments: str) -> tuple[int, str]:
        return run(
            ["verify", "--only", "7.1-vpc", "--only", "7.1-endpoint-dns", *arguments]
        ), capsys.readouterr().out

    code, said = told("-o", "json")
    report = json.loads(said)
    assert code == 4
    assert report["totals"] == {"passed": 1, "failed": 1, "could not look": 0, "switched off": 0}
    assert report["stack_id"].startswith("arn:aws:cloudformation:us-east-1:")
    Path("before.json").write_text(said, encoding="utf-8")
    code, said = told("--since", "before.json", "--skip", "7.1-vpc")
    assert code == 4
    assert "not passing then either" in said
    assert told("--skip", "7.1-endpoint-dns", "-o", "markdown")[0] == 0


def test_the_command_leaves_out_what_the_embedded_aws_cannot_answer_and_says_why(
    deployed: Nest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    at_home(deployed, tmp_path, monkeypatch)
    code, said = run(["verify", "--section", "7", "-o", "json"]), capsys.readouterr().out
    checks = {each["id"]: each for each in json.loads(said)["checks"]}
    off = {id for id, each in checks.items() if each["verdict"] == "switched off"}
    assert code == 0
    assert {"7.1-gateway-routes", "7.1-endpoint-dns", "7.1-database-secret", "7.1-cache-node"} <= off
    assert "gateway endpoints put no routes" in checks["7.1-gateway-routes"]["note"]
    assert checks["7.1-vpc"]["verdict"] == "passed"


def test_another_account_is_refused_before_anything_is_looked_at(
    deployed: Nest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    at_home(deployed, tmp_path, monkeypatch)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "210000000002")
    assert run(["verify", "--only", "7.1-vpc"]) == 4
    assert "the credentials belong to the account 210000000002" in capsys.readouterr().err


def test_section_14_asks_first_and_does_nothing_without_an_answer(
    deployed: Nest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    at_home(deployed, tmp_path, monkeypatch)
    assert run(["verify", "--section", "14"]) == 4
    said = capsys.readouterr().err
    assert "A test instance stands in the private subnet for about ten minutes" in said
    assert "nothing was done" in said
    assert deployed.session.cloudformation.stack("showcore-probe-production") is None


def test_an_environment_that_is_not_deployed_is_one_error_and_no_report(
    deployed: Nest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    at_home(deployed, tmp_path, monkeypatch, stack_name="elsewhere")
    for choice in ((), ("--only", "7.1-vpc"), ("--section", "13"), ("--section", "14")):
        assert run(["verify", *choice]) == 1
        said = capsys.readouterr()
        assert said.out == ""
        assert said.err.startswith("showcore: no stack elsewhere stands in the account ")
        assert said.err.count("\n") == 1
    run(["verify", "--only", "13.1-config"])
    assert "13.1-config" in capsys.readouterr().out


@pytest.mark.task("1.1")
@pytest.mark.task("12.2")
def test_the_organization_is_deployed_once_and_destroyed_in_the_management_account(
    deployed: Nest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    at_home(deployed, tmp_path, monkeypatch)
    monkeypatch.chdir(TOP)  # where the reviewed templates are

    def account(*arguments: str) -> tuple[int, str]:
        code = run(["account", *arguments, "--settings", str(tmp_path / "showcore.toml")])
        said = capsys.readouterr()
        return code, said.out + said.err

    assert account("organization", "deploy", "--yes") == (
        1,
        "showcore: tag policies are off: `showcore account enable-tag-policies` first.\n",
    )
    assert "tag policies are off; would be turned on" in account("enable-tag-policies", "--dry-run")[1]
    assert "tag policies were off; turned on" in account("enable-tag-policies", "--yes")[1]
    assert "tag policies are on" in account("enable-tag-policies", "--yes")[1]
    code, said = account("organization", "plan")
    assert (code, "ShowCoreUnit" in said, "TagPolicy" in said) == (0, True, True)
    assert account("organization", "deploy", "--yes")[0] == 0
    assert deployed.session.cloudformation.stack("showcore-organization") is not None
    assert "Nothing to do" in account("organization", "deploy", "--yes")[1]
    assert account("organization", "destroy", "--yes")[0] == 0
    assert deployed.session.cloudformation.stack("showcore-organization") is None
    assert "Nothing to do" in account("organization", "destroy", "--yes")[1]


def test_nothing_is_turned_on_without_a_yes(
    deployed: Nest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    at_home(deployed, tmp_path, monkeypatch)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "210000000003")  # an organization of its own
    assert run(["account", "enable-tag-policies"]) == 4
    assert "nothing was done" in capsys.readouterr().err
    assert run(["account", "enable-tag-policies", "--dry-run"]) == 0
    assert "would be turned on" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("command", "action"),
    [
        ("activate-cost-tags", "ce:ListCostAllocationTags"),
        ("billing-preferences", "ce:ListCostAllocationTags"),
        ("free-tier", "freetier:GetAccountPlanState"),
    ],
)
def test_what_the_embedded_aws_does_not_know_is_an_error_that_names_the_call(
    deployed: Nest,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    command: str,
    action: str,
) -> None:
    at_home(deployed, tmp_path, monkeypatch)
    assert run(["account", command]) == 1
    assert f"is not AWS's own and does not have {action}: " in capsys.readouterr().err
