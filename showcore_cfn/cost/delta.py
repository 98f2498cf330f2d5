"""The difference that a change makes to the monthly bill, resource by resource."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from decimal import Decimal
from typing import NamedTuple

from showcore_cfn.cost.line import Estimate, Unpriced, at_least, cents

ALLOWANCES = "always-free allowances"


class Change(NamedTuple):
    """One resource whose month costs another amount than before; None where it does not exist."""

    path: str
    before: Decimal | None
    after: Decimal | None

    @property
    def difference(self) -> Decimal:
        """USD a month; below zero is a saving."""
        return (self.after or Decimal(0)) - (self.before or Decimal(0))


class Delta(NamedTuple):
    """Two estimates, and what lies between them."""

    before: Decimal
    after: Decimal
    changes: tuple[Change, ...]  # widest first; they add up to `difference`
    unpriced: tuple[Unpriced, ...]  # of the change: what it does to the bill is not known as a whole
    before_complete: bool = True  # whether everything had a price, so that `before` is no less than it was
    after_complete: bool = True

    @property
    def known(self) -> bool:
        """Whether the difference is the whole one."""
        return not self.unpriced

    @property
    def difference(self) -> Decimal:
        """USD a month of what has a price on both sides; below zero is a saving."""
        return sum((change.difference for change in self.changes), Decimal(0))


def delta(before: Estimate, after: Estimate, touched: Collection[str] = ()) -> Delta:
    """What changes between two estimates that were made on the same terms.

    `touched` are paths that the change touches: what has no price among them counts as part of it, even where
    the reason stays the same. A resource that had a price and has none any more is no saving, nor the other way
    round a cost: it stands in `unpriced` and in no change.
    """
    open_ones = tuple(dict.fromkeys(_open(before, after, touched)))
    old, new = _by_path(before), _by_path(after)
    unclear = {item.path for item in open_ones} & old.keys()
    found = [Change(path, old.get(path), new.get(path)) for path in dict.fromkeys([*old, *new])]
    changed = [change for change in found if change.difference and change.path not in unclear]
    return Delta(
        before.total,
        after.total,
        tuple(sorted(changed, key=lambda change: -abs(change.difference))),
        open_ones,
        before.complete,
        after.complete,
    )


def _open(before: Estimate, after: Estimate, touched: Collection[str]) -> Iterator[Unpriced]:
    """What has no price now and is new or touched, and what had none and has one now. What goes is a saving."""
    known, standing = set(before.unpriced), _paths(after)
    for item in after.unpriced:
        if item not in known or item.path in touched:
            yield item
    still = set(after.unpriced)
    for item in before.unpriced:
        if item not in still and item.path in standing:
            yield item


def _paths(month: Estimate) -> set[str]:
    return {item.path for part in (month.lines, month.unpriced, month.free) for item in part}


def _by_path(month: Estimate) -> dict[str, Decimal]:
    """Each resource's lines, and the allowances as one row: which resource draws on them is a matter of order."""
    amounts: dict[str, Decimal] = {}
    for line in month.lines:
        amounts[line.path] = amounts.get(line.path, Decimal(0)) + line.monthly
    taken = sum((credit.monthly for credit in month.credits), Decimal(0))
    return {**amounts, ALLOWANCES: -taken} if taken else amounts


def headline(found: Delta) -> str:
    """The difference in a few words, such as "+7.30 USD/month"; empty where the bill stays as it is.

    What has no price makes it "cost unknown: database/Database has no price".
    """
    amount = f"{cents(found.difference):+,} USD/month" if cents(found.difference) else ""
    if found.known:
        return amount
    paths = list(dict.fromkeys(item.path for item in found.unpriced))
    more = f" and {len(paths) - 1} more" if len(paths) > 1 else ""
    rest = f", the rest {amount}" if amount else ""
    return f"cost unknown: {paths[0]}{more} without a price{rest}"


def sentence(found: Delta) -> str:
    """The difference in words: "+7.30 USD a month, from 58.55 to 65.85"."""
    difference = cents(found.difference)
    after = at_least(found.after, complete=found.after_complete)
    if not found.known:
        names = ", ".join(dict.fromkeys(item.path for item in found.unpriced))
        rest = f" All else: {difference:+,} USD a month." if difference else ""
        return f"Unknown, since there is no price for {names}.{rest} The month costs {after} USD."
    if not difference:
        return f"The monthly cost stays {'at' if found.after_complete else 'the same:'} {after} USD."
    before = at_least(found.before, complete=found.before_complete)
    return f"{difference:+,} USD a month, from {before} to {after} USD."
