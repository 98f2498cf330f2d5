"""The embedded AWS from this side: a child process on a loopback port that never outlives its parent."""

from __future__ import annotations

import json
import os
import selectors
import shutil
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from showcore_cfn.errors import ShowcoreError
from showcore_cfn.rehearse.loopback import refuse_elsewhere

CALLS_FILE = "SHOWCORE_REHEARSAL_CALLS"  # where the resource handlers write what they call; usually nowhere
_KEPT = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", CALLS_FILE)
_PACKAGE_FOLDER = Path(__file__).parent  # what holds `embedded_aws`
_START = "import sys; sys.path.append(sys.argv.pop(1)); from embedded_aws.serve import main; main()"
_READY_SECONDS = 60.0
_POLL_SECONDS = 0.05
_STOP_SECONDS = 5.0


class CannotStart(ShowcoreError):
    """The embedded AWS does not come up."""


@dataclass(frozen=True, slots=True)
class EmbeddedAws:
    """A running embedded AWS. Its account is whatever 12 digits a client signs with."""

    url: str
    process_id: int
    region: str = "us-east-1"

    def environment(self, account_id: str) -> dict[str, str]:
        """The variables with which any AWS client, and `showcore deploy`, use it as this account."""
        return {
            "AWS_ENDPOINT_URL": refuse_elsewhere(self.url),
            "AWS_ACCESS_KEY_ID": account_id,
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": self.region,
        }


@contextmanager
def embedded_aws(python: Path, pace_seconds: float = 0.0) -> Iterator[EmbeddedAws]:
    """A running embedded AWS; on leaving, by whatever way, its process has ended and its folder is gone."""
    scratch = Path(tempfile.mkdtemp(prefix="showcore-rehearsal-"))
    try:
        with (scratch / "log").open("w+") as log:
            process = _start(python, scratch, log, pace_seconds)
            try:
                yield EmbeddedAws(_wait_until_ready(process, scratch / "log"), process.pid)
            finally:
                _stop(process)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _start(python: Path, scratch: Path, log: IO[str], pace_seconds: float) -> subprocess.Popen[str]:
    """In a session of its own: Ctrl-C reaches this process alone, which then takes things down in order."""
    return subprocess.Popen(
        [str(python), "-I", "-B", "-c", _START, str(_PACKAGE_FOLDER)],
        cwd=scratch,
        env=_child_environment(os.environ, scratch, pace_seconds),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=log,
        text=True,
        start_new_session=True,
    )


def _child_environment(environ: Mapping[str, str], scratch: Path, pace_seconds: float) -> dict[str, str]:
    """Nothing of the user's AWS settings, and no folder but its own, reaches the child."""
    kept = {name: environ[name] for name in _KEPT if name in environ}
    return {
        **kept,
        "HOME": str(scratch),
        "TMPDIR": str(scratch),
        "S3_DATA_DIR": str(scratch / "s3"),
        "STATE_DIR": str(scratch / "state"),
        "AWS_EC2_METADATA_DISABLED": "true",
        "SHOWCORE_REHEARSAL_SCRATCH": str(scratch),
        "SHOWCORE_REHEARSAL_PACE": str(pace_seconds),
    }


def _wait_until_ready(process: subprocess.Popen[str], log: Path) -> str:
    deadline = time.monotonic() + _READY_SECONDS
    url = f"http://127.0.0.1:{_port(process, log, deadline)}"
    while not _healthy(url):
        _still_alive(process, log, deadline)
        time.sleep(_POLL_SECONDS)
    return url


def _port(process: subprocess.Popen[str], log: Path, deadline: float) -> int:
    """The port in the first line that the child prints."""
    assert process.stdout is not None
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while not selector.select(_POLL_SECONDS):
            _still_alive(process, log, deadline)
    line = process.stdout.readline()
    if not line:
        process.wait(_STOP_SECONDS)
        _still_alive(process, log, deadline)
    return int(json.loads(line)["port"])


def _still_alive(process: subprocess.Popen[str], log: Path, deadline: float) -> None:
    if process.poll() is not None:
        lines = [line for line in log.read_text(errors="replace").splitlines() if line.strip()]
        raise CannotStart(
            f"the embedded AWS ended while starting: {lines[-1] if lines else 'it said nothing'}"
        )
    if time.monotonic() > deadline:
        raise CannotStart(f"the embedded AWS was not ready after {_READY_SECONDS:.0f} seconds.")


def _healthy(url: str) -> bool:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"{url}/_ministack/health", timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _stop(process: subprocess.Popen[str]) -> None:
    """Close its input, then ask, then insist; a second Ctrl-C meanwhile does not leave it behind."""
    try:
        for pipe in (process.stdin, process.stdout):
            if pipe:
                pipe.close()
        process.terminate()
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        pass
    finally:
        process.kill()
        process.wait()
