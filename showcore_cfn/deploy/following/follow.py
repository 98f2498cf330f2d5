"""Following an operation to its end: tick after tick, through throttling, until the root's last word."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial
from typing import Protocol, TypeVar

from showcore_cfn.aws.failures import NO_ANSWER, SIGNED_OUT
from showcore_cfn.deploy.clock import Clock
from showcore_cfn.deploy.following.follower import Follower
from showcore_cfn.deploy.following.happening import Happening
from showcore_cfn.errors import StillRunning

Answer = TypeVar("Answer")
QUIET_SECONDS = 120.0  # without news for so long, the stack itself is asked too


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


def follow(
    follower: Follower, clock: Clock, watcher: Watcher, *, at_most_seconds: float | None = None
) -> str:
    """The root's terminal status. Raises StillRunning where the credentials or the time run out before it."""
    end = None if at_most_seconds is None else clock.now() + timedelta(seconds=at_most_seconds)
    quiet_since = clock.now()
    while True:
        news = _asked(partial(follower.tick, clock.now()), watcher)
        if news:
            watcher.happened(news)
            quiet_since = clock.now()
        watcher.waiting(clock.now())
        if follower.ended and news is not None:
            return follower.ended
        if clock.now() - quiet_since >= timedelta(seconds=QUIET_SECONDS):
            _asked(follower.look, watcher)
            quiet_since = clock.now()
        if end is not None and clock.now() >= end:
            raise StillRunning(
                "the time to wait is up, and the operation goes on; `showcore watch` attaches to it."
            )
        clock.sleep(follower.pause(clock.now()))


def _asked(question: Callable[[], Answer], watcher: Watcher) -> Answer | None:
    """The answer, or None where there was none this time: a throttled call never ends the watching."""
    try:
        return question()
    except NO_ANSWER as error:
        watcher.trouble(str(error))
        return None
    except SIGNED_OUT as error:
        raise StillRunning(
            f"{error} The operation goes on in AWS meanwhile; `showcore watch` attaches to it."
        ) from error
