"""A deployment from its beginning to its end, in the order in which it happens.

account guard -> what stands there -> is anything different -> package -> change set -> plan -> (the caller
shows it and asks) -> execute exactly that one -> follow until the root's last word -> what stands there now.

The door for a library: `Deployment(desired, Operator(gateways, watcher)).run(confirm)`. It prints nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from showcore_cfn.aws.failures import NO_ANSWER, AwsError, Refused, Unreachable
from showcore_cfn.deploy import guard, protection
from showcore_cfn.deploy.desired import PROTECTION, Desired
from showcore_cfn.deploy.following.follow import Watcher
from showcore_cfn.deploy.guard import Lifted
from showcore_cfn.deploy.next_steps import next_steps
from showcore_cfn.deploy.operation import MAY_HAVE_BEGUN, Operator, Result
from showcore_cfn.deploy.planning.comparison import Comparison, Templates
from showcore_cfn.deploy.planning.making import Maker, discard_waiting
from showcore_cfn.deploy.planning.plan import Plan
from showcore_cfn.deploy.planning.plan_file import SavedPlan
from showcore_cfn.deploy.planning.planner import CHANGE_SET_PREFIX, Beside, Planner
from showcore_cfn.deploy.planning.standing import guard_state
from showcore_cfn.deploy.states import Step, state
from showcore_cfn.errors import Exit, ShowcoreError, Stopped

Confirm = Callable[[Plan], bool]


class Deployment:
    """One deployment of one desired stack. `lifted` are the guards that the caller lifts.

    `beside` looks at the account while the plan is made, and raises what would stop it.
    """

    def __init__(
        self,
        desired: Desired,
        operator: Operator,
        lifted: Lifted | None = None,
        beside: Beside | None = None,
    ) -> None:
        self._desired = desired
        self._operator = operator
        self._lifted = lifted or Lifted()
        self._planner = Planner(desired, operator, beside)
        self._maker = Maker(operator)

    def run(self, confirm: Confirm, *, full: bool = False) -> Result:
        """Plan, ask, execute, follow, protect."""
        plan = self.plan(full=full)
        return (
            self.nothing_to_do(plan) if isinstance(plan, Result) else self.execute(self.agreed(plan, confirm))
        )

    def plan(self, *, full: bool = False, drift: bool = False) -> Plan | Result:
        """The plan; or, where nothing differs, the Result that says so."""
        return self._planner.plan(full=full, drift=drift)

    def saved(self, saved: SavedPlan) -> Plan:
        """The plan of a file, if it is still what would be deployed and can be executed: Stopped if not."""
        return self._planner.saved(saved)

    def agreed(self, plan: Plan, confirm: Confirm, *, keep: bool = False) -> Plan:
        """The plan, once no guard refuses it and the caller agrees; otherwise Stopped, and it is discarded.

        `keep` leaves it waiting all the same: a plan from a file is somebody's to decide on again.
        """
        try:
            guard.check_names(plan, self._lifted)
            refused = guard.refusals(plan, self._lifted)
            agreed = not refused and confirm(plan)
        except BaseException:
            if not keep:
                self._maker.try_to_discard(plan.made, created_stack=plan.creates)
            raise
        if agreed:
            return plan
        if not keep:
            self.discard(plan)
        fate = "still waits" if keep else "was discarded"
        why = "".join(f"\n- {refusal}" for refusal in refused)
        raise Stopped(f"not deployed: the plan {fate}, and nothing was changed.{why}")

    def execute(self, plan: Plan, watcher: Watcher | None = None) -> Result:
        """Execute exactly this plan and follow it to its end; another watcher may take over for that."""
        self.start(plan, watcher)
        return self.follow(plan)

    def start(self, plan: Plan, watcher: Watcher | None = None) -> None:
        """Execute exactly this plan. Whatever this raises, it was not executed, as far as can be seen."""
        self._operator = replace(self._operator, watcher=watcher or self._operator.watcher)
        self._mind_the_credentials(plan)
        self._clear_the_way(plan)
        self._loosen(plan)
        self._begin(plan)

    def follow(self, plan: Plan) -> Result:
        """Follow a plan that was started to its end, and do what comes after it."""
        result = self._operator.attach(plan.stack_id, plan.created, coming=plan.coming)
        if result.stack is None or state(result.status).deploy is not Step.UPDATE:
            return result
        if not plan.creates:
            self._renew(plan, result)
        ended = self._after_creation(result) if plan.creates else self._protected(result)
        return replace(ended, next_steps=next_steps(plan)) if ended.exit_code is Exit.DONE else ended

    def nothing_to_do(self, result: Result) -> Result:
        """The same result, after putting back the protection that an earlier run did not come to."""
        return self._protected(result)

    def discard(self, plan: Plan) -> None:
        """Delete the plan's change set and, where nothing stood before, the empty stack that it made."""
        self._maker.discard(plan.made, created_stack=plan.creates)

    def _mind_the_credentials(self, plan: Plan) -> None:
        """Say beforehand that the session will end before the operation does; that does not harm it."""
        ends = self._operator.gateways.identities.expires()
        done = self._operator.clock.now() + timedelta(seconds=plan.estimate_seconds())
        if ends is not None and ends < done:
            self._operator.watcher.trouble(
                f"The credentials end at {ends.astimezone():%H:%M}, most likely before this does. It goes on in "
                "AWS without them; `showcore watch` attaches to it with new ones."
            )

    def _clear_the_way(self, plan: Plan) -> None:
        """Delete earlier plans for the same new stack: each has made empty nested stacks of its own."""
        if plan.creates and plan.before is not None:
            discard_waiting(self._operator, plan.before, f"{CHANGE_SET_PREFIX}-", but=plan.arn)

    def _loosen(self, plan: Plan) -> None:
        freed = (*self._lifted.delete, *self._lifted.replace)
        if freed and plan.before is not None:
            cloudformation = self._operator.cloudformation
            protection.loosen(cloudformation, plan.comparison.head, freed, plan.tree.ids)

    def _after_creation(self, result: Result) -> Result:
        """The database's own protection, off so far for a failed creation to roll back; then the rest."""
        if self._desired.parameters.get(PROTECTION) != "true":
            return self._protected(result)
        self._operator.watcher.step("switching on the deletion protection of the database")
        plan = self._planner.plan(kind=protection.SWITCHES_ON)
        if isinstance(plan, Result):
            return self._protected(result)
        if [edit.name for edit in plan.parameter_edits()] != [PROTECTION] or len(plan.felt) > 1:
            self.discard(plan)
            raise Stopped("something else has changed meanwhile; deploy again to protect the database.")
        self._begin(plan)
        return self._protected(self._operator.attach(plan.stack_id, plan.created, coming=plan.coming))

    def _protected(self, result: Result) -> Result:
        """Set what guards the nest, unless it is set: termination protection is the last of it."""
        stack = result.stack
        if not self._desired.protected or stack is None or stack.protected:
            return result
        self._operator.watcher.step("protecting what stands: stack policies, termination protection")
        head = Comparison(Templates(self._desired.templates, self._desired.parameters), None).head
        protection.protect(self._operator.cloudformation, stack.id, head)
        return replace(result, stack=replace(stack, protected=True))

    def _renew(self, plan: Plan, result: Result) -> None:
        """Where all was protected before: the stack policies of what this deployment has touched or made."""
        if self._desired.protected and result.stack is not None and result.stack.protected:
            head = plan.comparison.head
            protection.renew(self._operator.cloudformation, head, plan.counts(), plan.tree.ids)

    def _begin(self, plan: Plan) -> None:
        """Execute; a refusal may only mean that the answer to an earlier try was lost on its way."""
        self._operator.watcher.step("executing the change set")
        token = self._operator.new_token()
        rollback_off = None if self._desired.on_failure and plan.creates else self._desired.disable_rollback
        try:
            self._operator.cloudformation.execute_change_set(plan.arn, token, rollback_off)
        except (*MAY_HAVE_BEGUN, Refused) as error:
            if not self._has_begun(plan, token):
                raise self._not_executed(error, plan) from error

    def _has_begun(self, plan: Plan, token: str) -> bool:
        found = self._operator.cloudformation.change_set(plan.arn, with_values=False)
        if found is not None and found.execution_status.startswith("EXECUTE_"):
            return True
        return self._operator.has_begun(plan.stack_id, token, plan.created)

    def _not_executed(self, error: AwsError, plan: Plan) -> ShowcoreError:
        """Why it was not executed. StillRunning or NeedsRecovery where that is somebody else's operation."""
        if isinstance(error, NO_ANSWER):
            return Unreachable(
                f"{error} As far as can be seen nothing was begun; `showcore status` tells more."
            )
        cloudformation = self._operator.cloudformation
        guard_state(cloudformation.stack(plan.stack_id), cloudformation)
        if isinstance(error, Refused):
            return error
        return Stopped(
            f"the change set {plan.tree.change_set.name} can no longer be executed: {error} Something else was "
            "deployed meanwhile. Nothing was done; plan again."
        )
