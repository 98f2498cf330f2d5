"""The generated templates as a whole, and their copies in the repository."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from showcore_cfn.generate import bodies, generate
from showcore_cfn.template.load import parse
from showcore_cfn.template.parameters import ROOT_PARAMETERS
from showcore_cfn.template.render import Format
from showcore_cfn.template.schemas import schema

TEMPLATES = Path(__file__).parents[3] / "templates"
TIERS = [
    "network",
    "security",
    "alerts",
    "storage",
    "database",
    "cache",
    "cdn",
    "account",
    "monitoring",
    "backup",
]
ALONE = ["bootstrap", "organization", "probe"]
MADE: dict[str, Any] = bodies()
TEXTS = generate()
PRICE = re.compile(r"(\d+\.\d+) USD")


def every_value(value: Any) -> Iterator[Any]:
    yield value
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for item in inner:
        yield from every_value(item)


def test_there_is_one_file_a_tier_with_the_root_and_what_stands_alone() -> None:
    assert list(TEXTS) == [f"{name}.yaml" for name in ["root", *TIERS, *ALONE]]


@pytest.mark.parametrize("name", list(TEXTS))
def test_the_committed_template_is_what_the_code_makes(name: str) -> None:
    assert (TEMPLATES / name).read_text() == TEXTS[name]


def test_generating_twice_gives_the_same_bytes() -> None:
    assert generate() == TEXTS


@pytest.mark.parametrize("name", list(TEXTS))
def test_the_text_is_read_back_as_what_was_built(name: str) -> None:
    assert parse(TEXTS[name], name).body == MADE[name]


def test_json_holds_the_same_content() -> None:
    as_json = generate(Format.JSON)
    assert list(as_json) == [name.replace(".yaml", ".json") for name in TEXTS]
    cache = json.loads(as_json["cache.json"])
    assert cache == MADE["cache.yaml"]
    root = json.loads(as_json["root.json"])
    assert root["Resources"]["Cache"]["Properties"]["TemplateURL"] == "./cache.json"


@pytest.mark.parametrize("name", list(TEXTS))
def test_a_file_is_ascii_without_anchors_and_small_enough_to_be_sent_inline(name: str) -> None:
    text = TEXTS[name]
    assert text.isascii()
    assert len(text) <= 51_200
    assert not re.search(r"(?m)[:-] [&*][A-Za-z]", text)
    assert not re.search(r"(?m)[ \t]$", text)


def test_one_constant_changed_is_a_one_line_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    from showcore_cfn.tiers import database

    monkeypatch.setattr(database, "BACKUP_RETENTION_DAYS", 14)
    changed = generate()
    differing = [
        (before, after)
        for name in TEXTS
        for before, after in zip(TEXTS[name].splitlines(), changed[name].splitlines(), strict=True)
        if before != after
    ]
    assert differing == [("      BackupRetentionPeriod: 7", "      BackupRetentionPeriod: 14")]


@pytest.mark.parametrize("name", list(TEXTS))
def test_every_parameter_is_used_described_labelled_and_grouped(name: str) -> None:
    body = MADE[name]
    parameters = body.get("Parameters", {})
    text = json.dumps({key: body.get(key) for key in ("Conditions", "Resources", "Outputs")})
    shown = body["Metadata"].get("AWS::CloudFormation::Interface", {})
    grouped = [p for group in shown.get("ParameterGroups", []) for p in group["Parameters"]]
    assert sorted(grouped) == sorted(parameters)
    assert sorted(shown.get("ParameterLabels", {})) == sorted(parameters)
    for parameter, declared in parameters.items():
        assert declared["Description"]
        assert f'"{parameter}"' in text or f"${{{parameter}}}" in text


@pytest.mark.trap("16")
@pytest.mark.trap("17")
def test_what_comes_from_a_sibling_is_a_plain_string_that_nothing_takes_apart() -> None:
    nested = MADE["root.yaml"]["Resources"]
    wired = 0
    for resource in nested.values():
        child = MADE[resource["Properties"]["TemplateURL"].removeprefix("./")]
        for name, value in resource["Properties"]["Parameters"].items():
            if "Fn::GetAtt" not in value:
                assert set(value) == {"Ref"}
                continue
            wired += 1
            assert set(child["Parameters"][name]) == {"Type", "Description"}
            assert child["Parameters"][name]["Type"] == "String"
            apart = ("Fn::Select", "Fn::Split", "Fn::FindInMap", "Fn::Join", "Fn::Cidr")
            for found in every_value(child):
                if isinstance(found, dict) and found.keys() & set(apart):
                    assert name not in json.dumps(found)
            assert name not in json.dumps(child.get("Conditions", {}))
            exports = [o["Export"] for o in child.get("Outputs", {}).values() if "Export" in o]
            assert name not in json.dumps(exports)
    assert wired == 9


def test_conditions_of_a_child_stand_over_root_parameters_alone() -> None:
    static = {parameter.name for parameter in ROOT_PARAMETERS}
    for name in TIERS:
        for found in every_value(MADE[f"{name}.yaml"].get("Conditions", {})):
            if isinstance(found, dict) and "Ref" in found:
                assert found["Ref"] in static


def test_no_wire_carries_what_a_fixed_name_could_say() -> None:
    wires = {
        name: value["Fn::GetAtt"][0]
        for resource in MADE["root.yaml"]["Resources"].values()
        for name, value in resource["Properties"]["Parameters"].items()
        if "Fn::GetAtt" in value
    }
    assert wires == {
        "VpcId": "Network",
        "PrivateSubnetAId": "Network",
        "PrivateSubnetBId": "Network",
        "RdsSecurityGroupId": "Security",
        "ElastiCacheSecurityGroupId": "Security",
        "DistributionId": "Cdn",
    }
    for name in wires:
        source = next(
            m for m in MADE.values() if name in m.get("Outputs", {}) and "Network" not in m["Resources"]
        )
        assert set(source["Outputs"][name]["Value"]) == {"Ref"}, "an id that AWS makes"


@pytest.mark.task("2.2")
def test_every_taggable_resource_carries_the_five_tags() -> None:
    for name, body in MADE.items():
        for logical_id, resource in body["Resources"].items():
            found = schema(resource["Type"])
            assert found is not None, resource["Type"]
            if not found.taggable or resource["Type"] == "AWS::Config::ConfigRule":
                continue
            tags = resource["Properties"][found.tag_property]
            keys = set(tags) if isinstance(tags, dict) else {tag["Key"] for tag in tags}
            wanted = {"Project", "Phase", "Environment", "ManagedBy", "CostCenter"}
            if resource["Type"].startswith("AWS::CE::"):
                wanted = {"Project"}
            assert wanted <= keys, f"{name} {logical_id}"


@pytest.mark.task("2.2")
def test_the_construct_ids_of_the_plan_are_the_logical_ids() -> None:
    plan = {
        "network": "VPC S3GatewayEndpoint DynamoDBGatewayEndpoint VpcEndpointSecurityGroup "
        "CloudWatchLogsEndpoint CloudWatchMonitoringEndpoint SystemsManagerEndpoint",
        "security": "RdsSecurityGroup ElastiCacheSecurityGroup",
        "database": "RdsSubnetGroup RdsParameterGroup Database",
        "cache": "ElastiCacheSubnetGroup ElastiCacheParameterGroup RedisCluster",
        "storage": "StaticAssetsBucket BackupsBucket",
        "cdn": "CloudFrontDistribution",
    }
    for name, ids in plan.items():
        assert set(ids.split()) <= set(MADE[f"{name}.yaml"]["Resources"])


def test_stateful_resources_and_nested_stacks_say_what_becomes_of_them() -> None:
    kinds = {
        "AWS::RDS::DBInstance",
        "AWS::ElastiCache::ReplicationGroup",
        "AWS::S3::Bucket",
        "AWS::Backup::BackupVault",
        "AWS::Logs::LogGroup",
        "AWS::SQS::Queue",
        "AWS::CloudFormation::Stack",
    }
    for body in MADE.values():
        for resource in body["Resources"].values():
            if resource["Type"] in kinds:
                assert "DeletionPolicy" in resource
                assert "UpdateReplacePolicy" in resource


def test_a_switch_that_costs_names_its_price() -> None:
    for parameter in ROOT_PARAMETERS:
        if parameter.group == "Switches":
            assert PRICE.search(parameter.description), parameter.name


def test_no_account_number_and_no_secret_stands_in_a_template() -> None:
    for name, text in TEXTS.items():
        assert not re.search(r"(?<![0-9])[0-9]{12}(?![0-9])", text), name
        assert not re.search(r"\bMasterUserPassword:", text)


@pytest.mark.task("4.3")
def test_service_roles_trust_their_service_for_this_account() -> None:
    for body in MADE.values():
        for logical_id, resource in body["Resources"].items():
            if resource["Type"] != "AWS::IAM::Role":
                continue
            (statement,) = resource["Properties"]["AssumeRolePolicyDocument"]["Statement"]
            if statement["Principal"]["Service"] == "ec2.amazonaws.com":
                continue
            assert statement["Condition"]["StringEquals"] == {
                "aws:SourceAccount": {"Ref": "AWS::AccountId"}
            }, logical_id
