"""Silencing: which rules a resource's Metadata excuses it from, and with what reason."""

from __future__ import annotations

from collections.abc import Mapping

from showcore_cfn.check.rules.view import Hit, View
from showcore_cfn.template.json_types import Json

METADATA_KEY = "showcore"
SILENCE_KEY = "silence"


def reasons(raw: Mapping[str, Json]) -> dict[str, Json]:
    """Rule id to reason, as written in a resource's Metadata or a template's."""
    found: Json = raw.get("Metadata")
    for key in (METADATA_KEY, SILENCE_KEY):
        found = found.get(key) if isinstance(found, dict) else None
    return found if isinstance(found, dict) else {}


def is_reason(value: Json) -> bool:
    """Whether a value says why: text that is more than blanks."""
    return isinstance(value, str) and bool(value.strip())


def silenced(view: View, rule_id: str, hit: Hit) -> bool:
    """Whether the resource that a rule hit is excused from it, with a reason."""
    document = view.templates.documents.get(hit.document)
    if document is None:
        return False
    if hit.resource is None:
        return is_reason(reasons(document.body).get(rule_id))
    raw = view.once("raw resources", _raw).get((hit.document, hit.resource))
    if raw is None:
        resources = document.body.get("Resources")
        raw = resources.get(hit.resource) if isinstance(resources, dict) else None
    return isinstance(raw, dict) and is_reason(reasons(raw).get(rule_id))


def _raw(view: View) -> dict[tuple[str, str], Json]:
    """The resources of a nest as written, with those that a loop makes."""
    return {(item.resource.document, item.id): item.resource.raw for item in view.items.values()}
