"""What has become of a change set, from its status and its reason."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import cast

import pytest

from showcore_cfn.aws.failures import AlreadyExists, Unreachable
from showcore_cfn.aws.gateways import CloudFormation
from showcore_cfn.aws.values import ChangeSet, ChangeSetOrder, ChangeSetSummary, Stack
from showcore_cfn.deploy.change_set import Verdict, create, until, verdict, wait


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


ORDER = ChangeSetOrder("showcore", "showcore-1", "token", True, "{}", {})


class Forgetful:
    """CloudFormation after it made a change set and the answer was lost: it exists, under its name."""

    def __init__(self, *names: str) -> None:
        self._names = names

    def create_change_set(self, order: ChangeSetOrder) -> None:
        raise AlreadyExists(f"ChangeSet {order.name} cannot be created due to a mismatch")

    def change_sets(self, stack: str) -> tuple[ChangeSetSummary, ...]:
        return tuple(
            ChangeSetSummary(f"arn:{name}", name, "CREATE_COMPLETE", "AVAILABLE") for name in self._names
        )

    def stack(self, name: str) -> Stack:
        return Stack(f"arn:{name}", name, "REVIEW_IN_PROGRESS")

    def change_set(self, arn: str, *, with_values: bool = True) -> None:
        return None


class Still:
    """A clock that only counts."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def now(self) -> datetime:
        return datetime(2026, 3, 2, tzinfo=UTC) + timedelta(seconds=self.seconds)

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds


def test_a_change_set_that_exists_under_our_own_name_is_ours() -> None:
    made = create(cast("CloudFormation", Forgetful("another", "showcore-1")), ORDER)

    assert (made.id, made.stack_id) == ("arn:showcore-1", "arn:showcore")


def test_a_refusal_for_another_reason_stays_one() -> None:
    with pytest.raises(AlreadyExists):
        create(cast("CloudFormation", Forgetful("another")), ORDER)


def test_a_change_set_that_never_appears_is_not_waited_for_without_end() -> None:
    clock = Still()

    with pytest.raises(Unreachable, match="Somebody may have deleted it"):
        wait(cast("CloudFormation", Forgetful()), clock, "arn")

    assert clock.seconds < 60


@pytest.mark.trap("5")
def test_waiting_for_something_to_disappear_ends_after_five_minutes() -> None:
    clock = Still()

    assert until(clock, lambda: clock.seconds > 30)
    assert not until(clock, lambda: False)
    assert 300 <= clock.seconds < 360
