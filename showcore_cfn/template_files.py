"""The generated templates on disk: whether they are what the code says, and making them so.

Files are compared by content, never by time, so a checkout, a changed library or an edit by hand is always seen.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from showcore_cfn.errors import ShowcoreError
from showcore_cfn.files import write_whole
from showcore_cfn.template.json_types import Json

# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
INLINE_BYTES = 51_200
BYTES = 1_048_576
RESOURCES = 500

# Each template of this generator has one.
_OURS = re.compile(rb"""Description["']?: ["']?(ShowCore Phase 1[,:][^"'\r\n]*)""")
_BEGINNING_BYTES = 400


class State(StrEnum):
    """What a file is, against what the code says."""

    CURRENT = "current"
    CHANGED = "changed"
    MISSING = "missing"
    LEFT_OVER = "left over"


@dataclass(frozen=True, slots=True)
class Measure:
    """How large a template is, for a look at CloudFormation's limits."""

    name: str
    bytes: int
    resources: int

    @property
    def fits_inline(self) -> bool:
        """Whether it can be sent without a bucket."""
        return self.bytes <= INLINE_BYTES


def states(files: Mapping[str, str], folder: Path) -> dict[str, State]:
    """The state of every file that the code makes, and of those that it once made and no longer does.

    What somebody else put beside them is nobody's business here: it is neither named nor removed. Nor is a copy
    of one of them, which may have been edited since.
    """
    found = {name: _state(folder / name, text) for name, text in files.items()}
    suffixes = {Path(name).suffix for name in files}
    others = (p for p in sorted(folder.glob("*")) if p.suffix in suffixes and p.name not in files)
    made = {_description(text.encode()) for text in files.values()}
    left = (path for path in others if _description_of(path) not in (None, *made))
    return found | {path.name: State.LEFT_OVER for path in left}


def write(files: Mapping[str, str], folder: Path) -> dict[str, State]:
    """Make the folder hold the files; the answer is what each was before. A current file is not touched."""
    before = states(files, folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, state in before.items():
            if state is State.LEFT_OVER:
                (folder / name).unlink()
            elif state is not State.CURRENT:
                write_whole(folder / name, files[name])
    except OSError as error:
        raise ShowcoreError(f"cannot write templates to {folder}: {error.strerror}.") from error
    return before


def measure(name: str, text: str, body: Mapping[str, Json]) -> Measure:
    """Bytes and resources of one template."""
    resources = body.get("Resources")
    return Measure(name, len(text.encode()), len(resources) if isinstance(resources, dict) else 0)


def _description(content: bytes) -> bytes | None:
    """The description of a template that this generator writes, or wrote; None of any other file."""
    found = _OURS.search(content[:_BEGINNING_BYTES])
    return found[1] if found else None


def _description_of(path: Path) -> bytes | None:
    """The same of a file."""
    try:
        with path.open("rb") as file:
            return _description(file.read(_BEGINNING_BYTES))
    except OSError:
        return None


def _state(path: Path, text: str) -> State:
    try:
        return State.CURRENT if path.read_bytes() == text.encode() else State.CHANGED
    except FileNotFoundError:
        return State.MISSING
    except OSError as error:
        raise ShowcoreError(f"cannot read {path}: {error.strerror}.") from error
