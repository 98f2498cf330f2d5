"""IAM's decision over a few documents, for tests: Allow statements, wildcards, and three kinds of condition."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Any

Document = Mapping[str, Any]


def allows(
    documents: Iterable[Document], action: str, resource: str, context: Mapping[str, str] | None = None
) -> bool:
    """Whether one of the documents allows an action on a resource in a context."""
    return any(
        _matches(statement["Action"], action.lower(), lower=True)
        and _matches(statement["Resource"], resource)
        and _holds(statement.get("Condition", {}), context or {})
        for document in documents
        for statement in document["Statement"]
    )


def _matches(patterns: list[str], text: str, *, lower: bool = False) -> bool:
    return any(
        fnmatchcase(text, (pattern.lower() if lower else pattern).replace("[", "[[]")) for pattern in patterns
    )


def _holds(conditions: Mapping[str, Mapping[str, Any]], context: Mapping[str, str]) -> bool:
    return all(
        key in context and _one(operator, values, context[key])
        for operator, keys in conditions.items()
        for key, values in keys.items()
    )


def _one(operator: str, values: Any, found: str) -> bool:
    allowed = [values] if isinstance(values, str) else values
    if operator == "StringLike":
        return any(fnmatchcase(found, value) for value in allowed)
    assert operator in ("StringEquals", "ArnEquals"), operator
    return found in allowed
