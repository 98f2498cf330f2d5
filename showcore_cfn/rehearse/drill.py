"""The rehearsal: everything that a first deployment and a change after it do, on the embedded AWS.

bootstrap -> plan -> deploy -> look -> change by settings -> look -> deploy again, nothing to do -> destroy -> look.
It goes the way of a real deployment, with the same package, change sets and following; only the account is not real.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol

from showcore_cfn.aws.gateways import Gateways
from showcore_cfn.aws.values import STACK_TYPE
from showcore_cfn.deploy.cause import root_causes
from showcore_cfn.deploy.clock import Clock
from showcore_cfn.deploy.desired import BOOTSTRAP_TEMPLATE, Desired, bootstrap, nest
from showcore_cfn.deploy.following.follow import Choice, Watcher
from showcore_cfn.deploy.following.happening import Happening
from showcore_cfn.deploy.operation import Operator, Result
from showcore_cfn.deploy.planning.plan import Plan
from showcore_cfn.deploy.removal.destroy import destroy
from showcore_cfn.deploy.session import Deployment
from showcore_cfn.errors import Exit, Stopped
from showcore_cfn.settings import Settings
from showcore_cfn.verify.check import Outcome
from showcore_cfn.verify.rehearsal import Rehearsed

CHANGED = {"EndpointZones": "1", "CostCenter": "Rehearsal"}  # what the drill changes by settings
CHANGED_TAG = "CostCenter"

NOT_PROVED = (
    "that your permissions, quotas and service-linked roles suffice: nothing checks them here",
    "that names are free, and that engine versions and instance classes are on offer",
    "nested change sets: the embedded AWS plans the root alone, and the nested stacks are read after the fact",
    "what happens when something fails halfway: it leaves a failed nested stack as it is",
    "deletion policies in nested stacks: here their buckets and snapshots go with them",
    "stack policies, routes of gateway endpoints, private DNS",
    "mail: addresses count as confirmed at once",
    "time: what takes AWS a quarter of an hour takes seconds here",
    "checks that need a real instance, edge, bill or night: `showcore verify` runs them against an account",
)


class RehearsalFailed(Stopped):
    """Something did not come out as the templates say."""


class Account(Gateways, Protocol):
    """The gateways, and a client of any service for looking at what was made."""

    def client(self, service: str) -> Any:
        """A client of a service."""
        ...


Watching = Callable[[Mapping[str, int]], AbstractContextManager[Watcher]]  # given the changes of each stack


Inspect = Callable[
    [Mapping[str, str]], Rehearsed
]  # given the root parameters, by the services' describe calls


@dataclass(frozen=True, slots=True)
class Drill:
    """One rehearsal. `say` is told each stage as it ends; nothing is printed here."""

    settings: Settings
    templates: Mapping[str, str]
    account: Account
    clock: Clock
    say: Callable[[str, str], None]  # the stage, and how it ended
    watching: Watching
    inspect: Inspect

    def stand_up(self) -> None:
        """Bootstrap, plan, deploy, look."""
        made = self._deploy(bootstrap(self.settings, self.templates[BOOTSTRAP_TEMPLATE]))
        self.say("bootstrap", f"{_name(made)} {made.status}")
        self.deploy_nest(self._nest(), "deploy")

    def change(self) -> None:
        """Change two settings and look whether they reached the services; then deploy the same again."""
        self.deploy_nest(self._nest(CHANGED), "change")
        self._look_at_the_change()
        again = self._deploy(self._nest(CHANGED))
        if again.changed:
            raise RehearsalFailed("the same templates and settings made a change the second time.")
        self.say("again", "nothing to do, as it should be")

    def deploy_nest(self, desired: Desired, stage: str) -> None:
        """Plan and deploy the nest, then look at what stands."""
        fresh = self.account.cloudformation.stack(desired.stack_name) is None
        result = self._deploy(desired)
        self.say(
            stage, f"{_name(result)} {result.status}" + (", created and then protected" if fresh else "")
        )
        self.say("stacks", self._all_complete(desired.stack_name))
        self._look(self.inspect(desired.parameters))

    def _look(self, seen: Rehearsed) -> None:
        if seen.wrong:
            lines = [line for outcome in seen.wrong for line in _as_lines(outcome)]
            raise RehearsalFailed("\n".join(["not as the templates say:", *lines]))
        passed, rest = len(seen.outcomes), len(seen.left_out)
        self.say("look", f"{passed} checks passed, by the services' own answers; {rest} need a real account")

    def tear_down(self) -> None:
        """Destroy both stacks and look whether anything of them is left."""
        desired = self._nest()
        for name in (desired.stack_name, self._bootstrap_name()):
            stack = self.account.cloudformation.stack(name)
            if stack is None:
                raise RehearsalFailed(f"{name} is not there to be destroyed.")
            with self.watching({}) as watcher:
                result = destroy(self._operator(watcher), stack, lift_protection=True)
            self._must_be_done(result)
            self.say("destroy", f"{name} {result.status}")
        self.say("left", self._nothing_left())

    # -----------------------------------------------------------------------------------------------------

    def _nest(self, changed: Mapping[str, str] | None = None) -> Desired:
        wanted = nest(self.settings, self.templates)
        if not changed:
            return wanted
        tags = {**wanted.tags, CHANGED_TAG: changed[CHANGED_TAG]}
        return replace(wanted, parameters={**wanted.parameters, **changed}, tags=tags)

    def _bootstrap_name(self) -> str:
        return bootstrap(self.settings, self.templates[BOOTSTRAP_TEMPLATE]).stack_name

    def _operator(self, watcher: Watcher) -> Operator:
        return Operator(self.account, _EndsOnCtrlC(watcher), self.clock)

    def _deploy(self, desired: Desired) -> Result:
        with self.watching({}) as quiet:
            deployment = Deployment(desired, self._operator(quiet))
            plan = deployment.plan()
        if isinstance(plan, Result):
            return plan
        self.say("plan", _counted(plan))
        with self.watching(plan.counts()) as watcher:
            result = deployment.execute(plan, _EndsOnCtrlC(watcher))
        self._must_be_done(result)
        return result

    @staticmethod
    def _must_be_done(result: Result) -> None:
        if result.exit_code is Exit.DONE:
            return
        causes = [f"  {cause.path}: {cause.event.reason}" for cause in root_causes(result.failures)]
        raise RehearsalFailed("\n".join([f"it ended in {result.status}.", *causes]))

    def _all_complete(self, root: str) -> str:
        """Every stack of the nest is complete, and so is every resource in it."""
        stacks, resources = 0, 0
        waiting = [root]
        while waiting:
            name = waiting.pop()
            stack = self.account.cloudformation.stack(name)
            if stack is None or not stack.status.endswith("_COMPLETE"):
                raise RehearsalFailed(f"{name} is {stack.status if stack else 'not there'}.")
            stacks += 1
            for resource in self.account.cloudformation.resources(name):
                if not resource.status.endswith("_COMPLETE"):
                    raise RehearsalFailed(f"{name}: {resource.logical_id} is {resource.status}.")
                if resource.type == STACK_TYPE:
                    waiting.append(resource.physical_id)
                else:
                    resources += 1
        return f"{stacks} stacks and {resources} resources complete"

    def _look_at_the_change(self) -> None:
        """Each interface endpoint stands in one subnet, and the new tag value is on the database."""
        endpoints = self.account.client("ec2").describe_vpc_endpoints()["VpcEndpoints"]
        subnets = [len(each["SubnetIds"]) for each in endpoints if each["VpcEndpointType"] == "Interface"]
        if not subnets or set(subnets) != {1}:
            raise RehearsalFailed(f"endpoints should stand in one subnet each, and stand in {subnets}.")
        (database,) = self.account.client("rds").describe_db_instances()["DBInstances"]
        tags = {tag["Key"]: tag["Value"] for tag in database["TagList"]}
        if tags.get(CHANGED_TAG) != CHANGED[CHANGED_TAG]:
            raise RehearsalFailed(f"the database's tag {CHANGED_TAG} is {tags.get(CHANGED_TAG)!r}.")
        self.say("arrived", f"{len(subnets)} endpoints in one zone, {CHANGED_TAG}={CHANGED[CHANGED_TAG]}")

    def _nothing_left(self) -> str:
        """No VPC, database, cache or distribution of ours; buckets that the templates keep are named."""
        clients = self.account.client
        left = {
            "database": [
                one["DBInstanceIdentifier"] for one in clients("rds").describe_db_instances()["DBInstances"]
            ],
            "cache": [
                one["ReplicationGroupId"]
                for one in clients("elasticache").describe_replication_groups()["ReplicationGroups"]
            ],
            "vpc": [
                one["VpcId"] for one in clients("ec2").describe_vpcs()["Vpcs"] if not one.get("IsDefault")
            ],
            "alarm": [one["AlarmName"] for one in clients("cloudwatch").describe_alarms()["MetricAlarms"]],
        }
        found = [f"{kind} {', '.join(names)}" for kind, names in left.items() if names]
        if found:
            raise RehearsalFailed(f"left behind: {'; '.join(found)}.")
        kept = [bucket["Name"] for bucket in clients("s3").list_buckets()["Buckets"]]
        return f"nothing but what the templates keep: {', '.join(kept)}" if kept else "nothing"


def _as_lines(outcome: Outcome) -> list[str]:
    claims = [
        f"    {claim.subject}: {claim.seen}, wanted {claim.wanted}"
        for claim in (*outcome.failures, *outcome.unseen)
    ]
    return [f"  {outcome.check.id} {outcome.check.title}: {outcome.verdict} {outcome.note}".rstrip(), *claims]


def _name(result: Result) -> str:
    return result.stack.name if result.stack else "the stack"


def _counted(plan: Plan) -> str:
    changes = plan.tree.changes()
    actions: dict[str, int] = {}
    for change in changes:
        action = change.resource.action.lower()
        actions[action] = actions.get(action, 0) + 1
    counted = ", ".join(f"{count} {action}" for action, count in actions.items()) or "outputs only"
    return f"{plan.desired.stack_name}: {counted}"


@dataclass(frozen=True, slots=True)
class _EndsOnCtrlC:
    """A watcher as it is, but Ctrl-C ends the rehearsal: there is no AWS in which the operation could go on."""

    inner: Watcher

    def happened(self, happenings: tuple[Happening, ...]) -> None:
        self.inner.happened(happenings)

    def waiting(self, now: datetime) -> None:
        self.inner.waiting(now)

    def step(self, text: str) -> None:
        self.inner.step(text)

    def trouble(self, text: str) -> None:
        self.inner.trouble(text)

    def interrupted(self, can_cancel: bool) -> Choice:
        raise KeyboardInterrupt
