"""Small template sets, and the difference between two of them, for the tests of a review."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from showcore_cfn.review.assess import assess
from showcore_cfn.review.diff import Difference, Side, diff
from showcore_cfn.review.impact import Affected
from showcore_cfn.review.resolve import resolve
from showcore_cfn.review.review import Review, review
from showcore_cfn.review.sources import Source, loaded
from showcore_cfn.template.json_types import Json

Texts = Mapping[str, str]
FIXTURES = Path(__file__).parents[2] / "fixtures" / "review"


def template(**resources: Json) -> str:
    """A template of these resources, as JSON."""
    return json.dumps({"Resources": resources})


def one(kind: str, properties: Json, **attributes: Json) -> dict[str, Json]:
    """One resource."""
    return {"Type": kind, "Properties": properties, **attributes}


def side(texts: Texts | str, parameters: Mapping[str, str] | None = None) -> Side:
    """A set as read and resolved; a lone text is `app.yaml`."""
    found = loaded(_named(texts))
    return Side(found, resolve(found, parameters or {}, everything=True))


def difference(
    before: Texts | str, after: Texts | str, parameters: Mapping[str, str] | None = None
) -> Difference:
    """The difference between two sets."""
    return diff(side(before, parameters), side(after, parameters))


def affected(before: Texts | str, after: Texts | str) -> dict[str, Affected]:
    """What a change touches and reaches, by path."""
    return {item.path: item for item in assess(difference(before, after))}


def reviewed(before: Texts | str, after: Texts | str, *, with_cost: bool = False) -> Review:
    """The whole review."""
    base = Source("main", loaded(_named(before)), "templates")
    head = Source("topic", loaded(_named(after), (), base.templates.documents.values()), "templates")
    return review(base, head, {}, with_cost=with_cost)


def _named(texts: Texts | str) -> Texts:
    return {"app.yaml": texts} if isinstance(texts, str) else texts


def rows(name: str) -> list[list[str]]:
    """The rows of a table of `tests/fixtures/review/`, its columns divided by ` | `."""
    lines = (FIXTURES / name).read_text(encoding="utf-8").splitlines()
    return [line.split(" | ") for line in lines if not line.startswith("#")]
