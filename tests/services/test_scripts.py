"""Every probe is POSIX sh that shellcheck has nothing to say of, and stands alone."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

import showcore_cfn.probes as probes
from tests.services.conftest import found, run_probe, stub

FOLDER = Path(probes.__file__).parent
NAMES = ("cdn.sh", "endpoints.sh", "postgres.sh", "prepare.sh", "redis.sh", "report.sh")


def test_the_package_lists_every_script() -> None:
    assert sorted(path.name for path in FOLDER.glob("*.sh")) == list(NAMES)
    assert sorted([*probes.SCRIPTS, probes.REPORT]) == list(NAMES)


def test_shellcheck_has_nothing_to_say() -> None:
    command = [found("shellcheck"), "--shell=sh", "--external-sources", f"--source-path={FOLDER}"]
    done = subprocess.run(
        [*command, *(str(FOLDER / name) for name in NAMES)], capture_output=True, text=True, check=False
    )
    assert done.stdout == ""
    assert done.returncode == 0


@pytest.mark.parametrize("name", probes.SCRIPTS)
def test_a_script_sent_as_text_is_sound_shell_without_markers_of_systems_manager(name: str) -> None:
    """Run Command replaces {{ names }} in what it is given."""
    text = probes.whole(name, ["a value with 'quotes'", "5432"])
    assert "{{" not in text
    assert subprocess.run(["/bin/sh", "-n"], input=text, text=True, check=False).returncode == 0


def test_a_script_runs_from_its_file_too(tmp_path: Path) -> None:
    path = stub(tmp_path, {"dnf": "exit 0"})
    done = subprocess.run(
        ["/bin/sh", str(FOLDER / "prepare.sh")],
        env={"PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "passed\tclients\tpostgresql16, redis6\n")


def test_clients_that_cannot_be_installed_are_said(tmp_path: Path) -> None:
    path = stub(tmp_path, {"dnf": "echo 'Error: no mirror' >&2; exit 1"})
    ran = run_probe("prepare.sh", PATH=path)
    assert ran.code == 2
    assert ran.said["clients"].seen == "Error: no mirror"


def test_what_a_probe_saw_stays_on_one_line_and_short(tmp_path: Path) -> None:
    path = stub(
        tmp_path, {"dnf": 'i=0; while [ $i -lt 99 ]; do printf "line\\tof text\\n"; i=$((i+1)); done; exit 1'}
    )
    ran = run_probe("prepare.sh", PATH=path)
    assert len(ran.said["clients"].seen) == 300
