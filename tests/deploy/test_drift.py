"""Drift over a nest that stands on the fake: found in every stack, told in the template's words, with its fate."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from showcore_cfn.aws.drift import DriftGateway
from showcore_cfn.deploy.drift.detection import Detection, Drift, ResourceDrift, detect
from showcore_cfn.deploy.drift.outlook import Future, future
from showcore_cfn.deploy.drift.text import as_json, text
from showcore_cfn.errors import StillRunning
from showcore_cfn.template.json_types import Json
from showcore_cfn.template.load import load_set
from tests.deploy.conftest import STACK, Bench, desired, yes
from tests.deploy.nests import NEST, with_edit

PSEUDO = {"AWS::AccountId": "111122223333", "AWS::Region": "us-east-1"}


@pytest.fixture
def standing(bench: Bench) -> Bench:
    """The small nest, deployed."""
    bench.deployment().run(yes)
    return bench


def test_a_nest_that_nobody_touched_is_in_sync(standing: Bench) -> None:
    found = drift_of(standing)
    assert found.drifted == ()
    assert next(iter(found.stacks)) == "root"
    assert set(found.stacks) == {"root", "network", "database", "storage"}
    assert {detection.status for detection in found.stacks.values()} == {"IN_SYNC"}
    assert text(found, ahead()) == "No drift: 7 resources in 4 stacks are as their templates say."


def test_what_cloudformation_cannot_check_is_counted_and_named() -> None:
    found = Drift({"root": Detection("IN_SYNC"), "cdn": Detection("IN_SYNC")}, (), 23, ("cdn/A", "cdn/B"))
    assert text(found, ahead()).splitlines() == [
        "No drift: the 23 resources that CloudFormation can check, of 25 in 2 stacks, are as their templates say.",
        "Not compared, since CloudFormation cannot check their types: cdn/A, cdn/B.",
    ]


def test_a_resource_that_detection_leaves_out_counts_as_not_checked(
    standing: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on AWS, whose answer holds only what it can check."""
    original = DriftGateway.resources

    def without_topic(self: DriftGateway, stack: str) -> tuple[ResourceDrift, ...]:
        return tuple(each for each in original(self, stack) if each.logical_id != "Topic")

    monkeypatch.setattr(DriftGateway, "resources", without_topic)
    found = drift_of(standing)
    assert (found.unchecked, found.looked_at) == (("storage/Topic",), 6)


def test_every_stack_is_looked_at_side_by_side(standing: Bench) -> None:
    seen: list[tuple[int, int]] = []
    start = len(standing.aws.calls)
    drift_of(standing, seen)
    names = standing.aws.calls[start:]
    begun = [i for i, call in enumerate(names) if call.operation == "DetectStackDrift"]
    asked = [i for i, call in enumerate(names) if call.operation == "DescribeStackDriftDetectionStatus"]
    assert (len(begun), max(begun) < min(asked)) == (4, True)
    assert seen[-1] == (4, 4)
    assert len(asked) <= 16


def test_a_changed_property_is_told_with_both_values_and_left_alone(standing: Bench) -> None:
    changed(standing, "database/Database", {"/BackupRetentionPeriod": ("7", "1")})
    lines = text(drift_of(standing), ahead()).splitlines()
    assert lines == [
        "database/Database (AWS::RDS::DBInstance, showcore-db)",
        "  BackupRetentionPeriod: 7 in the template (!Ref Retention); 1 in AWS",
        "    the next deployment leaves it as it is.",
        "    -> set it back by hand, or write what is there into the template.",
        "",
        "Drift: 1 of 7 resources in 4 stacks.",
    ]


def test_what_the_templates_change_themselves_is_overwritten(standing: Bench) -> None:
    changed(standing, "database/Database", {"/DBInstanceClass": ("db.t3.micro", "db.t3.medium")})
    edited = with_edit("database.yaml", "db.t3.micro", "db.t3.small")
    assert fates(drift_of(standing), ahead(edited)) == {"DBInstanceClass": "overwrites"}


def test_what_the_templates_say_by_now_agrees(standing: Bench) -> None:
    changed(standing, "database/Database", {"/DBInstanceClass": ("db.t3.micro", "db.t3.small")})
    edited = with_edit("database.yaml", "db.t3.micro", "db.t3.small")
    assert fates(drift_of(standing), ahead(edited)) == {"DBInstanceClass": "agrees"}


def test_another_change_of_the_resource_may_set_it_back(standing: Bench) -> None:
    changed(standing, "database/Database", {"/BackupRetentionPeriod": ("7", "1")})
    edited = with_edit("database.yaml", "db.t3.micro", "db.t3.small")
    assert fates(drift_of(standing), ahead(edited)) == {"BackupRetentionPeriod": "touches"}


def test_a_resource_that_was_deleted_stays_gone(standing: Bench) -> None:
    standing.aws.drift(STACK, "storage/Topic", {}, deleted=True)
    found = drift_of(standing)
    assert "  it was deleted by hand" in text(found, ahead())
    assert "the next deployment does not bring it back." in text(found, ahead())


def test_a_deleted_resource_that_the_templates_change_makes_the_deployment_fail(standing: Bench) -> None:
    standing.aws.drift(STACK, "storage/Topic", {}, deleted=True)
    edited = with_edit("storage.yaml", "DisplayName: storage", "DisplayName: store")
    assert "is gone, and fails there." in text(drift_of(standing), ahead(edited))


def test_added_and_removed_properties_are_told_as_such(standing: Bench) -> None:
    changed(
        standing,
        "storage/Topic",
        {"/KmsMasterKeyId": (None, "alias/aws/sns"), "/DisplayName": ("storage", None)},
    )
    shown = text(drift_of(standing), ahead())
    assert "KmsMasterKeyId: not in the template; in AWS alias/aws/sns" in shown
    assert "DisplayName: storage in the template; gone in AWS" in shown


def test_json_has_the_fate_of_each_difference(standing: Bench) -> None:
    changed(standing, "database/Database", {"/BackupRetentionPeriod": ("7", "1")})
    found = as_json(drift_of(standing), ahead())
    assert found["drifted"] is True
    assert found["resources"] == [
        {
            "path": "database/Database",
            "type": "AWS::RDS::DBInstance",
            "physical_id": "showcore-db",
            "status": "modified",
            "next_deployment": None,
            "differences": [
                {
                    "property": "BackupRetentionPeriod",
                    "kind": "not_equal",
                    "template": "7",
                    "aws": "1",
                    "next_deployment": "leaves",
                }
            ],
        }
    ]


def test_a_detection_that_does_not_end_is_left_running(standing: Bench) -> None:
    standing.aws.durations.scale = 1000
    with pytest.raises(StillRunning, match="quarter of an hour"):
        drift_of(standing)


def drift_of(bench: Bench, seen: list[tuple[int, int]] | None = None) -> Drift:
    """The drift of the nest, on the fake's clock."""
    session = bench.session()
    detector = DriftGateway(session.client("cloudformation"), None)
    root = bench.aws.stack(STACK).id

    def progress(ended: int, all_: int) -> None:
        if seen is not None:
            seen.append((ended, all_))

    return detect(session.cloudformation, detector, bench.aws.clock, root, progress)


def ahead(templates: Mapping[str, str] = NEST) -> Future:
    """What deploying these templates over the small nest would do."""
    parameters = {**desired().parameters, **PSEUDO}
    return future(load_set(NEST), parameters, load_set(templates), parameters)


def changed(bench: Bench, path: str, differences: Mapping[str, tuple[Json, Json]]) -> None:
    """Somebody changes a resource in the console."""
    bench.aws.drift(STACK, path, differences)


def fates(found: Drift, coming: Future) -> dict[str, str]:
    """The fate of each difference by property."""
    return {
        ".".join(difference.path): coming.of(drifted, difference).fate.name.lower()
        for drifted in found.drifted
        for difference in drifted.found.differences
    }
