"""What cfn-lint says of templates, as findings.

Every file is linted, since from a root cfn-lint checks only its children's parameters and outputs. A verdict
is looked up by content first; only what is not known is judged.
"""

from __future__ import annotations

import json
import posixpath
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, cast

from showcore_cfn import fingerprint
from showcore_cfn.check import lint_cache
from showcore_cfn.check.finding import Finding, Place, in_order
from showcore_cfn.check.lint_severity import INCOMPLETE, severity
from showcore_cfn.errors import TemplateError

if TYPE_CHECKING:
    from showcore_cfn.check.lint_engine import Row

RULES_PAGE = "https://github.com/aws-cloudformation/cfn-lint/blob/main/docs/rules.md"
_NESTING = ("TemplateURL", "Location")  # properties that name another template
_SOURCES = tuple(f"check/{name}.py" for name in ("finding", "lint", "lint_engine", "lint_severity"))


def lint(
    texts: Mapping[str, str],
    *,
    verdicts: lint_cache.Verdicts = lint_cache.NOTHING_KEPT,
    only: Collection[str] | None = None,
) -> tuple[Finding, ...]:
    """The findings over templates by name, in order; over those named in `only` where it is given.

    Without `verdicts` everything is judged anew. A template that nests others by a local path is judged with
    their texts beside it.
    """
    seen = {name: seen_by(name, texts) for name in texts if only is None or name in only}
    keys = {name: _key(name, beside) for name, beside in seen.items()}
    kept = {name: verdicts.get(key) for name, key in keys.items()}
    judged = _judge({name: seen[name] for name, found in kept.items() if found is None})
    for name, findings in judged.items():
        if all(finding.rule != INCOMPLETE for finding in findings):
            verdicts.put(keys[name], findings)
    return in_order(finding for found in (*kept.values(), *judged.values()) for finding in found or ())


def seen_by(name: str, texts: Mapping[str, str]) -> dict[str, str]:
    """The texts that cfn-lint may read when it judges one: itself, and of those whose file it names the interface.

    So an edit inside a nested template leaves the verdict on the template that nests it as it was.
    """
    own = texts[name]
    if not any(word in own for word in _NESTING):
        return {name: own}
    named = (other for other in texts if other != name and posixpath.basename(other) in own)
    return {name: own, **{other: interface(texts[other]) for other in named}}


def interface(text: str) -> str:
    """What cfn-lint reads of a nested template, its parameters and outputs; the text itself where it is none.

    It decodes every nested template twice, in pure Python: for a root of ten tiers that is a third of its time.
    """
    from showcore_cfn.template.load import parse

    try:
        body = parse(text, "nested").body
    except TemplateError:
        return text
    return json.dumps({name: body[name] for name in ("Parameters", "Outputs") if name in body})


def _key(name: str, seen: Mapping[str, str]) -> str:
    return lint_cache.key(seen, name, fingerprint.sources(*_SOURCES), today=lint_cache.today)


def _judge(seen: Mapping[str, Mapping[str, str]]) -> dict[str, tuple[Finding, ...]]:
    if not seen:
        return {}
    from showcore_cfn.check.lint_engine import Job, judge

    rows = judge([Job(name, texts) for name, texts in seen.items()])
    return {name: tuple(_finding(row, name) for row in found) for name, found in zip(seen, rows, strict=True)}


def _finding(row: Row, name: str) -> Finding:
    rule, message, path, line = cast("tuple[str, str, list[str | int], int]", row)
    return Finding(
        rule=rule,
        severity=severity(rule),
        message=_sentence(message),
        document=name,
        path=tuple(path),
        line=line,
        resource=_resource(tuple(path)),
        source=f"{RULES_PAGE}#{rule}",
    )


def _sentence(message: str) -> str:
    return " ".join(message.split())


def _resource(path: Place) -> str | None:
    return path[1] if len(path) > 1 and path[0] == "Resources" and isinstance(path[1], str) else None
