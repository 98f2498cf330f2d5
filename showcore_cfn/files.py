"""Writing a file so that nobody ever reads half of it, and an interruption leaves what was there before."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from showcore_cfn.errors import ShowcoreError

MODE = 0o644


def write_whole(path: Path, text: str, *, mode: int = MODE) -> None:
    """Write UTF-8 beside the file, then rename: all or nothing. A link stays one; a file keeps its mode.

    Raises ShowcoreError where the folder does not exist or may not be written to.
    """
    try:
        _write(path.resolve(), text.encode(), mode)
    except OSError as error:
        raise ShowcoreError(f"{path} cannot be written: {error.strerror}.") from error


def _write(path: Path, content: bytes, mode: int) -> None:
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".partial", dir=path.parent)
    partial = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        partial.chmod(path.stat().st_mode & 0o777 if path.exists() else mode)
        partial.replace(path)
    except BaseException:
        with suppress(OSError):
            partial.unlink()
        raise
