"""What must not happen by accident. Each guard is lifted by its own name, and there is none that lifts all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from showcore_cfn.cost.line import money
from showcore_cfn.deploy.judge import Certainty, Do, Planned
from showcore_cfn.deploy.plan import Plan
from showcore_cfn.errors import UsageError
from showcore_cfn.review.security import Direction

_LONG_LIVED = {  # no data, but what stands on it goes down with it
    "AWS::CloudFront::Distribution": "a distribution and its domain name",
    "AWS::EC2::VPC": "a network and all that stands in it",
}


@dataclass(frozen=True, slots=True)
class Lifted:
    """The guards that the caller lifts: paths such as `database/Database`."""

    delete: tuple[str, ...] = ()
    replace: tuple[str, ...] = ()
    broadening: bool = False
    max_monthly_usd: Decimal | None = None  # a limit of its own; None: no limit


def refusals(plan: Plan, lifted: Lifted) -> tuple[str, ...]:
    """Why the plan may not be executed as it is, one sentence each; nothing where it may."""
    return (
        *plan.comparison.refusals,
        *(f"{name}: what changes in it is not known here, so it cannot be judged." for name in plan.unseen),
        *_losses(plan, lifted),
        *_widenings(plan, lifted),
        *_costs(plan, lifted),
    )


def check_names(plan: Plan, lifted: Lifted) -> None:
    """UsageError where an option names what the plan does not delete or replace: most likely a typing error."""
    for option, do, names in (
        ("--allow-delete", Do.DELETE, lifted.delete),
        ("--allow-replace", Do.REPLACE, lifted.replace),
    ):
        planned = [found.path for found in plan.felt if found.do is do]
        for name in names:
            if name not in planned:
                listed = ", ".join(planned) or "nothing"
                raise UsageError(f"{option} {name}: the plan does not {do} it. It does {do}: {listed}.")


def guarded(planned: Planned) -> str:
    """What is lost when this resource goes, such as "a database"; empty where it may go freely."""
    return planned.holds or _LONG_LIVED.get(planned.type, "")


def _losses(plan: Plan, lifted: Lifted) -> Iterator[str]:
    allowed = {Do.DELETE: lifted.delete, Do.REPLACE: lifted.replace}
    for planned in plan.felt:
        held = guarded(planned)
        if held and planned.path not in allowed.get(planned.do, (planned.path,)):
            may = "may be " if Certainty.POSSIBLE in (planned.certainty, planned.replacement) else "is "
            yield (
                f"{planned.path} holds {held} and {may}{planned.do}d. "
                f"--allow-{planned.do} {planned.path} lets it happen."
            )


def _widenings(plan: Plan, lifted: Lifted) -> Iterator[str]:
    if not lifted.broadening:
        for change in plan.comparison.security:
            if change.direction is Direction.WIDENS:
                yield f"{change.path}: {change.sentence.rstrip('.')}. --allow-broadening lets it happen."


def _costs(plan: Plan, lifted: Lifted) -> Iterator[str]:
    total, limit = plan.comparison.month.total, lifted.max_monthly_usd
    if limit is not None and total > limit:
        yield (
            f"a month would cost {money(total)} USD, above the limit of {money(limit)} USD. "
            "--max-monthly sets another limit."
        )
