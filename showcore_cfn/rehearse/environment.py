"""The Python environment of the embedded AWS: made once from a lock file, kept in a cache.

The embedded AWS pins a botocore of its own, so it never shares an environment with this tool. The folder is
named by the lock file's hash and the Python version: a new lock makes a new folder, an old one never changes.
"""

from __future__ import annotations

import fcntl
import hashlib
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from showcore_cfn import caches
from showcore_cfn.errors import ShowcoreError

LOCK_FILE = Path(__file__).with_name("rehearsal.lock")
_READY = "ready"  # written last: a folder without it is not an environment


class CannotPrepare(ShowcoreError):
    """The environment of the embedded AWS cannot be made."""


def cache_folder(environ: Mapping[str, str], clone: str | Path = caches.CLONE) -> Path:
    """Where environments are kept: `.cache/` of a clone, the user's cache folder for an installed tool."""
    return caches.cache_folder(environ, clone) / "rehearsal"


def environment_folder(cache: Path, lock: Path = LOCK_FILE) -> Path:
    """The folder of this lock file's environment for the Python that runs now."""
    digest = hashlib.sha256(lock.read_bytes()).hexdigest()[:12]
    return cache / f"python{sys.version_info.major}.{sys.version_info.minor}-{digest}"


def python_of(folder: Path) -> Path:
    """The interpreter of an environment."""
    return folder / "bin" / "python"


def is_ready(folder: Path) -> bool:
    """Whether the environment is complete and its interpreter still exists."""
    return (folder / _READY).is_file() and python_of(folder).exists()


def prepare(cache: Path, lock: Path = LOCK_FILE) -> Path:
    """The interpreter of a complete environment, made now where there is none.

    Two at once are safe: the second waits for the first. A half-made folder is never used or left behind.
    """
    folder = environment_folder(cache, lock)
    if is_ready(folder):
        return python_of(folder)
    with _one_at_a_time(cache):
        if not is_ready(folder):
            _make(folder, lock)
    return python_of(folder)


@contextmanager
def _one_at_a_time(cache: Path) -> Iterator[None]:
    try:
        cache.mkdir(parents=True, exist_ok=True)
        handle = (cache / ".lock").open("w")
    except OSError as error:
        raise CannotPrepare(
            f"cannot write to {cache}: {error.strerror}. Set XDG_CACHE_HOME to a folder you own."
        ) from error
    with handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _make(folder: Path, lock: Path) -> None:
    """Build beside the final name, then rename: whoever sees the name sees a whole environment."""
    partial = folder.with_name(folder.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    try:
        _run([sys.executable, "-m", "venv", str(partial)], "cannot create a virtual environment")
        _run(_install(python_of(partial), lock), "cannot install the embedded AWS")
        (partial / _READY).write_text(f"{lock.name}\n", encoding="ascii")
        shutil.rmtree(folder, ignore_errors=True)
        partial.rename(folder)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _install(python: Path, lock: Path) -> list[str]:
    return [
        *(str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"),
        *("--retries", "2", "--require-hashes", "--only-binary", ":all:", "--requirement", str(lock)),
    ]


def _run(command: Sequence[str], what: str) -> None:
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode:
        raise CannotPrepare(f"{what}: {_reason(done.stderr or done.stdout)}")


def _reason(output: str) -> str:
    """The line of pip's answer that says why, and what to do when it could not reach an index."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("ERROR:")] or lines[-1:] or ["no reason was given"]
    reason = errors[0].removeprefix("ERROR: ").rstrip(".") + "."
    if any("onnection" in line or "No matching distribution" in line for line in lines):
        reason += (
            " The first rehearsal installs a few packages: give pip an index it can reach"
            " (PIP_INDEX_URL, or a proxy) and try again."
        )
    return reason
