"""What AWS says of a resource type."""

from __future__ import annotations

import subprocess
import sys

import pytest

from showcore_cfn.template.schemas import ResourceSchema, schema, schema_date


def of(kind: str) -> ResourceSchema:
    found = schema(kind)
    assert found is not None
    return found


def test_what_forces_a_replacement_is_known() -> None:
    database = of("AWS::RDS::DBInstance")
    assert ("DBInstanceIdentifier",) in database.create_only
    assert ("DBInstanceClass",) not in database.create_only
    assert ("Engine",) in database.conditional_create_only


def test_a_nested_property_path_is_read() -> None:
    paths = of("AWS::EC2::TransitGatewayConnectPeer").create_only
    assert ("ConnectPeerConfiguration", "BgpConfigurations", "*", "PeerAsn") in paths


def test_what_only_aws_sets_and_never_tells_is_known() -> None:
    assert ("Arn",) in of("AWS::S3::Bucket").read_only
    assert ("MasterUserPassword",) in of("AWS::RDS::DBInstance").write_only


def test_the_identifiers_are_known() -> None:
    assert of("AWS::S3::Bucket").primary_identifier == (("BucketName",),)


@pytest.mark.parametrize(
    ("kind", "where", "is_map"),
    [
        ("AWS::EC2::VPC", "Tags", False),
        ("AWS::Backup::BackupVault", "BackupVaultTags", True),
        ("AWS::Backup::BackupPlan", "BackupPlanTags", True),
        ("AWS::SSM::Parameter", "Tags", True),
        ("AWS::EC2::VPCGatewayAttachment", None, False),
        ("AWS::CE::AnomalyMonitor", "ResourceTags", False),
    ],
)
def test_where_the_tags_stand_is_known(kind: str, where: str | None, is_map: bool) -> None:
    found = of(kind)
    assert (found.tag_property, found.tags_are_a_map, found.taggable) == (where, is_map, where is not None)


def test_the_permissions_of_a_handler_are_known() -> None:
    assert "ec2:CreateVpc" in of("AWS::EC2::VPC").permissions("create")
    assert of("AWS::EC2::VPC").permissions("nothing") == ()


def test_the_definition_of_a_nested_property_is_found() -> None:
    group = of("AWS::EC2::SecurityGroup")
    found = group.definition(("SecurityGroupIngress", "*", "CidrIp"))
    assert found is not None
    assert found["type"] == "string"
    assert group.definition(("SecurityGroupIngress", "*", "Nothing", "Below")) is None


def test_a_list_whose_order_means_nothing_is_known() -> None:
    assert of("AWS::EC2::SecurityGroup").unordered(("SecurityGroupIngress",))
    assert not of("AWS::EC2::SecurityGroup").unordered(("GroupName",))


@pytest.mark.parametrize("kind", ["AWS::Nothing::Here", "Custom::Thing", "", '": "', "AWS::EC2"])
def test_an_unknown_type_has_no_schema(kind: str) -> None:
    assert schema(kind) is None


def test_a_schema_is_read_once() -> None:
    assert schema("AWS::EC2::VPC") is schema("AWS::EC2::VPC")


def test_the_day_of_the_schemas_is_known() -> None:
    assert schema_date() >= "2026-10-20"


def test_cfn_lint_is_not_imported() -> None:
    code = (
        "import sys; from showcore_cfn.template.schemas import schema; schema('AWS::EC2::VPC');"
        "sys.exit(any(name.split('.')[0] in ('cfnlint', 'sympy', 'yaml') for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
