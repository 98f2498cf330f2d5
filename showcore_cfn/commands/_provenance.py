"""Who deploys from which commit: goes along with every change set, so that a colleague sees it."""

from __future__ import annotations

import getpass
import socket
import subprocess


def provenance() -> str:
    """`commit 1a2b3c4, with local changes, by ada@laptop`."""
    return f"{_commit()} by {_user()}@{socket.gethostname()}"


def _commit() -> str:
    short = _git("rev-parse", "--short", "HEAD")
    if not short:
        return "no commit"
    return f"commit {short}{', with local changes,' if _git('status', '--porcelain', '--', '.') else ''}"


def _git(*arguments: str) -> str:
    try:
        done = subprocess.run(
            ["git", *arguments], capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
        )
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "somebody"
