"""unchanged.py: `make templates` with nothing to do says what the long way says, and never when there is something."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cli import run
from showcore_cfn import fingerprint, unchanged

TOP = Path(__file__).parents[2]
FILES = {"root.yaml": "Resources: {}\n", "network.yaml": "Resources: {A: {}}\n"}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with two files of which a record has been kept."""
    monkeypatch.setattr(unchanged, "cache_path", lambda _environ: str(tmp_path / "cache"))
    made = tmp_path / "templates"
    made.mkdir()
    for name, text in FILES.items():
        (made / name).write_text(text, encoding="utf-8")
    unchanged.keep(FILES, "yaml", "2 templates, 1 resources")
    return made


def test_what_the_last_run_said_is_said_again(folder: Path) -> None:
    assert unchanged.what_stands(str(folder), "yaml") == "2 templates, 1 resources"


def test_the_files_themselves_are_handed_out_only_where_they_are_what_the_code_makes(folder: Path) -> None:
    assert unchanged.generated(str(folder)) == FILES
    (folder / "root.yaml").write_text("Resources: {B: {}}\n", encoding="utf-8")
    assert unchanged.generated(str(folder)) is None


def answered_to_make(folder: Path = TOP, **variables: str) -> tuple[int, str]:
    """What `make templates` asks first: the exit code and what was printed."""
    done = subprocess.run(
        [sys.executable, "-c", "from showcore_cfn import unchanged; unchanged.answer_make()"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(TOP), **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


def test_make_is_answered_with_the_words_of_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["templates"]) == 0
    said = capsys.readouterr().out
    assert answered_to_make() == (0, said)
    assert said.endswith("resources: current; lint and the plan's rules find nothing.\n")


def test_make_starts_the_command_where_there_is_something_to_do_or_an_option(tmp_path: Path) -> None:
    assert answered_to_make(SHOWCORE_TEMPLATES_FORMAT="json") == (1, "")
    (tmp_path / "templates").mkdir()
    assert answered_to_make(tmp_path) == (1, "")


def test_another_form_or_another_folder_is_not_known(folder: Path, tmp_path: Path) -> None:
    assert unchanged.what_stands(str(folder), "json") is None
    assert unchanged.what_stands(str(tmp_path), "yaml") is None
    assert unchanged.what_stands(str(tmp_path / "missing"), "yaml") is None


def test_an_edited_file_is_noticed(folder: Path) -> None:
    (folder / "root.yaml").write_text("Resources: {B: {}}\n", encoding="utf-8")
    assert unchanged.what_stands(str(folder), "yaml") is None


def test_a_deleted_a_renamed_and_an_added_file_are_noticed(folder: Path) -> None:
    (folder / "root.yaml").rename(folder / "main.yaml")
    assert unchanged.what_stands(str(folder), "yaml") is None
    (folder / "main.yaml").unlink()
    assert unchanged.what_stands(str(folder), "yaml") is None
    (folder / "root.yaml").write_text(FILES["root.yaml"], encoding="utf-8")
    assert unchanged.what_stands(str(folder), "yaml") is not None
    (folder / "left_over.yaml").write_text("Resources: {}\n", encoding="utf-8")
    assert unchanged.what_stands(str(folder), "yaml") is None


def test_a_file_that_was_only_touched_is_the_same(folder: Path) -> None:
    text = (folder / "root.yaml").read_text(encoding="utf-8")
    (folder / "root.yaml").unlink()
    (folder / "root.yaml").write_text(text, encoding="utf-8")
    assert unchanged.what_stands(str(folder), "yaml") is not None


@pytest.mark.parametrize(
    ("holder", "name", "changed"),
    [
        (fingerprint, "sources", lambda *_names: "another source"),
        (fingerprint, "libraries", lambda: "another troposphere, awacs or cfn-lint"),
        (sys, "version", "3.99.0"),
        (time, "strftime", lambda *_: "2027-01-01"),
    ],
    ids=["sources", "libraries", "python", "day"],
)
def test_whatever_decides_a_run_is_part_of_the_record(
    folder: Path, monkeypatch: pytest.MonkeyPatch, holder: object, name: str, changed: object
) -> None:
    monkeypatch.setattr(holder, name, changed)
    assert unchanged.what_stands(str(folder), "yaml") is None


@pytest.mark.parametrize(
    "damage",
    [
        lambda _written: "",
        lambda written: written[:-1],
        lambda written: written.replace("2 templates", "9 templates"),
        lambda _written: "one\ntwo\nthree\nfour",
        lambda written: written + "\nmore",
    ],
    ids=["empty", "cut-off", "altered", "garbage", "longer"],
)
def test_a_damaged_record_is_none(folder: Path, tmp_path: Path, damage: object) -> None:
    assert callable(damage)
    record = tmp_path / "cache" / "templates" / "yaml"
    record.write_text(damage(record.read_text(encoding="utf-8")), encoding="utf-8")
    assert unchanged.what_stands(str(folder), "yaml") is None


def test_a_record_that_is_no_text_or_cannot_be_written_costs_only_time(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "cache" / "templates" / "yaml").write_bytes(b"\xff\xfe")
    assert unchanged.what_stands(str(folder), "yaml") is None
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.setattr(unchanged, "cache_path", lambda _environ: str(tmp_path / "file"))
    unchanged.keep(FILES, "yaml", "said")
    assert unchanged.what_stands(str(folder), "yaml") is None


def test_the_short_way_says_what_the_long_way_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(unchanged, "cache_path", lambda _environ: str(tmp_path / "cache"))
    out = str(tmp_path / "templates")
    said = []
    for arguments in ([], ["--check"], [], ["--verbose"]):
        assert run(["templates", "--out", out, *arguments]) == 0
        said.append(capsys.readouterr().out)
    assert said[0].replace("written", "current") == said[1] == said[2]
    assert said[3].endswith(said[1])
    monkeypatch.setitem(sys.modules, "showcore_cfn.generate", None)
    assert run(["templates", "--out", out]) == 0
    (tmp_path / "templates" / "root.yaml").unlink()
    with pytest.raises(ImportError):
        run(["templates", "--out", out])


def test_findings_are_never_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from showcore_cfn import generate

    bad = {"Resources": {"Nat": {"Type": "AWS::EC2::NatGateway", "Properties": {"SubnetId": "subnet-1"}}}}
    monkeypatch.setattr(unchanged, "cache_path", lambda _environ: str(tmp_path / "cache"))
    monkeypatch.setattr(generate, "bodies", lambda: {"network.yaml": bad})
    for _ in range(2):
        assert run(["templates", "--out", str(tmp_path / "templates")]) == 4
        assert "PLAN-3.1-NO-NAT" in capsys.readouterr().out


READ = """\
import json, sys
read = []
sys.addaudithook(lambda event, given: read.append(str(given[0])) if event == "open" else None)
import cli
cli.run(["templates", "--no-cache", "--out", sys.argv[1]])
modules = [m.__file__ for m in list(sys.modules.values()) if getattr(m, "__file__", None)]
print(json.dumps([*read, *modules]))
"""


def test_every_source_that_a_run_reads_is_part_of_the_record(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-B", "-c", READ, str(tmp_path)], cwd=TOP, capture_output=True, text=True, check=True
    )
    package = Path(fingerprint.PACKAGE)
    paths = {Path(path) for path in json.loads(done.stdout.splitlines()[-1])}
    read = {path for path in paths if path.is_relative_to(package) and "__pycache__" not in path.parts}
    known = {Path(path) for name in unchanged.DECIDING for path in fingerprint._files(f"{package}/{name}")}
    about_the_command_line = {package / name for name in ("commands/__init__.py", "permissions/commands.py")}
    assert len(read) > 60
    assert read - known - about_the_command_line == set()
