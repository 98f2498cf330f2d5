"""How answers are shown."""

from __future__ import annotations

from showcore_cfn.deploy.preflight.answer import Answer, Verdict, blocks, fine, note
from showcore_cfn.deploy.preflight.report import as_json, stopped, text

FOUND = (
    fine("region", "us-east-1"),
    note("CloudTrail", "another trail", "switch ours off"),
    Answer("zones", Verdict.UNSEEN, "these credentials may not look."),
    blocks("stack", "it rolls back", "wait"),
)


def test_what_blocks_stands_first_and_the_last_line_counts() -> None:
    assert text(FOUND).splitlines() == [
        "BLOCKS  stack: it rolls back.",
        "        -> wait.",
        "unseen  zones: these credentials may not look.",
        "note    CloudTrail: another trail.",
        "        -> switch ours off.",
        "ok      region: us-east-1.",
        "",
        "Preflight: 1 blocks, 1 could not look, 1 note, 1 fine.",
    ]


def test_json_says_whether_something_blocks() -> None:
    assert as_json(FOUND[:1]) == {
        "blocks": False,
        "answers": [{"check": "region", "verdict": "fine", "says": "us-east-1", "remedy": ""}],
    }
    assert as_json(FOUND)["blocks"] is True


def test_only_what_blocks_stops() -> None:
    assert stopped(FOUND)
    assert not stopped(FOUND[:3])
