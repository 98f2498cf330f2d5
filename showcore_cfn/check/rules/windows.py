"""Weekly and daily windows, such as `sun:04:00-sun:05:00` and `03:00-04:00`, in minutes UTC."""

from __future__ import annotations

import re
from dataclasses import dataclass

DAY_MINUTES = 1_440
WEEK_MINUTES = 7 * DAY_MINUTES
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_TIME = r"([01][0-9]|2[0-3]):([0-5][0-9])"
_DAILY = re.compile(rf"{_TIME}-{_TIME}")
_WEEKLY = re.compile(rf"([a-z]{{3}}):{_TIME}-([a-z]{{3}}):{_TIME}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of time that comes back every day or every week."""

    start: int  # minutes after midnight, or after Monday 00:00
    length: int  # minutes
    cycle: int  # DAY_MINUTES or WEEK_MINUTES


def daily(text: str | None) -> Window | None:
    """The window of `hh:mm-hh:mm`; None for anything else."""
    match = _DAILY.fullmatch(text or "")
    if match is None:
        return None
    start, end = (int(match[i]) * 60 + int(match[i + 1]) for i in (1, 3))
    return Window(start, (end - start) % DAY_MINUTES, DAY_MINUTES)


def weekly(text: str | None) -> Window | None:
    """The window of `ddd:hh:mm-ddd:hh:mm`; None for anything else."""
    match = _WEEKLY.fullmatch(text or "")
    if match is None or not {match[1].lower(), match[4].lower()} <= set(_DAYS):
        return None
    start, end = (
        _DAYS.index(match[i].lower()) * DAY_MINUTES + int(match[i + 1]) * 60 + int(match[i + 2])
        for i in (1, 4)
    )
    return Window(start, (end - start) % WEEK_MINUTES, WEEK_MINUTES)


def overlap(left: Window, right: Window) -> bool:
    """Whether two windows ever share a minute; windows that only touch do not."""
    starts = {w: range(w.start, WEEK_MINUTES, w.cycle) for w in (left, right)}
    return any(
        (b - a) % WEEK_MINUTES < left.length or (a - b) % WEEK_MINUTES < right.length
        for a in starts[left]
        for b in starts[right]
    )
