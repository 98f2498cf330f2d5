"""The fault matrix: every call position of five operations, met by every fault that the network and AWS know.

A cell runs one operation on a fresh fake with one fault at one position, and judges how it ends:

- throttling, errors of the service, resets, lost answers and slowness are survived: it ends right by itself;
- expired credentials and a skewed clock stop it with a sentence and a defined exit code, and a second run,
  with fresh credentials, ends right;
- so does a second run after the process was killed, before or after AWS heard of the call.

Either way nothing is lost, nothing is doubled and nothing is left lying about. `python -m tests.deploy.faults`
runs every cell and prints the table; the tests run those that differ most.
"""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import pytest
from botocore.httpsession import URLLib3Session

from showcore_cfn.deploy.operation import Result, began
from showcore_cfn.deploy.removal.destroy import destroy
from showcore_cfn.errors import Exit, ShowcoreError, StillRunning
from tests.deploy.conftest import BUCKET, STACK, Bench, point_at, yes
from tests.fakes.cloudformation import FakeAws, Fault

ROOT = """
Parameters:
  Name: {Type: String, Default: one}
Resources:
  Network:
    Type: AWS::CloudFormation::Stack
    Properties: {TemplateURL: ./network.yaml}
  Store:
    Type: AWS::CloudFormation::Stack
    Properties:
      TemplateURL: ./store.yaml
      Parameters: {VpcId: !GetAtt Network.Outputs.VpcId, Name: !Ref Name}
Outputs:
  Topic: {Value: !GetAtt Store.Outputs.Topic}
"""
NETWORK = """
Resources:
  VPC: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
Outputs:
  VpcId: {Value: !Ref VPC}
"""
STORE = """
Parameters:
  VpcId: {Type: String}
  Name: {Type: String}
Resources:
  Topic: {Type: AWS::SNS::Topic, Properties: {TopicName: store, DisplayName: !Ref Name}}
  Bucket: {Type: AWS::S3::Bucket, Properties: {BucketName: store}}
Outputs:
  Topic: {Value: !Ref Topic}
"""
NEST = {"root.yaml": ROOT, "network.yaml": NETWORK, "store.yaml": STORE}
SURVIVED = (
    *(Fault.THROTTLING, Fault.INTERNAL_ERROR, Fault.UNAVAILABLE, Fault.RESET, Fault.LOST_ANSWER, Fault.SLOW),
)
STOPPING = {Fault.EXPIRED_TOKEN: "credentials have expired", Fault.TIME_SKEWED: "Set the clock"}
RESOURCES = 3
SECONDS_BETWEEN_RUNS = 2  # nobody is faster; for a moment DescribeStacks still tells what was before


@dataclass(frozen=True)
class Scenario:
    """An operation: what stands before it, what is run, and what must hold after it."""

    name: str
    prepare: Callable[[Bench], None]
    run: Callable[[Bench], Result]
    holds: Callable[[Bench], bool]
    exit_code: Exit = Exit.DONE


@dataclass(frozen=True)
class Cell:
    """How one cell ended."""

    scenario: str
    position: int
    operation: str
    fault: str
    outcome: str  # "survived", "recovered", or what is wrong

    @property
    def good(self) -> bool:
        """Whether it ended as it must."""
        return self.outcome in ("survived", "recovered")


def deploy(bench: Bench, name: str = "one") -> Result:
    """Deploy the nest."""
    return bench.deployment(NEST, parameters={"Name": name}, protected=True).run(yes)


def remove(bench: Bench) -> Result:
    """Destroy the nest; it is gone already where an earlier run came to its end."""
    operator = bench.operator()
    stack = operator.cloudformation.stack(STACK)
    if stack is None:
        return Result("DELETE_COMPLETE", None)
    return destroy(operator, stack, lift_protection=True)


def stands(name: str) -> Callable[[Bench], bool]:
    """Whether the nest stands whole, once, with this name in it."""

    def holds(bench: Bench) -> bool:
        stacks = [stack for stack in bench.aws.account.stacks.values() if not stack.gone]
        topic = bench.aws.resource(STACK, "store/Topic")
        resources = sum(len(stack.resources) for stack in stacks) - 2
        return (
            len(stacks) == 3
            and resources == RESOURCES
            and topic.properties["DisplayName"] == name
            and bench.aws.stack(STACK).termination_protection
        )

    return holds


def gone(bench: Bench) -> bool:
    """Whether nothing of the nest is left."""
    return all(stack.gone for stack in bench.aws.account.stacks.values())


def _nothing(_: Bench) -> None:
    """The account is bootstrapped and empty."""


def _standing(bench: Bench) -> None:
    deploy(bench)


def _failing(bench: Bench) -> None:
    deploy(bench)
    bench.aws.fail("store/Topic", reason="no room", on="update", times=None)


SCENARIOS = {
    scenario.name: scenario
    for scenario in (
        Scenario("create", _nothing, deploy, stands("one")),
        Scenario("update", _standing, lambda bench: deploy(bench, "two"), stands("two")),
        Scenario("no change", _standing, deploy, stands("one")),
        Scenario(
            "failed update", _failing, lambda bench: deploy(bench, "two"), stands("one"), Exit.ROLLED_BACK
        ),
        Scenario("destroy", _standing, remove, gone),
    )
}


@contextmanager
def prepared(scenario: Scenario, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    """A fake in the state that the scenario starts from."""
    with FakeAws() as aws:
        point_at(aws, monkeypatch)
        aws.s3.create(BUCKET)
        aws.durations.scale = 0.05  # a bucket takes a third of a second: few ticks, all kinds of them
        bench = Bench(aws)
        scenario.prepare(bench)
        yield bench


def positions(scenario: Scenario, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The operations that the scenario calls, in order, where nothing goes wrong."""
    with prepared(scenario, monkeypatch) as bench:
        start = len(bench.aws.calls)
        scenario.run(bench)
        return bench.aws.calls.names()[start:]


def run_cell(
    scenario: Scenario, position: int, operation: str, fault: Fault, monkeypatch: pytest.MonkeyPatch
) -> Cell:
    """Run one cell."""
    with prepared(scenario, monkeypatch) as bench:
        stops = fault in STOPPING
        bench.aws.faults.add(
            fault, at=len(bench.aws.calls) + position, times=None if stops else 1, seconds=20
        )
        outcome = _stopped(bench, scenario, fault) if stops else _survived(bench, scenario)
        return Cell(scenario.name, position, operation, fault.value, outcome)


class Killed(BaseException):
    """The process was killed: from here on it asks nothing more and tidies nothing up."""


def run_kill(
    scenario: Scenario, position: int, operation: str, *, after: bool, monkeypatch: pytest.MonkeyPatch
) -> Cell:
    """Kill the process at a call, before AWS hears of it or after; then run it a second time."""
    with prepared(scenario, monkeypatch) as bench:
        with killing(position, after, monkeypatch), suppress(Killed):
            scenario.run(bench)
        outcome = second_run(bench, scenario)
        word = "killed after the call" if after else "killed before the call"
        return Cell(scenario.name, position, operation, word, outcome)


@contextmanager
def killing(position: int, after: bool, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """From this call on, every call kills the process; the first one may still reach AWS."""
    send = URLLib3Session.send
    count = itertools.count()

    def deadly(self: URLLib3Session, request: object) -> object:
        index = next(count)
        if index < position:
            return send(self, request)
        if index == position and after:
            send(self, request)
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(URLLib3Session, "send", deadly)
        yield


def _survived(bench: Bench, scenario: Scenario) -> str:
    try:
        result = scenario.run(bench)
    except ShowcoreError as error:
        return f"stopped: {error}"
    return _judged(bench, scenario, result, "survived")


def _stopped(bench: Bench, scenario: Scenario, fault: Fault) -> str:
    try:
        scenario.run(bench)
        return "went on with credentials that AWS refuses"
    except ShowcoreError as error:
        if error.exit_code not in (Exit.ERROR, Exit.STILL_RUNNING) or STOPPING[fault] not in str(error):
            return f"stopped with {error.exit_code}: {error}"
    bench.aws.faults.clear()
    return second_run(bench, scenario)


def second_run(bench: Bench, scenario: Scenario) -> str:
    """What a person does next: run it again; where something is under way, watch that first."""
    bench.aws.clock.advance(SECONDS_BETWEEN_RUNS)
    for _ in range(3):
        try:
            return _judged(bench, scenario, scenario.run(bench), "recovered")
        except StillRunning:
            watch(bench)
        except ShowcoreError as error:
            return f"the second run stopped: {error}"
    return "it never ended"


def watch(bench: Bench) -> None:
    """Attach to what is under way, as `showcore watch` does."""
    operator = bench.operator()
    stack = operator.cloudformation.stack(STACK)
    since = began(operator.cloudformation.events(stack.id)) if stack else None
    if stack and since:
        operator.attach(stack.id, since)


def _judged(bench: Bench, scenario: Scenario, result: Result, word: str) -> str:
    if word == "survived" and result.exit_code is not scenario.exit_code:
        return f"exit {result.exit_code}"
    if not scenario.holds(bench):
        return f"not as it must be: {bench.aws.litter()}"
    if bench.aws.litter():
        return f"left behind: {bench.aws.litter()}"
    return word


def cells_at(place: tuple[str, int, str]) -> list[Cell]:
    """Every cell of one call position: (scenario, position, operation)."""
    name, position, operation = place
    scenario = SCENARIOS[name]
    with pytest.MonkeyPatch.context() as monkeypatch:
        faulty = [
            run_cell(scenario, position, operation, fault, monkeypatch) for fault in (*SURVIVED, *STOPPING)
        ]
        killed = [
            run_kill(scenario, position, operation, after=after, monkeypatch=monkeypatch)
            for after in (False, True)
        ]
    return [*faulty, *killed]


def places() -> list[tuple[str, int, str]]:
    """Every call position of every scenario."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        return [
            (name, position, operation)
            for name, scenario in SCENARIOS.items()
            for position, operation in enumerate(positions(scenario, monkeypatch))
        ]


def main() -> int:
    """Run all cells, on all cores, and write the table."""
    with ProcessPoolExecutor() as pool:
        cells = [cell for found in pool.map(cells_at, places()) for cell in found]
    for cell in cells:
        if not cell.good:
            sys.stdout.write(f"{cell}\n")
    sys.stdout.write(f"{table(cells)}\n")
    return 0 if all(cell.good for cell in cells) else 1


def table(cells: list[Cell]) -> str:
    """Rows are faults, columns operations: how many of the positions ended as they must."""
    lines = [f"{'':<42}" + "".join(f"{name:>15}" for name in SCENARIOS)]
    for fault in dict.fromkeys(cell.fault for cell in cells):
        row, words = f"{fault:<42}", set()
        for name in SCENARIOS:
            own = [cell for cell in cells if (cell.scenario, cell.fault) == (name, fault)]
            words |= {cell.outcome for cell in own if cell.good}
            row += f"{f'{sum(cell.good for cell in own)}/{len(own)}':>15}"
        lines.append(f"{row}  {' or '.join(sorted(words))}")
    good = sum(cell.good for cell in cells)
    return "\n".join([*lines, f"{good} of {len(cells)} cells end as they must."])


if __name__ == "__main__":
    sys.exit(main())
