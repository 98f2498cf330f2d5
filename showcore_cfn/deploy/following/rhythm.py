"""When the next question pays: often while an end is due, rarely while nothing can be over. Pure: times are given.

Only the root's last word ends an operation, and the root alone tells when a nested stack ends. So the root is
asked by when its end may be, and a nested stack by when it last had something to tell.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

LEAST_SECONDS = 0.25
LATE_SECONDS = 5.0  # the root, long after its end was due: no slower than this
CALL_SECONDS = 1.0  # after each call: CloudFormation allows few
# Between the least and the most:
NEWS_SECONDS = (2.0, 10.0)  # the root, where nothing is known of what is at work
FAR_SECONDS = (5.0, 15.0)  # the root, while no end is in sight
DUE_SECONDS = (1.5, 2.2)  # the root, while its end is due
NESTED_SECONDS = (6.0, 60.0)  # a nested stack


@dataclass(frozen=True, slots=True)
class Due:
    """Between when something may be over."""

    earliest: datetime
    latest: datetime


def until_root(now: datetime, began: datetime, news: datetime, due: Collection[Due]) -> float:
    """Seconds until the root is asked again.

    `news` is when something new was last seen, and `due` when each thing ends that the end has to wait for; of
    what is not in it nothing is known.
    """
    by_news = _seconds(news, now) / 5
    wait = _by_due(now, by_news, due) if due else _within(by_news, NEWS_SECONDS)
    return min(wait, _at_first(began, now))


def until_nested(now: datetime, news: datetime, earliest: datetime | None) -> float:
    """Seconds until a nested stack is asked again that was asked now, and last had news then.

    `earliest` is when the next of its resources may be over, where that is known of all at work there.
    """
    known = _seconds(now, earliest) if earliest else 0.0
    return _within(max(_seconds(news, now) / 2, known), NESTED_SECONDS)


def until_next(now: datetime, began: datetime, next_due: datetime, calls: int) -> float:
    """Seconds until the next tick, after one with so many calls; a minute at most, also where clocks are set."""
    least = min(calls * CALL_SECONDS, _at_first(began, now))
    return _within(_seconds(now, next_due), (least, NESTED_SECONDS[1]))


def _at_first(began: datetime, now: datetime) -> float:
    """The longest wait in the first seconds of an operation: it may be over at once."""
    return max(LEAST_SECONDS, _seconds(began, now))


def _by_due(now: datetime, by_news: float, due: Collection[Due]) -> float:
    """The last of them decides. The wider its window, the less a second of it is worth a call."""
    earliest, latest = max(one.earliest for one in due), max(one.latest for one in due)
    often = _within(_seconds(earliest, latest) / 100, DUE_SECONDS)
    if now < earliest:
        return max(often, min(_seconds(now, earliest) / 4, _within(by_news, FAR_SECONDS)))
    return often if now <= latest else _within(_seconds(latest, now) / 20, (often, LATE_SECONDS))


def _seconds(since: datetime, until: datetime) -> float:
    return (until - since).total_seconds()


def _within(seconds: float, bounds: tuple[float, float]) -> float:
    return min(max(seconds, bounds[0]), bounds[1])
