"""docs/cli.md, from the click commands: what each does, its arguments, options and environment variables."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator

import click

import cli

HEAD = """# The command line

Generated from the commands themselves by `make docs`; `showcore COMMAND --help` says the same in a terminal.

Results go to standard output, notices, questions and progress to standard error. Colour and live drawing are for
terminals alone: a pipe, `CI` and `NO_COLOR` turn them off. Every option can be given as an environment variable as
well, which stands below it in the tables; the command line goes first. `showcore policy` has the permissions that a
command needs, [security.md](security.md) the table of them.

## Exit codes

| code | meaning |
|---|---|
"""
CODES = {
    "0": "done, or nothing to do",
    "1": "error",
    "2": "wrong usage",
    "3": "there are changes (`--detailed-exitcode`, `templates --check`, `drift --fail`)",
    "4": "stopped by a guard, a rule, a failed check or your no",
    "5": "the deployment failed and was rolled back",
    "6": "the stack needs `showcore recover`",
    "7": "still running: detached, timed out, out of credentials, or begun by somebody else",
    "130": "interrupted",
}


def page() -> str:
    """The whole page."""
    codes = "".join(f"| {code} | {meaning} |\n" for code, meaning in CODES.items())
    parts = [HEAD + codes]
    # With its settings: click makes the help option once, from the first context that it meets.
    root = click.Context(cli.showcore, info_name="showcore", **cli.showcore.context_settings)
    for title, commands in cli.SECTIONS.items():
        if commands:
            parts.append(f"## {title}\n")
        for name in commands:
            command = cli.showcore.get_command(root, name)
            assert command is not None
            parts += _command(command, click.Context(command, root, name))
    return "\n".join(parts)


def _command(command: click.Command, context: click.Context, level: int = 3) -> Iterator[str]:
    usage = " ".join([context.command_path, *command.collect_usage_pieces(context)])
    yield f"{'#' * level} {context.command_path}\n"
    yield f"```text\n{usage}\n```\n"
    yield _text(command.help or "") + "\n"
    rows = [row for row in (_option(each, context) for each in command.params) if row]
    if rows:
        yield "| option | meaning |\n|---|---|\n" + "\n".join(rows) + "\n"
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None
            yield from _command(below, click.Context(below, context, name), level + 1)


def _text(help_text: str) -> str:
    """The paragraphs of a help text, each on one line."""
    paragraphs = inspect.cleandoc(help_text).replace("\b\n", "").split("\n\n")
    return "\n\n".join(re.sub(r"\s+", " ", paragraph).replace("<", "&lt;") for paragraph in paragraphs)


def _option(parameter: click.Parameter, context: click.Context) -> str | None:
    if not isinstance(parameter, click.Option) or parameter.hidden:
        return None
    record = parameter.get_help_record(context)
    assert record is not None
    spelled, meaning = record
    variable = _variable(parameter, context)
    cells = f"`{spelled}`<br>`{variable}`", meaning
    return "| " + " | ".join(" ".join(cell.split()).replace("|", "\\|") for cell in cells) + " |"


def _variable(option: click.Option, context: click.Context) -> str:
    if isinstance(option.envvar, str):
        return option.envvar
    return f"{context.auto_envvar_prefix}_{(option.name or '').upper()}"
