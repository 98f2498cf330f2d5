"""Why something failed: the first specific reason, found through all nested stacks, without its echoes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from showcore_cfn.aws.failures import AwsError
from showcore_cfn.aws.gateways import CloudFormation
from showcore_cfn.aws.values import ValidationFailure
from showcore_cfn.deploy.change_set import Node, Verdict, verdict
from showcore_cfn.deploy.following.happening import Happening

_NESTED_ECHO = "nested change set"
_EARLY_VALIDATION = "AWS::EarlyValidation"
_ECHOES = (
    "resource creation cancelled",
    "resource update cancelled",
    "resource deletion cancelled",
    "the following resource(s) failed",
)


def why_change_set_failed(tree: Node, cloudformation: CloudFormation) -> tuple[str, ...]:
    """One line a cause, `database: ...`. The root only says which nested one failed, so each is read."""
    found = [line for node in tree.nodes() for line in _causes(node, cloudformation)]
    return tuple(dict.fromkeys(found)) or (f"{tree.stack}: {tree.change_set.reason}",)


def root_causes(failures: Iterable[Happening]) -> tuple[Happening, ...]:
    """The failures that are causes, oldest first: no cancellations, no stack repeating what is in it."""
    ordered = sorted(failures, key=lambda happening: happening.event.time)
    return tuple(happening for happening in ordered if _is_cause(happening))


def _is_cause(happening: Happening) -> bool:
    event = happening.event
    if event.of_stack_itself or event.of_nested_stack:
        return False
    return not any(echo in event.reason.lower() for echo in _ECHOES)


def _causes(node: Node, cloudformation: CloudFormation) -> Iterator[str]:
    reason = node.change_set.reason
    if verdict(node.change_set) is not Verdict.FAILED or reason.lower().startswith(_NESTED_ECHO):
        return
    details = _validation(node, cloudformation) if _EARLY_VALIDATION in reason else ()
    yield from (f"{node.stack}/{line}" for line in details)
    if not details:
        yield f"{node.stack}: {reason}"


def _validation(node: Node, cloudformation: CloudFormation) -> tuple[str, ...]:
    """What early validation found; it stands in DescribeEvents only."""
    try:
        found = cloudformation.failures(node.change_set.stack_id, node.change_set.id)
    except AwsError:  # a caller without cloudformation:DescribeEvents still gets the reason itself
        return ()
    return tuple(_validation_line(failure) for failure in found if failure.mode == "FAIL")


def _validation_line(failure: ValidationFailure) -> str:
    where = f" at {failure.path}" if failure.path else ""
    return f"{failure.logical_id}: {failure.reason}{where} ({failure.name or failure.kind})"
