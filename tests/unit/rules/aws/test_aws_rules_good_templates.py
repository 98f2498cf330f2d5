"""No rule finds anything in a template that AWS takes and that works: ours, and a library of others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from showcore_cfn.check.rules import check_all
from showcore_cfn.review.resolve import resolve
from showcore_cfn.template.load import load_set

FIXTURES = Path(__file__).parents[3] / "fixtures/good_templates"
OURS = Path(__file__).parents[4] / "templates"


def sets() -> Iterator[tuple[str, dict[str, str]]]:
    """Every template of the library; the templates of a folder are one set."""
    for path in sorted(FIXTURES.iterdir()):
        yield path.stem, texts(path)


def texts(path: Path) -> dict[str, str]:
    files = sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
    root = path if path.is_dir() else path.parent
    return {file.relative_to(root).as_posix(): file.read_text() for file in files}


@pytest.mark.parametrize("documents", [pytest.param(texts, id=name) for name, texts in sets()])
def test_a_good_template_gives_no_finding(documents: Mapping[str, str]) -> None:
    templates = load_set(documents)
    assert not templates.problems
    assert check_all(resolve(templates), templates) == ()


def test_the_library_is_large_and_of_many_types() -> None:
    found = [load_set(documents) for _, documents in sets()]
    types = {resource.type for templates in found for resource in resolve(templates).resources.values()}
    assert len(found) >= 40
    assert len(types) >= 150


@pytest.mark.parametrize("everything", [True, False], ids=["everything", "parameters"])
def test_our_templates_give_no_finding(everything: bool) -> None:
    templates = load_set(texts(OURS))
    assert check_all(resolve(templates, everything=everything), templates) == ()
