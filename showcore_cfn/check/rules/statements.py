"""Policy documents as rules read them, and what a role or a resource is allowed.

Where a part of a policy is not known, the answer is the one that raises no finding.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, partial

from showcore_cfn.check.rules.paths import nodes
from showcore_cfn.check.rules.rule import Item, View
from showcore_cfn.check.rules.tables import managed_policy_actions
from showcore_cfn.check.rules.view import Node, grouped
from showcore_cfn.review.values import Unknown, Value

IDENTITY, TRUST, RESOURCE = "identity", "trust", "resource"
_PLACES: dict[str, tuple[tuple[str, str], ...]] = {  # type -> (property, kind); `*` is each item of a list
    "AWS::IAM::Role": (("AssumeRolePolicyDocument", TRUST), ("Policies.*.PolicyDocument", IDENTITY)),
    "AWS::IAM::User": (("Policies.*.PolicyDocument", IDENTITY),),
    "AWS::IAM::Group": (("Policies.*.PolicyDocument", IDENTITY),),
    "AWS::IAM::Policy": (("PolicyDocument", IDENTITY),),
    "AWS::IAM::ManagedPolicy": (("PolicyDocument", IDENTITY),),
    "AWS::IAM::RolePolicy": (("PolicyDocument", IDENTITY),),
    "AWS::IAM::UserPolicy": (("PolicyDocument", IDENTITY),),
    "AWS::IAM::GroupPolicy": (("PolicyDocument", IDENTITY),),
    "AWS::S3::BucketPolicy": (("PolicyDocument", RESOURCE),),
    "AWS::SNS::TopicPolicy": (("PolicyDocument", RESOURCE),),
    "AWS::SNS::TopicInlinePolicy": (("PolicyDocument", RESOURCE),),
    "AWS::SQS::QueuePolicy": (("PolicyDocument", RESOURCE),),
    "AWS::SQS::QueueInlinePolicy": (("PolicyDocument", RESOURCE),),
    "AWS::KMS::Key": (("KeyPolicy", RESOURCE),),
    "AWS::SecretsManager::ResourcePolicy": (("ResourcePolicy", RESOURCE),),
    "AWS::ECR::Repository": (("RepositoryPolicyText", RESOURCE),),
    "AWS::EC2::VPCEndpoint": (("PolicyDocument", RESOURCE),),
    "AWS::Logs::ResourcePolicy": (("PolicyDocument", RESOURCE),),
    "AWS::Backup::BackupVault": (("AccessPolicy", RESOURCE),),
    "AWS::EFS::FileSystem": (("FileSystemPolicy", RESOURCE),),
}
_ATTACHED = ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy")


@dataclass(frozen=True, slots=True)
class Document:
    """One policy document."""

    node: Node
    kind: str

    @property
    def item(self) -> Item:
        """The resource that holds it."""
        return self.node.item


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of a policy document."""

    node: Node

    @property
    def effect(self) -> str:
        """Allow, Deny, or empty where it is not known."""
        return self.node["Effect"].text or ""

    @property
    def actions(self) -> list[str]:
        """The known actions in lower case."""
        return [action.lower() for action in self.node["Action"].texts()]

    @property
    def open(self) -> bool:
        """Whether what it does cannot be told: an action or a principal is not known, or all but some are meant."""
        principal = self.node["Principal"]
        kinds = [principal] if not principal.entries() else [node for _, node in principal.entries()]
        return (
            any(node.text is None for node in self.node["Action"].each())
            or self.node["NotAction"].given
            or self.node["NotPrincipal"].given
            or any(_opaque(node.value) for kind in kinds for node in kind.each())
        )

    def covers(self, action: str) -> bool:
        """Whether an action is among its actions, wildcards read."""
        return any(matches(pattern, action) for pattern in self.actions)

    def services(self) -> list[str]:
        """The services that it names as principals."""
        return self.node["Principal"]["Service"].texts()

    @property
    def everyone(self) -> bool:
        """Whether its principal is everyone."""
        principal = self.node["Principal"]
        return principal.text == "*" or "*" in principal["AWS"].texts()

    def names(self, service: str) -> bool:
        """Whether it lets a service in: by name, by region's name, or as everyone."""
        return self.everyone or any(is_service(name, service) for name in self.services())


def _opaque(value: Value) -> bool:
    return isinstance(value, Unknown) and not value.parts


def is_service(name: str, service: str) -> bool:
    """Whether a principal is a service such as `logs`: logs.amazonaws.com, logs.us-east-1.amazonaws.com."""
    return re.fullmatch(rf"{re.escape(service)}(\.[a-z0-9-]+)?\.amazonaws\.com(\.cn)?", name) is not None


def matches(pattern: str, action: str) -> bool:
    """Whether an action pattern with `*` and `?` covers an action; letters of any case."""
    return _pattern(pattern.lower()).fullmatch(action.lower()) is not None


@cache
def _pattern(text: str) -> re.Pattern[str]:
    first, *rest = ("".join("." if c == "?" else re.escape(c) for c in part) for part in text.split("*"))
    if not rest:
        return re.compile(first, re.DOTALL)
    between = "".join(f"(?>.*?{part})" for part in rest[:-1] if part)  # never tried again: the first will do
    return re.compile(f"{first}{between}.*{rest[-1]}", re.DOTALL)


def documents(view: View) -> tuple[Document, ...]:
    """Every policy document of a nest."""
    return view.once("policy documents", lambda v: tuple(_documents(v)))


def documents_of(item: Item) -> list[Document]:
    """The policy documents that a resource holds."""
    return item.view.once("policy documents by resource", _by_resource).get(item.path, [])


def _by_resource(view: View) -> dict[str, list[Document]]:
    return grouped((document.item.path, document) for document in documents(view))


def _documents(view: View) -> Iterator[Document]:
    for kind, places in _PLACES.items():
        for item in view.of(kind):
            for place, meaning in places:
                for node in nodes(item.properties, place):
                    yield Document(_read(node), meaning)


def _read(node: Node) -> Node:
    """The node with its JSON text read, where a policy is written as text."""
    if isinstance(node.value, dict) or node.value is None:
        return node
    try:
        found = json.loads(node.shown)
    except (ValueError, RecursionError):
        return node
    return Node(node.item, node.path, _guarded(found))


def _guarded(value: object) -> Value:
    """JSON data whose texts with placeholders count as not known."""
    if isinstance(value, dict):
        return {str(key): _guarded(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_guarded(inner) for inner in value]
    if isinstance(value, str) and "/" in value and "${" in value:
        return Unknown(value, (Unknown(value),))
    return value if isinstance(value, (str, int, float, bool)) else None


def statements(document: Document) -> list[Statement]:
    """The statements of a document."""
    return [Statement(node) for node in document.node["Statement"].each() if isinstance(node.value, dict)]


def open_document(document: Document) -> bool:
    """Whether a document, or a part of it, is not known."""
    node = document.node["Statement"]
    return not isinstance(document.node.value, dict) or any(
        not isinstance(n.value, dict) for n in node.each()
    )


def policies_on(target: Item, kind: str, key: str) -> list[Document]:
    """The resource policies of a kind that name a target in a property: a bucket's, a topic's, a queue's."""
    found = target.view.once(f"{kind} {key} {target.type}", partial(_policies, kind, key, target.type))
    return found.get(target.path, [])


def _policies(kind: str, key: str, named: str, view: View) -> dict[str, list[Document]]:
    """By the path of each target, the policies of a kind that name it."""
    own = (document for document in documents(view) if document.item.type == kind)
    return grouped(
        (path, document)
        for document in own
        for path in dict.fromkeys(target.path for target in document.item[key].targets(named))
    )


def admits(policies: list[Document], service: str, action: str) -> bool:
    """Whether one of the policies may let a service do something."""
    return any(
        open_document(document)
        or any(
            s.effect != "Deny" and (s.open or (s.names(service) and s.covers(action)))
            for s in statements(document)
        )
        for document in policies
    )


def assumable_by(role: Item, service: str) -> bool:
    """Whether a service may be able to assume a role."""
    found = [document for document in documents_of(role) if document.kind == TRUST]
    return (
        any(
            open_document(document)
            or any(s.effect != "Deny" and (s.open or s.names(service)) for s in statements(document))
            for document in found
        )
        or not found
    )


def grants(role: Item, action: str) -> bool | None:
    """Whether a role's policies allow an action; None where one of them is not known."""
    own = role.view.once("policies of roles", _attached).get(role.path, [])
    if any(open_document(d) for d in own) or not role.view.complete:
        return None
    if any(s.effect == "Allow" and (s.open or s.covers(action)) for d in own for s in statements(d)):
        return True
    for node in role["ManagedPolicyArns"].each():
        if node.target("AWS::IAM::ManagedPolicy") is not None:
            continue
        actions = (
            managed_policy_actions().get(node.shown.rsplit("/", 1)[-1])
            if ":aws:policy/" in node.shown
            else None
        )
        if actions is None:
            return None
        if any(matches(pattern, action) for pattern in actions):
            return True
    return None if _opaque(role["ManagedPolicyArns"].value) or _opaque(role["Policies"].value) else False


def _attached(view: View) -> dict[str, list[Document]]:
    """By a role's path, the documents that say what it may do: its own, and those of policies attached to it."""
    own = (document for document in documents(view) if document.kind == IDENTITY)
    found = grouped(
        (path, document)
        for document in own
        for path in dict.fromkeys((document.item.path, *_holders(document.item)))
    )
    for role in view.of("AWS::IAM::Role"):
        for policy in role["ManagedPolicyArns"].targets("AWS::IAM::ManagedPolicy"):
            found.setdefault(role.path, []).extend(d for d in documents_of(policy) if d.kind == IDENTITY)
    return found


def _holders(policy: Item) -> list[str]:
    """The paths of the roles that a policy names."""
    if policy.type not in _ATTACHED:
        return []
    named = [*policy["Roles"].targets("AWS::IAM::Role"), policy["RoleName"].target("AWS::IAM::Role")]
    return [role.path for role in named if role is not None]
