"""A plan as text for a person, in the order in which it matters: verdict, blockers, data, security, changes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from showcore_cfn.cost.delta import headline
from showcore_cfn.cost.delta import sentence as cost_sentence
from showcore_cfn.cost.line import at_least, cents
from showcore_cfn.deploy.desired import PROTECTION
from showcore_cfn.deploy.planning.judge import Certainty, Do, Planned, Touch
from showcore_cfn.deploy.planning.plan import Edit, Plan
from showcore_cfn.deploy.protection import protected_resources
from showcore_cfn.review import retention
from showcore_cfn.review.impact import Fate
from showcore_cfn.review.security import Direction
from showcore_cfn.review.wording import SYMBOLS

_LEGEND = "+ add   ~ change   -/+ replace   - delete   < import   with ?: it may be"
_VALUE_CHARACTERS = 60


class Tone(StrEnum):
    """How a line is meant, for whoever colours it."""

    PLAIN = "plain"
    TITLE = "title"
    GOOD = "good"
    CHANGE = "change"
    DANGER = "danger"
    QUIET = "quiet"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the plan."""

    text: str
    tone: Tone = Tone.PLAIN


def lines(plan: Plan, *, show_dynamic: bool = False) -> tuple[Line, ...]:
    """The whole plan, line by line."""
    return (
        *_header(plan),
        Line(verdict(plan), Tone.TITLE),
        Line(""),
        *_section("Changed by hand since the last deployment", _drift(plan)),
        *_section("Blockers: CloudFormation will refuse this", _blockers(plan)),
        *_section("Data at risk", _risks(plan)),
        *_section("Security", _security(plan)),
        *_changes(plan),
        *_hidden(plan, show_dynamic),
        *_section("Parameters, outputs and tags", _around(plan)),
        *_section("Cost", _cost(plan)),
        *_section("Once it stands", _afterwards(plan)),
    )


def text(plan: Plan, *, show_dynamic: bool = False) -> str:
    """The whole plan without colours."""
    return "\n".join(line.text for line in lines(plan, show_dynamic=show_dynamic)).rstrip()


def verdict(plan: Plan) -> str:
    """One line: "7 add, 2 change, 1 REPLACE (data!), 0 delete; +7.30 USD/month; 1 broadening"."""
    parts = [f"{plan.count(Do.ADD)} add", _with_data(plan, Do.CHANGE, "change")]
    parts += [_with_data(plan, Do.REPLACE, "replace")] if plan.count(Do.REPLACE) else []
    parts += [f"{plan.count(Do.IMPORT)} import"] if plan.count(Do.IMPORT) else []
    parts += [_with_data(plan, Do.DELETE, "delete")]
    widened = sum(change.direction is Direction.WIDENS for change in plan.comparison.security)
    further = [_price(plan), f"{widened} broadening" if widened else "", _duration(plan)]
    return "; ".join([", ".join(parts), *filter(None, further)])


def _duration(plan: Plan) -> str:
    minutes = round(plan.estimate_seconds() / 60)
    return f"about {minutes} min" if minutes else ""


def _with_data(plan: Plan, do: Do, word: str) -> str:
    data = any(planned.do is do for planned in plan.at_risk)
    return f"{plan.count(do)} {word.upper()} (data!)" if data else f"{plan.count(do)} {word}"


def _price(plan: Plan) -> str:
    delta = plan.comparison.cost
    if delta is None:
        return f"{_month(plan)} USD/month" if plan.creates else ""
    return headline(delta)


def _month(plan: Plan) -> str:
    month = plan.comparison.month
    return at_least(month.total, complete=month.complete)


def _header(plan: Plan) -> Iterator[Line]:
    desired = plan.desired
    made = desired.description or "by hand"
    root = plan.hashes.get(desired.root, "")[:12]
    yield Line(f"{desired.stack_name} in {desired.account_id}, {desired.region}", Tone.TITLE)
    yield Line(f"templates {root}, {made}", Tone.QUIET)
    if not plan.nested:
        yield Line(
            "CloudFormation would not look into the nested stacks; what follows is our own", Tone.DANGER
        )
        yield Line("comparison of the deployed templates with the desired ones.", Tone.DANGER)


def _drift(plan: Plan) -> Iterator[Line]:
    for drifted in plan.drift.drifted:
        if drifted.found.status == "DELETED":
            yield Line(f"  {drifted.path} was deleted", Tone.DANGER)
        for difference in drifted.found.differences:
            values = f"{_value(difference.expected)} -> {_value(difference.actual)}"
            yield Line(f"  {drifted.path} {'.'.join(difference.path)}: {values}", Tone.CHANGE)
    for stack, reason in plan.drift.unknown.items():
        yield Line(f"  {stack}: not known, {reason}", Tone.QUIET)


def _blockers(plan: Plan) -> Iterator[Line]:
    yield from (Line(f"  {refusal}", Tone.DANGER) for refusal in plan.comparison.refusals)


def _risks(plan: Plan) -> Iterator[Line]:
    words = {
        Fate.DELETED: "deleted with all that is in it",
        Fate.KEPT: "kept, outside the stack",
        Fate.SNAPSHOT: "deleted after a snapshot",
    }
    for planned in plan.at_risk:
        if planned.holds and planned.fate:
            may = "may be" if Certainty.POSSIBLE in (planned.certainty, planned.replacement) else "is"
            done = "deleted" if planned.do is Do.DELETE else f"replaced ({', '.join(planned.forced_by)})"
            fate = words[planned.fate]
            yield Line(f"  {planned.path}, {planned.holds}, {may} {done}; the old one is {fate}", Tone.DANGER)
        if planned.losses:
            yield Line(f"  {retention.sentence(planned.path, planned.losses)}", Tone.DANGER)


def _security(plan: Plan) -> Iterator[Line]:
    for change in plan.comparison.security:
        widens = change.direction is Direction.WIDENS
        sentence = change.sentence.removeprefix(f"{change.path}: ")
        word = "widens " if widens else "narrows"
        yield Line(f"  {word} {change.path}: {sentence}", Tone.DANGER if widens else Tone.GOOD)


def _changes(plan: Plan) -> Iterator[Line]:
    for stack in plan.counts():
        yield Line(stack, Tone.TITLE)
        own = [planned for planned in plan.felt if planned.stack == stack]
        for planned in sorted(own, key=lambda planned: -planned.certainty):
            yield from _resource(planned)
        yield Line("")
    if plan.felt:
        yield Line(_LEGEND, Tone.QUIET)
    for name in plan.unseen:
        yield Line(f"{name}: nested detail not available here", Tone.QUIET)


def _resource(planned: Planned) -> Iterator[Line]:
    possible = Certainty.POSSIBLE in (planned.certainty, planned.replacement)
    symbol = f"{SYMBOLS[planned.do.value]}{'?' if possible else ''}"
    tone = (
        Tone.DANGER if planned.do in (Do.REPLACE, Do.DELETE) else Tone.GOOD if planned.do is Do.ADD else None
    )
    yield Line(f"{symbol:>4} {planned.path}  {planned.type}{_replaced(planned)}", tone or Tone.CHANGE)
    for touch in planned.touches:
        if touch.certainty is not Certainty.REEVALUATED:
            yield Line(f"      {_touch(touch)}", Tone.DANGER if touch.recreates else Tone.PLAIN)


def _replaced(planned: Planned) -> str:
    words = {Certainty.CERTAIN: ", must be replaced", Certainty.POSSIBLE: ", may be replaced"}
    return words.get(planned.replacement, "") if planned.replacement else ""


def _touch(touch: Touch) -> str:
    forces = {Certainty.CERTAIN: "  <- forces the replacement", Certainty.POSSIBLE: "  <- may replace it"}
    values = f": {_value(touch.before)} -> {_value(touch.after)}" if touch.before or touch.after else ""
    why = f"  ({touch.because})" if touch.because else ""
    return f"{touch.name}{values}{why}{forces.get(touch.recreates, '') if touch.recreates else ''}"


def _value(value: str | None) -> str:
    if value is None:
        return "(none)"
    flat = " ".join(value.split())
    return flat if len(flat) <= _VALUE_CHARACTERS else f"{flat[: _VALUE_CHARACTERS - 3]}..."


def _hidden(plan: Plan, show: bool) -> Iterator[Line]:
    if not plan.hidden:
        return
    how = "" if show else " (--show-dynamic shows them)"
    noun = (
        "re-evaluation that changes nothing"
        if len(plan.hidden) == 1
        else "re-evaluations that change nothing"
    )
    yield Line(f"{len(plan.hidden)} {noun}{'' if show else ' hidden'}{how}", Tone.QUIET)
    for planned in plan.hidden if show else ():
        chains = [f"{touch.name} <- {touch.because}" for touch in planned.touches if touch.because]
        yield Line(f"  {planned.path}: {'; '.join(chains) or 'nothing differs'}", Tone.QUIET)
    yield Line("")


def _around(plan: Plan) -> Iterator[Line]:
    named = (
        ("parameter", plan.parameter_edits()),
        ("output", plan.output_edits()),
        ("tag", plan.tag_edits()),
    )
    for kind, edits in named:
        yield from (Line(f"  {kind} {_edit(edit)}") for edit in edits)


def _edit(edit: Edit) -> str:
    if edit.before is None:
        return f"{edit.name} is new{f': {_value(edit.after)}' if edit.after else ''}"
    if edit.after is None:
        return f"{edit.name} goes away"
    return f"{edit.name}: {_value(edit.before)} -> {_value(edit.after)}"


def _cost(plan: Plan) -> Iterator[Line]:
    delta = plan.comparison.cost
    if delta is None:
        if plan.creates:
            yield Line(f"  {_month(plan)} USD a month; `showcore cost` shows each line.")
        return
    yield Line(f"  {cost_sentence(delta)}")
    for change in delta.changes:
        yield Line(f"    {cents(change.difference):>+9,}  {change.path}")


def _afterwards(plan: Plan) -> Iterator[Line]:
    if plan.creates and plan.desired.parameters.get(PROTECTION) == "true":
        yield Line("  a second change set switches on the deletion protection of the database")
    if plan.desired.protected and not (plan.before and plan.before.protected):
        stacks = ", ".join(protected_resources(plan.comparison.head))
        yield Line(f"  stack policies keep the data in {stacks} from being replaced or deleted")
        yield Line("  termination protection keeps the stack from being deleted")


def _section(title: str, content: Iterator[Line]) -> Iterator[Line]:
    found = tuple(content)
    if found:
        yield from (Line(title, Tone.TITLE), *found, Line(""))
