"""A plan as JSON, for pipelines. Fields are only ever added; `format` counts up when one changes its meaning."""

from __future__ import annotations

from collections.abc import Iterable

from showcore_cfn.cost.line import cents
from showcore_cfn.deploy.drift.detection import Drifted
from showcore_cfn.deploy.planning.judge import Do, Planned, Touch
from showcore_cfn.deploy.planning.plan import Edit, Plan
from showcore_cfn.deploy.planning.plan_text import verdict
from showcore_cfn.template.json_types import Json

FORMAT = 1


def as_json(plan: Plan) -> dict[str, Json]:
    """The plan; amounts of money are texts, so that no cent is lost."""
    desired = plan.desired
    return {
        "format": FORMAT,
        "stack": desired.stack_name,
        "stack_id": plan.stack_id,
        "account": desired.account_id,
        "region": desired.region,
        "change_set": plan.arn,
        "creates": plan.creates,
        "nested": plan.nested,
        "templates": dict(plan.hashes),
        "verdict": verdict(plan),
        "counts": {do.value: plan.count(do) for do in Do},
        "blockers": list(plan.comparison.refusals),
        "data_at_risk": [planned.path for planned in plan.at_risk],
        "security": [
            {"path": c.path, "direction": c.direction.value, "grave": c.grave, "sentence": c.sentence}
            for c in plan.comparison.security
        ],
        "changes": _resources(plan.felt),
        "reevaluations": _resources(plan.hidden),
        "unseen": list(plan.unseen),
        "parameters": _edits(plan.parameter_edits()),
        "outputs": _edits(plan.output_edits()),
        "tags": _edits(plan.tag_edits()),
        "cost": _cost(plan),
        "drift": [_drifted(drifted) for drifted in plan.drift.drifted],
    }


def _resources(planned: Iterable[Planned]) -> list[Json]:
    return [_resource(resource) for resource in planned]


def _resource(planned: Planned) -> Json:
    return {
        "path": planned.path,
        "type": planned.type,
        "do": planned.do.value,
        "certainty": planned.certainty.name.lower(),
        "replacement": planned.replacement.name.lower() if planned.replacement else None,
        "fate": planned.fate.value if planned.fate else None,
        "holds": planned.holds or None,
        "losses": list(planned.losses),
        "by_comparison": planned.by_comparison,
        "properties": [_touch(touch) for touch in planned.touches],
    }


def _drifted(drifted: Drifted) -> Json:
    return {
        "path": drifted.path,
        "status": drifted.found.status,
        "properties": [
            {"name": ".".join(found.path), "expected": found.expected, "actual": found.actual}
            for found in drifted.found.differences
        ],
    }


def _touch(touch: Touch) -> Json:
    return {
        "name": touch.name,
        "certainty": touch.certainty.name.lower(),
        "recreates": touch.recreates.name.lower() if touch.recreates else None,
        "before": touch.before,
        "after": touch.after,
        "because": touch.because or None,
    }


def _edits(edits: Iterable[Edit]) -> list[Json]:
    return [{"name": edit.name, "before": edit.before, "after": edit.after} for edit in edits]


def _cost(plan: Plan) -> Json:
    delta = plan.comparison.cost
    return {
        "monthly_usd": str(cents(plan.comparison.month.total)),
        "difference_usd": str(cents(delta.difference)) if delta else None,
    }
