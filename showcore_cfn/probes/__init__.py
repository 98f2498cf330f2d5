"""The probes of the plan's section 14: POSIX sh scripts, and how they are put together and understood.

A script stands alone (`sh postgres.sh HOST PORT`); sent somewhere as text, it goes behind `report.sh`, which
holds the words that all of them use.
"""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from importlib.resources import files

REPORT = "report.sh"
SCRIPTS = ("postgres.sh", "redis.sh", "endpoints.sh", "cdn.sh", "prepare.sh")


def text(name: str) -> str:
    """One script's text."""
    return files(__name__).joinpath(name).read_text(encoding="ascii")


def whole(name: str, arguments: Sequence[str]) -> str:
    """A script that needs nothing beside it, with its arguments set: what a remote shell is given."""
    return "\n".join([f"set -- {shlex.join(arguments)}", text(REPORT), text(name)])
