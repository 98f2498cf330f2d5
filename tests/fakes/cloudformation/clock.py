"""Time as the fake knows it: it stands still until somebody moves it, and what is due happens on the way.

A `Process` is a generator that yields seconds to wait for, or another process to wait for. That is how an
operation of CloudFormation is written down here: as the story it is, without threads.
"""

from __future__ import annotations

import heapq
import itertools
import threading
from collections.abc import Callable, Generator
from datetime import UTC, datetime, timedelta

Steps = Generator["float | Process", None, None]
START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class Process:
    """Something that goes on while time passes; `done` once it has ended."""

    def __init__(self, clock: Clock, steps: Steps) -> None:
        self.done = False
        self._clock, self._steps = clock, steps
        self._waiting: list[Process] = []

    def stop(self) -> None:
        """End it here and now; whoever waits for it goes on."""
        if not self.done:
            self._steps.close()
            self._end()

    def _resume(self) -> None:
        if self.done:
            return
        try:
            wait = next(self._steps)
        except StopIteration:
            self._end()
            return
        if isinstance(wait, Process):
            wait._call_when_done(self)
        else:
            self._clock.call_in(wait, self._resume)

    def _call_when_done(self, other: Process) -> None:
        if self.done:
            self._clock.call_in(0, other._resume)
        else:
            self._waiting.append(other)

    def _end(self) -> None:
        self.done = True
        for other in self._waiting:
            self._clock.call_in(0, other._resume)
        self._waiting.clear()


class Clock:
    """The fake's clock. Safe to move from the test while the server answers."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self._now = START
        self._due: list[tuple[datetime, int, Callable[[], None]]] = []
        self._order = itertools.count()

    def now(self) -> datetime:
        """The time of the server, in UTC."""
        return self._now

    def monotonic(self) -> float:
        """Seconds since the fake was made: what an engine takes as its own clock."""
        return (self._now - START).total_seconds()

    def advance(self, seconds: float) -> None:
        """Let this much time pass; what falls due happens in order, each at its own time."""
        with self.lock:
            until = self._now + timedelta(seconds=seconds)
            while self._due and self._due[0][0] <= until:
                due, _, call = heapq.heappop(self._due)
                self._now = max(self._now, due)
                call()
            self._now = until

    sleep = advance

    def settle(self, at_most: float = 7 * 86_400) -> None:
        """Let time pass until nothing is under way any more. Raises TimeoutError where that takes too long."""
        with self.lock:
            latest = self._now + timedelta(seconds=at_most)
            while self._due:
                if self._due[0][0] > latest:
                    raise TimeoutError(f"something is still under way after {at_most} seconds.")
                self.advance(max((self._due[0][0] - self._now).total_seconds(), 0))

    def call_in(self, seconds: float, call: Callable[[], None]) -> None:
        """Have something happen when this much time has passed."""
        heapq.heappush(self._due, (self._now + timedelta(seconds=seconds), next(self._order), call))

    def start(self, steps: Steps) -> Process:
        """Begin a process: it runs up to its first wait at once."""
        process = Process(self, steps)
        process._resume()
        return process
