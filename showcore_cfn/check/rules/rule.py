"""What a rule is: a sentence about AWS that a template can break, and the function that looks.

A rule is registered by the decorator above its function: `rule` where it looks at one resource of certain
types at a time, `nest_rule` where it looks at everything. Its good and its bad case stand in `cases/`, under
the rule's id.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from showcore_cfn.check.finding import Finding, Place, Severity
from showcore_cfn.check.rules.view import Hit, Item, View

Hits: TypeAlias = Iterator[Hit]
LookAtItem: TypeAlias = Callable[[Item], Iterable[Hit]]
LookAtNest: TypeAlias = Callable[[View], Iterable[Hit]]


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that AWS refuses, or that silently does not work."""

    id: str  # "SC-RDS-003"
    severity: Severity
    title: str  # what must hold, as a sentence
    why: str  # what AWS does otherwise
    remedy: str
    source: str  # address of the page that says so
    look: LookAtNest
    topic: str  # "rds": the module that holds it

    def finding(self, hit: Hit, line: int) -> Finding:
        """The finding for one place that breaks the rule."""
        return Finding(
            rule=self.id,
            severity=self.severity,
            message=hit.message,
            document=hit.document,
            path=hit.path,
            line=line,
            resource=hit.resource,
            remedy=self.remedy,
            source=self.source,
        )


def words(text: str) -> frozenset[str]:
    """The words of a text, for the tables that rules look things up in."""
    return frozenset(text.split())


class Rulebook:
    """The rules of one module, in the order in which they are written."""

    def __init__(self, topic: str) -> None:
        self.topic = topic
        self.rules: list[Rule] = []

    def nest_rule(
        self, id: str, severity: Severity, title: str, *, why: str, remedy: str, source: str
    ) -> Callable[[LookAtNest], LookAtNest]:
        """Register a function that looks at everything."""

        def register(look: LookAtNest) -> LookAtNest:
            self.rules.append(Rule(id, severity, title, why, remedy, source, look, self.topic))
            return look

        return register

    def rule(
        self, id: str, severity: Severity, title: str, *on: str, why: str, remedy: str, source: str
    ) -> Callable[[LookAtItem], LookAtItem]:
        """Register a function that looks at one resource of the types `on` at a time."""

        def register(look: LookAtItem) -> LookAtItem:
            def each(view: View) -> Iterator[Hit]:
                for item in view.of(*on):
                    yield from look(item)

            self.nest_rule(id, severity, title, why=why, remedy=remedy, source=source)(each)
            return look

        return register


__all__ = ["Hit", "Hits", "Item", "Place", "Rule", "Rulebook", "Severity", "View", "words"]
