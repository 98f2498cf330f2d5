"""The generated templates on disk: what is written, what is removed, and what is nobody's business."""

from __future__ import annotations

from pathlib import Path

import pytest

import cli
from showcore_cfn.generate import generate
from showcore_cfn.template.render import Format
from showcore_cfn.template_files import State, states, write

_MADE = {"root.yaml": "Description: 'ShowCore Phase 1: nests all tiers (plan 1-12)'\n"}
_ONCE_MADE = "AWSTemplateFormatVersion: '2010-09-09'\nDescription: ShowCore Phase 1, a queue (plan 17)\n"


def test_a_template_that_the_code_no_longer_makes_is_removed(tmp_path: Path) -> None:
    (tmp_path / "queue.yaml").write_text(_ONCE_MADE)

    assert write(_MADE, tmp_path) == {"root.yaml": State.MISSING, "queue.yaml": State.LEFT_OVER}
    assert [path.name for path in tmp_path.iterdir()] == ["root.yaml"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("docker-compose.yaml", "services: {}\n"),
        ("app.yaml", "Description: somebody else's\nResources: {}\n"),
        ("notes.yaml", "# after ShowCore Phase 1, what comes next\n"),
        ("empty.yaml", ""),
        ("bytes.yaml", "\x00\x01"),
    ],
)
def test_what_somebody_else_put_there_is_neither_named_nor_removed(
    tmp_path: Path, name: str, text: str
) -> None:
    (tmp_path / name).write_text(text)

    assert write(_MADE, tmp_path) == {"root.yaml": State.MISSING}
    assert states(_MADE, tmp_path) == {"root.yaml": State.CURRENT}
    assert (tmp_path / name).read_text() == text


def test_a_folder_that_is_called_like_a_template_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "old.yaml").mkdir()

    assert write(_MADE, tmp_path) == {"root.yaml": State.MISSING}
    assert (tmp_path / "old.yaml").is_dir()


@pytest.mark.parametrize("form", [Format.YAML, Format.JSON])
def test_a_copy_of_a_template_is_somebodys_own(tmp_path: Path, form: Format) -> None:
    made = generate(form)
    copies = {f"my-{name}": text + "\n" for name, text in made.items()}
    for name, text in copies.items():
        (tmp_path / name).write_text(text)

    assert set(write(made, tmp_path).values()) == {State.MISSING}
    assert {name: (tmp_path / name).read_text() for name in copies} == copies


@pytest.mark.parametrize("form", [Format.YAML, Format.JSON])
def test_every_template_that_the_code_makes_is_known_as_made_by_it(tmp_path: Path, form: Format) -> None:
    made = generate(form)
    write(made, tmp_path)
    suffix = next(iter(made)).rpartition(".")[2]
    only_root = {f"root.{suffix}": made[f"root.{suffix}"]}

    left = {name for name, state in states(only_root, tmp_path).items() if state is State.LEFT_OVER}

    assert left == {*made} - {*only_root}


def test_a_folder_that_is_not_there_is_said_in_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    nowhere = tmp_path / "nowhere"

    assert cli.run(["templates", "--check", "--out", str(nowhere)]) == 3
    assert capsys.readouterr().err == (
        f"There is no folder {nowhere} here: go where it is, or name it with --out.\n"
    )
