"""Places in a resource by a dotted path, where `*` is each item of a list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from showcore_cfn.check.rules.view import Node


def nodes(node: Node, path: str) -> Iterator[Node]:
    """The nodes at `A.*.B`: B of every item of A. Where there is none, none."""
    step, _, rest = path.partition(".")
    for found in node.each() if step == "*" else (node[step],):
        if rest:
            yield from nodes(found, rest)
        elif found.given:
            yield found


def repeated(texts: Iterable[str | None]) -> list[str]:
    """The known texts that stand there more than once."""
    return sorted(text for text, times in Counter(texts).items() if text is not None and times > 1)
