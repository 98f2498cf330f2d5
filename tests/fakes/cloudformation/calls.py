"""What was asked of the fake: every request, in order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from showcore_cfn.template.json_types import Json


@dataclass(slots=True)
class Call:
    """One HTTP request as the server saw it; a retry is a call of its own."""

    index: int
    service: str  # "cloudformation", "s3" or "sts"
    operation: str  # "DescribeStacks"
    parameters: Mapping[str, Json]
    at: datetime
    access_key: str
    answer: str = ""  # "ok", the error code, or "no answer"
    fault: str = ""  # the injected fault, where one hit this call


class Calls(list[Call]):
    """All calls so far."""

    def of(self, operation: str) -> list[Call]:
        """The calls of one operation."""
        return [call for call in self if call.operation == operation]

    def counts(self) -> dict[str, int]:
        """How often each operation was called."""
        return dict(Counter(call.operation for call in self))

    def names(self) -> list[str]:
        """The operations in the order they were called."""
        return [call.operation for call in self]
