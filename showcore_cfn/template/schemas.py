"""What AWS says of a resource type: the provider schemas that cfn-lint carries, without importing cfn-lint.

cfn-lint 1.58 keeps one JSON file a schema under `data/schemas/resources`, named by its hash, and one index
per region under `data/schemas/providers`. Importing the package costs half a second; reading one schema about
a millisecond, so only what is asked for is read, and it is read once.
"""

from __future__ import annotations

import importlib.util
import json
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from showcore_cfn.template.json_types import Json

PropertyPath = tuple[str, ...]  # ("DistributionConfig", "Origins", "*", "Id"): `*` is an item of a list
_INDEX = "providers/us-east-1.json"
_STEPS = frozenset({"properties", "items"})


@dataclass(frozen=True)
class ResourceSchema:
    """The parts of a provider schema that a review, a policy or a lint rule asks for."""

    type: str
    body: dict[str, Json]

    @cached_property
    def create_only(self) -> frozenset[PropertyPath]:
        """Properties whose change replaces the resource."""
        return self._paths("createOnlyProperties")

    @cached_property
    def conditional_create_only(self) -> frozenset[PropertyPath]:
        """Properties whose change replaces the resource under circumstances that AWS documents."""
        return self._paths("conditionalCreateOnlyProperties")

    @cached_property
    def read_only(self) -> frozenset[PropertyPath]:
        """Attributes that only AWS sets."""
        return self._paths("readOnlyProperties")

    @cached_property
    def write_only(self) -> frozenset[PropertyPath]:
        """Properties that AWS never tells again, such as passwords."""
        return self._paths("writeOnlyProperties")

    @cached_property
    def primary_identifier(self) -> tuple[PropertyPath, ...]:
        """What `Ref` is made of, in order."""
        return tuple(_path(item) for item in _list(self.body.get("primaryIdentifier")))

    @cached_property
    def other_identifiers(self) -> tuple[PropertyPath, ...]:
        """Further identifiers, such as a unique name."""
        groups = _list(self.body.get("additionalIdentifiers"))
        return tuple(_path(item) for group in groups for item in _list(group))

    @cached_property
    def tag_property(self) -> str | None:
        """The property that holds the tags; None when the type cannot be tagged."""
        tagging = self.body.get("tagging")
        if isinstance(tagging, dict):
            if tagging.get("taggable") is False:
                return None
            place = tagging.get("tagProperty", "/properties/Tags")
            name = _path(place)[0]
            return name if name in self.properties else None
        return "Tags" if "Tags" in self.properties and self.body.get("taggable") is not False else None

    @property
    def taggable(self) -> bool:
        """Whether the type takes tags through CloudFormation."""
        return self.tag_property is not None

    @property
    def tags_are_a_map(self) -> bool:
        """Whether tags are written as `{key: value}` and not as a list of Key and Value."""
        definition = self.definition((self.tag_property,)) if self.tag_property else None
        return definition is not None and definition.get("type") == "object"

    @property
    def properties(self) -> dict[str, Json]:
        """The schemas of the top-level properties."""
        found = self.body.get("properties")
        return found if isinstance(found, dict) else {}

    def permissions(self, handler: str) -> tuple[str, ...]:
        """IAM actions that a handler (create, read, update, delete, list) calls."""
        handlers = self.body.get("handlers")
        found = handlers.get(handler) if isinstance(handlers, dict) else None
        actions = found.get("permissions") if isinstance(found, dict) else None
        return tuple(str(action) for action in _list(actions))

    def definition(self, path: PropertyPath) -> dict[str, Json] | None:
        """The schema of a property, however deep, its `$ref` followed; None when it is not described."""
        found = self._follow({"properties": self.properties})
        for step in path:
            if found is None:
                return None
            found = self._follow(_step(found, step))
        return found

    def unordered(self, path: PropertyPath) -> bool:
        """Whether the order of a list's items means nothing (`insertionOrder: false`)."""
        definition = self.definition(path)
        return definition is not None and definition.get("insertionOrder") is False

    def _follow(self, found: Json) -> dict[str, Json] | None:
        for _ in range(20):
            reference = found.get("$ref") if isinstance(found, dict) else None
            if not isinstance(reference, str):
                break
            found = self.body
            for step in reference.removeprefix("#/").split("/"):
                found = found.get(step) if isinstance(found, dict) else None
        return found if isinstance(found, dict) else None

    def _paths(self, key: str) -> frozenset[PropertyPath]:
        return frozenset(_path(item) for item in _list(self.body.get(key)))


@cache
def schema(resource_type: str) -> ResourceSchema | None:
    """The schema of a type as offered in us-east-1; None for an unknown or a private type."""
    index = _index()
    start = index.find(f'"{resource_type}": "')
    if start < 0 or '"' in resource_type:
        return None
    digest = index[start + len(resource_type) + 5 :].split('"', 1)[0]
    body = json.loads((_folder() / "resources" / f"{digest}.json").read_bytes())
    return ResourceSchema(resource_type, body)


@cache
def schema_date() -> str:
    """The day the schemas were taken from AWS, such as `2026-10-20`."""
    return str(json.loads((_folder() / "version.json").read_bytes())["schema_date"])[:10]


@cache
def _folder() -> Path:
    spec = importlib.util.find_spec("cfnlint")  # of a top-level package: found, not executed
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("cfn-lint is not installed; `make` installs it from the lock file.")
    return Path(spec.submodule_search_locations[0]) / "data" / "schemas"


@cache
def _index() -> str:
    return (_folder() / _INDEX).read_text(encoding="utf-8")


def _step(found: dict[str, Json], step: str) -> Json:
    if step == "*":
        patterns = found.get("patternProperties")
        if "items" in found:
            return found["items"]
        return next(iter(patterns.values()), None) if isinstance(patterns, dict) else None
    for key in ("anyOf", "oneOf"):
        if "properties" not in found and isinstance(found.get(key), list):
            found = next((o for o in _list(found[key]) if isinstance(o, dict) and "properties" in o), found)
    inner = found.get("properties")
    return inner.get(step) if isinstance(inner, dict) else None


def _path(pointer: Json) -> PropertyPath:
    """`/properties/A/items/properties/B` and `/properties/A/*/B` alike as ("A", "*", "B")."""
    steps = str(pointer).removeprefix("/properties/").split("/")
    found: list[str] = []
    for index, step in enumerate(steps):
        if step == "items" or (step == "*" and (not found or found[-1] != "*")):
            found.append("*")
        elif step not in _STEPS or index == 0:
            found.append(step)
    return tuple(found)


def _list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []
