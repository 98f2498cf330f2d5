"""What a set of templates asks of the role that CloudFormation works with: the actions of its types' handlers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from showcore_cfn.permissions.actions import exists, normal
from showcore_cfn.permissions.optional import BROUGHT, NEVER, Brought
from showcore_cfn.template.json_types import Json
from showcore_cfn.template.schemas import schema

Body = Mapping[str, Json]
MAKES = ("create", "read", "update", "delete")
READS = ("read",)  # what drift detection asks for
_ROLE = "AWS::IAM::Role"
_LOG_GROUP = "AWS::Logs::LogGroup"
_BUCKET = "AWS::S3::Bucket"
_CHOICE = "Fn::If"


@dataclass(frozen=True, slots=True)
class Demand:
    """What templates ask for: actions with the types that bring them; their roles, log groups and buckets."""

    actions: Mapping[str, frozenset[str]]
    role_names: tuple[str, ...] = ()
    services: tuple[str, ...] = ()  # that take one of the roles
    managed_policies: tuple[str, ...] = ()  # that are attached to one of the roles
    log_groups: tuple[str, ...] = ()
    buckets: tuple[str, ...] = ()
    dropped: Mapping[str, str] = field(default_factory=dict)  # action -> why it is left out


def demand(bodies: Iterable[Body], handlers: tuple[str, ...] = MAKES) -> Demand:
    """What these templates ask for. An action is dropped that does not exist or that no property here brings."""
    resources = [*_resources(bodies)]
    by_type: dict[str, list[Body]] = {}
    for kind, properties in resources:
        by_type.setdefault(kind, []).append(properties)
    actions: dict[str, set[str]] = {}
    dropped: dict[str, str] = {}
    for kind in sorted(by_type):
        for action in _permissions(kind, handlers):
            reason = _needless(kind, action, by_type[kind])
            if reason:
                dropped.setdefault(action, reason)
            else:
                actions.setdefault(action, set()).add(kind)
    return Demand(
        actions={action: frozenset(actions[action]) for action in sorted(actions)},
        role_names=_texts(by_type, _ROLE, "RoleName"),
        services=tuple(sorted({s for role in by_type.get(_ROLE, ()) for s in _trusted(role)})),
        managed_policies=_texts(by_type, _ROLE, "ManagedPolicyArns"),
        log_groups=_texts(by_type, _LOG_GROUP, "LogGroupName"),
        buckets=_texts(by_type, _BUCKET, "BucketName"),
        dropped={action: dropped[action] for action in sorted(dropped) if action not in actions},
    )


def _permissions(kind: str, handlers: tuple[str, ...]) -> list[str]:
    found = schema(kind)
    if found is None:
        raise LookupError(f"cfn-lint has no schema of {kind}.")
    return sorted({normal(action) for handler in handlers for action in found.permissions(handler)})


def _needless(kind: str, action: str, resources: list[Body]) -> str:
    """Why an action is left out; nothing where it is needed."""
    if not exists(action):
        return "IAM knows no such action"
    if action in NEVER:
        return NEVER[action]
    bringing = [brought for brought in BROUGHT if brought.type == kind and action in brought.actions]
    if bringing and not any(_set(brought, resources) for brought in bringing):
        named = sorted({name for brought in bringing for name in brought.properties})
        return f"{kind} sets none of {', '.join(named)}"
    return ""


def _set(brought: Brought, resources: list[Body]) -> bool:
    return any(
        next(_at(properties, path.split("/")), None) is not None
        for properties in resources
        for path in brought.properties
    )


def _at(value: Json | Body, steps: list[str]) -> Iterator[Json | Body]:
    """The values at a path, through lists and both sides of a choice."""
    if isinstance(value, list):
        for item in value:
            yield from _at(item, steps)
    elif isinstance(value, Mapping) and _CHOICE in value:
        choice = value[_CHOICE]
        yield from _at(choice[1:] if isinstance(choice, list) else None, steps)
    elif not steps:
        yield value
    elif isinstance(value, Mapping) and steps[0] in value:
        yield from _at(value[steps[0]], steps[1:])


def _resources(bodies: Iterable[Body]) -> Iterator[tuple[str, Body]]:
    for body in bodies:
        resources = body.get("Resources")
        for resource in resources.values() if isinstance(resources, dict) else ():
            if isinstance(resource, dict):
                properties = resource.get("Properties")
                yield str(resource["Type"]), properties if isinstance(properties, dict) else {}


def _texts(by_type: Mapping[str, list[Body]], kind: str, name: str) -> tuple[str, ...]:
    """The texts of a property, those of Fn::Sub among them, in order."""
    found = {_text(value) for body in by_type.get(kind, ()) for value in _at(body, [name])}
    return tuple(sorted(text for text in found if text))


def _text(value: Json | Body) -> str:
    if isinstance(value, Mapping):
        value = value.get("Fn::Sub")
    return value if isinstance(value, str) else ""


def _trusted(role: Body) -> Iterator[str]:
    for value in _at(role, ["AssumeRolePolicyDocument", "Statement", "Principal", "Service"]):
        if isinstance(value, str):
            yield value
