"""Making a plan: what stands there, whether anything differs, the upload, what is ordered and compared.

Whatever ends it early - nothing to do, a refusal, an error, Ctrl-C - leaves no change set and no empty stack.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

from showcore_cfn.aws.values import ChangeSet, ChangeSetOrder, Stack
from showcore_cfn.deploy import change_set as change_sets
from showcore_cfn.deploy.change_set import Node, Verdict
from showcore_cfn.deploy.desired import PROTECTION, Desired
from showcore_cfn.deploy.drift.look import Look, look
from showcore_cfn.deploy.operation import Operator, Result, guard_account
from showcore_cfn.deploy.package import Package, package, upload
from showcore_cfn.deploy.planning.comparison import Comparison, Templates
from showcore_cfn.deploy.planning.deployed import Ours, deployed_templates
from showcore_cfn.deploy.planning.making import Maker, NestingRefused
from showcore_cfn.deploy.planning.plan import Plan
from showcore_cfn.deploy.planning.plan_file import SavedPlan, differences
from showcore_cfn.deploy.planning.standing import Standing, guard_state, standing, waiting
from showcore_cfn.deploy.states import Step, state
from showcore_cfn.errors import Stopped

CHANGE_SET_PREFIX = "showcore"  # the nested ones get longer names from it, so it stays short
Beside = Callable[[], Callable[[], None]]  # begins to look; what it hands back waits, and raises what blocks


class Planner:
    """Makes the plans of one desired stack. `beside` looks at the account while the first one is made."""

    def __init__(self, desired: Desired, operator: Operator, beside: Beside | None = None) -> None:
        self._desired = desired
        self._beside = beside
        self._operator = operator
        self._cloudformation = operator.cloudformation
        self._maker = Maker(operator)

    def plan(self, *, full: bool = False, drift: bool = False, kind: str = "") -> Plan | Result:
        """The plan; or, where nothing differs, the Result that says so.

        Equal root templates name equal children, so equal root, parameters and tags mean nothing to do;
        `full` makes the change set all the same. `drift` adds a look for what was changed by hand. A `kind`
        of change set begins its name with that, whatever name was wished for the usual one.
        """
        found = standing(self._operator.gateways, self._desired)
        before = found.stack
        guard_state(before, self._cloudformation)
        packed = package(self._desired.templates, self._desired.root, self._desired.location)
        parameters = self._parameters(before)
        deployed = found.template() if _updates(before) else None
        if before and not full and deployed == packed.root and self._same_around(before, parameters):
            return Result(before.status, before, changed=False)
        wait = self._look_beside()
        self._upload(packed, found)
        plan = self._planned(before, packed, parameters, deployed, kind)
        self._heed(wait, plan)
        return replace(plan, drift=self._drift(plan)) if drift and isinstance(plan, Plan) else plan

    def saved(self, saved: SavedPlan) -> Plan:
        """The plan of a file, read back. Raises Stopped, with every reason, where it is not the one it was."""
        packed = package(self._desired.templates, self._desired.root, self._desired.location)
        if reasons := differences(saved, self._desired, packed.hashes):
            guard_account(self._operator.gateways, self._desired.account_id)
            raise _outdated(*reasons)
        found = waiting(self._operator.gateways, self._desired, saved)
        before, change_set = found.stack, found.change_set
        guard_state(before, self._cloudformation)
        if change_set is None:
            raise _outdated("its change set is gone: executed, deleted, or made obsolete by another")
        if change_sets.verdict(change_set) is not Verdict.AVAILABLE:
            raise _outdated(f"its change set is {change_set.status}, {change_set.execution_status}")
        parameters = self._parameters(before)
        deployed = found.template() if _updates(before) else None
        compare = partial(self._comparison, before, packed, parameters, deployed)
        made = self._maker.read(change_set, compare)
        return self._plan(before, made, packed, parameters)

    def _look_beside(self) -> Callable[[], None] | None:
        """Once: what is planned after an execution finds its own things standing."""
        beside, self._beside = self._beside, None
        return beside() if beside else None

    def _heed(self, wait: Callable[[], None] | None, plan: Plan | Result) -> None:
        """Wait for the look at the account; what it finds in the way discards the plan."""
        try:
            if wait is not None:
                wait()
        except BaseException:
            if isinstance(plan, Plan):
                self._maker.try_to_discard(plan.made, created_stack=plan.creates)
            raise

    def _drift(self, plan: Plan) -> Look:
        """A quick look at the nested stacks that the plan changes; nothing else needs to be known now."""
        if plan.creates:
            return Look()
        self._operator.watcher.step("looking for changes made by hand")
        try:
            ids = plan.tree.ids
            touched = {name: ids[name] for name in plan.counts() if ids.get(name)}
            return look(self._operator.gateways.drift, self._operator.clock, touched)
        except BaseException:
            self._maker.try_to_discard(plan.made, created_stack=plan.creates)
            raise

    def _parameters(self, before: Stack | None) -> dict[str, str]:
        """As desired, but for the database's protection: a creation that fails must be able to roll back."""
        given = dict(self._desired.parameters)
        if PROTECTION in given and state(before.status if before else None).deploy is Step.CREATE:
            given[PROTECTION] = "false"
        return given

    def _same_around(self, before: Stack, parameters: Mapping[str, str]) -> bool:
        return dict(before.parameters) == parameters and before.own_tags == dict(self._desired.tags)

    def _upload(self, packed: Package, found: Standing) -> None:
        if packed.objects:
            store = self._operator.gateways.store
            count = upload(packed, self._desired.location, store, found.uploaded)
            if count:
                self._operator.watcher.step(f"uploaded {count} of {len(packed.objects)} templates")

    def _planned(
        self,
        before: Stack | None,
        packed: Package,
        parameters: Mapping[str, str],
        deployed: str | None,
        kind: str,
    ) -> Plan | Result:
        compare = partial(self._comparison, before, packed, parameters, deployed)
        order = self._order(before, packed, parameters, kind)
        try:
            made = self._maker.made(order, compare)
        except NestingRefused as refused:
            self._operator.watcher.trouble(f"{refused} Trying without a look into the nested stacks.")
            order = replace(order, nested=False, token=self._operator.new_token(), name=f"{order.name}-flat")
            made = self._maker.made(order, compare)
        if made is None:
            assert before is not None
            return Result(before.status, before, changed=False)
        return self._plan(before, made, packed, parameters, nested=order.nested)

    def _plan(
        self,
        before: Stack | None,
        made: tuple[Node, Comparison],
        packed: Package,
        parameters: Mapping[str, str],
        *,
        nested: bool = True,
    ) -> Plan:
        known = self._operator.memory.durations()
        return Plan(
            self._desired, before, made[0], packed.hashes, parameters, made[1], nested, durations=known
        )

    def _comparison(
        self,
        before: Stack | None,
        packed: Package,
        parameters: Mapping[str, str],
        deployed: str | None,
        root: ChangeSet,
    ) -> Comparison:
        pseudo = {"AWS::AccountId": self._desired.account_id, "AWS::Region": self._desired.region}
        texts = {name: self._desired.templates[name] for name in packed.hashes}
        base = None
        if before is not None and deployed is not None:
            ours = Ours(self._desired.root, texts, packed.hashes)
            known = {change.logical_id: change.physical_id for change in root.nested}
            found = deployed_templates(self._cloudformation, before, deployed, ours, known)
            base = Templates(found, {**before.parameters, **pseudo}) if found is not None else None
        return Comparison(Templates(texts, {**parameters, **pseudo}), base, self._desired.terms)

    def _order(
        self, before: Stack | None, packed: Package, parameters: Mapping[str, str], kind: str
    ) -> ChangeSetOrder:
        token = self._operator.new_token()
        creates = state(before.status if before else None).deploy is Step.CREATE
        return ChangeSetOrder(
            stack_name=self._desired.stack_name,
            name=f"{kind}{token[:8]}" if kind else self._desired.change_set_name or self._name(token),
            token=token,
            creates=creates,
            template=packed.template,
            parameters=parameters,
            tags=self._desired.tags,
            role_arn=self._desired.role_arn,
            description=self._desired.description,
            notification_arns=self._desired.notification_arns,
            on_failure=self._desired.on_failure if creates else None,
            import_existing=self._desired.import_existing,
        )

    def _name(self, token: str) -> str:
        """Letters, digits and hyphens, a letter first: `showcore-20260131T0203Z-1a2b3c4d`."""
        digest = hashlib.sha256(token.encode()).hexdigest()[:8]
        return f"{CHANGE_SET_PREFIX}-{self._operator.clock.now():%Y%m%dT%H%MZ}-{digest}"


def _updates(before: Stack | None) -> bool:
    """Whether something stands that a template was deployed for."""
    return before is not None and state(before.status).deploy is Step.UPDATE


def _outdated(*reasons: str) -> Stopped:
    return Stopped(
        f"this plan cannot be executed any more: {'; '.join(reasons)}. `showcore plan --out FILE` makes a new one."
    )
