"""Endpoints that are not AWS's own: what no retry would mend there is told at once.

botocore tries each call ten times, which is right for AWS. Another endpoint, such as the embedded AWS, may have
nobody listening at its port, or lack a whole service; waiting changes neither.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from botocore.exceptions import BotoCoreError, EndpointConnectionError

_AWS_HOSTS = (  # of every partition, as botocore's partitions.json has them
    *(".amazonaws.com", ".amazonaws.com.cn", ".amazonaws.eu", ".api.aws", ".api.cloud-aws.adc-e.uk"),
    *(".api.amazonwebservices.com.cn", ".api.amazonwebservices.eu", ".api.aws.ic.gov", ".api.aws.hci.ic.gov"),
    *(".c2s.ic.gov", ".csp.hci.ic.gov", ".sc2s.sgov.gov", ".api.aws.scloud", ".cloud.adc-e.uk"),
)
_TRIES = 2  # of a connection: who listens there may be starting
_NOT_IMPLEMENTED = 501
_FAILED = 500
_LACKS = re.compile(
    r"no module named|not (?:yet )?(?:been )?(?:implemented|emulated)|no such service"
    r"|(?:unsupported|unknown) (?:service|operation|action)|service '?[\w-]+'? is not (?:supported|available|enabled)",
    re.IGNORECASE,
)


class NotOffered(BotoCoreError):  # type: ignore[misc]
    """The endpoint plays AWS and does not have what it was asked for."""

    fmt = "the endpoint {endpoint_url} is not AWS's own and does not have it"


def is_aws(endpoint_url: str) -> bool:
    """Whether an endpoint is AWS's own, by its host name."""
    return (urlsplit(endpoint_url).hostname or "").endswith(_AWS_HOSTS)


def tell_at_once(client: Any) -> None:
    """Let a client of another endpoint than AWS's raise at once what further tries would not mend."""
    endpoint_url = client.meta.endpoint_url
    if is_aws(endpoint_url):
        return

    def judge(response: Any, caught_exception: Exception | None, attempts: int, **_: object) -> None:
        if isinstance(caught_exception, EndpointConnectionError) and attempts >= _TRIES:
            raise caught_exception
        if response is not None and _lacks_it(*response):
            raise NotOffered(endpoint_url=endpoint_url)

    # the decision to try again is an event of botocore's: an error of a handler that comes first ends the call
    client.meta.events.register_first(
        f"needs-retry.{client.meta.service_model.service_id.hyphenize()}", judge
    )


def _lacks_it(answer: Any, parsed: Any) -> bool:
    """Whether an answer says that there is no such service or operation; AWS's own errors have a code in words."""
    status = int(answer.status_code)
    if status == _NOT_IMPLEMENTED:
        return True
    code = str(parsed.get("Error", {}).get("Code", ""))
    own_words = status >= _FAILED or (status >= 400 and (not code or code.isdigit()))
    return own_words and _LACKS.search(answer.text) is not None
