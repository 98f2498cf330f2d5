"""A fake AWS for whole deployments: every call takes a tenth of a second, every resource is there at once."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

from benchmarks.bench import CLONE, Bench
from tests.deploy.conftest import Bench as Engine
from tests.fakes.cloudformation import FakeAws, planning, sources
from tests.fakes.cloudformation.account import Account
from tests.fakes.cloudformation.faults import Fault
from tests.fakes.cloudformation.sources import fetch as _fetch
from tests.fakes.cloudformation.template import Template

ACCOUNT = "111122223333"  # of showcore.example.toml
BUCKET = f"showcore-artifacts-{ACCOUNT}"
CALL_SECONDS = 0.1
SIMULATED_SECONDS_PER_CALL = 60.0  # so that whatever was begun is over when it is asked for


# What `aws` and `sam` do not do either: look at the account beforehand, and protect the stack afterwards.
PLAINLY = (
    *("deploy", "--yes", "--no-preflight", "--no-termination-protection"),
    *("--parameter-overrides", "DatabaseDeletionProtection=false"),
)


@dataclass(slots=True)
class Deploying:
    """The account at hand, and the variables by which a process finds it."""

    stack: ExitStack
    call_seconds: float
    variables: dict[str, str] = field(default_factory=dict)
    aws: FakeAws | None = None

    def begin(self) -> None:
        """A new account that was bootstrapped and holds nothing else."""
        self.aws = self.stack.enter_context(FakeAws(seconds_per_call=SIMULATED_SECONDS_PER_CALL))
        self.aws.s3.create(BUCKET)
        self.aws.durations.scale = 0
        if self.call_seconds:
            self.aws.faults.add(Fault.SLOW, times=None, wall_seconds=self.call_seconds)
        _take_urls_of_this_machine(self.aws)
        self.variables.update(self.aws.environment())

    def counted(self) -> Counter[str]:
        """How often each operation of the account was called."""
        assert self.aws is not None
        return Counter(call.operation for call in self.aws.calls)


@contextmanager
def deploying(bench: Bench, call_seconds: float = 0) -> Iterator[Deploying]:
    """Accounts to deploy into, one after the other, with settings for them."""
    shutil.copy2(CLONE / "showcore.example.toml", bench.clone / "showcore.toml")
    with ExitStack() as stack:
        yield Deploying(stack, call_seconds)
    (bench.clone / "showcore.toml").unlink(missing_ok=True)


def _take_urls_of_this_machine(aws: FakeAws) -> None:
    """Have the account read templates at its own address too: `aws` and `sam` name it as they upload there."""

    def fetch(account: Account, url: str) -> Template:
        return _fetch(account, url.replace(f"{aws.url}/", f"https://s3.{account.region}.amazonaws.com/"))

    for module in (planning, sources):  # both hold the function by its name
        setattr(module, "fetch", fetch)  # noqa: B010


@contextmanager
def engine() -> Iterator[Engine]:
    """The deployment engine in this process, with an account on a clock of its own: no time passes but there."""
    before = dict(os.environ)
    with FakeAws() as aws:
        os.environ.update(aws.environment())
        aws.s3.create(BUCKET)
        aws.durations.scale = 0.02
        try:
            yield Engine(aws)
        finally:
            os.environ.clear()
            os.environ.update(before)
