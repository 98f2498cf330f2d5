"""Verdicts kept by content: what was judged once is not judged again while nothing that counts has changed.

A verdict's key is the hash of every byte that it depends on, so there is nothing to invalidate and no time
stamp to trust. Reading it imports neither cfn-lint nor a YAML reader. Whatever is wrong with an entry, or
with the folder, makes it a miss: a cache may cost time, never a finding.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

from showcore_cfn.check.finding import Finding, Place, Severity

MOST_ENTRIES = 2_000  # beyond these the half that was written first is dropped
_PACKAGE = Path(__file__).resolve().parents[1]
_DATED = ("AWS::Lambda::", "AWS::Serverless::")  # rules on deprecated runtimes look at the date
_DIGEST_CHARACTERS = 64
_SOURCE_FILES = (".py", ".toml", ".json")


@dataclass(frozen=True, slots=True)
class Verdicts:
    """A folder of findings by key; without a folder nothing is kept."""

    folder: Path | None

    def get(self, key: str) -> tuple[Finding, ...] | None:
        """The findings kept under a key, or None."""
        if self.folder is None:
            return None
        try:
            written = (self.folder / f"{key}.json").read_text(encoding="utf-8")
            digest, body = written[:_DIGEST_CHARACTERS], written[_DIGEST_CHARACTERS:]
            return _findings(json.loads(body)) if digest == _digest(key, body) else None
        except (OSError, ValueError, TypeError, KeyError):
            return None

    def put(self, key: str, findings: Sequence[Finding]) -> None:
        """Keep findings. Written beside and renamed, so that nobody ever reads half an entry."""
        if self.folder is None:
            return
        body = json.dumps([asdict(finding) for finding in findings])
        with contextlib.suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
            _write(self.folder / f"{key}.json", _digest(key, body) + body)
            _prune(self.folder)


NOTHING_KEPT = Verdicts(None)


def key(texts: Mapping[str, str], *more: str, today: Callable[[], str]) -> str:
    """The key of a verdict over these texts.

    `more` is whatever else decides it. The date (`today` gives it as YYYY-MM-DD) counts only where a text
    holds a Lambda function: for these, and for nothing else, cfn-lint's rules read the clock.
    """
    hashed = hashlib.sha256(linter().encode())
    dated = any(mark in text for text in texts.values() for mark in _DATED)
    parts = [*more, today() if dated else "", *(part for pair in sorted(texts.items()) for part in pair)]
    for part in parts:
        encoded = part.encode()
        hashed.update(f"{len(encoded)}:".encode() + encoded)
    return hashed.hexdigest()


def today() -> str:
    """The date, in UTC."""
    from datetime import UTC, datetime

    return datetime.now(UTC).date().isoformat()


@cache
def linter() -> str:
    """What stands for cfn-lint as installed here: its version, its schemas, its neighbours, this Python."""
    spec = importlib.util.find_spec("cfnlint")  # of a top-level package: found, not executed
    places = spec.submodule_search_locations if spec else None
    if not places:
        raise ModuleNotFoundError("cfn-lint is not installed; `make` installs it from the lock file.")
    return linter_of(Path(places[0]), f"{sys.version_info.major}.{sys.version_info.minor}")


def linter_of(package: Path, python: str) -> str:
    """The same of a cfn-lint package in a folder.

    `importlib.metadata` would tell the version too, at five times the price of all else here; the names of
    the `.dist-info` folders beside the package tell every library's.
    """
    hashed = hashlib.sha256(python.encode())
    for file in ("version.py", "data/schemas/version.json"):
        hashed.update((package / file).read_bytes())
    beside = sorted(name for name in os.listdir(package.parent) if name.endswith(".dist-info"))  # noqa: PTH208
    hashed.update("\n".join(beside).encode())
    return hashed.hexdigest()


@cache
def sources(*names: str) -> str:
    """A hash of modules and packages of this tool, by name from its top: `check/lint.py`, `review`."""
    hashed = hashlib.sha256()
    for path in sorted(path for name in names for path in _files(_PACKAGE / name)):
        content = (_PACKAGE / path).read_bytes()
        hashed.update(f"{path}\0{len(content)}\0".encode() + content)
    return hashed.hexdigest()


def _files(place: Path) -> Iterator[str]:
    """A file, or those below a folder, by their path in the package.

    `Path.rglob` would cost more than reading them all.
    """
    top = len(str(_PACKAGE)) + 1
    if place.is_file():
        yield str(place)[top:]
    for folder, _, names in os.walk(place):
        if not folder.endswith("__pycache__"):
            yield from (f"{folder}/{name}"[top:] for name in names if name.endswith(_SOURCE_FILES))


def _write(path: Path, text: str) -> None:
    import tempfile

    handle, partial = tempfile.mkstemp(prefix=".", suffix=".partial", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        Path(partial).replace(path)
    except BaseException:
        Path(partial).unlink(missing_ok=True)
        raise


def _prune(folder: Path) -> None:
    entries = list(folder.iterdir())
    if len(entries) > MOST_ENTRIES:
        for entry in sorted(entries, key=lambda entry: entry.stat().st_mtime)[: len(entries) // 2]:
            entry.unlink(missing_ok=True)


def _digest(entry: str, body: str) -> str:
    return hashlib.sha256(f"{entry}\n{body}".encode()).hexdigest()


def _findings(rows: list[dict[str, object]]) -> tuple[Finding, ...]:
    return tuple(_finding(**row) for row in rows)  # type: ignore[arg-type]


def _finding(*, severity: str, path: list[str | int], **rest: str) -> Finding:
    place: Place = tuple(path)
    return Finding(severity=Severity(severity), path=place, **rest)  # type: ignore[arg-type]
