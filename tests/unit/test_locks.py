"""The lock files, and what a fresh clone installs from them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]
RUN = TOP / ".ci" / "requirements" / "run.lock"
TEST = TOP / ".ci" / "requirements" / "test.lock"
REHEARSAL = TOP / "showcore_cfn" / "rehearse" / "rehearsal.lock"
LOCKS = pytest.mark.parametrize("lock", [RUN, TEST, REHEARSAL], ids=["run", "test", "rehearsal"])
PIN = re.compile(r"^([a-z0-9][a-z0-9._-]*)==([^ ;\\]+)", re.MULTILINE)


def pins(lock: Path) -> dict[str, str]:
    return dict(PIN.findall(lock.read_text()))


@LOCKS
def test_every_package_is_pinned_with_hashes(lock: Path) -> None:
    blocks = re.split(r"\n(?=[a-z0-9])", lock.read_text().strip())
    assert len(blocks) > 3
    for block in blocks:
        assert PIN.match(block), block.splitlines()[0]
        assert "--hash=sha256:" in block, block.splitlines()[0]


@LOCKS
def test_no_package_index_and_no_address_is_named(lock: Path) -> None:
    text = lock.read_text()
    assert "://" not in text
    assert "index" not in text
    assert "trusted-host" not in text


def test_what_is_run_is_what_is_tested() -> None:
    run, test = pins(RUN), pins(TEST)
    assert {name: test.get(name) for name in run} == run


def test_the_projects_own_build_needs_nothing_that_is_not_locked() -> None:
    assert {"setuptools", "wheel"} <= pins(RUN).keys()


def test_the_embedded_aws_is_the_version_that_the_code_was_written_for() -> None:
    from showcore_cfn.rehearse.embedded_aws.seams import VERSION

    assert pins(REHEARSAL)["ministack"] == VERSION == "1.5.33"


def test_nothing_is_compiled_and_nothing_is_installed_without_its_hash() -> None:
    makefile = (TOP / "Makefile").read_text()
    installs = [line for line in makefile.splitlines() if "$(PIP)" in line and "-r $(" in line]
    assert len(installs) == 2
    assert all("--require-hashes --only-binary :all:" in line for line in installs)
    assert "--no-deps --no-build-isolation --editable ." in makefile
