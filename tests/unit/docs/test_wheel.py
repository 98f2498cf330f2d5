"""The wheel: that it builds without a network, holds what the commands read, and works where there is no clone."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

TOP = Path(__file__).parents[3]
SOURCES = ("setup.cfg", "pyproject.toml", "README.md", "cli.py")


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this tree, unpacked into a folder of its own."""
    work = tmp_path_factory.mktemp("wheel")
    source = work / "source"
    shutil.copytree(
        TOP / "showcore_cfn", source / "showcore_cfn", ignore=shutil.ignore_patterns("__pycache__")
    )
    shutil.copytree(TOP / "templates", work / "templates")
    for name in SOURCES:
        shutil.copy(TOP / name, source / name)
    options = ("--quiet", "--no-index", "--no-deps", "--no-build-isolation", "--disable-pip-version-check")
    built = [sys.executable, "-m", "pip", "wheel", *options, "--wheel-dir", str(work), str(source)]
    subprocess.run(built, check=True, capture_output=True, text=True, env=_plain())
    (wheel,) = work.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(work / "site")
    return work / "site"


def _plain() -> dict[str, str]:
    return {
        name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "PYTHON", "COV_"))
    }


@pytest.fixture
def showcore(unpacked: Path, tmp_path: Path) -> Showcore:
    return Showcore(unpacked, tmp_path)


class Showcore:
    """The unpacked command, called in an empty folder."""

    def __init__(self, site: Path, folder: Path) -> None:
        self.site, self.folder = site, folder

    def __call__(self, *arguments: str, code: int = 0) -> str:
        script = "import sys, cli, showcore_cfn; print(showcore_cfn.__file__, file=sys.stderr); cli.main()"
        done = subprocess.run(
            [sys.executable, "-c", script, *arguments],
            cwd=self.folder,
            env={**_plain(), "PYTHONPATH": str(self.site), "XDG_CACHE_HOME": str(self.folder / "cache")},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.stderr.startswith(str(self.site)), "the clone was imported, not the wheel"
        assert done.returncode == code, done.stderr
        return done.stdout if code == 0 else done.stderr


def test_it_holds_every_file_that_the_package_reads(unpacked: Path) -> None:
    kept = {".py", ".md", ".toml", ".json", ".lock", ".sh", ".txt", ".yaml", "py.typed"}
    source = unpacked.parent / "source"
    files = (path for path in (source / "showcore_cfn").rglob("*") if path.is_file())
    wanted = {path.relative_to(source).as_posix() for path in files if {path.suffix, path.name} & kept}
    shipped = {path.relative_to(unpacked).as_posix() for path in unpacked.rglob("*") if path.is_file()}
    assert wanted - shipped == set()


def test_help_and_version(showcore: Showcore) -> None:
    assert showcore("--help").startswith("Usage: showcore [OPTIONS] COMMAND")
    assert showcore("--version").startswith("showcore, version ")


def test_templates_are_written_and_priced_far_from_the_clone(showcore: Showcore) -> None:
    assert "14 templates" in showcore("templates", "--out", "templates")
    written = {path.name for path in (showcore.folder / "templates").iterdir()}
    committed = showcore.site.parent / "templates"
    assert written == {path.name for path in committed.iterdir()}
    for name in written:
        assert (showcore.folder / "templates" / name).read_bytes() == (committed / name).read_bytes()
    assert "USD" in showcore("cost")


def test_a_runbook_is_printed(showcore: Showcore) -> None:
    assert "aws rds create-db-snapshot" in showcore("runbook", "rds-backup-restore", "--offline")


def test_a_rule_is_explained(showcore: Showcore) -> None:
    rule = showcore("validate", "--list-rules").split()[0]
    assert showcore("validate", "--explain", rule).startswith(rule)


def test_settings_are_written(showcore: Showcore) -> None:
    showcore("init", "--account-id", "111122223333", "--critical-email", "a@example.com")
    assert "111122223333" in (showcore.folder / "showcore.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize("command", ["plan", "deploy", "preflight"])
def test_what_deploys_says_that_it_wants_the_reviewed_templates(showcore: Showcore, command: str) -> None:
    showcore("init", "--account-id", "111122223333", "--critical-email", "a@example.com")
    assert "there is no templates/ here" in showcore(command, code=4)


def test_cost_says_that_it_wants_templates(showcore: Showcore) -> None:
    assert "run `showcore templates`" in showcore("cost", code=2)
