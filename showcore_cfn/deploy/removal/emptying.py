"""What a deletion empties when it is told to: the buckets and the vault of the nest itself, and nothing else.

What goes with the stack is emptied before, since CloudFormation deletes no bucket that holds something. What a
policy retains is emptied afterwards: then those who write into it are gone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Protocol

from showcore_cfn.aws.failures import AwsError, CredentialsExpired, Missing, NoCredentials
from showcore_cfn.aws.values import Stack
from showcore_cfn.deploy.operation import Operator, Result
from showcore_cfn.deploy.removal.destroy import destroy
from showcore_cfn.deploy.removal.leftovers import BUCKET, VAULT, Leaving, Left, size_text
from showcore_cfn.template.json_types import Json

_SWEEPS = 5  # of one bucket: somebody may still write into it
_AGAIN = 2  # deletions after the first: what was written meanwhile is emptied before each
_VAULT_TRIES = 60
_VAULT_SECONDS = 10  # between them: recovery points go one by one, and not at once


@dataclass(frozen=True, slots=True)
class Told:
    """What the command line says may be emptied and removed."""

    empty_buckets: bool = False
    delete_buckets: bool = False  # those that a policy retains, once they are empty
    delete_points: bool = False  # and the vault that held them

    @property
    def anything(self) -> bool:
        """Whether anything is emptied."""
        return self.empty_buckets or self.delete_points

    def chosen(self, things: Iterable[Left]) -> tuple[Left, ...]:
        """Those of these things that are emptied."""
        types = {BUCKET: self.empty_buckets, VAULT: self.delete_points}
        return tuple(each for each in things if types.get(each.type, False) and not each.snapshot)


@dataclass(frozen=True, slots=True)
class Deleted:
    """How many versions or recovery points were deleted, how many were refused, and why the first was."""

    things: int
    refused: int = 0
    why: str = ""
    waiting: int = 0  # recovery points that were still there, those among them that are just being deleted


class Emptier(Protocol):
    """The calls; AwsError where one is refused."""

    def holders(self, physical_id: str) -> frozenset[str]:
        """The stacks that a resource belongs to."""
        ...

    def delete_versions(self, bucket: str) -> Deleted:
        """Delete what a bucket holds, old versions and delete markers too."""
        ...

    def abort_uploads(self, bucket: str) -> int:
        """Abort the uploads that are in progress; how many there were."""
        ...

    def delete_bucket(self, bucket: str) -> None:
        """Delete an empty bucket."""
        ...

    def delete_points(self, vault: str) -> Deleted:
        """Begin to delete the recovery points of a vault."""
        ...

    def delete_vault(self, vault: str) -> None:
        """Delete an empty vault."""
        ...


@dataclass(frozen=True, slots=True)
class Emptied:
    """What became of one bucket or vault. `trouble` says what stood in the way, and is empty otherwise."""

    path: str
    name: str
    things: int = 0
    removed: bool = False
    trouble: str = ""
    gone: bool = False  # it was not there any more, and nothing had to be deleted

    def as_json(self) -> dict[str, Json]:
        """As it stands in `-o json`."""
        return {
            "path": self.path,
            "name": self.name,
            "things": self.things,
            "removed": self.removed,
            "trouble": self.trouble,
        }


@dataclass(slots=True)
class _Tally:
    """What was deleted so far; it outlives the error that ends the emptying."""

    things: int = 0


@dataclass(frozen=True, slots=True)
class Emptying:
    """Empties what it was told to, of the stacks in `stacks`."""

    emptier: Emptier
    operator: Operator
    told: Told
    stacks: frozenset[str]

    def destroy(
        self, stack: Stack, found: Leaving, *, lift_protection: bool
    ) -> tuple[Result, tuple[Emptied, ...]]:
        """Empty what goes, delete the stack, empty what is left. What stays undone, a second run does."""
        before = self.before(found)
        result = destroy(self.operator, stack, lift_protection=lift_protection)
        for _ in range(_AGAIN):
            standing = result.stack
            if result.status != "DELETE_FAILED" or standing is None or not self._full(found, result):
                break
            before = (*before, *self.before(found))
            result = destroy(self.operator, standing)
        if result.status != "DELETE_COMPLETE":
            return result, _merged(before)
        went = (replace(each, removed=not each.trouble) for each in _merged(before))
        return result, (*went, *self.after(found))

    def before(self, found: Leaving) -> tuple[Emptied, ...]:
        """Empty what goes with the stack; the stack deletes it."""
        return tuple(self._one(each, remove=False) for each in self.told.chosen(found.going))

    def after(self, found: Leaving) -> tuple[Emptied, ...]:
        """Empty what the deleted stack left, and remove of it what may be removed."""
        return tuple(self._one(each, remove=True) for each in self.told.chosen(found.left))

    def _full(self, found: Leaving, result: Result) -> bool:
        """Whether something that we may empty refused to go."""
        refused = {failure.path for failure in result.failures if failure.event.status == "DELETE_FAILED"}
        return any(each.path in refused for each in self.told.chosen(found.going))

    def _one(self, left: Left, *, remove: bool) -> Emptied:
        self.operator.watcher.step(f"emptying {left.name}")
        tally = _Tally()
        try:
            others = sorted(self.emptier.holders(left.name) - self.stacks)
            if others:  # taken over meanwhile: nothing is touched
                return Emptied(left.path, left.name, trouble=f"it belongs to the stack {others[0]} now")
            empty = self._bucket if left.type == BUCKET else self._vault
            return empty(left, remove, tally)
        except Missing:
            return Emptied(left.path, left.name, tally.things, removed=True, gone=not tally.things)
        except (CredentialsExpired, NoCredentials):
            raise
        except AwsError as error:
            return Emptied(left.path, left.name, tally.things, trouble=str(error))

    def _bucket(self, left: Left, remove: bool, tally: _Tally) -> Emptied:
        self.emptier.abort_uploads(left.name)
        last = Deleted(0)
        for _ in range(_SWEEPS):
            last = self.emptier.delete_versions(left.name)
            tally.things += last.things
            if not last.things:
                break
        trouble = f"{last.refused} versions were refused, the first one {last.why}" if last.refused else ""
        removed = remove and self.told.delete_buckets and not trouble
        if removed:
            self.emptier.delete_bucket(left.name)
        return Emptied(left.path, left.name, tally.things, removed, trouble)

    def _vault(self, left: Left, remove: bool, tally: _Tally) -> Emptied:
        for attempt in range(_VAULT_TRIES):
            if attempt:
                self.operator.clock.sleep(_VAULT_SECONDS)
            last = self.emptier.delete_points(left.name)
            tally.things = max(tally.things, last.waiting)
            if last.refused:
                why = f"{last.refused} recovery points were refused, the first one {last.why}"
                return Emptied(left.path, left.name, tally.things - last.refused, trouble=why)
            if not last.waiting:
                break
        else:
            trouble = "its recovery points are still being deleted"
            return Emptied(left.path, left.name, tally.things, trouble=trouble)
        if remove:
            self.emptier.delete_vault(left.name)
        return Emptied(left.path, left.name, tally.things, removed=remove)


def _merged(passes: Iterable[Emptied]) -> tuple[Emptied, ...]:
    """One entry for each bucket or vault: what all passes deleted, and how the last one ended."""
    found: dict[str, Emptied] = {}
    for each in passes:
        before = found[each.path].things if each.path in found else 0
        found[each.path] = replace(each, things=before + each.things, gone=each.gone and not before)
    return tuple(found.values())


def question(found: Leaving, told: Told) -> str:
    """What is emptied for good, and how much that is."""
    return "\n".join(_question(found, told))


def _question(found: Leaving, told: Told) -> Iterator[str]:
    chosen = told.chosen((*found.going, *found.left))
    if not chosen:
        yield "There is nothing to empty."
        return
    yield "Emptied for good, versions and recovery points included:"
    for each in chosen:
        goes = each.type == VAULT or each in found.going or told.delete_buckets
        yield f"  {each.path}: {each.name}{size_text(each)}{'; then it goes too' if goes else ''}"


def text(emptied: Iterable[Emptied]) -> str:
    """What became of each bucket and vault, one line each."""
    return "\n".join(_line(each) for each in emptied)


def _line(each: Emptied) -> str:
    done = "gone already" if each.gone else f"{each.things} deleted{', and removed' if each.removed else ''}"
    return f"  {each.path} ({each.name}): {done}{f'. NOT DONE: {each.trouble}' if each.trouble else ''}"
