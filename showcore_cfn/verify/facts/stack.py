"""The deployed nest: its stacks, their resources, the templates as deployed, and drift."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from showcore_cfn.verify.look import CouldNotLook, Fact, Missing

NESTED = "AWS::CloudFormation::Stack"


class NoStack(CouldNotLook):
    """Nothing was deployed here yet."""


@dataclass(frozen=True, slots=True)
class LiveStack:
    """One stack of the nest. `tier` is empty for the root."""

    tier: str
    name: str
    id: str
    status: str
    created: datetime
    updated: datetime | None
    parameters: Mapping[str, str]
    termination_protection: bool = False


@dataclass(frozen=True, slots=True)
class StackResource:
    """One resource of one stack, under the physical id that CloudFormation knows."""

    tier: str
    logical_id: str
    type: str
    physical_id: str
    status: str

    @property
    def path(self) -> str:
        """ "database/Database", as everywhere in this tool."""
        return f"{self.tier or 'root'}/{self.logical_id}"


@dataclass(frozen=True, slots=True)
class StackTree:
    """The root stack, all that is nested in it, and their resources."""

    stacks: tuple[LiveStack, ...]
    resources: tuple[StackResource, ...]

    @property
    def root(self) -> LiveStack:
        """The root stack."""
        return self.stacks[0]

    @property
    def changed(self) -> datetime:
        """When the last deployment began."""
        return self.root.updated or self.root.created

    def of_type(self, kind: str) -> tuple[StackResource, ...]:
        """All resources of a type."""
        return tuple(each for each in self.resources if each.type == kind)

    def id_of(self, logical_id: str) -> str:
        """The physical id of a resource of the plan, no nested stack. Raises Missing where there is none."""
        for each in self.resources:
            if each.logical_id == logical_id and each.type != NESTED and each.physical_id:
                return each.physical_id
        raise Missing(f"{logical_id} in {self.root.name}")

    def only(self, kind: str) -> str:
        """The physical id of the one resource of a type. Raises Missing where there is none."""
        for each in self.of_type(kind):
            if each.physical_id:
                return each.physical_id
        raise Missing(f"a resource of type {kind} in {self.root.name}")


@dataclass(frozen=True, slots=True)
class DriftedResource:
    """A resource that differs from its template, and in which properties."""

    path: str
    status: str  # MODIFIED or DELETED
    properties: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Drift:
    """The result of one drift detection over every stack of the nest."""

    stacks: Mapping[str, str]  # stack name -> IN_SYNC, DRIFTED, or why it is not known
    resources: tuple[DriftedResource, ...]


STACK: Fact[StackTree] = Fact(
    "the stacks", ("cloudformation:DescribeStacks", "cloudformation:ListStackResources")
)
DEPLOYED: Fact[Mapping[str, str]] = Fact(  # file name -> the text that CloudFormation holds
    "the deployed templates", ("cloudformation:GetTemplate",), (STACK,)
)
DRIFT: Fact[Drift] = Fact(
    "drift",
    (
        "cloudformation:DetectStackDrift",
        "cloudformation:DescribeStackDriftDetectionStatus",
        "cloudformation:DescribeStackResourceDrifts",
    ),
    (STACK,),
)
