"""What IAM refuses of policies, and statements that match nothing."""

from __future__ import annotations

import json
import re

from showcore_cfn.check.rules import names
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

_SERVICES = words(
    "access-analyzer acm amplify apigateway appflow application-autoscaling appsync athena autoscaling backup batch "
    "bedrock billing budgets ce cloud9 cloudformation cloudfront cloudtrail cloudwatch codebuild codecommit codedeploy "
    "codepipeline codestar-notifications cognito-idp cognito-sync config connect costalerts databrew datapipeline "
    "datasync dax delivery.logs dlm dms ds dynamodb ec2 ec2fleet ecr ecs ecs-tasks edgelambda eks eks-fargate-pods "
    "elasticache elasticbeanstalk elasticfilesystem elasticloadbalancing elasticmapreduce emr-containers es events "
    "export.rds events.rds firehose fis forecast fsx gamelift glue grafana guardduty imagebuilder inspector iot "
    "ivs kafka kafkaconnect kendra kinesis kinesisanalytics kms lakeformation lambda lex lightsail logdelivery.elb "
    "logging.s3 logger.cloudfront logs macie mediaconvert mq monitoring monitoring.rds network-firewall opensearch "
    "opensearchservice opsworks organizations pinpoint pipes polly quicksight ram rds redshift rekognition "
    "replicator.lambda reporting.trustedadvisor route53 route53resolver s3 sagemaker scheduler secretsmanager "
    "securityhub serverlessrepo servicecatalog ses shield signin sms sns spotfleet sqs ssm ssm-incidents sso states "
    "storagegateway streams.metrics.cloudwatch sts swf synthetics tagging textract transcribe transfer translate "
    "trustedadvisor vmie vpc-flow-logs vpce waf wafv2 workspaces xray lambda.alarms.cloudwatch cognito-identity "
    "batchoperations.s3 tasks.apprunner build.apprunner"
)
_WRONG = {
    "cloudwatch-events": "events", "eventbridge": "events",
    "cloudwatch.alarms": "cloudwatch", "api-gateway": "apigateway",
    "apigatewayv2": "apigateway",
    "step-functions": "states", "stepfunctions": "states", "sfn": "states",
    "ecs-task": "ecs-tasks", "ecstasks": "ecs-tasks", "ssm-managed-instance": "ssm", "awsbackup": "backup",
    "aws-backup": "backup", "cloudwatch-logs": "logs", "cloudwatchlogs": "logs", "systemsmanager": "ssm",
    "rds-monitoring": "monitoring.rds", "rds.monitoring": "monitoring.rds", "flow-logs": "vpc-flow-logs",
    "vpcflowlogs": "vpc-flow-logs", "kinesisfirehose": "firehose", "awsconfig": "config", "elb": "elasticloadbalancing",
    "elasticloadbalancingv2": "elasticloadbalancing", "efs": "elasticfilesystem", "lambda-edge": "edgelambda",
}  # fmt: skip


@BOOK.nest_rule(
    "SC-IAM-001",
    Severity.REFUSED,
    "A service principal is spelled as the service's own",
    why="IAM answers: invalid principal in policy. The services are lambda, ec2, states, ecs-tasks, "
    "vpc-flow-logs, monitoring.rds and so on, each before .amazonaws.com.",
    remedy="Take the name from the service's documentation of roles.",
    source=f"{_ELEMENTS}_principal.html#principal-services",
)
def service_principal(view: View) -> Hits:
    for document in documents(view):
        for statement in statements(document):
            for node in statement.node["Principal"]["Service"].each():
                text = node.text
                problem = _service_problem(text) if text is not None and text != "*" else None
                if problem is not None:
                    yield node.hit(problem)


def _service_problem(text: str) -> str | None:
    match = re.fullmatch(r"([a-z0-9.-]+?)\.amazonaws\.com(\.cn)?", text)
    if match is None:
        known = text.endswith((".aws.internal", ".api.aws", ".amazonaws.eu", ".amazon.com.cn", ".aws.com"))
        return (
            None
            if known or "amazonaws" in text
            else f"{text} is no service principal: they end in .amazonaws.com."
        )
    name = match[1]
    plain = re.sub(r"\.[a-z]{2}(-[a-z]+)+-\d$", "", name)
    if plain in _SERVICES:
        return None
    meant = _WRONG.get(plain) or (
        nearest(plain, _SERVICES, 1 if len(plain) < 7 else 2) if len(plain) > 4 else None
    )
    return f"There is no service principal {text}; it is {meant}.amazonaws.com." if meant else None


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
    "SC-IAM-006",
    Severity.DEAD,
    "A federated principal assumes a role with its own action",
    why="OpenID Connect uses sts:AssumeRoleWithWebIdentity, SAML sts:AssumeRoleWithSAML; sts:AssumeRole is for AWS "
    "principals and services, which use neither of the two.",
    remedy="Name the action of the principal's kind.",
    source=f"{_UG}/id_roles_create_for-idp.html",
)
def federated_action(view: View) -> Hits:
    for document in documents(view):
        for statement in statements(document) if document.kind == TRUST else ():
            federated, actions = statement.node["Principal"]["Federated"], statement.actions
            if not actions or statement.open:
                continue
            if federated.given and not any("assumerolewith" in a or "*" in a for a in actions):
                yield statement.node["Action"].hit("A federated principal cannot use sts:AssumeRole.")
            elif federated.absent and all("assumerolewith" in action for action in actions):
                yield statement.node["Action"].hit(f"{actions[0]} is for federated principals.")


@BOOK.nest_rule(
    "SC-IAM-007",
    Severity.RISK,
    "A role for GitHub Actions says which repository may assume it",
    why="Without a condition on the claim sub every repository of GitHub can assume the role.",
    remedy="Add StringLike token.actions.githubusercontent.com:sub: repo:<owner>/<name>:*.",
    source=f"{_UG}/id_roles_create_for-idp_oidc.html",
)
def github_subject(view: View) -> Hits:
    issuer = "token.actions.githubusercontent.com"
    for document in documents(view):
        for statement in statements(document) if document.kind == TRUST else ():
            federated = statement.node["Principal"]["Federated"]
            if issuer not in federated.shown or statement.effect != "Allow":
                continue
            subjects = [
                node
                for operator, keys in statement.node["Condition"].entries()
                for key, node in keys.entries()
                if key.lower() in (f"{issuer}:sub", f"{issuer}:job_workflow_ref", f"{issuer}:repository")
            ]
            if not subjects or any(text in ("*", "repo:*") for node in subjects for text in node.texts()):
                yield statement.node.hit("Every repository of GitHub can assume this role.")


@BOOK.nest_rule(
    "SC-IAM-008",
    Severity.REFUSED,
    "An account principal has twelve digits",
    why="YAML reads an account number without quotes as a number, which loses leading zeros.",
    remedy="Put the account number in quotes, or write its root ARN.",
    source=f"{_ELEMENTS}_principal.html#principal-accounts",
)
def account_digits(view: View) -> Hits:
    for document in documents(view):
        for statement in statements(document):
            for node in statement.node["Principal"]["AWS"].each():
                text = node.text or ""
                found = names.arn(node.value)
                account = found.account if found is not None and found.service in ("iam", "sts") else text
                if account.isdigit() and len(account) != 12:
                    yield node.hit(f"{account} is no account number: it has {len(account)} digits.")


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
            if sid in seen:
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


@BOOK.nest_rule(
    "SC-IAM-014",
    Severity.REFUSED,
    "A list of roles holds names",
    why="Roles of a policy or an instance profile are names; an ARN is refused.",
    remedy="Use !Ref of the role instead of !GetAtt Role.Arn.",
    source="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-iam-instanceprofile.html",
)
def role_by_arn(view: View) -> Hits:
    for item in view.of("AWS::IAM::InstanceProfile", "AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"):
        for node in item["Roles"].each():
            by_arn = node.reference is not None and node.reference.attribute == "Arn"
            if by_arn or (node.text or "").startswith("arn:"):
                yield node.hit(f"{node.shown} is an ARN; Roles holds names.")


@BOOK.nest_rule(
    "SC-IAM-015",
    Severity.REFUSED,
    "A principal is an ARN or an account",
    why="Ref of a role or a user is its name, which is no principal.",
    remedy="Use !GetAtt Role.Arn.",
    source=f"{_ELEMENTS}_principal.html",
)
def principal_by_name(view: View) -> Hits:
    for document in documents(view):
        for statement in statements(document):
            for node in statement.node["Principal"]["AWS"].each():
                item = node.target("AWS::IAM::Role", "AWS::IAM::User") if node.reference else None
                if item is not None and node.reference is not None and node.reference.attribute is None:
                    yield node.hit(f"Ref of {item.id} is its name, not its ARN.")


@BOOK.nest_rule(
    "SC-IAM-016",
    Severity.REFUSED,
    "An instance takes an instance profile by name",
    why="EC2 wants the name of an instance profile; a role is not one, and an ARN is refused here.",
    remedy="Add an AWS::IAM::InstanceProfile with the role and refer to it with !Ref.",
    source="https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/iam-roles-for-amazon-ec2.html",
)
def instance_profile(view: View) -> Hits:
    for item in view.of("AWS::EC2::Instance", "AWS::AutoScaling::LaunchConfiguration"):
        node = item["IamInstanceProfile"]
        role = node.target("AWS::IAM::Role") if node.reference else None
        if role is not None:
            yield node.hit(f"{role.id} is a role, no instance profile.")
        elif (
            item.type == "AWS::EC2::Instance"
            and node.reference is not None
            and node.reference.attribute == "Arn"
        ):
            yield node.hit("IamInstanceProfile takes the name of the profile, not its ARN.")
