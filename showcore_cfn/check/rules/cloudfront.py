"""What CloudFront refuses of a distribution: certificates, aliases, origins, and origins that answer 403."""

from __future__ import annotations

import re

from showcore_cfn.check.rules import names
from showcore_cfn.check.rules.paths import repeated
from showcore_cfn.check.rules.rule import Hits, Item, Rulebook, Severity, View
from showcore_cfn.check.rules.s3 import BUCKET
from showcore_cfn.check.rules.statements import open_document, statements
from showcore_cfn.check.rules.view import Node
from showcore_cfn.check.rules.wiring import fits_source, policies_of

BOOK = Rulebook("cloudfront")
DISTRIBUTION = "AWS::CloudFront::Distribution"
ACCESS_CONTROL = "AWS::CloudFront::OriginAccessControl"
CERTIFICATE = "AWS::CertificateManager::Certificate"
_DG = "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide"
_API = "https://docs.aws.amazon.com/cloudfront/latest/APIReference"


def config(distribution: Item) -> Node:
    """The configuration of a distribution."""
    return distribution["DistributionConfig"]


def behaviours(distribution: Item) -> tuple[Node, ...]:
    """The default behaviour and the others."""
    node = config(distribution)
    default = (node["DefaultCacheBehavior"],) if node["DefaultCacheBehavior"].given else ()
    return (*default, *node["CacheBehaviors"].each())


@BOOK.rule(
    "SC-CF-001",
    Severity.DEAD,
    "A minimum TLS version stands beside a certificate of your own",
    DISTRIBUTION,
    why="With the CloudFront certificate CloudFront sets the security policy to TLSv1, whatever is asked for.",
    remedy="Give an alias and an ACM certificate, or take MinimumProtocolVersion away.",
    source=f"{_API}/API_ViewerCertificate.html",
)
def default_certificate(distribution: Item) -> Hits:
    node = config(distribution)["ViewerCertificate"]
    own = node["AcmCertificateArn"].given or node["IamCertificateId"].given
    version = node["MinimumProtocolVersion"]
    if (
        version.text not in (None, "TLSv1")
        and not own
        and node["CloudFrontDefaultCertificate"].flag is not False
    ):
        yield version.hit(f"{version.text} has no effect with the certificate of CloudFront.")


@BOOK.rule(
    "SC-CF-002",
    Severity.REFUSED,
    "The certificate of a distribution stands in us-east-1",
    DISTRIBUTION,
    why="CloudFront takes ACM certificates of us-east-1 only.",
    remedy="Request the certificate in us-east-1.",
    source=f"{_DG}/cnames-and-https-requirements.html",
)
def certificate_region(distribution: Item) -> Hits:
    node = config(distribution)["ViewerCertificate"]["AcmCertificateArn"]
    arn = names.arn(node.value)
    elsewhere = arn is not None and re.fullmatch(r"(?!us-east-1)[a-z]{2}(-[a-z]+)+-\d", arn.region)
    if arn is not None and arn.service == "acm" and elsewhere:
        yield node.hit(f"The certificate stands in {arn.region}.")


@BOOK.rule(
    "SC-CF-003",
    Severity.REFUSED,
    "Aliases come with a certificate",
    DISTRIBUTION,
    why="CloudFront refuses alternate domain names without a certificate that covers them.",
    remedy="Give AcmCertificateArn and SslSupportMethod, or take Aliases away.",
    source=f"{_DG}/CNAMEs.html#alternate-domain-names-requirements",
)
def aliases_without_certificate(distribution: Item) -> Hits:
    node, certificate = config(distribution)["Aliases"], config(distribution)["ViewerCertificate"]
    own = certificate["AcmCertificateArn"].given or certificate["IamCertificateId"].given
    if node.each() and (certificate.absent or not own):
        yield node.hit("Aliases need a certificate of your own.")


@BOOK.rule(
    "SC-CF-004",
    Severity.REFUSED,
    "A certificate of your own says how it is served",
    DISTRIBUTION,
    why="SslSupportMethod is required with AcmCertificateArn and IamCertificateId.",
    remedy="Set SslSupportMethod: sni-only and MinimumProtocolVersion: TLSv1.2_2021.",
    source=f"{_API}/API_ViewerCertificate.html",
)
def support_method(distribution: Item) -> Hits:
    node = config(distribution)["ViewerCertificate"]
    if (node["AcmCertificateArn"].given or node["IamCertificateId"].given) and node[
        "SslSupportMethod"
    ].absent:
        yield node.hit("SslSupportMethod is missing.")


@BOOK.rule(
    "SC-CF-005",
    Severity.REFUSED,
    "The certificate covers the aliases",
    DISTRIBUTION,
    why="CloudFront compares each alias with the domain names of the certificate.",
    remedy="Add the name to SubjectAlternativeNames.",
    source=f"{_DG}/CNAMEs.html#alternate-domain-names-requirements",
)
def alias_not_covered(distribution: Item) -> Hits:
    certificate = config(distribution)["ViewerCertificate"]["AcmCertificateArn"].target(CERTIFICATE)
    nodes = [certificate["DomainName"], *certificate["SubjectAlternativeNames"].each()] if certificate else []
    covered = [node.text for node in nodes]
    if not covered or None in covered:
        return
    for node in config(distribution)["Aliases"].each():
        if node.text is not None and not any(_covers(str(name), node.text) for name in covered):
            yield node.hit(f"The certificate does not cover {node.text}.")


def _covers(name: str, alias: str) -> bool:
    if name.startswith("*."):
        return alias.partition(".")[2] == name[2:]
    return name.lower() == alias.lower()


@BOOK.rule(
    "SC-CF-006",
    Severity.REFUSED,
    "An origin is reached in one way",
    DISTRIBUTION,
    why="An origin has exactly one of S3OriginConfig, CustomOriginConfig and VpcOriginConfig.",
    remedy='For a bucket S3OriginConfig: {OriginAccessIdentity: ""}, for anything else CustomOriginConfig.',
    source=f"{_API}/API_Origin.html",
)
def origin_kind(distribution: Item) -> Hits:
    for origin in config(distribution)["Origins"].each():
        kinds = [k for k in ("S3OriginConfig", "CustomOriginConfig", "VpcOriginConfig") if origin[k].given]
        if len(kinds) != 1 and isinstance(origin.value, dict):
            yield origin.hit(
                f"The origin has {' and '.join(kinds) or 'none of the three'}; exactly one is needed."
            )


@BOOK.rule(
    "SC-CF-007",
    Severity.REFUSED,
    "An origin is protected by access control or by an identity",
    DISTRIBUTION,
    why="OriginAccessControlId is refused beside an OriginAccessIdentity that is not empty.",
    remedy='Keep OriginAccessControlId and set OriginAccessIdentity to "".',
    source=f"{_DG}/private-content-restricting-access-to-s3.html",
)
def two_protections(distribution: Item) -> Hits:
    for origin in config(distribution)["Origins"].each():
        identity = origin["S3OriginConfig"]["OriginAccessIdentity"]
        if origin["OriginAccessControlId"].given and identity.given and identity.shown != "":
            yield identity.hit("The identity stands beside OriginAccessControlId.")


@BOOK.rule(
    "SC-CF-008",
    Severity.REFUSED,
    "An origin's domain name is a name alone",
    DISTRIBUTION,
    why="A scheme or a path is refused. WebsiteURL of a bucket and Url of a function start with http.",
    remedy="Use RegionalDomainName of a bucket; cut the scheme off with Select and Split.",
    source=f"{_API}/API_Origin.html",
)
def origin_domain(distribution: Item) -> Hits:
    for origin in config(distribution)["Origins"].each():
        node = origin["DomainName"]
        attribute = node.reference.attribute if node.reference else None
        if attribute in ("WebsiteURL", "FunctionUrl") or re.match(r"https?://", node.text or ""):
            yield node.hit(f"{node.shown} is a URL, not a domain name.")
        elif "/" in (node.text or ""):
            yield node.hit(f"{node.text} holds a path; it belongs into OriginPath.")


@BOOK.rule(
    "SC-CF-009",
    Severity.REFUSED,
    "A bucket's website is a custom origin, spoken to over HTTP",
    DISTRIBUTION,
    why="The website endpoint of S3 is a plain web server without TLS: S3OriginConfig and access control do not fit, "
    "and https-only answers 502.",
    remedy="Use the bucket's RegionalDomainName with access control, or CustomOriginConfig with http-only.",
    source=f"{_DG}/DownloadDistS3AndCustomOrigins.html",
)
def website_origin(distribution: Item) -> Hits:
    for origin in config(distribution)["Origins"].each():
        website = re.search(r"\.s3-website[.-]", origin["DomainName"].shown) is not None
        if website and origin["S3OriginConfig"].given:
            yield origin["S3OriginConfig"].hit("A website endpoint is no S3 origin.")
        elif website and origin["CustomOriginConfig"]["OriginProtocolPolicy"].text == "https-only":
            yield origin["CustomOriginConfig"].hit("A website endpoint speaks no HTTPS.")


@BOOK.rule(
    "SC-CF-010",
    Severity.REFUSED,
    "An origin path starts with a slash and does not end with one",
    DISTRIBUTION,
    why="CloudFront refuses other forms.",
    remedy="Write /production, or leave it out.",
    source=f"{_API}/API_Origin.html",
)
def origin_path(distribution: Item) -> Hits:
    for origin in config(distribution)["Origins"].each():
        text = origin["OriginPath"].text
        if text and (not text.startswith("/") or text.endswith("/")):
            yield origin["OriginPath"].hit(f"{text} is no origin path.")


@BOOK.nest_rule(
    "SC-CF-011",
    Severity.DEAD,
    "A bucket lets the distribution read it",
    why="Access control signs the requests; without a bucket policy for cloudfront.amazonaws.com and this "
    "distribution every answer is 403.",
    remedy="Allow s3:GetObject for cloudfront.amazonaws.com with aws:SourceArn the distribution's ARN.",
    source=f"{_DG}/private-content-restricting-access-to-s3.html",
)
def bucket_policy(view: View) -> Hits:
    for distribution in view.of(DISTRIBUTION):
        for origin in config(distribution)["Origins"].each():
            bucket = _bucket_of(origin["DomainName"])
            if bucket is None or origin["OriginAccessControlId"].absent or not view.complete:
                continue
            allowed = False
            for document in policies_of(bucket):
                allowed = allowed or open_document(document)
                for statement in statements(document):
                    lets = statement.names("cloudfront") and statement.covers("s3:GetObject")
                    fits = statement.open or (lets and fits_source(statement, distribution))
                    allowed = allowed or (statement.effect != "Deny" and fits)
            if not allowed:
                yield origin.hit(f"The policy of {bucket.id} does not let this distribution read.")


def _bucket_of(node: Node) -> Item | None:
    """The bucket of the set whose domain name a value is."""
    if node.reference is not None:
        return node.target(BUCKET)
    match = re.match(r"(.+)\.s3[.-]", node.shown)
    for bucket in node.item.view.of(BUCKET) if match else ():
        own = {bucket["BucketName"].shown, f"${{{bucket.path}}}"} - {""}
        if match is not None and match[1] in own:
            return bucket
    return None


@BOOK.rule(
    "SC-CF-012",
    Severity.DEAD,
    "A bucket that blocks public access is read through access control",
    DISTRIBUTION,
    why="Without OriginAccessControlId or an identity CloudFront asks as everybody, and a private bucket answers 403.",
    remedy="Add an AWS::CloudFront::OriginAccessControl and name it in OriginAccessControlId.",
    source=f"{_DG}/private-content-restricting-access-to-s3.html",
)
def unprotected_origin(distribution: Item) -> Hits:
    for origin in config(distribution)["Origins"].each():
        bucket = _bucket_of(origin["DomainName"])
        identity = origin["S3OriginConfig"]["OriginAccessIdentity"]
        if bucket is None or origin["S3OriginConfig"].absent or origin["OriginAccessControlId"].given:
            continue
        block = bucket["PublicAccessBlockConfiguration"]
        private = block.absent or block["RestrictPublicBuckets"].flag or block["BlockPublicPolicy"].flag
        if private and (identity.absent or identity.text == ""):
            yield origin.hit(f"{bucket.id} is private, and the origin has no access control.")


@BOOK.rule(
    "SC-CF-020",
    Severity.REFUSED,
    "A log bucket takes access control lists",
    DISTRIBUTION,
    why="Standard logging (legacy) writes with an ACL; CloudFront answers that the bucket does not enable ACL access "
    "where ownership is enforced, which is the default.",
    remedy="Set ObjectOwnership: BucketOwnerPreferred, or use standard logging v2 (AWS::Logs::DeliverySource).",
    source=f"{_DG}/standard-logging-legacy-s3.html",
)
def log_bucket(distribution: Item) -> Hits:
    node = config(distribution)["Logging"]["Bucket"]
    bucket = _bucket_of(node)
    if bucket is not None:
        owners = [rule["ObjectOwnership"].text for rule in bucket["OwnershipControls"]["Rules"].each()]
        if bucket["OwnershipControls"].absent or "BucketOwnerEnforced" in owners:
            yield node.hit(f"{bucket.id} takes no access control lists.")


@BOOK.rule(
    "SC-CF-021",
    Severity.REFUSED,
    "A log bucket is named by its domain name",
    DISTRIBUTION,
    why="Logging.Bucket is the bucket's domain name, such as logs.s3.amazonaws.com, not its name.",
    remedy="Use !GetAtt Logs.DomainName.",
    source=f"{_API}/API_LoggingConfig.html",
)
def log_bucket_name(distribution: Item) -> Hits:
    node = config(distribution)["Logging"]["Bucket"]
    by_ref = (
        node.reference is not None and node.reference.attribute is None and node.target(BUCKET) is not None
    )
    if by_ref or (node.text is not None and node.text != "" and not node.text.endswith(".amazonaws.com")):
        yield node.hit(f"{node.shown} is no domain name of a bucket.")


@BOOK.rule(
    "SC-CF-024",
    Severity.REFUSED,
    "Ids of origins are unique, and an origin group has two members that exist",
    DISTRIBUTION,
    why="Behaviours and groups find an origin by its Id.",
    remedy="Rename the origin, or correct the member.",
    source=f"{_API}/API_OriginGroup.html",
)
def origin_ids(distribution: Item) -> Hits:
    node = config(distribution)
    ids = [origin["Id"].text for origin in node["Origins"].each()]
    for name in repeated(ids):
        yield node["Origins"].hit(f"Two origins have the id {name}.")
    for group in node["OriginGroups"]["Items"].each():
        members = group["Members"]["Items"]
        if members.closed and len(members.each()) != 2:
            yield members.hit(f"The group has {len(members.each())} members; it takes two.")
        for member in members.each():
            if member["OriginId"].text is not None and None not in ids and member["OriginId"].text not in ids:
                yield member.hit(f"No origin has the id {member['OriginId'].text}.")


@BOOK.nest_rule(
    "SC-CF-028",
    Severity.REFUSED,
    "An alias belongs to one distribution",
    why="CloudFront answers CNAMEAlreadyExists.",
    remedy="Keep the alias in one of the two.",
    source=f"{_DG}/CNAMEs.html",
)
def alias_twice(view: View) -> Hits:
    seen: dict[str, Item] = {}
    for distribution in view.of(DISTRIBUTION):
        for node in config(distribution)["Aliases"].each():
            other = seen.get(node.text or "")
            if other is not None and other is not distribution and other.tree == distribution.tree:
                yield node.hit(f"{node.text} is an alias of {other.id} already.")
            elif node.text is not None:
                seen[node.text] = distribution


@BOOK.rule(
    "SC-CF-029",
    Severity.REFUSED,
    "Access control fits its origin",
    DISTRIBUTION,
    why="Access control of type s3 is for buckets and of type lambda for function URLs.",
    remedy="Set OriginAccessControlOriginType to the origin's kind.",
    source=f"{_API}/API_OriginAccessControlConfig.html",
)
def access_control_kind(distribution: Item) -> Hits:
    for origin in config(distribution)["Origins"].each():
        control = origin["OriginAccessControlId"].target(ACCESS_CONTROL)
        kind = control["OriginAccessControlConfig"]["OriginAccessControlOriginType"].text if control else None
        if kind == "s3" and origin["CustomOriginConfig"].given:
            yield origin["OriginAccessControlId"].hit("Access control of type s3 stands on a custom origin.")
        elif kind == "lambda" and origin["S3OriginConfig"].given:
            yield origin["OriginAccessControlId"].hit("Access control of type lambda stands on a bucket.")


@BOOK.rule(
    "SC-CF-030",
    Severity.REFUSED,
    "A distribution's firewall is one of CloudFront's scope",
    DISTRIBUTION,
    why="WebACLId takes a web ACL with Scope CLOUDFRONT, which stands in us-east-1.",
    remedy="Create the web ACL with Scope: CLOUDFRONT in us-east-1.",
    source=f"{_API}/API_DistributionConfig.html",
)
def firewall_scope(distribution: Item) -> Hits:
    node = config(distribution)["WebACLId"]
    acl = node.target("AWS::WAFv2::WebACL")
    if acl is not None and acl["Scope"].text == "REGIONAL":
        yield node.hit(f"{acl.id} has the scope REGIONAL.")
    elif ":regional/webacl/" in (node.text or ""):
        yield node.hit(f"{node.text} has the scope REGIONAL.")
