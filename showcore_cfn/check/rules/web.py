"""API Gateway, Route 53 and certificates."""

from __future__ import annotations

import re

from showcore_cfn.check.rules import names
from showcore_cfn.check.rules.rule import Hits, Item, Rulebook, Severity, View
from showcore_cfn.check.rules.wiring import FUNCTION, may_invoke
from showcore_cfn.review.values import references

BOOK = Rulebook("web")
API, METHOD, DEPLOYMENT = "AWS::ApiGateway::RestApi", "AWS::ApiGateway::Method", "AWS::ApiGateway::Deployment"
STAGE, HTTP_API, INTEGRATION = (
    "AWS::ApiGateway::Stage",
    "AWS::ApiGatewayV2::Api",
    "AWS::ApiGatewayV2::Integration",
)
RECORD, ZONE, CERTIFICATE = (
    "AWS::Route53::RecordSet",
    "AWS::Route53::HostedZone",
    "AWS::CertificateManager::Certificate",
)
_APIGW = "https://docs.aws.amazon.com/apigateway/latest/developerguide"
_R53 = "https://docs.aws.amazon.com/Route53/latest"
_ACM = "https://docs.aws.amazon.com/acm/latest/userguide"


@BOOK.nest_rule(
    "SC-API-001",
    Severity.REFUSED,
    "A deployment waits for the methods of its API",
    why="API Gateway answers that the REST API doesn't contain any methods when the deployment comes first, and "
    "deploys only the methods that exist.",
    remedy="Let the deployment DependsOn every method.",
    source=f"{_APIGW}/how-to-deploy-api.html",
)
def deployment_order(view: View) -> Hits:
    for deployment in view.of(DEPLOYMENT):
        api = deployment["RestApiId"].target(API)
        methods = [m for m in view.of(METHOD) if api is not None and m["RestApiId"].target(API) is api]
        late = [method for method in methods if not view.before(method, deployment)]
        if late and (api is None or api["Body"].absent):
            yield deployment.hit(f"{deployment.id} does not wait for {late[0].id}.", "DependsOn")


@BOOK.rule(
    "SC-API-002",
    Severity.DEAD,
    "A function behind a REST API is called by POST",
    METHOD,
    why="API Gateway calls Lambda by POST whatever the method of the API; with another one every request answers 500.",
    remedy="Set IntegrationHttpMethod: POST.",
    source=f"{_APIGW}/set-up-lambda-integrations.html",
)
def integration_method(method: Item) -> Hits:
    node = method["Integration"]
    uri, verb = node["Uri"].shown, node["IntegrationHttpMethod"]
    is_lambda = ":lambda:path/" in uri or re.search(r"functions/.*/invocations", uri) is not None
    if is_lambda and node["Type"].text in ("AWS", "AWS_PROXY") and verb.text not in (None, "POST"):
        yield verb.hit(f"Lambda is called by POST, not by {verb.text}.")
    elif is_lambda and node["Type"].text in ("AWS", "AWS_PROXY") and verb.absent:
        yield node.hit("IntegrationHttpMethod is missing.")


@BOOK.rule(
    "SC-API-003",
    Severity.REFUSED,
    "The address of a function's integration is the invocation path",
    METHOD,
    why="API Gateway answers: invalid ARN specified in the request. The plain ARN of the function is no integration.",
    remedy="Write arn:aws:apigateway:<region>:lambda:path/2015-03-31/functions/<arn>/invocations.",
    source=f"{_APIGW}/set-up-lambda-proxy-integrations.html",
)
def integration_uri(method: Item) -> Hits:
    node = method["Integration"]["Uri"]
    arn = names.arn(node.value)
    plain = node.reference is not None and node.target(FUNCTION) is not None
    if method["Integration"]["Type"].text not in ("AWS", "AWS_PROXY"):
        return
    if plain or (arn is not None and arn.service == "lambda"):
        yield node.hit("The ARN of the function is no address of an integration.")
    elif ":lambda:path/" in node.shown and not node.shown.rstrip("/").endswith("/invocations"):
        yield node.hit(f"{node.shown} does not end in /invocations.")


@BOOK.nest_rule(
    "SC-API-004",
    Severity.DEAD,
    "A function lets the API invoke it",
    why="Without a permission for apigateway.amazonaws.com every request answers 500.",
    remedy="Add an AWS::Lambda::Permission with SourceArn arn:aws:execute-api:<region>:<account>:<api>/*.",
    source=f"{_APIGW}/permissions.html",
)
def api_permission(view: View) -> Hits:
    for method in view.of(METHOD):
        node = method["Integration"]["Uri"]
        if (
            method["Integration"]["Type"].text in ("AWS", "AWS_PROXY")
            and method["Integration"]["Credentials"].absent
        ):
            yield from _uninvokable(view, method, node.path)
    for integration in view.of(INTEGRATION):
        if integration["IntegrationType"].text == "AWS_PROXY" and integration["CredentialsArn"].absent:
            yield from _uninvokable(view, integration, ("IntegrationUri",))


def _uninvokable(view: View, item: Item, path: tuple[str | int, ...]) -> Hits:

    for reference in references(item.at(*path).value):
        function = view.items.get(reference.path)
        if function is not None and function.type == FUNCTION and not may_invoke(function, "apigateway"):
            yield item.at(*path).hit(f"{function.id} does not let API Gateway invoke it.")


@BOOK.rule(
    "SC-API-005",
    Severity.REFUSED,
    "A usage plan waits for the stage that it names",
    "AWS::ApiGateway::UsagePlan",
    why="API Gateway answers that the API stage is not found.",
    remedy="Use !Ref of the AWS::ApiGateway::Stage, or DependsOn.",
    source=f"{_APIGW}/api-gateway-api-usage-plans.html",
)
def usage_plan(plan: Item) -> Hits:
    for node in plan["ApiStages"].each():
        name = node["Stage"].text
        for stage in plan.view.of(STAGE):
            same = (
                stage["RestApiId"].reference == node["ApiId"].reference
                and node["ApiId"].reference is not None
            )
            if (
                name is not None
                and stage["StageName"].text == name
                and same
                and not plan.view.before(stage, plan)
            ):
                yield node["Stage"].hit(f"{plan.id} does not wait for {stage.id}.")


@BOOK.rule(
    "SC-API-006",
    Severity.REFUSED,
    "A stage's name has letters, digits, hyphens and underscores",
    STAGE,
    DEPLOYMENT,
    why="API Gateway refuses others; $default belongs to HTTP APIs.",
    remedy="Write production.",
    source="https://docs.aws.amazon.com/apigateway/latest/api/API_CreateStage.html",
)
def stage_name(item: Item) -> Hits:
    node = item["StageName"]
    if any(not re.fullmatch(r"[A-Za-z0-9_-]*", piece) for piece in node.pieces if piece):
        yield node.hit(f"{node.shown} is no name for a stage.")


@BOOK.rule(
    "SC-API-007",
    Severity.REFUSED,
    "A route of an HTTP API is a method and a path, and leads to an integration",
    "AWS::ApiGatewayV2::Route",
    why="RouteKey is GET /orders, ANY /{proxy+} or $default; Target is integrations/<id>.",
    remedy="Write Target: !Sub integrations/${Integration}.",
    source=f"{_APIGW}/http-api-develop-routes.html",
)
def route(item: Item) -> Hits:
    api = item["ApiId"].target(HTTP_API)
    key, target = item["RouteKey"].text, item["Target"]
    form = r"\$default|(ANY|GET|POST|PUT|DELETE|PATCH|HEAD|OPTIONS) /\S*"
    http = api is not None and api["ProtocolType"].text == "HTTP"
    if http and key is not None and not re.fullmatch(form, key):
        yield item["RouteKey"].hit(f"{key} is no route.")
    first = target.pieces[0] if target.pieces else ""
    if target.given and (first is None or (first and not first.startswith("integrations/"))):
        yield target.hit(f"{target.shown} does not begin with integrations/.")


@BOOK.rule(
    "SC-API-008",
    Severity.REFUSED,
    "An integration of an HTTP API with a function has a payload format",
    INTEGRATION,
    why="PayloadFormatVersion is required for AWS_PROXY integrations of HTTP APIs: 2.0 or 1.0.",
    remedy='Set PayloadFormatVersion: "2.0".',
    source=f"{_APIGW}/http-api-develop-integrations-lambda.html",
)
def payload(integration: Item) -> Hits:
    api = integration["ApiId"].target(HTTP_API)
    version = integration["PayloadFormatVersion"]
    if api is None or api["ProtocolType"].text != "HTTP":
        return
    if integration["IntegrationType"].text == "AWS_PROXY" and version.absent:
        yield integration.hit("PayloadFormatVersion is missing.", "Properties")
    elif version.text not in (None, "1.0", "2.0"):
        yield version.hit(f"{version.text} is no payload format.")


@BOOK.nest_rule(
    "SC-API-009",
    Severity.DEAD,
    "An API has a stage",
    why="Without a stage, or a deployment that names one, nothing of the API can be called.",
    remedy="Add an AWS::ApiGateway::Stage, or an AWS::ApiGatewayV2::Stage with AutoDeploy: true.",
    source=f"{_APIGW}/how-to-deploy-api.html",
)
def no_stage(view: View) -> Hits:
    shown = " ".join(str(value) for value in view.nest.outputs.values())
    for kind, key, stages in (
        (API, "RestApiId", (STAGE, DEPLOYMENT)),
        (HTTP_API, "ApiId", ("AWS::ApiGatewayV2::Stage", "AWS::ApiGatewayV2::Deployment")),
    ):
        staged = [stage[key].target(kind) for stage in view.of(*stages)]
        for api in view.of(kind):
            alone = api not in staged and None not in staged and api["Target"].absent
            if alone and view.complete and (api.path not in shown or not staged):
                yield api.hit(f"{api.id} has no stage.")


@BOOK.rule(
    "SC-R53-001",
    Severity.REFUSED,
    "The values of a record fit its type",
    RECORD,
    why="A holds IPv4 addresses, AAAA IPv6 addresses, CNAME one name, MX a number and a name, TXT text in quotes.",
    remedy="Write the value in the type's form; TXT values as '\"text\"'.",
    source=f"{_R53}/DeveloperGuide/ResourceRecordTypes.html",
)
def values(record: Item) -> Hits:
    forms = {
        "A": r"\d{1,3}(\.\d{1,3}){3}", "AAAA": r"[0-9A-Fa-f:.]+", "MX": r"\d+ \S+", "TXT": r'("[^"]*"\s*)+',
        "SRV": r"\d+ \d+ \d+ \S+", "CNAME": r"[^\s\"]+", "NS": r"\S+", "CAA": r'\d+ \S+ ".*"',
    }  # fmt: skip
    kind = record["Type"].text or ""
    for node in record["ResourceRecords"].each():
        if kind in forms and node.text is not None and not re.fullmatch(forms[kind], node.text):
            yield node.hit(f"{node.text} is no value of a {kind} record.")
    if kind == "CNAME" and len(record["ResourceRecords"].each()) > 1 and record["ResourceRecords"].closed:
        yield record["ResourceRecords"].hit("A CNAME record has one value.")


@BOOK.rule(
    "SC-R53-002",
    Severity.REFUSED,
    "The apex of a zone has no CNAME record",
    RECORD,
    why="DNS forbids a CNAME beside the SOA and NS records of the apex.",
    remedy="Use an A record with AliasTarget.",
    source=f"{_R53}/DeveloperGuide/resource-record-sets-choosing-alias-non-alias.html",
)
def apex(record: Item) -> Hits:
    name, zone = (record["Name"].text or "").rstrip("."), (record["HostedZoneName"].text or "").rstrip(".")
    own = record["HostedZoneId"].target(ZONE)
    if own is not None:
        zone = (own["Name"].text or "").rstrip(".")
    if record["Type"].text == "CNAME" and name and name == zone:
        yield record["Type"].hit(f"{name} is the apex of its zone.")


@BOOK.rule(
    "SC-R53-003",
    Severity.REFUSED,
    "A record has values and a time to live, or an alias and neither",
    RECORD,
    why="TTL and ResourceRecords are required together, and refused beside AliasTarget.",
    remedy="Keep one of the two.",
    source="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-route53-recordset.html",
)
def record_shape(record: Item) -> Hits:
    alias, records, ttl = record["AliasTarget"], record["ResourceRecords"], record["TTL"]
    if alias.given and (records.given or ttl.given):
        yield alias.hit("AliasTarget stands beside ResourceRecords or TTL.")
    elif alias.absent and records.given and ttl.absent:
        yield record.hit("TTL is missing.", "Properties")
    elif alias.absent and records.absent:
        yield record.hit("The record has neither ResourceRecords nor AliasTarget.", "Properties")


@BOOK.rule(
    "SC-R53-004",
    Severity.REFUSED,
    "A record that shares its name has an identifier, and one way of sharing",
    RECORD,
    why="Weight, Region, Failover, GeoLocation and MultiValueAnswer need SetIdentifier and exclude each other.",
    remedy="Add SetIdentifier.",
    source=f"{_R53}/DeveloperGuide/routing-policy.html",
)
def sharing(record: Item) -> Hits:
    ways = [w for w in ("Weight", "Region", "Failover", "GeoLocation", "MultiValueAnswer", "CidrRoutingConfig")
            if record[w].given]  # fmt: skip
    if ways and record["SetIdentifier"].absent:
        yield record[ways[0]].hit(f"{ways[0]} needs SetIdentifier.")
    elif not ways and record["SetIdentifier"].given:
        yield record["SetIdentifier"].hit("SetIdentifier needs Weight, Region or another way of sharing.")
    elif len(ways) > 1:
        yield record[ways[1]].hit(f"{ways[1]} stands beside {ways[0]}.")


_ZONES = {
    "cloudfront.net": "Z2FDTNDATAQYW2",
}


@BOOK.rule(
    "SC-R53-005",
    Severity.REFUSED,
    "An alias to CloudFront names CloudFront's zone",
    RECORD,
    why="The zone of every distribution is Z2FDTNDATAQYW2, not the zone of your own domain.",
    remedy="Set AliasTarget.HostedZoneId: Z2FDTNDATAQYW2.",
    source="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-route53-recordset-aliastarget.html",
)
def cloudfront_zone(record: Item) -> Hits:
    node = record["AliasTarget"]
    distribution = (
        node["DNSName"].target("AWS::CloudFront::Distribution") if node["DNSName"].reference else None
    )
    is_cdn = distribution is not None or (node["DNSName"].text or "").rstrip(".").endswith("cloudfront.net")
    zone = node["HostedZoneId"]
    if is_cdn and (zone.text not in (None, _ZONES["cloudfront.net"]) or zone.target(ZONE) is not None):
        yield zone.hit(f"{zone.shown} is not the zone of CloudFront.")
    if is_cdn and node["EvaluateTargetHealth"].flag:
        yield node["EvaluateTargetHealth"].hit("CloudFront's health cannot be evaluated.")


@BOOK.nest_rule(
    "SC-R53-006",
    Severity.REFUSED,
    "A record stands once in its zone",
    why="Route 53 answers that it tried to create resource record set, but it already exists.",
    remedy="Put all values into one record.",
    source=f"{_R53}/APIReference/API_ChangeResourceRecordSets.html",
)
def record_twice(view: View) -> Hits:
    seen: dict[tuple[str, ...], Item] = {}
    for record in view.of(RECORD):
        zone = record["HostedZoneId"].shown or record["HostedZoneName"].shown
        name = record["Name"].text
        if name is None or record["SetIdentifier"].given or record.resource.condition is not None:
            continue
        key = (record.tree, zone, name.rstrip("."), record["Type"].shown)
        other = seen.setdefault(key, record)
        if other is not record:
            yield record["Name"].hit(f"{other.id} is the same record.")


@BOOK.rule(
    "SC-R53-007",
    Severity.REFUSED,
    "The name of a record ends in the name of its zone",
    RECORD,
    why="Route 53 answers that the RRSet is not permitted in the zone.",
    remedy="Write the whole name, such as www.example.com.",
    source=f"{_R53}/APIReference/API_ChangeResourceRecordSets.html",
)
def foreign_name(record: Item) -> Hits:
    zone = record["HostedZoneId"].target(ZONE)
    name, own = (record["Name"].text or "").rstrip("."), (zone["Name"].text or "").rstrip(".") if zone else ""
    if name and own and name != own and not name.endswith("." + own):
        yield record["Name"].hit(f"{name} does not end in {own}.")


@BOOK.rule(
    "SC-ACM-001",
    Severity.RISK,
    "A certificate is validated by DNS, in a zone that CloudFormation can write to",
    CERTIFICATE,
    why="With mail, the default, the stack waits until somebody answers it, for up to 72 hours.",
    remedy="Set ValidationMethod: DNS and DomainValidationOptions with HostedZoneId.",
    source=f"{_ACM}/dns-validation.html",
)
def validation(certificate: Item) -> Hits:
    method = certificate["ValidationMethod"]
    if certificate["CertificateAuthorityArn"].absent and (method.absent or method.text == "EMAIL"):
        yield certificate.hit("The certificate waits for a mail to be answered.", "Properties")


@BOOK.rule(
    "SC-ACM-002",
    Severity.REFUSED,
    "A validation is about a domain of the certificate",
    CERTIFICATE,
    why="DomainValidationOptions names domains of DomainName and SubjectAlternativeNames, each in one way.",
    remedy="Correct DomainName, and give HostedZoneId for DNS.",
    source="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-certificatemanager-certificate-domainvalidationoption.html",
)
def validated_domain(certificate: Item) -> Hits:
    nodes = [certificate["DomainName"], *certificate["SubjectAlternativeNames"].each()]
    own = [node.text for node in nodes]
    for option in certificate["DomainValidationOptions"].each():
        name = option["DomainName"].text
        if name is not None and None not in own and name not in own:
            yield option.hit(f"{name} is no domain of this certificate.")
        if option["HostedZoneId"].given and option["ValidationDomain"].given:
            yield option.hit("HostedZoneId stands beside ValidationDomain.")


@BOOK.rule(
    "SC-ACM-003",
    Severity.REFUSED,
    "A wildcard stands for the first label, alone",
    CERTIFICATE,
    why="*.example.com is a domain of a certificate; www.*.com and *a.example.com are not.",
    remedy="Write *.example.com.",
    source=f"{_ACM}/acm-certificate-characteristics.html",
)
def wildcard(certificate: Item) -> Hits:
    for node in (certificate["DomainName"], *certificate["SubjectAlternativeNames"].each()):
        text = node.text
        if text is not None and not re.fullmatch(
            r"(\*\.)?([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z0-9-]{2,}", text
        ):
            yield node.hit(f"{text} is no domain of a certificate.")
