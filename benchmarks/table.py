"""The one table: a row a figure, and whether its goal is met."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from benchmarks.measure import Spread

HEADINGS = ("goal", "metric", "ours", "against", "least-most", "ratio", "wanted", "met")


@dataclass(frozen=True, slots=True)
class Row:
    """One figure: ours, what it is held against, and the most that it may be of that."""

    goal: str
    metric: str
    ours: str
    against: str
    ratio: float
    at_most: float | None = None  # none: shown for comparison, not a goal
    spread: str = ""

    @property
    def met(self) -> bool | None:
        """Whether the goal is met; None where the row has none."""
        return None if self.at_most is None else self.ratio <= self.at_most


@dataclass(frozen=True, slots=True)
class Absent:
    """A peer, or a measurement, that is not to be had here, and why."""

    goal: str
    name: str
    why: str


def by_cpu(goal: str, metric: str, ours: Spread, other: str, theirs: Spread, at_most: float | None) -> Row:
    """A row on CPU time; the spread is that of the ratio, each against the other's median."""
    low, high = ours.least / theirs.cpu_seconds, ours.most / theirs.cpu_seconds
    return Row(
        goal,
        metric,
        _milliseconds(ours.cpu_seconds),
        f"{other} {_milliseconds(theirs.cpu_seconds)}",
        ours.cpu_seconds / theirs.cpu_seconds,
        at_most,
        f"{_ratio(low)}-{_ratio(high)}",
    )


def by_wall(goal: str, metric: str, ours: Spread, other: str, theirs: Spread, at_most: float | None) -> Row:
    """A row on wall time."""
    ratio = ours.wall_seconds / theirs.wall_seconds
    against = f"{other} {_milliseconds(theirs.wall_seconds)}"
    return Row(goal, metric, _milliseconds(ours.wall_seconds), against, ratio, at_most)


def by_peak(goal: str, metric: str, ours: Spread, other: str, theirs: Spread, at_most: float | None) -> Row:
    """A row on peak memory."""
    ratio = ours.peak_bytes / theirs.peak_bytes
    return Row(goal, metric, _mebibytes(ours), f"{other} {_mebibytes(theirs)}", ratio, at_most)


def table(rows: Iterable[Row | Absent]) -> str:
    """The rows as text, in columns, and below them what could not be measured."""
    found = list(rows)
    cells = [HEADINGS, *(_cells(row) for row in found if isinstance(row, Row))]
    widths = [max(len(line[column]) for line in cells) for column in range(len(HEADINGS))]
    lines = [
        "  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip()
        for line in cells
    ]
    missing = [
        f"{row.goal}: {row.name} is not compared: {row.why}" for row in found if isinstance(row, Absent)
    ]
    return "\n".join([*lines, *missing])


def _cells(row: Row) -> tuple[str, ...]:
    wanted = "" if row.at_most is None else f"<= {_ratio(row.at_most)}"
    met = {True: "yes", False: "NO", None: ""}[row.met]
    return (row.goal, row.metric, row.ours, row.against, row.spread, _ratio(row.ratio), wanted, met)


def _ratio(value: float) -> str:
    return f"{value:.3f}" if value < 0.095 else f"{value:.2f}" if value < 10 else f"{value:.0f}"


def _milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:,.0f} ms"


def _mebibytes(spread: Spread) -> str:
    return f"{spread.peak_bytes / 2**20:.0f} MiB"
