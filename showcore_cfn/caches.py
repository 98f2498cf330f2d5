"""Where this tool keeps what it can make again, or learn again: a folder that may be deleted at any time."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

CLONE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def cache_folder(environ: Mapping[str, str], clone: str | Path = CLONE) -> Path:
    """`.cache/` of a clone; the user's cache folder for an installed tool."""
    from pathlib import Path

    return Path(cache_path(environ, clone))


def cache_path(environ: Mapping[str, str], clone: str | Path = CLONE) -> str:
    """The same as text, for those who look before anything is loaded."""
    if os.path.isfile(f"{clone}/Makefile") and os.path.isfile(f"{clone}/cli.py"):
        return f"{clone}/.cache"
    return f"{environ.get('XDG_CACHE_HOME') or os.path.expanduser('~/.cache')}/showcore"
