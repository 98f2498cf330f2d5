"""The cells of the fault matrix that differ most; `make fault-matrix` runs them all."""

from __future__ import annotations

import pytest

from tests.deploy.faults import SCENARIOS, STOPPING, SURVIVED, Scenario, positions, run_cell, run_kill
from tests.fakes.cloudformation import Fault

WRITING = ("CreateChangeSet", "ExecuteChangeSet", "PutObject", "DeleteStack", "SetStackPolicy")
TURNS = (*SURVIVED, *STOPPING)


@pytest.fixture(params=list(SCENARIOS))
def scenario(request: pytest.FixtureRequest) -> Scenario:
    return SCENARIOS[request.param]


def first_positions(scenario: Scenario, monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    found: dict[str, int] = {}
    for position, operation in enumerate(positions(scenario, monkeypatch)):
        found.setdefault(operation, position)
    return found


@pytest.mark.trap("33")
@pytest.mark.trap("25")
def test_each_operation_meets_a_fault_and_ends_as_it_must(
    scenario: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every operation that the scenario calls meets one fault, in turn."""
    shift = list(SCENARIOS).index(scenario.name)
    cells = [
        run_cell(scenario, position, operation, TURNS[(turn + shift) % len(TURNS)], monkeypatch)
        for turn, (operation, position) in enumerate(first_positions(scenario, monkeypatch).items())
    ]

    assert [cell for cell in cells if not cell.good] == []


def test_a_write_whose_answer_is_lost_is_not_done_twice(
    scenario: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    cells = [
        run_cell(scenario, position, operation, Fault.LOST_ANSWER, monkeypatch)
        for operation, position in first_positions(scenario, monkeypatch).items()
        if operation in WRITING
    ]

    assert [cell.outcome for cell in cells] == ["survived"] * len(cells)


def test_a_run_that_is_killed_at_a_write_is_put_right_by_the_next(
    scenario: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    cells = [
        run_kill(scenario, position, operation, after=True, monkeypatch=monkeypatch)
        for operation, position in first_positions(scenario, monkeypatch).items()
        if operation in WRITING
    ]

    assert [cell.outcome for cell in cells] == ["recovered"] * len(cells)
