"""Parameters of a stack: what was given against what the template declares."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from showcore_cfn.template.json_types import Json
from tests.fakes.cloudformation.errors import invalid
from tests.fakes.cloudformation.evaluation import is_unknown, text
from tests.fakes.cloudformation.template import Template

VALUE_LIMIT_BYTES = 4_096
_SSM = "AWS::SSM::Parameter::Value<"
MASKED = "****"


def requested(items: Sequence[Mapping[str, Any]], previous: Mapping[str, str]) -> dict[str, str]:
    """What a request gives, with UsePreviousValue looked up."""
    found: dict[str, str] = {}
    for item in items:
        key = item["ParameterKey"]
        if item.get("UsePreviousValue"):
            if "ParameterValue" in item:
                raise invalid(
                    f"Invalid input for parameter key {key}. Cannot specify usePreviousValue as true "
                    "and non empty value for a parameter"
                )
            if key not in previous:
                raise invalid(
                    f"Invalid input for parameter key {key}. Cannot specify usePreviousValue as true "
                    "for a parameter key not in the previous template"
                )
            found[key] = previous[key]
        else:
            found[key] = item.get("ParameterValue", "")
    return found


def resolve(template: Template, given: Mapping[str, str], ssm: Mapping[str, str]) -> dict[str, str]:
    """The value of each declared parameter. Raises ServiceError for the missing, the unknown and the wrong."""
    declared = template.parameters
    unknown = [name for name in given if name not in declared]
    if unknown:
        raise invalid(f"Parameters: [{', '.join(unknown)}] do not exist in the template")
    missing = [name for name, raw in declared.items() if name not in given and "Default" not in raw]
    if missing:
        raise invalid(f"Parameters: [{', '.join(missing)}] must have values")
    found = {name: given.get(name, text(raw.get("Default", ""))) for name, raw in declared.items()}
    for name, raw in declared.items():
        _check(name, found[name], raw)
    _fetch(declared, found, ssm)
    return found


def shown(template: Template, values: Mapping[str, str], ssm: Mapping[str, str]) -> list[dict[str, str]]:
    """The parameters as the service tells them: NoEcho is masked."""
    found: list[dict[str, str]] = []
    for name, value in values.items():
        raw = template.parameters.get(name, {})
        hidden = text(raw.get("NoEcho", False)).lower() == "true"
        entry = {"ParameterKey": name, "ParameterValue": MASKED if hidden else value}
        if str(raw.get("Type", "")).startswith(_SSM) and value in ssm:
            entry["ResolvedValue"] = ssm[value]
        found.append(entry)
    return found


def _check(name: str, value: str, raw: Mapping[str, Json]) -> None:
    kind = str(raw.get("Type", "String"))
    if is_unknown(value) and (kind.startswith(("AWS::EC2", "AWS::Route53", "List<"))):
        raise invalid(f"Usage of {value} is not allowed.")
    if len(value.encode()) > VALUE_LIMIT_BYTES:
        raise invalid(f"Parameter '{name}' is greater than maximum allowed {VALUE_LIMIT_BYTES} bytes.")
    if kind == "Number":
        _check_number(name, value, raw)
    allowed = raw.get("AllowedValues")
    if isinstance(allowed, list) and value not in [text(item) for item in allowed]:
        raise invalid(f"Parameter '{name}' must be one of AllowedValues")
    if "AllowedPattern" in raw and not re.fullmatch(str(raw["AllowedPattern"]), value):
        reason = raw.get("ConstraintDescription", f"must match pattern {raw['AllowedPattern']}")
        raise invalid(f"Parameter {name} failed to satisfy constraint: {reason}")
    if "MinLength" in raw and len(value) < int(text(raw["MinLength"])):
        raise invalid(f"Parameter '{name}' must contain at least {raw['MinLength']} characters.")
    if "MaxLength" in raw and len(value) > int(text(raw["MaxLength"])):
        raise invalid(f"Parameter '{name}' must contain at most {raw['MaxLength']} characters.")


def _check_number(name: str, value: str, raw: Mapping[str, Json]) -> None:
    try:
        number = float(value)
    except ValueError:
        raise invalid(f"Parameter '{name}' must be a number.") from None
    if "MinValue" in raw and number < float(text(raw["MinValue"])):
        raise invalid(f"Parameter '{name}' must be a number not less than {raw['MinValue']}")
    if "MaxValue" in raw and number > float(text(raw["MaxValue"])):
        raise invalid(f"Parameter '{name}' must be a number not greater than {raw['MaxValue']}")


def _fetch(declared: Mapping[str, Mapping[str, Json]], found: dict[str, str], ssm: Mapping[str, str]) -> None:
    names = [name for name, raw in declared.items() if str(raw.get("Type", "")).startswith(_SSM)]
    absent = [found[name] for name in names if found[name] not in ssm]
    if absent:
        raise invalid(
            f"Unable to fetch parameters [{','.join(absent)}] from parameter store for this account."
        )
    # values stay names: what they stand for is looked up when the template is evaluated


def looked_up(template: Template, values: Mapping[str, str], ssm: Mapping[str, str]) -> dict[str, str]:
    """The values as Ref sees them: those of SSM types fetched."""
    return {
        name: ssm.get(value, value)
        if str(template.parameters.get(name, {}).get("Type", "")).startswith(_SSM)
        else value
        for name, value in values.items()
    }
