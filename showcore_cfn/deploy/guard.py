"""What must not happen by accident. Each guard is lifted by its own name, and there is none that lifts all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from showcore_cfn.cost.line import money
from showcore_cfn.deploy.desired import PROTECTION
from showcore_cfn.deploy.planning.judge import Certainty, Do, Planned
from showcore_cfn.deploy.planning.plan import Plan
from showcore_cfn.errors import UsageError
from showcore_cfn.review import retention
from showcore_cfn.review.security import Area, Direction, SecurityChange
from showcore_cfn.settings import setting_of

_LONG_LIVED = {  # no data, but what stands on it goes down with it
    "AWS::CloudFront::Distribution": "a distribution and its domain name",
    "AWS::EC2::VPC": "a network and all that stands in it",
}


@dataclass(frozen=True, slots=True)
class Lifted:
    """The guards that the caller lifts: paths such as `database/Database`."""

    delete: tuple[str, ...] = ()
    replace: tuple[str, ...] = ()
    loss: tuple[str, ...] = ()
    broadening: bool = False
    max_monthly_usd: Decimal | None = None  # a limit of its own; None: no limit


def refusals(plan: Plan, lifted: Lifted) -> tuple[str, ...]:
    """Why the plan may not be executed as it is, one sentence each; nothing where it may."""
    return (
        *plan.comparison.refusals,
        *(f"{name}: what changes in it is not known here, so it cannot be judged." for name in plan.unseen),
        *_gone(plan, lifted),
        *_kept_shorter(plan, lifted),
        *_widenings(plan, lifted),
        *_costs(plan, lifted),
    )


def check_names(plan: Plan, lifted: Lifted) -> None:
    """UsageError where an option names what the plan does not do that to: most likely a typing error."""
    for option, that, names, done_to in (
        ("--allow-delete", "delete {}", lifted.delete, [p.path for p in plan.felt if p.do is Do.DELETE]),
        ("--allow-replace", "replace {}", lifted.replace, [p.path for p in plan.felt if p.do is Do.REPLACE]),
        ("--allow-loss", "make {} keep less", lifted.loss, [p.path for p in plan.felt if p.losses]),
    ):
        for name in names:
            if name not in done_to:
                does = that.format(", ".join(done_to) or "nothing")
                raise UsageError(f"{option} {name}: the plan does not {that.format('it')}. It does {does}.")


def guarded(planned: Planned) -> str:
    """What is lost when this resource goes, such as "a database"; empty where it may go freely."""
    return planned.holds or _LONG_LIVED.get(planned.type, "")


def _gone(plan: Plan, lifted: Lifted) -> Iterator[str]:
    allowed = {Do.DELETE: lifted.delete, Do.REPLACE: lifted.replace}
    for planned in plan.felt:
        held = guarded(planned)
        if held and planned.path not in allowed.get(planned.do, (planned.path,)):
            may = "may be " if Certainty.POSSIBLE in (planned.certainty, planned.replacement) else "is "
            yield (
                f"{planned.path} holds {held} and {may}{planned.do}d. "
                f"--allow-{planned.do} {planned.path} lets it happen."
            )


def _kept_shorter(plan: Plan, lifted: Lifted) -> Iterator[str]:
    for planned in plan.felt:
        if planned.losses and planned.path not in lifted.loss:
            said = retention.sentence(planned.path, planned.losses)
            yield f"{said} --allow-loss {planned.path} lets it happen."


def _widenings(plan: Plan, lifted: Lifted) -> Iterator[str]:
    if lifted.broadening:
        return
    if not plan.creates and plan.comparison.deployed is None:
        yield (
            "what is deployed cannot be read, so who gains access, and what is kept for a shorter time, "
            "is not known. --allow-broadening lets it happen."
        )
    lossy = {planned.path: planned.type for planned in plan.felt if planned.losses}
    for change in plan.comparison.security:
        is_a_loss = change.path in lossy and retention.tells_of(lossy[change.path], change.place)
        if change.direction is Direction.WIDENS and not is_a_loss:  # a loss has a guard of its own
            said = change.sentence.removeprefix(f"{change.path}: ").rstrip(".")
            subject = "" if said.startswith(change.path) else f"{change.path}: "
            yield f"{subject}{said}. {_instead(plan, change)}--allow-broadening lets it happen."


def _instead(plan: Plan, change: SecurityChange) -> str:
    """The first remedy where the database loses its protection: what stands has it, and the settings do not."""
    off = any(edit.name == PROTECTION and edit.after == "false" for edit in plan.parameter_edits())
    if off and change.area is Area.PROTECTION and change.place == ("DeletionProtection",):
        return f"{setting_of(PROTECTION)} = true in the settings keeps it; "
    return ""


def _costs(plan: Plan, lifted: Lifted) -> Iterator[str]:
    month, limit = plan.comparison.month, lifted.max_monthly_usd
    if limit is None:
        return
    if month.total > limit:
        yield (
            f"a month would cost {money(month.total)} USD, above the limit of {money(limit)} USD. "
            "--max-monthly sets another limit."
        )
    change = plan.comparison.cost
    unpriced = month.unpriced if change is None else change.unpriced
    for item in unpriced:
        yield (
            f"{item.path} has no price ({item.reason}), so a month cannot be held against the limit of "
            f"{money(limit)} USD. Without a limit (--max-monthly, cost.max_monthly_usd) it is deployed unpriced."
        )
