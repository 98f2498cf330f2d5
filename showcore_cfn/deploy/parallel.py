"""Calls that do not wait for one another, made together: at 100 ms a call, users wait for rounds."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import Future
from threading import BoundedSemaphore, Thread
from types import TracebackType
from typing import ParamSpec, TypeVar

Given = ParamSpec("Given")
Answer = TypeVar("Answer")
MOST_AT_ONCE = 10  # as many connections as botocore keeps, and as there are tiers: one round for all


class Asking:
    """Calls under way. Its block ends when all have; Ctrl-C waits for none: unanswered, one lasts minutes.

    So their threads end with the process, which those of a ThreadPoolExecutor do not.
    """

    def __init__(self) -> None:
        self._free = BoundedSemaphore(MOST_AT_ONCE)
        self._threads: list[Thread] = []

    def __enter__(self) -> Asking:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None or issubclass(kind, Exception):
            for thread in self._threads:
                thread.join()

    def submit(
        self, call: Callable[Given, Answer], *given: Given.args, **named: Given.kwargs
    ) -> Future[Answer]:
        """Begin a call; what is handed back has its answer, or raises its error."""
        future: Future[Answer] = Future()

        def work() -> None:
            with self._free:
                try:
                    future.set_result(call(*given, **named))
                except BaseException as error:
                    future.set_exception(error)

        thread = Thread(target=work, daemon=True)
        self._threads.append(thread)
        thread.start()
        return future


def together(calls: Iterable[Callable[[], Answer]]) -> list[Answer]:
    """The answers in the order of the calls. The first error is raised once all have ended."""
    waiting = list(calls)
    if len(waiting) < 2:
        return [call() for call in waiting]
    with Asking() as asking:
        running = [asking.submit(call) for call in waiting]
        return [future.result() for future in running]
