"""Who gains access and which guard is lowered, by before and after."""

from __future__ import annotations

import json
from typing import TypeAlias

import pytest

from showcore_cfn.review.grants import covers, grants, matches
from showcore_cfn.review.security import SecurityChange, security_changes
from showcore_cfn.template.json_types import Json
from tests.unit.review.sets import difference, one, rows, side, template

Body: TypeAlias = dict[str, Json]


def found(before: str, after: str) -> list[SecurityChange]:
    return list(security_changes(difference(before, after)))


def told(before: str, after: str) -> list[str]:
    """Each change as `widens!: sentence`, the mark for a grave one."""
    return [f"{c.direction}{'!' if c.grave else ''}: {c.sentence}" for c in found(before, after)]


def allow(action: Json, resource: Json = "*", **more: Json) -> Body:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def document(*statements: Json) -> Body:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def role(*statements: Json, **more: Json) -> Json:
    trust = document(
        {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
    )
    policies: list[Json] = (
        [{"PolicyName": "p", "PolicyDocument": document(*statements)}] if statements else []
    )
    return one("AWS::IAM::Role", {"AssumeRolePolicyDocument": trust, "Policies": policies, **more})


def bucket_policy(*statements: Json) -> str:
    properties: Json = {"Bucket": {"Ref": "B"}, "PolicyDocument": document(*statements)}
    return template(B=one("AWS::S3::Bucket", {}), P=one("AWS::S3::BucketPolicy", properties))


LOGS = "arn:aws:logs:us-east-1:111122223333:log-group:/aws/rds/instance/"
OLD_LOGS: list[Json] = [f"{LOGS}old/{name}" for name in ("postgresql", "postgresql:*", "upgrade")]
NEW_LOGS: list[Json] = [f"{LOGS}new/{name}" for name in ("postgresql", "postgresql:*", "upgrade")]
READ = allow("s3:GetObject", "arn:aws:s3:::a/*")
SOURCE: Json = {"StringEquals": {"aws:SourceAccount": "111122223333"}}
OTHERS: Json = {"StringEquals": {"aws:SourceAccount": ["111122223333", "444455556666"]}}
TLS: Json = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param(
            [READ],
            [allow(["s3:GetObject", "s3:PutObject"], "arn:aws:s3:::a/*")],
            ["widens: app/R may now do s3:PutObject on arn:aws:s3:::a/*."],
            id="another-action",
        ),
        pytest.param(
            [READ],
            [allow("s3:GetObject", "*")],
            ["widens: app/R may now do s3:GetObject on everything."],
            id="wider-resource-hides-no-narrowing",
        ),
        pytest.param(
            [allow("s3:*", "*")],
            [allow("s3:GetObject", "*")],
            ["narrows: app/R may no longer do s3:* on everything."],
            id="narrower-action",
        ),
        pytest.param(
            [READ], [allow("*", "*")], ["widens!: app/R may now do anything on everything."], id="admin"
        ),
        pytest.param(
            [allow(["s3:GetObject", "s3:PutObject"], ["a", "b"])],
            [allow("s3:PutObject", ["b", "a"]), allow("s3:GetObject", "a"), allow("S3:getobject", "b")],
            [],
            id="split-and-shuffled-is-no-change",
        ),
        pytest.param(
            [allow(["s3:GetObject", "s3:PutObject"], "a")],
            [allow("s3:PutObject", "a"), allow("s3:GetObject", "a"), allow("s3:DeleteObject", "a")],
            ["widens: app/R may now do s3:DeleteObject on a."],
            id="split-does-not-hide-a-widening",
        ),
        pytest.param(
            [allow(["logs:PutRetentionPolicy", "logs:CreateLogGroup"], OLD_LOGS)],
            [allow(["logs:PutRetentionPolicy", "logs:CreateLogGroup"], NEW_LOGS)],
            [
                (
                    f"widens: app/R may now do logs:PutRetentionPolicy and logs:CreateLogGroup on {LOGS}new/"
                    f"{{postgresql, postgresql:*, upgrade}}; no longer on {LOGS}old/"
                    "{postgresql, postgresql:*, upgrade}."
                )
            ],
            id="renamed-resources-are-one-change",
        ),
        pytest.param(
            [READ],
            [READ, allow("s3:GetObject", ["x", "y"]), allow("s3:PutObject", ["x", "z"])],
            [
                "widens: app/R may now do s3:GetObject and s3:PutObject on x.",
                "widens: app/R may now do s3:GetObject on y.",
                "widens: app/R may now do s3:PutObject on z.",
            ],
            id="other-actions-are-another-change",
        ),
        pytest.param(
            [READ],
            [READ, allow("iam:*", ["x", "*", "y"])],
            [
                "widens!: app/R may now do iam:* on everything.",
                "widens: app/R may now do iam:* on x and y.",
            ],
            id="everything-is-never-among-others",
        ),
        pytest.param(
            [allow("s3:GetObject", "x", Condition=SOURCE)],
            [allow("s3:GetObject", ["x", "y", "z"])],
            [
                (
                    "widens: app/R may now do s3:GetObject on x, without a condition; before only where "
                    "aws:sourceaccount StringEquals 111122223333."
                ),
                "widens: app/R may now do s3:GetObject on y and z.",
            ],
            id="a-condition-dropped-is-told-beside-what-is-new",
        ),
        pytest.param(
            [READ],
            [READ, allow("sqs:SendMessage", [f"q{number:02}" for number in range(14)])],
            [
                (
                    "widens: app/R may now do sqs:SendMessage on q00, q01, q02, q03, q04, q05, q06, q07, q08, q09, q10 "
                    "and q11."
                ),
                "widens: app/R may now do sqs:SendMessage on q12 and q13.",
            ],
            id="every-resource-is-named-however-many",
        ),
        pytest.param(
            [READ, {**allow("s3:GetObject", "b"), "Effect": "Deny"}],
            [READ, {**allow("s3:GetObject", "c"), "Effect": "Deny"}],
            [
                "widens: app/R: the denial of s3:GetObject on b to app/R is gone.",
                "narrows: app/R: app/R is now denied s3:GetObject on c.",
            ],
            id="another-denial-does-not-hide-that-one-is-gone",
        ),
        pytest.param(
            [allow("s3:GetObject", "a", Condition=SOURCE)],
            [allow("s3:GetObject", "a")],
            [
                (
                    "widens: app/R may now do s3:GetObject on a, without a condition; before only where "
                    "aws:sourceaccount StringEquals 111122223333."
                )
            ],
            id="condition-dropped",
        ),
        pytest.param(
            [allow("s3:GetObject", "a", Condition=SOURCE)],
            [allow("s3:GetObject", "a", Condition=OTHERS)],
            [
                (
                    "widens: app/R may now do s3:GetObject on a, where aws:sourceaccount StringEquals 111122223333 and "
                    "444455556666; before only where aws:sourceaccount StringEquals 111122223333."
                )
            ],
            id="condition-widened",
        ),
        pytest.param(
            [READ, {"Effect": "Deny", "Action": "s3:DeleteObject", "Resource": "*"}],
            [READ],
            ["widens: app/R: the denial of s3:DeleteObject to app/R is gone."],
            id="deny-gone",
        ),
        pytest.param(
            [READ],
            [READ, {"Effect": "Deny", "Action": "s3:DeleteObject", "Resource": "*"}],
            ["narrows: app/R: app/R is now denied s3:DeleteObject."],
            id="deny-new",
        ),
        pytest.param(
            [allow("s3:GetObject", "*")],
            [{"Effect": "Allow", "NotAction": ["iam:*", "s3:Delete*"], "Resource": "*"}],
            ["widens: app/R may now do all but iam:* and s3:Delete* on everything."],
            id="not-action",
        ),
        pytest.param(
            [{"Effect": "Allow", "NotAction": ["iam:*", "s3:Delete*"], "Resource": "*"}],
            [{"Effect": "Allow", "NotAction": ["iam:*"], "Resource": "*"}],
            ["widens: app/R may now do all but iam:* on everything."],
            id="not-action-with-fewer-exceptions",
        ),
    ],
)
def test_what_a_role_may_do(before: list[Json], after: list[Json], expected: list[str]) -> None:
    assert told(template(R=role(*before)), template(R=role(*after))) == expected


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param(
            [allow("s3:GetObject", "*", Principal={"Service": "a.amazonaws.com"}, Condition=SOURCE)],
            [allow("s3:GetObject", "*", Principal="*")],
            [
                "widens!: everybody may now do s3:GetObject on app/B.",
            ],
            id="public",
        ),
        pytest.param(
            [],
            [
                allow(
                    "s3:GetObject",
                    {"Fn::Sub": "${B.Arn}/x"},
                    Principal={"AWS": "arn:aws:iam::444455556666:root"},
                )
            ],
            ["widens: arn:aws:iam::444455556666:root may now do s3:GetObject on app/B."],
            id="another-account",
        ),
        pytest.param(
            [TLS], [], ["widens: app/B: the denial of s3:* to everybody is gone."], id="tls-only-gone"
        ),
        pytest.param([], [TLS], ["narrows: app/B: everybody is now denied s3:*."], id="tls-only-new"),
        pytest.param(
            [allow("s3:*", "*", Principal={"Service": ["a.amazonaws.com", "b.amazonaws.com"]})],
            [allow("s3:*", "*", Principal={"Service": "b.amazonaws.com"})],
            ["narrows: a.amazonaws.com may no longer do s3:* on app/B."],
            id="principal-gone",
        ),
    ],
)
def test_what_others_may_do_with_a_bucket(before: list[Json], after: list[Json], expected: list[str]) -> None:
    assert told(bucket_policy(*before), bucket_policy(*after)) == expected


def test_a_statement_that_moves_to_a_policy_of_its_own_is_no_change() -> None:
    attached = one(
        "AWS::IAM::Policy", {"Roles": [{"Ref": "R"}], "PolicyDocument": document(READ), "PolicyName": "p"}
    )
    assert told(template(R=role(READ)), template(R=role(), Own=attached)) == []


def test_a_renamed_role_hides_no_widening() -> None:
    after = template(Renamed=role(READ, allow("s3:PutObject", "arn:aws:s3:::a/*"), RoleName="x"))
    assert told(template(R=role(READ, RoleName="x")), after) == [
        "widens: app/Renamed may now do s3:PutObject on arn:aws:s3:::a/*."
    ]


def test_a_new_role_says_who_may_become_it_and_what_it_may_do() -> None:
    assert told(template(), template(R=role(READ))) == [
        "widens: ec2.amazonaws.com may now assume app/R.",
        "widens: app/R may now do s3:GetObject on arn:aws:s3:::a/*.",
    ]


def test_a_role_that_goes_is_no_security_change_beside_its_removal() -> None:
    assert told(template(R=role(READ)), template()) == []


def test_trust_that_opens_to_everybody_is_grave() -> None:
    everybody = document({"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"})
    after = template(R=one("AWS::IAM::Role", {"AssumeRolePolicyDocument": everybody, "Policies": []}))
    assert told(template(R=role()), after) == ["widens!: everybody may now assume app/R."]


def test_managed_policies_and_boundaries_count() -> None:
    admin = "arn:aws:iam::aws:policy/AdministratorAccess"
    plain = template(
        R=role(ManagedPolicyArns=["arn:aws:iam::aws:policy/ReadOnlyAccess"], PermissionsBoundary="b")
    )
    assert told(plain, template(R=role(ManagedPolicyArns=[admin]))) == [
        "widens!: app/R loses its permissions boundary.",
        f"widens!: app/R gets the managed policy {admin}.",
        "narrows: app/R loses the managed policy arn:aws:iam::aws:policy/ReadOnlyAccess.",
    ]


def test_a_policy_in_a_string_of_json_is_read() -> None:
    def set_of(action: str) -> str:
        text = f'{{"Statement": [{{"Effect": "Allow", "Principal": "*", "Action": "{action}", "Resource": "*"}}]}}'
        return template(P=one("AWS::Logs::ResourcePolicy", {"PolicyName": "p", "PolicyDocument": text}))

    assert told(set_of("logs:A"), set_of("logs:B")) == [
        "widens!: everybody may now do logs:B on app/P.",
        "narrows: everybody may no longer do logs:A on app/P.",
    ]


def test_both_branches_behind_an_unknown_condition_count() -> None:
    head = "Parameters: {P: {Type: String}}\nConditions: {C: !Equals [!Ref P, x]}\nResources:\n  R:\n"
    head += "    Type: AWS::IAM::ManagedPolicy\n    Properties: {PolicyDocument: {Statement: %s}}\n"
    plain = "[{Effect: Allow, Action: 's3:a', Resource: '*'}]"
    hidden = f"{plain[:-1]}, !If [C, {{Effect: Allow, Action: '*', Resource: '*'}}, !Ref 'AWS::NoValue']]"
    assert told(head % plain, head % hidden) == ["widens!: app/R may now do anything on everything."]


@pytest.mark.parametrize(
    ("before", "after", "direction"),
    [
        (None, {"Statement": [allow("s3:*", "*", Principal="*")]}, "narrows"),
        ({"Statement": []}, None, "widens!"),
    ],
)
def test_an_endpoint_without_a_policy_lets_everything_through(
    before: Json, after: Json, direction: str
) -> None:
    def set_of(policy: Json) -> str:
        policies: Body = {} if policy is None else {"PolicyDocument": policy}
        return template(E=one("AWS::EC2::VPCEndpoint", {"VpcId": "v", "ServiceName": "s", **policies}))

    (only,) = told(set_of(before), set_of(after))
    assert only.startswith(f"{direction}: everybody may")
    assert only.endswith("do anything on app/E.")


def test_a_lambda_permission_is_a_grant() -> None:
    properties: Body = {
        "FunctionName": "f",
        "Action": "lambda:InvokeFunction",
        "Principal": "s3.amazonaws.com",
    }
    after = template(P=one("AWS::Lambda::Permission", {**properties, "SourceAccount": "111122223333"}))
    assert told(template(), after) == [
        (
            "widens: s3.amazonaws.com may now do lambda:InvokeFunction on f, where aws:sourceaccount StringEquals "
            "111122223333."
        )
    ]


# Network ------------------------------------------------------------------------------------------------------


def group(*ingress: Json, **more: Json) -> str:
    egress: list[Json] = [{"IpProtocol": "-1", "CidrIp": "127.0.0.1/32"}]
    properties: Body = {
        "GroupDescription": "x",
        "SecurityGroupIngress": list(ingress),
        "SecurityGroupEgress": egress,
    }
    return template(G=one("AWS::EC2::SecurityGroup", properties), **more)


def port(first: int, last: int, peer: str, protocol: Json = "tcp") -> Json:
    return {"IpProtocol": protocol, "FromPort": first, "ToPort": last, "CidrIp": peer}


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param(
            [port(443, 443, "10.0.0.0/16")],
            [port(443, 443, "10.0.0.0/8")],
            ["widens: app/G now lets tcp 443 in from 10.0.0.0/8, before only from 10.0.0.0/16."],
            id="wider-network",
        ),
        pytest.param(
            [port(443, 443, "10.0.0.0/8")],
            [port(443, 443, "10.0.0.0/16")],
            ["narrows: app/G no longer lets tcp 443 in from 10.0.0.0/8."],
            id="narrower-network",
        ),
        pytest.param(
            [],
            [port(22, 22, "0.0.0.0/0")],
            ["widens!: app/G now lets tcp 22 in from everywhere (0.0.0.0/0)."],
            id="the-internet",
        ),
        pytest.param(
            [port(5000, 6000, "10.0.0.0/16")],
            [port(5432, 5432, "10.0.0.0/16"), port(5000, 5100, "10.0.0.0/16")],
            ["narrows: app/G no longer lets tcp 5000-6000 in from 10.0.0.0/16."],
            id="fewer-ports",
        ),
        pytest.param(
            [port(5432, 5432, "10.0.0.0/16")],
            [port(0, 65535, "10.0.0.0/16")],
            ["widens: app/G now lets all tcp in from 10.0.0.0/16."],
            id="all-ports",
        ),
        pytest.param(
            [port(443, 443, "10.0.0.0/16", 6)], [port(443, 443, "10.0.0.0/16")], [], id="protocol-by-number"
        ),
        pytest.param(
            [port(443, 443, "10.0.0.0/16"), port(80, 80, "10.0.0.0/16")],
            [port(80, 80, "10.0.0.0/16"), port(443, 443, "10.0.0.0/16")],
            [],
            id="another-order",
        ),
    ],
)
def test_what_a_security_group_lets_in(before: list[Json], after: list[Json], expected: list[str]) -> None:
    assert told(group(*before), group(*after)) == expected


def test_a_rule_that_moves_to_a_resource_of_its_own_is_no_change() -> None:
    alone = one(
        "AWS::EC2::SecurityGroupIngress",
        {
            "GroupId": {"Fn::GetAtt": ["G", "GroupId"]},
            "IpProtocol": "tcp",
            "FromPort": 443,
            "ToPort": 443,
            "CidrIp": "10.0.0.0/16",
        },
    )
    assert told(group(port(443, 443, "10.0.0.0/16")), group(Rule=alone)) == []


def test_a_group_without_egress_rules_lets_everything_out() -> None:
    closed = group()
    opened = template(G=one("AWS::EC2::SecurityGroup", {"GroupDescription": "x", "SecurityGroupIngress": []}))
    (only,) = told(closed, opened)
    assert (
        only == "widens: app/G now lets anything out to everywhere (0.0.0.0/0), before only to 127.0.0.1/32."
    )


def routed(table: str, *, route: bool = True) -> str:
    out: Body = {
        "RouteTableId": {"Ref": "Public"},
        "DestinationCidrBlock": "0.0.0.0/0",
        "GatewayId": {"Ref": "Igw"},
    }
    resources: Body = {
        "Igw": {"Type": "AWS::EC2::InternetGateway"},
        "Public": one("AWS::EC2::RouteTable", {"VpcId": "v"}),
        "Private": one("AWS::EC2::RouteTable", {"VpcId": "v"}),
        "Subnet": one("AWS::EC2::Subnet", {"VpcId": "v", "CidrBlock": "10.0.2.0/24"}),
        "Link": one(
            "AWS::EC2::SubnetRouteTableAssociation",
            {"SubnetId": {"Ref": "Subnet"}, "RouteTableId": {"Ref": table}},
        ),
    }
    return template(**resources, **({"Route": one("AWS::EC2::Route", out)} if route else {}))


def test_a_subnet_that_moves_to_a_table_with_a_default_route_reaches_the_internet() -> None:
    assert told(routed("Private"), routed("Public")) == [
        "widens: app/Subnet now has a way to the internet through app/Igw."
    ]


def test_a_default_route_that_goes_cuts_the_subnet_off() -> None:
    assert told(routed("Public"), routed("Public", route=False)) == [
        "narrows: app/Subnet no longer has a way to the internet through app/Igw."
    ]


# Settings -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", rows("guards.txt"), ids=lambda row: f"{row[0]}:{row[1][:40]}:{row[2][:30]}")
def test_a_guard_that_is_one_setting(row: list[str]) -> None:
    kind, before, after, direction = row
    sides = [template(R=one(f"AWS::{kind}", json.loads(text))) for text in (before, after)]
    assert [change.partition(":")[0] for change in told(*sides)] == ([direction] if direction != "-" else [])


def test_a_new_resource_is_judged_by_what_it_says_and_not_by_what_it_leaves_out() -> None:
    assert told(template(), template(R=one("AWS::RDS::DBInstance", {}))) == []
    opened = one("AWS::RDS::DBInstance", {"PubliclyAccessible": True, "StorageEncrypted": True})
    assert told(template(), template(R=opened)) == ["widens!: app/R is new with PubliclyAccessible true."]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [("Retain", "Delete", "widens"), ("Retain", "Snapshot", "widens"), ("Delete", "Retain", "narrows")],
)
@pytest.mark.parametrize("name", ["DeletionPolicy", "UpdateReplacePolicy"])
def test_a_policy_that_keeps_less_of_data_is_a_guard_lowered(
    name: str, before: str, after: str, expected: str
) -> None:
    buckets = [template(R=one("AWS::S3::Bucket", {}, **{name: policy})) for policy in (before, after)]
    assert told(*buckets) == [f"{expected}: app/R: {name} goes from {before} to {after}."]
    topics = [template(R=one("AWS::SNS::Topic", {}, **{name: policy})) for policy in (before, after)]
    assert told(*topics) == []


@pytest.mark.parametrize(
    "kind",
    [
        "CloudTrail::Trail",
        "EC2::FlowLog",
        "CloudWatch::Alarm",
        "Backup::BackupSelection",
        "Config::ConfigRule",
    ],
)
def test_what_watches_and_goes_is_said(kind: str) -> None:
    (only,) = told(template(R=one(f"AWS::{kind}", {})), template())
    assert only.startswith("widens: app/R goes: ")


def test_grave_widenings_come_first_and_narrowings_last() -> None:
    before = template(
        A=one("AWS::RDS::DBInstance", {"DeletionProtection": False, "BackupRetentionPeriod": 7}),
        B=one("AWS::RDS::DBInstance", {"PubliclyAccessible": False}),
    )
    after = template(
        A=one("AWS::RDS::DBInstance", {"DeletionProtection": True, "BackupRetentionPeriod": 1}),
        B=one("AWS::RDS::DBInstance", {"PubliclyAccessible": True}),
    )
    assert [(c.grave, c.direction.value) for c in found(before, after)] == [
        (True, "widens"),
        (False, "widens"),
        (False, "narrows"),
    ]


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("s3:*", "s3:GetObject", True),
        ("s3:Get*", "s3:*", False),
        ("*", "*", True),
        ("s3:?et", "s3:Get", True),
        ("a*b*c", "aXbYc", True),
        ("a*b*c", "aXbY", False),
        ("", "", True),
        ("", "a", False),
        ("a**", "a", True),
        ("a?", "a*", False),
        ("*" * 30 + "b", "a" * 200, False),
    ],
)
def test_a_pattern_matches_what_it_covers(pattern: str, text: str, expected: bool) -> None:
    assert matches(pattern, text) is expected


def test_a_narrower_grant_is_covered_and_a_wider_one_is_not() -> None:
    wide = template(R=role(allow("s3:*", "arn:aws:s3:::a*", Condition=SOURCE)))
    both: Body = {
        "StringEquals": {"aws:SourceAccount": "111122223333"},
        "Bool": {"aws:SecureTransport": "true"},
    }
    narrow = template(R=role(allow("s3:GetObject", "arn:aws:s3:::a/x", Condition=both)))
    (first,), (second,) = (
        [g for g in grants(side(text).nest.resources["app/R"]) if g.action.startswith("s3")]
        for text in (wide, narrow)
    )
    assert (covers(first, second), covers(second, first)) == (True, False)
