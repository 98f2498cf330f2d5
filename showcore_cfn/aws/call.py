"""One call to AWS: its answer as the SDK gives it, or an error of `failures`."""

from __future__ import annotations

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


def action(client: Any, method: str) -> str:
    """The IAM spelling of a call: `cloudformation:CreateChangeSet`."""
    operation = client.meta.method_to_api_mapping.get(method, method)
    return action_of(client.meta.service_model.service_name, operation)
