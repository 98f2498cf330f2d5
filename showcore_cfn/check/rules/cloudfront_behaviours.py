"""What CloudFront refuses of behaviours, cache policies, error answers and functions at the edge."""

from __future__ import annotations

import re
from collections.abc import Iterator

from showcore_cfn.check.rules import names
from showcore_cfn.check.rules.cloudfront import behaviours, config
from showcore_cfn.check.rules.rule import Hits, Item, Rulebook, Severity, View
from showcore_cfn.check.rules.view import Node

BOOK = Rulebook("cloudfront_behaviours")
DISTRIBUTION = "AWS::CloudFront::Distribution"
CACHE_POLICY = "AWS::CloudFront::CachePolicy"
_DG = "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide"
_API = "https://docs.aws.amazon.com/cloudfront/latest/APIReference"
_VALUES = f"{_DG}/distribution-web-values-specify.html"
_METHODS = (
    {"GET", "HEAD"},
    {"GET", "HEAD", "OPTIONS"},
    {"GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"},
)


@BOOK.rule(
    "SC-CF-013",
    Severity.REFUSED,
    "Allowed methods are one of three sets",
    DISTRIBUTION,
    why="GET and HEAD; these and OPTIONS; or all seven. Cached are the first or the second set.",
    remedy="Name the whole set.",
    source=f"{_API}/API_AllowedMethods.html",
)
def methods(distribution: Item) -> Hits:
    for behaviour in behaviours(distribution):
        for name, sets in (("AllowedMethods", _METHODS), ("CachedMethods", _METHODS[:2])):
            node = behaviour[name]
            if node.closed and node.known and set(node.texts()) not in sets:
                yield node.hit(f"{name} {', '.join(node.texts())} is none of the sets that CloudFront takes.")


@BOOK.rule(
    "SC-CF-014",
    Severity.REFUSED,
    "A behaviour caches by a policy or by its own values",
    DISTRIBUTION,
    why="CloudFront refuses MinTTL, DefaultTTL, MaxTTL and ForwardedValues beside CachePolicyId, and a behaviour "
    "with neither.",
    remedy="Keep CachePolicyId.",
    source=f"{_API}/API_DefaultCacheBehavior.html",
)
def cached_twice(distribution: Item) -> Hits:
    for behaviour in behaviours(distribution):
        for name in ("ForwardedValues", "MinTTL", "DefaultTTL", "MaxTTL"):
            if behaviour["CachePolicyId"].given and behaviour[name].given:
                yield behaviour[name].hit(f"{name} stands beside CachePolicyId.")
        if behaviour["CachePolicyId"].absent and behaviour["ForwardedValues"].absent and behaviour.entries():
            yield behaviour.hit("Neither CachePolicyId nor ForwardedValues is given.")


@BOOK.rule(
    "SC-CF-015",
    Severity.REFUSED,
    "Times to live are ordered: least, default, most",
    DISTRIBUTION,
    CACHE_POLICY,
    why="MinTTL must not exceed DefaultTTL, nor DefaultTTL MaxTTL.",
    remedy="Order the three.",
    source=f"{_DG}/Expiration.html",
)
def times_to_live(item: Item) -> Hits:
    for node in behaviours(item) if item.type == DISTRIBUTION else (item["CachePolicyConfig"],):
        least, default, most = (node[name].number for name in ("MinTTL", "DefaultTTL", "MaxTTL"))
        if least is not None and default is not None and least > default:
            yield node["DefaultTTL"].hit(f"DefaultTTL {default:g} is less than MinTTL {least:g}.")
        if default is not None and most is not None and default > most:
            yield node["MaxTTL"].hit(f"MaxTTL {most:g} is less than DefaultTTL {default:g}.")


@BOOK.rule(
    "SC-CF-016",
    Severity.REFUSED,
    "A cache policy that caches nothing has nothing in its cache key",
    CACHE_POLICY,
    why="With MaxTTL 0 headers, cookies, query strings and compressed objects are refused in the policy.",
    remedy="Raise MaxTTL, or use the managed policy CachingDisabled with an origin request policy.",
    source=f"{_DG}/controlling-the-cache-key.html",
)
def nothing_cached(policy: Item) -> Hits:
    node = policy["CachePolicyConfig"]
    key = node["ParametersInCacheKeyAndForwardedToOrigin"]
    if node["MaxTTL"].number != 0:
        return
    for name in ("EnableAcceptEncodingGzip", "EnableAcceptEncodingBrotli"):
        if key[name].flag:
            yield key[name].hit(f"{name} with MaxTTL 0.")
    for name, inner in (
        ("HeadersConfig", "HeaderBehavior"),
        ("CookiesConfig", "CookieBehavior"),
        ("QueryStringsConfig", "QueryStringBehavior"),
    ):
        if key[name][inner].text not in (None, "none"):
            yield key[name].hit(f"{inner} {key[name][inner].text} with MaxTTL 0.")


@BOOK.rule(
    "SC-CF-017",
    Severity.REFUSED,
    "A list in a cache policy stands beside whitelist",
    CACHE_POLICY,
    "AWS::CloudFront::OriginRequestPolicy",
    why="Headers, Cookies and QueryStrings are required with whitelist and refused with none and all.",
    remedy="Match the behaviour and the list.",
    source=f"{_API}/API_CachePolicyHeadersConfig.html",
)
def whitelist(policy: Item) -> Hits:
    node = policy["CachePolicyConfig"]["ParametersInCacheKeyAndForwardedToOrigin"]
    if policy.type != CACHE_POLICY:
        node = policy["OriginRequestPolicyConfig"]
    for name, behaviour, listed in (
        ("HeadersConfig", "HeaderBehavior", "Headers"),
        ("CookiesConfig", "CookieBehavior", "Cookies"),
        ("QueryStringsConfig", "QueryStringBehavior", "QueryStrings"),
    ):
        inner = node[name]
        kind = inner[behaviour].text
        if kind == "whitelist" and inner[listed].absent:
            yield inner.hit(f"whitelist needs {listed}.")
        elif kind in ("none", "all", "allViewer") and inner[listed].given:
            yield inner[listed].hit(f"{listed} stands beside {kind}.")


@BOOK.rule(
    "SC-CF-018",
    Severity.REFUSED,
    "The default root object has no leading slash",
    DISTRIBUTION,
    why="CloudFront refuses a name that begins with a slash.",
    remedy="Write index.html.",
    source=f"{_DG}/DefaultRootObject.html",
)
def root_object(distribution: Item) -> Hits:
    node = config(distribution)["DefaultRootObject"]
    if (node.text or "").startswith("/"):
        yield node.hit(f"{node.text} begins with a slash.")


_CODES = {400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504}


@BOOK.rule(
    "SC-CF-019",
    Severity.REFUSED,
    "A custom error answer has a code that CloudFront knows, a page with a slash, and both or neither",
    DISTRIBUTION,
    why="Codes are 400, 403, 404, 405, 414, 416 and 500 to 504; ResponseCode and ResponsePagePath come together.",
    remedy="Write {ErrorCode: 404, ResponseCode: 404, ResponsePagePath: /404.html}.",
    source=f"{_API}/API_CustomErrorResponse.html",
)
def error_answers(distribution: Item) -> Hits:
    seen: set[float] = set()
    for node in config(distribution)["CustomErrorResponses"].each():
        code = node["ErrorCode"].number
        if code is not None and (code not in _CODES or code in seen):
            yield node["ErrorCode"].hit(
                f"{code:g} stands twice." if code in seen else f"{code:g} cannot be replaced."
            )
        if node["ResponseCode"].given is not node["ResponsePagePath"].given:
            yield node.hit("ResponseCode and ResponsePagePath come together.")
        if (node["ResponsePagePath"].text or "/")[0] != "/":
            yield node["ResponsePagePath"].hit(
                f"{node['ResponsePagePath'].text} does not begin with a slash."
            )
        seen.update([code] if code is not None else [])


@BOOK.rule(
    "SC-CF-022",
    Severity.REFUSED,
    "Countries are listed where they are allowed or blocked",
    DISTRIBUTION,
    why="Locations are required with whitelist and blacklist, in two capital letters each, and refused with none.",
    remedy="List the ISO 3166 codes, or set none without Locations.",
    source=f"{_API}/API_GeoRestriction.html",
)
def countries(distribution: Item) -> Hits:
    node = config(distribution)["Restrictions"]["GeoRestriction"]
    kind = node["RestrictionType"].text
    if kind in ("whitelist", "blacklist") and not node["Locations"].given:
        yield node.hit(f"{kind} needs Locations.")
    elif kind == "none" and node["Locations"].each():
        yield node["Locations"].hit("none takes no Locations.")
    for place in node["Locations"].each():
        if place.text is not None and not re.fullmatch(r"[A-Z]{2}", place.text):
            yield place.hit(f"{place.text} is no country code.")


@BOOK.rule(
    "SC-CF-023",
    Severity.REFUSED,
    "Each path pattern has one behaviour, and no bare wildcard",
    DISTRIBUTION,
    why="Two behaviours with the same pattern are refused, and the pattern * is the default behaviour's own.",
    remedy="Merge the behaviours.",
    source=_VALUES,
)
def path_patterns(distribution: Item) -> Hits:
    seen: set[str] = set()
    for node in config(distribution)["CacheBehaviors"].each():
        text = node["PathPattern"].text
        if text == "*" or text in seen:
            yield node["PathPattern"].hit(f"The pattern {text} is taken.")
        seen.update([text] if text else [])


@BOOK.rule(
    "SC-CF-025",
    Severity.REFUSED,
    "A comment has 128 characters at most",
    DISTRIBUTION,
    CACHE_POLICY,
    "AWS::CloudFront::OriginRequestPolicy",
    "AWS::CloudFront::ResponseHeadersPolicy",
    why="CloudFront refuses longer comments.",
    remedy="Shorten it.",
    source=f"{_API}/API_DistributionConfig.html",
)
def comment(item: Item) -> Hits:
    for name in (
        "DistributionConfig",
        "CachePolicyConfig",
        "OriginRequestPolicyConfig",
        "ResponseHeadersPolicyConfig",
    ):
        node = item[name]["Comment"]
        if names.least_length(node.value) > 128 and node.pieces:
            yield node.hit(f"The comment has {names.least_length(node.value)} characters.")


@BOOK.rule(
    "SC-CF-026",
    Severity.REFUSED,
    "A function at the edge is named by a version",
    DISTRIBUTION,
    why="Lambda@Edge takes the ARN of a published version, never the function itself or $LATEST.",
    remedy="Publish an AWS::Lambda::Version and refer to it with !Ref.",
    source=f"{_DG}/lambda-at-edge-function-restrictions.html",
)
def edge_version(distribution: Item) -> Hits:
    for node in _edge_functions(distribution):
        by_function = node.reference is not None and node.target("AWS::Lambda::Function") is not None
        if (
            by_function
            or (node.text or "").endswith(":$LATEST")
            or re.search(r":function:[^:]+$", node.text or "")
        ):
            yield node.hit(f"{node.shown} names no version.")


def _edge_functions(distribution: Item) -> Iterator[Node]:
    for behaviour in behaviours(distribution):
        for association in behaviour["LambdaFunctionAssociations"].each():
            yield association["LambdaFunctionARN"]


@BOOK.nest_rule(
    "SC-CF-027",
    Severity.REFUSED,
    "A function at the edge has no environment, no VPC and no dead-letter queue",
    why="Lambda@Edge does not support them, nor layers and container images.",
    remedy="Build the values into the code.",
    source=f"{_DG}/lambda-at-edge-function-restrictions.html",
)
def edge_restrictions(view: View) -> Hits:
    for distribution in view.of(DISTRIBUTION):
        for node in _edge_functions(distribution):
            version = node.target("AWS::Lambda::Version")
            function = version["FunctionName"].target("AWS::Lambda::Function") if version else None
            for name in ("Environment", "VpcConfig", "DeadLetterConfig", "Layers"):
                if function is not None and function[name].given:
                    yield function[name].hit(
                        f"{name} is not supported at the edge, where {distribution.id} runs it."
                    )
