"""What is deployed against what is desired, offline: the second opinion beside the change set.

CloudFormation knows what it will do, but not yet the values that pass between nested stacks; the templates
tell where each value comes from. Security and cost are judged here too, since a change set says nothing of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from showcore_cfn.cost.delta import Delta, delta
from showcore_cfn.cost.estimate import estimate
from showcore_cfn.cost.line import Estimate
from showcore_cfn.cost.terms import Terms
from showcore_cfn.review.assess import assess
from showcore_cfn.review.diff import Difference, Side, diff
from showcore_cfn.review.fate import export_refusals
from showcore_cfn.review.impact import Affected
from showcore_cfn.review.resolve import Nest, resolve
from showcore_cfn.review.security import SecurityChange, security_changes
from showcore_cfn.template.load import TemplateSet, load_set


@dataclass(frozen=True, slots=True)
class Templates:
    """A root with what it nests, and the parameters that it is given."""

    texts: Mapping[str, str]
    parameters: Mapping[str, str]


@dataclass(frozen=True)
class Comparison:
    """`deployed` is None for a stack that does not exist yet, and where its templates cannot be read."""

    desired: Templates
    deployed: Templates | None
    terms: Terms | None = None  # what a month is priced with; None: typical usage

    def worked_out(self) -> Comparison:
        """The same, with all that a plan asks of it at hand: while AWS is waited for, that takes no time."""
        _ = self.head, self.affected, self.security, self.month, self.cost
        return self

    @cached_property
    def head(self) -> Nest:
        """The desired resources, with every reference resolved: the graph of wires."""
        return resolve(self._head_set, self.desired.parameters)

    @cached_property
    def difference(self) -> Difference | None:
        """What differs; None where there is nothing to compare with."""
        if self.deployed is None:
            return None
        base = load_set(self.deployed.texts, self._head_set.documents.values())
        return diff(Side(base, resolve(base, self.deployed.parameters)), Side(self._head_set, self.head))

    @cached_property
    def affected(self) -> Mapping[str, Affected]:
        """Every resource that the difference touches or reaches, by path."""
        return {found.path: found for found in assess(self.difference)} if self.difference else {}

    @cached_property
    def refusals(self) -> tuple[str, ...]:
        """What CloudFormation will not do, each with its remedies."""
        if self.difference is None:
            return ()
        own = [found.refusal for found in self.affected.values() if found.refusal]
        exports = export_refusals(self.difference, self.affected.values(), self._head_set)
        return (*own, *(sentence for sentence, is_certain in exports if is_certain))

    @cached_property
    def security(self) -> tuple[SecurityChange, ...]:
        """Who gains and who loses access; nothing for a stack that is new as a whole."""
        return security_changes(self.difference) if self.difference else ()

    @cached_property
    def month(self) -> Estimate:
        """What a month of the desired nest costs."""
        return self._month_of(self.head)

    @cached_property
    def cost(self) -> Delta | None:
        """What the change does to the monthly bill."""
        if self.difference is None:
            return None
        touched = {change.path for change in self.difference.changes}
        return delta(self._month_of(self.difference.base), self.month, touched)

    def _month_of(self, nest: Nest) -> Estimate:
        return self.terms.of_nest(nest) if self.terms else estimate(nest)

    @cached_property
    def _head_set(self) -> TemplateSet:
        return load_set(self.desired.texts)
