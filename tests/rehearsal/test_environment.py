"""The cached environment: where it is, when it is made, and that a failed making leaves nothing."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from showcore_cfn.rehearse import environment
from showcore_cfn.rehearse.environment import (
    CannotPrepare,
    cache_folder,
    environment_folder,
    is_ready,
    prepare,
)

VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    path = tmp_path / "rehearsal.lock"
    path.write_text("ministack==1.5.33\n")
    return path


class Commands:
    """Stands for the commands that make an environment: records them, and makes what `venv` would."""

    def __init__(self, pip_says: str = "") -> None:
        self.run: list[list[str]] = []
        self.pip_says = pip_says

    def __call__(self, command: Sequence[str], **_options: Any) -> subprocess.CompletedProcess[str]:
        self.run.append(list(command))
        if command[1:3] == ["-m", "venv"]:
            (Path(command[3]) / "bin").mkdir(parents=True)
            (Path(command[3]) / "bin" / "python").touch()
            return subprocess.CompletedProcess(command, 0, "", "")
        return subprocess.CompletedProcess(command, bool(self.pip_says), "", self.pip_says)


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch) -> Commands:
    recorded = Commands()
    monkeypatch.setattr(subprocess, "run", recorded)
    return recorded


def test_a_clone_keeps_it_in_its_own_cache(tmp_path: Path) -> None:
    (tmp_path / "Makefile").touch()
    (tmp_path / "cli.py").touch()
    assert cache_folder({}, tmp_path) == tmp_path / ".cache" / "rehearsal"


def test_an_installed_tool_keeps_it_where_xdg_says(tmp_path: Path) -> None:
    assert cache_folder({"XDG_CACHE_HOME": "/caches"}, tmp_path) == Path("/caches/showcore/rehearsal")


def test_an_installed_tool_keeps_it_in_the_home_folder_by_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", "/home/someone")
    assert cache_folder({}, tmp_path) == Path("/home/someone/.cache/showcore/rehearsal")


def test_the_folder_is_named_by_python_and_the_lock(lock: Path, tmp_path: Path) -> None:
    digest = hashlib.sha256(b"ministack==1.5.33\n").hexdigest()[:12]
    assert environment_folder(tmp_path, lock).name == f"python{VERSION}-{digest}"
    lock.write_text("ministack==1.5.34\n")
    assert environment_folder(tmp_path, lock).name != f"python{VERSION}-{digest}"


def test_it_is_installed_from_the_lock_with_hashes_and_without_a_compiler(
    lock: Path, tmp_path: Path, commands: Commands
) -> None:
    python = prepare(tmp_path / "cache", lock)
    install = commands.run[1]
    assert install[1:4] == ["-m", "pip", "install"]
    assert {"--require-hashes", "--only-binary", str(lock)} <= set(install)
    assert python == environment_folder(tmp_path / "cache", lock) / "bin" / "python"


def test_it_is_made_once(lock: Path, tmp_path: Path, commands: Commands) -> None:
    prepare(tmp_path / "cache", lock)
    prepare(tmp_path / "cache", lock)
    assert len(commands.run) == 2


def test_two_at_once_make_one(lock: Path, tmp_path: Path, commands: Commands) -> None:
    threads = [threading.Thread(target=prepare, args=(tmp_path / "cache", lock)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(commands.run) == 2


def test_it_is_made_anew_when_its_interpreter_is_gone(lock: Path, tmp_path: Path, commands: Commands) -> None:
    prepare(tmp_path / "cache", lock).unlink()
    assert not is_ready(environment_folder(tmp_path / "cache", lock))
    assert prepare(tmp_path / "cache", lock).exists()


def test_a_failure_leaves_no_folder_and_says_why(lock: Path, tmp_path: Path, commands: Commands) -> None:
    commands.pip_says = "WARNING: something\nERROR: THESE PACKAGES DO NOT MATCH THE HASHES\nmore"
    with pytest.raises(CannotPrepare, match="cannot install the embedded AWS: THESE PACKAGES DO NOT MATCH"):
        prepare(tmp_path / "cache", lock)
    assert [entry.name for entry in (tmp_path / "cache").iterdir()] == [".lock"]


@pytest.mark.parametrize(
    "said",
    [
        pytest.param("ERROR: No matching distribution found for botocore==1.43.106", id="nothing-found"),
        pytest.param("WARNING: Retrying: NewConnectionError\nERROR: Could not install", id="no-connection"),
    ],
)
def test_an_index_out_of_reach_is_said_with_what_to_do(
    lock: Path, tmp_path: Path, commands: Commands, said: str
) -> None:
    commands.pip_says = said
    with pytest.raises(CannotPrepare, match=r"give pip an index it can reach \(PIP_INDEX_URL"):
        prepare(tmp_path / "cache", lock)


def test_a_cache_that_cannot_be_written_is_said_with_what_to_do(lock: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(CannotPrepare, match=r"cannot write to .*Set XDG_CACHE_HOME"):
        prepare(tmp_path / "file" / "cache", lock)


def test_the_lock_pins_ministack_and_names_no_index() -> None:
    text = environment.LOCK_FILE.read_text()
    assert "ministack==1.5.33 " in text
    assert "://" not in text
    pinned = [line for line in text.splitlines() if "==" in line]
    assert len(pinned) == 17
    assert text.count("--hash=sha256:") >= len(pinned)
