"""Which resources are at work, how long the others took, and what the end of an operation waits for."""

from __future__ import annotations

from datetime import timedelta

import pytest

from showcore_cfn.aws.values import STACK_TYPE, StackEvent
from showcore_cfn.deploy.following.at_work import AtWork, Handler, Running, Taken
from showcore_cfn.deploy.following.durations import Durations, Key
from showcore_cfn.deploy.following.expected import Expected
from showcore_cfn.deploy.following.happening import Happening
from showcore_cfn.deploy.following.rhythm import Due
from tests.fakes.cloudformation.clock import START

DATABASE = "AWS::RDS::DBInstance"
ANEW = "Requested update requires the creation of a new physical resource; hence creating one."


def event(status: str, seconds: float, reason: str = "", kind: str = DATABASE) -> StackEvent:
    return StackEvent(
        *(f"{status}-{seconds}", "arn:stack", "stack", "Database", "arn:else", kind, status),
        START + timedelta(seconds=seconds),
        reason,
    )


def noted(*events: StackEvent) -> AtWork:
    found = AtWork()
    for each in events:
        found.note("database/Database", each)
    return found


def test_a_creation_takes_from_its_first_event_to_its_end() -> None:
    begun = (event("CREATE_IN_PROGRESS", 5), event("CREATE_IN_PROGRESS", 6, "Resource creation Initiated"))

    assert noted(*begun).running == {
        "database/Database": Running(DATABASE, Handler.CREATE, START + timedelta(seconds=5))
    }
    done = noted(*begun, event("CREATE_COMPLETE", 575))
    assert done.running == {}
    assert done.taken == [Taken(DATABASE, Handler.CREATE, 570, START + timedelta(seconds=575))]


@pytest.mark.parametrize(
    ("verb", "reason", "handler"),
    [("UPDATE", "", Handler.UPDATE), ("UPDATE", ANEW, Handler.CREATE), ("DELETE", "", Handler.DELETE)],
    ids=["update", "replacement", "deletion"],
)
def test_each_handler_is_learned_for_itself_and_a_replacement_as_a_creation(
    verb: str, reason: str, handler: Handler
) -> None:
    found = noted(event(f"{verb}_IN_PROGRESS", 0, reason), event(f"{verb}_COMPLETE", 30))

    assert [(one.handler, one.seconds) for one in found.taken] == [(handler, 30)]


@pytest.mark.parametrize(
    "events",
    [
        (event("CREATE_IN_PROGRESS", 0), event("CREATE_FAILED", 30)),
        (event("CREATE_COMPLETE", 30),),
        (event("IMPORT_IN_PROGRESS", 0), event("IMPORT_COMPLETE", 30)),
        (event("CREATE_IN_PROGRESS", 0, kind=STACK_TYPE), event("CREATE_COMPLETE", 30, kind=STACK_TYPE)),
        (event("DELETE_IN_PROGRESS", 0), event("DELETE_SKIPPED", 3)),
    ],
    ids=["failed", "not seen to begin", "imported", "a nested stack", "kept"],
)
def test_what_says_nothing_of_a_handlers_time_teaches_nothing(events: tuple[StackEvent, ...]) -> None:
    found = noted(*events)

    assert (found.taken, found.running) == ([], {})


def test_a_deletion_that_follows_a_creation_begins_anew() -> None:
    found = noted(event("CREATE_IN_PROGRESS", 0), event("DELETE_IN_PROGRESS", 100))

    assert found.running["database/Database"].since == START + timedelta(seconds=100)


# What the end waits for ----------------------------------------------------------------------------------

KEY: Key = (DATABASE, Handler.CREATE)
KNOWN = Durations({KEY: (600.0,)})
NOW = START + timedelta(seconds=50)


def due(since_seconds: float) -> Due:
    return Due(START + timedelta(seconds=since_seconds + 510), START + timedelta(seconds=since_seconds + 690))


def root(status: str) -> Happening:
    own = StackEvent("r", "arn:root", "stack", "stack", "arn:root", STACK_TYPE, status, START)
    return Happening("root", "root", own)


def expected(*happenings: Happening) -> Expected:
    found = Expected(KNOWN, {"database/Database": KEY})
    for each in happenings:
        found.note(each, NOW)
    return found


BEGINS = Happening("database/Database", "database", event("CREATE_IN_PROGRESS", 5))


def test_what_is_planned_is_due_from_now_and_once_begun_from_its_beginning() -> None:
    assert expected().due(NOW, (), planned=True) == (due(50),)
    assert expected(root("CREATE_IN_PROGRESS"), BEGINS).due(NOW, (), planned=True) == (due(5),)


def test_nothing_planned_is_waited_for_when_the_nest_rests_or_goes_back() -> None:
    assert expected().due(NOW, (), planned=False) == ()
    assert expected(root("ROLLBACK_IN_PROGRESS")).due(NOW, (), planned=True) == ()


def test_what_is_in_a_stack_that_came_to_rest_is_over_although_its_end_was_not_read() -> None:
    assert expected(BEGINS).due(NOW, {"database"}, planned=True) == ()


def test_when_a_stack_has_news_is_known_only_where_all_at_work_in_it_is() -> None:
    unknown = Happening("database/Group", "database", event("CREATE_IN_PROGRESS", 6, kind="AWS::X::Y"))

    assert expected(BEGINS).earliest("database") == START + timedelta(seconds=515)
    assert expected(BEGINS).earliest("cache") is None
    assert expected(BEGINS, unknown).earliest("database") is None


@pytest.mark.trap("31")
def test_where_our_clock_is_behind_the_servers_nothing_is_expected_too_late() -> None:
    found = Expected(KNOWN, {})
    found.note(BEGINS, START + timedelta(seconds=5 - 120))

    assert found.due(NOW, (), planned=True) == (due(5 - 120),)
