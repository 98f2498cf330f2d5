"""What a rule says of a template, and when a run of the validator has failed.

Every checker (cfn-lint, the plan's own rules, the rules of AWS) speaks in `Finding`s; every report
reads them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from showcore_cfn.errors import Exit

PLAN_PREFIX = "PLAN-"  # of the ids of the plan's own rules
Place: TypeAlias = tuple[str | int, ...]


class Severity(StrEnum):
    """How much a finding matters, worst first."""

    REFUSED = "refused"  # CloudFormation or the service answers with an error
    DEAD = "dead"  # the deployment succeeds and the thing does not work, silently
    RISK = "risk"  # works, until data, money or access is lost
    COST = "cost"  # works, and costs more than it needs to
    STYLE = "style"  # works; the next reader stumbles

    @property
    def rank(self) -> int:
        """0 for the worst."""
        return list(Severity).index(self)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong at one place of one template."""

    rule: str  # "SC-RDS-003", "E3012", "PLAN-..."
    severity: Severity
    message: str
    document: str  # file name, as in Document.name
    path: Place  # into the document's body: ("Resources", "Database", "Properties", "Port")
    line: int  # 1-based
    resource: str | None = None  # logical id
    remedy: str = ""
    source: str = ""  # address of the page that says so

    def sort_key(self) -> tuple[int, str, int, str, str]:
        """Worst first, then by file, line and rule."""
        return (self.severity.rank, self.document, self.line, self.rule, self.message)


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings, worst first, each once."""
    return tuple(sorted(set(findings), key=Finding.sort_key))


def failing(findings: Iterable[Finding], *, strict: bool = False) -> tuple[Finding, ...]:
    """Those that fail a run: refused and dead; with `strict` risk too. Cost and style never do.

    The plan's own rules always do, whatever breaking one leads to: they run only for those who ask for them.
    """
    worst = Severity.RISK.rank if strict else Severity.DEAD.rank
    return tuple(
        finding
        for finding in findings
        if finding.severity.rank <= worst or finding.rule.startswith(PLAN_PREFIX)
    )


def exit_code(findings: Iterable[Finding], *, strict: bool = False) -> Exit:
    """`Exit.STOPPED` where anything fails the run, else `Exit.DONE`."""
    return Exit.STOPPED if failing(findings, strict=strict) else Exit.DONE
