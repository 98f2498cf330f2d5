"""commands/init.py: a settings file by options or by questions, and never half of one."""

from __future__ import annotations

import os
import pty
import re
import select
import subprocess
import sys
import time
from io import StringIO
from itertools import pairwise
from pathlib import Path

import pytest

from cli import run
from showcore_cfn import files
from showcore_cfn.cost.usage import ASSUMPTIONS
from showcore_cfn.errors import ShowcoreError
from showcore_cfn.settings import load, plan_defaults
from showcore_cfn.settings_text import HEADER, to_toml

PROJECT = Path(__file__).resolve().parents[2]
OPTIONS = ("--account-id", "111122223333", "--critical-email", "ops@example.com")


@pytest.fixture(autouse=True)
def a_pipe_in_an_empty_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nobody to ask, and no variable of whoever runs the tests."""
    monkeypatch.chdir(tmp_path)
    for name in list(os.environ):
        if name.startswith("SHOWCORE_"):
            monkeypatch.delenv(name)
    monkeypatch.setattr("sys.stdin", StringIO())


def test_the_shipped_example_is_what_init_writes_for_the_example_values(tmp_path: Path) -> None:
    addresses = [f"--{topic}-email={topic}@example.com" for topic in ("critical", "warning", "billing")]
    assert run(["init", "--account-id", "111122223333", *addresses]) == 0
    example = (PROJECT / "showcore.example.toml").read_bytes()
    assert (tmp_path / "showcore.toml").read_bytes() == example
    assert example.decode() == f"{HEADER}\n{to_toml(plan_defaults())}"
    assert load(PROJECT / "showcore.example.toml") == plan_defaults()


def test_each_value_of_the_example_stands_below_a_comment_that_is_not_too_long() -> None:
    lines = (PROJECT / "showcore.example.toml").read_text().splitlines()
    keys = [(above, line.split()[0]) for above, line in pairwise(lines) if re.match("[a-z_]+ = ", line)]
    untold = [key for above, key in keys if not above.startswith("# ")]
    assert untold == ["critical", "warning", "billing"]  # below one comment together, and the table's name
    assert max(map(len, lines)) <= 100
    assert "7.30 USD" in "\n".join(lines)


def test_the_usage_that_the_example_names_is_one_of_the_estimate() -> None:
    lines = (PROJECT / "showcore.example.toml").read_text().splitlines()
    assert lines[-2:] == ["[production.usage]", "# cdn_out_gb = 50"]
    assert "cdn_out_gb" in ASSUMPTIONS


def test_options_are_enough_and_the_critical_addresses_stand_in_for_the_others(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["init", *OPTIONS, "--critical-email", "b@example.com", "--prefix", "show"]) == 0
    said = capsys.readouterr()
    assert said.out == "showcore.toml now holds [production].\n"
    assert said.err == (
        "Next: read it through, then `showcore doctor`, then `showcore bootstrap --env production`.\n"
    )
    settings = load(tmp_path / "showcore.toml")
    values = settings.parameters()
    assert (settings.account_id, settings.prefix) == ("111122223333", "show")
    for topic in ("Critical", "Warning", "Billing"):
        assert (values[f"{topic}AlertEmail"], values[f"{topic}AlertEmail2"]) == (
            "ops@example.com",
            "b@example.com",
        )
    assert (tmp_path / "showcore.toml").stat().st_mode & 0o777 == 0o644
    assert sorted(path.name for path in tmp_path.iterdir()) == ["showcore.toml"]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ((), "--account-id and --critical-email are needed where there is no terminal to ask at."),
        (OPTIONS[:2], "--critical-email is needed where there is no terminal to ask at."),
        (
            ("--account-id", "12345678901", *OPTIONS[2:]),
            '--account-id is "12345678901", 11 digits; allowed is the 12 digits of an AWS account.',
        ),
        ((*OPTIONS, "--warning-email", "ops"), '--warning-email is "ops"; allowed is one e-mail address.'),
        (
            (*OPTIONS, "--critical-email", "OPS@example.com"),
            '--critical-email names "OPS@example.com" twice; allowed is each address once.',
        ),
        (
            (*OPTIONS, *(f"--critical-email={name}@example.com" for name in "abc")),
            "--critical-email has 4 addresses; allowed is one to 3.",
        ),
        (
            (*OPTIONS, "--env", "Prod"),
            '--env is "Prod"; allowed is lower-case letters, digits and single hyphens, a letter first.',
        ),
        (
            (*OPTIONS, "--env", "network"),
            '--env is "network", the name of a table within an environment; allowed is another one.',
        ),
        (
            (*OPTIONS, "--prefix", "show_core"),
            '--prefix is "show_core"; allowed is lower-case letters, digits and single hyphens, a letter first.',
        ),
    ],
)
def test_a_wrong_or_missing_option_is_one_sentence_exit_2_and_no_file(
    options: tuple[str, ...], says: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert run(["init", *options]) == 2
    assert capsys.readouterr() == ("", f"showcore: {says}\n")
    assert not list(tmp_path.iterdir())


def test_an_environment_that_stands_in_the_file_is_never_written_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "showcore.toml"
    path.write_text("[production]\naccount_id = 5\n")
    assert run(["init", *OPTIONS]) == 2
    assert capsys.readouterr().err == (
        "showcore: showcore.toml holds [production] already: edit it there, or name another one with --env.\n"
    )
    assert path.read_text() == "[production]\naccount_id = 5\n"


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("end", ["", "\n", "\n\n# the end"])
def test_another_environment_is_added_and_the_text_before_it_stays(
    tmp_path: Path, newline: str, end: str
) -> None:
    path = tmp_path / "showcore.toml"
    before = "\ufeff# ours\n[production]\naccount_id = '123456789012'\nphase = 'Phase1' # one"
    before += "\nalert_addresses = {critical = ['a@b.co'], warning = ['a@b.co'], billing = ['a@b.co']}" + end
    path.write_bytes(before.replace("\n", newline).encode())
    path.chmod(0o640)
    assert run(["init", *OPTIONS, "--env", "staging"]) == 0
    after = path.read_bytes()
    assert after.startswith(before.replace("\n", newline).encode())
    assert after.count(b"\n") == after.count(newline.encode())
    assert path.stat().st_mode & 0o777 == 0o640
    assert load(path, "production").account_id == "123456789012"
    assert load(path, "staging").parameters() == {
        **plan_defaults("staging").parameters(),
        **dict.fromkeys(("CriticalAlertEmail", "WarningAlertEmail", "BillingAlertEmail"), "ops@example.com"),
    }


def test_a_second_environment_of_the_account_gets_names_of_its_own(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["init", *OPTIONS]) == 0
    capsys.readouterr()
    assert run(["init", *OPTIONS, "--env", "staging"]) == 0
    assert capsys.readouterr().err == (
        "Its names begin with showcore-staging, since [production] is in the same account.\n"
        "account_tier is false: another environment of the account has what an account has once.\n"
        "Next: read it through, then `showcore doctor`, then `showcore bootstrap --env staging`.\n"
    )
    settings = load(tmp_path / "showcore.toml", "staging")
    values = settings.parameters()
    assert (settings.prefix, values["DashboardName"]) == ("showcore-staging", "ShowCore-Phase1-staging")
    assert (values["AccountTier"], values["ConfigRecorder"], values["SessionPreferences"]) == ("false",) * 3
    assert settings.remarks == ()


def test_a_long_name_of_an_environment_is_a_prefix_by_itself(tmp_path: Path) -> None:
    assert run(["init", *OPTIONS]) == 0
    assert run(["init", *OPTIONS, "--env", "acceptance"]) == 0
    assert load(tmp_path / "showcore.toml", "acceptance").prefix == "acceptance"


def test_where_no_prefix_is_left_one_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["init", *OPTIONS]) == 0
    assert run(["init", *OPTIONS, "--env", "staging", "--prefix", "acceptance"]) == 0
    capsys.readouterr()
    assert run(["init", *OPTIONS, "--env", "acceptance"]) == 2
    assert capsys.readouterr().err == (
        "showcore: no name prefix is left for [acceptance]: give one with --prefix.\n"
    )


def test_a_prefix_that_the_account_has_already_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["init", *OPTIONS]) == 0
    before = (tmp_path / "showcore.toml").read_bytes()
    capsys.readouterr()
    assert run(["init", *OPTIONS, "--env", "staging", "--prefix", "showcore"]) == 2
    assert capsys.readouterr().err == (
        "showcore: --prefix showcore is that of [production] in the same account; allowed is another one.\n"
    )
    assert (tmp_path / "showcore.toml").read_bytes() == before


@pytest.mark.parametrize("wrong", ["[production\n", "account_id = '5'\n"])
def test_a_file_with_mistakes_is_mended_before_it_grows(
    tmp_path: Path, wrong: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "showcore.toml").write_text(wrong)
    assert run(["init", *OPTIONS, "--env", "staging"]) == 1
    assert capsys.readouterr().err.startswith("showcore: showcore.toml:1: ")
    assert (tmp_path / "showcore.toml").read_text() == wrong


def test_a_folder_that_does_not_exist_is_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["init", *OPTIONS, "--settings", "nowhere/showcore.toml"]) == 1
    assert capsys.readouterr().err == (
        "showcore: nowhere/showcore.toml cannot be written: No such file or directory.\n"
    )


def test_the_settings_and_the_environment_are_variables_too(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SHOWCORE_SETTINGS", "other.toml")
    monkeypatch.setenv("SHOWCORE_ENV", "staging")
    assert run(["init", *OPTIONS]) == 0
    assert load(tmp_path / "other.toml").environment == "staging"


def test_a_write_that_fails_leaves_what_was_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "kept.toml"
    path.write_text("before")

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(ShowcoreError, match=r"kept\.toml cannot be written: No space left on device\.$"):
        files.write_whole(path, "after")
    assert path.read_text() == "before"
    assert [found.name for found in tmp_path.iterdir()] == ["kept.toml"]


def test_a_link_to_the_settings_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "showcore.toml").symlink_to(tmp_path / "real" / "showcore.toml")
    assert run(["init", *OPTIONS]) == 0
    assert (tmp_path / "showcore.toml").is_symlink()
    assert load(tmp_path / "real" / "showcore.toml").environment == "production"


AT_ITS_TERMINAL = """
import fcntl, os, signal, sys, termios
signal.signal(signal.SIGINT, signal.SIG_DFL)
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
"""


class Terminal:
    """`showcore init` at a terminal of its own, where Ctrl-C is what it is at anybody's."""

    def __init__(self, folder: Path, *options: str) -> None:
        self._fd, inner = pty.openpty()
        environ = {name: value for name, value in os.environ.items() if not name.startswith("SHOWCORE_")}
        self._process: subprocess.Popen[bytes] = subprocess.Popen(
            [sys.executable, "-c", AT_ITS_TERMINAL, str(PROJECT / "cli.py"), "init", *options],
            stdin=inner,
            stdout=inner,
            stderr=inner,
            cwd=folder,
            env={**environ, "NO_COLOR": "1"},
            start_new_session=True,
        )
        os.close(inner)
        self.said = ""

    def answer(self, question: str, text: str) -> None:
        """Wait for the question, then type."""
        seen = len(self.said)
        while question not in self.said[seen:]:
            assert self._read(), f"never asked {question!r}: {self.said}"
        os.write(self._fd, text.encode())

    def end(self, *, insisting: bool = False) -> int:
        """The exit code; all that was said is in `said`.

        `insisting` presses Ctrl-C again each second: one that comes in the instant before Python's readline
        begins to wait is only noticed with the next key.
        """
        while insisting and self._process.poll() is None:
            if select.select([self._fd], [], [], 1)[0]:
                if not self._read():
                    break
            else:
                os.write(self._fd, b"\x03")
        while self._read():
            pass
        try:
            return self._process.wait(timeout=30)
        finally:
            self._process.kill()
            os.close(self._fd)

    def _read(self) -> bool:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            if select.select([self._fd], [], [], 1)[0]:
                try:
                    piece = os.read(self._fd, 4096).decode()
                except OSError:  # Linux tells the end of a terminal so
                    return False
                self.said += piece
                return bool(piece)
        return False


def test_at_a_terminal_what_is_missing_is_asked_for_until_it_is_right(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path)
    terminal.answer("AWS account, 12 digits: ", "12345678901\n")
    terminal.answer("AWS account, 12 digits: ", "123456789012\n")
    terminal.answer("critical alerts, one to three with commas between: ", "a@example.com, b@example.com\n")
    terminal.answer("warning alerts, one to three with commas between [a@example.com, b@example.com]: ", "\n")
    terminal.answer("billing alerts", "ops, c@example.com\n")
    terminal.answer("billing alerts", "c@example.com\n")
    assert terminal.end() == 0
    assert '--account-id is "12345678901", 11 digits; allowed is' in terminal.said
    assert '--billing-email is "ops"; allowed is one e-mail address.' in terminal.said
    settings = load(tmp_path / "showcore.toml")
    values = settings.parameters()
    assert settings.account_id == "123456789012"
    assert (values["WarningAlertEmail"], values["WarningAlertEmail2"]) == ("a@example.com", "b@example.com")
    assert (values["BillingAlertEmail"], values["BillingAlertEmail2"]) == ("c@example.com", "")


def test_at_a_terminal_a_second_environment_is_asked_for_by_name(tmp_path: Path) -> None:
    (tmp_path / "showcore.toml").write_text(to_toml(plan_defaults()))
    emails = [f"--{topic}-email=a@example.com" for topic in ("critical", "warning", "billing")]
    terminal = Terminal(tmp_path, "--account-id", "123456789012", *emails)
    terminal.answer("Name of the new environment: ", "production\n")
    terminal.answer("Name of the new environment: ", "staging\n")
    assert terminal.end() == 0
    assert "showcore.toml holds [production] already" in terminal.said
    assert load(tmp_path / "showcore.toml", "staging").prefix == "showcore"


def test_ctrl_c_leaves_nothing(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path)
    terminal.answer("AWS account, 12 digits: ", "123456789012\n")
    terminal.answer("critical alerts", "\x03")
    assert terminal.end(insisting=True) == 130
    assert "Interrupted." in terminal.said
    assert not list(tmp_path.iterdir())
