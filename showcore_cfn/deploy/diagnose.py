"""Why the last operation failed: the cause beneath all nested stacks, and the fix where one is known."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from showcore_cfn.deploy.cause import root_causes
from showcore_cfn.deploy.following.happening import Happening


@dataclass(frozen=True, slots=True)
class KnownCause:
    """A kind of failure that has a known way out."""

    pattern: re.Pattern[str]
    fix: str
    source: str


@dataclass(frozen=True, slots=True)
class Cause:
    """One cause: where, what CloudFormation says, and the way out where one is known."""

    time: datetime
    path: str
    status: str
    reason: str
    known: KnownCause | None = None


@cache
def known_causes() -> tuple[KnownCause, ...]:
    """The table of `known_causes.toml`."""
    text = Path(__file__).with_name("known_causes.toml").read_text(encoding="utf-8")
    return tuple(
        KnownCause(re.compile(entry["pattern"], re.IGNORECASE), entry["fix"], entry["source"])
        for entry in tomllib.loads(text)["cause"]
    )


def known(reason: str) -> KnownCause | None:
    """The first known cause that a reason fits."""
    return next((cause for cause in known_causes() if cause.pattern.search(reason)), None)


def of_operation(history: Iterable[Happening]) -> tuple[Cause, ...]:
    """The causes in the history of one operation, oldest first."""
    return tuple(
        Cause(
            *(found.event.time, found.path, found.event.status, found.event.reason),
            known=known(found.event.reason),
        )
        for found in root_causes(happening for happening in history if happening.event.failed)
    )
