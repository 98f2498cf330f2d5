"""docs/validator.md and the texts of the rules."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from showcore_cfn.check.rules import Rule, find, rules
from showcore_cfn.check.rules.document import page

PAGE = Path(__file__).parents[4] / "docs" / "validator.md"
PLACES = ("docs.aws.amazon.com/", "github.com/aws-cloudformation/", "docs.amazonaws.")


def test_the_page_is_what_the_rules_say() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run `make docs`"


def test_there_are_more_than_four_hundred_rules() -> None:
    assert len(rules()) > 400


def test_no_id_is_given_twice() -> None:
    ids = [rule.id for rule in rules()]
    assert sorted(ids) == sorted(set(ids))


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: str(rule.id))
def test_a_rule_says_what_why_and_where(rule: Rule) -> None:
    assert re.fullmatch(r"SC-[A-Z0-9]+-\d{3}", rule.id)
    assert rule.source.startswith("https://")
    assert any(place in rule.source for place in PLACES)
    for text in (rule.title, rule.why, rule.remedy):
        assert text.isascii()
    assert rule.why.endswith((".", ")"))
    assert not rule.title.endswith(".")


def test_a_rule_is_found_by_its_id_in_any_letters() -> None:
    rule = find(" sc-rds-003 ")
    assert rule is not None
    assert rule.title == "The backup window does not overlap the maintenance window"
    assert find("SC-RDS-999") is None
