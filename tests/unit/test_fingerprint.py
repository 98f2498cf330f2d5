"""fingerprint.py: hashes that stand for the code and the libraries, and change with every byte of them."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from showcore_cfn import fingerprint


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """A folder of installed packages with a cfn-lint in it."""
    package = tmp_path / "site-packages" / "cfnlint"
    (package / "data" / "schemas").mkdir(parents=True)
    (package / "version.py").write_text('__version__ = "1.58.0"\n', encoding="utf-8")
    (package / "data" / "schemas" / "version.json").write_text('{"schema_date": "1"}', encoding="utf-8")
    (package.parent / "troposphere-1.0.dist-info").mkdir()
    return package


def test_the_libraries_are_cfn_lint_its_schemas_its_neighbours_and_the_python(installed: Path) -> None:
    known = [fingerprint.libraries_beside(str(installed), "3.11")]
    assert known == [fingerprint.libraries_beside(str(installed), "3.11")]
    known.append(fingerprint.libraries_beside(str(installed), "3.12"))
    (installed / "version.py").write_text('__version__ = "1.58.1"\n', encoding="utf-8")
    known.append(fingerprint.libraries_beside(str(installed), "3.11"))
    (installed / "data" / "schemas" / "version.json").write_text('{"schema_date": "2"}', encoding="utf-8")
    known.append(fingerprint.libraries_beside(str(installed), "3.11"))
    (installed.parent / "troposphere-1.0.dist-info").rename(installed.parent / "troposphere-1.1.dist-info")
    known.append(fingerprint.libraries_beside(str(installed), "3.11"))
    assert len(set(known)) == 5


def test_the_libraries_are_those_that_an_import_would_find(
    installed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fingerprint, "_known", {})
    monkeypatch.setattr(sys, "path", ["", str(installed.parent), *sys.path])
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    assert fingerprint.libraries() == fingerprint.libraries_beside(str(installed), python)
    monkeypatch.setattr(fingerprint, "_known", {})
    monkeypatch.setattr(sys, "path", [str(installed)])
    with pytest.raises(ModuleNotFoundError, match="cfn-lint is not installed"):
        fingerprint.libraries()


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package of a few sources in place of this one."""
    for name in ("one.py", "two.py", "deep/inner/three.toml", "deep/notes.txt", "deep/__pycache__/four.py"):
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(name, encoding="utf-8")
    monkeypatch.setattr(fingerprint, "PACKAGE", str(tmp_path))
    return tmp_path


def hashed(monkeypatch: pytest.MonkeyPatch, *names: str) -> str:
    """The hash as another process would see it."""
    monkeypatch.setattr(fingerprint, "_known", {})
    return fingerprint.sources(*names)


def test_sources_are_hashed_by_name_and_content(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = hashed(monkeypatch, "one.py", "deep")
    assert hashed(monkeypatch, "one.py", "deep") == first
    assert hashed(monkeypatch, "two.py", "deep") != first
    (package / "deep/inner/three.toml").write_text("changed", encoding="utf-8")
    changed = hashed(monkeypatch, "one.py", "deep")
    (package / "deep/inner/three.toml").rename(package / "deep/inner/renamed.toml")
    renamed = hashed(monkeypatch, "one.py", "deep")
    (package / "deep/added.py").write_text("", encoding="utf-8")
    assert len({first, changed, renamed, hashed(monkeypatch, "one.py", "deep")}) == 4


@pytest.mark.parametrize("other", ["two.py", "deep/notes.txt", "deep/__pycache__/four.py"])
def test_what_is_not_asked_for_and_what_is_no_source_does_not_count(
    package: Path, monkeypatch: pytest.MonkeyPatch, other: str
) -> None:
    first = hashed(monkeypatch, "one.py", "deep")
    (package / other).write_text("changed", encoding="utf-8")
    assert hashed(monkeypatch, "one.py", "deep") == first


def test_no_two_lists_of_parts_are_alike() -> None:
    lists: list[list[str | bytes]] = [["ab", "c"], ["a", "bc"], ["abc"], ["ab", "", "c"], []]
    assert len({fingerprint.digest(parts) for parts in lists}) == len(lists)
    assert fingerprint.digest(["text"]) == fingerprint.digest([b"text"])
