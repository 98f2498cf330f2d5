"""What has become of a change set, from its status and its reason."""

from __future__ import annotations

import pytest

from showcore_cfn.aws.values import ChangeSet
from showcore_cfn.deploy.change_set import Verdict, verdict


def change_set(
    status: str, execution: str = "UNAVAILABLE", reason: str = "", parent: str | None = None
) -> ChangeSet:
    return ChangeSet("arn", "name", "stack", "showcore", status, execution, reason, parent_id=parent)


@pytest.mark.trap("13")
@pytest.mark.parametrize(
    "reason",
    [
        "The submitted information didn't contain changes. Submit different information to create a change set.",
        "No updates are to be performed.",
        "no updates are to be performed",
    ],
)
def test_both_texts_for_no_changes_are_known(reason: str) -> None:
    assert verdict(change_set("FAILED", reason=reason)) is Verdict.NO_CHANGES


@pytest.mark.trap("13")
def test_the_text_alone_is_not_enough() -> None:
    found = change_set("CREATE_COMPLETE", "AVAILABLE", "No updates are to be performed.")

    assert verdict(found) is Verdict.AVAILABLE


@pytest.mark.parametrize(
    ("status", "execution", "parent", "expected"),
    [
        ("CREATE_PENDING", "UNAVAILABLE", None, Verdict.PENDING),
        ("CREATE_IN_PROGRESS", "UNAVAILABLE", None, Verdict.PENDING),
        ("CREATE_COMPLETE", "AVAILABLE", None, Verdict.AVAILABLE),
        ("CREATE_COMPLETE", "UNAVAILABLE", "root", Verdict.AVAILABLE),  # a nested one
        ("CREATE_COMPLETE", "OBSOLETE", None, Verdict.GONE),
        ("CREATE_COMPLETE", "EXECUTE_COMPLETE", None, Verdict.GONE),
        ("DELETE_IN_PROGRESS", "UNAVAILABLE", None, Verdict.GONE),
        ("FAILED", "UNAVAILABLE", None, Verdict.FAILED),
    ],
)
def test_a_verdict_follows_from_both_statuses(
    status: str, execution: str, parent: str | None, expected: Verdict
) -> None:
    assert (
        verdict(change_set(status, execution, "Only executable from the root change set.", parent))
        is expected
    )
