"""A plan: the change set that was made, what it would change, and what it was made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from showcore_cfn.aws.values import STACK_TYPE, Stack
from showcore_cfn.deploy.change_set import Change, Node
from showcore_cfn.deploy.desired import Desired


@dataclass(frozen=True, slots=True)
class Plan:
    """Ready to be shown, executed or discarded. Nothing has been changed yet."""

    desired: Desired
    before: Stack | None  # as it stood when the plan was made; None or REVIEW_IN_PROGRESS: nothing stood
    tree: Node
    hashes: Mapping[str, str]  # of the packaged templates, by file name
    parameters: Mapping[str, str]  # as the change set has them

    @property
    def creates(self) -> bool:
        """Whether the stack does not exist yet."""
        return self.before is None or self.before.status in ("REVIEW_IN_PROGRESS", "DELETE_COMPLETE")

    @property
    def arn(self) -> str:
        """The change set that is executed."""
        return self.tree.change_set.id

    @property
    def stack_id(self) -> str:
        """The ARN of the root stack."""
        return self.tree.change_set.stack_id

    @property
    def created(self) -> datetime:
        """When the change set was made, by the server's clock: its execution can only be later."""
        return self.tree.change_set.created or datetime.min.replace(tzinfo=UTC)

    @property
    def changes(self) -> tuple[Change, ...]:
        """Every change of a resource; a nested stack stands for its contents and is none itself."""
        return tuple(change for change in self.tree.changes() if change.resource.type != STACK_TYPE)

    def counts(self) -> dict[str, int]:
        """How many resources each nested stack changes, by the stack's name."""
        found: dict[str, int] = {}
        for change in self.changes:
            found[change.stack] = found.get(change.stack, 0) + 1
        return found
