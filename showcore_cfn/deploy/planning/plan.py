"""A plan: the change set that was made, what it would change, and what it was made from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from showcore_cfn.aws.values import STACK_TYPE, CreatedChangeSet, Stack
from showcore_cfn.deploy.change_set import Node
from showcore_cfn.deploy.desired import Desired
from showcore_cfn.deploy.drift.look import Look
from showcore_cfn.deploy.following.durations import PUBLIC, Durations, Key, estimate_seconds, handler_of
from showcore_cfn.deploy.planning.comparison import Comparison
from showcore_cfn.deploy.planning.judge import Certainty, Do, Planned, judge
from showcore_cfn.deploy.states import Step, state


@dataclass(frozen=True, slots=True)
class Edit:
    """A parameter, tag or output that changes; None where it is not there."""

    name: str
    before: str | None
    after: str | None


@dataclass(frozen=True)
class Plan:
    """Ready to be shown, executed or discarded. Nothing has been changed yet."""

    desired: Desired
    before: Stack | None  # as it stood when the plan was made; None or in review: nothing stood
    tree: Node
    hashes: Mapping[str, str]  # of the packaged templates, by file name
    parameters: Mapping[str, str]  # as the change set has them
    comparison: Comparison
    nested: bool = True  # False: CloudFormation refused to look into the nested stacks
    drift: Look = field(default_factory=Look)  # what was changed by hand, as far as it was looked for
    durations: Durations = PUBLIC  # what is known of how long things take
    planned: tuple[Planned, ...] = field(init=False)

    def __post_init__(self) -> None:
        shown = [change for change in self.tree.changes() if change.resource.type != STACK_TYPE]
        object.__setattr__(self, "planned", judge(self.tree, shown, self.comparison, creates=self.creates))

    @property
    def creates(self) -> bool:
        """Whether the stack does not exist yet."""
        return self.before is None or state(self.before.status).deploy is Step.CREATE

    @property
    def arn(self) -> str:
        """The change set that is executed."""
        return self.tree.change_set.id

    @property
    def made(self) -> CreatedChangeSet:
        """The change set, and the stack that it is for, as they were answered when it was made."""
        return CreatedChangeSet(self.arn, self.stack_id)

    @property
    def stack_id(self) -> str:
        """The ARN of the root stack."""
        return self.tree.change_set.stack_id

    @property
    def created(self) -> datetime:
        """When the change set was made, by the server's clock: its execution can only be later."""
        return self.tree.change_set.created or datetime.min.replace(tzinfo=UTC)

    @property
    def felt(self) -> tuple[Planned, ...]:
        """The resources that will or may change."""
        return tuple(planned for planned in self.planned if planned.certainty > Certainty.REEVALUATED)

    @property
    def hidden(self) -> tuple[Planned, ...]:
        """The resources that are only evaluated anew."""
        return tuple(planned for planned in self.planned if planned.certainty is Certainty.REEVALUATED)

    @property
    def at_risk(self) -> tuple[Planned, ...]:
        """Resources with data that goes, or may go."""
        return tuple(planned for planned in self.planned if planned.at_risk)

    @property
    def unseen(self) -> tuple[str, ...]:
        """Nested stacks that change, and that neither CloudFormation nor the templates tell about."""
        known = self.creates or self.comparison.deployed is not None
        return () if known else tuple(name.lower() for name in self.tree.unseen)

    @property
    def coming(self) -> dict[str, Key]:
        """What will certainly begin, by path; a deletion does so only after all the rest."""
        return {
            planned.path: (planned.type, handler_of(planned.do))
            for planned in self.felt
            if planned.certainty is Certainty.CERTAIN and planned.do in (Do.ADD, Do.CHANGE, Do.REPLACE)
        }

    def estimate_seconds(self) -> float:
        """How long the execution will take, by what is known; 0 where it changes nothing."""
        return estimate_seconds(self.felt, self.comparison.head, self.durations)

    def counts(self) -> dict[str, int]:
        """How many resources each nested stack changes, by the stack's name, in the order of the root."""
        order = dict.fromkeys(resource.stack for resource in self.comparison.head.resources.values())
        found = Counter(planned.stack for planned in self.felt)
        return {stack: found[stack] for stack in dict.fromkeys((*order, *found)) if found[stack]}

    def count(self, do: Do) -> int:
        """How many resources this is done to; what may be replaced counts as replaced."""
        return sum(planned.do is do for planned in self.felt)

    def parameter_edits(self) -> tuple[Edit, ...]:
        """The root parameters that change; none for a new stack, where all are new."""
        before = self.before.parameters if self.before and not self.creates else self.parameters
        return _edits(before, self.parameters)

    def tag_edits(self) -> tuple[Edit, ...]:
        """The stack's tags that change."""
        if self.before is None or self.creates:
            return ()
        return _edits(self.before.own_tags, self.desired.tags)

    def output_edits(self) -> tuple[Edit, ...]:
        """The root's outputs that appear or go."""
        if self.before is None or self.creates:
            return ()
        head = {name.partition(".")[2] for name in self.comparison.head.outputs if name.startswith("root.")}
        base = {output.key for output in self.before.outputs}
        gone = (Edit(name, "", None) for name in sorted(base - head))
        return (*gone, *(Edit(name, None, "") for name in sorted(head - base)))


def _edits(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[Edit, ...]:
    names = dict.fromkeys((*after, *before))
    pairs = ((name, before.get(name), after.get(name)) for name in names)
    return tuple(Edit(name, old, new) for name, old, new in pairs if old != new)
