"""The rules of AWS and of the plan as a person asks for them: all in a list, or one explained."""

from __future__ import annotations

from difflib import get_close_matches
from textwrap import indent

from showcore_cfn.check import file_rules, policy, rules
from showcore_cfn.check.rules.rule import Rule
from showcore_cfn.errors import UsageError


def listed() -> str:
    """A line for each rule: id, severity, what must hold."""
    known = _all()
    width = max(len(rule_id) for rule_id in known)
    return "".join(f"{rule.id:<{width}}  {rule.severity:<7}  {rule.title}\n" for rule in known.values())


def explained(rule_id: str) -> str:
    """What a rule asks for, why, what to do, and templates that break and keep it.

    Raises UsageError for an id that is none of ours; cfn-lint explains its own.
    """
    known = _all()
    rule = known.get(rule_id.strip().upper())
    if rule is None:
        near = get_close_matches(rule_id.upper(), known, n=1)
        hint = f" Did you mean {near[0]}?" if near else " `showcore validate --list-rules` lists them."
        raise UsageError(f"there is no rule {rule_id}.{hint}")
    return f"{rule.id} ({rule.severity}): {rule.title}.\n{rule.why}\n\n{_advice(rule)}{_cases(rule)}"


def _all() -> dict[str, Rule]:
    return {rule.id: rule for rule in (*file_rules.RULES, *rules.rules(), *policy.rules())}


def _advice(rule: Rule) -> str:
    return f"do: {rule.remedy}\nsee: {rule.source}\n"


def _cases(rule: Rule) -> str:
    shown = {good: [c.shown for c in _cases_of(rule) if c.good is good and c.shown] for good in (False, True)}
    parts = (("Breaks it", shown[False]), ("Keeps it", shown[True]))
    return "".join(f"\n{title}:\n{indent(texts[0], '    ')}\n" for title, texts in parts if texts)


def _cases_of(rule: Rule) -> list[rules.Case]:
    return [case for case in rules.cases(rule.topic) if case.rule == rule.id]
