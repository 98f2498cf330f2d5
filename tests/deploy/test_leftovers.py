"""What a deletion takes and leaves, over a nest that stands on the fake."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from showcore_cfn.aws.failures import AccessDenied
from showcore_cfn.aws.sizes import SizesGateway
from showcore_cfn.cost.price_list import load
from showcore_cfn.deploy.planning.comparison import Comparison, Templates
from showcore_cfn.deploy.removal.leftovers import Leaving, Left, Size, leaving, text
from tests.deploy.conftest import STACK, Bench, desired, yes
from tests.deploy.nests import NEST, with_edit
from tests.unit.docs import aws_cli, showcore_cli
from tests.unit.docs.shell import spans

GIB = 2**30
KEPT = with_edit(
    "storage.yaml",
    "    Type: AWS::S3::Bucket\n",
    "    Type: AWS::S3::Bucket\n    DeletionPolicy: Retain\n    UpdateReplacePolicy: Retain\n",
)


@dataclass
class Sizes:
    """Sizes that are known beforehand."""

    of: dict[str, Size] = field(default_factory=dict)

    def bucket(self, name: str) -> Size:
        if name not in self.of:
            raise AccessDenied("these credentials may not look.")
        return self.of[name]

    def vault(self, name: str) -> Size:
        return self.bucket(name)


def test_everything_goes_but_what_a_policy_keeps(bench: Bench) -> None:
    found = look(bench, KEPT, Sizes({"showcore-data-111122223333": Size(3, 100 * GIB)}))
    assert found.deleted == {"network": 2, "database": 2, "storage": 1}
    assert [(left.path, left.snapshot) for left in found.left] == [
        ("database/Database", True),
        ("storage/Bucket", False),
    ]


def test_a_bucket_is_told_with_its_versions_its_size_and_its_cost(bench: Bench) -> None:
    shown = text(look(bench, KEPT, Sizes({"showcore-data-111122223333": Size(3, 100 * GIB)})))
    assert "  storage/Bucket: showcore-data-111122223333, 3 versions, 100.00 GB, 2.30 USD a month" in shown
    assert "`aws s3 rb s3://showcore-data-111122223333`" in shown


def test_what_cannot_be_seen_is_not_nothing(bench: Bench) -> None:
    shown = text(look(bench, KEPT, Sizes()))
    assert "storage/Bucket: showcore-data-111122223333, size not seen" in shown
    assert "whose size was not seen" in shown.splitlines()[-1]


def test_a_snapshot_costs_at_most_what_the_storage_holds(bench: Bench) -> None:
    sized = with_edit("database.yaml", "Engine: postgres", "Engine: postgres\n      AllocatedStorage: '20'")
    (left,) = look(bench, sized, Sizes()).left
    assert (left.size, left.usd_a_month) == (Size(1, 20 * GIB), Decimal("1.900"))


@pytest.mark.parametrize(
    ("type_", "name", "snapshot"),
    [
        ("AWS::S3::Bucket", "showcore-data-111122223333", False),
        ("AWS::Backup::BackupVault", "showcore-backup-vault", False),
        ("AWS::RDS::DBInstance", "showcore-db", True),
        ("AWS::ElastiCache::ReplicationGroup", "showcore-cache", True),
        ("AWS::Logs::LogGroup", "/showcore/logs", False),
    ],
)
def test_every_command_that_removes_something_can_be_pasted(type_: str, name: str, snapshot: bool) -> None:
    removal = Left("tier/Thing", type_, name, snapshot).removal
    for span in spans(removal):
        words = span.split()
        if words[:3] == ["aws", "s3", "rb"]:
            assert words[3:] == ["s3://showcore-data-111122223333"]
        else:
            known = showcore_cli if words[0] == "showcore" else aws_cli
            assert known.complaints(words) == [], span
    assert name in removal or snapshot


def test_a_last_snapshot_is_told_with_what_it_is_of(bench: Bench) -> None:
    shown = text(look(bench, NEST, Sizes()))
    assert "  database/Database: a last snapshot of showcore-db, " in shown
    assert "--db-instance-identifier showcore-db --snapshot-type manual`" in shown


def test_data_that_goes_for_good_is_named(bench: Bench) -> None:
    found = look(bench, NEST, Sizes())
    assert found.data == (("storage/Bucket", "a bucket"),)
    assert "  with its data: storage/Bucket, a bucket" in text(found)


def test_versions_and_delete_markers_are_counted_over_all_pages() -> None:
    s3 = _client("s3")
    more = {"IsTruncated": True, "NextKeyMarker": "k", "NextVersionIdMarker": "v"}
    with Stubber(s3) as stub:
        stub.add_response("list_object_versions", {**more, "Versions": [{"Size": 5}]})
        stub.add_response(
            "list_object_versions",
            {"IsTruncated": False, "Versions": [{"Size": 7}], "DeleteMarkers": [{"Key": "k"}]},
            {"Bucket": "b", "ExpectedBucketOwner": "1", "KeyMarker": "k", "VersionIdMarker": "v"},
        )
        assert SizesGateway(_Clients(s3), None, "1").bucket("b") == Size(3, 12)


def test_a_bucket_without_end_is_counted_as_at_least(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("showcore_cfn.aws.sizes.MOST_PAGES", 1)
    s3 = _client("s3")
    more = {"IsTruncated": True, "NextKeyMarker": "k", "NextVersionIdMarker": "v", "Versions": [{"Size": 5}]}
    with Stubber(s3) as stub:
        stub.add_response("list_object_versions", more)
        assert SizesGateway(_Clients(s3), None, "1").bucket("b") == Size(1, 5, at_least=True)


def test_recovery_points_are_counted() -> None:
    backup = _client("backup")
    points = {"RecoveryPoints": [{"BackupSizeInBytes": 4}, {}]}
    with Stubber(backup) as stub:
        stub.add_response("list_recovery_points_by_backup_vault", points, {"BackupVaultName": "v"})
        assert SizesGateway(_Clients(backup), None, "1").vault("v") == Size(2, 4)


@dataclass
class _Clients:
    one: Any

    def client(self, service: str) -> Any:
        return self.one


def _client(service: str) -> Any:
    return boto3.client(service, "us-east-1", aws_access_key_id="a", aws_secret_access_key="b")


def look(bench: Bench, templates: dict[str, str], sizes: Sizes) -> Leaving:
    bench.deployment(templates).run(yes)
    wanted = desired(templates)
    pseudo = {"AWS::AccountId": "111122223333", "AWS::Region": "us-east-1"}
    nest = Comparison(Templates(templates, {**wanted.parameters, **pseudo}), None).head
    root = bench.aws.stack(STACK).id
    return leaving(bench.session().cloudformation, root, nest, sizes, load())
