"""The table of what each command calls, against the commands and the code that calls."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import botocore.session
import click
import pytest
from botocore import xform_name

from cli import Sections, showcore
from showcore_cfn.permissions.commands import COMMANDS, epilog

AWS = Path(__file__).parents[3] / "showcore_cfn" / "aws"
SERVICES = {
    "resourcegroupstaggingapi": "tag",
    "cloudcontrol": "cloudformation",
    "service-quotas": "servicequotas",
}
S3 = {
    "HeadBucket": ("ListBucket",),
    "DeleteObject": ("DeleteObject", "DeleteObjectVersion"),
    "ListObjectVersions": ("ListBucketVersions",),
}


def commands_that_ask() -> list[str]:
    assert isinstance(showcore, Sections)
    context = click.Context(showcore)
    found = []
    for name in showcore.list_commands(context):
        command = showcore.get_command(context, name)
        assert command is not None
        subcommands = command.commands.values() if isinstance(command, click.Group) else ()
        if any(p.name == "profile" for each in (command, *subcommands) for p in each.params):
            found.append(name)
    return found


def test_every_command_that_takes_a_profile_says_what_it_calls() -> None:
    assert [name for name in commands_that_ask() if not epilog(name)] == []


def test_help_ends_with_the_actions() -> None:
    command = showcore.get_command(click.Context(showcore), "status")
    assert command is not None
    text = command.get_help(click.Context(command))
    assert text.splitlines()[-4:] == [
        "  IAM actions that it calls:",
        "  cloudformation: DescribeChangeSet, DescribeStackEvents, DescribeStacks,",
        "    GetStackPolicy, ListChangeSets, ListStackResources",
        "  sts: GetCallerIdentity",
    ]


def test_a_command_that_asks_nothing_says_nothing() -> None:
    assert epilog("templates") is None


@pytest.mark.parametrize(
    ("command", "modules"),
    [
        ("verify", "inventory*.py section14.py restore_drills.py"),
        ("account", "payer.py"),
        ("preflight", "preflight*.py"),
    ],
)
def test_what_the_code_calls_stands_in_the_table(command: str, modules: str) -> None:
    missing = {
        action
        for pattern in modules.split()
        for path in AWS.glob(pattern)
        for action in actions(path)
        if action.lower() not in {known.lower() for known in COMMANDS[command]}
    }
    assert missing == set()


def actions(path: Path) -> Iterator[str]:
    """The IAM actions of the calls that name a service and a method of boto3."""
    session = botocore.session.Session()
    services = set(session.get_available_services())
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            values = [*_constants(node.args)]
            for service, method in pairwise(values):
                if service in services and method:
                    yield from _iam(session, service or "", method)


def _iam(session: botocore.session.Session, service: str, method: str) -> Iterator[str]:
    names = {xform_name(name): name for name in session.get_service_model(service).operation_names}
    operation = names.get(method)
    if operation is None:
        return
    for name in S3.get(operation, (operation,)) if service == "s3" else (operation,):
        yield f"{SERVICES.get(service, service)}:{name}"


def _constants(nodes: list[ast.expr]) -> Iterator[str | None]:
    for node in nodes:
        if isinstance(node, ast.Starred):
            yield from _constants([node.value])
        elif isinstance(node, (ast.Tuple, ast.List)):
            yield from _constants(node.elts)
        else:
            found = node.value if isinstance(node, ast.Constant) else None
            yield found if isinstance(found, str) else None
