"""The form in which a resource type is written here, and how ministack's CloudFormation gets to see it."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

Properties: TypeAlias = dict[str, Any]
Handler: TypeAlias = dict[str, Any]  # an entry of ministack's table
Made: TypeAlias = tuple[str, dict[str, str]]  # physical id, which is Ref, and the attributes of GetAtt


@dataclass(frozen=True, slots=True)
class ResourceType:
    """One resource type. Without `update`, a change makes the resource anew and then deletes the old one."""

    create: Callable[[str, Properties], Made]  # a name to use where the template gives none, properties
    delete: Callable[[str, Properties], None]  # physical id, properties
    update: Callable[[str, Properties, Properties], Made] | None = None  # physical id, before, after

    def as_handler(self) -> Handler:
        """The entry of ministack's handler table."""
        return {
            "create": lambda logical_id, properties, stack: self.create(_name(stack, logical_id), properties),
            "update": self._update,
            "update_with_logical_id": True,
            "delete": self.delete,
        }

    def _update(
        self, physical_id: str, old: Properties, new: Properties, stack: str, logical_id: str
    ) -> Made:
        if self.update:
            return self.update(physical_id, old, new)
        made = self.create(_name(stack, logical_id), new)
        if made[0] != physical_id:
            self.delete(physical_id, old)
        return made


def _name(stack_name: str, logical_id: str) -> str:
    """A generated name, the same for the same resource of the same stack."""
    suffix = hashlib.sha256(f"{stack_name}/{logical_id}".encode()).hexdigest()[:12].upper()
    return f"{stack_name}-{logical_id}-"[: 128 - len(suffix)] + suffix


def without(properties: Mapping[str, Any], *names: str) -> Properties:
    """The properties but for these."""
    return {name: value for name, value in properties.items() if name not in names}


def tag_map(properties: Mapping[str, Any], name: str = "Tags") -> dict[str, str]:
    """The tags of a resource as key -> value, from either spelling CloudFormation has."""
    tags = properties.get(name) or []
    return dict(tags) if isinstance(tags, dict) else {tag["Key"]: str(tag["Value"]) for tag in tags}


def as_text(document: Any) -> str:
    """A document as JSON text; text is left alone."""
    return document if isinstance(document, str) else json.dumps(document)


def as_value(document: Any) -> Any:
    """JSON text as what it says; anything else is left alone."""
    return json.loads(document) if isinstance(document, str) else document


def slowed(handler: Handler, seconds: float) -> Handler:
    """The same handler, each verb taking `seconds` longer, so that progress can be read."""
    return {
        **handler,
        **{
            verb: _after(seconds, handler[verb]) for verb in ("create", "update", "delete") if verb in handler
        },
    }


def _after(seconds: float, act: Callable[..., Any]) -> Callable[..., Any]:
    def acting(*arguments: Any) -> Any:
        time.sleep(seconds)
        return act(*arguments)

    return acting
