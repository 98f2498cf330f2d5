"""Hashes that stand for the code and the libraries here: the keys of whatever is kept between two runs.

By content, never by time: a checkout, an upgrade or an edit by hand is always seen. What is kept is looked up
before anything else is loaded, so this module imports the lightest of the standard library alone: `pathlib`
would cost as much as the interpreter's start.
"""

from __future__ import annotations

import os
import sys

try:
    from _blake2 import (
        blake2b,  # hashlib's own, but without OpenSSL, which takes more memory than all else here
    )
except ImportError:
    from hashlib import blake2b

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

PACKAGE = os.path.dirname(os.path.abspath(__file__))
DIGEST_BYTES = 32
_SOURCE_FILES = (".py", ".toml", ".json", ".yaml", ".md", ".sh", ".lock")
_known: dict[tuple[str, ...] | None, str] = {}  # functools.cache costs more to import than this saves


def digest(parts: Iterable[str | bytes]) -> str:
    """The BLAKE2b hash of parts, each with its length, so that no two lists of parts are alike."""
    hashed = blake2b(digest_size=DIGEST_BYTES)
    for part in parts:
        encoded = part.encode() if isinstance(part, str) else part
        hashed.update(b"%d:" % len(encoded))
        hashed.update(encoded)
    return hashed.hexdigest()


def sources(*names: str) -> str:
    """A hash of modules and packages of this tool, by name from its top: `check/lint.py`, `review`."""
    if names not in _known:
        files = [file for name in names for file in _files(f"{PACKAGE}/{name}")]
        _known[names] = digest(part for file in files for part in (file[len(PACKAGE) :], _read(file)))
    return _known[names]


def libraries() -> str:
    """What stands for cfn-lint as installed here: its version, its schemas, its neighbours, this Python."""
    if None not in _known:
        places = (f"{place or '.'}/cfnlint" for place in sys.path)
        package = next((place for place in places if os.path.isdir(place)), None)
        if package is None:
            raise ModuleNotFoundError("cfn-lint is not installed; `make` installs it from the lock file.")
        _known[None] = libraries_beside(package, f"{sys.version_info.major}.{sys.version_info.minor}")
    return _known[None]


def libraries_beside(package: str, python: str) -> str:
    """The same of a cfn-lint package in a folder.

    `importlib.metadata` would tell the version too, at five times the price of all else here; the names of
    the `.dist-info` folders beside the package tell every library's.
    """
    beside = sorted(name for name in os.listdir(os.path.dirname(package)) if name.endswith(".dist-info"))
    about = (f"{package}/version.py", f"{package}/data/schemas/version.json")
    return digest((python, *map(_read, about), *beside))


def _files(place: str) -> Iterator[str]:
    """A source file, or those below a folder, in a fixed order. `os.walk` takes half as long again."""
    if place.endswith(_SOURCE_FILES):
        yield place
        return
    with os.scandir(place) as entries:
        inside = sorted((entry.name, entry.is_dir()) for entry in entries)
    for name, is_folder in inside:
        if is_folder and name != "__pycache__":
            yield from _files(f"{place}/{name}")
        elif name.endswith(_SOURCE_FILES):
            yield f"{place}/{name}"


def _read(path: str) -> bytes:
    with open(path, "rb", buffering=0) as file:  # a third of the time of Path.read_bytes
        return file.read()
