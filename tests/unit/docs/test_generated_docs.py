"""`.ci/generated_docs.py`: what is stale is written, or named; what stands between markers is replaced alone."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import click
import pytest

import cli
from showcore_cfn.errors import Exit

TOP = Path(__file__).parents[3]


def _loaded(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, TOP / ".ci" / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def docs(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.chdir(TOP)
    yield _loaded("generated_docs")


@pytest.fixture
def one_page(docs: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A tree with one page of its own, made from the text "new"."""
    (tmp_path / "page.md").write_text(
        "# By hand\n\n<!-- generated: part -->\nold\n<!-- end -->\n\nBy hand.\n"
    )
    monkeypatch.setattr(docs, "TOP", tmp_path)
    monkeypatch.setattr(docs, "DOCS", tmp_path / "docs")
    monkeypatch.setattr(docs, "WHOLE", {"whole.md": lambda: "whole\n"})
    monkeypatch.setattr(docs, "MARKED", ("page.md",))
    monkeypatch.setattr(docs, "PARTS", {"part": lambda: "new\n"})
    return tmp_path


def test_what_is_stale_is_written_and_the_rest_of_a_page_stays(
    docs: ModuleType, one_page: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["generated_docs.py"])
    assert docs.main() == 0
    page = (one_page / "page.md").read_text()
    assert page == "# By hand\n\n<!-- generated: part -->\n\nnew\n\n<!-- end -->\n\nBy hand.\n"
    assert (one_page / "docs" / "whole.md").read_text() == "whole\n"
    assert len(list((one_page / "docs" / "runbooks").iterdir())) == 14
    monkeypatch.setattr(sys, "argv", ["generated_docs.py", "--check"])
    assert docs.main() == 0


def test_a_stale_page_is_named_and_not_written(
    docs: ModuleType, one_page: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["generated_docs.py", "--check"])
    assert docs.main() == 1
    assert "page.md is stale: run `make docs`.\n" in capsys.readouterr().err
    assert "old" in (one_page / "page.md").read_text()


def test_every_marker_has_its_maker(docs: ModuleType) -> None:
    pages = [*(TOP / "docs").rglob("*.md"), *TOP.glob("*.md")]
    found = {
        (page.relative_to(TOP).as_posix(), name)
        for page in pages
        for name in re.findall(
            r"^<!-- generated: ([a-z-]+) -->$", page.read_text(encoding="utf-8"), re.MULTILINE
        )
    }
    assert {page for page, _ in found} == set(docs.MARKED)
    assert {name for _, name in found} == set(docs.PARTS)


def test_the_help_in_the_readme_is_what_the_command_says() -> None:
    """Click makes the help option once a process, after the first context it gets: the reference goes first."""
    script = "import generated_docs as docs; docs._reference(); print(docs._help())"
    paths = os.pathsep.join([str(TOP), str(TOP / ".ci")])
    made = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "  -h, --help  Show this message and exit." in made.stdout


def test_the_reference_has_every_command_option_and_exit_code(docs: ModuleType) -> None:
    text = _loaded("cli_reference").page()
    context = click.Context(cli.showcore, info_name="showcore")
    for name in cli.showcore.list_commands(context):
        command = cli.showcore.get_command(context, name)
        assert command is not None
        assert f"\n### showcore {name}\n" in text
        section = text.split(f"\n### showcore {name}\n")[1].split("\n### ")[0]
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                assert max(parameter.opts, key=len) in section
    assert {int(code) for code in re.findall(r"^\| (\d+) \| ", text, re.MULTILINE)} == {
        int(code) for code in Exit
    }


@pytest.mark.parametrize(
    ("variable", "value", "arguments", "said"),
    [
        ("SHOWCORE_COST_PRESET", "none", ["cost"], "none"),
        ("SHOWCORE_TEMPLATES_FORM", "no-such", ["templates", "--check"], "no-such"),
        ("SHOWCORE_OUTPUT", "no-such", ["runbook"], "no-such"),
    ],
)
def test_a_variable_of_the_reference_is_that_of_the_option(
    docs: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    variable: str,
    value: str,
    arguments: list[str],
    said: str,
) -> None:
    assert f"`{variable}`" in _loaded("cli_reference").page()
    monkeypatch.setenv(variable, value)
    cli.run(arguments)
    captured = capsys.readouterr()
    assert said in captured.out + captured.err
