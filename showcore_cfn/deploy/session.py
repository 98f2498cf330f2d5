"""A deployment from its beginning to its end, in the order in which it happens.

account guard -> what stands there -> is anything different -> package -> change set -> plan -> (the caller
shows it and asks) -> execute exactly that one -> follow until the root's last word -> what stands there now.

The door for a library: `Deployment(desired, Operator(gateways, watcher)).run(confirm)`. It prints nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from showcore_cfn.aws.failures import NO_ANSWER, AwsError, Unreachable
from showcore_cfn.aws.values import CreatedChangeSet
from showcore_cfn.deploy.desired import Desired
from showcore_cfn.deploy.follow import Watcher
from showcore_cfn.deploy.operation import MAY_HAVE_BEGUN, Operator, Result
from showcore_cfn.deploy.plan import Plan
from showcore_cfn.deploy.planner import Planner
from showcore_cfn.errors import ShowcoreError, Stopped


class Deployment:
    """One deployment of one desired stack."""

    def __init__(self, desired: Desired, operator: Operator) -> None:
        self._desired = desired
        self._operator = operator
        self._planner = Planner(desired, operator)

    def run(self, confirm: Callable[[Plan], bool], *, full: bool = False) -> Result:
        """Plan, ask, execute, follow."""
        plan = self.agreed(confirm, full=full)
        return plan if isinstance(plan, Result) else self.execute(plan)

    def plan(self, *, full: bool = False) -> Plan | Result:
        """The plan; or, where nothing differs, the Result that says so."""
        return self._planner.plan(full=full)

    def agreed(self, confirm: Callable[[Plan], bool], *, full: bool = False) -> Plan | Result:
        """The plan once it is agreed to. One that is turned down or interrupted is discarded: Stopped."""
        plan = self.plan(full=full)
        if isinstance(plan, Result):
            return plan
        try:
            agreed = confirm(plan)
        except BaseException:
            self._planner.try_to_discard(_change_set(plan), created_stack=plan.creates)
            raise
        if not agreed:
            self.discard(plan)
            raise Stopped("not deployed: the plan was discarded, and nothing was changed.")
        return plan

    def execute(self, plan: Plan, watcher: Watcher | None = None) -> Result:
        """Execute exactly this plan and follow it to its end; another watcher may take over for that."""
        self._operator = replace(self._operator, watcher=watcher or self._operator.watcher)
        self._begin(plan)
        return self._operator.attach(plan.stack_id, plan.created)

    def discard(self, plan: Plan) -> None:
        """Delete the plan's change set and, where nothing stood before, the empty stack that it made."""
        self._planner.discard(_change_set(plan), created_stack=plan.creates)

    def _begin(self, plan: Plan) -> None:
        """Execute; a refusal may only mean that the answer to an earlier try was lost on its way."""
        self._operator.watcher.step("executing the change set")
        token = self._operator.new_token()
        rollback_off = None if self._desired.on_failure and plan.creates else self._desired.disable_rollback
        try:
            self._operator.cloudformation.execute_change_set(plan.arn, token, rollback_off)
        except MAY_HAVE_BEGUN as error:
            if not self._has_begun(plan, token):
                raise _not_executed(error, plan) from error

    def _has_begun(self, plan: Plan, token: str) -> bool:
        found = self._operator.cloudformation.change_set(plan.arn, with_values=False)
        if found is not None and found.execution_status.startswith("EXECUTE_"):
            return True
        return self._operator.has_begun(plan.stack_id, token, plan.created)


def _change_set(plan: Plan) -> CreatedChangeSet:
    return CreatedChangeSet(plan.arn, plan.stack_id)


def _not_executed(error: AwsError, plan: Plan) -> ShowcoreError:
    if isinstance(error, NO_ANSWER):
        return Unreachable(f"{error} As far as can be seen nothing was begun; `showcore status` tells more.")
    return Stopped(
        f"the change set {plan.tree.change_set.name} can no longer be executed: {error} Something else was "
        "deployed meanwhile. Nothing was done; plan again."
    )
