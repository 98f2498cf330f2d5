"""The child process: where it listens, what it is told, and that nothing of it stays behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import boto3
import pytest

from showcore_cfn.rehearse.server import CannotStart, EmbeddedAws, embedded_aws

_LISTENING = "0A"
_HOLD = """
import sys, time
from pathlib import Path
from showcore_cfn.rehearse.server import embedded_aws
with embedded_aws(Path(sys.argv[1])) as running:
    print(running.process_id, flush=True)
    time.sleep(60)
"""


def _listening(process_id: int) -> list[tuple[str, int]]:
    """Address and port of every TCP socket on which the process listens, from the kernel's own tables."""
    opened = {str(entry.readlink()) for entry in Path(f"/proc/{process_id}/fd").iterdir()}
    found = []
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/{process_id}/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == _LISTENING and f"socket:[{fields[9]}]" in opened:
                address, port = fields[1].split(":")
                found.append((address, int(port, 16)))
    return found


def _until(true: object, what: str) -> None:
    assert callable(true)
    for _ in range(400):
        if true():
            return
        time.sleep(0.025)
    raise AssertionError(what)


def _gone(process_id: int) -> bool:
    stat = Path(f"/proc/{process_id}/stat")
    return not stat.exists() or stat.read_text().rsplit(")", 1)[1].split()[0] == "Z"


def _scratch_folders(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir() if entry.name.startswith("showcore-rehearsal-"))


def test_it_listens_on_loopback_and_nowhere_else(aws: EmbeddedAws) -> None:
    port = int(aws.url.rsplit(":", 1)[1])
    assert _listening(aws.process_id) == [("0100007F", port)]


def test_its_account_is_the_access_key(aws: EmbeddedAws) -> None:
    identity = boto3.client(
        "sts",
        endpoint_url=aws.url,
        region_name="us-east-1",
        aws_access_key_id="111122223333",
        aws_secret_access_key="test",
    ).get_caller_identity()
    assert identity["Account"] == "111122223333"


def test_the_environment_for_other_clients_is_complete() -> None:
    assert EmbeddedAws("http://127.0.0.1:4567", 1).environment("123456789012") == {
        "AWS_ENDPOINT_URL": "http://127.0.0.1:4567",
        "AWS_ACCESS_KEY_ID": "123456789012",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
    }


def test_leaving_ends_the_process_and_removes_its_folder(
    rehearsal_python: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with embedded_aws(rehearsal_python) as running:
        assert len(_scratch_folders(tmp_path)) == 1
    assert _gone(running.process_id)
    assert _scratch_folders(tmp_path) == []


def test_an_error_inside_leaves_nothing_behind(
    rehearsal_python: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with pytest.raises(RuntimeError, match="inside"), embedded_aws(rehearsal_python) as running:
        raise RuntimeError("inside")
    assert _gone(running.process_id)
    assert _scratch_folders(tmp_path) == []


def test_it_ends_with_a_parent_that_was_killed(rehearsal_python: Path, tmp_path: Path) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(rehearsal_python)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "TMPDIR": str(tmp_path), "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    parent.send_signal(signal.SIGKILL)
    parent.communicate()
    _until(lambda: _gone(child), "the child outlived its parent")
    _until(lambda: _scratch_folders(tmp_path) == [], "the child's folder was left behind")


def test_nothing_of_the_users_aws_settings_reaches_it(aws: EmbeddedAws) -> None:
    given = Path(f"/proc/{aws.process_id}/environ").read_bytes().decode().split("\0")
    names = {each.split("=", 1)[0] for each in given if each}
    assert {name for name in names if name.startswith("AWS_")} == {"AWS_EC2_METADATA_DISABLED"}
    assert not names & {"PYTHONPATH", "DOCKER_HOST", "HTTPS_PROXY", "HTTP_PROXY"}


def test_an_interpreter_without_ministack_says_what_is_missing() -> None:
    with (
        pytest.raises(CannotStart, match=r"ended while starting: .*ministack"),
        embedded_aws(Path(sys.executable)),
    ):
        raise AssertionError("it started without ministack")


def test_a_pace_makes_every_resource_take_its_time(rehearsal_python: Path) -> None:
    with embedded_aws(rehearsal_python, pace_seconds=0.2) as running:
        cloudformation = boto3.client(
            "cloudformation",
            endpoint_url=running.url,
            region_name="us-east-1",
            aws_access_key_id="123456789012",
            aws_secret_access_key="test",
        )
        queues = {name: {"Type": "AWS::SQS::Queue", "Properties": {}} for name in ("One", "Two")}
        cloudformation.create_stack(
            StackName="slow", TemplateBody=str({"Resources": queues}).replace("'", '"')
        )
        seen = set()

        def complete() -> bool:
            listed = cloudformation.describe_stack_resources(StackName="slow")["StackResources"]
            done = sum(each["ResourceStatus"] == "CREATE_COMPLETE" for each in listed)
            seen.add(done)
            return bool(done == 2)

        _until(complete, "the stack never completed")
    assert seen >= {1, 2}
