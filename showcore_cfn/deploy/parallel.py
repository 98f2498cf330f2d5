"""Calls that do not wait for one another, made together: at 100 ms a call, users wait for rounds."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Answer = TypeVar("Answer")
MOST_AT_ONCE = 10  # as many connections as botocore keeps, and as there are tiers: one round for all


def together(calls: Iterable[Callable[[], Answer]]) -> list[Answer]:
    """The answers in the order of the calls. The first error is raised once all have ended."""
    waiting = list(calls)
    if len(waiting) < 2:
        return [call() for call in waiting]
    with ThreadPoolExecutor(min(MOST_AT_ONCE, len(waiting))) as pool:
        running = [pool.submit(call) for call in waiting]
    return [future.result() for future in running]
