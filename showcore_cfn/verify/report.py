"""A verification as text for a terminal and for machines: JSON and JUnit. Markdown stands in `sign_off`."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from xml.etree import ElementTree

from showcore_cfn.template.json_types import Json
from showcore_cfn.verify.check import Outcome, Verdict
from showcore_cfn.verify.claim import moment
from showcore_cfn.verify.lines import SECTION_TITLES, sections_of
from showcore_cfn.verify.result import Since, Verification, total_line

SCHEMA_VERSION = 1
_MOST_LINES = 12  # of one check in the text, unless all are asked for
_SYMBOLS = {Verdict.PASSED: "ok", Verdict.FAILED: "FAILED", Verdict.BLIND: "BLIND", Verdict.OFF: "off"}
Paint = Callable[[Verdict, str], str]


def plain(_verdict: Verdict, text: str) -> str:
    """The text as it is."""
    return text


def tasks(verification: Verification) -> list[str]:
    """The tasks of the plan that one of the outcomes is at home in, in its order."""
    found = {each.check.section for each in verification.outcomes}
    return sorted(found, key=lambda task: [int(part) for part in task.split(".")])


def tasks_of(outcome: Outcome) -> set[str]:
    """A check's own task, and the others whose lines it answers."""
    return {outcome.check.section, *sections_of(outcome.check.id)}


def text(verification: Verification, paint: Paint = plain, *, verbose: bool = False) -> str:
    """One block a task, with a total line each. What is wrong is told where the check is at home."""
    v = verification
    head = f"{v.stack_name} in {v.account_id} {v.region}, {moment(v.began)}\n"
    blocks = [_block(v, task, paint, verbose) for task in tasks(v)]
    tail = f"All: {total_line(v.outcomes)}"
    return "\n".join([head, *blocks, tail]) + "\n"


def _block(v: Verification, task: str, paint: Paint, verbose: bool) -> str:
    outcomes = tuple(each for each in v.outcomes if task in tasks_of(each))
    lines = [f"{task}  {SECTION_TITLES[task.split('.', maxsplit=1)[0]]}"]
    for each in outcomes:
        at_home = each.check.section == task
        lines.append(_line(v, each, paint))
        if at_home and (verbose or each.verdict is not Verdict.PASSED):
            lines += _details(each, verbose)
    return "\n".join([*lines, f"  {total_line(outcomes)}", ""])


def _line(v: Verification, outcome: Outcome, paint: Paint) -> str:
    symbol = paint(outcome.verdict, f"{_SYMBOLS[outcome.verdict]:<6}")
    since = v.since(outcome)
    more = f"  ({since})" if since is not Since.SAME else ""
    return f"  {symbol} {outcome.check.id:<27} {outcome.check.title}{more}"


def _details(outcome: Outcome, verbose: bool) -> Iterator[str]:
    wrong = (*outcome.failures, *outcome.unseen)
    shown = outcome.claims if verbose else wrong[:_MOST_LINES]
    for claim in shown:
        mark = {True: "=", False: "!", None: "?"}[claim.holds]
        wanted = "" if claim.holds else f", wanted {claim.wanted}"
        yield f"         {mark} {claim.subject}: {claim.seen}{wanted}"
    if len(wrong) > len(shown):
        yield f"         and {len(wrong) - len(shown)} more: --verbose shows all"
    if outcome.note:
        yield f"         {outcome.note}"
    if outcome.verdict is Verdict.FAILED:
        yield f"         do: {outcome.check.remedy}"


def as_json(verification: Verification) -> str:
    """The stable form, described by docs/schemas/verify.schema.json."""
    v = verification
    body: dict[str, Json] = {
        "version": SCHEMA_VERSION,
        "account_id": v.account_id,
        "region": v.region,
        "environment": v.environment,
        "stack": v.stack_name,
        "stack_id": v.stack_id or None,
        "commit": v.commit or None,
        "began": v.began.isoformat(),
        "deployed": v.deployed.isoformat() if v.deployed else None,
        "estimate_monthly_usd": v.monthly_usd,
        "since": v.earlier_began or None,
        "totals": {verdict.value: v.count(verdict) for verdict in Verdict},
        "checks": [_outcome_json(v, each) for each in v.outcomes],
    }
    return json.dumps(body, indent=2) + "\n"


def _outcome_json(v: Verification, outcome: Outcome) -> Json:
    claims: list[Json] = [
        {"subject": claim.subject, "seen": claim.seen, "wanted": claim.wanted, "holds": claim.holds}
        for claim in outcome.claims
    ]
    return {
        "id": outcome.check.id,
        "title": outcome.check.title,
        "tasks": [*sorted(tasks_of(outcome))],
        "verdict": outcome.verdict.value,
        "since": v.since(outcome).value or None,
        "note": outcome.note or None,
        "remedy": outcome.check.remedy,
        "deviation": outcome.check.deviation or None,
        "claims": claims,
    }


def junit(verification: Verification) -> str:
    """A suite for each task where checks are at home; what could not look is an error, what is off is skipped."""
    v = verification
    root = ElementTree.Element(
        "testsuites",
        name=f"showcore verify {v.stack_name}",
        tests=str(len(v.outcomes)),
        failures=str(v.count(Verdict.FAILED)),
        errors=str(v.count(Verdict.BLIND)),
        skipped=str(v.count(Verdict.OFF)),
    )
    for task in tasks(v):
        _suite(root, task, [each for each in v.outcomes if each.check.section == task], v)
    ElementTree.indent(root)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ElementTree.tostring(root, encoding="unicode")}\n'


def _suite(root: ElementTree.Element, task: str, outcomes: list[Outcome], v: Verification) -> None:
    if not outcomes:
        return
    counts: dict[str, str] = {
        name: str(sum(each.verdict is verdict for each in outcomes))
        for name, verdict in (
            ("failures", Verdict.FAILED),
            ("errors", Verdict.BLIND),
            ("skipped", Verdict.OFF),
        )
    }
    about = {"name": task, "tests": str(len(outcomes)), "timestamp": v.began.isoformat()}
    suite = ElementTree.SubElement(root, "testsuite", about | counts)
    for each in outcomes:
        case = ElementTree.SubElement(suite, "testcase", name=each.check.id, classname=f"verify.{task}")
        kind = {Verdict.FAILED: "failure", Verdict.BLIND: "error", Verdict.OFF: "skipped"}.get(each.verdict)
        if kind:
            said = ElementTree.SubElement(case, kind, message=_clean(each.note or each.check.title))
            said.text = _clean("\n".join(line.strip() for line in _details(each, verbose=False)))


def _clean(said: str) -> str:
    """Without the control characters that XML does not allow."""
    return "".join(char if char in "\t\n" or char >= " " else "?" for char in said)
