"""Calls made together: all are waited for, but by nobody who has pressed Ctrl-C."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from threading import Event

import pytest

from showcore_cfn.deploy.parallel import MOST_AT_ONCE, Asking, together

LONGEST_SECONDS = 20  # until a call that is never answered gives up, where it is waited for after all


class Unanswered:
    """A call that waits for an answer until it is let go."""

    def __init__(self) -> None:
        self.answer = Event()
        self.ended = False

    def __call__(self) -> None:
        self.answer.wait(LONGEST_SECONDS)
        self.ended = True


def interrupted() -> None:
    raise KeyboardInterrupt


def test_answers_come_in_the_order_of_the_calls() -> None:
    later = Event()

    def first() -> str:
        assert later.wait(LONGEST_SECONDS), "the second call was not made beside this one"
        return "first"

    def second() -> str:
        later.set()
        return "second"

    assert together([first, second]) == ["first", "second"]


def test_more_calls_than_are_made_at_once_are_all_answered() -> None:
    numbers = range(3 * MOST_AT_ONCE)
    assert together([lambda number=number: number for number in numbers]) == list(numbers)  # type: ignore[misc]


def test_an_error_is_raised_once_all_have_ended() -> None:
    other = Event()

    def fails() -> None:
        raise ValueError("no")

    def ends() -> None:
        other.wait(0.1)
        other.set()

    with pytest.raises(ValueError, match="no"):
        together([fails, ends])
    assert other.is_set()


def test_ctrl_c_waits_for_no_answer() -> None:
    unanswered = Unanswered()
    with pytest.raises(KeyboardInterrupt), Asking() as asking:
        asking.submit(unanswered)
        raise KeyboardInterrupt
    assert not unanswered.ended
    unanswered.answer.set()


def test_ctrl_c_in_one_of_many_waits_for_no_other() -> None:
    unanswered = Unanswered()
    calls: list[Callable[[], None]] = [interrupted, unanswered]
    with pytest.raises(KeyboardInterrupt):
        together(calls)
    assert not unanswered.ended
    unanswered.answer.set()


def test_a_call_that_is_never_answered_does_not_keep_the_process() -> None:
    program = (
        "import threading; from showcore_cfn.deploy.parallel import Asking; "
        f"Asking().submit(threading.Event().wait, {10 * LONGEST_SECONDS}); print('done')"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=LONGEST_SECONDS, check=True
    )
    assert ended.stdout == "done\n"
