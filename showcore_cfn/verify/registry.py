"""All checks, in the order of the plan, and the ways to choose among them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from types import ModuleType

from showcore_cfn.errors import UsageError
from showcore_cfn.verify.check import Check, Way
from showcore_cfn.verify.checks import (
    alerts,
    audit,
    backup,
    data,
    money,
    network,
    probes,
    security,
    stack,
    storage,
)
from showcore_cfn.verify.lines import sections_of

_MODULES: tuple[ModuleType, ...] = (
    stack,
    network,
    data,
    storage,
    security,
    audit,
    alerts,
    backup,
    money,
    probes,
)


def _order(id: str) -> tuple[int, ...]:
    return tuple(int(part) for part in id.split("-", 1)[0].split("."))


def _of(module: ModuleType) -> Iterable[Check]:
    return (value for value in vars(module).values() if isinstance(value, Check))


CHECKS: tuple[Check, ...] = tuple(
    sorted((each for module in _MODULES for each in _of(module)), key=lambda each: _order(each.id))
)


def chosen(
    *,
    only: Collection[str] = (),
    sections: Collection[str] = (),
    skip: Collection[str] = (),
    drills: Collection[Way] = (),
    everything: bool = False,
) -> tuple[Check, ...]:
    """The checks that are asked for. Without `only` and `sections`: all that only look, and the drills named.

    A word is an id (`14.1-tls`), a task (`14.1`) or a section (`14`). Drills run only when they are named in
    `drills`. Raises UsageError for a word that fits no check.
    """
    words = [*only, *sections]
    for word in (*words, *skip):
        _known(word)
    if words:
        found = [each for each in CHECKS if any(fits(each, word) for word in words)]
    else:
        found = [each for each in CHECKS if everything or each.way is Way.READ or each.way in drills]
    quiet = (Way.READ, Way.PROBE, *drills)
    return tuple(each for each in found if each.way in quiet and not any(fits(each, word) for word in skip))


def fits(check: Check, word: str) -> bool:
    """Whether a word of the command line means this check."""
    if check.id == word:
        return True
    sections = {check.section, *sections_of(check.id)}
    return any(section == word or section.startswith(f"{word}.") for section in sections)


def _known(word: str) -> None:
    if any(fits(each, word) for each in CHECKS):
        return
    from difflib import get_close_matches

    near = get_close_matches(word, [each.id for each in CHECKS], n=3)
    more = f" Did you mean {' or '.join(near)}?" if near else " `showcore verify --list` shows them all."
    raise UsageError(f"there is no check, task or section {word!r}.{more}")
