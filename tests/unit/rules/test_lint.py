"""check/lint*.py: what cfn-lint says, the same on every machine, and kept by content."""

from __future__ import annotations

import gc
import json
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from showcore_cfn.check import lint as lint_module
from showcore_cfn.check import lint_child, lint_engine
from showcore_cfn.check.finding import Finding, Severity
from showcore_cfn.check.lint import lint
from showcore_cfn.check.lint_severity import severity

BUCKET = """\
Resources:
  Assets:
    Type: AWS::S3::Bucket
    Properties:
      Encrypted: true
"""
GOOD = "Resources:\n  Topic:\n    Type: AWS::SNS::Topic\n"
ROOT = """\
Resources:
  Network:
    Type: AWS::CloudFormation::Stack
    DeletionPolicy: Delete
    UpdateReplacePolicy: Delete
    Properties:
      TemplateURL: ./network.yaml
      Parameters: {Prefix: a, Surplus: b}
Outputs:
  VpcId: {Value: !GetAtt Network.Outputs.Missing}
"""
NETWORK = """\
Parameters:
  Prefix: {Type: String}
Resources:
  Topic: {Type: AWS::SNS::Topic, Properties: {TopicName: !Ref Prefix}}
Outputs:
  TopicArn: {Value: !Ref Topic}
"""
DATABASE = """\
Resources:
  Database:
    Type: AWS::RDS::DBInstance
    Properties: {DBInstanceClass: db.t3.micro, Engine: postgres, AllocatedStorage: '20'}
"""
CONTEXT = """\
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Metadata:
      com.aws.cloudformation.Context: {must: [never delete], reason: because}
"""
LAMBDA = "Resources:\n  F: {Type: AWS::Lambda::Function}\n"


@pytest.fixture(autouse=True)
def loaded() -> None:
    """cfn-lint in this process, so that each test does not load it anew in a child."""
    import cfnlint.runner  # noqa: F401


def ids(findings: tuple[Finding, ...]) -> set[str]:
    return {finding.rule for finding in findings}


def test_an_error_is_refused_and_names_rule_place_line_and_page() -> None:
    (found,) = [finding for finding in lint({"storage.yaml": BUCKET}) if finding.rule == "E3002"]
    assert found == Finding(
        rule="E3002",
        severity=Severity.REFUSED,
        message="Additional properties are not allowed ('Encrypted' was unexpected)",
        document="storage.yaml",
        path=("Resources", "Assets", "Properties", "Encrypted"),
        line=5,
        resource="Assets",
        source="https://github.com/aws-cloudformation/cfn-lint/blob/main/docs/rules.md#E3002",
    )


def test_informational_rules_are_on_and_are_style() -> None:
    (found,) = [finding for finding in lint({"database.yaml": DATABASE}) if finding.rule == "I3011"][:1]
    assert (found.severity, found.resource) == (Severity.STYLE, "Database")


def test_context_metadata_is_judged_where_it_stands_and_asked_for_nowhere() -> None:
    assert ids(lint({"alerts.yaml": CONTEXT})) == {"W4011", "W4012"}
    assert lint({"alerts.yaml": GOOD}) == ()


def test_text_that_is_no_yaml_is_one_finding() -> None:
    (found,) = lint({"broken.yaml": "Resources: [\n"})
    assert (found.rule, found.severity, found.resource) == ("E0000", Severity.REFUSED, None)


def test_a_template_that_cfn_lint_does_not_survive_is_a_finding() -> None:
    (found,) = lint({"a.yaml": GOOD + "    Metadata: null\n"})
    assert (found.rule, found.severity) == ("E0002", Severity.REFUSED)
    assert found.message.startswith("cfn-lint fails over this template (AttributeError: ")


def test_what_a_template_silences_stays_silent() -> None:
    silenced = CONTEXT.replace("Metadata:", "Metadata:\n      cfn-lint: {config: {ignore_checks: [W4011]}}")
    assert ids(lint({"alerts.yaml": silenced})) == {"W4012"}


def test_a_root_is_held_to_the_parameters_and_outputs_of_what_it_nests(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # cfn-lint itself looks at outputs only below the current folder
    found = lint({"root.yaml": ROOT, "network.yaml": NETWORK})
    messages = " ".join(finding.message for finding in found if finding.severity is Severity.REFUSED)
    assert '"Surplus"' in messages
    assert "Outputs.Missing" in messages
    assert {finding.document for finding in found} == {"root.yaml"}


def test_a_root_is_judged_the_same_against_whole_templates_and_their_interfaces(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    texts = {"root.yaml": ROOT, "network.yaml": NETWORK}
    short = lint(texts, only=["root.yaml"])
    monkeypatch.setattr(lint_module, "interface", lambda text: text)
    assert lint(texts, only=["root.yaml"]) == short != ()


def test_the_interface_of_a_template_is_its_parameters_and_outputs() -> None:
    assert json.loads(lint_module.interface(NETWORK)) == {
        "Parameters": {"Prefix": {"Type": "String"}},
        "Outputs": {"TopicArn": {"Value": {"Ref": "Topic"}}},
    }
    assert lint_module.interface("- 1\n") == "- 1\n"


def test_every_file_is_judged_and_only_those_asked_for() -> None:
    texts = {"stacks/storage.yaml": BUCKET, "alerts.yaml": CONTEXT}
    assert {finding.document for finding in lint(texts)} == {"stacks/storage.yaml", "alerts.yaml"}
    assert {finding.document for finding in lint(texts, only=["alerts.yaml"])} == {"alerts.yaml"}


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("E3031", Severity.REFUSED),
        ("E0002", Severity.REFUSED),
        ("W1101", Severity.REFUSED),
        ("W3037", Severity.DEAD),
        ("W2501", Severity.RISK),
        ("W3005", Severity.STYLE),
        ("I3042", Severity.STYLE),
    ],
)
def test_a_rule_matters_as_much_as_what_it_says(rule: str, expected: Severity) -> None:
    assert severity(rule) is expected


# The same verdict everywhere ----------------------------------------------------------------------------


def test_the_region_of_the_environment_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    store = "Resources:\n  Store: {Type: AWS::CloudFront::KeyValueStore, Properties: {Name: a}}\n"
    for variable in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.setenv(variable, "us-gov-west-1")  # a region without CloudFront
    lint_engine._linter.cache_clear()
    assert lint({"cdn.yaml": store}) == ()


def test_a_cfnlintrc_at_home_or_in_the_project_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder in (tmp_path / "home", tmp_path / "project"):
        folder.mkdir()
        (folder / ".cfnlintrc").write_text("ignore_checks: [E3002, W]\n", encoding="utf-8")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path / "project")
    lint_engine._linter.cache_clear()
    assert "E3002" in ids(lint({"storage.yaml": BUCKET}))


SCRIPT = """\
import json, sys
from pathlib import Path
from showcore_cfn.check.lint import lint
from showcore_cfn.check.lint_cache import Verdicts

texts = json.loads(sys.argv[1])
verdicts = Verdicts(Path(sys.argv[2]) if sys.argv[2] else None)
found = lint(texts, verdicts=verdicts)
heavy = [name for name in ("cfnlint", "yaml", "importlib.metadata", "sympy") if name in sys.modules]
print(json.dumps([[f"{f.rule} {f.document}" for f in found], heavy]))
"""


def in_a_process_of_its_own(
    texts: dict[str, str], folder: str = "", **environment: str
) -> tuple[list[str], list[str]]:
    """The rules found, and what this process had to import for them."""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, json.dumps(texts), folder],
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(Path(__file__).parents[3]), **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    found, heavy = json.loads(done.stdout)
    return found, heavy


def test_newer_schemas_in_the_users_cache_change_nothing(tmp_path: Path) -> None:
    schemas = tmp_path / "aws" / "cfn-lint" / "schemas"
    (schemas / "providers").mkdir(parents=True)
    (schemas / "resources").mkdir()
    (schemas / "version.json").write_text('{"schema_date": "2999-01-01T00:00:00Z"}', encoding="utf-8")
    (schemas / "providers" / "us-east-1.json").write_text("{}", encoding="utf-8")  # knows no type at all
    found, _ = in_a_process_of_its_own({"a.yaml": GOOD, "b.yaml": BUCKET}, XDG_CACHE_HOME=str(tmp_path))
    assert found == ["E3002 b.yaml"]


def test_two_processes_find_what_one_finds_and_leave_nothing_in_the_caller(tmp_path: Path) -> None:
    padding = "#" * lint_engine.WORTH_A_CHILD_BYTES + "\n"
    texts = {"a.yaml": GOOD, "b.yaml": BUCKET + padding, "c.yaml": CONTEXT + padding}
    here = [f"{finding.rule} {finding.document}" for finding in lint(texts)]
    cold = in_a_process_of_its_own(texts, str(tmp_path))
    warm = in_a_process_of_its_own(texts, str(tmp_path))
    assert cold[0] == warm[0] == here == ["E3002 b.yaml", "W4011 c.yaml", "W4012 c.yaml"]
    assert warm[1] == []
    assert cold[1] == [] or not lint_child.can_fork()


class Dead(lint_child.Child):
    """A child that ended without an answer."""

    def answer(self) -> None:
        return None


SHARED = {"b.yaml": BUCKET + "#" * lint_engine.WORTH_A_CHILD_BYTES, "c.yaml": CONTEXT}


def test_a_child_that_cannot_be_made_or_dies_costs_only_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lint_engine, "_cores", lambda: 2)
    for start in (lambda _work: None, lambda _work: Dead(0, 0)):
        monkeypatch.setattr(lint_child, "start", start)
        assert ids(lint(SHARED)) == {"E3002", "W4011", "W4012"}


def test_the_template_over_which_a_child_dies_is_judged_here(monkeypatch: pytest.MonkeyPatch) -> None:
    def start(work: lint_child.Work) -> lint_child.Child:
        with monkeypatch.context() as inside, pytest.raises(MemoryError):
            inside.setattr(lint_engine, "_verdict", die)
            work()
        return Dead(0, 0)

    def die(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(lint_engine, "_cores", lambda: 2)
    monkeypatch.setattr(lint_child, "start", start)
    assert ids(lint(SHARED)) == {"E3002", "W4011", "W4012"}


def test_the_largest_is_judged_first_and_nothing_twice() -> None:
    sizes = {"a": 3_000, "b": 9_000, "c": 4_000}
    queue = lint_engine._Queue([lint_engine.Job(name, {name: "#" * size}) for name, size in sizes.items()])
    assert [number for number, _ in queue.judged()] == [1, 2, 0]
    assert list(queue.judged()) == []


HIDDEN = """\
Resources:
  Run:
    Type: "AWS::\\x4cambda::Function"
    Properties: {Runtime: java21, Handler: a.b, Code: {ZipFile: a}, Role: "arn:aws:iam::111122223333:role/a"}
"""


def test_rules_of_types_that_no_template_names_stand_aside() -> None:
    rules = lint_engine._linter()[1]
    own = lint_engine._concerned(rules, [lint_engine.Job("a", {"a": DATABASE})])
    left_out = set(rules) - set(own)
    assert {"E3677", "E3045"} <= left_out  # a Lambda function's inline code, a bucket's access control
    assert len(left_out) > 100
    assert not left_out & {
        "E3691",
        "E3002",
        "E3062",
    }  # an engine's versions, all resources, an instance class


@pytest.mark.parametrize("text", [HIDDEN, HIDDEN.replace("\\x4c", "L")], ids=["escaped", "plain"])
def test_a_type_that_is_written_with_escapes_meets_its_rules(text: str) -> None:
    assert "E3677" in ids(lint({"a.yaml": text}))


def test_the_collector_is_on_again_afterwards() -> None:
    lint({"alerts.yaml": GOOD})
    assert gc.isenabled()


CHILD = """\
import os, sys, threading
from showcore_cfn.check import lint_child

if not lint_child.can_fork():
    sys.exit()
child = lint_child.start(lambda: {"a": [1, None]})
assert child and child.answer() == {"a": [1, None]}
for mishap in (lambda: 1 / 0, lambda: sys.exit(0), lambda: object()):
    child = lint_child.start(mishap)
    assert child and child.answer() is None
child = lint_child.start(threading.Event().wait)
assert child
child.stop()
try:
    os.kill(child.pid, 0)
    sys.exit("it is still there")
except ProcessLookupError:
    pass
event = threading.Event()
thread = threading.Thread(target=event.wait)
thread.start()
assert lint_child.start(lambda: 1) is None
event.set()
"""


def test_a_child_answers_once_and_a_process_with_threads_has_none() -> None:
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(CHILD)],
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(Path(__file__).parents[3])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
