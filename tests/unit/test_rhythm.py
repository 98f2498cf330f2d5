"""When the next question pays: what is known of the end decides, and what is not is asked by its news."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from showcore_cfn.deploy.following.rhythm import Due, until_nested, until_next, until_root
from tests.fakes.cloudformation.clock import START


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def root(now: float, *, news: float = 0, due: tuple[Due, ...] = ()) -> float:
    """The wait of a root whose operation began long before."""
    return until_root(at(now), at(-3_600), at(news), due)


LEARNED = Due(at(500), at(650))
PUBLIC = Due(at(196), at(1_026))


@pytest.mark.parametrize(("quiet", "wait"), [(0, 2), (10, 2), (20, 4), (50, 10), (500, 10)], ids=str)
def test_where_nothing_is_known_the_root_is_asked_the_less_the_longer_it_is_silent(
    quiet: float, wait: float
) -> None:
    assert root(quiet) == wait


@pytest.mark.parametrize(
    ("now", "news", "wait"),
    [(10, 9, 5), (100, 0, 15), (470, 0, 7.5), (499, 0, 1.5)],
    ids=["with news", "without news", "soon due", "about to be due"],
)
def test_while_nothing_can_be_over_the_root_is_asked_rarely(now: float, news: float, wait: float) -> None:
    assert root(now, news=news, due=(LEARNED,)) == wait


def test_before_the_window_no_wait_reaches_far_into_it() -> None:
    now = 0.0
    while now < 500:
        now += root(now, due=(LEARNED,))

    assert now - 500 < 1.5


@pytest.mark.parametrize("now", [500, 600, 650])
def test_while_the_end_is_due_the_root_is_asked_often(now: float) -> None:
    assert root(now, due=(LEARNED,)) == 1.5


def test_a_window_as_wide_as_that_of_public_logs_is_asked_a_little_less_often() -> None:
    assert root(600, due=(PUBLIC,)) == 2.2


@pytest.mark.parametrize(("late", "wait"), [(10, 1.5), (60, 3), (100, 5), (10_000, 5)])
def test_what_is_overdue_is_asked_ever_more_slowly_and_never_too_slowly(late: float, wait: float) -> None:
    assert root(650 + late, due=(LEARNED,)) == wait


def test_the_end_waits_for_the_last_of_all_that_is_at_work() -> None:
    soon = Due(at(10), at(20))

    assert root(100, due=(soon, LEARNED)) == root(100, due=(LEARNED,)) == 15
    assert root(600, due=(soon, LEARNED)) == 1.5


def test_an_operation_that_is_over_at_once_is_not_waited_for() -> None:
    asked = [0.0]
    while asked[-1] < 8:
        asked.append(asked[-1] + until_root(at(asked[-1]), at(0), at(0), (LEARNED,)))

    assert asked[:5] == [0, 0.25, 0.5, 1, 2]


@pytest.mark.parametrize(
    ("quiet", "earliest", "wait"),
    [(0, None, 6), (30, None, 15), (900, None, 60), (0, 42, 42), (0, 500, 60), (30, 10, 15)],
    ids=["news", "quiet", "silent", "known", "known to take long", "due already"],
)
def test_a_nested_stack_is_asked_when_it_may_have_something_to_tell(
    quiet: float, earliest: float | None, wait: float
) -> None:
    assert until_nested(at(quiet), at(0), None if earliest is None else at(earliest)) == wait


def test_after_each_call_a_second_passes_but_for_the_first_moments() -> None:
    assert until_next(at(60), at(0), at(60.1), calls=2) == 2
    assert until_next(at(60), at(0), at(61.5), calls=1) == 1.5
    assert until_next(at(0.5), at(0), at(0.5), calls=2) == 0.5
    assert until_next(at(60), at(0), at(30), calls=0) == 0


def test_no_minute_has_more_than_sixty_calls_however_many_stacks_are_due() -> None:
    ticks = [0.0]
    while ticks[-1] < 200:
        ticks.append(ticks[-1] + until_next(at(ticks[-1]), at(0), at(0), calls=2))

    assert all(later - tick == 2 for tick, later in pairwise(ticks) if tick > 4)
