"""The rehearsal from end to end, as a user starts it: in a process of its own."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.rehearsal.conftest import client

TOP = Path(__file__).parents[2]
ACCOUNT = "111122223333"
_SHOWCORE = [sys.executable, str(TOP / "cli.py")]


def run(*arguments: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*_SHOWCORE, *arguments],
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )


@contextmanager
def started(*arguments: str, folder: Path) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [*_SHOWCORE, *arguments],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        stdin=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def read_until(process: subprocess.Popen[str], wanted: str) -> str:
    assert process.stdout is not None
    seen = ""
    for line in process.stdout:
        seen += line
        if wanted in line:
            return seen
    raise AssertionError(f"{wanted!r} never came:\n{seen}")


def exported(text: str) -> dict[str, str]:
    return dict(re.findall(r"export (\w+)=(\S+)", text))


def children_of(process: subprocess.Popen[str]) -> list[int]:
    listed = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(process.pid)], capture_output=True, text=True, check=False
    )
    return [int(pid) for pid in listed.stdout.split()]


def is_alive(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


def wait_until_gone(pids: list[int]) -> None:
    for _ in range(200):
        if not any(is_alive(pid) for pid in pids):
            return
        time.sleep(0.05)
    raise AssertionError(f"still alive: {[pid for pid in pids if is_alive(pid)]}")


@pytest.mark.task("7.1")
@pytest.mark.task("13.1")
def test_the_whole_of_phase_1_is_deployed_changed_and_destroyed(
    rehearsal_python: Path, tmp_path: Path
) -> None:
    done = run("rehearse", folder=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    stages = [line.split()[0] for line in done.stdout.splitlines() if re.match(r"[a-z]+ {2,}", line)]
    assert stages == [
        *("templates", "plan", "bootstrap", "plan", "deploy", "stacks"),
        *("look", "plan", "change", "stacks", "look", "arrived", "again", "destroy", "destroy", "left"),
    ]
    assert "11 stacks and 95 resources complete" in done.stdout
    assert "A rehearsal does not prove:" in done.stdout
    assert list(tmp_path.iterdir()) == []


def test_serve_prints_the_variables_with_which_any_client_reaches_it(
    rehearsal_python: Path, tmp_path: Path
) -> None:
    with started("rehearse", "--serve", folder=tmp_path) as process:
        variables = exported(read_until(process, "until Ctrl-C"))
        assert variables["AWS_ACCESS_KEY_ID"] == ACCOUNT
        assert variables["AWS_ENDPOINT_URL"].startswith("http://127.0.0.1:")
        identity = client("sts", variables["AWS_ENDPOINT_URL"], ACCOUNT).get_caller_identity()
        assert identity["Account"] == ACCOUNT
        children = children_of(process)
        assert children
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0
        wait_until_gone(children)


def test_kept_stacks_are_seen_by_other_clients(rehearsal_python: Path, tmp_path: Path) -> None:
    with started("rehearse", "--keep", folder=tmp_path) as process:
        seen = read_until(process, "Kept up until Ctrl-C")
        assert process.stdout is not None
        url = exported("".join(process.stdout.readline() for _ in range(4)))["AWS_ENDPOINT_URL"]
        stacks: list[dict[str, Any]] = client("cloudformation", url, ACCOUNT).describe_stacks()["Stacks"]
        statuses = {stack["StackName"]: stack["StackStatus"] for stack in stacks}
        assert len(statuses) == 12, json.dumps(statuses, indent=1)
        assert all(status.endswith("_COMPLETE") for status in statuses.values())
        database = client("rds", url, ACCOUNT).describe_db_instances()["DBInstances"][0]
        assert (database["DBInstanceIdentifier"], database["DBInstanceClass"]) == (
            "showcore-db",
            "db.t3.micro",
        )
        assert "destroy" not in seen
        children = children_of(process)
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0
        wait_until_gone(children)


def test_ctrl_c_in_the_middle_leaves_no_process_and_no_file(rehearsal_python: Path, tmp_path: Path) -> None:
    with started("rehearse", "--pace", "0.5", folder=tmp_path) as process:
        read_until(process, "templates")
        children = children_of(process)
        time.sleep(1)
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 130
        wait_until_gone(children)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"])
def test_an_endpoint_elsewhere_is_refused_before_anything_starts(tmp_path: Path, name: str) -> None:
    done = run("rehearse", folder=tmp_path, **{name: "https://s3.us-east-1.amazonaws.com"})
    assert done.returncode == 4
    assert "not a loopback address" in done.stderr
    assert done.stdout == ""


def test_keep_and_serve_exclude_each_other(tmp_path: Path) -> None:
    done = run("rehearse", "--keep", "--serve", folder=tmp_path)
    assert done.returncode == 2
    assert "exclude each other" in done.stderr
