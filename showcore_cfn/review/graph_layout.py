"""Where the boxes of a graph stand: columns from left to right along the arrows, few crossings, lanes between.

An arrow that passes a column gets a lane in it, shared by all arrows of its source, so that no arrow runs
behind a box.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from showcore_cfn.review.graph import Graph

CARD_WIDTH: Final = 300  # all lengths in CSS pixels
HEADER: Final = 36
ROW: Final = 23
FOOT: Final = 10
GUTTER: Final = 216
LANE: Final = 6
GAP: Final = 26
LANE_GAP: Final = 12
PORT: Final = 17  # between the arrows that come into a box
_SWEEPS: Final = 6


@dataclass(slots=True)
class Place:
    """A box, or the lane of an arrow, in its column."""

    stack: str
    column: int
    rows: int = 0  # of a box; a lane has none
    is_lane: bool = False
    ports: int = 0  # arrows that come in
    x: float = 0
    y: float = 0
    before: list[Place] = field(default_factory=list, repr=False)
    after: list[Place] = field(default_factory=list, repr=False)

    @property
    def height(self) -> float:
        """Of a box with its header and rows, and room for the arrows that come in."""
        if self.is_lane:
            return LANE
        return max(HEADER + self.rows * ROW + FOOT, HEADER + self.ports * PORT)

    @property
    def middle(self) -> float:
        """The height at which arrows pass."""
        return self.y + (LANE / 2 if self.is_lane else HEADER / 2)


@dataclass(frozen=True, slots=True)
class Layout:
    """Every box and lane, and the size of the whole."""

    boxes: dict[str, Place]
    lanes: dict[tuple[str, int], Place]
    width: float
    height: float

    def way(self, source: str, target: str) -> list[Place]:
        """The places that an arrow passes, from its source to its target."""
        first, last = self.boxes[source], self.boxes[target]
        between = range(first.column + 1, last.column)
        return [first, *(self.lanes[source, column] for column in between), last]


def laid_out(graph: Graph) -> Layout:
    """Places for every box, in as many columns as the longest way needs."""
    columns = _columns(graph)
    boxes = {box.stack: Place(box.stack, columns[box.stack], len(box.nodes)) for box in graph.boxes}
    lanes: dict[tuple[str, int], Place] = {}
    for arrow in graph.arrows:
        first, last = boxes[arrow.source], boxes[arrow.target]
        last.ports += 1
        previous = first
        for column in range(first.column + 1, last.column):
            lane = lanes.setdefault((arrow.source, column), Place(arrow.source, column, is_lane=True))
            _join(previous, lane)
            previous = lane
        _join(previous, last)
    ordered = _ordered([*boxes.values(), *lanes.values()])
    tallest = max((_height(column) for column in ordered), default=0)
    for index, places in enumerate(ordered):
        _place(places, index * (CARD_WIDTH + GUTTER), (tallest - _height(places)) / 2)
    width = len(ordered) * (CARD_WIDTH + GUTTER) - GUTTER if ordered else 0
    return Layout(boxes, lanes, width, tallest)


def _columns(graph: Graph) -> dict[str, int]:
    """The longest way to each box; in a circle, as far as it goes."""
    found = {box.stack: 0 for box in graph.boxes}
    for _ in range(len(found)):
        moved = False
        for arrow in graph.arrows:
            needed = found[arrow.source] + 1
            if arrow.source != arrow.target and found[arrow.target] < needed < len(found):
                found[arrow.target], moved = needed, True
        if not moved:
            break
    return _drawn_near(graph, found)


def _drawn_near(graph: Graph, columns: dict[str, int]) -> dict[str, int]:
    """Boxes that nothing leads to stand beside the first that they lead to, not at the far left."""
    incoming = {arrow.target for arrow in graph.arrows}
    near = dict(columns)
    for stack, column in columns.items():
        targets = [columns[arrow.target] for arrow in graph.arrows if arrow.source == stack]
        if stack not in incoming and targets:
            near[stack] = max(column, min(targets) - 1)
    return near


def _join(before: Place, after: Place) -> None:
    if after not in before.after:
        before.after.append(after)
        after.before.append(before)


def _ordered(places: Iterable[Place]) -> list[list[Place]]:
    """The columns, each sorted by where its neighbours stand, there and back a few times."""
    columns: dict[int, list[Place]] = {}
    for place in places:
        columns.setdefault(place.column, []).append(place)
    ordered = [columns[index] for index in sorted(columns)]
    for sweep in range(_SWEEPS):
        forward = sweep % 2 == 0
        for column in ordered if forward else reversed(ordered):
            _number(ordered)
            column.sort(key=lambda place: _pull(place, forward))
    _number(ordered)
    return ordered


def _number(ordered: list[list[Place]]) -> None:
    for column in ordered:
        top = -_height(column) / 2
        for place in column:
            place.y = top
            top += place.height + (LANE_GAP if place.is_lane else GAP)


def _pull(place: Place, forward: bool) -> float:
    near = place.before if forward else place.after
    return sum(other.middle for other in near) / len(near) if near else place.middle


def _height(column: list[Place]) -> float:
    gaps = sum(LANE_GAP if place.is_lane else GAP for place in column[:-1])
    return sum(place.height for place in column) + gaps


def _place(column: list[Place], x: float, top: float) -> None:
    for place in column:
        place.x, place.y = x, top
        top += place.height + (LANE_GAP if place.is_lane else GAP)
