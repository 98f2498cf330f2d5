"""check/finding.py: the order of findings and what fails a run."""

from __future__ import annotations

from dataclasses import replace

import pytest

from showcore_cfn.check.finding import Finding, Severity, exit_code, failing, in_order
from showcore_cfn.errors import Exit

ONE = Finding("SC-RDS-003", Severity.REFUSED, "said", "a.yaml", ("Resources", "Db"), 3, "Db")


def test_the_worst_comes_first_then_file_line_and_rule() -> None:
    style = replace(ONE, severity=Severity.STYLE, line=1)
    dead = replace(ONE, severity=Severity.DEAD, document="b.yaml")
    later = replace(ONE, line=9)
    assert in_order([style, later, dead, ONE, ONE]) == (ONE, later, dead, style)


@pytest.mark.parametrize(
    ("severity", "plain", "strict"),
    [
        (Severity.REFUSED, Exit.STOPPED, Exit.STOPPED),
        (Severity.DEAD, Exit.STOPPED, Exit.STOPPED),
        (Severity.RISK, Exit.DONE, Exit.STOPPED),
        (Severity.COST, Exit.DONE, Exit.DONE),
        (Severity.STYLE, Exit.DONE, Exit.DONE),
    ],
)
def test_refused_and_dead_stop_a_run_and_strict_counts_risk(
    severity: Severity, plain: Exit, strict: Exit
) -> None:
    findings = [replace(ONE, severity=severity)]
    assert (exit_code(findings), exit_code(findings, strict=True)) == (plain, strict)


def test_nothing_found_is_done() -> None:
    assert exit_code([]) is Exit.DONE
    assert failing([]) == ()
