"""Principals, roles and instance profiles that IAM refuses."""

from __future__ import annotations

import re

from showcore_cfn.check.rules import names
from showcore_cfn.check.rules.rule import Hits, Rulebook, Severity, View, words
from showcore_cfn.check.rules.statements import (
    TRUST,
    documents,
    statements,
)
from showcore_cfn.check.rules.tables import nearest

BOOK = Rulebook("iam_principals")
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
                if account.isdecimal() and len(account) != 12:
                    yield node.hit(f"{account} is no account number: it has {len(account)} digits.")


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
