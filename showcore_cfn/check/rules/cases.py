"""The good and the bad cases of the rules, read from `cases/<topic>.toml` for tests and for `--explain`.

A case is a few resources. `base` names resources of `cases/base.toml` to start from; `good` and `bad` are YAML
over that base: a key without a dot is a whole resource (null takes it away), `Database.Port` is a property,
`Database:DependsOn` a resource attribute, and numbers step into lists. A case that needs several templates gives
a table of file names instead.
"""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from showcore_cfn.template.json_types import Json
from showcore_cfn.template.load import parse

_FOLDER = Path(__file__).with_name("cases")
_SECTIONS = frozenset({"Resources", "Parameters", "Conditions", "Mappings", "Outputs", "Rules", "Transform"})


@dataclass(frozen=True, slots=True)
class Case:
    """Templates by file name, and the few lines that make them good or bad."""

    rule: str
    good: bool
    shown: str
    documents: dict[str, str]


@cache
def cases(topic: str) -> tuple[Case, ...]:
    """The cases of a topic, the good one of a rule before its bad ones."""
    found: list[Case] = []
    for rule_id, entry in _read(topic).items():
        base = entry.get("base", [])
        for good in (True, False):
            written = entry.get("good" if good else "bad", "" if good else [])
            variants = written if isinstance(written, list) else [written]
            found.extend(_case(rule_id, good, base, variant) for variant in variants)
    return tuple(found)


def _read(topic: str) -> dict[str, dict[str, Json]]:
    path = _FOLDER / f"{topic}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


@cache
def _base() -> dict[str, str]:
    return {str(name): str(text) for name, text in _read("base")["resources"].items()}


def _case(rule_id: str, good: bool, base: Json, written: Json) -> Case:
    if isinstance(written, dict):
        documents = {name: str(text) for name, text in written.items()}
        return Case(rule_id, good, "\n".join(f"# {n}\n{t.strip()}" for n, t in documents.items()), documents)
    shown = str(written).strip()
    body: dict[str, Json] = {"AWSTemplateFormatVersion": "2010-09-09", "Resources": {}}
    for name in base if isinstance(base, list) else [base]:
        _resources(body).update(parse(_base()[str(name)], str(name)).body)
    for key, value in (parse(shown, rule_id).body if shown else {}).items():
        _put(body, key, value)
    return Case(rule_id, good, shown, {"template.json": json.dumps(body, indent=1)})


def _resources(body: dict[str, Json]) -> dict[str, Json]:
    found = body["Resources"]
    assert isinstance(found, dict)
    return found


def _put(body: dict[str, Json], key: str, value: Json) -> None:
    if key in _SECTIONS:
        body[key] = value
        return
    name, colon, attribute = key.partition(":")
    steps = name.split(".")
    resources = _resources(body)
    if colon:
        _set(resources, [name, attribute], value)
    elif len(steps) == 1:
        _set(resources, steps, value)
    else:
        _set(resources, [steps[0], "Properties", *steps[1:]], value)


def _set(inside: Json, steps: list[str], value: Json) -> None:
    for step in steps[:-1]:
        if isinstance(inside, list):
            inside = inside[int(step)]
        elif isinstance(inside, dict):
            inside = inside.setdefault(step, {})
    last = steps[-1]
    if isinstance(inside, list):
        inside[int(last) : int(last) + 1] = [] if value is None else [value]
    elif isinstance(inside, dict) and value is None:
        inside.pop(last, None)
    elif isinstance(inside, dict):
        inside[last] = value
