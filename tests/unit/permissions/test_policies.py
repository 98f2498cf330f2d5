"""The policies themselves: what they allow, what they do not, and how long they are."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

import pytest

from showcore_cfn.generate import bodies
from showcore_cfn.permissions import report
from showcore_cfn.permissions.actions import condition_keys, exists, kinds
from showcore_cfn.permissions.boundary import boundary
from showcore_cfn.permissions.documents import as_json, characters, filled
from showcore_cfn.permissions.principals import Principal, statements
from showcore_cfn.permissions.statements import Statement
from tests.unit.permissions.policy import Document, allows

ACCOUNT = "111122223333"
EC2 = f"arn:aws:ec2:us-east-1:{ACCOUNT}"
IAM = f"arn:aws:iam::{ACCOUNT}"
RDS = f"arn:aws:rds:us-east-1:{ACCOUNT}"
BOUND = {"iam:PermissionsBoundary": f"{IAM}:policy/showcore-boundary"}
OURS = {"aws:ResourceTag/Project": "ShowCore"}


@cache
def documents(principal: str) -> tuple[Document, ...]:
    return tuple(report.policies(Principal(principal), ACCOUNT, "showcore").values())


@cache
def of(principal: str) -> tuple[Statement, ...]:
    return statements(Principal(principal), bodies())


def role_may(action: str, resource: str = "*", context: Mapping[str, str] | None = None) -> bool:
    return allows(documents("service-role"), action, resource, context)


@pytest.mark.parametrize("principal", [*Principal])
class TestEveryPolicy:
    def test_names_only_actions_that_exist(self, principal: Principal) -> None:
        unknown = [action for each in of(principal) for action in each.actions if not exists(action)]
        assert unknown == []

    def test_fits_into_iam(self, principal: Principal) -> None:
        made = documents(principal)
        assert len(made) <= 10
        assert all(len(json.dumps(document, separators=(",", ":"))) <= 6144 for document in made)

    def test_says_everything_where_iam_knows_no_resource_or_it_only_reads(self, principal: Principal) -> None:
        reading = ("Batch", "Describe", "Detect", "Filter", "Get", "List", "Lookup")
        wide = [
            action
            for each in of(principal)
            if each.resources == ("*",)
            for action in each.actions
            if kinds(action) and not action.partition(":")[2].startswith(reading)
        ]
        assert wide == []

    def test_gives_a_reason_for_each_statement(self, principal: Principal) -> None:
        assert [each.sid for each in of(principal) if not each.reason] == []

    def test_is_the_same_each_time(self, principal: Principal) -> None:
        assert report.policies(principal, ACCOUNT, "showcore") == {
            **report.policies(principal, ACCOUNT, "showcore")
        }
        sids = [each.sid for each in of(principal)]
        assert sids == [each.sid for each in sorted(of(principal), key=lambda each: (each.service, each.sid))]

    def test_asks_for_a_tag_only_where_iam_knows_it(self, principal: Principal) -> None:
        for each in of(principal):
            if any(key.startswith("aws:ResourceTag") for _, key, _ in each.conditions):
                for action in each.actions:
                    service = action.partition(":")[0]
                    assert any(
                        "aws:ResourceTag/${TagKey}" in condition_keys(service, k) for k in kinds(action)
                    )


class TestServiceRole:
    @pytest.mark.parametrize(
        ("action", "resource"),
        [
            pytest.param("rds:CreateDBInstance", f"{RDS}:db:showcore-db", id="5.2-database"),
            pytest.param("rds:CreateDBInstance", f"{RDS}:og:default:postgres-16", id="5.2-option-group"),
            pytest.param("s3:CreateBucket", f"arn:aws:s3:::showcore-backups-{ACCOUNT}", id="8.2-bucket"),
            pytest.param("ec2:CreateVpc", f"{EC2}:vpc/*", id="3.1-vpc"),
            pytest.param(
                "logs:CreateLogGroup",
                f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:/aws/cloudtrail/showcore",
                id="10.7-log-group",
            ),
            pytest.param(
                "secretsmanager:CreateSecret",
                f"arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret:rds!db-1",
                id="5.2-secret",
            ),
            pytest.param("logs:PutResourcePolicy", "*", id="6.2-log-delivery"),
            pytest.param(
                "route53:AssociateVPCWithHostedZone", "arn:aws:route53:::hostedzone/Z1", id="3.3-private-dns"
            ),
            pytest.param(
                "cloudfront:AllowVendedLogDeliveryForResource",
                f"arn:aws:cloudfront::{ACCOUNT}:distribution/E1",
                id="9.1-access-logs",
            ),
            pytest.param(
                "s3:GetObject",
                f"arn:aws:s3:::showcore-artifacts-{ACCOUNT}/templates/database.yaml",
                id="nested-template",
            ),
        ],
    )
    def test_may_make_the_plan(self, action: str, resource: str) -> None:
        assert role_may(action, resource)

    @pytest.mark.parametrize(
        ("action", "resource"),
        [
            pytest.param("rds:DeleteDBInstance", f"{RDS}:db:accounts", id="a-strangers-database"),
            pytest.param("s3:DeleteBucket", "arn:aws:s3:::somebody-else", id="a-strangers-bucket"),
            pytest.param(
                *("s3:PutBucketPolicy", f"arn:aws:s3:::showcore-artifacts-{ACCOUNT}"),
                id="the-bucket-of-its-templates",
            ),
            pytest.param(
                "s3:DeleteObject", f"arn:aws:s3:::showcore-backups-{ACCOUNT}/x", id="data-in-a-bucket"
            ),
            pytest.param("s3:GetObject", f"arn:aws:s3:::showcore-backups-{ACCOUNT}/x", id="reads-no-data"),
            pytest.param("iam:CreateUser", f"{IAM}:user/showcore-app", id="users"),
            pytest.param("iam:CreatePolicyVersion", f"{IAM}:policy/showcore-boundary", id="its-own-limits"),
            pytest.param("iam:PutRolePolicy", f"{IAM}:role/showcore-cloudformation", id="itself"),
            pytest.param("sts:AssumeRole", f"{IAM}:role/showcore-x-production-role", id="other-roles"),
            pytest.param(
                "iam:DeleteRolePermissionsBoundary",
                f"{IAM}:role/showcore-x-production-role",
                id="unbind-a-role",
            ),
            pytest.param(
                "secretsmanager:GetSecretValue",
                f"arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret:rds!db-1",
                id="the-password",
            ),
        ],
    )
    def test_may_not(self, action: str, resource: str) -> None:
        assert not role_may(action, resource, BOUND | OURS)

    def test_makes_roles_within_the_boundary_only(self) -> None:
        role = f"{IAM}:role/showcore-backup-production-role"
        assert role_may("iam:CreateRole", role, BOUND)
        assert not role_may("iam:CreateRole", role)
        assert not role_may("iam:CreateRole", role, {"iam:PermissionsBoundary": f"{IAM}:policy/wider"})
        assert not role_may("iam:CreateRole", f"{IAM}:role/showcore-cloudformation", BOUND)

    def test_attaches_only_policies_that_the_templates_name(self) -> None:
        role = f"{IAM}:role/showcore-config-production-role"
        named = {"iam:PolicyARN": "arn:aws:iam::aws:policy/service-role/AWS_ConfigRole"}
        assert role_may("iam:AttachRolePolicy", role, BOUND | named)
        administrator = {"iam:PolicyARN": "arn:aws:iam::aws:policy/AdministratorAccess"}
        assert not role_may("iam:AttachRolePolicy", role, BOUND | administrator)

    def test_hands_a_role_only_to_services_of_the_plan(self) -> None:
        role = f"{IAM}:role/showcore-backup-production-role"
        assert role_may("iam:PassRole", role, {"iam:PassedToService": "backup.amazonaws.com"})
        assert not role_may("iam:PassRole", role, {"iam:PassedToService": "lambda.amazonaws.com"})
        assert not role_may(
            "iam:PassRole", f"{IAM}:role/admin", {"iam:PassedToService": "backup.amazonaws.com"}
        )

    def test_ends_by_id_only_what_carries_our_tag(self) -> None:
        assert role_may("ec2:DeleteVpc", f"{EC2}:vpc/vpc-1", OURS)
        assert not role_may("ec2:DeleteVpc", f"{EC2}:vpc/vpc-1")

    def test_uses_keys_only_through_a_service(self) -> None:
        key = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/k"
        assert role_may("kms:CreateGrant", key, {"kms:ViaService": "backup.us-east-1.amazonaws.com"})
        assert not role_may("kms:CreateGrant", key)

    def test_makes_the_service_linked_roles_of_the_plan_alone(self) -> None:
        linked = f"{IAM}:role/aws-service-role/rds.amazonaws.com/AWSServiceRoleForRDS"
        assert role_may("iam:CreateServiceLinkedRole", linked, {"iam:AWSServiceName": "rds.amazonaws.com"})
        assert not role_may(
            "iam:CreateServiceLinkedRole", linked, {"iam:AWSServiceName": "spot.amazonaws.com"}
        )


class TestDeployer:
    def test_hands_cloudformation_its_role_and_nobody_else(self) -> None:
        role = f"{IAM}:role/showcore-cloudformation"
        mine = documents("deployer")
        assert allows(mine, "iam:PassRole", role, {"iam:PassedToService": "cloudformation.amazonaws.com"})
        assert not allows(mine, "iam:PassRole", role, {"iam:PassedToService": "ec2.amazonaws.com"})

    def test_touches_no_stack_of_another_prefix(self) -> None:
        stacks = f"arn:aws:cloudformation:us-east-1:{ACCOUNT}:stack"
        mine = documents("deployer")
        assert allows(mine, "cloudformation:ExecuteChangeSet", f"{stacks}/showcore-phase1-production/1")
        assert not allows(mine, "cloudformation:DeleteStack", f"{stacks}/billing/1")

    def test_makes_nothing_by_its_own_rights_and_ends_only_what_it_empties(self) -> None:
        changing = {
            action
            for each in of("deployer")
            for action in each.actions
            if not action.startswith(("cloudformation:", "s3:", "iam:"))
            and not action.partition(":")[2].startswith(("Describe", "Get", "List", "Lookup"))
        }
        assert changing == {"backup:DeleteBackupVault", "backup:DeleteRecoveryPoint"}


def test_a_reader_can_change_nothing() -> None:
    reading = ("BatchDescribe", "Describe", "Detect", "Get", "List")
    assert [
        a for each in of("reader") for a in each.actions if not a.partition(":")[2].startswith(reading)
    ] == []


def test_a_reader_sees_no_data_and_no_password() -> None:
    mine = documents("reader")
    assert not allows(mine, "s3:GetObject", f"arn:aws:s3:::showcore-backups-{ACCOUNT}/x")
    assert not allows(
        mine, "secretsmanager:GetSecretValue", f"arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret:rds!db-1"
    )


def test_verify_reads_the_password_of_the_database_alone() -> None:
    secret = f"arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret:"
    mine = documents("verify")
    assert allows(mine, "secretsmanager:GetSecretValue", f"{secret}rds!db-1")
    assert not allows(mine, "secretsmanager:GetSecretValue", f"{secret}payroll")


class TestBoundary:
    limit: Document = as_json(boundary(), filled(ACCOUNT, "showcore"))

    def test_fits_into_iam(self) -> None:
        assert characters(boundary()) <= 6144

    def test_lets_no_role_change_iam_or_take_another_role(self) -> None:
        iam = {a for each in boundary() for a in each.actions if a.startswith(("iam:", "sts:"))}
        assert iam == {"iam:GetRole", "iam:ListAttachedRolePolicies", "iam:PassRole"}

    def test_holds_what_the_roles_of_the_templates_allow_themselves(self) -> None:
        outside = [
            f"{name}/{logical_id}: {action}"
            for name, body in bodies().items()
            for logical_id, role in _roles(body)
            for action in _inline(role)
            if not any(
                action.lower() == allowed.lower()
                or (allowed.endswith("*") and action.startswith(allowed[:-1]))
                for each in boundary()
                for allowed in each.actions
            )
        ]
        assert outside == []

    def test_stands_on_every_role_of_the_templates_but_the_service_role(self) -> None:
        unbound = [
            logical_id
            for body in bodies().values()
            for logical_id, role in _roles(body)
            if role["Properties"].get("PermissionsBoundary")
            != {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:policy/${Prefix}-boundary"}
        ]
        assert unbound == ["ServiceRole"]

    def test_every_role_is_named_so_that_the_service_role_may_change_it(self) -> None:
        names = [
            role["Properties"]["RoleName"]["Fn::Sub"]
            for body in bodies().values()
            for _, role in _roles(body)
        ]
        assert [name for name in names if not name.endswith("-role")] == ["${Prefix}-cloudformation"]


def test_the_bootstrap_template_has_these_policies_and_fits_into_one_call() -> None:
    from showcore_cfn.generate import generate

    text = generate()["bootstrap.yaml"]
    assert len(text.encode()) <= 51_200
    assert "PowerUserAccess" not in text
    resources: dict[str, Any] = bodies()["bootstrap.yaml"]["Resources"]  # type: ignore[assignment]
    sids = {
        statement["Sid"]
        for ref in resources["ServiceRole"]["Properties"]["ManagedPolicyArns"]
        for statement in resources[ref["Ref"]]["Properties"]["PolicyDocument"]["Statement"]
    }
    assert sids == {each.sid for each in of("service-role")}


def _roles(body: Any) -> list[tuple[str, Any]]:
    found = body["Resources"].items()
    return [(name, resource) for name, resource in found if resource["Type"] == "AWS::IAM::Role"]


def _inline(role: Any) -> list[str]:
    return [
        action
        for policy in role["Properties"].get("Policies", ())
        for statement in policy["PolicyDocument"]["Statement"]
        for action in statement["Action"]
    ]
