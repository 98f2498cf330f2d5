"""A verification as text, JSON, JUnit and Markdown, and against an earlier one."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import jsonschema
import pytest

from showcore_cfn.errors import Exit
from showcore_cfn.verify.check import Outcome, Verdict
from showcore_cfn.verify.claim import equal, unseen
from showcore_cfn.verify.lines import LINES
from showcore_cfn.verify.registry import CHECKS
from showcore_cfn.verify.report import as_json, junit, text
from showcore_cfn.verify.result import Since, Verification
from showcore_cfn.verify.sign_off import markdown
from tests.unit.verify.world import NOW, outcome, right

SCHEMA = Path(__file__).parents[3] / "docs" / "schemas" / "verify.schema.json"
BY_ID = {each.id: each for each in CHECKS}


def made(id_: str, verdict: Verdict) -> Outcome:
    claims = {
        Verdict.PASSED: (equal("vpc-1 CIDR block", "10.0.0.0/16", "10.0.0.0/16"),),
        Verdict.FAILED: (equal("a|b", "<&\x07", "c"), equal("fine", 1, 1)),
        Verdict.BLIND: (unseen("vpc-1", "denied", "10.0.0.0/16"),),
        Verdict.OFF: (),
    }
    note = {Verdict.BLIND: "these credentials may not look", Verdict.OFF: "AccountTier is false"}.get(
        verdict, ""
    )
    return Outcome(BY_ID[id_], verdict, claims[verdict], note)


MIXED = (
    made("7.1-vpc", Verdict.PASSED),
    made("7.1-no-nat-gateway", Verdict.FAILED),
    made("12.2-cost-tags", Verdict.BLIND),
    made("13.1-trail", Verdict.OFF),
)
VERIFICATION = Verification(
    account_id="111122223333",
    region="us-east-1",
    environment="production",
    stack_name="showcore-phase1-production",
    began=NOW,
    outcomes=MIXED,
    commit="commit 1a2b3c4 by ada@laptop",
    stack_id="arn:stack",
    deployed=NOW,
    monthly_usd=87.75,
)
ALL_WELL = replace(VERIFICATION, outcomes=tuple(outcome(each.id, right()) for each in CHECKS))


@pytest.mark.parametrize(
    ("verdicts", "code"),
    [
        ([Verdict.PASSED, Verdict.OFF], Exit.DONE),
        ([Verdict.PASSED, Verdict.BLIND], Exit.ERROR),
        ([Verdict.FAILED, Verdict.BLIND], Exit.STOPPED),
        ([], Exit.ERROR),
    ],
)
def test_the_exit_code_says_whether_one_failed_or_could_not_look(verdicts: list[Verdict], code: Exit) -> None:
    outcomes = tuple(made("7.1-vpc", verdict) for verdict in verdicts)
    assert replace(VERIFICATION, outcomes=outcomes).exit_code is code


def test_the_text_has_a_total_for_each_task_and_for_all() -> None:
    said = text(VERIFICATION)
    assert "  1 passed, 1 failed\n" in said
    assert said.endswith("All: 1 passed, 1 failed, 1 could not look, 1 switched off\n")


def test_the_text_tells_what_is_wrong_and_what_to_do() -> None:
    lines = text(VERIFICATION).splitlines()
    assert "         ! a|b: <&\x07, wanted c" in lines
    assert "         ? vpc-1: denied, wanted 10.0.0.0/16" in lines
    assert f"         do: {BY_ID['7.1-no-nat-gateway'].remedy}" in lines
    assert "         these credentials may not look" in lines
    assert not any("10.0.0.0/16: 10" in line for line in lines)  # what passed is told with --verbose


def test_verbose_tells_what_passed_too() -> None:
    assert "         = vpc-1 CIDR block: 10.0.0.0/16" in text(VERIFICATION, verbose=True).splitlines()


def test_a_check_that_answers_several_tasks_is_told_in_full_once() -> None:
    told = replace(VERIFICATION, outcomes=(*MIXED, made("12.1-price-class", Verdict.PASSED)))
    lines = text(told).splitlines()
    assert sum("7.1-no-nat-gateway" in line for line in lines) == 3  # 7.1, 12.1, 13.1
    assert sum(line.startswith("         ! a|b") for line in lines) == 1


def test_a_long_list_is_cut_unless_all_is_asked_for() -> None:
    many = Outcome(BY_ID["7.1-vpc"], Verdict.FAILED, tuple(equal(f"no {n}", 0, 1) for n in range(40)))
    told = replace(VERIFICATION, outcomes=(many,))
    assert "and 28 more: --verbose shows all" in text(told)
    assert "no 39" in text(told, verbose=True)


def test_could_not_look_is_never_painted_as_fine() -> None:
    painted = text(VERIFICATION, lambda verdict, said: f"<{verdict.name}>{said.strip()}</>")
    assert "<BLIND>BLIND</> 12.2-cost-tags" in painted
    assert painted.count("<PASSED>ok</>") == 2  # 7.1-vpc, in 7.1 and 13.1


@pytest.mark.parametrize("verification", [VERIFICATION, ALL_WELL], ids=["mixed", "all-well"])
def test_the_json_is_as_its_schema_says(verification: Verification) -> None:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(json.loads(as_json(verification)), schema)


def test_the_schema_refuses_a_verdict_that_does_not_exist() -> None:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    body = json.loads(as_json(VERIFICATION))
    body["checks"][0]["verdict"] = "fine"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(body, schema)


def test_the_json_holds_every_claim() -> None:
    body = json.loads(as_json(VERIFICATION))
    assert body["totals"] == {"passed": 1, "failed": 1, "could not look": 1, "switched off": 1}
    assert body["checks"][1]["claims"][0] == {
        "subject": "a|b",
        "seen": "<&\x07",
        "wanted": "c",
        "holds": False,
    }
    assert body["checks"][0]["tasks"] == ["13.1", "7.1"]


def test_junit_counts_failures_errors_and_what_is_off() -> None:
    root = ElementTree.fromstring(junit(VERIFICATION))
    assert {key: root.get(key) for key in ("tests", "failures", "errors", "skipped")} == {
        "tests": "4",
        "failures": "1",
        "errors": "1",
        "skipped": "1",
    }
    suites = {suite.get("name"): suite for suite in root}
    assert list(suites) == ["7.1", "12.2", "13.1"]
    (failure,) = suites["7.1"].iter("failure")
    assert "<&?" in str(failure.text)
    (error,) = suites["12.2"].iter("error")
    assert error.get("message") == "these credentials may not look"


def test_the_sign_off_has_a_row_for_every_line_of_the_plan() -> None:
    said = markdown(VERIFICATION)
    for line in LINES:
        assert f"| {line.task} | {line.says} | " in said
    assert "| 12.1 | no NAT gateway | `7.1-no-nat-gateway` **failed** |" in said
    assert "| 14.1 | it fails without | `14.1-plaintext-refused` not run |" in said


def test_the_sign_off_holds_evidence_deviations_and_fields_for_people() -> None:
    said = markdown(ALL_WELL)
    assert "| vpc-1 CIDR block | 10.0.0.0/16 | 10.0.0.0/16 | yes |" in said
    assert "## Deviations from the plan" in said
    assert "AWS Backup does not cover ElastiCache" in said
    for title in ("## Approval", "## Lessons learned", "## Recommendations for Phase 2"):
        assert title in said
    assert "| Commit | commit 1a2b3c4 by ada@laptop |" in said
    assert "| Estimate | 87.75 USD a month |" in said


def test_the_sign_off_puts_first_what_is_to_be_settled() -> None:
    said = markdown(VERIFICATION)
    head = said[: said.index("## 7.")]
    assert "- **failed** `7.1-no-nat-gateway` No NAT gateway. a|b: <&\x07, wanted c. Delete it:" in head
    assert "- **could not look** `12.2-cost-tags`" in head
    assert "To be settled" not in markdown(replace(VERIFICATION, outcomes=MIXED[:1]))


def test_a_table_cell_holds_no_border_of_its_own() -> None:
    assert "| a\\|b | <&\x07 | c | **no** |" in markdown(VERIFICATION)


@pytest.mark.parametrize(
    ("before", "now", "since"),
    [
        ("passed", Verdict.FAILED, Since.BROKEN),
        ("could not look", Verdict.FAILED, Since.BROKEN),
        ("failed", Verdict.FAILED, Since.STILL),
        ("failed", Verdict.PASSED, Since.MENDED),
        ("could not look", Verdict.PASSED, Since.MENDED),
        ("passed", Verdict.PASSED, Since.SAME),
        ("passed", Verdict.BLIND, Since.LOST_SIGHT),
        ("could not look", Verdict.BLIND, Since.STILL),
        ("passed", Verdict.OFF, Since.SAME),
        (None, Verdict.PASSED, Since.NEW),
    ],
)
def test_a_check_is_compared_with_the_earlier_report(before: str | None, now: Verdict, since: Since) -> None:
    earlier = {"7.1-subnets": "passed"} | ({"7.1-vpc": before} if before else {})
    found = replace(VERIFICATION, earlier=earlier, outcomes=(made("7.1-vpc", now),))
    assert found.since(found.outcomes[0]) is since
    assert (f"({since})" in text(found)) == (since is not Since.SAME)


def test_without_an_earlier_report_nothing_is_compared() -> None:
    assert {VERIFICATION.since(each) for each in MIXED} == {Since.SAME}
