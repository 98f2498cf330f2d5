"""One call to AWS: its answer as the SDK gives it, or an error of `failures`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from showcore_cfn.aws.iam import action_of
from showcore_cfn.aws.translate import explain


def asked(client: Any, method: str, profile: str | None, **parameters: Any) -> dict[str, Any]:
    """The answer to one call; parameters that are None are left out."""
    given = {name: value for name, value in parameters.items() if value is not None}
    try:
        answer: dict[str, Any] = getattr(client, method)(**given)
        return answer
    except (ClientError, BotoCoreError) as error:
        said = explain(error, action(client, method), profile)
        if said is None:
            raise
        raise said from error


def pages(ask: Callable[..., dict[str, Any]], key: str, **given: Any) -> Iterator[dict[str, Any]]:
    """The members of a list, page after page, of a call that hands on a NextToken."""
    token: str | None = None
    while True:
        page = ask(NextToken=token, **given)
        yield from page.get(key, ())
        token = page.get("NextToken")
        if not token:
            return


def action(client: Any, method: str) -> str:
    """The IAM spelling of a call: `cloudformation:CreateChangeSet`."""
    operation = client.meta.method_to_api_mapping.get(method, method)
    return action_of(client.meta.service_model.service_name, operation)
