"""What guards a nest once it stands: stack policies, and termination protection as the last of it.

A stack policy does not reach into nested stacks, so each one that holds data gets its own:
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/protect-stack-resources.html
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import partial

from showcore_cfn.aws.gateways import CloudFormation
from showcore_cfn.aws.values import Stack
from showcore_cfn.deploy.change_set import ROOT, tier_of
from showcore_cfn.deploy.parallel import together
from showcore_cfn.review import known
from showcore_cfn.review.resolve import Nest

SWITCHES_ON, SWITCHES_OFF = "showcore-database-on-", "showcore-database-off-"  # so a change set's name begins
_FORBIDDEN = ("Update:Replace", "Update:Delete")


def switched(stack: Stack) -> str:
    """`on` or `off` where the last update did no more than switch the database's own protection; else empty."""
    name = (stack.change_set_id or "").rpartition(":changeSet/")[2]
    words = {SWITCHES_ON: "on", SWITCHES_OFF: "off"}
    return next((word for beginning, word in words.items() if name.startswith(beginning)), "")


def protected_resources(nest: Nest) -> dict[str, tuple[str, ...]]:
    """The logical ids of resources with data, by nested stack."""
    found: dict[str, list[str]] = {}
    for resource in nest.resources.values():
        if known.holds(resource.type):
            found.setdefault(resource.stack, []).append(resource.logical_id)
    return {stack: tuple(names) for stack, names in found.items()}


def policy(logical_ids: Iterable[str]) -> str:
    """A stack policy that lets everything be updated and these resources neither replaced nor deleted."""
    statements: list[dict[str, object]] = [
        {"Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*"}
    ]
    names = sorted(logical_ids)
    if names:
        resources = [f"LogicalResourceId/{name}" for name in names]
        statements.append(
            {"Effect": "Deny", "Action": list(_FORBIDDEN), "Principal": "*", "Resource": resources}
        )
    return json.dumps({"Statement": statements}, indent=2)


def nested_ids(cloudformation: CloudFormation, root_id: str) -> dict[str, str]:
    """The ARN of each nested stack by its name; the root's own under `root`."""
    resources = cloudformation.resources(root_id)
    return {ROOT: root_id, **{tier_of(r.logical_id): r.physical_id for r in resources if r.is_stack}}


def set_policies(
    cloudformation: CloudFormation, ids: Mapping[str, str], protected: Mapping[str, tuple[str, ...]]
) -> None:
    """Give each of these stacks its policy."""
    together(
        partial(cloudformation.set_stack_policy, ids[stack], policy(names))
        for stack, names in protected.items()
        if stack in ids
    )


def protect(cloudformation: CloudFormation, root_id: str, nest: Nest) -> None:
    """Set every stack policy, then termination protection: where that is on, the rest was done before it."""
    set_policies(cloudformation, nested_ids(cloudformation, root_id), protected_resources(nest))
    cloudformation.protect_from_deletion(root_id, True)


def renew(
    cloudformation: CloudFormation, nest: Nest, stacks: Iterable[str], known: Mapping[str, str]
) -> None:
    """Set the policies of those of these nested stacks that hold data: a stack that is new has none yet.

    `known` are the ARNs of the root and of what stood before.
    """
    touched = set(stacks)
    wanted = {stack: names for stack, names in protected_resources(nest).items() if stack in touched}
    ids = known if wanted.keys() <= known.keys() else nested_ids(cloudformation, known[ROOT])
    set_policies(cloudformation, ids, wanted)


def loosen(
    cloudformation: CloudFormation, nest: Nest, paths: Iterable[str], known: Mapping[str, str]
) -> None:
    """Let just these resources be replaced or deleted.

    Termination protection goes off first. It is what a later run sees for nothing, and so what tells it to
    protect the nest again, should this one never come to that.
    """
    freed: dict[str, set[str]] = {}
    for path in paths:
        stack, _, name = path.rpartition("/")
        freed.setdefault(stack, set()).add(name)
    protected = {stack: names for stack, names in protected_resources(nest).items() if stack in freed}
    if protected:
        cloudformation.protect_from_deletion(known[ROOT], False)
        loose = {stack: tuple(set(names) - freed[stack]) for stack, names in protected.items()}
        set_policies(cloudformation, known, loose)
