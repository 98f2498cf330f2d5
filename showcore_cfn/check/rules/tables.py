"""Dated tables of what AWS knows: metrics, IAM actions, managed policies, Config rules.

Each file under `tables/` says where it comes from and when it was taken. A name that a table lacks may be newer
than the table, so a rule says more than "unknown" only where the table claims to be complete or where a known
name is nearly the same.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).with_name("tables")


def _table(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((_FOLDER / f"{name}.json").read_bytes())
    return found


@dataclass(frozen=True, slots=True)
class Metrics:
    """What a namespace publishes."""

    names: frozenset[str]
    dimensions: frozenset[str]
    complete: bool  # whether a name that is not listed certainly does not exist


@cache
def metrics() -> dict[str, Metrics]:
    """Namespace to its metrics and dimensions."""
    table = _table("metrics")
    closed = frozenset(table["closed"])
    return {
        name: Metrics(frozenset(entry["metrics"]), frozenset(entry["dimensions"]), name in closed)
        for name, entry in table["namespaces"].items()
    }


@cache
def managed_policies() -> dict[str, str]:
    """Name of an AWS managed policy to its path, such as `/service-role/`."""
    return {name: path for path, names in _table("managed_policies")["paths"].items() for name in names}


@dataclass(frozen=True, slots=True)
class ConfigRule:
    """A managed rule of AWS Config."""

    trigger: str  # change, periodic, both
    types: tuple[str, ...]
    parameters: dict[str, bool]  # name to whether it must be given


@cache
def config_rules() -> dict[str, ConfigRule]:
    """Identifier to managed rule."""
    return {
        name: ConfigRule(entry["trigger"], tuple(entry["types"]), entry.get("parameters", {}))
        for name, entry in _table("config_rules")["rules"].items()
    }


@cache
def iam_services() -> dict[str, Any]:
    """IAM service prefix to its resource types' ARN forms and its actions by resource types."""
    services: dict[str, Any] = _table("iam_actions")["services"]
    return services


@cache
def iam_actions(service: str) -> dict[str, tuple[str, ...]] | None:
    """Action in lower case to the ARN forms it can be allowed on; empty where only `*` works."""
    entry = iam_services().get(service)
    if entry is None:
        return None
    found: dict[str, tuple[str, ...]] = {}
    for kinds, actions in entry["actions"].items():
        names = [kind for kind in kinds.split(",") if kind]
        forms = tuple(form for kind in names for form in entry["resources"].get(kind, ()))
        complete = all(kind in entry["resources"] for kind in names)
        found.update(dict.fromkeys(actions.split(), forms if complete else ("*",)))
    return found


def nearest(name: str, known: Iterable[str], most: int = 2) -> str | None:
    """The one known name that a name was probably meant to be: another case, or a slip of the fingers."""
    folded = name.lower()
    found: tuple[int, str] | None = None
    for candidate in known:
        if abs(len(candidate) - len(name)) > most:
            continue
        distance = _distance(folded, candidate.lower(), most)
        if distance <= most and (found is None or distance < found[0]):
            found = (distance, candidate)
    return found[1] if found is not None else None


def _distance(left: str, right: str, most: int) -> int:
    """How many letters must be changed, added, taken away or swapped; more than `most` counts as `most + 1`."""
    before: list[int] = []
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        older, before = before, row
        row = [i]
        for j, b in enumerate(right, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and left[i - 2] == b:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return row[-1]


@cache
def db_parameters(name: str) -> frozenset[str]:
    """Parameter names of `postgres`, `redis`, `memcached`; `..._integers` and `..._fixed` are parts of them."""
    return frozenset(_table("db_parameters")[name])


@cache
def managed_policy_actions() -> dict[str, tuple[str, ...]]:
    """The actions that some widely used AWS managed policies allow, by the policy's name."""
    return {name: tuple(actions) for name, actions in _table("managed_policies")["actions"].items()}
