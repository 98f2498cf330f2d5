"""API operations that the templates' resources need and ministack does not answer, kept in memory.

Systems Manager documents, Cost Explorer's anomaly detection, the deletions of AWS Config and the request
metrics of a bucket. They stand before ministack's own application and pass on whatever is not theirs. Only
what a rehearsal looks at is kept: the fields that were given, under the names that were given.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias
from urllib.parse import parse_qs

from . import seams

Scope: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send: TypeAlias = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]
Body: TypeAlias = dict[str, Any]

_CREDENTIAL = re.compile(r"Credential=([^/]+)/\d+/([^/]+)/")


class Refused(Exception):
    """An error answer: its code, and a sentence."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


@dataclass(slots=True)
class Account:
    """What one account holds in one region."""

    id: str
    region: str
    documents: dict[str, Body] = field(default_factory=dict)
    monitors: dict[str, Body] = field(default_factory=dict)
    subscriptions: dict[str, Body] = field(default_factory=dict)


# --- Systems Manager documents --------------------------------------------------------------------


def create_document(account: Account, given: Body) -> Body:
    if given["Name"] in account.documents:
        raise Refused("DocumentAlreadyExists", "The specified document already exists.")
    account.documents[given["Name"]] = {
        "DocumentFormat": "JSON",
        "DocumentType": "Command",
        "version": 1,
        **given,
    }
    return {"DocumentDescription": _description(account, given["Name"])}


def update_document(account: Account, given: Body) -> Body:
    document = _document(account, given["Name"])
    if document["Content"] == given["Content"]:
        raise Refused("DuplicateDocumentContent", "The content of the document duplicates another version.")
    document.update(Content=given["Content"], version=document["version"] + 1)
    return {"DocumentDescription": _description(account, given["Name"])}


def describe_document(account: Account, given: Body) -> Body:
    return {"Document": _description(account, given["Name"])}


def get_document(account: Account, given: Body) -> Body:
    document = _document(account, given["Name"])
    return {**_description(account, given["Name"]), "Content": document["Content"]}


def list_documents(account: Account, _given: Body) -> Body:
    return {"DocumentIdentifiers": [_description(account, name) for name in sorted(account.documents)]}


def delete_document(account: Account, given: Body) -> Body:
    _document(account, given["Name"])
    del account.documents[given["Name"]]
    return {}


def _document(account: Account, name: str) -> Body:
    if name not in account.documents:
        raise Refused("InvalidDocument", f"Document with name {name} does not exist.")
    return account.documents[name]


def _description(account: Account, name: str) -> Body:
    document = _document(account, name)
    return {
        "Name": name,
        "Owner": account.id,
        "DocumentType": document["DocumentType"],
        "DocumentFormat": document["DocumentFormat"],
        "DocumentVersion": str(document["version"]),
        "LatestVersion": str(document["version"]),
        "DefaultVersion": str(document["version"]),
        "Status": "Active",
        "Tags": document.get("Tags", []),
    }


# --- Cost Explorer: anomaly detection -------------------------------------------------------------


def create_monitor(account: Account, given: Body) -> Body:
    arn = f"arn:aws:ce::{account.id}:anomalymonitor/{uuid.uuid4()}"
    account.monitors[arn] = {**given["AnomalyMonitor"], "MonitorArn": arn}
    return {"MonitorArn": arn}


def get_monitors(account: Account, given: Body) -> Body:
    return {"AnomalyMonitors": _chosen(account.monitors, given.get("MonitorArnList"))}


def delete_monitor(account: Account, given: Body) -> Body:
    if account.monitors.pop(given["MonitorArn"], None) is None:
        raise Refused("UnknownMonitorException", "The cost anomaly monitor does not exist for the account.")
    return {}


def create_subscription(account: Account, given: Body) -> Body:
    arn = f"arn:aws:ce::{account.id}:anomalysubscription/{uuid.uuid4()}"
    described = given["AnomalySubscription"]
    account.subscriptions[arn] = {**described, "SubscriptionArn": arn, "AccountId": account.id}
    return {"SubscriptionArn": arn}


def get_subscriptions(account: Account, given: Body) -> Body:
    return {"AnomalySubscriptions": _chosen(account.subscriptions, given.get("SubscriptionArnList"))}


def delete_subscription(account: Account, given: Body) -> Body:
    if account.subscriptions.pop(given["SubscriptionArn"], None) is None:
        raise Refused("UnknownSubscriptionException", "The cost anomaly subscription does not exist.")
    return {}


def _chosen(kept: dict[str, Body], arns: list[str] | None) -> list[Body]:
    return [kept[arn] for arn in (arns or kept) if arn in kept]


# --- AWS Config: what ministack cannot delete -----------------------------------------------------


def delete_recorder(account: Account, given: Body) -> Body:
    return _forget(
        seams.config_stores()[0], account, given["ConfigurationRecorderName"], "ConfigurationRecorder"
    )


def delete_channel(account: Account, given: Body) -> Body:
    return _forget(seams.config_stores()[1], account, given["DeliveryChannelName"], "DeliveryChannel")


def _forget(store: Any, account: Account, name: str, kind: str) -> Body:
    if not store.contains_scoped(account.id, account.region, name):
        raise Refused(f"NoSuch{kind}Exception", f"There is no {name}.")
    store.pop_scoped(account.id, account.region, name)
    return {}


OPERATIONS: dict[str, Callable[[Account, Body], Body]] = {
    "AmazonSSM.CreateDocument": create_document,
    "AmazonSSM.UpdateDocument": update_document,
    "AmazonSSM.DescribeDocument": describe_document,
    "AmazonSSM.GetDocument": get_document,
    "AmazonSSM.ListDocuments": list_documents,
    "AmazonSSM.DeleteDocument": delete_document,
    "AWSInsightsIndexService.CreateAnomalyMonitor": create_monitor,
    "AWSInsightsIndexService.GetAnomalyMonitors": get_monitors,
    "AWSInsightsIndexService.DeleteAnomalyMonitor": delete_monitor,
    "AWSInsightsIndexService.CreateAnomalySubscription": create_subscription,
    "AWSInsightsIndexService.GetAnomalySubscriptions": get_subscriptions,
    "AWSInsightsIndexService.DeleteAnomalySubscription": delete_subscription,
    "StarlingDoveService.DeleteConfigurationRecorder": delete_recorder,
    "StarlingDoveService.DeleteDeliveryChannel": delete_channel,
}


class Answers:
    """An ASGI application before another: answers its own operations, passes everything else on."""

    def __init__(self, inner: Application) -> None:
        self._inner = inner
        self._accounts: dict[tuple[str, str], Account] = {}
        self._metrics: dict[tuple[str, str], bytes] = {}  # bucket and id -> the configuration as it was put

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = {name.decode().lower(): value.decode() for name, value in scope.get("headers", [])}
        query = parse_qs(scope.get("query_string", b"").decode(), keep_blank_values=True)
        operation = OPERATIONS.get(headers.get("x-amz-target", ""))
        if operation:
            given = json.loads(await _body(receive) or b"{}")
            await _send(send, *self._answer(operation, self._account(headers), given))
        elif "metrics" in query and scope["method"] in ("GET", "PUT", "DELETE"):
            await self._bucket_metrics(scope, query.get("id", [""])[0], receive, send)
        else:
            await self._inner(scope, receive, send)

    def _account(self, headers: dict[str, str]) -> Account:
        found = _CREDENTIAL.search(headers.get("authorization", ""))
        who = (found[1], found[2]) if found else ("000000000000", "us-east-1")
        return self._accounts.setdefault(who, Account(*who))

    @staticmethod
    def _answer(
        operation: Callable[[Account, Body], Body], account: Account, given: Body
    ) -> tuple[int, bytes, str]:
        kind = "application/x-amz-json-1.1"
        try:
            return 200, json.dumps(operation(account, given)).encode(), kind
        except Refused as error:
            return 400, json.dumps({"__type": error.code, "message": str(error)}).encode(), kind

    async def _bucket_metrics(self, scope: Scope, name: str, receive: Receive, send: Send) -> None:
        bucket, kind = scope["path"].strip("/"), "application/xml"
        if scope["method"] == "PUT":
            self._metrics[bucket, name] = _element(await _body(receive))
            await _send(send, 200, b"", kind)
        elif scope["method"] == "DELETE":
            self._metrics.pop((bucket, name), None)
            await _send(send, 204, b"", kind)
        elif name:
            kept = self._metrics.get((bucket, name))
            missing = b"<Error><Code>NoSuchConfiguration</Code><Message>There is none.</Message></Error>"
            await _send(send, 200 if kept else 404, kept or missing, kind)
        else:
            every = b"".join(kept for (owner, _), kept in sorted(self._metrics.items()) if owner == bucket)
            root = b"ListMetricsConfigurationsResult"
            await _send(send, 200, b"<%s>%s<IsTruncated>false</IsTruncated></%s>" % (root, every, root), kind)


def _element(document: bytes) -> bytes:
    """The document without its XML declaration, so that it can stand in a list."""
    return re.sub(rb"^\s*<\?xml[^>]*\?>", b"", document)


async def _body(receive: Receive) -> bytes:
    whole = b""
    while True:
        message = await receive()
        whole += bytes(message.get("body", b""))
        if not message.get("more_body"):
            return whole


async def _send(send: Send, status: int, body: bytes, kind: str) -> None:
    headers = [
        (b"content-type", kind.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"x-amzn-requestid", str(uuid.uuid4()).encode()),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
