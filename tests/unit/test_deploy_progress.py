"""How an operation is shown while it runs: in lines, as JSON, on a screen, and against what is usual."""

from __future__ import annotations

import io
import json
import sys
from datetime import UTC, datetime, timedelta

import click
import pytest
from rich.console import Console

from showcore_cfn.aws.values import STACK_TYPE, StackEvent
from showcore_cfn.commands._progress import JsonLines, Lines, ask_after_interrupt, at_work, elapsed, line
from showcore_cfn.commands._screen import Screen
from showcore_cfn.deploy.following.at_work import Handler, Running
from showcore_cfn.deploy.following.board import Board
from showcore_cfn.deploy.following.durations import Durations
from showcore_cfn.deploy.following.follow import Choice
from showcore_cfn.deploy.following.happening import Happening

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ROOT = "arn:aws:cloudformation:us-east-1:111122223333:stack/showcore/1"
NESTED = "arn:aws:cloudformation:us-east-1:111122223333:stack/showcore-Database-X/2"


def happening(
    path: str, status: str, seconds: int = 0, reason: str = "", kind: str = "AWS::RDS::DBInstance"
) -> Happening:
    stack, _, name = path.rpartition("/")
    event = StackEvent(
        id=f"{path}-{status}-{seconds}",
        stack_id=NESTED if stack else ROOT,
        stack_name="showcore",
        logical_id=name,
        physical_id="x" if stack else NESTED,
        type=kind if stack else STACK_TYPE,
        status=status,
        time=START + timedelta(seconds=seconds),
        reason=reason,
    )
    if path == "root":
        event = StackEvent(
            *("r" + status, ROOT, "showcore", "showcore", ROOT, STACK_TYPE, status, event.time)
        )
    return Happening(path, stack or "root", event)


FAILED = happening("database/Database", "CREATE_FAILED", 60, "no room")
STORY = (
    happening("root", "CREATE_IN_PROGRESS"),
    happening("database", "CREATE_IN_PROGRESS", 1),
    happening("database/Group", "CREATE_IN_PROGRESS", 2, kind="AWS::EC2::SecurityGroup"),
    happening("database/Group", "CREATE_COMPLETE", 4, kind="AWS::EC2::SecurityGroup"),
    happening("database/Database", "CREATE_IN_PROGRESS", 5),
)


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0s"), (42, "42s"), (187, "3m07s"), (3_720, "1h02m"), (-5, "0s")]
)
def test_elapsed_time_is_short(seconds: int, text: str) -> None:
    assert elapsed(START, START + timedelta(seconds=seconds)) == text


def test_a_board_counts_what_is_done_at_work_and_failed() -> None:
    board = Board({"network": 2, "database": 3})
    board.note(STORY)

    row = board.rows["database"]
    assert (row.total, row.done, list(row.running), row.is_running) == (3, {"Group"}, ["Database"], True)
    assert list(board.rows) == ["network", "database"]

    board.note([FAILED])
    assert (row.failed, row.running, board.failures) == ({"Database"}, {}, [FAILED])


def test_what_is_tried_again_is_no_longer_done() -> None:
    board = Board()
    board.note(STORY)
    board.note([happening("database/Group", "DELETE_IN_PROGRESS", 70, kind="AWS::EC2::SecurityGroup")])

    assert board.rows["database"].done == set()


def test_lines_tell_every_event_and_a_sign_of_life_each_minute() -> None:
    said: list[str] = []
    lines = Lines(errors_only=False, say=said.append)

    lines.step("making the change set")
    lines.happened(STORY)
    for minute in range(4):
        lines.waiting(START + timedelta(seconds=10 + 60 * minute))

    assert said[0] == "making the change set ..."
    assert "database/Group" in said[4]
    assert len(said) == 1 + len(STORY) + 3
    assert said[-1] == "still at work: database/Database 3m05s (usually about 7 min)"


def test_errors_only_is_silent_but_for_errors_and_trouble() -> None:
    said: list[str] = []
    lines = Lines(errors_only=True, say=said.append)

    lines.step("x")
    lines.happened((*STORY, FAILED))
    lines.waiting(START + timedelta(hours=1))
    lines.trouble("AWS asks to slow down")

    assert said == [line(FAILED), "AWS asks to slow down"]


@pytest.mark.trap("31")
def test_json_is_one_object_a_line_with_times_in_utc() -> None:
    said: list[str] = []
    watcher = JsonLines(said.append)

    watcher.step("x")
    watcher.happened((FAILED,))
    watcher.waiting(START)
    watcher.trouble("y")

    assert [json.loads(text) for text in said] == [
        {"type": "step", "text": "x"},
        {
            "type": "event",
            "time": "2026-03-02T09:01:00Z",
            "path": "database/Database",
            "resource_type": "AWS::RDS::DBInstance",
            "status": "CREATE_FAILED",
            "reason": "no room",
            "physical_id": "x",
            "stack_id": NESTED,
        },
        {"type": "heartbeat", "time": "2026-03-02T09:00:00Z"},
        {"type": "trouble", "text": "y"},
    ]
    assert watcher.interrupted(True) is Choice.LEAVE


def running(kind: str = "AWS::RDS::DBInstance", handler: Handler = Handler.CREATE) -> Running:
    return Running(kind, handler, START)


@pytest.mark.parametrize(
    ("minutes", "says"),
    [(3, "Database 3m00s (usually about 7 min)"), (18, "Database 18m00s (slower than usual)")],
)
def test_what_takes_longer_than_the_longest_known_is_called_slow(minutes: int, says: str) -> None:
    assert at_work("Database", running(), START + timedelta(minutes=minutes)) == says


@pytest.mark.parametrize(
    ("minutes", "says"),
    [(3, "Database 3m00s (about 10 min here before)"), (13, "Database 13m00s (slower than here before)")],
)
def test_what_was_seen_here_is_told_as_that_and_not_as_usual(minutes: int, says: str) -> None:
    seen = Durations({("AWS::RDS::DBInstance", Handler.CREATE): (590.0, 610.0)})

    assert at_work("Database", running(), START + timedelta(minutes=minutes), seen) == says


def test_what_a_creation_takes_is_not_said_of_an_update() -> None:
    now = START + timedelta(minutes=3)

    assert at_work("Database", running(handler=Handler.UPDATE), now) == "Database 3m00s"


@pytest.mark.parametrize("seen", [{}, {("AWS::SNS::Topic", Handler.CREATE): (6.0,)}], ids=["no", "6 seconds"])
def test_of_a_type_without_samples_or_of_mere_seconds_nothing_is_said_to_be_usual(
    seen: dict[tuple[str, Handler], tuple[float, ...]],
) -> None:
    now = START + timedelta(minutes=1)

    assert at_work("Topic", running("AWS::SNS::Topic"), now, Durations(seen)) == "Topic 1m00s"


def test_lines_and_the_screen_tell_what_was_seen_here() -> None:
    seen = Durations({("AWS::RDS::DBInstance", Handler.CREATE): (600.0,)})
    said: list[str] = []
    lines = Lines(errors_only=False, say=said.append, durations=seen)
    screen = Screen(None, lambda: START + timedelta(seconds=65), seen)

    lines.happened(STORY)
    for seconds in (10, 70):
        lines.waiting(START + timedelta(seconds=seconds))
    screen.happened(STORY)

    assert said[-1] == "still at work: database/Database 1m05s (about 10 min here before)"
    assert "Database 1m00s (about 10 min here before)" in drawn(screen)


def test_the_second_event_of_a_creation_does_not_begin_its_time_anew() -> None:
    board = Board()
    board.note([*STORY, happening("database/Database", "CREATE_IN_PROGRESS", 40)])

    assert [(path, one.since) for path, one in board.running()] == [
        ("database/Database", START + timedelta(seconds=5))
    ]


def drawn(screen: Screen) -> str:
    out = Console(file=io.StringIO(), width=120, no_color=True)
    out.print(screen.drawn())
    assert isinstance(out.file, io.StringIO)
    return out.file.getvalue()


def test_the_screen_has_a_line_for_each_nested_stack_and_keeps_failures() -> None:
    screen = Screen({"network": 2, "database": 3}, lambda: START + timedelta(seconds=65))
    screen.step("executing the change set")
    assert "executing the change set ..." in drawn(screen)

    screen.happened(STORY)
    text = drawn(screen)
    assert "create in progress  1m05s" in text
    assert "waiting" in text.split("network")[1].splitlines()[0]
    assert "1/3" in text
    assert "Database 1m00s (usually about 7 min)" in text

    screen.happened((FAILED,))
    screen.trouble("AWS asks to slow down")
    screen.waiting(START)
    text = drawn(screen)
    assert "1 failed: Database" in text
    assert "no room" in text
    assert "AWS asks to slow down" in text


def test_without_a_terminal_ctrl_c_leaves_the_operation_running(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())

    assert Lines(errors_only=False).interrupted(True) is Choice.LEAVE
    assert Screen(None, lambda: START).interrupted(False) is Choice.LEAVE


def test_the_same_trouble_is_said_once_until_there_is_news_or_a_minute_has_passed() -> None:
    said: list[str] = []
    lines = Lines(errors_only=False, say=said.append)
    for second in range(3):
        lines.trouble("no answer")
        lines.waiting(START + timedelta(seconds=second))
    lines.trouble("AWS asks to slow down")
    lines.waiting(START + timedelta(seconds=60))
    lines.trouble("AWS asks to slow down")
    lines.happened((happening("database/Database", "UPDATE_COMPLETE"),))
    lines.trouble("AWS asks to slow down")
    slow = "AWS asks to slow down"
    assert [text for text in said if text in ("no answer", slow)] == ["no answer", slow, slow, slow]


def test_a_second_ctrl_c_leaves_the_operation_running(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> str:
        raise click.Abort

    monkeypatch.setattr(sys, "stdin", Terminal())
    monkeypatch.setattr(click, "prompt", interrupted)
    assert ask_after_interrupt(can_cancel=True) is Choice.LEAVE


class Terminal(io.StringIO):
    """Standard input that is a terminal."""

    def isatty(self) -> bool:
        return True
