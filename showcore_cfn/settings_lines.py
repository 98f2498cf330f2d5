"""Which line of a TOML text each key stands on; `tomllib` reads the values but forgets the lines.

The text has been read by `tomllib` before, so that only valid TOML (https://toml.io/en/v1.0.0) comes here.
"""

from __future__ import annotations

import re
import tomllib
from typing import NamedTuple

from showcore_cfn.settings_fields import Key

_TOKEN = re.compile(
    r"""
    (?P<comment> \#[^\n]* )
  | (?P<string>  \"{3} (?:\\.|[^\\])*? \"{3,5} | '{3} .*? '{3,5} | "(?:\\.|[^"\\])*" | '[^']*' )
  | (?P<newline> \n )
  | (?P<mark>    [\[\]{},=.] )
  | (?P<bare>    [^\s\[\]{},=.\#"'\ufeff]+ )
    """,
    re.VERBOSE | re.DOTALL,
)


class _Token(NamedTuple):
    kind: str
    text: str
    line: int


def lines_of(text: str) -> dict[Key, int]:
    """The line, counted from 1, of each table, key and array element; a dotted key counts for its parents."""
    return _Scanner(text).lines


class _Scanner:
    def __init__(self, text: str) -> None:
        self.lines: dict[Key, int] = {}
        self._tokens = _tokens(text)
        self._at = 0
        table: Key = ()
        while self._at < len(self._tokens):
            if self._is("\n"):
                self._at += 1
            elif self._is("["):
                table = self._header()
            else:
                self._pair(table)

    def _is(self, *texts: str) -> bool:
        """Whether the next token is one of these marks; the end of the text counts as a newline."""
        if self._at == len(self._tokens):
            return "\n" in texts
        token = self._tokens[self._at]
        return token.kind != "string" and token.text in texts

    def _header(self) -> Key:
        while self._is("["):
            self._at += 1
        table = self._key(())
        while self._is("]"):
            self._at += 1
        return table

    def _key(self, table: Key) -> Key:
        key = table
        while not self._is("=", "]"):
            if not self._is("."):
                token = self._tokens[self._at]
                key = (*key, _name(token))
                self.lines.setdefault(key, token.line)
            self._at += 1
        return key

    def _pair(self, table: Key) -> None:
        key = self._key(table)
        self._at += 1  # the equals sign
        self._value(key)

    def _value(self, key: Key) -> None:
        if self._is("["):
            self._array(key)
        elif self._is("{"):
            self._inline_table(key)
        else:
            while not self._is("\n", ",", "]", "}"):  # a number or a date is several tokens
                self._at += 1

    def _array(self, key: Key) -> None:
        self._at += 1
        element = 0
        while not self._is("]"):
            if self._is("\n", ","):
                self._at += 1
                continue
            self.lines[(*key, element)] = self._tokens[self._at].line
            self._value((*key, element))
            element += 1
        self._at += 1

    def _inline_table(self, table: Key) -> None:
        self._at += 1
        while not self._is("}"):
            if self._is("\n", ","):
                self._at += 1
            else:
                self._pair(table)
        self._at += 1


def _tokens(text: str) -> list[_Token]:
    tokens = []
    line, counted = 1, 0
    for match in _TOKEN.finditer(text):
        line += text.count("\n", counted, match.start())
        counted = match.start()
        if match.lastgroup not in (None, "comment"):
            tokens.append(_Token(str(match.lastgroup), match.group(), line))
    return tokens


def _name(token: _Token) -> str:
    if token.kind != "string":
        return token.text
    name: str = tomllib.loads(f"name = {token.text}")["name"]
    return name
