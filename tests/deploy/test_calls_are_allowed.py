"""Every command against the fake: what it calls stands in its help, and the derived policy allows it on that ARN."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner

import cli
from showcore_cfn.deploy.clock import SystemClock
from showcore_cfn.permissions.commands import COMMANDS
from showcore_cfn.permissions.principals import Principal
from showcore_cfn.permissions.report import policies
from tests.deploy.conftest import ACCOUNT, point_at
from tests.fakes.cloudformation import Call, FakeAws
from tests.unit.permissions.policy import Document, allows

TOP = Path(__file__).parents[2]
SETTINGS = str(TOP / "showcore.example.toml")
OPERATIONS = {
    "ListObjectsV2": "ListBucket",
    "HeadBucket": "ListBucket",
    "ListObjectVersions": "ListBucketVersions",
    "ListMultipartUploads": "ListBucketMultipartUploads",
    "DeleteObjects": "DeleteObjectVersion",  # each is named with its version
}
WAYS = [  # in the order of a life: each stands on what the ones before it left
    ("bootstrap", ["--yes"]),
    ("plan", ["--preflight"]),
    ("plan", ["--discard"]),
    ("deploy", ["--yes", "--progress", "events"]),
    ("plan", ["--tags", "Extra=1"]),
    ("deploy", ["--yes", "--progress", "events", "--tags", "Extra=1"]),
    ("releases", []),
    ("status", []),
    ("events", []),
    ("outputs", []),
    ("watch", []),
    ("diff", ["deployed"]),
    ("drift", ["--fail"]),
    ("protect", ["--show"]),
    ("unprotect", ["--yes"]),
    ("protect", ["--yes"]),
    ("destroy", ["--yes", "--no-termination-protection", "--empty-buckets", "--delete-recovery-points"]),
    ("destroy", ["--yes", "--empty-buckets", "--delete-buckets"]),  # once more, of the stack that is gone
]


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeAws]:
    """An empty account; the commands wait on its clock."""
    monkeypatch.chdir(TOP)
    with FakeAws() as fake:
        point_at(fake, monkeypatch)
        fake.durations.scale = 0.02
        monkeypatch.setattr(SystemClock, "now", lambda _: fake.clock.now())
        monkeypatch.setattr(SystemClock, "sleep", lambda _, seconds: fake.clock.sleep(seconds))
        yield fake


def test_what_the_commands_call_is_what_their_help_says_and_their_policy_allows(aws: FakeAws) -> None:
    for command, options in WAYS:
        start = len(aws.calls)
        run(command, options)
        made = aws.calls[start:]
        assert made, command
        for call in made:
            action, resource = called(aws, call)
            assert action in COMMANDS[command], (command, call)
            assert allows(documents(command), action, resource), (command, action, resource)


def test_a_call_outside_the_policy_is_noticed(aws: FakeAws) -> None:
    aws.client("cloudformation").validate_template(TemplateBody="Resources: {T: {Type: 'AWS::SNS::Topic'}}")
    action, resource = called(aws, aws.calls[-1])
    assert action == "cloudformation:ValidateTemplate"
    assert not allows(documents("deploy"), action, resource)


@pytest.mark.parametrize("action", sorted(COMMANDS["plan"] - {"iam:PassRole", "cloudformation:TagResource"}))
def test_each_action_of_a_plan_is_allowed_only_because_the_policy_names_it(action: str) -> None:
    without = [
        {
            "Statement": [
                {**s, "Action": [a for a in s["Action"] if a != action]} for s in document["Statement"]
            ]
        }
        for document in documents("plan")
    ]
    resource = "*" if action.startswith("sts:") else _example(action)
    assert allows(documents("plan"), action, resource)
    assert not allows(without, action, resource)


def run(command: str, options: list[str]) -> None:
    arguments = [command, "--settings", SETTINGS, "--env", "production", *options]
    result = CliRunner().invoke(cli.showcore, arguments, auto_envvar_prefix="SHOWCORE")
    assert result.exception is None or isinstance(result.exception, SystemExit), result.output


@cache
def documents(command: str) -> tuple[Document, ...]:
    principal = Principal.BOOTSTRAP if command == "bootstrap" else Principal.DEPLOYER
    return tuple(policies(principal, ACCOUNT, "showcore").values())


def called(aws: FakeAws, call: Call) -> tuple[str, str]:
    """A request as IAM sees it."""
    action = f"{call.service}:{OPERATIONS.get(call.operation, call.operation)}"
    if call.service == "s3":
        key = f"/{call.parameters['Key']}" if call.parameters.get("Key") else ""
        return action, f"arn:aws:s3:::{call.parameters['Bucket']}{key}"
    return action, _stack(aws, call)


def _stack(aws: FakeAws, call: Call) -> str:
    name = call.parameters.get("StackName")
    change_set = str(call.parameters.get("ChangeSetName", ""))
    if not name and change_set.startswith("arn:"):
        found = aws.account.change_sets.get(change_set)
        return found.stack.id if found else "*"
    if not name:
        return "*"
    text = str(name)
    return text if text.startswith("arn:") else f"arn:aws:cloudformation:us-east-1:{ACCOUNT}:stack/{text}/1"


def _example(action: str) -> str:
    if action in ("s3:PutObject", "s3:GetObject"):
        return f"arn:aws:s3:::showcore-artifacts-{ACCOUNT}/x"
    if action.startswith("s3:"):
        return f"arn:aws:s3:::showcore-artifacts-{ACCOUNT}"
    return f"arn:aws:cloudformation:us-east-1:{ACCOUNT}:stack/showcore-phase1-production/1"
