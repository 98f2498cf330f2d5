"""No customer keys: tasks 12.1 and 17.2."""

from __future__ import annotations

import re

from showcore_cfn.check.rules.rule import Hits, Rulebook, Severity, View
from showcore_cfn.check.rules.view import Node

BOOK = Rulebook("keys")
_KEY_TYPES = ("AWS::KMS::Key", "AWS::KMS::ReplicaKey")
_NAMES_A_KEY = re.compile(r"(?i)kms|cmk|encryptionkey")
# The id, the ARN or the alias of a key; the aliases of AWS's own keys begin with aws/ and are free.
_CUSTOMER_KEY = re.compile(
    r"(?:arn:[^:]*:kms:.*:)?(?:key/|alias/(?!aws/)[A-Za-z0-9_-])"
    r"|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$|mrk-[0-9a-f]{32}$"
)


@BOOK.nest_rule(
    "PLAN-12.1-NO-CUSTOMER-KEY",
    Severity.COST,
    "Nothing is encrypted with a key of one's own",
    why="The plan, 12.1 and 17.2: AWS-managed encryption. Each customer key costs 1 USD a month, and requests.",
    remedy="Remove the key, and the property that names it: the service then uses a key that AWS manages.",
    source="https://aws.amazon.com/kms/pricing/",
)
def no_customer_key(view: View) -> Hits:
    for item in view.items.values():
        if item.type in _KEY_TYPES:
            yield item.hit("a customer key costs 1 USD a month", "Type")
        elif not item.type.startswith("AWS::KMS::"):
            for node in item.properties.walk():
                name = node.path[-1] if node.path else ""
                if isinstance(name, str) and _NAMES_A_KEY.search(name) and _is_customer_key(node):
                    yield node.hit(f"encrypted with {node.shown}, a key that is not AWS's own")


def _is_customer_key(node: Node) -> bool:
    if node.reference is not None:
        return node.target(*_KEY_TYPES, "AWS::KMS::Alias") is not None
    return not isinstance(node.value, (dict, list)) and _CUSTOMER_KEY.match(node.shown) is not None
