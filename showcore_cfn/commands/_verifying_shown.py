"""What `showcore verify` shows: the list of checks, what will be made, an earlier report, and this one."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_UP, Decimal
from pathlib import Path

from showcore_cfn import console
from showcore_cfn.errors import UsageError
from showcore_cfn.template.json_types import Json
from showcore_cfn.verify.check import Check, Verdict, Way
from showcore_cfn.verify.lines import LINES, SECTION_TITLES
from showcore_cfn.verify.registry import CHECKS
from showcore_cfn.verify.report import as_json, junit, text
from showcore_cfn.verify.result import Verification
from showcore_cfn.verify.sign_off import markdown

_COLOURS = {Verdict.PASSED: "green", Verdict.FAILED: "red", Verdict.BLIND: "yellow", Verdict.OFF: "blue"}
_PROBE_HOURS = Decimal("0.25")
_DRILL_HOURS = Decimal(2)


@dataclass(frozen=True, slots=True)
class Earlier:
    """What an earlier report said of each check, and when."""

    verdicts: Mapping[str, str] = field(default_factory=dict)
    began: str = ""


def earlier(file: str | None) -> Earlier:
    """An earlier report. Raises UsageError where the file is none."""
    if file is None:
        return Earlier()
    try:
        report = json.loads(Path(file).read_text(encoding="utf-8"))
        verdicts = {str(row["id"]): str(row["verdict"]) for row in report["checks"]}
        return Earlier(verdicts, str(report["began"]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        said = f"{type(error).__name__}: {error}"
        raise UsageError(f"{file} is no report of `showcore verify -o json` ({said}).") from error


def tell(verification: Verification, output: str, verbose: bool) -> None:
    """Print the report in the form that was asked for."""
    match output:
        case "json":
            console.result(as_json(verification))
        case "junit":
            console.result(junit(verification))
        case "markdown":
            console.result(markdown(verification))
        case _:
            console.result(text(verification, _painted, verbose=verbose))


def tell_list(wanted: Collection[str] | None, output: str) -> None:
    """Print the checks: all of them, under every line of the plan, or those that are wanted."""
    if output == "json":
        mine = [each for each in CHECKS if wanted is None or each.id in wanted]
        console.result(json.dumps([_listed(each) for each in mine], indent=2))
    elif output == "markdown":
        console.result(coverage(wanted))
    else:
        console.result(_list_text(wanted))


def announcements(checks: Sequence[Check]) -> list[str]:
    """What these checks do to the account beside looking, for how long and how much."""
    ways, said = {each.way for each in checks}, []
    if any(_needs_instance(each) for each in checks):
        cost = _usd({"ec2.t3.micro.linux.hour": _PROBE_HOURS})
        said.append(f"A test instance stands in the private subnet for about ten minutes: {cost} USD.")
    if any(each.section == "14.5" for each in checks):
        said.append("A test page is put into the assets bucket, and deleted.")
    if Way.RESTORE_DRILL in ways:
        prices = {
            "rds.db.t3.micro.postgres.single_az.hour": 2 * _DRILL_HOURS,
            "elasticache.cache.t3.micro.redis.hour": _DRILL_HOURS,
        }
        said.append(
            f"Databases and a cache are restored and deleted again: one to two hours, at most {_usd(prices)} USD."
        )
    if Way.ALARM_DRILL in ways:
        said.append(
            "Every alarm is set off and put back: mail goes to all confirmed addresses, twice for each."
        )
    return said


def _needs_instance(check: Check) -> bool:
    return check.way is Way.RESTORE_DRILL or (check.way is Way.PROBE and check.section != "14.5")


def _usd(hours: Mapping[str, Decimal]) -> str:
    """What so many hours cost by the price list, rounded up to a cent."""
    from showcore_cfn.cost.price_list import load

    prices = load().prices
    total = sum((prices[key].usd * count for key, count in hours.items()), Decimal(0))
    return str(total.quantize(Decimal("0.01"), rounding=ROUND_UP))


def _painted(verdict: Verdict, said: str) -> str:
    return console.paint(said, fg=_COLOURS[verdict])


def _list_text(wanted: Collection[str] | None) -> str:
    rows: list[str] = []
    task = ""
    for line in LINES:
        mine = [id for id in line.checks if wanted is None or id in wanted]
        if not mine and (wanted is not None or not line.otherwise):
            continue
        if line.task != task:
            task = line.task
            rows += ["", f"{task}  {SECTION_TITLES[task.split('.')[0]]}"]
        rows.append(f"  {line.number:>2}. {line.says}")
        rows += [f"        {id}" for id in mine] or [f"        ({line.otherwise})"]
    return "\n".join(rows).lstrip("\n")


def coverage(wanted: Collection[str] | None = None) -> str:
    """The lines of the plan with their checks, as a table in Markdown."""
    rows = ["| task | line of the plan | checks, or who else answers |", "|---|---|---|"]
    for line in LINES:
        mine = [f"`{id}`" for id in line.checks if wanted is None or id in wanted]
        if mine or (wanted is None and line.otherwise):
            rows.append(f"| {line.task} | {line.says} | {', '.join(mine) or line.otherwise} |")
    return "\n".join(rows)


def _listed(check: Check) -> dict[str, Json]:
    actions: list[Json] = [*check.actions]
    return {
        "id": check.id,
        "title": check.title,
        "way": check.way.value,
        "iam_actions": actions,
        "timeout_seconds": check.timeout_seconds,
        "remedy": check.remedy,
        "deviation": check.deviation or None,
    }
