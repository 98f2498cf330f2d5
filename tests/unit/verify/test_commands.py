"""`showcore verify` and `showcore account` on the command line, as far as they ask AWS nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli import run
from showcore_cfn.commands import _verifying as verifying
from showcore_cfn.commands._verifying_shown import announcements
from showcore_cfn.errors import ShowcoreError
from showcore_cfn.verify.check import Outcome, Verdict, Way
from showcore_cfn.verify.facts.stack import STACK, NoStack
from showcore_cfn.verify.lines import LINES
from showcore_cfn.verify.look import CouldNotLook, Look
from showcore_cfn.verify.registry import CHECKS, chosen
from tests.unit.verify.world import WANT, right


def test_the_list_has_every_line_of_the_plan_and_every_check(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["verify", "--list"]) == 0
    said = capsys.readouterr().out
    for line in LINES:
        assert f"{line.number:>2}. {line.says}\n" in said
    for each in CHECKS:
        assert f" {each.id}\n" in said


def test_the_list_as_json_says_what_each_check_needs(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["verify", "--list", "--only", "7.1-vpc", "-o", "json"]) == 0
    (said,) = json.loads(capsys.readouterr().out)
    assert said["id"] == "7.1-vpc"
    assert said["iam_actions"] == [
        "cloudformation:DescribeStacks",
        "cloudformation:ListStackResources",
        "ec2:DescribeVpcAttribute",
        "ec2:DescribeVpcs",
    ]
    assert said["way"] == "read"


def test_the_documentation_has_the_list_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["verify", "--list", "-o", "markdown"]) == 0
    page = (Path(__file__).parents[3] / "docs" / "verification.md").read_text(encoding="utf-8")
    assert f"<!-- list -->\n\n{capsys.readouterr().out}\n<!-- end -->" in page


def test_the_list_can_be_narrowed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["verify", "--list", "--section", "15"]) == 0
    said = capsys.readouterr().out
    assert "15.1-rules-compliant" in said
    assert "7.1-vpc" not in said


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--only", "7.1-vpcs"], "there is no check, task or section '7.1-vpcs'. Did you mean 7.1-vpc"),
        (["--only", "14.4"], "drills run with --drill alarm or --drill restore"),
        (["--only", "7.1-vpc", "--skip", "7"], "no check is left"),
    ],
)
def test_a_choice_that_leaves_nothing_is_a_mistake(
    arguments: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["verify", *arguments]) == 2
    assert says in capsys.readouterr().err


@pytest.mark.parametrize("content", ["not json", "[]", '{"checks": [{"id": "x"}]}', '{"checks": []}'])
def test_an_earlier_report_that_is_none_is_a_mistake(
    tmp_path: Path, content: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "report.json"
    file.write_text(content, encoding="utf-8")
    assert run(["verify", "--since", str(file)]) == 2
    assert "is no report of `showcore verify -o json`" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("endpoint", "named", "left"),
    [
        ("https://cloudformation.us-east-1.amazonaws.com", (), set()),
        ("http://127.0.0.1:4566", (), {"7.1-endpoint-dns"}),
        ("http://127.0.0.1:4566", ("7.1-endpoint-dns",), set()),
    ],
    ids=["aws", "embedded", "embedded-but-named"],
)
def test_what_the_embedded_aws_cannot_answer_is_left_out_there_unless_it_is_named(
    endpoint: str, named: tuple[str, ...], left: set[str]
) -> None:
    checks = chosen(only=["7.1-vpc", "7.1-endpoint-dns"])
    found = verifying.left_out(checks, named, endpoint)
    assert set(found) == left
    asked = [Outcome(each, Verdict.PASSED, (), "") for each in checks if each.id not in found]
    told = verifying.in_order(checks, asked, found)
    assert [each.check.id for each in told] == [each.id for each in checks]
    assert {each.check.id for each in told if each.verdict is Verdict.OFF} == left


NOTHING_YET = Look.at({STACK: NoStack("no stack showcore-phase1-production stands yet")})


@pytest.mark.parametrize(
    ("named", "sections"),
    [((), ()), (("7.1-vpc",), ()), (("14.5",), ()), ((), ("13",)), ((), ("15.1",))],
    ids=["all", "one", "probe", "section", "section-that-needs-none-in-part"],
)
def test_without_a_stack_verification_is_one_sentence_that_names_the_account_and_the_way_to_one(
    named: tuple[str, ...], sections: tuple[str, ...]
) -> None:
    checks = [each for each in chosen(only=named, sections=sections) if each.id != "15.1-rules-compliant"]
    checks += chosen(only=["7.1-vpc"]) if sections else ()
    with pytest.raises(ShowcoreError) as error:
        verifying.must_stand(checks, named, NOTHING_YET, WANT)
    assert str(error.value) == (
        "no stack showcore-phase1-production stands in the account 111122223333, us-east-1, yet: `showcore deploy` "
        "creates it. What needs no stack can be asked for by its name, such as --only 13.1-config."
    )
    assert error.value.exit_code == 1


@pytest.mark.parametrize(
    ("only", "look"),
    [
        (("13.1-config",), Look.at({})),
        (("13.1-config", "7.1-vpc"), NOTHING_YET),
        (("7.1-vpc",), Look.at({STACK: CouldNotLook("access denied")})),
        ((), Look.at(right())),
    ],
    ids=["needs-none", "named-beside-one-that-needs-none", "not-allowed-to-look", "it-stands"],
)
def test_verification_goes_on_where_a_stack_stands_or_none_is_needed(
    only: tuple[str, ...], look: Look
) -> None:
    verifying.must_stand(chosen(only=only), only, look, WANT)


def test_what_only_looks_announces_nothing() -> None:
    assert announcements(chosen()) == []


def test_section_14_and_drills_announce_what_they_make_for_how_long_and_how_much() -> None:
    probes = announcements(chosen(sections=["14"]))
    assert probes[0] == "A test instance stands in the private subnet for about ten minutes: 0.01 USD."
    assert "test page" in probes[1]
    (page,) = announcements(chosen(only=["14.5"]))
    assert "test page" in page
    restore = announcements(chosen(only=["14.4"], drills=[Way.RESTORE_DRILL]))
    assert restore[0].startswith("A test instance")
    assert restore[1].endswith("one to two hours, at most 0.11 USD.")
    (alarms,) = announcements(chosen(only=["13.1-alarm-drill"], drills=[Way.ALARM_DRILL]))
    assert "mail goes to all confirmed addresses" in alarms


@pytest.mark.parametrize(
    ("arn", "patterns"),
    [
        ("arn:aws:iam::111122223333:user/ada", ("arn:aws:iam::111122223333:user/ada",)),
        (
            "arn:aws:sts::111122223333:assumed-role/Deployer/ada",
            (
                "arn:aws:iam::111122223333:role/Deployer",
                "arn:aws:iam::111122223333:role/*/Deployer",
                "arn:aws:sts::111122223333:assumed-role/Deployer/ada",
            ),
        ),
    ],
)
def test_whoever_asks_is_trusted_under_the_names_that_cloudtrail_gives(
    arn: str, patterns: tuple[str, ...]
) -> None:
    assert verifying.own_patterns(arn) == patterns


@pytest.mark.parametrize(
    "arguments",
    [
        ["verify"],
        ["account"],
        ["account", "activate-cost-tags"],
        ["account", "enable-tag-policies"],
        ["account", "billing-preferences"],
        ["account", "free-tier"],
        ["account", "organization"],
        ["account", "organization", "plan"],
        ["account", "organization", "deploy"],
        ["account", "organization", "destroy"],
    ],
)
def test_every_command_has_its_help(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*arguments, "--help"]) == 0
    assert capsys.readouterr().out.startswith(f"Usage: showcore {' '.join(arguments)} ")


@pytest.mark.parametrize("arguments", [["verify"], ["account", "free-tier"]])
def test_without_settings_the_way_to_them_is_said(
    arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(arguments) == 1
    assert "showcore.toml" in capsys.readouterr().err
