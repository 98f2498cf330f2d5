"""The difference that a change makes to the monthly bill, resource by resource."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from showcore_cfn.cost.line import Estimate, Unpriced, cents

ALLOWANCES = "always-free allowances"


@dataclass(frozen=True, slots=True)
class Change:
    """One resource whose month costs another amount than before; None where it does not exist."""

    path: str
    before: Decimal | None
    after: Decimal | None

    @property
    def difference(self) -> Decimal:
        """USD a month; below zero is a saving."""
        return (self.after or Decimal(0)) - (self.before or Decimal(0))


@dataclass(frozen=True, slots=True)
class Delta:
    """Two estimates, and what lies between them."""

    before: Decimal
    after: Decimal
    changes: tuple[Change, ...]  # widest first; they add up to `difference`
    unpriced: tuple[Unpriced, ...]  # new ones: their cost is in no total

    @property
    def difference(self) -> Decimal:
        """USD a month; below zero is a saving."""
        return self.after - self.before


def delta(before: Estimate, after: Estimate) -> Delta:
    """What changes between two estimates that were made on the same terms."""
    old, new = _by_path(before), _by_path(after)
    found = [Change(path, old.get(path), new.get(path)) for path in dict.fromkeys([*old, *new])]
    changed = [change for change in found if change.difference]
    known = set(before.unpriced)
    return Delta(
        before.total,
        after.total,
        tuple(sorted(changed, key=lambda change: -abs(change.difference))),
        tuple(item for item in after.unpriced if item not in known),
    )


def _by_path(month: Estimate) -> dict[str, Decimal]:
    """Each resource's lines, and the allowances as one row: which resource draws on them is a matter of order."""
    amounts: dict[str, Decimal] = {}
    for line in month.lines:
        amounts[line.path] = amounts.get(line.path, Decimal(0)) + line.monthly
    taken = sum((credit.monthly for credit in month.credits), Decimal(0))
    return {**amounts, ALLOWANCES: -taken} if taken else amounts


def sentence(found: Delta) -> str:
    """The difference in words: "+7.30 USD a month, from 58.55 to 65.85"."""
    difference = cents(found.difference)
    if not difference:
        return f"The monthly cost stays at {cents(found.after):,} USD."
    return f"{difference:+,} USD a month, from {cents(found.before):,} to {cents(found.after):,} USD."
