"""What a plan says: the certain, the possible, and what is only evaluated anew; data, security, cost."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from showcore_cfn.aws.cloudformation import CloudFormationGateway
from showcore_cfn.aws.values import STACK_TYPE
from showcore_cfn.deploy.change_set import Node
from showcore_cfn.deploy.guard import Lifted, refusals
from showcore_cfn.deploy.planning import plan_file
from showcore_cfn.deploy.planning.judge import Certainty, Do
from showcore_cfn.deploy.planning.plan import Plan
from showcore_cfn.deploy.planning.plan_json import as_json
from showcore_cfn.deploy.planning.plan_text import text, verdict
from showcore_cfn.errors import ShowcoreError, Stopped
from showcore_cfn.review.impact import Fate
from showcore_cfn.review.wording import risk
from tests.deploy.conftest import Bench, yes
from tests.deploy.nests import BUCKET_TEXT, NEST, RENAMED, WIDER, with_edit


@pytest.fixture
def standing(bench: Bench) -> Bench:
    """The small nest, deployed."""
    bench.deployment().run(yes)
    return bench


def planned(bench: Bench, templates: Mapping[str, str] = NEST, **given: Any) -> Plan:
    plan = bench.deployment(templates, **given).plan()
    assert isinstance(plan, Plan)
    return plan


def felt(plan: Plan) -> dict[str, tuple[str, str]]:
    return {found.path: (found.do.value, found.certainty.name) for found in plan.felt}


def without_nested_detail(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on CloudFormation tells of the root alone."""
    original = CloudFormationGateway.create_change_set
    monkeypatch.setattr(
        CloudFormationGateway,
        "create_change_set",
        lambda self, order: original(self, replace(order, nested=False)),
    )


def test_a_new_nest_is_all_additions_in_the_order_of_the_root(bench: Bench) -> None:
    plan = planned(bench)

    assert list(plan.counts().items()) == [("network", 2), ("database", 3), ("storage", 2)]
    assert {found.do for found in plan.felt} == {Do.ADD}


@pytest.mark.parametrize(
    ("certainty", "replacement", "do", "line"),
    [
        (Certainty.CERTAIN, Certainty.CERTAIN, Do.REPLACE, " -/+ database/Database"),
        (Certainty.CERTAIN, Certainty.POSSIBLE, Do.REPLACE, "-/+? database/Database"),
        (Certainty.POSSIBLE, None, Do.CHANGE, "  ~? database/Database"),
        (Certainty.CERTAIN, None, Do.CHANGE, "   ~ database/Database"),
        (Certainty.CERTAIN, None, Do.DELETE, "   - database/Database"),
        (Certainty.CERTAIN, None, Do.IMPORT, "   < database/Database"),
    ],
)
def test_a_plan_has_the_symbols_of_a_review(
    bench: Bench, certainty: Certainty, replacement: Certainty | None, do: Do, line: str
) -> None:
    plan = planned(bench)
    (database,) = [found for found in plan.planned if found.path == "database/Database"]
    change = replace(database, certainty=certainty, replacement=replacement, do=do)
    object.__setattr__(plan, "planned", (change,))

    told = text(plan).splitlines()
    assert next(each for each in told if "database/Database " in each).startswith(f"{line}  AWS::RDS")
    assert "+ add   ~ change   -/+ replace   - delete   < import   with ?: it may be" in told


@pytest.mark.parametrize("false_replacement", ["Conditional", "True"])
@pytest.mark.parametrize("unchanged_child", ["FAILED", "CREATE_COMPLETE"])
@pytest.mark.trap("16")
@pytest.mark.trap("18")
def test_one_changed_property_is_the_one_change_of_the_plan(
    standing: Bench, false_replacement: str, unchanged_child: str
) -> None:
    """A network property changes, so CloudFormation lists whatever its outputs reach, some as replaced."""
    standing.aws.beliefs.false_replacement = false_replacement
    standing.aws.beliefs.unchanged_child = unchanged_child

    plan = planned(
        standing, with_edit("network.yaml", "EnableDnsHostnames: true", "EnableDnsHostnames: false")
    )

    assert felt(plan) == {"network/VPC": ("change", "CERTAIN")}
    assert {found.path for found in plan.hidden} >= {"database/DatabaseGroup", "database/SubnetGroup"}


@pytest.mark.trap("18")
def test_a_hidden_re_evaluation_says_where_its_value_comes_from(standing: Bench) -> None:
    plan = planned(
        standing, with_edit("network.yaml", "EnableDnsHostnames: true", "EnableDnsHostnames: false")
    )

    assert "database/DatabaseGroup: VpcId <- network/VPC, unchanged" in text(plan, show_dynamic=True)
    assert "--show-dynamic" in text(plan)
    assert "database/DatabaseGroup" not in text(plan)


@pytest.mark.trap("18")
def test_what_a_replaced_source_reaches_is_never_hidden(standing: Bench) -> None:
    plan = planned(standing, with_edit("network.yaml", "CidrBlock: 10.0.2.0/24", "CidrBlock: 10.0.7.0/24"))

    assert felt(plan)["network/Subnet"] == ("replace", "CERTAIN")
    assert felt(plan)["database/SubnetGroup"] == ("change", "CERTAIN")


@pytest.mark.trap("18")
def test_a_create_only_property_fed_by_a_replaced_source_is_a_replacement(standing: Bench) -> None:
    plan = planned(standing, with_edit("network.yaml", "CidrBlock: 10.0.0.0/16", "CidrBlock: 10.1.0.0/16"))

    group = next(found for found in plan.felt if found.path == "database/DatabaseGroup")
    assert (group.do, group.certainty, group.forced_by) == (Do.REPLACE, Certainty.CERTAIN, ("VpcId",))


def test_data_at_risk_is_named_with_its_fate_and_with_what_forces_it(standing: Bench) -> None:
    plan = planned(standing, with_edit("database.yaml", "${Prefix}-db", "${Prefix}-db2"))

    (database,) = plan.at_risk
    assert (database.path, database.fate, database.holds) == (
        "database/Database",
        Fate.SNAPSHOT,
        "a database",
    )
    assert database.forced_by == ("DBInstanceIdentifier",)
    assert "1 REPLACE (data!)" in verdict(plan)
    assert "is replaced (DBInstanceIdentifier); the old one is deleted after a snapshot" in text(plan)


def test_a_shorter_retention_is_data_at_risk_in_the_words_of_a_review(standing: Bench) -> None:
    plan = planned(standing, parameters={"Retention": "3"})

    (database,) = plan.at_risk
    said = "automated backups are kept 3 days instead of 7 days: the older ones are deleted"
    assert (database.path, database.do, database.fate) == ("database/Database", Do.CHANGE, None)
    assert database.losses == (said,)
    assert f"Data at risk\n  database/Database: {said}.\n" in text(plan)
    assert risk(plan.comparison.affected["database/Database"]) == f"database/Database: {said}."
    assert "1 CHANGE (data!), 0 delete" in verdict(plan)
    body = as_json(plan)
    assert body["data_at_risk"] == ["database/Database"]
    assert [change["losses"] for change in json.loads(json.dumps(body))["changes"]] == [[said]]


def test_a_loss_is_seen_where_only_the_templates_tell(
    standing: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_nested_detail(monkeypatch)

    plan = planned(standing, parameters={"Retention": "0"})

    (database,) = plan.at_risk
    assert database.by_comparison
    assert "no point in time can be restored" in text(plan)


@pytest.mark.parametrize(
    ("templates", "parameters", "do", "fate"),
    [(NEST, {"Retention": "0"}, Do.CHANGE, None), (RENAMED, {}, Do.REPLACE, Fate.SNAPSHOT)],
    ids=["a loss", "a replacement"],
)
def test_what_cloudformation_cannot_tell_yet_is_told_by_the_templates(
    standing: Bench, templates: dict[str, str], parameters: dict[str, str], do: Do, fate: Fate | None
) -> None:
    plan = planned(standing, templates, parameters=parameters)
    open_ended = replace(plan, tree=_with_action(plan.tree, "Dynamic"))

    (database,) = open_ended.at_risk
    assert (database.path, database.do, database.fate) == ("database/Database", do, fate)
    assert "database/Database" in "\n".join(refusals(open_ended, Lifted()))


def _with_action(node: Node, action: str) -> Node:
    """The same change set, that says this of every resource but the nested stacks."""
    changes = tuple(
        change if change.type == STACK_TYPE else replace(change, action=action, details=())
        for change in node.change_set.changes
    )
    children = {name: _with_action(child, action) for name, child in node.children.items()}
    return replace(node, change_set=replace(node.change_set, changes=changes), children=children)


def test_a_removed_bucket_is_data_that_is_deleted(standing: Bench) -> None:
    plan = planned(standing, with_edit("storage.yaml", BUCKET_TEXT, ""))

    assert [(found.path, found.fate) for found in plan.at_risk] == [("storage/Bucket", Fate.DELETED)]


@pytest.mark.trap("42")
def test_a_replacement_under_a_fixed_name_is_a_blocker_with_two_remedies(standing: Bench) -> None:
    plan = planned(
        standing,
        with_edit("database.yaml", "Engine: postgres\n", "Engine: postgres\n      StorageEncrypted: true\n"),
    )

    (blocker,) = plan.comparison.refusals
    assert "keeps its fixed DBInstanceIdentifier showcore-db" in blocker
    assert (
        "Change DBInstanceIdentifier in the same deployment, or remove the resource in one and add it"
        in blocker
    )


def test_a_wider_security_group_is_a_broadening(standing: Bench) -> None:
    plan = planned(standing, WIDER)

    assert "1 broadening" in verdict(plan)
    assert "Security\n  widens  database/DatabaseGroup" in text(plan)


def test_parameters_outputs_and_tags_are_told(standing: Bench) -> None:
    more = NEST["root.yaml"] + "  Again: {Value: !Ref Prefix}\n"
    plan = planned(
        standing, {**NEST, "root.yaml": more}, parameters={"Retention": "8"}, tags={"Project": "Other"}
    )

    told = text(plan)
    assert "parameter Retention: 7 -> 8" in told
    assert "output Again is new" in told
    assert "tag Project: ShowCore -> Other" in told


@pytest.mark.trap("21")
def test_a_resource_that_the_detailed_answer_drops_is_found_again(standing: Bench) -> None:
    standing.aws.hide_property_values("database/Database")

    assert "database/Database" in felt(planned(standing, parameters={"Retention": "8"}))


@pytest.mark.trap("20")
def test_every_page_of_the_changes_is_read(standing: Bench) -> None:
    standing.aws.account.change_page_size = 1
    edits = with_edit("storage.yaml", "DisplayName: storage", "DisplayName: store")
    edits["storage.yaml"] = edits["storage.yaml"].replace("-data-", "-facts-")

    assert set(felt(planned(standing, edits))) == {"storage/Topic", "storage/Bucket"}


def test_without_nested_detail_the_templates_tell(standing: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    without_nested_detail(monkeypatch)

    plan = planned(standing, parameters={"Retention": "8"})

    (database,) = plan.felt
    assert (database.path, database.by_comparison) == ("database/Database", True)


def test_json_says_the_same_in_a_stable_form(standing: Bench) -> None:
    body = as_json(planned(standing, parameters={"Retention": "8"}))

    assert list(body) == [
        *("format", "stack", "stack_id", "account", "region", "change_set", "creates", "nested", "templates"),
        *("verdict", "counts", "blockers", "data_at_risk", "security", "changes", "reevaluations", "unseen"),
        *("parameters", "outputs", "tags", "cost", "drift"),
    ]
    (change,) = json.loads(json.dumps(body))["changes"]
    assert change == {
        "path": "database/Database",
        "type": "AWS::RDS::DBInstance",
        "do": "change",
        "certainty": "certain",
        "replacement": None,
        "fate": None,
        "holds": "a database",
        "losses": [],
        "by_comparison": False,
        "properties": [
            {
                "name": "BackupRetentionPeriod",
                "certainty": "certain",
                "recreates": None,
                "before": "7",
                "after": "8",
                "because": None,
            }
        ],
    }


@pytest.mark.trap("45")
def test_what_was_changed_by_hand_in_a_touched_stack_comes_first(standing: Bench) -> None:
    standing.aws.drift("showcore", "storage/Topic", {"/DisplayName": ("storage", "by hand")})
    standing.aws.drift("showcore", "network/VPC", {"/EnableDnsHostnames": ("true", "false")})
    edits = with_edit("storage.yaml", "DisplayName: storage", "DisplayName: store")

    plan = standing.deployment(edits).plan(drift=True)

    assert isinstance(plan, Plan)
    told = text(plan)
    assert (
        "Changed by hand since the last deployment\n  storage/Topic DisplayName: storage -> by hand" in told
    )
    assert "network/VPC" not in told, "a stack that the plan does not touch is not looked at"
    asked = standing.aws.calls.of("DetectStackDrift")
    assert [str(call.parameters["StackName"]).split("/")[1].split("-")[1] for call in asked] == ["Storage"]


def test_what_cannot_be_looked_at_is_said(standing: Bench) -> None:
    from tests.fakes.cloudformation import Fault

    standing.aws.faults.add(Fault.ACCESS_DENIED, "DetectStackDrift", times=None)

    plan = standing.deployment(with_edit("storage.yaml", "DisplayName: storage", "DisplayName: x")).plan(
        drift=True
    )

    assert isinstance(plan, Plan)
    assert "storage: not known, these credentials may not do cloudformation:DetectStackDrift" in text(plan)


# A plan in a file ----------------------------------------------------------------------------------------


@pytest.mark.trap("11")
def test_a_saved_plan_is_executed_as_it_is(standing: Bench, tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    plan_file.save(planned(standing, parameters={"Retention": "8"}), file)
    deployment = standing.deployment(parameters={"Retention": "8"})

    result = deployment.execute(deployment.saved(plan_file.read(file)))

    assert result.status == "UPDATE_COMPLETE"
    assert len(standing.aws.calls.of("CreateChangeSet")) == 2, "the first deployment and the plan"


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"parameters": {"Retention": "9"}}, "the settings have changed since"),
        ({"tags": {"Project": "Other"}}, "the settings have changed since"),
        (
            {"templates": with_edit("storage.yaml", "DisplayName: storage", "DisplayName: store")},
            r"these templates have changed since: root\.yaml, storage\.yaml",
        ),
    ],
)
def test_a_saved_plan_of_something_else_is_refused(
    standing: Bench, tmp_path: Path, given: dict[str, Any], reason: str
) -> None:
    file = tmp_path / "plan.json"
    plan_file.save(planned(standing, parameters={"Retention": "8"}), file)
    now: dict[str, Any] = {"parameters": {"Retention": "8"}, **given}

    with pytest.raises(Stopped, match=reason):
        standing.deployment(**now).saved(plan_file.read(file))


@pytest.mark.trap("11")
def test_a_saved_plan_is_refused_once_another_was_executed(standing: Bench, tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    plan_file.save(planned(standing, parameters={"Retention": "8"}), file)
    standing.deployment(parameters={"Retention": "9"}).run(yes)

    with pytest.raises(Stopped, match="cannot be executed any more"):
        standing.deployment(parameters={"Retention": "8"}).saved(plan_file.read(file))


@pytest.mark.parametrize("content", ["", "[]", '{"change_set": "x"}', "no json"])
def test_a_file_that_is_no_plan_is_refused(tmp_path: Path, content: str) -> None:
    file = tmp_path / "plan.json"
    file.write_text(content)

    with pytest.raises(ShowcoreError, match="is not a plan"):
        plan_file.read(file)
