"""The tools of section 14 against stubbed answers: what they ask of AWS, and what never stands in it."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest

from showcore_cfn.aws.section14 import AlarmBell, PasswordParameter, RunCommand, TestPage
from showcore_cfn.errors import ShowcoreError
from showcore_cfn.verify.here import run_here
from showcore_cfn.verify.look import CouldNotLook
from tests.unit.verify.stubbed import Stubs
from tests.unit.verify.world import NOW

SECRET = "hunter2:with\\odd characters"
COMMAND = {"Command": {"CommandId": "11111111-2222-3333-4444-555555555555"}}
COMMAND_ID = COMMAND["Command"]["CommandId"]


class Clock:
    """Time that passes by sleeping only."""

    def __init__(self) -> None:
        self.slept: list[float] = []

    def now(self) -> datetime:
        return NOW

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


def _invocation(status: str, **more: str) -> dict[str, Any]:
    return {"CommandId": COMMAND_ID, "InstanceId": "i-1", "Status": status, **more}


def test_a_probe_goes_to_the_instance_as_text_and_its_output_comes_back() -> None:
    done = _invocation("Success", StandardOutputContent="passed\ttls\tTLSv1.3\n", StandardErrorContent="")
    stubs = Stubs(
        ssm=[
            ("send_command", COMMAND),
            ("get_command_invocation", "InvocationDoesNotExist"),
            ("get_command_invocation", _invocation("InProgress")),
            ("get_command_invocation", done),
        ]
    )
    clock = Clock()
    ran = RunCommand(stubs.source(), clock).run("i-1", "redis.sh", ("host's", "6379"), 120)
    assert ran.output == "passed\ttls\tTLSv1.3\n"
    assert len(clock.slept) == 2
    sent = stubs.requests[0][2]
    assert sent["DocumentName"] == "AWS-RunShellScript"
    commands = sent["Parameters"]["commands"]
    assert commands[0] == """set -- 'host'"'"'s' 6379"""
    assert sent["Parameters"]["executionTimeout"] == ["120"]
    assert sum(len(line) for line in commands) < 40_000  # Systems Manager takes no larger command
    stubs.all_used()


def test_a_probe_that_fails_is_told_with_what_it_printed_and_why() -> None:
    failed = _invocation(
        "Failed", StandardOutputContent="", StandardErrorContent="sh: 3: nope", StatusDetails="Failed"
    )
    stubs = Stubs(ssm=[("send_command", COMMAND), ("get_command_invocation", failed)])
    ran = RunCommand(stubs.source(), Clock()).run("i-1", "redis.sh", (), 60)
    assert (ran.output, ran.trouble) == ("", "sh: 3: nope")


def test_a_probe_that_never_ends_is_told_so() -> None:
    waiting = [("get_command_invocation", _invocation("InProgress"))] * 60
    stubs = Stubs(ssm=[("send_command", COMMAND), *waiting])
    ran = RunCommand(stubs.source(), Clock()).run("i-1", "redis.sh", (), 60)
    assert ran.trouble == f"the command {COMMAND_ID} did not end in 60 seconds"


def test_the_agent_is_waited_for() -> None:
    online = {"InstanceInformationList": [{"InstanceId": "i-1", "PingStatus": "Online"}]}
    stubs = Stubs(
        ssm=[
            ("describe_instance_information", {"InstanceInformationList": []}),
            (
                "describe_instance_information",
                {"InstanceInformationList": [{"PingStatus": "ConnectionLost"}]},
            ),
            ("describe_instance_information", online),
        ]
    )
    RunCommand(stubs.source(), Clock()).wait_until_online("i-1", 60)
    stubs.all_used()


def test_an_agent_that_stays_away_points_at_the_endpoints() -> None:
    silent: list[Any] = [("describe_instance_information", {"InstanceInformationList": []})] * 30
    with pytest.raises(ShowcoreError, match="look at the endpoints ssm and ssmmessages"):
        RunCommand(Stubs(ssm=silent).source(), Clock()).wait_until_online("i-1", 30)


def test_the_password_goes_into_an_encrypted_parameter_that_is_deleted() -> None:
    stubs = Stubs(
        secretsmanager=[
            ("get_secret_value", {"SecretString": json.dumps({"username": "postgres", "password": SECRET})})
        ],
        ssm=[("put_parameter", {}), ("delete_parameter", {}), ("delete_parameter", "ParameterNotFound")],
    )
    parameter = PasswordParameter(stubs.source(), lambda: "arn:secret", "/showcore/probe/x")
    parameter.pass_on()
    parameter.withdraw()
    parameter.withdraw()  # gone already is well
    _, _, put = stubs.requests[1]
    assert (put["Name"], put["Type"], put["Value"]) == ("/showcore/probe/x", "SecureString", SECRET)
    assert {tag["Key"] for tag in put["Tags"]} == {
        "Project",
        "Phase",
        "Environment",
        "ManagedBy",
        "CostCenter",
    }
    assert "Overwrite" not in put
    assert SECRET not in repr(vars(parameter))


def test_a_secret_without_a_password_is_said() -> None:
    stubs = Stubs(secretsmanager=[("get_secret_value", {"SecretString": "{}"})], ssm=[])
    with pytest.raises(CouldNotLook, match="holds no password"):
        PasswordParameter(stubs.source(), lambda: "arn:secret", "/x").pass_on()


def test_every_version_of_the_test_page_goes_and_no_other_object() -> None:
    listed = {
        "Versions": [{"Key": "probe.html", "VersionId": "v1"}, {"Key": "probe.html.bak", "VersionId": "v9"}],
        "DeleteMarkers": [{"Key": "probe.html", "VersionId": "v2"}],
    }
    stubs = Stubs(
        s3=[
            ("put_object", {}),
            ("list_object_versions", listed),
            ("delete_object", {}),
            ("delete_object", {}),
        ]
    )
    page = TestPage(stubs.source(), "assets", "probe.html")
    page.put(b"<p>hello</p>")
    page.remove()
    assert stubs.requests[0][2]["ContentType"] == "text/html"
    assert [asked["VersionId"] for _, name, asked in stubs.requests if name == "DeleteObject"] == ["v1", "v2"]
    stubs.all_used()


def _history(state: str) -> dict[str, Any]:
    data = json.dumps({"actionState": state, "notificationResource": "arn:topic"})
    return {"AlarmHistoryItems": [{"HistoryItemType": "Action", "HistoryData": data}]}


def test_an_alarm_is_set_off_watched_and_put_back() -> None:
    alarm = {"MetricAlarms": [{"AlarmName": "a", "StateValue": "INSUFFICIENT_DATA"}]}
    stubs = Stubs(
        cloudwatch=[
            ("describe_alarms", alarm),
            ("set_alarm_state", {}),
            ("describe_alarm_history", {"AlarmHistoryItems": []}),
            ("describe_alarm_history", _history("Succeeded")),
            ("set_alarm_state", {}),
        ]
    )
    bell = AlarmBell(stubs.source(), Clock())
    assert bell.ring("a") == ("arn:topic",)
    bell.calm("a")
    bell.calm("a")  # once is enough
    states = [asked["StateValue"] for _, name, asked in stubs.requests if name == "SetAlarmState"]
    assert states == ["ALARM", "INSUFFICIENT_DATA"]
    stubs.all_used()


def test_an_action_that_failed_tells_nobody() -> None:
    alarm = {"MetricAlarms": [{"AlarmName": "a", "StateValue": "OK"}]}
    failed: list[Any] = [("describe_alarm_history", _history("Failed"))] * 40
    stubs = Stubs(cloudwatch=[("describe_alarms", alarm), ("set_alarm_state", {}), *failed])
    assert AlarmBell(stubs.source(), Clock()).ring("a") == ()


def test_an_alarm_that_does_not_exist_is_not_set_off() -> None:
    bell = AlarmBell(Stubs(cloudwatch=[("describe_alarms", {"MetricAlarms": []})]).source(), Clock())
    with pytest.raises(ShowcoreError, match="there is no alarm a"):
        bell.ring("a")
    bell.calm("a")


def test_a_probe_runs_here_without_the_aws_settings_of_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    ran = run_here("cdn.sh", ("127.0.0.1", "1", "1", "/x", "http://127.0.0.1:1/x"), 30)
    assert ran.output.startswith("blind\t")  # nothing answers there, or there is no curl here
    assert "secret" not in ran.output + ran.trouble


def test_a_probe_that_takes_too_long_here_is_told_so() -> None:
    ran = run_here("cdn.sh", ("127.0.0.1", "1", "1", "/x", "http://127.0.0.1:1/x"), 0.0)
    assert ran.trouble == "cdn.sh did not end in 0 seconds"
