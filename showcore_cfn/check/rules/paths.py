"""Places in a resource by a dotted path, where `*` is each item of a list."""

from __future__ import annotations

from collections.abc import Iterator

from showcore_cfn.check.rules.view import Node


def nodes(node: Node, path: str) -> Iterator[Node]:
    """The nodes at `A.*.B`: B of every item of A. Where there is none, none."""
    step, _, rest = path.partition(".")
    for found in node.each() if step == "*" else (node[step],):
        if rest:
            yield from nodes(found, rest)
        elif found.given:
            yield found
