"""The probe stack: the test instance of section 14, put up by the same engine as everything else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Protocol

from showcore_cfn.deploy.cause import root_causes
from showcore_cfn.deploy.desired import Desired, service_role
from showcore_cfn.deploy.following.follow import Choice
from showcore_cfn.deploy.following.happening import Happening
from showcore_cfn.deploy.guard import Lifted
from showcore_cfn.deploy.operation import Operator, Result
from showcore_cfn.deploy.removal.destroy import discard_all
from showcore_cfn.deploy.session import Deployment
from showcore_cfn.errors import Exit, ShowcoreError
from showcore_cfn.verify.expected import TAG_KEYS, Expected
from showcore_cfn.verify.facts.stack import StackTree
from showcore_cfn.verify.section14 import Ran

TEMPLATE = "probe.yaml"
INSTANCE_OUTPUT = "ProbeInstanceId"
ONLINE_SECONDS = 600.0
_IN_REVIEW = "REVIEW_IN_PROGRESS"


class Commands(Protocol):
    """Systems Manager Run Command."""

    def wait_until_online(self, instance: str, timeout_seconds: float) -> None:
        """Return once the instance's agent answers."""
        ...

    def run(self, instance: str, script: str, arguments: Sequence[str], timeout_seconds: float) -> Ran:
        """What a probe printed there."""
        ...


class Unattended:
    """A watcher that tells failures only, and lets Ctrl-C end the test: everything is taken down then."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell

    def step(self, text: str) -> None:
        """Nothing to tell: a step of a test is none of the user's deployments."""

    def happened(self, happenings: tuple[Happening, ...]) -> None:
        """Failures, as they come."""
        for each in happenings:
            if each.event.failed:
                self._tell(f"{each.path}: {each.event.status} {each.event.reason}")

    def waiting(self, now: datetime) -> None:
        """Nothing to tell."""

    def trouble(self, text: str) -> None:
        """AWS did not answer."""
        self._tell(text)

    def interrupted(self, can_cancel: bool) -> Choice:
        """End the test."""
        raise KeyboardInterrupt


def desired(want: Expected, tree: StackTree, template: str) -> Desired:
    """The probe stack beside a deployed nest: in its first private subnet, in the application's group.

    CloudFormation makes it with the same role as the nest.
    """
    tags = want.tags
    return Desired(
        account_id=want.account_id,
        region=want.region,
        stack_name=want.named(f"probe-{want.parameters['Environment']}"),
        templates={TEMPLATE: template},
        root=TEMPLATE,
        parameters={
            "SubnetId": tree.id_of("PrivateSubnetA"),
            "ApplicationSecurityGroupId": tree.id_of("ApplicationSecurityGroup"),
            "Prefix": want.parameters["Prefix"],
            **{key: tags[key] for key in TAG_KEYS if key != "Project"},
        },
        tags=tags,
        role_arn=service_role(want.parameters["Prefix"], want.account_id),
    )


class ProbeStack:
    """`section14.Host` as a stack of one instance."""

    def __init__(self, desired: Desired, operator: Operator, commands: Commands) -> None:
        self._desired, self._operator, self._commands = desired, operator, commands
        self._instance = ""
        self.name = f"the stack {desired.stack_name}"

    def create(self) -> None:
        """Deploy it and wait until its agent answers."""
        lifted = Lifted(broadening=True)  # a role that lives for minutes
        result = Deployment(self._desired, self._operator, lifted).run(lambda _plan: True)
        if result.exit_code is not Exit.DONE or result.stack is None:
            raise ShowcoreError(f"{self.name} could not be put up: {_why(result)}")
        outputs = {output.key: output.value for output in result.stack.outputs}
        self._instance = outputs.get(INSTANCE_OUTPUT, "")
        self._commands.wait_until_online(self._instance, ONLINE_SECONDS)

    def run(self, script: str, arguments: Sequence[str], timeout_seconds: float) -> Ran:
        """Run a probe on the instance."""
        return self._commands.run(self._instance, script, arguments, timeout_seconds)

    def delete(self) -> None:
        """Delete it in whatever status it is, and wait until it is gone."""
        cloudformation = self._operator.cloudformation
        stack = cloudformation.stack(self._desired.stack_name)
        if stack is None:
            return
        if stack.status == _IN_REVIEW:
            discard_all(self._operator, stack)
            return
        result = self._operator.start(stack.id, partial(cloudformation.delete_stack, stack.id, role_arn=None))
        if result.exit_code is not Exit.DONE:
            raise ShowcoreError(f"{result.status}: {_why(result)}")


def _why(result: Result) -> str:
    causes = [f"{each.path}: {each.event.reason}" for each in root_causes(result.failures)]
    return "; ".join(causes) or result.status
