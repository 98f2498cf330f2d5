"""A verification as Markdown for the sign-off of the plan, 17.3: the evidence, and room for a person's word."""

from __future__ import annotations

from collections.abc import Iterator

from showcore_cfn.verify.check import Outcome, Verdict
from showcore_cfn.verify.claim import moment
from showcore_cfn.verify.lines import LINES, SECTION_TITLES, Line
from showcore_cfn.verify.registry import CHECKS
from showcore_cfn.verify.result import Since, Verification, total_line

_WORDS = {
    Verdict.PASSED: "passed",
    Verdict.FAILED: "**failed**",
    Verdict.BLIND: "**could not look**",
    Verdict.OFF: "switched off",
}
_NOT_RUN = "not run"
_FIELDS = """\
## Approval

| | |
|---|---|
| Approved for completion of Phase 1 | yes / no |
| Name | |
| Role | |
| Date | |
| Conditions | |

## Lessons learned

-

## Recommendations for Phase 2

-
"""


def markdown(verification: Verification) -> str:
    """The whole report; every line of the tasks has a row, also where nothing was run for it."""
    v = verification
    parts = [
        f"# Phase 1 verification: {v.stack_name}\n",
        _facts(v),
        _summary(v),
        *(_section(v, section) for section in SECTION_TITLES),
        _evidence(v),
        _deviations(),
        _FIELDS,
    ]
    return "\n".join(part for part in parts if part)


def _facts(v: Verification) -> str:
    rows = {
        "Account": f"{v.account_id}, {v.region}",
        "Environment": v.environment,
        "Stack": v.stack_id or v.stack_name,
        "Deployed": moment(v.deployed) if v.deployed else "unknown",
        "Verified": moment(v.began),
        "Commit": v.commit or "unknown",
        "Estimate": f"{v.monthly_usd:.2f} USD a month" if v.monthly_usd is not None else "unknown",
        "Compared with": v.earlier_began or "nothing",
    }
    return "| | |\n|---|---|\n" + "".join(f"| {name} | {_cell(value)} |\n" for name, value in rows.items())


def _summary(v: Verification) -> str:
    lines = [f"**{total_line(v.outcomes)}.**\n"]
    wrong = [each for each in v.outcomes if each.verdict in (Verdict.FAILED, Verdict.BLIND)]
    if wrong:
        lines.append("To be settled before approval:\n")
        lines += [
            f"- {_WORDS[each.verdict]} `{each.check.id}` {each.check.title}. {_reason(each)}"
            for each in wrong
        ]
        lines.append("")
    return "\n".join(lines)


def _reason(outcome: Outcome) -> str:
    """The first thing wrong, and the remedy of a failure."""
    claims = outcome.failures or outcome.unseen
    first = (
        f"{claims[0].subject}: {claims[0].seen}, wanted {claims[0].wanted}." if claims else f"{outcome.note}."
    )
    return f"{first} {outcome.check.remedy}" if outcome.verdict is Verdict.FAILED else first


def _section(v: Verification, section: str) -> str:
    by_id = {each.check.id: each for each in v.outcomes}
    lines = [line for line in LINES if line.task.split(".")[0] == section]
    rows = "".join(f"| {line.task} | {_cell(line.says)} | {_answer(line, by_id)} |\n" for line in lines)
    return f"## {section}. {SECTION_TITLES[section]}\n\n| task | line of the plan | answer |\n|---|---|---|\n{rows}"


def _answer(line: Line, by_id: dict[str, Outcome]) -> str:
    if line.otherwise:
        return _cell(line.otherwise)
    said = [f"`{id}` {_WORDS[by_id[id].verdict] if id in by_id else _NOT_RUN}" for id in line.checks]
    return "<br>".join(said)


def _evidence(v: Verification) -> str:
    blocks = [_block(v, each) for each in v.outcomes]
    return "## Evidence\n\n" + "\n".join(blocks)


def _block(v: Verification, outcome: Outcome) -> str:
    since = v.since(outcome)
    more = f" ({since})" if since is not Since.SAME else ""
    head = f"### `{outcome.check.id}` {_WORDS[outcome.verdict]}{more}\n\n{outcome.check.title}.\n"
    note = f"\n{outcome.note}.\n" if outcome.note else ""
    remedy = f"\nRemedy: {outcome.check.remedy}\n" if outcome.verdict is Verdict.FAILED else ""
    rows = "".join(_rows(outcome))
    table = f"\n| what | seen | wanted | holds |\n|---|---|---|---|\n{rows}" if rows else ""
    return head + note + remedy + table


def _rows(outcome: Outcome) -> Iterator[str]:
    for claim in outcome.claims:
        holds = {True: "yes", False: "**no**", None: "**not seen**"}[claim.holds]
        yield f"| {_cell(claim.subject)} | {_cell(claim.seen)} | {_cell(claim.wanted)} | {holds} |\n"


def _deviations() -> str:
    """Where AWS makes the plan's words impossible, of all checks: they hold whether or not one ran."""
    found: dict[str, list[str]] = {}
    for each in CHECKS:
        if each.deviation:
            found.setdefault(each.deviation, []).append(each.id)
    rows = "".join(
        f"| {_cell(says)} | {', '.join(f'`{id}`' for id in ids)} |\n" for says, ids in found.items()
    )
    return f"## Deviations from the plan\n\n| what is so | seen in |\n|---|---|\n{rows}"


def _cell(text: str) -> str:
    """Text that can stand in a table."""
    return text.replace("|", "\\|").replace("\n", " ")
