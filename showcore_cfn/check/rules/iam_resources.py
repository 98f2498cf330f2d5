"""Actions and resources of a statement that do not fit each other, and ARNs that name nothing."""

from __future__ import annotations

import re
from functools import cache

from showcore_cfn.check.rules import names
from showcore_cfn.check.rules.rule import Hits, Rulebook, Severity, View, words
from showcore_cfn.check.rules.statements import IDENTITY, RESOURCE, Statement, documents, statements
from showcore_cfn.check.rules.tables import iam_actions
from showcore_cfn.check.rules.view import Node
from showcore_cfn.review.values import Reference, Unknown

BOOK = Rulebook("iam_resources")
_REFERENCE = (
    "https://docs.aws.amazon.com/service-authorization/latest/reference/"
    "reference_policies_actions-resources-contextkeys.html"
)
_ELEMENT = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html"


# Actions that certainly work on * alone; of others the reference leaves resources out that work all the same.
_EVERYTHING_ONLY = re.compile(
    r"ec2:describe|s3:listallmybuckets|sts:getcalleridentity|ecr:getauthorizationtoken|cloudwatch:(put|get|list)metric|"
    r"xray:put|ce:|tag:|iam:list(roles|users|policies)|kms:list(keys|aliases)|sqs:listqueues|sns:listtopics",
    re.IGNORECASE,
)


@BOOK.nest_rule(
    "SC-IAM-021",
    Severity.DEAD,
    "An action is allowed on a resource that it works on",
    why="s3:ListBucket works on a bucket and s3:GetObject on objects; logs:PutLogEvents on log streams; describe and "
    "list actions mostly on * alone. On any other resource the statement allows nothing.",
    remedy="Name the resource of the action's own kind, or * where it has none.",
    source=_REFERENCE,
)
def action_on_resource(view: View) -> Hits:
    granted: dict[str, list[Statement]] = {}
    for document in documents(view):
        granted.setdefault(document.item.path, []).extend(statements(document))
    for document in documents(view):
        others = granted[document.item.path]
        for statement in statements(document) if document.kind == IDENTITY else ():
            forms = _resources(statement)
            if forms is None or statement.effect != "Allow" or statement.open:
                continue
            for node in statement.node["Action"].each():
                service, _, action = (node.text or "").partition(":")
                known = iam_actions(service.lower())
                wanted = known.get(action.lower()) if known is not None else None
                if wanted is None or any(
                    _meet(form, own) for form in forms for own in wanted or ("*",) if own != "*"
                ):
                    continue
                if "*" in wanted or (not wanted and not _EVERYTHING_ONLY.match(node.text or "")):
                    continue
                if any(
                    other is not statement and _allows_there(other, node.text or "", wanted)
                    for other in others
                ):
                    continue
                kinds = " or ".join(sorted({_shown(own) for own in wanted})) or "* alone"
                yield node.hit(f"{node.text} works on {kinds}; the statement allows it nowhere.")


def _allows_there(statement: Statement, action: str, wanted: tuple[str, ...]) -> bool:
    """Whether another statement of the same role allows the action where it works."""
    forms = _resources(statement)
    here = forms is None or any(_meet(form, own) for form in forms for own in wanted)
    return statement.effect == "Allow" and here and statement.covers(action)


def _resources(statement: Statement) -> list[str] | None:
    """The resources of a statement as patterns without partition; None where one is not known or is `*`."""
    found = [_form(node) for node in statement.node["Resource"].each()]
    return None if not found or None in found or "*:*:*:*" in found else [form for form in found if form]


def _form(node: Node) -> str | None:
    """A resource as `service:region:account:resource`, what is not known as `*`."""
    arn = names.arn(node.value)
    if arn is not None:
        return re.sub(r"\$\{[^}]*\}", "*", f"{arn.service}:{arn.region}:{arn.account}:{arn.resource}")
    first = node.value.parts[0] if isinstance(node.value, Unknown) and node.value.parts else node.value
    item = node.item.view.items.get(first.path) if isinstance(first, Reference) else None
    if item is None or item.type not in names.NAMED or not isinstance(first, Reference):
        return None
    if first.attribute != "Arn" and (first.attribute or item.type) != "AWS::SNS::Topic":
        return None
    _, service, form = names.NAMED[item.type]
    rest = "".join(piece or "*" for piece in node.pieces[1:])
    ending = ":*" if item.type == "AWS::Logs::LogGroup" else ""
    return f"{service}:*:*:{form.format('*')}{ending}{rest}" if service != "s3" else f"s3:::BUCKET{rest}"


def _shown(form: str) -> str:
    return "arn:aws:" + form.replace("R:", "<region>:").replace("A:", "<account>:")


@cache
def _meet(pattern: str, form: str) -> bool:
    """Whether some ARN fits both a statement's resource and the form of an action's resource."""
    left, right = pattern.split(":", 3), form.split(":", 3)
    if len(left) < 4 or len(right) < 4:
        return True
    if right[:2] == ["s3", ""] and right[3] == "*" and "/" in left[3]:
        return False  # a bucket has no slash in its name
    if right[:2] == ["s3", ""] and right[3] == "*/*" and "/" not in left[3] and "*" not in left[3]:
        return False
    service = _overlap(left[0], right[0])
    region = right[1] == "R" or _overlap(left[1], right[1])
    return service and region and _overlap(left[3], right[3])


@cache
def _overlap(left: str, right: str) -> bool:
    """Whether some text fits both of two patterns with `*` and `?`."""
    if not left or not right:
        return not (left.strip("*") or right.strip("*"))
    if left[0] == "*":
        return _overlap(left[1:], right) or _overlap(left, right[1:])
    if right[0] == "*":
        return _overlap(left, right[1:]) or _overlap(left[1:], right)
    return (left[0] == right[0] or "?" in (left[0], right[0])) and _overlap(left[1:], right[1:])


_NO_REGION = words("s3 iam cloudfront route53 organizations budgets ce waf globalaccelerator sts")
_REGIONAL = words(
    "sqs sns lambda dynamodb rds logs kinesis firehose states secretsmanager ssm kms ecs ecr elasticache events "
    "cloudtrail backup codebuild elasticloadbalancing autoscaling glue athena"
)


@BOOK.nest_rule(
    "SC-IAM-022",
    Severity.DEAD,
    "An ARN names region and account where its service does, and only there",
    why="Buckets, roles and distributions have no region in their ARN and buckets no account; queues, topics, "
    "functions and tables have both. Any other ARN matches nothing.",
    remedy="Write arn:aws:s3:::bucket, arn:aws:iam::<account>:role/x, arn:aws:sqs:<region>:<account>:queue.",
    source="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html",
)
def arn_form(view: View) -> Hits:
    for document in documents(view):
        for statement in statements(document):
            for node in statement.node["Resource"].each():
                arn = names.arn(node.value)
                if arn is None or arn.resource == "*":
                    continue
                if arn.service in _NO_REGION and re.fullmatch(r"[a-z]{2}-[a-z]+-\d", arn.region):
                    if not re.match(r"accesspoint|access-grants|storage-lens|job/", arn.resource):
                        yield node.hit(f"{node.shown} names a region, which {arn.service} has none of.")
                elif (
                    arn.service == "s3"
                    and re.fullmatch(r"\d{12}|\$\{AWS::AccountId\}", arn.account)
                    and not arn.region
                ):
                    yield node.hit(f"{node.shown} names an account, which bucket ARNs do not.")
                elif arn.service in _REGIONAL and not arn.region:
                    yield node.hit(f"{node.shown} names no region.")
                elif arn.service in _REGIONAL and not arn.account:
                    yield node.hit(f"{node.shown} names no account.")


_REF_IS_NO_ARN = words(
    "AWS::S3::Bucket AWS::SQS::Queue AWS::DynamoDB::Table AWS::Lambda::Function AWS::Logs::LogGroup "
    "AWS::Kinesis::Stream AWS::KinesisFirehose::DeliveryStream AWS::KMS::Key AWS::RDS::DBInstance AWS::IAM::Role "
    "AWS::EFS::FileSystem AWS::ECR::Repository AWS::Events::Rule AWS::SSM::Parameter AWS::ECS::Cluster"
)


@BOOK.nest_rule(
    "SC-IAM-023",
    Severity.REFUSED,
    "A statement's resource is an ARN",
    why="Ref of a bucket, table or function is its name, of a queue its URL; IAM wants an ARN or *.",
    remedy="Use !GetAtt X.Arn; for a bucket's objects !Sub ${Bucket.Arn}/*.",
    source=_ELEMENT,
)
def resource_by_name(view: View) -> Hits:
    for document in documents(view):
        for statement in statements(document):
            for node in statement.node["Resource"].each():
                item = node.item.view.items.get(node.reference.path) if node.reference else None
                plain = item is not None and node.reference is not None and node.reference.attribute is None
                if item is not None and plain and item.type in _REF_IS_NO_ARN:
                    yield node.hit(f"Ref of {item.id} is no ARN.")


@BOOK.nest_rule(
    "SC-IAM-024",
    Severity.DEAD,
    "The ARN of a secret ends in six characters or a wildcard",
    why="Secrets Manager appends a hyphen and six random characters to the name in the ARN.",
    remedy="End the ARN with -??????, or refer to the secret.",
    source="https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_iam-policies.html",
)
def secret_suffix(view: View) -> Hits:
    for document in documents(view):
        for statement in statements(document):
            for node in statement.node["Resource"].each():
                arn = names.arn(node.value)
                if arn is None or arn.service != "secretsmanager" or node.pieces[-1] is None:
                    continue
                if arn.resource.startswith("secret:") and not re.search(
                    r"[*?]$|-[A-Za-z0-9]{6}$", arn.resource
                ):
                    yield node.hit(f"{node.shown} lacks the six characters that end a secret's ARN.")


@BOOK.nest_rule(
    "SC-IAM-025",
    Severity.DEAD,
    "The ARN of a parameter has one slash after parameter",
    why="arn:...:parameter/showcore/db is the ARN of /showcore/db: the name's own slash is the only one.",
    remedy="Write parameter${Name} where the name starts with a slash.",
    source="https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-access.html",
)
def parameter_slashes(view: View) -> Hits:
    for document in documents(view):
        for statement in statements(document):
            for node in statement.node["Resource"].each():
                arn = names.arn(node.value)
                if arn is not None and arn.service == "ssm" and arn.resource.startswith("parameter//"):
                    yield node.hit(f"{node.shown} has two slashes.")


@BOOK.nest_rule(
    "SC-IAM-026",
    Severity.DEAD,
    "A key is allowed by its own ARN",
    why="IAM does not follow an alias: a statement on alias/x allows no encryption or decryption.",
    remedy="Name the key's ARN, or condition on kms:RequestAlias.",
    source="https://docs.aws.amazon.com/kms/latest/developerguide/cmks-in-iam-policies.html",
)
def key_by_alias(view: View) -> Hits:
    for document in documents(view):
        for statement in statements(document):
            uses = [
                a
                for a in statement.actions
                if re.match(r"kms:(encrypt|decrypt|generate|reencrypt|describekey)", a)
            ]
            resources = [names.arn(node.value) for node in statement.node["Resource"].each()]
            if (
                uses
                and resources
                and all(a is not None and a.resource.startswith("alias/") for a in resources)
            ):
                yield statement.node["Resource"].hit(f"{uses[0]} works on keys, not on aliases.")


@BOOK.nest_rule(
    "SC-IAM-027",
    Severity.REFUSED,
    "A policy on a resource speaks of actions of its service",
    why="A bucket policy takes s3 actions, a topic policy sns, a queue policy sqs, a key policy kms.",
    remedy="Move the other actions into the policy of a role.",
    source=_ELEMENT,
)
def foreign_action(view: View) -> Hits:
    services = {
        "AWS::S3::BucketPolicy": "s3", "AWS::SNS::TopicPolicy": "sns", "AWS::SQS::QueuePolicy": "sqs",
        "AWS::KMS::Key": "kms",
    }  # fmt: skip
    for document in documents(view):
        own = services.get(document.item.type)
        for statement in statements(document) if own and document.kind == RESOURCE else ():
            for node in statement.node["Action"].each():
                text = (node.text or "").lower()
                if ":" in text and not text.startswith((f"{own}:", "*", "s3express:", "s3-object-lambda:")):
                    yield node.hit(f"{node.text} is no action of {own}.")
