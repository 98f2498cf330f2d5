"""The command line as a whole: what is listed, how errors end, what is imported."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

import cli
from showcore_cfn import __version__
from showcore_cfn.errors import (
    ChangesFound,
    NeedsRecovery,
    RolledBack,
    SettingsError,
    ShowcoreError,
    StillRunning,
    Stopped,
    UsageError,
)

TOP = Path(__file__).parents[2]
COMMANDS = [name for section in cli.SECTIONS.values() for name in section]
HEAVY = {
    "boto3",
    "botocore",
    "troposphere",
    "awacs",
    "cfnlint",
    "rich",
    "yaml",
    "importlib.metadata",
    "tomllib",
}


def module_of(name: str) -> str:
    return f"showcore_cfn.commands.{name.replace('-', '_')}"


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_says_of_itself_what_the_list_says_of_it(name: str) -> None:
    command: click.Command = import_module(module_of(name)).command
    listed = next(section[name] for section in cli.SECTIONS.values() if name in section)
    assert command.get_short_help_str(limit=200).rstrip(".") == listed.rstrip(".")


def test_every_command_module_is_listed() -> None:
    modules = {
        path.stem.replace("_", "-")
        for path in (TOP / "showcore_cfn" / "commands").glob("*.py")
        if not path.stem.startswith("_") and path.stem != "options"
    }
    assert modules == set(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_help_of_every_command_fits_a_terminal_of_80_columns(name: str) -> None:
    result = CliRunner().invoke(cli.showcore, [name, "--help"], prog_name="showcore")
    assert result.exit_code == 0
    assert max(map(len, result.output.splitlines())) <= 80


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], *([name, "--help"] for name in COMMANDS)])
def test_help_imports_nothing_heavy(arguments: list[str]) -> None:
    code = f"import sys, cli; cli.run({arguments!r}); print(*sys.modules, file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=TOP, capture_output=True, text=True, check=True, env={**os.environ}
    )
    assert not set(done.stderr.split()) & HEAVY


def test_the_version_is_said() -> None:
    result = CliRunner().invoke(cli.showcore, ["--version"], prog_name="showcore")
    assert result.output == f"showcore, version {__version__}\n"


def test_a_misspelt_command_is_told_what_it_may_mean(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["deplyo"]) == 2
    assert "Did you mean 'deploy'?" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ShowcoreError("x"), 1),
        (SettingsError("x"), 1),
        (UsageError("x"), 2),
        (ChangesFound("x"), 3),
        (Stopped("x"), 4),
        (RolledBack("x"), 5),
        (NeedsRecovery("x"), 6),
        (StillRunning("x"), 7),
        (KeyboardInterrupt(), 130),
        (click.Abort(), 130),
    ],
)
def test_each_kind_of_error_ends_with_its_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: BaseException, code: int
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(cli.showcore, "main", fails)
    assert cli.run([]) == code
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == ("Interrupted.\n" if code == 130 else f"showcore: {error}\n")


def test_a_full_disk_is_told_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(cli.showcore, "main", fails)
    assert cli.run([]) == 1
    assert capsys.readouterr().err == "showcore: the output cannot be written: No space left on device.\n"


def test_a_bug_keeps_its_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(cli.showcore, "main", fails)
    with pytest.raises(ZeroDivisionError):
        cli.run([])


def test_a_reader_that_goes_away_is_no_error() -> None:
    done = subprocess.run(
        ["sh", "-c", f"{sys.executable} cli.py --help | head -1"],
        cwd=TOP,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith("Usage: showcore")
    assert "Traceback" not in done.stderr
