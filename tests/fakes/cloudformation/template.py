"""A template as CloudFormation takes it in: read, checked for shape, with the order its resources need."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

from showcore_cfn.errors import TemplateError
from showcore_cfn.template.json_types import Json
from showcore_cfn.template.load import parse
from showcore_cfn.template.schemas import schema
from tests.fakes.cloudformation.errors import format_error, invalid

_IAM_NAMES = {
    "AWS::IAM::Group": "GroupName",
    "AWS::IAM::InstanceProfile": "InstanceProfileName",
    "AWS::IAM::ManagedPolicy": "ManagedPolicyName",
    "AWS::IAM::Policy": "",
    "AWS::IAM::Role": "RoleName",
    "AWS::IAM::User": "UserName",
    "AWS::IAM::AccessKey": "",
    "AWS::IAM::UserToGroupAddition": "",
}
_SUB = re.compile(r"\$\{([^}!][^}]*)\}")
_ALPHANUMERIC = re.compile(r"[A-Za-z0-9]+")
_SECTIONS = frozenset(
    {"AWSTemplateFormatVersion", "Conditions", "Description", "Hooks", "Mappings", "Metadata", "Outputs"}
    | {"Parameters", "Resources", "Rules", "Transform"}
)
_ATTRIBUTES = frozenset(
    {"Type", "Properties", "DependsOn", "Condition", "Metadata", "CreationPolicy", "UpdatePolicy"}
    | {"DeletionPolicy", "UpdateReplacePolicy"}
)
_LIMITS = (("Resources", 500), ("Parameters", 200), ("Outputs", 200), ("Mappings", 200))
BODY_LIMIT_BYTES = 51_200
URL_LIMIT_BYTES = 1_000_000


@dataclass(frozen=True)
class Template:
    """A template: its text as it was given, and what the text says."""

    text: str
    body: dict[str, Json]

    def section(self, name: str) -> dict[str, Json]:
        """A section; empty where it is missing."""
        found = self.body.get(name)
        return found if isinstance(found, dict) else {}

    @property
    def resources(self) -> dict[str, dict[str, Json]]:
        """The resources as they are written."""
        return {name: raw for name, raw in self.section("Resources").items() if isinstance(raw, dict)}

    @property
    def parameters(self) -> dict[str, dict[str, Json]]:
        """The parameter declarations."""
        return {name: raw for name, raw in self.section("Parameters").items() if isinstance(raw, dict)}

    @cached_property
    def needs(self) -> dict[str, frozenset[str]]:
        """Per resource, the resources that must stand before it: Ref, GetAtt, Sub and DependsOn."""
        names = self.resources.keys()
        return {name: frozenset(_named(raw) & names - {name}) for name, raw in self.resources.items()}

    @cached_property
    def order(self) -> tuple[str, ...]:
        """The resources, each after what it needs. Raises ServiceError for a circle."""
        found: list[str] = []
        waiting = list(self.resources)
        while waiting:
            ready = [name for name in waiting if self.needs[name] <= set(found)]
            if not ready:
                raise invalid(f"Circular dependency between resources: [{', '.join(waiting)}]")
            found.extend(ready)
            waiting = [name for name in waiting if name not in found]
        return tuple(found)

    def capabilities(self) -> tuple[list[str], str]:
        """The capabilities that the template itself asks for, and why."""
        named: list[str] = []
        plain: list[str] = []
        for raw in self.resources.values():
            kind, properties = str(raw.get("Type")), raw.get("Properties")
            if kind in _IAM_NAMES:
                own_name = isinstance(properties, dict) and _IAM_NAMES[kind] in properties
                (named if own_name else plain).append(kind)
        if not named and not plain:
            return [], ""
        reason = f"The following resource(s) require capabilities: [{', '.join(sorted({*named, *plain}))}]"
        return ["CAPABILITY_NAMED_IAM" if named else "CAPABILITY_IAM"], reason

    @property
    def transforms(self) -> list[str]:
        """The transforms that the template declares."""
        found = self.body.get("Transform", [])
        return [str(item) for item in (found if isinstance(found, list) else [found])]


EMPTY = Template("", {"Resources": {}})


@lru_cache(maxsize=512)
def read(text: str) -> Template:
    """A template from its text. Raises ServiceError where CloudFormation would refuse it."""
    try:
        body = parse(text, "template").body
    except TemplateError as error:
        if str(error).endswith("this is not one."):
            raise format_error("unsupported structure.") from error
        kind = "JSON" if text.lstrip().startswith("{") else "YAML"
        raise format_error(f"{kind} not well-formed. ({str(error).split(': ', 1)[0]})") from error
    template = Template(text, body)
    _check(template)
    return template


def printed(template: Template) -> str:
    """The text as GetTemplate tells it: what is not ASCII comes back as a question mark."""
    return template.text.encode("ascii", "replace").decode("ascii")


def _check(template: Template) -> None:
    unknown = template.body.keys() - _SECTIONS
    if unknown:
        raise format_error(f"Invalid template property or properties [{', '.join(sorted(unknown))}]")
    if not template.section("Resources"):
        raise format_error("At least one Resources member must be defined.")
    for section, most in _LIMITS:
        count = len(template.section(section))
        if count > most:
            raise format_error(
                f"Number of {section.lower()}, {count}, is greater than maximum allowed, {most}"
            )
    if len(str(template.body.get("Description", "")).encode()) > 1024:
        raise format_error("Description length is greater than 1024.")
    _check_names(template)
    _check_resources(template)
    _check_references(template)
    _check_outputs(template)


def _check_names(template: Template) -> None:
    for section, kind in (("Resources", "Resource"), ("Parameters", "Parameter"), ("Outputs", "Output")):
        for name in template.section(section):
            if not _ALPHANUMERIC.fullmatch(name):
                raise format_error(f"{kind} name {name} is non alphanumeric.")


def _check_resources(template: Template) -> None:
    unrecognized: set[str] = set()
    for name, raw in template.section("Resources").items():
        if not isinstance(raw, dict):
            raise format_error("Any Resources member must be an object.")
        if "Type" not in raw:
            raise format_error(f"[/Resources/{name}] Every Resources object must contain a Type member.")
        for attribute in sorted(raw.keys() - _ATTRIBUTES):
            raise invalid(f"Invalid template resource property '{attribute}'")
        if not _known_type(str(raw["Type"])):
            unrecognized.add(str(raw["Type"]))
    if unrecognized:
        raise format_error(f"Unrecognized resource types: [{', '.join(sorted(unrecognized))}]")


@lru_cache(maxsize=512)
def _known_type(kind: str) -> bool:
    return kind.startswith(("Custom::", "AWS::CDK::")) or schema(kind) is not None


def _check_references(template: Template) -> None:
    known = template.resources.keys() | template.parameters.keys()
    for section in ("Resources", "Outputs"):
        named: set[str] = set()
        for raw in template.section(section).values():
            named |= _named(raw)
        missing = sorted(name for name in named - known if not name.startswith("AWS::"))
        if missing and section == "Outputs":
            raise invalid(
                f"Unresolved resource dependencies [{', '.join(missing)}] in the Outputs block of the template"
            )
        if missing:
            raise format_error(
                f"Unresolved resource dependencies [{', '.join(missing)}] in the Resources block of the template"
            )
    conditions = template.section("Conditions")
    for name, raw in template.resources.items():
        if "Condition" in raw and raw["Condition"] not in conditions:
            raise format_error(f"Unresolved condition dependency {raw['Condition']} of the resource {name}")
    _ = template.order


def _check_outputs(template: Template) -> None:
    for name, raw in template.section("Outputs").items():
        if not isinstance(raw, dict) or "Value" not in raw:
            raise format_error("Every Outputs member must contain a Value object")
        if raw["Value"] is None:
            raise invalid(f"[/Outputs/{name}/Value] 'null' values are not allowed in templates")


def _named(raw: Json) -> set[str]:
    return {name for name, _ in references(raw)}


def references(raw: Json) -> Iterator[tuple[str, str | None]]:
    """(name, attribute) of everything a value refers to; a DependsOn counts as a Ref."""
    if isinstance(raw, list):
        for item in raw:
            yield from references(item)
    if not isinstance(raw, dict):
        return
    for key, item in raw.items():
        if key == "Ref" and len(raw) == 1:
            yield str(item), None
        elif key == "Fn::GetAtt" and isinstance(item, list) and item:
            yield str(item[0]), str(item[-1])
        elif key == "Fn::Sub":
            yield from _sub_references(item)
        elif key == "DependsOn":
            yield from ((str(name), None) for name in (item if isinstance(item, list) else [item]))
        else:
            yield from references(item)


def _sub_references(item: Json) -> Iterator[tuple[str, str | None]]:
    pattern, own = item, {}
    if isinstance(item, list) and len(item) == 2 and isinstance(item[1], dict):
        pattern, own = item[0], item[1]
        yield from references(own)
    for found in _SUB.findall(str(pattern)):
        name, _, attribute = found.strip().partition(".")
        if found.strip() not in own:
            yield name, attribute or None


def same(left: Json, right: Json) -> bool:
    """Whether two values say the same: CloudFormation compares scalars as text."""
    return _plain(left) == _plain(right)


def _plain(value: Json) -> str:
    return json.dumps(_as_text(value), sort_keys=True)


def _as_text(value: Json) -> Json:
    if isinstance(value, dict):
        return {key: _as_text(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_as_text(item) for item in value]
    return str(value).lower() if isinstance(value, bool) else str(value)
