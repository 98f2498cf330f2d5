"""Running checks: several at once, each with its own time, the outcomes in the order of the plan."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from queue import Empty, SimpleQueue
from threading import Thread

from showcore_cfn.verify.check import Check, Outcome, Verdict, perform
from showcore_cfn.verify.expected import Expected
from showcore_cfn.verify.look import Look

WORKERS = 8
Seen = Callable[[Outcome], None]


def run(
    checks: Sequence[Check],
    look: Look,
    expected: Expected,
    monotonic: Callable[[], float],
    *,
    workers: int = WORKERS,
    seen: Seen = lambda _outcome: None,
) -> tuple[Outcome, ...]:
    """The outcome of each check; `seen` hears of it as it comes. One that takes too long could not look.

    The threads are daemons: a call that hangs keeps neither the other checks nor the process waiting. An
    error that is nobody's answer is raised here, as the bug that it is.
    """
    done: dict[str, Outcome] = {}
    arrived: SimpleQueue[tuple[Check, Outcome | BaseException]] = SimpleQueue()
    waiting, deadlines = list(reversed(checks)), dict[str, tuple[Check, float]]()
    while waiting or deadlines:
        while waiting and len(deadlines) < workers:
            check = waiting.pop()
            deadlines[check.id] = (check, monotonic() + check.timeout_seconds)
            Thread(target=_perform, args=(check, look, expected, arrived), daemon=True).start()
        for outcome in _arrivals(arrived, deadlines, monotonic):
            if deadlines.pop(outcome.check.id, None) is not None:
                done[outcome.check.id] = outcome
                seen(outcome)
    return tuple(done[check.id] for check in checks)


def _perform(
    check: Check, look: Look, expected: Expected, arrived: SimpleQueue[tuple[Check, Outcome | BaseException]]
) -> None:
    try:
        arrived.put((check, perform(check, look, expected)))
    except BaseException as error:
        arrived.put((check, error))


def _arrivals(
    arrived: SimpleQueue[tuple[Check, Outcome | BaseException]],
    deadlines: dict[str, tuple[Check, float]],
    monotonic: Callable[[], float],
) -> list[Outcome]:
    """What came in, or what has run out of time by now."""
    nearest = min(deadline for _, deadline in deadlines.values())
    try:
        _, found = arrived.get(timeout=max(0.0, nearest - monotonic()))
    except Empty:
        now = monotonic()
        return [_late(check) for check, deadline in deadlines.values() if deadline <= now]
    if isinstance(found, BaseException):
        raise found
    return [found]


def _late(check: Check) -> Outcome:
    return Outcome(check, Verdict.BLIND, (), f"no answer in {check.timeout_seconds:.0f} seconds")
