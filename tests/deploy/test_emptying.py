"""Emptying what a nest holds and leaves: its own buckets and its own vault, all of it, and nothing else."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber
from click.testing import CliRunner

import cli
from showcore_cfn.aws.emptying import EmptyingGateway
from showcore_cfn.aws.failures import Missing
from showcore_cfn.aws.sizes import SizesGateway
from showcore_cfn.deploy.clock import SystemClock
from showcore_cfn.deploy.removal.emptying import Emptied, Emptying, Told, text
from showcore_cfn.deploy.removal.leftovers import BUCKET, VAULT, Leaving, Left
from showcore_cfn.permissions.commands import COMMANDS
from showcore_cfn.permissions.principals import Principal
from showcore_cfn.permissions.report import policies
from tests.deploy.conftest import ACCOUNT, STACK, Bench, yes
from tests.deploy.nests import NEST, with_edit
from tests.fakes.cloudformation import FakeAws, Fault
from tests.fakes.cloudformation.s3 import Bucket
from tests.unit.permissions.policy import allows

TOP = Path(__file__).parents[2]
DATA, OTHER = f"showcore-data-{ACCOUNT}", "somebody-elses"
KEPT = with_edit(
    "storage.yaml",
    "    Type: AWS::S3::Bucket\n",
    "    Type: AWS::S3::Bucket\n    DeletionPolicy: Retain\n    UpdateReplacePolicy: Retain\n",
)


@pytest.fixture
def here(bench: Bench, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Bench]:
    """The command line works on the same fake, and waits on its clock; another's bucket is there too."""
    monkeypatch.chdir(TOP)
    monkeypatch.setattr(SystemClock, "now", lambda _: bench.aws.clock.now())
    monkeypatch.setattr(SystemClock, "sleep", lambda _, seconds: bench.aws.clock.sleep(seconds))
    example = (TOP / "showcore.example.toml").read_text(encoding="utf-8")
    settings = example.replace('# stack_name = "showcore-phase1-production"', f'stack_name = "{STACK}"')
    (tmp_path / "showcore.toml").write_text(settings, encoding="utf-8")
    monkeypatch.setenv("SETTINGS_OF_THE_TEST", str(tmp_path / "showcore.toml"))
    fill(bench.aws, bench.aws.s3.create(OTHER))
    yield bench


def test_nothing_is_emptied_unless_told(here: Bench) -> None:
    stands(here, KEPT)
    result = destroy()
    assert result.exit_code == 0, result.output
    assert len(bucket(here).objects) == 4
    assert f"storage/Bucket: {DATA}, 4 versions" in result.stdout
    assert not {"DeleteObjects", "DeleteBucket", "AbortMultipartUpload"} & {
        c.operation for c in here.aws.calls
    }


def test_a_retained_bucket_is_emptied_of_everything_and_stays(here: Bench) -> None:
    stands(here, KEPT)
    result = destroy("--empty-buckets")
    assert result.exit_code == 0, result.output
    assert (bucket(here).objects, bucket(here).uploads) == ([], {})
    assert f"storage/Bucket: {DATA}, 0 versions, 0.00 GB, 0.00 USD a month" in result.stdout


def test_a_retained_bucket_goes_only_when_told(here: Bench) -> None:
    stands(here, KEPT)
    result = destroy("--empty-buckets", "--delete-buckets")
    assert result.exit_code == 0, result.output
    assert DATA not in here.aws.s3.buckets
    assert "storage/Bucket" not in result.stdout


def test_a_bucket_that_goes_with_its_stack_is_emptied_before(here: Bench) -> None:
    stands(here, NEST)
    assert destroy("--empty-buckets").exit_code == 0
    assert DATA not in here.aws.s3.buckets


def test_without_that_it_fails_and_a_second_run_ends_clean(here: Bench) -> None:
    stands(here, NEST)
    assert destroy().exit_code == 6
    assert here.status() == "DELETE_FAILED"
    result = destroy("--empty-buckets")
    assert result.exit_code == 0, result.output
    assert here.aws.account.find(STACK) is None


def test_what_is_written_until_the_last_moment_goes_as_well(here: Bench) -> None:
    stands(here, NEST)
    bucket(here).late = ["log-1", "log-2", "log-3", "log-4", "log-5", "log-6", "log-7", "log-8"]
    result = destroy("--empty-buckets")
    assert result.exit_code == 0, result.output
    assert DATA not in here.aws.s3.buckets
    told = [line for line in result.stderr.splitlines() if "storage/Bucket (" in line]
    assert told == [f"  storage/Bucket ({DATA}): 12 deleted, and removed"], "all passes in one line"


def test_a_bucket_that_is_gone_already_is_told_as_that(here: Bench) -> None:
    """As on an AWS that takes a retained bucket along with its stack."""
    stands(here, KEPT)
    shown = Told(empty_buckets=True, delete_buckets=True)
    found = Leaving({}, (), (Left("storage/Bucket", BUCKET, DATA, snapshot=False),))
    emptier = EmptyingGateway(here.session(), None, ACCOUNT)
    emptying = Emptying(emptier, here.operator(), shown, frozenset(nested(here)))
    del here.aws.s3.buckets[DATA]
    (emptied,) = emptying.after(found)
    assert (emptied.things, emptied.removed, emptied.trouble) == (0, True, "")
    assert text([emptied]) == f"  storage/Bucket ({DATA}): gone already"


def test_what_was_deleted_before_an_error_is_counted(here: Bench) -> None:
    stands(here, KEPT)
    here.aws.faults.add(Fault.ACCESS_DENIED, "DeleteBucket")
    result = destroy("--empty-buckets", "--delete-buckets")
    assert result.exit_code == 1
    assert f"storage/Bucket ({DATA}): 4 deleted. NOT DONE: these credentials may not" in result.stderr


def test_a_failure_elsewhere_leaves_the_retained_bucket_full_until_a_second_run(here: Bench) -> None:
    stands(here, KEPT)
    here.aws.fail("database/SubnetGroup", "It is in use.", on="delete")
    assert destroy("--empty-buckets").exit_code == 6
    assert len(bucket(here).objects) == 4
    result = destroy("--empty-buckets", "--delete-buckets")
    assert result.exit_code == 0, result.output
    assert DATA not in here.aws.s3.buckets


def test_an_interrupted_sweep_goes_on_although_the_stack_is_gone(here: Bench) -> None:
    stands(here, KEPT)
    here.aws.faults.add(Fault.EXPIRED_TOKEN, "DeleteObjects")
    assert destroy("--empty-buckets", "--delete-buckets").exit_code != 0
    assert here.aws.account.find(STACK) is None
    assert len(bucket(here).objects) == 4
    result = destroy("--empty-buckets", "--delete-buckets")
    assert result.exit_code == 0, result.output
    assert DATA not in here.aws.s3.buckets
    assert destroy("--empty-buckets", "--delete-buckets").exit_code == 0  # and once more: nothing to do


def test_a_bucket_that_another_stack_has_taken_over_is_left_alone(here: Bench) -> None:
    stands(here, KEPT)
    here.aws.faults.add(Fault.EXPIRED_TOKEN, "DeleteObjects")
    destroy("--empty-buckets")
    properties = f"{{BucketName: {DATA}}}"
    adopt(
        here.aws,
        f"Resources: {{B: {{Type: 'AWS::S3::Bucket', DeletionPolicy: Retain, Properties: {properties}}}}}",
    )
    result = destroy("--empty-buckets", "--delete-buckets")
    assert result.exit_code == 1, result.output
    assert "NOT DONE: it belongs to the stack arn:aws:cloudformation" in result.stderr
    assert len(bucket(here).objects) == 4


def test_what_is_held_by_law_stays_and_is_told(here: Bench) -> None:
    stands(here, KEPT)
    bucket(here).held = {"a"}
    result = destroy("--empty-buckets", "--delete-buckets", "-o", "json")
    assert result.exit_code == 1, result.output
    (emptied,) = json.loads(result.stdout)["emptied"]
    assert emptied["things"] == 1
    assert (
        "3 versions were refused, the first one a: Access Denied because object protected"
        in emptied["trouble"]
    )
    assert DATA in here.aws.s3.buckets


def test_another_name_that_is_typed_changes_nothing(here: Bench) -> None:
    stands(here, KEPT)
    result = invoke("destroy", "--empty-buckets", typed="showcore-other\n")
    assert result.exit_code == 4
    assert f"storage/Bucket: {DATA}, 4 versions, 0.00 GB, 0.00 USD a month" in result.stderr
    assert len(bucket(here).objects) == 4
    assert here.status() == "CREATE_COMPLETE"


def test_every_call_to_a_bucket_names_its_owner_and_no_other_bucket_is_touched(here: Bench) -> None:
    stands(here, KEPT)
    start = len(here.aws.calls)
    destroy("--empty-buckets", "--delete-buckets")
    made = [call for call in here.aws.calls[start:] if call.service == "s3"]
    empties = {"DeleteObjects", "ListMultipartUploads", "AbortMultipartUpload", "DeleteBucket"}
    assert {call.operation for call in made} >= empties
    assert {call.parameters["Bucket"] for call in made if call.operation in empties} == {DATA}
    assert OTHER not in {call.parameters["Bucket"] for call in made}
    assert {call.parameters.get("x-amz-expected-bucket-owner") for call in made} == {ACCOUNT}
    assert len(here.aws.s3.bucket(OTHER).objects) == 4


@pytest.mark.parametrize("end", ["", "/a"])
@pytest.mark.parametrize(
    "action", ["AbortMultipartUpload", "DeleteBucket", "DeleteObject", "DeleteObjectVersion"]
)
def test_who_deploys_may_empty_the_buckets_of_the_nest_and_not_that_of_the_templates(
    action: str, end: str
) -> None:
    mine = policies(Principal.DEPLOYER, ACCOUNT, "showcore").values()
    assert f"s3:{action}" in COMMANDS["destroy"]
    assert allows(mine, f"s3:{action}", f"arn:aws:s3:::showcore-backups-{ACCOUNT}{end}")
    assert not allows(mine, f"s3:{action}", f"arn:aws:s3:::showcore-artifacts-{ACCOUNT}{end}")


def test_more_than_a_thousand_versions_go(here: Bench) -> None:
    stands(here, KEPT)
    for number in range(1100):
        here.aws.s3.put(bucket(here), f"many/{number:04}", b"x")
    result = destroy("--empty-buckets", "-o", "json")
    assert json.loads(result.stdout)["emptied"][0]["things"] == 1104
    assert bucket(here).objects == []


def test_the_json_of_the_end_has_what_is_left_and_what_removes_it(here: Bench) -> None:
    stands(here, KEPT)
    found = json.loads(destroy("-o", "json").stdout)
    database, data = found["left"]
    assert (database["path"], database["snapshot"]) == ("database/Database", True)
    assert (data["name"], data["things"], data["usd_a_month"]) == (DATA, 4, 0.0)
    assert "showcore destroy --empty-buckets --delete-buckets" in data["remove"]


def test_recovery_points_go_before_their_vault() -> None:
    backup = _client("backup")
    point = {"RecoveryPointArn": "arn:aws:rds:us-east-1:111122223333:snapshot:one"}
    vault = {"BackupVaultName": "showcore-backup-vault"}
    with Stubber(backup) as stub:
        listing = "list_recovery_points_by_backup_vault"
        stub.add_response(listing, {"RecoveryPoints": [{**point, "Status": "COMPLETED"}]}, vault)
        stub.add_response("delete_recovery_point", {}, {**vault, **point})
        stub.add_response(listing, {"RecoveryPoints": [{**point, "Status": "DELETING"}]}, vault)
        stub.add_response(listing, {"RecoveryPoints": []}, vault)
        stub.add_response("delete_backup_vault", {}, vault)
        assert swept(_Clients(backup)) == (Emptied("backup/Vault", "showcore-backup-vault", 1, removed=True),)
        stub.assert_no_pending_responses()


def test_a_vault_whose_lock_refuses_is_told_and_stays() -> None:
    backup = _client("backup")
    point = {"RecoveryPointArn": "arn:aws:rds:us-east-1:111122223333:snapshot:one", "Status": "COMPLETED"}
    with Stubber(backup) as stub:
        stub.add_response("list_recovery_points_by_backup_vault", {"RecoveryPoints": [point]})
        stub.add_client_error("delete_recovery_point", "InvalidRequestException", "locked")
        (emptied,) = swept(_Clients(backup))
        assert (emptied.things, emptied.removed) == (0, False)
        assert "1 recovery points were refused" in emptied.trouble


def test_a_vault_that_is_not_there_is_missing_although_aws_denies_access() -> None:
    backup = _client("backup")
    with Stubber(backup) as stub:
        stub.add_client_error("list_recovery_points_by_backup_vault", "AccessDeniedException", "Insufficient")
        stub.add_response("list_backup_vaults", {"BackupVaultList": [{"BackupVaultName": "another"}]})
        with pytest.raises(Missing):
            SizesGateway(_Clients(backup), None, ACCOUNT).vault("showcore-backup-vault")


@pytest.mark.parametrize("code", ["AccessDeniedException", "ResourceNotFoundException"])
def test_a_vault_that_is_gone_already_is_done(code: str) -> None:
    backup = _client("backup")
    with Stubber(backup) as stub:
        stub.add_client_error("list_recovery_points_by_backup_vault", code, "Insufficient")
        stub.add_response("list_backup_vaults", {"BackupVaultList": [{"BackupVaultName": "another"}]})
        (emptied,) = swept(_Clients(backup))
    assert (emptied.removed, emptied.trouble) == (True, "")
    assert text([emptied]) == "  backup/Vault (showcore-backup-vault): gone already"


def test_a_vault_that_goes_meanwhile_is_done_too() -> None:
    backup = _client("backup")
    point = {"RecoveryPointArn": "arn:aws:rds:us-east-1:111122223333:snapshot:one", "Status": "COMPLETED"}
    with Stubber(backup) as stub:
        listing = "list_recovery_points_by_backup_vault"
        stub.add_response(listing, {"RecoveryPoints": [point]})
        stub.add_response("delete_recovery_point", {})
        stub.add_response(listing, {"RecoveryPoints": []})
        stub.add_client_error("delete_backup_vault", "ResourceNotFoundException", "no such vault")
        stub.add_response("list_backup_vaults", {"BackupVaultList": []})
        assert swept(_Clients(backup)) == (Emptied("backup/Vault", "showcore-backup-vault", 1, removed=True),)


def test_a_vault_that_may_not_be_seen_is_not_taken_for_gone() -> None:
    backup = _client("backup")
    with Stubber(backup) as stub:
        stub.add_client_error("list_recovery_points_by_backup_vault", "AccessDeniedException", "Insufficient")
        vaults = [{"BackupVaultName": "showcore-backup-vault"}]
        stub.add_response("list_backup_vaults", {"BackupVaultList": vaults})
        (emptied,) = swept(_Clients(backup))
    assert (emptied.removed, emptied.gone) == (False, False)
    assert "may not do backup:ListRecoveryPointsByBackupVault" in emptied.trouble


def nested(bench: Bench) -> list[str]:
    """The ids of the nested stacks."""
    resources = bench.session().cloudformation.resources(STACK)
    return [resource.physical_id for resource in resources if resource.is_stack]


def swept(clients: _Clients) -> tuple[Emptied, ...]:
    """What becomes of a vault that a stack left."""
    left = Left("backup/Vault", VAULT, "showcore-backup-vault", snapshot=False)
    told = Told(delete_points=True)
    with FakeAws() as aws:
        bench = Bench(aws)
        gateway = _NotHeld(clients, None, ACCOUNT)
        return Emptying(gateway, bench.operator(), told, frozenset()).after(Leaving({}, (), (left,)))


class _NotHeld(EmptyingGateway):
    def holders(self, physical_id: str) -> frozenset[str]:
        return frozenset()


@dataclass
class _Clients:
    one: Any

    def client(self, service: str) -> Any:
        return self.one


def _client(service: str) -> Any:
    return boto3.client(service, "us-east-1", aws_access_key_id="a", aws_secret_access_key="b")


def stands(bench: Bench, templates: dict[str, str]) -> None:
    """The nest stands, and its bucket holds four versions and an upload in progress."""
    bench.deployment(templates).run(yes)
    fill(bench.aws, bucket(bench))


def fill(aws: FakeAws, there: Bucket) -> None:
    there.versioning = "Enabled"
    for key in ("a", "a", "b"):
        aws.s3.put(there, key, b"something")
    aws.s3.delete(there, "a")
    there.uploads = {"upload-1": "c"}


def bucket(bench: Bench) -> Bucket:
    return bench.aws.s3.bucket(DATA)


@dataclass(frozen=True)
class Ran:
    """How a command ended, and what it printed."""

    exit_code: int
    stdout: str
    stderr: str

    @property
    def output(self) -> str:
        return self.stdout + self.stderr


def destroy(*options: str) -> Ran:
    return invoke("destroy", "--yes", *options)


def invoke(*arguments: str, typed: str = "") -> Ran:
    """Run a command line in this process."""
    settings, out, err = os.environ["SETTINGS_OF_THE_TEST"], io.StringIO(), io.StringIO()
    with CliRunner().isolation(input=typed), redirect_stdout(out), redirect_stderr(err):
        code = cli.run([*arguments, "--settings", settings])
    return Ran(code, out.getvalue(), err.getvalue())


def adopt(aws: FakeAws, template: str) -> None:
    """Take a bucket that exists into another stack."""
    cloudformation = aws.client("cloudformation")
    cloudformation.create_change_set(
        StackName="another",
        ChangeSetName="adopt",
        ChangeSetType="CREATE",
        TemplateBody=template,
        ImportExistingResources=True,
    )
    aws.clock.sleep(60)
    cloudformation.execute_change_set(StackName="another", ChangeSetName="adopt")
    aws.clock.sleep(60)
