"""Bucket policies that S3 refuses, or that shut everybody out."""

from __future__ import annotations

from showcore_cfn.check.rules import names
from showcore_cfn.check.rules.rule import Hits, Rulebook, Severity, View
from showcore_cfn.check.rules.s3 import BUCKET
from showcore_cfn.check.rules.statements import Document, documents, statements
from showcore_cfn.check.rules.tables import iam_actions
from showcore_cfn.check.rules.view import Node
from showcore_cfn.review.values import Unknown

BOOK = Rulebook("s3_policies")
POLICY = "AWS::S3::BucketPolicy"
_UG = "https://docs.aws.amazon.com/AmazonS3/latest/userguide"


def _bucket_policies(view: View) -> list[Document]:
    return [document for document in documents(view) if document.item.type == POLICY]


def _is_objects(node: Node) -> bool | None:
    """Whether a resource is a bucket's objects, the bucket itself, or nobody knows."""
    arn = names.arn(node.value)
    if node.reference is not None and node.reference.attribute == "Arn":
        return False
    if isinstance(node.value, Unknown) and node.value.parts and arn is None:
        return "/" in "".join(part for part in node.value.parts if isinstance(part, str))
    if arn is None or arn.service != "s3" or arn.resource == "*":
        return None
    return "/" in names.without_placeholders(arn.resource) or arn.resource.endswith("*")


@BOOK.nest_rule(
    "SC-S3-041",
    Severity.REFUSED,
    "A statement of a bucket policy names a resource that its actions work on",
    why="S3 answers: action does not apply to any resource(s) in statement. ListBucket and GetBucketAcl work on the "
    "bucket, GetObject and PutObject on bucket/*.",
    remedy="Add the bucket's ARN, or the ARN with /*.",
    source=f"{_UG}/security_iam_service-with-iam.html",
)
def action_and_resource(view: View) -> Hits:
    known = iam_actions("s3") or {}
    for document in _bucket_policies(view):
        for statement in statements(document):
            kinds = {_is_objects(node) for node in statement.node["Resource"].each()}
            if None in kinds or not kinds or statement.open:
                continue
            for node in statement.node["Action"].each():
                forms = known.get((node.text or "").lower().removeprefix("s3:"))
                if forms is None or not forms or "*" in (node.text or ""):
                    continue
                objects = any(form.startswith("s3:::") and "/" in form for form in forms)
                if kinds == {not objects}:
                    where = "bucket/*" if objects else "the bucket itself"
                    yield node.hit(f"{node.text} works on {where}, which the statement does not name.")


@BOOK.nest_rule(
    "SC-S3-042",
    Severity.REFUSED,
    "A statement of a bucket policy speaks of its own bucket",
    why="S3 answers: policy has invalid resource.",
    remedy="Name the ARN of the bucket that the policy is put on.",
    source=f"{_UG}/bucket-policies.html",
)
def foreign_bucket(view: View) -> Hits:
    for document in _bucket_policies(view):
        own = document.item["Bucket"].target(BUCKET)
        for statement in statements(document) if own is not None else ():
            for node in statement.node["Resource"].each():
                named = node.target(BUCKET)
                if named is not None and named is not own:
                    yield node.hit(f"{named.id} is not the bucket of this policy.")


@BOOK.nest_rule(
    "SC-S3-043",
    Severity.REFUSED,
    "A bucket that blocks public policies has none",
    why="With BlockPublicPolicy, the default since 2023, S3 denies a policy that lets everybody in.",
    remedy="Let CloudFront in instead of everybody, or set BlockPublicPolicy to false.",
    source=f"{_UG}/access-control-block-public-access.html",
)
def public_policy(view: View) -> Hits:
    for document in _bucket_policies(view):
        bucket = document.item["Bucket"].target(BUCKET)
        block = bucket["PublicAccessBlockConfiguration"] if bucket is not None else None
        if bucket is None or block is None or not (block.absent or block["BlockPublicPolicy"].flag):
            continue
        for statement in statements(document):
            if statement.effect == "Allow" and statement.everyone and statement.node["Condition"].absent:
                yield statement.node["Principal"].hit(
                    f"{bucket.id} blocks public policies, and this one is public."
                )


@BOOK.nest_rule(
    "SC-S3-044",
    Severity.DEAD,
    "A bucket policy does not shut everybody out",
    why="Deny to everybody on a condition that no request of the account meets denies the account too; only its root "
    "user can then remove the policy.",
    remedy="Exclude the roles that administer the bucket.",
    source=f"{_UG}/example-bucket-policies.html",
)
def lock_out(view: View) -> Hits:
    for document in _bucket_policies(view):
        for statement in statements(document):
            conditions = dict(statement.node["Condition"].entries())
            secure = conditions.get("Bool")
            flag = secure["aws:SecureTransport"].flag if secure is not None else None
            denies = statement.effect == "Deny" and statement.everyone and len(conditions) == 1
            if denies and secure is not None and len(secure.entries()) == 1 and flag:
                yield secure.hit(
                    "The statement denies every request over TLS: SecureTransport must be false here."
                )


@BOOK.nest_rule(
    "SC-S3-045",
    Severity.DEAD,
    "A bucket has one policy resource",
    why="Each AWS::S3::BucketPolicy replaces the bucket's whole policy, across stacks too.",
    remedy="Put all statements into one policy.",
    source="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-s3-bucketpolicy.html",
)
def two_policies(view: View) -> Hits:
    seen: dict[str, str] = {}
    for policy in view.of(POLICY):
        bucket = policy["Bucket"].target(BUCKET)
        if bucket is not None and bucket.path in seen:
            yield policy.hit(f"{bucket.id} already has the policy {seen[bucket.path]}.")
        elif bucket is not None:
            seen[bucket.path] = policy.id


@BOOK.nest_rule(
    "SC-S3-046",
    Severity.DEAD,
    "A statement on a bucket's objects names the objects",
    why="A Deny without TLS on the bucket's ARN alone leaves the objects out, and the other way round.",
    remedy="Name both the bucket and bucket/*.",
    source=f"{_UG}/example-bucket-policies.html#example-bucket-policies-HTTP-HTTPS",
)
def half_of_the_bucket(view: View) -> Hits:
    for document in _bucket_policies(view):
        for statement in statements(document):
            kinds = {_is_objects(node) for node in statement.node["Resource"].each()}
            whole = statement.effect == "Deny" and ("s3:*" in statement.actions or "*" in statement.actions)
            secure = statement.node["Condition"]["Bool"]["aws:SecureTransport"].flag is False
            if whole and secure and None not in kinds and kinds == {False}:
                yield statement.node["Resource"].hit("The objects, bucket/*, are left out.")
