"""What AWS refuses, and what silently does not work: one rule each, by service.

`check_all` runs every rule over a resolved nest. A resource can be excused from a rule by its Metadata, with
the reason:

    Metadata:
      showcore:
        silence:
          SC-RDS-003: The two windows overlap on purpose; the instance is recreated every night.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib import import_module

from showcore_cfn.check.finding import Finding, in_order
from showcore_cfn.check.rules.cases import Case, cases
from showcore_cfn.check.rules.rule import Rule, Rulebook
from showcore_cfn.check.rules.silence import silenced
from showcore_cfn.check.rules.variants import variants
from showcore_cfn.check.rules.view import View
from showcore_cfn.review.resolve import Nest
from showcore_cfn.template.load import TemplateSet

__all__ = ["TOPICS", "Case", "Rule", "cases", "check_all", "find", "rules"]

TOPICS = (  # the modules that hold rules, in the order of their documentation
    "metadata",
    "rds",
    "rds_storage",
    "rds_engines",
    "elasticache",
    "elasticache_groups",
    "cloudwatch_metrics",
    "metric_units",
    "cloudwatch_alarms",
    "alarm_wiring",
    "dashboards",
    "iam",
    "iam_principals",
    "iam_roles",
    "iam_resources",
    "sns",
    "sns_policies",
    "sqs",
    "events",
    "event_targets",
    "s3",
    "s3_notifications",
    "s3_lifecycle",
    "s3_policies",
    "cloudfront",
    "cloudfront_behaviours",
    "network",
    "endpoints",
    "security_groups",
    "backup",
    "logs",
    "cloudtrail",
    "config",
    "ssm",
    "keys",
    "account",
    "nested",
    "safety",
    "naming",
    "functions",
    "containers",
    "balancers",
    "instances",
    "web",
    "dns",
    "data",
    "state_machines",
)


@cache
def rules() -> tuple[Rule, ...]:
    """Every rule, by topic and in order of its id."""
    books = (import_module(f"{__name__}.{topic}").BOOK for topic in TOPICS)
    return tuple(rule for book in books for rule in _of(book))


def _of(book: Rulebook) -> list[Rule]:
    return sorted(book.rules, key=lambda rule: rule.id)


def find(rule_id: str) -> Rule | None:
    """The rule with an id, in any case of letters; None where there is none."""
    return next((rule for rule in rules() if rule.id == rule_id.strip().upper()), None)


def check_all(nest: Nest, templates: TemplateSet) -> tuple[Finding, ...]:
    """What every rule finds in a nest that was resolved from these templates, worst first.

    A small set is looked at under the other values that its parameters allow, too (`variants`).
    """
    found = list(_findings(View(nest, templates)))
    places = {(finding.rule, finding.document, finding.path) for finding in found}
    for variant in variants(nest, templates):
        others = _findings(View(variant, templates))
        found.extend(f for f in others if (f.rule, f.document, f.path) not in places)
    return in_order(found)


def _findings(view: View) -> Iterator[Finding]:
    for rule in rules():
        for hit in rule.look(view):
            if not silenced(view, rule.id, hit):
                document = view.templates.documents.get(hit.document)
                yield rule.finding(hit, document.line(hit.path) if document else 1)
