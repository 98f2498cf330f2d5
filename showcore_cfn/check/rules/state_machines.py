"""Step Functions: definitions that lead nowhere."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from showcore_cfn.check.rules.rule import Hits, Item, Rulebook, Severity
from showcore_cfn.check.rules.view import Node

BOOK = Rulebook("state_machines")
MACHINE, POOL, CLIENT = (
    "AWS::StepFunctions::StateMachine",
    "AWS::Cognito::UserPool",
    "AWS::Cognito::UserPoolClient",
)
_SFN = "https://docs.aws.amazon.com/step-functions/latest/dg"


def _definition(machine: Item) -> tuple[Node, dict[str, Any]] | None:
    for key in ("DefinitionString", "Definition"):
        node = machine[key]
        if isinstance(node.value, dict):
            return node, node.value
        if node.given:
            try:
                found = json.loads(node.shown)
            except (ValueError, RecursionError):
                continue
            return (node, found) if isinstance(found, dict) else None
    return None


def _flows(flow: dict[str, Any], depth: int = 0) -> Iterator[dict[str, Any]]:
    """The state machine and the ones inside its Parallel and Map states."""
    yield flow
    states = flow.get("States")
    for state in states.values() if isinstance(states, dict) and depth < 10 else ():
        if not isinstance(state, dict):
            continue
        branches = state.get("Branches")
        inner = [
            *(branches if isinstance(branches, list) else ()),
            state.get("Iterator"),
            state.get("ItemProcessor"),
        ]
        for branch in inner:
            if isinstance(branch, dict):
                yield from _flows(branch, depth + 1)


def _next_of(state: dict[str, Any]) -> Iterator[str]:
    for key in ("Next", "Default"):
        if isinstance(state.get(key), str):
            yield state[key]
    for key in ("Choices", "Catch"):
        listed = state.get(key)
        for entry in listed if isinstance(listed, list) else ():
            if isinstance(entry, dict) and isinstance(entry.get("Next"), str):
                yield entry["Next"]


@BOOK.rule(
    "SC-SFN-001",
    Severity.REFUSED,
    "Every transition of a state machine leads to a state of it",
    MACHINE,
    why="Step Functions answers: invalid state machine definition, missing 'Next' target.",
    remedy="Correct the name, or add the state.",
    source=f"{_SFN}/amazon-states-language-state-machine-structure.html",
)
def transitions(machine: Item) -> Hits:
    found = _definition(machine)
    for flow in _flows(found[1]) if found is not None else ():
        states = flow.get("States")
        if found is None or not isinstance(states, dict):
            continue
        start = flow.get("StartAt")
        if isinstance(start, str) and start not in states and "${" not in start:
            yield found[0].hit(f"StartAt names {start}, which is no state.")
        for name, state in states.items():
            for target in _next_of(state) if isinstance(state, dict) else ():
                if target not in states and "${" not in target:
                    yield found[0].hit(f"{name} leads to {target}, which is no state.")


@BOOK.rule(
    "SC-SFN-002",
    Severity.REFUSED,
    "Every state ends or goes on",
    MACHINE,
    why="Task, Pass, Wait, Parallel and Map states need Next or End; Choice, Succeed and Fail have neither.",
    remedy="Add End: true.",
    source=f"{_SFN}/workflow-states.html",
)
def endings(machine: Item) -> Hits:
    found = _definition(machine)
    for flow in _flows(found[1]) if found is not None else ():
        states = flow.get("States")
        for name, state in states.items() if isinstance(states, dict) else ():
            kind = state.get("Type") if isinstance(state, dict) else None
            goes_on = "Next" in state or state.get("End") is True if isinstance(state, dict) else True
            if found is not None and kind in ("Task", "Pass", "Wait", "Parallel", "Map") and not goes_on:
                yield found[0].hit(f"{name} has neither Next nor End.")


@BOOK.rule(
    "SC-SFN-003",
    Severity.REFUSED,
    "Every state can be reached",
    MACHINE,
    why="Step Functions refuses a definition with states that no transition leads to.",
    remedy="Lead to the state, or take it away.",
    source=f"{_SFN}/amazon-states-language-state-machine-structure.html",
)
def unreachable(machine: Item) -> Hits:
    found = _definition(machine)
    for flow in _flows(found[1]) if found is not None else ():
        states, start = flow.get("States"), flow.get("StartAt")
        if found is None or not isinstance(states, dict) or not isinstance(start, str) or start not in states:
            continue
        reached: set[str] = set()
        waiting = [start]
        while waiting:
            name = waiting.pop()
            state = states.get(name)
            if name not in reached and isinstance(state, dict):
                reached.add(name)
                waiting.extend(_next_of(state))
        for name in states:
            if name not in reached:
                yield found[0].hit(f"Nothing leads to {name}.")
