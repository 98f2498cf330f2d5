"""What an execution leaves to people once it has ended well: mails to confirm, and a look at what stands.

An address that SNS has not heard of gets a mail with a link, good for two days, and no alert until that is opened:
https://docs.aws.amazon.com/sns/latest/dg/sns-email-notifications.html
"""

from __future__ import annotations

from collections.abc import Iterator

from showcore_cfn.deploy.desired import BOOTSTRAP_TEMPLATE, ROOT_TEMPLATE
from showcore_cfn.deploy.planning.judge import Certainty, Do, Planned
from showcore_cfn.deploy.planning.plan import Plan
from showcore_cfn.review.values import Reference, Value

_SUBSCRIPTION = "AWS::SNS::Subscription"
_BY_MAIL = ("email", "email-json")


def next_steps(plan: Plan) -> tuple[str, ...]:
    """A few lines, the first of them a title; nothing where nothing is due."""
    lines = (*_mails(plan), *_first_time(plan))
    return ("Next:", *(f"  {line}" for line in lines)) if lines else ()


def _mails(plan: Plan) -> Iterator[str]:
    found = subscribed(plan)
    if not found:
        return
    each = "each address" if len(found) > 1 else "the address"
    yield f'open the link in the mail "AWS Notification - Subscription Confirmation" that AWS sends {each},'
    yield "one for each topic, within two days: until then it gets no alert."
    for address, topics in found.items():
        yield f"  {address}: {', '.join(topics)}"


def _first_time(plan: Plan) -> Iterator[str]:
    if plan.creates and plan.desired.root == ROOT_TEMPLATE:
        yield "`showcore verify` looks at what stands, line by line of the plan."
    if plan.creates and plan.desired.root == BOOTSTRAP_TEMPLATE:
        yield "`showcore deploy` shows what it would make, and asks."


def subscribed(plan: Plan) -> dict[str, list[str]]:
    """The addresses that the execution subscribes for certain, and to which topics, by name."""
    felt = {planned.path: planned for planned in plan.felt}
    found: dict[str, list[str]] = {}
    for path, resource in plan.comparison.head.resources.items():
        is_mail = resource.type == _SUBSCRIPTION and _property(plan, path, "Protocol") in _BY_MAIL
        if is_mail and path in felt and _is_new(felt[path]):
            found.setdefault(str(_property(plan, path, "Endpoint")), []).append(_topic(plan, path))
    return found


def _is_new(planned: Planned) -> bool:
    """Another address, or another topic, is another subscription; what only may be one is not spoken of."""
    return planned.do in (Do.ADD, Do.REPLACE) and Certainty.POSSIBLE not in (
        planned.certainty,
        planned.replacement,
    )


def _topic(plan: Plan, path: str) -> str:
    topic = _property(plan, path, "TopicArn")
    name = _property(plan, topic.path, "TopicName") if isinstance(topic, Reference) else topic
    return str(name if isinstance(name, str) else topic).rpartition(":")[2]


def _property(plan: Plan, path: str, name: str) -> Value:
    resource = plan.comparison.head.resources.get(path)
    properties = resource.properties if resource else None
    return properties.get(name) if isinstance(properties, dict) else None
