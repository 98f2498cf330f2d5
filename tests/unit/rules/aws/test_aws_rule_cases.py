"""Every rule accepts its good case and finds its bad ones."""

from __future__ import annotations

import pytest

from showcore_cfn.check.finding import Finding
from showcore_cfn.check.rules import TOPICS, Case, cases, check_all, rules
from showcore_cfn.review.resolve import resolve
from showcore_cfn.template.load import load_set

ALL = [case for topic in TOPICS for case in cases(topic)]


def findings(case: Case) -> tuple[Finding, ...]:
    templates = load_set(case.documents)
    return check_all(resolve(templates), templates)


def named(good: bool) -> list[object]:
    counts: dict[str, int] = {}
    found: list[object] = []
    for case in ALL:
        if case.good is good:
            counts[case.rule] = counts.get(case.rule, 0) + 1
            found.append(pytest.param(case, id=f"{case.rule}-{counts[case.rule]}"))
    return found


@pytest.mark.parametrize("case", named(good=False))
def test_a_bad_case_is_found(case: Case) -> None:
    assert case.rule in {finding.rule for finding in findings(case)}


@pytest.mark.parametrize("case", named(good=True))
def test_a_good_case_gives_no_finding_at_all(case: Case) -> None:
    assert findings(case) == ()


def test_every_rule_has_a_good_and_a_bad_case() -> None:
    for good in (True, False):
        assert {case.rule for case in ALL if case.good is good} == {rule.id for rule in rules()}
