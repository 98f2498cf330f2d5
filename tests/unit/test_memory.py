"""How long things took is kept from one operation to the next, and a bad file costs nothing but calls."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from showcore_cfn.deploy.following.at_work import Handler, Taken
from showcore_cfn.deploy.following.durations import Durations, Usual
from showcore_cfn.deploy.following.memory import MemoryFile, NothingKept
from tests.fakes.cloudformation.clock import START

DATABASE = "AWS::RDS::DBInstance"
KEY = (DATABASE, Handler.CREATE)
PUBLIC_USUAL = Usual(196, 442, 1_026)


def taken(seconds: float, ended: float = 600, handler: Handler = Handler.CREATE) -> Taken:
    return Taken(DATABASE, handler, seconds, START + timedelta(seconds=ended))


def test_what_one_learns_the_next_one_knows(tmp_path: Path) -> None:
    file = tmp_path / "cache" / "durations.json"

    MemoryFile(file).learn(
        [taken(570), taken(120, handler=Handler.UPDATE), taken(300, handler=Handler.DELETE)]
    )

    assert MemoryFile(file).durations().seen == {
        (DATABASE, Handler.CREATE): (570.0,),
        (DATABASE, Handler.UPDATE): (120.0,),
        (DATABASE, Handler.DELETE): (300.0,),
    }


def test_the_last_five_are_kept_by_the_time_at_which_they_ended(tmp_path: Path) -> None:
    memory = MemoryFile(tmp_path / "durations.json")
    for number in (6, 5, 4, 3, 2, 1, 7):
        memory.learn([taken(100 + number, ended=number)])

    assert memory.durations().seen == {KEY: (103.0, 104.0, 105.0, 106.0, 107.0)}


def test_an_end_that_is_told_twice_is_kept_once(tmp_path: Path) -> None:
    """Whoever leaves and attaches again reads the same events."""
    memory = MemoryFile(tmp_path / "durations.json")
    memory.learn([taken(570)])
    memory.learn([taken(570)])

    assert memory.durations().seen == {KEY: (570.0,)}


def test_of_two_that_learn_at_once_neither_undoes_the_other(tmp_path: Path) -> None:
    mine, theirs = MemoryFile(tmp_path / "durations.json"), MemoryFile(tmp_path / "durations.json")
    mine.durations()
    theirs.durations()

    mine.learn([taken(570, ended=600)])
    theirs.learn([taken(590, ended=610)])

    assert mine.durations().seen == {KEY: (570.0, 590.0)}
    assert [path.name for path in tmp_path.iterdir()] == ["durations.json"]


def text(seconds: object = 570.0, handler: str = "create", ended: str = "2026-03-02T09:10:00+00:00") -> str:
    return json.dumps({DATABASE: {handler: {ended: seconds}}})


@pytest.mark.parametrize(
    "damaged",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[]",
        b'{"AWS::RDS::DBInstance": 5}',
        b"[" * 100_000,
        text(handler="paint").encode(),
        text(ended="yesterday").encode(),
        text(ended="2026-03-02T09:10:00").encode(),
        text(seconds="long").encode(),
        text(seconds=-5.0).encode(),
        text(seconds=float("nan")).encode(),
        text().replace("570.0", "1e999").encode(),
    ],
    ids=[
        *("empty", "half", "no text", "a list", "a number", "deep", "handler", "time", "no zone"),
        *("word", "negative", "nan", "endless"),
    ],
)
def test_a_damaged_file_is_as_none_and_is_replaced(tmp_path: Path, damaged: bytes) -> None:
    file = tmp_path / "durations.json"
    file.write_bytes(damaged)
    memory = MemoryFile(file)

    assert memory.durations().seen == {}
    memory.learn([taken(590)])
    assert memory.durations().seen == {KEY: (590.0,)}


def test_the_written_form_is_read() -> None:
    """The cases above are damaged by what they change, and by nothing else."""
    assert json.loads(text()) == {DATABASE: {"create": {"2026-03-02T09:10:00+00:00": 570.0}}}


def test_a_sound_file_of_that_form_is_known(tmp_path: Path) -> None:
    (tmp_path / "durations.json").write_text(text())

    assert MemoryFile(tmp_path / "durations.json").durations().seen == {KEY: (570.0,)}


def test_where_nothing_can_be_written_nothing_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    memory = MemoryFile(tmp_path / "file" / "durations.json")

    memory.learn([taken(570)])

    assert memory.durations().seen == {}


def test_what_took_no_time_and_nothing_at_all_are_not_learned(tmp_path: Path) -> None:
    memory = MemoryFile(tmp_path / "durations.json")

    memory.learn([])
    memory.learn([taken(0), taken(-3)])

    assert list(tmp_path.iterdir()) == []


def test_a_memory_that_keeps_nothing_knows_what_public_logs_say() -> None:
    memory = NothingKept()
    memory.learn([taken(570)])

    assert memory.durations().usual(*KEY) == PUBLIC_USUAL


def test_what_was_seen_here_is_believed_before_public_logs_with_a_margin() -> None:
    found = Durations({KEY: (560.0, 600.0, 590.0)}).usual(*KEY)

    assert found is not None
    assert (found.shortest_seconds, found.median_seconds, found.seen_here) == (476, 590, True)
    assert found.longest_seconds == pytest.approx(690)


def test_of_a_type_that_nobody_knows_nothing_is_usual() -> None:
    assert Durations().usual("AWS::SNS::Topic", Handler.CREATE) is None
    assert Durations().usual(DATABASE, Handler.UPDATE) is None
    assert Durations().usual(*KEY) == PUBLIC_USUAL
