"""The plan's own properties as rules over any template set: no NAT gateway, five tags, seven days, TLS.

These are decisions of the plan, not of AWS, so nobody else's templates are held to them unless asked to. Each
rule is one small function, registered under an id that names its task (`PLAN-3.1-NO-NAT` is task 3.1). What
the templates do not tell before deployment breaks no rule. A resource is excused from one as from the rules
of AWS: by its Metadata, with the reason (`showcore_cfn.check.rules`).
"""

from __future__ import annotations

from functools import cache
from importlib import import_module

from showcore_cfn.check.finding import Finding, in_order
from showcore_cfn.check.policy.notes import notes
from showcore_cfn.check.rules.rule import Rule
from showcore_cfn.check.rules.silence import silenced
from showcore_cfn.check.rules.view import View
from showcore_cfn.review.resolve import Nest
from showcore_cfn.template.load import TemplateSet

__all__ = ["TOPICS", "check_plan", "notes", "rules", "task"]

TOPICS = (  # in the order of the plan
    "account",
    "tags",
    "network",
    "access",
    "database",
    "cache",
    "storage",
    "cdn",
    "logs",
    "backup",
    "keys",
)


@cache
def rules() -> tuple[Rule, ...]:
    """Every rule, in the order of the plan."""
    books = (import_module(f"{__name__}.{topic}").BOOK for topic in TOPICS)
    return tuple(rule for book in books for rule in book.rules)


def task(rule_id: str) -> str:
    """The task of the plan that a rule holds: `3.1` for `PLAN-3.1-NO-NAT`."""
    return rule_id.split("-", 2)[1]


def check_plan(nest: Nest, templates: TemplateSet) -> tuple[Finding, ...]:
    """What the plan's rules find in a nest that was resolved from these templates, worst first."""
    view = View(nest, templates)
    hits = ((rule, hit) for rule in rules() for hit in rule.look(view))
    return in_order(
        rule.finding(hit, templates.documents[hit.document].line(hit.path))
        for rule, hit in hits
        if not silenced(view, rule.id, hit)
    )
