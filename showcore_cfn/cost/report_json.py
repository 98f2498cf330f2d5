"""The report for machines: one object, described by `docs/schemas/cost.schema.json`. Amounts are USD."""

from __future__ import annotations

import json
from decimal import Decimal

from showcore_cfn.cost.compare import Alternative
from showcore_cfn.cost.delta import Delta
from showcore_cfn.cost.free_tier import TERMS
from showcore_cfn.cost.report import Report
from showcore_cfn.template.json_types import Json

_DIGITS = 6  # far below a cent: what is added up outside still fits


def as_json(report: Report) -> str:
    """The whole report, ending with a newline; parts that were not asked for are empty lists."""
    return json.dumps(as_data(report), indent=2) + "\n"


def as_data(report: Report) -> dict[str, Json]:
    """The report as JSON values."""
    month, prices = report.estimate, report.terms.prices
    return {
        "title": report.title,
        "region": prices.region,
        "currency": "USD",
        "prices_checked": prices.checked.isoformat(),
        "usage_preset": report.terms.usage.preset.value,
        "usage": {key: _usd(value) for key, value in report.terms.usage.values.items()},
        "total": _usd(month.total),
        "complete": month.complete,
        "fixed": _usd(month.fixed),
        "used": _usd(month.usage),
        "by_stack": {stack: _usd(usd) for stack, usd in month.by_stack().items()},
        "by_service": {service: _usd(usd) for service, usd in month.by_service().items()},
        "lines": _lines(report),
        "allowances": _allowances(report),
        "not_priced": [{"path": u.path, "type": u.type, "reason": u.reason} for u in month.unpriced],
        "free": [
            {"path": f.path, "type": f.type, "reason": f.reason, "source": f.source} for f in month.free
        ],
        "plan": _plan(report) if report.planned else None,
        "billing_alarms": [
            {"name": a.name, "path": a.path, "threshold": _usd(a.threshold), "day": a.day}
            for a in report.alarms
        ],
        "free_tier": _free_tier(report),
        "steps_to_plan": _alternatives(report.ladder),
        "alternatives": _alternatives(report.alternatives),
        "endpoints": _endpoints(report),
        "sensitivity": [
            {"assumption": s.key, "low": _usd(s.low), "high": _usd(s.high)} for s in report.sensitivity
        ],
    }


def _usd(amount: Decimal) -> float:
    return float(round(amount, _DIGITS))


def _lines(report: Report) -> list[Json]:
    return [
        {
            "path": line.path,
            "stack": line.stack,
            "type": line.type,
            "service": line.service,
            "what": line.what,
            "kind": line.kind.value,
            "quantity": _usd(line.quantity),
            "unit": line.unit,
            "price": line.price,
            "usd_each": float(line.usd),
            "usd_monthly": _usd(line.monthly),
        }
        for line in report.estimate.lines
    ]


def _allowances(report: Report) -> list[Json]:
    return [
        {
            "allowance": credit.allowance,
            "path": credit.path,
            "quantity": _usd(credit.quantity),
            "unit": credit.unit,
            "price": credit.price,
            "usd_monthly": _usd(credit.monthly),
        }
        for credit in report.estimate.credits
    ]


def _free_tier(report: Report) -> dict[str, Json]:
    terms = TERMS[report.free_tier]
    months: list[Json] = [
        {
            "month": month.number,
            "bill": _usd(month.bill),
            "covered": _usd(month.covered),
            "pay": _usd(month.pay),
            "paid_so_far": _usd(month.so_far),
        }
        for month in report.months
    ]
    return {
        "kind": report.free_tier.value,
        "covers": terms.covers,
        "ends": terms.ends,
        "source": terms.source,
        "months": months,
    }


def _alternatives(rows: tuple[Alternative, ...]) -> list[Json]:
    return [
        {
            "key": row.key,
            "title": row.title,
            "how": row.how,
            "effect": row.effect,
            "total": _usd(row.total),
            "difference": _usd(row.difference),
        }
        for row in rows
    ]


def _endpoints(report: Report) -> list[Json]:
    return [
        {
            "endpoints": row.endpoints,
            "zones": row.zones,
            "cost": _usd(row.cost),
            "against_nat_gateway": _usd(row.against_nat),
            "against_nat_gateway_and_address": _usd(row.against_nat_and_address),
            "total": _usd(row.total),
            "total_with_metrics": _usd(row.with_metrics),
            "total_with_offers": _usd(row.with_offers),
            "total_with_offers_and_metrics": _usd(row.with_offers_and_metrics),
        }
        for row in report.endpoints
    ]


def _plan(report: Report) -> dict[str, Json]:
    return {
        "low": _usd(report.verdict.low),
        "high": _usd(report.verdict.high),
        "standing": report.verdict.standing.value,
        "beyond": _usd(report.verdict.beyond),
    }


def delta_data(found: Delta) -> dict[str, Json]:
    """A difference as JSON values, for a review."""
    changes: list[Json] = [
        {
            "path": change.path,
            "before": None if change.before is None else _usd(change.before),
            "after": None if change.after is None else _usd(change.after),
            "difference": _usd(change.difference),
        }
        for change in found.changes
    ]
    return {
        "before": _usd(found.before),
        "after": _usd(found.after),
        "difference": _usd(found.difference),
        "known": found.known,
        "changes": changes,
        "not_priced": [{"path": u.path, "type": u.type, "reason": u.reason} for u in found.unpriced],
    }
