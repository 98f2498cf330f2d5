"""Policies as they are handed on: JSON by name, a file each, or a text that says why."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from showcore_cfn.files import make_folder, write_whole
from showcore_cfn.generate import bodies
from showcore_cfn.permissions.documents import Part, as_json, filled, packed, parts
from showcore_cfn.permissions.handlers import demand
from showcore_cfn.permissions.principals import OUTSIDE, Principal, statements
from showcore_cfn.permissions.statements import Statement


def policies(principal: Principal, account_id: str, prefix: str) -> dict[str, Mapping[str, object]]:
    """The documents by the name that they can be created under, in stable order."""
    fill = filled(account_id, prefix)
    return {
        f"{prefix}-{_stem(principal)}{'-' if part.name else ''}{part.name}": as_json(part.statements, fill)
        for part in _parts(principal)
    }


def as_text(principal: Principal, account_id: str, prefix: str) -> str:
    """The documents by name, as JSON."""
    return json.dumps(policies(principal, account_id, prefix), indent=2)


def write(folder: Path, principal: Principal, account_id: str, prefix: str) -> Iterator[Path]:
    """A file for each document; the paths as they are written."""
    make_folder(folder)
    for name, document in policies(principal, account_id, prefix).items():
        path = folder / f"{name}.json"
        write_whole(path, json.dumps(document, indent=2) + "\n")
        yield path


def explained(principal: Principal) -> str:
    """Every statement with its reach and its reason; then what was left out of AWS's schemas, and why."""
    lines = [line for part in _parts(principal) for line in _part(principal, part)]
    if principal is Principal.SERVICE_ROLE:
        dropped = demand(body for name, body in bodies().items() if name not in OUTSIDE).dropped
        lines += ["Left out of what the schemas of AWS name:"]
        lines += [f"  {action}: {reason}" for action, reason in dropped.items()]
    return "\n".join(lines)


def _part(principal: Principal, part: Part) -> Iterator[str]:
    yield f"{_stem(principal)} {part.name}".strip()
    for statement in part.statements:
        yield from _statement(statement)
    yield ""


def _statement(statement: Statement) -> Iterator[str]:
    yield f"  {statement.sid}: {statement.reason or 'named by our prefix'}."
    yield f"    {', '.join(action.partition(':')[2] for action in statement.actions)}"
    for resource in statement.resources:
        yield f"    on {resource}"
    for operator, key, values in statement.conditions:
        yield f"    where {key} {operator} {', '.join(values)}"
    if statement.source:
        yield f"    {statement.source}"


def _stem(principal: Principal) -> str:
    return "cloudformation" if principal is Principal.SERVICE_ROLE else principal.value


def _parts(principal: Principal) -> tuple[Part, ...]:
    found = statements(principal, bodies())
    return parts(found) if principal is Principal.SERVICE_ROLE else packed(found)
