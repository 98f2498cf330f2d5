"""check/report*.py: findings for people, for machines and for GitHub."""

from __future__ import annotations

import json
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from showcore_cfn.check.finding import Finding, Severity
from showcore_cfn.check.report import Format, render

TEMPLATE = "Resources:\n  Db:\n    Properties:\n      Port: 99999\n"
PORT = Finding(
    "SC-RDS-003",
    Severity.REFUSED,
    "Port 99999 is above 65535",
    "db.yaml",
    ("Resources", "Db", "Properties", "Port"),
    4,
    "Db",
    "Name a port from 1150 to 65535.",
    "https://docs.aws.amazon.com/page",
)
COST = Finding("SC-EC2-001", Severity.COST, "a, b: 100%\nof it", "net.yaml", ("Resources", "Nat"), 1, "Nat")
TEXTS = {"db.yaml": TEMPLATE, "net.yaml": "Resources: {}\n"}


def test_the_text_shows_the_lines_and_a_caret_under_the_guilty_name() -> None:
    assert render(Format.TEXT, [COST, PORT], TEXTS) == (
        "db.yaml\n"
        "  refused SC-RDS-003 Db: Port 99999 is above 65535\n"
        "    3 |     Properties:\n"
        "    4 |       Port: 99999\n"
        "      |       ^^^^\n"
        "    do: Name a port from 1150 to 65535.\n"
        "    see: https://docs.aws.amazon.com/page\n"
        "\n"
        "net.yaml\n"
        "  cost SC-EC2-001 Nat: a, b: 100%\nof it\n"
        "    1 | Resources: {}\n"
        "      | ^^^^^^^^^\n"
        "\n"
        "1 refused, 1 cost in 2 templates\n"
    )


def test_a_message_that_begins_with_its_resource_names_it_once() -> None:
    said = render(Format.TEXT, [replace(PORT, message="Db holds data")], TEXTS)
    assert "  refused SC-RDS-003: Db holds data\n" in said
    assert "SC-RDS-003 Db: Dbx is" in render(Format.TEXT, [replace(PORT, message="Dbx is")], TEXTS)


def test_the_text_of_no_findings_is_one_line() -> None:
    assert render(Format.TEXT, [], {"a.yaml": ""}) == "nothing found in 1 template\n"


def test_a_line_outside_the_template_shows_no_lines() -> None:
    assert "|" not in render(Format.TEXT, [PORT], {"db.yaml": ""})


def test_colour_is_the_callers() -> None:
    painted = render(Format.TEXT, [PORT], TEXTS, paint=lambda severity, said: f"<{severity}:{said}>")
    assert "<refused:refused> SC-RDS-003" in painted
    assert "<refused:^^^^>" in painted


def test_json_holds_every_field_and_the_totals() -> None:
    answer = json.loads(render(Format.JSON, [PORT], TEXTS, folder="templates"))
    assert answer["findings"] == [
        {
            "rule": "SC-RDS-003",
            "severity": "refused",
            "message": "Port 99999 is above 65535",
            "file": "templates/db.yaml",
            "line": 4,
            "path": ["Resources", "Db", "Properties", "Port"],
            "resource": "Db",
            "remedy": "Name a port from 1150 to 65535.",
            "source": "https://docs.aws.amazon.com/page",
        }
    ]
    assert answer["totals"] == {"refused": 1, "dead": 0, "risk": 0, "cost": 0, "style": 0}


def test_sarif_names_each_rule_once_and_each_result_with_its_place() -> None:
    run = json.loads(render(Format.SARIF, [PORT, COST], TEXTS, folder="templates/"))["runs"][0]
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["SC-EC2-001", "SC-RDS-003"]
    first = run["results"][0]
    assert (first["ruleId"], first["ruleIndex"], first["level"]) == ("SC-RDS-003", 1, "error")
    place = first["locations"][0]["physicalLocation"]
    assert place == {"artifactLocation": {"uri": "templates/db.yaml"}, "region": {"startLine": 4}}
    assert len(first["partialFingerprints"]["place/v1"]) == 64


def test_junit_fails_what_stops_a_run_and_skips_what_does_not() -> None:
    top = ElementTree.fromstring(render(Format.JUNIT, [PORT, COST], {**TEXTS, "good.yaml": ""}))
    counts = {
        suite.get("name"): (suite.get("tests"), suite.get("failures"), suite.get("skipped")) for suite in top
    }
    assert counts == {"db.yaml": ("1", "1", "0"), "net.yaml": ("1", "0", "1"), "good.yaml": ("1", "0", "0")}


def test_junit_fails_risks_in_a_strict_run() -> None:
    risk = Finding("X", Severity.RISK, "said", "a.yaml", (), 1)
    counts = [
        ElementTree.fromstring(render(Format.JUNIT, [risk], {}, strict=strict))[0].get("failures")
        for strict in (False, True)
    ]
    assert counts == ["0", "1"]


def test_junit_survives_characters_that_xml_forbids() -> None:
    odd = Finding("X", Severity.RISK, "a\x00b", "a.yaml", (), 1)
    assert ElementTree.fromstring(render(Format.JUNIT, [odd], {})).tag == "testsuites"


def test_github_escapes_what_would_end_a_command() -> None:
    assert render(Format.GITHUB, [PORT, COST], TEXTS, folder="templates") == (
        "::error file=templates/db.yaml,line=4,title=SC-RDS-003::"
        "Port 99999 is above 65535 Name a port from 1150 to 65535.\n"
        "::notice file=templates/net.yaml,line=1,title=SC-EC2-001::a, b: 100%25%0Aof it\n"
    )


@pytest.mark.parametrize("form", list(Format))
def test_every_format_ends_with_a_newline_or_is_empty(form: Format) -> None:
    assert render(form, [PORT], TEXTS).endswith("\n")
    assert render(form, [], {}) == "" or render(form, [], {}).endswith("\n")
