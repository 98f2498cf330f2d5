"""A review whose cost is not known as a whole: no amount claims to be one, and the gate stays shut."""

from __future__ import annotations

from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path

import pytest

from cli import run
from showcore_cfn.review import wording
from showcore_cfn.review.report import Form, render
from showcore_cfn.review.review import Gate, Review, review
from showcore_cfn.review.sources import Source, loaded

DATABASE = """\
Resources:
  Database:
    Type: AWS::RDS::DBInstance
    Properties: {DBInstanceClass: db.t3.micro, Engine: postgres, AllocatedStorage: 20, StorageType: gp3}
"""
LARGER = DATABASE.replace("t3.micro", "m9.large")
FUNCTION = "  Function: {Type: 'AWS::Lambda::Function', Properties: {MemorySize: %s}}\n"


def reviewed(before: str, after: str, budget: Decimal | None = None) -> Review:
    base, head = (Source(name, loaded({"app.yaml": text})) for name, text in (("a", before), ("b", after)))
    return review(base, head, {}, budget_usd=budget)


class Bars(HTMLParser):
    """The colours of the bars of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.colours: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "rect" and "var(--" in (dict(attrs).get("style") or ""):
            self.colours.append(dict(attrs)["style"] or "")


def test_a_class_without_a_price_is_no_saving() -> None:
    found = reviewed(DATABASE, LARGER)
    assert "cost unknown: app/Database without a price" in wording.verdict(found)
    assert "USD/month" not in wording.verdict(found)
    assert "Unknown, since there is no price for app/Database." in wording.cost_sentence(found)
    assert Bars(render(Form.HTML, found)).colours == []
    assert "app/Database" in render(Form.TEXT, found)


def test_a_class_with_a_price_has_its_bar() -> None:
    found = reviewed(DATABASE, DATABASE.replace("t3.micro", "t3.small"))
    # 730 h x (0.036 - 0.018)
    assert "+13.14 USD/month" in wording.verdict(found)
    assert Bars(render(Form.HTML, found)).colours == ["fill:var(--bad)"]


@pytest.mark.parametrize("budget", [None, Decimal(1000)])
@pytest.mark.parametrize(
    ("before", "after"),
    [
        (DATABASE, LARGER),
        (LARGER, DATABASE),
        (DATABASE, DATABASE + FUNCTION % 128),
        (DATABASE + FUNCTION % 128, DATABASE + FUNCTION % 256),
    ],
    ids=["loses its price", "gains one", "is new", "changes without one"],
)
def test_the_gate_on_cost_stays_shut_where_the_change_has_no_price(
    before: str, after: str, budget: Decimal | None
) -> None:
    assert reviewed(before, after, budget).stopped_by((Gate.COST,)) == (Gate.COST,)


def test_what_the_change_does_not_touch_keeps_no_gate_shut() -> None:
    after = (
        DATABASE.replace("StorageType: gp3", "StorageType: gp3, CopyTagsToSnapshot: true") + FUNCTION % 128
    )
    found = reviewed(DATABASE + FUNCTION % 128, after, Decimal(1000))
    assert found.stopped_by((Gate.COST,)) == ()
    # 730 h x 0.018 + 20 GB x 0.115 = 15.44, and the function
    assert wording.cost_sentence(found) == (
        "The monthly cost stays the same: at least 15.44 USD. "
        "Whether that is within the budget of 1,000.00 USD is not known."
    )


def test_the_command_says_why_it_was_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, text in (("a", DATABASE), ("b", LARGER)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "app.yaml").write_text(text)
    assert run(["review", "--base", "a", "--head", "b", "--fail-on", "cost"]) == 4
    said = capsys.readouterr().err
    assert said.startswith(
        "Stopped by --fail-on cost.\nWhat the change costs is not known: app/Database (AWS::RDS"
    )
    assert "there is no price rds.db.m9.large.postgres.single_az.hour" in said
