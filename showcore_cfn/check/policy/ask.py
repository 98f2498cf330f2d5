"""What the plan's rules ask of a property, again and again."""

from __future__ import annotations

from collections.abc import Iterator

from showcore_cfn.check.rules.view import Item, Node

REFERENCE = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference"


def differs(node: Node, *allowed: str) -> bool:
    """Whether a property is known and is none of the allowed values, letters' case aside."""
    text = node.text
    return text is not None and text.lower() not in {value.lower() for value in allowed}


def lacks(node: Node, *allowed: str) -> bool:
    """Whether a property is left out, or known and none of the allowed values."""
    return node.absent or differs(node, *allowed)


def lacks_number(node: Node, wanted: float) -> bool:
    """Whether a property is left out, or known and another number."""
    return node.absent or (node.text is not None and node.number != wanted)


def hidden(node: Node) -> bool:
    """Whether something stands there that is no mapping to look into, such as a function not yet known."""
    return node.given and not isinstance(node.value, dict)


def names_one(node: Node) -> bool:
    """Whether a property certainly names something: a reference, or text that is not empty."""
    return node.reference is not None or bool(node.text)


def said(node: Node) -> str:
    """The value for a message, or that there is none."""
    return f"is {node.shown}" if node.given else "is not set"


def statements(document: Node) -> Iterator[Node]:
    """The statements of a policy document."""
    yield from document["Statement"].each()


def policies(item: Item) -> Iterator[Node]:
    """The policy documents that an IAM resource holds: its own, and those written inside it."""
    if item["PolicyDocument"].given:
        yield item["PolicyDocument"]
    for inner in item["Policies"].each():
        yield inner["PolicyDocument"]


def conditions(condition: Node) -> list[Node]:
    """The values of a statement's Condition; a node's path ends with the operator and the condition key."""
    return [value for _, operator in condition.entries() for _, value in operator.entries()]
