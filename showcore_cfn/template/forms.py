"""How the parts of a template are written down as plain data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from showcore_cfn.template.json_types import Json
from showcore_cfn.template.parameters import RootParameter

Body: TypeAlias = dict[str, Json]

CONTEXT = "com.aws.cloudformation.Context"  # where reasons travel; cfn-lint carries its schema


def plain(value: object) -> Json:
    """A troposphere or awacs value as plain data; properties are validated on the way."""
    if hasattr(value, "to_dict"):
        return plain(value.to_dict())
    if hasattr(value, "JSONrepr"):
        return plain(value.JSONrepr())
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    raise TypeError(f"{value!r} cannot stand in a template")


def declaration(parameter: RootParameter) -> Body:
    """A parameter as it is asked of a person."""
    body: Body = {"Type": "String", "Description": parameter.description}
    if parameter.default is not None:
        body["Default"] = parameter.default
    if parameter.allowed:
        body["AllowedValues"] = list(parameter.allowed)
    if parameter.pattern:
        body["AllowedPattern"] = parameter.pattern
    if parameter.max_length:
        body["MaxLength"] = parameter.max_length
    if parameter.constraint:
        body["ConstraintDescription"] = parameter.constraint
    return body


def passed(parameter: RootParameter) -> Body:
    """A parameter that the root passes down, and has checked."""
    body: Body = {"Type": "String", "Description": parameter.description}
    if parameter.allowed:
        body["AllowedValues"] = list(parameter.allowed)
    return body


def interface(groups: Mapping[str, Sequence[str]], labels: Mapping[str, str]) -> Body:
    """`AWS::CloudFormation::Interface`: how the console groups and labels parameters."""
    return {
        "ParameterGroups": [
            {"Label": {"default": title}, "Parameters": list(names)} for title, names in groups.items()
        ],
        "ParameterLabels": {name: {"default": label} for name, label in labels.items()},
    }
