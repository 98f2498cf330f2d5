"""How many of the rules' bad cases cfn-lint lets through: that is what the rules are for."""

from __future__ import annotations

from functools import cache

from cfnlint.config import ConfigMixIn
from cfnlint.decode.decode import decode_str
from cfnlint.runner import Runner, run_template_by_data

from showcore_cfn.check.rules import TOPICS, Case, cases

LEAST = 150


@cache
def passed_by_cfn_lint() -> frozenset[str]:
    """The rules of which cfn-lint reports nothing in at least one bad case that it does not report in the good."""
    found: set[str] = set()
    for case in (case for topic in TOPICS for case in cases(topic) if not case.good):
        if case.rule not in found and not complaints(case):
            found.add(case.rule)
    return frozenset(found)


def complaints(case: Case) -> set[str]:
    runner = linter()
    templates = (decode_str(text)[0] for text in case.documents.values())
    return {
        match.rule.id
        for template in templates
        for match in run_template_by_data(template, runner.config, runner.rules)
    }


@cache
def linter() -> Runner:
    """cfn-lint with its own rules, loaded once."""
    return Runner(ConfigMixIn(regions=["us-east-1"]))


def test_cfn_lint_passes_a_bad_case_of_at_least_150_rules() -> None:
    assert len(passed_by_cfn_lint()) >= LEAST
