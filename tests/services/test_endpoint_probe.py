"""The endpoint probe, with the commands of the instance stood in for: there is no VPC on this machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.services.conftest import Ran, run_probe, stub, verdicts

AWS_ANSWERS = "exit 0"
INSIDE = 'echo "10.0.2.17 STREAM $2"; echo "10.0.3.9 STREAM $2"'
OUTSIDE = 'echo "52.94.233.12 STREAM $2"'
NO_WAY_OUT = "echo 'curl: (28) Connection timed out' >&2; exit 28"


def probe(folder: Path, aws: str = AWS_ANSWERS, getent: str = INSIDE, curl: str = NO_WAY_OUT) -> Ran:
    path = stub(folder, {"aws": aws, "getent": getent, "curl": curl})
    return run_probe("endpoints.sh", "us-east-1", "showcore-backups-111122223333", "logs", "ssm", PATH=path)


@pytest.mark.task("14.3")
def test_endpoints_that_work_and_no_way_out_pass(tmp_path: Path) -> None:
    ran = probe(tmp_path)
    assert verdicts(ran) == dict.fromkeys(("s3", "logs", "ssm", "private-dns", "no-internet"), "passed")
    assert ran.code == 0


@pytest.mark.task("14.3")
@pytest.mark.parametrize("service", ["s3", "logs", "ssm"])
def test_a_service_that_does_not_answer_is_named(tmp_path: Path, service: str) -> None:
    fails = (
        f'for word in "$@"; do [ "$word" = {service} ] && {{ echo "timed out" >&2; exit 255; }}; done; exit 0'
    )
    ran = probe(tmp_path, aws=fails)
    assert {name for name, verdict in verdicts(ran).items() if verdict == "failed"} == {service}
    assert ran.said[service].seen == "timed out"
    assert ran.code == 1


@pytest.mark.task("14.3")
@pytest.mark.parametrize(
    ("getent", "says"),
    [
        pytest.param(OUTSIDE, "a public address", id="14.3-public-address"),
        pytest.param('echo "172.32.0.1 STREAM"', "a public address", id="14.3-just-outside-of-172.16-12"),
        pytest.param(f"{INSIDE}; {OUTSIDE}", "a public address", id="14.3-one-public-among-private"),
        pytest.param("exit 2", "does not resolve", id="14.3-does-not-resolve"),
    ],
)
def test_names_that_lead_outside_fail(tmp_path: Path, getent: str, says: str) -> None:
    ran = probe(tmp_path, getent=getent)
    assert ran.said["private-dns"].verdict == "failed"
    assert says in ran.said["private-dns"].seen


@pytest.mark.task("14.3")
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_way_to_the_internet_fails(tmp_path: Path, scheme: str) -> None:
    answers = f'for word in "$@"; do case $word in {scheme}://*) exit 0;; esac; done; exit 28'
    ran = probe(tmp_path, curl=answers)
    assert ran.code == 1
    assert f"{scheme}://www.google.com answers" in ran.output


@pytest.mark.task("14.3")
def test_an_instance_without_the_aws_cli_proves_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "only"
    folder.mkdir()
    for tool in ("tr", "cut", "printf"):
        (folder / tool).symlink_to(f"/usr/bin/{tool}")
    ran = run_probe("endpoints.sh", "us-east-1", "bucket", "logs", PATH=str(folder))
    assert verdicts(ran) == {"tools": "blind"}
    assert ran.code == 2
