"""The account behind the API: what stands in it, how long things take, and what is to go wrong."""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from showcore_cfn.template.json_types import Json
from tests.fakes.cloudformation.clock import Clock
from tests.fakes.cloudformation.errors import invalid
from tests.fakes.cloudformation.evaluation import Scope
from tests.fakes.cloudformation.model import STACK, ChangeSet, Event, Resource, Stack, Version
from tests.fakes.cloudformation.parameters import looked_up
from tests.fakes.cloudformation.physical import attribute, own_name, suffix, uuid
from tests.fakes.cloudformation.protocol import modelled
from tests.fakes.cloudformation.s3 import S3

if TYPE_CHECKING:
    from tests.fakes.cloudformation.apply import Run

NO_CHANGES = (
    "The submitted information didn't contain changes. Submit different information to create a change set."
)
NO_UPDATES = "No updates are to be performed."


@dataclass(slots=True)
class Beliefs:
    """Where what AWS does is not certain: what the fake does. A test turns it around to see that both work."""

    no_change_reason: str = NO_CHANGES
    unchanged_child: str = "FAILED"  # or CREATE_COMPLETE: the change set of a nested stack without a change
    false_replacement: str = "Conditional"  # or True: a create-only property fed by an unknown value
    stale_seconds: float = 1.0  # how long after ExecuteChangeSet DescribeStacks may tell the old status
    pending_page: bool = True  # whether DescribeChangeSet pages while the change set is being made


@dataclass(slots=True)
class Failure:
    """A resource that is to fail."""

    path: str  # "database/database", lower case
    on: str  # create, update, delete or rollback
    reason: str
    times: int | None


@dataclass(slots=True)
class Finding:
    """What early validation will find."""

    path: str
    name: str
    reason: str
    place: str
    mode: str


@dataclass(slots=True)
class Durations:
    """Seconds that things take."""

    by_type: dict[str, float] = field(
        default_factory=lambda: {
            "AWS::RDS::DBInstance": 540,
            "AWS::ElastiCache::ReplicationGroup": 480,
            "AWS::CloudFront::Distribution": 240,
            "AWS::EC2::VPCEndpoint": 60,
            "AWS::EC2::VPC": 12,
            "AWS::EC2::InternetGateway": 16,
            "AWS::IAM::Role": 18,
            "AWS::IAM::InstanceProfile": 120,
        }
    )
    default: float = 6
    scale: float = 1  # 0: at once

    def __setitem__(self, kind: str, seconds: float) -> None:
        self.by_type[kind] = seconds

    def __getitem__(self, kind: str) -> float:
        return self.by_type.get(kind, self.default) * self.scale

    def to_update(self, kind: str) -> float:
        """A change in place takes a quarter of a creation."""
        return self[kind] / 4

    def to_delete(self, kind: str) -> float:
        """A deletion takes half of a creation."""
        return self[kind] / 2


class Account:
    """Everything that the API reads and writes."""

    def __init__(self, region: str, account_id: str, clock: Clock) -> None:
        self.region, self.account_id, self.clock = region, account_id, clock
        self.place = f"{region}:{account_id}"
        self.stacks: dict[str, Stack] = {}
        self.change_sets: dict[str, ChangeSet] = {}
        self.s3 = S3(account_id, region, clock)
        self.ssm: dict[str, str] = {}
        self.taken: dict[tuple[str, str], str] = {}  # (type, name) -> where it comes from
        self.failures: list[Failure] = []
        self.findings: list[Finding] = []
        self.hidden: set[str] = set()
        self.snapshots: list[str] = []
        self.beliefs = Beliefs()
        self.durations = Durations()
        self.drift_detections: dict[str, tuple[str, str]] = {}  # id -> (stack, status)
        self.tokens: dict[str, tuple[str, str]] = {}  # ClientRequestToken -> (operation, stack id)
        self.runs: dict[str, Run] = {}
        self.page_size = self.change_page_size = 100
        self._numbers = itertools.count(1)

    # Names -----------------------------------------------------------------------------------------------

    def new_uuid(self, *parts: str) -> str:
        """The next identifier."""
        return uuid(*parts, str(next(self._numbers)))

    def arn(self, kind: str, name: str) -> str:
        """A new stack's or change set's identifier."""
        return f"arn:aws:cloudformation:{self.region}:{self.account_id}:{kind}/{name}/{self.new_uuid(name)}"

    def find(self, name_or_id: str) -> Stack | None:
        """A stack by its name, while it lives, or by its id."""
        if name_or_id in self.stacks:
            return self.stacks[name_or_id]
        return next((s for s in self.stacks.values() if s.name == name_or_id and not s.gone), None)

    def stack(self, name_or_id: str) -> Stack:
        """The same; raises ServiceError where there is none."""
        found = self.find(name_or_id)
        if found is None:
            raise invalid(f"Stack [{name_or_id}] does not exist")
        return found

    def child(self, stack: Stack, logical_id: str) -> Stack | None:
        """The stack nested in another under a logical id, while it lives."""
        found = [
            s for s in self.stacks.values() if s.parent is stack and s.logical_id == logical_id and not s.gone
        ]
        return found[-1] if found else None

    def children(self, stack: Stack) -> list[Stack]:
        """All stacks nested directly in another that live."""
        return [s for s in self.stacks.values() if s.parent is stack and not s.gone]

    def new_stack(self, name: str, version: Version, parent: Stack | None, logical_id: str) -> Stack:
        """A stack that has only just been named."""
        stack = Stack(
            self.arn("stack", name),
            name,
            "REVIEW_IN_PROGRESS",
            version,
            self.clock.now(),
            parent,
            logical_id,
        )
        self.stacks[stack.id] = stack
        return stack

    def shell(self, parent: Stack, logical_id: str, version: Version, name: str) -> Stack:
        """The stack to be nested: the one that a change set has named already, or a new one."""
        found = self.child(parent, logical_id)
        if found is None or found.status != "REVIEW_IN_PROGRESS":
            found = self.new_stack(name + suffix(name, str(next(self._numbers))), version, parent, logical_id)
        found.version = version
        return found

    # Values ----------------------------------------------------------------------------------------------

    def scope(self, stack: Stack, version: Version) -> Scope:
        """The values that a stack's template sees while it is deployed."""
        return Scope(
            version.template.body,
            looked_up(version.template, version.parameters, self.ssm),
            self.pseudo(stack),
            lambda logical_id, name: self.attribute(stack, logical_id, name),
            self.exports(),
        )

    def pseudo(self, stack: Stack) -> Mapping[str, str]:
        """The pseudo parameters."""
        return {
            "AWS::AccountId": self.account_id,
            "AWS::Region": self.region,
            "AWS::Partition": "aws",
            "AWS::URLSuffix": "amazonaws.com",
            "AWS::StackName": stack.name,
            "AWS::StackId": stack.id,
        }

    def attribute(self, stack: Stack, logical_id: str, name: str | None) -> str:
        """Ref or GetAtt of a resource that stands."""
        resource = stack.resources.get(logical_id)
        if resource is None:
            raise invalid(
                f"Template error: instance of Fn::GetAtt references undefined resource {logical_id}"
            )
        if name is None:
            return resource.physical_id
        if resource.type == STACK and name.startswith("Outputs."):
            child = self.stacks[resource.physical_id]
            output = name.removeprefix("Outputs.")
            if output not in child.outputs:
                raise invalid(f"Output '{output}' not found in stack '{child.id}'")
            return child.outputs[output]
        return attribute(resource.type, resource.physical_id, resource.properties, name, self.place)

    def exports(self) -> dict[str, str]:
        """All exported values of the account and region."""
        found: dict[str, str] = {}
        for stack in self.stacks.values():
            if stack.gone or not stack.outputs:
                continue
            for output, raw in stack.version.template.section("Outputs").items():
                export = raw.get("Export") if isinstance(raw, dict) else None
                if isinstance(export, dict) and output in stack.outputs:
                    found[self.export_name(stack, export)] = stack.outputs[output]
        return found

    def export_name(self, stack: Stack, export: Mapping[str, Json]) -> str:
        """The name under which an output is exported."""
        scope = Scope(
            stack.version.template.body,
            stack.version.parameters,
            self.pseudo(stack),
            lambda logical_id, name: self.attribute(stack, logical_id, name),
        )
        return str(scope.value(export.get("Name")))

    # What is to go wrong ---------------------------------------------------------------------------------

    def failure(self, stack: Stack, logical_id: str, on: str) -> str | None:
        """The reason why a resource fails now, if it was asked to."""
        path = path_of(stack, logical_id)
        for failure in self.failures:
            if failure.path == path and failure.on == on and failure.times != 0:
                if failure.times is not None:
                    failure.times -= 1
                return failure.reason
        return None

    def is_taken(self, kind: str, name: str) -> bool:
        """Whether something outside of every stack has this name."""
        if (kind, name) in self.taken:
            return True
        if kind != "AWS::S3::Bucket" or name not in self.s3.buckets:
            return False
        alive = (stack for stack in self.stacks.values() if not stack.gone)
        return not any(r.physical_id == name for stack in alive for r in stack.resources.values())

    def leave_behind(self, stack: Stack, resource: Resource) -> None:
        """A resource that outlives its stack keeps its name from the next one."""
        if own_name(resource.type, resource.properties):
            self.taken[resource.type, own_name(resource.type, resource.properties)] = stack.name

    # History ---------------------------------------------------------------------------------------------

    def begin(self, stack: Stack, kind: str, token: str) -> str:
        """A new operation on a stack; its id."""
        operation = self.new_uuid(stack.id, kind)
        stack.operations.insert(0, (kind, operation))
        stack.token = token
        return operation

    def set_status(self, stack: Stack, status: str, reason: str = "") -> None:
        """The stack's own status, with the event that tells it."""
        stack.status, stack.reason = status, reason
        self._event(stack, self.new_uuid(stack.id), stack.name, stack.id, STACK, status, reason, "")

    def tell(self, stack: Stack, resource: Resource, status: str, reason: str = "") -> None:
        """A resource's new status, with its event."""
        resource.status, resource.reason, resource.updated = status, reason, self.clock.now()
        moment = (
            resource.updated.strftime("%Y-%m-%dT%H:%M:%S.") + f"{resource.updated.microsecond // 1000:03d}Z"
        )
        self._event(
            stack,
            f"{resource.logical_id}-{status}-{moment}",
            resource.logical_id,
            resource.physical_id,
            resource.type,
            status,
            reason,
            json.dumps(resource.properties),
        )

    def _event(
        self,
        stack: Stack,
        id_: str,
        logical: str,
        physical: str,
        kind: str,
        status: str,
        why: str,
        shown: str,
    ) -> None:
        operation = stack.operations[0] if stack.operations else ("", "")
        taken = {event.id for event in stack.events[-20:]}
        while id_ in taken:
            id_ += "'"
        stack.events.append(
            Event(
                id_, operation[1], operation[0], logical, physical, kind, self.clock.now(), status, why, shown,
                stack.token,
            )
        )  # fmt: skip

    def once(self, token: str | None, operation: str, stack: Stack) -> bool:
        """Whether a request with this token was carried out already. Raises where it was another request."""
        if not token:
            return False
        if token in self.tokens:
            if self.tokens[token] != (operation, stack.id):
                raise modelled(
                    "TokenAlreadyExistsException", f"The token {token} was used for another request."
                )
            return True
        self.tokens[token] = (operation, stack.id)
        return False

    def until(self, seconds: float) -> datetime:
        """The time some seconds from now."""
        return self.clock.now() + timedelta(seconds=seconds)


def path_of(stack: Stack, logical_id: str) -> str:
    """How a test names a resource: the logical ids below the root, in lower case."""
    return "/".join((*stack.path, logical_id)).lower()


def normal_path(path: str) -> str:
    """A test's path in the form that is compared: `root/` may stand for the root."""
    return path.lower().removeprefix("root/")
