"""Runbooks: Markdown beside this module, with `{names}` in braces that a deployment or the plan fills in.

A runbook begins with a title and one sentence on its use, and has the sections of `SECTIONS` in that order.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from showcore_cfn.errors import UsageError

SECTIONS = (
    "When to use it",
    "Before you start",
    "Steps",
    "How to know it worked",
    "How to go back",
    "Cost and time",
)
_PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")  # JMESPath's own braces hold capitals, colons or spaces


@dataclass(frozen=True, slots=True)
class Runbook:
    """One runbook: its name on the command line, and its Markdown with placeholders."""

    name: str
    source: str

    @property
    def title(self) -> str:
        """The first heading, without its mark."""
        return self.source.split("\n", 1)[0].removeprefix("# ")

    @property
    def summary(self) -> str:
        """The sentence below the title, on one line."""
        return " ".join(self.source.split("\n\n", 2)[1].split())

    @property
    def placeholders(self) -> frozenset[str]:
        """The names that it wants filled in."""
        return frozenset(_PLACEHOLDER.findall(self.source))

    def filled(self, names: Mapping[str, str]) -> str:
        """The Markdown with every placeholder replaced. KeyError for one that `names` does not have."""
        return _PLACEHOLDER.sub(lambda found: names[found[1]], self.source)


@cache
def runbooks() -> tuple[Runbook, ...]:
    """All runbooks, by name."""
    files = sorted(Path(__file__).parent.glob("*.md"))
    return tuple(Runbook(file.stem, file.read_text(encoding="utf-8")) for file in files)


def runbook(name: str) -> Runbook:
    """The runbook of a name. Raises UsageError, which lists the names, where there is none."""
    found = {each.name: each for each in runbooks()}
    if name not in found:
        from difflib import get_close_matches

        near = get_close_matches(name, found, n=1)
        hint = f"Did you mean {near[0]}?" if near else f"There are: {', '.join(found)}."
        raise UsageError(f"there is no runbook {name}. {hint}")
    return found[name]
