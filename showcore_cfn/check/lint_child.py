"""Work done in a forked child of this process, for what should not stay in it.

A child begins with all that its parent has loaded and leaves without any clean-up: a library that is slow to
unload, a change of folder, a setting of the library cost the parent nothing and change nothing in it. Where a
child cannot be made safely, or dies, the caller does the work itself: the answer is the same.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass

from showcore_cfn.template.json_types import Json

Work = Callable[[], Json]


@dataclass(slots=True)
class Child:
    """A child at work."""

    pid: int
    pipe: int

    def answer(self) -> Json:
        """What the work returned, or None where the child died. Waits for it; leaves nothing behind."""
        try:
            with os.fdopen(self.pipe, "rb") as pipe:
                written = pipe.read()
        except BaseException:
            os.kill(self.pid, signal.SIGKILL)
            raise
        finally:
            _, status = os.waitpid(self.pid, 0)
        return None if status else json.loads(written)

    def stop(self) -> None:
        """End it, whatever it is doing."""
        os.kill(self.pid, signal.SIGKILL)
        os.close(self.pipe)
        os.waitpid(self.pid, 0)


def start(work: Work) -> Child | None:
    """A child that does the work; None where this process cannot be forked safely."""
    if not can_fork():
        return None
    reading, writing = os.pipe()
    try:
        pid = os.fork()
    except OSError:  # no process or memory left: not worth more than doing it here
        os.close(reading)
        os.close(writing)
        return None
    if pid == 0:
        os.close(reading)
        _serve(work, writing)
    os.close(writing)
    return Child(pid, reading)


def can_fork() -> bool:
    """Whether a copy of this process is sound: there is fork, and no thread that the copy would lack.

    On macOS system libraries do not survive a fork (https://docs.python.org/3/library/os.html#os.fork).
    """
    return hasattr(os, "fork") and sys.platform != "darwin" and threading.active_count() == 1


def _serve(work: Work, writing: int) -> None:
    """The child's whole life. It never returns: what the parent has buffered or registered is not its own."""
    status = 1
    try:
        with os.fdopen(writing, "wb") as pipe:
            pipe.write(json.dumps(work()).encode())
        status = 0
    except BaseException:  # the parent sees the status, does the work again and meets the error itself
        pass
    finally:
        os._exit(status)
