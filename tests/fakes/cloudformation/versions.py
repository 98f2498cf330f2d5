"""What a request wants a stack to be, and whether the stack can take it."""

from __future__ import annotations

from tests.fakes.cloudformation import parameters
from tests.fakes.cloudformation.account import Account
from tests.fakes.cloudformation.errors import ServiceError, invalid
from tests.fakes.cloudformation.model import Stack, Version
from tests.fakes.cloudformation.planning import enough
from tests.fakes.cloudformation.protocol import Record, modelled
from tests.fakes.cloudformation.sources import of_request

_UPDATABLE = frozenset(
    {"CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "IMPORT_COMPLETE", "CREATE_FAILED"}
    | {"UPDATE_FAILED", "IMPORT_ROLLBACK_COMPLETE"}
)
TAG_LIMIT = 50


def check_options(request: Record) -> None:
    """Raises ServiceError for options that exclude each other."""
    if len(request.get("Tags", [])) > TAG_LIMIT:
        raise invalid(f"Number of tags exceeds the limit of {TAG_LIMIT}.")
    if request.get("OnStackFailure") == "DELETE" and request.get("ChangeSetType") != "CREATE":
        raise invalid("OnStackFailure DELETE can only be specified for a change set of type CREATE.")
    if request.get("ChangeSetType") == "IMPORT" and request.get("IncludeNestedStacks"):
        raise invalid("IncludeNestedStacks is not supported for import operations.")
    if (
        request.get("ChangeSetType") == "IMPORT"
        or request.get("DeploymentConfig", {}).get("Mode") == "EXPRESS"
    ):
        raise ServiceError("NotImplemented", "This fake imitates neither IMPORT nor EXPRESS.", 501)
    if request.get("DeploymentMode") and request.get("IncludeNestedStacks"):
        raise invalid("IncludeNestedStacks is not supported with DeploymentMode REVERT_DRIFT.")
    if request.get("DeploymentMode"):
        raise ServiceError("NotImplemented", "This fake does not imitate REVERT_DRIFT.", 501)


def check_state(stack: Stack | None, asked: str, name: str, kind: str) -> None:
    """Raises ServiceError where the stack is not in a state for such a change set."""
    if kind == "CREATE":
        if stack is not None and stack.status != "REVIEW_IN_PROGRESS":
            raise invalid(
                f"Stack [{asked}] already exists and cannot be created again with the changeSet [{name}]."
            )
        if stack is None and asked.startswith("arn:"):
            raise invalid(f"Stack [{asked}] does not exist")
        return
    if stack is None:
        raise invalid(f"Stack [{asked}] does not exist")
    refuse_unless_updatable(stack)


def refuse_unless_updatable(stack: Stack) -> None:
    """Raises ServiceError for a stack whose state does not take an update."""
    if stack.status not in _UPDATABLE:
        raise invalid(f"Stack:{stack.id} is in {stack.status} state and can not be updated.")


def version_of(account: Account, request: Record, stack: Stack | None) -> Version:
    """What a request wants a stack to be; `stack` is what it is now. Raises ServiceError."""
    old = stack.version if stack is not None else None
    template = of_request(account, request, old.template if old else None)
    given = parameters.requested(request.get("Parameters", []), old.parameters if old else {})
    values = parameters.resolve(template, given, account.ssm)
    capabilities = tuple(request.get("Capabilities", ()))
    needed, _ = template.capabilities()
    if needed and not enough(needed, capabilities):
        raise modelled("InsufficientCapabilitiesException", f"Requires capabilities : [{', '.join(needed)}]")
    tags = {tag["Key"]: tag["Value"] for tag in request.get("Tags", [])}
    if "Tags" not in request and old is not None:
        tags = old.tags
    return Version(
        template,
        values,
        tags,
        capabilities,
        tuple(request.get("NotificationARNs", ())),
        request.get("RoleARN", old.role_arn if old else ""),
        bool(request.get("ImportExistingResources")),
    )
