"""Following an operation: the events of the root and its active nested stacks, merged, until the root ends.

Only the root's own last word counts: a nested stack that is complete says nothing about the whole. Events of
earlier operations are not looked at, and an event is counted once, by its id. In each tick the root is asked,
and one of the nested stacks that are at work, in turn: CloudFormation allows few calls a second.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial
from typing import Protocol, TypeVar

from showcore_cfn.aws.failures import NO_ANSWER, ClockSkewed, CredentialsExpired, Missing, NoCredentials
from showcore_cfn.aws.gateways import CloudFormation
from showcore_cfn.aws.values import StackEvent
from showcore_cfn.deploy.change_set import ROOT, tier_of
from showcore_cfn.deploy.clock import Clock
from showcore_cfn.deploy.parallel import together
from showcore_cfn.errors import StillRunning

Answer = TypeVar("Answer")
FIRST_TICK_SECONDS = 0.25  # an operation that is over at once is not waited for
SHORTEST_TICK_SECONDS = 2.0
LONGEST_TICK_SECONDS = 10.0
TICK_GROWTH = 1.5
QUIET_SECONDS = 120.0  # without news for so long, the stack itself is asked too
_DEEPEST = 1_000
_BEFORE_ANYTHING = "REVIEW_IN_PROGRESS"


@dataclass(frozen=True, slots=True)
class Happening:
    """One event with the place in the nest that it speaks of."""

    path: str  # "database/Database"; "database" for that nested stack itself; "root" for the whole
    stack: str  # the stack whose history it stands in
    event: StackEvent


class Choice(StrEnum):
    """What to do after Ctrl-C while an operation runs."""

    WATCH = "watch"
    LEAVE = "leave"
    CANCEL = "cancel"


class Watcher(Protocol):
    """Who is told what happens."""

    def happened(self, happenings: tuple[Happening, ...]) -> None:
        """New events, oldest first."""
        ...

    def waiting(self, now: datetime) -> None:
        """A tick has passed, with or without news."""
        ...

    def step(self, text: str) -> None:
        """What the deployment does next, in a few words."""
        ...

    def trouble(self, text: str) -> None:
        """AWS did not answer; it is asked again."""
        ...

    def interrupted(self, can_cancel: bool) -> Choice:
        """Ctrl-C was pressed while the operation runs; only an update can be cancelled."""
        ...


@dataclass(slots=True)
class _Stream:
    """The history of one stack, as far as it was read."""

    name: str
    known: set[str] = field(default_factory=set)
    active: bool = True
    unread: bool = True  # something may have happened since it was read


class Follower:
    """Reads the events of one operation, which began at `since` or later, in the server's time.

    `known` are the root's events of that very moment which belong to what was before.
    """

    def __init__(
        self, cloudformation: CloudFormation, root_id: str, since: datetime, known: Iterable[str] = ()
    ) -> None:
        self._cloudformation = cloudformation
        self._root_id = root_id
        self._since = since
        self._streams: dict[str, _Stream] = {root_id: _Stream(ROOT, set(known))}
        self._turn = 0
        self._begun = False
        self.ended: str | None = None  # the root's terminal status
        self.failures: list[Happening] = []
        self.kept: list[str] = []  # what a deletion left standing, as its policy says

    def tick(self) -> tuple[Happening, ...]:
        """What is new in the root and one active nested stack; in all that are unread, once the root ends."""
        found = self._read(self._root_id)
        found += [happening for stack in self._next() for happening in self._read(stack)]
        return _in_time([*found, *(self._rest() if self.ended else ())])

    def everything(self) -> tuple[Happening, ...]:
        """What is new in the root and in every nested stack: for looking back, and not for watching."""
        return _in_time([*self._read(self._root_id), *self._rest()])

    def look(self) -> None:
        """Ask for the root's status itself, and believe it once the operation is known to have begun."""
        stack = self._cloudformation.stack(self._root_id)
        status = stack.status if stack else "DELETE_COMPLETE"
        if self._begun and is_terminal(status):
            self.ended = status

    @property
    def nearly_over(self) -> bool:
        """Whether every nested stack that was at work has come to rest: the root's last word is near."""
        nested = [stream for stream in self._streams.values() if stream.name != ROOT]
        return bool(nested) and not any(stream.active for stream in nested)

    def _next(self) -> list[str]:
        unread = self._unread()
        self._turn += 1
        return [unread[self._turn % len(unread)]] if unread and not self.ended else []

    def _rest(self) -> list[Happening]:
        """All that is new in the nested stacks, those included that come to light meanwhile."""
        found: list[Happening] = []
        read: set[str] = set()
        while unread := [stack for stack in self._unread() if stack not in read]:
            read.update(unread)
            histories = together(partial(self._fresh, stack) for stack in unread)  # at the end somebody waits
            told = map(self._told, unread, histories)
            found += [happening for happenings in told for happening in happenings]
        return found

    def _unread(self) -> list[str]:
        return [stack for stack, stream in self._streams.items() if stream.unread and stream.name != ROOT]

    def _read(self, stack: str) -> list[Happening]:
        return self._told(stack, self._fresh(stack))

    def _fresh(self, stack: str) -> list[StackEvent] | None:
        """The events of a stack that are not known yet, newest first; None where it cannot be asked for yet."""
        stream = self._streams[stack]
        fresh: list[StackEvent] = []
        try:
            for event in self._cloudformation.events(stack):
                if event.id in stream.known or event.time < self._since:
                    break
                fresh.append(event)
        except Missing:
            return None  # a nested stack is named a moment before it can be asked for
        return fresh

    def _told(self, stack: str, fresh: list[StackEvent] | None) -> list[Happening]:
        """What those events say, oldest first."""
        if fresh is None:
            return []
        stream = self._streams[stack]
        stream.known.update(event.id for event in fresh)
        stream.unread = stream.active
        told = (event for event in reversed(fresh) if stream.name == ROOT or not event.of_stack_itself)
        return [self._noted(stream, event) for event in told]  # of a nested stack, its parent tells

    def _noted(self, stream: _Stream, event: StackEvent) -> Happening:
        if event.stack_id == self._root_id and event.of_stack_itself:
            self._note_root(event.status)
        if event.of_nested_stack and event.physical_id:
            self._note_nested(_below(stream.name, event.logical_id), event)
        happening = Happening(_path(stream.name, event), stream.name, event)
        if event.failed:
            self.failures.append(happening)
        if event.status == "DELETE_SKIPPED":
            self.kept.append(f"{happening.path} ({event.physical_id})")
        return happening

    def _note_root(self, status: str) -> None:
        self._begun = self._begun or (status.endswith("_IN_PROGRESS") and status != _BEFORE_ANYTHING)
        self.ended = status if self._begun and is_terminal(status) else None

    def _note_nested(self, name: str, event: StackEvent) -> None:
        stream = self._streams.setdefault(event.physical_id, _Stream(name))
        stream.active = event.status.endswith("_IN_PROGRESS")
        stream.unread = True


def follow(
    follower: Follower, clock: Clock, watcher: Watcher, *, at_most_seconds: float | None = None
) -> str:
    """The root's terminal status. Raises StillRunning where the credentials or the time run out before it."""
    end = None if at_most_seconds is None else clock.now() + timedelta(seconds=at_most_seconds)
    seconds, quiet_since = FIRST_TICK_SECONDS, clock.now()
    while True:
        if news := _asked(follower.tick, watcher) or ():
            watcher.happened(news)
            seconds, quiet_since = min(seconds, SHORTEST_TICK_SECONDS), clock.now()
        elif clock.now() - quiet_since >= timedelta(seconds=QUIET_SECONDS):
            _asked(follower.look, watcher)
            quiet_since = clock.now()
        watcher.waiting(clock.now())
        if follower.ended:
            return follower.ended
        if end is not None and clock.now() >= end:
            raise StillRunning(
                "the time to wait is up, and the operation goes on; `showcore watch` attaches to it."
            )
        clock.sleep(seconds)
        longest = SHORTEST_TICK_SECONDS if follower.nearly_over else LONGEST_TICK_SECONDS
        seconds = min(seconds * TICK_GROWTH, longest)


def _asked(question: Callable[[], Answer], watcher: Watcher) -> Answer | None:
    """The answer, or None where there was none this time: a throttled call never ends the watching."""
    try:
        return question()
    except NO_ANSWER as error:
        watcher.trouble(str(error))
        return None
    except (CredentialsExpired, NoCredentials, ClockSkewed) as error:
        raise StillRunning(
            f"{error} The operation goes on in AWS meanwhile; `showcore watch` attaches to it."
        ) from error


def _in_time(happenings: list[Happening]) -> tuple[Happening, ...]:
    """By time; at the same moment what holds others begins before them and ends after them."""
    return tuple(sorted(happenings, key=lambda happening: (happening.event.time, _rank(happening))))


def _rank(happening: Happening) -> int:
    depth = 0 if happening.path == ROOT else 1 + happening.path.count("/")
    return depth if happening.event.status.endswith("_IN_PROGRESS") else _DEEPEST - depth


def is_terminal(status: str) -> bool:
    """Whether a stack stays in a status by itself; a cleanup after an update is still part of it."""
    return not status.endswith("_IN_PROGRESS")


def _path(stack: str, event: StackEvent) -> str:
    if event.of_stack_itself:
        return stack
    if event.of_nested_stack:
        return _below(stack, event.logical_id)
    return f"{stack}/{event.logical_id}"


def _below(stack: str, logical_id: str) -> str:
    name = tier_of(logical_id)
    return name if stack == ROOT else f"{stack}/{name}"
