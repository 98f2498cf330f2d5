"""Calls from a resource handler to the services of the same server, through their public APIs.

CloudFormation's property names differ from an API's member names in little but case, and values that came
through a parameter are text. `fit` bridges both by the service model, and refuses what that does not know.

Where `SHOWCORE_REHEARSAL_CALLS` names a file, each call is appended to it as a line of JSON.
"""

from __future__ import annotations

import json
import os
from functools import cache
from pathlib import Path
from typing import Any

from . import seams


def call(service: str, operation: str, **parameters: Any) -> dict[str, Any]:
    """The answer of one API call, made as the account and in the region of the stack operation."""
    account, region = seams.caller()
    client = _client(service, account, region)
    shape = client.meta.service_model.operation_model(_api_name(client, operation)).input_shape
    given = {name: value for name, value in parameters.items() if value is not None}
    fitted: dict[str, Any] = fit(given, shape, operation) if shape else {}
    _note(account, client, operation, fitted)
    answer: dict[str, Any] = getattr(client, operation)(**fitted)
    return answer


def _note(account: str, client: Any, operation: str, parameters: dict[str, Any]) -> None:
    file = os.environ.get("SHOWCORE_REHEARSAL_CALLS")
    if file:
        made = {
            "account": account,
            "service": client.meta.service_model.service_name,
            "operation": _api_name(client, operation),
            "parameters": parameters,
        }
        with Path(file).open("a", encoding="utf-8") as calls:
            calls.write(json.dumps(made, default=str) + "\n")


def _api_name(client: Any, operation: str) -> str:
    return str(client.meta.method_to_api_mapping[operation])


@cache
def _client(service: str, account: str, region: str) -> Any:
    from botocore.config import Config
    from botocore.session import Session

    return Session().create_client(
        service,
        region_name=region,
        endpoint_url=f"http://127.0.0.1:{os.environ['GATEWAY_PORT']}",
        aws_access_key_id=account,
        aws_secret_access_key="test",
        config=Config(retries={"max_attempts": 1}, s3={"addressing_style": "path"}),
    )


def fit(value: Any, shape: Any, where: str) -> Any:
    """`value` as the model wants it: member names in its case, numbers and truth values out of text."""
    if shape.type_name == "structure":
        return _structure(value, shape, where)
    if shape.type_name == "list":
        return [fit(item, shape.member, where) for item in value]
    if shape.type_name == "map":
        return {str(key): fit(item, shape.value, where) for key, item in value.items()}
    return _scalar(value, shape.type_name)


def _structure(value: dict[str, Any], shape: Any, where: str) -> dict[str, Any]:
    members = {name.lower(): name for name in shape.members}
    unknown = sorted(name for name in value if name.lower() not in members)
    if unknown:
        raise ValueError(f"{where} takes no {', '.join(unknown)}")
    return {
        members[name.lower()]: fit(item, shape.members[members[name.lower()]], f"{where}.{name}")
        for name, item in value.items()
    }


def _scalar(value: Any, kind: str) -> Any:
    if kind == "boolean":
        return value if isinstance(value, bool) else str(value).lower() == "true"
    if kind in ("integer", "long"):
        return int(value)
    if kind in ("float", "double"):
        return float(value)
    return str(value) if kind == "string" else value
