"""Whether the AWS CLI would take a command: its service, operation, options and values, after botocore's model.

The CLI's own rules: names in kebab case, `--no-` for booleans, paging options of its own, `wait`, `s3api`
(https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-parameters.html).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import botocore.session
import jmespath  # type: ignore[import-untyped]
from botocore import xform_name

_GLOBAL = {"query", "output", "region", "profile", "endpoint-url", "no-cli-pager", "no-paginate"}
_PAGING = {"max-items", "page-size", "starting-token"}
_SERVICES = {"s3api": "s3", "configservice": "config"}
_HIGH_LEVEL = {("s3", "ls"): {"recursive"}, ("s3", "cp"): {"recursive"}}  # of the CLI itself, not of a model
_RENAMED = {("sns", "subscribe"): {"endpoint": "notification-endpoint"}}  # since --endpoint is taken
_INSTEAD = {("ec2", "run-instances"): ("count", {"min-count", "max-count"})}  # 1 where it is left out
_OUTPUTS = {"json", "text", "table", "yaml"}
_KEY = re.compile(r"(?:^|,)([A-Za-z]\w*)=")
_SET_TO = re.compile(r"[Ii]f set to <code>([\w-]+)</code>")
_LISTED = re.compile(r"following values:?</p> <ul>(.*)</ul>")
_ENTRY = re.compile(r"<li> <p> <code>([\w-]+)</code> ")


def complaints(words: list[str]) -> list[str]:
    """What is wrong with a command; empty where nothing is."""
    return list(_complaints(words))


def _complaints(words: list[str]) -> Iterator[str]:
    _, service, *rest = words
    name, waits = (rest[1], True) if rest[0] == "wait" else (rest[0], False)
    given = _options(rest[2:] if waits else rest[1:])
    if (service, name) in _HIGH_LEVEL:
        yield from (f"no option --{o}" for o in given if o and o not in _HIGH_LEVEL[service, name] | _GLOBAL)
        return
    if service not in _services():
        yield f"no service {service}"
        return
    operation = _waited(service, name) if waits else _operations(service).get(name)
    if operation is None:
        yield f"no {'waiter' if waits else 'operation'} {service} {name}"
        return
    yield from _about(_model(service).operation_model(operation), _pager(service, operation), given)


def _about(model: Any, pager: dict[str, Any] | None, given: dict[str, list[str]]) -> Iterator[str]:
    shape = model.input_shape
    renamed = _RENAMED.get((model.service_model.service_name, xform_name(model.name, "-")), {})

    def spelled(name: str) -> str:
        plain: str = xform_name(name, "-")
        return renamed.get(plain, plain)

    members = {spelled(name): (name, member) for name, member in shape.members.items()} if shape else {}
    hidden = _hidden(pager)
    count, counted = _INSTEAD.get(
        (model.service_model.service_name, xform_name(model.name, "-")), ("", set())
    )
    for option, values in given.items():
        plain = option.removeprefix("no-")
        if option == "":
            yield f"a word that belongs to no option: {' '.join(values)}"
        elif option in _GLOBAL or (pager and option in _PAGING):
            yield from _about_global(option, values, model)
        elif option == count:
            yield from (f"--{option}: {value} is no number" for value in values if not value.isdigit())
        elif option in members and members[option][0] not in hidden:
            yield from (f"--{option}: {why}" for why in _about_value(members[option][1], values))
        elif plain != option and plain in members and members[plain][1].type_name == "boolean":
            yield from (f"--{option} takes no value" for _ in values[:1])
        else:
            yield f"no option --{option}"
    for name in shape.required_members if shape else ():
        if spelled(name) not in {*given, *counted} and f"no-{spelled(name)}" not in given:
            yield f"--{spelled(name)} is required"


def _about_global(option: str, values: list[str], model: Any) -> Iterator[str]:
    if option == "output" and (len(values) != 1 or values[0] not in _OUTPUTS):
        yield f"no output {values}"
    if option == "query":
        known = _names(model.output_shape)
        yield from (f"--query: no {name}" for name in _fields(_parsed(values[0])) if name not in known)


def _about_value(shape: Any, values: list[str]) -> Iterator[str]:
    kind = shape.type_name
    if kind == "boolean":
        yield from ("takes no value" for _ in values[:1])
    elif not values:
        yield "wants a value"
    elif kind == "list":
        yield from (why for value in values for why in _about_item(shape.member, value))
    elif len(values) > 1:
        yield f"takes one value, not {values}"
    else:
        yield from _about_item(shape, values[0])


def _about_item(shape: Any, value: str) -> Iterator[str]:
    if shape.type_name in ("integer", "long") and not value.isdigit():
        yield f"{value} is no number"
    if shape.type_name == "string" and shape.enum and value not in shape.enum:
        yield f"{value} is none of {', '.join(shape.enum)}"
    documented = _documented(shape.documentation) if shape.type_name == "string" and not shape.enum else []
    if documented and value not in documented:
        yield f"{value} is none of {', '.join(documented)}, says its documentation"
    if shape.type_name == "structure" and "=" in value:
        top = re.sub(r"\[.*?\]", "", value)
        yield from (f"no {key} in {shape.name}" for key in _KEY.findall(top) if key not in shape.members)


def _documented(text: str) -> list[str]:
    """The values that a documentation names where the model has no set of them; empty where it names none."""
    listed = _LISTED.search(text)
    return _SET_TO.findall(text) or (_ENTRY.findall(listed[1]) if listed else [])


def _options(words: list[str]) -> dict[str, list[str]]:
    """Option -> the words that follow it; words before any option stand under the empty name."""
    found: dict[str, list[str]] = {}
    name = ""
    for word in words:
        if word.startswith("--"):
            name = word[2:]
            found[name] = []
        else:
            found.setdefault(name, []).append(word)
    return found


def _parsed(query: str) -> Any:
    return jmespath.compile(query).parsed


def _fields(node: Any) -> Iterator[str]:
    if node["type"] == "field":
        yield node["value"]
    for child in node["children"]:
        if isinstance(child, dict):
            yield from _fields(child)


def _names(shape: Any, seen: frozenset[str] = frozenset()) -> set[str]:
    """Every member's name below a shape."""
    if shape is None or shape.name in seen:
        return set()
    seen |= {shape.name}
    if shape.type_name == "list":
        return _names(shape.member, seen)
    if shape.type_name == "map":
        return _names(shape.value, seen)
    members = shape.members if shape.type_name == "structure" else {}
    return set(members).union(*(_names(member, seen) for member in members.values()))


def _hidden(pager: dict[str, Any] | None) -> set[str]:
    """Members that the CLI's own paging stands for."""
    if not pager:
        return set()
    tokens = pager["input_token"]
    return {*(tokens if isinstance(tokens, list) else [tokens]), pager.get("limit_key", "")}


@cache
def _services() -> set[str]:
    known = set(_session().get_available_services())
    return (known - {"s3", "config"}) | set(_SERVICES)


@cache
def _operations(service: str) -> dict[str, str]:
    return {xform_name(name, "-"): name for name in _model(service).operation_names}


def _waited(service: str, waiter: str) -> str | None:
    model = _session().get_waiter_model(_SERVICES.get(service, service))
    found = {xform_name(name, "-"): name for name in model.waiter_names}
    return model.get_waiter(found[waiter]).operation if waiter in found else None


def _pager(service: str, operation: str) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = (
            _session().get_paginator_model(_SERVICES.get(service, service)).get_paginator(operation)
        )
    except (ValueError, KeyError):
        return None
    return found


@cache
def _model(service: str) -> Any:
    return _session().get_service_model(_SERVICES.get(service, service))


@cache
def _session() -> Any:
    return botocore.session.get_session()
