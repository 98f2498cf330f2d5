"""What the plan's section 14 does in the account, apart from restoring: one small class for each tool."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

from showcore_cfn.aws.inventory import Answer, Source, first, text
from showcore_cfn.deploy.clock import Clock
from showcore_cfn.errors import ShowcoreError
from showcore_cfn.probes import whole
from showcore_cfn.verify.look import CouldNotLook
from showcore_cfn.verify.section14 import Ran

_POLL_SECONDS = 3.0
_DELIVERY_SECONDS = 60  # for the agent to take the command up
_TOLD_SECONDS = 90.0  # for an alarm's action to stand in its history
_AT_WORK = ("Pending", "InProgress", "Delayed", "Cancelling")


class RunCommand:
    """Probes on an instance, through Systems Manager Run Command: no key, no open port.

    https://docs.aws.amazon.com/systems-manager/latest/userguide/run-command.html
    """

    def __init__(self, source: Source, clock: Clock) -> None:
        self._source, self._clock = source, clock

    def wait_until_online(self, instance: str, timeout_seconds: float) -> None:
        """Return once the instance's agent answers. Raises ShowcoreError when it does not in time."""
        waited = 0.0
        while not self._is_online(instance):
            if waited >= timeout_seconds:
                raise ShowcoreError(
                    f"the agent of {instance} did not reach Systems Manager in {timeout_seconds / 60:.0f} minutes: "
                    "look at the endpoints ssm and ssmmessages."
                )
            self._clock.sleep(_POLL_SECONDS)
            waited += _POLL_SECONDS

    def run(self, instance: str, script: str, arguments: Sequence[str], timeout_seconds: float) -> Ran:
        """What a probe printed; a secret never stands among its arguments."""
        answer = self._source.ask(
            *("ssm", "send_command"),
            InstanceIds=[instance],
            DocumentName="AWS-RunShellScript",
            Comment=f"showcore verify: {script}",
            TimeoutSeconds=_DELIVERY_SECONDS,
            Parameters={
                "commands": whole(script, arguments).splitlines(),
                "executionTimeout": [str(round(timeout_seconds))],
            },
        )
        return self._result(text(answer["Command"], "CommandId"), instance, timeout_seconds)

    def _is_online(self, instance: str) -> bool:
        found = self._source.ask(
            *("ssm", "describe_instance_information"), Filters=[{"Key": "InstanceIds", "Values": [instance]}]
        )
        return text(first(found["InstanceInformationList"]), "PingStatus") == "Online"

    def _result(self, command: str, instance: str, timeout_seconds: float) -> Ran:
        waited = 0.0
        while waited <= timeout_seconds + _DELIVERY_SECONDS:
            found = self._source.ask_or(
                ("InvocationDoesNotExist",),
                *("ssm", "get_command_invocation"),
                CommandId=command,
                InstanceId=instance,
            )
            if found is not None and found["Status"] not in _AT_WORK:
                trouble = text(found, "StandardErrorContent") or text(found, "StatusDetails")
                return Ran(text(found, "StandardOutputContent"), trouble)
            self._clock.sleep(_POLL_SECONDS)
            waited += _POLL_SECONDS
        return Ran("", f"the command {command} did not end in {timeout_seconds:.0f} seconds")


class PasswordParameter:
    """The database password as a SecureString that exists only while a probe runs.

    From Secrets Manager to Parameter Store, encrypted with the key aws/ssm; never printed or returned.
    """

    def __init__(self, source: Source, secret_arn: Callable[[], str], name: str) -> None:
        self._source, self._secret_arn, self.name = source, secret_arn, name

    def pass_on(self) -> None:
        """Write the password into the parameter."""
        secret = self._source.ask("secretsmanager", "get_secret_value", SecretId=self._secret_arn())
        password = json.loads(text(secret, "SecretString")).get("password")
        if not password:
            raise CouldNotLook("the secret of the database holds no password")
        self._source.ask(
            *("ssm", "put_parameter"),
            Name=self.name,
            Description="For showcore verify, which deletes it",
            Type="SecureString",
            Value=password,
            Tags=pairs(self._source.want.tags),
        )

    def withdraw(self) -> None:
        """Delete the parameter, where it is there."""
        self._source.ask_or(("ParameterNotFound",), "ssm", "delete_parameter", Name=self.name)


class TestPage:
    """The test object in the assets bucket."""

    __test__ = False  # no test class, whatever its name

    def __init__(self, source: Source, bucket: str, key: str) -> None:
        self._source, self._bucket, self.key = source, bucket, key

    def put(self, body: bytes) -> None:
        """Write it, as HTML: CloudFront compresses by content type."""
        self._source.ask(
            *("s3", "put_object"), Bucket=self._bucket, Key=self.key, Body=body, ContentType="text/html"
        )

    def remove(self) -> None:
        """Delete every version of it: in a versioned bucket a plain deletion keeps the bytes."""
        found = self._source.ask("s3", "list_object_versions", Bucket=self._bucket, Prefix=self.key)
        for each in [*found.get("Versions", []), *found.get("DeleteMarkers", [])]:
            if each["Key"] == self.key:
                self._source.ask(
                    *("s3", "delete_object"), Bucket=self._bucket, Key=self.key, VersionId=each["VersionId"]
                )


class AlarmBell:
    """Alarms set off by hand.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_SetAlarmState.html
    """

    def __init__(self, source: Source, clock: Clock) -> None:
        self._source, self._clock = source, clock
        self._before: dict[str, str] = {}

    def ring(self, name: str) -> tuple[str, ...]:
        """Set the alarm off; the ARNs that CloudWatch says it published to. Raises ShowcoreError: no such alarm."""
        found = self._source.ask("cloudwatch", "describe_alarms", AlarmNames=[name])
        state = text(first(found["MetricAlarms"]), "StateValue")
        if not state:
            raise ShowcoreError(f"there is no alarm {name}.")
        began = self._clock.now() - timedelta(seconds=5)
        self._before[name] = "OK" if state == "ALARM" else state
        self._set(name, "ALARM", "showcore verify --drill alarm: this is a drill")
        waited = 0.0
        while not (told := self._told(name, began.isoformat())) and waited < _TOLD_SECONDS:
            self._clock.sleep(_POLL_SECONDS)
            waited += _POLL_SECONDS
        return told

    def calm(self, name: str) -> None:
        """Put the alarm back; where it was in ALARM by itself, its next evaluation says so again."""
        if name in self._before:
            self._set(name, self._before.pop(name), "showcore verify --drill alarm: the drill is over")

    def _set(self, name: str, state: str, reason: str) -> None:
        self._source.ask(
            "cloudwatch", "set_alarm_state", AlarmName=name, StateValue=state, StateReason=reason
        )

    def _told(self, name: str, since: str) -> tuple[str, ...]:
        found = self._source.ask(
            *("cloudwatch", "describe_alarm_history"),
            AlarmName=name,
            HistoryItemType="Action",
            StartDate=since,
        )
        return tuple(arn for item in found["AlarmHistoryItems"] if (arn := _published(item)))


def _published(item: Answer) -> str:
    """The topic of a history item that says it was reached; nothing for one that failed."""
    data = json.loads(text(item, "HistoryData") or "{}")
    return str(data.get("notificationResource", "")) if data.get("actionState") == "Succeeded" else ""


def pairs(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """Tags as the list of Key and Value that most services take."""
    return [{"Key": key, "Value": value} for key, value in tags.items()]
