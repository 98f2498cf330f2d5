"""`showcore diff`, `review` and `graph` from the command line."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from cli import run
from tests.unit.review.test_diff import NEST, NETWORK, ROOT
from tests.unit.review.test_sources import Account, git

HEAVY = (
    "boto3",
    "botocore",
    "troposphere",
    "cfnlint",
    "rich",
    "networkx",
    "jsonschema",
    "importlib.metadata",
)


@pytest.fixture
def topic(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A branch that changes the network; its working tree is the current directory."""
    git(tmp_path, "init", "-q", "-b", "main")
    folder = tmp_path / "templates"
    folder.mkdir()
    for name, text in NEST.items():
        (folder / name).write_text(text)
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-q", "-m", "first")
    git(tmp_path, "checkout", "-q", "-b", "topic")
    (folder / "network.yaml").write_text(NETWORK.replace("10.0.0.0/16", "10.1.0.0/16"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


Captured = pytest.CaptureFixture[str]


def test_diff_compares_the_last_commit_with_what_is_on_disk(topic: Path, capsys: Captured) -> None:
    assert run(["diff"]) == 0
    printed = capsys.readouterr()
    assert "CidrBlock: 10.0.0.0/16 -> 10.1.0.0/16  # forces replacement" in printed.out
    assert printed.out.endswith("HEAD -> templates: 2 replace\n")
    assert printed.err == ""


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["diff", "--detailed-exitcode"], 3),
        (["diff", "HEAD", "HEAD", "--detailed-exitcode"], 0),
        (["diff", "templates", "templates", "--detailed-exitcode"], 0),
        (["diff", "nonsense"], 2),
        (["diff", "--templates", "nowhere"], 2),
        (["diff", "deployed"], 2),
        (["diff", "-o", "xml"], 2),
        (["diff", "--env", "production"], 1),
        (["review"], 2),
        (["review", "--base", "main"], 0),
        (["review", "--base", "main", "--detailed-exitcode"], 3),
        (["review", "--base", "main", "--fail-on", "replacement"], 4),
        (["review", "--base", "main", "--fail-on", "cost", "--fail-on", "data"], 0),
        (["review", "--base", "main", "--fail-on", "replacement", "--detailed-exitcode"], 4),
        (["review", "--base", "main", "--fail-on", "everything"], 2),
        (["review", "--base", "main", "--head", "main", "--fail-on", "replacement"], 0),
        (["graph", "nonsense"], 2),
    ],
)
def test_the_exit_code_says_what_was_found(topic: Path, arguments: list[str], code: int) -> None:
    assert run(arguments) == code


def test_a_gate_says_which_one_it_was(topic: Path, capsys: Captured) -> None:
    assert run(["review", "--base", "main", "--fail-on", "widening", "--fail-on", "replacement"]) == 4
    assert capsys.readouterr().err == "Stopped by --fail-on replacement.\n"


def test_the_base_of_a_review_is_where_the_branch_left(topic: Path, capsys: Captured) -> None:
    git(topic, "stash", "-q")
    git(topic, "checkout", "-q", "main")
    (topic / "templates" / "root.yaml").write_text(ROOT.replace("Name: showcore", "Name: later"))
    git(topic, "commit", "-q", "-am", "main goes on")
    git(topic, "checkout", "-q", "topic")
    git(topic, "stash", "pop", "-q")
    assert run(["review", "--base", "main"]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("main -> templates\n\n2 REPLACE")
    assert "later" not in printed


@pytest.mark.parametrize(
    ("form", "start"),
    [
        ("markdown", "<!-- showcore-review -->"),
        ("summary", "<!-- showcore-review -->"),
        ("github", "::warning file=templates/network.yaml,line=2,title=Replacement::network/VPC"),
        ("json", "{"),
        ("html", "<!doctype html>"),
    ],
)
def test_a_review_comes_in_every_form_and_into_a_file(
    topic: Path, capsys: Captured, form: str, start: str
) -> None:
    assert run(["review", "--base", "main", "-o", form]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith(start)
    assert run(["review", "--base", "main", "-o", form, "--out", "review.out"]) == 0
    assert capsys.readouterr().out == ""
    assert (topic / "review.out").read_text().rstrip("\n") == printed.rstrip("\n")


def test_the_json_of_a_diff_has_no_cost(topic: Path, capsys: Captured) -> None:
    assert run(["diff", "-o", "json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["cost"], document["counts"]) == (None, {"replace": 2})


def test_the_settings_of_an_environment_are_used(
    topic: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    from showcore_cfn.settings import plan_defaults
    from showcore_cfn.settings_text import to_toml

    text = "Parameters: {Prefix: {Type: String}}\n"
    text += "Resources: {T: {Type: 'AWS::SNS::Topic', Properties: {TopicName: %s}}}"
    (topic / "a.yaml").write_text(text % "!Ref Prefix")
    (topic / "b.yaml").write_text(text % "showcore")
    assert run(["diff", "a.yaml", "b.yaml", "--detailed-exitcode"]) == 3
    capsys.readouterr()
    (topic / "showcore.toml").write_text(to_toml(plan_defaults("production")))
    assert run(["diff", "a.yaml", "b.yaml", "--detailed-exitcode", "-e", "production"]) == 0


def test_what_is_deployed_is_compared_with_what_is_on_disk(
    topic: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    from showcore_cfn.aws import session
    from showcore_cfn.aws.values import Stack
    from showcore_cfn.deploy import operation
    from showcore_cfn.settings import plan_defaults
    from showcore_cfn.settings_text import to_toml

    class CloudFormation(Account):
        def stack(self, name: str) -> Stack | None:
            return (
                Stack("arn:root", name, "CREATE_COMPLETE") if name == "showcore-phase1-production" else None
            )

    class Gateways:
        cloudformation = CloudFormation()

    monkeypatch.setattr(session, "connect", lambda *_, **__: Gateways())
    monkeypatch.setattr(operation, "guard_account", lambda *_: None)
    (topic / "showcore.toml").write_text(to_toml(plan_defaults("production")))
    assert run(["diff", "deployed"]) == 0
    assert capsys.readouterr().out.endswith("deployed -> templates: 2 replace\n")
    assert run(["graph", "deployed"]) == 0
    assert "VPC" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("form", "start"),
    [("mermaid", "flowchart LR\n"), ("dot", "digraph templates {\n"), ("svg", "<svg xmlns=")],
)
@pytest.mark.parametrize(
    "arguments", [[], ["main"], ["--changes", "main"]], ids=["disk", "revision", "changes"]
)
def test_a_graph_comes_in_every_form(
    topic: Path, capsys: Captured, form: str, start: str, arguments: list[str]
) -> None:
    assert run(["graph", *arguments, "-o", form]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith(start)
    assert run(["graph", *arguments, "-o", form, "--out", "picture"]) == 0
    assert (topic / "picture").read_text().rstrip("\n") == printed.rstrip("\n")


def test_a_graph_of_nothing_is_refused(topic: Path, capsys: Captured) -> None:
    (topic / "empty").mkdir()

    assert run(["graph", "empty"]) == 2
    assert capsys.readouterr().err == "showcore: empty holds no template that can be drawn.\n"


def test_a_graph_says_what_it_leaves_out(topic: Path, capsys: Captured) -> None:
    (topic / "templates" / "broken.yaml").write_text("Resources:\n  A: {Type: AWS::SNS::Topic\n")

    assert run(["graph"]) == 0
    printed = capsys.readouterr()
    assert printed.err.startswith("not understood: broken.yaml:")
    assert printed.out.startswith("flowchart LR\n  s0")


def test_a_graph_of_no_change_says_that_it_is_empty(topic: Path, capsys: Captured) -> None:
    assert run(["graph", "HEAD", "--changes", "HEAD"]) == 0
    printed = capsys.readouterr()
    assert (printed.out, printed.err) == ("flowchart LR\n", "Nothing differs, so the picture is empty.\n")


def test_a_review_imports_nothing_heavy_and_reads_the_schemas_of_changed_types_only(topic: Path) -> None:
    program = (
        "import sys; from cli import run; code = run(['review', '--base', 'main', '-o', 'markdown']);"
        "from showcore_cfn.template import schemas; import json;"
        f"loaded = [name for name in {HEAVY!r} if name in sys.modules];"
        "print(json.dumps([code, loaded, schemas.schema.cache_info().currsize]), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=topic
    )
    code, loaded, schemas = json.loads(done.stderr.splitlines()[-1])
    assert (code, loaded) == (0, [])
    assert schemas <= 2  # AWS::EC2::VPC and the group that follows it


def test_help_says_what_each_command_is_for(capsys: Captured) -> None:
    for command, words in (("diff", "read-only"), ("review", "pull request"), ("graph", "Mermaid")):
        assert run([command, "--help"]) == 0
        assert words in capsys.readouterr().out
