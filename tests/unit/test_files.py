"""files.py and the options that write a file: all or nothing, and one sentence where it cannot be done."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli import run
from showcore_cfn.errors import ShowcoreError
from showcore_cfn.files import make_folder, write_whole
from showcore_cfn.settings import plan_defaults
from showcore_cfn.settings_text import to_toml

TEMPLATE = "Resources:\n  Topic: {Type: 'AWS::SNS::Topic'}\n"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A current directory with a template, settings, and a file where a folder would have to be."""
    for name in ("SHOWCORE_SETTINGS", "SHOWCORE_ENV", "SHOWCORE_OUTPUT"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "old").mkdir()
    (tmp_path / "old/app.yaml").write_text(TEMPLATE)
    (tmp_path / "file").write_text("kept")
    (tmp_path / "showcore.toml").write_text(to_toml(plan_defaults("production")))
    monkeypatch.chdir(tmp_path)
    return tmp_path


GRAPH = ["graph", "old", "--out"]
REVIEW = ["review", "--base", "old", "--head", "old", "--out"]
POLICY = ["policy", "--for", "reader", "--out"]


@pytest.mark.parametrize(
    ("arguments", "place"),
    [
        *((GRAPH, place) for place in ("file/below", "nowhere/at/all", "old")),
        *((REVIEW, place) for place in ("file/below", "nowhere/at/all", "old")),
        (POLICY, "file/below"),
    ],
)
def test_a_file_that_cannot_be_written_is_one_sentence(
    arguments: list[str], place: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([*arguments, place]) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith(f"showcore: {place} cannot be written: ")
    assert printed.err.count("\n") == 1


def test_a_device_is_written_to_as_it_stands() -> None:
    write_whole(Path("/dev/null"), "text")
    assert Path("/dev/null").is_char_device()


def test_a_folder_that_cannot_be_made_is_named(here: Path) -> None:
    with pytest.raises(ShowcoreError, match=r"file/below cannot be written: Not a directory\.$"):
        make_folder(here / "file/below")
