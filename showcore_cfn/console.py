"""What a terminal shows: results on standard output, notices and questions on standard error.

Colour and live drawing are for terminals only: `NO_COLOR`, a pipe and `CI` turn them off (https://no-color.org).
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rich.console import Console


def result(text: str) -> None:
    """Print a result. The text ends with one newline, whether or not it came with one."""
    click.echo(text.rstrip("\n"))


def notice(text: str) -> None:
    """Say something that is not a result."""
    click.echo(text.rstrip("\n"), err=True)


def confirm(question: str) -> bool:
    """Ask yes or no on standard error; no is the default. Without a terminal to ask, the answer is no."""
    if not sys.stdin.isatty():
        notice(f"{question} There is no terminal to ask: give --yes.")
        return False
    return click.confirm(question, default=False, err=True)


def typed(question: str) -> str:
    """Ask for a text on standard error, such as the name of what is about to go.

    Raises Stopped where there is no terminal to ask, so that nobody waits for an answer that cannot come.
    """
    from showcore_cfn.errors import Stopped

    if not sys.stdin.isatty():
        raise Stopped("There is no terminal to ask: give --yes.")
    answer: str = click.prompt(question, default="", show_default=False, err=True)
    return answer.strip()


def colourful(stream: object = None) -> bool:
    """Whether a stream (standard output unless given) wants colour."""
    target = sys.stdout if stream is None else stream
    is_terminal = getattr(target, "isatty", lambda: False)()
    return bool(is_terminal) and not os.environ.get("NO_COLOR") and not in_ci()


def in_ci() -> bool:
    """Whether the `CI` variable says that nobody is looking."""
    return os.environ.get("CI", "").lower() not in ("", "0", "false")


def paint(text: str, *, fg: str | None = None, bold: bool = False, dim: bool = False) -> str:
    """The text styled where standard output wants colour, plain otherwise."""
    return click.style(text, fg=fg, bold=bold or None, dim=dim or None) if colourful() else text


def live_console() -> Console:
    """A rich console on standard error for live progress."""
    from rich.console import Console

    return Console(stderr=True, no_color=not colourful(sys.stderr) or None, highlight=False)
