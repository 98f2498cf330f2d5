"""What `showcore runbook` needs: whose names are filled in, and a runbook as a terminal shows it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from showcore_cfn import console
from showcore_cfn.aws.failures import AwsError
from showcore_cfn.commands._given import Where
from showcore_cfn.runbooks import Runbook
from showcore_cfn.runbooks.names import OUTPUTS, RESOURCES, deployed, names
from showcore_cfn.settings import Settings, load, plan_defaults

_LINK = re.compile(r"\[([^\]]+)\]\(([^)]+)\)")
_ONLY_AWS_KNOWS = OUTPUTS.keys() | RESOURCES.keys()


def listed(books: Iterable[Runbook], output: str) -> str:
    """Names and what each is for."""
    if output == "markdown":
        return "\n".join(f"- [{book.title}]({book.name}.md): {book.summary}" for book in books)
    rows = [(book.name, book.title) for book in books]
    width = max(len(name) for name, _ in rows)
    return "\n".join(f"{name:<{width}}  {title}" for name, title in rows)


def names_of(book: Runbook, where: Where, *, offline: bool) -> dict[str, str]:
    """What stands in the braces: the settings' names, and the deployed ids where they can be asked for."""
    settings = _settings(where)
    if settings is None:
        console.notice(f"There is no {where.settings_file}: the names are the plan's.")
        return names(plan_defaults())
    known = names(settings, where.env)
    if not offline and book.placeholders & _ONLY_AWS_KNOWS:
        known |= _asked(book, where, settings)
    return known


def plain(markdown: str) -> str:
    """Markdown for a terminal: headings in bold, commands set in without their fences, links spelled out."""
    lines, fenced = [], False
    for line in markdown.splitlines():
        if line.lstrip().startswith("```"):
            fenced = not fenced
        elif fenced:
            lines.append(f"    {line}".rstrip())
        elif line.startswith("#"):
            lines.append(console.paint(line.lstrip("# "), bold=True))
        else:
            lines.append(_LINK.sub(_spelled, line))
    return "\n".join(lines)


def _spelled(link: re.Match[str]) -> str:
    """Another runbook by its command, anything else by its address."""
    text, address = link.groups()
    if address.endswith(".md") and "/" not in address:
        return f"{text} (showcore runbook {address.removesuffix('.md')})"
    return f"{text} ({address})"


def _settings(where: Where) -> Settings | None:
    """The settings; None where no file was asked for and none is there."""
    path = Path(where.settings_file)
    if not path.exists() and where.env is None:
        return None
    return load(path, where.env)


def _asked(book: Runbook, where: Where, settings: Settings) -> dict[str, str]:
    """The deployed ids. AWS that cannot be asked is no error: a runbook is read when things are broken."""
    from showcore_cfn.commands._looking import look

    try:
        here = look(where)
        if here.stack is not None:
            return deployed(here.cloudformation, here.stack, sorted(book.placeholders))
    except AwsError as error:
        console.notice(f"{error} Ids stand in angle brackets.")
        return {}
    console.notice(f"There is no stack {settings.stack_name}: ids stand in angle brackets.")
    return {}
