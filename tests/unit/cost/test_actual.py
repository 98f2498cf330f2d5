"""The bill of Cost Explorer beside the estimate; answers in the shapes of botocore's own model."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from showcore_cfn.aws.cost_explorer import CostExplorer
from showcore_cfn.aws.failures import AccessDenied, Missing
from showcore_cfn.cost.actual import Period, compare, data, period, text
from showcore_cfn.cost.line import Estimate
from showcore_cfn.errors import UsageError
from tests.unit.cost.support import month, one

OCTOBER = Period(date(2026, 10, 1), date(2026, 11, 1))
RDS = "Amazon Relational Database Service"
DATABASE = "{DBInstanceClass: db.t3.micro, Engine: postgres, AllocatedStorage: '20', StorageType: gp3}"


@pytest.fixture
def stub(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[CostExplorer, Stubber]]:
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nowhere")
    client = boto3.session.Session(
        aws_access_key_id="testing", aws_secret_access_key="testing", region_name="us-east-1"
    ).client("ce")
    with Stubber(client) as stubber:
        yield CostExplorer(client), stubber


def answer(token: str | None = None, **services: str) -> dict[str, Any]:
    groups = [
        {"Keys": [name.replace("_", " ")], "Metrics": {"UnblendedCost": {"Amount": usd, "Unit": "USD"}}}
        for name, usd in services.items()
    ]
    found: dict[str, Any] = {
        "ResultsByTime": [
            {"TimePeriod": {"Start": "2026-10-01", "End": "2026-11-01"}, "Groups": groups, "Estimated": True}
        ]
    }
    return found | ({"NextPageToken": token} if token else {})


def asked(token: str | None = None, tag: tuple[str, str] | None = None) -> dict[str, Any]:
    used: dict[str, Any] = {
        "Not": {
            "Dimensions": {
                "Key": "RECORD_TYPE",
                "Values": ["Credit", "Refund", "Tax", "Enterprise Discount Program Discount"],
            }
        }
    }
    mine = {"Tags": {"Key": "Project", "Values": ["ShowCore"], "MatchOptions": ["EQUALS"]}}
    found: dict[str, Any] = {
        "TimePeriod": {"Start": "2026-10-01", "End": "2026-11-01"},
        "Granularity": "MONTHLY",
        "Metrics": ["UnblendedCost"],
        "GroupBy": [{"Type": "DIMENSION", "Key": "SERVICE"}],
        "Filter": {"And": [mine, used]} if tag else used,
    }
    return found | ({"NextPageToken": token} if token else {})


@pytest.mark.task("12.4")
def test_the_bill_is_asked_for_by_tag_and_service(stub: tuple[CostExplorer, Stubber]) -> None:
    bills, stubber = stub
    stubber.add_response(
        "get_cost_and_usage", answer(AmazonCloudWatch="1.25"), asked(tag=("Project", "ShowCore"))
    )
    found = bills.by_service(OCTOBER.start, OCTOBER.end, ("Project", "ShowCore"))
    assert found.services == {"AmazonCloudWatch": Decimal("1.25")}
    assert (found.estimated, found.requests) == (True, 1)


def test_every_page_is_read_and_added_up(stub: tuple[CostExplorer, Stubber]) -> None:
    bills, stubber = stub
    stubber.add_response("get_cost_and_usage", answer("more", AWS_Config="0.10", AWS_Backup="0.5"), asked())
    stubber.add_response("get_cost_and_usage", answer(AWS_Config="0.20"), asked("more"))
    found = bills.by_service(OCTOBER.start, OCTOBER.end, None)
    assert found.services == {"AWS Config": Decimal("0.30"), "AWS Backup": Decimal("0.5")}
    assert found.requests == 2
    stubber.assert_no_pending_responses()


def test_where_cost_explorer_is_off_the_way_to_switch_it_on_is_told(
    stub: tuple[CostExplorer, Stubber],
) -> None:
    bills, stubber = stub
    stubber.add_client_error("get_cost_and_usage", "DataUnavailableException", "Data is not available.")
    with pytest.raises(
        Missing, match=r"Cost Explorer has no data for that time: open it once in the Billing console"
    ):
        bills.by_service(OCTOBER.start, OCTOBER.end, None)


def test_a_refusal_names_the_action(stub: tuple[CostExplorer, Stubber]) -> None:
    bills, stubber = stub
    stubber.add_client_error("get_cost_and_usage", "AccessDeniedException", "User not enabled")
    with pytest.raises(AccessDenied, match="ce:GetCostAndUsage"):
        bills.by_service(OCTOBER.start, OCTOBER.end, None)


@pytest.mark.parametrize(
    ("tags", "status"),
    [
        ([{"TagKey": "Project", "Type": "UserDefined", "Status": "Inactive"}], "Inactive"),
        ([{"TagKey": "Project", "Type": "UserDefined", "Status": "Active"}], "Active"),
        ([], None),
    ],
)
def test_the_status_of_the_tag_is_read(
    stub: tuple[CostExplorer, Stubber], tags: list[dict[str, str]], status: str | None
) -> None:
    bills, stubber = stub
    wanted = {"TagKeys": ["Project"], "Type": "UserDefined"}
    stubber.add_response("list_cost_allocation_tags", {"CostAllocationTags": tags}, wanted)
    assert bills.tag_status("Project") == status


def test_an_account_that_does_not_pay_may_not_ask_for_the_tag(stub: tuple[CostExplorer, Stubber]) -> None:
    bills, stubber = stub
    stubber.add_client_error("list_cost_allocation_tags", "AccessDeniedException", "not the payer")
    assert bills.tag_status("Project") is None


@pytest.mark.parametrize(
    ("given", "today", "start", "end"),
    [
        (None, date(2026, 11, 24), date(2026, 10, 1), date(2026, 11, 1)),
        (None, date(2027, 1, 1), date(2026, 12, 1), date(2027, 1, 1)),
        ("2026-02", date(2026, 11, 24), date(2026, 2, 1), date(2026, 3, 1)),
        ("2026-11", date(2026, 11, 24), date(2026, 11, 1), date(2026, 11, 24)),
    ],
    ids=["the-last-month", "over-new-year", "february", "the-month-that-runs"],
)
def test_a_period_is_a_month_or_what_has_passed_of_it(
    given: str | None, today: date, start: date, end: date
) -> None:
    assert period(given, today) == Period(start, end)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("October", r"--month 'October' is no month; write it as 2026-10\."),
        ("2026-13", r"--month '2026-13' is no month"),
        ("2027-01", r"--month 2027-01: no day of it has ended yet"),
        ("2026-12", r"--month 2026-12: no day of it has ended yet"),
    ],
)
def test_a_month_that_cannot_be_billed_gets_one_sentence(given: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        period(given, date(2026, 12, 1))


def estimated() -> Estimate:
    return month(one("RDS::DBInstance", DATABASE) + "\n" + one("EC2::EIP", "{}", "Ip"))


def test_services_stand_side_by_side_widest_deviation_first() -> None:
    billed = {RDS: Decimal("20.44"), "AmazonCloudWatch": Decimal("0.40")}
    found = compare(estimated(), OCTOBER, billed, {**billed, "Amazon Route 53": Decimal("0.50")}, "Active")
    rows = [(row.service, str(row.estimated), str(row.billed), str(row.deviation)) for row in found.rows]
    # 13.14 + 2.30 = 15.44 against 20.44
    assert rows[0] == (RDS, "15.440", "20.44", "5.000")
    assert rows[1] == ("Amazon Virtual Private Cloud", "3.650", "0", "-3.650")
    assert [row.service for row in found.rows[2:]] == ["AmazonCloudWatch", "Amazon Route 53"]
    assert (found.estimated, found.billed, found.account) == (
        Decimal("19.090"),
        Decimal("20.84"),
        Decimal("21.34"),
    )
    (said,) = found.missing
    assert said.startswith("What bears no tag is in the last column only: the secret that RDS makes")


def test_of_a_month_that_runs_the_estimate_is_taken_for_the_days_that_have_passed() -> None:
    half = Period(date(2026, 11, 1), date(2026, 11, 16))
    found = compare(estimated(), half, {}, {"AWS Config": Decimal(1)}, "Active")
    assert found.estimated == Decimal("19.090") / 2
    assert "The month still runs: the estimate is taken for the days that have passed." in found.missing


@pytest.mark.parametrize(
    ("account", "status", "said"),
    [
        ({"AWS Config": Decimal(1)}, "Inactive", "The cost allocation tag Project is not active"),
        ({"AWS Config": Decimal(1)}, None, "Nothing billed carries the tag Project=ShowCore"),
        ({}, "Active", "The account was billed nothing in that time."),
    ],
)
def test_what_the_bill_cannot_show_is_told(
    account: dict[str, Decimal], status: str | None, said: str
) -> None:
    found = compare(estimated(), OCTOBER, {}, account, status)
    assert any(sentence.startswith(said) for sentence in found.missing)


def test_the_comparison_is_a_table_and_data() -> None:
    found = compare(estimated(), OCTOBER, {RDS: Decimal("20.44")}, {RDS: Decimal("20.44")}, "Active")
    lines = text(found).splitlines()
    assert lines[0] == "2026-10-01 to 2026-10-31, USD, without credits and taxes"
    assert lines[2].split()[-4:] == ["15.44", "20.44", "+5.00", "20.44"]
    assert data(found)["services"] == [
        {"service": RDS, "estimated": 15.44, "billed": 20.44, "deviation": 5.0, "account": 20.44},
        {
            "service": "Amazon Virtual Private Cloud",
            "estimated": 3.65,
            "billed": 0.0,
            "deviation": -3.65,
            "account": 0.0,
        },
    ]
