"""Putting protection on a nest that stands, and taking it off: all of it, or a part by name.

Three things guard a nest: termination protection of the root, which covers what it nests; a stack policy on each
nested stack that holds data; and the database's own deletion protection, which is a parameter of the root:
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-protect-stacks.html
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Protocol

from showcore_cfn.aws.gateways import CloudFormation
from showcore_cfn.aws.values import ChangeSetOrder, Stack
from showcore_cfn.deploy import change_set as change_sets
from showcore_cfn.deploy import protection
from showcore_cfn.deploy.change_set import Verdict
from showcore_cfn.deploy.desired import PROTECTION
from showcore_cfn.deploy.operation import Operator
from showcore_cfn.deploy.parallel import together
from showcore_cfn.errors import Exit, NeedsRecovery, ShowcoreError
from showcore_cfn.review.resolve import Nest
from showcore_cfn.template.json_types import Json


class Doing(Protocol):
    """`put_on` or `take_off`."""

    def __call__(self, operator: Operator, stack: Stack, nest: Nest, parts: Collection[Part]) -> None:
        """Do it for these parts."""
        ...


class Part(StrEnum):
    """What can be put on and taken off by itself."""

    TERMINATION = "termination"
    POLICIES = "policies"
    DATABASE = "database"


@dataclass(frozen=True, slots=True)
class Protection:
    """What guards a nest now."""

    termination: bool
    policies: Mapping[str, bool]  # nested stack with data -> whether its policy keeps that data
    database: bool | None  # None where the nest has no such parameter

    def has(self, part: Part) -> bool:
        """Whether a part is on; for the policies, all of them."""
        if part is Part.POLICIES:
            return all(self.policies.values())
        return self.termination if part is Part.TERMINATION else self.database is not False

    @property
    def standing(self) -> tuple[Part, ...]:
        """The parts of which anything is on."""
        some = {Part.POLICIES: any(self.policies.values()), Part.DATABASE: self.database is True}
        return tuple(part for part in Part if some.get(part, self.termination))

    @property
    def missing(self) -> tuple[Part, ...]:
        """The parts of which anything is off."""
        return tuple(part for part in Part if not self.has(part))


def look(cloudformation: CloudFormation, stack: Stack, nest: Nest) -> Protection:
    """What guards a nest now."""
    wanted = protection.protected_resources(nest)
    ids = protection.nested_ids(cloudformation, stack.id)
    names = [name for name in wanted if name in ids]
    found = together(partial(cloudformation.stack_policy, ids[name]) for name in names)
    return Protection(
        termination=stack.protected,
        policies={
            name: _same(policy, protection.policy(wanted[name]))
            for name, policy in zip(names, found, strict=True)
        },
        database=stack.parameters[PROTECTION] == "true" if PROTECTION in stack.parameters else None,
    )


def put_on(operator: Operator, stack: Stack, nest: Nest, parts: Collection[Part]) -> None:
    """Put these parts on: the policies after the update that the database takes, and termination protection last,
    since a deployment takes it for the sign of all of them.
    """
    for part, step in _steps(operator, stack, nest, on=True):
        if part in parts:
            step()


def take_off(operator: Operator, stack: Stack, nest: Nest, parts: Collection[Part]) -> None:
    """Take these parts off; termination protection first, for the same reason."""
    for part, step in reversed([*_steps(operator, stack, nest, on=False)]):
        if part in parts:
            step()


def switch_database(operator: Operator, stack: Stack, *, on: bool) -> None:
    """Switch the database's own protection, with everything else as it is deployed."""
    word = "on" if on else "off"
    operator.watcher.step(f"switching {word} the deletion protection of the database")
    token = operator.new_token()
    parameters = {**stack.parameters, PROTECTION: "true" if on else "false"}
    name = f"{protection.SWITCHES_ON if on else protection.SWITCHES_OFF}{token[:8]}"
    order = ChangeSetOrder(stack.name, name, token, False, "", parameters)
    made = change_sets.create(operator.cloudformation, order)
    found = change_sets.wait(operator.cloudformation, operator.clock, made.id)
    if change_sets.verdict(found) is not Verdict.AVAILABLE:
        change_sets.delete(operator.cloudformation, operator.clock, made.id)
        raise ShowcoreError(f"the deletion protection cannot be switched {word}: {found.reason}")
    execute = partial(operator.cloudformation.execute_change_set, made.id, disable_rollback=False)
    result = operator.start(stack.id, execute)
    if result.exit_code is not Exit.DONE:
        raise NeedsRecovery(f"switching {word} the deletion protection ended in {result.status}.")


def _steps(
    operator: Operator, stack: Stack, nest: Nest, *, on: bool
) -> Iterator[tuple[Part, Callable[[], None]]]:
    yield Part.DATABASE, partial(switch_database, operator, stack, on=on)
    yield Part.POLICIES, partial(_set_policies, operator, stack, nest, on=on)
    yield Part.TERMINATION, partial(operator.cloudformation.protect_from_deletion, stack.id, on)


def _set_policies(operator: Operator, stack: Stack, nest: Nest, *, on: bool) -> None:
    operator.watcher.step("setting the stack policies")
    wanted = protection.protected_resources(nest)
    given = wanted if on else dict.fromkeys(wanted, ())
    ids = protection.nested_ids(operator.cloudformation, stack.id)
    protection.set_policies(operator.cloudformation, ids, given)


def _same(found: str | None, wanted: str) -> bool:
    try:
        parsed: Json = json.loads(found) if found else None
    except ValueError:
        return False
    return bool(parsed == json.loads(wanted))
