"""A deployment from its beginning to its end, in the order in which it happens.

account guard -> what stands there -> is anything different -> package -> change set -> plan -> (the caller
shows it and asks) -> execute exactly that one -> follow until the root's last word -> what stands there now.

The door for a library: `Deployment(desired, Operator(gateways, watcher)).run(confirm)`. It prints nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace

from showcore_cfn.aws.failures import NO_ANSWER, AwsError, Unreachable
from showcore_cfn.aws.gateways import CloudFormation
from showcore_cfn.aws.values import ChangeSetOrder, Stack
from showcore_cfn.deploy import change_set as change_sets
from showcore_cfn.deploy.cause import why_change_set_failed
from showcore_cfn.deploy.change_set import Node, Verdict
from showcore_cfn.deploy.desired import PROTECTION, Desired
from showcore_cfn.deploy.follow import Watcher
from showcore_cfn.deploy.operation import MAY_HAVE_BEGUN, Operator, Result, guard_account
from showcore_cfn.deploy.package import Package, package, upload
from showcore_cfn.deploy.plan import Plan
from showcore_cfn.deploy.states import Step, state
from showcore_cfn.errors import NeedsRecovery, ShowcoreError, StillRunning, Stopped

CHANGE_SET_PREFIX = "showcore"  # the nested ones get longer names from it, so it stays short


class Deployment:
    """One deployment of one desired stack."""

    def __init__(self, desired: Desired, operator: Operator) -> None:
        self._desired = desired
        self._operator = operator

    def run(self, confirm: Callable[[Plan], bool], *, full: bool = False) -> Result:
        """Plan, ask, execute, follow."""
        plan = self.agreed(confirm, full=full)
        return plan if isinstance(plan, Result) else self.execute(plan)

    def agreed(self, confirm: Callable[[Plan], bool], *, full: bool = False) -> Plan | Result:
        """The plan once it is agreed to. One that is turned down or interrupted is discarded: Stopped."""
        plan = self.plan(full=full)
        if isinstance(plan, Result):
            return plan
        try:
            agreed = confirm(plan)
        except BaseException:
            self._try_to_discard(plan.arn, plan.stack_id, plan.creates)
            raise
        if not agreed:
            self.discard(plan)
            raise Stopped("not deployed: the plan was discarded, and nothing was changed.")
        return plan

    def plan(self, *, full: bool = False) -> Plan | Result:
        """The change set, read back; or, where nothing differs, the Result that says so.

        Equal root templates name equal children, so equal root, parameters and tags mean nothing to do;
        `full` makes the change set all the same. Whatever ends this early leaves nothing behind.
        """
        guard_account(self._operator.gateways, self._desired.account_id)
        before = self._cloudformation.stack(self._desired.stack_name)
        self._guard_state(before)
        packed = package(self._desired.templates, self._desired.root, self._desired.location)
        parameters = self._parameters(before)
        if before and not full and self._same(before, packed, parameters):
            return Result(before.status, before, changed=False)
        self._upload(packed)
        return self._planned(before, packed, parameters)

    def execute(self, plan: Plan, watcher: Watcher | None = None) -> Result:
        """Execute exactly this plan and follow it to its end; another watcher may take over for that."""
        self._operator = replace(self._operator, watcher=watcher or self._operator.watcher)
        self._begin(plan)
        return self._operator.attach(plan.stack_id, plan.created)

    def discard(self, plan: Plan) -> None:
        """Delete the plan's change set and, where nothing stood before, the empty stack that it made."""
        self._discard(plan.arn, plan.stack_id, plan.creates)

    def _guard_state(self, before: Stack | None) -> None:
        row = state(before.status if before else None)
        if before is None or row.deploy in (Step.CREATE, Step.UPDATE):
            return
        says = f"{before.name} is in {before.status}: {row.meaning}."
        if row.deploy is Step.WATCH:
            raise StillRunning(f"{says} `showcore watch` follows it; deploy again when it has ended.")
        raise NeedsRecovery(f"{says} `showcore recover` leads out.")

    def _parameters(self, before: Stack | None) -> dict[str, str]:
        """As desired, but for the database's protection: a creation that fails must be able to roll back."""
        given = dict(self._desired.parameters)
        if PROTECTION in given and (before is None or state(before.status).deploy is Step.CREATE):
            given[PROTECTION] = "false"
        return given

    def _same(self, before: Stack, packed: Package, parameters: Mapping[str, str]) -> bool:
        if state(before.status).deploy is not Step.UPDATE:
            return False
        own_tags = {key: value for key, value in before.tags.items() if not key.startswith("aws:")}
        return (
            dict(before.parameters) == parameters
            and own_tags == dict(self._desired.tags)
            and self._cloudformation.template(before.id) == packed.root
        )

    def _upload(self, packed: Package) -> None:
        if packed.objects:
            count = upload(packed, self._desired.location, self._operator.gateways.store)
            self._operator.watcher.step(
                f"{count} of {len(packed.objects)} templates uploaded" if count else ""
            )

    def _planned(self, before: Stack | None, packed: Package, parameters: Mapping[str, str]) -> Plan | Result:
        self._operator.watcher.step("making the change set")
        order = self._order(before, packed, parameters)
        created = change_sets.create(self._cloudformation, order)
        try:
            tree = change_sets.read(self._cloudformation, self._operator.clock, created.id)
            outcome = change_sets.verdict(tree.change_set)
            if outcome is Verdict.AVAILABLE:
                return Plan(self._desired, before, tree, packed.hashes, parameters)
            causes = () if outcome is Verdict.NO_CHANGES else self._causes(tree)
        except BaseException:
            self._try_to_discard(created.id, created.stack_id, order.creates)
            raise
        self._discard(created.id, created.stack_id, order.creates)
        if outcome is Verdict.NO_CHANGES and before is not None:
            return Result(before.status, before, changed=False)
        raise Stopped("CloudFormation refuses the change set; nothing was changed.\n" + "\n".join(causes))

    def _causes(self, tree: Node) -> tuple[str, ...]:
        return why_change_set_failed(tree, self._cloudformation)

    def _order(self, before: Stack | None, packed: Package, parameters: Mapping[str, str]) -> ChangeSetOrder:
        token = self._operator.new_token()
        return ChangeSetOrder(
            stack_name=self._desired.stack_name,
            name=self._desired.change_set_name or self._name(token),
            token=token,
            creates=before is None or state(before.status).deploy is Step.CREATE,
            template=packed.template,
            parameters=parameters,
            tags=self._desired.tags,
            role_arn=self._desired.role_arn,
            description=self._desired.description,
            notification_arns=self._desired.notification_arns,
            on_failure=self._desired.on_failure if before is None else None,
            import_existing=self._desired.import_existing,
        )

    def _name(self, token: str) -> str:
        """Letters, digits and hyphens, a letter first: `showcore-20260131T0203Z-1a2b3c4d`."""
        digest = hashlib.sha256(token.encode()).hexdigest()[:8]
        return f"{CHANGE_SET_PREFIX}-{self._operator.clock.now():%Y%m%dT%H%MZ}-{digest}"

    def _begin(self, plan: Plan) -> None:
        """Execute; a refusal may only mean that the answer to an earlier try was lost on its way."""
        self._operator.watcher.step("executing the change set")
        token = self._operator.new_token()
        rollback_off = None if self._desired.on_failure and plan.creates else self._desired.disable_rollback
        try:
            self._cloudformation.execute_change_set(plan.arn, token, rollback_off)
        except MAY_HAVE_BEGUN as error:
            if not self._has_begun(plan, token):
                raise _not_executed(error, plan) from error

    def _has_begun(self, plan: Plan, token: str) -> bool:
        found = self._cloudformation.change_set(plan.arn, with_values=False)
        if found is not None and found.execution_status.startswith("EXECUTE_"):
            return True
        return self._operator.has_begun(plan.stack_id, token, plan.created)

    def _discard(self, arn: str, stack_id: str, created_stack: bool) -> None:
        if not change_sets.delete(self._cloudformation, self._operator.clock, arn):
            raise ShowcoreError(
                f"the change set {arn} cannot be deleted. `showcore plan --discard` tries again."
            )
        if created_stack:
            change_sets.delete_shell(
                self._cloudformation, self._operator.clock, stack_id, self._operator.new_token()
            )

    def _try_to_discard(self, arn: str, stack_id: str, created_stack: bool) -> None:
        """Tidy up on the way out of an error, which must not be hidden by a second one."""
        try:
            self._discard(arn, stack_id, created_stack)
        except ShowcoreError as error:
            self._operator.watcher.trouble(
                f"The change set {arn} is left. `showcore plan --discard` deletes it. ({error})"
            )

    @property
    def _cloudformation(self) -> CloudFormation:
        return self._operator.cloudformation


def _not_executed(error: AwsError, plan: Plan) -> ShowcoreError:
    if isinstance(error, NO_ANSWER):
        return Unreachable(f"{error} As far as can be seen nothing was begun; `showcore status` tells more.")
    return Stopped(
        f"the change set {plan.tree.change_set.name} can no longer be executed: {error} Something else was "
        "deployed meanwhile. Nothing was done; plan again."
    )
