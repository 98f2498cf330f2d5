"""Whatever is asked of the fake, in whatever order: it answers, it never breaks, and its states are AWS's."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.fakes.cloudformation import FakeAws
from tests.fakes.cloudformation.protocol import service_model
from tests.fakes.cloudformation.small import CAPABILITIES, NEST, Api, edited

NESTS = [
    NEST,
    edited("network.yaml", "EnableDnsSupport: true", "EnableDnsSupport: false"),
    edited("storage.yaml", "alarms", "alerts"),
    edited("storage.yaml", '"${Prefix}-topic"', '"${Prefix}-other"'),
    edited("database.yaml", "db.t3.micro", "db.t3.small"),
    {**NEST, "root.yaml": NEST["root.yaml"].replace("  Storage:", "  Store:")},
]
PATHS = ["network/VPC", "database/Group", "database/Database", "storage/Topic", "Storage"]
CALLS = 60


class Caller:
    """Somebody who calls at random and lets time pass in between."""

    def __init__(self, aws: FakeAws, seed: int) -> None:
        self.aws, self.random = aws, random.Random(seed)
        self.client = Api(aws).client
        self.bodies = [aws.put_nest(nest) for nest in NESTS]
        self.change_sets = ["none"]

    def step(self) -> None:
        """One call and some time."""
        self.random.choice(self.steps())()
        self.aws.clock.advance(self.random.choice([0, 1, 5, 60, 700]))

    def steps(self) -> list[Callable[[], Any]]:
        """What may be done next; making and executing change sets is likelier than the rest."""
        name = {"StackName": "show"}
        return [
            *[self.create_change_set] * 4,
            *[self.execute] * 4,
            lambda: self.client.delete_change_set(StackName="show", ChangeSetName=self.one()),
            lambda: self.client.describe_change_set(
                ChangeSetName=self.one(), IncludePropertyValues=True, **name
            ),
            lambda: self.client.delete_stack(**name),
            lambda: self.client.cancel_update_stack(**name),
            lambda: self.client.rollback_stack(**name),
            lambda: self.client.continue_update_rollback(**name),
            lambda: self.client.continue_update_rollback(ForceRollback=True, **name),
            lambda: self.client.detect_stack_drift(**name),
            lambda: self.client.describe_stack_events(**name),
            lambda: self.client.describe_events(**name),
            lambda: self.client.describe_stack_resources(**name),
            self.client.describe_stacks,
            lambda: self.client.list_change_sets(**name),
            self.break_something,
            self.break_something,
        ]

    def one(self) -> str:
        """A change set that was made, or one that was not."""
        return self.random.choice(self.change_sets[-3:])

    def create_change_set(self) -> None:
        """A change set of either type."""
        answer = self.client.create_change_set(
            StackName="show",
            ChangeSetName=f"n{len(self.change_sets)}",
            ChangeSetType=self.random.choice(["CREATE", "UPDATE"]),
            TemplateBody=self.random.choice(self.bodies),
            Parameters=[{"ParameterKey": "Prefix", "ParameterValue": "show"}],
            Capabilities=CAPABILITIES,
            IncludeNestedStacks=self.random.random() < 0.8,
        )
        self.change_sets.append(answer["Id"])

    def execute(self) -> None:
        """An execution, with and without rollback."""
        change_set = self.change_sets[-1]
        disable = self.random.random() < 0.3
        self.client.execute_change_set(StackName="show", ChangeSetName=change_set, DisableRollback=disable)

    def break_something(self) -> None:
        """A resource that will fail."""
        on = self.random.choice(["create", "update", "update", "rollback", "delete"])
        self.aws.fail(self.random.choice(PATHS), "No.", on)


@pytest.mark.parametrize("seed", range(8))
def test_it_answers_whatever_is_asked(seed: int) -> None:
    statuses = set(service_model("cloudformation").shape_for("StackStatus").enum)
    with FakeAws() as aws:
        caller = Caller(aws, seed)
        refusals = 0
        for _ in range(CALLS):
            try:
                caller.step()
            except ClientError as error:
                assert error.response["Error"]["Code"] != "BugInTheFake", str(error)
                refusals += 1
            assert {stack.status for stack in aws.account.stacks.values()} <= statuses
        aws.clock.settle()
        under_way = [stack for stack in aws.account.stacks.values() if stack.in_progress]
        assert all(stack.root.status == "UPDATE_ROLLBACK_FAILED" for stack in under_way)  # they wait for it
        assert 0 < refusals < CALLS


@pytest.mark.parametrize("seed", range(8))
def test_from_wherever_it_is_the_stack_can_be_deleted_in_the_end(seed: int) -> None:
    with FakeAws() as aws:
        caller = Caller(aws, seed)
        for _ in range(CALLS // 2):
            try:
                caller.step()
            except ClientError:
                continue
        aws.clock.settle()
        aws.account.failures.clear()
        stack = aws.account.find("show")
        if stack is not None and not stack.undeletable:
            caller.client.delete_stack(StackName="show")
            aws.clock.settle()
            assert stack.status == "DELETE_COMPLETE"
            below = [s for s in aws.account.stacks.values() if s.root is stack and s is not stack]
            assert {s.status for s in below} <= {"DELETE_COMPLETE", "REVIEW_IN_PROGRESS"}
