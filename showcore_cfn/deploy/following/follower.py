"""Reading an operation: the events of the root and its active nested stacks, merged.

Only the root's own last word counts: a nested stack that is complete says nothing about the whole. Events of
earlier operations are not looked at, and an event is counted once, by its id. In each tick the root is asked
where that pays, and of the nested stacks that are at work the one whose turn it is; `rhythm.py` says when.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from showcore_cfn.aws.failures import Missing
from showcore_cfn.aws.gateways import CloudFormation
from showcore_cfn.aws.values import Stack, StackEvent
from showcore_cfn.deploy.change_set import ROOT, below
from showcore_cfn.deploy.following import rhythm
from showcore_cfn.deploy.following.durations import PUBLIC
from showcore_cfn.deploy.following.expected import Expected
from showcore_cfn.deploy.following.happening import Happening, in_time, located
from showcore_cfn.deploy.parallel import Asking, together

_BEFORE_ANYTHING = "REVIEW_IN_PROGRESS"


@dataclass(slots=True)
class _Stream:
    """The history of one stack, as far as it was read."""

    id: str
    name: str
    next: datetime  # when it is asked again
    news: datetime  # when something new was last seen of it
    known: set[str] = field(default_factory=set)
    active: bool = True
    unread: bool = True  # something may have happened since it was read


class Follower:
    """Reads the events of one operation, which began at `since` or later, in the server's time.

    `known` are the root's events of that very moment which belong to what was before. What is `expected`
    decides when a question pays.
    """

    def __init__(
        self,
        cloudformation: CloudFormation,
        root_id: str,
        since: datetime,
        known: Iterable[str] = (),
        expected: Expected | None = None,
    ) -> None:
        self._cloudformation = cloudformation
        self._root_id = root_id
        self._since = since
        self._now = self._news = since  # of this tick and the last news; by our own clock from here on
        self._attached: datetime | None = None
        self._calls = 0  # of this tick
        self._untold: list[Happening] = []
        self._root = _Stream(root_id, ROOT, since, since, set(known))
        self._streams = {root_id: self._root}
        self._begun = False
        self._expected = expected or Expected(PUBLIC, {})
        self.ended: str | None = None  # the root's terminal status
        self.stack: Stack | None = None  # as it was told once the root had ended; it may be told late
        self.failures: list[Happening] = []
        self.kept: list[str] = []  # what a deletion left standing, as its policy says

    def tick(self, now: datetime) -> tuple[Happening, ...]:
        """What is new in the root and one nested stack, where it is their turn; in all, once the root ends.

        What was read before a call that failed is told with the next tick.
        """
        if self._attached is None or now < self._now:  # at first, and where our clock was set back
            self._attached = self._news = now
            for stream in self._streams.values():
                stream.next = stream.news = now
        self._now, self._calls = now, 0
        if self.ended or self._root.next <= now:  # ended and still here: its last events were not told yet
            self._ask(self._root)
        for stream in self._turn():
            self._ask(stream)
        if self.ended:
            with Asking() as asking:  # somebody waits: one round for both
                stack = asking.submit(self._cloudformation.stack, self._root_id)
                self._read_the_rest()
            self.stack = stack.result()
        return self._all_told()

    def pause(self, now: datetime) -> float:
        """Seconds until the next tick."""
        due = min(stream.next for stream in (self._root, *self._unread()))
        return rhythm.until_next(now, self._attached or now, due, self._calls)

    def everything(self) -> tuple[Happening, ...]:
        """What is new in the root and in every nested stack: for looking back, and not for watching."""
        self._untold += self._read(self._root)
        self._read_the_rest()
        return self._all_told()

    def look(self) -> None:
        """Ask for the root's status itself, and believe it once the operation is known to have begun."""
        stack = self._cloudformation.stack(self._root_id)
        status = stack.status if stack else "DELETE_COMPLETE"
        if self._begun and is_terminal(status):
            self.ended = status

    def _turn(self) -> list[_Stream]:
        """The nested stack that has waited longest among those that are due."""
        due = [stream for stream in self._unread() if stream.next <= self._now]
        return sorted(due, key=lambda stream: stream.next)[:1] if not self.ended else []

    def _ask(self, stream: _Stream) -> None:
        """Read what is new in a stack; and settle when it is asked again, also where there was no answer."""
        self._calls += 1
        try:
            if found := self._read(stream):
                self._untold += found
                stream.news = self._news = self._now
        finally:
            stream.next = self._now + timedelta(seconds=self._wait(stream))

    def _wait(self, stream: _Stream) -> float:
        if stream is self._root:
            return self._until_root()
        return rhythm.until_nested(self._now, stream.news, self._expected.earliest(stream.name))

    def _until_root(self) -> float:
        nested = [stream for stream in self._streams.values() if stream is not self._root]
        at_rest = {stream.name for stream in nested if not stream.active}
        nearly_over = bool(nested) and len(at_rest) == len(nested)  # what is planned beyond may never begin
        due = self._expected.due(self._now, at_rest, planned=not nearly_over)
        news = self._now if nearly_over else self._root.news if due else self._news
        return rhythm.until_root(self._now, self._attached or self._now, news, due)

    def _read_the_rest(self) -> None:
        """All that is new in the nested stacks, those included that come to light meanwhile."""
        read: set[str] = set()
        while unread := [stream for stream in self._unread() if stream.id not in read]:
            read.update(stream.id for stream in unread)
            # side by side: at the end somebody waits
            histories = together(partial(self._fresh, stream) for stream in unread)
            for stream, fresh in zip(unread, histories, strict=True):
                self._untold += self._told(stream, fresh)

    def _all_told(self) -> tuple[Happening, ...]:
        found = in_time(self._untold)
        self._untold.clear()
        return found

    def _unread(self) -> list[_Stream]:
        return [stream for stream in self._streams.values() if stream.unread and stream is not self._root]

    def _read(self, stream: _Stream) -> list[Happening]:
        return self._told(stream, self._fresh(stream))

    def _fresh(self, stream: _Stream) -> list[StackEvent] | None:
        """The events of a stack that are not known yet, newest first; None where it cannot be asked for yet."""
        fresh: list[StackEvent] = []
        try:
            for event in self._cloudformation.events(stream.id):
                if event.id in stream.known or event.time < self._since:
                    break
                fresh.append(event)
        except Missing:
            return None  # a nested stack is named a moment before it can be asked for
        return fresh

    def _told(self, stream: _Stream, fresh: list[StackEvent] | None) -> list[Happening]:
        """What those events say, oldest first."""
        if fresh is None:
            return []
        stream.known.update(event.id for event in fresh)
        stream.unread = stream.active
        told = (event for event in reversed(fresh) if stream is self._root or not event.of_stack_itself)
        return [self._noted(stream, event) for event in told]  # of a nested stack, its parent tells

    def _noted(self, stream: _Stream, event: StackEvent) -> Happening:
        if event.stack_id == self._root_id and event.of_stack_itself:
            self._note_root(event.status)
        if event.of_nested_stack and event.physical_id:
            self._note_nested(below(stream.name, event.logical_id), event)
        happening = located(stream.name, event)
        self._expected.note(happening, self._now)
        if event.failed:
            self.failures.append(happening)
        if event.status == "DELETE_SKIPPED":
            self.kept.append(f"{happening.path} ({event.physical_id})")
        return happening

    def _note_root(self, status: str) -> None:
        self._begun = self._begun or (status.endswith("_IN_PROGRESS") and status != _BEFORE_ANYTHING)
        self.ended = status if self._begun and is_terminal(status) else None

    def _note_nested(self, name: str, event: StackEvent) -> None:
        new = _Stream(event.physical_id, name, self._now, self._now)
        stream = self._streams.setdefault(event.physical_id, new)
        stream.active = event.status.endswith("_IN_PROGRESS")
        stream.unread = True
        stream.news = self._now
        stream.next = self._now + timedelta(seconds=rhythm.NESTED_SECONDS[0])


def is_terminal(status: str) -> bool:
    """Whether a stack stays in a status by itself; a cleanup after an update is still part of it."""
    return not status.endswith("_IN_PROGRESS")
