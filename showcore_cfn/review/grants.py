"""Policy documents taken apart into what they let happen, and whether one grant covers another.

A grant is one principal, one action, one resource and the conditions on them; a statement is the product of its
lists. `covers` is sure, not complete: where it says yes, the other adds nothing
(https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum
from itertools import product
from typing import Final, NamedTuple, TypeAlias

from showcore_cfn.review.compare import Item, Steps, decoded
from showcore_cfn.review.resolve import Resource
from showcore_cfn.review.values import Reference, Unknown, Value, text_of

Conditions: TypeAlias = frozenset[tuple[str, str, frozenset[str]]]  # operator, key, values
_MOST_GRANTS: Final = 3_000  # of one statement; more are kept as their lists


class Side(StrEnum):
    """Whose policy it is."""

    IDENTITY = "identity"  # what the holder may do
    TRUST = "trust"  # who may become the holder
    RESOURCE = "resource"  # what others may do with the holder


class Grant(NamedTuple):
    """One thing that is allowed or denied."""

    holder: str
    side: Side
    allow: bool
    principal: str
    action: str
    resource: str
    conditions: Conditions
    path: str  # of the resource whose document says so
    place: Steps

    @property
    def holding(self) -> tuple[str, Side, bool]:
        """What a grant is compared within."""
        return self.holder, self.side, self.allow


_TARGETS: Final = {
    "AWS::S3::BucketPolicy": "Bucket",
    "AWS::SNS::TopicPolicy": "Topics",
    "AWS::SQS::QueuePolicy": "Queues",
    "AWS::SecretsManager::ResourcePolicy": "SecretId",
    "AWS::ECR::RegistryPolicy": "RegistryId",
    "AWS::EFS::FileSystem": "",
}
_IDENTITIES: Final = ("Roles", "Users", "Groups", "RoleName", "UserName", "GroupName")
_ATTACHED: Final = frozenset(
    {
        *("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy", "AWS::IAM::UserPolicy"),
        "AWS::IAM::GroupPolicy",
    }
)
_PRINCIPALS: Final = frozenset({"AWS::IAM::Role", "AWS::IAM::User", "AWS::IAM::Group"})
_ENDPOINT: Final = "AWS::EC2::VPCEndpoint"
_PERMISSION: Final = "AWS::Lambda::Permission"
EVERYTHING: Final = "*"


def grants(resource: Resource) -> Iterator[Grant]:
    """Every grant of every policy document in a resource's properties."""
    if resource.type == _PERMISSION:
        yield from _permission(resource)
    for place, document in _documents(resource.properties, ()):
        side = _side(resource.type, place)
        for holder in holders(resource) if side is not Side.TRUST else (resource.path,):
            for index, statement in enumerate(_statements(document.get("Statement"))):
                where = (*place, "Statement", Item(index, str(index)))
                yield from _grants(statement, holder, side, resource.path, where)
    properties = resource.properties if isinstance(resource.properties, dict) else {}
    if (
        resource.type == _ENDPOINT and "PolicyDocument" not in properties
    ):  # without one it lets everything through
        whole = (EVERYTHING, EVERYTHING, EVERYTHING, frozenset[tuple[str, str, frozenset[str]]]())
        yield Grant(resource.path, Side.RESOURCE, True, *whole, resource.path, ())
    if resource.type in _PRINCIPALS:
        yield from _managed(resource)


def holders(resource: Resource) -> tuple[str, ...]:
    """Whom the resource's policies speak of: the role they hang on, the bucket they stand on, or itself."""
    properties = resource.properties if isinstance(resource.properties, dict) else {}
    names = _IDENTITIES if resource.type in _ATTACHED else (_TARGETS.get(resource.type, ""),)
    found = [item for name in names if name for item in _many(properties.get(name))]
    return tuple(_called(item) for item in found) or (resource.path,)


def covers(wide: Grant, narrow: Grant) -> bool:
    """Whether whatever `narrow` speaks of, `wide` speaks of too."""
    return (
        _matches(wide.principal, narrow.principal)
        and _matches(wide.action.lower(), narrow.action.lower())
        and _matches(wide.resource, narrow.resource)
        and all(_implied(condition, narrow.conditions) for condition in wide.conditions)
    )


def matches(pattern: str, text: str) -> bool:
    """Whether a pattern of `*` and `?` takes a text, whose own `*` only a `*` takes."""
    at = mark = 0
    star = -1
    for _ in range(len(text) * 2 + len(pattern) * 2 + 2):
        if at == len(text):
            break
        if mark < len(pattern) and pattern[mark] == "*":
            star, mark, held = mark, mark + 1, at
        elif mark < len(pattern) and (
            pattern[mark] == text[at] or (pattern[mark] == "?" and text[at] != "*")
        ):
            at, mark = at + 1, mark + 1
        elif star >= 0:
            held += 1
            at, mark = held, star + 1
        else:
            return False
    return at == len(text) and not pattern[mark:].strip("*")


def _matches(wide: str, narrow: str) -> bool:
    """The same, for "all but" lists too: written `!a b`."""
    if wide.startswith("!"):
        excluded = wide[1:].split(" ")
        if narrow.startswith("!"):
            return set(excluded) <= set(narrow[1:].split(" "))
        return EVERYTHING not in narrow and not any(matches(pattern, narrow) for pattern in excluded)
    return wide == EVERYTHING or (not narrow.startswith("!") and matches(wide, narrow))


def _implied(condition: tuple[str, str, frozenset[str]], by: Conditions) -> bool:
    """Whether a condition holds wherever these do."""
    operator, key, values = condition
    for other, other_key, other_values in by:
        if (operator, key) == (other, other_key):
            negated = "not" in operator.lower()
            if (values <= other_values) if negated else (other_values <= values):
                return True
    return False


def _side(kind: str, place: Steps) -> Side:
    if place[:1] == ("AssumeRolePolicyDocument",):
        return Side.TRUST
    identity = (
        kind in _PRINCIPALS or kind in _ATTACHED or kind.startswith(("AWS::SSO::", "AWS::Organizations"))
    )
    return Side.IDENTITY if identity else Side.RESOURCE


def _documents(value: Value, place: Steps) -> Iterator[tuple[Steps, dict[str, Value]]]:
    """Every policy document inside a value, those in strings of JSON too."""
    inner = decoded(value) if isinstance(value, (str, Unknown)) else value
    if isinstance(inner, dict):
        if any("Effect" in statement for statement in _statements(inner.get("Statement"))):
            yield place, inner
            return
        for name, item in inner.items():
            yield from _documents(item, (*place, name))
    elif isinstance(inner, list):
        for index, item in enumerate(inner):
            yield from _documents(item, (*place, Item(index, str(index))))
    elif isinstance(inner, Unknown):
        for branch in _branches(inner):
            yield from _documents(branch, place)


def _statements(value: Value) -> Iterator[dict[str, Value]]:
    for item in _many(value):
        if isinstance(item, dict):
            yield item


def _branches(value: Unknown) -> list[Value]:
    arguments = value.form.get("Fn::If") if value.form else None
    return arguments[1:] if isinstance(arguments, list) else []


def _many(value: Value) -> Iterator[Value]:
    """The items of a value that may be one or many, those behind a condition that is not known too."""
    if isinstance(value, list):
        for item in value:
            yield from _many(item)
    elif isinstance(value, Unknown) and _branches(value):
        for branch in _branches(value):
            yield from _many(branch)
    elif value is not None and not (isinstance(value, Unknown) and value.text == "nothing"):
        yield value


def _grants(statement: dict[str, Value], holder: str, side: Side, path: str, place: Steps) -> Iterator[Grant]:
    allow = statement.get("Effect") != "Deny"
    principals = _principals(statement) if side is not Side.IDENTITY else [holder]
    actions = _patterns(statement, "Action") or [EVERYTHING]
    resources = _patterns(statement, "Resource") or [EVERYTHING]
    conditions = _conditions(statement.get("Condition"))
    if len(principals) * len(actions) * len(resources) > _MOST_GRANTS:
        actions = [" ".join(sorted(actions))]
    for principal, action, resource in product(principals, actions, resources):
        yield Grant(holder, side, allow, principal, action, resource, conditions, path, place)


def _patterns(statement: dict[str, Value], name: str) -> list[str]:
    excluded = sorted(_called(item) for item in _many(statement.get(f"Not{name}")))
    return [f"!{' '.join(excluded)}"] if excluded else [_called(item) for item in _many(statement.get(name))]


def _principals(statement: dict[str, Value]) -> list[str]:
    excluded = statement.get("NotPrincipal")
    names = _principal_names(statement.get("Principal") if excluded is None else excluded)
    return [f"!{' '.join(sorted(names))}"] if excluded is not None else names or [EVERYTHING]


def _principal_names(value: Value) -> list[str]:
    if isinstance(value, dict):
        return [_called(item) for items in value.values() for item in _many(items)]
    return [_called(item) for item in _many(value)]


def _conditions(value: Value) -> Conditions:
    found: list[tuple[str, str, frozenset[str]]] = []
    for operator, keys in value.items() if isinstance(value, dict) else ():
        for key, values in keys.items() if isinstance(keys, dict) else ():
            found.append((operator, key.lower(), frozenset(_called(item) for item in _many(values))))
    return frozenset(found)


def _permission(resource: Resource) -> Iterator[Grant]:
    properties = resource.properties if isinstance(resource.properties, dict) else {}
    function = _called(properties.get("FunctionName"))
    named = (("SourceArn", "aws:sourcearn"), ("SourceAccount", "aws:sourceaccount"))
    named += (("PrincipalOrgID", "aws:principalorgid"),)  # type: ignore[assignment]
    conditions = frozenset(
        ("StringEquals", key, frozenset({_called(properties[name])}))
        for name, key in named
        if name in properties
    )
    principal, action = _called(properties.get("Principal")), _called(properties.get("Action"))
    yield Grant(function, Side.RESOURCE, True, principal, action, function, conditions, resource.path, ())


def _managed(resource: Resource) -> Iterator[Grant]:
    """A managed policy as one grant, since what stands in it is kept elsewhere."""
    properties = resource.properties if isinstance(resource.properties, dict) else {}
    for item in _many(properties.get("ManagedPolicyArns")):
        name = _called(item)
        what = (
            resource.path,
            f"managed policy {name}",
            EVERYTHING,
            frozenset[tuple[str, str, frozenset[str]]](),
        )
        place: Steps = ("ManagedPolicyArns",)
        yield Grant(resource.path, Side.IDENTITY, True, *what, resource.path, place)


def _called(value: Value) -> str:
    """How a principal, an action or a resource is called: a resource of the set by its path."""
    if isinstance(value, Reference) and value.attribute in (None, "Arn"):
        return value.path
    return text_of(value) if value is not None else EVERYTHING


def in_groups(items: Iterable[Grant]) -> dict[tuple[str, Side, bool], list[Grant]]:
    """The grants by what they are compared within."""
    found: dict[tuple[str, Side, bool], list[Grant]] = {}
    for item in items:
        found.setdefault(item.holding, []).append(item)
    return found
