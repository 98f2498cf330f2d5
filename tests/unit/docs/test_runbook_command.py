"""`showcore runbook`: the list, a runbook without AWS, and one with the ids of a deployment."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import cli
from showcore_cfn.aws import session
from showcore_cfn.aws.failures import NoCredentials
from showcore_cfn.aws.values import Identity, Output, Stack, StackResource

ACCOUNT = "444455556666"
SETTINGS = f"""
[staging]
account_id = "{ACCOUNT}"
prefix = "try-out"
[staging.alert_addresses]
critical = ["a@example.com"]
warning = ["a@example.com"]
billing = ["a@example.com"]
"""
ROOT = f"arn:aws:cloudformation:us-east-1:{ACCOUNT}:stack/try-out-phase1-staging/1"
SECURITY = f"arn:aws:cloudformation:us-east-1:{ACCOUNT}:stack/try-out-Security/2"
CACHE = f"arn:aws:cloudformation:us-east-1:{ACCOUNT}:stack/try-out-Cache/3"
NETWORK = f"arn:aws:cloudformation:us-east-1:{ACCOUNT}:stack/try-out-Network/4"
DONE = "CREATE_COMPLETE"


class Recorded:
    """CloudFormation and STS of one account, which remember what they were asked."""

    def __init__(self, *, account: str = ACCOUNT, stands: bool = True) -> None:
        self.account, self.stands = account, stands
        self.asked: list[str] = []

    @property
    def cloudformation(self) -> Recorded:
        return self

    @property
    def identities(self) -> Recorded:
        return self

    def identity(self) -> Identity:
        return Identity(self.account, f"arn:aws:iam::{self.account}:user/me")

    def stack(self, name: str) -> Stack | None:
        self.asked.append(f"stack {name}")
        outputs = (Output("DatabaseEndpoint", "db.example"), Output("RedisEndpoint", "redis.example"))
        arn = ROOT.replace(ACCOUNT, self.account)
        return Stack(arn, name, DONE, outputs=outputs) if self.stands else None

    def resources(self, name: str) -> tuple[StackResource, ...]:
        self.asked.append(f"resources {name}")
        return {
            ROOT: (
                StackResource("Network", NETWORK, "AWS::CloudFormation::Stack", DONE),
                StackResource("Security", SECURITY, "AWS::CloudFormation::Stack", DONE),
                StackResource("Cache", CACHE, "AWS::CloudFormation::Stack", DONE),
            ),
            NETWORK: (
                StackResource("PrivateSubnetA", "subnet-0a", "AWS::EC2::Subnet", DONE),
                StackResource("PrivateSubnetB", "subnet-0b", "AWS::EC2::Subnet", DONE),
            ),
            SECURITY: (
                StackResource("ApplicationSecurityGroup", "sg-0app", "AWS::EC2::SecurityGroup", DONE),
                StackResource("RdsSecurityGroup", "sg-0database", "AWS::EC2::SecurityGroup", DONE),
                StackResource("ElastiCacheSecurityGroup", "sg-0cache", "AWS::EC2::SecurityGroup", DONE),
            ),
            CACHE: (
                StackResource(
                    "ElastiCacheParameterGroup", "try-redis7", "AWS::ElastiCache::ParameterGroup", DONE
                ),
            ),
        }[name]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.chdir(tmp_path)
    yield tmp_path


def answered(monkeypatch: pytest.MonkeyPatch, account: Any) -> None:
    monkeypatch.setattr(session, "connect", lambda *_, **__: account)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli.showcore, ["runbook", *arguments], prog_name="showcore")


def test_without_a_name_all_are_listed_with_their_titles() -> None:
    lines = run().stdout.splitlines()
    assert len(lines) == 14
    assert "rds-backup-restore                 Back up and restore the database" in lines


def test_the_list_as_markdown_links_to_the_pages() -> None:
    line = run("-o", "markdown").stdout.splitlines()[0]
    assert line.startswith(
        "- [Add a tier](adding-a-tier.md): Bring a new part of the infrastructure into the nest"
    )


def test_without_settings_the_names_are_the_plan_s() -> None:
    result = run("rds-backup-restore")
    assert result.exit_code == 0
    assert "There is no showcore.toml: the names are the plan's." in result.stderr
    assert "--db-instance-identifier showcore-db-restored" in result.stdout
    assert "--vpc-security-group-ids <RdsSecurityGroup>" in result.stdout


def test_ids_come_from_the_deployed_stacks_and_commands_name_the_environment(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "showcore.toml").write_text(SETTINGS, encoding="utf-8")
    account = Recorded()
    answered(monkeypatch, account)
    result = run("elasticache-backup-restore", "--env", "staging")
    assert result.exit_code == 0
    assert "--security-group-ids sg-0cache" in result.stdout
    assert "--cache-parameter-group-name try-redis7" in result.stdout
    assert "the old address, `redis.example`" in result.stdout
    assert "`showcore verify --env staging --only 14.4 --drill restore`" in result.stdout
    assert "--subnet-id subnet-0a" in result.stdout
    assert "<" not in result.stdout
    assert account.asked == [
        "stack try-out-phase1-staging",
        f"resources {ROOT}",
        f"resources {CACHE}",
        f"resources {NETWORK}",
        f"resources {SECURITY}",
    ]


@pytest.mark.parametrize("arguments", [("--offline",), ()], ids=["offline", "no-stack"])
def test_ids_that_are_not_known_stand_in_angle_brackets(
    folder: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    (folder / "showcore.toml").write_text(SETTINGS, encoding="utf-8")
    account = Recorded(stands=False)
    answered(monkeypatch, account)
    result = run("elasticache-backup-restore", *arguments)
    assert result.exit_code == 0
    assert "--security-group-ids <ElastiCacheSecurityGroup>" in result.stdout
    assert "--replication-group-id try-out-redis-restored" in result.stdout
    assert ("There is no stack try-out-phase1-staging" in result.stderr) is (not arguments)
    assert account.asked == ([] if arguments else ["stack try-out-phase1-staging"])


def test_without_credentials_a_runbook_is_printed_all_the_same(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Nobody(Recorded):
        def identity(self) -> Identity:
            raise NoCredentials("There are no credentials.")

        def stack(self, name: str) -> Stack | None:
            raise NoCredentials("There are no credentials.")

    (folder / "showcore.toml").write_text(SETTINGS, encoding="utf-8")
    answered(monkeypatch, Nobody())
    result = run("rds-backup-restore")
    assert result.exit_code == 0
    assert "There are no credentials. Ids stand in angle brackets." in result.stderr
    assert "--vpc-security-group-ids <RdsSecurityGroup>" in result.stdout


def test_ids_of_another_account_are_never_filled_in(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "showcore.toml").write_text(SETTINGS, encoding="utf-8")
    answered(monkeypatch, Recorded(account="777788889999"))
    assert cli.run(["runbook", "rds-backup-restore"]) == 4


def test_nothing_is_asked_for_a_runbook_without_ids(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "showcore.toml").write_text(SETTINGS, encoding="utf-8")
    account = Recorded()
    answered(monkeypatch, account)
    assert run("stuck-deployment").exit_code == 0
    assert account.asked == []


def test_text_sets_commands_in_and_spells_links_out() -> None:
    lines = run("stuck-deployment", "--offline").stdout.splitlines()
    assert lines[0] == "A deployment that failed or hangs"
    assert not any(line.lstrip().startswith(("```", "#")) for line in lines)
    assert "    aws cloudformation cancel-update-stack --stack-name showcore-phase1-production" in lines
    assert "(showcore runbook rds-backup-restore)" in run("tearing-down").stdout


def test_a_runbook_that_is_not_there_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["runbook", "tearing-up"]) == 2
    assert "Did you mean tearing-down?" in capsys.readouterr().err
