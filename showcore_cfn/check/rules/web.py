"""API Gateway: methods, integrations, deployments and stages."""

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
_APIGW = "https://docs.aws.amazon.com/apigateway/latest/developerguide"


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
    for kind, key, stages in (
        (API, "RestApiId", (STAGE, DEPLOYMENT)),
        (HTTP_API, "ApiId", ("AWS::ApiGatewayV2::Stage", "AWS::ApiGatewayV2::Deployment")),
    ):
        staged = [stage[key].target(kind) for stage in view.of(*stages)]
        for api in view.of(kind):
            alone = api not in staged and None not in staged and api["Target"].absent
            if alone and view.complete and (api.path not in view.shown or not staged):
                yield api.hit(f"{api.id} has no stage.")
