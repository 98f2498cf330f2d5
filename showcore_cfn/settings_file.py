"""`showcore.toml` as text and tables: reading it, choosing an environment, telling mistakes by their line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from showcore_cfn.errors import SettingsError, UsageError
from showcore_cfn.settings_fields import TABLES, Key, Problem, dotted, shown

BYTE_ORDER_MARK = "\ufeff"  # what editors of Windows write first
Table = dict[str, object]


@dataclass(frozen=True, slots=True)
class SettingsFile:
    """A settings file that is TOML; whether its values are allowed has not been asked yet."""

    path: Path
    source: str  # as it stands in the file, to the byte
    document: Table

    @property
    def environments(self) -> tuple[str, ...]:
        """The names of the tables that are environments, in the file's order."""
        return tuple(name for name in self.document if not self._is_stray(name))

    def table(self, environment: str) -> Table:
        table = self.document[environment]
        assert isinstance(table, dict)
        return table

    def choose(self, environment: str | None) -> str:
        """The environment that was asked for, or the only one. `UsageError` (exit 2) where that is none."""
        names = self.environments
        if environment in names:
            return environment
        if not names:
            raise SettingsError(f"{self.path} holds no environment: write one with `showcore init`.")
        listed = ", ".join(names)
        if environment is None and len(names) == 1:
            return names[0]
        if environment is None:
            raise UsageError(f"{self.path} holds {len(names)} environments: say which with --env ({listed}).")
        from difflib import get_close_matches

        near = get_close_matches(environment, names, n=1)
        hint = f"the nearest is {near[0]}" if near else f"it holds {listed}"
        raise UsageError(f"{self.path} holds no environment {shown(environment)}: {hint}.")

    def strays(self) -> Iterator[Problem]:
        """What stands outside of every environment. The keys are whole, from the top of the file."""
        for name, value in self.document.items():
            if isinstance(value, list):
                yield Problem((name,), f"is a list; allowed is one table, [{name}]")
            elif self._is_stray(name):
                yield Problem(
                    (name,), f"stands outside of an environment; allowed is below one, {_below(name)}"
                )

    def _is_stray(self, name: str) -> bool:
        return (name,) in TABLES or not isinstance(self.document[name], dict)

    def refuse(self, problems: Iterable[Problem]) -> NoReturn:
        """Raise all problems, in the order of their lines; their keys are whole, from the top of the file."""
        from showcore_cfn.settings_lines import lines_of

        lines = lines_of(self.source)
        found = [(_line(lines, problem.key), f"{dotted(problem.key)} {problem.says}") for problem in problems]
        told = [f"{self.path}:{line}: {says}." for line, says in sorted(found)]
        if len(told) > 1:
            told.insert(0, f"{len(told)} mistakes in {self.path}:")
        raise SettingsError("\n  ".join(told))


def read_file(path: Path) -> SettingsFile:
    """The file, or `SettingsError` where it is missing, cannot be read, or is no TOML."""
    try:
        text = path.read_bytes().decode()
    except FileNotFoundError:
        raise SettingsError(_missing(path)) from None
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise SettingsError(f"{path}:{line}: holds a byte that is not UTF-8; allowed is UTF-8.") from None
    return parse(path, text)


def parse(path: Path, text: str) -> SettingsFile:
    """The text as the file at `path` would be; nothing is read."""
    try:
        return SettingsFile(path, text, tomllib.loads(text.removeprefix(BYTE_ORDER_MARK)))
    except (ValueError, RecursionError) as error:
        raise SettingsError(_not_toml(path, text, error)) from None


def _not_toml(path: Path, text: str, error: Exception) -> str:
    if isinstance(error, RecursionError):
        return f"{path} is not TOML that can be read: its lists are nested too deeply."
    message = str(error)
    where = re.search(r" \(at (?:line (\d+), column (\d+)|end of document)\)", message)
    line = int(where[1]) if where and where[1] else text.count("\n") + 1
    column = f", column {where[2]}" if where and where[2] else ""
    said = message[: where.start()] if where else message
    return f"{path}:{line}: not TOML{column}: {said[:1].lower()}{said[1:]}; see https://toml.io."


def _below(name: str) -> str:
    return f"[production.{name}]" if (name,) in TABLES else "such as [production]"


def _line(lines: dict[Key, int], key: Key) -> int:
    """The line of the key, or of the nearest table or list around it where it is missing."""
    while key and key not in lines:
        key = key[:-1]
    return lines.get(key, 1)


def _missing(path: Path) -> str:
    above = None if path.is_absolute() else _above(path)
    if above:
        return (
            f"{path} does not exist here, but in {above}: go there, or write one here with `showcore init`."
        )
    return f"{path} does not exist: write it with `showcore init`."


def _above(path: Path) -> Path | None:
    """The nearest folder above that has such a file, within the repository that one stands in."""
    here = Path.cwd()
    inside = [here, *here.parents]
    top = next((number for number, folder in enumerate(inside) if (folder / ".git").exists()), 0)
    return next((folder for folder in inside[1 : top + 1] if (folder / path).is_file()), None)
