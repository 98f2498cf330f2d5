"""The fake's clock: time passes when it is told to, and what is due happens at its own time."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.fakes.cloudformation import FakeAws
from tests.fakes.cloudformation.clock import START, Clock, Steps
from tests.fakes.cloudformation.small import Api

pytest_plugins = ("tests.fakes.cloudformation.fixtures",)


def test_what_is_due_happens_in_order_and_at_its_own_time() -> None:
    clock, seen = Clock(), list[tuple[str, float]]()
    clock.call_in(20, lambda: seen.append(("late", clock.monotonic())))
    clock.call_in(5, lambda: seen.append(("early", clock.monotonic())))
    clock.advance(30)
    assert seen == [("early", 5), ("late", 20)]
    assert clock.now() == START + timedelta(seconds=30)


def test_nothing_happens_before_it_is_due() -> None:
    clock, seen = Clock(), list[str]()
    clock.call_in(10, lambda: seen.append("now"))
    clock.advance(9.9)
    assert seen == []


def test_a_process_waits_for_seconds_and_for_other_processes() -> None:
    clock, seen = Clock(), list[str]()

    def slow() -> Steps:
        yield 60
        seen.append(f"slow at {clock.monotonic():.0f}")

    def waiting() -> Steps:
        yield clock.start(slow())
        seen.append(f"waiting at {clock.monotonic():.0f}")

    clock.start(waiting())
    clock.advance(100)
    assert seen == ["slow at 60", "waiting at 60"]


def test_a_process_that_is_stopped_frees_who_waits_for_it() -> None:
    clock, seen = Clock(), list[str]()

    def slow() -> Steps:
        yield 60
        seen.append("never")

    process = clock.start(slow())

    def waiting() -> Steps:
        yield process
        seen.append("freed")

    clock.start(waiting())
    process.stop()
    clock.advance(100)
    assert seen == ["freed"]


def test_settling_ends_when_nothing_is_under_way() -> None:
    clock = Clock()
    clock.call_in(7_200, lambda: None)
    clock.settle()
    assert clock.monotonic() == 7_200


def test_settling_gives_up_on_what_never_ends() -> None:
    clock = Clock()

    def forever() -> Steps:
        while True:
            yield 3_600

    clock.start(forever())
    with pytest.raises(TimeoutError, match="still under way after 86400 seconds"):
        clock.settle(at_most=86_400)


def test_each_call_may_take_time() -> None:
    with FakeAws(seconds_per_call=2) as aws:
        client = aws.client("cloudformation")
        client.list_stacks()
        client.list_stacks()
        assert [call.at - START for call in aws.calls] == [timedelta(seconds=2), timedelta(seconds=4)]


def test_an_engine_may_sleep_on_it(api: Api) -> None:
    api.client.create_change_set(
        StackName="show", ChangeSetName="one", ChangeSetType="CREATE", TemplateBody=api.aws.put_nest(_ONE)
    )
    before = api.described("one", StackName="show")["Status"]
    api.aws.clock.sleep(60)
    assert (before, api.described("one", StackName="show")["Status"]) == ("CREATE_PENDING", "CREATE_COMPLETE")


_ONE = {"root.yaml": "Resources: {Topic: {Type: AWS::SNS::Topic}}"}
