"""CloudFormation over boto3: calls in, values out, every page read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from typing import Any

from showcore_cfn.aws import reading
from showcore_cfn.aws.call import asked, pages
from showcore_cfn.aws.failures import Missing
from showcore_cfn.aws.values import (
    ChangeSet,
    ChangeSetOrder,
    ChangeSetSummary,
    CreatedChangeSet,
    Stack,
    StackEvent,
    StackResource,
    ValidationFailure,
)

_PENDING = frozenset({"CREATE_PENDING", "CREATE_IN_PROGRESS"})
_EXECUTED = ("EXECUTE_IN_PROGRESS", "EXECUTE_COMPLETE")  # listed by some, and waiting no more


class CloudFormationGateway:
    """`gateways.CloudFormation` over boto3."""

    def __init__(self, client: Any, profile: str | None) -> None:
        self._client = client
        self._profile = profile

    def stack(self, name: str) -> Stack | None:
        """The stack; None where there is none of that name."""
        try:
            answer = self._ask("describe_stacks", StackName=name)
        except Missing:
            return None
        stacks = answer.get("Stacks", [])
        return reading.stack(stacks[0]) if stacks else None

    def template(self, name: str) -> str:
        """The template as it was sent. botocore parses a JSON one; its text is then written anew."""
        body = self._ask("get_template", StackName=name, TemplateStage="Original").get("TemplateBody", "")
        return body if isinstance(body, str) else json.dumps(body, indent=2)

    def resources(self, name: str) -> tuple[StackResource, ...]:
        """The resources of one stack."""
        found = self._pages("list_stack_resources", "StackResourceSummaries", StackName=name)
        return tuple(reading.resource(item) for item in found)

    def events(self, name: str) -> Iterator[StackEvent]:
        """The history of one stack, newest first, a page at a time."""
        for item in self._pages("describe_stack_events", "StackEvents", StackName=name):
            yield reading.event(item)

    def failures(self, stack: str, change_set: str | None = None) -> tuple[ValidationFailure, ...]:
        """The failed events of DescribeEvents."""
        given = {"ChangeSetName": change_set} if change_set else {"StackName": stack}
        found = self._pages("describe_events", "OperationEvents", Filters={"FailedEvents": True}, **given)
        return tuple(reading.failure(item) for item in found)

    def create_change_set(self, order: ChangeSetOrder) -> CreatedChangeSet:
        """Begin a change set. The token makes a repeated call the same call."""
        key = "TemplateURL" if order.by_url else "TemplateBody"
        template = {key: order.template} if order.template else {"UsePreviousTemplate": True}
        answer = self._ask(
            "create_change_set",
            StackName=order.stack_name,
            ChangeSetName=order.name,
            ClientToken=order.token,
            ChangeSetType="CREATE" if order.creates else "UPDATE",
            Parameters=reading.pairs(order.parameters, "ParameterKey", "ParameterValue"),
            Tags=reading.pairs(order.tags, "Key", "Value") or None,
            Capabilities=list(order.capabilities),
            RoleARN=order.role_arn,
            Description=order.description or None,
            IncludeNestedStacks=order.nested,
            NotificationARNs=list(order.notification_arns) or None,
            OnStackFailure=order.on_failure,
            ImportExistingResources=order.import_existing or None,
            **template,
        )
        return CreatedChangeSet(str(answer["Id"]), str(answer["StackId"]))

    def change_set(self, arn: str, *, with_values: bool = True) -> ChangeSet | None:
        """The change set; all pages once it is made. What the detailed answer drops is found again.

        A big JSON property makes DescribeChangeSet leave the resource out when values are asked for; the
        status reason then begins with `[WARN]` (https://github.com/aws/aws-cdk-cli/issues/1780).
        """
        try:
            answer = self._whole_change_set(arn, with_values)
            if with_values and str(answer.get("StatusReason", "")).startswith("[WARN]"):
                return reading.change_set(answer, instead=self._whole_change_set(arn, False))
            return reading.change_set(answer)
        except Missing:
            return None

    def change_sets(self, stack: str) -> tuple[ChangeSetSummary, ...]:
        """The change sets that wait on a stack; none where there is no stack."""
        try:
            found = map(reading.summary, self._pages("list_change_sets", "Summaries", StackName=stack))
            return tuple(each for each in found if each.execution_status not in _EXECUTED)
        except Missing:
            return ()

    def execute_change_set(self, arn: str, token: str, disable_rollback: bool | None) -> None:
        """Begin the operation."""
        self._ask(
            "execute_change_set",
            ChangeSetName=arn,
            ClientRequestToken=token,
            DisableRollback=disable_rollback,
        )

    def delete_change_set(self, arn: str) -> None:
        """Begin to delete a change set; one that is gone already is as good."""
        try:
            self._ask("delete_change_set", ChangeSetName=arn)
        except Missing:
            return

    def delete_stack(
        self, arn: str, token: str, *, role_arn: str | None, retain: tuple[str, ...] = ()
    ) -> None:
        """Begin to delete a stack and what is nested in it."""
        retained = list(retain) or None
        self._ask(
            "delete_stack",
            StackName=arn,
            ClientRequestToken=token,
            RoleARN=role_arn,
            RetainResources=retained,
        )

    def cancel_update(self, arn: str, token: str) -> None:
        """Ask for the update that is under way to be rolled back."""
        self._ask("cancel_update_stack", StackName=arn, ClientRequestToken=token)

    def roll_back(self, arn: str, token: str, role_arn: str | None) -> None:
        """Roll back a stack that stands in CREATE_FAILED or UPDATE_FAILED."""
        self._ask("rollback_stack", StackName=arn, ClientRequestToken=token, RoleARN=role_arn)

    def continue_rollback(
        self, arn: str, token: str, role_arn: str | None, skip: tuple[str, ...] = ()
    ) -> None:
        """Go on with a rollback that failed."""
        self._ask(
            "continue_update_rollback",
            StackName=arn,
            ClientRequestToken=token,
            RoleARN=role_arn,
            ResourcesToSkip=list(skip) or None,
        )

    def protect_from_deletion(self, name: str, on: bool) -> None:
        """Switch termination protection of a root stack; it covers what is nested in it."""
        self._ask("update_termination_protection", StackName=name, EnableTerminationProtection=on)

    def set_stack_policy(self, name: str, policy: str) -> None:
        """Set the stack policy of this one stack; it does not reach into nested ones."""
        self._ask("set_stack_policy", StackName=name, StackPolicyBody=policy)

    def stack_policy(self, name: str) -> str | None:
        """The stack policy, or None where none was ever set."""
        body = self._ask("get_stack_policy", StackName=name).get("StackPolicyBody")
        return str(body) if body else None

    def _whole_change_set(self, arn: str, with_values: bool) -> dict[str, Any]:
        asked_for = {"ChangeSetName": arn, "IncludePropertyValues": with_values or None}
        answer = self._ask("describe_change_set", **asked_for)
        token = answer.get("NextToken")
        changes = list(answer.get("Changes", ()))
        while token and answer.get("Status") not in _PENDING:  # a half-made change set hands out tokens too
            page = self._ask("describe_change_set", **asked_for, NextToken=token)
            changes.extend(page.get("Changes", ()))
            token = page.get("NextToken")
        return {**answer, "Changes": changes}

    def _pages(self, method: str, key: str, **parameters: Any) -> Iterator[dict[str, Any]]:
        return pages(partial(self._ask, method), key, **parameters)

    def _ask(self, method: str, **parameters: Any) -> dict[str, Any]:
        return asked(self._client, method, self._profile, **parameters)
