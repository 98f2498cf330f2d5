"""A review for machines; `docs/schemas/review.schema.json` describes it, and a test holds the two together."""

from __future__ import annotations

import json

from showcore_cfn.review import wording
from showcore_cfn.review.compare import Edit
from showcore_cfn.review.diff import Around
from showcore_cfn.review.impact import Affected, Judged
from showcore_cfn.review.review import Review
from showcore_cfn.review.values import Reference, Unknown, Value
from showcore_cfn.template.json_types import Json
from showcore_cfn.template.load import Problem

VERSION = 1  # of the schema: raised when a field goes or changes its meaning, not when one is added

Row = dict[str, Json]


def as_json(review: Review) -> str:
    """The whole review; values that only the deployment will know are text with `${...}` in it."""
    return json.dumps(document(review), indent=2, ensure_ascii=False) + "\n"


def document(review: Review) -> Row:
    """The same as a dictionary."""
    return {
        "version": VERSION,
        "base": review.base.label,
        "head": review.head.label,
        "verdict": wording.verdict(review),
        "changesNothing": review.changes_nothing,
        "counts": {**wording.counts(review.affected)},
        "refusals": list(review.refusals),
        "doubts": list(review.doubts),
        "dataAtRisk": [{"resource": a.path, "sentence": wording.risk(a)} for a in review.at_risk],
        "intents": [
            {"resource": i.path, "level": i.level, "what": i.what, "why": i.why} for i in review.intents
        ],
        "security": [
            {
                "direction": c.direction.value,
                "area": c.area.value,
                "resource": c.path,
                "grave": c.grave,
                "sentence": c.sentence,
            }
            for c in review.security
        ],
        "cost": _cost(review),
        "resources": [_resource(review, affected) for affected in review.affected],
        "around": [_around(around) for around in review.difference.around],
        "exports": [{"name": str(e.place[0]), "kind": e.kind.value} for e in review.difference.exports],
        "rewritten": list(review.difference.rewritten),
        "problems": [_problem(problem) for problem in review.problems],
    }


def _cost(review: Review) -> Row | None:
    cost = review.cost
    if cost is None:
        return None
    return {
        "currency": "USD",
        "monthlyBefore": round(float(cost.before), 2),
        "monthlyAfter": round(float(cost.after), 2),
        "monthlyDifference": round(float(cost.difference), 2),
        "known": cost.known,
        "budget": None if review.budget_usd is None else float(review.budget_usd),
        "resources": [
            {"resource": c.path, "difference": round(float(c.difference), 2)} for c in cost.changes
        ],
        "unpriced": [{"resource": u.path, "reason": u.reason} for u in cost.unpriced],
    }


def _resource(review: Review, affected: Affected) -> Row:
    change, resource = affected.change, affected.change.resource
    document = review.templates.documents.get(resource.document) if change.after else None
    moved = change.before.path if change.before is not None and change.before.path != affected.path else None
    return {
        "path": affected.path,
        "stack": resource.stack,
        "logicalId": resource.logical_id,
        "type": resource.type,
        "action": change.action.value,
        "outcome": wording.outcome(affected),
        "impact": str(affected.impact),
        "forcedBy": list(affected.forced_by),
        "movedFrom": moved,
        "oldOneIs": affected.fate.value if affected.fate else None,
        "holds": affected.holds or None,
        "refusal": affected.refusal or None,
        "file": resource.document,
        "line": document.line(("Resources", resource.logical_id)) if document is not None else None,
        "differences": [_judged(judged) for judged in affected.judged],
        "causes": [
            {"property": c.where, "resource": c.target, "impact": str(c.impact), "certain": c.certain}
            for c in affected.causes
        ],
    }


def _judged(judged: Judged) -> Row:
    return {**_edit(judged.edit), "impact": str(judged.impact), "why": judged.why or None}


def _edit(edit: Edit) -> Row:
    return {
        "place": edit.where,
        "kind": edit.kind.value,
        "before": _plain(wording.shown(edit, edit.before)),
        "after": _plain(wording.shown(edit, edit.after)),
        "certain": edit.certain,
    }


def _around(around: Around) -> Row:
    return {
        "file": around.document,
        "section": around.section,
        "felt": around.felt,
        **{key: value for key, value in _edit(around.edit).items() if key != "certain"},
    }


def _problem(problem: Problem) -> Row:
    return {"file": problem.name, "line": problem.line, "sentence": problem.sentence}


def _plain(value: Value) -> Json:
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    if isinstance(value, Reference):
        return f"${{{value}}}"
    return value.text if isinstance(value, Unknown) else value
