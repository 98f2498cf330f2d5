"""Stack policies: what they are made of, and what they allow during an update."""

from __future__ import annotations

import json
from fnmatch import fnmatchcase

from showcore_cfn.template.json_types import Json
from tests.fakes.cloudformation.errors import invalid
from tests.fakes.cloudformation.model import Stack


def check(body: str) -> None:
    """Raises ServiceError for what is no stack policy."""
    try:
        statements = json.loads(body or "{}").get("Statement", [])
        for statement in statements:
            actions = _list(statement["Action"])
            right = statement["Effect"] in ("Allow", "Deny") and statement["Principal"] == "*"
            if not right or any(not str(action).startswith("Update:") for action in actions):
                raise ValueError
            if not ("Resource" in statement or "NotResource" in statement):
                raise ValueError
    except (ValueError, KeyError, AttributeError, TypeError):
        raise invalid("Error validating stack policy: Invalid stack policy") from None


def denial(stack: Stack, logical_id: str, kind: str, action: str) -> str:
    """Why an update action (Modify, Replace or Delete) on a resource is refused; empty where it is allowed."""
    statements = json.loads(stack.policy or "{}").get("Statement", [])
    if not statements:
        return ""
    resource = f"LogicalResourceId/{logical_id}"
    allowed = False
    for number, statement in enumerate(statements, 1):
        if not _applies(statement, resource, kind, f"Update:{action}"):
            continue
        if statement["Effect"] == "Deny":
            return (
                f"Action denied by stack policy: Statement [#{number}] does not allow [Update:{action}] for "
                f"resource [{resource}];"
            )
        allowed = True
    return "" if allowed else f"Action not allowed by stack policy: no statement allows [Update:{action}]"


def _applies(statement: dict[str, Json], resource: str, kind: str, action: str) -> bool:
    if not any(fnmatchcase(action, str(pattern)) for pattern in _list(statement["Action"])):
        return False
    condition = statement.get("Condition")
    if isinstance(condition, dict):
        for test in condition.values():
            types = _list(test.get("ResourceType")) if isinstance(test, dict) else []
            if not any(fnmatchcase(kind, str(pattern)) for pattern in types):
                return False
    if "NotResource" in statement:
        return not any(fnmatchcase(resource, str(pattern)) for pattern in _list(statement["NotResource"]))
    return any(fnmatchcase(resource, str(pattern)) for pattern in _list(statement["Resource"]))


def _list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else [value]
