"""What a check is, and what it says after it has looked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from showcore_cfn.verify.claim import Claim
from showcore_cfn.verify.expected import Expected
from showcore_cfn.verify.look import CouldNotLook, Fact, Look, Missing, T

READ_SECONDS = 60.0  # a check asks a handful of questions; AWS answers each in well under a second


class Verdict(StrEnum):
    """What a check came to. Only `PASSED` is good news; `BLIND` never stands for it."""

    PASSED = "passed"
    FAILED = "failed"
    BLIND = "could not look"
    OFF = "switched off"


class Way(StrEnum):
    """What running a check does to the account."""

    READ = "read"  # looks only
    PROBE = "probe"  # puts up the probe stack or an object, and takes it down
    ALARM_DRILL = "drill alarm"  # sets alarms off: people get mail
    RESTORE_DRILL = "drill restore"  # makes and deletes databases and caches


class SwitchedOff(Exception):
    """The settings switch off what the check is about."""


Body = Callable[[Look, Expected], Iterator[Claim]]


@dataclass(frozen=True, slots=True)
class Check:
    """One check. Its id is the plan's task and a word: `7.1-vpc`."""

    id: str
    title: str
    facts: tuple[Fact[object], ...]
    remedy: str
    body: Body
    way: Way = Way.READ
    timeout_seconds: float = READ_SECONDS
    deviation: str = ""  # where AWS makes the plan's words impossible: what is checked instead

    @property
    def section(self) -> str:
        """The plan's task: "7.1"."""
        return self.id.split("-", 1)[0]

    @property
    def actions(self) -> tuple[str, ...]:
        """The IAM actions that the check needs."""
        return tuple(sorted({action for fact in self.facts for action in fact.actions}))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one run of a check came to, with all that it saw."""

    check: Check
    verdict: Verdict
    claims: tuple[Claim, ...] = ()
    note: str = ""  # why it could not look, or what is switched off

    @property
    def failures(self) -> tuple[Claim, ...]:
        """The claims that do not hold."""
        return tuple(claim for claim in self.claims if claim.holds is False)

    @property
    def unseen(self) -> tuple[Claim, ...]:
        """The claims about which nothing could be seen."""
        return tuple(claim for claim in self.claims if claim.holds is None)


def check(
    id: str,
    title: str,
    *,
    sees: tuple[Fact[object], ...],
    remedy: str,
    way: Way = Way.READ,
    timeout_seconds: float = READ_SECONDS,
    deviation: str = "",
) -> Callable[[Body], Check]:
    """Make a check of a function that yields claims."""

    def made(body: Body) -> Check:
        return Check(id, title, sees, remedy, body, way, timeout_seconds, deviation)

    return made


def perform(wanted: Check, look: Look, expected: Expected) -> Outcome:
    """Run a check. It passes where it claimed something and all of it was seen to hold."""
    claims: list[Claim] = []
    try:
        claims.extend(wanted.body(_Declared(look, wanted), expected))
    except SwitchedOff as error:
        return Outcome(wanted, Verdict.OFF, tuple(claims), str(error))
    except Missing as error:
        claims.append(Claim(str(error), "not there", "deployed", False))
    except CouldNotLook as error:
        verdict = Verdict.FAILED if any(claim.holds is False for claim in claims) else Verdict.BLIND
        return Outcome(wanted, verdict, tuple(claims), str(error))
    return Outcome(wanted, _verdict(claims), tuple(claims), "" if claims else "there was nothing to look at")


def _verdict(claims: list[Claim]) -> Verdict:
    if any(claim.holds is False for claim in claims):
        return Verdict.FAILED
    return Verdict.BLIND if not claims or any(claim.holds is None for claim in claims) else Verdict.PASSED


class _Declared(Look):
    """A look that answers only what the check said it would ask: its IAM actions depend on that."""

    def __init__(self, look: Look, wanted: Check) -> None:
        super().__init__({})
        self._look, self._wanted = look, wanted

    def __call__(self, fact: Fact[T]) -> T:
        if fact not in self._wanted.facts:
            raise LookupError(f"{self._wanted.id} asks for {fact.name} without declaring it.")
        return self._look(fact)
