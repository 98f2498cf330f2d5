"""What IAM refuses of policies, and statements that match nothing."""

from __future__ import annotations

import json
import re

from showcore_cfn.check.rules.rule import Hits, Item, Rulebook, Severity, View, words
from showcore_cfn.check.rules.statements import (
    IDENTITY,
    RESOURCE,
    TRUST,
    documents,
    statements,
)
from showcore_cfn.check.rules.tables import managed_policies, nearest

BOOK = Rulebook("iam")
_UG = "https://docs.aws.amazon.com/IAM/latest/UserGuide"
_ELEMENTS = f"{_UG}/reference_policies_elements"


@BOOK.nest_rule(
    "SC-IAM-002",
    Severity.REFUSED,
    "An AWS managed policy is named with its path",
    why="Many managed policies live under /service-role/, /job-function/ or /aws-service-role/; without the path, or "
    "with another spelling, IAM answers that the policy does not exist or is not attachable.",
    remedy="Take the ARN from the managed policy reference.",
    source="https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html",
)
def managed_policy(view: View) -> Hits:
    known = managed_policies()
    for item in view.of("AWS::IAM::Role", "AWS::IAM::User", "AWS::IAM::Group", "AWS::SSO::PermissionSet"):
        for node in item[
            "ManagedPolicies" if item.type == "AWS::SSO::PermissionSet" else "ManagedPolicyArns"
        ].each():
            match = re.fullmatch(r"arn:[^:]+:iam::aws:policy(/.*/|/)([^/]+)", node.shown)
            if match is None or "$" in match[2]:
                continue
            path, name = known.get(match[2]), match[2]
            meant = nearest(name, known, 1) if path is None else None
            if path is not None and path != match[1]:
                yield node.hit(f"{name} is arn:aws:iam::aws:policy{path}{name}.")
            elif meant is not None and re.findall(r"\d", name) == re.findall(r"\d", meant):
                yield node.hit(f"There is no managed policy {name}; it is {known[meant]}{meant}.")


_LONGEST = {"AWS::IAM::ManagedPolicy": 6_144, "AWS::IAM::Policy": 10_240, "AWS::S3::BucketPolicy": 20_480}


@BOOK.nest_rule(
    "SC-IAM-003",
    Severity.REFUSED,
    "A policy is not longer than IAM takes",
    why="Without blanks a managed policy has 6,144 characters, a role's inline policies 10,240 together, a trust "
    "policy 2,048, a bucket policy 20 KB.",
    remedy="Use wildcards, or split the policy.",
    source=f"{_UG}/reference_iam-quotas.html",
)
def policy_size(view: View) -> Hits:
    for document in documents(view):
        most = 2_048 if document.kind == TRUST else _LONGEST.get(document.item.type)
        if most is not None and document.node.known:
            size = len(json.dumps(document.node.value, separators=(",", ":")))
            if size > most:
                yield document.node.hit(f"The policy has {size:,} characters; {most:,} are allowed.")


@BOOK.nest_rule(
    "SC-IAM-004",
    Severity.DEAD,
    "A condition with a wildcard uses a Like operator",
    why="StringEquals takes `*` literally, so the condition never holds.",
    remedy="Use StringLike, or ArnLike for ARNs.",
    source=f"{_ELEMENTS}_condition_operators.html",
)
def literal_wildcard(view: View) -> Hits:
    for document in documents(view):
        for statement in statements(document):
            for operator, keys in statement.node["Condition"].entries():
                if not re.fullmatch(r"(ForA\w+:)?StringEquals(IfExists)?", operator):
                    continue
                for key, node in keys.entries():
                    for value in node.each():
                        if "*" in "".join(p or "" for p in value.pieces) and value.shown != "*":
                            yield value.hit(f"{operator} takes the * in {value.shown} literally for {key}.")


_GLOBAL_KEYS = words(
    "aws:CalledVia aws:CalledViaFirst aws:CalledViaLast aws:ChatbotSourceArn aws:CurrentTime aws:Ec2InstanceSourceVPC "
    "aws:Ec2InstanceSourcePrivateIPv4 aws:EpochTime aws:FederatedProvider aws:MultiFactorAuthAge "
    "aws:MultiFactorAuthPresent aws:PrincipalAccount aws:PrincipalArn aws:PrincipalIsAWSService aws:PrincipalOrgID "
    "aws:PrincipalOrgPaths aws:PrincipalServiceName aws:PrincipalServiceNamesList aws:PrincipalType aws:Referer "
    "aws:RequestedRegion aws:ResourceAccount aws:ResourceOrgID aws:ResourceOrgPaths aws:SecureTransport "
    "aws:SourceAccount aws:SourceArn aws:SourceIdentity aws:SourceIp aws:SourceOrgID aws:SourceOrgPaths "
    "aws:SourceOwner aws:SourceVpc aws:SourceVpce aws:SourceVpcArn aws:TagKeys aws:TokenIssueTime aws:UserAgent "
    "aws:VpcSourceIp aws:ViaAWSService aws:AssumedRoot aws:userid aws:username aws:VpceAccount aws:VpceOrgID "
    "aws:VpceOrgPaths aws:SignInSessionArn aws:IsMcpServiceAction aws:ViaAWSMCPService aws:CalledViaAWSMCP"
)
_FOLDED_KEYS = frozenset(key.lower() for key in _GLOBAL_KEYS)


@BOOK.nest_rule(
    "SC-IAM-005",
    Severity.DEAD,
    "A global condition key is one that exists",
    why="A key that no request carries makes the condition false; in a Deny it denies nobody.",
    remedy="Spell the key as the list of global keys does.",
    source=f"{_UG}/reference_policies_condition-keys.html",
)
def global_key(view: View) -> Hits:
    tags = re.compile(r"aws:(PrincipalTag|RequestTag|ResourceTag)/", re.IGNORECASE)
    for document in documents(view):
        for statement in statements(document):
            for _, keys in statement.node["Condition"].entries():
                for key, node in keys.entries():
                    if not key.lower().startswith("aws:") or tags.match(key) or key.lower() in _FOLDED_KEYS:
                        continue
                    meant = nearest(key, _GLOBAL_KEYS)
                    if meant is not None:
                        yield node.hit(f"There is no key {key}; it is {meant}.")


@BOOK.nest_rule(
    "SC-IAM-009",
    Severity.REFUSED,
    "A statement's Sid is unique in its policy, and plain in IAM policies",
    why="IAM takes letters and digits only, and each Sid once.",
    remedy="Rename the statement.",
    source=f"{_ELEMENTS}_sid.html",
)
def statement_ids(view: View) -> Hits:
    for document in documents(view):
        seen: set[str] = set()
        for statement in statements(document):
            sid = statement.node["Sid"].text
            if sid is None or sid == "":
                continue
            if sid in seen and document.kind in (IDENTITY, TRUST):
                yield statement.node["Sid"].hit(f"The Sid {sid} stands twice.")
            elif document.kind in (IDENTITY, TRUST) and not re.fullmatch(r"[A-Za-z0-9]+", sid):
                yield statement.node["Sid"].hit(f"The Sid {sid} holds more than letters and digits.")
            seen.add(sid)


_VARIABLE = re.compile(r"\$\{(aws|s3|saml|cognito-identity|ec2|iam|sts|www\.)[^}]*\}")


@BOOK.nest_rule(
    "SC-IAM-010",
    Severity.DEAD,
    "A policy with variables has the Version 2012-10-17",
    why="Without a Version, or with 2008-10-17, ${aws:username} and its like are plain text.",
    remedy='Add Version: "2012-10-17".',
    source=f"{_ELEMENTS}_version.html",
)
def variables_without_version(view: View) -> Hits:
    for document in documents(view):
        if document.node["Version"].text == "2012-10-17" or not isinstance(document.node.value, dict):
            continue
        if document.node["Version"].given and document.node["Version"].text is None:
            continue
        for node in document.node.walk():
            if any(_VARIABLE.search(piece) for piece in node.pieces if piece):
                yield node.hit("The variable is plain text: the policy has no Version 2012-10-17.")
                break


@BOOK.nest_rule(
    "SC-IAM-011",
    Severity.RISK,
    "A policy does not allow everything on everything",
    why='Action "*" on Resource "*", or Allow with NotAction, makes whoever holds it an administrator.',
    remedy="Name the actions and the resources.",
    source=f"{_UG}/best-practices.html#grant-least-privilege",
)
def administrator(view: View) -> Hits:
    for document in documents(view):
        for statement in statements(document) if document.kind == IDENTITY else ():
            everything = "*" in statement.node["Resource"].texts() and statement.effect == "Allow"
            if everything and ("*" in statement.actions or "*:*" in statement.actions):
                yield statement.node["Action"].hit("The policy allows every action on every resource.")
            elif everything and statement.node["NotAction"].given and statement.node["Condition"].absent:
                yield statement.node["NotAction"].hit(
                    "Everything but these actions is allowed on every resource."
                )


@BOOK.nest_rule(
    "SC-IAM-012",
    Severity.DEAD,
    "A policy does not deny its holder everything",
    why="A Deny wins over every Allow; with every action on every resource and no condition nothing is left.",
    remedy="Add a condition, or name the actions to deny.",
    source=f"{_UG}/reference_policies_evaluation-logic.html",
)
def denies_everything(view: View) -> Hits:
    for document in documents(view):
        for statement in statements(document) if document.kind in (IDENTITY, RESOURCE) else ():
            all_actions = any(re.fullmatch(r"\*|\*:\*", action) for action in statement.actions)
            service_wide = document.kind == RESOURCE and any(
                re.fullmatch(r"\w+:\*", a) for a in statement.actions
            )
            reaches = document.kind == IDENTITY or statement.everyone
            unconditional = statement.node["Condition"].absent and statement.effect == "Deny" and reaches
            everywhere = document.kind == RESOURCE or "*" in statement.node["Resource"].texts()
            if unconditional and everywhere and (all_actions or service_wide):
                yield statement.node.hit("The statement denies everything, to everybody it reaches.")


@BOOK.rule(
    "SC-IAM-013",
    Severity.REFUSED,
    "A policy resource is attached to somebody",
    "AWS::IAM::Policy",
    why="CloudFormation wants at least one of Roles, Users and Groups.",
    remedy="Name the role, or use AWS::IAM::ManagedPolicy.",
    source="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-iam-policy.html",
)
def unattached(policy: Item) -> Hits:
    keys = ("Roles", "Users", "Groups")
    if all(policy[key].absent or policy[key].value == [] for key in keys):
        yield policy.hit("None of Roles, Users and Groups is given.", "Properties")
