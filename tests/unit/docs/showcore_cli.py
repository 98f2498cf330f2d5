"""Whether `showcore` would take a command: its name, options and choices, after our own click commands."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import click

import cli
from showcore_cfn.runbooks import runbooks
from showcore_cfn.verify.lines import LINES, SECTION_TITLES

_CHECKS = {name for line in LINES for name in line.checks}
_TASKS = {line.task for line in LINES}
_SECTIONS = set(SECTION_TITLES)
_KNOWN = {"--only": _CHECKS | _TASKS, "--skip": _CHECKS | _TASKS | _SECTIONS, "--section": _SECTIONS}


def complaints(words: list[str]) -> list[str]:
    """What is wrong with a command; empty where nothing is."""
    context = click.Context(cli.showcore, info_name="showcore")
    return list(_complaints(cli.showcore, context, words[1:]))


def _complaints(command: click.Command, parent: click.Context, words: list[str]) -> Iterator[str]:
    if isinstance(command, click.Group) and words and not words[0].startswith("-"):
        found = command.get_command(parent, words[0])
        if found is None:
            yield f"no command {words[0]}"
            return
        yield from _complaints(found, click.Context(found, parent, words[0]), words[1:])
        return
    try:
        given, rest, _ = command.make_parser(parent).parse_args(list(words))
    except click.UsageError as error:
        yield error.format_message()
        return
    yield from (f"unexpected word {word}" for word in rest)
    yield from (
        why for parameter in command.params for why in _about(parameter, given.get(parameter.name or ""))
    )
    if parent.info_name == "verify":
        pairs = pairwise(words)
        yield from (
            f"verify knows no {value}" for option, value in pairs if value not in _KNOWN.get(option, {value})
        )
    if (
        parent.info_name == "runbook"
        and words
        and words[0] not in ("NAME", *(book.name for book in runbooks()))
    ):
        yield f"no runbook {words[0]}"


def _about(parameter: click.Parameter, value: object) -> Iterator[str]:
    for each in value if isinstance(value, list | tuple) else [value]:
        if (
            isinstance(parameter.type, click.Choice)
            and isinstance(each, str)
            and each not in parameter.type.choices
        ):
            yield f"{parameter.name}: {each} is none of {', '.join(map(str, parameter.type.choices))}"
