"""An account of stubbed clients: what is answered is checked against botocore's own service models."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any, TypeAlias

import boto3
from botocore.config import Config
from botocore.stub import Stubber

from showcore_cfn.aws.cloudformation import CloudFormationGateway
from showcore_cfn.aws.inventory import Source, look
from showcore_cfn.aws.values import Identity
from showcore_cfn.verify.expected import Expected
from showcore_cfn.verify.facts.stack import STACK
from showcore_cfn.verify.look import Look
from tests.unit.verify import world

Answer: TypeAlias = "tuple[str, Mapping[str, Any] | str]"  # method, and an answer or an error code


@cache
def _boto3() -> Any:
    return boto3.session.Session("AKIAEXAMPLE", "secret", region_name="us-east-1")


class Stubs:
    """Clients that give these answers, in this order, and nothing else."""

    def __init__(self, **answers: list[Answer]) -> None:
        self._clients: dict[str, Any] = {}
        self._stubbers: list[Stubber] = []
        self.requests: list[tuple[str, str, dict[str, Any]]] = []
        for service, given in answers.items():
            self._clients[service] = self._client(service, given)

    def _client(self, service: str, answers: list[Answer]) -> Any:
        client = _boto3().client(service, config=Config(retries={"total_max_attempts": 1}))
        stubber = Stubber(client)
        for method, answer in answers:
            if isinstance(answer, str):
                stubber.add_client_error(method, answer, f"it is {answer}")
            else:
                stubber.add_response(method, dict(answer))
        stubber.activate()
        client.meta.events.register("provide-client-params.*.*", self._remember(service))
        self._stubbers.append(stubber)
        return client

    def _remember(self, service: str) -> Any:
        def remember(params: dict[str, Any], model: Any, **_: Any) -> None:
            self.requests.append((service, model.name, params))

        return remember

    @property
    def cloudformation(self) -> CloudFormationGateway:
        return CloudFormationGateway(self.client("cloudformation"), None)

    def client(self, service: str) -> Any:
        return self._clients[service]

    def identity(self) -> Identity:
        return Identity(world.ACCOUNT, f"arn:aws:iam::{world.ACCOUNT}:user/ada")

    def all_used(self) -> None:
        for stubber in self._stubbers:
            stubber.assert_no_pending_responses()

    def source(self, want: Expected = world.WANT) -> Source:
        return Source(self, want)

    def look(self, *, with_stack: bool = True, **want: Any) -> Look:
        seen = look(self.source(replace(world.WANT, **want)))
        return seen.having({STACK: world.STACK}) if with_stack else seen
