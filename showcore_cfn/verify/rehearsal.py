"""Verification against the embedded AWS: every check that it can answer, and why it cannot answer the others."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from showcore_cfn.verify.check import Outcome, Verdict, Way
from showcore_cfn.verify.expected import Expected
from showcore_cfn.verify.look import Look
from showcore_cfn.verify.registry import CHECKS
from showcore_cfn.verify.run import run

UNANSWERABLE: Mapping[str, str] = {
    "7.1-gateway-routes": "gateway endpoints put no routes into the route tables there",
    "7.1-endpoint-dns": "interface endpoints lose their security groups and private DNS there",
    "7.1-database-secret": "RDS keeps no master password in Secrets Manager there",
    "7.1-cache-node": "the node of a replication group has another name there",
    "12.1-managed-keys": "there is no KMS key behind the database and the vault",
    "12.2-cost-tags": "Cost Explorer has no cost allocation tags there",
    "12.2-tag-policy": "Organizations has no effective policies there",
    "12.3-tag-compliance": "the tagging API and Cloud Control leave out most services there",
    "12.4-costs": "nothing costs anything there",
    "12.4-account-plan": "there is no free tier API",
    "13.1-alarm-metrics": "an alarm over several metrics keeps only the first there",
    "13.1-backup-jobs": "no backup job runs by itself there",
    "13.1-cache-events": "ElastiCache forgets its notification topic there",
    "13.1-cache-snapshot": "no snapshot is made by itself there",
    "13.1-recovery-point": "no recovery point is made by itself there",
    "15.1-rules-compliant": "Config judges nothing there",
    "15.2-trail-delivery": "CloudTrail writes no log files there",
    "15.3-callers": "CloudTrail records no calls there",
    "15.3-denied-calls": "the trail keeps no log group there",
    "15.3-deployment-calls": "CloudTrail records no calls there",
}


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """What was checked, and what could not be, by check id with the reason."""

    outcomes: tuple[Outcome, ...]
    left_out: Mapping[str, str]

    @property
    def wrong(self) -> tuple[Outcome, ...]:
        """The outcomes that are neither passed nor switched off: a rehearsal fails for any of them."""
        return tuple(each for each in self.outcomes if each.verdict not in (Verdict.PASSED, Verdict.OFF))


def rehearse(look: Look, expected: Expected, monotonic: Callable[[], float]) -> Rehearsed:
    """Run every check that only looks and that the embedded AWS can answer."""
    probes = {
        each.id: "it needs a real instance, server or edge" for each in CHECKS if each.way is not Way.READ
    }
    left_out = {**UNANSWERABLE, **probes}
    checks = [each for each in CHECKS if each.id not in left_out]
    return Rehearsed(run(checks, look, expected, monotonic), left_out)
