"""Which resources are at work since when, and how long those took that came to their end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from showcore_cfn.aws.values import STACK_TYPE, StackEvent

# The reasons by which CloudFormation tells that an update makes the resource anew.
_MADE_ANEW = ("requires the creation of a new physical resource", "Resource creation Initiated")


class Handler(StrEnum):
    """What is done to a resource; each takes its own time."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"


_HANDLERS = {handler.value: handler for handler in Handler}


@dataclass(frozen=True, slots=True)
class Running:
    """A resource at work. Its time is that of the server."""

    type: str
    handler: Handler
    since: datetime


@dataclass(frozen=True, slots=True)
class Taken:
    """How long something took that ended well."""

    type: str
    handler: Handler
    seconds: float
    ended: datetime


class AtWork:
    """Kept from the events of an operation. Nested stacks are not resources here: they only wait for theirs."""

    def __init__(self) -> None:
        self.running: dict[str, Running] = {}  # by path
        self.taken: list[Taken] = []

    def note(self, path: str, event: StackEvent) -> None:
        """Take in the next event of a resource."""
        if event.type == STACK_TYPE:
            return
        before = self.running.pop(path, None)
        if event.status.endswith("_IN_PROGRESS"):
            self._begins(path, event, before)
        elif before is not None and event.status.endswith("_COMPLETE"):
            seconds = (event.time - before.since).total_seconds()
            self.taken.append(Taken(before.type, before.handler, seconds, event.time))

    def _begins(self, path: str, event: StackEvent, before: Running | None) -> None:
        """The second event of a creation, the one with the physical id, is no second beginning."""
        handler = _handler(event)
        if handler is None:
            return
        goes_on = before is not None and Handler.DELETE not in (handler, before.handler)
        since = before.since if before is not None and goes_on else event.time
        self.running[path] = Running(event.type, handler, since)


def _handler(event: StackEvent) -> Handler | None:
    """None for what is neither created, updated nor deleted, such as an import."""
    verb = event.status.partition("_")[0].lower()
    if verb == Handler.UPDATE.value and any(mark in event.reason for mark in _MADE_ANEW):
        return Handler.CREATE
    return _HANDLERS.get(verb)
