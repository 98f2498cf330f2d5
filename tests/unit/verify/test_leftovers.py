"""What was made goes again: in reverse order, whatever ended the block, and nothing silently stays."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from showcore_cfn.verify.leftovers import LeftBehind, Leftovers


def raising(*errors: BaseException) -> tuple[Callable[[], None], list[int]]:
    """A remover that raises these errors, one a call, and then succeeds; and how often it was called."""
    waiting, calls = list(errors), []

    def remove() -> None:
        calls.append(1)
        if waiting:
            raise waiting.pop(0)

    return remove, calls


def test_things_go_in_reverse_order() -> None:
    gone: list[str] = []
    with Leftovers(lambda _: None) as leftovers:
        leftovers.must_go("a", lambda: gone.append("a"))
        leftovers.must_go("b", lambda: gone.append("b"))
    assert gone == ["b", "a"]


@pytest.mark.parametrize("error", [ValueError("it broke"), KeyboardInterrupt(), SystemExit(3)])
def test_things_go_after_any_end_of_the_block(error: BaseException) -> None:
    gone: list[str] = []
    with pytest.raises(type(error)), Leftovers(lambda _: None) as leftovers:
        leftovers.must_go("a", lambda: gone.append("a"))
        raise error
    assert gone == ["a"]


def test_one_that_cannot_go_does_not_keep_the_others() -> None:
    gone: list[str] = []
    broken, _ = raising(OSError("no network"))
    message = r"left behind, delete by hand: b \(no network\)\."
    with pytest.raises(LeftBehind, match=message), Leftovers(lambda _: None) as leftovers:
        leftovers.must_go("a", lambda: gone.append("a"))
        leftovers.must_go("b", broken)
    assert gone == ["a"]


def test_what_is_left_is_told_even_when_something_else_is_raised() -> None:
    told: list[str] = []
    broken, _ = raising(OSError())
    with pytest.raises(KeyboardInterrupt), Leftovers(told.append) as leftovers:
        leftovers.must_go("the stack", broken)
        raise KeyboardInterrupt
    assert told == ["removing the stack", "left behind, delete by hand: the stack (OSError)."]


def test_ctrl_c_while_removing_starts_that_removal_again() -> None:
    remove, calls = raising(KeyboardInterrupt())
    told: list[str] = []
    with Leftovers(told.append) as leftovers:
        leftovers.must_go("the stack", remove)
    assert len(calls) == 2
    assert "still removing the stack; interrupt again to leave it behind" in told


def test_a_second_ctrl_c_leaves_it_and_goes_on_with_the_others() -> None:
    gone: list[str] = []
    remove, _ = raising(KeyboardInterrupt(), KeyboardInterrupt())
    with (
        pytest.raises(LeftBehind, match=r"the stack \(interrupted\)"),
        Leftovers(lambda _: None) as leftovers,
    ):
        leftovers.must_go("a", lambda: gone.append("a"))
        leftovers.must_go("the stack", remove)
    assert gone == ["a"]
