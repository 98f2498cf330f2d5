"""How a deployment is watched: one calm screen, plain lines, errors only, or a stream of JSON.

All of it goes to standard error, so that a result can be piped on.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from showcore_cfn import console
from showcore_cfn.deploy.board import Board, Row
from showcore_cfn.deploy.follow import Happening, Watcher

if TYPE_CHECKING:
    from rich.console import Group

MODES = ("auto", "live", "events", "errors-only", "json")
_HEARTBEAT = timedelta(seconds=60)


@contextmanager
def watcher(mode: str, counts: Mapping[str, int] | None = None) -> Iterator[Watcher]:
    """The watcher of a mode. `auto` draws in a terminal and writes lines in a pipe or in CI."""
    if mode == "live" or (mode == "auto" and sys.stderr.isatty() and not console.in_ci()):
        with _live(counts) as live:
            yield live
    elif mode == "json":
        yield JsonLines()
    else:
        yield Lines(errors_only=mode == "errors-only")


def elapsed(since: datetime, now: datetime) -> str:
    """`42s`, `3m07s`, `1h02m`."""
    seconds = max(0, int((now - since).total_seconds()))
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours}h{minutes:02}m"
    return f"{minutes}m{rest:02}s" if minutes else f"{rest}s"


class Lines:
    """A line for each event, in local time, and a sign of life where there are none."""

    def __init__(self, *, errors_only: bool, say: Callable[[str], None] = console.notice) -> None:
        self._errors_only = errors_only
        self._say = say
        self._board = Board()
        self._spoke: datetime | None = None

    def step(self, text: str) -> None:
        """What comes next."""
        if not self._errors_only:
            self._say(f"{text} ...")

    def happened(self, happenings: tuple[Happening, ...]) -> None:
        """One line each."""
        self._board.note(happenings)
        for happening in happenings:
            if happening.event.failed or not self._errors_only:
                self._say(line(happening))
                self._spoke = None

    def waiting(self, now: datetime) -> None:
        """A sign of life each minute: what is at work, and for how long."""
        self._spoke = self._spoke or now
        if now - self._spoke >= _HEARTBEAT and not self._errors_only:
            self._spoke = now
            at_work = [f"{path} ({elapsed(since, now)})" for path, _, since in self._board.running()]
            self._say(f"still at work: {', '.join(at_work[:4]) or 'CloudFormation says nothing new'}")

    def trouble(self, text: str) -> None:
        """AWS did not answer."""
        self._say(text)


class JsonLines:
    """One JSON object a line; times in UTC."""

    def __init__(self, say: Callable[[str], None] = console.notice) -> None:
        self._say = say

    def step(self, text: str) -> None:
        """What comes next."""
        self._write(type="step", text=text)

    def happened(self, happenings: tuple[Happening, ...]) -> None:
        """One object each."""
        for happening in happenings:
            self._write(type="event", **as_json(happening))

    def waiting(self, now: datetime) -> None:
        """A heartbeat each tick."""
        self._write(type="heartbeat", time=_utc(now))

    def trouble(self, text: str) -> None:
        """AWS did not answer."""
        self._write(type="trouble", text=text)

    def _write(self, **fields: str) -> None:
        self._say(json.dumps(fields))


class Screen:
    """What the live screen shows: a line for each nested stack, what is at work, and every failure so far."""

    def __init__(self, counts: Mapping[str, int] | None, now: Callable[[], datetime]) -> None:
        self._board = Board(counts)
        self._now = now
        self._step = ""
        self._trouble = ""

    def step(self, text: str) -> None:
        """What comes next."""
        self._step = text

    def happened(self, happenings: tuple[Happening, ...]) -> None:
        """Into the board."""
        self._step = self._trouble = ""
        self._board.note(happenings)

    def waiting(self, now: datetime) -> None:
        """The screen draws itself anew by itself."""

    def trouble(self, text: str) -> None:
        """Shown until the next news."""
        self._trouble = text

    def drawn(self) -> Group:
        """The screen as rich draws it."""
        from rich.console import Group
        from rich.table import Table
        from rich.text import Text

        table = Table(box=None, show_header=False, pad_edge=False)
        for row in self._board.rows.values():
            table.add_row(*self._cells(row))
        said = [Text(f"{self._step} ...")] if self._step else []
        failures = [Text(line(happening), style="red") for happening in self._board.failures]
        return Group(*said, *self._headline(), table, *failures, *self._notes())

    def _headline(self) -> list[str]:
        board = self._board
        return [f"{board.status}  {elapsed(board.began, self._now())}"] if board.began else []

    def _cells(self, row: Row) -> tuple[str, str, str, str, str]:
        end = row.ended or self._now()
        count = f"{len(row.done)}/{max(row.total, len(row.done))}" if row.total or row.done else ""
        failed = f"{len(row.failed)} failed" if row.failed else ""
        at_work = ", ".join(
            f"{name} {elapsed(since, self._now())}" for name, (_, since) in row.running.items()
        )
        time = elapsed(row.began, end) if row.began else ""
        return (row.stack, row.status.replace("_", " ").lower() or "waiting", count, time, failed or at_work)

    def _notes(self) -> list[str]:
        return [self._trouble] if self._trouble else []


@contextmanager
def _live(counts: Mapping[str, int] | None) -> Iterator[Screen]:
    from rich.live import Live

    screen = Screen(counts, lambda: datetime.now(UTC))
    with Live(get_renderable=screen.drawn, console=console.live_console(), refresh_per_second=2):
        yield screen


def line(happening: Happening) -> str:
    """An event as one line, in local time."""
    event = happening.event
    local = event.time.astimezone()
    reason = f"  {event.reason}" if event.reason and event.reason != "User Initiated" else ""
    return f"{local:%H:%M:%S}  {happening.path:<44} {event.status}{reason}"


def as_json(happening: Happening) -> dict[str, str]:
    """An event as JSON, its time in UTC."""
    event = happening.event
    return {
        "time": _utc(event.time),
        "path": happening.path,
        "resource_type": event.type,
        "status": event.status,
        "reason": event.reason,
        "physical_id": event.physical_id,
        "stack_id": event.stack_id,
    }


def _utc(time: datetime) -> str:
    return time.astimezone(UTC).isoformat().replace("+00:00", "Z")
