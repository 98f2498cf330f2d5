"""check/validate.py, check/sources.py and `showcore validate`: one clear answer for whatever is handed in."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from cli import run
from showcore_cfn import console, fingerprint
from showcore_cfn.check import lint_engine, sources, validate
from showcore_cfn.check.finding import Finding
from showcore_cfn.check.policy import check_plan
from showcore_cfn.errors import TemplateError
from showcore_cfn.generate import generate
from showcore_cfn.review.resolve import resolve
from showcore_cfn.template.load import load_set

GOOD = "Resources:\n  Topic:\n    Type: AWS::SNS::Topic\n"
NAT = """\
Resources:
  Nat:
    Type: AWS::EC2::NatGateway
    Properties: {SubnetId: subnet-0123456789abcdef0, ConnectivityType: private}
"""
UNKNOWN_TYPE = "Resources:\n  Db:\n    Type: AWS::RDS::DBInstanc\n"
BROKEN = "AWSTemplateFormatVersion: '2010-09-09'\nResources:\n  Topic: {Type: AWS::SNS::Topic\n"
ROOT = """\
Resources:
  Alerts:
    Type: AWS::CloudFormation::Stack
    DeletionPolicy: Delete
    UpdateReplacePolicy: Delete
    Properties: {TemplateURL: ./inner/alerts.yaml}
"""
SWITCHES = (
    *("SessionMessagesEndpoint", "DatabaseDeletionProtection", "AccountTier", "ConfigRecorder"),
    *("SessionPreferences", "AnomalyDetection", "RequestMetrics", "CdnMetrics", "VpcFlowLogs", "AccessLogs"),
    *("CdnAccessLogs", "EnhancedMonitoring"),
)
OFF = {**dict.fromkeys(SWITCHES, "false"), "EndpointZones": "1"}
ON = {
    **dict.fromkeys(SWITCHES, "true"),
    "DomainName": "assets.example.com",
    "CertificateArn": "arn:aws:acm:us-east-1:111122223333:certificate/12345678-1234-1234-1234-123456789012",
    "CriticalAlertEmail": "critical@example.com",
}
Write = Callable[..., Path]


@pytest.fixture(autouse=True)
def loaded(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """cfn-lint in this process, verdicts in a folder of the test run, no settings of this machine."""
    import cfnlint.runner  # noqa: F401

    kept = tmp_path_factory.getbasetemp() / "kept"
    monkeypatch.setattr(validate, "cache_path", lambda _environ: str(kept))
    for name in ("SHOWCORE_ENV", "SHOWCORE_SETTINGS"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Writes files below the current folder, which is the test's own; returns the folder."""
    monkeypatch.chdir(tmp_path)

    def files(**texts: str) -> Path:
        for name, text in texts.items():
            path = tmp_path / "stacks" / f"{name}.yaml"
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return tmp_path / "stacks"

    return files


def test_a_good_folder_is_done(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    write(alerts=GOOD)
    assert run(["validate", "stacks"]) == 0
    assert capsys.readouterr() == ("nothing found in 1 template\n", "")


def test_an_unknown_type_stops_the_run_and_shows_its_line(
    write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    write(database=UNKNOWN_TYPE)
    assert run(["validate", "stacks", "--no-cache"]) == 4
    said = capsys.readouterr().out
    assert "refused E3006 Db" in said
    assert "3 |     Type: AWS::RDS::DBInstanc\n" in said
    assert said.endswith("1 refused in 1 template\n")


def test_broken_yaml_in_a_folder_is_a_finding_beside_the_others(
    write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    write(broken=BROKEN, database=UNKNOWN_TYPE)
    assert run(["validate", "stacks"]) == 4
    said = capsys.readouterr().out
    assert "refused SC-FILE-002: not well-formed YAML" in said
    assert "3 |   Topic: {Type: AWS::SNS::Topic\n" in said
    assert "E3006" in said


UNREADABLE = [
    pytest.param("broken.yaml", BROKEN.encode(), "not well-formed YAML", 3, id="yaml"),
    pytest.param(
        "broken.json", b'{"Resources": {\n"A" 1}}', "not well-formed JSON: expecting ':'", 2, id="json"
    ),
    pytest.param("binary.yaml", b"\xff\xfe\x00", "cannot be read", 1, id="binary"),
]


@pytest.mark.parametrize(("name", "content", "says", "line"), UNREADABLE)
@pytest.mark.parametrize("given", ["file", "folder"])
def test_what_cannot_be_read_is_a_finding_whether_the_file_or_its_folder_is_named(
    given: str,
    name: str,
    content: bytes,
    says: str,
    line: int,
    write: Write,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = write(**({"alerts": GOOD} if given == "folder" else {"other": GOOD}))
    (folder / name).write_bytes(
        content.replace(b"{\n", b'{"Type": "AWS::",\n') if given == "folder" else content
    )
    path = "stacks" if given == "folder" else f"stacks/{name}"
    assert run(["validate", path]) == 4
    assert f"refused SC-FILE-002: {says}" in capsys.readouterr().out
    assert run(["validate", path, "--format", "json"]) == 4
    (finding,) = json.loads(capsys.readouterr().out)["findings"]
    assert (finding["rule"], finding["file"], finding["line"]) == ("SC-FILE-002", f"stacks/{name}", line)
    for form, holds in (
        ("sarif", '"SC-FILE-002"'),
        ("junit", 'failures="1"'),
        ("github", "::error file=stacks/"),
    ):
        assert run(["validate", path, "--format", form]) == 4
        assert holds in capsys.readouterr().out


def test_a_broken_file_need_not_look_like_a_template_to_be_reported_once_it_is_named(
    write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    write(torn="Resources: [\n")
    assert run(["validate", "stacks/torn.yaml"]) == 4
    assert "refused SC-FILE-002: not well-formed YAML" in capsys.readouterr().out


@pytest.mark.parametrize("torn", [BROKEN, "Resources: [\n"], ids=["looks-like-one", "looks-like-none"])
def test_a_broken_nested_template_is_one_finding_beside_those_of_its_root(
    torn: str, write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    write(root=ROOT.replace("./inner/", "./") + UNKNOWN_TYPE.partition("\n")[2], alerts=torn)
    for path in ("stacks", "stacks/root.yaml"):
        assert run(["validate", path, "--format", "json"]) == 4
        found = json.loads(capsys.readouterr().out)["findings"]
        assert [each["rule"] for each in found if each["severity"] == "refused"] == ["SC-FILE-002", "E3006"]
        assert not any(each["rule"] == "SC-FILE-003" for each in found)


@pytest.mark.parametrize(
    ("name", "content"), [("notes.yaml", b"a: 1\n"), ("list.yaml", b"- 1\n"), ("empty.yaml", b"")]
)
def test_a_file_that_is_no_template_is_one_sentence(
    name: str,
    content: bytes,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    Path(name).write_bytes(content)
    assert run(["validate", name]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == (f"showcore: {name} is no CloudFormation template: it has no Resources with a Type.\n")


@pytest.mark.parametrize(
    ("path", "code", "sentence"),
    [
        ("nowhere", 2, "nowhere does not exist: give a folder of templates, or one template."),
        ("stacks", 1, "stacks holds no CloudFormation template"),
    ],
)
def test_a_missing_and_an_empty_folder_are_one_sentence(
    path: str, code: int, sentence: str, write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    write(values="a: 1\n")
    assert run(["validate", path]) == code
    said = capsys.readouterr().err
    assert said.startswith(f"showcore: {sentence}")
    assert said.count("\n") == 1


def test_a_file_over_one_megabyte_is_not_even_parsed(
    write: Write, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write(large=GOOD + "#" + "x" * 2_000_000 + "\n", alerts=GOOD)
    monkeypatch.setattr(sources, "parse", lambda _text, _name: pytest.fail("it was parsed"))
    for path in ("stacks", "stacks/large.yaml"):
        assert run(["validate", path]) == 4
        said = capsys.readouterr().out
        assert "refused SC-FILE-001: 2,000,048 bytes: CloudFormation takes at most 1,048,576" in said
        assert len(said) < 1_000


def test_binary_rubbish_beside_templates_is_a_finding(
    write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write(alerts=GOOD)
    (folder / "rubbish.template").write_bytes(b"\xff\xfe\x00\x01")
    assert run(["validate", "stacks"]) == 4
    assert "SC-FILE-002: cannot be read" in capsys.readouterr().out


def test_the_plan_is_held_against_templates_only_when_asked(
    write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    write(network=NAT)
    assert run(["validate", "stacks"]) == 0
    assert "PLAN-" not in capsys.readouterr().out
    assert run(["validate", "stacks", "--plan-rules"]) == 4
    assert "cost PLAN-3.1-NO-NAT Nat: a NAT gateway costs about 33 USD" in capsys.readouterr().out


def test_a_file_is_judged_with_what_it_nests(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    folder = write(root=ROOT, other=UNKNOWN_TYPE)
    assert run(["validate", "stacks/root.yaml"]) == 4
    said = capsys.readouterr()
    assert "refused SC-FILE-003 Alerts: the nested template inner/alerts.yaml does not exist" in said.out
    assert "E3006" not in said.out
    assert said.err == ""
    (folder / "inner").mkdir()
    (folder / "inner" / "alerts.yaml").write_text(UNKNOWN_TYPE, encoding="utf-8")
    assert run(["validate", "stacks/root.yaml"]) == 4
    assert "inner/alerts.yaml\n  refused E3006" in capsys.readouterr().out


def test_a_file_outside_the_folder_is_never_followed(tmp_path: Path) -> None:
    (tmp_path / "stacks").mkdir()
    (tmp_path / "alerts.yaml").write_text(UNKNOWN_TYPE, encoding="utf-8")
    root = tmp_path / "stacks" / "root.yaml"
    root.write_text(ROOT.replace("./inner/", "../"), encoding="utf-8")
    assert set(sources.sources(root).texts) == {"root.yaml"}


@pytest.mark.parametrize("path", ["stacks", "stacks/root.yaml"])
def test_a_nested_template_that_is_there_and_not_read_is_a_risk(
    path: str, write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write(root=ROOT.replace("./inner/", "../"))
    (folder.parent / "alerts.yaml").write_text(GOOD, encoding="utf-8")
    assert run(["validate", path]) == 0
    assert (
        "risk SC-FILE-005 Alerts: the nested template ../alerts.yaml is not among" in capsys.readouterr().out
    )
    assert run(["validate", path, "--strict"]) == 4


def test_a_nested_file_that_is_no_template_is_refused(
    write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    write(root=ROOT.replace("./inner/", "./"), alerts="a: 1\n")
    for path in ("stacks", "stacks/root.yaml"):
        assert run(["validate", path]) == 4
        assert "refused SC-FILE-003 Alerts: the nested alerts.yaml is no template" in capsys.readouterr().out


def test_machines_read_paths_from_where_they_stand(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    write(database=UNKNOWN_TYPE)
    assert run(["validate", "stacks", "--format", "json"]) == 4
    assert json.loads(capsys.readouterr().out)["findings"][0]["file"] == "stacks/database.yaml"
    run(["validate", "stacks/database.yaml", "--format", "sarif"])
    (result,) = json.loads(capsys.readouterr().out)["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "stacks/database.yaml"
    run(["validate", "stacks", "--format", "github"])
    assert capsys.readouterr().out.startswith("::error file=stacks/database.yaml,line=3,title=E3006::")
    run(["validate", "stacks", "--format", "junit"])
    assert '<testsuite name="stacks/database.yaml" tests="1" failures="1"' in capsys.readouterr().out


def test_a_report_of_nothing_prints_nothing_for_github(
    write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    write(alerts=GOOD)
    assert run(["validate", "stacks", "--format", "github"]) == 0
    assert capsys.readouterr().out == ""


def test_colour_is_for_terminals(
    write: Write, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write(database=UNKNOWN_TYPE)
    monkeypatch.setattr(console, "paint", lambda text, fg, **_: f"<{fg}>{text}</>")
    run(["validate", "stacks"])
    assert "<red>refused</> E3006" in capsys.readouterr().out
    monkeypatch.undo()
    monkeypatch.chdir(write().parent)
    run(["validate", "stacks", "--no-cache"])
    assert "\x1b" not in capsys.readouterr().out


def test_verdicts_are_kept_unless_told_not_to(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    write(database=UNKNOWN_TYPE + "# kept\n")
    assert run(["validate", "stacks"]) == 4
    monkeypatch.setattr(lint_engine, "judge", lambda jobs: [[] for _ in jobs])
    assert run(["validate", "stacks"]) == 4
    assert run(["validate", "stacks", "--no-cache"]) == 0


def test_what_a_transform_adds_is_said_not_to_be_seen(
    write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    write(app="Transform: AWS::Serverless-2016-10-31\n" + GOOD)
    assert run(["validate", "stacks"]) == 0
    assert capsys.readouterr().err == (
        "app.yaml:1: the transform AWS::Serverless-2016-10-31 runs in CloudFormation; "
        "what it adds is not seen here.\n"
    )


def test_a_nest_that_nests_itself_is_said(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    write(root=ROOT.replace("./inner/alerts.yaml", "./root.yaml"))
    assert run(["validate", "stacks"]) == 4
    assert "refused SC-FILE-004 Alerts: the stack nests itself" in capsys.readouterr().out


@pytest.fixture
def settings_file(write: Write) -> Path:
    write(network="Parameters: {EndpointZones: {Type: String, Default: '1'}}\n"
          "Conditions: {Two: !Equals [!Ref EndpointZones, '2']}\n"
          + NAT.replace("    Type:", "    Condition: Two\n    Type:"))  # fmt: skip
    example = (Path(__file__).parents[2] / "showcore.example.toml").read_text(encoding="utf-8")
    path = write().parent / "showcore.toml"
    path.write_text(example, encoding="utf-8")
    return path


@pytest.mark.usefixtures("settings_file")
def test_the_settings_of_an_environment_are_the_roots_parameters(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["validate", "stacks", "--plan-rules"]) == 0
    assert run(["validate", "stacks", "--plan-rules", "--env", "production"]) == 4
    capsys.readouterr()
    assert run(["validate", "stacks", "--env", "prodution"]) == 2
    assert "production" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["validate", "graph"])
def test_without_an_environment_the_templates_defaults_count_and_help_says_so(
    command: str, settings_file: Path, write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    write(alerts=GOOD)
    settings_file.write_text("no TOML", encoding="utf-8")
    assert run([command, "stacks"]) == 0
    assert run([command, "stacks", "--env", "production"]) == 1
    capsys.readouterr()
    run([command, "--help"])
    said = " ".join(capsys.readouterr().out.split())
    assert "Take the parameters of this environment, not the templates' own defaults." in said


def test_the_rules_are_listed_and_explained(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["validate", "--list-rules"]) == 0
    listed = capsys.readouterr().out
    assert "PLAN-3.1-NO-NAT" in listed
    assert "SC-RDS-003" in listed
    assert run(["validate", "--explain", "sc-rds-003"]) == 0
    explained = capsys.readouterr().out
    assert explained.startswith("SC-RDS-003 (refused): ")
    assert all(part in explained for part in ("\ndo: ", "\nsee: https://", "\nBreaks it:\n", "\nKeeps it:\n"))
    assert run(["validate", "--explain", "SC-FILE-003"]) == 0
    assert capsys.readouterr().out.startswith(
        "SC-FILE-003 (refused): A local nested template is a file beside"
    )
    assert run(["validate", "--explain", "PLAN-3.1-NAT"]) == 2
    assert "Did you mean PLAN-3.1-NO-NAT?" in capsys.readouterr().err
    assert run(["validate", "--explain", "9"]) == 2
    assert "--list-rules" in capsys.readouterr().err


# Our own templates --------------------------------------------------------------------------------------


@pytest.mark.parametrize("changed", [{}, OFF, ON], ids=["plan", "all-off", "all-on"])
def test_our_own_templates_keep_the_plan_whatever_is_switched(changed: dict[str, str]) -> None:
    templates = load_set(generate())
    nest = resolve(templates, changed, everything=True)
    assert nest.problems == ()
    assert check_plan(nest, templates) == ()


def test_generated_templates_are_judged_once_and_a_change_is_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(validate, "cache_path", lambda _environ: str(tmp_path))
    files = {"alerts.yaml": GOOD, "network.yaml": NAT}
    found = validate.check_generated(files)
    assert {finding.rule for finding in found} >= {"PLAN-2.2-FIVE-TAGS", "PLAN-3.1-NO-NAT"}
    with monkeypatch.context() as without:
        for module in ("lint_engine", "lint", "policy", "sources"):
            without.setitem(sys.modules, f"showcore_cfn.check.{module}", None)
        assert validate.check_generated(files) == found
        with pytest.raises(ImportError):
            validate.check_generated(files, use_cache=False)
    assert rules_in(validate.check_generated({"alerts.yaml": GOOD})) == {"PLAN-2.2-FIVE-TAGS"}


def test_a_change_of_any_rule_makes_a_kept_verdict_miss(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(validate, "cache_path", lambda _environ: str(tmp_path))
    assert validate.check_generated({"alerts.yaml": GOOD}) != ()
    monkeypatch.setattr(validate, "_judge", lambda *_: ((), ()))
    assert validate.check_generated({"alerts.yaml": GOOD}) != ()
    monkeypatch.setattr(fingerprint, "sources", lambda *names: f"changed: {names}")
    assert validate.check_generated({"alerts.yaml": GOOD}) == ()


LISTED = """\
import sys
from showcore_cfn.check import validate

validate.check_generated({"alerts.yaml": "Resources: {T: {Type: AWS::SNS::Topic}}"}, use_cache=False)
print([m.__file__ for n, m in sys.modules.items() if n.split(".")[0] == "showcore_cfn"], validate._DECIDE, sep="|")
"""


def test_every_module_that_a_verdict_is_made_with_is_part_of_its_key() -> None:
    package = Path(validate.__file__).parents[1]
    done = subprocess.run(
        [sys.executable, "-c", LISTED], capture_output=True, text=True, check=True, cwd=package.parent
    )
    loaded, decide = (ast.literal_eval(part) for part in done.stdout.split("|"))
    names = {Path(file).relative_to(package).as_posix() for file in loaded}
    assert len(names) > 30
    assert {name for name in names if name not in decide and name.split("/")[0] not in decide} == set()


def rules_in(findings: tuple[Finding, ...]) -> set[str]:
    return {finding.rule for finding in findings}


def test_nothing_to_judge_is_an_error_and_no_empty_verdict(tmp_path: Path) -> None:
    with pytest.raises(TemplateError):
        validate.validate(tmp_path)
