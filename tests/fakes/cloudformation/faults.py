"""Faults of the service and of the network, injected into chosen calls."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Fault(StrEnum):
    """What goes wrong with a call. Only LOST_ANSWER and SLOW let the server act."""

    THROTTLING = "throttling"
    INTERNAL_ERROR = "internal error"
    UNAVAILABLE = "service unavailable"
    RESET = "connection reset before the server acted"
    LOST_ANSWER = "connection reset after the server acted"
    SLOW = "slow answer"
    EXPIRED_TOKEN = "expired token"
    TIME_SKEWED = "clock skewed"
    SIGNATURE_MISMATCH = "signature does not match"
    ACCESS_DENIED = "access denied"


@dataclass(slots=True)
class Injected:
    """A fault and the calls it hits."""

    fault: Fault
    operation: str | None
    service: str | None
    at: int | None
    skip: int
    times: int | None  # None: every matching call from then on
    seconds: float  # how long a slow answer takes: simulated time
    wall_seconds: float  # and real time

    def hits(self, index: int, service: str, operation: str) -> bool:
        """Whether it hits this call; counts down as it is asked."""
        if self.times == 0 or (self.at is not None and index < self.at):
            return False
        if self.operation not in (None, operation) or self.service not in (None, service):
            return False
        if self.skip:
            self.skip -= 1
            return False
        if self.times is not None:
            self.times -= 1
        return True


class Faults(list[Injected]):
    """The faults to come."""

    def add(
        self,
        fault: Fault,
        operation: str | None = None,
        *,
        service: str | None = None,
        at: int | None = None,
        skip: int = 0,
        times: int | None = 1,
        seconds: float = 0,
        wall_seconds: float = 0,
    ) -> None:
        """Inject a fault.

        `operation` and `service` narrow the calls; `at` is the index of the first call it may hit (0 is the
        first call ever made), `skip` matching calls are let through, then `times` are hit; None is "for good".
        `seconds` of simulated and `wall_seconds` of real time pass before a slow answer.
        """
        self.append(Injected(fault, operation, service, at, skip, times, seconds, wall_seconds))

    def take(self, index: int, service: str, operation: str) -> Injected | None:
        """The fault that hits this call, if any."""
        return next((fault for fault in self if fault.hits(index, service, operation)), None)
