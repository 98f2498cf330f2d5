"""Everything that is taken from inside ministack, in one place, for one exact version.

Private are the tables of resource handlers and of CloudFormation's operations, the switch that moves a handler to
a worker thread, the two functions that create and update a nested resource, and the stores of AWS Config. A newer
ministack may rename them, so any other version is refused.
"""

from __future__ import annotations

from importlib import metadata
from typing import Any

VERSION = "1.5.33"


class WrongVersion(Exception):
    """The installed ministack is not the one that this package was written for."""


def check(installed: str | None = None) -> None:
    """Refuse any ministack but `VERSION`; one sentence says how to get it."""
    found = installed or metadata.version("ministack")
    if found != VERSION:
        raise WrongVersion(
            f"the rehearsal was written for ministack {VERSION} and found {found}; "
            "install the versions of showcore_cfn/rehearse/rehearsal.lock."
        )


def handlers() -> dict[str, dict[str, Any]]:
    """Resource type -> its create, update and delete, as ministack's CloudFormation calls them."""
    from ministack.services.cloudformation import provisioners

    table: dict[str, dict[str, Any]] = provisioners._RESOURCE_HANDLERS
    return table


def run_every_type_on_a_worker_thread() -> None:
    """Let handlers call the server they run in; on the event loop such a call would wait for itself."""
    from ministack.services.cloudformation import stacks

    if not callable(stacks._runs_on_worker_thread):
        raise WrongVersion("ministack no longer decides by type where a handler runs.")
    stacks._runs_on_worker_thread = lambda _resource_type: True


def keep_attributes_of_nested_resources() -> None:
    """Let GetAtt work after the update of a nested stack that leaves a resource as it is.

    ministack asks such a resource for nothing and then knows no attribute of it; the last ones are remembered here.
    """
    from ministack.services.cloudformation import provisioners

    create, update = provisioners._provision_resource, provisioners._update_resource
    known: dict[tuple[str, str, str], Any] = {}

    def creating(kind: str, logical_id: str, properties: Any, stack: str) -> Any:
        physical_id, attributes = create(kind, logical_id, properties, stack)
        known[caller()[0], kind, physical_id] = attributes
        return physical_id, attributes

    def updating(kind: str, physical_id: str, old: Any, new: Any, *rest: Any) -> Any:
        made, attributes = update(kind, physical_id, old, new, *rest)
        if old == new and not attributes:
            attributes = known.get((caller()[0], kind, made), {})
        known[caller()[0], kind, made] = attributes
        return made, attributes

    provisioners._provision_resource, provisioners._update_resource = creating, updating


def list_change_sets_by_arn() -> None:
    """Let ListChangeSets find a stack by its ARN too, as the API takes it; ministack compares names alone."""
    from ministack.services.cloudformation import handlers as actions

    by_name = actions._ACTION_HANDLERS["ListChangeSets"]

    def by_name_or_arn(given: Any) -> Any:
        value = given.get("StackName")
        stack = str(value[0] if isinstance(value, list) else value or "")
        return by_name({**given, "StackName": stack.split("/")[1]} if stack.startswith("arn:") else given)

    actions._ACTION_HANDLERS["ListChangeSets"] = by_name_or_arn


def config_stores() -> tuple[Any, Any]:
    """The recorders and the delivery channels of AWS Config, which has no call that deletes them here."""
    from ministack.services import config

    return config._recorders, config._delivery_channels


def application() -> Any:
    """The ASGI application."""
    from ministack.app import app

    return app


def caller() -> tuple[str, str]:
    """Account id and region of the request that is being served."""
    from ministack.core.responses import get_account_id, get_region

    return str(get_account_id()), str(get_region())
