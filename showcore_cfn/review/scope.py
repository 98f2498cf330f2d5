"""One stack of a nest while it is being resolved: its parameters, conditions, mappings and outputs.

Values are computed on demand and remembered; what is being computed already is a cycle and becomes Unknown.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Mapping
from typing import Final

from showcore_cfn.review import evaluate
from showcore_cfn.review.loops import filled, is_loop
from showcore_cfn.review.values import (
    Reference,
    Unknown,
    Value,
    form,
    joined,
    literal,
    text_of,
    typed,
    with_commas,
)
from showcore_cfn.review.world import World
from showcore_cfn.template.json_types import Json
from showcore_cfn.template.load import Document, Place

_STACK = "AWS::CloudFormation::Stack"
_DEEPEST = 60  # CloudFormation itself stops nesting values far earlier
_MOST_LOOPS = 5_000
_PLACEHOLDER = re.compile(r"\$\{([^}]*)\}")
_PSEUDO: Final[Mapping[str, str]] = {
    "AWS::Region": "us-east-1",
    "AWS::Partition": "aws",
    "AWS::URLSuffix": "amazonaws.com",
}


class _Removed:
    """What `AWS::NoValue` leaves behind: nothing."""


_REMOVED = _Removed()


class Scope:
    """One stack: a document, and the values that its parent gives it."""

    def __init__(
        self,
        world: World,
        document: Document,
        parent: Scope | None,
        chain: tuple[str, ...],
        given: Mapping[str, str] | None = None,
    ) -> None:
        self.world, self.document, self.parent, self.chain = world, document, parent, chain
        self.stack = posixpath.splitext(posixpath.basename(document.name))[0]
        self.given: Mapping[str, str] = given if given is not None else {}
        self.children: dict[str, Scope] = {}
        self._memo: dict[tuple[str, str], Value] = {}
        self._active: set[tuple[str, str]] = set()
        self._depth = 0
        self._sections: dict[str, dict[str, Json]] = {}
        self._note_transforms()

    # Structure -------------------------------------------------------------------------------------------

    def section(self, name: str) -> dict[str, Json]:
        """A section of the template, its loops unrolled; empty where it is missing or no mapping."""
        if name not in self._sections:
            found = self.document.body.get(name, {})
            if not isinstance(found, dict):
                self.problem((name,), f"the section {name} is not a mapping.")
                found = {}
            self._sections[name] = self._unrolled(found, (name,))
        return self._sections[name]

    def child(self, logical_id: str, url: str) -> Scope | None:
        """The scope of a stack nested here; None where its template is not in the set or nests itself."""
        name = posixpath.normpath(posixpath.join(posixpath.dirname(self.document.name), url))
        document = self.world.documents.get(name)
        place: Place = ("Resources", logical_id, "Properties", "TemplateURL")
        condition = self._raw_resource(logical_id).get("Condition")
        if isinstance(condition, str) and self.condition(condition) is False:
            return None
        if document is None:
            sentence = f"the template {url} of {logical_id} is not among the files."
            self.problem(place, sentence, grave=True)
            return None
        above: Scope | None = self
        while above is not None:
            if above.document is document:
                self.problem(place, f"{logical_id} nests {name}, which is above it already: a cycle.")
                return None
            above = above.parent
        scope = Scope(self.world, document, self, (*self.chain, logical_id))
        self.children[logical_id] = scope
        return scope

    def problem(self, place: Place, sentence: str, *, grave: bool = False) -> None:
        """Note a problem with the line of its place."""
        self.world.problem(self.document.name, self.document.line(place), sentence, grave=grave)

    def _note_transforms(self) -> None:
        found = self.document.body.get("Transform", [])
        for item in found if isinstance(found, list) else [found]:
            name = item.get("Name", "?") if isinstance(item, dict) else item
            if name != "AWS::LanguageExtensions":
                sentence = f"the transform {name} runs in CloudFormation; what it adds is not seen here."
                self.problem(("Transform",), sentence)

    def _raw_resource(self, logical_id: str) -> dict[str, Json]:
        found = self.section("Resources").get(logical_id)
        return found if isinstance(found, dict) else {}

    # Named values ----------------------------------------------------------------------------------------

    def _once(self, kind: str, name: str, compute: Callable[[], Value]) -> Value:
        key = (kind, name)
        if key in self._memo:
            return self._memo[key]
        if key in self._active:
            self.problem((kind, name), f"{name} refers to itself.")
            return Unknown(f"{name} (refers to itself)")
        self._active.add(key)
        try:
            self._memo[key] = compute()
        finally:
            self._active.discard(key)
        return self._memo[key]

    def parameter(self, name: str) -> Value:
        """What a parameter holds: given, passed by the parent, its default, or unknown."""
        return self._once("Parameters", name, lambda: self._parameter(name))

    def _parameter(self, name: str) -> Value:
        declared = self.section("Parameters").get(name)
        if not isinstance(declared, dict):
            return Unknown(f"${{{name}}}")
        if str(declared.get("NoEcho", "false")).lower() == "true":
            return Unknown(f"${{{name}}}")  # a secret is not shown, nor compared
        kind = str(declared.get("Type", "String"))
        if kind.startswith("AWS::SSM::Parameter"):
            return Unknown(f"the value of the SSM parameter {text_of(self._given(name, declared))}")
        return typed(self._given(name, declared), kind)

    def _given(self, name: str, declared: dict[str, Json]) -> Value:
        if self.parent is not None:
            properties = self.parent._raw_resource(self.chain[-1]).get("Properties")
            passed = properties.get("Parameters") if isinstance(properties, dict) else None
            if isinstance(passed, dict) and name in passed:
                place = ("Resources", self.chain[-1], "Properties", "Parameters", name)
                value = self.parent.value(passed[name], place)
                return joined(with_commas(value)) if isinstance(value, list) else value
        elif name in self.given:
            return self.given[name]
        if "Default" in declared:
            return literal(declared["Default"])
        return Unknown(f"${{{name}}}")

    def condition(self, name: str) -> Value:
        """True, False, or Unknown."""
        return self._once("Conditions", name, lambda: self._condition(name))

    def _condition(self, name: str) -> Value:
        conditions = self.section("Conditions")
        if name not in conditions:
            return Unknown(f"the condition {name}, which is not defined")
        found = self.value(conditions[name], ("Conditions", name))
        return found if isinstance(found, (bool, Unknown)) else Unknown(f"the condition {name}")

    def output(self, name: str) -> Value:
        """The value of an output of this stack."""
        return self._once("Outputs", name, lambda: self._output(name))

    def _output(self, name: str) -> Value:
        found = self.section("Outputs").get(name)
        if not isinstance(found, dict):
            return Unknown(f"{self.stack}.Outputs.{name}, which is not defined")
        return self.value(found.get("Value"), ("Outputs", name, "Value"))

    def outputs(self) -> dict[str, Value]:
        """All outputs whose condition is not false."""
        return {name: self.output(name) for name, raw in self.section("Outputs").items() if self._stands(raw)}

    def export_names(self) -> dict[str, str]:
        """Output name to export name, where that is known or at least readable."""
        found: dict[str, str] = {}
        for name, raw in self.section("Outputs").items():
            export = raw.get("Export") if isinstance(raw, dict) else None
            if isinstance(export, dict) and "Name" in export and self._stands(raw):
                found[name] = text_of(self.value(export["Name"], ("Outputs", name, "Export", "Name")))
        return found

    def _stands(self, raw: Json) -> bool:
        condition = raw.get("Condition") if isinstance(raw, dict) else None
        return not isinstance(condition, str) or self.condition(condition) is not False

    # Values ----------------------------------------------------------------------------------------------

    def value(self, raw: Json, place: Place) -> Value:
        """A value of the template, resolved as far as it can be known."""
        found = self._value(raw, place)
        return None if isinstance(found, _Removed) else found

    def _value(self, raw: Json, place: Place) -> Value | _Removed:
        if not isinstance(raw, (dict, list)):
            return raw
        if self._depth >= _DEEPEST:
            self.problem(place[:3], "values are nested too deeply to be read.")
            return Unknown("a value nested too deeply")
        self._depth += 1
        try:
            return self._items(raw, place) if isinstance(raw, list) else self._mapping(raw, place)
        finally:
            self._depth -= 1

    def _items(self, raw: list[Json], place: Place) -> list[Value]:
        found = (self._value(item, (*place, index)) for index, item in enumerate(raw))
        return [item for item in found if not isinstance(item, _Removed)]

    def _mapping(self, raw: dict[str, Json], place: Place) -> Value | _Removed:
        if len(raw) == 1:
            ((key, argument),) = raw.items()
            if key == "Ref" or key == "Condition" or (key.startswith("Fn::") and not is_loop(key)):
                return self._function(key, argument, (*place, key))
        if any(map(is_loop, raw)):
            raw = self._unrolled(raw, place)
        found: dict[str, Value] = {}
        for key, item in raw.items():
            value = item if isinstance(item, str) else self._value(item, (*place, key))
            if not isinstance(value, _Removed):
                found[key] = value
        return found

    def _function(self, key: str, argument: Json, place: Place) -> Value | _Removed:
        special = _SPECIAL.get(key)
        if special is not None:
            return special(self, argument, place)
        arguments = self.value(argument, place)
        compute = evaluate.FUNCTIONS.get(key)
        return compute(arguments) if compute else form(key, arguments)

    def _ref(self, argument: Json, place: Place) -> Value | _Removed:
        if not isinstance(argument, str):
            return form("Ref", self.value(argument, place))
        if argument == "AWS::NoValue":
            return _REMOVED
        if argument.startswith("AWS::"):
            return self._pseudo(argument)
        if argument in self.section("Parameters"):
            return self.parameter(argument)
        return self._resource(argument, None, place)

    def _pseudo(self, name: str) -> Value:
        top = self
        while top.parent is not None:
            top = top.parent
        if top is not self and name in ("AWS::StackName", "AWS::StackId"):
            return Unknown(f"${{{self.stack}:{name}}}")
        given = top.given.get(name, _PSEUDO.get(name))
        return Unknown(f"${{{name}}}") if given is None else given

    def _resource(self, logical_id: str, attribute: str | None, place: Place) -> Value:
        raw = self._raw_resource(logical_id)
        if not raw:
            self.problem(place, f"{logical_id} is neither a parameter nor a resource of this template.")
            return Unknown(f"{self.stack}/{logical_id} (not defined)")
        if not self._stands(raw):
            return Unknown(f"{self.stack}/{logical_id} (its condition is false)")
        child = self.children.get(logical_id)
        if attribute and attribute.startswith("Outputs.") and child is not None:
            return child.output(attribute.removeprefix("Outputs."))
        return Reference(f"{self.stack}/{logical_id}", attribute)

    def _get_att(self, argument: Json, place: Place) -> Value:
        if isinstance(argument, list) and len(argument) == 2 and isinstance(argument[0], str):
            attribute = self.value(argument[1], place)
            if isinstance(attribute, str):
                return self._resource(argument[0], attribute, place)
        return form("Fn::GetAtt", self.value(argument, place))

    def _sub(self, argument: Json, place: Place) -> Value:
        text: Json = argument
        variables: dict[str, Json] = {}
        if isinstance(argument, list) and len(argument) == 2 and isinstance(argument[1], dict):
            text, variables = argument[0], argument[1]
        if not isinstance(text, str):
            return form("Fn::Sub", self.value(argument, place))
        parts: list[Value] = []
        end = 0
        for match in _PLACEHOLDER.finditer(text):
            parts.extend([text[end : match.start()], self._placeholder(match[1], variables, place)])
            end = match.end()
        return joined([*parts, text[end:]])

    def _placeholder(self, name: str, variables: dict[str, Json], place: Place) -> Value:
        if name.startswith("!"):
            return f"${{{name[1:]}}}"
        name = name.strip()
        if name in variables:
            found = self.value(variables[name], (*place, 1, name))
        elif "." in name:
            found = self._get_att(list(name.split(".", 1)), place)
        else:
            reference = self._ref(name, place)
            found = "" if isinstance(reference, _Removed) else reference
        return joined(with_commas(found)) if isinstance(found, list) else found

    def _if(self, argument: Json, place: Place) -> Value | _Removed:
        if not (isinstance(argument, list) and len(argument) == 3 and isinstance(argument[0], str)):
            return form("Fn::If", self.value(argument, place))
        holds = self.condition(argument[0])
        if isinstance(holds, bool):
            index = 1 if holds else 2
            return self._value(argument[index], (*place, index))
        branches = [self._value(argument[index], (*place, index)) for index in (1, 2)]
        shown: list[Value] = [Unknown("nothing") if isinstance(b, _Removed) else b for b in branches]
        return shown[0] if shown[0] == shown[1] else form("Fn::If", [argument[0], *shown])

    def _find_in_map(self, argument: Json, place: Place) -> Value:
        if not (isinstance(argument, list) and len(argument) in (3, 4)):
            return form("Fn::FindInMap", self.value(argument, place))
        keys = [self.value(key, (*place, index)) for index, key in enumerate(argument[:3])]
        found: Json = self.section("Mappings")
        for key in keys:
            if isinstance(key, (Unknown, Reference, list, dict)):
                return form("Fn::FindInMap", keys)
            found = found.get(text_of(key)) if isinstance(found, dict) else None
        if found is None and len(argument) == 4:
            default = argument[3]
            return self.value(default.get("DefaultValue") if isinstance(default, dict) else default, place)
        if found is None:
            self.problem(place[:2], f"no mapping holds {' / '.join(text_of(key) for key in keys)}.")
            return form("Fn::FindInMap", keys)
        return literal(found)

    def _named_condition(self, argument: Json, place: Place) -> Value:
        if isinstance(argument, str) and place[0] == "Conditions":
            return self.condition(argument)
        return {"Condition": self.value(argument, place)}

    def _import(self, argument: Json, place: Place) -> Value:
        name = self.value(argument, place)
        found = self.world.imported(name)
        return form("Fn::ImportValue", name) if found is None else found

    # Loops -----------------------------------------------------------------------------------------------

    def _unrolled(self, raw: dict[str, Json], place: Place, depth: int = 0) -> dict[str, Json]:
        if not any(is_loop(key) for key in raw):
            return raw
        found: dict[str, Json] = {}
        for key, item in raw.items():
            if not is_loop(key):
                found[key] = item
                continue
            bodies = self._loop(item, (*place, key)) if depth < 6 else None
            if bodies is None:
                self.problem((*place, key), f"the loop {key} runs over values that are not known here.")
            for body in bodies or ():
                found.update(self._unrolled(body, place, depth + 1))
                if len(found) > _MOST_LOOPS:
                    self.problem((*place, key), f"the loop {key} makes more than {_MOST_LOOPS} items.")
                    return found
        return found

    def _loop(self, item: Json, place: Place) -> list[dict[str, Json]] | None:
        if not (isinstance(item, list) and len(item) == 3 and isinstance(item[2], dict)):
            return None
        variables = item[0] if isinstance(item[0], list) else [item[0]]
        collection = self.value(item[1], (*place, 1))
        if not isinstance(collection, list) or any(isinstance(v, (Unknown, Reference)) for v in collection):
            return None
        return [filled(item[2], str(variables[0]), text_of(value)) for value in collection[:_MOST_LOOPS]]


_SPECIAL: Final[Mapping[str, Callable[[Scope, Json, Place], Value | _Removed]]] = {
    "Ref": Scope._ref,
    "Condition": Scope._named_condition,
    "Fn::GetAtt": Scope._get_att,
    "Fn::Sub": Scope._sub,
    "Fn::If": Scope._if,
    "Fn::FindInMap": Scope._find_in_map,
    "Fn::ImportValue": Scope._import,
}
