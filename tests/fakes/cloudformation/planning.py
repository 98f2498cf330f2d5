"""What a change set of a whole nest contains: the changes of each stack, and of the stacks nested in it.

While it is made, what a sibling that is touched will put out is not known. Its place is taken by a text that
differs from the value there was, and so whatever reads it seems to change: that is how CloudFormation works,
and where its false alarms come from.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from showcore_cfn.template.json_types import Json
from showcore_cfn.template.schemas import schema
from tests.fakes.cloudformation import differences, parameters
from tests.fakes.cloudformation.account import Account, path_of
from tests.fakes.cloudformation.differences import Surroundings
from tests.fakes.cloudformation.errors import ServiceError, invalid
from tests.fakes.cloudformation.evaluation import UNKNOWN, Scope, text
from tests.fakes.cloudformation.model import STACK, Resource, Stack, Version
from tests.fakes.cloudformation.physical import own_name
from tests.fakes.cloudformation.sources import fetch
from tests.fakes.cloudformation.template import Template

_EXISTS = (
    "CloudFormation is attempting to import some resources because they already exist in your account. The "
    "resources must have the DeletionPolicy attribute set to 'Retain' or 'RetainExceptOnCreate' in the "
    "template for successful import. The affected resources are "
)
_EARLY = (
    "The following hook(s)/validation failed: [AWS::EarlyValidation::{kind}]. To troubleshoot Early Validation "
    "errors, use the DescribeEvents API for detailed failure information."
)


@dataclass(slots=True)
class Options:
    """How the change set was asked for."""

    nested: bool
    import_existing: bool = False
    validate: bool = True


@dataclass(slots=True)
class StackPlan:
    """The changes of one stack, and the plans of those nested in it."""

    version: Version
    changes: list[dict[str, Any]] = field(default_factory=list)
    changed: bool = False
    failure: str = ""
    findings: list[dict[str, str]] = field(default_factory=list)
    children: dict[str, StackPlan] = field(default_factory=dict)

    @property
    def failed_below(self) -> bool:
        """Whether it or anything below it failed."""
        return bool(self.failure) or any(child.failed_below for child in self.children.values())


def plan(account: Account, stack: Stack, version: Version, creating: bool, options: Options) -> StackPlan:
    """The change set of a stack: never raises, a refusal is the plan's failure."""
    planner = _Planner(account, stack, version, creating, options)
    try:
        planner.run()
    except ServiceError as error:
        planner.plan.failure = error.message
    planner.plan.changes.sort(key=lambda entry: str(entry["ResourceChange"]["LogicalResourceId"]))
    return planner.plan


class _Planner:
    def __init__(
        self, account: Account, stack: Stack, version: Version, creating: bool, options: Options
    ) -> None:
        self.account, self.stack, self.version, self.options = account, stack, version, options
        self.before: dict[str, Resource] = {} if creating else stack.resources
        self.old = None if creating else stack.version
        self.plan = StackPlan(version)
        self.modified: set[str] = set()
        self.replaced: dict[str, str] = {}
        self.pending: set[str] = set()  # new, or of unknown values
        self.secrets = _secrets(version) | (_secrets(self.old) if self.old else frozenset())
        self.scope = Scope(
            version.template.body,
            parameters.looked_up(version.template, version.parameters, account.ssm),
            account.pseudo(stack),
            self._attribute,
            account.exports(),
        )

    def run(self) -> None:
        template = self.version.template
        standing = [name for name in template.order if self.scope.stands(template.resources[name])]
        self._refuse_other_types(template, standing)
        for name in standing:
            self._one(name, template.resources[name])
        for name, resource in self.before.items():
            if name not in standing:
                self._remove(resource)
        self.plan.changed = (
            any(not _only_automatic(entry) for entry in self.plan.changes)
            or any(child.changed or child.failed_below for child in self.plan.children.values())
            or self._outputs_change()
            or (self.old is not None and self.old.notification_arns != self.version.notification_arns)
        )
        self._validate()

    # Values ----------------------------------------------------------------------------------------------

    def _attribute(self, name: str, attribute: str | None) -> str:
        resource = self.before.get(name)
        if resource is None or name in self.pending or self.replaced.get(name) == "True":
            return self._unknown(name, attribute)
        if attribute and attribute.startswith("Outputs.") and resource.type == STACK:
            outputs = self.account.stacks[resource.physical_id].outputs
            return outputs.get(attribute.removeprefix("Outputs."), self._unknown(name, attribute))
        return self.account.attribute(self.stack, name, attribute)

    def _unknown(self, name: str, attribute: str | None) -> str:
        place = name if attribute is None else f"{name}.{attribute}"
        function = "Ref" if attribute is None else "Fn::GetAtt"
        return f"{UNKNOWN}{self.stack.name}/{place}/{function}}}}}"

    def _outputs_change(self) -> bool:
        if self.old is None:
            return True
        was, will = self.old.template.section("Outputs"), self.version.template.section("Outputs")
        return was != will or self.scope.outputs() != self.stack.outputs

    # Resources -------------------------------------------------------------------------------------------

    def _one(self, name: str, definition: dict[str, Json]) -> None:
        kind = str(definition["Type"])
        properties = self.scope.value(definition.get("Properties", {}))
        before = self.before.get(name)
        child = self._nested(name, properties) if kind == STACK and self.options.nested else None
        if before is None:
            self.pending.add(name)
            self._add(name, kind, definition, properties)
            return
        around = Surroundings(
            self.old.parameters if self.old else {},
            self.version.parameters,
            frozenset(self.modified),
            self.replaced,
        )
        details = differences.details_of(before, definition, properties, around)
        if self.old and self.old.tags != self.version.tags and _taggable(kind):
            details.append(differences.tags_detail())
        if kind == STACK:
            self._touch(name, child, details)
            details = details or [differences.automatic_detail()]
        if details:
            self._modify(before, definition, properties, details)

    def _touch(self, name: str, child: StackPlan | None, details: list[Any]) -> None:
        if child is None or child.changed or child.failed_below or details:
            self.pending.add(name)
            self.modified.add(name)

    def _add(self, name: str, kind: str, definition: dict[str, Json], properties: Json) -> None:
        action = "Add"
        if self.options.import_existing and self._taken(kind, properties):
            if definition.get("DeletionPolicy") not in ("Retain", "RetainExceptOnCreate"):
                raise invalid(f"{_EXISTS}{name} ({self._name(kind, properties)})")
            action = "Import"
        entry = differences.change(action, {"logical_id": name, "type": kind}, [], "")
        after = differences.context(properties, definition, self.secrets)
        entry["ResourceChange"]["AfterContext"] = after
        self.plan.changes.append(entry)

    def _modify(
        self, before: Resource, definition: dict[str, Json], properties: Json, details: list[Any]
    ) -> None:
        replaced = differences.replacement(details, self.account.beliefs.false_replacement)
        if before.type != STACK:
            self.modified.add(before.logical_id)
        if replaced != "False":
            self.replaced[before.logical_id] = replaced
        entry = differences.change("Modify", _identity(before), details, replaced)
        inner = entry["ResourceChange"]
        if replaced == "True":
            inner["PolicyAction"] = "ReplaceAnd" + differences.fate(
                before.type, definition, "UpdateReplacePolicy"
            )
        inner["BeforeContext"] = differences.context(before.properties, before.definition, self.secrets)
        inner["AfterContext"] = differences.context(properties, definition, self.secrets)
        self.plan.changes.append(entry)

    def _remove(self, resource: Resource) -> None:
        entry = differences.change("Remove", _identity(resource), [], "")
        inner = entry["ResourceChange"]
        inner["PolicyAction"] = differences.fate(resource.type, resource.definition, "DeletionPolicy")
        inner["BeforeContext"] = differences.context(resource.properties, resource.definition, self.secrets)
        self.plan.changes.append(entry)

    def _refuse_other_types(self, template: Template, standing: list[str]) -> None:
        other = [
            name
            for name in standing
            if name in self.before and self.before[name].type != template.resources[name]["Type"]
        ]
        if other:
            raise invalid(
                "Update of resource type is not permitted. The new template modifies resource type of the "
                f"following resources: [{', '.join(other)}]"
            )

    # Nested stacks ---------------------------------------------------------------------------------------

    def _nested(self, name: str, properties: Json) -> StackPlan:
        before = self.before.get(name)
        child = self.account.stacks[before.physical_id] if before else None
        placeholder = child or Stack(
            "", f"{self.stack.name}-{name}", "", self.version, self.stack.created, self.stack, name
        )
        try:
            version = child_version(self.account, properties, self.version)
        except ServiceError as error:
            self.plan.children[name] = StackPlan(self.version, failure=error.message)
        else:
            self.plan.children[name] = plan(self.account, placeholder, version, child is None, self.options)
            self._need_capabilities(self.plan.children[name])
        return self.plan.children[name]

    def _need_capabilities(self, child: StackPlan) -> None:
        needed, _ = child.version.template.capabilities()
        if needed and not enough(needed, self.version.capabilities) and not child.failure:
            child.failure = f"Requires capabilities : [{', '.join(needed)}]"

    # Early validation ------------------------------------------------------------------------------------

    def _validate(self) -> None:
        if not self.options.validate:
            return
        for entry in self.plan.changes:
            inner = entry["ResourceChange"]
            if inner["Action"] in ("Add", "Modify"):
                self._find(inner["LogicalResourceId"], inner["ResourceType"], inner["Action"])
        failing = [finding for finding in self.plan.findings if finding["mode"] == "FAIL"]
        if failing:
            kind = "ResourceExistenceCheck" if "CONFLICT" in failing[0]["name"] else "PropertyValidation"
            self.plan.failure = _EARLY.format(kind=kind)

    def _find(self, name: str, kind: str, action: str) -> None:
        path = path_of(self.stack, name)
        for finding in self.account.findings:
            if finding.path == path:
                self._note(name, kind, finding.name, finding.reason, finding.place, finding.mode)
        properties = self.scope.value(self.version.template.resources[name].get("Properties", {}))
        if action == "Add" and self._taken(kind, properties):
            reason = (
                f"Resource of type '{kind}' with identifier '{self._name(kind, properties)}' already exists."
            )
            self._note(name, kind, "NAME_CONFLICT_VALIDATION", reason, f"/Resources/{name}", "FAIL")

    def _note(self, name: str, kind: str, check: str, reason: str, place: str, mode: str) -> None:
        self.plan.findings.append(
            {"logical_id": name, "type": kind, "name": check, "reason": reason, "path": place, "mode": mode}
        )

    def _name(self, kind: str, properties: Json) -> str:
        return own_name(kind, properties if isinstance(properties, dict) else {})

    def _taken(self, kind: str, properties: Json) -> bool:
        return self.account.is_taken(kind, self._name(kind, properties))


def child_version(account: Account, properties: Json, parent: Version) -> Version:
    """What a nested stack is made of, from its evaluated properties in the parent."""
    values: Mapping[str, Json] = properties if isinstance(properties, dict) else {}
    given = values.get("Parameters")
    template = fetch(account, text(values.get("TemplateURL", "")))
    passed = {key: text(value) for key, value in given.items()} if isinstance(given, dict) else {}
    own = values.get("Tags")
    tags = (
        {str(tag["Key"]): str(tag["Value"]) for tag in own if isinstance(tag, dict)}
        if isinstance(own, list)
        else {}
    )
    return Version(
        template,
        parameters.resolve(template, passed, account.ssm),
        {**parent.tags, **tags},
        parent.capabilities,
        parent.notification_arns,
        parent.role_arn,
        parent.import_existing,
    )


def enough(needed: list[str], given: tuple[str, ...]) -> bool:
    """Whether the given capabilities cover the needed ones: the named one covers the plain one."""
    return all(
        capability in given or (capability == "CAPABILITY_IAM" and "CAPABILITY_NAMED_IAM" in given)
        for capability in needed
    )


def _secrets(version: Version) -> frozenset[str]:
    declared = version.template.parameters
    return frozenset(
        value
        for name, value in version.parameters.items()
        if value and text(declared.get(name, {}).get("NoEcho", False)).lower() == "true"
    )


def _identity(resource: Resource) -> dict[str, str]:
    return {
        "logical_id": resource.logical_id,
        "type": resource.type,
        "physical_id": resource.physical_id,
    }


def _taggable(kind: str) -> bool:
    described = schema(kind)
    return kind == STACK or (described is not None and described.taggable)


def _only_automatic(entry: dict[str, Any]) -> bool:
    details = entry["ResourceChange"]["Details"]
    return bool(details) and all(detail["ChangeSource"] == "Automatic" for detail in details)
