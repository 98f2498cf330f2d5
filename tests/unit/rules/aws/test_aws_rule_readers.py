"""What rules read text with: windows, schedules, numbers, names, ARNs, action patterns, slips of the fingers."""

from __future__ import annotations

import pytest

from showcore_cfn.check.rules.names import Arn, Index, arn, least_length, pieces, without_placeholders
from showcore_cfn.check.rules.numbers import finite, whole
from showcore_cfn.check.rules.schedule_text import problem, times_a_day
from showcore_cfn.check.rules.statements import is_service, matches
from showcore_cfn.check.rules.tables import config_rules, iam_actions, managed_policies, metrics, nearest
from showcore_cfn.check.rules.windows import DAY_MINUTES, WEEK_MINUTES, Window, daily, overlap, weekly
from showcore_cfn.review.values import Reference, Unknown


def test_a_daily_window_may_go_past_midnight() -> None:
    assert daily("03:00-04:00") == Window(180, 60, DAY_MINUTES)
    assert daily("23:30-00:30") == Window(1410, 60, DAY_MINUTES)


def test_a_weekly_window_may_go_past_sunday() -> None:
    assert weekly("Mon:00:00-mon:01:30") == Window(0, 90, WEEK_MINUTES)
    assert weekly("sun:23:30-mon:00:30") == Window(WEEK_MINUTES - 30, 60, WEEK_MINUTES)


@pytest.mark.parametrize(
    "text", [None, "", "3:00-4:00", "24:00-25:00", "03:00", "03:00-04:60", "mon:03:00-04:00"]
)
def test_no_daily_window(text: str | None) -> None:
    assert daily(text) is None


@pytest.mark.parametrize("text", [None, "", "03:00-04:00", "mon:03:00-04:00", "xxx:03:00-xxx:04:00"])
def test_no_weekly_window(text: str | None) -> None:
    assert weekly(text) is None


@pytest.mark.parametrize(
    ("backup", "maintenance", "expected"),
    [
        ("03:00-04:00", "sun:03:30-sun:04:30", True),
        ("03:00-04:00", "sun:04:00-sun:05:00", False),
        ("04:00-05:00", "sun:03:00-sun:04:00", False),
        ("23:30-00:30", "mon:00:00-mon:00:30", True),
        ("00:00-00:30", "sun:23:45-mon:00:15", True),
        ("12:00-12:30", "sat:11:00-sat:14:00", True),
        ("12:00-18:00", "sat:13:00-sat:14:00", True),
    ],
)
def test_windows_overlap(backup: str, maintenance: str, expected: bool) -> None:
    left, right = daily(backup), weekly(maintenance)
    assert left is not None
    assert right is not None
    assert overlap(left, right) is expected
    assert overlap(right, left) is expected


@pytest.mark.parametrize(
    "text",
    [
        *("rate(1 minute)", "rate(5 minutes)", "rate(1 day)", "rate(12 hours)", "cron(0 5 ? * * *)"),
        *("cron(0/15 * * * ? *)", "cron(0 8 1 JAN,JUL ? 2030)", "cron(5,35 14 * * ? *)", "cron(0 0 L * ? *)"),
        *("cron(0 0 ? * 6L *)", "cron(0 0 ? * MON#1 *)", "cron(0 18 ? * MON-FRI *)", "cron(0 9 3W * ? *)"),
    ],
)
def test_right_schedules(text: str) -> None:
    assert problem(text) is None


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("every day", "neither"),
        ("rate(0 minutes)", "above 0"),
        ("rate(1 minutes)", "singular"),
        ("rate(2 minute)", "singular"),
        ("rate(1 week)", "minutes, hours or days"),
        ("cron(0 5 * * *)", "six"),
        ("cron(0 5 * * * *)", "exactly one"),
        ("cron(0 5 ? * ? *)", "exactly one"),
        ("cron(60 5 ? * * *)", "60 is no minutes"),
        ("cron(0 24 ? * * *)", "24 is no hours"),
        ("cron(0 5 32 * ? *)", "32 is no day of month"),
        ("cron(0 5 ? FOO * *)", "FOO is no month"),
        ("cron(0 5 ? * 0 *)", "0 is no day of week"),
        ("cron(0 5 ? * MON#6 *)", "MON#6"),
        ("cron(0/0 5 ? * * *)", "0/0"),
        ("cron(0 5 ? * * 1969)", "1969"),
    ],
)
def test_wrong_schedules(text: str, part: str) -> None:
    assert part in (problem(text) or "")


def test_the_time_of_a_plain_cron() -> None:
    assert times_a_day("cron(30 5 ? * * *)") == [(5, 30)]
    assert times_a_day("cron(0/15 5 ? * * *)") == []
    assert times_a_day("rate(1 day)") == []


def test_numbers() -> None:
    assert [whole(text) for text in ("0", "42", "", "-1", "²", "१", "9" * 5_000)] == [0, 42] + [None] * 5
    assert [finite("1.5"), finite(7)] == [1.5, 7]
    assert [finite(True), finite(None), finite([]), finite(10**400)] == [None] * 4
    assert [finite("x"), finite("inf"), finite("nan")] == [None] * 3


JOINED = Unknown("", ("app-", Unknown("${AWS::AccountId}"), "-logs"))


def test_pieces_and_length_of_a_name_that_is_partly_unknown() -> None:
    assert pieces(JOINED) == ("app-", None, "-logs")
    assert least_length(JOINED) == len("app-") + 12 + len("-logs")
    assert pieces("plain") == ("plain",)
    assert pieces("{{resolve:ssm:name}}") == (None,)
    assert pieces(["list"]) == ()
    assert without_placeholders("a-${network/VPC}-b") == "a-x-b"


def test_arns() -> None:
    assert arn("arn:aws:s3:::bucket/*") == Arn("aws", "s3", "", "", "bucket/*")
    text = "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:/a:*"
    assert arn(text) == Arn(
        "${AWS::Partition}", "logs", "${AWS::Region}", "${AWS::AccountId}", "log-group:/a:*"
    )
    assert arn("bucket") is None
    assert arn(5) is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("orders", True),
        ("arn:aws:sqs:us-east-1:111122223333:orders", True),
        ("arn:aws:sqs:us-east-1:111122223333:orders-2", False),
        ("arn:aws:sns:us-east-1:111122223333:orders", False),
        ("other", False),
        (Unknown("", (Reference("Queue", "Arn"), "/*")), True),
        (Unknown("", (Reference("Other", "Arn"), "/*")), False),
    ],
)
def test_whether_a_text_names_a_resource(value: str | Unknown, expected: bool) -> None:
    queues = Index("AWS::SQS::Queue", [("Queue", {"QueueName": "orders"})])
    assert (queues.find(value) == "Queue") is expected


def test_of_two_resources_an_arn_names_the_one_that_it_leads_deeper_into() -> None:
    parameters = Index("AWS::SSM::Parameter", [("Whole", {"Name": "/app"}), ("Part", {"Name": "/app/url"})])
    start = "arn:aws:ssm:us-east-1:111122223333:parameter"
    assert parameters.find(f"{start}/app/url") == "Part"
    assert parameters.find(f"{start}/app/other") == "Whole"
    assert parameters.find(f"{start}/application") is None


def test_a_type_without_a_name_of_its_own_is_never_named() -> None:
    assert Index("AWS::EC2::Route", [("Route", {"Name": "a"})]).find("a") is None


@pytest.mark.parametrize(
    ("pattern", "action", "expected"),
    [
        ("s3:Get*", "s3:getobject", True),
        ("s3:*Object", "s3:PutObject", True),
        ("s3:*Object", "s3:PutObjectAcl", False),
        ("*", "anything:At", True),
        ("s3:Get?bject", "s3:GetObject", True),
        ("a*b*c", "axxbyybzzc", True),
        ("a*b*c", "axxbyyb", False),
        ("s3.*", "s3:x", False),
    ],
)
def test_action_patterns(pattern: str, action: str, expected: bool) -> None:
    assert matches(pattern, action) is expected


def test_a_pattern_of_stars_takes_no_time() -> None:
    assert not matches("*a" * 300 + "b", "a" * 3_000)


def test_service_principals() -> None:
    assert is_service("logs.amazonaws.com", "logs")
    assert is_service("logs.eu-central-1.amazonaws.com", "logs")
    assert not is_service("vpc-flow-logs.amazonaws.com", "logs")


def test_slips_of_the_fingers() -> None:
    known = ("CPUUtilization", "FreeStorageSpace", "FreeableMemory")
    assert nearest("CPUUtilisation", known) == "CPUUtilization"
    assert nearest("freestoragespace", known) == "FreeStorageSpace"
    assert nearest("FreestorageSpcae", known) == "FreeStorageSpace"
    assert nearest("DiskQueueDepth", known) is None


def test_tables_hold_what_the_rules_lean_on() -> None:
    assert "FreeStorageSpace" in metrics()["AWS/RDS"].names
    assert managed_policies()["AWSBackupServiceRolePolicyForBackup"] == "/service-role/"
    assert config_rules()["S3_BUCKET_VERSIONING_ENABLED"].trigger == "change"
    assert iam_actions("nobody") is None
    s3 = iam_actions("s3")
    assert s3 is not None
    assert s3["listallmybuckets"] == ()
    assert any("/" in form for form in s3["getobject"])
