"""Every trap of `docs/traps.md` has a test that carries its number, or says why it cannot occur."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
TRAPS = range(1, 51)


def rows() -> dict[int, str]:
    text = (REPOSITORY / "docs" / "traps.md").read_text()
    return {int(number): rest for number, rest in re.findall(r"^\| (\d+) \|(.+)\|$", text, re.MULTILINE)}


def marked() -> set[int]:
    pattern = re.compile(r'^@pytest\.mark\.trap\("(\d+)"\)$', re.MULTILINE)
    sources = (REPOSITORY / "tests").rglob("test_*.py")
    return {int(number) for source in sources for number in pattern.findall(source.read_text())}


def test_the_document_has_every_trap_once() -> None:
    assert list(rows()) == list(TRAPS)


@pytest.mark.parametrize("number", TRAPS)
def test_a_trap_has_a_test_or_a_reason_why_it_cannot_occur(number: int) -> None:
    assert number in marked() or "Cannot occur" in rows()[number]


def test_no_test_carries_a_number_that_is_no_trap() -> None:
    assert marked() <= set(TRAPS)
