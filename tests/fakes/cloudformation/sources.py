"""Where templates come from: the body of a request, or an object of S3."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote, urlsplit

from tests.fakes.cloudformation.errors import ServiceError, invalid
from tests.fakes.cloudformation.template import BODY_LIMIT_BYTES, URL_LIMIT_BYTES, Template, read

if TYPE_CHECKING:
    from tests.fakes.cloudformation.account import Account

_HOST = re.compile(
    r"(?:(?P<bucket>[a-z0-9][a-z0-9.-]+)\.)?s3[.-](?P<region>[a-z]{2}-[a-z]+-\d)\.amazonaws\.com"
)
_MORE = "For more information check http://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html"


def of_request(account: Account, request: dict[str, Any], previous: Template | None) -> Template:
    """The template that a request names. Raises ServiceError."""
    if request.get("UsePreviousTemplate"):
        if previous is None:
            raise invalid("You cannot specify both usePreviousTemplate and Template Body/Template URL.")
        return previous
    if "TemplateBody" in request:
        return of_body(request["TemplateBody"])
    if "TemplateURL" in request:
        return fetch(account, request["TemplateURL"])
    raise invalid("Either Template URL or Template Body must be specified.")


def of_body(body: str) -> Template:
    """A template sent along."""
    if len(body.encode()) > BODY_LIMIT_BYTES:
        raise invalid(
            f"1 validation error detected: Value '{body[:40]}' at 'templateBody' failed to satisfy constraint: "
            f"Member must have length less than or equal to {BODY_LIMIT_BYTES}"
        )
    return read(body)


def fetch(account: Account, url: str) -> Template:
    """The template at an https address of S3 in the stack's region: path style or virtual-hosted."""
    parts = urlsplit(url)
    host = _HOST.fullmatch(parts.netloc)
    if parts.scheme != "https" or not url or len(url) > 1_024:
        raise invalid("TemplateURL must be a supported URL.")
    if host is None:
        raise invalid(f"S3 error: Domain name specified in {parts.netloc} is not a valid S3 domain")
    path = unquote(parts.path.lstrip("/"))
    bucket, key = (host["bucket"], path) if host["bucket"] else tuple(path.partition("/")[::2])
    if host["region"] != account.region:
        raise invalid(
            f"S3 error: The bucket you are attempting to access must be addressed using the specified endpoint. "
            f"Please send all future requests to this endpoint.\n{_MORE}"
        )
    version = parse_qs(parts.query).get("versionId", [""])[0]
    try:
        body = account.s3.read(bucket, key, version)
    except ServiceError as error:
        raise invalid(f"S3 error: {error.message}\n{_MORE}") from error
    if len(body) > URL_LIMIT_BYTES:
        raise invalid("Template may not exceed 1000000 bytes in size.")
    return read(body.decode("utf-8"))
