"""How a deployment is watched: one calm screen, plain lines, errors only, or a stream of JSON.

All of it goes to standard error, so that a result can be piped on.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from showcore_cfn import console
from showcore_cfn.deploy.following.at_work import Running
from showcore_cfn.deploy.following.board import Board
from showcore_cfn.deploy.following.durations import PUBLIC, Durations, Usual
from showcore_cfn.deploy.following.follow import Choice, Watcher
from showcore_cfn.deploy.following.happening import Happening

MODES = ("auto", "live", "events", "errors-only", "json")
_HEARTBEAT = timedelta(seconds=60)
_WORTH_SAYING_SECONDS = 60  # nobody waits for less


@contextmanager
def watcher(
    mode: str, counts: Mapping[str, int] | None = None, durations: Durations = PUBLIC
) -> Iterator[Watcher]:
    """The watcher of a mode. `auto` draws in a terminal and writes lines in a pipe or in CI."""
    if mode == "live" or (mode == "auto" and sys.stderr.isatty() and not console.in_ci()):
        from showcore_cfn.commands._screen import live

        with live(counts, durations) as screen:
            yield screen
    elif mode == "json":
        yield JsonLines()
    else:
        yield Lines(errors_only=mode == "errors-only", durations=durations)


def elapsed(since: datetime, now: datetime) -> str:
    """`42s`, `3m07s`, `1h02m`."""
    seconds = max(0, int((now - since).total_seconds()))
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours}h{minutes:02}m"
    return f"{minutes}m{rest:02}s" if minutes else f"{rest}s"


def at_work(name: str, running: Running, now: datetime, durations: Durations = PUBLIC) -> str:
    """`Database 3m07s (usually about 7 min)`, or that it is slower than that."""
    found = durations.usual(running.type, running.handler)
    since = elapsed(running.since, now)
    if found is None or found.median_seconds < _WORTH_SAYING_SECONDS:
        return f"{name} {since}"
    return f"{name} {since} ({_usual(found, (now - running.since).total_seconds())})"


def _usual(found: Usual, seconds: float) -> str:
    """What public logs say is usual; what this tool saw is told as that."""
    if seconds > found.longest_seconds:
        return "slower than here before" if found.seen_here else "slower than usual"
    minutes = round(found.median_seconds / 60)
    return f"about {minutes} min here before" if found.seen_here else f"usually about {minutes} min"


def ask_after_interrupt(can_cancel: bool) -> Choice:
    """The question after the first Ctrl-C; a second one leaves. Where nobody can answer, leave."""
    import click

    if not sys.stdin.isatty():
        return Choice.LEAVE
    console.notice("")
    console.notice("The operation goes on in AWS, whatever happens here.")
    if not can_cancel:
        console.notice(
            "It cannot be cancelled in its present status: only an update can, while it goes forward."
        )
    choices = [Choice.LEAVE, Choice.WATCH, *([Choice.CANCEL] if can_cancel else [])]
    try:
        answer = click.prompt(
            "leave it running, keep watching" + (", or cancel the update" if can_cancel else ""),
            type=click.Choice([choice.value for choice in choices]),
            default=Choice.WATCH.value,
            err=True,
        )
    except click.Abort:
        console.notice("")
        return Choice.LEAVE
    return Choice(answer)


class Lines:
    """A line for each event, in local time, and a sign of life where there are none."""

    def __init__(
        self,
        *,
        errors_only: bool,
        say: Callable[[str], None] = console.notice,
        durations: Durations = PUBLIC,
    ) -> None:
        self._errors_only = errors_only
        self._say = say
        self._durations = durations
        self._board = Board()
        self._spoke: datetime | None = None
        self._trouble = ""  # what was said of it last, and need not be said each second

    def step(self, text: str) -> None:
        """What comes next."""
        if not self._errors_only:
            self._say(f"{text} ...")

    def happened(self, happenings: tuple[Happening, ...]) -> None:
        """One line each."""
        self._board.note(happenings)
        self._trouble = ""
        for happening in happenings:
            if happening.event.failed or not self._errors_only:
                self._say(line(happening))
                self._spoke = None

    def waiting(self, now: datetime) -> None:
        """A sign of life each minute: what is at work, and for how long."""
        self._spoke = self._spoke or now
        if now - self._spoke >= _HEARTBEAT and not self._errors_only:
            self._spoke = now
            self._trouble = ""
            running = [at_work(path, one, now, self._durations) for path, one in self._board.running()]
            self._say(f"still at work: {', '.join(running[:4]) or 'CloudFormation says nothing new'}")

    def trouble(self, text: str) -> None:
        """AWS did not answer; the same again is said once, until there is news or a minute has passed."""
        if text != self._trouble:
            self._trouble = text
            self._say(text)

    def interrupted(self, can_cancel: bool) -> Choice:
        """Ask."""
        return ask_after_interrupt(can_cancel)


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

    def interrupted(self, can_cancel: bool) -> Choice:
        """Nobody reads JSON and answers: the operation is left running."""
        return Choice.LEAVE

    def _write(self, **fields: str) -> None:
        self._say(json.dumps(fields))


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
