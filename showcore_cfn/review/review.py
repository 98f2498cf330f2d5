"""One reviewed change, whole: what it does, what it risks, who gains access, what it costs. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from showcore_cfn.review.assess import assess
from showcore_cfn.review.diff import Action, Difference, Side, diff
from showcore_cfn.review.fate import export_refusals
from showcore_cfn.review.impact import Affected, Impact
from showcore_cfn.review.intent import Intent, intents
from showcore_cfn.review.resolve import Nest, resolve
from showcore_cfn.review.security import Direction, SecurityChange, security_changes
from showcore_cfn.review.sources import Source
from showcore_cfn.template.load import Problem, TemplateSet, nested

if TYPE_CHECKING:
    from showcore_cfn.cost.delta import Delta
    from showcore_cfn.cost.line import Estimate

Price: TypeAlias = "Callable[[Nest], Estimate]"


class Gate(StrEnum):
    """What `--fail-on` stops at."""

    REPLACEMENT = "replacement"
    DATA = "data"
    WIDENING = "widening"
    COST = "cost"


class Review(NamedTuple):
    """All that there is to say of a change from one source to another."""

    base: Source
    head: Source
    difference: Difference
    affected: tuple[Affected, ...]
    refusals: tuple[str, ...]  # what CloudFormation will not do
    doubts: tuple[str, ...]  # what it will not do under circumstances that are not known here
    intents: tuple[Intent, ...]
    security: tuple[SecurityChange, ...]
    cost: Delta | None = None
    budget_usd: Decimal | None = None  # a month

    @property
    def templates(self) -> TemplateSet:
        """The head's templates, for whoever looks for a line."""
        return self.head.templates

    @property
    def at_risk(self) -> tuple[Affected, ...]:
        """Resources whose data goes, or may go, with them."""
        return tuple(affected for affected in self.affected if affected.at_risk)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What could not be read or known of templates that differ, or of others since; what is grave, always."""
        known, unchanged = set(self.difference.base.problems), self._unchanged()
        return tuple(
            problem
            for problem in self.difference.problems
            if problem.grave or problem.name not in unchanged or problem not in known
        )

    @property
    def other_problems(self) -> int:
        """How many more there are, the same on both sides in templates that are the same."""
        return len(self.difference.problems) - len(self.problems)

    def _unchanged(self) -> set[str]:
        before, after = self.base.templates.documents, self.head.templates.documents
        return {
            name for name, document in after.items() if name in before and before[name].text == document.text
        }

    @property
    def changes_nothing(self) -> bool:
        """Whether nothing in the account changes, whatever is written differently."""
        felt = any(around.felt for around in self.difference.around)
        return not felt and all(quiet(affected) for affected in self.affected)

    def stopped_by(self, gates: tuple[Gate, ...]) -> tuple[Gate, ...]:
        """The gates that this change does not pass, in the order they are given."""
        shut = {
            Gate.REPLACEMENT: any(a.impact is Impact.REPLACEMENT for a in self.affected),
            Gate.DATA: bool(self.at_risk),
            Gate.WIDENING: any(change.direction is Direction.WIDENS for change in self.security),
            Gate.COST: self._costs_more,
        }
        return tuple(gate for gate in gates if shut[gate])

    @property
    def _costs_more(self) -> bool:
        """Whether a month costs more, beyond the budget where there is one; what has no price may."""
        if self.cost is None:
            return False
        more = self.cost.difference > 0 and (self.budget_usd is None or self.cost.after > self.budget_usd)
        return more or not self.cost.known


def quiet(affected: Affected) -> bool:
    """Whether a resource is written differently and stays as it is."""
    return affected.change.action is Action.MODIFY and affected.impact is Impact.NONE and not affected.causes


def review(
    base: Source,
    head: Source,
    parameters: Mapping[str, str],
    *,
    with_cost: bool = True,
    price: Price | None = None,
    budget_usd: Decimal | None = None,
) -> Review:
    """The review of a change. `parameters` are the root's; a deployed stack's own stand before them.

    `price` estimates a month of a nest; prices of us-east-1 and typical usage unless it is given.
    """
    everything = base.whole and head.whole
    sides = [
        Side(source.templates, resolve(source.templates, _given(source, parameters), everything=everything))
        for source in (base, head)
    ]
    difference = diff(*sides)
    affected = assess(difference)
    exports = tuple(export_refusals(difference, affected, head.templates))
    refused = (affected_one.refusal for affected_one in affected if affected_one.refusal)
    return Review(
        base,
        head,
        difference,
        affected,
        (
            *_unreadable(base, head),
            *_taken_away(base, head),
            *refused,
            *(sentence for sentence, certain in exports if certain),
        ),
        tuple(sentence for sentence, certain in exports if not certain),
        intents(affected, base.templates),
        security_changes(difference),
        _cost(difference, base, head, price) if with_cost and difference.changes else None,
        budget_usd,
    )


def _unreadable(base: Source, head: Source) -> Iterator[str]:
    """Templates that were read before and cannot be any more."""
    for problem in head.templates.problems:
        if problem.name in base.templates.documents and problem.name not in head.templates.documents:
            where = f"{problem.name}:{problem.line}" if problem.line else problem.name
            yield f"{where}: {problem.sentence} What it held is shown as removed."


def _taken_away(base: Source, head: Source) -> Iterator[str]:
    """Templates that are there no more, and are nested still."""
    before, after = base.templates.documents, head.templates.documents
    told = {problem.name for problem in head.templates.problems}
    for name, document in after.items():
        for logical_id, child in nested(document):
            if child in before and child not in after and child not in told:
                line = document.line(("Resources", logical_id, "Properties", "TemplateURL"))
                yield (
                    f"{name}:{line}: {logical_id} nests {child}, which is there no more. "
                    "What it held is shown as removed."
                )


def _given(source: Source, parameters: Mapping[str, str]) -> Mapping[str, str]:
    return {**parameters, **(source.parameters or {})}


def _cost(difference: Difference, base: Source, head: Source, price: Price | None) -> Delta:
    from showcore_cfn.cost.delta import delta
    from showcore_cfn.cost.estimate import estimate

    month = price or estimate
    before, after = (_standing(difference.base, base.templates), _standing(difference.head, head.templates))
    touched = {change.path for change in difference.changes}
    return delta(month(before), month(after), touched)


def _standing(nest: Nest, templates: TemplateSet) -> Nest:
    """What stands for a whole month: the root and what it nests, without templates beside it such as a probe."""
    tops = {resource.top for resource in nest.resources.values() if resource.document == templates.root}
    if not tops:
        return nest
    return replace(nest, resources={path: one for path, one in nest.resources.items() if one.top in tops})
