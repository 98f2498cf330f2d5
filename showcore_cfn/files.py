"""Writing a file so that nobody ever reads half of it, and an interruption leaves what was there before."""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from pathlib import Path

from showcore_cfn.errors import ShowcoreError

MODE = 0o644


def write_whole(path: Path, text: str, *, mode: int = MODE) -> None:
    """Write UTF-8 beside the file, then rename: all or nothing. A link stays one; a file keeps its mode.

    Raises ShowcoreError where the folder does not exist or may not be written to. What is no file, such as
    /dev/stdout or a pipe, is written to as it stands.
    """
    try:
        if path.exists() and not path.is_file() and not path.is_dir():
            path.write_text(text, encoding="utf-8")
        else:
            _write(path.resolve(), text.encode(), mode)
    except OSError as error:
        raise _refused(path, error) from error


def keep(path: Path, text: str) -> None:
    """Write what can be made again, and the folder for it; where that cannot be done, nothing is kept."""
    with suppress(ShowcoreError):
        make_folder(path.parent)
        write_whole(path, text)


def must_be_writable(path: Path) -> None:
    """Raises ShowcoreError where a file could not be written, before anything is done whose result it shall hold."""
    try:
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        if path.is_file() or not path.exists():
            import tempfile  # with its compressors as long to load as all else here

            tempfile.TemporaryFile(dir=path.resolve().parent).close()
    except OSError as error:
        raise _refused(path, error) from error


def make_folder(path: Path) -> None:
    """Make a folder and those above it. Raises ShowcoreError where that cannot be done."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _refused(path, error) from error


def _refused(path: Path, error: OSError) -> ShowcoreError:
    reason = error.strerror or str(error)
    return ShowcoreError(f"{path} cannot be written: {reason}.")


def _write(path: Path, content: bytes, mode: int) -> None:
    import tempfile

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
