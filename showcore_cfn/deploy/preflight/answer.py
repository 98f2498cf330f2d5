"""What a check says."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """How a check ends. That one could not look is not the same as that all is well."""

    FINE = "fine"
    NOTE = "note"  # nothing stops; whoever deploys should know
    UNSEEN = "could not look"
    BLOCKS = "blocks"


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: which check, how it ends, what it means, and what to do about it."""

    check: str
    verdict: Verdict
    says: str
    remedy: str = ""

    @property
    def of_a_name(self) -> bool:
        """Whether it is about names that may be taken: an import wants what has them."""
        return self.check.startswith("names of ")


def fine(check: str, says: str) -> Answer:
    """All is well."""
    return Answer(check, Verdict.FINE, says)


def note(check: str, says: str, remedy: str = "") -> Answer:
    """Nothing stops, but it should be known."""
    return Answer(check, Verdict.NOTE, says, remedy)


def blocks(check: str, says: str, remedy: str) -> Answer:
    """A deployment would fail."""
    return Answer(check, Verdict.BLOCKS, says, remedy)
