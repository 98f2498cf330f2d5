"""The commands that stand in a Markdown page, word by word, as a shell would see them."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

_FENCE = re.compile(r"^( *)```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
_SPAN = re.compile(r"`([^`\n]+)`")
_ASSIGNMENT = re.compile(r"[A-Za-z_][A-Za-z0-9_]*=")
_KEYWORDS = {"export", "then", "do", "else"}
_SUBSTITUTED = "substituted"


def blocks(markdown: str, language: str = "sh") -> list[str]:
    """The fenced blocks of a language, without the indentation that a list gives them."""
    found = []
    for indent, kind, body in _FENCE.findall(markdown):
        if kind == language:
            lines = (line.removeprefix(indent) for line in body.splitlines())
            found.append("\n".join(lines) + "\n")
    return found


def spans(markdown: str) -> list[str]:
    """The code spans of a sentence, outside of blocks."""
    return _SPAN.findall(_FENCE.sub("", markdown))


def commands(script: str) -> Iterator[list[str]]:
    """The words of every command of a script, those in `$(...)` first."""
    for line in _joined(script):
        outer, inner = _taken_apart(line)
        for each in inner:
            yield from commands(each)
        words = shlex.split(outer, comments=True)
        while words and (_ASSIGNMENT.match(words[0]) or words[0] in _KEYWORDS):
            words.pop(0)
        if words:
            yield words[: words.index(">")] if ">" in words else words


def _joined(script: str) -> list[str]:
    """Lines, with those that are continued, or within quotes, in one piece."""
    found: list[str] = []
    for line in script.replace("\\\n", " ").splitlines():
        if found and not _complete(found[-1]):
            found[-1] += f"\n{line}"
        else:
            found.append(line)
    return [line for line in found if line.strip()]


def _complete(text: str) -> bool:
    try:
        shlex.split(text, comments=True)
    except ValueError:
        return False
    return True


def _taken_apart(line: str) -> tuple[str, list[str]]:
    """The line with every `$(...)` replaced by a word, and what stood in them."""
    outer, inner, at, quote = "", [], 0, ""
    while at < len(line):
        if line.startswith("$(", at) and quote != "'":
            end = _closing(line, at + 2)
            inner.append(line[at + 2 : end])
            outer += _SUBSTITUTED
            at = end + 1
            continue
        quote = _quoted(quote, line[at])
        outer += line[at]
        at += 1
    return outer, inner


def _closing(line: str, at: int) -> int:
    depth, quote = 1, ""
    while True:
        quote = _quoted(quote, line[at])
        if quote != "'":
            depth += {"(": 1, ")": -1}.get(line[at], 0)
        if depth == 0:
            return at
        at += 1


def _quoted(quote: str, character: str) -> str:
    """The quote that one is within after a character."""
    if character in "'\"":
        if not quote:
            return character
        if quote == character:
            return ""
    return quote
