"""The tools that ours is compared with, each in an environment of its own below `.cache/benchmarks/`.

What cannot be installed here is named with the reason, and its rows are missing from no table in silence.
"""

from __future__ import annotations

import subprocess
import sys
import venv
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

CLONE = Path(__file__).resolve().parents[1]
FOLDER = CLONE / ".cache" / "benchmarks"
LOCK = CLONE / ".ci" / "requirements" / "run.lock"
PROGRAMS = {"sceptre": "sceptre", "aws-sam-cli": "sam", "awscli": "aws", "cfn-lint": "cfn-lint"}
PATIENCE_SECONDS = 900


@dataclass(frozen=True, slots=True)
class Peers:
    """Paths of the peers' programs by name, why others are missing, and an interpreter with our own libraries."""

    python: str
    programs: Mapping[str, str]
    missing: Mapping[str, str] = field(default_factory=dict)


def peers() -> Peers:
    """All peers, installed now where they are not yet."""
    programs: dict[str, str] = {}
    missing: dict[str, str] = {}
    for package, program in PROGRAMS.items():
        pinned = f"cfn-lint=={_our_cfn_lint()}" if package == "cfn-lint" else package
        trouble = _installed(FOLDER / package, [pinned])
        if trouble:
            missing[program] = trouble
        else:
            programs[program] = str(FOLDER / package / "bin" / program)
    # Ours runs as a user has it: what the lock file names and nothing of the tests, whose packages slow every start.
    trouble = _installed(FOLDER / "ours", ["--require-hashes", "--requirement", str(LOCK)])
    if trouble:
        missing["an environment without the tests' packages"] = trouble
    return Peers(sys.executable if trouble else str(FOLDER / "ours" / "bin" / "python"), programs, missing)


def _our_cfn_lint() -> str:
    from importlib.metadata import version

    return version("cfn-lint")


def _installed(folder: Path, wanted: list[str]) -> str:
    """Why it could not be installed; empty where it could, or was already."""
    stamp = folder / "installed.txt"
    asked = "\n".join([*wanted, LOCK.read_text("utf-8") if "--requirement" in wanted else ""])
    if stamp.is_file() and stamp.read_text("utf-8") == asked:
        return ""
    try:
        venv.create(folder, with_pip=True, clear=True, symlinks=True)
        pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", "--no-input"]
        subprocess.run([*pip, *wanted], check=True, capture_output=True, text=True, timeout=PATIENCE_SECONDS)
    except (OSError, subprocess.SubprocessError) as error:
        said = str(getattr(error, "stderr", "") or error).strip().splitlines()
        return said[-1] if said else type(error).__name__
    stamp.write_text(asked, encoding="utf-8")
    return ""
