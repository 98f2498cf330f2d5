"""One operation on a stack: begun so that a lost answer does no harm, followed to its end."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import takewhile
from uuid import uuid4

from showcore_cfn.aws.failures import NO_ANSWER, AlreadyExists, Missing, WrongStatus
from showcore_cfn.aws.gateways import CloudFormation, Gateways
from showcore_cfn.aws.values import Stack, StackEvent
from showcore_cfn.deploy.clock import Clock, SystemClock
from showcore_cfn.deploy.following.durations import Key
from showcore_cfn.deploy.following.expected import Expected
from showcore_cfn.deploy.following.follow import Choice, Watcher, follow
from showcore_cfn.deploy.following.follower import Follower
from showcore_cfn.deploy.following.happening import Happening
from showcore_cfn.deploy.following.memory import Memory, NothingKept
from showcore_cfn.deploy.states import exit_of
from showcore_cfn.errors import Exit, StillRunning, Stopped

MAY_HAVE_BEGUN = (WrongStatus, Missing, AlreadyExists, *NO_ANSWER)
_BEGUN_TRIES = 5
_SETTLE_TRIES = 5
_BEGINS = frozenset({"CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", "DELETE_IN_PROGRESS", "IMPORT_IN_PROGRESS"})
_BY_A_USER = "User Initiated"  # the reason that CloudFormation gives for the first event of an operation


def new_token() -> str:
    """Text that nobody else has: makes a call that is repeated the same call."""
    return uuid4().hex


@dataclass(frozen=True, slots=True)
class Result:
    """How an operation ended."""

    status: str
    stack: Stack | None  # as it stands now
    changed: bool = True
    failures: tuple[Happening, ...] = ()
    kept: tuple[str, ...] = ()  # left standing by a deletion, as their policies say
    next_steps: tuple[str, ...] = ()  # what is left to people now, a line each

    @property
    def orphans(self) -> tuple[Happening, ...]:
        """What an operation that succeeded could not delete: it is out of the stack and still there."""
        done = self.exit_code is Exit.DONE
        return tuple(f for f in self.failures if done and f.event.status == "DELETE_FAILED")

    @property
    def exit_code(self) -> Exit:
        """What the process ends with."""
        return exit_of(self.status) if self.changed else Exit.DONE


@dataclass(frozen=True, slots=True)
class Operator:
    """Whoever operates on stacks: with which gateways, told to whom, by which clock."""

    gateways: Gateways
    watcher: Watcher
    clock: Clock = field(default_factory=SystemClock)
    at_most_seconds: float | None = None  # StillRunning after that
    new_token: Callable[[], str] = new_token
    memory: Memory = field(default_factory=NothingKept)  # of how long things take

    @property
    def cloudformation(self) -> CloudFormation:
        """The gateway that nearly everything needs."""
        return self.gateways.cloudformation

    def start(self, stack_id: str, begin: Callable[[str], None]) -> Result:
        """Begin an operation with a new token and follow it to its end."""
        newest, known = self._newest(stack_id)
        token = self.new_token()
        try:
            begin(token)
        except MAY_HAVE_BEGUN:
            if not self.has_begun(stack_id, token, newest):
                raise
        return self.attach(stack_id, newest, known)

    def attach(
        self,
        stack_id: str,
        since: datetime,
        known: Iterable[str] = (),
        coming: Mapping[str, Key] | None = None,
    ) -> Result:
        """Follow the operation that began at `since` or later, in the server's time, to its end.

        `coming` is what is known to begin, by path. How long things took is remembered, to the end or not.
        """
        expected = Expected(self.memory.durations(), coming or {})
        follower = Follower(self.cloudformation, stack_id, since, known, expected)
        try:
            status = self._followed(follower, stack_id)
        finally:
            self.memory.learn(expected.taken)
        stack = self._settled(follower.stack, stack_id, status)
        return Result(status, stack, True, tuple(follower.failures), tuple(follower.kept))

    def has_begun(self, stack_id: str, token: str, since: datetime) -> bool:
        """Whether an event carries our token: the call was heard, only its answer was lost."""
        for attempt in range(_BEGUN_TRIES):
            if attempt:
                self.clock.sleep(1)
            events = takewhile(lambda event: event.time >= since, self.cloudformation.events(stack_id))
            if any(event.token == token for event in events):
                return True
        return False

    def _followed(self, follower: Follower, stack_id: str) -> str:
        """The terminal status; Ctrl-C asks whether to go on watching, to leave, or to cancel an update."""
        while True:
            try:
                return follow(follower, self.clock, self.watcher, at_most_seconds=self.at_most_seconds)
            except KeyboardInterrupt:
                self._interrupted(stack_id)

    def _settled(self, stack: Stack | None, stack_id: str, status: str) -> Stack | None:
        """The stack as it stands now: for a moment after its last event it may still be told as it was before."""
        for _ in range(_SETTLE_TRIES):
            if stack is None or stack.status == status:
                return stack
            self.clock.sleep(1)
            stack = self.cloudformation.stack(stack_id)
        return stack

    def _interrupted(self, stack_id: str) -> None:
        stack = self.cloudformation.stack(stack_id)
        can_cancel = stack is not None and stack.status == "UPDATE_IN_PROGRESS"
        choice = self.watcher.interrupted(can_cancel)
        if choice is Choice.LEAVE:
            raise StillRunning("the operation goes on in AWS; `showcore watch` attaches to it again.")
        if choice is Choice.CANCEL and can_cancel:
            self.watcher.step("cancelling: CloudFormation rolls the update back")
            self.cloudformation.cancel_update(stack_id, self.new_token())

    def _newest(self, stack_id: str) -> tuple[datetime, frozenset[str]]:
        """The time of the newest event, and all events of that time: what comes after is the operation."""
        events = self.cloudformation.events(stack_id)
        first = next(events, None)
        if first is None:
            return self.clock.now(), frozenset()
        same = takewhile(lambda event: event.time == first.time, events)
        return first.time, frozenset({first.id, *(event.id for event in same)})


def began(events: Iterable[StackEvent]) -> datetime | None:
    """When the last operation of a stack began, from its history, newest first; None before the first one."""
    for event in events:
        by_a_user = event.reason == _BY_A_USER and event.status != "REVIEW_IN_PROGRESS"
        if event.of_stack_itself and (event.status in _BEGINS or by_a_user):
            return event.time
    return None


def guard_account(gateways: Gateways, account_id: str) -> None:
    """Stop unless the credentials belong to the account of the settings."""
    identity = gateways.identities.identity()
    if identity.account_id != account_id:
        raise Stopped(
            f"the credentials belong to the account {identity.account_id}, and the settings name {account_id}. "
            "Use another profile, or correct account_id in the settings. Nothing was done."
        )
