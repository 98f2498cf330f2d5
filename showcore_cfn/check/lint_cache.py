"""Verdicts kept by content: what was judged once is not judged again while nothing that counts has changed.

A verdict's key is the hash of every byte that it depends on, so there is nothing to invalidate and no time
stamp to trust. Reading it imports neither cfn-lint nor a YAML reader. Whatever is wrong with an entry, or
with the folder, makes it a miss: a cache may cost time, never a finding.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from showcore_cfn import fingerprint
from showcore_cfn.check.finding import Finding, Place, Severity

if TYPE_CHECKING:
    from pathlib import Path

MOST_ENTRIES = 2_000  # beyond these the half that was written first is dropped
_DATED = ("AWS::Lambda::", "AWS::Serverless::")  # rules on deprecated runtimes look at the date
_DIGEST_CHARACTERS = 64


@dataclass(frozen=True, slots=True)
class Verdicts:
    """A folder of findings by key; without a folder nothing is kept."""

    folder: Path | str | None

    def get(self, key: str) -> tuple[Finding, ...] | None:
        """The findings kept under a key, or None."""
        if self.folder is None:
            return None
        try:
            with open(f"{self.folder}/{key}.json", encoding="utf-8") as file:
                written = file.read()
            digest, body = written[:_DIGEST_CHARACTERS], written[_DIGEST_CHARACTERS:]
            return _findings(body) if digest == _digest(key, body) else None
        except (OSError, ValueError, TypeError, KeyError):
            return None

    def put(self, key: str, findings: Sequence[Finding]) -> None:
        """Keep findings, where they can be."""
        if self.folder is None:
            return
        import json
        from pathlib import Path

        from showcore_cfn.files import keep

        folder = Path(self.folder)
        body = json.dumps([asdict(finding) for finding in findings])
        keep(folder / f"{key}.json", _digest(key, body) + body)
        with contextlib.suppress(OSError):
            _prune(folder)


NOTHING_KEPT = Verdicts(None)


def key(texts: Mapping[str, str], *more: str, today: Callable[[], str]) -> str:
    """The key of a verdict over these texts.

    `more` is whatever else decides it. The date (`today` gives it as YYYY-MM-DD) counts only where a text
    holds a Lambda function: for these, and for nothing else, cfn-lint's rules read the clock.
    """
    dated = any(mark in text for text in texts.values() for mark in _DATED)
    judged = (part for pair in sorted(texts.items()) for part in pair)
    return fingerprint.digest((fingerprint.libraries(), *more, today() if dated else "", *judged))


def today() -> str:
    """The date, in UTC."""
    from datetime import UTC, datetime

    return datetime.now(UTC).date().isoformat()


def _prune(folder: Path) -> None:
    entries = list(folder.iterdir())
    if len(entries) > MOST_ENTRIES:
        for entry in sorted(entries, key=lambda entry: entry.stat().st_mtime)[: len(entries) // 2]:
            entry.unlink(missing_ok=True)


def _digest(entry: str, body: str) -> str:
    return fingerprint.digest((entry, body))


def _findings(body: str) -> tuple[Finding, ...]:
    if body == "[]":  # nearly always, and json takes as long to load as all else here
        return ()
    import json

    return tuple(_finding(**row) for row in json.loads(body))


def _finding(*, severity: str, path: list[str | int], **rest: str) -> Finding:
    place: Place = tuple(path)
    return Finding(severity=Severity(severity), path=place, **rest)  # type: ignore[arg-type]
