"""Checks run together, each with its own time, and their outcomes come in order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from threading import Event, Lock

import pytest

from showcore_cfn.verify.check import Check, Outcome, Verdict
from showcore_cfn.verify.claim import Claim, equal
from showcore_cfn.verify.expected import Expected
from showcore_cfn.verify.look import Look
from showcore_cfn.verify.run import run
from tests.unit.verify.world import WANT


def _check(id_: str, act: Callable[[], None], timeout_seconds: float = 30.0) -> Check:
    def body(_look: Look, _want: Expected) -> Iterator[Claim]:
        act()
        yield equal("it", 1, 1)

    return Check(id_, id_, (), "none", body, timeout_seconds=timeout_seconds)


class Clock:
    """Time that passes only when it is asked for."""

    def __init__(self, step: float = 0.0) -> None:
        self.now, self.step = 0.0, step

    def __call__(self) -> float:
        self.now += self.step
        return self.now


def test_outcomes_come_in_the_order_of_the_checks() -> None:
    first = Event()
    checks = [_check("7.1-a", lambda: _wait(first)), _check("7.1-b", first.set)]
    heard: list[str] = []
    found = run(checks, Look({}), WANT, Clock(), seen=lambda outcome: heard.append(outcome.check.id))
    assert [outcome.check.id for outcome in found] == ["7.1-a", "7.1-b"]
    assert heard == ["7.1-b", "7.1-a"]
    assert {outcome.verdict for outcome in found} == {Verdict.PASSED}


def _wait(event: Event) -> None:
    assert event.wait(30)


def test_no_more_than_so_many_run_at_once() -> None:
    lock, running, most = Lock(), 0, 0

    def act() -> None:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        Event().wait(0.01)
        with lock:
            running -= 1

    run([_check(f"7.1-{n}", act) for n in range(9)], Look({}), WANT, Clock(), workers=3)
    assert 1 <= most <= 3


def test_a_check_that_takes_too_long_could_not_look_and_holds_up_nothing() -> None:
    never = Event()
    checks = [_check("7.1-hangs", lambda: _wait(never), timeout_seconds=5.0), _check("7.1-b", lambda: None)]
    found = run(checks, Look({}), WANT, Clock(step=2.0))
    hanging = {outcome.check.id: outcome for outcome in found}["7.1-hangs"]
    never.set()
    assert (hanging.verdict, hanging.note) == (Verdict.BLIND, "no answer in 5 seconds")


def test_an_answer_that_comes_too_late_changes_nothing() -> None:
    late, both = Event(), Event()

    def slow() -> None:
        _wait(late)

    def last() -> None:
        late.set()
        both.wait(0.05)

    checks = [_check("7.1-late", slow, timeout_seconds=1.0), _check("7.1-last", last)]
    heard: list[Outcome] = []
    found = run(checks, Look({}), WANT, Clock(step=1.0), workers=1, seen=heard.append)
    assert [outcome.verdict for outcome in found] == [Verdict.BLIND, Verdict.PASSED]
    assert len(heard) == 2


def test_a_bug_in_a_check_is_raised() -> None:
    def broken() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run([_check("7.1-a", broken)], Look({}), WANT, Clock())


def test_nothing_to_run_is_nothing() -> None:
    assert run([], Look({}), WANT, Clock()) == ()
