"""Where this tool keeps what it can make again: a folder that may be deleted at any time."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

CLONE = Path(__file__).resolve().parents[1]


def cache_folder(environ: Mapping[str, str], clone: Path = CLONE) -> Path:
    """`.cache/` of a clone; the user's cache folder for an installed tool."""
    if (clone / "Makefile").is_file() and (clone / "cli.py").is_file():
        return clone / ".cache"
    base = environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "showcore"
