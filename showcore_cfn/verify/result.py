"""All outcomes of one verification: counted, judged, and compared with those of an earlier one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from showcore_cfn.errors import Exit
from showcore_cfn.verify.check import Outcome, Verdict


class Since(StrEnum):
    """What became of a check since an earlier report."""

    BROKEN = "broken since"
    STILL = "not passing then either"
    MENDED = "mended since"
    LOST_SIGHT = "could be seen then"
    NEW = "not in the earlier report"
    SAME = ""


@dataclass(frozen=True, slots=True)
class Verification:
    """What was looked at, where and when, and what came of it."""

    account_id: str
    region: str
    environment: str
    stack_name: str
    began: datetime  # UTC
    outcomes: tuple[Outcome, ...]
    commit: str = ""
    stack_id: str = ""
    deployed: datetime | None = None
    monthly_usd: float | None = None
    earlier: Mapping[str, str] = field(default_factory=dict)  # check id -> verdict of an earlier report
    earlier_began: str = ""

    def count(self, verdict: Verdict) -> int:
        """How many outcomes came to this."""
        return sum(outcome.verdict is verdict for outcome in self.outcomes)

    @property
    def exit_code(self) -> Exit:
        """STOPPED where a check fails, else ERROR where one could not look, else DONE."""
        if self.count(Verdict.FAILED):
            return Exit.STOPPED
        return Exit.ERROR if self.count(Verdict.BLIND) or not self.outcomes else Exit.DONE

    def since(self, outcome: Outcome) -> Since:
        """What became of a check since the earlier report; SAME where there is none."""
        if not self.earlier:
            return Since.SAME
        before = self.earlier.get(outcome.check.id)
        if before is None:
            return Since.NEW
        if outcome.verdict is Verdict.PASSED:
            return Since.MENDED if before in (Verdict.FAILED, Verdict.BLIND) else Since.SAME
        if outcome.verdict is Verdict.FAILED:
            return Since.STILL if before == Verdict.FAILED else Since.BROKEN
        if outcome.verdict is Verdict.BLIND:
            return Since.STILL if before == Verdict.BLIND else Since.LOST_SIGHT
        return Since.SAME


def total_line(outcomes: tuple[Outcome, ...]) -> str:
    """ "12 passed, 1 failed, 2 could not look": every verdict that there is, the failures always."""
    counts = [(sum(each.verdict is verdict for each in outcomes), verdict) for verdict in Verdict]
    return ", ".join(
        f"{n} {verdict}" for n, verdict in counts if n or verdict in (Verdict.PASSED, Verdict.FAILED)
    )
