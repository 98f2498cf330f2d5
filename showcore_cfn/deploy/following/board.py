"""Where an operation stands, kept from its events: one row for each nested stack, and all failures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from showcore_cfn.deploy.change_set import ROOT
from showcore_cfn.deploy.following.at_work import AtWork, Running
from showcore_cfn.deploy.following.happening import Happening


@dataclass(slots=True)
class Row:
    """One nested stack. `total` is the number of changes that the plan counted; 0 where it is not known."""

    stack: str
    total: int = 0
    status: str = ""
    began: datetime | None = None
    ended: datetime | None = None
    done: set[str] = field(default_factory=set)
    failed: set[str] = field(default_factory=set)
    running: dict[str, Running] = field(default_factory=dict)  # by logical id

    @property
    def is_running(self) -> bool:
        """Whether the nested stack is at work."""
        return self.status.endswith("_IN_PROGRESS")


class Board:
    """The rows in the order in which the nested stacks began, after those that the plan names."""

    def __init__(self, counts: Mapping[str, int] | None = None) -> None:
        self.rows: dict[str, Row] = {name: Row(name, total) for name, total in (counts or {}).items()}
        self.failures: list[Happening] = []
        self._at_work = AtWork()
        self.status = ""
        self.began: datetime | None = None

    def note(self, happenings: Iterable[Happening]) -> None:
        """Take in new events, oldest first."""
        for happening in happenings:
            if happening.event.failed:
                self.failures.append(happening)
            if happening.path == ROOT:
                self._note_root(happening)
            elif happening.event.of_nested_stack:
                self._note_stack(happening)
            elif not happening.event.of_stack_itself:
                self._note_resource(happening)

    def running(self) -> tuple[tuple[str, Running], ...]:
        """All resources at work with their paths, the longest first."""
        return tuple(sorted(self._at_work.running.items(), key=lambda item: item[1].since))

    def _note_root(self, happening: Happening) -> None:
        self.status = happening.event.status
        self.began = self.began or happening.event.time

    def _note_stack(self, happening: Happening) -> None:
        row = self._row(happening.path)
        row.status = happening.event.status
        row.began = row.began or happening.event.time
        row.ended = None if row.is_running else happening.event.time

    def _note_resource(self, happening: Happening) -> None:
        row, event = self._row(happening.stack), happening.event
        self._at_work.note(happening.path, event)
        row.done.discard(event.logical_id)
        row.running.pop(event.logical_id, None)
        if running := self._at_work.running.get(happening.path):
            row.running[event.logical_id] = running
        elif event.failed:
            row.failed.add(event.logical_id)
        else:
            row.done.add(event.logical_id)

    def _row(self, stack: str) -> Row:
        return self.rows.setdefault(stack, Row(stack))
