"""Completion in the three shells that click knows: the scripts, and what they ask the command."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import cli

TOP = Path(__file__).parents[3]
SHELLS = ("bash", "zsh", "fish")


def asked(instruction: str, **words: str) -> str:
    environment = {**os.environ, "_SHOWCORE_COMPLETE": instruction, **words}
    command = [sys.executable, "cli.py"]
    done = subprocess.run(
        command, cwd=TOP, env=environment, capture_output=True, text=True, check=True, timeout=60
    )
    return done.stdout


@pytest.mark.parametrize("shell", SHELLS)
def test_a_shell_gets_its_script(shell: str) -> None:
    script = asked(f"{shell}_source")
    assert f"_SHOWCORE_COMPLETE={shell}_complete" in script
    assert "showcore" in script


@pytest.mark.parametrize("shell", SHELLS)
def test_the_readme_says_how_to_switch_it_on(shell: str) -> None:
    assert f"_SHOWCORE_COMPLETE={shell}_source showcore" in (TOP / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("dep", {"deploy"}),
        (
            "re",
            {"rehearse", "recover", "review", "releases"}
            & {name for s in cli.SECTIONS.values() for name in s},
        ),
        ("deploy --no-ex", {"--no-execute-changeset"}),
        ("plan --output ", {"text", "json"}),
        ("account act", {"activate-cost-tags"}),
        ("account organization de", {"deploy", "destroy"}),
        ("runbook rds", {"rds-backup-restore"}),
        ("verify --drill ", {"alarm", "restore"}),
    ],
)
def test_names_options_and_values_are_completed(typed: str, offered: set[str]) -> None:
    count = len(typed.split(" "))
    answer = asked("bash_complete", COMP_WORDS=f"showcore {typed}", COMP_CWORD=str(count))
    assert {line.removeprefix("plain,") for line in answer.splitlines()} == offered


def test_zsh_shows_what_a_command_does() -> None:
    answer = asked("zsh_complete", COMP_WORDS="showcore diag", COMP_CWORD="1").splitlines()
    assert answer[:3] == ["plain", "diagnose", "Why the last operation failed, and the fix."]


def test_fish_gets_name_and_meaning_on_a_line() -> None:
    assert asked("fish_complete", COMP_WORDS="showcore diag", COMP_CWORD="diag").startswith("plain,diagnose")
