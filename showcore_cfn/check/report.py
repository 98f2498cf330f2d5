"""Findings as text for people and for machines: one door, five formats.

`render` is pure: the templates' texts come in as a mapping, so that the same findings can be drawn with
the lines around them. Colour is the caller's business: `paint` receives a severity and a piece of text.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum

from showcore_cfn.check.finding import Finding, Severity, in_order
from showcore_cfn.check.report_junit import junit
from showcore_cfn.check.report_sarif import sarif

Paint = Callable[[Severity, str], str]
AROUND_LINES = 1  # template lines shown before and after the guilty one


class Format(StrEnum):
    """The formats of `showcore validate --format`."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"
    JUNIT = "junit"
    GITHUB = "github"


def unpainted(_severity: Severity, text: str) -> str:
    """The text as it is."""
    return text


def render(
    form: Format,
    findings: Sequence[Finding],
    texts: Mapping[str, str],
    *,
    folder: str = "",
    paint: Paint = unpainted,
    strict: bool = False,
) -> str:
    """The whole report, ending with a newline.

    `texts` maps a document's name to its text; `folder` goes before the names where a machine needs a path
    from the repository's top ("templates"). `strict` decides, as for the exit code, what JUnit calls a failure.
    """
    ordered = in_order(findings)
    match form:
        case Format.TEXT:
            return text(ordered, texts, paint)
        case Format.JSON:
            return as_json(ordered, folder)
        case Format.SARIF:
            return sarif(ordered, folder)
        case Format.JUNIT:
            return junit(ordered, tuple(texts), folder, strict=strict)
        case Format.GITHUB:
            return github(ordered, folder)


def total_line(findings: Sequence[Finding], files: int) -> str:
    """ "2 refused, 1 dead in 11 templates", or that there is nothing to say."""
    where = f"in {files} template{'' if files == 1 else 's'}"
    counts = [(sum(f.severity is severity for f in findings), severity) for severity in Severity]
    named = ", ".join(f"{count} {severity}" for count, severity in counts if count)
    return f"{named} {where}" if named else f"nothing found {where}"


def text(findings: Sequence[Finding], texts: Mapping[str, str], paint: Paint = unpainted) -> str:
    """Findings grouped by file, worst file first, each with its template lines; a total line at the end."""
    files = list(dict.fromkeys(finding.document for finding in findings))
    blocks = [
        _file_block(name, [f for f in findings if f.document == name], texts.get(name, ""), paint)
        for name in files
    ]
    return "\n".join([*blocks, total_line(findings, len(texts)) + "\n"])


def _file_block(name: str, findings: Sequence[Finding], source: str, paint: Paint) -> str:
    lines = source.splitlines()
    return f"{name}\n" + "\n".join(_block(finding, lines, paint) for finding in findings)


def _block(finding: Finding, lines: Sequence[str], paint: Paint) -> str:
    says_where = not finding.resource or finding.message.startswith(f"{finding.resource} ")
    where = "" if says_where else f" {finding.resource}"
    head = f"  {paint(finding.severity, finding.severity)} {finding.rule}{where}: {finding.message}"
    tail = [
        f"    {label}: {said}" for label, said in (("do", finding.remedy), ("see", finding.source)) if said
    ]
    return "\n".join([head, *excerpt(finding, lines, paint), *tail]) + "\n"


def excerpt(finding: Finding, lines: Sequence[str], paint: Paint = unpainted) -> list[str]:
    """The guilty line with its neighbours, numbered, and a caret under the guilty word."""
    if not 1 <= finding.line <= len(lines):
        return []
    first, last = max(1, finding.line - AROUND_LINES), min(len(lines), finding.line + AROUND_LINES)
    width = len(str(last))
    shown: list[str] = []
    for number in range(first, last + 1):
        shown.append(f"    {number:>{width}} | {lines[number - 1]}".rstrip())
        if number == finding.line:
            start, length = caret(finding, lines[number - 1])
            shown.append(f"    {'':>{width}} | {' ' * start}{paint(finding.severity, '^' * length)}")
    return shown


def caret(finding: Finding, line: str) -> tuple[int, int]:
    """Column (0-based) and length of what to underline: the path's last name in the line, else all."""
    names = [part for part in finding.path if isinstance(part, str)]
    for name in reversed(names):
        if name in line:
            return line.index(name), len(name)
    stripped = line.strip()
    return (line.index(stripped), len(stripped)) if stripped else (0, 1)


def path_of(document: str, folder: str) -> str:
    """The document's path with forward slashes, from where the folder's own path starts."""
    return f"{folder.rstrip('/')}/{document}" if folder and folder != "." else document


def as_json(findings: Sequence[Finding], folder: str = "") -> str:
    """A stable object: `findings` (each with every field of a Finding) and `totals` by severity."""
    rows = [
        {
            "rule": f.rule,
            "severity": f.severity.value,
            "message": f.message,
            "file": path_of(f.document, folder),
            "line": f.line,
            "path": list(f.path),
            "resource": f.resource,
            "remedy": f.remedy,
            "source": f.source,
        }
        for f in findings
    ]
    totals = {severity.value: sum(f.severity is severity for f in findings) for severity in Severity}
    return json.dumps({"findings": rows, "totals": totals}, indent=2) + "\n"


GITHUB_COMMANDS = {
    Severity.REFUSED: "error",
    Severity.DEAD: "error",
    Severity.RISK: "warning",
    Severity.COST: "notice",
    Severity.STYLE: "notice",
}


def github(findings: Sequence[Finding], folder: str = "") -> str:
    """Workflow commands that GitHub turns into annotations on the changed lines.

    https://docs.github.com/actions/reference/workflow-commands-for-github-actions
    """
    return "".join(
        f"::{GITHUB_COMMANDS[f.severity]} file={_property(path_of(f.document, folder))},line={f.line},"
        f"title={_property(f.rule)}::{_data(' '.join(part for part in (f.message, f.remedy) if part))}\n"
        for f in findings
    )


def _data(said: str) -> str:
    return said.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(said: str) -> str:
    return _data(said).replace(":", "%3A").replace(",", "%2C")
