"""One thing that a check claims of one subject: what was wanted, what was seen, and whether that holds."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

Plain: TypeAlias = "str | int | float | bool | Collection[str] | None"


@dataclass(frozen=True, slots=True)
class Claim:
    """A subject, what was seen of it and what was wanted. `holds` is None where nothing could be seen."""

    subject: str
    seen: str
    wanted: str
    holds: bool | None


def equal(subject: str, seen: Plain, wanted: Plain) -> Claim:
    """The claim that what is seen is what is wanted. Of collections, the order does not count."""
    return Claim(subject, said(seen), said(wanted), _comparable(seen) == _comparable(wanted))


def that(subject: str, holds: bool, seen: Plain, wanted: Plain) -> Claim:
    """A claim whose truth the caller worked out."""
    return Claim(subject, said(seen), said(wanted), holds)


def unseen(subject: str, why: str, wanted: Plain = "") -> Claim:
    """A claim about something that could not be looked at."""
    return Claim(subject, why, said(wanted), None)


def none_of(subject: str, found: Iterable[str]) -> Claim:
    """The claim that a list of things that must not be is empty."""
    things = list(found)
    return Claim(subject, said(things), "none", not things)


def newer_than(subject: str, time: datetime | None, limit: timedelta, now: datetime) -> Claim:
    """The claim that something happened at most `limit` before `now`."""
    wanted = f"in the last {hours(limit)}"
    if time is None:
        return Claim(subject, "never", wanted, False)
    return Claim(subject, f"{moment(time)}, {hours(now - time)} ago", wanted, now - time <= limit)


def moment(time: datetime) -> str:
    """A time in UTC to the minute: "2026-11-24 03:12 UTC"."""
    return time.strftime("%Y-%m-%d %H:%M UTC")


def hours(span: timedelta) -> str:
    """A time span in the unit that reads best: "26 h", "12 min"."""
    minutes = round(span.total_seconds() / 60)
    return f"{minutes} min" if abs(minutes) < 120 else f"{round(minutes / 60)} h"


def said(value: Plain) -> str:
    """A value as a person reads it."""
    if value is None or value == "":
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (str, int, float)):
        return str(value)
    return ", ".join(sorted(value)) or "none"


def _comparable(value: Plain) -> object:
    return value if value is None or isinstance(value, (str, int, float)) else sorted(value)
