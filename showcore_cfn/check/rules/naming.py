"""Names that are too long or hold what a service refuses, also behind a Sub, and names that are used twice."""

from __future__ import annotations

import re

from showcore_cfn.check.rules.names import NAMED, least_length
from showcore_cfn.check.rules.rule import Hits, Item, Rulebook, Severity, View
from showcore_cfn.review.values import Reference, Unknown, Value, text_of

BOOK = Rulebook("naming")
_QUOTAS = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-name.html"
_PLAIN, _DASHED, _WORDS = r"[A-Za-z0-9-]*", r"[A-Za-z0-9_.-]*", r"[A-Za-z0-9_-]*"

# type, property, longest name, alphabet
_NAMES: tuple[tuple[str, str, int, str], ...] = (
    ("AWS::IAM::Role", "RoleName", 64, r"[\w+=,.@-]*"),
    ("AWS::IAM::ManagedPolicy", "ManagedPolicyName", 128, r"[\w+=,.@-]*"),
    ("AWS::IAM::InstanceProfile", "InstanceProfileName", 128, r"[\w+=,.@-]*"),
    ("AWS::IAM::User", "UserName", 64, r"[\w+=,.@-]*"),
    ("AWS::Lambda::Function", "FunctionName", 64, _WORDS),
    ("AWS::ElasticLoadBalancingV2::LoadBalancer", "Name", 32, _PLAIN),
    ("AWS::ElasticLoadBalancingV2::TargetGroup", "Name", 32, _PLAIN),
    ("AWS::DynamoDB::Table", "TableName", 255, _DASHED),
    ("AWS::SQS::Queue", "QueueName", 80, _DASHED),
    ("AWS::SNS::Topic", "TopicName", 256, _DASHED),
    ("AWS::Kinesis::Stream", "Name", 128, _DASHED),
    ("AWS::KinesisFirehose::DeliveryStream", "DeliveryStreamName", 64, _DASHED),
    ("AWS::StepFunctions::StateMachine", "StateMachineName", 80, r"[^\s<>{}\[\]?*\"#%\\^|~`$&,;:/]*"),
    ("AWS::Events::Rule", "Name", 64, _DASHED),
    ("AWS::Scheduler::Schedule", "Name", 64, _DASHED),
    ("AWS::ECS::Cluster", "ClusterName", 255, _WORDS),
    ("AWS::ECS::Service", "ServiceName", 255, _WORDS),
    ("AWS::ECS::TaskDefinition", "Family", 255, _WORDS),
    ("AWS::RDS::DBSubnetGroup", "DBSubnetGroupName", 255, r"[A-Za-z0-9_. -]*"),
    ("AWS::RDS::DBParameterGroup", "DBParameterGroupName", 255, _PLAIN),
    ("AWS::RDS::DBInstance", "DBInstanceIdentifier", 63, _PLAIN),
    ("AWS::RDS::DBCluster", "DBClusterIdentifier", 63, _PLAIN),
    ("AWS::ElastiCache::SubnetGroup", "CacheSubnetGroupName", 255, _PLAIN),
    ("AWS::CloudFront::OriginAccessControl", "OriginAccessControlConfig.Name", 64, r".*"),
    ("AWS::CloudFront::CachePolicy", "CachePolicyConfig.Name", 128, _WORDS),
    ("AWS::CloudFront::OriginRequestPolicy", "OriginRequestPolicyConfig.Name", 128, _WORDS),
    ("AWS::CloudFront::Function", "Name", 64, _WORDS),
    ("AWS::CloudWatch::Alarm", "AlarmName", 255, r".*"),
    ("AWS::CloudWatch::Dashboard", "DashboardName", 255, _WORDS),
    ("AWS::Config::ConfigRule", "ConfigRuleName", 128, r".*\S.*|"),
    ("AWS::AutoScaling::AutoScalingGroup", "AutoScalingGroupName", 255, r"[^:]*"),
    ("AWS::EC2::LaunchTemplate", "LaunchTemplateName", 128, r"[A-Za-z0-9().\-/_]*"),
    ("AWS::EC2::KeyPair", "KeyName", 255, r".*"),
    ("AWS::Backup::BackupPlan", "BackupPlan.BackupPlanName", 50, r".*"),
    ("AWS::ECR::Repository", "RepositoryName", 256, r"[a-z0-9._/-]*"),
    ("AWS::Cognito::UserPool", "UserPoolName", 128, r"[\w\s+=,.@-]*"),
    ("AWS::CodeBuild::Project", "Name", 255, _WORDS),
    ("AWS::CodePipeline::Pipeline", "Name", 100, r"[A-Za-z0-9.@_-]*"),
    ("AWS::Events::EventBus", "Name", 256, r"[A-Za-z0-9/._-]*"),
    ("AWS::WAFv2::WebACL", "Name", 128, _WORDS),
    ("AWS::EKS::Cluster", "Name", 100, _WORDS),
)


@BOOK.nest_rule(
    "SC-NAME-001",
    Severity.REFUSED,
    "A name is not longer than its service takes",
    why="A name that is put together of prefixes, environments and account numbers outgrows the limit silently: load "
    "balancers and target groups take 32 characters, roles and functions 64.",
    remedy="Shorten the parts, or leave the name to CloudFormation.",
    source=_QUOTAS,
)
def too_long(view: View) -> Hits:
    for kind, path, most, _ in _NAMES:
        for item in view.of(kind):
            node = item.at(*path.split("."))
            length = least_length(node.value) if node.pieces else 0
            if length > most:
                yield node.hit(f"{node.shown} has at least {length} characters; {most} are allowed.")


@BOOK.nest_rule(
    "SC-NAME-002",
    Severity.REFUSED,
    "A name holds only characters that its service takes",
    why="Behind a Sub or a Join a wrong character goes unseen until the service sees it.",
    remedy="Use letters, digits and hyphens.",
    source=_QUOTAS,
)
def wrong_character(view: View) -> Hits:
    for kind, path, _, alphabet in _NAMES:
        for item in view.of(kind):
            node = item.at(*path.split("."))
            pieces = [piece for piece in node.pieces if piece and "${" not in piece]
            if kind == "AWS::SQS::Queue" or kind == "AWS::SNS::Topic":
                continue  # their own rules know .fifo
            if any(not re.fullmatch(alphabet, piece, re.ASCII) for piece in pieces):
                yield node.hit(
                    f"{node.shown} holds a character that {kind} refuses in {path.rsplit('.', 1)[-1]}."
                )


@BOOK.nest_rule(
    "SC-NAME-003",
    Severity.REFUSED,
    "A physical name is used once in a nest",
    why="The second resource answers that the name exists already, twenty minutes into the deployment.",
    remedy="Rename one of the two, or leave a name to CloudFormation.",
    source=_QUOTAS,
)
def name_twice(view: View) -> Hits:
    names = {kind: prop for kind, (prop, _, _) in NAMED.items() if prop}
    names.update({kind: path for kind, path, _, _ in _NAMES})
    for kind, path in names.items():
        seen: dict[tuple[str, str], Item] = {}
        for item in (
            view.of(kind) if kind != "AWS::ECS::TaskDefinition" and kind != "AWS::ApiGateway::RestApi" else ()
        ):
            node = item.at(*path.split("."))
            if not node.pieces or not _comparable(node.value) or item.resource.condition is not None:
                continue
            scope = item.tree if node.text is not None else item.resource.stack
            bus = item["EventBusName"].shown if kind == "AWS::Events::Rule" else ""
            other = seen.setdefault((scope, f"{text_of(node.value)} {bus}"), item)
            if other is not item:
                yield node.hit(f"{other.path} is called {node.shown} too.")


def _comparable(value: Value) -> bool:
    """Whether two values with the same text certainly are the same name."""
    if isinstance(value, Unknown):
        return bool(value.parts) and not any(isinstance(part, Reference) for part in value.parts)
    return isinstance(value, str) and value != ""


@BOOK.rule(
    "SC-NAME-004",
    Severity.REFUSED,
    "A load balancer's or target group's name neither begins nor ends in a hyphen, nor begins with internal-",
    "AWS::ElasticLoadBalancingV2::LoadBalancer",
    "AWS::ElasticLoadBalancingV2::TargetGroup",
    why="Elastic Load Balancing refuses such names.",
    remedy="Rename it.",
    source="https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html",
)
def balancer_name(item: Item) -> Hits:
    node = item["Name"]
    first, last = (node.pieces[0] or "", node.pieces[-1] or "") if node.pieces else ("", "")
    if first.startswith(("-", "internal-")) or last.endswith("-"):
        yield node.hit(f"{node.shown} is no name for Elastic Load Balancing.")


@BOOK.rule(
    "SC-NAME-005",
    Severity.REFUSED,
    "A database identifier has single hyphens, and none at its end",
    "AWS::RDS::DBInstance",
    "AWS::RDS::DBCluster",
    "AWS::RDS::DBParameterGroup",
    why="Also behind a Sub: RDS takes a letter first, no two hyphens in a row, none at the end.",
    remedy="Rename it.",
    source="https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html",
)
def database_name(item: Item) -> Hits:
    keys = ("DBInstanceIdentifier", "DBClusterIdentifier", "DBParameterGroupName")
    for node in (item[key] for key in keys):
        whole = "".join(piece or "x" for piece in node.pieces)
        if whole and (not re.match(r"[A-Za-z]", whole) or whole.endswith("-") or "--" in whole):
            yield node.hit(f"{node.shown} is no identifier for RDS.")


@BOOK.rule(
    "SC-NAME-006",
    Severity.REFUSED,
    "A group is not called default",
    "AWS::RDS::DBSubnetGroup",
    "AWS::RDS::DBParameterGroup",
    "AWS::ElastiCache::SubnetGroup",
    why="RDS and ElastiCache keep the name default, and names that begin with default., for themselves.",
    remedy="Rename it.",
    source="https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBSubnetGroup.html",
)
def called_default(item: Item) -> Hits:
    for key in ("DBSubnetGroupName", "DBParameterGroupName", "CacheSubnetGroupName"):
        if (item[key].text or "").lower() == "default" or (item[key].text or "").startswith("default."):
            yield item[key].hit(f"{item[key].text} is kept for the service.")


@BOOK.nest_rule(
    "SC-NAME-007",
    Severity.REFUSED,
    "A tag does not begin with aws:, has a key once, and is not too long",
    why="Keys that begin with aws: are kept for AWS; a key has 128 characters at most, a value 256.",
    remedy="Rename the key, or shorten the value.",
    source="https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html",
)
def tags(view: View) -> Hits:
    for item in view.items.values():
        if not item.type.startswith("AWS::") or item.type == "AWS::AutoScaling::AutoScalingGroup":
            continue
        node = item["Tags"]
        for tag in node.each() if isinstance(node.value, list) else ():
            key, value = tag["Key"], tag["Value"]
            if (key.text or "").lower().startswith("aws:"):
                yield key.hit(f"{key.text} begins with aws:.")
            elif least_length(key.value) > 128 or (value.pieces and least_length(value.value) > 256):
                yield tag.hit("The tag is too long.")
