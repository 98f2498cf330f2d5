"""Which IAM actions there are and which kinds of resource each takes, from the data of cfn-lint's rule W3037.

cfn-lint keeps the Service Authorization Reference as one JSON file; it is read as data, without cfn-lint itself.
https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from __future__ import annotations

import importlib.util
import json
from functools import cache
from pathlib import Path

from showcore_cfn.template.json_types import Json

_FILE = "AdditionalSpecs/Policies.json"
_KINDS = {"logs:DeleteDeliverySource": ("delivery-source",)}  # the data says delivery-destination, a slip


def normal(action: str) -> str:
    """An action with its service in lower case, as IAM spells it: some schemas have `CloudTrail:AddTags`."""
    service, _, name = action.partition(":")
    return f"{service.lower()}:{name}"


def exists(action: str) -> bool:
    """Whether IAM knows the action. Policies take unknown ones without a word, so nobody else says."""
    return _entry(action) is not None


def kinds(action: str) -> tuple[str, ...]:
    """The kinds of resource that an action takes, in lower case; none where a policy can only say `*`."""
    if action in _KINDS:
        return _KINDS[action]
    entry = _entry(action) or {}
    found = entry.get("Resources")
    return tuple(str(kind).lower() for kind in found) if isinstance(found, list) else ()


def condition_keys(service: str, kind: str) -> tuple[str, ...]:
    """The condition keys that a kind of resource knows, such as `aws:ResourceTag/${TagKey}`."""
    resources = _service(service).get("Resources")
    found = resources.get(kind) if isinstance(resources, dict) else None
    keys = found.get("ConditionKeys") if isinstance(found, dict) else None
    return tuple(str(key) for key in keys) if isinstance(keys, list) else ()


def _entry(action: str) -> dict[str, Json] | None:
    service, _, name = action.partition(":")
    actions = _service(service).get("Actions")
    found = actions.get(name.lower()) if isinstance(actions, dict) else None
    return found if isinstance(found, dict) else None


def _service(service: str) -> dict[str, Json]:
    found = _data().get(service.lower())
    return found if isinstance(found, dict) else {}


@cache
def _data() -> dict[str, Json]:
    spec = importlib.util.find_spec("cfnlint")  # found, not executed: importing it takes half a second
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("cfn-lint is not installed; `make` installs it from the lock file.")
    found: dict[str, Json] = json.loads(
        (Path(spec.submodule_search_locations[0]) / "data" / _FILE).read_bytes()
    )
    return found
