"""The query protocol of CloudFormation and STS, derived from botocore's own service models.

Requests are parsed and answers are written by the shapes of the model that the client reads, so that a name
which the service does not know cannot be spoken here either.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any
from xml.sax.saxutils import escape

import botocore.session

from tests.fakes.cloudformation.errors import ServiceError, invalid

Record = dict[str, Any]  # what crosses the border: a request or an answer as botocore spells it

_CONSTRAINED = ("StackName", "ChangeSetName")
_OPEN_ENUMS = ("ResourceStatus",)  # a stack's own events carry stack statuses, which the model does not list
_INVALID_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd]")


@cache
def service_model(service: str) -> Any:
    """botocore's model of a service."""
    return botocore.session.get_session().get_service_model(service)


def parse(service: str, form: Mapping[str, str]) -> tuple[str, Record]:
    """The operation and its parameters of a query request."""
    name = form.get("Action", "")
    model = service_model(service)
    if name not in model.operation_names:
        raise ServiceError("InvalidAction", f"Could not find operation {name} for version {form['Version']}")
    tree: Record = {}
    for key, text in form.items():
        if key not in ("Action", "Version"):
            _plant(tree, key.split("."), text)
    shape = model.operation_model(name).input_shape
    parameters: Record = _read(shape, tree) if shape is not None else {}
    _constrain(shape, parameters)
    return name, parameters


def _plant(tree: Record, path: list[str], text: str) -> None:
    for step in path[:-1]:
        tree = tree.setdefault(step, {})
    tree[path[-1]] = text


def _read(shape: Any, found: Any) -> Any:
    if shape.type_name == "structure":
        return {
            name: _read(member, found[_wire_name(name, member)])
            for name, member in shape.members.items()
            if _wire_name(name, member) in found
        }
    if shape.type_name == "list":
        items = found.get("member", {}) if isinstance(found, dict) else {}
        return [_read(shape.member, items[number]) for number in sorted(items, key=int)]
    if shape.type_name == "map":
        entries = found.get("entry", {})
        return {entries[n]["key"]: _read(shape.value, entries[n]["value"]) for n in sorted(entries, key=int)}
    if shape.type_name == "boolean":
        return str(found).lower() == "true"
    return int(found) if shape.type_name in ("integer", "long") else str(found)


def _wire_name(name: str, member: Any) -> str:
    return str(member.serialization.get("name", name))


def _constrain(shape: Any, parameters: Record) -> None:
    """The service checks names; the client does not."""
    for name in _CONSTRAINED:
        if name not in parameters:
            continue
        rules = shape.members[name].metadata
        value, field = parameters[name], name[0].lower() + name[1:]
        constraint = ""
        if len(value) > rules.get("max", len(value)):
            constraint = f"Member must have length less than or equal to {rules['max']}"
        elif "pattern" in rules and not re.fullmatch(rules["pattern"], value):
            constraint = f"Member must satisfy regular expression pattern: {rules['pattern']}"
        if constraint:
            raise invalid(
                f"1 validation error detected: Value '{value}' at '{field}' failed to satisfy constraint: "
                + constraint
            )


def answer(service: str, operation: str, result: Record, request_id: str) -> str:
    """The XML of a good answer. Raises KeyError for a field that the model does not have."""
    model = service_model(service)
    shape = model.operation_model(operation).output_shape
    body = ""
    if shape is not None:
        wrapper = shape.serialization.get("resultWrapper", f"{operation}Result")
        body = f"<{wrapper}>{_write_members(shape, result)}</{wrapper}>"
    namespace = model.metadata.get("xmlNamespace", "")
    return (
        f'<{operation}Response xmlns="{namespace}">{body}'
        f"<ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata></{operation}Response>"
    )


def error_answer(error: ServiceError, request_id: str) -> str:
    """The XML of an error."""
    kind = "Sender" if error.status < 500 else "Receiver"
    return (
        f"<ErrorResponse><Error><Type>{kind}</Type><Code>{error.code}</Code>"
        f"<Message>{_text(error.message)}</Message></Error><RequestId>{request_id}</RequestId></ErrorResponse>"
    )


def error_code(service: str, shape_name: str) -> tuple[str, int]:
    """How an error is spelled on the wire, and its HTTP status: the model knows both."""
    rules = service_model(service).shape_for(shape_name).metadata.get("error", {})
    return str(rules.get("code", shape_name)), int(rules.get("httpStatusCode", 400))


def modelled(shape_name: str, message: str) -> ServiceError:
    """An error of CloudFormation's model, such as ChangeSetNotFoundException."""
    code, status = error_code("cloudformation", shape_name)
    return ServiceError(code, message, status)


def _write_members(shape: Any, record: Record) -> str:
    unknown = record.keys() - shape.members.keys()
    if unknown:
        raise KeyError(f"{shape.name} has no {', '.join(sorted(unknown))}")
    return "".join(
        _write(member, record[name], _wire_name(name, member))
        for name, member in shape.members.items()
        if record.get(name) is not None
    )


def _write(shape: Any, value: Any, tag: str) -> str:
    if shape.type_name == "structure":
        return f"<{tag}>{_write_members(shape, value)}</{tag}>"
    if shape.type_name == "list":
        name = shape.member.serialization.get("name", "member")
        return f"<{tag}>{''.join(_write(shape.member, item, name) for item in value)}</{tag}>"
    if shape.type_name == "map":
        inner = "".join(
            f"<entry><key>{_text(key)}</key>{_write(shape.value, item, 'value')}</entry>"
            for key, item in value.items()
        )
        return f"<{tag}>{inner}</{tag}>"
    return f"<{tag}>{_scalar(shape, value)}</{tag}>"


def _scalar(shape: Any, value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return timestamp(value)
    if getattr(shape, "enum", None) and value not in shape.enum and shape.name not in _OPEN_ENUMS:
        raise KeyError(f"{shape.name} has no value {value}")
    return _text(str(value))


def timestamp(moment: datetime) -> str:
    """A time as the services write it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def _text(text: str) -> str:
    return escape(_INVALID_XML.sub("?", text)).replace("\r", "&#13;")
