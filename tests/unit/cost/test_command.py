"""`showcore cost` from its command line."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import cli
from showcore_cfn.aws.cost_explorer import Billed
from showcore_cfn.commands.cost import PARTS
from showcore_cfn.cost.report import Part
from tests.unit.cost.support import REPOSITORY

ADDRESSES = '[production.alert_addresses]\ncritical = ["a@example.com"]\nwarning = ["a@example.com"]\n'
SETTINGS = f"""\
[production]
account_id = "111122223333"
{ADDRESSES}billing = ["a@example.com"]
[production.network]
endpoint_zones = 1
[production.usage]
cdn_out_gb = 1124
[production.cost]
free_tier = "credits"
max_monthly_usd = 70
"""
UNTOUCHED = ("boto3", "botocore", "troposphere", "cfnlint", "rich", "jsonschema", "hypothesis")


@pytest.fixture(autouse=True)
def _here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "templates").symlink_to(REPOSITORY / "templates")
    for name in ("SHOWCORE_SETTINGS", "SHOWCORE_ENV", "SHOWCORE_OUTPUT", "SHOWCORE_REGION", "CI"):
        monkeypatch.delenv(name, raising=False)


def asked(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = cli.run(["cost", *arguments])
    printed = capsys.readouterr()
    return code, printed.out, printed.err


def as_data(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    code, out, _ = asked(capsys, "-o", "json", *arguments)
    assert code == 0
    found: dict[str, Any] = json.loads(out)
    return found


def test_a_fresh_clone_needs_no_settings_and_shows_the_totals_of_the_plan(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code, out, err = asked(capsys)
    assert code == 0
    assert err == "There is no showcore.toml: the plan's figures are taken.\n"
    for total in ("51.25", "58.55", "73.15", "87.75", "58.45", "65.75", "80.35", "94.95"):
        assert f" {total} " in out
    assert "To get there, one step after the other:" in out
    assert "\x1b" not in out


def test_the_settings_decide_parameters_usage_account_and_limit(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "showcore.toml").write_text(SETTINGS, encoding="utf-8")
    code, out, err = asked(capsys, "-o", "json", "--usage", "none")
    found = json.loads(out)
    # 58.55 + 2.40 + (1,124 - 1,024 free) x 0.085
    assert found["total"] == 69.45
    assert found["free_tier"]["kind"] == "credits"
    assert (code, err) == (0, "")
    code, _, err = asked(capsys, "--usage", "none", "--assume", "cdn_out_gb=2024")
    # 58.55 + 2.40 + 1,000 x 0.085 = 145.95
    assert code == 4
    assert err.startswith("showcore: The estimate is 145.95 USD a month, 75.95 above the limit of 70.00")


def test_the_command_line_goes_over_the_settings(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "showcore.toml").write_text(SETTINGS, encoding="utf-8")
    found = as_data(
        capsys,
        *("--usage", "none", "--assume", "cdn_out_gb=0", "--free-tier", "legacy", "--max-monthly", "100"),
        *("--parameter-overrides", "EndpointZones=2", "--parameter-overrides", "CdnMetrics=false"),
    )
    assert found["total"] == 87.75
    assert found["free_tier"]["kind"] == "legacy"


@pytest.mark.parametrize(("limit", "code"), [("87.75", 0), ("87.74", 4)])
def test_the_limit_is_a_gate(capsys: pytest.CaptureFixture[str], limit: str, code: int) -> None:
    found, out, _ = asked(
        capsys, "--usage", "none", "--parameter-overrides", "CdnMetrics=false", "--max-monthly", limit
    )
    assert found == code
    assert "87.75 USD a month" in out  # the estimate is shown before the gate closes


def test_own_prices_come_from_a_file_and_from_the_command_line(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    mine = tmp_path / "mine.toml"
    mine.write_text(
        '"vpc.interface_endpoint.az_hour" = 0.02\n"secretsmanager.secret.month" = 9\n', encoding="utf-8"
    )
    price = ("--price", "secretsmanager.secret.month=0.40")
    found = as_data(capsys, "--usage", "none", "--prices", str(mine), *price)
    # 90.15 + 58.40: the endpoints at twice the price, the secret at its own
    assert found["total"] == 148.55


def test_any_folder_of_templates_can_be_priced(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    folder = tmp_path / "theirs"
    folder.mkdir()
    (folder / "a.yaml").write_text(
        "Parameters: {Kind: {Type: String, Default: t3}}\n"
        "Resources:\n"
        "  Cache: {Type: 'AWS::ElastiCache::ReplicationGroup',"
        " Properties: {CacheNodeType: !Sub 'cache.${Kind}.micro'}}\n"
        "  Other: {Type: 'AWS::Lambda::Function'}\n",
        encoding="utf-8",
    )
    found = as_data(capsys, "theirs", "--usage", "none")
    assert (found["title"], found["total"]) == ("theirs", 12.41)
    assert [item["path"] for item in found["not_priced"]] == ["a/Other"]
    graviton = as_data(capsys, "theirs", "--usage", "none", "--parameter-overrides", "Kind=t4g")
    assert graviton["total"] == 11.68


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--usage", "huge"], "there is no usage called 'huge'"),
        (
            ["--free-tier", "always"],
            "there is no free tier called 'always'; there are legacy, credits, none.",
        ),
        (["--assume", "moon=1"], "no assumption is called 'moon'"),
        (["--assume", "sessions"], "--assume 'sessions' is not KEY=VALUE"),
        (
            ["--price", "vpc.nat_gateway.hour=-1"],
            "--price vpc.nat_gateway.hour is -1; a price is a number of USD",
        ),
        (["--price", "vpc.nat.hour=1"], "--price: no price is called 'vpc.nat.hour'; did you mean"),
        (["--prices", "none.toml"], "--prices: none.toml cannot be read: "),
        (["--region", "eu-west-1"], "there are no prices for eu-west-1, only for us-east-1"),
        (["--max-monthly", "-5"], "--max-monthly is -5.0; a limit is a number of USD above 0."),
        (["--parameter-overrides", "Zones=1"], "--parameter-overrides: no template has a parameter 'Zones'."),
        (["--parameter-overrides", "Zones"], "--parameter-overrides 'Zones' is not KEY=VALUE"),
        (
            ["nowhere"],
            "there are no templates in nowhere/: run `showcore templates`, or name another folder.",
        ),
        (["--actual", "-o", "svg"], "--actual is told as text or json."),
        (["--actual", "--month", "May"], "--month 'May' is no month; write it as 2026-10."),
    ],
)
def test_wrong_input_gets_one_sentence(
    capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    code, out, err = asked(capsys, *arguments)
    last = err.strip().splitlines()[-1]
    assert code == 2
    assert out == ""
    assert last.startswith(f"showcore: {said}")
    assert "Traceback" not in err


@pytest.mark.parametrize("form", ["markdown", "svg", "html"])
def test_each_form_is_printed(capsys: pytest.CaptureFixture[str], form: str) -> None:
    code, out, _ = asked(capsys, "-o", form)
    beginning = {"markdown": "# What it costs", "svg": "<svg ", "html": "<!doctype html>"}
    assert code == 0
    assert out.startswith(beginning[form])


def test_only_the_parts_that_are_asked_for_are_shown(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = asked(capsys, "--show", "months")
    assert out.startswith("Account none: ")
    _, everything, _ = asked(capsys, "--show", "all")
    assert "rds.storage.gp3.gb_month" in everything
    assert everything.rstrip().splitlines()[-1].startswith("showcore-billing-100 stays quiet")


def test_every_part_of_the_report_can_be_asked_for() -> None:
    assert set(PARTS) == {*Part, "all"}


def test_an_old_list_of_prices_is_told(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("showcore_cfn.cost.price_list.PriceList.age_days", lambda _, __: 366)
    _, _, err = asked(capsys, "--show", "tiers")
    assert "The prices were last read through on 2026-11-24, more than a year ago." in err


def test_what_cannot_be_read_is_told(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    folder = tmp_path / "broken"
    folder.mkdir()
    (folder / "a.yaml").write_text("Resources: {A: {Type: 'AWS::EC2::VPC'", encoding="utf-8")
    code, _, err = asked(capsys, "broken")
    assert code == 2
    assert err.startswith("broken/a.yaml: ")
    assert "there are no templates in broken/" in err


def test_an_account_kind_of_the_past_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    _, _, err = asked(capsys, "--free-tier", "legacy")
    assert "No account has offers of 12 months any more: the last ended on 2026-07-14." in err


@pytest.mark.task("12.4")
def test_the_bill_stands_beside_the_estimate(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked_for: list[tuple[date, date, tuple[str, str] | None]] = []

    class Bills:
        def __init__(self, client: str, profile: str | None) -> None:
            assert (client, profile) == ("ce", "billing")

        def by_service(self, start: date, end: date, tag: tuple[str, str] | None) -> Billed:
            asked_for.append((start, end, tag))
            return Billed({"Amazon ElastiCache": Decimal("12.65")}, True, 1)

        def tag_status(self, key: str) -> str:
            return "Active"

    class Session:
        def client(self, service: str) -> str:
            return service

    def connect(region: str, *, profile: str | None, endpoint_url: str | None) -> Session:
        assert (region, endpoint_url) == ("us-east-1", None)
        return Session()

    monkeypatch.setattr("showcore_cfn.aws.cost_explorer.CostExplorer", Bills)
    monkeypatch.setattr("showcore_cfn.aws.session.connect", connect)
    arguments = ("--actual", "--month", "2026-08", "--usage", "none", "--profile", "billing")
    code, out, err = asked(capsys, *arguments)
    assert code == 0
    assert asked_for == [
        (date(2026, 8, 1), date(2026, 9, 1), ("Project", "ShowCore")),
        (date(2026, 8, 1), date(2026, 9, 1), None),
    ]
    (line,) = [line for line in out.splitlines() if line.startswith("Amazon ElastiCache")]
    assert line.split()[-4:] == ["12.41", "12.65", "+0.24", "12.65"]
    assert "AWS may still change these figures." in err
    assert "3 requests to Cost Explorer cost 0.03 USD." in err
    _, out, _ = asked(capsys, *arguments, "-o", "json")
    assert json.loads(out)["billed"] == 12.65


def test_the_page_of_costs_is_current(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = asked(capsys, "-o", "markdown")
    written = (REPOSITORY / "docs/costs.md").read_text(encoding="utf-8")
    assert written == out, "run `showcore cost -o markdown > docs/costs.md` where there is no showcore.toml"


def test_pricing_imports_neither_the_sdk_nor_the_generator_nor_a_linter() -> None:
    code = (
        "import sys, cli; cli.run(['cost', '--show', 'all', '--settings', 'none.toml']);"
        f"print([name for name in {UNTOUCHED!r} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stderr.splitlines()[-1] == "[]"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("EndpointZones=3", "--parameter-overrides EndpointZones=3: it is one of 1, 2."),
        ("EndpointZones=", "--parameter-overrides EndpointZones=: it is one of 1, 2."),
        ("CdnMetrics=TRUE", "--parameter-overrides CdnMetrics=TRUE: it is one of true, false."),
        ("Prefix=Mine", "--parameter-overrides Prefix=Mine: Lower-case letters, digits and single hyphens"),
        (
            "Prefix=a-prefix-that-is-long",
            "--parameter-overrides Prefix=a-prefix-that-is-long: it is at most 16 char",
        ),
    ],
)
def test_a_parameter_that_the_template_refuses_is_not_priced(
    capsys: pytest.CaptureFixture[str], given: str, said: str
) -> None:
    code, out, err = asked(capsys, "--parameter-overrides", given)
    assert (code, out) == (2, "")
    assert said in err


@pytest.mark.parametrize("month", ["2026-13", "2026-10"])
def test_a_month_without_the_bill_is_not_silently_left_aside(
    capsys: pytest.CaptureFixture[str], month: str
) -> None:
    code, out, err = asked(capsys, "--month", month)
    assert (code, out) == (2, "")
    assert f"--month {month} is the month of a bill: give --actual with it." in err


def test_what_has_no_price_stops_the_limit_and_a_price_of_your_own_lifts_that(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "others").mkdir()
    (tmp_path / "others/app.yaml").write_text(
        "Resources:\n  C:\n    Type: AWS::ElastiCache::ReplicationGroup\n"
        "    Properties: {CacheNodeType: cache.m9.large, Engine: redis, NumCacheClusters: 1}\n"
    )
    code, out, err = asked(capsys, "others", "--max-monthly", "60")
    assert code == 4
    assert "not priced: app/C (AWS::ElastiCache::ReplicationGroup" in out
    assert "whether that stays within the limit of 60.00 is not known" in err
    own = "elasticache.cache.m9.large.redis.hour=0.05"
    assert asked(capsys, "others", "--max-monthly", "60", "--price", own)[0] == 0
