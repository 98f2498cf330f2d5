"""What the next deployment would do about each difference: overwrite it, leave it, agree with it, or fail at it.

CloudFormation compares templates, not the account: a property that somebody changed stays changed until the
template's own value of that resource changes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from showcore_cfn.deploy.drift.detection import Difference, Drifted
from showcore_cfn.review.assess import assess
from showcore_cfn.review.diff import Side, diff
from showcore_cfn.review.impact import Affected
from showcore_cfn.review.resolve import Nest, resolve
from showcore_cfn.review.values import known, text_of
from showcore_cfn.template.json_types import Json
from showcore_cfn.template.load import TemplateSet

T = TypeVar("T")


class Fate(StrEnum):
    """What happens to a difference when what stands in the folder is deployed."""

    AGREES = "your templates say the same: deploying them ends the difference"
    OVERWRITES = "deploying your templates sets it"
    TOUCHES = "deploying your templates updates the resource, and may set it back"
    LEAVES = "the next deployment leaves it as it is"
    FAILS = "deploying your templates updates the resource, which is gone, and fails there"
    STAYS_GONE = "the next deployment does not bring it back"


_REMEDIES = {
    Fate.LEAVES: "set it back by hand, or write what is there into the template",
    Fate.TOUCHES: "set it back by hand first, or write what is there into the template",
    Fate.FAILS: "take the resource out of the template, deploy, and put it back with a second deployment",
    Fate.STAYS_GONE: "take the resource out of the template, deploy, and put it back with a second deployment",
}


@dataclass(frozen=True, slots=True)
class Outlook:
    """The fate of one difference."""

    fate: Fate
    says: str = ""  # what the templates in the folder say of it, where they say something else

    @property
    def remedy(self) -> str:
        """What to do; nothing where the next deployment does it."""
        return _REMEDIES.get(self.fate, "")


@dataclass(frozen=True)
class Future:
    """The templates in the folder beside those that are deployed."""

    head: Nest
    affected: Mapping[str, Affected]

    def of_resource(self, drifted: Drifted) -> Outlook:
        """For a resource that is gone."""
        return Outlook(Fate.FAILS if drifted.path in self.affected else Fate.STAYS_GONE)

    def of(self, drifted: Drifted, difference: Difference) -> Outlook:
        """For one property."""
        says = self._says(drifted.path, difference.path)
        if says and says != difference.expected and says == difference.actual:
            return Outlook(Fate.AGREES)
        affected = self.affected.get(drifted.path)
        if affected is None:
            return Outlook(Fate.LEAVES)
        if any(edit.place[:1] == difference.path[:1] for edit in affected.change.properties):
            return Outlook(Fate.OVERWRITES, says)
        return Outlook(Fate.TOUCHES)

    def words(self, drifted: Drifted, difference: Difference) -> str:
        """How the template writes the property, where that is not its value: `!Ref Retention`."""
        resource = self.head.resources.get(drifted.path)
        raw = _at(resource.raw.get("Properties"), difference.path) if resource else None
        return short(raw) if isinstance(raw, dict) and len(raw) == 1 else ""

    def _says(self, path: str, place: tuple[str, ...]) -> str:
        resource = self.head.resources.get(path)
        value = _at(resource.properties, place) if resource else None
        return text_of(value) if value is not None and known(value) else ""


def future(
    base: TemplateSet, base_parameters: Mapping[str, str], head: TemplateSet, parameters: Mapping[str, str]
) -> Future:
    """What deploying `head` over `base` would touch."""
    after = resolve(head, parameters)
    difference = diff(Side(base, resolve(base, base_parameters)), Side(head, after))
    return Future(after, {found.path: found for found in assess(difference)})


def short(raw: Mapping[str, Json]) -> str:
    """An intrinsic function in the short form of YAML, as far as it fits a line."""
    name, value = next(iter(raw.items()))
    if name == "Ref":
        return f"!Ref {value}"
    if name.startswith("Fn::") and isinstance(value, str):
        return f"!{name[4:]} {value}"
    return f"!{name[4:]} ..." if name.startswith("Fn::") else ""


def _at(value: T, place: tuple[str, ...]) -> T | None:
    """What stands at a place, in resolved properties or in those as written."""
    found: Any = value
    for step in place:
        if isinstance(found, dict):
            found = found.get(step)
        elif isinstance(found, list) and step.isdigit() and int(step) < len(found):
            found = found[int(step)]
        else:
            return None
    return found  # type: ignore[no-any-return]
