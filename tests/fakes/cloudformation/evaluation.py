"""Intrinsic functions as CloudFormation evaluates them, with what is unknown while a change set is made.

An unknown value is the text that CloudFormation itself puts there,
`{{IntrinsicFunction:stack/Child.Outputs.X/Fn::GetAtt}}`, and it goes where text goes: it can be joined and
substituted, splits into one piece, is not found in mappings, and may not decide a condition.
"""

from __future__ import annotations

import base64
import ipaddress
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from showcore_cfn.template.json_types import Json
from tests.fakes.cloudformation.errors import format_error, invalid

UNKNOWN = "{{IntrinsicFunction:"
KNOWN_AFTER_APPLY = "{{changeSet:KNOWN_AFTER_APPLY}}"
_PLACEHOLDER = re.compile(r"\$\{([^}!][^}]*)\}")
_ZONES = {"us-east-1": "abcdef"}
_JOIN = (
    "Template error: every Fn::Join object requires two parameters, (1) a string delimiter and (2) a list of "
    "strings to be joined or a function that returns a list of strings (such as Fn::GetAZs) to be joined."
)
_SPLIT = (
    "Template error: every Fn::Split object requires two parameters, (1) a string delimiter and (2) a string "
    "to be split or a function that returns a string to be split."
)
_SELECT = "Template error: Fn::Select requires a list argument with two elements: an integer index and a list"


class _Removed:
    """What AWS::NoValue leaves."""


_REMOVED = _Removed()
_Found: TypeAlias = "Json | _Removed"


def is_unknown(value: Json) -> bool:
    """Whether anything in a value is not known yet."""
    if isinstance(value, str):
        return UNKNOWN in value
    if isinstance(value, dict):
        return any(is_unknown(item) for item in value.values())
    return isinstance(value, list) and any(is_unknown(item) for item in value)


def after_apply(value: Json) -> Json:
    """A value as a change set shows it: what is unknown becomes KNOWN_AFTER_APPLY."""
    if isinstance(value, str):
        return KNOWN_AFTER_APPLY if UNKNOWN in value else value
    if isinstance(value, dict):
        return {key: after_apply(item) for key, item in value.items()}
    return [after_apply(item) for item in value] if isinstance(value, list) else value


def text(value: Json) -> str:
    """A scalar as CloudFormation writes it into text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


@dataclass(slots=True)
class Scope:
    """One stack's template with the values that are known of it."""

    body: Mapping[str, Json]
    parameters: Mapping[str, str]
    pseudo: Mapping[str, str]
    attribute: Callable[[str, str | None], str]  # (logical id, attribute or None for Ref) -> value
    exports: Mapping[str, str] = field(default_factory=dict)

    def section(self, name: str) -> dict[str, Json]:
        """A section of the template; empty where it is missing."""
        found = self.body.get(name)
        return found if isinstance(found, dict) else {}

    def value(self, raw: Json) -> Json:
        """A value of the template. Raises ServiceError where CloudFormation refuses it."""
        found = self._value(raw)
        return None if isinstance(found, _Removed) else found

    def stands(self, definition: Json) -> bool:
        """Whether the condition of a resource or output holds."""
        condition = definition.get("Condition") if isinstance(definition, dict) else None
        return condition is None or self.condition(str(condition))

    def condition(self, name: str) -> bool:
        """Whether a condition holds."""
        conditions = self.section("Conditions")
        if name not in conditions:
            raise format_error(
                f"Unresolved dependencies [{name}]. Cannot reference resources in the Conditions"
            )
        return self._truth(conditions[name])

    def outputs(self) -> dict[str, str]:
        """The values of all outputs that stand."""
        return {
            name: text(self.value(raw.get("Value")))
            for name, raw in self.section("Outputs").items()
            if isinstance(raw, dict) and self.stands(raw)
        }

    def _truth(self, raw: Json) -> bool:
        if not isinstance(raw, dict) or len(raw) != 1:
            raise format_error("Every Conditions member must be a condition function.")
        ((name, arguments),) = raw.items()
        if name == "Condition":
            return self.condition(str(arguments))
        items = arguments if isinstance(arguments, list) else [arguments]
        if name == "Fn::Equals":
            left, right = (self.value(item) for item in items)
            for side in (left, right):
                if is_unknown(side):
                    raise invalid(f"Usage of {text(side)} is not allowed.")
            return text(left) == text(right)
        if name == "Fn::Not":
            return not self._truth(items[0])
        if name == "Fn::And":
            return all(self._truth(item) for item in items)
        if name == "Fn::Or":
            return any(self._truth(item) for item in items)
        raise format_error(f"Unresolved condition function {name}.")

    def _value(self, raw: Json) -> _Found:
        if isinstance(raw, list):
            items = [self._value(item) for item in raw]
            return [item for item in items if not isinstance(item, _Removed)]
        if not isinstance(raw, dict):
            return raw
        if len(raw) == 1:
            ((name, arguments),) = raw.items()
            if name == "Ref":
                return self._ref(text(arguments))
            if name.startswith("Fn::"):
                return self._function(name, arguments)
        found = {key: self._value(item) for key, item in raw.items()}
        return {key: item for key, item in found.items() if not isinstance(item, _Removed)}

    def _function(self, name: str, arguments: Json) -> _Found:
        if name == "Fn::If":
            return self._if(arguments)
        if name == "Fn::Sub":
            return self._sub(arguments)
        compute = _FUNCTIONS.get(name)
        if compute is None:
            raise format_error(f"Unsupported function {name}.")
        return compute(self, self.value(arguments))

    def _if(self, arguments: Json) -> _Found:
        if not isinstance(arguments, list) or len(arguments) != 3:
            raise invalid("Template error: Fn::If requires a list argument with three elements")
        return self._value(arguments[1 if self.condition(text(arguments[0])) else 2])

    def _ref(self, name: str) -> _Found:
        if name == "AWS::NoValue":
            return _REMOVED
        if name in self.pseudo:
            return self.pseudo[name]
        declared = self.section("Parameters").get(name)
        if isinstance(declared, dict):
            kind = str(declared.get("Type", "String"))
            value = self.parameters[name]
            is_list = kind == "CommaDelimitedList" or kind.startswith("List<")
            return [item.strip() for item in value.split(",")] if is_list else value
        return self.attribute(name, None)

    def _sub(self, arguments: Json) -> Json:
        pattern, own = arguments, {}
        if isinstance(arguments, list) and len(arguments) == 2:
            pattern = arguments[0]
            own = arguments[1] if isinstance(arguments[1], dict) else {}

        def replaced(match: re.Match[str]) -> str:
            name = match[1].strip()
            if name in own:
                return text(self.value(own[name]))
            if "." in name:
                logical_id, attribute = name.split(".", 1)
                return self.attribute(logical_id, attribute)
            found = self._ref(name)
            return "" if isinstance(found, _Removed) else text(found)

        return _PLACEHOLDER.sub(replaced, text(pattern)).replace("${!", "${")


def _get_att(scope: Scope, arguments: Json) -> Json:
    if not (isinstance(arguments, list) and len(arguments) == 2 and all(arguments)):
        raise invalid(
            "Template error: every Fn::GetAtt object requires two non-empty parameters, the resource name and "
            "the resource attribute"
        )
    return scope.attribute(text(arguments[0]), text(arguments[1]))


def _join(_: Scope, arguments: Json) -> Json:
    if not (isinstance(arguments, list) and len(arguments) == 2 and isinstance(arguments[1], list)):
        raise invalid(_JOIN)
    return text(arguments[0]).join(text(item) for item in arguments[1])


def _split(_: Scope, arguments: Json) -> Json:
    if not (isinstance(arguments, list) and len(arguments) == 2 and isinstance(arguments[1], str)):
        raise invalid(_SPLIT)
    whole = arguments[1]
    return [whole] if is_unknown(whole) else list(whole.split(text(arguments[0])))


def _select(_: Scope, arguments: Json) -> Json:
    if not (isinstance(arguments, list) and len(arguments) == 2 and isinstance(arguments[1], list)):
        raise invalid(_SELECT)
    index, items = int(text(arguments[0])), arguments[1]
    if not 0 <= index < len(items):
        raise invalid(f"Template error: Fn::Select cannot select nonexistent value at index {index}")
    return items[index]


def _find_in_map(scope: Scope, arguments: Json) -> Json:
    names = [text(item) for item in arguments] if isinstance(arguments, list) else []
    found: Json = dict(scope.section("Mappings"))
    for name in names:
        found = found.get(name) if isinstance(found, dict) else None
    if found is None or len(names) != 3:
        raise invalid(f"Template error: Unable to get mapping for {'::'.join(names)}")
    return found


def _zones(scope: Scope, arguments: Json) -> Json:
    region = text(arguments) or scope.pseudo["AWS::Region"]
    return [region + letter for letter in _ZONES.get(region, "abc")]


def _cidr(_: Scope, arguments: Json) -> Json:
    if not isinstance(arguments, list):
        raise invalid("Template error: every Fn::Cidr object requires a list.")
    block, count, bits = [text(item) for item in arguments][:3]
    network = ipaddress.ip_network(block)
    subnets = network.subnets(new_prefix=network.max_prefixlen - int(bits))
    return [str(next(subnets)) for _ in range(int(count))]


def _import(scope: Scope, arguments: Json) -> Json:
    name = text(arguments)
    if name not in scope.exports:
        raise invalid(f"No export named {name} found. Rollback requested by user.")
    return scope.exports[name]


_FUNCTIONS: dict[str, Callable[[Scope, Json], Json]] = {
    "Fn::GetAtt": _get_att,
    "Fn::Join": _join,
    "Fn::Split": _split,
    "Fn::Select": _select,
    "Fn::FindInMap": _find_in_map,
    "Fn::GetAZs": _zones,
    "Fn::Cidr": _cidr,
    "Fn::ImportValue": _import,
    "Fn::Base64": lambda _, value: base64.b64encode(text(value).encode()).decode(),
    "Fn::ToJsonString": lambda _, value: json.dumps(value, separators=(",", ":")),
    "Fn::Length": lambda _, value: len(value) if isinstance(value, list) else 0,
}
