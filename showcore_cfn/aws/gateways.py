"""What the deployment asks of AWS, as small interfaces; boto3 stands behind them, or a test's own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from showcore_cfn.aws.values import (
    ChangeSet,
    ChangeSetOrder,
    ChangeSetSummary,
    CreatedChangeSet,
    Identity,
    Stack,
    StackEvent,
    StackResource,
    ValidationFailure,
)

if TYPE_CHECKING:
    from showcore_cfn.deploy.drift.detection import Detector


class CloudFormation(Protocol):
    """The CloudFormation calls. Stacks are named by name or ARN; a change set always by its ARN."""

    def stack(self, name: str) -> Stack | None:
        """The stack; None where there is none of that name."""
        ...

    def template(self, name: str) -> str:
        """The template that a stack was last given, as it was sent."""
        ...

    def resources(self, name: str) -> tuple[StackResource, ...]:
        """The resources of one stack; those of nested stacks are not among them."""
        ...

    def events(self, name: str) -> Iterator[StackEvent]:
        """The history of one stack, newest first; a page is asked for when it is needed."""
        ...

    def failures(self, stack: str, change_set: str | None = None) -> tuple[ValidationFailure, ...]:
        """The failed events of DescribeEvents, of a change set or of the stack's operations."""
        ...

    def create_change_set(self, order: ChangeSetOrder) -> CreatedChangeSet:
        """Begin a change set."""
        ...

    def change_set(self, arn: str, *, with_values: bool = True) -> ChangeSet | None:
        """The change set with all pages of its changes once it is made; None where it is gone."""
        ...

    def change_sets(self, stack: str) -> tuple[ChangeSetSummary, ...]:
        """The change sets that wait on a stack."""
        ...

    def execute_change_set(self, arn: str, token: str, disable_rollback: bool | None) -> None:
        """Begin the operation. None for `disable_rollback` leaves it out: OnStackFailure was given."""
        ...

    def delete_change_set(self, arn: str) -> None:
        """Begin to delete a change set and, from the root, those nested in it."""
        ...

    def delete_stack(
        self, arn: str, token: str, *, role_arn: str | None, retain: tuple[str, ...] = ()
    ) -> None:
        """Begin to delete a stack and what is nested in it."""
        ...

    def cancel_update(self, arn: str, token: str) -> None:
        """Ask for the update that is under way to be rolled back."""
        ...

    def roll_back(self, arn: str, token: str, role_arn: str | None) -> None:
        """Roll back a stack that stands in CREATE_FAILED or UPDATE_FAILED."""
        ...

    def continue_rollback(
        self, arn: str, token: str, role_arn: str | None, skip: tuple[str, ...] = ()
    ) -> None:
        """Go on with a rollback that failed, without the resources in `skip`."""
        ...

    def protect_from_deletion(self, name: str, on: bool) -> None:
        """Switch termination protection of a root stack."""
        ...

    def set_stack_policy(self, name: str, policy: str) -> None:
        """Set the stack policy, a JSON document; it cannot be deleted, only replaced."""
        ...

    def stack_policy(self, name: str) -> str | None:
        """The stack policy, or None where none was ever set."""
        ...


class Store(Protocol):
    """The calls to S3. The owner's account id goes along, so that nobody else's bucket is ever used."""

    def keys(self, bucket: str, prefix: str, owner: str) -> frozenset[str]:
        """The keys that begin with `prefix`."""
        ...

    def put(self, bucket: str, key: str, body: bytes, owner: str) -> None:
        """Write one object."""
        ...


class Identities(Protocol):
    """Who is asking."""

    def identity(self) -> Identity:
        """The account and ARN behind the credentials."""
        ...

    def expires(self) -> datetime | None:
        """When the credentials end, where that is known."""
        ...


class Gateways(Protocol):
    """All of them, for one account and region."""

    @property
    def cloudformation(self) -> CloudFormation:
        """CloudFormation."""
        ...

    @property
    def store(self) -> Store:
        """S3."""
        ...

    @property
    def identities(self) -> Identities:
        """STS and the credentials themselves."""
        ...

    @property
    def drift(self) -> Detector:
        """Drift detection."""
        ...
