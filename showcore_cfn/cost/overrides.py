"""Values of root parameters from a command line, held to what the templates allow before anything is priced.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal, InvalidOperation

from showcore_cfn.errors import UsageError
from showcore_cfn.template.json_types import Json
from showcore_cfn.template.load import TemplateSet

OPTION = "--parameter-overrides"


def overridden(pairs: Iterable[str], templates: TemplateSet) -> dict[str, str]:
    """The values by parameter. Raises UsageError for a parameter that no template has, and a value it refuses."""
    declared = _declared(templates)
    found: dict[str, str] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals:
            raise UsageError(f"{OPTION} {pair!r} is not KEY=VALUE, such as EndpointZones=1.")
        if name not in declared:
            raise UsageError(f"{OPTION}: no template has a parameter {name!r}.")
        for refusal in _refusals(declared[name], value):
            raise UsageError(f"{OPTION} {name}={value}: {refusal}.")
        found[name] = value
    return found


def _declared(templates: TemplateSet) -> dict[str, Mapping[str, Json]]:
    """Every parameter of the set; the root's own declaration counts before that of a template that it nests."""
    found: dict[str, Mapping[str, Json]] = {}
    root = templates.documents.get(templates.root or "")
    for document in (*([root] if root else []), *templates.documents.values()):
        parameters = document.body.get("Parameters")
        for name, body in parameters.items() if isinstance(parameters, dict) else ():
            found.setdefault(name, body if isinstance(body, dict) else {})
    return found


def _refusals(declared: Mapping[str, Json], value: str) -> Iterator[str]:
    allowed, pattern = declared.get("AllowedValues"), declared.get("AllowedPattern")
    if isinstance(allowed, list) and value not in [_text(item) for item in allowed]:
        yield f"it is one of {', '.join(_text(item) for item in allowed)}"
    if isinstance(pattern, str) and not _matches(pattern, value):
        meant = str(declared.get("ConstraintDescription") or f"it does not match {pattern}")
        yield meant.rstrip(".")
    yield from _out_of_bounds(declared, "Length", Decimal(len(value)), " characters")
    if declared.get("Type") == "Number":
        number = _number(value)
        if number is None:
            yield "it is a number"
        else:
            yield from _out_of_bounds(declared, "Value", number, "")


def _out_of_bounds(declared: Mapping[str, Json], of: str, found: Decimal, unit: str) -> Iterator[str]:
    least, most = _number(declared.get(f"Min{of}")), _number(declared.get(f"Max{of}"))
    if least is not None and found < least:
        yield f"it is at least {least}{unit}"
    if most is not None and found > most:
        yield f"it is at most {most}{unit}"


def _matches(pattern: str, value: str) -> bool:
    """Whether the whole value matches; a pattern that only Java understands refuses nothing here."""
    try:
        return re.fullmatch(pattern, value) is not None
    except re.error:
        return True


def _number(value: Json) -> Decimal | None:
    try:
        return Decimal(_text(value)) if value is not None else None
    except InvalidOperation:
        return None


def _text(value: Json) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
