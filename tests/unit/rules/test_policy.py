"""check/policy/: the plan's own properties, each with what keeps it and what breaks it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from _pytest.mark import ParameterSet

from showcore_cfn.check.finding import Finding, Severity, exit_code
from showcore_cfn.check.policy import check_plan, rules, task
from showcore_cfn.check.policy.notes import notes
from showcore_cfn.errors import Exit
from showcore_cfn.review.resolve import resolve
from showcore_cfn.template.json_types import Json
from showcore_cfn.template.load import Document, TemplateSet, load_set
from tests.unit.rules.plan_cases import CASES
from tests.unit.rules.plan_cases.case import Case
from tests.unit.rules.plan_cases.data import DATABASE
from tests.unit.rules.plan_cases.delivery import DISTRIBUTION
from tests.unit.rules.plan_cases.network import ENDPOINT, GROUP


def document(resources: str, more: str = "") -> str:
    inside = "".join(f"  {line}\n" for line in resources.splitlines())
    return f"{more}AWSTemplateFormatVersion: '2010-09-09'\nResources:\n{inside}"


def found(templates: TemplateSet) -> tuple[Finding, ...]:
    return check_plan(resolve(templates), templates)


def broken(resources: str, more: str = "") -> set[str]:
    return {finding.rule for finding in found(load_set({"app.yaml": document(resources, more)}))}


def params(good: bool) -> list[ParameterSet]:
    return [
        pytest.param(
            case.rule,
            resources,
            id=f"{case.rule.removeprefix('PLAN-').lower()}-{number}",
            marks=pytest.mark.task(case.rule.split("-")[1]),
        )
        for case in CASES
        for number, resources in enumerate(case.good if good else case.bad)
    ]


@pytest.mark.parametrize(("rule", "resources"), params(good=True))
def test_what_keeps_the_plan_is_not_reported(rule: str, resources: str) -> None:
    assert rule not in broken(resources)


@pytest.mark.parametrize(("rule", "resources"), params(good=False))
def test_what_breaks_the_plan_is_reported_at_its_resource(rule: str, resources: str) -> None:
    hits = [f for f in found(load_set({"app.yaml": document(resources)})) if f.rule == rule]
    assert hits
    assert all(hit.path[:2] == ("Resources", hit.resource) and hit.line > 2 for hit in hits)


def unknown_scalars(value: Json) -> Json:
    """Every scalar but the keys of tags replaced by a parameter that has no value."""
    if isinstance(value, dict):
        return {
            key: inner if key == "Key" and isinstance(inner, str) else unknown_scalars(inner)
            for key, inner in value.items()
        }
    return [unknown_scalars(inner) for inner in value] if isinstance(value, list) else {"Ref": "Unknown"}


def unknown_properties(value: Json) -> Json:
    return {key: {"Ref": "Unknown"} for key in value} if isinstance(value, dict) else value


@pytest.mark.parametrize("blur", [unknown_scalars, unknown_properties])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.rule)
def test_what_cannot_be_known_breaks_nothing(case: Case, blur: Callable[[Json], Json]) -> None:
    for resources in case.good:
        inside = load_set({"app.yaml": document(resources)}).documents["app.yaml"].body["Resources"]
        assert isinstance(inside, dict)
        body: dict[str, Json] = {
            "Parameters": {"Unknown": {"Type": "String"}},
            "Resources": {name: blurred(raw, blur) for name, raw in inside.items()},
        }
        templates = TemplateSet({"app.yaml": Document("app.yaml", body, "")}, None, ())
        assert case.rule not in {finding.rule for finding in found(templates)}


def blurred(raw: Json, blur: Callable[[Json], Json]) -> Json:
    if isinstance(raw, dict) and "Properties" in raw:
        return {**raw, "Properties": blur(raw["Properties"])}
    return raw


def test_every_rule_has_its_cases_and_says_what_to_do() -> None:
    assert [case.rule for case in CASES if not (case.good and case.bad)] == []
    assert sorted(rule.id for rule in rules()) == sorted(case.rule for case in CASES)
    assert len({rule.id for rule in rules()}) == len(rules()) > 35
    for rule in rules():
        assert rule.why.startswith("The plan, ") and rule.remedy.endswith(".")
        assert rule.source.startswith("https://")


def test_a_rule_names_the_task_that_it_holds() -> None:
    assert task("PLAN-3.1-NO-NAT") == "3.1"
    assert {task(rule.id) for rule in rules()} >= {"2.2", "3.1", "4.5", "5.2", "6.3", "8.1", "9.2", "11.2"}


def test_a_finding_names_the_line_and_what_to_do() -> None:
    text = document(GROUP % "{IpProtocol: tcp, FromPort: 0, ToPort: 6000, CidrIp: 0.0.0.0/0, Description: d}")
    (hit,) = [f for f in found(load_set({"app.yaml": text})) if f.rule == "PLAN-4.5-NO-OPEN-PORT"]
    assert hit.message == "0.0.0.0/0 may reach ports 22, 5432"
    assert (hit.severity, hit.document, hit.line, hit.resource) == (Severity.RISK, "app.yaml", 3, "G")
    assert hit.path == ("Resources", "G", "Properties", "SecurityGroupIngress", 0, "CidrIp")
    assert hit.remedy == "Name the security group of the callers as the source."


def test_a_resource_is_excused_with_a_reason_and_not_without() -> None:
    nat = "G: {Type: AWS::EC2::NatGateway, Metadata: {showcore: {silence: {PLAN-3.1-NO-NAT: %s}}}}"
    assert broken(nat % "a night of patching") == {"PLAN-2.2-FIVE-TAGS"}
    assert broken(nat % "''") == {"PLAN-2.2-FIVE-TAGS", "PLAN-3.1-NO-NAT"}


def test_values_are_followed_through_conditions_parameters_and_stacks() -> None:
    head = "Parameters: {Zones: {Type: String, Default: '1'}}\nConditions: {Two: !Equals [!Ref Zones, '2']}\n"
    asked = DATABASE % "MultiAZ: !If [Two, true, false]"
    assert "PLAN-5.2-SINGLE-ZONE" not in broken(asked, head)
    assert "PLAN-5.2-SINGLE-ZONE" in broken(asked, head.replace("Default: '1'", "Default: '2'"))
    conditional = "G: {Type: AWS::EC2::NatGateway, Condition: Two}"
    assert broken(conditional, head) == set()
    child = document(DATABASE % "DBInstanceClass: !Ref Class", "Parameters: {Class: {Type: String}}\n")
    root = document("N: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: ./child.yaml,"
                    " Parameters: {Class: db.m5.large}}}")  # fmt: skip
    (hit,) = [
        finding
        for finding in found(load_set({"root.yaml": root, "child.yaml": child}))
        if finding.rule == "PLAN-5.2-FREE-TIER-CLASS"
    ]
    assert (hit.document, hit.message) == ("child.yaml", "db.m5.large instead of db.t3.micro")


@pytest.mark.parametrize(
    ("resources", "said"),
    [
        (DISTRIBUTION % "Enabled: true", "TLSv1"),
        (DISTRIBUTION % "ViewerCertificate: {CloudFrontDefaultCertificate: true}", "CertificateArn"),
        (ENDPOINT % "ServiceName: com.amazonaws.us-east-1.ssm", "SessionMessagesEndpoint"),
    ],
)
def test_what_the_settings_cannot_give_is_said(resources: str, said: str) -> None:
    templates = load_set({"app.yaml": document(resources)})
    (note,) = notes(resolve(templates), templates)
    assert said in note


def test_with_a_certificate_and_both_endpoints_there_is_nothing_to_say() -> None:
    resources = "\n".join(
        [
            DISTRIBUTION % "ViewerCertificate: {AcmCertificateArn: a}",
            ENDPOINT % "ServiceName: com.amazonaws.us-east-1.ssm",
            "F" + ENDPOINT % "ServiceName: com.amazonaws.us-east-1.ssmmessages",
        ]
    )
    templates = load_set({"app.yaml": document(resources)})
    assert notes(resolve(templates), templates) == ()


def test_whoever_asks_for_the_plans_rules_is_stopped_by_any_of_them() -> None:
    hits = found(load_set({"app.yaml": document("L: {Type: AWS::Logs::LogGroup}")}))
    assert {finding.severity for finding in hits} == {Severity.COST}
    assert exit_code(hits) is Exit.STOPPED
