"""Everything that can be said of templates before AWS sees them.

cfn-lint judges their shape, the rules of `check/rules` what AWS refuses or what silently does not work, and,
where they are asked for, those of `check/policy` what the plan decides.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from showcore_cfn import fingerprint
from showcore_cfn.caches import cache_path
from showcore_cfn.check import lint_cache
from showcore_cfn.check.finding import Finding, in_order

if TYPE_CHECKING:
    from pathlib import Path

    from showcore_cfn.check.sources import Sources
    from showcore_cfn.template.load import Problem

_NOTHING: Mapping[str, str] = MappingProxyType({})
_DECIDE = (  # the sources that decide a verdict
    *("check", "review", "template"),
    *("__init__.py", "caches.py", "errors.py", "files.py", "fingerprint.py", "template_files.py"),
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found, in the templates' own words."""

    findings: tuple[Finding, ...]
    notes: tuple[str, ...]  # what could not be looked into, or what these settings cannot give
    texts: dict[str, str]  # what was judged, by name
    folder: Path  # that the names are relative to


def validate(
    path: Path,
    *,
    plan_rules: bool = False,
    parameters: Mapping[str, str] = _NOTHING,
    verdicts: lint_cache.Verdicts = lint_cache.NOTHING_KEPT,
) -> Verdict:
    """Judge a folder of templates, or one file with those that it nests.

    `parameters` are the root's; without them its defaults hold. Raises TemplateError where there is nothing to
    judge.
    """
    from showcore_cfn.check.sources import sources

    found = sources(path)
    findings, notes = _judge(found, plan_rules, parameters, verdicts)
    return Verdict(findings, notes, found.texts, path if path.is_dir() else path.parent)


def check_generated(files: Mapping[str, str], *, use_cache: bool = True) -> tuple[Finding, ...]:
    """Judge our own templates, by name, as they were generated: cfn-lint, the rules of AWS and the plan's.

    The whole verdict is kept by content, so nothing at all is imported for templates that were judged before.
    """
    verdicts = kept_verdicts() if use_cache else lint_cache.NOTHING_KEPT
    key = lint_cache.key(files, "generated", fingerprint.sources(*_DECIDE), today=lint_cache.today)
    kept = verdicts.get(key)
    if kept is not None:
        return kept
    from showcore_cfn.check.sources import from_texts

    findings, _ = _judge(from_texts(files), True, _NOTHING, verdicts)
    verdicts.put(key, findings)
    return findings


def kept_verdicts() -> lint_cache.Verdicts:
    """The verdicts of earlier runs, in the clone's or the user's cache folder."""
    return lint_cache.Verdicts(f"{cache_path(os.environ)}/lint")


def _judge(
    found: Sources, plan_rules: bool, parameters: Mapping[str, str], verdicts: lint_cache.Verdicts
) -> tuple[tuple[Finding, ...], tuple[str, ...]]:
    """The findings of all rules in order, and what to say beside them."""
    from showcore_cfn.check.lint import lint
    from showcore_cfn.check.rules import check_all
    from showcore_cfn.review.resolve import resolve

    templates = found.templates
    nest = resolve(templates, parameters, everything=True)
    readable = {name: document.text for name, document in templates.documents.items()}
    findings = [*found.findings, *lint(readable, verdicts=verdicts), *check_all(nest, templates)]
    notes: list[str] = []
    if plan_rules:
        from showcore_cfn.check import policy

        findings.extend(policy.check_plan(nest, templates))
        notes.extend(policy.notes(nest, templates))
    return in_order(findings), (*_unsaid(nest.problems, findings), *notes)


def _unsaid(problems: Iterable[Problem], findings: Iterable[Finding]) -> Iterator[str]:
    """The problems of resolving that no finding speaks of."""
    said = {(finding.document, finding.line) for finding in findings}
    for problem in problems:
        line = problem.line or 1
        if (problem.name, line) not in said:
            yield f"{problem.name}:{line}: {problem.sentence}"
