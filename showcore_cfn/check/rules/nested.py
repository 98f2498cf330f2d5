"""Nested stacks and stacks that import from each other: what a nested change set refuses, and what races.

While a nested change set is made, an output of a sibling stack is not known yet: CloudFormation passes a
placeholder, which fits no type but String, no constraint, no condition and no Select or Split.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from showcore_cfn.check.rules.rule import Hit, Hits, Item, Rulebook, Severity, View
from showcore_cfn.template.json_types import Json
from showcore_cfn.template.load import Document, Place, nested

BOOK = Rulebook("nested")
STACK = "AWS::CloudFormation::Stack"
_CHANGE_SETS = (
    "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/change-sets-for-nested-stacks.html"
)
_ROADMAP = "https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/759"
_EXPORTS = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-exports.html"
_OUTPUTS = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/outputs-section-structure.html"
_REMEDY = (
    "Declare the parameter as a plain String without constraints, and build lists inside the child from Refs."
)


@dataclass(frozen=True, slots=True)
class Fed:
    """A parameter of a nested template that gets its value from an output of a sibling."""

    document: Document
    name: str
    source: str  # "Network.Outputs.VpcId"

    @property
    def declared(self) -> dict[str, Json]:
        """The declaration of the parameter."""
        parameters = self.document.body.get("Parameters")
        found = parameters.get(self.name) if isinstance(parameters, dict) else None
        return found if isinstance(found, dict) else {}

    def hit(self, message: str, *place: str | int) -> Hit:
        """Say that the parameter, or a use of it, breaks the rule."""
        return Hit(self.document.name, place or ("Parameters", self.name), message)


def fed(view: View) -> tuple[Fed, ...]:
    """Every parameter that a sibling's output reaches, also through several levels."""
    return view.once("fed parameters", lambda v: tuple(_fed(v)))


def _fed(view: View) -> Iterator[Fed]:
    waiting: list[tuple[Document, frozenset[str]]] = [
        (d, frozenset()) for d in view.templates.documents.values()
    ]
    seen: set[tuple[str, str]] = set()
    while waiting:
        document, unknown = waiting.pop()
        for logical_id, child_name in nested(document):
            child = view.templates.documents.get(child_name)
            passed = _parameters(document, logical_id)
            if child is None:
                continue
            reached: set[str] = set()
            for name, value in passed.items():
                source = _sibling(value) or next((p for p in _refs(value) if p in unknown), None)
                if source is not None and (child.name, name) not in seen:
                    seen.add((child.name, name))
                    reached.add(name)
                    yield Fed(child, name, source)
            if reached:
                waiting.append((child, frozenset(reached)))


def _parameters(document: Document, logical_id: str) -> dict[str, Json]:
    found: Json = document.body
    for step in ("Resources", logical_id, "Properties", "Parameters"):
        found = found.get(step) if isinstance(found, dict) else None
    return found if isinstance(found, dict) else {}


def _walk(value: Json, place: Place = ()) -> Iterator[tuple[Place, dict[str, Json]]]:
    """Every mapping inside a value, with its place."""
    waiting: list[tuple[Place, Json]] = [(place, value)]
    while waiting:
        where, item = waiting.pop()
        if isinstance(item, dict):
            yield where, item
            waiting.extend(((*where, key), inner) for key, inner in item.items())
        elif isinstance(item, list):
            waiting.extend(((*where, index), inner) for index, inner in enumerate(item))


def _sibling(value: Json) -> str | None:
    """The first output of another stack that a value is made of."""
    for _, item in _walk(value):
        target = item.get("Fn::GetAtt")
        if isinstance(target, list) and len(target) == 2 and str(target[1]).startswith("Outputs."):
            return f"{target[0]}.{target[1]}"
        text = item.get("Fn::Sub")
        if isinstance(text, str) and ".Outputs." in text:
            return text
    return None


def _refs(value: Json) -> set[str]:
    """The parameters and resources that a value names by Ref or Sub."""
    found: set[str] = set()
    for _, item in _walk(value):
        if isinstance(item.get("Ref"), str):
            found.add(str(item["Ref"]))
        text = item.get("Fn::Sub")
        text = text[0] if isinstance(text, list) and text else text
        if isinstance(text, str):
            found.update(part.split("}")[0].split(".")[0] for part in text.split("${")[1:])
    return found


@BOOK.nest_rule(
    "SC-NEST-001",
    Severity.REFUSED,
    "A parameter that a sibling's output feeds is a plain String",
    why="A placeholder is no id, no number and no list: the nested change set fails on a typed parameter.",
    remedy=_REMEDY,
    source=_CHANGE_SETS,
)
def typed(view: View) -> Hits:
    for parameter in fed(view):
        kind = parameter.declared.get("Type", "String")
        if kind != "String":
            yield parameter.hit(f"{parameter.name} is {kind} and gets {parameter.source}.")


@BOOK.nest_rule(
    "SC-NEST-002",
    Severity.REFUSED,
    "A parameter that a sibling's output feeds has no constraints",
    why="A placeholder fits no pattern, no list of values and no length.",
    remedy=_REMEDY,
    source=_CHANGE_SETS,
)
def constrained(view: View) -> Hits:
    for parameter in fed(view):
        for key in ("AllowedPattern", "AllowedValues", "MinLength", "MaxLength", "MinValue", "MaxValue"):
            if key in parameter.declared:
                yield parameter.hit(f"{parameter.name} has {key} and gets {parameter.source}.")


_TAKEN_APART = ("Fn::Select", "Fn::Split", "Fn::FindInMap", "Fn::Cidr", "Fn::GetAZs", "Fn::Length")


@BOOK.nest_rule(
    "SC-NEST-003",
    Severity.REFUSED,
    "What a sibling's output feeds is not taken apart",
    why="Fn::Select, Fn::Split and Fn::FindInMap need the value while the change set is made.",
    remedy="Pass the values one by one, and build the list inside the child.",
    source=_ROADMAP,
)
def taken_apart(view: View) -> Hits:
    parameters = fed(view)
    for document in view.templates.documents.values():
        own = {parameter.name: parameter.source for parameter in parameters if parameter.document is document}
        if not any(key.removeprefix("Fn::") in document.text for key in _TAKEN_APART):
            continue
        for section in ("Resources", "Outputs"):
            for place, item in _walk(document.body.get(section), (section,)):
                for key in _TAKEN_APART:
                    if key in item:
                        yield from _apart(document, own, (*place, key), item[key])


def _apart(document: Document, own: dict[str, str], place: Place, value: Json) -> Hits:
    source = _sibling(value) or next((own[name] for name in sorted(_refs(value)) if name in own), None)
    if source is not None:
        yield Hit(document.name, place, f"{place[-1]} takes apart what {source} gives.", str(place[1]))


@BOOK.nest_rule(
    "SC-NEST-004",
    Severity.REFUSED,
    "No condition stands over what a sibling's output feeds",
    why="Conditions are decided while the change set is made.",
    remedy="Decide in the root, over its own parameters, and pass the answer.",
    source=_CHANGE_SETS,
)
def condition(view: View) -> Hits:
    for parameter in fed(view):
        conditions = parameter.document.body.get("Conditions")
        for name, value in conditions.items() if isinstance(conditions, dict) else ():
            if parameter.name in _refs(value):
                yield parameter.hit(
                    f"{name} asks {parameter.name}, which gets {parameter.source}.", "Conditions", name
                )


@BOOK.nest_rule(
    "SC-NEST-005",
    Severity.REFUSED,
    "An export's name is not made of a sibling's output",
    why="Export names must be known while the change set is made, and are compared with all others.",
    remedy="Make the name of a parameter of the root, such as ${Prefix}-VpcId.",
    source=_EXPORTS,
)
def export_name(view: View) -> Hits:
    for parameter in fed(view):
        outputs = parameter.document.body.get("Outputs")
        for name, output in outputs.items() if isinstance(outputs, dict) else ():
            export = output.get("Export") if isinstance(output, dict) else None
            if parameter.name in _refs(export):
                yield parameter.hit(
                    f"The export of {name} is named by {parameter.name}.", "Outputs", name, "Export"
                )


@BOOK.nest_rule(
    "SC-NEST-006",
    Severity.REFUSED,
    "An export's name is used once",
    why="Export names are unique in a region of an account.",
    remedy="Put the stack's own prefix into the name.",
    source=_EXPORTS,
)
def export_twice(view: View) -> Hits:
    seen: dict[tuple[str, str], str] = {}
    for document in view.templates.documents.values():
        outputs = document.body.get("Outputs")
        for name, output in outputs.items() if isinstance(outputs, dict) else ():
            export = output.get("Export") if isinstance(output, dict) else None
            text = export.get("Name") if isinstance(export, dict) else None
            if not isinstance(text, str) or (isinstance(output, dict) and "Condition" in output):
                continue
            key = (view.top_of(document.name), text)
            if key in seen:
                yield Hit(document.name, ("Outputs", name, "Export"), f"{seen[key]} exports {text} already.")
            seen.setdefault(key, f"{document.name} {name}")


def _imports(document: Document) -> Iterator[tuple[Place, str]]:
    """The places and names of imports, where the name is plain text."""
    if "ImportValue" not in document.text:
        return
    for place, item in _walk(document.body.get("Resources"), ("Resources",)):
        if isinstance(item.get("Fn::ImportValue"), str):
            yield place, str(item["Fn::ImportValue"])


def _exporters(view: View) -> dict[str, str]:
    """Export name, where it is plain text, to the document that exports it."""
    found: dict[str, str] = {}
    for document in view.templates.documents.values():
        outputs = document.body.get("Outputs")
        for output in outputs.values() if isinstance(outputs, dict) else ():
            export = output.get("Export") if isinstance(output, dict) else None
            name = export.get("Name") if isinstance(export, dict) else None
            if isinstance(name, str):
                found.setdefault(name, document.name)
    return found


@BOOK.nest_rule(
    "SC-NEST-007",
    Severity.REFUSED,
    "A nested stack that imports from a sibling waits for it",
    why="An import makes CloudFormation wait for nothing: the export must exist when the importing stack starts.",
    remedy="Pass the value as a parameter, or let the importing stack DependsOn the exporting one.",
    source=_EXPORTS,
)
def import_order(view: View) -> Hits:
    exporters = _exporters(view)
    for name, document in view.templates.documents.items():
        for place, export in _imports(document):
            source = exporters.get(export)
            if source is None or view.top_of(source) != view.top_of(name):
                continue
            if source == name:
                yield Hit(name, place, f"The template imports {export}, which it exports itself.")
            elif not _waits(view, source, name):
                yield Hit(name, place, f"Nothing makes this stack wait for {source}, which exports {export}.")


def _waits(view: View, source: str, user: str) -> bool:
    """Whether the stack of one document is finished before that of another starts."""
    stacks = {
        child: item
        for document in view.templates.documents.values()
        for logical_id, child in nested(document)
        for item in view.of(STACK)
        if item.id == logical_id and item.resource.document == document.name
    }
    first, second = stacks.get(source), stacks.get(user)
    return first is None or second is None or view.before(first, second)


@BOOK.nest_rule(
    "SC-NEST-008",
    Severity.REFUSED,
    "Stacks do not import from each other in a circle",
    why="Neither of the two can be created first, and none of them deleted.",
    remedy="Move what both need into a third stack.",
    source=_EXPORTS,
)
def import_circle(view: View) -> Hits:
    exporters = _exporters(view)
    needs = {
        name: {s for _, e in _imports(d) if (s := exporters.get(e)) is not None and s != name}
        for name, d in view.templates.documents.items()
    }
    for name, direct in needs.items():
        reached: set[str] = set()
        waiting = list(direct)
        while waiting:
            other = waiting.pop()
            if other not in reached:
                reached.add(other)
                waiting.extend(needs.get(other, ()))
        if name in reached:
            place = next((p for p, e in _imports(view.templates.documents[name])), ())
            yield Hit(name, place, f"{name} imports from {', '.join(sorted(direct))}, which imports from it.")


@BOOK.rule(
    "SC-NEST-009",
    Severity.REFUSED,
    "A nested template's address is an https address of S3",
    STACK,
    why="TemplateURL takes https only: s3:// addresses and website endpoints are refused.",
    remedy="Write https://s3.<region>.amazonaws.com/<bucket>/<key>, or a path for `package`.",
    source="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-cloudformation-stack.html",
)
def template_url(stack: Item) -> Hits:
    node = stack["TemplateURL"]
    text = node.text or ""
    if text.startswith(("s3://", "http://")) or ".s3-website" in text:
        yield node.hit(f"{text} is no https address of S3.")
    elif text.startswith("https://") and "amazonaws." not in text:
        yield node.hit(f"{text} is no address of S3.")


@BOOK.nest_rule(
    "SC-NEST-010",
    Severity.STYLE,
    "An output of a nested stack is used",
    why="Nobody can read an output of a nested stack but its parent; one that the parent leaves alone says nothing.",
    remedy="Use it in the parent, export it, or take it away.",
    source=_OUTPUTS,
)
def unused_output(view: View) -> Hits:
    for parent in view.templates.documents.values():
        text = parent.text
        mentioned = {name for found in re.findall(r'(\w+)\.Outputs|"(\w+)"|- (\w+)', text) for name in found}
        used = set(re.findall(r"\bOutputs\.(\w+)", text))
        for logical_id, child_name in nested(parent):
            child = view.templates.documents.get(child_name)
            outputs = child.body.get("Outputs") if child is not None else None
            if logical_id not in mentioned:
                continue  # the parent uses none: the child is read by others, such as a person or a script
            for name, output in outputs.items() if isinstance(outputs, dict) else ():
                exported = isinstance(output, dict) and "Export" in output
                if name not in used and not exported:
                    yield Hit(child_name, ("Outputs", name), f"{parent.name} does not use the output {name}.")


@BOOK.nest_rule(
    "SC-NEST-011",
    Severity.RISK,
    "A secret stays a secret when it is passed on",
    why="A NoEcho parameter that is passed to a parameter without NoEcho is shown in the nested stack's parameters.",
    remedy="Add NoEcho: true to the child's parameter.",
    source="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html",
)
def echoed(view: View) -> Hits:
    for parent in view.templates.documents.values():
        parameters = parent.body.get("Parameters")
        hidden = (
            {
                n
                for n, p in parameters.items()
                if isinstance(p, dict) and str(p.get("NoEcho", "")).lower() == "true"
            }
            if isinstance(parameters, dict)
            else set()
        )
        for logical_id, child_name in nested(parent) if hidden else ():
            child = view.templates.documents.get(child_name)
            declared = child.body.get("Parameters") if child is not None else None
            for name, value in _parameters(parent, logical_id).items():
                own = declared.get(name) if isinstance(declared, dict) else None
                if (
                    hidden & _refs(value)
                    and isinstance(own, dict)
                    and str(own.get("NoEcho", "")).lower() != "true"
                ):
                    yield Hit(
                        child_name, ("Parameters", name), f"{name} gets a NoEcho parameter and shows it."
                    )
