"""Verification against the embedded AWS: every check that it can answer, and why it cannot answer the others."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from showcore_cfn.verify.check import Outcome, Verdict, Way
from showcore_cfn.verify.expected import Expected
from showcore_cfn.verify.look import Look
from showcore_cfn.verify.registry import CHECKS
from showcore_cfn.verify.run import run

UNANSWERABLE: Mapping[str, str] = {}


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
