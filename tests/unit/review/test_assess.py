"""What a change reaches, what becomes of the old resource, and what CloudFormation refuses."""

from __future__ import annotations

import pytest

from showcore_cfn.review.fate import export_refusals
from showcore_cfn.review.impact import Affected, Fate, Impact
from showcore_cfn.template.json_types import Json
from tests.unit.review.sets import affected, difference, one, reviewed, side, template
from tests.unit.review.test_diff import NEST, NETWORK, ROOT

REF: Json = {"Ref": "VPC"}


def vpc(block: str) -> Json:
    return one("AWS::EC2::VPC", {"CidrBlock": block})


def told(found: dict[str, Affected]) -> dict[str, str]:
    return {path: f"{item.change.action} {item.impact}" for path, item in found.items()}


def test_a_replacement_reaches_what_refers_to_it_and_what_refers_to_that() -> None:
    def set_of(block: str) -> str:
        subnet = one("AWS::EC2::Subnet", {"VpcId": REF, "CidrBlock": "10.0.0.0/24"})
        endpoint: Json = {"VpcId": "vpc-1", "ServiceName": "s", "SubnetIds": [{"Ref": "Subnet"}]}
        group: Json = {"SubnetIds": [{"Ref": "Subnet"}], "DBSubnetGroupDescription": "x"}
        return template(
            VPC=vpc(block),
            Subnet=subnet,
            Endpoint=one("AWS::EC2::VPCEndpoint", endpoint),
            Group=one("AWS::RDS::DBSubnetGroup", group),
            Apart=one("AWS::SQS::Queue", {}),
        )

    found = affected(set_of("10.0.0.0/16"), set_of("10.1.0.0/16"))
    assert told(found) == {
        "app/VPC": "modify replacement",
        "app/Subnet": "reached replacement",
        "app/Endpoint": "reached update",
        "app/Group": "reached update",
    }
    (cause,) = found["app/Subnet"].causes
    assert (cause.where, cause.target, cause.certain) == ("VpcId", "app/VPC", True)
    assert found["app/Subnet"].forced_by == ("VpcId",)


def test_a_replacement_reaches_through_nested_stacks() -> None:
    changed = {**NEST, "network.yaml": NETWORK.replace("10.0.0.0/16", "10.1.0.0/16")}
    assert told(affected(NEST, changed)) == {
        "network/VPC": "modify replacement",
        "database/Group": "reached replacement",
    }


def test_what_only_may_be_replaced_reaches_as_far_but_no_surer() -> None:
    def set_of(tenancy: str) -> str:
        properties: Json = {"CidrBlock": "10.0.0.0/16", "InstanceTenancy": tenancy}
        subnet = one("AWS::EC2::Subnet", {"VpcId": REF, "CidrBlock": "10.0.0.0/24"})
        return template(VPC=one("AWS::EC2::VPC", properties), Subnet=subnet)

    found = affected(set_of("default"), set_of("dedicated"))
    assert told(found) == {"app/VPC": "modify possible", "app/Subnet": "reached possible"}
    assert not found["app/Subnet"].causes[0].certain


def test_resources_that_refer_to_each_other_in_a_circle_end() -> None:
    def set_of(block: str) -> str:
        first: Json = {"CidrBlock": block, "Ipv4IpamPoolId": {"Ref": "B"}}
        return template(
            A=one("AWS::EC2::VPC", first), B=one("AWS::EC2::VPC", {"Ipv4IpamPoolId": {"Ref": "A"}})
        )

    assert told(affected(set_of("a"), set_of("b"))) == {
        "app/A": "modify replacement",
        "app/B": "reached replacement",
    }


DATABASE: dict[str, Json] = {"Engine": "postgres", "DBName": "a"}


@pytest.mark.parametrize(
    ("kind", "policy", "fate"),
    [
        ("AWS::RDS::DBInstance", None, Fate.SNAPSHOT),  # CloudFormation's own default for it
        ("AWS::RDS::DBCluster", None, Fate.SNAPSHOT),
        ("AWS::RDS::DBInstance", "Delete", Fate.DELETED),
        ("AWS::S3::Bucket", None, Fate.DELETED),
        ("AWS::S3::Bucket", "Retain", Fate.KEPT),
        ("AWS::S3::Bucket", "RetainExceptOnCreate", Fate.KEPT),
        ("AWS::ElastiCache::ReplicationGroup", "Snapshot", Fate.SNAPSHOT),
    ],
)
def test_a_removed_resource_goes_by_the_policy_it_was_deployed_with(
    kind: str, policy: str | None, fate: Fate
) -> None:
    attributes: dict[str, Json] = {"DeletionPolicy": policy} if policy else {}
    found = affected(template(R=one(kind, {"Tags": []}, **attributes)), template())["app/R"]
    assert (found.fate, bool(found.holds), found.at_risk) == (fate, True, True)


def test_an_instance_of_a_cluster_leaves_no_snapshot_by_itself() -> None:
    member = template(R=one("AWS::RDS::DBInstance", {"DBClusterIdentifier": "c"}))
    assert affected(member, template())["app/R"].fate is Fate.DELETED


@pytest.mark.parametrize(
    ("policy", "fate"),
    [(None, Fate.DELETED), ("Snapshot", Fate.SNAPSHOT), ("Retain", Fate.KEPT), ("Delete", Fate.DELETED)],
)
def test_a_replaced_resource_goes_by_the_replacement_policy_of_the_new_template(
    policy: str | None, fate: Fate
) -> None:
    before = template(R=one("AWS::RDS::DBInstance", DATABASE, DeletionPolicy="Retain"))
    attributes: dict[str, Json] = {"UpdateReplacePolicy": policy} if policy else {}
    after = template(R=one("AWS::RDS::DBInstance", {**DATABASE, "DBName": "b"}, **attributes))
    found = affected(before, after)["app/R"]
    assert (found.impact, found.fate, found.holds) == (Impact.REPLACEMENT, fate, "a database")


def test_a_nested_stack_that_is_kept_keeps_what_is_in_it() -> None:
    stack = "Resources: {Network: {Type: 'AWS::CloudFormation::Stack', %s Properties: {TemplateURL: ./network.yaml}}}"
    network = "Resources: {B: {Type: 'AWS::S3::Bucket'}}"
    gone = "Resources: {Q: {Type: 'AWS::SQS::Queue'}}"
    for attribute, fate in (("DeletionPolicy: Retain,", Fate.KEPT), ("", Fate.DELETED)):
        found = affected({"root.yaml": stack % attribute, "network.yaml": network}, {"root.yaml": gone})
        assert found["network/B"].fate is fate


def test_a_resource_that_holds_nothing_puts_no_data_at_risk() -> None:
    found = affected(template(R=one("AWS::SNS::Topic", {})), template())["app/R"]
    assert (found.fate, found.at_risk) == (Fate.DELETED, False)


def test_a_fixed_name_and_a_replacement_are_refused_with_two_remedies() -> None:
    def set_of(name: str, path: str) -> str:
        return template(R=one("AWS::IAM::Role", {"RoleName": name, "Path": path}))

    refused = affected(set_of("app", "/"), set_of("app", "/x/"))["app/R"].refusal
    assert refused == (
        "app/R must be replaced but keeps its fixed RoleName app, and two cannot have the same name. Change RoleName "
        "in the same deployment, or remove the resource in one and add it in the next."
    )
    assert affected(set_of("app", "/"), set_of("other", "/x/"))["app/R"].refusal == ""


@pytest.mark.trap("42")
@pytest.mark.parametrize(
    ("kind", "name", "fixed", "changed"),
    [
        ("AWS::RDS::DBInstance", "DBInstanceIdentifier", "showcore-db", ("DBName", "a", "b")),
        ("AWS::ElastiCache::ReplicationGroup", "ReplicationGroupId", "showcore-redis", ("Port", 6379, 6380)),
        ("AWS::EC2::SecurityGroup", "GroupName", "showcore-rds", ("GroupDescription", "a", "b")),
        ("AWS::SNS::Topic", "TopicName", "alerts", ("FifoTopic", False, True)),
        ("AWS::SQS::Queue", "QueueName", "q", ("FifoQueue", False, True)),
        ("AWS::Backup::BackupVault", "BackupVaultName", "v", ("EncryptionKeyArn", "a", "b")),
        ("AWS::IAM::ManagedPolicy", "ManagedPolicyName", "p", ("Description", "a", "b")),
        (
            "AWS::ElasticLoadBalancingV2::LoadBalancer",
            "Name",
            "lb",
            ("Scheme", "internal", "internet-facing"),
        ),
    ],
)
def test_every_kind_of_fixed_name_is_known(
    kind: str, name: str, fixed: str, changed: tuple[str, Json, Json]
) -> None:
    what, old, new = changed
    before = template(R=one(kind, {name: fixed, what: old}))
    after = template(R=one(kind, {name: fixed, what: new}))
    assert f"keeps its fixed {name} {fixed}" in affected(before, after)["app/R"].refusal
    unnamed = affected(template(R=one(kind, {what: old})), template(R=one(kind, {what: new})))["app/R"]
    assert (unnamed.impact, unnamed.refusal) == (Impact.REPLACEMENT, "")


def test_a_name_made_of_what_only_the_account_knows_is_fixed_too() -> None:
    def set_of(path: str) -> str:
        return template(
            R=one("AWS::IAM::Role", {"RoleName": {"Fn::Sub": "a-${AWS::AccountId}"}, "Path": path})
        )

    assert "fixed RoleName a-${AWS::AccountId}" in affected(set_of("/"), set_of("/x/"))["app/R"].refusal


def test_a_reference_is_no_fixed_name() -> None:
    def set_of(block: str) -> str:
        return template(VPC=vpc(block), R=one("AWS::EC2::RouteTable", {"VpcId": REF}))

    assert affected(set_of("10.0.0.0/16"), set_of("10.1.0.0/16"))["app/R"].refusal == ""


def test_a_subnet_that_is_replaced_finds_its_addresses_taken() -> None:
    def set_of(zone: str, block: str, network: str = "10.0.0.0/16") -> str:
        subnet = {"VpcId": REF, "AvailabilityZone": zone, "CidrBlock": block}
        return template(VPC=vpc(network), R=one("AWS::EC2::Subnet", subnet))

    before = set_of("us-east-1b", "10.0.1.0/24")
    assert affected(before, set_of("us-east-1c", "10.0.1.0/24"))["app/R"].refusal == (
        "app/R must be replaced but keeps its CidrBlock 10.0.1.0/24: the new subnet is created first, and two of one "
        "VPC cannot overlap. Keep AvailabilityZone as it was, or change CidrBlock too."
    )
    assert affected(before, set_of("us-east-1c", "10.0.9.0/24"))["app/R"].refusal == ""
    assert affected(before, set_of("us-east-1c", "10.0.1.0/24", "10.0.0.0/20"))["app/R"].refusal == ""


def test_a_renamed_subnet_finds_its_addresses_taken() -> None:
    subnet = one("AWS::EC2::Subnet", {"VpcId": REF, "CidrBlock": "10.0.1.0/24"})
    network = vpc("10.0.0.0/16")
    refused = affected(template(VPC=network, A=subnet), template(VPC=network, B=subnet))["app/B"].refusal
    assert refused.endswith("Keep its logical id as it was, or change CidrBlock too.")


def test_a_renamed_resource_with_a_fixed_name_finds_its_name_taken() -> None:
    bucket = one("AWS::S3::Bucket", {"BucketName": "assets-1"})
    refused = affected(template(A=bucket), template(B=bucket))["app/B"].refusal
    assert refused.startswith(
        "app/A is removed and app/B added with its name assets-1: the new one is created first"
    )


def test_a_type_that_changes_is_refused() -> None:
    before, after = template(R=one("AWS::SNS::Topic", {})), template(R=one("AWS::SQS::Queue", {}))
    found = affected(before, after)["app/R"]
    assert found.impact is Impact.REPLACEMENT
    assert "changes its type from AWS::SNS::Topic to AWS::SQS::Queue" in found.refusal


EXPORTER = "Resources: {VPC: {Type: 'AWS::EC2::VPC', Properties: {CidrBlock: %s}}}\n"
EXPORT = "Outputs: {Id: {Value: !Ref VPC, Export: {Name: vpc}}}\n"
IMPORTER = "Resources: {S: {Type: 'AWS::SQS::Queue', Properties: {QueueName: !ImportValue vpc}}}"


@pytest.mark.parametrize(
    ("after", "importer", "certain"),
    [
        pytest.param(EXPORTER % "a", IMPORTER, True, id="gone-while-imported-here"),
        pytest.param(EXPORTER % "a", "", False, id="gone-while-perhaps-imported-elsewhere"),
        pytest.param(EXPORTER % "b" + EXPORT, IMPORTER, True, id="of-a-replaced-resource"),
        pytest.param(EXPORTER % "a" + EXPORT, IMPORTER, None, id="untouched"),
    ],
)
def test_an_export_in_use_is_refused(after: str, importer: str, certain: bool | None) -> None:
    others = {"importer.yaml": importer} if importer else {}
    base = {"exporter.yaml": EXPORTER % "a" + EXPORT, **others}
    head = {"exporter.yaml": after, **others}
    found = difference(base, head)
    refusals = list(export_refusals(found, affected(base, head).values(), side(head).templates))
    assert [sure for _, sure in refusals] == ([] if certain is None else [certain])


def test_refusals_stand_in_the_review_and_a_doubt_beside_them() -> None:
    base = {"exporter.yaml": EXPORTER % "a" + EXPORT}
    found = reviewed(base, {"exporter.yaml": EXPORTER % "a"})
    assert found.refusals == ()
    assert found.doubts == (
        "The export vpc goes away, which CloudFormation refuses while another stack imports it.",
    )


def test_a_stack_resource_is_not_reached_by_what_it_only_passes_on() -> None:
    changed = {**NEST, "network.yaml": NETWORK.replace("10.0.0.0/16", "10.1.0.0/16"), "root.yaml": ROOT}
    assert "root/Database" not in affected(NEST, changed)
