"""A plan as text for a person: what it adds, changes, replaces and deletes, stack by stack."""

from __future__ import annotations

from showcore_cfn.deploy.change_set import Change
from showcore_cfn.deploy.plan import Plan

_SYMBOLS = {"Add": "+", "Modify": "~", "Remove": "-", "Import": "<"}


def text(plan: Plan) -> str:
    """The whole plan."""
    lines = [verdict(plan), ""]
    for stack in plan.counts():
        lines += [stack, *(f"  {_line(change)}" for change in plan.changes if change.stack == stack), ""]
    hidden = plan.tree.unseen
    lines += [f"{name}: nested detail not available here" for name in hidden]
    return "\n".join(lines)


def verdict(plan: Plan) -> str:
    """One line: how many resources are added, changed, replaced and deleted."""
    actions = [_word(change) for change in plan.changes]
    words = ("add", "change", "replace", "delete", "import")
    return ", ".join(
        f"{actions.count(word)} {word}" for word in words if actions.count(word) or word == "add"
    )


def _word(change: Change) -> str:
    if change.resource.action == "Modify":
        return "replace" if change.resource.replacement == "True" else "change"
    return {"Add": "add", "Remove": "delete", "Import": "import"}.get(change.resource.action, "change")


def _line(change: Change) -> str:
    return f"{_SYMBOLS.get(change.resource.action, '?')} {change.path}  {change.resource.type}"
