"""doctor.py and its command: each finding with its verdict and remedy, and nothing asked that was not meant."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from cli import run
from showcore_cfn import doctor
from showcore_cfn.aws import failures
from showcore_cfn.aws.values import Identity
from showcore_cfn.doctor import Finding, Verdict
from showcore_cfn.generate import generate
from showcore_cfn.settings import Settings, plan_defaults
from showcore_cfn.settings_text import to_toml

ROLE = "arn:aws:sts::111122223333:assumed-role/Deployer/ana"


@dataclass
class Look:
    """An AWS that answers what a test wants, and remembers what it was asked."""

    found: str | failures.AwsError | None = "sso"
    who: Identity | failures.AwsError = field(default_factory=lambda: Identity("111122223333", ROLE))
    reached: tuple[str, ...] | failures.AwsError = ("https://a", "https://b")
    profile: str | None = "prod"
    named: tuple[str, ...] = ()
    asked: list[str] = field(default_factory=list)

    def kind(self) -> str | None:
        if isinstance(self.found, failures.AwsError):
            raise self.found
        return self.found

    def profiles(self) -> tuple[str, ...]:
        return self.named

    def identity(self) -> Identity:
        self.asked.append("identity")
        if isinstance(self.who, failures.AwsError):
            raise self.who
        return self.who

    def endpoints(self) -> tuple[str, ...]:
        self.asked.append("endpoints")
        if isinstance(self.reached, failures.AwsError):
            raise self.reached
        return self.reached


def findings(look: Look, *environments: Settings, online: bool = False) -> list[Finding]:
    return list(doctor.aws(look, environments, online=online))


def test_good_credentials_of_the_right_account_are_ok() -> None:
    assert findings(Look(), plan_defaults()) == [
        Finding(
            "credentials",
            Verdict.OK,
            f"From IAM Identity Center, profile prod: {ROLE} in account 111122223333.",
        ),
        Finding("account", Verdict.OK, "111122223333 is the account of production."),
        Finding("endpoints", Verdict.OK, "https://a and https://b answer."),
    ]


@pytest.mark.parametrize(
    ("kind", "profile", "remedy"),
    [
        ("sso", "prod", "`aws sso login --profile prod`"),
        ("sso", None, "`aws sso login`"),
        ("login", "prod", "`aws login --profile prod`"),
        ("env", None, "renew the credentials where they came from"),
    ],
)
def test_an_ended_session_says_how_to_begin_another(kind: str, profile: str | None, remedy: str) -> None:
    expired = failures.CredentialsExpired("the AWS credentials have expired")
    found = findings(Look(kind, expired, profile=profile))
    assert (found[0].check, found[0].verdict, found[0].remedy) == ("credentials", Verdict.STOP, remedy)
    assert found[0].says.endswith(" has ended.")


def test_no_credentials_name_the_profiles_there_are_and_ask_nothing() -> None:
    look = Look(None, named=("prod", "play"))
    assert findings(look) == [
        Finding(
            *("credentials", Verdict.STOP, "There are no AWS credentials."),
            "give --profile: there are prod, play",
        )
    ]
    assert look.asked == []


def test_no_credentials_and_no_profiles_say_how_to_make_one() -> None:
    assert findings(Look(None))[0].remedy == "`aws configure sso` makes a profile; then give --profile"


def test_online_asks_the_endpoints_without_credentials() -> None:
    look = Look(None)
    assert [finding.check for finding in findings(look, online=True)] == ["credentials", "endpoints"]
    assert look.asked == ["endpoints"]


def test_a_profile_that_does_not_exist_ends_the_look() -> None:
    look = Look(failures.NoCredentials("no usable AWS credentials"), named=("prod",))
    assert findings(look, online=True) == [
        Finding(*("credentials", Verdict.STOP, "No usable AWS credentials"), "give --profile: there are prod")
    ]


def test_an_endpoint_that_does_not_answer_stops() -> None:
    found = findings(Look(reached=failures.Unreachable("no answer from AWS to sts.")))
    assert found[-1] == Finding("endpoints", Verdict.STOP, "No answer from AWS to sts.")


def test_an_identity_that_cannot_be_told_stops_with_aws_own_words() -> None:
    found = findings(Look("env", failures.ClockSkewed("this machine's clock is wrong."), profile=None))
    assert found[0] == Finding(
        "credentials", Verdict.STOP, "From environment variables: this machine's clock is wrong."
    )


def test_credentials_of_another_account_stop() -> None:
    look = Look(who=Identity("123456789012", ROLE))
    assert findings(look, plan_defaults())[1] == Finding(
        "account",
        Verdict.STOP,
        "The credentials are of account 123456789012, and production is in 111122223333.",
        "choose another --profile, or mend account_id",
    )


def test_credentials_of_one_of_several_environments_are_told_by_its_name() -> None:
    other = Settings("123456789012", {**plan_defaults().values, "Environment": "staging"})
    assert findings(Look(), plan_defaults(), other)[1].says == "111122223333 is the account of production."


def test_root_credentials_are_warned_of() -> None:
    look = Look(who=Identity("111122223333", "arn:aws:iam::111122223333:root"))
    assert [(f.verdict, f.remedy) for f in findings(look)][1] == (
        Verdict.WARNING,
        "sign in as a role instead",
    )


@pytest.mark.parametrize(
    ("version", "verdict"),
    [((3, 11, 0), "ok"), ((3, 13, 5), "ok"), ((3, 10, 9), "warning"), ((3, 15, 0), "warning")],
)
def test_a_python_outside_of_the_lock_files_is_warned_of(version: tuple[int, ...], verdict: str) -> None:
    (found,) = doctor.python(version)
    assert found.verdict == verdict
    assert found.says.startswith(f"Python {'.'.join(map(str, version))}")


def test_a_missing_package_stops_and_another_version_is_warned_of() -> None:
    locked = doctor.locked_versions(
        "click==8.5.1 \\\n    --hash=sha256:00\nPyYAML==6.0 ; python_version > '3'\n"
    )
    assert locked == {"click": "8.5.1", "pyyaml": "6.0"}
    found = list(doctor.packages({"click": "8.4.0", "awacs": None, "PyYAML": "6.0", "rich": "1"}, locked))
    assert [(f.verdict, f.says, f.remedy) for f in found] == [
        ("stop", "awacs cannot be found.", "run `make templates`"),
        ("warning", "click is 8.4.0, the lock file has 8.5.1.", "run `make templates`"),
    ]
    (fine,) = doctor.packages({"click": "8.5.1", "awacs": "2"}, locked)
    assert (fine.verdict, fine.says) == ("ok", "click 8.5.1, awacs 2.")


def test_stale_templates_stop_with_the_first_few_named() -> None:
    states = {"root.yaml": "current", "a.yaml": "changed", "b.yaml": "missing"}
    assert list(doctor.templates(states, Path("templates"))) == [
        Finding(
            "templates",
            Verdict.STOP,
            "templates/ is not what the code makes: a.yaml (changed), b.yaml (missing).",
            "run `make templates`",
        )
    ]
    (many,) = doctor.templates({f"{n}.yaml": "missing" for n in range(5)}, Path("x"))
    assert many.says.endswith("0.yaml (missing), 1.yaml (missing), 2.yaml (missing) and 2 more.")
    (fine,) = doctor.templates({"root.yaml": "current"}, Path("templates"))
    assert (fine.verdict, fine.says) == ("ok", "1 files in templates/ are current.")


def test_settings_tell_each_environment_its_mistakes_and_remarks(tmp_path: Path) -> None:
    path = tmp_path / "showcore.toml"
    idle = to_toml(plan_defaults()).replace("account_tier = true", "account_tier = false")
    path.write_text(idle + '\n[staging]\naccount_id = "5"\nalert_addresses = {}\n')
    found, environments = doctor.settings(path, None)
    assert [(f.verdict, f.says.replace(f"{path}", "F").split(";")[0].splitlines()[0]) for f in found] == [
        ("stop", "4 mistakes in F:"),
        ("ok", "F: production, account 111122223333, us-east-1."),
        (
            "warning",
            (
                "production: account.account_tier is false, so account.config_recorder and "
                "account.session_preferences = true change nothing."
            ),
        ),
    ]
    assert [environment.environment for environment in environments] == ["production"]


def test_settings_look_at_the_chosen_environment_alone(tmp_path: Path) -> None:
    path = tmp_path / "showcore.toml"
    path.write_text(to_toml(plan_defaults()) + "[staging]\n")
    assert [finding.verdict for finding in doctor.settings(path, "production")[0]] == ["ok"]
    (unknown,), none = doctor.settings(path, "stagin")
    assert (unknown.verdict, none) == ("stop", [])
    assert unknown.says.endswith('holds no environment "stagin": the nearest is staging.')


def test_missing_settings_say_how_to_write_them(tmp_path: Path) -> None:
    (found,), _ = doctor.settings(tmp_path / "showcore.toml", None)
    assert found.says.endswith("showcore.toml does not exist: write it with `showcore init`.")


class Answer(BaseHTTPRequestHandler):
    """STS knows who asks where a request is signed; whatever else is asked is refused."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        signed = "Authorization" in self.headers
        body = (
            '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">'
            f"<GetCallerIdentityResult><Arn>{ROLE}</Arn><UserId>A</UserId><Account>111122223333</Account>"
            "</GetCallerIdentityResult></GetCallerIdentityResponse>"
        )
        refusal = "<ErrorResponse><Error><Code>MissingAuthenticationToken</Code></Error></ErrorResponse>"
        content = (body if signed else refusal).encode()
        self.send_response(200 if signed else 403)
        self.send_header("Content-Type", "text/xml")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def answering() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def templates() -> dict[str, str]:
    return generate()


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, templates: dict[str, str]) -> Path:
    """A home and a project of a test's own: settings and templates, and nothing of whoever runs it."""
    for name in list(os.environ):
        if name.startswith(("AWS_", "SHOWCORE_")) or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "showcore.toml").write_text(to_toml(plan_defaults()))
    (tmp_path / "templates").mkdir()
    for name, text in templates.items():
        (tmp_path / "templates" / name).write_text(text)
    return tmp_path


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")


def verdicts(capsys: pytest.CaptureFixture[str]) -> dict[str, tuple[str, str, str | None]]:
    """The checks of `-o json`, the last finding of each."""
    answer = json.loads(capsys.readouterr().out)
    assert set(answer) == {"verdict", "checks"}
    return {c["check"]: (c["verdict"], c["says"], c["remedy"]) for c in answer["checks"]}


def test_where_all_is_well_every_line_is_ok(
    home: Path, keys: None, answering: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["doctor", "--endpoint-url", answering]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[:2] for line in lines] == [
        ["ok", check]
        for check in ("python", "packages", "settings", "templates", "credentials", "account", "endpoints")
    ]
    assert lines[4].endswith(f"From environment variables: {ROLE} in account 111122223333.")
    assert lines[6].endswith(f"{answering} answers.")


@pytest.mark.parametrize(("in_clone", "command"), [(True, "make templates"), (False, "showcore templates")])
def test_what_stops_is_exit_4_and_has_its_remedy_below(
    home: Path, capsys: pytest.CaptureFixture[str], in_clone: bool, command: str
) -> None:
    if in_clone:
        (home / "Makefile").touch()
        (home / "showcore_cfn").mkdir()
    (home / "templates" / "cache.yaml").unlink()
    assert run(["doctor"]) == 4
    out = capsys.readouterr().out
    assert (
        "stop     templates    templates/ is not what the code makes: cache.yaml (missing).\n"
        f"                      -> run `{command}`\n"
    ) in out
    assert "stop     credentials  There are no AWS credentials.\n" in out
    assert "endpoints" not in out


def test_an_sso_profile_without_a_session_names_the_command(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    (home / "config").write_text(
        "[profile prod]\nsso_session = us\nsso_account_id = 111122223333\nsso_role_name = Deployer\n"
        "[sso-session us]\nsso_region = us-east-1\nsso_start_url = https://example.awsapps.com/start\n"
    )
    assert run(["doctor", "--profile", "prod", "-o", "json"]) == 4
    assert verdicts(capsys)["credentials"] == (
        "stop",
        "The session of IAM Identity Center, profile prod has ended.",
        "`aws sso login --profile prod`",
    )


def test_a_profile_that_is_not_there_names_those_that_are(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "config").write_text("[profile prod]\nregion = us-east-1\n")
    monkeypatch.setenv("AWS_PROFILE", "prd")
    assert run(["doctor", "-o", "json", "--online"]) == 4
    found = verdicts(capsys)
    assert found["credentials"][0] == "stop"
    assert found["credentials"][2] == "give --profile: there are prod"
    assert "endpoints" not in found


def test_a_broken_aws_configuration_is_a_finding(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / "config").write_text("[profile\n")
    assert run(["doctor", "-o", "json"]) == 4
    assert verdicts(capsys)["credentials"][0] == "stop"


def test_online_reaches_the_endpoints_without_credentials(
    home: Path, answering: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["doctor", "-o", "json", "--online", "--endpoint-url", answering]) == 4
    found = verdicts(capsys)
    assert found["endpoints"] == ("ok", f"{answering} answers.", None)
    assert found["credentials"][0] == "stop"


@pytest.mark.parametrize("endpoint", ["http://127.0.0.1:1", "nowhere"])
def test_an_endpoint_that_is_not_there_is_a_finding(
    home: Path, keys: None, endpoint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["doctor", "-o", "json", "--endpoint-url", endpoint]) == 4
    found = verdicts(capsys)
    assert (found["credentials"][0], found["endpoints"][0]) == ("stop", "stop")
    assert "Check " in found["endpoints"][1]
    assert endpoint in found["endpoints"][1]


def test_without_its_packages_it_says_so_and_looks_no_further(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(doctor, "PACKAGES", ("click", "no-such-package"))
    assert run(["doctor", "-o", "json"]) == 4
    found = verdicts(capsys)
    assert list(found) == ["python", "packages", "settings"]
    assert found["packages"][1] == "no-such-package cannot be found."
