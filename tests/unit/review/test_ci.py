"""The workflow and the hooks of docs/ci, tried: their steps run as scripts in a repository of their own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.unit.review.test_sources import git

TOP = Path(__file__).parents[3]
CI = TOP / "docs" / "ci"
Step = dict[str, Any]


def workflow() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((CI / "review.yml").read_text(encoding="utf-8"))
    return found


def script(job: str, name: str) -> str:
    steps: list[Step] = workflow()["jobs"][job]["steps"]
    return next(str(step["run"]) for step in steps if step.get("name") == name)


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A branch that renames the database, with `make` and `gh` that only note how they were called."""
    top = tmp_path_factory.mktemp("clone")
    git(top, "init", "-q", "-b", "main")
    shutil.copytree(TOP / "templates", top / "templates")
    git(top, "add", ".")
    git(top, "commit", "-q", "-m", "first")
    git(top, "checkout", "-q", "-b", "topic")
    database = top / "templates" / "database.yaml"
    database.write_text(database.read_text().replace("DBName: showcore", "DBName: other"))
    git(top, "commit", "-q", "-am", "second")
    programs = {
        ".venv/bin/showcore": f'exec "{sys.executable}" "{TOP / "cli.py"}" "$@"',
        "bin/make": 'echo "make $*" >> "$CALLS"',
        "bin/gh": 'echo "gh $*" >> "$CALLS"; case "$*" in *--paginate*) printf "%s" "$COMMENT" ;; esac',
    }
    for name, line in programs.items():
        path = top / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"#!/usr/bin/env bash\n{line}\n")
        path.chmod(0o755)
    return top


def ran(clone: Path, text: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """One step as GitHub runs it."""
    environment = {
        "PATH": f"{clone / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(clone),
        "BASE": git(clone, "rev-parse", "main"),
        "GITHUB_STEP_SUMMARY": str(clone / "summary.md"),
        "GITHUB_REPOSITORY": "example/showcore",
        "CALLS": str(clone / "calls"),
        "PYTHONPATH": str(TOP),
        "CI": "true",
        **variables,
    }
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", text]
    return subprocess.run(command, cwd=clone, env=environment, capture_output=True, text=True, check=False)


def test_the_review_job_leaves_a_comment_a_page_a_summary_and_annotations(clone: Path) -> None:
    assert ran(clone, script("review", "Install")).returncode == 0
    done = ran(clone, script("review", "Review"))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("::error file=templates/database.yaml,line=")
    comment = (clone / "review" / "comment.md").read_text()
    assert comment.startswith(
        "<!-- showcore-review -->\n\n### CloudFormation refuses this; data at risk: database/Database"
    )
    assert f"`{git(clone, 'rev-parse', 'main')[:12]}` → `templates`" in comment
    assert "DBName" in (clone / "summary.md").read_text()
    assert (clone / "review" / "review.html").read_text().startswith("<!doctype html>")


def test_the_findings_are_sarif_whatever_they_are(clone: Path) -> None:
    (clone / "review").mkdir(exist_ok=True)
    done = ran(clone, script("review", "Findings"))
    assert done.returncode == 0
    assert json.loads((clone / "review" / "findings.sarif").read_text())["version"] == "2.1.0"


def test_stale_templates_fail_the_job(clone: Path) -> None:
    assert ran(clone, script("review", "Templates are what the code makes")).returncode != 0


def test_data_at_risk_fails_the_job(clone: Path) -> None:
    done = ran(clone, script("review", "Nothing is refused, and no data is at risk").splitlines()[-1])
    assert (done.returncode, done.stderr) == (4, "Stopped by --fail-on data.\n")


@pytest.mark.parametrize(
    ("comment", "call"),
    [
        ("", "gh api repos/example/showcore/issues/7/comments --method POST --field body=@review/comment.md"),
        (
            "42\n43\n",
            "gh api repos/example/showcore/issues/comments/42 --method PATCH --field body=@review/comment.md",
        ),
    ],
)
def test_the_comment_is_made_once_and_then_updated(clone: Path, comment: str, call: str) -> None:
    (clone / "calls").unlink(missing_ok=True)
    done = ran(clone, script("publish", "Comment"), NUMBER="7", GH_TOKEN="x", COMMENT=comment)
    assert (done.returncode, done.stdout) == (0, "")
    calls = (clone / "calls").read_text()
    assert calls.splitlines()[-1] == call
    assert 'startswith("<!-- showcore-review -->")' in calls


def test_the_job_that_runs_the_branch_may_only_read() -> None:
    found = workflow()
    assert found["permissions"] == {}
    assert found["jobs"]["review"]["permissions"] == {"contents": "read"}
    assert found["jobs"]["publish"]["permissions"] == {"pull-requests": "write", "security-events": "write"}
    publishing = json.dumps(found["jobs"]["publish"])
    assert "checkout" not in publishing
    assert ".venv" not in publishing


def test_no_step_puts_what_a_stranger_wrote_into_a_script() -> None:
    for job in workflow()["jobs"].values():
        assert [step["run"] for step in job["steps"] if "${{" in str(step.get("run", ""))] == []


def test_the_hooks_ask_what_the_workflow_asks_and_the_one_for_data_stops(clone: Path) -> None:
    config = yaml.safe_load((CI / "pre-commit-config.yaml").read_text(encoding="utf-8"))
    hooks = {hook["id"]: hook["entry"] for hook in config["repos"][0]["hooks"]}
    assert hooks["showcore-templates"] == script("review", "Templates are what the code makes")
    assert script("review", "Findings").count(hooks["showcore-validate"]) == 1
    clean = ran(clone, hooks["showcore-review"])
    assert (clean.returncode, clean.stdout.splitlines()[-1]) == (0, "Nothing differs.")
    database = clone / "templates" / "database.yaml"
    text = database.read_text()
    database.write_text(text.replace("DBName: other", "DBName: third"))
    stopped = ran(clone, hooks["showcore-review"])
    database.write_text(text)
    assert stopped.returncode == 4
