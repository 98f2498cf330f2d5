"""Buckets: tasks 4.4, 8.1 and 8.2."""

from __future__ import annotations

from showcore_cfn.check.policy.ask import REFERENCE, conditions, differs, hidden, lacks, said, statements
from showcore_cfn.check.rules.rule import Hits, Item, Rulebook, Severity, View
from showcore_cfn.check.rules.view import Node

BOOK = Rulebook("storage")
_BUCKET = "AWS::S3::Bucket"
_POLICY = "AWS::S3::BucketPolicy"
_BUCKET_PAGE = f"{REFERENCE}/aws-resource-s3-bucket.html"
_PUBLIC_ACCESS_PAGE = (
    "https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html"
)
_BLOCKS = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
_PUBLIC_ACLS = ("publicread", "publicreadwrite", "authenticatedread")
# Keys that limit `Principal: "*"` to callers one knows; S3 itself counts a policy with one as not public.
_LIMITING = frozenset(
    {
        *("aws:sourcearn", "aws:sourceaccount", "aws:sourceowner", "aws:sourceorgid", "aws:sourceorgpaths"),
        *("aws:principalarn", "aws:principalaccount", "aws:principalorgid", "aws:principalorgpaths"),
        *(
            "aws:sourcevpc",
            "aws:sourcevpce",
            "aws:sourceip",
            "aws:userid",
            "aws:calledvia",
            "aws:viaawsservice",
        ),
        *("s3:dataaccesspointarn", "s3:dataaccesspointaccount"),
    }
)


@BOOK.rule(
    "PLAN-8.1-VERSIONING",
    Severity.RISK,
    "Buckets keep old versions",
    _BUCKET,
    why="The plan, 4.4, 8.1 and 8.2: versioning enabled. Without it what is overwritten is gone.",
    remedy="Set VersioningConfiguration.Status to Enabled.",
    source="https://docs.aws.amazon.com/AmazonS3/latest/userguide/Versioning.html",
)
def bucket_is_versioned(item: Item) -> Hits:
    status = item.at("VersioningConfiguration", "Status")
    if lacks(status, "Enabled"):
        yield status.hit(f"versioning {said(status)}")


@BOOK.rule(
    "PLAN-8.1-SSE-S3",
    Severity.COST,
    "Buckets are encrypted with the keys of S3",
    _BUCKET,
    why="The plan, 8.1, 8.2 and 12.1: SSE-S3, not KMS, which costs for every request.",
    remedy="Set SSEAlgorithm to AES256 in BucketEncryption.",
    source="https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingServerSideEncryption.html",
)
def bucket_uses_sse_s3(item: Item) -> Hits:
    rules = item.at("BucketEncryption", "ServerSideEncryptionConfiguration")
    if rules.absent:
        yield rules.hit("the bucket does not say how it is encrypted")
    for rule in rules.each():
        algorithm = rule.at("ServerSideEncryptionByDefault", "SSEAlgorithm")
        if differs(algorithm, "AES256"):
            yield algorithm.hit(f"encrypted with {algorithm.shown} instead of AES256")


@BOOK.rule(
    "PLAN-8.1-NO-PUBLIC-BUCKET",
    Severity.RISK,
    "No bucket can be made public",
    _BUCKET,
    why="The plan, 8.1, 8.2 and 9.3: no public access. All four blocks hold, whatever a policy or an ACL says.",
    remedy="Set the four blocks of PublicAccessBlockConfiguration to true and leave AccessControl out.",
    source=_PUBLIC_ACCESS_PAGE,
)
def bucket_is_not_public(item: Item) -> Hits:
    for name in _BLOCKS:
        block = item.at("PublicAccessBlockConfiguration", name)
        if lacks(block, "true"):
            yield block.hit(f"{name} {said(block)}")
    if (item["AccessControl"].text or "").lower() in _PUBLIC_ACLS:
        yield item["AccessControl"].hit(f"the canned ACL {item['AccessControl'].text} is public")


@BOOK.rule(
    "PLAN-8.1-NO-PUBLIC-POLICY",
    Severity.RISK,
    "No bucket policy allows everybody",
    _POLICY,
    why="The plan, 8.1 and 9.3: nobody reads the buckets but CloudFront and IAM.",
    remedy="Name the principal, or limit the statement with aws:SourceArn, aws:SourceAccount or the like.",
    source=_PUBLIC_ACCESS_PAGE,
)
def bucket_policy_is_not_public(item: Item) -> Hits:
    for statement in statements(item["PolicyDocument"]):
        if statement["Effect"].text == "Allow" and not _limited(statement["Condition"]):
            everybody = _everybody(statement)
            if everybody is not None:
                yield everybody.hit("a bucket policy that allows everybody")


@BOOK.nest_rule(
    "PLAN-15.2-BUCKET-TLS",
    Severity.RISK,
    "Buckets refuse requests without TLS",
    why="The plan, 15.2: encryption in transit is enforced. S3 answers plain HTTP unless a policy denies it.",
    remedy="Deny s3:* to everybody where aws:SecureTransport is false, on the bucket and on its objects.",
    source="https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html",
)
def buckets_refuse_plain_http(view: View) -> Hits:
    policies = [(item, item["Bucket"].target(_BUCKET)) for item in view.of(_POLICY)]
    for item, _ in policies:
        if not any(_may_deny_plain_http(s) for s in statements(item["PolicyDocument"])):
            yield item["PolicyDocument"].hit("the policy does not deny requests without TLS")
    if all(bucket is not None or item["Bucket"].known for item, bucket in policies):
        covered = {bucket.path for _, bucket in policies if bucket is not None}
        for bucket in view.of(_BUCKET):
            if bucket.path not in covered:
                yield bucket.hit("the bucket has no policy that denies requests without TLS", "Type")


def _everybody(statement: Node) -> Node | None:
    """The principal of a statement where it is everybody."""
    if statement["NotPrincipal"].known:
        return statement["NotPrincipal"]
    principal = statement["Principal"]
    named = [principal, *principal["AWS"].each()] if isinstance(principal.value, dict) else [principal]
    return next((node for node in named if node.text == "*"), None)


def _limited(condition: Node) -> bool:
    """Whether a condition limits who may call; one that is not known is given the benefit of the doubt."""
    keys = (str(value.path[-1]).lower() for value in conditions(condition))
    return hidden(condition) or any(key in _LIMITING for key in keys)


def _may_deny_plain_http(statement: Node) -> bool:
    """Whether a statement denies everybody everything without TLS, or may do so for all that is known."""
    everybody = _everybody(statement) is not None or not statement["Principal"].known
    actions, condition = statement["Action"], statement["Condition"]
    return (
        not lacks(statement["Effect"], "Deny")
        and everybody
        and (not actions.known or any(action in ("*", "s3:*") for action in actions.texts()))
        and (hidden(condition) or any(_is_without_tls(value) for value in conditions(condition)))
    )


def _is_without_tls(value: Node) -> bool:
    operator, key = str(value.path[-2]).lower(), str(value.path[-1]).lower()
    return operator.startswith("bool") and key == "aws:securetransport" and not differs(value, "false")
