"""The live screen: a line for each nested stack, what is at work and for how long, and every failure so far."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime

from rich.console import Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from showcore_cfn import console
from showcore_cfn.commands._progress import ask_after_interrupt, at_work, elapsed, line
from showcore_cfn.deploy.following.board import Board, Row
from showcore_cfn.deploy.following.durations import PUBLIC, Durations
from showcore_cfn.deploy.following.follow import Choice
from showcore_cfn.deploy.following.happening import Happening

_REFRESHES_PER_SECOND = 2


class Screen:
    """A watcher that draws. It draws itself anew by itself, so that times go on between the news."""

    def __init__(
        self,
        counts: Mapping[str, int] | None,
        now: Callable[[], datetime],
        durations: Durations = PUBLIC,
    ) -> None:
        self._board = Board(counts)
        self._now = now
        self._durations = durations
        self._said = ""
        self.live: Live | None = None

    def step(self, text: str) -> None:
        """Shown until the next news."""
        self._said = f"{text} ..."

    def happened(self, happenings: tuple[Happening, ...]) -> None:
        """Into the board."""
        self._said = ""
        self._board.note(happenings)

    def waiting(self, now: datetime) -> None:
        """Nothing to do: see above."""

    def trouble(self, text: str) -> None:
        """Shown until the next news."""
        self._said = text

    def interrupted(self, can_cancel: bool) -> Choice:
        """Stop drawing, ask, go on drawing."""
        if self.live is None:
            return ask_after_interrupt(can_cancel)
        self.live.stop()
        choice = ask_after_interrupt(can_cancel)
        self.live.start()
        return choice

    def drawn(self) -> Group:
        """The screen as rich draws it."""
        table = Table(box=None, show_header=False, pad_edge=False)
        for row in self._board.rows.values():
            table.add_row(*self._cells(row))
        failures = [Text(line(happening), style="red") for happening in self._board.failures]
        said = [Text(self._said)] if self._said else []
        return Group(*self._headline(), table, *failures, *said)

    def _headline(self) -> list[Text]:
        board = self._board
        if board.began is None:
            return []
        return [Text(f"{_words(board.status)}  {elapsed(board.began, self._now())}", style="bold")]

    def _cells(self, row: Row) -> tuple[str, str, str, str, Text]:
        end = row.ended or self._now()
        count = f"{len(row.done)}/{max(row.total, len(row.done))}" if row.total or row.done else ""
        time = elapsed(row.began, end) if row.began else ""
        return (row.stack, _words(row.status) or "waiting", count, time, self._at_work(row))

    def _at_work(self, row: Row) -> Text:
        if row.failed:
            return Text(f"{len(row.failed)} failed: {', '.join(sorted(row.failed))}", style="red")
        running = row.running.items()
        return Text(", ".join(at_work(name, one, self._now(), self._durations) for name, one in running))


@contextmanager
def live(counts: Mapping[str, int] | None, durations: Durations = PUBLIC) -> Iterator[Screen]:
    """The screen, drawn on standard error while the context lasts, and left there as it was last."""
    screen = Screen(counts, lambda: datetime.now(UTC), durations)
    drawing = Live(
        get_renderable=screen.drawn,
        console=console.live_console(),
        refresh_per_second=_REFRESHES_PER_SECOND,
    )
    screen.live = drawing
    with drawing:
        yield screen


def _words(status: str) -> str:
    return status.replace("_", " ").lower()
