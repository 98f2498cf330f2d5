"""What was made for a test and must go again: taken down in reverse order, whatever ended the test."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType

from showcore_cfn.errors import ShowcoreError


class LeftBehind(ShowcoreError):
    """Something that was made for a test could not be deleted."""


class Leftovers:
    """Everything made inside the block goes at its end, after a failure and after Ctrl-C too.

    Say what must go before it is made: a call that fails may have made it all the same. So a remover must take
    it well when there is nothing to remove. A Ctrl-C while removing starts that one again; the next leaves it.
    """

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell
        self._waiting: list[tuple[str, Callable[[], None]]] = []

    def must_go(self, what: str, remove: Callable[[], None]) -> None:
        """Remember that `remove` takes `what` away."""
        self._waiting.append((what, remove))

    def __enter__(self) -> Leftovers:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        left = [trouble for trouble in map(self._removed, reversed(self._waiting)) if trouble]
        self._waiting.clear()
        if not left:
            return
        message = f"left behind, delete by hand: {'; '.join(left)}."
        self._tell(message)
        if error is None:
            raise LeftBehind(message)

    def _removed(self, waiting: tuple[str, Callable[[], None]]) -> str:
        """Nothing when it is gone, else what is left and why."""
        what, remove = waiting
        self._tell(f"removing {what}")
        try:
            try:
                remove()
            except KeyboardInterrupt:
                self._tell(f"still removing {what}; interrupt again to leave it behind")
                remove()
        except KeyboardInterrupt:
            return f"{what} (interrupted)"
        except Exception as error:
            return f"{what} ({str(error) or type(error).__name__})"
        return ""
