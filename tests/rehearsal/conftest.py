"""One embedded AWS for the tests of a worker; each test deploys as an account of its own."""

from __future__ import annotations

import itertools
import json
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config

from showcore_cfn.rehearse.environment import cache_folder, prepare
from showcore_cfn.rehearse.server import EmbeddedAws, embedded_aws

_ACCOUNTS = itertools.count(100_000_000_001)


@dataclass(frozen=True, slots=True)
class Account:
    """A fresh account on the embedded AWS, and the few verbs a test needs there."""

    url: str
    id: str

    def client(self, service: str) -> Any:
        return client(service, self.url, self.id)

    def deploy(self, **resources: Any) -> dict[str, str]:
        """Create or update the stack `small` of these resources; the answer is the physical id of each."""
        return self.deploy_as("small", resources)

    def deploy_as(self, name: str, resources: dict[str, Any]) -> dict[str, str]:
        cloudformation = self.client("cloudformation")
        body = json.dumps({"Resources": resources, "Outputs": {}})
        stacks = cloudformation.list_stacks()["StackSummaries"]
        there = any(s["StackName"] == name and s["StackStatus"] != "DELETE_COMPLETE" for s in stacks)
        act = cloudformation.update_stack if there else cloudformation.create_stack
        act(StackName=name, TemplateBody=body, Capabilities=["CAPABILITY_NAMED_IAM"])
        assert self.settled(name) in ("CREATE_COMPLETE", "UPDATE_COMPLETE"), self.why(name)
        listed = cloudformation.describe_stack_resources(StackName=name)["StackResources"]
        return {each["LogicalResourceId"]: each["PhysicalResourceId"] for each in listed}

    def delete(self, name: str = "small") -> None:
        cloudformation = self.client("cloudformation")
        stack = cloudformation.describe_stacks(StackName=name)["Stacks"][0]["StackId"]
        cloudformation.delete_stack(StackName=name)
        assert self.settled(stack) == "DELETE_COMPLETE", self.why(stack)

    def settled(self, name: str) -> str:
        for _ in range(600):
            status = str(
                self.client("cloudformation").describe_stacks(StackName=name)["Stacks"][0]["StackStatus"]
            )
            if not status.endswith("IN_PROGRESS"):
                return status
            time.sleep(0.02)
        return "still in progress"

    def why(self, name: str) -> list[str]:
        events = self.client("cloudformation").describe_stack_events(StackName=name)["StackEvents"]
        return [
            f"{e['LogicalResourceId']}: {e['ResourceStatusReason']}"
            for e in events
            if e.get("ResourceStatusReason")
        ]


@cache
def client(service: str, url: str, account_id: str) -> Any:
    return boto3.client(
        service,
        region_name="us-east-1",
        endpoint_url=url,
        aws_access_key_id=account_id,
        aws_secret_access_key="test",
        config=Config(retries={"max_attempts": 1}, s3={"addressing_style": "path"}),
    )


@pytest.fixture(scope="session")
def rehearsal_python() -> Path:
    return prepare(cache_folder(os.environ))


@pytest.fixture(scope="session")
def aws(rehearsal_python: Path) -> Iterator[EmbeddedAws]:
    with embedded_aws(rehearsal_python) as running:
        yield running


@pytest.fixture
def account(aws: EmbeddedAws) -> Account:
    return Account(aws.url, str(next(_ACCOUNTS)))
