"""From every status that one can get into, the printed next steps lead to a stack that stands or is gone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from showcore_cfn.deploy.following.follow import Choice
from showcore_cfn.deploy.recover import advise, take
from showcore_cfn.deploy.removal.destroy import destroy
from showcore_cfn.deploy.states import Step, state
from showcore_cfn.errors import ShowcoreError
from tests.deploy.conftest import BUCKET, STACK, Bench, point_at, yes
from tests.deploy.faults import NEST
from tests.fakes.cloudformation import FakeAws

MOST_STEPS = 8
STATUSES = (
    *("REVIEW_IN_PROGRESS", "CREATE_COMPLETE", "CREATE_FAILED", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED"),
    *("UPDATE_COMPLETE", "UPDATE_FAILED", "UPDATE_ROLLBACK_COMPLETE", "UPDATE_ROLLBACK_FAILED"),
    *("DELETE_FAILED", "IMPORT_COMPLETE"),
)
Action = Callable[[Bench], object]


def deploy(name: str, **given: object) -> Action:
    return lambda bench: bench.deployment(NEST, parameters={"Name": name}, **given).run(yes)  # type: ignore[arg-type]


def plan_only(bench: Bench) -> object:
    return bench.deployment(NEST, parameters={"Name": "planned"}).plan()


def delete(bench: Bench) -> object:
    operator = bench.operator()
    stack = operator.cloudformation.stack(STACK)
    return destroy(operator, stack, lift_protection=True) if stack else None


def recover_once(bench: Bench) -> object:
    operator = bench.operator()
    found = advise(operator.cloudformation, operator.cloudformation.stack(STACK))
    return take(operator, found) if found else None


ACTIONS: dict[str, Action] = {
    "deploy one": deploy("one"),
    "deploy two": deploy("two"),
    "deploy three, rollback off": deploy("three", disable_rollback=True),
    "plan": plan_only,
    "destroy": delete,
    "recover": recover_once,
}
FAILURES = {
    "creating": ("store/Topic", "create"),
    "updating": ("store/Topic", "update"),
    "rolling back": ("store/Topic", "rollback"),
    "deleting": ("store/Bucket", "delete"),
}


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    start=st.sampled_from(("absent", *STATUSES)),
    failures=st.lists(st.sampled_from(list(FAILURES)), max_size=3),
    actions=st.lists(st.sampled_from(list(ACTIONS)), max_size=4),
)
def test_there_is_never_a_dead_end(start: str, failures: list[str], actions: list[str]) -> None:
    with pytest.MonkeyPatch.context() as monkeypatch, FakeAws() as aws:
        point_at(aws, monkeypatch)
        aws.s3.create(BUCKET)
        aws.durations.scale = 0
        bench = Bench(aws)
        bench.watching.choices = [Choice.LEAVE] * 9
        if start != "absent":
            aws.put_stack(STACK, NEST, status=start)
        for failure in failures:
            path, on = FAILURES[failure]
            aws.fail(path, reason=f"it fails {failure}", on=on)
        for action in actions:
            run(bench, ACTIONS[action])

        assert_a_way_out(bench)


def run(bench: Bench, action: Action) -> None:
    """Whatever happens is said as an error of this tool, and time passes before the next command."""
    try:
        action(bench)
    except ShowcoreError as error:
        assert str(error)
    bench.aws.clock.advance(5)


def assert_a_way_out(bench: Bench) -> None:
    operator = bench.operator()
    taken: list[str] = []
    while (advice := advise(operator.cloudformation, operator.cloudformation.stack(STACK))) is not None:
        taken.append(f"{advice.stack.status}: {advice.step}")
        assert advice.step is not Step.BY_HAND, taken
        assert len(taken) <= MOST_STEPS, taken
        take(operator, advice)
        bench.aws.clock.advance(5)
    stack = operator.cloudformation.stack(STACK)
    assert state(stack.status if stack else None).deploy in (Step.CREATE, Step.UPDATE), taken
