"""What the end of an operation waits for, and between when each of it may be over."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from showcore_cfn.deploy.change_set import ROOT
from showcore_cfn.deploy.following.at_work import AtWork, Handler, Taken
from showcore_cfn.deploy.following.durations import Durations, Key
from showcore_cfn.deploy.following.happening import Happening
from showcore_cfn.deploy.following.rhythm import Due

_FORWARD = frozenset({"REVIEW_IN_PROGRESS", "CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS"})


class Expected:
    """`coming` is what the plan says will begin: while a database has not begun, no end is near.

    All is told by our own clock. Where events come from what would be the future, the server's is ahead of it.
    """

    def __init__(self, durations: Durations, coming: Mapping[str, Key]) -> None:
        self._durations = durations
        self._coming = dict(coming)
        self._at_work = AtWork()
        self._ahead = timedelta()  # the server's clock of ours, as far as that is certain

    @property
    def taken(self) -> tuple[Taken, ...]:
        """How long those resources took that have come to their end."""
        return tuple(self._at_work.taken)

    def note(self, happening: Happening, now: datetime) -> None:
        """Take in the next event, which is read now."""
        self._ahead = max(self._ahead, happening.event.time - now)
        self._at_work.note(happening.path, happening.event)
        self._coming.pop(happening.path, None)
        if happening.path == ROOT and happening.event.status not in _FORWARD:
            self._coming.clear()  # what goes back, or cleans up, begins nothing of the plan any more

    def due(self, now: datetime, at_rest: Collection[str], *, planned: bool) -> tuple[Due, ...]:
        """Of what is at work, but for stacks that have come to rest, and of what is `planned` to begin."""
        running = (
            (one.type, one.handler, one.since)
            for path, one in self._at_work.running.items()
            if path.rpartition("/")[0] not in at_rest
        )
        coming = ((*key, now + self._ahead) for key in self._coming.values() if planned)
        found = (self._window(*one) for one in (*running, *coming))
        return tuple(due for due in found if due is not None)

    def earliest(self, stack: str) -> datetime | None:
        """When the next resource of a stack may be over; None where that is not known of all at work there."""
        running = [one for path, one in self._at_work.running.items() if path.rpartition("/")[0] == stack]
        found = [self._window(one.type, one.handler, one.since) for one in running]
        return min((due.earliest for due in found if due), default=None) if all(found) else None

    def _window(self, kind: str, handler: Handler, since: datetime) -> Due | None:
        usual = self._durations.usual(kind, handler)
        if usual is None:
            return None
        begun = since - self._ahead
        return Due(
            begun + timedelta(seconds=usual.shortest_seconds),
            begun + timedelta(seconds=usual.longest_seconds),
        )
