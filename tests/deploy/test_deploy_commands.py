"""The commands from the command line to the account: what they print, and the codes they end with."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest

import cli
from showcore_cfn.aws.cloudformation import CloudFormationGateway
from showcore_cfn.deploy.clock import SystemClock
from showcore_cfn.errors import ShowcoreError
from showcore_cfn.generate import generate
from tests.deploy.conftest import point_at
from tests.deploy.nests import small_templates
from tests.fakes.cloudformation import FakeAws, Fault

STACK = "showcore-phase1-production"
SETTINGS = """
[production]
account_id = "111122223333"
[production.alert_addresses]
critical = ["critical@example.com"]
warning = ["warning@example.com"]
billing = ["billing@example.com"]
"""
RESULT = {"status", "changed", "stack_id", "outputs", "causes"}
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeAws]:
    with FakeAws() as fake:
        point_at(fake, monkeypatch)
        fake.durations.scale = 0.02
        monkeypatch.setattr(SystemClock, "now", lambda _: fake.clock.now())
        monkeypatch.setattr(SystemClock, "sleep", lambda _, seconds: fake.clock.sleep(seconds))
        yield fake


@pytest.fixture(scope="module")
def small() -> dict[str, str]:
    return small_templates()


@pytest.fixture
def run(
    aws: FakeAws,
    tmp_path: Path,
    small: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Run:
    """Run a command in a folder with settings and small templates; its code, output and error output."""
    monkeypatch.setattr("showcore_cfn.generate.generate", lambda: small)
    return runner(tmp_path, small, monkeypatch, capsys)


def runner(
    folder: Path,
    templates: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Run:
    monkeypatch.chdir(folder)
    (folder / "showcore.toml").write_text(SETTINGS)
    (folder / "templates").mkdir()
    for name, text in templates.items():
        (folder / "templates" / name).write_text(text)

    def call(*arguments: str) -> tuple[int, str, str]:
        code = cli.run(list(arguments))
        told = capsys.readouterr()
        return code, told.out, told.err

    return call


@pytest.fixture
def standing(run: Run) -> Run:
    assert run("bootstrap", "--yes")[0] == 0
    assert run("deploy", "--yes")[0] == 0
    return run


def test_the_story_of_an_environment_from_bootstrap_to_destroy(
    aws: FakeAws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With the real templates."""
    run = runner(tmp_path, generate(), monkeypatch, capsys)
    code, _, err = run("deploy", "--yes")
    assert (code, "run `showcore bootstrap`" in err) == (1, True)

    code, out, err = run("bootstrap", "--yes")
    assert (code, "showcore-artifacts-111122223333" in out) == (0, True)
    assert err.splitlines()[-2:] == ["Next:", "  `showcore deploy` shows what it would make, and asks."]
    code, _, err = run("bootstrap", "--yes")
    assert (code, "Nothing to do" in err) == (0, True)

    code, out, err = run("deploy", "--yes", "--progress", "events", "--outputs-file", "outputs.json")
    assert code == 0
    assert "95 add, 0 change, 0 delete; 93.93 USD/month; about 8 min" in err
    assert "database/Database" in err
    assert "switching on the deletion protection of the database" in err
    assert "UPDATE_COMPLETE, the stack stands" in err
    assert err.splitlines()[-7:] == [
        "Next:",
        '  open the link in the mail "AWS Notification - Subscription Confirmation" that AWS sends each address,',
        "  one for each topic, within two days: until then it gets no alert.",
        "    critical@example.com: showcore-critical-alerts",
        "    warning@example.com: showcore-warning-alerts",
        "    billing@example.com: showcore-billing-alerts",
        "  `showcore verify` looks at what stands, line by line of the plan.",
    ]
    outputs = json.loads((tmp_path / "outputs.json").read_text())[STACK]
    assert "DatabaseEndpoint" in outputs
    assert "DatabaseEndpoint" in out

    assert run("outputs", "DatabaseEndpoint")[1].strip() == outputs["DatabaseEndpoint"]
    code, out, _ = run("status")
    assert (code, "database     UPDATE_COMPLETE" in out) == (0, True)
    assert out.splitlines()[0] == (
        f"{STACK}  UPDATE_COMPLETE: the stack stands as it was last updated; "
        "that update only switched on the deletion protection of the database."
    )
    code, out, _ = run("events", "--all")
    assert (code, "network/VPC" in out) == (0, True)
    assert "network/VPC" not in run("events")[1], "of the last operation, which protected the database"
    code, out, err = run("watch")
    assert (code, out) == (0, "")
    assert f"Nothing is running on {STACK}. The last operation ended at 2026-03-02 " in err

    code, _, err = run("deploy", "--yes")
    assert (code, "Nothing to do" in err) == (0, True)
    assert "Next:" not in err

    settings = (tmp_path / "showcore.toml").read_text()
    (tmp_path / "showcore.toml").write_text(settings.replace("billing@", "money@"))
    code, out, err = run("deploy", "--yes", "-o", "json")
    assert (code, "Next:" in out, set(json.loads(out))) == (0, False, RESULT)
    assert err.splitlines()[-4:] == [
        "Next:",
        '  open the link in the mail "AWS Notification - Subscription Confirmation" that AWS sends the address,',
        "  one for each topic, within two days: until then it gets no alert.",
        "    money@example.com: showcore-billing-alerts",
    ]
    code, _, err = run("deploy", "--yes", "--tags", "Extra=1")
    assert (code, "Next:" in err) == (0, False)

    code, _, err = run("destroy", "--yes")
    assert (code, "--no-termination-protection" in err) == (4, True)
    code, _, err = run("destroy", "--yes", "--no-termination-protection")
    assert (code, "Kept, as their policies say" in err) == (0, True)
    code, out, _ = run("status", "-o", "json")
    assert (code, json.loads(out)["status"]) == (0, None)
    destroyed, *_, deployed = run("releases")[1].splitlines()
    assert "DELETE_COMPLETE" in destroyed
    assert "  destroy, " in destroyed
    assert "UPDATE_COMPLETE" in deployed


def test_a_plan_is_made_saved_executed_and_cannot_be_executed_again(standing: Run, aws: FakeAws) -> None:
    code, out, err = standing("plan", "--parameter-overrides", "EndpointZones=1", "--out", "plan.json")
    assert code == 0
    assert "\n   ~ network/Queue" in out
    assert err.splitlines()[-3:] == [
        "To execute exactly this plan: `showcore deploy --plan plan.json`, with the options given here.",
        "`showcore deploy` without --plan makes a new plan and asks; once that one is executed, this one is gone.",
        "`showcore plan --discard` deletes the plans that wait.",
    ]

    code, _, err = standing("deploy", "--plan", "plan.json", "--yes")
    assert (code, "the settings have changed since. `showcore plan --out FILE` makes a new one." in err) == (
        4,
        True,
    )
    overridden = ("--parameter-overrides", "EndpointZones=1")
    code, _, _ = standing("deploy", "--plan", "plan.json", "--yes", *overridden)
    assert code == 0
    code, _, err = standing("deploy", "--plan", "plan.json", "--yes", *overridden)
    assert (code, "cannot be executed any more" in err) == (4, True)


def test_a_plan_has_a_detailed_exit_code_a_json_form_and_is_discarded(standing: Run, aws: FakeAws) -> None:
    assert standing("plan", "--detailed-exitcode")[0] == 0

    code, out, _ = standing(
        "plan", "--detailed-exitcode", "-o", "json", "--parameter-overrides", "EndpointZones=1"
    )
    assert (code, json.loads(out)["counts"]["change"]) == (3, 1)

    code, out, _ = standing("plan", "--discard")
    assert (code, out.startswith("Deleted showcore-")) == (0, True)
    assert standing("plan", "--discard")[1].strip() == "No plan was waiting."
    assert aws.litter() == []


def test_status_says_what_puts_protection_on_where_a_killed_deployment_did_not_come_to_it(
    run: Run, aws: FakeAws
) -> None:
    run("bootstrap", "--yes")
    run("deploy", "--yes", "--detach")
    aws.clock.advance(600)

    code, out, _ = run("status")
    due = (
        "Next: `showcore protect` puts on the protection that is OFF, and so does the next `showcore deploy`."
    )
    assert (code, out.splitlines()[-1]) == (0, due)
    assert "protection   termination OFF, database OFF" in out

    assert run("deploy", "--yes")[0] == 0
    out = run("status")[1]
    assert "protection   termination on, database on as deployed" in out
    assert "Next:" not in out


def test_status_wants_no_more_protection_than_the_settings_do(standing: Run, tmp_path: Path) -> None:
    no = "[production.database]\ndatabase_deletion_protection = false\n"
    assert standing("unprotect", "--only", "database", "--yes")[0] == 0
    assert "Next: `showcore protect`" in standing("status")[1]

    (tmp_path / "showcore.toml").write_text(SETTINGS + no)

    out = standing("status")[1]
    assert "database OFF" in out
    assert "Next:" not in out


def test_watching_a_first_creation_to_its_end_says_what_is_left_to_do(run: Run, aws: FakeAws) -> None:
    run("bootstrap", "--yes")
    run("deploy", "--yes", "--detach")
    aws.clock.advance(2)

    code, _, err = run("watch")

    assert code == 0
    assert err.splitlines()[-1].startswith("Next: `showcore protect` puts on the protection that is OFF")


def test_status_of_a_plan_for_a_new_stack_speaks_of_no_protection_and_of_both_ways_on(run: Run) -> None:
    run("bootstrap", "--yes")
    run("plan")

    code, out, _ = run("status")

    assert (code, "REVIEW_IN_PROGRESS: a plan for a new stack" in out) == (0, True)
    assert "protection" not in out
    assert out.splitlines()[-1] == (
        "Next: `showcore deploy` plans anew and asks, or `showcore plan --discard` removes what waits."
    )


def test_without_a_terminal_and_without_yes_nothing_is_deployed(standing: Run, aws: FakeAws) -> None:
    code, _, err = standing("deploy", "--parameter-overrides", "EndpointZones=1")

    assert (code, "give --yes" in err) == (4, True)
    assert aws.litter() == []


def test_stale_templates_stop_a_deployment(standing: Run, tmp_path: Path) -> None:
    (tmp_path / "templates" / "network.yaml").write_text("Resources: {}\n")

    code, _, err = standing("deploy", "--yes")

    assert (
        code,
        "templates/ is not what the code generates (network.yaml): run `make templates`" in err,
    ) == (
        4,
        True,
    )


def test_another_account_stops_every_command(standing: Run, tmp_path: Path) -> None:
    (tmp_path / "showcore.toml").write_text(SETTINGS.replace("111122223333", "123456789012"))

    for command in (
        "status",
        "outputs",
        "events",
        "plan",
        "deploy",
        "watch",
        "diagnose",
        "recover",
        "destroy",
    ):
        code, _, err = standing(command)
        assert (command, code, "belong to the account 111122223333" in err) == (command, 4, True)


def test_a_failed_update_is_told_diagnosed_and_leaves_nothing_to_recover(standing: Run, aws: FakeAws) -> None:
    aws.fail("network/Queue", reason="You have exceeded the quota", on="update")

    code, _, err = standing("deploy", "--yes", "--parameter-overrides", "EndpointZones=1")
    assert code == 5
    assert "network/Queue: UPDATE_FAILED, You have exceeded the quota" in err

    code, out, err = standing("diagnose")
    assert code == 0
    assert "What to do: A quota of the account is used up." in out
    assert "aws cloudtrail lookup-events --region us-east-1 --start-time 2026-03-02T" in err
    assert json.loads(standing("diagnose", "-o", "json")[1])[0]["path"] == "network/Queue"

    code, out, _ = standing("recover", "--yes")
    assert (code, "Nothing to recover" in out) == (0, True)
    assert standing("events", "--failed")[1].count("You have exceeded the quota") == 1


def test_a_failed_creation_is_recovered_from_and_what_was_kept_is_named(run: Run, aws: FakeAws) -> None:
    assert run("bootstrap", "--yes")[0] == 0
    aws.fail("network/Queue", reason="no such thing", on="create")

    code, _, err = run("deploy", "--yes", "--progress", "errors-only")
    assert (code, "showcore recover" in err) == (5, True)
    assert run("status")[0] == 6
    code, _, err = run("deploy", "--yes")
    assert (code, "`showcore recover` leads out" in err) == (6, True)

    code, out, err = run("recover")
    assert (code, "Delete what is left of the stack?" in err) == (4, True)
    code, out, err = run("recover", "--yes")
    assert (code, "Next: `showcore deploy`" in out) == (0, True)


def test_events_are_limited_by_number_and_by_time(standing: Run, aws: FakeAws) -> None:
    code, out, err = standing("events", "--all", "--limit", "3")
    assert (code, len(out.splitlines())) == (0, 3)
    assert "The newest 3 of " in err
    everything = standing("events", "--all")[1].splitlines()
    assert out.splitlines() == everything[-3:]

    aws.clock.advance(3 * 3600)
    assert standing("events", "--since", "2h")[1].strip() == "No events."
    assert len(standing("events", "--since", "1d")[1].splitlines()) == len(everything)
    code, _, err = standing("events", "--since", "yesterday")
    assert (code, "--since takes 30m, 2h, 3d or a time" in err) == (2, True)


def test_protection_is_recorded_among_the_releases_and_is_none_to_go_back_to(
    standing: Run, aws: FakeAws
) -> None:
    aws.clock.advance(60)
    assert standing("unprotect", "--yes", "--only", "policies")[0] == 0
    aws.clock.advance(60)
    assert standing("protect", "--yes")[0] == 0

    found = json.loads(standing("releases", "-o", "json")[1])

    assert [each["what"].partition(",")[0] for each in found[:2]] == [
        "protect policies",
        "unprotect policies",
    ]
    assert [each["status"] for each in found] == ["UPDATE_COMPLETE"] * 3
    code, _, err = standing("deploy", "--yes", "--release", found[0]["id"])
    assert (code, "was no deployment" in err) == (2, True)


def test_where_nothing_can_be_recorded_protection_is_put_on_all_the_same(standing: Run, aws: FakeAws) -> None:
    assert standing("unprotect", "--yes", "--only", "policies")[0] == 0
    aws.faults.add(Fault.ACCESS_DENIED, "PutObject", times=9)

    code, _, err = standing("protect", "--yes")

    assert (code, "not recorded among the releases" in err) == (0, True)


@pytest.mark.parametrize(
    ("command", "option"), [("plan", "--out"), ("deploy", "--outputs-file")], ids=["plan", "deploy"]
)
def test_a_file_that_cannot_be_written_stops_before_anything_is_done(
    run: Run, aws: FakeAws, tmp_path: Path, command: str, option: str
) -> None:
    start = len(aws.calls)

    code, _, err = run(command, option, str(tmp_path / "nowhere" / "file.json"))

    assert code == 1
    assert f"{tmp_path / 'nowhere' / 'file.json'} cannot be written: No such file or directory." in err
    assert len(aws.calls) == start


def test_a_plan_without_a_file_says_what_comes_next_and_goes_with_the_deployment(
    standing: Run, aws: FakeAws
) -> None:
    overridden = ("--parameter-overrides", "EndpointZones=1")
    _, _, err = standing("plan", *overridden)
    waits, *lines = err.splitlines()[-5:]
    assert waits.startswith("It waits as arn:aws:cloudformation:us-east-1:111122223333:changeSet/showcore-")
    assert lines == [
        "`showcore deploy` makes a new plan and asks; once that one is executed, this one is gone.",
        "To execute exactly what was looked at, save it: `showcore plan --out plan.json`,",
        "then `showcore deploy --plan plan.json`.",
        "`showcore plan --discard` deletes the plans that wait.",
    ]
    assert len(aws.litter()) > 0

    assert standing("deploy", "--yes", *overridden)[0] == 0

    assert aws.litter() == []


def test_an_output_that_does_not_exist_is_a_usage_error(standing: Run) -> None:
    code, _, err = standing("outputs", "Foo")
    assert (code, "has no output Foo. It has: " in err) == (2, True)


def test_on_a_healthy_stack_recover_names_no_next_step(standing: Run) -> None:
    code, out, _ = standing("recover")
    assert (code, out.rstrip().endswith("Nothing to recover.")) == (0, True)


def test_taking_protection_off_without_a_terminal_is_stopped(standing: Run) -> None:
    code, _, err = standing("unprotect")
    assert (code, "There is no terminal to ask: give --yes." in err) == (4, True)


def test_protect_says_that_the_settings_would_take_the_database_s_off_again(
    standing: Run, tmp_path: Path
) -> None:
    assert standing("unprotect", "--yes", "--only", "database")[0] == 0
    no = "[production.database]\ndatabase_deletion_protection = false\n"
    (tmp_path / "showcore.toml").write_text(SETTINGS + no)

    code, out, err = standing("protect", "--yes")

    assert code == 0
    assert "The settings say database.database_deletion_protection = false: the next deployment" in err
    assert "takes it off, unless database.database_deletion_protection = true is set" in out
    code, _, err = standing("deploy", "--yes")
    assert code == 4
    assert (
        "database/Database: DeletionProtection goes from true to false. "
        "database.database_deletion_protection = true in the settings keeps it; --allow-broadening"
    ) in err


def test_protect_ends_with_an_error_where_a_part_does_not_stay_on(
    standing: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert standing("unprotect", "--yes")[0] == 0
    monkeypatch.setattr(CloudFormationGateway, "set_stack_policy", lambda *_: None)

    code, out, err = standing("protect", "--yes")

    assert code == 1
    assert "policies     OFF" in out
    assert f"policies of {STACK} is still off" in err


def test_detaching_leaves_with_seven_and_watching_ends_it(run: Run, aws: FakeAws) -> None:
    assert run("bootstrap", "--yes")[0] == 0
    code, _, err = run("deploy", "--yes", "--detach")
    assert (code, "showcore watch" in err) == (7, True)
    aws.clock.advance(2)
    assert run("status")[0] == 7

    code, _, err = run("watch", "--progress", "json")

    assert code == 0
    events = [json.loads(line) for line in err.splitlines() if line.startswith("{")]
    assert {event["type"] for event in events} == {"event", "heartbeat"}
    assert any(event.get("path") == "database/Database" for event in events)


def test_an_update_is_cancelled_by_name(standing: Run, aws: FakeAws) -> None:
    aws.durations.scale = 50
    assert standing("deploy", "--yes", "--detach", "--parameter-overrides", "EndpointZones=1")[0] == 7
    aws.clock.advance(5)

    code, out, _ = standing("recover", "--cancel", "--yes")

    assert (code, "stands as before" in out) == (0, True)
    code, _, err = standing("recover", "--cancel", "--yes")
    assert (code, "only an update that goes forward" in err) == (4, True)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--on-failure", "DELETE", "--disable-rollback"), "exclude each other"),
        (("--parameter-overrides", "EndpointZones"), "takes Key=Value"),
        (("--parameter-overrides", "Colour=blue"), "there is no parameter Colour"),
        (("--tags", "=x"), "takes Key=Value"),
        (("--tags", "Team=a Project=b"), "--tags adds tags, and Project is there already"),
        (("--plan", "nowhere.json"), "cannot be read"),
        (("--max-monthly", "0"), "not in the range"),
    ],
)
def test_what_does_not_go_together_is_refused(run: Run, arguments: tuple[str, ...], says: str) -> None:
    code, _, err = run("deploy", "--yes", *arguments)

    assert code in (1, 2)
    assert says in err


def test_an_empty_change_set_is_an_error_where_that_is_asked_for(standing: Run) -> None:
    assert standing("deploy", "--yes", "--fail-on-empty-changeset")[0] == 1


def test_stopping_after_the_plan_leaves_it_waiting(standing: Run, aws: FakeAws) -> None:
    code, out, _ = standing(
        "deploy",
        "--no-execute-changeset",
        "--change-set-name",
        "mine",
        "--parameter-overrides",
        "EndpointZones=1",
    )

    assert (code, "network/Queue" in out) == (0, True)
    assert f"{STACK}/mine" in aws.litter()


@pytest.mark.parametrize("detach", [(), ("--detach",)], ids=["followed", "detached"])
def test_the_loser_of_two_deployments_ends_with_seven_and_is_listed_as_not_executed(
    standing: Run, aws: FakeAws, monkeypatch: pytest.MonkeyPatch, detach: tuple[str, ...]
) -> None:
    aws.durations.scale = 50

    def meanwhile(_: str) -> bool:
        arguments = ("--yes", "--detach", "--parameter-overrides", "EndpointZones=1")
        assert standing("deploy", *arguments)[0] == 7
        aws.clock.advance(3)  # so that its release is the older one
        return True

    monkeypatch.setattr("showcore_cfn.console.confirm", meanwhile)

    code, _, err = standing("deploy", *detach, "--tags", "Extra=1")

    assert code == 7
    assert f"{STACK} is in UPDATE_IN_PROGRESS: the stack is being updated" in err
    assert "`showcore watch` follows it; deploy again when it has ended." in err
    mine, _, theirs, _ = standing("releases")[1].splitlines()
    assert "  not executed  " in mine
    assert "  not recorded  " in theirs


def test_a_command_says_what_to_do_about_expired_credentials(standing: Run, aws: FakeAws) -> None:
    aws.faults.add(Fault.EXPIRED_TOKEN, times=None)

    code, _, err = standing("status")

    assert (code, "aws sso login" in err) == (1, True)


@pytest.mark.parametrize(
    ("saved", "said", "left"),
    [
        ((), "Nothing was changed; discarding the plan ...", 0),
        (("--plan", "plan.json"), "the plan still waits", 1),
    ],
    ids=["made", "saved"],
)
def test_ctrl_c_at_the_question_says_what_becomes_of_the_plan(
    standing: Run,
    aws: FakeAws,
    monkeypatch: pytest.MonkeyPatch,
    saved: tuple[str, ...],
    said: str,
    left: int,
) -> None:
    def interrupted(_: str) -> bool:
        raise click.Abort

    changed = ("--parameter-overrides", "EndpointZones=1")
    if saved:
        assert standing("plan", "--out", "plan.json", *changed)[0] == 0
    monkeypatch.setattr("showcore_cfn.console.confirm", interrupted)
    code, _, err = standing("deploy", *saved, *changed)
    assert (code, said in err, err.endswith("Interrupted.\n")) == (130, True, True)
    assert standing("plan", "--discard")[1].count("Deleted ") == left


def test_a_disk_that_is_full_at_the_end_does_not_hide_how_the_deployment_ended(
    standing: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(file: Path, _: str) -> None:
        raise ShowcoreError(f"{file} cannot be written: No space left on device.")

    monkeypatch.setattr("showcore_cfn.commands._deploying.write_whole", full)
    changed = ("--parameter-overrides", "EndpointZones=1")
    code, _, err = standing("deploy", "--yes", "--outputs-file", "outputs.json", *changed)
    assert (code, f"{STACK}: UPDATE_COMPLETE" in err) == (1, True)
    assert err.endswith("showcore: outputs.json cannot be written: No space left on device.\n")


def test_what_is_still_being_created_is_deleted_without_a_list_that_is_not_true(
    run: Run, aws: FakeAws
) -> None:
    assert run("bootstrap", "--yes")[0] == 0
    aws.durations.scale = 50
    assert run("deploy", "--yes", "--detach")[0] == 7
    aws.clock.advance(60)

    code, out, err = run("destroy", "--yes")

    assert (code, "DELETE_COMPLETE" in err) == (0, True)
    assert err.startswith("It is still being created: what has been made until then goes with it")
    assert "Deleted: 0 resources" not in err + out
