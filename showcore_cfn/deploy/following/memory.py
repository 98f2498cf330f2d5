"""What earlier operations took, kept in one small file that may be deleted at any time.

Whatever is wrong with the file or its folder means that nothing is known: a memory may cost calls, never an
operation. A writer reads what stands there, adds its own and replaces the file as a whole.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from showcore_cfn.deploy.following.at_work import Handler, Taken
from showcore_cfn.deploy.following.durations import PUBLIC, Durations, Key
from showcore_cfn.files import keep

FILE = "durations.json"
MOST_KEPT = 5  # of each resource type and handler, the last ones

Kept = dict[Key, dict[datetime, float]]  # seconds by the time of the end: what is told twice is kept once


class Memory(Protocol):
    """What outlives an operation."""

    def durations(self) -> Durations:
        """What is known now."""
        ...

    def learn(self, taken: Iterable[Taken]) -> None:
        """Keep how long these took."""
        ...


class NothingKept:
    """For tests and rehearsals, where a database takes seconds: public logs are all that is known."""

    def durations(self) -> Durations:
        """What public logs say."""
        return PUBLIC

    def learn(self, taken: Iterable[Taken]) -> None:
        """Keep nothing."""


@dataclass(frozen=True, slots=True)
class MemoryFile:
    """The memory of one user on one machine, of all accounts together."""

    path: Path

    def durations(self) -> Durations:
        """What is known now."""
        return Durations({key: tuple(found.values()) for key, found in self._read().items()})

    def learn(self, taken: Iterable[Taken]) -> None:
        """Add to what stands there by now, of each resource type and handler the last ones."""
        new = [one for one in taken if _is_duration(one.seconds)]
        if not new:
            return
        kept = self._read()
        for one in new:
            kept.setdefault((one.type, one.handler), {})[one.ended] = float(one.seconds)
        keep(self.path, _text(kept))

    def _read(self) -> Kept:
        try:
            return _kept(json.loads(self.path.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError, AttributeError, RecursionError):
            return {}


def _text(kept: Kept) -> str:
    told: dict[str, dict[str, dict[str, float]]] = {}
    for (kind, handler), found in sorted(kept.items()):
        last = sorted(found.items())[-MOST_KEPT:]
        told.setdefault(kind, {})[handler.value] = {ended.isoformat(): seconds for ended, seconds in last}
    return json.dumps(told, indent=1) + "\n"


def _kept(told: Mapping[str, Mapping[str, Mapping[str, float]]]) -> Kept:
    """Raises ValueError, TypeError or AttributeError where it is not what `_text` writes."""
    return {
        (kind, Handler(handler)): {_moment(ended): _duration(seconds) for ended, seconds in found.items()}
        for kind, handlers in told.items()
        for handler, found in handlers.items()
    }


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(text)
    return moment


def _duration(seconds: object) -> float:
    if not isinstance(seconds, float) or not _is_duration(seconds):
        raise ValueError(str(seconds))
    return seconds


def _is_duration(seconds: float) -> bool:
    return math.isfinite(seconds) and seconds > 0
