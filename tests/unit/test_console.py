"""console.py: questions, with and without somebody to answer them."""

from __future__ import annotations

import io
import sys

import pytest

from showcore_cfn import console
from showcore_cfn.errors import Exit, Stopped


class Terminal(io.StringIO):
    """Standard input that is a terminal."""

    def isatty(self) -> bool:
        return True


def test_without_a_terminal_nobody_is_asked_for_a_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("showcore\n"))
    with pytest.raises(Stopped, match=r"^There is no terminal to ask: give --yes\.$") as raised:
        console.typed("Type the name")
    assert raised.value.exit_code is Exit.STOPPED


@pytest.mark.parametrize(("answer", "found"), [(" showcore \n", "showcore"), ("\n", "")])
def test_a_text_is_asked_for_on_standard_error(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], answer: str, found: str
) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal(answer))
    assert console.typed("Type the name") == found
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err == "Type the name: "


def test_without_a_terminal_the_answer_to_a_question_is_no(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("y\n"))
    assert not console.confirm("Go on?")
    assert capsys.readouterr().err == "Go on? There is no terminal to ask: give --yes.\n"
